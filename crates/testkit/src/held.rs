//! What a gate holds, as plain tables: the verifier's look-ups without the lists' own encodings.

use std::collections::BTreeMap;

use hc_code::keys::{Adopted, KeyBook, KeyBookError, SignedKeyList};
use hc_code::signing::{KeyId, PublicKey};
use hc_code::verify::{
    ClockFloor, Gate, IssuerAnswer, IssuerTerms, ListAnswer, Listed, PaperLookup,
    RecognitionPolicy, StatusLookup, TrustLookup,
};
use hc_code::{DivisionCode, Timestamp};

/// Everything that a gate holds.
#[derive(Clone, Debug)]
pub struct Held {
    /// The trust list.
    pub trust: HeldTrust,
    /// The issuers' keys.
    pub keys: KeyBook,
    /// Status lists by issuer and day.
    pub status: HeldStatus,
    /// Paper lists by issuer.
    pub paper: HeldPaper,
    /// The recognition policy.
    pub policy: RecognitionPolicy,
}

/// A trust list as a table.
#[derive(Clone, Debug)]
pub struct HeldTrust {
    /// When it was signed.
    pub issued_at: Timestamp,
    /// Until when it holds.
    pub expires_at: Timestamp,
    /// Each issuer's terms and root keys; `None` for one that was removed.
    pub issuers: BTreeMap<DivisionCode, Option<(IssuerTerms, Vec<PublicKey>)>>,
    /// Keys that the removal key removed.
    pub removed: Vec<(DivisionCode, KeyId)>,
}

/// Status lists as tables.
#[derive(Clone, Debug, Default)]
pub struct HeldStatus(pub BTreeMap<(DivisionCode, u32), HeldList<u32>>);

/// Paper lists as tables.
#[derive(Clone, Debug, Default)]
pub struct HeldPaper(pub BTreeMap<DivisionCode, HeldList<[u8; 16]>>);

/// One list: what is not low, and when it is of.
#[derive(Clone, Debug)]
pub struct HeldList<K> {
    /// The time of its facts.
    pub as_of: Timestamp,
    /// Until when it holds.
    pub expires_at: Timestamp,
    /// The number of places that it has; places beyond are to be re-checked. `None` for paper.
    pub domain: Option<u32>,
    /// Everything that is not low.
    pub entries: BTreeMap<K, Listed>,
}

impl Held {
    /// The gate over what is held.
    pub fn gate(&self) -> Gate<'_> {
        let lists = self.keys.times();
        Gate {
            trust: &self.trust,
            keys: &self.keys,
            status: &self.status,
            paper: &self.paper,
            policy: &self.policy,
            clock: ClockFloor::new(self.trust.issued_at, lists),
        }
    }

    /// Offers a key list to the book, under the trust list's root keys.
    ///
    /// # Errors
    /// As [`KeyBook::adopt`].
    pub fn adopt(
        &mut self,
        list: &SignedKeyList,
        issuer: DivisionCode,
        device_time: Timestamp,
    ) -> Result<Adopted, KeyBookError> {
        let roots = match self.trust.issuers.get(&issuer) {
            Some(Some((_, roots))) => roots.as_slice(),
            _ => &[],
        };
        self.keys.adopt(list, issuer, roots, device_time)
    }
}

impl TrustLookup for HeldTrust {
    fn issued_at(&self) -> Timestamp {
        self.issued_at
    }

    fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    fn issuer(&self, issuer: DivisionCode) -> IssuerAnswer {
        match self.issuers.get(&issuer) {
            Some(Some((terms, _))) => IssuerAnswer::Known(*terms),
            Some(None) => IssuerAnswer::Removed,
            None => IssuerAnswer::Unknown,
        }
    }

    fn is_removed(&self, issuer: DivisionCode, key: KeyId) -> bool {
        self.removed.contains(&(issuer, key))
    }
}

impl<K: Ord> HeldList<K> {
    fn answer(&self, listed: Listed) -> ListAnswer {
        ListAnswer {
            listed,
            as_of: self.as_of,
            expires_at: self.expires_at,
        }
    }

    fn entry(&self, key: &K) -> Listed {
        self.entries.get(key).copied().unwrap_or(Listed::Low)
    }
}

impl StatusLookup for HeldStatus {
    fn status(&self, issuer: DivisionCode, day: u32, index: u32) -> Option<ListAnswer> {
        let list = self.0.get(&(issuer, day))?;
        let listed = if list.domain.is_some_and(|domain| index >= domain) {
            Listed::Recheck
        } else {
            list.entry(&index)
        };
        Some(list.answer(listed))
    }
}

impl PaperLookup for HeldPaper {
    fn paper(&self, issuer: DivisionCode, pointer: &[u8; 16]) -> Option<ListAnswer> {
        let list = self.0.get(&issuer)?;
        Some(list.answer(list.entry(pointer)))
    }
}
