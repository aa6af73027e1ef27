//! Risk areas: reading what is published, giving every place its division, and keeping who was risky when.
//!
//! The way of the data: [`Publication::parse`] reads one publication of the national feed, a [`Gazetteer`]
//! gives its rows their divisions and places, an [`AreaLedger`] folds such [`AreaSnapshot`]s and the region's
//! own [`AreaStatement`]s into the [`AreaPeriod`]s of an [`AreaHistory`], and an [`AreaIndex`] answers at once
//! which areas a place met and when. The rules are written in `spec/risk-areas.md`.

mod difference;
mod gazetteer;
mod history;
mod index;
mod level;
mod publication;
mod statement;
mod zone;

pub use difference::{AreaChange, ChangeCounts, ChangeKind, Difference};
pub use gazetteer::{
    Gazetteer, Located, LocatedText, Location, Mapping, MappingReport, UnknownProvince, Unlocated,
};
pub use history::{
    Area, AreaHistory, AreaLedger, AreaPeriod, AreaSnapshot, AreaSource, LIST_GRACE,
};
pub use index::{AreaIndex, AreaMatch};
pub use level::AreaLevel;
pub use publication::{
    FeedError, FeedProblem, LARGEST_PUBLICATION, Parsed, Publication, Row, RowProblem, list_name,
};
pub use statement::{AreaStatement, AreaStatementError};
pub use zone::{Zone, ZoneTable, ZoneTableError, ZoneTableProblem};
