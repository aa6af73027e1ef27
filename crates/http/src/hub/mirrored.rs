//! `GET /mirror/v1/…`: the lists of all regions under names that never mean anything else, and the index of
//! what is newest.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Response};
use hc_code::{Day, DivisionCode};
use hc_hub::mirror::{DayShelf, Mirror};

use super::{COSE, ShownHub, for_ever, for_now};

/// Everything that is newest.
pub(super) async fn index(
    State(shown): State<Arc<ShownHub>>,
    headers: HeaderMap,
) -> Response<Body> {
    let index = shown.mirror().index(&shown.federation(), shown.now());
    for_now(
        &headers,
        "application/json",
        serde_json::to_vec(&index).ok(),
    )
}

/// A key list.
pub(super) async fn keys(
    State(shown): State<Arc<ShownHub>>,
    Path((region, version)): Path<(String, String)>,
) -> Response<Body> {
    let mirror = shown.mirror();
    let found = (|| {
        let shelf = mirror.of(region.parse().ok()?)?;
        Some(shelf.keys().get(&version.parse().ok()?)?.to_vec())
    })();
    for_ever(COSE, found)
}

/// The newest paper list.
pub(super) async fn paper(
    State(shown): State<Arc<ShownHub>>,
    Path((region, sequence)): Path<(String, String)>,
) -> Response<Body> {
    let mirror = shown.mirror();
    let found = (|| {
        let (held, _, bytes) = mirror.of(region.parse().ok()?)?.paper()?;
        (Some(*held) == sequence.parse().ok()).then(|| bytes.to_vec())
    })();
    for_ever(COSE, found)
}

fn day<'a>(mirror: &'a Mirror, region: &str, day: &str, epoch: &str) -> Option<&'a DayShelf> {
    let region: DivisionCode = region.parse().ok()?;
    let day = Day::from_number(day.parse().ok()?);
    let shelf = mirror.of(region)?.days().get(&day)?;
    (Some(shelf.newest().name().epoch) == epoch.parse().ok()).then_some(shelf)
}

/// The whole status list of a day.
pub(super) async fn whole(
    State(shown): State<Arc<ShownHub>>,
    Path((region, of, epoch, sequence)): Path<(String, String, String, String)>,
) -> Response<Body> {
    let mirror = shown.mirror();
    let found = (|| {
        let (held, bytes) = day(&mirror, &region, &of, &epoch)?.whole()?;
        (Some(*held) == sequence.parse().ok()).then(|| bytes.to_vec())
    })();
    for_ever(COSE, found)
}

/// What changed up to an edition.
pub(super) async fn step(
    State(shown): State<Arc<ShownHub>>,
    Path((region, of, epoch, sequence)): Path<(String, String, String, String)>,
) -> Response<Body> {
    let mirror = shown.mirror();
    let found = (|| {
        let steps = day(&mirror, &region, &of, &epoch)?.steps();
        let (_, bytes) = steps.get(&sequence.parse().ok()?)?;
        Some(bytes.to_vec())
    })();
    for_ever(COSE, found)
}

/// A shard of a day's status list.
pub(super) async fn shard(
    State(shown): State<Arc<ShownHub>>,
    Path((region, of, epoch, number, sequence)): Path<(String, String, String, String, String)>,
) -> Response<Body> {
    let mirror = shown.mirror();
    let found = (|| {
        let shards = day(&mirror, &region, &of, &epoch)?.shards();
        let (held, bytes) = shards.get(&number.parse().ok()?)?;
        (Some(*held) == sequence.parse().ok()).then(|| bytes.to_vec())
    })();
    for_ever(COSE, found)
}
