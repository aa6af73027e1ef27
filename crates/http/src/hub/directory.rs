//! `/directory/v1/…` on the hub's door: regions enter themselves under pseudonyms, and ask who else did
//! (`spec/directory.md`).
//!
//! Pseudonyms stand in bodies, never in addresses, so that nothing on the way writes them down.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::Response;
use axum::routing::{get, post};
use bytes::Bytes;
use hc_code::{DivisionCode, Timestamp};
use hc_core::directory::Pseudonym;
use hc_hub::directory::{Directory, DirectoryError, RegisterName};
use serde_json::json;

use super::ShownHub;
use crate::door::{answer, finish};
use crate::operation::JSON;
use crate::peers::{Neighbours, turned_away, visitor, whole};
use crate::problem::{Problem, ProblemType};

/// The most bytes of a body: a thousand pseudonyms, a line each.
const MOST: usize = 64 << 10;
/// What could not be written now is asked for again after so many seconds.
const AGAIN: u32 = 5;

struct Served {
    neighbours: Arc<dyn Neighbours>,
    directory: Arc<Directory>,
    shown: Arc<ShownHub>,
}

/// What a region asks for.
#[derive(Clone, Copy)]
enum Act {
    Find,
    Enter,
    Withdraw,
}

/// The routes of the directory, to be merged into those of the hub's door.
pub fn directory(
    neighbours: Arc<dyn Neighbours>,
    directory: Arc<Directory>,
    shown: Arc<ShownHub>,
) -> Router {
    let served = Arc::new(Served {
        neighbours,
        directory,
        shown,
    });
    let act = |act: Act| {
        async move |State(served): State<Arc<Served>>, request: Request| match served
            .act(act, request)
            .await
        {
            Ok(bytes) => finish(answer(200, JSON, bytes)),
            Err(problem) => turned_away(&problem),
        }
    };
    Router::new()
        .route("/directory/v1/register", get(register))
        .route("/directory/v1/questions", post(act(Act::Find)))
        .route("/directory/v1/entries", post(act(Act::Enter)))
        .route("/directory/v1/withdrawals", post(act(Act::Withdraw)))
        .with_state(served)
}

async fn register(State(served): State<Arc<Served>>, request: Request) -> Response<Body> {
    match visitor(&*served.neighbours, &request) {
        Ok(_) => finish(answer(200, JSON, called(served.directory.name()))),
        Err(problem) => turned_away(&problem),
    }
}

fn called(name: RegisterName) -> Vec<u8> {
    json!({ "register": name.to_string() })
        .to_string()
        .into_bytes()
}

impl Served {
    async fn act(&self, act: Act, request: Request) -> Result<Vec<u8>, Problem> {
        let region = visitor(&*self.neighbours, &request)?;
        let pseudonyms = read(&whole(request, MOST).await?)?;
        let now = self.shown.now();
        let directory = Arc::clone(&self.directory);
        if let Act::Find = act {
            let [pseudonym] = pseudonyms.as_slice() else {
                return Err(bad("one pseudonym is asked about at a time"));
            };
            let found = directory.find(region, *pseudonym, now)?;
            let found: Vec<String> = found.iter().map(ToString::to_string).collect();
            return Ok(json!({ "regions": found }).to_string().into_bytes());
        }
        // It waits for the disk.
        let done = move || change(&directory, act, (region, &pseudonyms), now);
        let done = tokio::task::spawn_blocking(done).await;
        let name = done.map_err(|_| Problem::new(ProblemType::Internal))??;
        Ok(called(name))
    }
}

fn change(
    directory: &Directory,
    act: Act,
    (region, pseudonyms): (DivisionCode, &[Pseudonym]),
    now: Timestamp,
) -> Result<RegisterName, DirectoryError> {
    match act {
        Act::Withdraw => directory.withdraw(region, pseudonyms, now),
        Act::Enter | Act::Find => directory.enter(region, pseudonyms, now),
    }
}

/// The pseudonyms of a body, one a line.
fn read(body: &Bytes) -> Result<Vec<Pseudonym>, Problem> {
    let text = core::str::from_utf8(body).map_err(|_| bad("it is not UTF-8"))?;
    let mut pseudonyms = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let read = line.parse::<Pseudonym>();
        pseudonyms.push(read.map_err(|error| bad(&format!("line {number}: {error}")))?);
    }
    Ok(pseudonyms)
}

fn bad(says: &str) -> Problem {
    Problem::new(ProblemType::BadFields).with_detail(says)
}

impl From<DirectoryError> for Problem {
    fn from(error: DirectoryError) -> Self {
        match error {
            DirectoryError::TooMany(too_many) => {
                let seconds = u32::try_from(too_many.0.as_seconds()).unwrap_or(60);
                Self::new(ProblemType::TooMany).with_retry_after(seconds.max(1))
            }
            DirectoryError::TooLong(_) => {
                Self::new(ProblemType::BodyTooLarge).with_detail(error.to_string())
            }
            DirectoryError::Month(_) => bad(&error.to_string()),
            DirectoryError::Damaged { .. } | DirectoryError::File { .. } => {
                Self::new(ProblemType::StoreUnavailable).with_retry_after(AGAIN)
            }
        }
    }
}
