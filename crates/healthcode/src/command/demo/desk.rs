//! What the demonstration has beside the service: its page, a laboratory, and a hand on the clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use hc_code::Span;
use hc_code::text::CodeText;
use hc_node::region::BatchForm;
use hc_people::Crowd;
use hc_qr::{QrCode, svg};

use serde::Deserialize;
use serde_json::{Value, json};

use crate::service::Clockwork;
use crate::service::node::Node;
use crate::show::code;

/// Everything that the page can ask for beside the service.
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
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Forward {
    hours: u16,
}

impl Desk {
    pub(super) fn router(self) -> Router {
        Router::new()
            .route(
                "/demo",
                get(async || page("text/html; charset=utf-8", PAGE)),
            )
            .route(
                "/demo/page.css",
                get(async || page("text/css; charset=utf-8", STYLE)),
            )
            .route(
                "/demo/page.js",
                get(async || page("text/javascript; charset=utf-8", SCRIPT)),
            )
            .route("/demo/person", get(person))
            .route("/demo/now", get(now))
            .route("/demo/qr", post(picture))
            .route("/demo/positive", post(positive))
            .route("/demo/clock", post(forward))
            .with_state(Arc::new(self))
    }
}

const PAGE: &str = include_str!("../../../demo/page.html");
const STYLE: &str = include_str!("../../../demo/page.css");
const SCRIPT: &str = include_str!("../../../demo/page.js");
/// Scripts and styles of this page only; the picture of the code is part of it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

fn page(kind: &'static str, content: &'static str) -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, content)
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

/// Draws a code as the page shows it.
async fn picture(text: String) -> Response {
    let look = CodeText::parse(&text).map(|parsed| code::look(parsed.standard()));
    match (look, QrCode::of(&text)) {
        (Ok(look), Ok(code)) => {
            ([(header::CONTENT_TYPE, "image/svg+xml")], svg(&code, look)).into_response()
        }
        _ => StatusCode::BAD_REQUEST.into_response(),
    }
}

/// A laboratory reports a positive test: one line, taken in as any source's.
async fn positive(State(desk): State<Arc<Desk>>, Json(report): Json<Report>) -> Response {
    let at = desk.node.now().to_string();
    let line = json!({
        "ref": format!("demo-{at}"), "source": "laboratory", "by": "演示检验所",
        "document_type": "111", "document": report.number,
        "kind": "test", "at": at, "method": "nucleic-acid", "pooling": "single",
        "result": "positive",
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

async fn forward(State(desk): State<Arc<Desk>>, Json(forward): Json<Forward>) -> Response {
    desk.clock.forward(Span::hours(forward.hours));
    match desk.node.tend().await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => {
            let detail = Json(json!({ "detail": error.to_string() }));
            (StatusCode::SERVICE_UNAVAILABLE, detail).into_response()
        }
    }
}
