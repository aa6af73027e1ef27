//! The list, its one encoding, and its signature.

use crate::cbor::{CborError, CborFault, Reader, Writer};
use crate::cose::{self, CoseError, Header, Sign1};
use crate::keys::node_key::{KeyUse, NodeKey, NodeKeyError};
use crate::keys::sealing_key::{SealingKey, SealingKeyError, SealingPublicKey};
use crate::signing::{Algorithm, KeyId, PublicKey, PublicKeyError, Signer, SigningError};
use crate::{DivisionCode, Span, Timestamp};

/// Type of the signed statement (RFC 9596).
const TYPE: &str = "application/hc-keys+cwt";
const ISSUER: i64 = 1;
const EXPIRES_AT: i64 = 4;
const ISSUED_AT: i64 = 6;
const BODY: i64 = -65_538;

/// The keys of a region at a time: version by version, none older than what a gate has seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyList {
    issuer: DivisionCode,
    version: u64,
    issued_at: Timestamp,
    expires_at: Timestamp,
    keys: Vec<NodeKey>,
    sealing: Vec<SealingKey>,
}

/// Why something is no key list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyListError {
    /// The signed form.
    #[error(transparent)]
    Cose(#[from] CoseError),
    /// The content is not in the one encoding.
    #[error("the key list is not in deterministic form: {0}")]
    Encoding(#[from] CborError),
    /// The issuer is not a division, or the whole country.
    #[error("the issuer is not a division code")]
    Issuer,
    /// A time is out of range.
    #[error("a time is out of range")]
    Time,
    /// The list ends before it begins, or lives longer than a list may.
    #[error("a key list is good for at most {limit} from its issue on", limit = KeyList::LONGEST_LIFE)]
    Lifetime,
    /// No such algorithm.
    #[error("{0} is not an algorithm known here")]
    Algorithm(i64),
    /// No such use.
    #[error("{0} is not a use of a key")]
    Use(u64),
    /// A key.
    #[error(transparent)]
    Key(#[from] PublicKeyError),
    /// A key's dates.
    #[error(transparent)]
    NodeKey(#[from] NodeKeyError),
    /// Two keys with the same id, or keys out of order.
    #[error("keys are listed once each, by ascending id; {0} is not")]
    Order(KeyId),
    /// A sealing key.
    #[error(transparent)]
    SealingKey(#[from] SealingKeyError),
    /// Sealing keys out of order, one twice, or an empty list of them.
    #[error(
        "sealing keys are listed once each, by ascending bytes, and left out where there are none"
    )]
    SealingOrder,
    /// More keys than there may be.
    #[error("{0} keys are more than a list may have")]
    TooMany(u64),
    /// No root key of this id is known for the issuer.
    #[error("not signed by a root key of the issuer")]
    NotByRoot,
    /// The list of another issuer.
    #[error("the list is of {found}, not of {expected}")]
    OtherIssuer {
        /// Whose list was asked for.
        expected: DivisionCode,
        /// Whose list it is.
        found: DivisionCode,
    },
}

/// A key list as it travels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedKeyList(Vec<u8>);

impl KeyList {
    /// A gate without network may rely on a list for so long.
    pub const LONGEST_LIFE: Span = Span::hours(72);
    /// Nodes of one region, with a good margin.
    pub const MAX_KEYS: usize = 10_000;

    /// Puts a list together; sorts the keys by id.
    ///
    /// # Errors
    /// [`KeyListError`] where dates, issuer or keys do not fit.
    pub fn new(
        issuer: DivisionCode,
        version: u64,
        issued_at: Timestamp,
        expires_at: Timestamp,
        keys: impl IntoIterator<Item = NodeKey>,
    ) -> Result<Self, KeyListError> {
        let mut keys: Vec<_> = keys.into_iter().collect();
        keys.sort_by_key(|key| key.key().id());
        Self::checked(issuer, version, issued_at, expires_at, keys)
    }

    fn checked(
        issuer: DivisionCode,
        version: u64,
        issued_at: Timestamp,
        expires_at: Timestamp,
        keys: Vec<NodeKey>,
    ) -> Result<Self, KeyListError> {
        if issuer == DivisionCode::COUNTRY {
            return Err(KeyListError::Issuer);
        }
        if issued_at.unix() < 0 {
            return Err(KeyListError::Time);
        }
        if expires_at <= issued_at || expires_at.since(issued_at) > Self::LONGEST_LIFE {
            return Err(KeyListError::Lifetime);
        }
        if keys.len() > Self::MAX_KEYS {
            return Err(KeyListError::TooMany(keys.len() as u64));
        }
        let mut last = None;
        for key in &keys {
            let id = key.key().id();
            if last >= Some(id) {
                return Err(KeyListError::Order(id));
            }
            last = Some(id);
        }
        Ok(Self {
            issuer,
            version,
            issued_at,
            expires_at,
            keys,
            sealing: Vec::new(),
        })
    }

    /// With keys that other regions may seal parcels to; sorts them.
    ///
    /// # Errors
    /// [`KeyListError::SealingOrder`] where one stands twice; [`KeyListError::TooMany`].
    pub fn with_sealing_keys(
        mut self,
        keys: impl IntoIterator<Item = SealingKey>,
    ) -> Result<Self, KeyListError> {
        self.sealing = keys.into_iter().collect();
        self.sealing.sort_by_key(|key| *key.key());
        if self.sealing.len() > Self::MAX_KEYS {
            return Err(KeyListError::TooMany(self.sealing.len() as u64));
        }
        let twice = |pair: &[SealingKey]| matches!(pair, [one, next] if one.key() == next.key());
        if self.sealing.windows(2).any(twice) {
            return Err(KeyListError::SealingOrder);
        }
        Ok(self)
    }

    /// Whose keys they are.
    pub const fn issuer(&self) -> DivisionCode {
        self.issuer
    }

    /// Larger for every later list.
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// When the root signed it.
    pub const fn issued_at(&self) -> Timestamp {
        self.issued_at
    }

    /// From when on it is not to be relied on.
    pub const fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// The keys, by ascending id.
    pub fn keys(&self) -> &[NodeKey] {
        &self.keys
    }

    /// The keys that parcels may be sealed to, by ascending bytes.
    pub fn sealing_keys(&self) -> &[SealingKey] {
        &self.sealing
    }

    /// The sealing key that holds longest from a time on.
    pub fn sealing_key(&self, now: Timestamp) -> Option<&SealingKey> {
        let holding = self.sealing.iter().filter(|key| key.holds_at(now));
        holding.max_by_key(|key| (key.from(), key.until()))
    }

    /// The first instant in `from..until` at which no key for a use is good: rotation leaves none
    /// where keys overlap.
    pub fn gap(&self, key_use: KeyUse, from: Timestamp, until: Timestamp) -> Option<Timestamp> {
        let mut spans: Vec<_> = self
            .keys
            .iter()
            .filter(|key| key.key_use() == key_use && !key.is_removed())
            .map(|key| (key.from(), key.until()))
            .collect();
        spans.sort_unstable();
        let mut reached = from;
        for (start, end) in spans {
            if start <= reached {
                reached = reached.max(end);
            }
        }
        (reached < until).then_some(reached)
    }

    /// Signs the list with the region's root key.
    ///
    /// # Errors
    /// [`SigningError`] where the signer fails.
    pub fn sign<S: Signer + ?Sized>(&self, root: &S) -> Result<SignedKeyList, SigningError> {
        let header = Header::of(root.public_key()).with_type(TYPE);
        cose::sign(root, &header, &[], &self.encode()).map(SignedKeyList)
    }

    fn encode(&self) -> Vec<u8> {
        let mut out = Writer::with_capacity(64 + 64 * self.keys.len());
        out.map(4).int(ISSUER).text(&self.issuer.to_string());
        out.int(EXPIRES_AT).int(self.expires_at.unix());
        out.int(ISSUED_AT).int(self.issued_at.unix());
        let parts = if self.sealing.is_empty() { 2 } else { 3 };
        out.int(BODY).array(parts).uint(self.version);
        out.array(self.keys.len() as u64);
        for key in &self.keys {
            out.array(6)
                .int(key.key().algorithm().cose_number())
                .bytes(key.key().as_bytes())
                .uint(key.key_use().number())
                .int(key.from().unix())
                .int(key.until().unix())
                .bool(key.is_removed());
        }
        if !self.sealing.is_empty() {
            out.array(self.sealing.len() as u64);
            for key in &self.sealing {
                out.array(3)
                    .bytes(key.key().as_bytes())
                    .int(key.from().unix())
                    .int(key.until().unix());
            }
        }
        out.into_bytes()
    }

    fn decode(bytes: &[u8]) -> Result<Self, KeyListError> {
        let mut reader = Reader::new(bytes);
        reader.map_of(4)?;
        reader.key(ISSUER)?;
        let issuer = reader.text()?.parse().map_err(|_| KeyListError::Issuer)?;
        reader.key(EXPIRES_AT)?;
        let expires_at = read_time(&mut reader)?;
        reader.key(ISSUED_AT)?;
        let issued_at = read_time(&mut reader)?;
        reader.key(BODY)?;
        let parts = reader.array()?;
        if parts != 3 && parts != 2 {
            let (expected, found) = (2, parts);
            let fault = CborFault::Count { expected, found };
            let position = reader.position();
            return Err(CborError { position, fault }.into());
        }
        let version = reader.uint()?;
        let count = reader.array()?;
        if count > Self::MAX_KEYS as u64 {
            return Err(KeyListError::TooMany(count));
        }
        let mut keys = Vec::new();
        for _ in 0..count {
            reader.array_of(6)?;
            let number = reader.int()?;
            let algorithm =
                Algorithm::from_cose_number(number).ok_or(KeyListError::Algorithm(number))?;
            let key = PublicKey::parse(algorithm, reader.bytes()?)?;
            let number = reader.uint()?;
            let key_use = KeyUse::from_number(number).ok_or(KeyListError::Use(number))?;
            let from = read_time(&mut reader)?;
            let until = read_time(&mut reader)?;
            let key = NodeKey::new(key, key_use, from, until)?;
            keys.push(if reader.bool()? { key.removed() } else { key });
        }
        let sealing = if parts == 3 {
            read_sealing_keys(&mut reader)?
        } else {
            Vec::new()
        };
        reader.end()?;
        let list = Self::checked(issuer, version, issued_at, expires_at, keys)?;
        Ok(Self { sealing, ..list })
    }
}

fn read_sealing_keys(reader: &mut Reader<'_>) -> Result<Vec<SealingKey>, KeyListError> {
    let count = reader.array()?;
    if count > KeyList::MAX_KEYS as u64 {
        return Err(KeyListError::TooMany(count));
    }
    if count == 0 {
        return Err(KeyListError::SealingOrder);
    }
    let mut keys: Vec<SealingKey> = Vec::new();
    for _ in 0..count {
        reader.array_of(3)?;
        let key = SealingPublicKey::parse(reader.bytes()?)?;
        let from = read_time(reader)?;
        let until = read_time(reader)?;
        if keys.last().is_some_and(|last| *last.key() >= key) {
            return Err(KeyListError::SealingOrder);
        }
        keys.push(SealingKey::new(key, from, until)?);
    }
    Ok(keys)
}

impl SignedKeyList {
    /// A list as it came.
    pub const fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// As it travels.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The list, if one of the issuer's root keys signed it, and the id of that key.
    ///
    /// # Errors
    /// [`KeyListError`] where the form, the signature, the issuer or the content is wrong.
    pub fn verify(
        &self,
        issuer: DivisionCode,
        roots: &[PublicKey],
    ) -> Result<(KeyList, KeyId), KeyListError> {
        let signed = Sign1::parse(&self.0)?;
        let root = roots
            .iter()
            .find(|root| signed.key_id() == Some(root.id()))
            .ok_or(KeyListError::NotByRoot)?;
        let content = signed.verify(root, &Header::of(root).with_type(TYPE), &[])?;
        let list = KeyList::decode(content)?;
        if list.issuer == issuer {
            Ok((list, root.id()))
        } else {
            Err(KeyListError::OtherIssuer {
                expected: issuer,
                found: list.issuer,
            })
        }
    }
}

fn read_time(reader: &mut Reader<'_>) -> Result<Timestamp, KeyListError> {
    i64::try_from(reader.uint()?)
        .ok()
        .filter(|seconds| *seconds <= Timestamp::MAX.unix())
        .map(Timestamp::from_unix)
        .ok_or(KeyListError::Time)
}
