//! The decision log as everybody may read it (C2SP tlog-tiles): head, key, tiles, proofs that one head
//! follows another. `spec/decision-log.md` is the normative description.

pub(crate) mod checkpoint;
pub(crate) mod consistency;
pub(crate) mod tiles;

use axum::body::Body;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderValue, Response};

/// Plain text in UTF-8.
pub(crate) const TEXT: &str = "text/plain; charset=utf-8";

/// Lets whoever stands between keep an answer.
fn cached(mut response: Response<Body>, how: &'static str) -> Response<Body> {
    let how = HeaderValue::from_static(how);
    response.headers_mut().insert(CACHE_CONTROL, how);
    response
}
