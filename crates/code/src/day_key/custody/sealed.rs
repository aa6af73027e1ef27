//! Shares sealed with HPKE.

use core::fmt;

use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};
use zeroize::Zeroizing;

use super::shamir::{Point, Threshold};
use crate::Day;
use crate::DivisionCode;
use crate::day_key::{DayKey, DayKeyName};

/// What HPKE binds every seal to, beside the name of the key.
const INFO: &[u8] = b"healthcode day key share 1";

/// A custodian's secret key; wiped from memory when dropped. It exists for about a week and is
/// never copied.
pub struct CustodianKey {
    secret: <X25519HkdfSha256 as Kem>::PrivateKey,
    public: CustodianPublicKey,
}

/// A custodian's public key, X25519.
#[derive(Clone, PartialEq, Eq)]
pub struct CustodianPublicKey([u8; 32]);

/// Bytes that are no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an X25519 key that can be sealed to")]
pub struct CustodianKeyError;

impl CustodianKey {
    /// Makes a key from a cryptographic random source.
    pub fn generate<R: rand_core::CryptoRng>(random: &mut R) -> Self {
        let (secret, public) = X25519HkdfSha256::gen_keypair_with_rng(random);
        let public = CustodianPublicKey(public.to_bytes().into());
        Self { secret, public }
    }

    /// The public half.
    pub const fn public(&self) -> &CustodianPublicKey {
        &self.public
    }
}

impl fmt::Debug for CustodianKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CustodianKey({:?}, secret)", self.public)
    }
}

impl CustodianPublicKey {
    /// Takes the 32 bytes of a public key. Points of small order, to which anybody could open a
    /// seal, are refused when sealing.
    ///
    /// # Errors
    /// [`CustodianKeyError`] for another length.
    pub fn parse(bytes: &[u8]) -> Result<Self, CustodianKeyError> {
        let bytes = bytes.try_into().map_err(|_| CustodianKeyError)?;
        Ok(Self(bytes))
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for CustodianPublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = self.0.first_chunk::<4>().copied().unwrap_or_default();
        write!(f, "CustodianPublicKey({:08x}…)", u32::from_be_bytes(first))
    }
}

/// An opened share of a day key. Secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Share {
    name: DayKeyName,
    threshold: Threshold,
    number: u8,
    check_value: [u8; 8],
    point: Point,
}

impl Share {
    pub(super) const fn new(
        name: DayKeyName,
        threshold: Threshold,
        number: u8,
        check_value: [u8; 8],
        point: Point,
    ) -> Self {
        Self {
            name,
            threshold,
            number,
            check_value,
            point,
        }
    }

    /// Which key it is a share of.
    pub const fn name(&self) -> DayKeyName {
        self.name
    }

    /// How many shares there are and how many it takes.
    pub const fn threshold(&self) -> Threshold {
        self.threshold
    }

    /// Which share it is, from 1.
    pub const fn number(&self) -> u8 {
        self.number
    }

    pub(super) const fn check_value(&self) -> [u8; 8] {
        self.check_value
    }

    pub(super) const fn point(&self) -> &Point {
        &self.point
    }

    pub(super) fn belongs_with(&self, other: &Self) -> bool {
        self.name == other.name
            && self.threshold == other.threshold
            && self.check_value == other.check_value
    }
}

impl fmt::Debug for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Share({} of {:?}, secret)", self.number, self.name)
    }
}

/// A share that only one custodian can open.
///
/// In clear it says which key it is a share of, its number and the threshold; all of that is
/// authenticated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedShare {
    name: DayKeyName,
    threshold: Threshold,
    number: u8,
    check_value: [u8; 8],
    encapsulated: [u8; 32],
    sealed: [u8; DayKey::LENGTH + 16],
}

/// Why a share was not sealed or opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The custodian's key cannot be sealed to.
    #[error("the custodian's key cannot be sealed to")]
    Key,
    /// Not sealed to this key, or changed since.
    #[error("the share is not sealed to this key, or was changed")]
    NotOpened,
    /// Bytes that are no sealed share.
    #[error("{0} bytes are no sealed share, or name none")]
    Form(usize),
}

impl SealedShare {
    /// Bytes of a sealed share.
    pub const LENGTH: usize = Self::CLEAR + 32 + DayKey::LENGTH + 16;
    /// Of these, in clear: name (7), needed, shares, number, check value (8).
    const CLEAR: usize = 18;

