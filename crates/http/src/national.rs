//! The application interface of GB/T 38963-2020: its seven functions beside the region's own.
//!
//! Every message is an envelope, both ways (`spec/gbt38963.md`); whatever could be read as one is answered with
//! one, signed, also where it is refused. What is wrong with HTTP itself is a problem as everywhere.

pub(crate) mod apply_call;
mod calls;
pub(crate) mod correct_health;
pub(crate) mod declare_health;
pub(crate) mod declare_trip;
mod elsewhere;
pub(crate) mod keys;
pub(crate) mod make_code;
mod message;
mod minutes;
pub(crate) mod query_health;
mod refusal;
mod reply;
mod subject;
pub(crate) mod verify_code;

pub(crate) use calls::Calls;
pub(crate) use minutes::Minutes;

use crate::operation::{BodyForm, Credential, Lane, Operation, Side, Success, Verb};
use crate::problem::ProblemType;

const ANSWERED: &[Success] = &[Success::json(
    200,
    "NationalAnswer",
    "The signed answer: done, or refused with a result code.",
)];

/// What the functions have in common as operations.
const fn function(
    id: &'static str,
    path: &'static str,
    summary: &'static str,
    (lane, schema): (Lane, &'static str),
) -> Operation {
    Operation {
        id,
        verb: Verb::Post,
        path,
        summary,
        side: Side::Public,
        credential: Credential::Application,
        lane,
        body: Some(BodyForm::Json(schema)),
        parameters: &[],
        success: ANSWERED,
        problems: &[ProblemType::TooMany],
    }
}
