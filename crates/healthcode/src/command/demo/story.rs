//! The demonstration played once: the same requests as the page's, over real HTTP.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::{Method, Request};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};

use crate::screen::Screen;

/// A positive test must be seen within this time.
const SEEN_WITHIN: Duration = Duration::from_secs(2);

struct Asking {
    client: Client<HttpConnector, Full<Bytes>>,
    address: SocketAddr,
    token: Option<String>,
}

/// Plays the story and fails where a level is not what it should be.
pub(super) async fn play(address: SocketAddr, screen: &mut Screen) -> Result<()> {
    let mut asking = Asking {
        client: Client::builder(TokioExecutor::new()).build_http(),
        address,
        token: None,
    };
    let person = asking.ask(Method::GET, "/demo/person", None).await?;
    let number = text(&person, "/number")?;
    let now = asking.ask(Method::GET, "/demo/now", None).await?;
    let enrolment = json!({
        "identity": { "method": "demo" },
        "profile": { "name": text(&person, "/name")? },
        "document": { "type": "111", "number": number },
        "consents": [{ "purpose": "code", "version": 1, "days": 365 }],
        "declaration": { "health": {
            "symptoms": ["1"], "stayedHighRisk": "2", "contactWithCase": "2",
            "reportedAt": text(&now, "/now")?,
        } },
    });
    let made = asking
        .ask(Method::POST, "/v1/enrolments", Some(enrolment))
        .await?;
    asking.token = Some(text(&made, "/shown/token")?);
    step(
        screen,
        "申报健康，当场领码",
        "declares her health and has a code",
        &made,
        "/shown/level",
    )?;
    asking.expect(screen, "00", "pass").await?;

    let report = json!({ "number": number, "result": "positive" });
    #[expect(clippy::disallowed_methods, reason = "the story says how long it took")]
    let reported = std::time::Instant::now();
    asking.ask(Method::POST, "/demo/test", Some(report)).await?;
    let shown = asking.ask(Method::GET, "/v1/code", None).await?;
    let took = reported.elapsed();
    let words = format!("检验所上报阳性，{} 毫秒后码已变", took.as_millis());
    let english = format!(
        "a laboratory reports a positive test; the code turned within {} ms",
        took.as_millis()
    );
    step(screen, &words, &english, &shown, "/level")?;
    ensure!(took < SEEN_WITHIN, "the code took {took:?} to turn");
    let why = asking.ask(Method::GET, "/v1/why", None).await?;
    let reason = if screen.say("zh", "en") == "zh" {
        "/reasons/0/says/zh"
    } else {
        "/reasons/0/says/en"
    };
    if !screen.json() {
        screen.line(format!(
            "   {}: {}",
            screen.say("原因", "reason"),
            text(&why, reason)?
        ))?;
    }
    asking.expect(screen, "10", "refuse").await?;

    asking
        .ask(
            Method::POST,
            "/demo/clock",
            Some(json!({ "hours": 7 * 24 })),
        )
        .await?;
    let shown = asking.ask(Method::GET, "/v1/code", None).await?;
    step(
        screen,
        "七天后期限已满，自动转为低风险",
        "seven days later the term is over: low again by itself",
        &shown,
        "/level",
    )?;
    asking.expect(screen, "00", "pass").await
}

fn step(screen: &mut Screen, zh: &str, en: &str, answer: &Value, level: &str) -> Result<()> {
    let level = text(answer, level)?;
    if screen.json() {
        return screen.object(&json!({ "step": en, "level": level }));
    }
    let shown = screen.level(level.parse()?);
    let words = screen.say(zh, en).to_owned();
    screen.line(format!("{shown}  {words}"))
}

impl Asking {
    /// Shows the code, has a gate scan it, and compares.
    async fn expect(&self, screen: &mut Screen, level: &str, action: &str) -> Result<()> {
        let shown = self.ask(Method::GET, "/v1/code", None).await?;
        let code = text(&shown, "/codes/0/text")?;
        let verdict = self
            .ask(Method::POST, "/v1/verdicts", Some(json!({ "text": code })))
            .await?;
        let found = text(&verdict, "/action")?;
        ensure!(
            text(&shown, "/level")? == level,
            "the code is not of level {level}: {shown}"
        );
        ensure!(
            found == action,
            "the gate says {found}, not {action}: {verdict}"
        );
        if !screen.json() {
            screen.line(format!("   {} {found}", screen.say("闸机：", "the gate:")))?;
        }
        Ok(())
    }

    async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value> {
        let mut request = Request::builder()
            .method(&method)
            .uri(format!("http://{}{path}", self.address));
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let body = body.map_or_else(Bytes::new, |body| body.to_string().into());
        if !body.is_empty() {
            request = request.header("content-type", "application/json");
        }
        let answer = self.client.request(request.body(Full::new(body))?).await?;
        let status = answer.status();
        let bytes = answer.into_body().collect().await?.to_bytes();
        if !status.is_success() {
            bail!(
                "{method} {path}: {status}: {}",
                String::from_utf8_lossy(&bytes)
            );
        }
        if bytes.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&bytes).with_context(|| format!("{method} {path}"))
    }
}

fn text(value: &Value, pointer: &str) -> Result<String> {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found
        .map(str::to_owned)
        .with_context(|| format!("no {pointer} in {value}"))
}
