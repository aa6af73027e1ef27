//! The paper list: which paper codes are not low, told only to those who have scanned them.
//!
//! A paper code carries a random pointer and no facts. Each day the region publishes, under a new
//! salt, short hashes of only those pointers that are not low or are withdrawn. Whoever has scanned
//! a paper can look it up; whoever has not learns a number of sheets and nothing else, since a
//! pointer of 128 random bits cannot be guessed. The format is in `spec/paper-list.md`.

mod entries;
mod held;

use core::fmt;

use sha2::{Digest, Sha256};

pub use self::entries::{EntriesError, FALSE_POSITIVE_BITS};
pub use self::held::{HeldPaperLists, PaperMark, PaperNotAccepted};
use crate::cbor::{CborError, Reader, Writer};
use crate::cose::{self, CoseError, Header, Sign1};
use crate::paper::Pointer;
use crate::signing::{Signer, SigningError};
use crate::status_list::{EditionFault, EditionTimes, ListIssuer, number, time};
use crate::verify::Listed;
use crate::{DivisionCode, Span, Timestamp};

/// Type of a paper list (RFC 9596).
const CONTENT_TYPE: &str = "application/healthcode-paper+cwt";
const EXPIRES_AT: i64 = 4;
const ISSUED_AT: i64 = 6;
/// Our private claim (RFC 8392 §9.1): the list.
const PAPER_LIST: i64 = -70_102;

/// Sixteen random bytes, drawn for one list.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Salt([u8; 16]);

impl Salt {
    /// Takes random bytes. A salt is drawn anew for each day, so that the same sheet has another
    /// hash on each.
    pub const fn from_random(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The hash of a pointer, 64 bits of which a list uses the first: SHA-256 of the tag
    /// `healthcode paper`, the region's number, salt and pointer.
    fn hash(&self, region: DivisionCode, pointer: Pointer) -> u64 {
        let digest = Sha256::new()
            .chain_update(b"healthcode paper")
            .chain_update(region.number().to_be_bytes())
            .chain_update(self.0)
            .chain_update(pointer.as_bytes())
            .finalize();
        digest
            .first_chunk()
            .map_or(0, |first| u64::from_be_bytes(*first))
    }
}

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salt(16 bytes)")
    }
}

/// A paper list whose signature has been checked or is to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaperList {
    region: DivisionCode,
    sequence: u32,
    times: EditionTimes,
    salt: Salt,
    entries: entries::Entries,
}

