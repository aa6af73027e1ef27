//! Risk areas: reading what is published, giving every place its division, and keeping who was risky when.
//!
//! An [`AreaLedger`] folds publications ([`AreaSnapshot`]) and the region's own [`AreaStatement`]s into the
//! [`AreaPeriod`]s of an [`AreaHistory`]; an [`AreaIndex`] answers at once which areas a place met and when.

mod history;
mod index;
mod level;
mod statement;

pub use history::{
    Area, AreaHistory, AreaLedger, AreaPeriod, AreaSnapshot, AreaSource, LIST_GRACE,
};
pub use index::{AreaIndex, AreaMatch};
pub use level::AreaLevel;
pub use statement::{AreaStatement, AreaStatementError};
