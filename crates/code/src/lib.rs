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
//! * [`parcel`]: what one region sends another about one person, signed and sealed;
//! * [`trust_list`], [`federation`]: whom to believe, and what is held of all regions together;
//! * [`verify`]: whether a text is to be believed, and what follows at this gate;
//! * [`recognition`]: what a region makes of codes, published and signed;
//! * [`receipt`]: what somebody who did not pass takes away.
//!
//! A region makes a live code; anybody who has its key can read it:
//!
//! ```
//! use hc_code::claims::Claims;
//! use hc_code::cose::{Header, Sign1};
//! use hc_code::issue::{Decided, Issuer};
//! use hc_code::live::Handle;
//! use hc_code::signing::{Algorithm, SigningKey};
//! use hc_code::statement::Statement;
//! use hc_code::text::CodeText;
//! use hc_code::{Extension, Level, Offset, ReasonClass, Span, Timestamp};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let key = SigningKey::from_secret(Algorithm::Sm2, &[7; 32])?;
//! let issuer = Issuer::new("330100".parse()?, key, Span::hours(4), Offset::CHINA)?;
//! let now: Timestamp = "2022-06-28T12:00:00+08:00".parse()?;
//! let decided = Decided {
//!     statement: Statement::new(Level::Low, ReasonClass::None, now)?,
//!     valid_until: Timestamp::MAX,
//! };
//! let handle = Handle::from_bytes([1; 16]);
//! let text = issuer.live(&decided, handle, &Extension::empty(), now)?;
//! assert!(text.starts_with("HC1P:330100:L00:"));
//!
//! let domains = CodeText::parse(&text)?;
//! let signed = Sign1::parse(domains.security())?;
//! let key = issuer.public_key();
//! let claims = signed.verify(key, &Header::of(key), &domains.authenticated())?;
//! let claims = Claims::decode(claims)?;
//! assert_eq!(claims.standard(), domains.standard());
//! # Ok(())
//! # }
//! ```
//!
//! Whether it counts here and now is the question of [`verify::Gate::verify`], which asks the
//! trust list, the key list, the lists of the day and the recognition policy.

pub mod base45;
pub mod carried;
pub mod cbor;
pub mod claims;
pub mod cose;
pub mod day_index;
pub mod day_key;
pub mod federation;
pub mod issue;
pub mod keys;
pub mod live;
pub mod notice;
pub mod paper;
pub mod paper_list;
pub mod parcel;
pub mod receipt;
pub mod recognition;
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
mod sorted_map;
mod time;

pub use class::Class;
pub use day::{Day, DayError};
pub use division_code::{DivisionCode, DivisionCodeError, DivisionRank};
pub use extension::{Extension, ExtensionTooLong};
pub use https_uri::{HttpsUri, HttpsUriError};
pub use level::{Level, UnknownLevel};
pub use reason_class::{ReasonClass, UnknownReasonClass};
pub use time::{Offset, OffsetError, Span, SpanError, Timestamp, TimestampError};
