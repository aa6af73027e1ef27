//! The region's recognition policies at work: which one its own verdicts and gates go by, and which were
//! announced.

use std::sync::Arc;

use hc_code::recognition::{Adopted, HeldPolicies, PolicyNotAdopted, PublishedPolicy};
use hc_code::signing::PublicKey;
use hc_code::verify::RecognitionPolicy;
use hc_code::{DivisionCode, Timestamp};

/// What a node holds of its own region's policies.
#[derive(Clone, Debug)]
pub struct Recognition {
    region: DivisionCode,
    /// By which it goes until something is published.
    plain: Arc<RecognitionPolicy>,
    held: HeldPolicies,
    /// When one of those had ended already that were published before the node began.
    ended: Option<Timestamp>,
    /// As gates get them, by version.
    signed: Vec<(u32, Arc<[u8]>)>,
}

impl Recognition {
    /// Nothing is published yet.
    pub fn new(region: DivisionCode, plain: RecognitionPolicy) -> Self {
        Self {
            region,
            plain: Arc::new(plain),
            held: HeldPolicies::default(),
            ended: None,
            signed: Vec::new(),
        }
    }

    /// Takes a policy that the region's root signed; one whose time is over is passed by.
    ///
    /// # Errors
    /// [`PolicyNotAdopted`] where it is none, or contradicts what is held.
    pub fn take(
        &mut self,
        (version, signed): (u32, &[u8]),
        root: &PublicKey,
        now: Timestamp,
    ) -> Result<(), PolicyNotAdopted> {
        let roots = core::slice::from_ref(root);
        match self.held.adopt(signed, self.region, roots, now) {
            Ok(Adopted::New | Adopted::Same) => {
                self.signed.retain(|(known, _)| *known != version);
                self.signed.push((version, signed.into()));
                self.signed.sort_by_key(|(version, _)| *version);
                Ok(())
            }
            Err(PolicyNotAdopted::Expired(until)) => {
                self.ended = self.ended.max(Some(until));
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// Whether gates of the region go by a published policy, now or soon.
    pub fn is_published(&self, now: Timestamp) -> bool {
        self.held
            .of(self.region)
            .any(|policy| now < policy.valid_until())
    }

    /// From when on gates of the region go by what it has published, if they do now or soon.
    pub fn begins(&self, now: Timestamp) -> Option<Timestamp> {
        let held = self.all().map(PublishedPolicy::in_force_from);
        let begins = self.ended.into_iter().chain(held).min();
        begins.filter(|_| self.is_published(now))
    }

    /// What decides at a time: the published policy in force. Before the first one the plain policy; after the
    /// last one nothing does, and every verdict is unknown.
    pub fn policy(&self, now: Timestamp) -> Arc<RecognitionPolicy> {
        match self.in_force(now) {
            Some(policy) => Arc::new(policy.policy().clone()),
            None if self.ended.is_some() || self.all().any(|one| one.in_force_from() <= now) => {
                Arc::new(nothing())
            }
            None => Arc::clone(&self.plain),
        }
    }

    /// The published policy in force.
    pub fn in_force(&self, now: Timestamp) -> Option<&PublishedPolicy> {
        self.held.in_force(self.region, now)
    }

    /// A policy that was published and is held.
    pub fn version(&self, version: u32) -> Option<&PublishedPolicy> {
        let mut held = self.held.of(self.region);
        held.find(|policy| policy.version() == version)
    }

    /// All that are held, by version.
    pub fn all(&self) -> impl Iterator<Item = &PublishedPolicy> {
        self.held.of(self.region)
    }

    /// As gates get it: the policy in force or else the first that was announced, or the first after a version.
    pub fn signed(&self, after: Option<u32>, now: Timestamp) -> Option<Arc<[u8]>> {
        let first = match after {
            Some(after) => after.saturating_add(1),
            None => self.in_force(now).map_or(0, PublishedPolicy::version),
        };
        let mut signed = self.signed.iter();
        let found = signed.find(|(version, _)| *version >= first);
        found.map(|(_, signed)| Arc::clone(signed))
    }
}

/// A policy that fits nothing.
fn nothing() -> RecognitionPolicy {
    RecognitionPolicy::new("ended", Vec::new()).unwrap_or_else(|_| RecognitionPolicy::plain())
}
