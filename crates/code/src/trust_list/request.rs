//! What a region asks of the hub: to be listed, with this root key and these addresses.
//!
//! It is signed by the very root that it names, so nobody can have another one's key listed as
//! theirs. Whether the region is who it says is not in it: that takes the fingerprint, told by
//! another way. The format is in `spec/federation.md`.

use core::fmt;

use super::encoding::{self, TrustEncodingError, several};
use super::issuer::{Endpoint, EndpointKind, IssuerEntry, IssuerError, Roles, RootKey, Validity};
use crate::cbor::{Reader, Writer};
use crate::cose::{self, Header, Sign1};
use crate::signing::{PublicKey, Signer, SigningError};
use crate::status_list::{EditionFault, number, time};
use crate::{DivisionCode, HttpsUri, Offset, OffsetError, Span, Timestamp};

/// Type of a request (RFC 9596).
const CONTENT_TYPE: &str = "application/healthcode-request+cwt";
const ISSUED_AT: i64 = 6;
/// Our private claim (RFC 8392 §9.1).
const REQUEST: i64 = -70_105;

/// One line of text that people read: 1 to 120 characters, none that commands a terminal or turns
/// the direction of reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line(String);

/// A text that is no such line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a line has 1 to {} characters, no control and no space at its ends",
    Line::MOST
)]
pub struct LineError;

impl Line {
    /// The most characters.
    pub const MOST: usize = 120;

