//! `federation request`: the one file with which a region asks to be listed.

use anyhow::{Context, Result};
use hc_code::signing::{Signer as _, SigningKey};
use hc_code::trust_list::{Endpoint, EndpointKind, Line, Request, RequestDraft, Role, Roles};
use hc_code::{HttpsUri, Timestamp};
use hc_core::division::DivisionTable;
use hc_hub::digest::Digest;

use crate::args::AskHub;
use crate::clock;
use crate::command::Outcome;
use crate::output::{self, Readers};
use crate::screen::Screen;
use crate::service::{Configured, Secrets};

pub(super) fn run(command: &AskHub, screen: &mut Screen) -> Result<Outcome> {
    let configured = Configured::read(&command.of.config)?;
    let config = &configured.config;
    let secrets = Secrets::read(&configured.path(&config.secrets))?;
    let name = match &command.name {
        Some(name) => name.as_str(),
        None => DivisionTable::bundled()
            .name(config.region)
            .unwrap_or_default(),
    };
    let root = &secrets.root;
    let endpoints = endpoints(&configured, command.at.as_ref())?;
    let texts = (name, command.contact.as_str());
    let signed = signed(&configured, root, endpoints, texts, clock::now())?;
    output::create(&command.out, &signed, Readers::Anybody)?;
    let fingerprint = Digest::of(&signed).fingerprint();
    screen.line(format!(
        "{} {fingerprint}",
        screen.say("指纹", "fingerprint")
    ))?;
    screen.line(screen.say(
        "请将文件送交平台，并用另一种方式（如电话）告知指纹。",
        "Send the file to the hub, and tell its people the fingerprint by another way, as over the telephone.",
    ))?;
    if config.door.is_none() {
        screen.line(screen.say(
            "注意：没有 [door]，其他地区无法到访。",
            "look: there is no [door]: nodes of other regions cannot come in",
        ))?;
        return Ok(Outcome::Found);
    }
    Ok(Outcome::Clean)
}

/// The request of a region, signed by the root that it names.
pub(in crate::command) fn signed(
    configured: &Configured,
    root: &SigningKey,
    endpoints: Vec<Endpoint>,
    (name, contact): (&str, &str),
    made_at: Timestamp,
) -> Result<Vec<u8>> {
    let config = &configured.config;
    let request = Request::new(RequestDraft {
        made_at,
        region: config.region,
        offset: config.offset,
        staleness_limit: config.staleness_limit,
        root: root.public_key().clone(),
        roles: Roles::new(Role::ALL)?,
        endpoints,
        name: Line::parse(name).context("name")?,
        contact: Line::parse(contact).context("contact")?,
    })?;
    let signed = request.sign(root)?;
    // What the hub could not read must not leave the house.
    Request::open(&signed)?;
    Ok(signed)
}

/// Where others find what the region publishes.
pub(in crate::command) fn endpoints(
    configured: &Configured,
    at: Option<&HttpsUri>,
) -> Result<Vec<Endpoint>> {
    let config = &configured.config;
    let origin = if let Some(at) = at {
        at.to_string()
    } else {
        let lists_at = config.lists_at()?;
        let rest = lists_at.as_str().trim_start_matches("https://");
        format!("https://{}", rest.split('/').next().unwrap_or_default())
    };
    let mut endpoints = Vec::new();
    for (kind, path) in [
        (EndpointKind::Keys, "/v1/keys"),
        (EndpointKind::Status, "/v1"),
        (EndpointKind::Paper, "/v1/paper-list"),
        (EndpointKind::Rules, "/v1"),
    ] {
        let address = HttpsUri::parse(&format!("{origin}{path}"))?;
        endpoints.push(Endpoint { kind, address });
    }
    if let Some(door) = &config.door {
        endpoints.push(Endpoint {
            kind: EndpointKind::Peer,
            address: door.address()?,
        });
    }
    Ok(endpoints)
}
