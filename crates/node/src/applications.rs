//! Applications of the national interface: super-apps, systems of gates, the national platform.

use std::collections::BTreeMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use hc_code::signing::PublicKey;
use hc_code::{DivisionCode, Span, Timestamp};
use hc_core::party::{Function, Functions, Purpose, Purposes};
use hc_core::store::{PartyKind, PartyRow};
use serde::{Deserialize, Serialize};

use crate::party::{KeptKey, PartyId, TermsError, holds, is_short};

/// What an application may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// Which of the seven functions.
    pub functions: Functions,
    /// In which divisions, and everything inside them.
    pub divisions: Vec<DivisionCode>,
    /// What it may query people for.
    pub purposes: Purposes,
}

/// How often an application may call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallQuota {
    /// Messages in a minute, of all functions.
    pub calls_a_minute: u32,
    /// Queries about people in a local day.
    pub queries_a_day: u32,
}

impl CallQuota {
    /// The most queries that any application may have in a day.
    pub const MOST_QUERIES: u32 = 1_000_000;
    /// What an application has unless it is said.
    pub const USUAL: Self = Self {
        calls_a_minute: 6_000,
        queries_a_day: 10_000,
    };
}

/// The terms of an application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplicationTerms {
    id: PartyId,
    name: String,
    scope: Scope,
    quota: CallQuota,
    key: PublicKey,
    registered: Timestamp,
    until: Timestamp,
    used: Used,
}

/// How many queries of the day are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Used {
    day: i64,
    in_day: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    name: String,
    functions: Vec<String>,
    divisions: Vec<DivisionCode>,
    purposes: Vec<String>,
    quota: CallQuota,
    key: KeptKey,
    used: Used,
}

impl ApplicationTerms {
    /// Registers an application for a scope, from `registered` until `until`.
    ///
    /// # Errors
    /// [`TermsError`].
    pub fn new(
        id: PartyId,
        name: &str,
        scope: Scope,
        key: PublicKey,
        (registered, until): (Timestamp, Timestamp),
    ) -> Result<Self, TermsError> {
        if !is_short(name) {
            Err(TermsError::Name)
        } else if scope.functions.is_empty() {
            Err(TermsError::NoFunctions)
        } else if scope.divisions.is_empty() {
            Err(TermsError::NoDivisions)
        } else if scope.functions.contains(Function::QueryHealth) && scope.purposes.is_empty() {
            Err(TermsError::NoPurposes)
        } else if until <= registered {
            Err(TermsError::Ends)
        } else {
            Ok(Self {
                id,
                name: name.to_owned(),
                scope,
                quota: CallQuota::USUAL,
                key,
                registered,
                until,
                used: Used::default(),
            })
        }
    }

    /// With another quota.
    ///
    /// # Errors
    /// [`TermsError::Calls`].
    pub fn with_quota(mut self, quota: CallQuota) -> Result<Self, TermsError> {
        if quota.calls_a_minute == 0 || quota.queries_a_day > CallQuota::MOST_QUERIES {
            return Err(TermsError::Calls(CallQuota::MOST_QUERIES));
        }
        self.quota = quota;
        Ok(self)
    }

    /// The id: `custNum` of its messages.
    pub const fn id(&self) -> &PartyId {
        &self.id
    }

    /// What people call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it may do.
    pub const fn scope(&self) -> &Scope {
        &self.scope
    }

