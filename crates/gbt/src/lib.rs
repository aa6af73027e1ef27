//! The three national standards on personal health information codes, without a network:
//!
//! * **GB/T 38962-2020**, data format: [`PersonRecord`] has the four groups; [`schema`] writes their JSON
//!   Schemas and [`handbook`] their documentation, both from the tables of `spec/gbt38962`; [`deployed`]
//!   carries records under the names of deployed software.
//! * **GB/T 38963-2020**, application interface: [`envelope`] reads and signs messages, [`ResultCode`] names
//!   what is wrong with one, [`image`] is the code as a bit matrix.
//!
//! The texts of the standards are not public. What is known of them, and where this profile deviates, is in
//! `spec/gbt38961.md`; every value that a holder of the standards may want to correct stands in a table.

pub mod adapter;
pub mod conformance;
pub mod deployed;
pub mod envelope;
mod field_code;
mod fields;
pub mod handbook;
pub mod image;
pub mod json;
pub mod moment;
mod record;
mod result_code;
pub mod schema;

pub use field_code::{code_of, document as document_code, personal as personal_code};
pub use fields::{Fault, Fields};
pub use record::{Group, PersonRecord};
pub use result_code::{ResultCode, ResultRow};
