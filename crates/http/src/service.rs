//! The service about itself: health, metrics, description.

pub(crate) mod description;
pub(crate) mod health;
pub(crate) mod metrics;
pub(crate) mod neighbours;
