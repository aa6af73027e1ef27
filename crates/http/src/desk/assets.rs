//! The desk's one script and one style, compiled into the program. The style begins with the tokens of all pages.

use axum::body::Body;
use axum::extract::Path;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderValue, Response};

use super::door::finish;
use crate::door::answer as answered;
use crate::problem::{Problem, ProblemType};

const SCRIPT: &str = include_str!("assets/desk.js");
const STYLE: &str = concat!(
    include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../web/shared/tokens.css"
    )),
    include_str!("assets/desk.css"),
);
const ICON: &str = include_str!("assets/icon.svg");

/// A file by its name.
pub(super) async fn answer(Path(name): Path<String>) -> Response<Body> {
    let found = match name.as_str() {
        "desk.js" => Some(("text/javascript; charset=utf-8", SCRIPT)),
        "desk.css" => Some(("text/css; charset=utf-8", STYLE)),
        "icon.svg" => Some(("image/svg+xml", ICON)),
        _ => None,
    };
    let response = match found {
        Some((media, text)) => {
            let mut response = answered(200, media, text);
            // Asked for again with each version of the program; small, and on the operators' own network.
            let kept = HeaderValue::from_static("private, max-age=300");
            response.headers_mut().insert(CACHE_CONTROL, kept);
            response
        }
        None => Problem::new(ProblemType::NotFound).response(),
    };
    std::future::ready(finish(response)).await
}