/// Why something is no paper list of this issuer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PaperListError {
    /// Form, key or signature.
    #[error(transparent)]
    Cose(#[from] CoseError),
    /// The payload is not in the fixed form.
    #[error("not the claims of a paper list: {0}")]
    Encoding(#[from] CborError),
    /// A number or time that is none of ours, or another region's list.
    #[error(transparent)]
    Claims(#[from] EditionFault),
    /// Times in the wrong order, or a list for more than two days.
    #[error(
        "facts of {as_of}, issued at {issued_at}, to expire at {expires_at}: not in that order, or \
         more than two days from issue to end"
    )]
    Times {
        /// Of when the facts are.
        as_of: Timestamp,
        /// When it was signed.
        issued_at: Timestamp,
        /// Its end.
        expires_at: Timestamp,
    },
    /// A salt has sixteen bytes.
    #[error("a salt of {0} bytes, not 16")]
    Salt(usize),
    /// The coded hashes are wrong.
    #[error(transparent)]
    Entries(#[from] EntriesError),
}

/// How long a list may be good.
const LONGEST_LIFE: Span = Span::days(2);

impl PaperList {
    /// Lists sheets that are not low; low ones are left out.
    ///
    /// Two sheets may fall on one hash; then the list says the graver of the two, or re-check where
    /// one is withdrawn.
    ///
    /// # Errors
    /// [`PaperListError::Times`], or too many sheets.
    pub fn new(
        region: DivisionCode,
        sequence: u32,
        times: EditionTimes,
        salt: Salt,
        sheets: impl IntoIterator<Item = (Pointer, Listed)>,
    ) -> Result<Self, PaperListError> {
        check(times)?;
        let hashes = sheets
            .into_iter()
            .filter(|(_, value)| *value != Listed::Low)
            .map(|(pointer, value)| (salt.hash(region, pointer), value));
        Ok(Self {
            region,
            sequence,
            times,
            salt,
            entries: entries::Entries::new(hashes.collect())?,
        })
    }

    /// Signs the list.
    ///
    /// # Errors
    /// [`SigningError`] where the signer gives no signature.
    pub fn sign<S: Signer + ?Sized>(&self, signer: &S) -> Result<Vec<u8>, SigningError> {
        let coded = self.entries.encode();
        let mut claims = Writer::with_capacity(coded.len() + 100);
        claims
            .map(3)
            .int(EXPIRES_AT)
            .int(self.times.expires_at.unix())
            .int(ISSUED_AT)
            .int(self.times.issued_at.unix())
            .int(PAPER_LIST)
            .array(7)
            .uint(u64::from(self.region.number()))
            .uint(u64::from(self.sequence))
            .int(self.times.as_of.unix())
            .bytes(&self.salt.0)
            .uint(u64::from(self.entries.bits()))
            .uint(self.entries.count())
            .bytes(&coded);
        let header = Header::of(signer.public_key()).with_type(CONTENT_TYPE);
        cose::sign(signer, &header, &[], claims.as_bytes())
    }

    /// Checks the signature and reads.
    ///
    /// # Errors
    /// [`PaperListError`], by what is wrong first.
    pub fn open(bytes: &[u8], issuer: &ListIssuer<'_>) -> Result<Self, PaperListError> {
        let header = Header::of(issuer.key).with_type(CONTENT_TYPE);
        let claims = Sign1::parse(bytes)?.verify(issuer.key, &header, &[])?;
        let mut reader = Reader::new(claims);
        reader.map_of(3)?;
        reader.key(EXPIRES_AT)?;
        let expires_at = time(&mut reader)?;
        reader.key(ISSUED_AT)?;
        let issued_at = time(&mut reader)?;
        reader.key(PAPER_LIST)?;
        reader.array_of(7)?;
        let region = number(&mut reader, "region")?;
        let region = DivisionCode::new(region).map_err(EditionFault::from)?;
        if region != issuer.region {
            return Err(EditionFault::OtherRegion(region).into());
        }
        let sequence = number(&mut reader, "sequence")?;
        let as_of = time(&mut reader)?;
        let salt = reader.bytes()?;
        let salt = salt
            .try_into()
            .map_err(|_| PaperListError::Salt(salt.len()))?;
        let bits = number(&mut reader, "hash length")?;
        let count = reader.uint()?;
        let coded = reader.bytes()?;
        reader.end()?;
        let times = EditionTimes {
            as_of,
            issued_at,
            expires_at,
        };
        check(times)?;
        Ok(Self {
            region,
            sequence,
            times,
            salt: Salt(salt),
            entries: entries::Entries::decode(bits, count, coded)?,
        })
    }

    /// Whose list it is.
    pub const fn region(&self) -> DivisionCode {
        self.region
    }

    /// Its number among the region's lists.
    pub const fn sequence(&self) -> u32 {
        self.sequence
    }

    /// Of when its facts are, when it was signed, when it ends.
    pub const fn times(&self) -> EditionTimes {
        self.times
    }

    /// How many hashes it has.
    pub const fn count(&self) -> u64 {
        self.entries.count()
    }

    /// How many bits a hash has: a sheet that is low is found by chance at most once in
    /// 2^[`FALSE_POSITIVE_BITS`] look-ups.
    pub const fn hash_bits(&self) -> u8 {
        self.entries.bits()
    }

    /// What the list says of a sheet: low where it is not listed.
    pub fn value(&self, pointer: Pointer) -> Listed {
        self.entries.value(self.salt.hash(self.region, pointer))
    }
}

fn check(times: EditionTimes) -> Result<(), PaperListError> {
    let EditionTimes {
        as_of,
        issued_at,
        expires_at,
    } = times;
    let ordered = as_of <= issued_at && issued_at < expires_at;
    if ordered && expires_at.since(issued_at) <= LONGEST_LIFE {
        Ok(())
    } else {
        Err(PaperListError::Times {
            as_of,
            issued_at,
            expires_at,
        })
    }
}

#[cfg(test)]
mod tests;
