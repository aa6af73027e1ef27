//! The one encoding of trust and removal lists.

use super::TrustList;
use super::issuer::{Endpoint, EndpointKind, IssuerEntry, IssuerError, Roles, RootKey, Validity};
use super::removals::Removal;
use crate::cbor::{CborError, Reader, Writer};
use crate::cose::{CoseError, Header, Sign1};
use crate::signing::{Algorithm, KeyId, PublicKey, PublicKeyError};
use crate::status_list::{EditionFault, number, time};
use crate::{DivisionCode, HttpsUri, HttpsUriError, Offset, OffsetError, Span, Timestamp};

const EXPIRES_AT: i64 = 4;
const ISSUED_AT: i64 = 6;
/// Our private claims (RFC 8392 §9.1).
const TRUST_LIST: i64 = -70_103;
const REMOVALS: i64 = -70_104;

/// Why bytes are no trust or removal list in the fixed form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrustEncodingError {
    /// Form, key or signature.
    #[error(transparent)]
    Cose(#[from] CoseError),
    /// Signed by a key that may not sign it.
    #[error("signed by a key that may not sign this list")]
    Signer,
    /// The payload is not in the fixed form.
    #[error("not in deterministic form: {0}")]
    Encoding(#[from] CborError),
    /// A number, time or region that is none.
    #[error(transparent)]
    Number(#[from] EditionFault),
    /// An algorithm that is not known.
    #[error("algorithm {0} is not known here")]
    Algorithm(i64),
    /// Bytes that are no public key.
    #[error(transparent)]
    Key(#[from] PublicKeyError),
    /// A key id has eight bytes.
    #[error("a key id of {0} bytes, not 8")]
    KeyId(usize),
    /// A kind of endpoint that is not known.
    #[error("{0} is no kind of endpoint")]
    EndpointKind(u64),
    /// No address.
    #[error(transparent)]
    Address(#[from] HttpsUriError),
    /// No offset from UTC.
    #[error(transparent)]
    Offset(#[from] OffsetError),
    /// An entry that no issuer has.
    #[error(transparent)]
    Issuer(#[from] IssuerError),
    /// More entries than the bytes can hold.
    #[error("{0} entries cannot be in these bytes")]
    Count(u64),
}

/// Checks the signature with whichever of the keys the header names.
pub(super) fn verify_any<'a>(
    signed: &Sign1<'a>,
    keys: &[PublicKey],
    content_type: &str,
) -> Result<&'a [u8], TrustEncodingError> {
    let named = keys.iter().find(|key| Some(key.id()) == signed.key_id());
    let key = named.ok_or(TrustEncodingError::Signer)?;
    let header = Header::of(key).with_type(content_type);
    Ok(signed.verify(key, &header, &[])?)
}

impl TrustList {
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::with_capacity(200 + 200 * self.issuers.len());
        writer
            .map(3)
            .int(EXPIRES_AT)
            .int(self.expires_at.unix())
            .int(ISSUED_AT)
            .int(self.issued_at.unix())
            .int(TRUST_LIST)
            .array(5)
            .uint(u64::from(self.version))
            .int(self.removals_settled_until.unix());
        for keys in [&self.hub_keys, &self.removal_keys] {
            writer.array(keys.len() as u64);
            for key in keys {
                writer.array(2);
                write_key(&mut writer, key);
            }
        }
        writer.array(self.issuers.len() as u64);
        for issuer in &self.issuers {
            write_issuer(&mut writer, issuer);
        }
        writer.into_bytes()
    }

    pub(super) fn decode(claims: &[u8]) -> Result<Self, TrustEncodingError> {
        let mut reader = Reader::new(claims);
        reader.map_of(3)?;
        reader.key(EXPIRES_AT)?;
        let expires_at = time(&mut reader)?;
        reader.key(ISSUED_AT)?;
        let issued_at = time(&mut reader)?;
        reader.key(TRUST_LIST)?;
        reader.array_of(5)?;
        let version = number(&mut reader, "version")?;
        let removals_settled_until = time(&mut reader)?;
        let mut key = |reader: &mut Reader<'_>| {
            reader.array_of(2)?;
            read_key(reader)
        };
        let hub_keys = several(&mut reader, claims, &mut key)?;
        let removal_keys = several(&mut reader, claims, &mut key)?;
        let issuers = several(&mut reader, claims, &mut |reader| {
            read_issuer(reader, claims)
        })?;
        reader.end()?;
        Ok(Self {
            version,
            issued_at,
            expires_at,
            removals_settled_until,
            hub_keys,
            removal_keys,
            issuers,
        })
    }
}

/// Reads an array. Every item takes a byte at least, which bounds what is reserved.
pub(super) fn several<'a, T>(
    reader: &mut Reader<'a>,
    whole: &[u8],
    item: &mut dyn FnMut(&mut Reader<'a>) -> Result<T, TrustEncodingError>,
) -> Result<Vec<T>, TrustEncodingError> {
    let count = reader.array()?;
    let left = whole.len().saturating_sub(reader.position());
    let room = usize::try_from(count)
        .ok()
        .filter(|count| *count <= left)
        .ok_or(TrustEncodingError::Count(count))?;
    let mut items = Vec::new();
    for _ in 0..room {
        items.push(item(reader)?);
    }
    Ok(items)
}

/// Algorithm and bytes, as two items of the array around them.
pub(super) fn write_key(writer: &mut Writer, key: &PublicKey) {
    writer
        .int(key.algorithm().cose_number())
        .bytes(key.as_bytes());
}

pub(super) fn read_key(reader: &mut Reader<'_>) -> Result<PublicKey, TrustEncodingError> {
    let algorithm = reader.int()?;
    let algorithm =
        Algorithm::from_cose_number(algorithm).ok_or(TrustEncodingError::Algorithm(algorithm))?;
    Ok(PublicKey::parse(algorithm, reader.bytes()?)?)
}

fn write_validity(writer: &mut Writer, validity: Validity) {
    writer
        .int(validity.from().unix())
        .int(validity.until().unix());
}

fn read_validity(reader: &mut Reader<'_>) -> Result<Validity, TrustEncodingError> {
    let from = time(reader)?;
    Ok(Validity::new(from, time(reader)?)?)
}

fn write_issuer(writer: &mut Writer, issuer: &IssuerEntry) {
    writer
        .array(7)
        .uint(u64::from(issuer.region().number()))
        .text(&issuer.offset().to_string())
        .int(issuer.staleness_limit().as_seconds());
    write_validity(writer, issuer.validity());
    writer.array(issuer.roots().len() as u64);
    for root in issuer.roots() {
        writer.array(5);
        write_key(writer, root.key());
        writer.uint(u64::from(root.roles().bits()));
        write_validity(writer, root.validity());
    }
    writer.array(issuer.endpoints().len() as u64);
    for endpoint in issuer.endpoints() {
        writer
            .array(2)
            .uint(endpoint.kind as u64)
            .text(endpoint.address.as_str());
    }
}

fn read_issuer(reader: &mut Reader<'_>, whole: &[u8]) -> Result<IssuerEntry, TrustEncodingError> {
    reader.array_of(7)?;
    let region = number(reader, "region")?;
    let region = DivisionCode::new(region).map_err(EditionFault::from)?;
    let offset = reader.text()?;
    let parsed: Offset = offset.parse()?;
    if parsed.to_string() != offset {
        // "-00:00" reads like "+00:00" and is written otherwise.
        return Err(OffsetError(offset.to_owned()).into());
    }
    let staleness_limit = Span::seconds(number(reader, "staleness limit")?);
    let validity = read_validity(reader)?;
    let roots = several(reader, whole, &mut |reader| {
        reader.array_of(5)?;
        let key = read_key(reader)?;
        let roles = Roles::from_bits(reader.uint()?)?;
        Ok(RootKey::new(key, roles, read_validity(reader)?))
    })?;
    let endpoints = several(reader, whole, &mut |reader| {
        reader.array_of(2)?;
        let kind = reader.uint()?;
        let kind = EndpointKind::from_number(kind).ok_or(TrustEncodingError::EndpointKind(kind))?;
        let address = HttpsUri::parse(reader.text()?)?;
        Ok(Endpoint { kind, address })
    })?;
    let entry = IssuerEntry::read(region, parsed, staleness_limit, validity, roots, endpoints)?;
    Ok(entry)
}

pub(super) fn encode_removals(issued_at: Timestamp, removals: &[Removal]) -> Vec<u8> {
    let mut writer = Writer::with_capacity(40 + 30 * removals.len());
    writer
        .map(2)
        .int(ISSUED_AT)
        .int(issued_at.unix())
        .int(REMOVALS)
        .array(removals.len() as u64);
    for removal in removals {
        writer.array(3).uint(u64::from(removal.region.number()));
        match &removal.key {
            Some(key) => writer.bytes(key.as_bytes()),
            None => writer.null(),
        };
        writer.int(removal.removed_at.unix());
    }
    writer.into_bytes()
}

pub(super) fn decode_removals(
    claims: &[u8],
) -> Result<(Timestamp, Vec<Removal>), TrustEncodingError> {
    let mut reader = Reader::new(claims);
    reader.map_of(2)?;
    reader.key(ISSUED_AT)?;
    let issued_at = time(&mut reader)?;
    reader.key(REMOVALS)?;
    let removals = several(&mut reader, claims, &mut |reader| {
        reader.array_of(3)?;
        let region = number(reader, "region")?;
        let region = DivisionCode::new(region).map_err(EditionFault::from)?;
        let key = if reader.take_null() {
            None
        } else {
            let id = reader.bytes()?;
            let id = id
                .try_into()
                .map_err(|_| TrustEncodingError::KeyId(id.len()))?;
            Some(KeyId::from_bytes(id))
        };
        Ok(Removal {
            region,
            key,
            removed_at: time(reader)?,
        })
    })?;
    reader.end()?;
    Ok((issued_at, removals))
}
