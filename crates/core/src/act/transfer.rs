//! "I am moving": what a person takes along from one region to another, and how it arrives.
//!
//! `spec/transfer.md` is the normative description. The holder starts it, sees everything that goes, and
//! agrees; the other region decides the same facts under its own rules. Nobody declares twice.

mod arrive;
mod package;

pub use arrive::{Arrived, arrive};
pub use package::{Package, PackageError, Packed, gather};
