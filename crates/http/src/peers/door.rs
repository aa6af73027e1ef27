//! What a door answers: who is there, and a parcel that is handed in.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::CONNECTION;
use axum::http::{HeaderValue, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use hc_code::signing::KeyId;
use hc_code::{DivisionCode, Timestamp};
use http_body_util::{BodyExt as _, Limited};
use serde::{Deserialize, Serialize};
use tokio::time::timeout;

use super::neighbours::{About, Neighbours};
use crate::door::{answer, finish};
use crate::operation::JSON;
use crate::problem::{Problem, ProblemType};
use crate::serve::PeerKey;

const COSE: &str = "application/cose";
/// The most bytes of a parcel.
const MOST: usize = 1 << 20;
/// How long a parcel may take to come.
const WITHIN: Duration = Duration::from_secs(10);

/// Being at work on a parcel; gives the signed answer.
pub type Taking<'a> = Pin<Box<dyn Future<Output = Result<Vec<u8>, ParcelRefused>> + Send + 'a>>;

/// Who takes parcels in.
pub trait TakeParcels: Send + Sync + 'static {
    /// Takes a parcel from a region whose node has proved itself; its own signature is still to be
    /// checked.
    fn take(&self, from: DivisionCode, parcel: Bytes) -> Taking<'_>;
}

/// Why a parcel is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParcelRefused {
    /// It is none, or not for this region, or not from that one, or was here before.
    #[error("{0}")]
    Bad(String),
    /// It is sealed to a key that is not here any more: to be sealed to the one of the newest key list.
    #[error("it is sealed to a key that is not here any more")]
    OldKey,
    /// Later.
    #[error("too many at once")]
    Busy,
    /// The store, or whatever else is ours.
    #[error("it cannot be kept at the moment")]
    Away,
}

/// What a door says to a visitor: who is here, and as whom the visitor is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Hello {
    /// The region of the door.
    pub region: DivisionCode,
    /// The region of the visitor.
    pub you: DivisionCode,
    /// The time at the door.
    pub now: Timestamp,
    /// The trust list that is held there.
    pub trust_version: Option<u32>,
    /// Until when it holds.
    pub trust_until: Option<Timestamp>,
    /// The version of the region's own key list.
    pub key_version: Option<u64>,
}

struct Door {
    neighbours: Arc<dyn Neighbours>,
    parcels: Option<Arc<dyn TakeParcels>>,
}

/// The routes of a door. Without anybody who takes parcels none is taken.
pub fn door(neighbours: Arc<dyn Neighbours>, parcels: Option<Arc<dyn TakeParcels>>) -> Router {
    let nothing = async || finish(Problem::new(ProblemType::NotFound).response());
    let not_so = async || finish(Problem::new(ProblemType::MethodNotAllowed).response());
    Router::new()
        .route("/door/v1/hello", get(hello))
        .route("/door/v1/parcels", post(parcel))
        .fallback(nothing)
        .method_not_allowed_fallback(not_so)
        .with_state(Arc::new(Door {
            neighbours,
            parcels,
        }))
}

/// Who asks, at this moment: the connection may be older than a removal.
pub(crate) fn visitor(
    neighbours: &dyn Neighbours,
    request: &Request,
) -> Result<DivisionCode, Problem> {
    let stranger = |says: String| Problem::new(ProblemType::NotAllowed).with_detail(says);
    let key: KeyId = request
        .extensions()
        .get::<PeerKey>()
        .ok_or_else(|| stranger("no key was proved".to_owned()))?
        .0;
    let peer = neighbours.peer(key);
    peer.map_err(|reason| stranger(reason.to_string()))
}

/// Ends the connection of who is not, or no more, a neighbour.
pub(crate) fn turned_away(problem: &Problem) -> Response<Body> {
    let mut response = finish(problem.response());
    if problem.kind() == ProblemType::NotAllowed {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(CONNECTION, close);
    }
    response
}

async fn hello(State(door): State<Arc<Door>>, request: Request) -> Response<Body> {
    let you = match visitor(&*door.neighbours, &request) {
        Ok(you) => you,
        Err(problem) => return turned_away(&problem),
    };
    let About {
        region,
        now,
        trust_version,
        trust_until,
        key_version,
    } = door.neighbours.about();
    let hello = Hello {
        region,
        you,
        now,
        trust_version,
        trust_until,
        key_version,
    };
    match serde_json::to_vec(&hello) {
        Ok(bytes) => finish(answer(200, JSON, bytes)),
        Err(_) => finish(Problem::new(ProblemType::Internal).response()),
    }
}

async fn parcel(State(door): State<Arc<Door>>, request: Request) -> Response<Body> {
    match take(&door, request).await {
        Ok(answered) => finish(answer(200, COSE, answered)),
        Err(problem) => turned_away(&problem),
    }
}

async fn take(door: &Door, request: Request) -> Result<Vec<u8>, Problem> {
    let from = visitor(&*door.neighbours, &request)?;
    let none = || Problem::new(ProblemType::NotFound).with_detail("no parcels are taken here");
    let parcels = door.parcels.as_ref().ok_or_else(none)?;
    let body = whole(request, MOST).await?;
    let taken = parcels.take(from, body).await;
    taken.map_err(|refused| match refused {
        ParcelRefused::Bad(says) => Problem::new(ProblemType::BadFields).with_detail(says),
        ParcelRefused::OldKey => Problem::new(ProblemType::OldKey),
        ParcelRefused::Busy => Problem::new(ProblemType::Overloaded).with_retry_after(2),
        ParcelRefused::Away => Problem::new(ProblemType::StoreUnavailable).with_retry_after(5),
    })
}

/// The body of a request that a neighbour brings: so many bytes at most, and in time.
pub(crate) async fn whole(request: Request, most: usize) -> Result<Bytes, Problem> {
    let body = Limited::new(request.into_body(), most).collect();
    let body = timeout(WITHIN, body)
        .await
        .map_err(|_| Problem::new(ProblemType::BodyTooSlow))?
        .map_err(|_| Problem::new(ProblemType::BodyTooLarge))?;
    Ok(body.to_bytes())
}
