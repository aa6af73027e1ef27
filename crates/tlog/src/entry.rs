//! Entries: what the log says happened, to whom, and who did it.

mod actor;
mod content;
mod detail;
mod kind;
mod payload;
mod shape;
mod subject;

#[cfg(test)]
mod tests;

pub use actor::{Actor, Role};
pub use content::{Content, ContentError};
pub use detail::{Detail, Field};
pub use kind::Kind;
pub use payload::{
    EvidenceRef, IndexRange, IndexRangeError, Label, LabelError, LogLevel, Part, PartError,
    PayloadError,
};
pub use subject::SubjectRef;

use std::collections::BTreeSet;

use crate::{Opening, Salt};

/// Most details of an entry.
pub const MAX_DETAILS: usize = 255;

/// One entry: kind, time, subject, actor and details, which fit the kind.
///
/// Entries never name a person: the subject is a reference that only the store can resolve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    kind: Kind,
    at: u64,
    subject: Option<SubjectRef>,
    actor: Actor,
    details: BTreeSet<Detail>,
}

/// Why parts make no entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// The kind is about a person, and none is named; or it is about none, and one is.
    #[error("an entry of kind {kind} {}", if *.needed { "names a subject" } else { "names no subject" })]
    Subject {
        /// The kind.
        kind: Kind,
        /// Whether it is about a person.
        needed: bool,
    },
    /// A detail that the kind must have is missing.
    #[error("an entry of kind {kind} says its {field}")]
    Missing {
        /// The kind.
        kind: Kind,
        /// The detail that is missing.
        field: Field,
    },
    /// A detail that the kind does not have.
    #[error("an entry of kind {kind} has no {field}")]
    Foreign {
        /// The kind.
        kind: Kind,
        /// The detail that it does not have.
        field: Field,
    },
    /// A detail that is there once is given twice, or the same detail twice.
    #[error("an entry of kind {kind} has one {field}")]
    Twice {
        /// The kind.
        kind: Kind,
        /// The detail.
        field: Field,
    },
    /// More details than fit.
    #[error("an entry has at most {MAX_DETAILS} details, not {0}")]
    TooMany(usize),
}

impl Entry {
    /// Makes an entry: `at` is in Unix seconds, details may come in any order.
    ///
    /// # Errors
    /// [`EntryError`] where subject or details do not fit the kind. A decision above low, for
    /// one, must name its rule, the rule pack and its version, evidence and an end.
    pub fn new(
        kind: Kind,
        at: u64,
        subject: Option<SubjectRef>,
        actor: Actor,
        details: impl IntoIterator<Item = Detail>,
    ) -> Result<Self, EntryError> {
        let mut sorted = BTreeSet::new();
        for detail in details {
            let field = detail.field();
            if !sorted.insert(detail) {
                return Err(EntryError::Twice { kind, field });
            }
        }
        if sorted.len() > MAX_DETAILS {
            return Err(EntryError::TooMany(sorted.len()));
        }
        shape::check(kind, subject.is_some(), &sorted)?;
        Ok(Self {
            kind,
            at,
            subject,
            actor,
            details: sorted,
        })
    }

    /// What happened.
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// When, in Unix seconds.
    pub const fn at(&self) -> u64 {
        self.at
    }

    /// To whom, where it happened to a person.
    pub const fn subject(&self) -> Option<SubjectRef> {
        self.subject
    }

    /// Who did it.
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The details, by field, then by value.
    pub fn details(&self) -> impl Iterator<Item = &Detail> {
        self.details.iter()
    }

    /// What is committed to and kept beside the log until it is erased.
    pub fn content(&self) -> Content {
        Content::encode(self)
    }

    /// The entry with the salt that was drawn for it alone: what is kept beside the log, and what
    /// its leaf commits to.
    pub fn seal(&self, salt: Salt) -> Opening {
        Opening::new(salt, self.content())
    }
}
