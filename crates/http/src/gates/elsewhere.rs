//! `GET /v1/regions/{division}/…`: what other regions publish, passed on to this region's gates.
//!
//! A gate's page may ask its own region only. What a carried code of elsewhere names (a key list, one shard, a
//! paper list, a policy) is fetched where the trust list says that region has it, kept for some seconds, and
//! given on as it came: the gate checks every signature, so nobody between can forge anything.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use axum::body::Body;
use axum::http::HeaderValue;
use axum::http::Response;
use axum::http::header::CACHE_CONTROL;
use bytes::Bytes;
use hc_code::trust_list::EndpointKind;
use hc_code::{DivisionCode, Span, Timestamp};
use hc_core::store::Store;
use tokio::sync::Semaphore;

use crate::api::Root;
use crate::call::Call;
use crate::door;
use crate::operation::{
    Credential, Lane, Operation, Parameter, ParameterPlace, Side, Success, Verb,
};
use crate::peers::{FetchError, Fetcher};
use crate::problem::{Problem, ProblemType};

const CBOR: &str = "application/cbor";
const DIVISION: Parameter = Parameter::path("division", "The other region, six digits.");
/// A list that was fetched is given on for so long.
const KEPT: Span = Span::seconds(15);
/// The same for whoever stands between.
const KEPT_ON_ITS_WAY: HeaderValue = HeaderValue::from_static("public, max-age=15");
/// A shard of the largest kind has 256 KiB before compression, a key list of ten thousand keys 700 KB.
const MOST: usize = 1 << 21;
/// So many lists are held at once.
const HELD: usize = 256;
/// So many are fetched at once; whoever comes then is told to come again.
const AT_ONCE: usize = 16;

/// What is fetched from other regions for this one's gates.
pub struct Elsewhere {
    fetcher: Fetcher,
    held: Mutex<BTreeMap<String, (Timestamp, Said)>>,
    fetching: Semaphore,
}

/// What an address gave: bytes, or that there is nothing newer.
#[derive(Clone)]
struct Said(Option<Bytes>);

impl fmt::Debug for Elsewhere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Elsewhere").finish_non_exhaustive()
    }
}

impl Elsewhere {
    /// Fetches with whatever certificates the fetcher believes.
    pub fn new(fetcher: Fetcher) -> Self {
        Self {
            fetcher,
            held: Mutex::default(),
            fetching: Semaphore::new(AT_ONCE),
        }
    }

    fn kept(&self, address: &str, now: Timestamp) -> Option<Said> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, said) = held.get(address)?;
        let fresh = *at <= now && now < at.plus(KEPT);
        fresh.then(|| said.clone())
    }

    /// What is at an address, fetched or kept; nothing where there is nothing newer.
    async fn get(&self, address: &str, now: Timestamp) -> Result<Option<Bytes>, Problem> {
        if let Some(Said(bytes)) = self.kept(address, now) {
            return Ok(bytes);
        }
        let busy = |_| Problem::new(ProblemType::Overloaded);
        let _turn = self.fetching.try_acquire().map_err(busy)?;
        let fetched = self.fetcher.get(address, None, MOST).await;
        let bytes = match fetched {
            Ok(fetched) => fetched.bytes,
            Err(FetchError::Status(_)) => {
                let detail = "that region has none";
                return Err(Problem::new(ProblemType::NotFound).with_detail(detail));
            }
            Err(error) => {
                let detail = error.to_string();
                return Err(Problem::new(ProblemType::NoAnswerInTime).with_detail(detail));
            }
        };
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.retain(|_, (at, _)| now < at.plus(KEPT));
        if held.len() < HELD {
            held.insert(address.to_owned(), (now, Said(bytes.clone())));
        }
        Ok(bytes)
    }
}

const SUCCESS: &[Success] = &[
    Success::plain(200, CBOR, "As the other region signed it, COSE_Sign1."),
    Success::plain(204, "", "It has nothing newer."),
];

