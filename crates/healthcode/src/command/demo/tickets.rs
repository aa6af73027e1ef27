//! Tickets with which the demonstration's officers add passkeys at the desk, asked for as `officer call` asks.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use hc_http::{Signatory, Unsigned};
use hc_node::party::PartyId;
use http_body_util::{BodyExt as _, Full};
use hyper::Request;
use hyper::body::Bytes;
use hyper::header::{HOST, HeaderName};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

use crate::input::key_file;
use crate::random;
use crate::screen::Screen;
use crate::service::config::DeskConfig;
use crate::service::node::Node;

const TARGET: &str = "/v1/officer/passkey-tickets";

/// The desk at an address of this machine: browsers take passkeys without TLS at `localhost` only.
pub(super) fn desk(operators: SocketAddr) -> Result<DeskConfig> {
    ensure!(
        operators.port() != 0 && operators.ip().is_loopback(),
        "--operators: an address of this machine with a port, as in 127.0.0.1:8081"
    );
    let origin = format!("http://localhost:{}", operators.port());
    Ok(DeskConfig { origin })
}

/// Shows where the desk is, with a ticket for each officer.
pub(super) async fn show(
    node: &Node,
    folder: &Path,
    operators: SocketAddr,
    screen: &mut Screen,
) -> Result<()> {
    // A node believes nothing that was signed in the second in which it began.
    let begun = node.now();
    while node.now() <= begun {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    for (id, name) in super::officers::BOTH {
        let key = key_file::signing_key(&folder.join(format!("officer-{id}.json")))?;
        let unsigned = Unsigned {
            method: "POST",
            target: TARGET,
            body: None,
        };
        let signatory = Signatory::officer(PartyId::parse(id)?, node.division());
        let headers = signatory.sign(unsigned, &key, node.now(), *random::bytes::<16>()?)?;
        let mut request = Request::builder()
            .method("POST")
            .uri(format!("http://{operators}{TARGET}"))
            .header(HOST, operators.to_string());
        for (name, value) in headers {
            request = request.header(HeaderName::from_static(name), value);
        }
        let client = Client::builder(TokioExecutor::new()).build_http();
        let answered = client
            .request(request.body(Full::new(Bytes::new()))?)
            .await?;
        let (head, body) = answered.into_parts();
        let told: Value = serde_json::from_slice(&body.collect().await?.to_bytes())?;
        ensure!(
            head.status.is_success(),
            "no ticket for {id}: {}",
            head.status
        );
        let of = |member: &str| {
            told.get(member)
                .and_then(Value::as_str)
                .context("no ticket")
        };
        let (at, ticket) = (of("at")?, of("ticket")?);
        let says = screen.say(
            "工作台，十分钟内有效的凭条",
            "desk, with a ticket for ten minutes",
        );
        screen.line(format!("{says} ({name} {id}): {at} {ticket}"))?;
    }
    Ok(())
}
