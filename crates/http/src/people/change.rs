//! `GET /v1/code/change`: an open page waits for another level.
//!
//! Pages that ask again and again would be most of a region's load; one that waits costs a place in memory and a
//! look at it every second, and turns as soon as the level does.

use std::time::Duration;

use axum::body::Body;
use axum::http::Response;
use hc_code::Level;
use hc_core::store::Store;
use tokio::time::{Instant, sleep};

use super::code::show;
use crate::api::Root;
use crate::call::Call;
use crate::door;
use crate::operation::{
    Credential, Lane, Operation, Parameter, ParameterPlace, Side, Success, Verb,
};
use crate::problem::{Fault, Problem, ProblemType};

pub(crate) const OPERATION: Operation = Operation {
    id: "awaitChange",
    verb: Verb::Get,
    path: "/v1/code/change",
    summary: "Waits until the level is another one than the page knows, at most 20 seconds, and gives the code then; no database is asked.",
    side: Side::Public,
    credential: Credential::Device,
    lane: Lane::Memory,
    body: None,
    parameters: &[
        super::grants::WARD,
        Parameter {
            name: "known",
            place: ParameterPlace::Query,
            says: "The level that the page knows, as a number: 0, 1, 10 or 20; where it is left out the code comes at once.",
            required: false,
            range: Some((0, 20)),
        },
    ],
    success: &[
        Success::json(200, "Shown", "The level is another one: the code."),
        Success::plain(204, "", "It is still the same: ask again."),
    ],
    problems: &[
        ProblemType::NoKey,
        ProblemType::NoGrant,
        ProblemType::BadFields,
    ],
};

/// How long a page waits at most; less than a connection may be under way when the service ends.
const LONGEST: Duration = Duration::from_secs(20);
/// How often memory is looked at meanwhile.
const EVERY: Duration = Duration::from_secs(1);

pub(crate) async fn answer<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let ward = call.number("ward");
    let known = call.number("known").map(level).transpose()?;
    let begun = Instant::now();
    loop {
        let level = call.api.region().level_for(&call.token, ward)?;
        if known != Some(level) {
            return show(&call.api, &call.token, ward, 0, 200);
        }
        if begun.elapsed() + EVERY > LONGEST {
            return Ok(door::answer(204, "", ""));
        }
        sleep(EVERY).await;
    }
}

fn level(number: u32) -> Result<Level, Problem> {
    let mut all = Level::ALL.into_iter();
    let found = all.find(|level| level.code().parse() == Ok(number));
    found.ok_or_else(|| {
        let fault = Fault::new("known", "is not a level: 0, 1, 10 or 20");
        Problem::new(ProblemType::BadFields).with_faults(vec![fault])
    })
}
