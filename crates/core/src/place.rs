//! Places below the county, as notices name them, and whether a stay at one meets a risk area at another.
//!
//! A notice names a place by text: a township, a community, "14号楼4、5门", "全域（除高风险区外）".
//! [`Place::parse`] reads such a text into a path from township to building; [`Place::overlap`] compares
//! two places and never claims more than the texts say.
//!
//! The texts of a division are compared within that division: `东风村` exists in hundreds of counties.

use std::fmt;

use crate::word::vocabulary;

mod clause;
mod numbered;
mod overlap;
mod site;
mod table;
mod text;
mod township;

pub use site::Site;
pub use table::{PlaceId, PlaceTable, PlaceTableFull};

/// The longest text of a place, in characters; the longest of the national feed of 2022 has 233.
pub const LONGEST_PLACE: usize = 1000;

/// A part of a division: all of it, a functional zone, a township, or a site.
///
/// Ordered and compared by normalised text, so that two spellings of one text are one place.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    zone: Option<Box<str>>,
    township: Option<Box<str>>,
    site: Option<Site>,
    except_higher: bool,
}

vocabulary! {
    /// How finely a place is known.
    pub enum Grain : "grain of a stay" {
        /// A site: community, road, estate, building.
        Place = "place" / "场所",
        /// A township: 街道, 镇, 乡, 苏木.
        Township = "township" / "乡镇街道",
        /// No more than the division itself or a functional zone of it.
        County = "county" / "区县",
    }
}

/// How a stay lies to a risk area.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Overlap {
    /// The stay is in the area: the texts say so.
    Meets,
    /// The stay may be in the area: it is known more coarsely than the area, or the texts cannot tell.
    Possible,
    /// The stay is elsewhere.
    Apart,
}

/// A text that is not a place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlaceError {
    /// Nothing but spaces and punctuation.
    #[error("the text of the place is empty")]
    Empty,
    /// More than [`LONGEST_PLACE`] characters.
    #[error("the text of the place has {0} characters, more than {LONGEST_PLACE}")]
    TooLong(usize),
    /// A control character, which no notice contains.
    #[error("the text of the place has the control character U+{0:04X}")]
    Control(u32),
}

impl Place {
    /// All of the division.
    pub const fn whole() -> Self {
        Self {
            zone: None,
            township: None,
            site: None,
            except_higher: false,
        }
    }

    /// Reads the text of a place within a division, such as `榴城镇新河社区` or `全域（除高风险区外）`.
    ///
    /// Names of divisions in front of the text belong to the division, not to the place; who has a
    /// table of divisions removes them first. The text is normalised
    /// (full-width letters and digits, brackets, dashes, spaces), so its look may differ from the notice's.
    ///
    /// # Errors
    /// [`PlaceError`] where there is no text, far too much, or control characters in it.
    pub fn parse(text: &str) -> Result<Self, PlaceError> {
        let (plain, except_higher) = read(text)?;
        Ok(Self::of(&plain, except_higher))
    }

