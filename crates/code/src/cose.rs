//! `COSE_Sign1` (RFC 9052 §4.2) in one fixed form.
//!
//! Tag 18, a protected header of the algorithm, the key id and (except in codes) the type, an
//! empty unprotected header, the payload, 64 bytes of signature; all in deterministic CBOR. Any
//! other encoding of the same is refused, so a signed thing has exactly one form.

use crate::cbor::{CborError, Reader, Writer};
use crate::signing::{
    Algorithm, KeyId, PublicKey, Signature, SignatureFault, Signer, SigningError,
};

/// COSE header label of the algorithm.
const ALGORITHM: i64 = 1;
/// COSE header label of the key id.
const KEY_ID: i64 = 4;
/// COSE header label of the type (RFC 9596).
const TYPE: i64 = 16;
/// CBOR tag of `COSE_Sign1`.
const SIGN1_TAG: u32 = 18;

/// Why bytes are no signed statement in our form, or not one of this key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CoseError {
    /// The bytes are not the one encoding.
    #[error("not a COSE_Sign1 in deterministic form: {0}")]
    Encoding(#[from] CborError),
    /// The header names an algorithm that is not one of ours.
    #[error("algorithm {0} is not known here")]
    UnknownAlgorithm(i64),
    /// The header has keys of which we know nothing, or in another order.
    #[error("the header may have algorithm, key id and type, in this order, and nothing else")]
    HeaderKeys,
    /// A key id has eight bytes.
    #[error("a key id has 8 bytes, not {0}")]
    KeyIdLength(usize),
    /// The signature's own form is wrong.
    #[error(transparent)]
    Signature(#[from] SignatureFault),
    /// The header names another algorithm than the key has.
    #[error("signed as {found}, but the key is for {expected}")]
    OtherAlgorithm {
        /// The key's algorithm.
        expected: Algorithm,
        /// The header's algorithm.
        found: Algorithm,
    },
    /// The header names another key.
    #[error("signed under another key id")]
    OtherKey,
    /// The header names another type of statement, or none.
    #[error("a statement of another type")]
    OtherType,
    /// The signature is not the key's over this content.
    #[error("the signature does not belong to this key and content")]
    Forged,
}

/// What the protected header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header<'a> {
    algorithm: Algorithm,
    key_id: Option<KeyId>,
    content_type: Option<&'a str>,
}

impl<'a> Header<'a> {
    /// The header of codes: the algorithm and the id of a key.
    pub fn of(key: &PublicKey) -> Self {
        Self {
            algorithm: key.algorithm(),
            key_id: Some(key.id()),
            content_type: None,
        }
    }

    /// The header of what is signed by a key that its reader has from elsewhere: the algorithm.
    pub fn without_key_id(key: &PublicKey) -> Self {
        Self {
            algorithm: key.algorithm(),
            key_id: None,
            content_type: None,
        }
    }

    /// Adds the type of the statement (RFC 9596), such as `application/statuslist+cwt`. Each kind
    /// of signed thing has its own, so none can be passed off as another.
    #[must_use]
    pub fn with_type(self, content_type: &'a str) -> Self {
        Self {
            content_type: Some(content_type),
            ..self
        }
    }

    fn pairs(&self) -> u64 {
        1 + u64::from(self.key_id.is_some()) + u64::from(self.content_type.is_some())
    }

    fn encode(&self) -> Writer {
        let mut header = Writer::with_capacity(32);
        header
            .map(self.pairs())
            .int(ALGORITHM)
            .int(self.algorithm.cose_number());
        if let Some(id) = &self.key_id {
            header.int(KEY_ID).bytes(id.as_bytes());
        }
        if let Some(content_type) = self.content_type {
            header.int(TYPE).text(content_type);
        }
        header
    }

    fn decode(bytes: &'a [u8]) -> Result<Self, CoseError> {
        let mut reader = Reader::new(bytes);
        let pairs = reader.map()?;
        reader.key(ALGORITHM)?;
        let number = reader.int()?;
        let algorithm =
            Algorithm::from_cose_number(number).ok_or(CoseError::UnknownAlgorithm(number))?;
        let mut header = Self {
            algorithm,
            key_id: None,
            content_type: None,
        };
        if reader.take_key(KEY_ID) {
            let id = reader.bytes()?;
            let id = id
                .try_into()
                .map_err(|_| CoseError::KeyIdLength(id.len()))?;
            header.key_id = Some(KeyId::from_bytes(id));
        }
        if reader.take_key(TYPE) {
            header.content_type = Some(reader.text()?);
        }
        if header.pairs() != pairs {
            return Err(CoseError::HeaderKeys);
        }
        reader.end()?;
        Ok(header)
    }
}

