//! A region's recognition policy as it is published: ordered rules over other regions' codes and its
//! own, each with what people are told, where to contest it and what holds here for a while; versioned,
//! announced, signed by a root of the region for rules.
//!
//! [`verify::RecognitionPolicy`](crate::verify::RecognitionPolicy) is what decides; this is the
//! document around it. `spec/recognition.md` is the normative description.

mod door;
mod encoding;
mod held;
mod measure;
mod rule;

pub use self::door::{AtDoor, Authority, Decided};
pub use self::encoding::PolicyEncodingError;
pub use self::held::{Adopted, HeldPolicies, PolicyMark, PolicyNotAdopted};
pub use self::measure::{Measure, MeasureError, Obligation, ObligationError, TestSeries};
pub(crate) use self::measure::{read_obligation, write_obligation};
pub use self::rule::{Contest, ContestError, PublishedRule, Says, SaysError, TooManyMeasures};

use crate::cose::{self, Header, Sign1};
use crate::signing::{KeyId, PublicKey, Signer, SigningError};
use crate::verify::{Action, Applied, Considered, Outcome, PolicyError, RecognitionPolicy};
use crate::{DivisionCode, Span, Timestamp};

/// Type of the signed statement (RFC 9596).
const TYPE: &str = "application/hc-recognition+cwt";

/// A published policy, whose signature has been checked or is to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedPolicy {
    region: DivisionCode,
    version: u32,
    published: Timestamp,
    in_force_from: Timestamp,
    valid_until: Timestamp,
    eases: bool,
    contest: Contest,
    rules: Vec<PublishedRule>,
    policy: RecognitionPolicy,
}

/// What a policy says, before it is checked as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyDraft {
    /// Whose gates go by it.
    pub region: DivisionCode,
    /// Its number, from 1; each policy has a higher one than the one before.
    pub version: u32,
    /// When it is or was published, which is when it is signed.
    pub published: Timestamp,
    /// From when on gates go by it.
    pub in_force_from: Timestamp,
    /// From when on they do not any more.
    pub valid_until: Timestamp,
    /// Whether it is easier than the policy before for everybody: only then it needs no notice.
    pub eases: bool,
    /// Where a verdict is contested, unless a rule says otherwise.
    pub contest: Contest,
    /// The rules, in order; the first that fits decides.
    pub rules: Vec<PublishedRule>,
}

/// Why something is no published policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PublishedPolicyError {
    /// Not signed by a key that may sign it, or not in the fixed form.
    #[error(transparent)]
    Encoding(#[from] PolicyEncodingError),
    /// The whole country has no gates.
    #[error("000000 is the whole country and has no gates")]
    Country,
    /// Versions count from 1.
    #[error("versions count from 1")]
    Version,
    /// Nobody goes by it, or too long.
    #[error("in force from {from} until {until}: it must be more than nothing and at most {max}", max = PublishedPolicy::LONGEST_LIFE)]
    Life {
        /// From when on.
        from: Timestamp,
        /// Until when.
        until: Timestamp,
    },
    /// People and gates must know before.
    #[error("published at {published}, in force from {from}: whatever is not easier for everybody is published {lead} ahead", lead = PublishedPolicy::LEAD)]
    Lead {
        /// When it is published.
        published: Timestamp,
        /// From when on it is in force.
        from: Timestamp,
    },
    /// A policy without rules leaves everybody unknown.
    #[error("the policy has no rule")]
    NoRule,
    /// The rules.
    #[error(transparent)]
    Rules(#[from] PolicyError),
}

/// What a published policy makes of a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruling<'a> {
    /// The policy.
    pub policy: &'a PublishedPolicy,
    /// What follows.
    pub action: Action,
    /// The rule that decided, with its place from 0; none where no rule fits.
    pub rule: Option<(usize, &'a PublishedRule)>,
    /// Which of its ends.
    pub outcome: Outcome,
}

impl<'a> Ruling<'a> {
    /// What holds here for a while, by the rule's outcome.
    pub fn measures(&self) -> impl Iterator<Item = &'a Measure> + use<'a> {
        let outcome = self.outcome;
        let measures = self.rule.map(|(_, rule)| rule.measures());
        let measures = measures.unwrap_or_default().iter();
        measures.filter(move |measure| measure.applies(outcome))
    }

    /// Where this verdict is contested.
    pub fn contest(&self) -> &'a Contest {
        let own = self.rule.and_then(|(_, rule)| rule.contest());
        own.unwrap_or(&self.policy.contest)
    }
}

impl PublishedPolicy {
    /// How long before it is in force a policy is published, unless it eases.
    pub const LEAD: Span = Span::hours(24);
    /// How long a policy is in force at most: it ends by itself.
    pub const LONGEST_LIFE: Span = Span::days(184);

