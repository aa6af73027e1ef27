//! The four data groups of GB/T 38962-2020 as parsed types: basic, health, itinerary, certificate.
//!
//! One table, `spec/gbt38962/data-elements.tsv`, says which elements there are, their formats, domains and
//! obligations; one validator, [`DataElements::check`], reads it; the types of the groups hold what
//! has passed. A record is a JSON object from element names to items, and an item is
//!
//! ```json
//! {"value": "36.5", "source": "self", "observedAt": "2022-06-28T09:00:00+08:00", "expiresAt": "2022-06-29T09:00:00+08:00"}
//! ```
//!
//! or the bare value, which then has the source and time of the whole record. All faults of a record
//! are reported at once. `spec/data-groups.md` tells the same in prose.

mod basic;
mod certificate;
mod check;
mod element;
mod element_value;
mod elements;
mod field_error;
mod group;
mod health;
mod item;
mod itinerary;
mod mask;
mod temperature;
mod text;

pub use basic::Basic;
pub use certificate::{Certificate, RegionReport};
pub use check::{Checked, Reading};
pub use element::{DataElement, Format, Group, Obligation, ValueDomain};
pub use elements::{DataElements, DataElementsError};
pub use field_error::{FieldError, FieldProblem, Shape};
pub use health::Health;
pub use item::{Item, Provenance};
pub use itinerary::Trip;
pub use mask::Mask;
pub use temperature::{Temperature, TemperatureError};
pub use text::Text;

/// A JSON object: element names to items.
pub type Object = serde_json::Map<String, serde_json::Value>;

#[cfg(test)]
mod tests;
