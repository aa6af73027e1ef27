//! Evidence: dated facts about people, each with its source.
//!
//! A piece of evidence says who stated what, when it happened and from when on the region knows it.
//! Of these a decision reads only the [`Fact`]; the id leads back to the rest.

mod fact;
pub mod intake;
mod kept;
mod register;
mod scanned;
mod set;
mod source;

pub use fact::{
    Answer, Answers, CaseClass, ContactDegree, Event, EventKind, ExposureGrade, FEVER, Fact, Facts,
    Origin, Pooling, Setting, TenthsCelsius, TestMethod, TestResult,
};
pub use kept::{KeptError, KeptRecord, KeptRow};
pub use register::{Person, Register};
pub use scanned::{NotACode, ScannedCode};
pub use set::{EvidenceSet, Story};
pub use source::{SourceKind, SourceSet};

use core::fmt;

use hc_code::Timestamp;
use sha2::{Digest, Sha256};

use crate::place::PlaceTable;

/// Who stated something: the kind of body, its name, and its own number for the statement.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Statement {
    kind: SourceKind,
    name: String,
    reference: String,
}

/// A source's name or reference that cannot be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a source's name and reference have 1 to 64 characters, none of them a control character")]
pub struct StatementError;

impl Statement {
    /// A statement by its source and the source's own number for it.
    ///
    /// # Errors
    /// [`StatementError`] where name or reference are empty, longer than 64 characters or hold a
    /// control character.
    pub fn new(kind: SourceKind, name: &str, reference: &str) -> Result<Self, StatementError> {
        let fits = |text: &str| {
            (1..=64).contains(&text.chars().count()) && !text.chars().any(char::is_control)
        };
        if fits(name) && fits(reference) {
            Ok(Self {
                kind,
                name: name.to_owned(),
                reference: reference.to_owned(),
            })
        } else {
            Err(StatementError)
        }
    }

    /// The kind of the source.
    pub const fn kind(&self) -> SourceKind {
        self.kind
    }

    /// The source's name, as it is registered.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The source's own number for this statement.
    pub fn reference(&self) -> &str {
        &self.reference
    }
}

/// The id of a piece of evidence: the first 16 bytes of SHA-256 over what it states.
///
/// The person is not part of it, and neither is the moment of receipt: the same row sent twice is the
/// same evidence, and an id tells nothing about whom it concerns.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EvidenceId([u8; 16]);

impl EvidenceId {
    /// From bytes that [`Self::as_bytes`] gave.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for EvidenceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for EvidenceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EvidenceId({self})")
    }
}

/// One piece of evidence about one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    id: EvidenceId,
    statement: Statement,
    fact: Fact,
}

impl Evidence {
    /// A fact with the statement that it comes from.
    ///
    /// The fact's source is taken from the statement. `places` is the table that the fact's place, if
    /// it has one, was interned in; the id is made from the place itself, not from its number.
    pub fn new(statement: Statement, fact: Fact, places: &PlaceTable) -> Self {
        let fact = Fact {
            source: statement.kind,
            until: fact.until.max(fact.at),
            ..fact
        };
        Self {
            id: id_of(&statement, &fact, places),
            statement,
            fact,
        }
    }

    /// Its id.
    pub const fn id(&self) -> EvidenceId {
        self.id
    }

    /// Who stated it.
    pub const fn statement(&self) -> &Statement {
        &self.statement
    }

    /// What a decision reads of it.
    pub const fn fact(&self) -> &Fact {
        &self.fact
    }
}

/// A statement taken back by its source.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Correction {
    /// The statement that never held.
    pub of: Statement,
    /// From when on the region knows that.
    pub known: Timestamp,
}

fn id_of(statement: &Statement, fact: &Fact, places: &PlaceTable) -> EvidenceId {
    let mut hash = Sha256::new();
    let mut text = |part: &str| {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    };
    text("healthcode evidence 1");
    text(statement.kind.to_string().as_str());
    text(&statement.name);
    text(&statement.reference);
    text(&fact.at.unix().to_string());
    text(&fact.until.unix().to_string());
    text(&fact.expires.unix().to_string());
    text(&fact.event.stated());
    // A place's number depends on the table; its name does not.
    if let Event::Stay { place, .. } = fact.event {
        let name = places.get(place).map(|(_, place)| place.to_string());
        text(&name.unwrap_or_default());
    }
    let digest = hash.finalize();
    let mut id = [0; 16];
    id.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    EvidenceId(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(event: Event) -> String {
        let statement = Statement::new(SourceKind::Laboratory, "lab 3", "L-1").unwrap();
        let at: Timestamp = "2022-06-28T09:00:00+08:00".parse().unwrap();
        let fact = Fact {
            at,
            until: at,
            known: at,
            expires: Timestamp::MAX,
            event,
            source: SourceKind::Person,
        };
        Evidence::new(statement, fact, &PlaceTable::new())
            .id()
            .to_string()
    }

    #[test]
    fn ids_stay_what_they_are() {
        let test = Event::Test {
            method: TestMethod::NucleicAcid,
            pooling: Pooling::Single,
            result: TestResult::Negative,
        };
        assert_eq!(id(test), "0c0c62ca8880a757d92d800911a1526d");
        assert_eq!(id(Event::Symptoms), "a7054b8de9de95cfdc200e1b3aa749c9");
    }
}
