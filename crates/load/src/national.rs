//! Making and verifying through GB/T 38963, beside showing and verifying by the region's own interface.
//!
//! Each connection applies for a hundred calls and then makes them; what applying costs is in the rate. The
//! parts are taken in turn several times, and the median of each counts.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use hc_code::Timestamp;
use hc_code::signing::{Signer, SigningKey};
use hc_gbt::envelope::{Way as Direction, coded, signed};
use hc_gbt::moment;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::task::LocalSet;
use tokio::time::Instant;

use crate::args::{National, Scenario};
use crate::connection::{Connection, Way};
use crate::ingest::signing_key;
use crate::people::{People, asked, get, text};
use crate::run::{requests, run};
use crate::{report, request};

/// How often each part is measured.
const ROUNDS: usize = 3;
/// Calls that are applied for at once.
const CALLS: usize = 100;

/// What was measured, per second; medians.
#[derive(Debug, Serialize)]
struct Rates {
    algorithm: String,
    second_step: &'static str,
    show: f64,
    make: f64,
    make_of_show: f64,
    verify_native: f64,
    verify: f64,
    verify_of_native: f64,
    refused: u64,
}

/// What the second steps are about.
enum Work {
    Make(Vec<String>),
    Verify(Vec<String>),
}

pub(crate) async fn measure(national: &National, json: bool) -> Result<()> {
    let key = Rc::new(signing_key(&national.key)?);
    let mut people = People::enrol(&national.target).await?;
    let length = Duration::from_secs(national.seconds.into());
    let mut found: [Vec<f64>; 4] = Default::default();
    let mut refused = 0;
    for _ in 0..ROUNDS {
        for (scenario, place) in [(Scenario::Show, 0), (Scenario::Verify, 2)] {
            let requests = requests(&mut people, scenario, &national.target, 1_000).await?;
            let (tally, took) = run(&national.target, requests, None, length).await?;
            note(&mut found, place, rate(tally.good, took));
            let work = match scenario {
                Scenario::Show => Work::Make(people.tokens.clone()),
                _ => Work::Verify(people.codes(1_000).await?),
            };
            let (good, bad, took) = calls(national, &key, work, length).await?;
            refused += bad;
            note(&mut found, place + 1, rate(good, took));
        }
    }
    let [show, make, verify_native, verify] = found.map(median);
    let rates = Rates {
        algorithm: key.public_key().algorithm().to_string(),
        second_step: if national.signed { "signed" } else { "coded" },
        show,
        make,
        make_of_show: make / show,
        verify_native,
        verify,
        verify_of_native: verify / verify_native,
        refused,
    };
    report::measured(&rates, json)
}

fn note(found: &mut [Vec<f64>; 4], place: usize, rate: f64) {
    if let Some(rates) = found.get_mut(place) {
        rates.push(rate);
    }
}

/// Applies and makes or verifies over all connections for a time: how many were done, how many not.
async fn calls(
    national: &National,
    key: &Rc<SigningKey>,
    work: Work,
    length: Duration,
) -> Result<(u64, u64, Duration)> {
    let target = &national.target;
    let way = Way::of(target)?;
    let now = asked(&mut Connection::by(&way), &get(target, "/demo/now", None)).await?;
    let now: Timestamp = text(&now, "/now")?.parse()?;
    let (work, next) = (Rc::new(work), Rc::new(Cell::new(0_usize)));
    let counts = Rc::new(Cell::new((0_u64, 0_u64)));
    let failed: Rc<RefCell<Option<anyhow::Error>>> = Rc::default();
    let begun = Instant::now();
    let end = begun + length;
    let local = LocalSet::new();
    for _ in 0..target.connections {
        let caller = Caller {
            application: national.application.clone(),
            region: national.region.to_string(),
            signed: national.signed,
            address: target.address,
            key: Rc::clone(key),
            now: moment::write(now),
        };
        let (work, next, counts) = (Rc::clone(&work), Rc::clone(&next), Rc::clone(&counts));
        let failed = Rc::clone(&failed);
        let mut connection = Connection::by(&way);
        local.spawn_local(async move {
            while Instant::now() < end && failed.borrow().is_none() {
                let done = caller.hundred(&mut connection, (&work, &next), end).await;
                match done {
                    Ok((good, bad)) => {
                        let (before, refused) = counts.get();
                        counts.set((before + good, refused + bad));
                    }
                    Err(error) => *failed.borrow_mut() = Some(error),
                }
            }
        });
    }
    local.await;
    if let Some(error) = failed.take() {
        return Err(error);
    }
    let (good, bad) = counts.get();
    Ok((good, bad, begun.elapsed()))
}

