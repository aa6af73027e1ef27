//! Checkpoints: the signed head of a log (C2SP tlog-checkpoint), with the cosignatures of those who
//! saw it (C2SP tlog-cosignature).

mod follow;
#[cfg(test)]
mod tests;

use core::fmt;

pub use follow::FollowError;

use crate::note::{
    KeyName, KeyNameError, Note, NoteError, NoteVerifyError, SignatureType, Signer, VerifierKey,
    Witness,
};
use crate::tile::{MAX_SIZE, decimal};
use crate::{Frontier, HashTextError, NodeHash};

/// The head of a log: which log, how many leaves, which root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    origin: KeyName,
    size: u64,
    root: NodeHash,
    extensions: Vec<Box<str>>,
}

/// Why a text is no checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointTextError {
    /// The last line does not end.
    #[error("the last line of a checkpoint ends with a line feed")]
    Unended,
    /// Fewer than three lines.
    #[error("a checkpoint has a line with its {0}")]
    Missing(&'static str),
    /// The origin is none. (C2SP would allow spaces; here the log's key has the origin's name, and
    /// names of keys have none.)
    #[error("the origin: {0}")]
    Origin(#[source] KeyNameError),
    /// The size is no decimal number, or not as one would write it.
    #[error("the size of a tree is a decimal number without superfluous zeros")]
    Size,
    /// The size is past every tree.
    #[error("{0} is more than the largest tree has")]
    TooLarge(u64),
    /// The root is no hash.
    #[error("the root: {0}")]
    Root(#[source] HashTextError),
    /// The tree without leaves has one root only.
    #[error("a tree without leaves has another root")]
    EmptyRoot,
    /// An extension line that is empty.
    #[error("line {0} of the checkpoint is empty")]
    EmptyLine(usize),
}

/// Why bytes are no checkpoint of a log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Not a note.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// Not a checkpoint.
    #[error(transparent)]
    Text(#[from] CheckpointTextError),
    /// Not signed by a key of the log that it is said to be of.
    #[error("the checkpoint of {origin}: {error}")]
    Unsigned {
        /// The origin that it names.
        origin: KeyName,
        /// What is wrong.
        #[source]
        error: NoteVerifyError,
    },
}

/// Why a key cannot sign a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// A log signs with a key of its own name.
    #[error("the key of {key} does not sign for the log {origin}")]
    OtherName {
        /// The name of the key.
        key: KeyName,
        /// The log.
        origin: KeyName,
    },
    /// A time that a cosignature cannot say.
    #[error("a cosignature is of a time from 1970 on, up to 2^63 − 1 seconds; 0 and {0} are not")]
    Time(u64),
    /// The note has no room for another signature.
    #[error(transparent)]
    Note(#[from] NoteError),
}

impl Checkpoint {
    /// The head of a log whose edge this is.
    pub fn of(origin: KeyName, frontier: &Frontier) -> Self {
        Self {
            origin,
            size: frontier.size(),
            root: frontier.root(),
            extensions: Vec::new(),
        }
    }

    /// Reads the text of a checkpoint.
    ///
    /// # Errors
    /// [`CheckpointTextError`] for everything that [`fmt::Display`] would not write.
    pub fn parse(text: &str) -> Result<Self, CheckpointTextError> {
        let lines = text
            .strip_suffix('\n')
            .ok_or(CheckpointTextError::Unended)?;
        let mut lines = lines.split('\n');
        let mut line = |what| lines.next().ok_or(CheckpointTextError::Missing(what));
        let origin = line("origin")?;
        let size = line("size")?;
        let root = line("root")?;
        let origin = origin.parse().map_err(CheckpointTextError::Origin)?;
        if size.len() > 1 && size.starts_with('0') {
            return Err(CheckpointTextError::Size);
        }
        let size = decimal(size).ok_or(CheckpointTextError::Size)?;
        if size > MAX_SIZE {
            return Err(CheckpointTextError::TooLarge(size));
        }
        let root = NodeHash::parse_base64(root).map_err(CheckpointTextError::Root)?;
        if size == 0 && root != NodeHash::of_empty_tree() {
            return Err(CheckpointTextError::EmptyRoot);
        }
        let mut extensions = Vec::new();
        for (place, line) in (4..).zip(lines) {
            if line.is_empty() {
                return Err(CheckpointTextError::EmptyLine(place));
            }
            extensions.push(line.into());
        }
        Ok(Self {
            origin,
            size,
            root,
            extensions,
        })
    }

    /// Which log.
    pub const fn origin(&self) -> &KeyName {
        &self.origin
    }

    /// Leaves of its tree.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The root of its tree.
    pub const fn root(&self) -> &NodeHash {
        &self.root
    }

    /// Lines after the root. Our own logs write none; others' are kept and mean nothing here.
    pub fn extensions(&self) -> impl Iterator<Item = &str> {
        self.extensions.iter().map(|line| &**line)
    }
}

/// The text: origin, size and root, a line each, then extensions.
impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.size, self.root)?;
        self.extensions
            .iter()
            .try_for_each(|line| writeln!(f, "{line}"))
    }
}