    /// Checks a draft; puts the words of each rule in their order.
    ///
    /// # Errors
    /// [`PublishedPolicyError`], by what is wrong first.
    pub fn new(draft: PolicyDraft) -> Result<Self, PublishedPolicyError> {
        let PolicyDraft {
            region,
            version,
            published,
            in_force_from,
            valid_until,
            eases,
            contest,
            rules,
        } = draft;
        if region == DivisionCode::COUNTRY {
            return Err(PublishedPolicyError::Country);
        }
        if version == 0 {
            return Err(PublishedPolicyError::Version);
        }
        let life = valid_until.since(in_force_from);
        if valid_until <= in_force_from || life > Self::LONGEST_LIFE {
            return Err(PublishedPolicyError::Life {
                from: in_force_from,
                until: valid_until,
            });
        }
        let lead = if eases { Span::seconds(0) } else { Self::LEAD };
        if in_force_from < published.plus(lead) {
            return Err(PublishedPolicyError::Lead {
                published,
                from: in_force_from,
            });
        }
        if rules.is_empty() {
            return Err(PublishedPolicyError::NoRule);
        }
        let decides = rules.iter().map(|rule| rule.rule().clone()).collect();
        let policy = RecognitionPolicy::new(named(region, version), decides)?;
        Ok(Self {
            region,
            version,
            published,
            in_force_from,
            valid_until,
            eases,
            contest,
            rules,
            policy,
        })
    }

    /// The same policy as published at another time: the region's own clock says when.
    ///
    /// # Errors
    /// [`PublishedPolicyError::Lead`] where it comes too late then.
    pub fn published_at(self, published: Timestamp) -> Result<Self, PublishedPolicyError> {
        Self::new(PolicyDraft {
            published,
            ..self.into_draft()
        })
    }

    fn into_draft(self) -> PolicyDraft {
        PolicyDraft {
            region: self.region,
            version: self.version,
            published: self.published,
            in_force_from: self.in_force_from,
            valid_until: self.valid_until,
            eases: self.eases,
            contest: self.contest,
            rules: self.rules,
        }
    }

    /// Signs the policy with a root key of the region for rules.
    ///
    /// # Errors
    /// [`SigningError`] where the signer gives no signature.
    pub fn sign<S: Signer + ?Sized>(&self, root: &S) -> Result<Vec<u8>, SigningError> {
        let header = Header::of(root.public_key()).with_type(TYPE);
        cose::sign(root, &header, &[], &self.encode())
    }

    /// Reads a policy that one of the region's roots for rules signed, and says which.
    ///
    /// # Errors
    /// [`PublishedPolicyError`], by what is wrong first.
    pub fn open(
        bytes: &[u8],
        region: DivisionCode,
        roots: &[PublicKey],
    ) -> Result<(Self, KeyId), PublishedPolicyError> {
        let signed = Sign1::parse(bytes).map_err(PolicyEncodingError::from)?;
        let root = roots
            .iter()
            .find(|root| signed.key_id() == Some(root.id()))
            .ok_or(PolicyEncodingError::NotByRoot)?;
        let header = Header::of(root).with_type(TYPE);
        let claims = signed
            .verify(root, &header, &[])
            .map_err(PolicyEncodingError::from)?;
        let policy = Self::new(PolicyDraft::decode(claims)?)?;
        // What is written in another order or fashion than ours says the same and is another text.
        if policy.encode() != claims {
            return Err(PolicyEncodingError::NotCanonical.into());
        }
        if policy.region != region {
            return Err(PolicyEncodingError::OtherRegion(policy.region).into());
        }
        Ok((policy, root.id()))
    }

    /// What follows from what counts of a code.
    pub fn rule_on(&self, subject: Considered, now: Timestamp) -> Ruling<'_> {
        let Applied {
            action,
            place,
            outcome,
        } = self.policy.applied(subject, now);
        let rule = place.and_then(|place| Some((place, self.rules.get(place)?)));
        Ruling {
            policy: self,
            action,
            rule,
            outcome,
        }
    }

    /// Whose gates go by it.
    pub const fn region(&self) -> DivisionCode {
        self.region
    }

    /// Its number.
    pub const fn version(&self) -> u32 {
        self.version
    }

    /// When it was published, which is when it was signed.
    pub const fn published(&self) -> Timestamp {
        self.published
    }

    /// From when on gates go by it.
    pub const fn in_force_from(&self) -> Timestamp {
        self.in_force_from
    }

    /// From when on they do not any more.
    pub const fn valid_until(&self) -> Timestamp {
        self.valid_until
    }

    /// Whether it says that it is easier than the one before for everybody.
    pub const fn eases(&self) -> bool {
        self.eases
    }

    /// Where a verdict is contested, unless a rule says otherwise.
    pub const fn contest(&self) -> &Contest {
        &self.contest
    }

    /// The rules, in order.
    pub fn rules(&self) -> &[PublishedRule] {
        &self.rules
    }

    /// What decides: the rules without what is said beside them.
    pub const fn policy(&self) -> &RecognitionPolicy {
        &self.policy
    }
}

/// The name by which verdicts and receipts know a version: `510000/3`.
fn named(region: DivisionCode, version: u32) -> String {
    let mut name = region.to_string();
    name.push('/');
    name.push_str(&version.to_string());
    name
}

#[cfg(test)]
mod tests;
