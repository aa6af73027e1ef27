//! `GET /v1/decision-log/tile/…`: the hashes of the log's tree in tiles, and the commitments under them in
//! bundles (C2SP tlog-tiles). What is under a signed head never changes, so anybody may keep it for ever.

use axum::body::Body;
use axum::http::Response;
use hc_core::store::Store;
use hc_tlog::tile::TileId;

use super::cached;
use crate::api::Root;
use crate::call::Call;
use crate::door;
use crate::operation::{
    Credential, Lane, Operation, Parameter, ParameterPlace, Side, Success, Verb,
};
use crate::problem::{Problem, ProblemType};

const BYTES: &str = "application/octet-stream";
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// What stands before the place of a bundle.
const ENTRIES: &str = "entries/";

pub(crate) const OPERATION: Operation = Operation {
    id: "logTile",
    verb: Verb::Get,
    path: "/v1/decision-log/tile/{*place}",
    summary: "Gives a tile of the decision log's tree, or an entry bundle with the commitments under a tile of level 0; nothing in them is personal.",
    side: Side::Public,
    credential: Credential::None,
    lane: Lane::Act,
    body: None,
    parameters: &[Parameter {
        name: "place",
        place: ParameterPlace::Path,
        says: "As C2SP tlog-tiles writes it: <level>/<place>[.p/<width>] for a tile, entries/<place>[.p/<width>] for a bundle; the slashes are not escaped.",
        required: true,
        range: None,
    }],
    success: &[Success::plain(
        200,
        BYTES,
        "The bytes of the tile or bundle.",
    )],
    problems: &[ProblemType::NotFound],
};

pub(crate) async fn answer<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let missing = |detail: &str| Problem::new(ProblemType::NotFound).with_detail(detail);
    let place = call.segment("place");
    let bundle = place.strip_prefix(ENTRIES);
    // A bundle has the place and width of the tile of level 0 over it.
    let tile = match bundle {
        Some(place) => TileId::parse_path(&format!("tile/0/{place}")),
        None => TileId::parse_path(&format!("tile/{place}")),
    };
    let tile = tile.map_err(|error| missing(&error.to_string()))?;
    let region = call.api.region();
    let found = match bundle {
        Some(_) => region.log_bundle(tile).await?,
        None => region.log_tile(tile).await?,
    };
    let bytes = found.ok_or_else(|| missing("the tile is not under the head that is out"))?;
    Ok(cached(door::answer(200, BYTES, bytes), FOR_EVER))
}
