//! Gates: devices that check codes at a venue, and what they may look people up for.

use hc_code::signing::PublicKey;
use hc_code::{DivisionCode, Timestamp};
use hc_core::party::{Purpose, Purposes, VenueClass};
use hc_core::store::{PartyKind, PartyRow};
use serde::{Deserialize, Serialize};

use crate::party::{KeptKey, PartyId, TermsError, holds, is_short};

/// Where a gate stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Venue {
    /// The venue in the region's registers, 1 to 64 characters.
    pub id: String,
    /// What kind of place it is, by its word.
    #[serde(with = "words")]
    pub class: VenueClass,
    /// In which division.
    pub division: DivisionCode,
}

/// How often a gate may look people up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quota {
    /// In an hour.
    pub an_hour: u32,
    /// In a local day.
    pub a_day: u32,
}

impl Quota {
    /// The most that any gate may have in a day: a tenth of what a busy one scans.
    pub const MOST_A_DAY: u32 = 2_000;
    /// What a gate has unless it is said.
    pub const USUAL: Self = Self {
        an_hour: 60,
        a_day: 500,
    };
}

/// The terms of a gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateTerms {
    id: PartyId,
    name: String,
    venue: Venue,
    attended: bool,
    purposes: Purposes,
    quota: Quota,
    key: PublicKey,
    registered: Timestamp,
    until: Timestamp,
    used: Used,
}

/// How much of the quota is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Used {
    hour: i64,
    in_hour: u32,
    day: i64,
    in_day: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    name: String,
    venue: Venue,
    attended: bool,
    purposes: Vec<String>,
    quota: Quota,
    key: KeptKey,
    used: Used,
}

mod words {
    use hc_core::party::VenueClass;
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "the form that serde asks for"
    )]
    pub(super) fn serialize<S: Serializer>(class: &VenueClass, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(class)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<VenueClass, D::Error> {
        let word = String::deserialize(from)?;
        word.parse().map_err(D::Error::custom)
    }
}

impl GateTerms {
    /// Registers a gate that somebody attends for some purposes, from `registered` until `until`; a gate
    /// that nobody attends has none and looks nobody up.
    ///
    /// # Errors
    /// [`TermsError`].
    pub fn new(
        id: PartyId,
        name: &str,
        venue: Venue,
        (attended, purposes): (bool, Purposes),
        key: PublicKey,
        (registered, until): (Timestamp, Timestamp),
    ) -> Result<Self, TermsError> {
        if !is_short(name) {
            Err(TermsError::Name)
        } else if !is_short(&venue.id) {
            Err(TermsError::Venue)
        } else if !attended && !purposes.is_empty() {
            Err(TermsError::Unattended)
        } else if until <= registered {
            Err(TermsError::Ends)
        } else {
            Ok(Self {
                id,
                name: name.to_owned(),
                venue,
                attended,
                purposes,
                quota: Quota::USUAL,
                key,
                registered,
                until,
                used: Used::default(),
            })
        }
    }

    /// With another quota of look-ups.
    ///
    /// # Errors
    /// [`TermsError::Quota`].
    pub fn with_quota(mut self, quota: Quota) -> Result<Self, TermsError> {
        if quota.an_hour == 0 || quota.an_hour > quota.a_day || quota.a_day > Quota::MOST_A_DAY {
            return Err(TermsError::Quota(Quota::MOST_A_DAY));
        }
        self.quota = quota;
        Ok(self)
    }

    /// The id.
    pub const fn id(&self) -> &PartyId {
        &self.id
    }

    /// What people call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it stands.
    pub const fn venue(&self) -> &Venue {
        &self.venue
    }

    /// Whether somebody attends it.
    pub const fn is_attended(&self) -> bool {
        self.attended
    }

    /// What it may look people up for.
    pub const fn purposes(&self) -> Purposes {
        self.purposes
    }

    /// How often it may look people up.
    pub const fn quota(&self) -> Quota {
        self.quota
    }

    /// The key that it signs with.
    pub const fn key(&self) -> &PublicKey {
        &self.key
    }

    /// Since when it is registered.
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

    /// Whether it may look somebody up for a purpose.
    pub fn may_look_up_for(&self, purpose: Purpose) -> bool {
        self.attended && self.purposes.contains(purpose)
    }

