//! How a record of evidence is kept in a store: compact, self-contained, the same for ever.
//!
//! A kept record is a CBOR array (RFC 8949) whose first element is its form: 1 evidence,
//! 2 correction, 3 link. Words of the vocabularies are written out, because words never change.
//! The document it is about is the row's key and not in it; a link names the other one by its keyed hash.

use core::fmt;

use hc_code::{DivisionCode, Timestamp};
use minicbor::{Decoder, Encoder};
use sha2::{Digest, Sha256};

use super::{Answers, Correction, Event, EventKind, Evidence, Fact, SourceKind, Statement};
use crate::place::{Place, PlaceId, PlaceTable};
use crate::store::DocumentHash;
use crate::word::Word;

/// A record as a store keeps it.
#[derive(Clone, PartialEq, Eq)]
pub struct KeptRow {
    /// By what a repetition is known: the evidence's id, or a hash of the same kind.
    pub id: [u8; 16],
    /// From when on the region knows it.
    pub known: Timestamp,
    /// From when on it counts for nothing; [`Timestamp::MAX`] for never.
    pub expires: Timestamp,
    /// Whether it is plain: evidence of what had happened when it became known, and that never ends. Links,
    /// corrections and whatever time alone can change are not.
    pub plain: bool,
    /// The record.
    pub content: Vec<u8>,
}

/// A record read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeptRecord {
    /// A piece of evidence.
    Evidence(Evidence),
    /// A statement taken back.
    Correction(Correction),
    /// Another document of the same person.
    Link {
        /// Who says so.
        statement: Statement,
        /// The other document.
        other: DocumentHash,
        /// From when on it is known.
        known: Timestamp,
    },
}

/// Bytes that are no kept record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a kept record of evidence: {0}")]
pub struct KeptError(String);

const EVIDENCE: u8 = 1;
const CORRECTION: u8 = 2;
const LINK: u8 = 3;

impl KeptRow {
    /// Keeps a record. `places` is the table that the fact's place was interned in.
    pub fn of(record: &KeptRecord, places: &PlaceTable) -> Self {
        let mut encoder = Encoder::new(Vec::new());
        // Writing to a vector cannot fail.
        let written = write(&mut encoder, record, places);
        debug_assert!(written.is_ok(), "a vector takes everything");
        let content = encoder.into_writer();
        match record {
            KeptRecord::Evidence(evidence) => Self {
                id: *evidence.id().as_bytes(),
                known: evidence.fact().known,
                expires: evidence.fact().expires,
                plain: is_plain(evidence.fact()),
                content,
            },
            KeptRecord::Correction(Correction { known, .. }) | KeptRecord::Link { known, .. } => {
                Self {
                    id: digest(&content),
                    known: *known,
                    expires: Timestamp::MAX,
                    plain: false,
                    content,
                }
            }
        }
    }

    /// Reads the record back. Places get their numbers in `places`.
    ///
    /// # Errors
    /// [`KeptError`] for content that [`Self::of`] did not make.
    pub fn record(&self, places: &mut PlaceTable) -> Result<KeptRecord, KeptError> {
        let mut decoder = Decoder::new(&self.content);
        let record = read(&mut decoder, self.known, places)?;
        if decoder.position() == self.content.len() {
            Ok(record)
        } else {
            Err(KeptError("bytes follow it".to_owned()))
        }
    }
}

impl fmt::Debug for KeptRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeptRow")
            .field("id", &format_args!("{:032x}", u128::from_be_bytes(self.id)))
            .field("known", &self.known)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

fn is_plain(fact: &Fact) -> bool {
    fact.at <= fact.known && fact.expires == Timestamp::MAX
}

fn digest(content: &[u8]) -> [u8; 16] {
    let mut id = [0; 16];
    for (to, from) in id.iter_mut().zip(Sha256::digest(content)) {
        *to = from;
    }
    id
}

type Written = Result<(), minicbor::encode::Error<core::convert::Infallible>>;

fn write(encoder: &mut Encoder<Vec<u8>>, record: &KeptRecord, places: &PlaceTable) -> Written {
    match record {
        KeptRecord::Evidence(evidence) => {
            let fact = evidence.fact();
            encoder.array(9)?.u8(EVIDENCE)?;
            statement(encoder, evidence.statement())?;
            for time in [fact.at, fact.until, fact.expires] {
                encoder.i64(time.unix())?;
            }
            encoder.str(fact.event.kind().word())?;
            event(encoder, &fact.event, places)
        }
        KeptRecord::Correction(Correction { of, .. }) => {
            encoder.array(4)?.u8(CORRECTION)?;
            statement(encoder, of)
        }
        KeptRecord::Link {
            statement: by,
            other,
            ..
        } => {
            encoder.array(5)?.u8(LINK)?;
            statement(encoder, by)?;
            encoder.bytes(other.as_bytes())?;
            Ok(())
        }
    }
}

fn statement(encoder: &mut Encoder<Vec<u8>>, statement: &Statement) -> Written {
    encoder.str(statement.kind().word())?;
    encoder.str(statement.name())?.str(statement.reference())?;
    Ok(())
}

