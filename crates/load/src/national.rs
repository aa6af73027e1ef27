//! Making and verifying through GB/T 38963, beside showing and verifying by the region's own interface.
//!
//! Each connection applies for a hundred calls and then makes them; what applying costs is in the rate. The
//! parts are taken in turn several times, and the median of each counts.
//!
//! Where the second step is signed, a message costs two signatures that the native call does not have. So each rate is
//! also given of its own limit: HTTP and those signatures and verifications alone, one after the other.

use std::cell::{Cell, RefCell};
use std::hash::{BuildHasher as _, RandomState};
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use hc_code::Timestamp;
use hc_code::signing::{Algorithm, Signer, SigningKey};
use hc_gbt::envelope::{Way as Direction, coded, signed};
use hc_gbt::moment;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::task::LocalSet;
use tokio::time::Instant;

use crate::args::{National, Scenario};
use crate::connection::{Connection, Way};
use crate::ingest::signing_key;
use crate::limit::bare_signatures;
use crate::people::{People, asked, get, text};
use crate::run::{requests, run};
use crate::{report, request};

/// How often each part is measured.
const ROUNDS: usize = 3;
/// Calls that are applied for at once.
const CALLS: u8 = 100;

/// What was measured, per second; medians.
#[derive(Debug, Serialize)]
struct Rates {
    algorithm: String,
    second_step: &'static str,
    bare_http: f64,
    show: f64,
    make: f64,
    make_of_show: f64,
    make_limit: f64,
    make_of_limit: f64,
    verify_native: f64,
    verify: f64,
    verify_of_native: f64,
    verify_limit: f64,
    verify_of_limit: f64,
    refused: u64,
}

/// What the second steps are about.
enum Work {
    Make(Vec<String>),
    Verify(Vec<String>),
}

/// What each part made in the rounds.
#[derive(Default)]
struct Found {
    bare: Vec<f64>,
    show: Vec<f64>,
    make: Vec<f64>,
    native: Vec<f64>,
    verify: Vec<f64>,
    /// The region's signatures and verifications, then the application's.
    signatures: [Vec<f64>; 4],
    refused: u64,
}

pub(crate) async fn measure(national: &National, json: bool) -> Result<()> {
    let key = Rc::new(signing_key(&national.key)?);
    let algorithm = key.public_key().algorithm();
    let mut people = People::enrol(&national.target).await?;
    let agreed = people
        .agreed(&national.target, &national.application)
        .await?;
    let length = Duration::from_secs(national.seconds.into());
    let mut found = Found::default();
    for _ in 0..ROUNDS {
        let native = async |people: &mut People, scenario| {
            let requests = requests(people, scenario, &national.target, 1_000).await?;
            let (tally, took) = run(&national.target, requests, None, length).await?;
            anyhow::Ok(rate(tally.good, took))
        };
        found.bare.push(native(&mut people, Scenario::Bare).await?);
        found.show.push(native(&mut people, Scenario::Show).await?);
        let work = Work::Make(agreed.clone());
        let (good, bad, took) = calls(national, &key, work, length).await?;
        found.make.push(rate(good, took));
        found.refused += bad;
        found
            .native
            .push(native(&mut people, Scenario::Verify).await?);
        let work = Work::Verify(people.codes(1_000).await?);
        let (good, bad, took) = calls(national, &key, work, length).await?;
        found.verify.push(rate(good, took));
        found.refused += bad;
        let (signs, verifies) = bare_signatures(Algorithm::Ed25519, length)?;
        let own = bare_signatures(algorithm, length)?;
        for (to, rate) in found
            .signatures
            .iter_mut()
            .zip([signs, verifies, own.0, own.1])
        {
            to.push(rate);
        }
    }
    report::measured(&found.rates(algorithm, national.signed), json)
}

impl Found {
    fn rates(self, algorithm: Algorithm, signed: bool) -> Rates {
        let (bare, show, make) = (median(self.bare), median(self.show), median(self.make));
        let (native, verify) = (median(self.native), median(self.verify));
        let [signs, verifies, _, of_application] = self.signatures.map(median);
        // The region signs the code, or verifies it; where the second step is signed it also verifies the
        // message and signs the answer. Each call has its share of applying, which is a message of its own.
        let envelope = 1.0 / of_application + 1.0 / signs;
        let applying = (1.0 / bare + envelope) / f64::from(CALLS);
        let around = 1.0 / bare + applying + if signed { envelope } else { 0.0 };
        let make_limit = 1.0 / (around + 1.0 / signs);
        let verify_limit = 1.0 / (around + 1.0 / verifies);
        Rates {
            algorithm: algorithm.to_string(),
            second_step: if signed { "signed" } else { "coded" },
            bare_http: bare,
            show,
            make,
            make_of_show: make / show,
            make_limit,
            make_of_limit: make / make_limit,
            verify_native: native,
            verify,
            verify_of_native: verify / native,
            verify_limit,
            verify_of_limit: verify / verify_limit,
            refused: self.refused,
        }
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
            ids: RandomState::new(),
            messages: Cell::new(0),
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
    /// Makes ids out of counts, others for every caller.
    ids: RandomState,
    messages: Cell<u64>,
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

    /// The second step of a call. Its parts are texts that need no escaping, so that making the message costs the
    /// generator little beside what it measures.
    fn second_step(
        &self,
        method: &str,
        call: &Value,
        (work, place): (&Work, usize),
    ) -> Result<String> {
        let part = |name: &str| call.get(name).and_then(Value::as_str);
        let serial = part("bizSerialNum").context("no serial number")?;
        let number = part("randomNumber").context("no random number")?;
        let (all, own) = match work {
            Work::Make(tokens) => (tokens, ("\"subject\":{\"token\":\"", "\"}")),
            Work::Verify(codes) => (codes, ("\"codeContent\":\"", "\"")),
        };
        let of = all.get(place % all.len().max(1));
        let of = of.context("nobody to make or verify for")?;
        let Self {
            application,
            region,
            now,
            ..
        } = self;
        let mut package = format!(
            "{{\"custNum\":\"{application}\",\"timeStamp\":\"{now}\",\"region\":\"{region}\",\
             \"method\":\"{method}\",\"messageId\":\"load\",\"bizSerialNum\":\"{serial}\",{}{of}{}",
            own.0, own.1
        );
        if matches!(work, Work::Verify(_)) {
            package += &[",\"division\":\"", region, "\""].concat();
        }
        if self.signed {
            package += &[",\"randomNumber\":\"", number, "\"}"].concat();
            return Ok(signed(&package, &*self.key)?);
        }
        package.push('}');
        let mut random = [0; 32];
        hex::decode_to_slice(number, &mut random)
            .ok()
            .context("no random number")?;
        let algorithm = self.key.public_key().algorithm();
        Ok(coded(&package, &random, algorithm, Direction::Request))
    }

    fn package(&self, method: &str, own: Value) -> String {
        // A message is taken once, and runs follow each other within minutes.
        let id = format!("{:016x}", self.ids.hash_one(self.messages.get()));
        self.messages.set(self.messages.get() + 1);
        let mut package = json!({
            "custNum": self.application, "timeStamp": self.now, "region": self.region,
            "method": method, "messageId": id,
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
