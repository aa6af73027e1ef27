//! What the demonstration has beside the service: its stage, a laboratory, and a hand on the clock.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use hc_code::Span;
use hc_http::pages;
use hc_node::region::BatchForm;
use hc_people::Crowd;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::service::Clockwork;
use crate::service::node::Node;

/// Everything that the stage can ask for beside the service.
pub(super) struct Desk {
    pub(super) node: Arc<Node>,
    pub(super) clock: Arc<Clockwork>,
    pub(super) crowd: Crowd,
    /// The next person who is not enrolled.
    pub(super) next: AtomicU32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Report {
    number: String,
    result: Reported,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Reported {
    Positive,
    Negative,
}

impl Reported {
    const fn word(self) -> &'static str {
        match self {
            Self::Positive => "positive",
            Self::Negative => "negative",
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Forward {
    hours: u16,
}

impl Desk {
    pub(super) fn router(self) -> Router {
        Router::new()
            .route("/demo", get(stage))
            .route(
                "/demo/stage.css",
                get(async || page("text/css; charset=utf-8", STYLE)),
            )
            .route(
                "/demo/stage.js",
                get(async || page("text/javascript; charset=utf-8", SCRIPT)),
            )
            .route("/demo/person", get(person))
            .route("/demo/now", get(now))
            .route("/demo/test", post(test))
            .route("/demo/clock", post(forward))
            .with_state(Arc::new(self))
    }
}

const STAGE: &str = include_str!("../../../demo/stage.html");
const STYLE: &str = include_str!("../../../demo/stage.css");
const SCRIPT: &str = include_str!("../../../demo/stage.js");
/// Scripts and styles of this service only.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

/// The stage: who is played, the laboratory's buttons, a hand on the clock.
async fn stage() -> impl IntoResponse {
    let at = |file| pages::asset_path(file).unwrap_or_default();
    let (tokens, base) = (at("shared/tokens.css"), at("shared/base.css"));
    let stage = STAGE.replace("{{tokens}}", &tokens);
    page("text/html; charset=utf-8", stage.replace("{{base}}", &base))
}

fn page(kind: &'static str, content: impl Into<Cow<'static, str>>) -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, content.into())
}

async fn person(State(desk): State<Arc<Desk>>) -> Json<Value> {
    let person = desk.crowd.person(desk.next.fetch_add(1, Ordering::AcqRel));
    Json(json!({ "name": person.name, "number": person.number }))
}

async fn now(State(desk): State<Arc<Desk>>) -> Json<Value> {
    let (counts, _) = desk.node.load();
    Json(json!({
        "now": desk.node.now().at_offset(desk.node.terms().offset),
        "region": desk.node.division().to_string(),
        "active": counts.active,
        "exceptions": counts.exceptions,
    }))
}

/// A laboratory reports a test: one line, taken in as any source's.
async fn test(State(desk): State<Arc<Desk>>, Json(report): Json<Report>) -> Response {
    let at = desk.node.now().to_string();
    let line = json!({
        "ref": format!("demo-{at}"), "source": "laboratory", "by": "演示检验所",
        "document_type": "111", "document": report.number,
        "kind": "test", "at": at, "method": "nucleic-acid", "pooling": "single",
        "result": report.result.word(),
    });
    match desk
        .node
        .receive(line.to_string().as_bytes(), BatchForm::Ndjson)
        .await
    {
        Ok(received) => Json(json!({
            "rows": received.batch.rows().len(),
            "quarantined": received.batch.quarantined().len(),
            "changed": received.taken.changed.len(),
        }))
        .into_response(),
        Err(error) => (
            StatusCode::BAD_REQUEST,
            Json(json!({ "detail": error.to_string() })),
        )
            .into_response(),
    }
}

/// Turns the clock; what the node does every minute by the new time is done before the answer, so that a gate that asks
/// next finds lists that have not ended.
async fn forward(State(desk): State<Arc<Desk>>, Json(forward): Json<Forward>) -> Response {
    desk.clock.forward(Span::hours(forward.hours));
    match caught_up(&desk.node).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => {
            let detail = Json(json!({ "detail": format!("{error:#}") }));
            (StatusCode::SERVICE_UNAVAILABLE, detail).into_response()
        }
    }
}

async fn caught_up(node: &Arc<Node>) -> anyhow::Result<()> {
    node.tend().await?;
    let node = Arc::clone(node);
    Ok(tokio::task::spawn_blocking(move || node.publish_lists()).await??)
}
