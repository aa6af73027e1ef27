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
//! * [`verify`]: whether a text is to be believed, and what follows at this gate.

pub mod cbor;
pub mod cose;
pub mod signing;
pub mod verify;

mod day;
mod day_index;
mod day_key;
mod division_code;
mod level;
mod reason_class;
mod time;

pub use day::{Day, DayError};
pub use day_index::{DayIndex, DayPermutation, Domain, DomainError, OutsideDomain, SubjectNumber};
pub use day_key::{custody, 
    DayKey, DayKeyName, LiveHandle, LiveHandles, Minute, NotFromThisKey, VisitPseudonym, VisitPseudonyms,
};
pub use division_code::{DivisionCode, DivisionCodeError, DivisionRank};
pub use level::{Level, UnknownLevel};
pub use reason_class::{ReasonClass, UnknownReasonClass};
pub use time::{Offset, OffsetError, Span, SpanError, Timestamp, TimestampError};
