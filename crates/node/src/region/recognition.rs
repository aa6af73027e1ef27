//! Recognition policies: proposed by one officer, approved by another, signed, logged and published.

use std::sync::Arc;

use arc_swap::ArcSwap;
use hc_code::Timestamp;
use hc_code::recognition::{
    HeldPolicies, PolicyEncodingError, PolicyNotAdopted, PublishedPolicy, PublishedPolicyError,
};
use hc_code::signing::{PublicKey, Signer, SigningError};
use hc_core::act::ActError;
use hc_core::recognition::PolicyFile;
use hc_core::recognition::check::{check, follows};
use hc_core::rules::Findings;
use hc_core::store::{PartyKind, Reading, RecognitionRow, Store, StoreError, Writing};
use hc_tlog::entry::{Detail, Kind};
use sha2::{Digest, Sha256};

use super::Region;
use crate::gates::GateTerms;
use crate::party::PartyId;
use crate::proposals::Proposed;
use crate::recognition::Recognition;
use crate::registration::By;
use crate::trace::{label, log, seconds};

/// The largest policy that is proposed.
pub const MOST_PROPOSED: usize = 1 << 16;

/// Why no recognition policy was published.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecognitionError {
    /// The act.
    #[error(transparent)]
    Act(#[from] ActError),
    /// Larger than any policy.
    #[error("a policy has at most {MOST_PROPOSED} bytes")]
    TooLong,
    /// What is wrong with it, by itself or beside the one before.
    #[error("the policy has findings")]
    Findings(#[from] Findings),
    /// Another region's.
    #[error("the policy is of {0}")]
    OtherRegion(hc_code::DivisionCode),
    /// Too late to be announced, or nothing that can be published now.
    #[error(transparent)]
    Policy(#[from] PublishedPolicyError),
    /// It ends before it could take effect.
    #[error("the policy ended at {0}")]
    Ended(Timestamp),
    /// There is none before it.
    #[error("the policy says that it eases, and there is none before it")]
    EasesNothing,
    /// More than gates hold.
    #[error("as many policies are announced as gates hold")]
    TooMany,
    /// The root does not sign.
    #[error("the region's root key does not sign: {0}")]
    Signing(#[from] SigningError),
    /// What was signed is not what was proposed, or another one was published meanwhile.
    #[error("another policy was published meanwhile")]
    Meanwhile,
}

impl From<StoreError> for RecognitionError {
    fn from(error: StoreError) -> Self {
        Self::Act(ActError::Store(error))
    }
}

/// A policy that two officers mean, signed and not yet published.
#[derive(Clone)]
pub(super) struct Ready {
    policy: PublishedPolicy,
    signed: Arc<[u8]>,
    text: String,
}

/// Takes what was published before the node began. Where the region has another root since, what two
/// officers meant is signed anew: the same policy, published when it was.
pub(super) fn begin<R: Signer>(
    rows: &[RecognitionRow],
    recognition: &mut Recognition,
    root: &R,
    now: Timestamp,
) -> Result<(), StoreError> {
    let damaged = |version: u32, what: &dyn core::fmt::Display| StoreError::Damaged {
        table: "recognition",
        what: format!("version {version}: {what}"),
    };
    for row in rows {
        // A clock that was set back makes nothing of before come from the future.
        let now = now.max(row.at);
        let key = root.public_key();
        let taken = recognition.take((row.version, &row.signed), key, now);
        let by_another = matches!(
            taken,
            Err(PolicyNotAdopted::Policy(PublishedPolicyError::Encoding(
                PolicyEncodingError::NotByRoot
            )))
        );
        if by_another {
            let file = PolicyFile::parse(&row.text);
            let file = file.map_err(|findings| damaged(row.version, &findings))?;
            let policy = file.policy().clone().published_at(row.at);
            let policy = policy.map_err(|error| damaged(row.version, &error))?;
            let signed = policy.sign(root);
            let signed = signed.map_err(|error| damaged(row.version, &error))?;
            recognition
                .take((row.version, &signed), key, now)
                .map_err(|error| damaged(row.version, &error))?;
        } else {
            taken.map_err(|error| damaged(row.version, &error))?;
        }
    }
    Ok(())
}

/// Whether a policy could be published now: proved, of the region, announced in time, and following the one
/// before.
pub(super) fn publishable(
    reading: &mut dyn Reading,
    text: &str,
    (region, now): (hc_code::DivisionCode, Timestamp),
) -> Result<PublishedPolicy, RecognitionError> {
    if text.len() > MOST_PROPOSED {
        return Err(RecognitionError::TooLong);
    }
    let file = PolicyFile::parse(text)?;
    check(&file)?;
    let policy = file.policy();
    if policy.region() != region {
        return Err(RecognitionError::OtherRegion(policy.region()));
    }
    if policy.valid_until() <= now {
        return Err(RecognitionError::Ended(policy.valid_until()));
    }
    let rows = reading.recognition_policies()?;
    match rows.last() {
        Some(row) => follows(&PolicyFile::parse(&row.text)?, &file)?,
        None if policy.eases() => return Err(RecognitionError::EasesNothing),
        None => {}
    }
    let mut announced = 0;
    for row in &rows {
        let before = PolicyFile::parse(&row.text)?;
        announced += usize::from(before.policy().in_force_from() > now);
    }
    // Gates hold the policy in force and so many more.
    if announced + 1 >= HeldPolicies::MOST {
        return Err(RecognitionError::TooMany);
    }
    // When it was published says the region's own clock.
    Ok(policy.clone().published_at(now)?)
}

/// Publishes a policy that was signed for this moment.
pub(super) fn publish(
    writing: &mut dyn Writing,
    ready: &Ready,
    by: &By,
    now: Timestamp,
) -> Result<(), RecognitionError> {
    let place = (ready.policy.region(), now);
    if publishable(writing, &ready.text, place)? != ready.policy {
        return Err(RecognitionError::Meanwhile);
    }
    writing.add_recognition_policy(&RecognitionRow {
        version: ready.policy.version(),
        at: now,
        signed: ready.signed.to_vec(),
        text: ready.text.clone(),
    })?;
    let mut details = vec![
        Detail::Pack(label(&ready.policy.region().to_string())?),
        Detail::PackVersion(label(&ready.policy.version().to_string())?),
    ];
    details.extend(by.details()?);
    details.extend([
        Detail::Digest(Sha256::digest(&ready.signed).into()),
        Detail::Ends(seconds(ready.policy.valid_until())),
    ]);
    log(
        writing,
        Kind::RecognitionPublished,
        now,
        by.actor(),
        details,
    )?;
    Ok(())
}

impl<S: Store, R: Signer + Send + Sync + 'static> Region<S, R> {
    /// What is held of the region's recognition policies.
    pub fn recognition(&self) -> Arc<Recognition> {
        self.recognition.load_full()
    }

    /// A gate that is or was registered, whatever became of it: receipts outlive registrations.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn gate_of_before(&self, id: PartyId) -> Result<Option<GateTerms>, StoreError> {
        self.store
            .read(move |reading| {
                let row = reading.party(PartyKind::Gate, id.as_str())?;
                let terms = row.map(|row| GateTerms::from_row(&row)).transpose();
                terms.map_err(|error| StoreError::Damaged {
                    table: "party",
                    what: error.to_string(),
                })
            })
            .await
    }

    /// Signs what is proposed, to be published in the same act that approves it; nothing for other proposals.
    pub(super) fn ready(
        &self,
        proposed: &Proposed,
        now: Timestamp,
    ) -> Result<Option<Ready>, RecognitionError> {
        let Proposed::PublishRecognition { text, .. } = proposed else {
            return Ok(None);
        };
        let policy = PolicyFile::parse(text)?.policy().clone();
        let policy = policy.published_at(now)?;
        let signed = policy.sign(self.keys.root())?.into();
        Ok(Some(Ready {
            policy,
            signed,
            text: text.clone(),
        }))
    }
}

impl Ready {
    /// What is done as soon as the policy is durable: the node goes by it, and gates get it.
    pub(super) fn then(
        &self,
        recognition: &Arc<ArcSwap<Recognition>>,
        root: &PublicKey,
    ) -> Box<dyn FnOnce() + Send> {
        let (recognition, root, ready) = (Arc::clone(recognition), root.clone(), self.clone());
        Box::new(move || {
            recognition.rcu(|held| {
                let mut next = (**held).clone();
                let signed = (ready.policy.version(), &*ready.signed);
                // It was proved and signed for this moment; nothing that is held contradicts it.
                let taken = next.take(signed, &root, ready.policy.published());
                taken.map_or_else(|_| Arc::clone(held), |()| Arc::new(next))
            });
        })
    }
}
