//! Notices of a region to all gates: degraded mode, declared and ended, as one signed list.
//!
//! The list is short, made anew every few seconds and signed by the key that signs the region's other
//! lists. It has every notice until its own end, those that were ended early too: so an end is signed as
//! the declaration is, and nobody can hold a notice back for longer than the list lives.
//! `spec/notices.md` is the normative description.

mod held;

pub use held::{HeldNotices, OlderNotices};

use crate::cbor::{CborError, Reader, Writer};
use crate::cose::{self, CoseError, Header, Sign1};
use crate::keys::{KeyAnswer, KeyBook, KeyUse};
use crate::signing::{Signer, SigningError};
use crate::{DivisionCode, Span, Timestamp};

/// Type of the signed statement (RFC 9596).
const TYPE: &str = "application/hc-notices+cwt";
const ISSUER: i64 = 1;
const EXPIRES_AT: i64 = 4;
const ISSUED_AT: i64 = 6;
const BODY: i64 = -65_538;

/// What does not work as it should, and what gates do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Degraded {
    /// The region is cut off from its facts: codes are older than they should be. What is unknown only
    /// because of its age is checked by hand.
    FactsStale = 1,
    /// Many people cannot show a code. Whoever has none is checked by hand.
    CodesUnavailable = 2,
    /// Lists cannot be fetched. What is unknown only for want of a list is checked by hand.
    ListsUnavailable = 3,
}

impl Degraded {
    /// All kinds.
    pub const ALL: [Self; 3] = [
        Self::FactsStale,
        Self::CodesUnavailable,
        Self::ListsUnavailable,
    ];

    /// The word in interfaces.
    pub const fn word(self) -> &'static str {
        match self {
            Self::FactsStale => "facts-stale",
            Self::CodesUnavailable => "codes-unavailable",
            Self::ListsUnavailable => "lists-unavailable",
        }
    }

    /// The kind of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// What people at a gate read, in Chinese and English.
    pub const fn says(self) -> (&'static str, &'static str) {
        match self {
            Self::FactsStale => (
                "健康信息更新暂时延迟，因信息过旧而状态未知的，请人工核验，不得因此拒绝",
                "Facts come late at the moment: whose status is unknown for its age is checked by hand and not turned away",
            ),
            Self::CodesUnavailable => (
                "健康码暂时无法展示，无码人员请人工核验，不得因此拒绝",
                "Codes cannot be shown at the moment: whoever has none is checked by hand and not turned away",
            ),
            Self::ListsUnavailable => (
                "状态表暂时无法下载，因缺少状态表而状态未知的，请人工核验，不得因此拒绝",
                "Lists cannot be fetched at the moment: whose status is unknown for want of one is checked by hand and not turned away",
            ),
        }
    }

    const fn number(self) -> u64 {
        self as u64
    }

    fn from_number(number: u64) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.number() == number)
    }
}

/// One notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Notice {
    number: u64,
    kind: Degraded,
    from: Timestamp,
    until: Timestamp,
    ended: Option<Timestamp>,
}

/// All notices of a region that have not come to their own end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeList {
    issuer: DivisionCode,
    issued_at: Timestamp,
    expires_at: Timestamp,
    notices: Vec<Notice>,
}

