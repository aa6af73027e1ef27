//! `GET /metrics`: counters for operators, in the text format of Prometheus.

use std::future::ready;

use axum::body::Body;
use axum::http::Response;
use hc_core::store::Store;

use crate::api::Root;
use crate::call::Call;
use crate::door;
use crate::metrics::{head, line};
use crate::operation::{Credential, Lane, Operation, Side, Success, Verb};
use crate::problem::Problem;

const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

pub(crate) const OPERATION: Operation = Operation {
    id: "metrics",
    verb: Verb::Get,
    path: "/metrics",
    summary: "Gives counters for operators; nothing in them is about one person.",
    side: Side::Operators,
    credential: Credential::None,
    lane: Lane::Memory,
    body: None,
    parameters: &[],
    success: &[Success::plain(200, TEXT, "The counters.")],
    problems: &[],
};

pub(crate) async fn answer<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let api = &call.api;
    let (counts, as_of) = api.region().load();
    let lag = api.region().now().since(as_of).as_seconds();
    let mut text = String::with_capacity(2048);
    let mut gauge = |name: &str, help: &str, value: i128| {
        head(&mut text, name, "gauge", help);
        line(&mut text, format_args!("{name} {value}"));
    };
    gauge(
        "healthcode_subjects",
        "Numbers in use.",
        counts.active.into(),
    );
    gauge(
        "healthcode_exceptions",
        "Subjects who are not plainly low.",
        counts.exceptions.into(),
    );
    gauge(
        "healthcode_gone",
        "Numbers withdrawn or erased.",
        counts.gone.into(),
    );
    gauge(
        "healthcode_as_of_lag_seconds",
        "How old the facts are that codes are made from.",
        lag.into(),
    );
    gauge(
        "healthcode_acts_waiting",
        "Acts that wait for their turn.",
        i128::try_from(api.lanes.waiting()).unwrap_or(i128::MAX),
    );
    let turned_away = "healthcode_turned_away_total";
    head(
        &mut text,
        turned_away,
        "counter",
        "Requests refused for load; wraps at 2^32.",
    );
    line(
        &mut text,
        format_args!("{turned_away} {}", api.lanes.turned_away()),
    );
    api.metrics.write(&mut text);
    ready(Ok(door::answer(200, TEXT, text))).await
}
