//! The code itself, and the few words that everybody who handles one must share.
//!
//! This crate is pure: no clock, no randomness, no input or output, no `tokio`. It builds for
//! WebAssembly, so that server, command line and browser speak of the same things.
//!
//! * [`Level`]: what a code says (`00`, `01`, `10`, `20`), never a colour;
//! * [`ReasonClass`]: why, in sixteen words that a stranger may see;
//! * [`DivisionCode`]: which region, after GB/T 2260;
//! * [`Timestamp`] and [`Span`]: when, and for how long;
//! * [`signing`], [`cbor`], [`cose`]: how a statement is signed, and in which one form;
//! * [`day_key`], [`day_index`]: what a subject is called on one day, and where it stands;
//! * [`status_list`]: the level of every position of a day, signed, small and exact;
//! * [`verify`]: whether a text is to be believed, and what follows at this gate.

pub mod cbor;
pub mod cose;
pub mod day_index;
pub mod day_key;
pub mod signing;
pub mod status_list;
pub mod verify;

mod day;
mod division_code;
mod https_uri;
mod level;
mod reason_class;
mod time;

pub use day::{Day, DayError};
pub use division_code::{DivisionCode, DivisionCodeError, DivisionRank};
pub use https_uri::{HttpsUri, HttpsUriError};
pub use level::{Level, UnknownLevel};
pub use reason_class::{ReasonClass, UnknownReasonClass};
pub use time::{Offset, OffsetError, Span, SpanError, Timestamp, TimestampError};
