//! `GET /v1/status-list` and `GET /v1/status-shard`: by what gates check carried codes offline.
//!
//! A gate begins with the whole list of the day or with the shards it wants, and then asks for what
//! comes after the edition that it has. Everything is signed, the same for everybody, and may be
//! cached by whoever stands between.

use std::future::ready;

use axum::body::Body;
use axum::http::Response;
use hc_code::Day;
use hc_core::store::Store;
use hc_node::lists::Published;

use crate::api::Root;
use crate::call::Call;
use crate::door;
use crate::operation::{
    Credential, Lane, Operation, Parameter, ParameterPlace, Side, Success, Verb,
};
use crate::problem::{Problem, ProblemType};

const CBOR: &str = "application/cbor";

const DAY: Parameter = Parameter {
    name: "day",
    place: ParameterPlace::Query,
    says: "The region's local day, counted from 1970-01-01; today where it is not given. Tomorrow's list is out in the evening.",
    required: false,
    range: Some((0, 65_535)),
};

pub(crate) const LIST: Operation = Operation {
    id: "statusList",
    verb: Verb::Get,
    path: "/v1/status-list",
    summary: "Gives the signed status list of a day: what changed after the edition that a gate has, or the whole.",
    side: Side::Public,
    credential: Credential::None,
    lane: Lane::Memory,
    body: None,
    parameters: &[
        DAY,
        Parameter {
            name: "after",
            place: ParameterPlace::Query,
            says: "The sequence of the edition that the gate has. The answer is the next delta, or the whole where that is no longer kept.",
            required: false,
            range: Some((0, u32::MAX)),
        },
    ],
    success: &[
        Success::plain(
            200,
            CBOR,
            "The signed delta, or the whole list as a delta from all low.",
        ),
        Success::plain(204, "", "There is no newer edition."),
    ],
    problems: &[ProblemType::NotFound],
};

pub(crate) const SHARD: Operation = Operation {
    id: "statusShard",
    verb: Verb::Get,
    path: "/v1/status-shard",
    summary: "Gives one signed shard of a day's status list: 2^20 positions.",
    side: Side::Public,
    credential: Credential::None,
    lane: Lane::Memory,
    body: None,
    parameters: &[
        DAY,
        Parameter {
            name: "shard",
            place: ParameterPlace::Query,
            says: "The number of the shard, from 0; 0 where it is not given.",
            required: false,
            range: Some((0, 4095)),
        },
    ],
    success: &[Success::plain(
        200,
        CBOR,
        "The signed shard of the newest edition.",
    )],
    problems: &[ProblemType::NotFound],
};

pub(crate) async fn list<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let found = published(&call).map(|list| match call.number("after") {
        None => door::answer(200, CBOR, list.whole.to_vec()),
        Some(after) if after >= list.sequence => door::answer(204, "", ""),
        Some(after) => {
            let next = list.deltas.iter().find(|(to, _)| *to == after + 1);
            let bytes = next.map_or(&list.whole, |(_, delta)| delta);
            door::answer(200, CBOR, bytes.to_vec())
        }
    });
    ready(found).await
}

pub(crate) async fn shard<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let number = call.number("shard").unwrap_or(0);
    let found = published(&call).and_then(|list| {
        let shard = list.shards.get(number as usize);
        let shard = shard.ok_or_else(|| missing("the day's list has no shard of this number"))?;
        Ok(door::answer(200, CBOR, shard.to_vec()))
    });
    ready(found).await
}

fn published<S: Store, R: Root>(call: &Call<S, R>) -> Result<Published, Problem> {
    let region = call.api.region();
    let day = match call.number("day").map(u16::try_from) {
        Some(Ok(day)) => Some(Day::from_number(day)),
        Some(Err(_)) => None,
        None => Day::of(region.now(), region.terms().offset).ok(),
    };
    day.and_then(|day| region.lists().get(&day).cloned())
        .ok_or_else(|| missing("no status list of this day is out"))
}

fn missing(detail: &str) -> Problem {
    Problem::new(ProblemType::NotFound).with_detail(detail)
}
