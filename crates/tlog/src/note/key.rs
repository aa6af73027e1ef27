//! Keys of logs and witnesses, and their two types of signature.

use core::fmt;
use core::str::FromStr;

use base64ct::{Base64, Encoding as _};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};

use super::{KeyName, KeyNameError, NoteSignature};

/// Bytes of an Ed25519 signature.
const SIGNATURE: usize = 64;
/// Bytes of the time before a witness's signature.
const TIME: usize = 8;

/// What a key's signatures are over, and so what they mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum SignatureType {
    /// Ed25519 over the text: a log stands by its checkpoint (C2SP signed-note).
    Ed25519 = 0x01,
    /// Ed25519 over a time and the text: a witness has seen this as the largest tree at that time,
    /// consistent with all before (C2SP tlog-cosignature, `cosignature/v1`).
    Cosignature = 0x04,
}

/// The public key of a log or a witness, with the name that it goes by.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: KeyName,
    signature_type: SignatureType,
    key: VerifyingKey,
    id: u32,
}

/// Why a text or bytes are no verifier key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifierKeyError {
    /// Not of the form `<name>+<id>+<key>`.
    #[error("a verifier key is a name, an id and a key, with plus signs between")]
    Form,
    /// The name is none.
    #[error(transparent)]
    Name(#[from] KeyNameError),
    /// The id is no eight small hexadecimal digits.
    #[error("the id of a key is eight small hexadecimal digits")]
    Id,
    /// Not Base64 with padding, or not as one would write it.
    #[error("the key is written in canonical Base64 with padding")]
    NotBase64,
    /// A type other than Ed25519 of logs and of witnesses.
    #[error("{0:#04x} is no type of signature that is known here")]
    Type(u8),
    /// Another number of bytes.
    #[error("type and key have 33 bytes, not {0}")]
    Length(usize),
    /// The id is not the one of this name and key.
    #[error("the id of this name and key is {need:08x}, not {given:08x}")]
    OtherId {
        /// The id that follows from name and key.
        need: u32,
        /// The id that was given.
        given: u32,
    },
    /// No point, a point that is not written canonically, or one of small order.
    #[error("the Ed25519 key is no point, not canonical, or of small order")]
    Point,
}

impl VerifierKey {
    /// A key with its name: 32 bytes of Ed25519 (RFC 8032).
    ///
    /// # Errors
    /// [`VerifierKeyError::Point`] for keys under which one signature would fit many messages, or
    /// on which libraries differ.
    pub fn new(
        name: KeyName,
        signature_type: SignatureType,
        key: &[u8; 32],
    ) -> Result<Self, VerifierKeyError> {
        let point = VerifyingKey::from_bytes(key).map_err(|_| VerifierKeyError::Point)?;
        if !is_below_the_prime(key) || point.is_weak() {
            return Err(VerifierKeyError::Point);
        }
        Ok(Self {
            id: id(&name, signature_type, key),
            name,
            signature_type,
            key: point,
        })
    }

    /// The name.
    pub const fn name(&self) -> &KeyName {
        &self.name
    }

    /// The short id: it finds the key, and proves nothing.
    pub const fn id(&self) -> u32 {
        self.id
    }

    /// The type of its signatures.
    pub const fn signature_type(&self) -> SignatureType {
        self.signature_type
    }

    /// The 32 bytes of the key.
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.key.as_bytes()
    }

    /// Verifies that bytes are this key's signature of a text; gives the time that a witness's
    /// signature says.
    pub(super) fn verify(&self, text: &str, bytes: &[u8]) -> Result<Option<u64>, WrongSignature> {
        let (time, bytes) = match self.signature_type {
            SignatureType::Ed25519 => (None, bytes),
            SignatureType::Cosignature => {
                let (time, bytes) = bytes.split_first_chunk::<TIME>().ok_or(WrongSignature)?;
                (Some(u64::from_be_bytes(*time)), bytes)
            }
        };
        // The limit of C2SP tlog-cosignature.
        if time.is_some_and(|time| i64::try_from(time).is_err()) {
            return Err(WrongSignature);
        }
        let bytes: &[u8; SIGNATURE] = bytes.try_into().map_err(|_| WrongSignature)?;
        let message = message(text, time);
        self.key
            .verify_strict(message.as_bytes(), &Signature::from_bytes(bytes))
            .map_err(|_| WrongSignature)?;
        Ok(time)
    }
}

/// That a signature is not of the key that it names.
pub(super) struct WrongSignature;

impl FromStr for VerifierKey {
    type Err = VerifierKeyError;

