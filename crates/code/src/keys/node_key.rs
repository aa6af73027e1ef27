//! One key of a region, with its use and its end.

use crate::signing::PublicKey;
use crate::{Span, Timestamp};

/// What a key may sign. A node that signs codes cannot sign lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyUse {
    /// Live and carried codes; at most 48 hours.
    Codes,
    /// Status lists, deltas and paper lists; at most 48 hours.
    Lists,
    /// Paper codes, which outlive any node: a key in a device; at most 400 days.
    Paper,
    /// Doors for other regions: what a node proves itself with in TLS (`spec/federation.md`); at most 48
    /// hours.
    Door,
    /// Parcels to other regions; at most 48 hours.
    Parcels,
}

impl KeyUse {
    /// All uses, by number.
    pub const ALL: [Self; 5] = [
        Self::Codes,
        Self::Lists,
        Self::Paper,
        Self::Door,
        Self::Parcels,
    ];

    /// The number in a key list.
    pub const fn number(self) -> u64 {
        match self {
            Self::Codes => 0,
            Self::Lists => 1,
            Self::Paper => 2,
            Self::Door => 3,
            Self::Parcels => 4,
        }
    }

    /// The use of a number.
    pub fn from_number(number: u64) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|key_use| key_use.number() == number)
    }

    /// How long such a key is good at most.
    pub const fn longest_life(self) -> Span {
        match self {
            Self::Codes | Self::Lists | Self::Door | Self::Parcels => Span::hours(48),
            Self::Paper => Span::days(400),
        }
    }
}

/// A key that a region vouches for, from a time to a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeKey {
    key: PublicKey,
    key_use: KeyUse,
    from: Timestamp,
    until: Timestamp,
    removed: bool,
}

/// Why a key cannot be listed so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NodeKeyError {
    /// It ends before it begins, or begins before 1970.
    #[error("the key's validity is empty or lies before 1970")]
    Empty,
    /// Longer than its use allows.
    #[error("a key for {0:?} is good for at most {limit}", limit = .0.longest_life())]
    TooLong(KeyUse),
}

impl NodeKey {
    /// A key that is good in `from..until`.
    ///
    /// # Errors
    /// [`NodeKeyError`] where that is empty or longer than the use allows.
    pub fn new(
        key: PublicKey,
        key_use: KeyUse,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Self, NodeKeyError> {
        if until <= from || from.unix() < 0 {
            Err(NodeKeyError::Empty)
        } else if until.since(from) > key_use.longest_life() {
            Err(NodeKeyError::TooLong(key_use))
        } else {
            Ok(Self {
                key,
                key_use,
                from,
                until,
                removed: false,
            })
        }
    }

    /// The same key, not to be believed any more whatever its dates say. It stays on the list
    /// until its end, so that a gate can say why.
    #[must_use]
    pub fn removed(self) -> Self {
        Self {
            removed: true,
            ..self
        }
    }

    /// The key.
    pub const fn key(&self) -> &PublicKey {
        &self.key
    }

    /// What it may sign.
    pub const fn key_use(&self) -> KeyUse {
        self.key_use
    }

    /// From when on it is good.
    pub const fn from(&self) -> Timestamp {
        self.from
    }

    /// From when on it is not good any more.
    pub const fn until(&self) -> Timestamp {
        self.until
    }

    /// Whether it was removed before its end.
    pub const fn is_removed(&self) -> bool {
        self.removed
    }

    /// Whether what it signs for `from..until` lies within its own dates.
    pub fn covers(&self, from: Timestamp, until: Timestamp) -> bool {
        self.from <= from && until <= self.until
    }
}