const fn operation(
    id: &'static str,
    path: &'static str,
    summary: &'static str,
    parameters: &'static [Parameter],
) -> Operation {
    Operation {
        id,
        verb: Verb::Get,
        path,
        summary,
        side: Side::Public,
        credential: Credential::None,
        lane: Lane::Proof,
        body: None,
        parameters,
        success: SUCCESS,
        problems: &[ProblemType::NotFound, ProblemType::NoAnswerInTime],
    }
}

pub(crate) const KEYS: Operation = operation(
    "keysElsewhere",
    "/v1/regions/{division}/keys",
    "Passes on another region's key list, as it signed it.",
    &[DIVISION],
);

pub(crate) const SHARD: Operation = operation(
    "statusShardElsewhere",
    "/v1/regions/{division}/status-shard",
    "Passes on one shard of another region's status list: the one that a carried code names.",
    &[
        DIVISION,
        Parameter {
            name: "day",
            place: ParameterPlace::Query,
            says: "That region's local day, counted from 1970-01-01; its today where it is not given.",
            required: false,
            range: Some((0, 65_535)),
        },
        Parameter {
            name: "shard",
            place: ParameterPlace::Query,
            says: "The number of the shard, from 0; 0 where it is not given.",
            required: false,
            range: Some((0, 4095)),
        },
    ],
);

pub(crate) const PAPER: Operation = operation(
    "paperListElsewhere",
    "/v1/regions/{division}/paper-list",
    "Passes on another region's paper list, as it signed it.",
    &[DIVISION],
);

pub(crate) const POLICY: Operation = operation(
    "recognitionPolicyElsewhere",
    "/v1/regions/{division}/recognition-policy",
    "Passes on another region's recognition policy, for gates that have to satisfy it too.",
    &[
        DIVISION,
        Parameter {
            name: "after",
            place: ParameterPlace::Query,
            says: "The version that the gate has. The answer is the next one that was announced.",
            required: false,
            range: Some((0, u32::MAX)),
        },
    ],
);

pub(crate) async fn keys<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    passed(&call, EndpointKind::Keys, "").await
}

pub(crate) async fn shard<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let day = call.number("day").map(|day| format!("&day={day}"));
    let shard = call.number("shard").unwrap_or_default();
    let path = format!("/status-shard?shard={shard}{}", day.unwrap_or_default());
    passed(&call, EndpointKind::Status, &path).await
}

pub(crate) async fn paper<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    passed(&call, EndpointKind::Paper, "").await
}

pub(crate) async fn policy<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let after = call.number("after");
    let after = after.map_or_else(String::new, |after| format!("?after={after}"));
    passed(
        &call,
        EndpointKind::Rules,
        &format!("/recognition-policy{after}"),
    )
    .await
}

async fn passed<S: Store, R: Root>(
    call: &Call<S, R>,
    kind: EndpointKind,
    path: &str,
) -> Result<Response<Body>, Problem> {
    let region = call.api.region();
    let now = region.now();
    let unknown = || Problem::new(ProblemType::NotFound);
    let of: DivisionCode = call.segment("division").parse().map_err(|_| unknown())?;
    let elsewhere = call
        .api
        .elsewhere()
        .ok_or_else(|| unknown().with_detail("this region has not joined a federation"))?;
    let address = {
        let held = region.foreign().held();
        held.address(of, kind, now).map(ToString::to_string)
    };
    let address = address.ok_or_else(|| {
        unknown()
            .with_detail("that region is not on the trust list, or does not say where it has this")
    })?;
    let found = elsewhere.get(&format!("{address}{path}"), now).await?;
    let mut answer = match found {
        Some(bytes) => door::answer(200, CBOR, bytes),
        None => door::answer(204, "", ""),
    };
    answer.headers_mut().insert(CACHE_CONTROL, KEPT_ON_ITS_WAY);
    Ok(answer)
}