    /// Takes a line.
    ///
    /// # Errors
    /// [`LineError`].
    pub fn parse(text: &str) -> Result<Self, LineError> {
        let turns = |letter| matches!(letter, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        let plain = |letter: char| !letter.is_control() && !turns(letter);
        let counted = (1..=Self::MOST).contains(&text.chars().count());
        if counted && text.trim() == text && text.chars().all(plain) {
            Ok(Self(text.to_owned()))
        } else {
            Err(LineError)
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A request whose signature has been checked or is to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request(RequestDraft);

/// What a request says, before it is checked as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestDraft {
    /// When it was made.
    pub made_at: Timestamp,
    /// Whose it is.
    pub region: DivisionCode,
    /// Where the region's days begin.
    pub offset: Offset,
    /// How old its facts may be.
    pub staleness_limit: Span,
    /// The root that is to be listed, and that signs.
    pub root: PublicKey,
    /// For what.
    pub roles: Roles,
    /// Where things are found.
    pub endpoints: Vec<Endpoint>,
    /// What the region calls itself.
    pub name: Line,
    /// Whom the hub's people call: a telephone number, an office.
    pub contact: Line,
}

/// Why something is no request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// Not signed by the root that it names, or not in the fixed form.
    #[error(transparent)]
    Encoding(#[from] TrustEncodingError),
    /// No trust list could have such an issuer.
    #[error(transparent)]
    Issuer(#[from] IssuerError),
    /// A text.
    #[error(transparent)]
    Line(#[from] LineError),
}

impl Request {
    /// Checks a draft and puts its endpoints in order.
    ///
    /// # Errors
    /// [`RequestError::Issuer`] where no trust list could say that of an issuer.
    pub fn new(mut draft: RequestDraft) -> Result<Self, RequestError> {
        draft.endpoints.sort();
        Self::checked(draft)
    }

    fn checked(draft: RequestDraft) -> Result<Self, RequestError> {
        let request = Self(draft);
        request.entry(Validity::new(
            request.0.made_at,
            request.0.made_at.plus(Span::days(1)),
        )?)?;
        Ok(request)
    }

    /// Signs the request with the root that it names.
    ///
    /// # Errors
    /// [`SigningError`] where the signer gives no signature. A request that another key signed is
    /// read by nobody.
    pub fn sign<S: Signer + ?Sized>(&self, root: &S) -> Result<Vec<u8>, SigningError> {
        let header = Header::of(&self.0.root).with_type(CONTENT_TYPE);
        cose::sign(root, &header, &[], &self.encode())
    }

    /// Reads a request and checks that the root which it names signed it.
    ///
    /// # Errors
    /// [`RequestError`], by what is wrong first.
    pub fn open(bytes: &[u8]) -> Result<Self, RequestError> {
        let signed = Sign1::parse(bytes).map_err(TrustEncodingError::from)?;
        // The key stands in what it signs: read first, believed once the signature holds.
        let draft = decode(signed.payload())?;
        encoding::verify_any(&signed, std::slice::from_ref(&draft.root), CONTENT_TYPE)?;
        Self::checked(draft)
    }

    /// What it says.
    pub const fn says(&self) -> &RequestDraft {
        &self.0
    }

    /// The address of one kind of endpoint, the first where there are several.
    pub fn endpoint(&self, kind: EndpointKind) -> Option<&HttpsUri> {
        let mut endpoints = self.0.endpoints.iter();
        let found = endpoints.find(|endpoint| endpoint.kind == kind)?;
        Some(&found.address)
    }

    /// The issuer as a trust list would have it, for some time.
    ///
    /// # Errors
    /// [`IssuerError`]; never for a request that was read or made here.
    pub fn entry(&self, validity: Validity) -> Result<IssuerEntry, IssuerError> {
        let says = &self.0;
        IssuerEntry::new(
            says.region,
            says.offset,
            says.staleness_limit,
            validity,
            vec![RootKey::new(says.root.clone(), says.roles, validity)],
            says.endpoints.clone(),
        )
    }

    fn encode(&self) -> Vec<u8> {
        let says = &self.0;
        let mut writer = Writer::with_capacity(500);
        writer
            .map(2)
            .int(ISSUED_AT)
            .int(says.made_at.unix())
            .int(REQUEST)
            .array(9)
            .uint(u64::from(says.region.number()))
            .text(&says.offset.to_string())
            .int(says.staleness_limit.as_seconds());
        encoding::write_key(&mut writer, &says.root);
        writer
            .uint(u64::from(says.roles.bits()))
            .array(says.endpoints.len() as u64);
        for endpoint in &says.endpoints {
            writer
                .array(2)
                .uint(endpoint.kind as u64)
                .text(endpoint.address.as_str());
        }
        writer.text(says.name.as_str()).text(says.contact.as_str());
        writer.into_bytes()
    }
}

fn decode(claims: &[u8]) -> Result<RequestDraft, RequestError> {
    let mut reader = Reader::new(claims);
    let faulty = TrustEncodingError::from;
    reader.map_of(2).map_err(faulty)?;
    reader.key(ISSUED_AT).map_err(faulty)?;
    let made_at = time(&mut reader).map_err(TrustEncodingError::from)?;
    reader.key(REQUEST).map_err(faulty)?;
    reader.array_of(9).map_err(faulty)?;
    let region = number(&mut reader, "region").map_err(TrustEncodingError::from)?;
    let region = DivisionCode::new(region)
        .map_err(|error| TrustEncodingError::from(EditionFault::from(error)))?;
    let offset = reader.text().map_err(faulty)?;
    let parsed: Offset = offset.parse().map_err(TrustEncodingError::from)?;
    if parsed.to_string() != offset {
        return Err(TrustEncodingError::from(OffsetError(offset.to_owned())).into());
    }
    let staleness = number(&mut reader, "staleness limit").map_err(TrustEncodingError::from)?;
    let root = encoding::read_key(&mut reader)?;
    let roles = Roles::from_bits(reader.uint().map_err(faulty)?)?;
    let endpoints = several(&mut reader, claims, &mut |reader| {
        reader.array_of(2)?;
        let kind = reader.uint()?;
        let kind = EndpointKind::from_number(kind).ok_or(TrustEncodingError::EndpointKind(kind))?;
        let address = HttpsUri::parse(reader.text()?)?;
        Ok(Endpoint { kind, address })
    })?;
    if !endpoints.is_sorted() {
        return Err(IssuerError::Endpoints.into());
    }
    let name = Line::parse(reader.text().map_err(faulty)?)?;
    let contact = Line::parse(reader.text().map_err(faulty)?)?;
    reader.end().map_err(faulty)?;
    Ok(RequestDraft {
        made_at,
        region,
        offset: parsed,
        staleness_limit: Span::seconds(staleness),
        root,
        roles,
        endpoints,
        name,
        contact,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signing::{Algorithm, SigningKey};
    use crate::trust_list::Role;

    fn key(fill: u8) -> SigningKey {
        SigningKey::deterministic(Algorithm::Ed25519, &[fill; 32]).unwrap()
    }

    fn draft(root: &SigningKey) -> RequestDraft {
        let at = |kind, text: &str| Endpoint {
            kind,
            address: HttpsUri::parse(text).unwrap(),
        };
        RequestDraft {
            made_at: Timestamp::from_unix(1_656_388_800),
            region: "330000".parse().unwrap(),
            offset: Offset::CHINA,
            staleness_limit: Span::hours(4),
            root: root.public_key().clone(),
            roles: Roles::new(Role::ALL).unwrap(),
            endpoints: vec![
                at(EndpointKind::Peer, "https://330000.example:9444"),
                at(EndpointKind::Keys, "https://330000.example/v1/keys"),
            ],
            name: Line::parse("浙江省").unwrap(),
            contact: Line::parse("0571-12345, duty officer").unwrap(),
        }
    }

    #[test]
    fn a_request_is_read_as_it_was_made() {
        for algorithm in Algorithm::ALL {
            let root = SigningKey::deterministic(algorithm, &[1; 32]).unwrap();
            let request = Request::new(draft(&root)).unwrap();
            let bytes = request.sign(&root).unwrap();
            assert_eq!(Request::open(&bytes), Ok(request));
        }
    }

    #[test]
    fn any_changed_bit_of_a_request_is_noticed() {
        let bytes = Request::new(draft(&key(1))).unwrap().sign(&key(1)).unwrap();
        for place in 0..bytes.len() {
            for bit in 0..8 {
                let mut changed = bytes.clone();
                changed[place] ^= 1 << bit;
                assert!(Request::open(&changed).is_err(), "bit {bit} of {place}");
            }
            assert!(Request::open(&bytes[..place]).is_err());
        }
    }

    #[test]
    fn nobody_requests_with_the_root_of_another() {
        let foreign = Request::new(draft(&key(1))).unwrap();
        let stolen = foreign.sign(&key(2)).map(|bytes| Request::open(&bytes));
        assert!(!matches!(stolen, Ok(Ok(_))));
    }

    #[test]
    fn lines_command_no_terminal() {
        for text in [
            "",
            " a",
            "a\n",
            "a\u{1b}[2J",
            "a\u{202e}b",
            &"a".repeat(121),
        ] {
            assert_eq!(Line::parse(text), Err(LineError), "{text:?}");
        }
    }
}
