//! Receipts: that an entry is in the log, in one text that can be checked offline (C2SP tlog-proof).

use core::fmt;

use base64ct::{Base64, Encoding as _};

use super::{InclusionProof, MAX_HASHES, ProofError};
use crate::checkpoint::{Checkpoint, CheckpointTextError, OpenError, SignedCheckpoint};
use crate::note::{MAX_LEN, Note, NoteError, VerifierKey};
use crate::tile::decimal;
use crate::{Commitment, HashTextError, NodeHash, Opening};

/// The first line.
const TITLE: &str = "c2sp.org/tlog-proof@v1";

/// The place of an entry, the proof that it is there, the signed checkpoint, and for the subject
/// what opens the commitment.
///
/// Nothing in it is believed before [`Self::verify`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    opening: Option<Opening>,
    proof: InclusionProof,
    note: Note,
}

/// Why a text is no receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptTextError {
    /// More than a note may have, and as much again for what stands before it.
    #[error("a receipt has at most {max} bytes, not {0}", max = 2 * MAX_LEN)]
    TooLong(usize),
    /// Not UTF-8.
    #[error("a receipt is UTF-8")]
    Utf8,
    /// Another first line.
    #[error("a receipt begins with the line {TITLE}")]
    Title,
    /// The extra line is not Base64, or too short for a salt.
    #[error("the extra line of a receipt is canonical Base64 of a salt and a content")]
    Extra,
    /// The index is missing, or not written as one would write it.
    #[error("a receipt has a line with the index of the entry")]
    Index,
    /// A line of the proof is no hash.
    #[error("hash {place} of the proof: {error}")]
    Hash {
        /// Which, from 1.
        place: usize,
        /// Why it is none.
        #[source]
        error: HashTextError,
    },
    /// No empty line before the checkpoint.
    #[error("an empty line stands between the proof and the checkpoint")]
    NoCheckpoint,
    /// The checkpoint is no note.
    #[error("the checkpoint: {0}")]
    Note(#[from] NoteError),
    /// The note is no checkpoint.
    #[error("the checkpoint: {0}")]
    Checkpoint(#[from] CheckpointTextError),
    /// The proof does not fit index and size.
    #[error("the proof: {0}")]
    Proof(#[from] ProofError),
}

/// Why a receipt shows nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// The checkpoint is not believed.
    #[error(transparent)]
    Checkpoint(#[from] OpenError),
    /// The leaf is not in the tree.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// The content that comes with it is not what the leaf commits to.
    #[error("the content of the receipt is not what the leaf commits to")]
    OtherContent,
    /// No content comes with it.
    #[error("no content comes with the receipt")]
    NoContent,
    /// A proof in a tree of another size than the checkpoint's.
    #[error("the proof is for a tree of {proof} leaves, the checkpoint for one of {checkpoint}")]
    OtherSize {
        /// Leaves of the tree of the proof.
        proof: u64,
        /// Leaves of the tree of the checkpoint.
        checkpoint: u64,
    },
}

impl Receipt {
    /// A receipt from a proof and the checkpoint of the same tree.
    ///
    /// # Errors
    /// [`ReceiptError::OtherSize`] where they are of different trees.
    pub fn new(proof: InclusionProof, head: &SignedCheckpoint) -> Result<Self, ReceiptError> {
        let checkpoint = head.checkpoint().size();
        if proof.size() != checkpoint {
            let proof = proof.size();
            return Err(ReceiptError::OtherSize { proof, checkpoint });
        }
        Ok(Self {
            opening: None,
            proof,
            note: head.note().clone(),
        })
    }

    /// The same with salt and content, for the subject and nobody else.
    #[must_use]
    pub fn with_opening(self, opening: Opening) -> Self {
        Self {
            opening: Some(opening),
            ..self
        }
    }

    /// Reads a receipt.
    ///
    /// # Errors
    /// [`ReceiptTextError`] for everything that [`fmt::Display`] would not write.
    pub fn parse(bytes: &[u8]) -> Result<Self, ReceiptTextError> {
        if bytes.len() > 2 * MAX_LEN {
            return Err(ReceiptTextError::TooLong(bytes.len()));
        }
        let text = core::str::from_utf8(bytes).map_err(|_| ReceiptTextError::Utf8)?;
        let (head, note) = text
            .split_once("\n\n")
            .ok_or(ReceiptTextError::NoCheckpoint)?;
        let mut lines = head.split('\n').peekable();
        if lines.next() != Some(TITLE) {
            return Err(ReceiptTextError::Title);
        }
        let extra = lines.next_if(|line| line.starts_with("extra "));
        let opening = extra.map(parse_extra).transpose()?;
        let index = lines.next().and_then(|line| line.strip_prefix("index "));
        let index = index.filter(|index| *index == "0" || !index.starts_with('0'));
        let index = index.and_then(decimal).ok_or(ReceiptTextError::Index)?;
        let mut hashes = Vec::new();
        for (place, line) in (1..).zip(lines) {
            if place > MAX_HASHES {
                return Err(ReceiptTextError::Proof(ProofError::TooLong(place)));
            }
            let hash = NodeHash::parse_base64(line);
            hashes.push(hash.map_err(|error| ReceiptTextError::Hash { place, error })?);
        }
        let note = Note::parse(note.as_bytes())?;
        let size = Checkpoint::parse(note.text())?.size();
        Ok(Self {
            opening,
            proof: InclusionProof::new(index, size, hashes)?,
            note,
        })
    }

    /// The index of the entry, not believed yet.
    pub const fn index(&self) -> u64 {
        self.proof.index()
    }

    /// Salt and content, where they come with it, not believed yet.
    pub const fn opening(&self) -> Option<&Opening> {
        self.opening.as_ref()
    }

    /// Whether this leaf is in the log of one of these keys. Gives the checkpoint that shows it, of
    /// which the caller may ask who witnessed it.
    ///
    /// # Errors
    /// [`ReceiptError`] where it is not shown, or where the content that comes with it is another.
    pub fn verify(
        &self,
        leaf: &Commitment,
        keys: &[VerifierKey],
    ) -> Result<SignedCheckpoint, ReceiptError> {
        let head = SignedCheckpoint::trust(self.note.clone(), keys)?;
        self.proof
            .verify(&leaf.leaf_hash(), head.checkpoint().root())?;
        match &self.opening {
            Some(opening) if opening.commitment() != *leaf => Err(ReceiptError::OtherContent),
            _ => Ok(head),
        }
    }

    /// Whether the content that comes with it is in the log of one of these keys.
    ///
    /// # Errors
    /// [`ReceiptError`] where it is not shown, or none comes with it.
    pub fn verify_content(&self, keys: &[VerifierKey]) -> Result<SignedCheckpoint, ReceiptError> {
        let opening = self.opening.as_ref().ok_or(ReceiptError::NoContent)?;
        self.verify(&opening.commitment(), keys)
    }
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{TITLE}")?;
        if let Some(opening) = &self.opening {
            let extra = Base64::encode_string(&opening.expose_bytes());
            writeln!(f, "extra {extra}")?;
        }
        writeln!(f, "index {}", self.proof.index())?;
        for hash in self.proof.hashes() {
            writeln!(f, "{hash}")?;
        }
        write!(f, "\n{}", self.note)
    }
}

fn parse_extra(line: &str) -> Result<Opening, ReceiptTextError> {
    let text = line.strip_prefix("extra ");
    text.and_then(|text| Base64::decode_vec(text).ok())
        .and_then(|bytes| Opening::from_bytes(&bytes))
        .ok_or(ReceiptTextError::Extra)
}
