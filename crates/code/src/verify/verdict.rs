//! What comes out of a verification.

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::carried::ShowingError;
use crate::claims::{Claims, ClaimsError};
use crate::cose::CoseError;
use crate::extension::Extension;
use crate::statement::{Binder, LastTest};
use crate::text::TextError;
use crate::verify::judge::Basis;
use crate::verify::policy::Considered;
use crate::{Class, DivisionCode, Level, ReasonClass, Span, Timestamp};

/// What the gate does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// Opens.
    Pass,
    /// Asks: temperature, a test on the spot, a permit.
    Check,
    /// Stays shut and says why.
    Refuse,
    /// Cannot tell: the venue's defined action for unknown applies, never pass and never refuse
    /// by itself.
    Unknown,
    /// It is no code that counts here and now.
    Invalid,
}

impl Action {
    /// All actions.
    pub const ALL: [Self; 5] = [
        Self::Pass,
        Self::Check,
        Self::Refuse,
        Self::Unknown,
        Self::Invalid,
    ];

    /// The word in interfaces and vectors.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Check => "check",
            Self::Refuse => "refuse",
            Self::Unknown => "unknown",
            Self::Invalid => "invalid",
        }
    }

    /// The number in signed policies and receipts.
    pub const fn number(self) -> u64 {
        match self {
            Self::Pass => 0,
            Self::Check => 1,
            Self::Refuse => 2,
            Self::Unknown => 3,
            Self::Invalid => 4,
        }
    }

    /// The action of a number.
    pub fn from_number(number: u64) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|action| action.number() == number)
    }

    /// How strict it is, from 0: of several authorities at one door the strictest decides. What cannot
    /// be told is stricter than a check, since nobody may pass on it, and milder than a refusal.
    pub const fn strictness(self) -> u8 {
        match self {
            Self::Pass => 0,
            Self::Check => 1,
            Self::Unknown => 2,
            Self::Refuse => 3,
            Self::Invalid => 4,
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// Why the verdict is as it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Cause {
    /// The text is not a code's.
    #[error(transparent)]
    Text(#[from] TextError),
    /// The signed statement is not in its one form.
    #[error(transparent)]
    Form(CoseError),
    /// The claims are not those of a code.
    #[error(transparent)]
    Claims(#[from] ClaimsError),
    /// What the text says in clear is not what was signed.
    #[error("the clear part of the text differs from what was signed")]
    ClearPartDiffers,
    /// No trust list is held: nobody is known.
    #[error("this gate holds no trust list")]
    TrustListMissing,
    /// The trust list's time is over.
    #[error("this gate's trust list has ended")]
    TrustListExpired,
    /// Nobody on the trust list.
    #[error("the issuer is not on the trust list")]
    IssuerUnknown,
    /// Taken off the trust list.
    #[error("the issuer was taken off the trust list")]
    IssuerRemoved,
    /// No keys of the issuer are held.
    #[error("this gate holds no key list of the issuer")]
    KeyListMissing,
    /// The issuer's key list has ended.
    #[error("the issuer's key list at this gate has ended")]
    KeyListExpired,
    /// Not a key of this issuer.
    #[error("the key is not on the issuer's list")]
    KeyNotListed,
    /// The key was removed.
    #[error("the key was removed")]
    KeyRemoved,
    /// The root key that vouched for the key was removed.
    #[error("the issuer's root key was removed")]
    RootRemoved,
    /// The key is for something else.
    #[error("the key is not for codes of this class")]
    KeyUse,
    /// The code's dates are not within the key's.
    #[error("the key was not good for the time of this code")]
    KeyDates,
    /// The message names another algorithm than the key has.
    #[error("the code names another algorithm than its key has")]
    AlgorithmDiffers,
    /// Not signed by this key.
    #[error("the signature does not belong to this key and content")]
    Forged,
    /// Issued after now.
    #[error("the code is from the future")]
    FromTheFuture,
    /// Its time is over.
    #[error("the code has expired")]
    Expired,
    /// A carried code of another day.
    #[error("the carried code is for another day")]
    NotItsDay,
    /// A carried code without a showing: a picture of it.
    #[error("the carried code was not shown by its holder's device")]
    ShowingMissing,
    /// A showing that is not the holder's.
    #[error(transparent)]
    ShowingForged(ShowingError),
    /// Shown after now: the device's clock is ahead.
    #[error("the showing is from the future: the clocks differ")]
    ShowingFromTheFuture,
    /// Shown too long ago.
    #[error("the showing is too old")]
    ShowingTooOld,
    /// Shown here before.
    #[error("this showing was used here already")]
    Replayed,
    /// The gate cannot tell whether it was shown before.
    #[error("this gate's memory of showings is full")]
    MemoryFull,
    /// A genuine code; the policy decided on what counts.
    #[error("a genuine code; the level is by {}", .0.word())]
    Judged(Basis),
}

impl Cause {
    /// The word in interfaces and vectors. Stable: other implementations compare it.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Form(CoseError::Signature(_)) => "signature-form",
            Self::Form(CoseError::UnknownAlgorithm(_)) => "unknown-algorithm",
            Self::Form(_) => "form",
            Self::Claims(_) => "claims",
            Self::ClearPartDiffers => "clear-part-differs",
            Self::TrustListMissing => "trust-list-missing",
            Self::TrustListExpired => "trust-list-expired",
            Self::IssuerUnknown => "issuer-unknown",
            Self::IssuerRemoved => "issuer-removed",
            Self::KeyListMissing => "key-list-missing",
            Self::KeyListExpired => "key-list-expired",
            Self::KeyNotListed => "key-not-listed",
            Self::KeyRemoved => "key-removed",
            Self::RootRemoved => "root-removed",
            Self::KeyUse => "key-use",
            Self::KeyDates => "key-dates",
            Self::AlgorithmDiffers => "algorithm-differs",
            Self::Forged => "forged",
            Self::FromTheFuture => "from-the-future",
            Self::Expired => "expired",
            Self::NotItsDay => "not-its-day",
            Self::ShowingMissing => "showing-missing",
            Self::ShowingForged(_) => "showing-forged",
            Self::ShowingFromTheFuture => "showing-from-the-future",
            Self::ShowingTooOld => "showing-too-old",
            Self::Replayed => "replayed",
            Self::MemoryFull => "memory-full",
            Self::Judged(basis) => basis.word(),
        }
    }

    /// What the gate does without asking the policy. Where only the gate's own lists or memory are
    /// at fault the code may well be good: unknown.
    pub(super) const fn action(&self) -> Action {
        match self {
            Self::TrustListMissing
            | Self::TrustListExpired
            | Self::KeyListMissing
            | Self::KeyListExpired
            | Self::MemoryFull
            | Self::Judged(_) => Action::Unknown,
            _ => Action::Invalid,
        }
    }
}

/// A genuine code as the gate sees it: signed by a key of the issuer, whatever follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Genuine {
    pub(super) claims: Claims,
    pub(super) extension: Extension,
    pub(super) level: Option<Level>,
    pub(super) as_of: Option<Timestamp>,
}