/// A checkpoint that its log signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    note: Note,
}

impl SignedCheckpoint {
    /// Signs a checkpoint as its log. A log never signs two that are not one tree's.
    ///
    /// # Errors
    /// [`SignError`] where the key is not the log's.
    pub fn sign(checkpoint: Checkpoint, signer: &Signer) -> Result<Self, SignError> {
        let key = signer.verifier_key();
        if *key.name() != checkpoint.origin {
            return Err(SignError::OtherName {
                key: key.name().clone(),
                origin: checkpoint.origin,
            });
        }
        let note = Note::sign(checkpoint.to_string(), signer)?;
        Ok(Self { checkpoint, note })
    }

    /// Reads a checkpoint and believes it, if one of these keys has the origin's name and signed
    /// it. Keys of other logs and of witnesses are passed over.
    ///
    /// # Errors
    /// [`OpenError`] where it is none, or its log did not sign it.
    pub fn open(bytes: &[u8], keys: &[VerifierKey]) -> Result<Self, OpenError> {
        Self::trust(Note::parse(bytes)?, keys)
    }

    pub(crate) fn trust(note: Note, keys: &[VerifierKey]) -> Result<Self, OpenError> {
        let checkpoint = Checkpoint::parse(note.text())?;
        let own = keys.iter().filter(|key| {
            key.signature_type() == SignatureType::Ed25519 && *key.name() == checkpoint.origin
        });
        match note.verify(own) {
            Ok(_) => Ok(Self { checkpoint, note }),
            Err(error) => Err(OpenError::Unsigned {
                origin: checkpoint.origin,
                error,
            }),
        }
    }

    /// What was signed.
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The note, with every signature.
    pub const fn note(&self) -> &Note {
        &self.note
    }

    /// The note as published, with every signature.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.note.to_string().into_bytes()
    }

    /// Adds the cosignature of a witness, who has seen that this tree begins with every earlier
    /// one: at a time in Unix seconds, not 0.
    ///
    /// # Errors
    /// [`SignError`] where the time is none, or there is no room.
    pub fn cosign(&mut self, witness: &Witness, at: u64) -> Result<(), SignError> {
        if at == 0 || i64::try_from(at).is_err() {
            return Err(SignError::Time(at));
        }
        self.note.add(witness.cosign(self.note.text(), at))?;
        Ok(())
    }

    /// Adds the signature lines that a witness answered with; they are not believed by that.
    ///
    /// # Errors
    /// [`NoteError`] where they are none; then the checkpoint stays as it was.
    pub fn add_cosignatures(&mut self, lines: &str) -> Result<(), NoteError> {
        self.note.add_lines(lines)
    }

    /// Which of these witnesses cosigned it, and when last. Keys of other types are passed over; a
    /// key that is listed twice, under one name or two, is one witness.
    ///
    /// # Errors
    /// [`NoteVerifyError::Wrong`] where a cosignature that names one of them is not theirs.
    pub fn witnesses<'a>(
        &self,
        keys: &'a [VerifierKey],
    ) -> Result<Vec<Witnessed<'a>>, NoteVerifyError> {
        let witnesses = keys
            .iter()
            .filter(|key| key.signature_type() == SignatureType::Cosignature);
        let verified = match self.note.verify(witnesses) {
            Err(NoteVerifyError::NoKnownKey) => Vec::new(),
            other => other?,
        };
        let mut seen: Vec<Witnessed<'a>> = Vec::new();
        for verified in verified {
            let key = verified.key;
            let known = seen.iter().any(|one| one.key.as_bytes() == key.as_bytes());
            if let (Some(at), false) = (verified.at, known) {
                seen.push(Witnessed { key, at });
            }
        }
        Ok(seen)
    }
}

/// That a witness has seen a checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Witnessed<'a> {
    /// The witness.
    pub key: &'a VerifierKey,
    /// When, in Unix seconds.
    pub at: u64,
}
