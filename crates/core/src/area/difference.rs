//! What changed from one publication to the next, for display and for limits on batches.

use std::collections::BTreeMap;
use std::fmt;

use hc_code::{DivisionCode, Timestamp};

use super::{Area, AreaLevel, AreaSnapshot, list_name};
use crate::division::DivisionTable;
use crate::word::Word;

/// The changes from one publication to a later one, and the lists that came or went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    before: Timestamp,
    after: Timestamp,
    changes: Vec<AreaChange>,
    new_lists: Vec<AreaLevel>,
    gone_lists: Vec<AreaLevel>,
}

/// One area whose level changed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AreaChange {
    area: Area,
    kind: ChangeKind,
}

/// How the level of an area changed. An area on several lists has the highest level of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeKind {
    /// On a list now and on none before.
    Added(AreaLevel),
    /// On none now.
    Removed(AreaLevel),
    /// From the first level up to the second.
    Raised(AreaLevel, AreaLevel),
    /// From the first level down to the second.
    Lowered(AreaLevel, AreaLevel),
}

/// How many areas of a division changed in which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ChangeCounts {
    /// New areas.
    pub added: usize,
    /// Areas no longer on any list.
    pub removed: usize,
    /// Areas of a higher level than before.
    pub raised: usize,
    /// Areas of a lower level than before.
    pub lowered: usize,
}

impl Difference {
    /// Compares two publications. Areas of a list that the later one does not have at all are not counted
    /// as removed: nobody ended them, and [`Self::gone_lists`] names the list.
    pub fn between(before: &AreaSnapshot, after: &AreaSnapshot) -> Self {
        let levels = |has: &AreaSnapshot, lacks: &AreaSnapshot| -> Vec<AreaLevel> {
            AreaLevel::ALL
                .iter()
                .copied()
                .filter(|level| has.has_list(*level) && !lacks.has_list(*level))
                .collect()
        };
        let gone_lists = levels(before, after);
        let (old, new) = (highest(before), highest(after));
        let mut changes = Vec::new();
        for (area, level) in &new {
            let kind = match old.get(area) {
                None => ChangeKind::Added(*level),
                Some(was) if was < level => ChangeKind::Raised(*was, *level),
                Some(was) if was > level && !gone_lists.contains(was) => {
                    ChangeKind::Lowered(*was, *level)
                }
                Some(_) => continue,
            };
            let area = (*area).clone();
            changes.push(AreaChange { area, kind });
        }
        for (area, was) in &old {
            if !new.contains_key(area) && !gone_lists.contains(was) {
                let (area, kind) = ((*area).clone(), ChangeKind::Removed(*was));
                changes.push(AreaChange { area, kind });
            }
        }
        changes.sort();
        Self {
            before: before.at(),
            after: after.at(),
            changes,
            new_lists: levels(after, before),
            gone_lists,
        }
    }

    /// Every changed area, by division and place.
    pub fn changes(&self) -> &[AreaChange] {
        &self.changes
    }

    /// Counts by division.
    pub fn by_division(&self) -> BTreeMap<DivisionCode, ChangeCounts> {
        let mut counts: BTreeMap<DivisionCode, ChangeCounts> = BTreeMap::new();
        for change in &self.changes {
            let of_division = counts.entry(change.area.division()).or_default();
            match change.kind {
                ChangeKind::Added(_) => of_division.added += 1,
                ChangeKind::Removed(_) => of_division.removed += 1,
                ChangeKind::Raised(..) => of_division.raised += 1,
                ChangeKind::Lowered(..) => of_division.lowered += 1,
            }
        }
        counts
    }

    /// Lists that only the later publication has.
    pub fn new_lists(&self) -> &[AreaLevel] {
        &self.new_lists
    }

    /// Lists that the later publication no longer has.
    pub fn gone_lists(&self) -> &[AreaLevel] {
        &self.gone_lists
    }

