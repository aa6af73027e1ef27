//! Officers: who may act for the authority, and in which duties.
//!
//! An officer is a registered party with one key of their own. What changes whom the region believes
//! or by which rules it decides takes two officers: other ids, other keys, other people.

use hc_code::Timestamp;
use hc_code::signing::PublicKey;
use hc_core::party::{Duties, Duty};
use hc_core::store::{PartyKind, PartyRow};
use serde::{Deserialize, Serialize};

use crate::party::{KeptKey, PartyId, TermsError, holds, is_short};

/// What an officer proved themselves with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProvedBy {
    /// The key that they are registered with.
    Key,
    /// A passkey of theirs, which signed for this act where it is a second credential.
    Passkey,
}

impl ProvedBy {
    /// The word in the log.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Passkey => "passkey",
        }
    }
}

/// The terms of an officer.
#[derive(Clone, PartialEq, Eq)]
pub struct OfficerTerms {
    id: PartyId,
    name: String,
    duties: Duties,
    key: PublicKey,
    registered: Timestamp,
    until: Timestamp,
}

/// The name is a person's.
impl core::fmt::Debug for OfficerTerms {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("OfficerTerms")
            .field("id", &self.id)
            .field("duties", &self.duties)
            .field("until", &self.until)
            .finish_non_exhaustive()
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    name: String,
    duties: Vec<String>,
    key: KeptKey,
}

impl OfficerTerms {
    /// Registers an officer under the name of the person, from `registered` until `until`.
    ///
    /// # Errors
    /// [`TermsError`].
    pub fn new(
        id: PartyId,
        name: &str,
        duties: Duties,
        key: PublicKey,
        (registered, until): (Timestamp, Timestamp),
    ) -> Result<Self, TermsError> {
        let audits = duties.contains(Duty::Auditor);
        if !is_short(name) {
            Err(TermsError::Name)
        } else if duties.is_empty() {
            Err(TermsError::NoDuties)
        } else if audits && duties.iter().count() > 1 {
            Err(TermsError::Audits)
        } else if until <= registered {
            Err(TermsError::Ends)
        } else {
            Ok(Self {
                id,
                name: name.to_owned(),
                duties,
                key,
                registered,
                until,
            })
        }
    }

    /// The id.
    pub const fn id(&self) -> &PartyId {
        &self.id
    }

    /// The name of the person.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the officer may do.
    pub const fn duties(&self) -> Duties {
        self.duties
    }

    /// The key that they sign with.
    pub const fn key(&self) -> &PublicKey {
        &self.key
    }

    /// Since when they are registered.
    pub const fn registered(&self) -> Timestamp {
        self.registered
    }

    /// When the registration ends.
    pub const fn until(&self) -> Timestamp {
        self.until
    }

    /// Whether the registration holds at an instant.
    pub fn holds_at(&self, now: Timestamp) -> bool {
        holds((self.registered, self.until), now)
    }

    /// Whether two registrations are the same person's or the same key's: one of them is no second
    /// credential for the other.
    pub fn is_the_same_as(&self, other: &Self) -> bool {
        let plain = |name: &str| name.split_whitespace().collect::<String>().to_lowercase();
        self.id == other.id || self.key == other.key || plain(&self.name) == plain(&other.name)
    }

    /// The row for the store.
    pub fn to_row(&self) -> PartyRow {
        let kept = Kept {
            name: self.name.clone(),
            duties: self.duties.iter().map(|duty| duty.to_string()).collect(),
            key: KeptKey::of(&self.key),
        };
        PartyRow {
            kind: PartyKind::Officer,
            id: self.id.as_str().to_owned(),
            at: self.registered,
            until: self.until,
            // Texts always have a JSON form.
            content: serde_json::to_vec(&kept).unwrap_or_default(),
        }
    }

    /// Reads what [`Self::to_row`] gave.
    ///
    /// # Errors
    /// [`TermsError`] for anything else.
    pub fn from_row(row: &PartyRow) -> Result<Self, TermsError> {
        let kept: Kept =
            serde_json::from_slice(&row.content).map_err(|_| TermsError::Kept("its form"))?;
        let duties: Result<Duties, _> = kept.duties.iter().map(|word| word.parse()).collect();
        Self::new(
            PartyId::parse(&row.id)?,
            &kept.name,
            duties.map_err(|_| TermsError::Kept("the duties"))?,
            kept.key.read()?,
            (row.at, row.until),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hc_code::Span;
    use hc_code::signing::{Algorithm, Signer};
    use hc_testkit::regions::{NOON, key};

    fn officer(id: &str, name: &str, key_no: u8) -> Result<OfficerTerms, TermsError> {
        with_duties(id, name, key_no, &[Duty::Operator, Duty::Health])
    }

    fn with_duties(
        id: &str,
        name: &str,
        key_no: u8,
        duties: &[Duty],
    ) -> Result<OfficerTerms, TermsError> {
        OfficerTerms::new(
            PartyId::parse(id)?,
            name,
            duties.iter().copied().collect(),
            key(Algorithm::Es256, key_no, 1).public_key().clone(),
            (NOON, NOON.plus(Span::days(10))),
        )
    }

    #[test]
    fn terms_read_back_from_the_store_as_they_were() {
        let terms = officer("li", "李明", 1).unwrap();
        assert_eq!(OfficerTerms::from_row(&terms.to_row()), Ok(terms.clone()));
        let mut other = terms.to_row();
        other.content.truncate(20);
        assert!(OfficerTerms::from_row(&other).is_err());
    }

    #[test]
    fn terms_that_allow_nothing_or_let_an_auditor_act_are_refused() {
        assert_eq!(with_duties("li", "李明", 1, &[]), Err(TermsError::NoDuties));
        let both = [Duty::Auditor, Duty::Health];
        assert_eq!(with_duties("li", "李明", 1, &both), Err(TermsError::Audits));
        assert!(with_duties("li", "李明", 1, &[Duty::Auditor]).is_ok());
        for name in ["", "a\nb", &"长".repeat(65)] {
            assert_eq!(officer("li", name, 1), Err(TermsError::Name));
        }
    }

    #[test]
    fn one_person_or_one_key_under_two_ids_is_the_same() {
        let li = officer("li", "李 明", 1).unwrap();
        assert!(li.is_the_same_as(&officer("li", "王芳", 2).unwrap()));
        assert!(li.is_the_same_as(&officer("wang", "王芳", 1).unwrap()));
        assert!(li.is_the_same_as(&officer("li-2", "李明", 2).unwrap()));
        assert!(!li.is_the_same_as(&officer("wang", "王芳", 2).unwrap()));
    }

    #[test]
    fn a_name_is_not_shown_in_messages() {
        let shown = format!("{:?}", officer("li", "李明", 1).unwrap());
        assert!(!shown.contains("李明"), "{shown}");
    }
}
