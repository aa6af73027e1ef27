//! `GET /hub/v1/trust-list`, `…/{version}` and `GET /hub/v1/removals`.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Response};

use super::{COSE, ShownHub, for_ever, for_now};

/// The trust list in force.
pub(super) async fn newest(
    State(shown): State<Arc<ShownHub>>,
    headers: HeaderMap,
) -> Response<Body> {
    let list = shown.hub().register().list_bytes().map(<[u8]>::to_vec);
    for_now(&headers, COSE, list)
}

/// A trust list that was in force.
pub(super) async fn version(
    State(shown): State<Arc<ShownHub>>,
    Path(version): Path<String>,
) -> Response<Body> {
    let hub = shown.hub();
    let version: Option<u32> = version.parse().ok();
    let digest = version.and_then(|version| hub.register().lists().get(&version).copied());
    for_ever(COSE, digest.and_then(|digest| hub.file(digest)))
}

/// The newest removals; nothing before the first.
pub(super) async fn removals(
    State(shown): State<Arc<ShownHub>>,
    headers: HeaderMap,
) -> Response<Body> {
    let list = shown.hub().register().removal_bytes().map(<[u8]>::to_vec);
    for_now(&headers, COSE, list)
}
