//! `officer call`: one signed request and its answer.

use std::io::Read as _;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use hc_http::{Signatory, Unsigned};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::Request;
use hyper::body::Bytes;
use hyper::header::{HOST, HeaderName};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

use super::super::Outcome;
use crate::args::Call;
use crate::input::key_file;
use crate::screen::Screen;
use crate::service::serving;
use crate::{clock, random};

/// The most bytes of an answer that are read.
const MOST: usize = 64 << 20;
/// How long an answer may take.
const WITHIN: Duration = Duration::from_mins(1);

pub(super) fn run(command: &Call, screen: &mut Screen) -> Result<Outcome> {
    let key = key_file::signing_key(&command.key)?;
    let body = command.body.as_deref().map(read).transpose()?;
    let media = media(command)?;
    let unsigned = Unsigned {
        method: &command.method,
        target: &command.target,
        body: body.as_deref().map(|body| (media, body)),
    };
    let signatory = Signatory::officer(command.id.clone(), command.region);
    let nonce = *random::bytes::<16>()?;
    let headers = signatory.sign(unsigned, &key, clock::now(), nonce)?;
    let uri = format!("http://{}{}", command.at, command.target);
    let mut request = Request::builder()
        .method(command.method.as_str())
        .uri(&uri)
        .header(HOST, &command.at);
    for (name, value) in headers {
        request = request.header(HeaderName::from_static(name), value);
    }
    let request = request
        .body(Full::new(Bytes::from(body.unwrap_or_default())))
        .with_context(|| format!("{uri} cannot be asked"))?;
    let (status, answer) = serving::runtime()?.block_on(async {
        let client = Client::builder(TokioExecutor::new()).build_http();
        let answered = tokio::time::timeout(WITHIN, client.request(request)).await;
        let answered = answered.context("no answer came in time")?;
        let (head, body) = answered
            .with_context(|| format!("{} does not answer", command.at))?
            .into_parts();
        let read = tokio::time::timeout(WITHIN, Limited::new(body, MOST).collect()).await;
        let read = read.context("the answer did not come in time")?;
        match read {
            Ok(read) => Ok((head.status, read.to_bytes())),
            Err(error) => bail!("the answer cannot be read: {error}"),
        }
    })?;
    print(&answer, screen)?;
    ensure!(
        status.is_success(),
        "{} {}: {status}",
        command.method,
        command.target
    );
    Ok(Outcome::Clean)
}

fn media(command: &Call) -> Result<&str> {
    if let Some(media) = &command.media {
        return Ok(media);
    }
    let ending = command.body.as_deref().and_then(Path::extension);
    match ending.and_then(|ending| ending.to_str()) {
        None if command
            .body
            .as_deref()
            .is_none_or(|body| body == Path::new("-")) =>
        {
            Ok("application/json")
        }
        Some("json") => Ok("application/json"),
        Some("toml") => Ok("application/toml"),
        _ => bail!("--media: the ending of the file does not say what it is"),
    }
}

fn read(path: &Path) -> Result<Vec<u8>> {
    if path == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes)?;
        return Ok(bytes);
    }
    std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

/// JSON for people on several lines, other text as it is.
fn print(answer: &[u8], screen: &mut Screen) -> Result<()> {
    match serde_json::from_slice::<Value>(answer) {
        Ok(value) if screen.json() => screen.object(&value),
        Ok(value) => screen.line(serde_json::to_string_pretty(&value)?),
        Err(_) if answer.is_empty() => Ok(()),
        Err(_) => screen.line(String::from_utf8_lossy(answer)),
    }
}
