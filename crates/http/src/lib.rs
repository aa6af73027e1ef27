//! A region's node over HTTP: what people, gates, sources and operators can ask for.
//!
//! * One file for each endpoint, under `people`, `gates`, `sources`, `officers` and `service`. Each begins with
//!   its [`Operation`]: the router, the description in `openapi.json` and the tests are made from it.
//! * [`problem`] is the one place where errors become HTTP (RFC 9457); `problems.tsv` lists the types.
//! * Every request goes through one door: credential, then body, then admission, then the
//!   answer, each bounded in size, time and number.
//! * [`journal`] is what operators can read of it; nothing there is about a person.
//! * Showing and verifying never wait for acts: those pass a lane of their own ([`Limits`]).
//!
//! Nothing here reads a clock, keeps anything or logs a personal value.

mod api;
mod body;
mod call;
mod credential;
mod desk;
mod door;
mod gates;
pub mod hub;
pub mod identity;
pub mod journal;
mod json;
mod lanes;
mod log;
mod metrics;
mod national;
mod officers;
mod openapi;
mod operation;
mod pace;
pub mod pages;
mod path;
pub mod peers;
mod people;
mod permissions;
pub mod problem;
mod router;
pub mod serve;
mod service;
mod shown;
mod signature;
mod sources;
mod told;

pub use api::{Api, Gauge, Limits, Root};
pub use desk::{desk_pages, desk_permissions};
pub use gates::elsewhere::Elsewhere;
pub use gates::trust::OwnTrust;
pub use openapi::openapi;
pub use operation::{
    BodyForm, Credential, FileForm, Lane, Operation, Parameter, ParameterPlace, Side, Success,
    Verb, all,
};
pub use people::export::exported;
pub use permissions::permissions;
pub use router::{operators, public};
pub use signature::{Signatory, Unsigned};
