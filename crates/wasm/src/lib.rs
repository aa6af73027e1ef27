//! The verifier for browsers and Node.
//!
//! A thin room over [`hc_code::verify`]: what a gate holds is loaded from signed bytes only, each
//! list under the keys that the list before it vouches for, and a text is verified at a time that
//! the caller gives. Nothing here reads a clock, draws a random number or reaches a network.
//!
//! * [`Gate`]: what a gate holds, list by list;
//! * [`Taken`]: what became of a list, in the words of `vectors/`;
//! * `json`, `policy`, `report`: settings and questions as they come in, verdicts as they go out;
//! * [`Room`]: gates and memories by number, and every call with JSON as its answer;
//! * `exports`: the same calls as WebAssembly exports; `web/verifier/verifier.mjs` is their other side.
//!
//! `xtask wasm` builds it twice: the *verifier* without and the *door* with published recognition policies, which
//! are a sixth of the module ([`RECOGNISES`]).
//!
//! The interface is plain: numbers, and one buffer each for input and answer, so no pointer is ever
//! read in Rust and the module needs no generated glue.

mod exports;
mod gate;
mod json;
mod marks;
mod policy;
mod report;
mod room;
mod settings;
mod taken;

/// Whether this build takes recognition policies that regions have published. Where it does not, what they need is
/// never reached, and the linker leaves it out.
pub const RECOGNISES: bool = cfg!(feature = "recognition");

pub use gate::Gate;
pub use json::{FormError, JsonError};
pub use marks::{Marks, MarksError};
pub use policy::PolicyFault;
pub use room::{Room, RoomError};
pub use settings::{Settings, SettingsError};
pub use taken::{Refused, Taken};
