//! What was tried, in which way, and what was believed of it.

use std::collections::BTreeMap;
use std::fmt;

/// How somebody tries to have something believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Way {
    /// Made up or changed: no key that may sign it has signed it.
    Forged,
    /// Genuine, and of another region, hub, receiver or purpose.
    Foreign,
    /// Older, ended, not begun, or by a key or algorithm that may not do this.
    Downgraded,
    /// Parts of several genuine things in one.
    Stitched,
}

impl Way {
    const ALL: [Self; 4] = [
        Self::Forged,
        Self::Foreign,
        Self::Downgraded,
        Self::Stitched,
    ];
}

/// One forgery: its way, what it is, and its bytes.
pub(super) type Forgery = (Way, String, Vec<u8>);

/// What came of an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// Refused with a reason.
    Refused,
    /// Taken for something that says nothing new, such as a step that was made long ago.
    NothingNew,
    /// Believed.
    Believed,
}

impl Said {
    /// The answer of somebody who may be asked in several places: the worst of them.
    pub(super) fn worst(all: impl IntoIterator<Item = Self>) -> Self {
        let mut all: Vec<Self> = all.into_iter().collect();
        all.sort_by_key(|said| *said as u8);
        all.pop().unwrap()
    }
}

/// The count of one kind of thing.
#[derive(Debug)]
pub(super) struct Tally {
    kind: &'static str,
    tried: BTreeMap<Way, u32>,
    left_alone: u32,
    believed: Vec<String>,
}

impl Tally {
    pub(super) fn new(kind: &'static str) -> Self {
        Self {
            kind,
            tried: BTreeMap::new(),
            left_alone: 0,
            believed: Vec::new(),
        }
    }

    /// Counts one offer. `same` is whether everything that was known before is known as it was.
    pub(super) fn count(&mut self, way: Way, what: &str, said: Said, same: bool) {
        let number = self.tried.entry(way).or_default();
        *number += 1;
        if said == Said::NothingNew {
            self.left_alone += 1;
        }
        if said == Said::Believed || !same {
            let changed = if same { "" } else { ", and something changed" };
            self.believed
                .push(format!("{way:?} {number}, {what}: {said:?}{changed}"));
        }
    }

    /// None was believed, and enough were tried in every way.
    pub(super) fn settle(&self, at_least: u32) {
        let first: Vec<_> = self.believed.iter().take(20).collect();
        assert!(first.is_empty(), "{self}{first:#?}");
        let total: u32 = self.tried.values().sum();
        assert!(total >= at_least, "too few\n{self}");
        for way in Way::ALL {
            let tried = self.tried.get(&way).copied().unwrap_or_default();
            assert!(tried >= at_least / 20, "too few {way:?}\n{self}");
        }
        // Whoever runs the test with its output sees what was tried.
        eprintln!("{self}");
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<14}", self.kind)?;
        for way in Way::ALL {
            let tried = self.tried.get(&way).copied().unwrap_or_default();
            write!(f, " {way:?} {tried:>4}")?;
        }
        let total: u32 = self.tried.values().sum();
        let (left, believed) = (self.left_alone, self.believed.len());
        writeln!(
            f,
            "  all {total:>4}  believed {believed}  (nothing new: {left})"
        )
    }
}
