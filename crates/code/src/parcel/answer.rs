//! What stands in the parcels that answer: receipts of evidence, and reports.

use crate::cbor::{CborError, Reader, Writer};
use crate::statement::Statement;
use crate::{Level, ReasonClass, Timestamp};

const OUTCOME: i64 = 1;
const LINES: i64 = 2;

const KNOWN: i64 = 1;
const LEVEL: i64 = 2;
const REASON: i64 = 3;
const AS_OF: i64 = 4;
const VALID_UNTIL: i64 = 5;

/// What became of a parcel of evidence. It says the same for people who are known and who are not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was received and will count, if there is anybody to count for.
    Received,
    /// Not now: the sender's volume of the day is used.
    NotNow,
    /// Never: the lines are not what this sender may send.
    Refused,
}

/// The receipt of a parcel of evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EvidenceReceipt {
    /// What became of it.
    pub outcome: Outcome,
    /// Lines that were read.
    pub lines: u32,
}

/// What a region reports of one code of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Report {
    /// Not a genuine code in its time.
    Unknown,
    /// What the code itself says, as of now.
    Known {
        /// The level.
        level: Level,
        /// Why, as a gate may know it.
        reason: ReasonClass,
        /// The time of the facts.
        as_of: Timestamp,
        /// Until when the level holds.
        valid_until: Timestamp,
    },
}

/// Why bytes are no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// Not the one encoding.
    #[error("the answer is not in deterministic form: {0}")]
    Encoding(#[from] CborError),
    /// A number that means nothing.
    #[error("{number} is no {what}")]
    Number {
        /// What it should be.
        what: &'static str,
        /// What it is.
        number: u64,
    },
    /// A reason without a level that has one, or a level above low without a reason.
    #[error("the reason does not belong to the level")]
    Reason,
    /// A time is out of range.
    #[error("a time is out of range")]
    Time,
}

impl Outcome {
    /// All outcomes, by number.
    pub const ALL: [Self; 3] = [Self::Received, Self::NotNow, Self::Refused];

    /// The number.
    pub const fn number(self) -> u64 {
        self as u64
    }

    /// The word in logs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::NotNow => "not-now",
            Self::Refused => "refused",
        }
    }
}

impl EvidenceReceipt {
    /// The content of the parcel.
    pub fn encode(self) -> Vec<u8> {
        let mut out = Writer::new();
        out.map(2).int(OUTCOME).uint(self.outcome.number());
        out.int(LINES).uint(self.lines.into());
        out.into_bytes()
    }

    /// Reads what [`Self::encode`] wrote.
    ///
    /// # Errors
    /// [`AnswerError`] for anything else.
    pub fn decode(bytes: &[u8]) -> Result<Self, AnswerError> {
        let mut reader = Reader::new(bytes);
        reader.map_of(2)?;
        reader.key(OUTCOME)?;
        let number = reader.uint()?;
        let mut all = Outcome::ALL.into_iter();
        let outcome = all.find(|outcome| outcome.number() == number);
        let what = "outcome";
        let outcome = outcome.ok_or(AnswerError::Number { what, number })?;
        reader.key(LINES)?;
        let number = reader.uint()?;
        let what = "number of lines";
        let lines = u32::try_from(number).map_err(|_| AnswerError::Number { what, number })?;
        reader.end()?;
        Ok(Self { outcome, lines })
    }
}

impl Report {
    /// The content of the parcel.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Writer::new();
        match self {
            Self::Unknown => {
                out.map(1).int(KNOWN).bool(false);
            }
            Self::Known {
                level,
                reason,
                as_of,
                valid_until,
            } => {
                out.map(5).int(KNOWN).bool(true);
                out.int(LEVEL).uint((*level as u8).into());
                out.int(REASON).uint(reason.number().into());
                out.int(AS_OF).int(as_of.unix());
                out.int(VALID_UNTIL).int(valid_until.unix());
            }
        }
        out.into_bytes()
    }

    /// Reads what [`Self::encode`] wrote.
    ///
    /// # Errors
    /// [`AnswerError`] for anything else.
    pub fn decode(bytes: &[u8]) -> Result<Self, AnswerError> {
        let mut reader = Reader::new(bytes);
        let pairs = reader.map()?;
        reader.key(KNOWN)?;
        let known = reader.bool()?;
        let due = if known { 5 } else { 1 };
        if pairs != due {
            let what = "number of pairs of such a report";
            return Err(AnswerError::Number {
                what,
                number: pairs,
            });
        }
        if !known {
            reader.end()?;
            return Ok(Self::Unknown);
        }
        reader.key(LEVEL)?;
        let number = reader.uint()?;
        let mut all = Level::ALL.into_iter();
        let level = all.find(|level| u64::from(*level as u8) == number);
        let what = "level";
        let level = level.ok_or(AnswerError::Number { what, number })?;
        reader.key(REASON)?;
        let number = reader.uint()?;
        let reason = u8::try_from(number).ok();
        let reason = reason.and_then(ReasonClass::from_number);
        let what = "reason class";
        let reason = reason.ok_or(AnswerError::Number { what, number })?;
        reader.key(AS_OF)?;
        let as_of = read_time(&mut reader)?;
        // What no code may say, no report does.
        Statement::new(level, reason, as_of).map_err(|_| AnswerError::Reason)?;
        reader.key(VALID_UNTIL)?;
        let valid_until = read_time(&mut reader)?;
        reader.end()?;
        Ok(Self::Known {
            level,
            reason,
            as_of,
            valid_until,
        })
    }
}

fn read_time(reader: &mut Reader<'_>) -> Result<Timestamp, AnswerError> {
    i64::try_from(reader.uint()?)
        .ok()
        .filter(|seconds| *seconds <= Timestamp::MAX.unix())
        .map(Timestamp::from_unix)
        .ok_or(AnswerError::Time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_read_back_and_nothing_else_does() {
        for outcome in Outcome::ALL {
            let receipt = EvidenceReceipt { outcome, lines: 3 };
            let bytes = receipt.encode();
            assert_eq!(EvidenceReceipt::decode(&bytes), Ok(receipt));
            for length in 0..bytes.len() {
                assert!(EvidenceReceipt::decode(&bytes[..length]).is_err());
            }
        }
        let report = Report::Known {
            level: Level::High,
            reason: ReasonClass::Test,
            as_of: Timestamp::from_unix(1_656_388_800),
            valid_until: Timestamp::MAX,
        };
        for report in [Report::Unknown, report] {
            let bytes = report.encode();
            assert_eq!(Report::decode(&bytes), Ok(report));
            for length in 0..bytes.len() {
                assert!(Report::decode(&bytes[..length]).is_err());
            }
            let mut longer = bytes;
            longer.push(0);
            assert!(Report::decode(&longer).is_err());
        }
    }

    #[test]
    fn a_level_above_low_has_a_reason_and_low_has_none() {
        let report = |level, reason| {
            let at = Timestamp::from_unix(1);
            let report = Report::Known {
                level,
                reason,
                as_of: at,
                valid_until: at,
            };
            Report::decode(&report.encode())
        };
        assert!(report(Level::Low, ReasonClass::None).is_ok());
        assert!(report(Level::Unknown, ReasonClass::None).is_ok());
        assert_eq!(
            report(Level::High, ReasonClass::None),
            Err(AnswerError::Reason)
        );
        assert_eq!(
            report(Level::Low, ReasonClass::Test),
            Err(AnswerError::Reason)
        );
    }
}
