//! `conformance`: whether a service keeps the three national standards, as `vectors/gbt` asks.

use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use hc_code::Timestamp;
use hc_core::party::Function;
use hc_core::word::Word as _;
use hc_gbt::conformance::{AnswerKeys, Clause, Report, Service, Settings, TimeAt, run as walk};
use hc_gbt::handbook;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::Request;
use hyper::body::Bytes;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::{ClientConfig, RootCertStore};
use serde_json::{Value, json};

use super::Outcome;
use crate::args::{Conformance, Language, ReportForm};
use crate::input::key_file;
use crate::screen::Screen;
use crate::service::serving;
use crate::{clock, output, random};

/// The most bytes of an answer that are read.
const MOST: usize = 1 << 20;
/// How long an answer may take.
const WITHIN: Duration = Duration::from_secs(30);

pub(super) fn run(command: &Conformance, screen: &mut Screen) -> Result<Outcome> {
    let key = key_file::signing_key(&command.key)?;
    let mut remote = Remote::of(&command.url)?;
    let tokens = Tokens::of(command, &remote)?;
    let other_key = command.other_key.as_deref();
    let other_key = other_key.map(key_file::signing_key).transpose()?;
    let settings = Settings {
        application: &command.application,
        key: &key,
        region: command.region,
        division: command.division.unwrap_or(command.region),
        token: &tokens.whole,
        narrow: tokens.narrow.as_deref(),
        device: command.device_token.as_deref(),
        number: &command.number,
        time: command.time.map_or(TimeAt::AsItSays, TimeAt::Given),
        name: command.name.as_deref(),
        phone: command.phone.as_deref(),
        other: command.other_application.as_deref().zip(other_key.as_ref()),
        unregistered: command.unregistered_purpose.map(hc_core::word::Word::word),
        ended: tokens.ended.as_deref(),
        slow: command.slow,
        answer_keys: answer_keys(command)?,
    };
    let clauses = Clause::bundled()?;
    let report =
        walk(&mut remote, &settings, &clauses).map_err(|why| anyhow!("{}: {why}", command.url))?;
    tell(command, &report, screen)?;
    Ok(Outcome::from_found(
        !report.is_clean() || !report.is_complete(),
    ))
}

/// By what it is known which keys answer.
fn answer_keys(command: &Conformance) -> Result<AnswerKeys> {
    if let Some(key) = &command.answer_key {
        let bytes = hex::decode(key)
            .map_err(|error| anyhow!("--answer-key is not hexadecimal: {error}"))?;
        return Ok(AnswerKeys::Pinned(bytes));
    }
    if command.root.is_empty() {
        return Ok(AnswerKeys::AsItSays);
    }
    Ok(AnswerKeys::ListedBy(key_file::public_keys(&command.root)?))
}

/// What the test person lets the application do.
struct Tokens {
    whole: String,
    narrow: Option<String>,
    ended: Option<String>,
}

impl Tokens {
    /// As they are given; what is not is made by the person's device, where there is one.
    fn of(command: &Conformance, remote: &Remote) -> Result<Self> {
        let device = command.device_token.as_deref();
        let agreed = |functions: &[Function]| {
            let make = |device| remote.agreed(device, &command.application, functions);
            device.map(make).transpose()
        };
        let everything: Vec<Function> = Function::ALL
            .iter()
            .copied()
            .filter(|function| function.is_in_a_persons_name())
            .collect();
        let ended = match (&command.ended_token, &command.token, device) {
            (Some(token), ..) => Some(token.clone()),
            // What the person agreed to before is theirs, unless the kit makes all it needs itself.
            (None, None, Some(device)) => {
                let token = remote.agreed(device, &command.application, &everything)?;
                remote.taken_back(device, &command.application)?;
                Some(token)
            }
            (None, ..) => None,
        };
        let whole = match &command.token {
            Some(token) => token.clone(),
            None => agreed(&everything)?.context("--token or --device-token is missing")?,
        };
        let narrow = match (&command.narrow_token, &command.token) {
            (Some(token), _) => Some(token.clone()),
            (None, None) => agreed(&[Function::MakeCode])?,
            // Whoever brings one token may be at a service that makes them in another way.
            (None, Some(_)) => None,
        };
        Ok(Self {
            whole,
            narrow,
            ended,
        })
    }
}

fn tell(command: &Conformance, report: &Report, screen: &mut Screen) -> Result<()> {
    if screen.json() {
        for note in report.notes() {
            screen.object(note)?;
        }
        for case in report.cases() {
            screen.object(case)?;
        }
        return Ok(());
    }
    let text = match command.report {
        ReportForm::Json => serde_json::to_string_pretty(report)? + "\n",
        ReportForm::Html => report.html(&command.url, language(screen)),
        ReportForm::Text => lines(report, screen),
    };
    match &command.out {
        Some(path) => output::replace(path, text.as_bytes())
            .with_context(|| format!("cannot write {}", path.display())),
        None => screen.line(text.trim_end()),
    }
}

