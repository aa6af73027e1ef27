//! What the read path knows of a subject: its level from now on, minute by minute.
//!
//! A decision says until when it holds; deciding again for that instant says what comes then, and so
//! on. A [`Standing`] holds these steps up to a horizon, so that a code turns at the minute its
//! exit condition holds without anybody lifting it and without a database.

mod retested;

pub use retested::Retested;

use hc_code::statement::{LastTest, TestKind};
use hc_code::{Level, ReasonClass, Timestamp};
use smallvec::{SmallVec, smallvec};

use crate::area::AreaIndex;
use crate::decide::{Decision, decide};
use crate::evidence::{Event, Facts, TestMethod, TestResult};
use crate::rules::RulePack;

/// The level of a subject over time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The version of the rules that decided.
    pub pack: u32,
    /// When it was decided.
    pub decided: Timestamp,
    /// First instant for which it says nothing: there the subject is to be decided anew.
    pub horizon: Timestamp,
    /// The last negative test, to the hour.
    pub last_test: Option<LastTest>,
    /// The steps, by their beginning; never empty, and each other than the one before.
    steps: SmallVec<[Step; 2]>,
}

/// One level with its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// From when on.
    pub from: Timestamp,
    /// The level.
    pub level: Level,
    /// Why, in the class that a gate may see.
    pub class: ReasonClass,
}

/// Bytes that are no standing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("these bytes are not a standing")]
pub struct StandingError;

/// The most steps that are looked ahead. Stages of a pack are few; somebody with more changes to
/// come is decided anew at the horizon.
const MOST_STEPS: usize = 12;
/// The most decisions that are made for one standing: steps that look alike are one.
const MOST_DECISIONS: usize = 32;

impl Standing {
    /// Decides for now and for every instant at which the decision may change.
    ///
    /// Also gives the decision for now, whose reasons the standing does not keep.
    pub fn decide(
        pack: &RulePack,
        facts: Facts<'_>,
        areas: &AreaIndex,
        now: Timestamp,
    ) -> (Self, Decision) {
        let first = decide(pack, facts, areas, now);
        let step = |from, decision: &Decision| Step {
            from,
            level: decision.level,
            class: decision.class(pack),
        };
        let mut steps: SmallVec<[Step; 2]> = smallvec![step(now, &first)];
        let mut horizon = first.valid_until;
        for _ in 1..MOST_DECISIONS {
            if horizon == Timestamp::MAX || steps.len() == MOST_STEPS {
                break;
            }
            let next = decide(pack, facts, areas, horizon);
            let found = step(horizon, &next);
            if steps
                .last()
                .is_none_or(|last| (last.level, last.class) != (found.level, found.class))
            {
                steps.push(found);
            }
            horizon = next.valid_until;
        }
        let standing = Self {
            pack: pack.version,
            decided: now,
            horizon,
            last_test: last_negative_test(facts, now),
            steps,
        };
        (standing, first)
    }

    /// The step in force at an instant and the end of it; `None` before the first step and from the
    /// horizon on.
    pub fn at(&self, now: Timestamp) -> Option<(Step, Timestamp)> {
        if now >= self.horizon {
            return None;
        }
        let place = self.steps.partition_point(|step| step.from <= now);
        let step = *self.steps.get(place.checked_sub(1)?)?;
        let end = self.steps.get(place).map_or(self.horizon, |next| next.from);
        Some((step, end))
    }

    /// All steps.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Until when somebody is plainly low: low now, then unknown for want of a ground, and nothing
    /// else known. `None` for everybody else, the exceptions.
    pub fn plainly_low_until(&self) -> Option<Timestamp> {
        match self.steps.as_slice() {
            [low] if low.level == Level::Low => Some(self.horizon),
            [low, after]
                if low.level == Level::Low
                    && (after.level, after.class) == (Level::Unknown, ReasonClass::None) =>
            {
                Some(after.from)
            }
            _ => None,
        }
    }

    /// The bytes for a store: version 1; pack; decided, horizon as seconds; last test; steps. All
    /// numbers big-endian.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(28 + 10 * self.steps.len());
        bytes.push(1);
        bytes.extend_from_slice(&self.pack.to_be_bytes());
        bytes.extend_from_slice(&self.decided.unix().to_be_bytes());
        bytes.extend_from_slice(&self.horizon.unix().to_be_bytes());
        let (kind, hour) = self
            .last_test
            .map_or((0, 0), |test| (test.kind() as u8 + 1, test.hour()));
        bytes.push(kind);
        bytes.extend_from_slice(&hour.to_be_bytes());
        for step in &self.steps {
            bytes.extend_from_slice(&step.from.unix().to_be_bytes());
            bytes.push(step.level as u8);
            bytes.push(step.class.number());
        }
        bytes
    }

    /// Reads what [`Self::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`StandingError`] for anything else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StandingError> {
        let mut reader = Reader(bytes);
        if reader.take::<1>()? != [1] {
            return Err(StandingError);
        }
        let pack = u32::from_be_bytes(reader.take()?);
        let decided = reader.time()?;
        let horizon = reader.time()?;
        let [kind] = reader.take()?;
        let hour = u32::from_be_bytes(reader.take()?);
        let last_test = match kind.checked_sub(1) {
            None => None,
            Some(kind) => {
                let kind = TestKind::from_number(kind.into()).ok_or(StandingError)?;
                Some(LastTest::in_hour(hour, kind).ok_or(StandingError)?)
            }
        };
        let mut steps = SmallVec::new();
        while !reader.0.is_empty() {
            let from = reader.time()?;
            let [level, class] = reader.take()?;
            steps.push(Step {
                from,
                level: *Level::ALL.get(usize::from(level)).ok_or(StandingError)?,
                class: ReasonClass::from_number(class).ok_or(StandingError)?,
            });
        }
        let ordered = steps.is_sorted_by(|one: &Step, next| one.from < next.from);
        if steps.is_empty() || !ordered {
            return Err(StandingError);
        }
        Ok(Self {
            pack,
            decided,
            horizon,
            last_test,
            steps,
        })
    }
}

/// The latest sample that was found negative and is known, by the methods that codes name.
fn last_negative_test(facts: Facts<'_>, now: Timestamp) -> Option<LastTest> {
    facts
        .as_slice()
        .iter()
        .rev()
        .filter(|fact| fact.known <= now && fact.expires > now && fact.at <= now)
        .find_map(|fact| match fact.event {
            Event::Test {
                method,
                result: TestResult::Negative,
                ..
            } => {
                let kind = match method {
                    TestMethod::NucleicAcid => TestKind::NucleicAcid,
                    TestMethod::Antigen => TestKind::Antigen,
                    TestMethod::Antibody => return None,
                };
                LastTest::at(fact.at, kind)
            }
            _ => None,
        })
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], StandingError> {
        let (head, rest) = self.0.split_first_chunk().ok_or(StandingError)?;
        self.0 = rest;
        Ok(*head)
    }

    fn time(&mut self) -> Result<Timestamp, StandingError> {
        let seconds = i64::from_be_bytes(self.take()?);
        let time = Timestamp::from_unix(seconds);
        // Clamped: not a time that was written.
        (time.unix() == seconds)
            .then_some(time)
            .ok_or(StandingError)
    }
}

#[cfg(test)]
mod tests;
