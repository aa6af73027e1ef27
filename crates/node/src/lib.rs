//! One node of a region.
pub mod standings;
pub mod token;