fn lines(report: &Report, screen: &Screen) -> String {
    let mut text = String::new();
    for note in report.notes() {
        text += &["! ", screen.say(&note.zh, &note.en), "\n"].concat();
    }
    let mut clause = "";
    for case in report.cases() {
        if case.clause != clause {
            clause = &case.clause;
            text += &["GB/T ", clause, "\n"].concat();
        }
        let asked = screen.say(&case.zh, &case.en);
        match (&case.fault, &case.lacks) {
            (None, None) => text += &["  ✓ ", asked, "\n"].concat(),
            (None, Some(lacks)) => {
                let lacking = screen.say("未检查，缺少", "not looked at for lack of");
                text += &["  – ", asked, " (", lacking, " ", lacks, ")\n"].concat();
            }
            (Some(fault), _) => {
                text += &["  ✗ ", asked, "\n      ", &case.name, ": ", fault, "\n"].concat();
            }
        }
    }
    text += &report.summary(language(screen));
    text.push('\n');
    text
}

const fn language(screen: &Screen) -> handbook::Language {
    match screen.language() {
        Language::Zh => handbook::Language::Zh,
        Language::En => handbook::Language::En,
    }
}

/// A service over HTTP.
struct Remote {
    url: String,
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    runtime: tokio::runtime::Runtime,
}

impl Remote {
    fn of(url: &str) -> Result<Self> {
        if !url.starts_with("http://") && !url.starts_with("https://") {
            bail!("a service is asked at http:// or https://");
        }
        let mut roots = RootCertStore::empty();
        let found = rustls_native_certs::load_native_certs();
        roots.add_parsable_certificates(found.certs);
        let tls = ClientConfig::builder()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .build();
        Ok(Self {
            url: url.trim_end_matches('/').to_owned(),
            client: Client::builder(TokioExecutor::new()).build(connector),
            runtime: serving::runtime()?,
        })
    }

    /// The token by which a person lets an application do something, made by the token of their device.
    fn agreed(&self, device: &str, application: &str, functions: &[Function]) -> Result<String> {
        let functions: Vec<&str> = functions.iter().map(|function| function.word()).collect();
        let asked = json!({
            "application": application, "functions": functions, "minutes": 60, "version": 1,
        });
        let path = "/v1/application-consents";
        let (status, answer) = self.ask("POST", path, Some(&asked.to_string()), Some(device))?;
        let told: Value = serde_json::from_slice(&answer).unwrap_or_default();
        let token = told.get("subjectToken").and_then(Value::as_str);
        token.map(str::to_owned).with_context(|| {
            let said = told.get("detail").or_else(|| told.get("title"));
            let said = said.and_then(Value::as_str).unwrap_or("no reason is said");
            format!(
                "{}{path} makes no subject token: HTTP status {status}, {said}",
                self.url
            )
        })
    }

    /// Takes back whatever a person let an application do.
    fn taken_back(&self, device: &str, application: &str) -> Result<()> {
        let asked = json!({ "application": application }).to_string();
        let path = "/v1/application-consent-ends";
        let (status, _) = self.ask("POST", path, Some(&asked), Some(device))?;
        if !(200..300).contains(&status) {
            bail!(
                "{}{path} takes nothing back: HTTP status {status}",
                self.url
            );
        }
        Ok(())
    }

    fn ask(
        &self,
        method: &str,
        path: &str,
        body: Option<&str>,
        token: Option<&str>,
    ) -> Result<(u16, Vec<u8>)> {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url));
        let request = match token {
            Some(token) => request.header("authorization", format!("Bearer {token}")),
            None => request,
        };
        let request = match body {
            Some(_) => request.header("content-type", "application/json"),
            None => request,
        };
        let body = Bytes::from(body.unwrap_or_default().to_owned());
        let request = request.body(Full::new(body))?;
        self.runtime.block_on(async {
            let answered = tokio::time::timeout(WITHIN, self.client.request(request)).await;
            let (head, body) = answered.context("no answer came in time")??.into_parts();
            let read = tokio::time::timeout(WITHIN, Limited::new(body, MOST).collect()).await;
            let read = read.context("the answer did not come in time")?;
            let read = read.map_err(|error| anyhow!("the answer cannot be read: {error}"))?;
            Ok((head.status.as_u16(), read.to_bytes().to_vec()))
        })
    }
}

impl Service for Remote {
    fn post(&mut self, path: &str, body: &str) -> Result<(u16, Vec<u8>), String> {
        self.ask("POST", path, Some(body), None)
            .map_err(|error| format!("{error:#}"))
    }

    fn get(&mut self, path: &str) -> Result<(u16, Vec<u8>), String> {
        self.ask("GET", path, None, None)
            .map_err(|error| format!("{error:#}"))
    }

    fn now(&self) -> Timestamp {
        clock::now()
    }

    fn drawn(&mut self) -> [u8; 16] {
        // Without a random source there is no id; the service then says that it was used.
        random::bytes::<16>().map_or([0; 16], |bytes| *bytes)
    }

    fn wait_a_second(&mut self) {
        let second = Duration::from_secs(1);
        self.runtime
            .block_on(async { tokio::time::sleep(second).await });
    }
}
