//! `GET /hub/v1/history/…` and `GET /hub/v1/files/{digest}`: how the lists came about, to be audited.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Response};
use hc_tlog::tile::TileId;

use super::{ShownHub, for_ever, for_now};

const TEXT: &str = "text/plain; charset=utf-8";
const BYTES: &str = "application/octet-stream";
const JSON: &str = "application/json";

/// The key of the history's heads.
pub(super) async fn key(State(shown): State<Arc<ShownHub>>, headers: HeaderMap) -> Response<Body> {
    let key = format!("{}\n", shown.hub().history().key());
    for_now(&headers, TEXT, Some(key.into_bytes()))
}

/// The newest signed head.
pub(super) async fn checkpoint(
    State(shown): State<Arc<ShownHub>>,
    headers: HeaderMap,
) -> Response<Body> {
    let hub = shown.hub();
    let head = hub.history().head();
    for_now(
        &headers,
        TEXT,
        head.map(hc_tlog::checkpoint::SignedCheckpoint::to_bytes),
    )
}

/// An entry's content.
pub(super) async fn entry(
    State(shown): State<Arc<ShownHub>>,
    Path(index): Path<String>,
) -> Response<Body> {
    let index: Option<u64> = index.parse().ok();
    let entry = index.and_then(|index| shown.hub().history().entry(index).ok().flatten());
    for_ever(JSON, entry)
}

/// A tile of the tree (C2SP tlog-tiles).
pub(super) async fn tile(
    State(shown): State<Arc<ShownHub>>,
    Path(place): Path<String>,
) -> Response<Body> {
    let tile = TileId::parse_path(&format!("tile/{place}")).ok();
    let bytes = tile.and_then(|tile| shown.hub().history().tile(tile).ok().flatten());
    for_ever(BYTES, bytes)
}

/// A request, trust list or removals, by their hash.
pub(super) async fn file(
    State(shown): State<Arc<ShownHub>>,
    Path(digest): Path<String>,
) -> Response<Body> {
    let digest = digest.parse().ok();
    for_ever(BYTES, digest.and_then(|digest| shown.hub().file(digest)))
}
