//! Sealing and opening.

use core::fmt;

use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};
use zeroize::Zeroizing;

use super::label::{Kind, Label, LabelError};
use super::padding::{PaddingError, pad, unpad};
use super::secret::SealingSecret;
use crate::cbor::{CborError, Reader, Writer};
use crate::cose::{self, CoseError, Header, Sign1};
use crate::keys::SealingPublicKey;
use crate::signing::{KeyId, PublicKey, Signer, SigningError};
use crate::{DivisionCode, Span, Timestamp};

/// Type of the signed statement (RFC 9596).
const TYPE: &str = "application/hc-parcel";
/// What HPKE binds every seal to, beside the label.
const INFO: &[u8] = b"healthcode parcel 1";
/// More bytes than any parcel has: the longest content, its tag, label, header and signature.
const LONGEST: usize = (1 << 18) + 1024;

/// A key that signs parcels of a region, as its key list has it: for this use, under a root with the role
/// for evidence and transfers, not removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// The key.
    pub key: PublicKey,
    /// From when on it is good.
    pub from: Timestamp,
    /// From when on it is not.
    pub until: Timestamp,
}

/// A parcel that was opened: signed by who it says, sealed to us, in its time.
#[derive(Clone, PartialEq, Eq)]
pub struct Parcel {
    label: Label,
    content: Zeroizing<Vec<u8>>,
}

