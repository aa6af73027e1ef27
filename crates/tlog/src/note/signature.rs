//! Signature lines.

use core::fmt;

use base64ct::{Base64, Encoding as _};

use super::{KeyName, KeyNameError, VerifierKey};

/// What every signature line begins with: an em dash and a space.
const BEGINNING: &str = "\u{2014} ";
/// Bytes of the key id before the signature itself.
const ID: usize = 4;

/// One signature of a note, of a key that may be known or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteSignature {
    name: KeyName,
    key_id: u32,
    bytes: Box<[u8]>,
}

/// Why a line is no signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureLineError {
    /// Not of the form `— <name> <base64>`.
    #[error("a signature line is an em dash, the key's name and Base64, each after one space")]
    Form,
    /// The name is none.
    #[error(transparent)]
    Name(#[from] KeyNameError),
    /// Not Base64 with padding, or not as one would write it.
    #[error("the signature is written in canonical Base64 with padding")]
    NotBase64,
    /// Too few bytes for a key id and a signature.
    #[error("a key id and a signature have more than 4 bytes, not {0}")]
    Short(usize),
}

impl NoteSignature {
    pub(super) fn of(key: &VerifierKey, bytes: Box<[u8]>) -> Self {
        Self {
            name: key.name().clone(),
            key_id: key.id(),
            bytes,
        }
    }

    /// Reads a line, without its line feed.
    ///
    /// # Errors
    /// [`SignatureLineError`] for everything that [`fmt::Display`] would not write.
    pub fn parse(line: &str) -> Result<Self, SignatureLineError> {
        let rest = line
            .strip_prefix(BEGINNING)
            .ok_or(SignatureLineError::Form)?;
        let (name, signature) = rest.split_once(' ').ok_or(SignatureLineError::Form)?;
        let name = name.parse()?;
        let all = Base64::decode_vec(signature).map_err(|_| SignatureLineError::NotBase64)?;
        match all.split_first_chunk::<ID>() {
            Some((id, bytes)) if !bytes.is_empty() => Ok(Self {
                name,
                key_id: u32::from_be_bytes(*id),
                bytes: bytes.into(),
            }),
            _ => Err(SignatureLineError::Short(all.len())),
        }
    }

    /// The name of the key that is said to have signed.
    pub const fn name(&self) -> &KeyName {
        &self.name
    }

    /// The short id of that key.
    pub const fn key_id(&self) -> u32 {
        self.key_id
    }

    /// The signature, in the form of its type.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether it says to be of this key: name and id are the same.
    pub fn names(&self, key: &VerifierKey) -> bool {
        self.key_id == key.id() && self.name == *key.name()
    }
}

impl fmt::Display for NoteSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = [&self.key_id.to_be_bytes(), &*self.bytes].concat();
        let text = Base64::encode_string(&all);
        write!(f, "{BEGINNING}{} {text}", self.name)
    }
}
