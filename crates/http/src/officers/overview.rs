//! `GET /v1/overview`: the state of the region in numbers.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Response;
use hc_core::store::{LevelsRow, Store};
use serde_json::{Value, json};

use super::ANY;
use crate::api::Root;
use crate::call::Call;
use crate::door;
use crate::operation::{Credential, JSON, Lane, Operation, Side, Success, Verb};
use crate::people::why::aside;
use crate::problem::Problem;
use crate::told::Telling;

pub(crate) const OPERATION: Operation = Operation {
    id: "overview",
    verb: Verb::Get,
    path: "/v1/overview",
    summary: "The state of the region in numbers: levels now and over two days, how fresh its facts and each source's are, what waits.",
    side: Side::Operators,
    credential: Credential::Officer(ANY),
    lane: Lane::Act,
    body: None,
    parameters: &[],
    success: &[Success::json(200, "Overview", "The numbers.")],
    problems: &[],
};

pub(crate) async fn answer<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let region = Arc::clone(call.api.region());
    let telling = call.telling();
    let counting = Arc::clone(&region);
    let current = aside(move || counting.count_levels()).await?;
    let overview = region.overview().await?;
    let (_, as_of) = region.load();
    let now = region.now();
    let sources: Vec<Value> = overview
        .sources
        .iter()
        .map(|(id, last)| {
            json!({
                "id": id,
                "last": last.map(|at| telling.time(at)),
                "lag": last.map(|at| now.unix().saturating_sub(at.unix()).max(0)),
            })
        })
        .collect();
    let head = region.log_head();
    let levels: Vec<Value> = overview
        .levels
        .iter()
        .map(|row| levels(row, telling))
        .collect();
    let told = json!({
        "now": telling.time(now),
        "region": region.division().to_string(),
        "asOf": telling.time(as_of),
        "fresh": now < as_of.plus(region.terms().staleness_limit),
        "staleAfter": region.terms().staleness_limit.as_seconds(),
        "levels": self::levels(&current, telling),
        "history": levels,
        "sources": sources,
        "waiting": {
            "batches": overview.batches,
            "proposals": overview.proposals,
            "appeals": overview.appeals.0,
            "appealDue": overview.appeals.1.map(|at| telling.time(at)),
        },
        "quarantined": overview.quarantined,
        "logged": head.map_or(0, |head| head.checkpoint().size()),
        "degraded": region.degraded().iter().filter(|one| one.notice.holds_at(now)).count(),
    });
    Ok(door::answer(200, JSON, told.to_string()))
}

fn levels(row: &LevelsRow, telling: Telling) -> Value {
    json!({
        "at": telling.time(row.at),
        "00": row.low,
        "01": row.medium,
        "10": row.high,
        "20": row.unknown,
    })
}
