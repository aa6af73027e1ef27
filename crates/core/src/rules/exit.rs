//! Exit conditions: what a person can do, or somebody else can state, to end a stage sooner.

use hc_code::Span;

use crate::evidence::{Pooling, Setting, SourceKind, SourceSet, TestMethod};
use crate::rules::Then;
use crate::word::WordSet;

/// A series of negative tests. A positive or undecided one among them starts it anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TestSeries {
    /// How many negative tests.
    pub negative: u8,
    /// At least this long between two samples that count.
    pub apart: Span,
    /// Samples count from this long after the anchor of the stage on.
    pub after: Span,
    /// All samples that count lie within this long.
    pub within: Option<Span>,
    /// Methods that count.
    pub methods: WordSet<TestMethod>,
    /// Whether mixed samples count.
    pub pooling: WordSet<Pooling>,
    /// Whose tests count.
    pub sources: SourceSet,
}

impl TestSeries {
    /// Whose tests count where a pack does not say: those that are made by others than the person.
    pub fn usual_sources() -> SourceSet {
        [
            SourceKind::HealthAuthority,
            SourceKind::Laboratory,
            SourceKind::Hospital,
        ]
        .into_iter()
        .collect()
    }
}

/// Healthy daily declarations on consecutive local days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reports {
    /// How many days.
    pub days: u8,
    /// Days count from this long after the anchor of the stage on.
    pub after: Span,
    /// Whether each must state a temperature.
    pub temperature: bool,
}

/// Who can state a release: those who look after a quarantine, never the person.
pub fn release_sources() -> SourceSet {
    [
        SourceKind::HealthAuthority,
        SourceKind::Hospital,
        SourceKind::Border,
        SourceKind::Community,
    ]
    .into_iter()
    .collect()
}

/// One way out of a stage: all of what it names must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exit {
    /// A series of negative tests.
    pub tests: Option<TestSeries>,
    /// Healthy daily declarations.
    pub reports: Option<Reports>,
    /// A release from one of these settings, at or after the anchor of the stage.
    pub release: WordSet<Setting>,
    /// The exit holds at the earliest this long after the anchor of the stage.
    pub not_before: Span,
    /// Where it leads.
    pub to: Then,
}
