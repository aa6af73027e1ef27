//! Local measures: what holds here for a while, although home says otherwise.
//!
//! There are two. Whatever asks the person to state again what their own region knows already is none:
//! nobody declares twice.

use crate::cbor::{CborError, Reader, Writer};
use crate::statement::TestKind;
use crate::verify::Outcome;
use crate::{Level, Span};

/// One measure, and which end of its rule it belongs to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Measure {
    when: Option<Outcome>,
    obligation: Obligation,
}

/// What has to be done, or what holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Obligation {
    /// A test within so long from the showing on. A negative result ends it.
    Test {
        /// How long there is for it.
        within: Span,
        /// Kinds that count, ascending; every kind where empty.
        kinds: Vec<TestKind>,
    },
    /// Level medium here, whatever home says, for so long from the showing on.
    LocalMedium {
        /// How long.
        lasts: Span,
        /// What ends it before; nothing does where none.
        ends: Option<TestSeries>,
    },
}

/// So many negative tests, so far apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TestSeries {
    /// How many, 1 to 7.
    pub negative: u8,
    /// How far apart at least.
    pub apart: Span,
}

/// Why there is no such measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MeasureError {
    /// A measure ends.
    #[error(
        "a measure holds for more than nothing and at most {}",
        Measure::LONGEST
    )]
    Length,
    /// A series that cannot be, or takes longer than the measure.
    #[error("a series has 1 to 7 negative tests and fits into the time of the measure")]
    Series,
    /// Kinds are named once each, in their order.
    #[error("kinds of test are named once each, in their order")]
    Kinds,
}

impl Measure {
    /// The longest that a measure holds.
    pub const LONGEST: Span = Span::days(14);
    /// The most that a rule has.
    pub const MOST: usize = 4;

    /// A measure for one end of its rule, or for both.
    ///
    /// # Errors
    /// [`MeasureError`].
    pub fn new(when: Option<Outcome>, mut obligation: Obligation) -> Result<Self, MeasureError> {
        if let Obligation::Test { kinds, .. } = &mut obligation {
            kinds.sort_unstable();
        }
        obligation.check()?;
        Ok(Self { when, obligation })
    }

    /// Which end of its rule it belongs to; both where none.
    pub const fn when(&self) -> Option<Outcome> {
        self.when
    }

    /// Whether it belongs to that end.
    pub fn applies(&self, outcome: Outcome) -> bool {
        self.when.is_none_or(|when| when == outcome)
    }

    /// What it says.
    pub const fn obligation(&self) -> &Obligation {
        &self.obligation
    }
}

impl Obligation {
    fn check(&self) -> Result<(), MeasureError> {
        let length = self.length();
        if length <= Span::seconds(0) || length > Measure::LONGEST {
            return Err(MeasureError::Length);
        }
        match self {
            Self::Test { kinds, .. } => {
                let mut pairs = kinds.iter().zip(kinds.iter().skip(1));
                let ordered = pairs.all(|(one, next)| one < next);
                ordered.then_some(()).ok_or(MeasureError::Kinds)
            }
            Self::LocalMedium { lasts, ends } => {
                let fits = ends.is_none_or(|series| {
                    let takes = series.apart.as_seconds() * i64::from(series.negative.max(1) - 1);
                    (1..=7).contains(&series.negative)
                        && series.apart <= Measure::LONGEST
                        && takes < lasts.as_seconds()
                });
                fits.then_some(()).ok_or(MeasureError::Series)
            }
        }
    }

    /// How long there is, or how long it holds.
    pub const fn length(&self) -> Span {
        match self {
            Self::Test { within, .. } => *within,
            Self::LocalMedium { lasts, .. } => *lasts,
        }
    }

    /// The level that holds here meanwhile, where it is another than at home.
    pub const fn level(&self) -> Option<Level> {
        match self {
            Self::Test { .. } => None,
            Self::LocalMedium { .. } => Some(Level::Medium),
        }
    }