    /// Reads the one text of a key, as in `example.com/foo+530d903a+AekyeRrm…`.
    fn from_str(text: &str) -> Result<Self, VerifierKeyError> {
        let (name, rest) = text.split_once('+').ok_or(VerifierKeyError::Form)?;
        let (id, key) = rest.split_once('+').ok_or(VerifierKeyError::Form)?;
        let name = name.parse()?;
        let digits = |c: u8| matches!(c, b'0'..=b'9' | b'a'..=b'f');
        if id.len() != 8 || !id.bytes().all(digits) {
            return Err(VerifierKeyError::Id);
        }
        let given = u32::from_str_radix(id, 16).map_err(|_| VerifierKeyError::Id)?;
        let bytes = Base64::decode_vec(key).map_err(|_| VerifierKeyError::NotBase64)?;
        let (&first, key) = bytes.split_first().ok_or(VerifierKeyError::Length(0))?;
        let signature_type = match first {
            0x01 => SignatureType::Ed25519,
            0x04 => SignatureType::Cosignature,
            other => return Err(VerifierKeyError::Type(other)),
        };
        let key = key
            .try_into()
            .map_err(|_| VerifierKeyError::Length(bytes.len()))?;
        let key = Self::new(name, signature_type, key)?;
        if key.id != given {
            let need = key.id;
            return Err(VerifierKeyError::OtherId { need, given });
        }
        Ok(key)
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&[self.signature_type as u8][..], self.as_bytes()].concat();
        let key = Base64::encode_string(&bytes);
        write!(f, "{}+{:08x}+{key}", self.name, self.id)
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifierKey({self})")
    }
}

/// The secret key of a log.
#[derive(Debug)]
pub struct Signer(KeyPair);

/// The secret key of a witness.
#[derive(Debug)]
pub struct Witness(KeyPair);

impl Signer {
    /// The key of a secret of 32 random bytes (RFC 8032 §5.1.5).
    ///
    /// # Errors
    /// [`VerifierKeyError::Point`], which no secret gives by any chance that matters.
    pub fn from_secret(name: KeyName, secret: &[u8; 32]) -> Result<Self, VerifierKeyError> {
        KeyPair::new(name, SignatureType::Ed25519, secret).map(Self)
    }

    /// The public key.
    pub const fn verifier_key(&self) -> &VerifierKey {
        &self.0.key
    }

    pub(super) fn sign(&self, text: &str) -> NoteSignature {
        self.0.signature(text, None)
    }
}

impl Witness {
    /// The key of a secret of 32 random bytes (RFC 8032 §5.1.5), which signs nothing else.
    ///
    /// # Errors
    /// [`VerifierKeyError::Point`], which no secret gives by any chance that matters.
    pub fn from_secret(name: KeyName, secret: &[u8; 32]) -> Result<Self, VerifierKeyError> {
        KeyPair::new(name, SignatureType::Cosignature, secret).map(Self)
    }

    /// The public key.
    pub const fn verifier_key(&self) -> &VerifierKey {
        &self.0.key
    }

    /// Signs a text at a time in Unix seconds, at most 2^63 − 1.
    pub(crate) fn cosign(&self, text: &str, at: u64) -> NoteSignature {
        self.0.signature(text, Some(at))
    }
}

/// A secret key with its public one.
struct KeyPair {
    secret: SigningKey,
    key: VerifierKey,
}

impl KeyPair {
    fn new(
        name: KeyName,
        signature_type: SignatureType,
        secret: &[u8; 32],
    ) -> Result<Self, VerifierKeyError> {
        let secret = SigningKey::from_bytes(secret);
        let key = VerifierKey::new(name, signature_type, secret.verifying_key().as_bytes())?;
        Ok(Self { secret, key })
    }

    fn signature(&self, text: &str, time: Option<u64>) -> NoteSignature {
        let signature = self.secret.sign(message(text, time).as_bytes());
        let mut bytes = time.map_or_else(Vec::new, |time| time.to_be_bytes().to_vec());
        bytes.extend(signature.to_bytes());
        NoteSignature::of(&self.key, bytes.into())
    }
}

impl fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.key, f)
    }
}

/// What is signed: the text, of a witness after a line that keeps the two apart and a time.
fn message(text: &str, time: Option<u64>) -> String {
    time.map_or_else(
        || text.to_owned(),
        |time| format!("cosignature/v1\ntime {time}\n{text}"),
    )
}

/// The first four bytes of SHA-256 over name, line feed, type and key.
fn id(name: &KeyName, signature_type: SignatureType, key: &[u8; 32]) -> u32 {
    let hash = Sha256::new_with_prefix(name.as_str())
        .chain_update([b'\n', signature_type as u8])
        .chain_update(key)
        .finalize();
    hash.first_chunk().copied().map_or(0, u32::from_be_bytes)
}

/// Whether the coordinate, without its sign, is below 2^255 − 19. The two points without sign, at
/// which the sign bit could be set, have small order.
fn is_below_the_prime(key: &[u8; 32]) -> bool {
    let [first, middle @ .., last] = key;
    *first < 0xed || middle.iter().any(|&byte| byte != 0xff) || last & 0x7f != 0x7f
}