struct Caller {
    application: String,
    region: String,
    signed: bool,
    address: std::net::SocketAddr,
    key: Rc<SigningKey>,
    now: String,
}

impl Caller {
    /// A hundred calls, or as many as there is time for.
    async fn hundred(
        &self,
        connection: &mut Connection,
        (work, next): (&Work, &Cell<usize>),
        end: Instant,
    ) -> Result<(u64, u64)> {
        let (kind, method) = match work {
            Work::Make(_) => ("make", "makeCode"),
            Work::Verify(_) => ("verify", "verifyCode"),
        };
        let apply = json!({"opType": kind, "count": CALLS});
        let apply = signed(&self.package("applyCall", apply), &*self.key)?;
        let told = asked(connection, &self.post("applyCall", &apply)).await?;
        let first = told.pointer("/bizPackage").context("no package")?;
        ensure!(
            text(&told, "/bizPackage/errorCode")? == "0",
            "no call is given: {told}"
        );
        let more = first.get("more").and_then(Value::as_array);
        let (mut good, mut bad) = (0, 0);
        for call in std::iter::once(first).chain(more.into_iter().flatten()) {
            if Instant::now() >= end {
                break;
            }
            let place = next.get();
            next.set(place + 1);
            let message = self.second_step(method, call, (work, place))?;
            let answer = connection.ask(&self.post(method, &message)).await?;
            let done = answer
                .body
                .windows(15)
                .any(|part| part == b"\"errorCode\":\"0\"");
            if answer.status == 200 && done {
                good += 1;
            } else {
                bad += 1;
            }
        }
        Ok((good, bad))
    }

    fn second_step(
        &self,
        method: &str,
        call: &Value,
        (work, place): (&Work, usize),
    ) -> Result<String> {
        let serial = text(call, "/bizSerialNum")?;
        let number = text(call, "/randomNumber")?;
        let of = |all: &[String]| {
            all.get(place % all.len().max(1))
                .cloned()
                .unwrap_or_default()
        };
        let mut own = match work {
            Work::Make(tokens) => json!({"bizSerialNum": serial, "subject": {"token": of(tokens)}}),
            Work::Verify(codes) => {
                json!({"bizSerialNum": serial, "codeContent": of(codes), "division": self.region})
            }
        };
        if self.signed {
            if let Value::Object(members) = &mut own {
                members.insert("randomNumber".to_owned(), number.into());
            }
            return Ok(signed(&self.package(method, own), &*self.key)?);
        }
        let mut random = [0; 32];
        hex::decode_to_slice(&number, &mut random)
            .ok()
            .context("no random number")?;
        let algorithm = self.key.public_key().algorithm();
        Ok(coded(
            &self.package(method, own),
            &random,
            algorithm,
            Direction::Request,
        ))
    }

    fn package(&self, method: &str, own: Value) -> String {
        let mut package = json!({
            "custNum": self.application, "timeStamp": self.now, "region": self.region,
            "method": method, "messageId": "load",
        });
        if let (Value::Object(package), Value::Object(own)) = (&mut package, own) {
            package.extend(own);
        }
        package.to_string()
    }

    fn post(&self, function: &str, message: &str) -> Vec<u8> {
        let path = format!("/gbt38963/{function}");
        request::posted(self.address, &path, message)
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
fn rate(count: u64, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64()
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates.get(rates.len() / 2).copied().unwrap_or(0.0)
}