    pub(super) fn seal<R: rand_core::CryptoRng>(
        share: &Share,
        to: &CustodianPublicKey,
        random: &mut R,
    ) -> Result<Self, SealError> {
        let key =
            <X25519HkdfSha256 as Kem>::PublicKey::from_bytes(&to.0).map_err(|_| SealError::Key)?;
        let clear = clear(share.name, share.threshold, share.number, share.check_value);
        let (encapsulated, sealed) =
            hpke::single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
                &OpModeS::Base,
                &key,
                INFO,
                share.point.as_slice(),
                &clear,
                random,
            )
            .map_err(|_| SealError::Key)?;
        Ok(Self {
            name: share.name,
            threshold: share.threshold,
            number: share.number,
            check_value: share.check_value,
            encapsulated: encapsulated.to_bytes().into(),
            sealed: sealed.try_into().map_err(|_| SealError::Key)?,
        })
    }

    /// Opens the share with the custodian's key.
    ///
    /// # Errors
    /// [`SealError::NotOpened`].
    pub fn open(&self, key: &CustodianKey) -> Result<Share, SealError> {
        let encapsulated = <X25519HkdfSha256 as Kem>::EncappedKey::from_bytes(&self.encapsulated)
            .map_err(|_| SealError::NotOpened)?;
        let clear = clear(self.name, self.threshold, self.number, self.check_value);
        let opened = hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
            &OpModeR::Base,
            &key.secret,
            &encapsulated,
            INFO,
            &self.sealed,
            &clear,
        );
        let opened = Zeroizing::new(opened.map_err(|_| SealError::NotOpened)?);
        let mut point = Zeroizing::new([0; DayKey::LENGTH]);
        if opened.len() != point.len() {
            return Err(SealError::NotOpened);
        }
        for (to, from) in point.iter_mut().zip(opened.iter()) {
            *to = *from;
        }
        Ok(Share::new(
            self.name,
            self.threshold,
            self.number,
            self.check_value,
            point,
        ))
    }

    /// Which key it is a share of.
    pub const fn name(&self) -> DayKeyName {
        self.name
    }

    /// Which share it is, from 1.
    pub const fn number(&self) -> u8 {
        self.number
    }

    /// How many shares there are and how many it takes.
    pub const fn threshold(&self) -> Threshold {
        self.threshold
    }

    /// The bytes that are handed to the custodian.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = clear(self.name, self.threshold, self.number, self.check_value).to_vec();
        bytes.extend(self.encapsulated);
        bytes.extend(self.sealed);
        bytes
    }

    /// Reads what [`Self::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`SealError::Form`] for another length, threshold, number or region.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SealError> {
        let form = SealError::Form(bytes.len());
        let (clear, rest) = bytes.split_first_chunk::<{ Self::CLEAR }>().ok_or(form)?;
        let (encapsulated, sealed) = rest.split_first_chunk::<32>().ok_or(form)?;
        let sealed = sealed.try_into().map_err(|_| form)?;
        let (region, clear) = clear.split_first_chunk::<4>().ok_or(form)?;
        let (day, clear) = clear.split_first_chunk::<2>().ok_or(form)?;
        let ([epoch, needed, shares, number], check_value) =
            clear.split_first_chunk::<4>().ok_or(form)?;
        let (epoch, needed, shares, number) = (*epoch, *needed, *shares, *number);
        let check_value = check_value.try_into().map_err(|_| form)?;
        let region = u32::from_be_bytes(*region);
        let threshold = Threshold::new(needed, shares).map_err(|_| form)?;
        if number == 0 || number > shares {
            return Err(form);
        }
        Ok(Self {
            name: DayKeyName {
                region: DivisionCode::new(region).map_err(|_| form)?,
                day: Day::from_number(u16::from_be_bytes(*day)),
                epoch,
            },
            threshold,
            number,
            check_value,
            encapsulated: *encapsulated,
            sealed,
        })
    }
}

fn clear(name: DayKeyName, threshold: Threshold, number: u8, check: [u8; 8]) -> [u8; 18] {
    let mut clear = [0; SealedShare::CLEAR];
    let parts = [threshold.needed(), threshold.shares(), number];
    let bytes = name.to_bytes().into_iter().chain(parts).chain(check);
    for (to, from) in clear.iter_mut().zip(bytes) {
        *to = from;
    }
    clear
}
