//! Numbers for places, so that a stay is a few bytes.

use std::collections::BTreeMap;
use std::sync::Arc;

use hc_code::DivisionCode;

use super::Place;

/// The number of a place in one [`PlaceTable`]; means nothing without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlaceId(u32);

impl PlaceId {
    /// From a number that [`Self::number`] gave. Whether a table knows it, [`PlaceTable::get`] tells.
    pub const fn new(number: u32) -> Self {
        Self(number)
    }

    /// The number: 0 for the first place of a table, then one more for each.
    pub const fn number(self) -> u32 {
        self.0
    }
}

/// All places that stays are known at; each pair of division and place once.
#[derive(Clone, Default)]
pub struct PlaceTable {
    places: Vec<Arc<(DivisionCode, Place)>>,
    ids: BTreeMap<Arc<(DivisionCode, Place)>, PlaceId>,
}

/// More than four thousand million places: no country has as many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the table of places is full")]
pub struct PlaceTableFull;

impl PlaceTable {
    /// No place yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The number of a place; a new one where the table did not have it.
    ///
    /// # Errors
    /// [`PlaceTableFull`] at 2³² places; the table stays as it is.
    pub fn intern(
        &mut self,
        division: DivisionCode,
        place: Place,
    ) -> Result<PlaceId, PlaceTableFull> {
        let key = Arc::new((division, place));
        if let Some(id) = self.ids.get(&key) {
            return Ok(*id);
        }
        let id = PlaceId(u32::try_from(self.places.len()).map_err(|_| PlaceTableFull)?);
        self.places.push(Arc::clone(&key));
        self.ids.insert(key, id);
        Ok(id)
    }

    /// The division and place of a number; `None` where this table did not give it.
    pub fn get(&self, id: PlaceId) -> Option<(DivisionCode, &Place)> {
        let index = usize::try_from(id.0).ok()?;
        self.places.get(index).map(|pair| (pair.0, &pair.1))
    }

    /// How many places there are.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// All places in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (PlaceId, DivisionCode, &Place)> {
        (0..)
            .map(PlaceId)
            .zip(&self.places)
            .map(|(id, pair)| (id, pair.0, &pair.1))
    }
}

/// Shows how many, never which.
impl std::fmt::Debug for PlaceTable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PlaceTable({} places)", self.places.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_place_has_one_number() {
        let mut table = PlaceTable::new();
        let code: DivisionCode = "340321".parse().unwrap();
        let town = Place::parse("榴城镇").unwrap();
        let first = table.intern(code, town.clone()).unwrap();
        let other = table.intern(code, Place::whole()).unwrap();
        let elsewhere = table
            .intern("340322".parse().unwrap(), town.clone())
            .unwrap();
        assert_eq!(
            table.intern(code, Place::parse("榴城 镇").unwrap()),
            Ok(first)
        );
        assert_ne!(first, other);
        assert_ne!(first, elsewhere);
        assert_eq!(table.get(first), Some((code, &town)));
        assert_eq!(table.get(PlaceId::new(3)), None);
        assert_eq!(table.iter().count(), 3);
    }
}
