//! `GET /metrics`: counters for operators, in the text format of Prometheus.
//!
//! `spec/metrics.tsv` lists them all; a test holds the list to what a running region tells.

use std::future::ready;

use axum::body::Body;
use axum::http::Response;
use hc_code::Timestamp;
use hc_core::store::Store;

use crate::api::{Api, Root};
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
    let mut text = String::with_capacity(16 << 10);
    memory(api, &mut text);
    connections(api, &mut text);
    for gauge in &api.gauges {
        head(&mut text, gauge.name, "gauge", gauge.help);
        if let Some(value) = (gauge.read)() {
            line(&mut text, format_args!("{} {value}", gauge.name));
        }
    }
    let name = "healthcode_identity_total";
    head(
        &mut text,
        name,
        "counter",
        "Proofs of identity by method and end: proved, refused or unavailable.",
    );
    for (method, end, count) in api.identify().counts() {
        line(
            &mut text,
            format_args!("{name}{{method=\"{method}\",end=\"{end}\"}} {count}"),
        );
    }
    api.metrics.write(&mut text);
    ready(Ok(door::answer(200, TEXT, text))).await
}

/// One metric with one value.
fn single(text: &mut String, kind: &str, (name, help): (&str, &str), value: i128) {
    head(text, name, kind, help);
    line(text, format_args!("{name} {value}"));
}

/// What the node keeps in memory, and how old that is.
fn memory<S: Store, R: Root>(api: &Api<S, R>, text: &mut String) {
    let region = api.region();
    let (counts, as_of) = region.load();
    let now = region.now();
    let seconds = |since: Timestamp| i128::from(now.since(since).as_seconds());
    let waiting = i128::try_from(api.lanes.waiting()).unwrap_or(i128::MAX);
    let outgoing = region.outgoing();
    for (name, help, value) in [
        ("subjects", "Numbers in use.", counts.active.into()),
        (
            "exceptions",
            "Subjects who are not plainly low.",
            counts.exceptions.into(),
        ),
        ("gone", "Numbers withdrawn or erased.", counts.gone.into()),
        (
            "as_of_seconds",
            "The time of the facts that codes are made from, in seconds since 1970.",
            as_of.unix().into(),
        ),
        (
            "as_of_lag_seconds",
            "How old the facts are that codes are made from.",
            seconds(as_of),
        ),
        ("acts_waiting", "Acts that wait for their turn.", waiting),
        (
            "outgoing_waiting",
            "Messages that wait to be sent to other regions or to the hub's directory.",
            outgoing.count.into(),
        ),
        (
            "outgoing_oldest_seconds",
            "How long the oldest of these waits; 0 where none does.",
            outgoing.oldest.map_or(0, seconds),
        ),
        (
            "acts_running",
            "Acts that have their turn.",
            i128::try_from(api.lanes.running(api.limits())).unwrap_or(i128::MAX),
        ),
        (
            "batches_reading",
            "Batches that are being read or taken in.",
            i128::try_from(api.lanes.reading(api.limits())).unwrap_or(i128::MAX),
        ),
    ] {
        let name = format!("healthcode_{name}");
        single(text, "gauge", (&name, help), value);
    }
    let name = "healthcode_list_age_seconds";
    head(
        text,
        name,
        "gauge",
        "How old the facts of a published list are, by day.",
    );
    for list in region.lists().values() {
        let (day, age) = (list.day.number(), seconds(list.as_of));
        line(
            text,
            format_args!("{name}{{list=\"status\",day=\"{day}\"}} {age}"),
        );
    }
    let name = "healthcode_list_bytes";
    head(text, name, "gauge", "How large a published list is.");
    for list in region.lists().values() {
        let (day, bytes) = (list.day.number(), list.whole.len());
        line(
            text,
            format_args!("{name}{{list=\"status\",day=\"{day}\"}} {bytes}"),
        );
    }
    if let Some(list) = region.paper_list() {
        line(
            text,
            format_args!("{name}{{list=\"paper\"}} {}", list.len()),
        );
    }
}

/// What is counted of connections and of what was turned away.
fn connections<S: Store, R: Root>(api: &Api<S, R>, text: &mut String) {
    let counts = &api.connections;
    let capacity = api
        .capacity
        .as_ref()
        .map_or(0, |capacity| capacity.refused());
    single(
        text,
        "gauge",
        (
            "healthcode_connections",
            "Open connections of the public listener.",
        ),
        counts.opened().into(),
    );
    for (name, help, value) in [
        (
            "connections_total",
            "Connections of the public listener that were accepted.",
            counts.accepted(),
        ),
        (
            "connections_refused_total",
            "Connections closed at once because their address has too many.",
            counts.refused(),
        ),
        (
            "turned_away_total",
            "Acts and batches refused for load; wraps at 2^32.",
            api.lanes.turned_away().into(),
        ),
        (
            "beyond_capacity_total",
            "Requests refused because more came than the configured capacity.",
            capacity,
        ),
        (
            "journal_dropped_total",
            "Records of the journal that nobody read in time.",
            api.journal.dropped(),
        ),
    ] {
        let name = format!("healthcode_{name}");
        single(text, "counter", (&name, help), value.into());
    }
    let name = "healthcode_tls_handshakes_total";
    head(text, name, "counter", "TLS handshakes by outcome.");
    for (outcome, count) in counts.handshakes() {
        line(
            text,
            format_args!("{name}{{outcome=\"{outcome}\"}} {count}"),
        );
    }
}
