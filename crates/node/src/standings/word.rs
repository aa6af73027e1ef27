//! The eight bytes of a subject.

use hc_code::Timestamp;
use hc_code::statement::{LastTest, TestKind};

/// Two bits of kind; for the plainly low 36 bits of Unix seconds and 26 bits of last test (whether
/// there is one, its kind, 24 bits of hours).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word(u64);

/// What a word says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    Nobody,
    Plain {
        until: Timestamp,
        last_test: Option<LastTest>,
    },
    Exception,
    Gone,
}

const KIND_SHIFT: u32 = 62;
const UNTIL_SHIFT: u32 = 26;
/// The year 4147.
const LATEST: u64 = (1 << 36) - 1;
const TESTED: u64 = 1 << 25;
const ANTIGEN: u64 = 1 << 24;
const HOUR: u64 = (1 << 24) - 1;

impl Word {
    pub(super) const EXCEPTION: Self = Self(2 << KIND_SHIFT);
    pub(super) const GONE: Self = Self(3 << KIND_SHIFT);

    pub(super) const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    pub(super) const fn bits(self) -> u64 {
        self.0
    }

    /// Low until an instant. A later one than the year 4147 is that year.
    pub(super) fn plain(until: Timestamp, last_test: Option<LastTest>) -> Self {
        let until = u64::try_from(until.unix()).unwrap_or(0).min(LATEST);
        let test = last_test
            .filter(|test| u64::from(test.hour()) <= HOUR)
            .map_or(0, |test| {
                let kind = match test.kind() {
                    TestKind::NucleicAcid => 0,
                    TestKind::Antigen => ANTIGEN,
                };
                TESTED | kind | u64::from(test.hour())
            });
        Self(1 << KIND_SHIFT | until << UNTIL_SHIFT | test)
    }

    pub(super) fn read(self) -> Entry {
        match self.0 >> KIND_SHIFT {
            0 => Entry::Nobody,
            1 => {
                let until = self.0 >> UNTIL_SHIFT & LATEST;
                let until = if until == LATEST {
                    Timestamp::MAX
                } else {
                    Timestamp::from_unix(until.cast_signed())
                };
                Entry::Plain {
                    until,
                    last_test: self.last_test(),
                }
            }
            2 => Entry::Exception,
            _ => Entry::Gone,
        }
    }

    fn last_test(self) -> Option<LastTest> {
        if self.0 & TESTED == 0 {
            return None;
        }
        let kind = if self.0 & ANTIGEN == 0 {
            TestKind::NucleicAcid
        } else {
            TestKind::Antigen
        };
        LastTest::in_hour(u32::try_from(self.0 & HOUR).ok()?, kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn words_read_back(seconds in 0i64..1 << 35, hour in 0u32..1 << 24, kind in 0u64..3) {
            let until = Timestamp::from_unix(seconds);
            let last_test = TestKind::from_number(kind).and_then(|kind| LastTest::in_hour(hour, kind));
            prop_assert_eq!(Word::plain(until, last_test).read(), Entry::Plain { until, last_test });
        }
    }

    #[test]
    fn kinds_are_told_apart() {
        assert_eq!(Word::from_bits(0).read(), Entry::Nobody);
        assert_eq!(Word::EXCEPTION.read(), Entry::Exception);
        assert_eq!(Word::GONE.read(), Entry::Gone);
        let forever = Word::plain(Timestamp::MAX, None).read();
        assert_eq!(
            forever,
            Entry::Plain {
                until: Timestamp::MAX,
                last_test: None
            }
        );
    }
}
