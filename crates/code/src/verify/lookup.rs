//! What the verifier asks of the lists that a gate holds.

use crate::signing::KeyId;
use crate::{DivisionCode, Offset, Span, Timestamp};

/// What a list says of one place in it: the two-bit status types of the Token Status List, of
/// which 0 to 2 have registered meanings and 3 is ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Listed {
    /// 0 (VALID): level low.
    Low = 0,
    /// 1 (INVALID): level high.
    High = 1,
    /// 2 (SUSPENDED): level medium.
    Medium = 2,
    /// 3 (ours): unknown, erased, withdrawn, lapsed or never assigned; to be checked online.
    Recheck = 3,
}

impl Listed {
    /// All values, by number.
    pub const ALL: [Self; 4] = [Self::Low, Self::High, Self::Medium, Self::Recheck];

    /// The two bits.
    pub const fn bits(self) -> u8 {
        self as u8
    }

    /// The value of the two low bits; the others are not looked at.
    pub const fn from_low_bits(bits: u8) -> Self {
        match bits & 3 {
            0 => Self::Low,
            1 => Self::High,
            2 => Self::Medium,
            _ => Self::Recheck,
        }
    }
}

/// A list's word on one code, with the age of the word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListAnswer {
    /// What the list says.
    pub listed: Listed,
    /// The time of the facts that the list was made from.
    pub as_of: Timestamp,
    /// From when on the list says nothing any more.
    pub expires_at: Timestamp,
}

/// The status lists that a gate holds, each verified and of the newest version seen.
pub trait StatusLookup {
    /// The word of the issuer's newest list of a local day (days since 1970-01-01 at the issuer's
    /// offset) on a day index. `None` where the gate has no such list; an index beyond the list's
    /// domain is [`Listed::Recheck`].
    fn status(&self, issuer: DivisionCode, day: u32, index: u32) -> Option<ListAnswer>;
}

/// The paper lists that a gate holds, each verified and of the newest version seen.
pub trait PaperLookup {
    /// The word of the issuer's newest paper list on a pointer; [`Listed::Low`] where the list
    /// does not have it. `None` where the gate has no list of the issuer.
    fn paper(&self, issuer: DivisionCode, pointer: &[u8; 16]) -> Option<ListAnswer>;
}

/// What the trust list says of an issuer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IssuerAnswer {
    /// It may issue, on these terms.
    Known(IssuerTerms),
    /// It was taken off the list.
    Removed,
    /// It was never on it.
    Unknown,
}

/// On what terms an issuer's codes are believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IssuerTerms {
    /// Facts older than this are no facts (default 4 h).
    pub staleness_limit: Span,
    /// Where the issuer's days begin.
    pub offset: Offset,
}

/// The trust list that a gate holds, verified, and what was removed since.
pub trait TrustLookup {
    /// Whether there is a list at all.
    fn is_held(&self) -> bool {
        true
    }

    /// When the list was signed: no gate's clock is before it.
    fn issued_at(&self) -> Timestamp;

    /// Until when the list may be relied on.
    fn expires_at(&self) -> Timestamp;

    /// What it says of an issuer.
    fn issuer(&self, issuer: DivisionCode) -> IssuerAnswer;

    /// Whether the removal key has removed a key of the issuer, be it a root or a node's.
    fn is_removed(&self, issuer: DivisionCode, key: KeyId) -> bool;
}

/// No trust list: a gate that has not fetched one yet knows nobody, and says so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoTrust;

impl TrustLookup for NoTrust {
    fn is_held(&self) -> bool {
        false
    }

    fn issued_at(&self) -> Timestamp {
        Timestamp::MIN
    }

    fn expires_at(&self) -> Timestamp {
        Timestamp::MIN
    }

    fn issuer(&self, _: DivisionCode) -> IssuerAnswer {
        IssuerAnswer::Unknown
    }

    fn is_removed(&self, _: DivisionCode, _: KeyId) -> bool {
        false
    }
}
