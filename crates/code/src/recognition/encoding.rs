//! The one encoding of a published policy.

use super::measure::{
    ObligationError, kind_bits, kinds_of, read_obligation, span, write_obligation,
};
use super::rule::TooManyMeasures;
use super::{
    Contest, ContestError, Measure, MeasureError, PolicyDraft, PublishedPolicy, PublishedRule,
    Says, SaysError,
};
use crate::cbor::{CborError, Reader, Writer};
use crate::cose::CoseError;
use crate::verify::{Action, Outcome, RecognitionPolicy, RecognitionRule};
use crate::{Class, DivisionCode, Level, ReasonClass, Span, Timestamp};

const ISSUER: i64 = 1;
const EXPIRES_AT: i64 = 4;
const ISSUED_AT: i64 = 6;
/// Our private claim (RFC 8392 §9.1).
const POLICY: i64 = -70_105;

/// Why bytes are no signed policy in the fixed form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyEncodingError {
    /// Form, key or signature.
    #[error(transparent)]
    Cose(#[from] CoseError),
    /// Signed by no root that may sign rules.
    #[error("not signed by a root key of the region for rules")]
    NotByRoot,
    /// Another region's.
    #[error("the policy is of {0}")]
    OtherRegion(DivisionCode),
    /// The payload is not in the fixed form.
    #[error("not in deterministic form: {0}")]
    Encoding(#[from] CborError),
    /// The same could be written otherwise.
    #[error("not written in the one form that it has")]
    NotCanonical,
    /// No division.
    #[error("a region is no division code")]
    Region,
    /// No time.
    #[error("a time is out of range")]
    Time,
    /// A number that means nothing.
    #[error("{0} means nothing here")]
    Number(u64),
    /// What people are told.
    #[error(transparent)]
    Says(#[from] SaysError),
    /// Where it is contested.
    #[error(transparent)]
    Contest(#[from] ContestError),
    /// A measure.
    #[error(transparent)]
    Measure(#[from] MeasureError),
    /// Too many of them.
    #[error(transparent)]
    TooManyMeasures(#[from] TooManyMeasures),
}

impl From<ObligationError> for PolicyEncodingError {
    fn from(error: ObligationError) -> Self {
        match error {
            ObligationError::Encoding(error) => Self::Encoding(error),
            ObligationError::Measure(error) => Self::Measure(error),
            ObligationError::Number(number) => Self::Number(number),
        }
    }
}

impl PublishedPolicy {
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut out = Writer::with_capacity(200 + 400 * self.rules.len());
        out.map(4).int(ISSUER).text(&self.region.to_string());
        out.int(EXPIRES_AT).int(self.valid_until.unix());
        out.int(ISSUED_AT).int(self.published.unix());
        out.int(POLICY).array(5).uint(u64::from(self.version));
        out.int(self.in_force_from.unix()).bool(self.eases);
        write_contest(&mut out, &self.contest);
        out.array(self.rules.len() as u64);
        for rule in &self.rules {
            write_rule(&mut out, rule);
        }
        out.into_bytes()
    }
}

fn write_contest(out: &mut Writer, contest: &Contest) {
    out.array(2).text(contest.at()).text(contest.phone());
}

fn write_rule(out: &mut Writer, published: &PublishedRule) {
    let rule = published.rule();
    out.array(14).text(&rule.id);
    out.array(rule.issuers.len() as u64);
    for issuer in &rule.issuers {
        out.uint(u64::from(issuer.number()));
    }
    let classes = rule.classes.iter();
    out.uint(classes.fold(0, |bits, class| bits | 1 << class.number()));
    let levels = Level::ALL.into_iter().zip(0_u64..);
    let levels = levels.filter(|(level, _)| rule.levels.contains(level));
    out.uint(levels.fold(0, |bits, (_, place)| bits | 1 << place));
    let reasons = rule.reasons.iter();
    out.uint(reasons.fold(0, |bits, reason| bits | 1 << reason.number()));
    for within in [rule.facts_within, rule.test_within] {
        match within {
            Some(within) => out.int(within.as_seconds()),
            None => out.null(),
        };
    }
    out.uint(kind_bits(&rule.test_kinds));
    out.uint(rule.then.number());
    match rule.otherwise {
        Some(action) => out.uint(action.number()),
        None => out.null(),
    };
    out.text(published.says().zh()).text(published.says().en());
    match published.contest() {
        Some(contest) => write_contest(out, contest),
        None => {
            out.null();
        }
    }
    out.array(published.measures().len() as u64);
    for measure in published.measures() {
        out.array(2).uint(match measure.when() {
            None => 0,
            Some(Outcome::Then) => 1,
            Some(Outcome::Otherwise) => 2,
        });
        write_obligation(out, measure.obligation());
    }
}

impl PolicyDraft {
    pub(super) fn decode(bytes: &[u8]) -> Result<Self, PolicyEncodingError> {
        let mut reader = Reader::new(bytes);
        reader.map_of(4)?;
        reader.key(ISSUER)?;
        let region = reader.text()?;
        let region = region.parse().map_err(|_| PolicyEncodingError::Region)?;
        reader.key(EXPIRES_AT)?;
        let valid_until = time(&mut reader)?;
        reader.key(ISSUED_AT)?;
        let published = time(&mut reader)?;
        reader.key(POLICY)?;
        reader.array_of(5)?;
        let version = reader.uint()?;
        let version = u32::try_from(version).map_err(|_| PolicyEncodingError::Number(version))?;
        let in_force_from = time(&mut reader)?;
        let eases = reader.bool()?;
        let contest = read_contest(&mut reader)?;
        let count = reader.array()?;
        if count > RecognitionPolicy::MAX_RULES as u64 {
            return Err(PolicyEncodingError::Number(count));
        }
        let mut rules = Vec::new();
        for _ in 0..count {
            rules.push(read_rule(&mut reader)?);
        }
        reader.end()?;
        Ok(Self {
            region,
            version,
            published,
            in_force_from,
            valid_until,
            eases,
            contest,
            rules,
        })
    }
}

fn time(reader: &mut Reader<'_>) -> Result<Timestamp, PolicyEncodingError> {
    i64::try_from(reader.uint()?)
        .ok()
        .filter(|seconds| *seconds <= Timestamp::MAX.unix())
        .map(Timestamp::from_unix)
        .ok_or(PolicyEncodingError::Time)
}

fn read_contest(reader: &mut Reader<'_>) -> Result<Contest, PolicyEncodingError> {
    reader.array_of(2)?;
    let at = reader.text()?;
    Ok(Contest::new(at, reader.text()?)?)
}

/// The members of a set by their bits; bits that nothing has are refused.
fn members<T: Copy>(
    reader: &mut Reader<'_>,
    all: impl IntoIterator<Item = T>,
) -> Result<Vec<T>, PolicyEncodingError> {
    let bits = reader.uint()?;
    let mut left = bits;
    let mut found = Vec::new();
    for member in all {
        if left & 1 == 1 {
            found.push(member);
        }
        left >>= 1;
    }
    if left == 0 {
        Ok(found)
    } else {
        Err(PolicyEncodingError::Number(bits))
    }
}

fn perhaps<T>(
    reader: &mut Reader<'_>,
    read: impl FnOnce(&mut Reader<'_>) -> Result<T, PolicyEncodingError>,
) -> Result<Option<T>, PolicyEncodingError> {
    if reader.take_null() {
        Ok(None)
    } else {
        read(reader).map(Some)
    }
}

fn action(reader: &mut Reader<'_>) -> Result<Action, PolicyEncodingError> {
    let number = reader.uint()?;
    Action::from_number(number).ok_or(PolicyEncodingError::Number(number))
}

fn within(reader: &mut Reader<'_>) -> Result<Span, PolicyEncodingError> {
    Ok(span(reader)?)
}

fn read_rule(reader: &mut Reader<'_>) -> Result<PublishedRule, PolicyEncodingError> {
    reader.array_of(14)?;
    let id = reader.text()?.to_owned();
    let mut issuers = Vec::new();
    for _ in 0..reader.array()? {
        let number = reader.uint()?;
        let division = u32::try_from(number).ok();
        let division = division.and_then(|number| DivisionCode::new(number).ok());
        issuers.push(division.ok_or(PolicyEncodingError::Region)?);
    }
    let classes = members(reader, Class::ALL)?;
    let levels = members(reader, Level::ALL)?;
    let reasons = members(reader, ReasonClass::ALL)?;
    let facts_within = perhaps(reader, within)?;
    let test_within = perhaps(reader, within)?;
    let bits = reader.uint()?;
    let test_kinds = kinds_of(bits).ok_or(PolicyEncodingError::Number(bits))?;
    let then = action(reader)?;
    let otherwise = perhaps(reader, action)?;
    let zh = reader.text()?;
    let says = Says::new(zh, reader.text()?)?;
    let contest = perhaps(reader, read_contest)?;
    let count = reader.array()?;
    if count > Measure::MOST as u64 {
        return Err(PolicyEncodingError::Number(count));
    }
    let mut measures = Vec::new();
    for _ in 0..count {
        reader.array_of(2)?;
        let when = match reader.uint()? {
            0 => None,
            1 => Some(Outcome::Then),
            2 => Some(Outcome::Otherwise),
            other => return Err(PolicyEncodingError::Number(other)),
        };
        measures.push(Measure::new(when, read_obligation(reader)?)?);
    }
    let rule = RecognitionRule {
        id,
        issuers,
        classes,
        levels,
        reasons,
        facts_within,
        test_within,
        test_kinds,
        then,
        otherwise,
    };
    Ok(PublishedRule::new(rule, says, contest, measures)?)
}