impl Genuine {
    /// Who issued it.
    pub const fn issuer(&self) -> DivisionCode {
        self.claims.issuer()
    }

    /// Its class.
    pub const fn class(&self) -> Class {
        self.claims.body().class()
    }

    /// Everything that was signed.
    pub const fn claims(&self) -> &Claims {
        &self.claims
    }

    /// What the region added.
    pub const fn extension(&self) -> &Extension {
        &self.extension
    }

    /// The level that counts after lists and ages; `None` where it never came to that.
    pub const fn level(&self) -> Option<Level> {
        self.level
    }

    /// The reason class, where the level that counts is the one that the code gives it for.
    pub fn reason(&self) -> ReasonClass {
        match self.claims.body().statement() {
            Some(statement) if Some(statement.level()) == self.level => statement.reason(),
            _ => ReasonClass::None,
        }
    }

    /// The time of the facts that count; none on paper without a list.
    pub const fn as_of(&self) -> Option<Timestamp> {
        self.as_of
    }

    /// The last negative test.
    pub fn last_test(&self) -> Option<LastTest> {
        self.claims.body().statement()?.last_test()
    }

    /// Masked name and digits, to be compared with the person.
    pub const fn binder(&self) -> Option<&Binder> {
        self.claims.body().binder()
    }
}

/// What comes out of a verification, with everything that a receipt names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    pub(super) action: Action,
    pub(super) cause: Cause,
    pub(super) rule: Option<String>,
    pub(super) genuine: Option<Genuine>,
    pub(super) now: Timestamp,
    pub(super) clock_behind: Span,
    pub(super) seen_before: bool,
}

impl Verdict {
    /// What the gate does.
    pub const fn action(&self) -> Action {
        self.action
    }

    /// Why.
    pub const fn cause(&self) -> &Cause {
        &self.cause
    }

    /// The rule of the recognition policy that decided. `None` where no rule fitted or it never
    /// came to that; the cause then says why.
    pub fn rule(&self) -> Option<&str> {
        self.rule.as_deref()
    }

    /// The code, where it is genuine.
    pub const fn genuine(&self) -> Option<&Genuine> {
        self.genuine.as_ref()
    }

    /// What a policy looks at, where the code was judged: with it other policies can be asked about the
    /// same scan, without verifying again. `None` where it never came to a policy.
    pub fn considered(&self) -> Option<Considered> {
        let genuine = self.genuine.as_ref()?;
        Some(Considered {
            issuer: genuine.issuer(),
            class: genuine.class(),
            level: genuine.level?,
            reason: genuine.reason(),
            as_of: genuine.as_of,
            last_test: genuine.last_test(),
        })
    }

    /// The time that was reckoned with: the device's, or the floor that lists prove.
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// How far the device's clock is behind what lists prove; zero where it is not.
    pub const fn clock_behind(&self) -> Span {
        self.clock_behind
    }

    /// Whether the same live code was shown at this gate some seconds before: a hint, since a
    /// page shows one code for a minute.
    pub const fn seen_before(&self) -> bool {
        self.seen_before
    }
}
