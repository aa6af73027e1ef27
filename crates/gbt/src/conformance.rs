//! The conformance kit: messages per clause, sent to any service that offers the seven functions, and what its
//! answers must be. The messages are `vectors/gbt`, which need none of this code.
//!
//! Nothing here opens a connection: whoever runs it brings a [`Service`].

mod answer;
mod clock;
mod person;
mod report;
mod settling;
mod success;
mod template;
mod vector;
mod vouching;
mod walk;

pub use clock::TimeAt;
pub use report::{Case, Note, Report};
pub use vector::{Clause, VectorError};
pub use vouching::AnswerKeys;
pub use walk::{Service, Settings, run};
