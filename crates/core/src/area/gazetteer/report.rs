//! How the rows of publications were mapped, for operators and tests.

use std::collections::BTreeMap;
use std::fmt;

use super::{Mapping, Row, UnknownProvince};
use crate::place::PlaceError;
use crate::word::Word;

/// Counts of rows and places by the way in which they were mapped, and everything that was not mapped to
/// the finest division, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MappingReport {
    rows: BTreeMap<Mapping, usize>,
    places: BTreeMap<Mapping, usize>,
    coarse: BTreeMap<LocatedText, usize>,
    lost: BTreeMap<Unlocated, usize>,
}

/// Names of a list that were mapped to something wider than a county.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LocatedText {
    /// In what way.
    pub mapping: Mapping,
    /// Province, city and county as written.
    pub names: [Box<str>; 3],
}

/// A row or place without a division.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unlocated {
    /// Name of the list.
    pub list: &'static str,
    /// Province, city and county as written.
    pub names: [Box<str>; 3],
    /// The place, where the names were good.
    pub place: Option<Box<str>>,
    /// Why.
    pub reason: Box<str>,
}

impl MappingReport {
    pub(super) fn row(&mut self, row: &Row, mapping: Mapping) {
        *self.rows.entry(mapping).or_default() += 1;
        if !mapping.is_finest() {
            let names = names(row);
            *self
                .coarse
                .entry(LocatedText { mapping, names })
                .or_default() += 1;
        }
    }

    pub(super) fn place(&mut self, mapping: Mapping) {
        *self.places.entry(mapping).or_default() += 1;
    }

    pub(super) fn lose_row(&mut self, list: &'static str, row: &Row, error: &UnknownProvince) {
        self.lose(list, row, None, error.to_string());
    }

    pub(super) fn lose_place(
        &mut self,
        list: &'static str,
        row: &Row,
        text: &str,
        error: &PlaceError,
    ) {
        self.lose(list, row, Some(text.into()), error.to_string());
    }

    fn lose(&mut self, list: &'static str, row: &Row, place: Option<Box<str>>, reason: String) {
        let unlocated = Unlocated {
            list,
            names: names(row),
            place,
            reason: reason.into(),
        };
        *self.lost.entry(unlocated).or_default() += 1;
    }

    /// Adds the counts of another report.
    pub fn merge(&mut self, other: &Self) {
        for (mapping, count) in &other.rows {
            *self.rows.entry(*mapping).or_default() += count;
        }
        for (mapping, count) in &other.places {
            *self.places.entry(*mapping).or_default() += count;
        }
        for (coarse, count) in &other.coarse {
            *self.coarse.entry(coarse.clone()).or_default() += count;
        }
        for (lost, count) in &other.lost {
            *self.lost.entry(lost.clone()).or_default() += count;
        }
    }

    /// Rows by the coarsest mapping of their places.
    pub fn rows(&self, mapping: Mapping) -> usize {
        self.rows.get(&mapping).copied().unwrap_or(0)
    }

    /// Places by their mapping.
    pub fn places(&self, mapping: Mapping) -> usize {
        self.places.get(&mapping).copied().unwrap_or(0)
    }

    /// Rows that have a division, and all rows.
    pub fn mapped_rows(&self) -> (usize, usize) {
        let mapped: usize = self.rows.values().sum();
        let lost: usize = self
            .lost
            .iter()
            .filter(|(lost, _)| lost.place.is_none())
            .map(|(_, count)| count)
            .sum();
        (mapped, mapped + lost)
    }

    /// Names mapped to something wider than a county, with the number of rows.
    pub fn coarse(&self) -> impl Iterator<Item = (&LocatedText, usize)> {
        self.coarse.iter().map(|(text, count)| (text, *count))
    }

    /// What has no division, or no readable place, with the number of times.
    pub fn lost(&self) -> impl Iterator<Item = (&Unlocated, usize)> {
        self.lost.iter().map(|(lost, count)| (lost, *count))
    }
}

fn names(row: &Row) -> [Box<str>; 3] {
    [
        row.province().into(),
        row.city().into(),
        row.county().into(),
    ]
}

impl fmt::Display for MappingReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mapped, all) = self.mapped_rows();
        writeln!(f, "{mapped} of {all} rows have a division:")?;
        for mapping in Mapping::ALL.iter().copied() {
            let (rows, places) = (self.rows(mapping), self.places(mapping));
            if rows + places > 0 {
                writeln!(
                    f,
                    "  {:<28} {rows:>7} rows {places:>7} places",
                    mapping.word()
                )?;
            }
        }
        for (text, count) in self.coarse() {
            writeln!(
                f,
                "  {}: {} ({count} rows)",
                text.mapping.word(),
                text.names.join(" ")
            )?;
        }
        for (lost, count) in self.lost() {
            let place = lost.place.as_deref().unwrap_or("");
            let names = lost.names.join(" ");
            writeln!(
                f,
                "  not mapped: {} {names} {place}: {} ({count} times)",
                lost.list, lost.reason
            )?;
        }
        Ok(())
    }
}