/// Why something is no notice, or no list of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoticeError {
    /// The signed form.
    #[error(transparent)]
    Cose(#[from] CoseError),
    /// The content.
    #[error("not a notice list in deterministic form: {0}")]
    Encoding(#[from] CborError),
    /// It ends before it begins, or later than a day after.
    #[error("a notice holds for more than nothing and at most 24 hours")]
    Life,
    /// Ended before it began, or after its own end.
    #[error("a notice is ended while it holds")]
    Ended,
    /// Too many.
    #[error("{0} notices are more than the {max} that a list may have", max = NoticeList::MOST)]
    TooMany(usize),
    /// Not in ascending order of their numbers.
    #[error("notices stand once each, by number")]
    Order,
    /// A list that lives too long, or not at all.
    #[error("a list lives for more than nothing and at most 5 minutes")]
    ListLife,
    /// Not a time.
    #[error("a time is out of range")]
    Time,
    /// No such kind.
    #[error("{0} is no kind of notice")]
    Kind(u64),
    /// No issuer.
    #[error("the issuer is no division")]
    Issuer,
    /// Another region's.
    #[error("the list is of {0}")]
    OtherIssuer(DivisionCode),
    /// No key that the region's root lists for lists signed it.
    #[error("no listed key of the region signed it")]
    NotListed,
    /// From beyond what a clock may be wrong by.
    #[error("the list was made at {0}, ahead of this clock")]
    Ahead(Timestamp),
    /// Over.
    #[error("the list has expired")]
    Expired,
}

impl Notice {
    /// The longest that a notice holds.
    pub const LONGEST: Span = Span::hours(24);

    /// A notice from an instant until another.
    ///
    /// # Errors
    /// [`NoticeError::Life`].
    pub fn new(
        number: u64,
        kind: Degraded,
        (from, until): (Timestamp, Timestamp),
    ) -> Result<Self, NoticeError> {
        if from < until && until <= from.plus(Self::LONGEST) {
            Ok(Self {
                number,
                kind,
                from,
                until,
                ended: None,
            })
        } else {
            Err(NoticeError::Life)
        }
    }

    /// The notice, ended at an instant.
    ///
    /// # Errors
    /// [`NoticeError::Ended`] where it was ended before, or does not hold then.
    pub fn ended(self, at: Timestamp) -> Result<Self, NoticeError> {
        if self.ended.is_none() && self.from <= at && at < self.until {
            Ok(Self {
                ended: Some(at),
                ..self
            })
        } else {
            Err(NoticeError::Ended)
        }
    }

    /// Its number: the index of its entry in the decision log.
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// What does not work.
    pub const fn kind(&self) -> Degraded {
        self.kind
    }

    /// Since when.
    pub const fn from(&self) -> Timestamp {
        self.from
    }

    /// Until when at the latest.
    pub const fn until(&self) -> Timestamp {
        self.until
    }

    /// When it was ended early, if it was.
    pub const fn ended_at(&self) -> Option<Timestamp> {
        self.ended
    }

    /// Whether it holds at an instant.
    pub fn holds_at(&self, now: Timestamp) -> bool {
        self.from <= now && now < self.until && self.ended.is_none_or(|ended| now < ended)
    }
}

impl NoticeList {
    /// The longest life of a list.
    pub const LONGEST_LIFE: Span = Span::seconds(300);
    /// The most notices.
    pub const MOST: usize = 32;

    /// A list of notices, in any order.
    ///
    /// # Errors
    /// [`NoticeError`].
    pub fn new(
        issuer: DivisionCode,
        (issued_at, expires_at): (Timestamp, Timestamp),
        mut notices: Vec<Notice>,
    ) -> Result<Self, NoticeError> {
        notices.sort_unstable();
        let list = Self {
            issuer,
            issued_at,
            expires_at,
            notices,
        };
        list.checked()
    }

    fn checked(self) -> Result<Self, NoticeError> {
        let life = self.issued_at < self.expires_at
            && self.expires_at <= self.issued_at.plus(Self::LONGEST_LIFE);
        if !life {
            return Err(NoticeError::ListLife);
        }
        if self.notices.len() > Self::MOST {
            return Err(NoticeError::TooMany(self.notices.len()));
        }
        let mut pairs = self.notices.iter().zip(self.notices.iter().skip(1));
        if pairs.all(|(one, next)| one.number < next.number) {
            Ok(self)
        } else {
            Err(NoticeError::Order)
        }
    }

    /// When it was made.
    pub const fn issued_at(&self) -> Timestamp {
        self.issued_at
    }

    /// Until when it may be relied on.
    pub const fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// The notices, by number.
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// Signs the list with a key for lists.
    ///
    /// # Errors
    /// [`SigningError`].
    pub fn sign<S: Signer + ?Sized>(&self, key: &S) -> Result<Vec<u8>, SigningError> {
        let header = Header::of(key.public_key()).with_type(TYPE);
        cose::sign(key, &header, &[], &self.encode())
    }

    /// Reads a list that a key for lists of the issuer signed and that has not expired. Of two lists the
    /// one that was issued later counts.
    ///
    /// # Errors
    /// [`NoticeError`].
    pub fn open(
        bytes: &[u8],
        issuer: DivisionCode,
        book: &KeyBook,
        now: Timestamp,
    ) -> Result<Self, NoticeError> {
        let signed = Sign1::parse(bytes)?;
        let id = signed.key_id().ok_or(NoticeError::NotListed)?;
        let KeyAnswer::Known(key) = book.key(issuer, id, now) else {
            return Err(NoticeError::NotListed);
        };
        if key.key_use() != KeyUse::Lists {
            return Err(NoticeError::NotListed);
        }
        let header = Header::of(key.key()).with_type(TYPE);
        let list = Self::decode(signed.verify(key.key(), &header, &[])?)?;
        if list.issuer != issuer {
            return Err(NoticeError::OtherIssuer(list.issuer));
        }
        if !(key.from() <= list.issued_at && list.issued_at < key.until()) {
            return Err(NoticeError::NotListed);
        }
        if list.issued_at > now.plus(KeyBook::AHEAD) {
            return Err(NoticeError::Ahead(list.issued_at));
        }
        if list.expires_at <= now {
            return Err(NoticeError::Expired);
        }
        Ok(list)
    }

    fn encode(&self) -> Vec<u8> {
        let mut out = Writer::with_capacity(64 + 40 * self.notices.len());
        out.map(4).int(ISSUER).text(&self.issuer.to_string());
        out.int(EXPIRES_AT).int(self.expires_at.unix());
        out.int(ISSUED_AT).int(self.issued_at.unix());
        out.int(BODY).array(self.notices.len() as u64);
        for notice in &self.notices {
            out.array(5).uint(notice.number).uint(notice.kind.number());
            out.int(notice.from.unix()).int(notice.until.unix());
            // Zero: nobody ended it.
            out.int(notice.ended.map_or(0, Timestamp::unix));
        }
        out.into_bytes()
    }

    fn decode(bytes: &[u8]) -> Result<Self, NoticeError> {
        let mut reader = Reader::new(bytes);
        reader.map_of(4)?;
        reader.key(ISSUER)?;
        let issuer = reader.text()?.parse().map_err(|_| NoticeError::Issuer)?;
        reader.key(EXPIRES_AT)?;
        let expires_at = time(&mut reader)?;
        reader.key(ISSUED_AT)?;
        let issued_at = time(&mut reader)?;
        reader.key(BODY)?;
        let count = reader.array()?;
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        if count > Self::MOST {
            return Err(NoticeError::TooMany(count));
        }
        let mut notices = Vec::new();
        for _ in 0..count {
            reader.array_of(5)?;
            let number = reader.uint()?;
            let kind = reader.uint()?;
            let kind = Degraded::from_number(kind).ok_or(NoticeError::Kind(kind))?;
            let (from, until) = (time(&mut reader)?, time(&mut reader)?);
            let notice = Notice::new(number, kind, (from, until))?;
            let ended = time(&mut reader)?;
            notices.push(if ended.unix() == 0 {
                notice
            } else {
                notice.ended(ended)?
            });
        }
        reader.end()?;
        let list = Self {
            issuer,
            issued_at,
            expires_at,
            notices,
        };
        list.checked()
    }
}

fn time(reader: &mut Reader<'_>) -> Result<Timestamp, NoticeError> {
    i64::try_from(reader.uint()?)
        .ok()
        .filter(|seconds| *seconds <= Timestamp::MAX.unix())
        .map(Timestamp::from_unix)
        .ok_or(NoticeError::Time)
}

#[cfg(test)]
mod tests;
