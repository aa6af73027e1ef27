//! A value with where it comes from and how long it holds.

use hc_code::Timestamp;

use crate::domain_table::{Code, ItemSource};

/// One item of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item<T> {
    value: T,
    provenance: Provenance,
}

/// Where a value comes from, when it was so, and until when it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Provenance {
    source: Code<ItemSource>,
    observed_at: Timestamp,
    expires_at: Option<Timestamp>,
}

impl<T> Item<T> {
    /// A value with its provenance.
    pub fn new(value: T, provenance: Provenance) -> Self {
        Self { value, provenance }
    }

    /// The value.
    pub fn value(&self) -> &T {
        &self.value
    }

    /// Source and times.
    pub fn provenance(&self) -> Provenance {
        self.provenance
    }

    /// Whether the value still holds at `now`.
    pub fn holds_at(&self, now: Timestamp) -> bool {
        self.provenance.expires_at.is_none_or(|end| now < end)
    }
}

impl Provenance {
    /// Source and times; `None` where the expiry is not after the observation.
    pub fn new(
        source: Code<ItemSource>,
        observed_at: Timestamp,
        expires_at: Option<Timestamp>,
    ) -> Option<Self> {
        let found = Self {
            source,
            observed_at,
            expires_at,
        };
        expires_at
            .is_none_or(|end| end > observed_at)
            .then_some(found)
    }

    /// Who says so.
    pub fn source(self) -> Code<ItemSource> {
        self.source
    }

    /// When it was so.
    pub fn observed_at(self) -> Timestamp {
        self.observed_at
    }

    /// From when on it no longer holds.
    pub fn expires_at(self) -> Option<Timestamp> {
        self.expires_at
    }
}
