//! Signed notes: a text with the signatures of those who stand by it (C2SP signed-note).

mod key;
mod name;
mod secret;
mod signature;

#[cfg(test)]
mod tests;

use core::fmt;

pub use key::{SignatureType, Signer, VerifierKey, VerifierKeyError, Witness};
pub use name::{KeyName, KeyNameError};
pub use secret::SecretTextError;
pub use signature::{NoteSignature, SignatureLineError};

/// Most bytes of a note.
pub const MAX_LEN: usize = 1 << 20;
/// Most signatures of a note.
pub const MAX_SIGNATURES: usize = 100;

/// A text with its signatures, none of which is believed before [`Self::verify`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<NoteSignature>,
}

/// Why bytes are no signed note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// More bytes than a note may have.
    #[error("a note has at most {MAX_LEN} bytes, not {0}")]
    TooLong(usize),
    /// Not UTF-8.
    #[error("a note is UTF-8; this is not from byte {0} on")]
    Utf8(usize),
    /// A control character other than the line feed.
    #[error("a note has no control characters; there is {code:#04x} at byte {at}")]
    Control {
        /// The character.
        code: u8,
        /// Where it is.
        at: usize,
    },
    /// No empty line between text and signatures.
    #[error("an empty line stands between the text of a note and its signatures")]
    NoSignatures,
    /// The text is empty, or its last line does not end.
    #[error("the text of a note is not empty and ends with a line feed")]
    Text,
    /// The last line does not end.
    #[error("the last signature line of a note ends with a line feed")]
    Unended,
    /// More signatures than a note may have.
    #[error("a note has at most {MAX_SIGNATURES} signatures")]
    TooManySignatures,
    /// A line that is no signature.
    #[error("signature {place} of the note: {error}")]
    Line {
        /// Which of the signatures, from 1.
        place: usize,
        /// Why it is none.
        #[source]
        error: SignatureLineError,
    },
}

/// Why a note is not to be believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteVerifyError {
    /// No signature of a key that is asked for.
    #[error("none of the keys that are trusted signed the note")]
    NoKnownKey,
    /// A signature that names a known key is not that key's.
    #[error("the signature that names key {name} is not of that key")]
    Wrong {
        /// The name of the key.
        name: KeyName,
    },
}

/// A signature that was verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified<'a> {
    /// Whose it is.
    pub key: &'a VerifierKey,
    /// When a witness gave it, in Unix seconds; none for the log's own, which says no time.
    pub at: Option<u64>,
}

impl Note {
    /// A text with its first signature.
    ///
    /// # Errors
    /// [`NoteError`] where the text is empty, does not end with a line feed, is too long or has
    /// control characters.
    pub fn sign(text: String, signer: &Signer) -> Result<Self, NoteError> {
        check_characters(&text)?;
        check_text(&text)?;
        let mut note = Self {
            text,
            signatures: Vec::new(),
        };
        note.add(signer.sign(&note.text))?;
        Ok(note)
    }

    /// Reads a note.
    ///
    /// # Errors
    /// [`NoteError`] for everything that [`fmt::Display`] would not write.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > MAX_LEN {
            return Err(NoteError::TooLong(bytes.len()));
        }
        let all = core::str::from_utf8(bytes).map_err(|bad| NoteError::Utf8(bad.valid_up_to()))?;
        check_characters(all)?;
        // The text may have empty lines; the last of the note is the one that divides it.
        let (text, lines) = all.rsplit_once("\n\n").ok_or(NoteError::NoSignatures)?;
        let text = format!("{text}\n");
        check_text(&text)?;
        Ok(Self {
            text,
            signatures: parse_lines(lines)?,
        })
    }

    /// The text, up to and including its last line feed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signatures, in the order in which they stand.
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// Adds a signature at the end; one that is there already is not added again.
    ///
    /// # Errors
    /// [`NoteError`] where the note would have too many signatures or bytes.
    pub fn add(&mut self, signature: NoteSignature) -> Result<(), NoteError> {
        if self.signatures.contains(&signature) {
            return Ok(());
        }
        if self.signatures.len() >= MAX_SIGNATURES {
            return Err(NoteError::TooManySignatures);
        }
        let lines = self.signatures.iter().chain([&signature]);
        let lines: usize = lines.map(|line| line.to_string().len() + 1).sum();
        let len = self.text.len() + 1 + lines;
        if len > MAX_LEN {
            return Err(NoteError::TooLong(len));
        }
        self.signatures.push(signature);
        Ok(())
    }

    /// Adds the signature lines that a witness answered with (C2SP tlog-witness).
    ///
    /// # Errors
    /// [`NoteError`] where they are none, or too many; then none is added.
    pub fn add_lines(&mut self, lines: &str) -> Result<(), NoteError> {
        if lines.len() > MAX_LEN {
            return Err(NoteError::TooLong(lines.len()));
        }
        let mut with = self.clone();
        for signature in parse_lines(lines)? {
            with.add(signature)?;
        }
        *self = with;
        Ok(())
    }

    /// Verifies every signature that names one of these keys and ignores the others. Gives one
    /// [`Verified`] for each key that signed, with its latest time.
    ///
    /// # Errors
    /// [`NoteVerifyError`] where none of the keys signed, or a signature that names one is wrong.
    pub fn verify<'a>(
        &self,
        keys: impl IntoIterator<Item = &'a VerifierKey>,
    ) -> Result<Vec<Verified<'a>>, NoteVerifyError> {
        let mut verified = Vec::new();
        for key in keys {
            let named = self.signatures.iter().filter(|given| given.names(key));
            let mut latest: Option<Verified<'a>> = None;
            for signature in named {
                let at = key.verify(&self.text, signature.bytes()).map_err(|_| {
                    NoteVerifyError::Wrong {
                        name: key.name().clone(),
                    }
                })?;
                let at = at.max(latest.and_then(|before| before.at));
                latest = Some(Verified { key, at });
            }
            verified.extend(latest);
        }
        if verified.is_empty() {
            return Err(NoteVerifyError::NoKnownKey);
        }
        Ok(verified)
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures
            .iter()
            .try_for_each(|signature| writeln!(f, "{signature}"))
    }
}

fn parse_lines(lines: &str) -> Result<Vec<NoteSignature>, NoteError> {
    let lines = lines.strip_suffix('\n').ok_or(NoteError::Unended)?;
    let mut signatures = Vec::new();
    for (place, line) in (1..).zip(lines.split('\n')) {
        if place > MAX_SIGNATURES {
            return Err(NoteError::TooManySignatures);
        }
        let signature = NoteSignature::parse(line);
        signatures.push(signature.map_err(|error| NoteError::Line { place, error })?);
    }
    Ok(signatures)
}

fn check_characters(text: &str) -> Result<(), NoteError> {
    let mut bytes = text.bytes().enumerate();
    match bytes.find(|&(_, byte)| byte < 0x20 && byte != b'\n') {
        Some((at, code)) => Err(NoteError::Control { code, at }),
        None => Ok(()),
    }
}

fn check_text(text: &str) -> Result<(), NoteError> {
    if text.len() > MAX_LEN {
        Err(NoteError::TooLong(text.len()))
    } else if text.len() < 2 || !text.ends_with('\n') {
        Err(NoteError::Text)
    } else {
        Ok(())
    }
}