/// Why nothing was sealed.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The content.
    #[error(transparent)]
    Padding(#[from] PaddingError),
    /// The receiver's key is of small order, or otherwise none.
    #[error("the receiver's key cannot be sealed to")]
    Key,
    /// The signer.
    #[error(transparent)]
    Signing(#[from] SigningError),
}

/// Why bytes are no parcel for us. Each says which one it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParcelError {
    /// Longer than any parcel.
    #[error("{0} bytes are longer than any parcel")]
    TooLong(usize),
    /// The signed form, or the signature.
    #[error(transparent)]
    Cose(#[from] CoseError),
    /// What is signed is not in the one encoding.
    #[error("the parcel is not in deterministic form: {0}")]
    Encoding(#[from] CborError),
    /// The label.
    #[error(transparent)]
    Label(#[from] LabelError),
    /// To another region.
    #[error("the parcel is for {0}")]
    OtherReceiver(DivisionCode),
    /// From a clock ahead of ours by more than it may be.
    #[error("the parcel was made at {0}, which is more than ten minutes ahead of this clock")]
    FromTheFuture(Timestamp),
    /// Its time is over.
    #[error("the parcel ended at {0}")]
    Expired(Timestamp),
    /// No key of this id signs parcels for the region now.
    #[error("no key {key} signs parcels of {region}")]
    UnknownSender {
        /// The region.
        region: DivisionCode,
        /// The key's id.
        key: KeyId,
    },
    /// The key was not good when the parcel was made, or is not good any more.
    #[error("the key was not good when the parcel was made, or its time is over")]
    KeyOutOfTime,
    /// Sealed to a key that we do not have: it was rotated away, or never ours.
    #[error("the parcel is sealed to a key that is not here, or not any more")]
    UnknownSealingKey,
    /// Does not open: changed, or sealed under another label.
    #[error("the parcel does not open: its seal belongs to other content or another label")]
    NotOpened,
    /// Padded in another way.
    #[error(transparent)]
    Padding(#[from] PaddingError),
}

impl ParcelError {
    /// Whether the sender should take the receiver's key list anew and seal once more.
    pub const fn is_of_an_old_key(&self) -> bool {
        matches!(self, Self::UnknownSealingKey)
    }
}

/// How far ahead of our clock a parcel may have been made.
const AHEAD: Span = Span::seconds(600);

/// Seals content to a region's key under a label, and signs both.
///
/// # Errors
/// [`SealError`] where the content is too long, the key is none, or the signer fails.
pub fn seal<S: Signer + ?Sized, R: rand_core::CryptoRng>(
    signer: &S,
    label: &Label,
    to: &SealingPublicKey,
    content: &[u8],
    random: &mut R,
) -> Result<Vec<u8>, SealError> {
    let padded = pad(content)?;
    let key = <X25519HkdfSha256 as Kem>::PublicKey::from_bytes(to.as_bytes())
        .map_err(|_| SealError::Key)?;
    let clear = label.encode(to.id());
    let (encapsulated, sealed) = hpke::single_shot_seal_with_rng::<
        ChaCha20Poly1305,
        HkdfSha256,
        X25519HkdfSha256,
    >(&OpModeS::Base, &key, INFO, &padded, &clear, random)
    .map_err(|_| SealError::Key)?;
    let mut payload = Writer::with_capacity(sealed.len() + clear.len() + 64);
    payload
        .array(3)
        .bytes(&clear)
        .bytes(&encapsulated.to_bytes())
        .bytes(&sealed);
    let header = Header::of(signer.public_key()).with_type(TYPE);
    Ok(cose::sign(signer, &header, &[], payload.as_bytes())?)
}

/// Opens a parcel that came to a region. `sender` says which key of a region has an id, if that key may
/// sign parcels now. Everything that is cheap is checked first, and nothing is opened that is not signed.
///
/// Whether the id was seen before is the caller's question: see `spec/parcels.md` §5.
///
/// # Errors
/// [`ParcelError`].
pub fn open(
    bytes: &[u8],
    region: DivisionCode,
    secrets: &[&SealingSecret],
    sender: impl FnOnce(DivisionCode, KeyId) -> Option<Sender>,
    now: Timestamp,
) -> Result<Parcel, ParcelError> {
    if bytes.len() > LONGEST {
        return Err(ParcelError::TooLong(bytes.len()));
    }
    let signed = Sign1::parse(bytes)?;
    let mut reader = Reader::new(signed.payload());
    reader.array_of(3)?;
    let clear = reader.bytes()?;
    let encapsulated = reader.bytes()?;
    let sealed = reader.bytes()?;
    reader.end()?;
    let (label, sealed_to) = Label::decode(clear)?;
    if label.to() != region {
        return Err(ParcelError::OtherReceiver(label.to()));
    }
    if label.made_at() > now.plus(AHEAD) {
        return Err(ParcelError::FromTheFuture(label.made_at()));
    }
    if label.expires_at() <= now {
        return Err(ParcelError::Expired(label.expires_at()));
    }
    let id = signed
        .key_id()
        .ok_or(ParcelError::Cose(CoseError::OtherKey))?;
    let unknown = ParcelError::UnknownSender {
        region: label.from(),
        key: id,
    };
    let sender = sender(label.from(), id).ok_or(unknown)?;
    let header = Header::of(&sender.key).with_type(TYPE);
    signed.verify(&sender.key, &header, &[])?;
    let made_at = label.made_at();
    // Also what says that it is older than the end of its key: whoever has an old key can say so.
    if made_at < sender.from || sender.until <= made_at.max(now) {
        return Err(ParcelError::KeyOutOfTime);
    }
    let secret = secrets
        .iter()
        .find(|secret| secret.public().id() == sealed_to)
        .ok_or(ParcelError::UnknownSealingKey)?;
    let encapsulated = <X25519HkdfSha256 as Kem>::EncappedKey::from_bytes(encapsulated)
        .map_err(|_| ParcelError::NotOpened)?;
    let opened = hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
        &OpModeR::Base,
        &secret.secret,
        &encapsulated,
        INFO,
        sealed,
        clear,
    );
    let opened = Zeroizing::new(opened.map_err(|_| ParcelError::NotOpened)?);
    let content = unpad(&opened)?;
    Ok(Parcel { label, content })
}

impl Parcel {
    /// What stood on it.
    pub const fn label(&self) -> &Label {
        &self.label
    }

    /// What it is.
    pub const fn kind(&self) -> Kind {
        self.label.kind()
    }

    /// What was in it: about a person.
    pub fn content(&self) -> &[u8] {
        &self.content
    }

    /// Whether it is the answer of a kind to that label: from where it went, to where it came from.
    pub fn is_answer_to(&self, asked: &Label) -> bool {
        self.label.answers() == Some(asked.id())
            && self.label.kind().answers() == Some(asked.kind())
            && self.label.from() == asked.to()
            && self.label.to() == asked.from()
    }
}

impl fmt::Debug for Parcel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parcel")
            .field("label", &self.label)
            .field("content", &format_args!("{} bytes", self.content.len()))
            .finish()
    }
}
