//! `federation check`: the running node goes to every neighbour's door, and says who was there.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde::Deserialize;
use serde_json::Value;
use tokio::time::timeout;

use crate::args::OfMember;
use crate::command::Outcome;
use crate::screen::Screen;
use crate::service::{Configured, serving};

const WITHIN: Duration = Duration::from_secs(30);
const MOST: usize = 4 << 20;
/// Clocks that differ by more are worth a look.
const CLOCKS: i64 = 60;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    listed: bool,
    trust_version: u32,
    trust_until: String,
    hub_heard_at: Option<String>,
    neighbours: Vec<Neighbour>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Neighbour {
    region: String,
    open: bool,
    fault: Option<String>,
    clock_seconds: Option<i64>,
    their_trust_version: Option<u32>,
    key_version: Option<u64>,
    keys_until: Option<String>,
    removed: bool,
}

pub(super) fn run(command: &OfMember, screen: &mut Screen) -> Result<Outcome> {
    let configured = Configured::read(&command.config)?;
    let address = format!("http://{}/v1/neighbours", configured.config.operators);
    let answer = serving::runtime()?.block_on(async {
        timeout(WITHIN, ask(&address))
            .await
            .context("the node did not answer in time")?
    });
    let answer = answer.with_context(|| format!("{address}: is the region served?"))?;
    if screen.json() {
        let value: Value = serde_json::from_slice(&answer)?;
        screen.object(&value)?;
    }
    let told: Told = serde_json::from_slice(&answer).context("the node's answer")?;
    let mut found = !told.listed;
    let mut rows = Vec::new();
    for neighbour in told.neighbours {
        let clock = neighbour.clock_seconds;
        let behind = neighbour
            .their_trust_version
            .is_some_and(|theirs| theirs != told.trust_version);
        let skewed = clock.is_some_and(|clock| clock.abs() > CLOCKS);
        let worth_a_look = !neighbour.open || behind || skewed;
        found |= worth_a_look && !neighbour.removed;
        let state = match (neighbour.removed, neighbour.open) {
            (true, _) => screen.say("已移除", "removed").to_owned(),
            (false, true) => screen.say("开放", "open").to_owned(),
            (false, false) => neighbour.fault.unwrap_or_default(),
        };
        let number = |number: Option<String>| number.unwrap_or_else(|| "-".to_owned());
        rows.push(vec![
            neighbour.region,
            state,
            number(clock.map(|clock| format!("{clock:+} s"))),
            number(
                neighbour
                    .their_trust_version
                    .map(|version| version.to_string()),
            ),
            number(neighbour.key_version.map(|version| version.to_string())),
            number(neighbour.keys_until),
        ]);
    }
    if !screen.json() {
        screen.heading(format!(
            "{} {}, {} {}; {} {}",
            screen.say("信任表版本", "trust list version"),
            told.trust_version,
            screen.say("有效至", "until"),
            told.trust_until,
            screen.say("平台最近应答", "the hub answered at"),
            told.hub_heard_at.as_deref().unwrap_or("-")
        ))?;
        if !told.listed {
            screen.line(screen.say("本地区未列入信任表！", "This region does not count now!"))?;
        }
        let head = [
            "region",
            "door",
            "clock",
            "its trust list",
            "key list",
            "until",
        ];
        screen.table(&head, rows)?;
    }
    Ok(Outcome::from_found(found))
}

async fn ask(address: &str) -> Result<Bytes> {
    let client = Client::builder(TokioExecutor::new()).build_http::<Empty<Bytes>>();
    let answer = client.get(address.parse()?).await?;
    let (head, body) = answer.into_parts();
    let body = Limited::new(body, MOST).collect().await;
    let body = body
        .map_err(|_| anyhow::anyhow!("more than {MOST} bytes"))?
        .to_bytes();
    if !head.status.is_success() {
        let problem: Value = serde_json::from_slice(&body).unwrap_or_default();
        let says = problem.get("detail").or_else(|| problem.get("title"));
        let says = says.and_then(Value::as_str).unwrap_or("nothing more");
        ensure!(false, "{}: {says}", head.status);
    }
    Ok(body)
}