/// Signs a payload. `external` is authenticated with it but not carried (RFC 9052 §4.3).
///
/// # Errors
/// [`SigningError`] where the signer gives none.
pub fn sign<S: Signer + ?Sized>(
    signer: &S,
    header: &Header<'_>,
    external: &[u8],
    payload: &[u8],
) -> Result<Vec<u8>, SigningError> {
    let protected = header.encode();
    let protected = protected.as_bytes();
    let signature = signer.sign(&to_be_signed(protected, external, payload))?;
    let mut whole = Writer::with_capacity(protected.len() + payload.len() + 80);
    whole
        .tag(u64::from(SIGN1_TAG))
        .array(4)
        .bytes(protected)
        .map(0)
        .bytes(payload)
        .bytes(signature.as_bytes());
    Ok(whole.into_bytes())
}

/// The `Sig_structure` of RFC 9052 §4.4: the bytes that are signed.
pub fn to_be_signed(protected: &[u8], external: &[u8], payload: &[u8]) -> Vec<u8> {
    let mut structure =
        Writer::with_capacity(protected.len() + external.len() + payload.len() + 32);
    structure
        .array(4)
        .text("Signature1")
        .bytes(protected)
        .bytes(external)
        .bytes(payload);
    structure.into_bytes()
}

/// A signed statement in our form, not yet verified.
#[derive(Clone, Debug)]
pub struct Sign1<'a> {
    protected: &'a [u8],
    header: Header<'a>,
    payload: &'a [u8],
    signature: Signature,
}

impl<'a> Sign1<'a> {
    /// Reads the whole input as one signed statement.
    ///
    /// # Errors
    /// [`CoseError`] for every other encoding, unknown algorithms, and signatures that no key can
    /// have made.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, CoseError> {
        let mut reader = Reader::new(bytes);
        reader.tag(SIGN1_TAG)?;
        reader.array_of(4)?;
        let protected = reader.bytes()?;
        reader.map_of(0)?;
        let payload = reader.bytes()?;
        let signature = reader.bytes()?;
        reader.end()?;
        let header = Header::decode(protected)?;
        Ok(Self {
            protected,
            header,
            payload,
            signature: Signature::parse(header.algorithm, signature)?,
        })
    }

    /// The algorithm that the header names. Only ever compared with the key's.
    pub const fn algorithm(&self) -> Algorithm {
        self.header.algorithm
    }

    /// The id of the key, where the header has one.
    pub const fn key_id(&self) -> Option<KeyId> {
        self.header.key_id
    }

    /// The type of the statement, where the header has one.
    pub const fn content_type(&self) -> Option<&'a str> {
        self.header.content_type
    }

    /// The payload, unverified.
    pub const fn payload(&self) -> &'a [u8] {
        self.payload
    }

    /// The signature.
    pub const fn signature(&self) -> &Signature {
        &self.signature
    }

    /// Checks that the header is exactly the one that is due for this key and type, and that the
    /// signature is the key's; gives the payload.
    ///
    /// `header` comes from [`Header::of`] or [`Header::without_key_id`] of the same key.
    ///
    /// # Errors
    /// [`CoseError`], by what differs first: algorithm, key id, type, signature.
    pub fn verify(
        &self,
        key: &PublicKey,
        header: &Header<'_>,
        external: &[u8],
    ) -> Result<&'a [u8], CoseError> {
        if self.header.algorithm != key.algorithm() {
            return Err(CoseError::OtherAlgorithm {
                expected: key.algorithm(),
                found: self.header.algorithm,
            });
        }
        if self.header.key_id != header.key_id {
            return Err(CoseError::OtherKey);
        }
        if self.header.content_type != header.content_type {
            return Err(CoseError::OtherType);
        }
        let message = to_be_signed(self.protected, external, self.payload);
        if key.verifies(&message, &self.signature) {
            Ok(self.payload)
        } else {
            Err(CoseError::Forged)
        }
    }
}

#[cfg(test)]
mod tests;
