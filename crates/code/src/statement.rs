//! What a code says about a person: a decision in few bytes.

use crate::{Level, ReasonClass, Timestamp};

mod binder;
mod last_test;

pub use binder::{Binder, BinderError};
pub use last_test::{LastTest, TestKind};

/// Level, reason class and the time of the facts; optionally the last negative test and a binder.
///
/// Low has no reason; medium and high always have one; unknown may have one (a declaration that
/// has lapsed).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    level: Level,
    reason: ReasonClass,
    as_of: Timestamp,
    last_test: Option<LastTest>,
    binder: Option<Binder>,
}

/// Why the parts do not make a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
    /// A low level needs no reason and must not carry one.
    #[error("level low carries no reason class, but {0} is given")]
    ReasonForLow(ReasonClass),
    /// Nobody is restricted without a reason.
    #[error("level {0} needs a reason class")]
    NoReason(Level),
    /// A test later than the facts that the statement is made from.
    #[error("the last test is later than the facts (as-of)")]
    TestAfterFacts,
    /// Codes count seconds from 1970 on.
    #[error("as-of lies before 1970")]
    BeforeEpoch,
}

impl Statement {
    /// A statement on facts as of a time.
    ///
    /// # Errors
    /// [`StatementError`] where level and reason do not go together.
    pub fn new(
        level: Level,
        reason: ReasonClass,
        as_of: Timestamp,
    ) -> Result<Self, StatementError> {
        if as_of.unix() < 0 {
            return Err(StatementError::BeforeEpoch);
        }
        match (level, reason) {
            (Level::Medium | Level::High, ReasonClass::None) => {
                Err(StatementError::NoReason(level))
            }
            (Level::Low, reason) if reason != ReasonClass::None => {
                Err(StatementError::ReasonForLow(reason))
            }
            _ => Ok(Self {
                level,
                reason,
                as_of,
                last_test: None,
                binder: None,
            }),
        }
    }

    /// What a node signs when its facts are too old: unknown, as of then, with no reason.
    #[must_use]
    pub const fn unknown(as_of: Timestamp) -> Self {
        Self {
            level: Level::Unknown,
            reason: ReasonClass::None,
            as_of: Timestamp::from_unix(if as_of.unix() < 0 { 0 } else { as_of.unix() }),
            last_test: None,
            binder: None,
        }
    }

    /// Adds the last negative test.
    ///
    /// # Errors
    /// [`StatementError::TestAfterFacts`] for a test that the facts cannot know yet.
    pub fn with_last_test(self, test: LastTest) -> Result<Self, StatementError> {
        if test.time() > self.as_of {
            return Err(StatementError::TestAfterFacts);
        }
        Ok(Self {
            last_test: Some(test),
            ..self
        })
    }

    /// Adds the binder.
    #[must_use]
    pub fn with_binder(self, binder: Binder) -> Self {
        Self {
            binder: Some(binder),
            ..self
        }
    }

    /// The level.
    pub const fn level(&self) -> Level {
        self.level
    }

    /// Why it is not plainly low.
    pub const fn reason(&self) -> ReasonClass {
        self.reason
    }

    /// The time of the facts.
    pub const fn as_of(&self) -> Timestamp {
        self.as_of
    }

    /// The last negative test, where the region lets codes carry it.
    pub const fn last_test(&self) -> Option<LastTest> {
        self.last_test
    }

    /// Masked name and digits, to be compared with the person and never stored.
    pub const fn binder(&self) -> Option<&Binder> {
        self.binder.as_ref()
    }
}

/// The number of a level in a signed statement: its two digits read as decimal.
pub(crate) const fn level_number(level: Level) -> u64 {
    match level {
        Level::Low => 0,
        Level::Medium => 1,
        Level::High => 10,
        Level::Unknown => 20,
    }
}

/// The level of a number.
pub(crate) fn level_from_number(number: u64) -> Option<Level> {
    Level::ALL
        .into_iter()
        .find(|level| level_number(*level) == number)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp::from_unix(1_656_385_200);

    #[test]
    fn nobody_is_restricted_without_a_reason() {
        for level in [Level::Medium, Level::High] {
            assert_eq!(
                Statement::new(level, ReasonClass::None, NOON),
                Err(StatementError::NoReason(level))
            );
        }
        assert_eq!(
            Statement::new(Level::Low, ReasonClass::Contact, NOON),
            Err(StatementError::ReasonForLow(ReasonClass::Contact))
        );
        assert!(Statement::new(Level::Unknown, ReasonClass::Declaration, NOON).is_ok());
    }

    #[test]
    fn a_test_is_not_later_than_the_facts() {
        let low = Statement::new(Level::Low, ReasonClass::None, NOON).unwrap();
        let later = LastTest::at(NOON.plus(crate::Span::hours(2)), TestKind::Antigen).unwrap();
        assert_eq!(
            low.with_last_test(later),
            Err(StatementError::TestAfterFacts)
        );
    }

    #[test]
    fn level_numbers_are_their_digits() {
        for level in Level::ALL {
            assert_eq!(level.code().parse(), Ok(level_number(level)));
            assert_eq!(level_from_number(level_number(level)), Some(level));
        }
        assert_eq!(level_from_number(2), None);
    }
}
