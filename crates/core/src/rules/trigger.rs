//! Triggers: what in the evidence sets a rule off.

use hc_code::{DivisionCode, Span};

use crate::area::AreaLevel;
use crate::evidence::{
    Answers, CaseClass, ContactDegree, EventKind, ExposureGrade, Origin, Pooling, Setting,
    TenthsCelsius, TestMethod, TestResult,
};
use crate::place::Overlap;
use crate::word::{WordSet, vocabulary};

/// A test that sets a rule off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TestTrigger {
    /// Results: positive, undecided, never negative.
    pub results: WordSet<TestResult>,
    /// Methods.
    pub methods: WordSet<TestMethod>,
    /// Alone, mixed or both.
    pub pooling: WordSet<Pooling>,
}

/// A stay that sets a rule off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StayTrigger {
    /// Levels of the area. Empty where `divisions` says it all.
    pub areas: WordSet<AreaLevel>,
    /// Divisions in which any stay counts, as Hubei did in February 2020.
    pub divisions: Vec<DivisionCode>,
    /// How well the stay must meet the area: [`Overlap::Meets`], or [`Overlap::Possible`] where it is
    /// known too coarsely to tell.
    pub overlap: Overlap,
    /// A stay that ended this long before the area was put at risk still counts.
    pub lookback: Span,
}

vocabulary! {
    /// What must not be missing for long.
    pub enum LapseOf : "thing that can lapse" {
        /// A declaration.
        Declaration = "declaration" / "健康申报",
        /// A temperature, declared or measured.
        Temperature = "temperature" / "体温记录",
        /// A negative test.
        Test = "test" / "核酸阴性结果",
    }
}

/// Something regular that is missing: the last one is older than `after`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lapse {
    /// What.
    pub of: LapseOf,
    /// Since when it is missing, counted from the last one; where there never was one, from the
    /// person's first declaration.
    pub after: Span,
}

/// Something due once after an event, and not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overdue {
    /// The event after which it is due: an arrival, release, contact, exposure or quarantine.
    pub since: EventKind,
    /// A test sampled at or after the event, within this long.
    pub within: Span,
}

/// What sets a rule off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// An answer in a declaration.
    Declaration(Answers),
    /// A case.
    Case(WordSet<CaseClass>),
    /// A contact.
    Contact(WordSet<ContactDegree>),
    /// A test.
    Test(TestTrigger),
    /// A stay.
    Stay(StayTrigger),
    /// An arrival.
    Arrival(WordSet<Origin>),
    /// A quarantine.
    Quarantine(WordSet<Setting>),
    /// A release, after which something else follows.
    Release(WordSet<Setting>),
    /// Symptoms found by somebody else than the person.
    Symptoms,
    /// A temperature of at least this much.
    Temperature(TenthsCelsius),
    /// An exposure.
    Exposure(WordSet<ExposureGrade>),
    /// Something regular is missing.
    Lapse(Lapse),
    /// A test is due and missing.
    Overdue(Overdue),
}

impl Trigger {
    /// The kind of event that sets it off; `None` where the absence of one does.
    pub const fn kind(&self) -> Option<EventKind> {
        Some(match self {
            Self::Declaration(_) => EventKind::Declaration,
            Self::Case(_) => EventKind::Case,
            Self::Contact(_) => EventKind::Contact,
            Self::Test(_) => EventKind::Test,
            Self::Stay(_) => EventKind::Stay,
            Self::Arrival(_) => EventKind::Arrival,
            Self::Quarantine(_) => EventKind::Quarantine,
            Self::Release(_) => EventKind::Release,
            Self::Symptoms => EventKind::Symptoms,
            Self::Temperature(_) => EventKind::Temperature,
            Self::Exposure(_) => EventKind::Exposure,
            Self::Lapse(_) | Self::Overdue(_) => return None,
        })
    }
}