    /// The terms with one look-up more in this hour of this local day; `None` where the quota is used up.
    pub fn looking(&self, now: Timestamp, day: i64) -> Option<Self> {
        let hour = now.unix().div_euclid(3600);
        let mut used = self.used;
        if used.hour != hour {
            (used.hour, used.in_hour) = (hour, 0);
        }
        if used.day != day {
            (used.day, used.in_day) = (day, 0);
        }
        used.in_hour += 1;
        used.in_day += 1;
        let fits = used.in_hour <= self.quota.an_hour && used.in_day <= self.quota.a_day;
        fits.then(|| Self {
            used,
            ..self.clone()
        })
    }

    /// The row for the store.
    pub fn to_row(&self) -> PartyRow {
        let kept = Kept {
            name: self.name.clone(),
            venue: self.venue.clone(),
            attended: self.attended,
            purposes: self.purposes.iter().map(|one| one.to_string()).collect(),
            quota: self.quota,
            key: KeptKey::of(&self.key),
            used: self.used,
        };
        PartyRow {
            kind: PartyKind::Gate,
            id: self.id.as_str().to_owned(),
            at: self.registered,
            until: self.until,
            // Texts and numbers always have a JSON form.
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
        let purposes: Result<Purposes, _> = kept.purposes.iter().map(|word| word.parse()).collect();
        let terms = Self::new(
            PartyId::parse(&row.id)?,
            &kept.name,
            kept.venue,
            (
                kept.attended,
                purposes.map_err(|_| TermsError::Kept("the purposes"))?,
            ),
            kept.key.read()?,
            (row.at, row.until),
        )?
        .with_quota(kept.quota)?;
        Ok(Self {
            used: kept.used,
            ..terms
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hc_code::Span;
    use hc_code::signing::{Algorithm, Signer};
    use hc_testkit::regions::{NOON, key};

    fn gate(attended: bool, purposes: &[Purpose]) -> Result<GateTerms, TermsError> {
        GateTerms::new(
            PartyId::parse("gate-12").unwrap(),
            "东门",
            Venue {
                id: "330106-0042".to_owned(),
                class: VenueClass::General,
                division: "330106".parse().unwrap(),
            },
            (attended, purposes.iter().copied().collect()),
            key(Algorithm::Es256, 1, 1).public_key().clone(),
            (NOON, NOON.plus(Span::days(10))),
        )
    }

    #[test]
    fn terms_read_back_from_the_store_as_they_were() {
        let quota = Quota {
            an_hour: 3,
            a_day: 5,
        };
        let terms = gate(true, &[Purpose::Entry, Purpose::Medical]).unwrap();
        let terms = terms.with_quota(quota).unwrap().looking(NOON, 1).unwrap();
        assert_eq!(GateTerms::from_row(&terms.to_row()), Ok(terms.clone()));
        let mut other = terms.to_row();
        other.content.truncate(20);
        assert!(GateTerms::from_row(&other).is_err());
    }

    #[test]
    fn a_gate_that_nobody_attends_looks_nobody_up() {
        let refused = gate(false, &[Purpose::Entry]);
        assert_eq!(refused, Err(TermsError::Unattended));
        let gate = gate(false, &[]).unwrap();
        assert!(!gate.may_look_up_for(Purpose::Emergency));
    }

    #[test]
    fn a_gate_looks_so_many_up_in_an_hour_and_in_a_day() {
        let quota = Quota {
            an_hour: 2,
            a_day: 3,
        };
        let gate = gate(true, &[Purpose::Entry]).unwrap();
        let gate = gate.with_quota(quota).unwrap();
        let twice = gate.looking(NOON, 1).unwrap().looking(NOON, 1).unwrap();
        assert_eq!(twice.looking(NOON, 1), None);
        let later = NOON.plus(Span::hours(1));
        let thrice = twice.looking(later, 1).unwrap();
        assert_eq!(thrice.looking(later, 1), None);
        assert!(thrice.looking(later, 2).is_some());
    }

    #[test]
    fn a_quota_stays_far_below_what_a_gate_scans() {
        let gate = gate(true, &[Purpose::Entry]).unwrap();
        for (an_hour, a_day) in [(0, 5), (6, 5), (5, Quota::MOST_A_DAY + 1)] {
            let refused = gate.clone().with_quota(Quota { an_hour, a_day });
            assert_eq!(refused, Err(TermsError::Quota(Quota::MOST_A_DAY)));
        }
    }
}