    /// Whether nothing changed.
    pub const fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.new_lists.is_empty() && self.gone_lists.is_empty()
    }
}

impl AreaChange {
    /// The area.
    pub const fn area(&self) -> &Area {
        &self.area
    }

    /// What happened to it.
    pub const fn kind(&self) -> ChangeKind {
        self.kind
    }
}

fn highest(snapshot: &AreaSnapshot) -> BTreeMap<&Area, AreaLevel> {
    let mut levels = BTreeMap::new();
    // Lists come with the lowest level first, so the highest stays.
    for (level, area) in snapshot.areas() {
        levels.insert(area, level);
    }
    levels
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "from {} to {}", self.before, self.after)?;
        for level in &self.new_lists {
            writeln!(f, "list {} is new", list_name(*level))?;
        }
        for level in &self.gone_lists {
            writeln!(f, "list {} no longer published", list_name(*level))?;
        }
        let divisions = DivisionTable::bundled();
        for (division, counts) in self.by_division() {
            let name = divisions.full_name(division).unwrap_or_default();
            write!(f, "{division} {name}:")?;
            for (count, word) in [
                (counts.added, "added"),
                (counts.removed, "removed"),
                (counts.raised, "raised"),
                (counts.lowered, "lowered"),
            ] {
                if count > 0 {
                    write!(f, " {count} {word}")?;
                }
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::Place;
    use AreaLevel::{High, Low, Medium};

    fn snapshot(hour: i64, lists: &[(AreaLevel, &[&str])]) -> AreaSnapshot {
        let mut snapshot = AreaSnapshot::new(Timestamp::from_unix(1_650_000_000 + hour * 3600));
        for (level, names) in lists {
            snapshot.list(*level);
            for name in *names {
                let place = Place::parse(name).unwrap();
                snapshot.add(*level, Area::new("330106".parse().unwrap(), place));
            }
        }
        snapshot
    }

    #[test]
    fn every_way_of_change_is_told() {
        let before = snapshot(
            0,
            &[
                (High, &["甲镇", "乙镇"]),
                (Medium, &["丙镇", "丁镇", "戊镇"]),
            ],
        );
        let after = snapshot(
            5,
            &[
                (High, &["甲镇", "丙镇"]),
                (Medium, &["乙镇", "戊镇", "己镇"]),
            ],
        );
        let difference = Difference::between(&before, &after);
        let told: Vec<_> = difference
            .changes()
            .iter()
            .map(|change| (change.area().place().to_string(), change.kind()))
            .collect();
        for expected in [
            ("丙镇", ChangeKind::Raised(Medium, High)),
            ("乙镇", ChangeKind::Lowered(High, Medium)),
            ("丁镇", ChangeKind::Removed(Medium)),
            ("己镇", ChangeKind::Added(Medium)),
        ] {
            assert!(
                told.contains(&(expected.0.to_owned(), expected.1)),
                "{expected:?}"
            );
        }
        assert_eq!(told.len(), 4);
        let text = difference.to_string();
        assert!(
            text.ends_with("330106 浙江省杭州市西湖区: 1 added 1 removed 1 raised 1 lowered\n"),
            "{text}"
        );
        assert!(Difference::between(&before, &before).is_empty());
    }

    #[test]
    fn a_list_that_went_is_named_and_its_areas_are_not_removed() {
        let before = snapshot(0, &[(High, &["甲镇"]), (Medium, &["丙镇"])]);
        let after = snapshot(5, &[(High, &["甲镇"]), (Low, &["丙镇"])]);
        let difference = Difference::between(&before, &after);
        assert_eq!(difference.changes(), []);
        assert_eq!(
            (difference.gone_lists(), difference.new_lists()),
            (&[Medium][..], &[Low][..])
        );
        let text = difference.to_string();
        assert!(
            text.contains("list middlelist no longer published\n"),
            "{text}"
        );
        assert!(text.contains("list lowlist is new\n"), "{text}");
    }
}
