//! The bytes of an entry that are committed to: one encoding for each entry.

use core::fmt;

use super::{
    Actor, Detail, Entry, EntryError, Field, Kind, Label, LabelError, PayloadError, Role,
    SubjectRef,
};

/// The first byte: the form of what follows.
const FORM: u8 = 1;
/// No subject, and a subject.
const NOBODY: u8 = 0;
const SOMEBODY: u8 = 1;

/// The encoded content of one entry. It may speak of a person, so it is not shown; it is kept
/// beside the log with its salt, and erased with it.
#[derive(Clone, PartialEq, Eq)]
pub struct Content(Box<[u8]>);

/// Why bytes are no content of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContentError {
    /// The bytes end too early.
    #[error("the content ends within its {0}")]
    CutOff(&'static str),
    /// Bytes after the last detail.
    #[error("{0} bytes follow the last detail")]
    Trailing(usize),
    /// A form that this program does not know.
    #[error("contents have form 1, not {0}")]
    Form(u8),
    /// A kind that this program does not know.
    #[error("{0} is no kind of entry")]
    Kind(u8),
    /// Neither 0 nor 1 where a subject may be.
    #[error("{0} says neither that there is a subject nor that there is none")]
    Subject(u8),
    /// A role that this program does not know.
    #[error("{0} is no role")]
    Role(u8),
    /// The actor's id is not UTF-8.
    #[error("the actor's id is not UTF-8")]
    ActorUtf8,
    /// The actor's id is no label.
    #[error("the actor's id: {0}")]
    Actor(#[source] LabelError),
    /// A field that this program does not know.
    #[error("{0} is no field")]
    Field(u8),
    /// The value of a detail is none of its field.
    #[error("the {0}: {1}")]
    Value(Field, #[source] PayloadError),
    /// Details stand by field and value, each once.
    #[error("the {0} is out of order, or twice")]
    Order(Field),
    /// The parts do not fit together.
    #[error(transparent)]
    Entry(#[from] EntryError),
}

impl Content {
    /// Takes bytes that were kept for a content. Whether they are one is the question of
    /// [`Self::entry`]; whether they are the right ones, of [`crate::Commitment::of`].
    pub const fn from_bytes(bytes: Box<[u8]>) -> Self {
        Self(bytes)
    }

    /// The bytes, for the store that keeps them.
    pub fn expose_bytes(&self) -> &[u8] {
        &self.0
    }

    pub(super) fn encode(entry: &Entry) -> Self {
        let mut bytes = vec![FORM, entry.kind.code()];
        bytes.extend(entry.at.to_be_bytes());
        match entry.subject {
            None => bytes.push(NOBODY),
            Some(subject) => {
                bytes.push(SOMEBODY);
                bytes.extend(subject.expose_bytes());
            }
        }
        bytes.push(entry.actor.role().code());
        let id = entry.actor.id().as_str();
        bytes.push(length(id.len()));
        bytes.extend(id.bytes());
        bytes.push(length(entry.details.len()));
        for detail in &entry.details {
            let mut value = Vec::new();
            detail.write(&mut value);
            bytes.push(detail.field().code());
            bytes.push(length(value.len()));
            bytes.extend(value);
        }
        Self(bytes.into())
    }

    /// The entry that the bytes are of.
    ///
    /// # Errors
    /// [`ContentError`] for every bytes that [`Entry::content`] would not write.
    pub fn entry(&self) -> Result<Entry, ContentError> {
        let mut rest = Rest(&self.0);
        let form = rest.byte("form")?;
        if form != FORM {
            return Err(ContentError::Form(form));
        }
        let kind = rest.byte("kind")?;
        let kind = Kind::from_code(kind).ok_or(ContentError::Kind(kind))?;
        let at = u64::from_be_bytes(rest.array("time")?);
        let subject = match rest.byte("subject")? {
            NOBODY => None,
            SOMEBODY => Some(SubjectRef::from_bytes(rest.array("subject")?)),
            other => return Err(ContentError::Subject(other)),
        };
        let role = rest.byte("actor")?;
        let role = Role::from_code(role).ok_or(ContentError::Role(role))?;
        let id = core::str::from_utf8(rest.prefixed("actor")?);
        let id = id.map_err(|_| ContentError::ActorUtf8)?;
        let id: Label = id.parse().map_err(ContentError::Actor)?;
        let count = rest.byte("details")?;
        let mut details: Vec<Detail> = Vec::new();
        for _ in 0..count {
            let field = rest.byte("details")?;
            let field = Field::from_code(field).ok_or(ContentError::Field(field))?;
            let value = Detail::read(field, rest.prefixed("details")?)
                .map_err(|error| ContentError::Value(field, error))?;
            if details.last().is_some_and(|before| *before >= value) {
                return Err(ContentError::Order(field));
            }
            details.push(value);
        }
        if !rest.0.is_empty() {
            return Err(ContentError::Trailing(rest.0.len()));
        }
        Ok(Entry::new(
            kind,
            at,
            subject,
            Actor::new(role, id),
            details,
        )?)
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Content({} bytes)", self.0.len())
    }
}

/// Lengths are at most 255 by the types of what is written.
fn length(len: usize) -> u8 {
    u8::try_from(len).unwrap_or(u8::MAX)
}

/// What is left to read.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn take(&mut self, len: usize, what: &'static str) -> Result<&'a [u8], ContentError> {
        let (taken, rest) = self
            .0
            .split_at_checked(len)
            .ok_or(ContentError::CutOff(what))?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N], ContentError> {
        let taken = self.take(N, what)?;
        taken.try_into().map_err(|_| ContentError::CutOff(what))
    }

    fn byte(&mut self, what: &'static str) -> Result<u8, ContentError> {
        self.array(what).map(|[byte]| byte)
    }

    fn prefixed(&mut self, what: &'static str) -> Result<&'a [u8], ContentError> {
        let len = self.byte(what)?;
        self.take(usize::from(len), what)
    }
}
