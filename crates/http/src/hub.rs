//! The hub over HTTP: trust lists, removals, the history, and the mirror of all regions' lists. Everything
//! is a file that anybody may keep: signed, or named by its hash, or an index of such.

mod directory;
mod door;
mod history;
mod mirrored;
mod shown;
mod trust;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, Response};
use axum::routing::get;

use crate::door::{answer, finish};
use crate::problem::{Problem, ProblemType};

pub use directory::directory;
pub use door::HubNeighbours;
pub use shown::ShownHub;

/// Under this name it is never anything else.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// It may be another thing soon: to be asked for again, at little cost.
const SOON: &str = "public, max-age=5, must-revalidate";
const COSE: &str = "application/cose";

/// The routes of a hub.
pub fn hub(shown: Arc<ShownHub>) -> Router {
    let nothing = async || finish(Problem::new(ProblemType::NotFound).response());
    let not_so = async || finish(Problem::new(ProblemType::MethodNotAllowed).response());
    Router::new()
        .route("/hub/v1/trust-list", get(trust::newest))
        .route("/hub/v1/trust-list/{version}", get(trust::version))
        .route("/hub/v1/removals", get(trust::removals))
        .route("/hub/v1/door", get(door::stated))
        .route("/hub/v1/files/{digest}", get(history::file))
        .route("/hub/v1/history/key", get(history::key))
        .route("/hub/v1/history/checkpoint", get(history::checkpoint))
        .route("/hub/v1/history/entries/{index}", get(history::entry))
        .route("/hub/v1/history/tile/{*place}", get(history::tile))
        .route("/mirror/v1/index.json", get(mirrored::index))
        .route("/mirror/v1/{region}/keys/{version}", get(mirrored::keys))
        .route("/mirror/v1/{region}/paper/{sequence}", get(mirrored::paper))
        .route(
            "/mirror/v1/{region}/status/{day}/{epoch}/whole/{sequence}",
            get(mirrored::whole),
        )
        .route(
            "/mirror/v1/{region}/status/{day}/{epoch}/step/{sequence}",
            get(mirrored::step),
        )
        .route(
            "/mirror/v1/{region}/status/{day}/{epoch}/shard/{number}/{sequence}",
            get(mirrored::shard),
        )
        .route("/healthz", get(health))
        .fallback(nothing)
        .method_not_allowed_fallback(not_so)
        .with_state(shown)
}

async fn health(State(shown): State<Arc<ShownHub>>) -> Response<Body> {
    let told = serde_json::json!({
        "name": shown.hub().register().name(),
        "trustList": shown.hub().register().list().map(hc_code::trust_list::TrustList::version),
        "entries": shown.hub().history().entries().len(),
    });
    finish(answer(200, "application/json", told.to_string()))
}

/// Something that is always the same under its name.
fn for_ever(media: &'static str, bytes: Option<Vec<u8>>) -> Response<Body> {
    match bytes {
        Some(bytes) => with(answer(200, media, bytes), FOR_EVER, None),
        None => missing(),
    }
}

/// Something that changes: whoever has it already is told so.
fn for_now(headers: &HeaderMap, media: &'static str, bytes: Option<Vec<u8>>) -> Response<Body> {
    let Some(bytes) = bytes else {
        return missing();
    };
    let tag = format!("\"{}\"", hc_hub::digest::Digest::of(&bytes));
    let held = headers
        .get(IF_NONE_MATCH)
        .and_then(|held| held.to_str().ok());
    let same = held.is_some_and(|held| {
        held.split(',')
            .any(|held| held.trim().trim_start_matches("W/") == tag)
    });
    let response = if same {
        answer(304, "", "")
    } else {
        answer(200, media, bytes)
    };
    with(response, SOON, Some(&tag))
}

fn missing() -> Response<Body> {
    with(
        Problem::new(ProblemType::NotFound).response(),
        "no-store",
        None,
    )
}

fn with(mut response: Response<Body>, cache: &'static str, tag: Option<&str>) -> Response<Body> {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    // Gates in pages of others read them too. Nothing here knows cookies.
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    if let Some(tag) = tag.and_then(|tag| HeaderValue::from_str(tag).ok()) {
        headers.insert(ETAG, tag);
    }
    finish(response)
}
