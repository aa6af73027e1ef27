//! The code itself, and the few words that everybody who handles one must share.
//!
//! This crate is pure: no clock, no randomness, no input or output, no `tokio`. It builds for
//! WebAssembly, so that server, command line and browser speak of the same things.
//!
//! * [`Level`]: what a code says (`00`, `01`, `10`, `20`), never a colour;
//! * [`ReasonClass`]: why, in at most sixteen words that a stranger may see;
//! * [`DivisionCode`]: which region, after GB/T 2260;
//! * [`Timestamp`] and [`Span`]: when, and for how long;
//! * [`day_key`], [`day_index`]: what a subject is called on one day, and where it stands;
//! * [`status_list`]: the level of every position of a day, signed, small and exact;
//! * [`signing`], [`cbor`], [`cose`], [`base45`]: how a statement is signed and written, in one form;
//! * [`statement`], [`live`], [`carried`], [`paper`], [`claims`], [`text`]: what a code says;
//! * [`issue`] and [`keys`]: who makes codes, and with which keys;
//! * [`verify`]: whether a text is to be believed, and what follows at this gate.

pub mod base45;
pub mod carried;
pub mod cbor;
pub mod claims;
pub mod cose;
pub mod day_index;
pub mod day_key;
pub mod issue;
pub mod keys;
pub mod live;
pub mod paper;
pub mod paper_list;
pub mod signing;
pub mod statement;
pub mod status_list;
pub mod text;
pub mod trust_list;
pub mod verify;

mod class;
mod day;
mod division_code;
mod extension;
mod https_uri;
mod level;
mod reason_class;
mod time;

pub use class::Class;
pub use day::{Day, DayError};
pub use division_code::{DivisionCode, DivisionCodeError, DivisionRank};
pub use extension::{Extension, ExtensionTooLong};
pub use https_uri::{HttpsUri, HttpsUriError};
pub use level::{Level, UnknownLevel};
pub use reason_class::{ReasonClass, UnknownReasonClass};
pub use time::{Offset, OffsetError, Span, SpanError, Timestamp, TimestampError};