    /// The word in interfaces.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Test { .. } => "test",
            Self::LocalMedium { .. } => "local-medium",
        }
    }

    /// Whether whoever has to do this has to do no more than by the other.
    pub fn is_no_harder_than(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Test { within, kinds },
                Self::Test {
                    within: before,
                    kinds: known,
                },
            ) => {
                let counts = kinds.is_empty()
                    || (!known.is_empty() && known.iter().all(|kind| kinds.contains(kind)));
                within >= before && counts
            }
            (
                Self::LocalMedium { lasts, ends },
                Self::LocalMedium {
                    lasts: before,
                    ends: known,
                },
            ) => {
                let sooner = match (ends, known) {
                    (_, None) => true,
                    (None, Some(_)) => false,
                    (Some(new), Some(old)) => {
                        new.negative <= old.negative && new.apart <= old.apart
                    }
                };
                lasts <= before && sooner
            }
            _ => false,
        }
    }
}

/// Bits of kinds of test; 0 for every kind.
pub(super) fn kind_bits(kinds: &[TestKind]) -> u64 {
    kinds.iter().fold(0, |bits, kind| bits | 1 << kind.number())
}

pub(super) fn kinds_of(bits: u64) -> Option<Vec<TestKind>> {
    let known = TestKind::ALL.into_iter();
    let kinds: Vec<_> = known
        .filter(|kind| bits >> kind.number() & 1 == 1)
        .collect();
    (kind_bits(&kinds) == bits).then_some(kinds)
}

/// Writes `[0, within, kinds]` or `[1, lasts, negative, apart]`; no series is `0, 0`.
pub(crate) fn write_obligation(out: &mut Writer, obligation: &Obligation) {
    match obligation {
        Obligation::Test { within, kinds } => {
            out.array(3).uint(0);
            out.int(within.as_seconds()).uint(kind_bits(kinds));
        }
        Obligation::LocalMedium { lasts, ends } => {
            out.array(4).uint(1).int(lasts.as_seconds());
            let (negative, apart) = ends.map_or((0, Span::seconds(0)), |series| {
                (series.negative, series.apart)
            });
            out.uint(u64::from(negative)).int(apart.as_seconds());
        }
    }
}

/// Why bytes are no obligation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ObligationError {
    /// The encoding.
    #[error(transparent)]
    Encoding(#[from] CborError),
    /// What it says.
    #[error(transparent)]
    Measure(#[from] MeasureError),
    /// A number that means nothing.
    #[error("{0} is no kind, length or number of a measure")]
    Number(u64),
}

/// Reads what [`write_obligation`] writes.
pub(crate) fn read_obligation(reader: &mut Reader<'_>) -> Result<Obligation, ObligationError> {
    let count = reader.array()?;
    let kind = reader.uint()?;
    let length = span(reader)?;
    let obligation = match (kind, count) {
        (0, 3) => {
            let bits = reader.uint()?;
            Obligation::Test {
                within: length,
                kinds: kinds_of(bits).ok_or(ObligationError::Number(bits))?,
            }
        }
        (1, 4) => {
            let negative = reader.uint()?;
            let apart = span(reader)?;
            let ends = if negative == 0 && apart == Span::seconds(0) {
                None
            } else {
                let negative =
                    u8::try_from(negative).map_err(|_| ObligationError::Number(negative))?;
                Some(TestSeries { negative, apart })
            };
            Obligation::LocalMedium {
                lasts: length,
                ends,
            }
        }
        _ => return Err(ObligationError::Number(kind)),
    };
    obligation.check()?;
    Ok(obligation)
}

/// Whole seconds that a span may have.
pub(super) fn span(reader: &mut Reader<'_>) -> Result<Span, ObligationError> {
    let seconds = reader.uint()?;
    u32::try_from(seconds)
        .map(Span::seconds)
        .map_err(|_| ObligationError::Number(seconds))
}