    /// How often it may call.
    pub const fn quota(&self) -> CallQuota {
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

    /// Whether it may call a function.
    pub fn may_call(&self, function: Function) -> bool {
        self.scope.functions.contains(function)
    }

    /// Whether it may do so in a division.
    pub fn may_in(&self, division: DivisionCode) -> bool {
        let mut divisions = self.scope.divisions.iter();
        divisions.any(|own| own.contains(division))
    }

    /// Whether it may query for a purpose.
    pub fn may_query_for(&self, purpose: Purpose) -> bool {
        self.scope.purposes.contains(purpose)
    }

    /// The terms with one query more in this local day; `None` where the quota is used up.
    pub fn querying(&self, day: i64) -> Option<Self> {
        let mut used = self.used;
        if used.day != day {
            used = Used { day, in_day: 0 };
        }
        used.in_day += 1;
        (used.in_day <= self.quota.queries_a_day).then(|| Self {
            used,
            ..self.clone()
        })
    }

    /// The row for the store.
    pub fn to_row(&self) -> PartyRow {
        let kept = Kept {
            name: self.name.clone(),
            functions: self
                .scope
                .functions
                .iter()
                .map(|one| one.to_string())
                .collect(),
            divisions: self.scope.divisions.clone(),
            purposes: self
                .scope
                .purposes
                .iter()
                .map(|one| one.to_string())
                .collect(),
            quota: self.quota,
            key: KeptKey::of(&self.key),
            used: self.used,
        };
        PartyRow {
            kind: PartyKind::Application,
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
        let functions: Result<Functions, _> =
            kept.functions.iter().map(|one| one.parse()).collect();
        let purposes: Result<Purposes, _> = kept.purposes.iter().map(|one| one.parse()).collect();
        let scope = Scope {
            functions: functions.map_err(|_| TermsError::Kept("the functions"))?,
            divisions: kept.divisions,
            purposes: purposes.map_err(|_| TermsError::Kept("the purposes"))?,
        };
        let key = kept.key.read()?;
        let id = PartyId::parse(&row.id)?;
        let terms = Self::new(id, &kept.name, scope, key, (row.at, row.until))?;
        Ok(Self {
            used: kept.used,
            ..terms.with_quota(kept.quota)?
        })
    }
}

/// Terms that were read a moment ago: calls that make and verify wait for no database.
#[derive(Debug, Default)]
pub struct Applications {
    read: ArcSwap<BTreeMap<String, Read>>,
}

#[derive(Clone, Debug)]
struct Read {
    terms: Arc<ApplicationTerms>,
    at: Timestamp,
}

impl Applications {
    /// How long terms count as read: so long another node may go on with what was ended here.
    pub const FRESH: Span = Span::seconds(5);

    /// Terms as they were read last, and whether that was just now.
    pub fn get(&self, id: &PartyId, now: Timestamp) -> Option<(Arc<ApplicationTerms>, bool)> {
        let read = self.read.load();
        let found = read.get(id.as_str())?;
        let fresh = found.at <= now && now < found.at.plus(Self::FRESH);
        Some((Arc::clone(&found.terms), fresh))
    }

    /// Notes terms that were read.
    pub fn note(&self, terms: &Arc<ApplicationTerms>, now: Timestamp) {
        self.read.rcu(|read| {
            let mut read = BTreeMap::clone(read);
            let terms = Arc::clone(terms);
            let id = terms.id().as_str().to_owned();
            read.insert(id, Read { terms, at: now });
            read
        });
    }

    /// Forgets one that is not registered.
    pub fn drop_one(&self, id: &PartyId) {
        self.read.rcu(|read| {
            let mut read = BTreeMap::clone(read);
            read.remove(id.as_str());
            read
        });
    }

    /// Forgets all of them: a registration ended.
    pub fn forget(&self) {
        self.read.store(Arc::default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hc_code::signing::{Algorithm, Signer};
    use hc_core::word::Word as _;
    use hc_testkit::regions::{NOON, key};

    fn application(
        functions: &[Function],
        purposes: &[Purpose],
    ) -> Result<ApplicationTerms, TermsError> {
        let scope = Scope {
            functions: functions.iter().copied().collect(),
            divisions: vec!["330100".parse().unwrap()],
            purposes: purposes.iter().copied().collect(),
        };
        ApplicationTerms::new(
            PartyId::parse("super-app").unwrap(),
            "掌上通",
            scope,
            key(Algorithm::Sm2, 1, 1).public_key().clone(),
            (NOON, NOON.plus(Span::days(10))),
        )
    }

    #[test]
    fn terms_read_back_from_the_store_as_they_were() {
        let terms = application(Function::ALL, &[Purpose::Entry]).unwrap();
        let terms = terms.querying(7).unwrap();
        assert_eq!(
            ApplicationTerms::from_row(&terms.to_row()),
            Ok(terms.clone())
        );
        let mut other = terms.to_row();
        other.content.truncate(20);
        assert!(ApplicationTerms::from_row(&other).is_err());
    }

    #[test]
    fn an_application_may_what_it_is_registered_for_and_nothing_else() {
        let terms = application(&[Function::MakeCode], &[]).unwrap();
        assert!(terms.may_call(Function::MakeCode) && !terms.may_call(Function::VerifyCode));
        assert!(
            terms.may_in("330106".parse().unwrap()) && !terms.may_in("310115".parse().unwrap())
        );
        assert!(!terms.may_query_for(Purpose::Entry));
        assert_eq!(application(&[], &[]), Err(TermsError::NoFunctions));
        assert_eq!(
            application(&[Function::QueryHealth], &[]),
            Err(TermsError::NoPurposes)
        );
        let none = CallQuota {
            calls_a_minute: 0,
            queries_a_day: 1,
        };
        assert!(terms.with_quota(none).is_err());
    }

    #[test]
    fn queries_are_counted_by_the_day() {
        let quota = CallQuota {
            calls_a_minute: 1,
            queries_a_day: 2,
        };
        let terms = application(&[Function::QueryHealth], &[Purpose::Entry]).unwrap();
        let terms = terms.with_quota(quota).unwrap();
        let twice = terms.querying(1).unwrap().querying(1).unwrap();
        assert_eq!(twice.querying(1), None);
        assert!(twice.querying(2).is_some());
    }
}
