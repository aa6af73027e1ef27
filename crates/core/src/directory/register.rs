//! The hub's side of the directory: pseudonyms, regions, and how often each region may ask.

use std::collections::{BTreeMap, BTreeSet};

use hc_code::{DivisionCode, Span, Timestamp};

use super::{Month, Pseudonym};

/// Which regions are entered under which pseudonym. It knows no document and no person.
#[derive(Clone, Debug)]
pub struct DirectoryRegister {
    limits: Limits,
    /// Together in one set: a province is ten million of them, and a set for each would be four times as much.
    entries: BTreeSet<(Pseudonym, DivisionCode)>,
    /// Questions of each region in the minute and the day that it is in.
    asked: BTreeMap<DivisionCode, Asked>,
}

/// How often a region may ask. Somebody who got hold of the regions' key cannot try all documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Questions a minute.
    pub a_minute: u32,
    /// Questions a day.
    pub a_day: u32,
}

/// What a region has asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    minute: (i64, u32),
    day: (i64, u32),
}

/// Too many questions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the region has asked as often as it may: again in {}", .0)]
pub struct TooMany(pub Span);

impl Default for Limits {
    /// A region of ten million that meets one stranger in a thousand each day asks ten thousand times.
    fn default() -> Self {
        Self {
            a_minute: 600,
            a_day: 50_000,
        }
    }
}

impl DirectoryRegister {
    /// Nobody is entered.
    pub const fn new(limits: Limits) -> Self {
        Self {
            limits,
            entries: BTreeSet::new(),
            asked: BTreeMap::new(),
        }
    }

    /// Enters a region under a pseudonym; gives whether that is new.
    pub fn enter(&mut self, region: DivisionCode, pseudonym: Pseudonym) -> bool {
        self.entries.insert((pseudonym, region))
    }

    /// Takes a region out from under a pseudonym; gives whether it was there. Only the region itself
    /// is ever taken out by it.
    pub fn withdraw(&mut self, region: DivisionCode, pseudonym: Pseudonym) -> bool {
        self.entries.remove(&(pseudonym, region))
    }

    /// The regions under one pseudonym, asked by a region at an instant. Counted whether or not there are
    /// any.
    ///
    /// # Errors
    /// [`TooMany`] where the region has asked as often as it may.
    pub fn find(
        &mut self,
        asker: DivisionCode,
        pseudonym: Pseudonym,
        now: Timestamp,
    ) -> Result<Vec<DivisionCode>, TooMany> {
        let asked = self.asked.entry(asker).or_default();
        *asked = asked.once_more(now, self.limits)?;
        let from = self.entries.range((pseudonym, DivisionCode::COUNTRY)..);
        let under = from.take_while(|(found, _)| *found == pseudonym);
        Ok(under.map(|(_, region)| *region).collect())
    }

    /// Whether a region is entered under a pseudonym: for whoever writes the register down.
    pub fn holds(&self, region: DivisionCode, pseudonym: Pseudonym) -> bool {
        self.entries.contains(&(pseudonym, region))
    }

    /// Forgets what is entered for months before one; gives how many entries went.
    pub fn forget_before(&mut self, month: Month) -> usize {
        let first = (Pseudonym::new(month, [0; 16]), DivisionCode::COUNTRY);
        let kept = self.entries.split_off(&first);
        std::mem::replace(&mut self.entries, kept).len()
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nobody is entered.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Every entry, by pseudonym: how the register is written down.
    pub fn iter(&self) -> impl Iterator<Item = (Pseudonym, DivisionCode)> + '_ {
        self.entries.iter().copied()
    }
}

impl Asked {
    fn once_more(self, now: Timestamp, limits: Limits) -> Result<Self, TooMany> {
        let in_span = |(begun, count): (i64, u32), length: i64, most: u32| {
            let current = now.unix().div_euclid(length);
            let before = if begun == current { count } else { 0 };
            if before >= most {
                let left = length - now.unix().rem_euclid(length);
                return Err(TooMany(Span::seconds(u32::try_from(left).unwrap_or(1))));
            }
            Ok((current, before + 1))
        };
        Ok(Self {
            minute: in_span(self.minute, 60, limits.a_minute)?,
            day: in_span(self.day, 86_400, limits.a_day)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp::from_unix(1_656_388_800);

    fn region(number: u32) -> DivisionCode {
        DivisionCode::new(number).unwrap()
    }

    fn pseudonym(month: &str, byte: u8) -> Pseudonym {
        Pseudonym::new(month.parse().unwrap(), [byte; 16])
    }

    #[test]
    fn a_region_enters_and_withdraws_itself_only() {
        let mut register = DirectoryRegister::new(Limits::default());
        let (a, b) = (region(500_000), region(510_000));
        let one = pseudonym("2022-06", 1);
        assert!(register.enter(a, one) && !register.enter(a, one));
        assert!(register.enter(b, one));
        assert_eq!(register.find(b, one, NOON), Ok(vec![a, b]));
        assert!(register.withdraw(a, one) && !register.withdraw(a, one));
        assert_eq!(register.find(a, one, NOON), Ok(vec![b]));
        assert!(register.withdraw(b, one) && register.is_empty());
        assert_eq!(register.find(a, one, NOON), Ok(vec![]));
    }

    #[test]
    fn questions_are_counted_by_minute_and_day_for_each_region() {
        let limits = Limits {
            a_minute: 2,
            a_day: 3,
        };
        let mut register = DirectoryRegister::new(limits);
        let (a, b) = (region(500_000), region(510_000));
        let one = pseudonym("2022-06", 1);
        let mut ask = |asker, seconds| register.find(asker, one, NOON.plus(Span::seconds(seconds)));
        assert!(ask(a, 0).is_ok() && ask(a, 1).is_ok());
        assert_eq!(ask(a, 2), Err(TooMany(Span::seconds(58))));
        assert!(ask(b, 2).is_ok(), "another region");
        assert!(ask(a, 60).is_ok(), "another minute");
        assert_eq!(
            ask(a, 120),
            Err(TooMany(Span::seconds(20 * 3600 - 120))),
            "the day is full"
        );
        assert!(ask(a, 86_400).is_ok());
    }

    #[test]
    fn past_months_go() {
        let mut register = DirectoryRegister::new(Limits::default());
        for (month, byte) in [
            ("2022-05", 1),
            ("2022-06", 2),
            ("2022-06", 1),
            ("2022-07", 9),
        ] {
            register.enter(region(500_000), pseudonym(month, byte));
        }
        assert_eq!(register.forget_before("2022-06".parse().unwrap()), 1);
        assert_eq!((register.len(), register.iter().count()), (3, 3));
        assert_eq!(register.forget_before("2023-01".parse().unwrap()), 3);
    }
}