    /// Reads a text that may list several townships (`高境镇、大场镇、友谊路街道除中高风险区外的区域`): one place
    /// for each. Any other text is one place; lists of buildings too.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn parse_list(text: &str) -> Result<Vec<Self>, PlaceError> {
        let (plain, except_higher) = read(text)?;
        let mut townships: Vec<String> = plain.split('、').map(str::to_owned).collect();
        // 芷江西路街 between two 街道 is one itself.
        if townships.iter().any(|name| name.ends_with("街道")) {
            for name in townships.iter_mut().filter(|name| name.ends_with('街')) {
                name.push('道');
            }
        }
        if townships.len() < 2 || !townships.iter().all(|name| township::is_township(name)) {
            return Ok(vec![Self::of(&plain, except_higher)]);
        }
        let of_each = townships.iter().map(|name| Self::of(name, except_higher));
        Ok(of_each.collect())
    }

    fn of(plain: &str, except_higher: bool) -> Self {
        let (township, rest) = township::split(plain);
        // A list that goes on in another township: which of them, only a map can tell.
        let elsewhere = rest
            .split('、')
            .skip(1)
            .filter_map(|piece| township::split(piece).0)
            .any(|other| Some(&other) != township.as_ref());
        let (township, rest) = if elsewhere {
            (None, plain)
        } else {
            (township, rest)
        };
        Self {
            zone: None,
            township,
            site: Site::parse(rest),
            except_higher,
        }
    }

    /// The same place as part of a functional zone (开发区, 高新区, …) that is not a division.
    #[must_use]
    pub fn in_zone(mut self, zone: &str) -> Self {
        let zone = text::normalise(zone);
        self.zone = (!zone.is_empty()).then(|| zone.into());
        self
    }

    /// The same place in a township that is known from elsewhere; one that the text named stays.
    #[must_use]
    pub fn in_township(mut self, township: &str) -> Self {
        let name = township::canonical(&text::normalise(township));
        if self.township.is_none() && !name.is_empty() {
            self.township = Some(name.into());
        }
        self
    }

    /// Whether this is all of the division.
    pub const fn is_whole(&self) -> bool {
        self.zone.is_none() && self.township.is_none() && self.site.is_none()
    }

    /// The functional zone, where the division alone does not say where it is.
    pub fn zone(&self) -> Option<&str> {
        self.zone.as_deref()
    }

    /// The township, e.g. `榴城镇`.
    pub fn township(&self) -> Option<&str> {
        self.township.as_deref()
    }

    /// What is named below the township.
    pub const fn site(&self) -> Option<&Site> {
        self.site.as_ref()
    }

    /// Whether the text left out what has a higher level: 「（除中、高风险区外）」, 「其余地区」.
    ///
    /// It does not matter for [`Self::overlap`]: what is left out is published with its own, higher level.
    pub const fn excepts_higher(&self) -> bool {
        self.except_higher
    }

    /// How finely the place is known.
    pub const fn grain(&self) -> Grain {
        if self.site.is_some() {
            Grain::Place
        } else if self.township.is_some() {
            Grain::Township
        } else {
            Grain::County
        }
    }

    /// How a stay at this place lies to an area at another place *of the same division*.
    ///
    /// * A stay meets an area only at the grain that the area is published at: it is the same place or a
    ///   finer one inside it.
    /// * A stay that is known more coarsely than the area is at most possible.
    /// * Two different townships, or two different sites of one kind, are apart.
    /// * What the text cannot decide (descriptions by streets around, exclusions by name, a community
    ///   against an estate that may lie in it) is possible, never more.
    ///
    /// `a.overlap(b)` is [`Overlap::Apart`] exactly when `b.overlap(a)` is.
    pub fn overlap(&self, area: &Self) -> Overlap {
        overlap::overlap(self, area)
    }
}

/// Normalises a text and takes the clauses about the rest out of it.
fn read(text: &str) -> Result<(String, bool), PlaceError> {
    let length = text.chars().count();
    if length > LONGEST_PLACE {
        return Err(PlaceError::TooLong(length));
    }
    if let Some(control) = text.chars().find(|c| c.is_control() && !c.is_whitespace()) {
        return Err(PlaceError::Control(control.into()));
    }
    let plain = text::normalise(text);
    if plain.is_empty() {
        return Err(PlaceError::Empty);
    }
    Ok(clause::strip(&plain))
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_whole() {
            f.write_str("全域")?;
        }
        for part in [self.zone(), self.township()].into_iter().flatten() {
            f.write_str(part)?;
        }
        if let Some(site) = &self.site {
            f.write_str(site.text())?;
        }
        if self.except_higher {
            f.write_str("(除更高风险区外)")?;
        }
        Ok(())
    }
}

/// Where a person was is personal data: only the grain is shown.
impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Place({:?})", self.grain())
    }
}

#[cfg(test)]
mod tests;