fn event(encoder: &mut Encoder<Vec<u8>>, event: &Event, places: &PlaceTable) -> Written {
    match *event {
        Event::Declaration {
            answers,
            temperature,
        } => {
            encoder.array(2)?.str(&answers.words())?.u16(temperature)?;
        }
        Event::Case(class) => {
            encoder.str(class.word())?;
        }
        Event::Contact(degree) => {
            encoder.str(degree.word())?;
        }
        Event::Test {
            method,
            pooling,
            result,
        } => {
            encoder.array(3)?;
            encoder.str(method.word())?;
            encoder.str(pooling.word())?.str(result.word())?;
        }
        Event::Vaccination { dose } => {
            encoder.u8(dose)?;
        }
        Event::Stay { division, place } => {
            let place = places.get(place).map(|(_, place)| place.to_string());
            encoder.array(2)?.u32(division.number())?;
            encoder.str(&place.unwrap_or_default())?;
        }
        Event::Arrival(origin) => {
            encoder.str(origin.word())?;
        }
        Event::Quarantine(setting) | Event::Release(setting) => {
            encoder.str(setting.word())?;
        }
        Event::Symptoms => {
            encoder.null()?;
        }
        Event::Temperature(tenths) => {
            encoder.u16(tenths)?;
        }
        Event::Exposure(grade) => {
            encoder.str(grade.word())?;
        }
    }
    Ok(())
}

fn read(
    decoder: &mut Decoder<'_>,
    known: Timestamp,
    places: &mut PlaceTable,
) -> Result<KeptRecord, KeptError> {
    let length = decoder.array()?;
    let form = decoder.u8()?;
    match (form, length) {
        (EVIDENCE, Some(9)) => {
            let statement = read_statement(decoder)?;
            let [at, until, expires] = [time(decoder)?, time(decoder)?, time(decoder)?];
            let kind: EventKind = word(decoder)?;
            let fact = Fact {
                at,
                until,
                known,
                expires,
                event: read_event(decoder, kind, places)?,
                source: statement.kind(),
            };
            Ok(KeptRecord::Evidence(Evidence::new(statement, fact, places)))
        }
        (CORRECTION, Some(4)) => {
            let of = read_statement(decoder)?;
            Ok(KeptRecord::Correction(Correction { of, known }))
        }
        (LINK, Some(5)) => {
            let statement = read_statement(decoder)?;
            let other = decoder.bytes()?;
            let other = other
                .try_into()
                .map_err(|_| KeptError("the other document is not 16 bytes".to_owned()))?;
            Ok(KeptRecord::Link {
                statement,
                other: DocumentHash::from_bytes(other),
                known,
            })
        }
        _ => Err(KeptError(format!("form {form} is unknown"))),
    }
}

fn read_statement(decoder: &mut Decoder<'_>) -> Result<Statement, KeptError> {
    let kind: SourceKind = word(decoder)?;
    let (name, reference) = (decoder.str()?, decoder.str()?);
    Statement::new(kind, name, reference).map_err(|error| KeptError(error.to_string()))
}

fn read_event(
    decoder: &mut Decoder<'_>,
    kind: EventKind,
    places: &mut PlaceTable,
) -> Result<Event, KeptError> {
    Ok(match kind {
        EventKind::Declaration => {
            pair(decoder, 2)?;
            let words = decoder.str()?;
            let mut answers = Answers::EMPTY;
            for word in words.split(", ").filter(|word| !word.is_empty()) {
                let answer = Word::from_word(word);
                answers = answers.with(answer.map_err(|error| KeptError(error.to_string()))?);
            }
            Event::Declaration {
                answers,
                temperature: decoder.u16()?,
            }
        }
        EventKind::Case => Event::Case(word(decoder)?),
        EventKind::Contact => Event::Contact(word(decoder)?),
        EventKind::Test => {
            pair(decoder, 3)?;
            Event::Test {
                method: word(decoder)?,
                pooling: word(decoder)?,
                result: word(decoder)?,
            }
        }
        EventKind::Vaccination => Event::Vaccination {
            dose: decoder.u8()?,
        },
        EventKind::Stay => {
            pair(decoder, 2)?;
            let division =
                DivisionCode::new(decoder.u32()?).map_err(|error| KeptError(error.to_string()))?;
            let place = stay_place(decoder, division, places)?;
            Event::Stay { division, place }
        }
        EventKind::Arrival => Event::Arrival(word(decoder)?),
        EventKind::Quarantine => Event::Quarantine(word(decoder)?),
        EventKind::Release => Event::Release(word(decoder)?),
        EventKind::Symptoms => {
            decoder.null()?;
            Event::Symptoms
        }
        EventKind::Temperature => Event::Temperature(decoder.u16()?),
        EventKind::Exposure => Event::Exposure(word(decoder)?),
    })
}

fn stay_place(
    decoder: &mut Decoder<'_>,
    division: DivisionCode,
    places: &mut PlaceTable,
) -> Result<PlaceId, KeptError> {
    let place = match decoder.str()? {
        WHOLE => Place::whole(),
        text => Place::parse(text).map_err(|error| KeptError(error.to_string()))?,
    };
    let place = places.intern(division, place);
    place.map_err(|error| KeptError(error.to_string()))
}

/// How a whole division is written.
const WHOLE: &str = "全域";

fn pair(decoder: &mut Decoder<'_>, length: u64) -> Result<(), KeptError> {
    if decoder.array()? == Some(length) {
        Ok(())
    } else {
        Err(KeptError(format!("no array of {length}")))
    }
}

fn word<T: Word>(decoder: &mut Decoder<'_>) -> Result<T, KeptError> {
    T::from_word(decoder.str()?).map_err(|error| KeptError(error.to_string()))
}

fn time(decoder: &mut Decoder<'_>) -> Result<Timestamp, KeptError> {
    Ok(Timestamp::from_unix(decoder.i64()?))
}

impl From<minicbor::decode::Error> for KeptError {
    fn from(error: minicbor::decode::Error) -> Self {
        Self(error.to_string())
    }
}

#[cfg(test)]
mod tests;
