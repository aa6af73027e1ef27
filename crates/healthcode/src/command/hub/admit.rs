//! `hub admit` and `hub refuse`: a region's request is looked at, and everything that is wrong is said.

use std::time::Duration;

use anyhow::{Result, ensure};
use hc_code::trust_list::{Endpoint, EndpointKind, Request};
use hc_http::peers::Fetcher;
use hc_hub::digest::Digest;
use hc_hub::examination::{Against, Asked, Finding, examine};
use serde::Serialize;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::args::{Admit, RefuseRequest};
use crate::clock;
use crate::command::Outcome;
use crate::screen::Screen;
use crate::service::hub::HubConfigured;
use crate::service::serving;

/// How long an address may take to answer.
const WITHIN: Duration = Duration::from_secs(10);
const MOST: usize = 64 << 20;

#[derive(Serialize)]
struct Shown<'a> {
    finding: String,
    grave: bool,
    #[serde(skip)]
    _of: &'a Finding,
}

pub(super) fn run(command: &Admit, screen: &mut Screen) -> Result<Outcome> {
    let configured = super::configured(&command.of)?;
    let bytes = super::read(&command.request)?;
    let request = Request::open(&bytes)?;
    let asked = if command.without_asking {
        Vec::new()
    } else {
        serving::runtime()?.block_on(ask(&configured, &request))?
    };
    let mut hub = configured.writer()?;
    let now = clock::now();
    let against = Against {
        register: hub.register(),
        fingerprints: (Digest::of(&bytes).fingerprint(), command.fingerprint),
        another_root: command.another_root,
        now,
    };
    let findings = examine(&request, &against, &asked);
    let says = request.says();
    if !screen.json() {
        let root = says.root.id();
        screen.heading(format!(
            "{} {}: root {root}, {}",
            says.region, says.name, says.contact
        ))?;
    }
    for finding in &findings {
        show(finding, screen)?;
    }
    let grave = findings.iter().filter(|finding| finding.is_grave()).count();
    ensure!(
        grave == 0,
        "{} is not let in: {grave} of these findings must be mended first",
        says.region
    );
    hub.admit(&bytes, &command.by, now)?;
    screen.line(screen.say(
        "已准入。下一份信任表将列出：请执行 hub propose 与签署仪式。",
        "Let in. The next trust list will name it: hub propose, and the ceremony.",
    ))?;
    Ok(Outcome::from_found(!findings.is_empty()))
}

fn show(finding: &Finding, screen: &mut Screen) -> Result<()> {
    if screen.json() {
        return screen.object(&Shown {
            finding: finding.to_string(),
            grave: finding.is_grave(),
            _of: finding,
        });
    }
    let mark = if finding.is_grave() {
        screen.say("拒绝", "WRONG")
    } else {
        screen.say("注意", "look ")
    };
    screen.line(format!("{mark} {finding}"))
}

pub(super) fn refuse(command: &RefuseRequest, screen: &mut Screen) -> Result<Outcome> {
    let bytes = super::read(&command.request)?;
    let mut hub = super::configured(&command.of)?.writer()?;
    hub.refuse(&bytes, &command.why, clock::now())?;
    screen.line(screen.say("已记录。", "Noted in the history."))?;
    Ok(Outcome::Clean)
}

/// Asks every address of the request.
async fn ask(configured: &HubConfigured, request: &Request) -> Result<Vec<Asked>> {
    let fetcher = Fetcher::new(&configured.authorities()?, WITHIN);
    let mut asked = Vec::new();
    for endpoint in &request.says().endpoints {
        let address = endpoint.address.as_str();
        let from = match endpoint.kind {
            EndpointKind::Status => format!("{address}/status-list"),
            // Nothing newer than nothing: a region need not have published a policy.
            EndpointKind::Rules => format!("{address}/recognition-policy?after=0"),
            EndpointKind::Peer => {
                asked.push(knock(endpoint).await);
                continue;
            }
            _ => address.to_owned(),
        };
        let came = fetcher.get(&from, None, MOST).await;
        let clock = came.as_ref().ok().and_then(|came| came.clock);
        let answer = match came {
            Ok(came) => Ok(came.bytes.map(|bytes| bytes.to_vec()).unwrap_or_default()),
            Err(error) => Err(error.to_string()),
        };
        asked.push(Asked {
            endpoint: endpoint.clone(),
            answer,
            clock,
        });
    }
    Ok(asked)
}

/// A door lets in regions only, and the hub is none: whether anybody is there is all that can be seen.
async fn knock(endpoint: &Endpoint) -> Asked {
    let rest = endpoint.address.as_str().trim_start_matches("https://");
    let authority = rest.split('/').next().unwrap_or_default();
    let place = if authority.contains(':') {
        authority.to_owned()
    } else {
        format!("{authority}:443")
    };
    let reached = timeout(WITHIN, TcpStream::connect(place)).await;
    let answer = match reached {
        Ok(Ok(_)) => Ok(Vec::new()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("nobody answered in time".to_owned()),
    };
    Asked {
        endpoint: endpoint.clone(),
        answer,
        clock: None,
    }
}
