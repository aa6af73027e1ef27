//! `federation join`: a region begins to believe a hub, and says how it stands on the hub's list.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use hc_code::Timestamp;
use hc_code::federation::{Federation, Followed};
use hc_code::signing::{PublicKey, Signer as _};
use hc_code::trust_list::{EndpointKind, IssuerEntry, Role};
use hc_http::peers::{FetchError, Fetcher};
use hc_hub::difference::{endpoint_word, role_word};

use crate::args::Join;
use crate::clock;
use crate::command::Outcome;
use crate::input::key_file;
use crate::screen::Screen;
use crate::service::joined::{self, Joined};
use crate::service::{Configured, Secrets, serving};

const WITHIN: Duration = Duration::from_secs(10);
const MOST: usize = 8 << 20;

pub(super) fn run(command: &Join, screen: &mut Screen) -> Result<Outcome> {
    let configured = Configured::read(&command.of.config)?;
    let secrets = Secrets::read(&configured.path(&configured.config.secrets))?;
    let pinned = key_file::public_keys(&command.keys)?;
    let now = clock::now();
    if let Some(before) = Joined::read(&configured)?
        && before.pinned() != pinned
    {
        bail!(
            "this region follows {} with another key already; whoever means to change that takes the folder {} away first",
            before.hub(),
            configured
                .path(&configured.config.federation.folder)
                .display()
        );
    }
    let joined = Joined::new(&configured, command.hub.clone(), pinned);
    let fetcher = Fetcher::new(&joined::authorities(&configured)?, WITHIN);
    let mut federation = joined.recall(now)?;
    let runtime = serving::runtime()?;
    let hub = command.hub.as_str();
    let address = format!("{hub}/hub/v1/trust-list");
    match runtime.block_on(fetcher.get(&address, None, MOST)) {
        Ok(came) => {
            let skew = came.clock.map(|clock| clock.unix() - now.unix());
            if let Some(skew) = skew.filter(|skew| skew.abs() > 60) {
                let says = screen.say("平台时钟相差秒数：", "the hub's clock differs by seconds:");
                screen.line(format!("{says} {skew}"))?;
            }
            let bytes = came.bytes.context("the hub gave nothing")?;
            take(&runtime, &fetcher, (hub, &bytes), &mut federation, now)?;
        }
        Err(FetchError::Status(404)) => {}
        Err(error) => return Err(error).context(address),
    }
    joined.keep()?;
    joined.remember(&federation)?;
    let Some(trust) = federation.trust() else {
        screen.line(screen.say(
            "平台尚无信任表；已固定其密钥，服务将自行取得。",
            "The hub has no trust list yet. Its key is pinned; the service fetches the list once it is there.",
        ))?;
        return Ok(Outcome::Found);
    };
    let list = trust.list();
    screen.line(format!(
        "{} {}, {} {}",
        screen.say("信任表版本", "trust list version"),
        list.version(),
        screen.say("有效至", "until"),
        list.expires_at()
    ))?;
    let entry = trust.at(now).entry(configured.config.region);
    let differs = standing(&configured, secrets.root.public_key(), entry, now);
    for line in &differs {
        screen.line(line)?;
    }
    if differs.is_empty() {
        screen.line(screen.say(
            "本地区已列入，与配置一致。重新启动服务后生效。",
            "This region is on the list as it is configured. Restart the service to follow the hub.",
        ))?;
    }
    Ok(Outcome::from_found(!differs.is_empty()))
}

/// Takes the list in force; where hub keys changed since the pinned one, through all lists before it.
fn take(
    runtime: &tokio::runtime::Runtime,
    fetcher: &Fetcher,
    (hub, bytes): (&str, &[u8]),
    federation: &mut Federation,
    now: Timestamp,
) -> Result<Followed> {
    let mut taken = federation.take_trust(bytes, now);
    if taken.is_err() {
        let mut version = federation.seen().map_or(1, |mark| mark.version);
        loop {
            let address = format!("{hub}/hub/v1/trust-list/{version}");
            match runtime.block_on(fetcher.get(&address, None, MOST)) {
                Ok(came) => {
                    let list = came.bytes.unwrap_or_default();
                    // One that cannot be taken is in nobody's way: the next may be.
                    drop(federation.take_trust(&list, now));
                }
                Err(FetchError::Status(404)) => break,
                Err(error) => return Err(error).context(address),
            }
            version += 1;
        }
        taken = federation.take_trust(bytes, now);
    }
    taken.context("the hub's trust list is not to be believed with the key that you gave")
}

/// How what the list says of the region differs from what the region is; nothing where it does not.
pub(in crate::command) fn standing(
    configured: &Configured,
    root: &PublicKey,
    entry: Option<&IssuerEntry>,
    now: Timestamp,
) -> Vec<String> {
    let config = &configured.config;
    let Some(entry) = entry else {
        return vec![format!(
            "{} is not on the list, or was removed from it, or its time has not come",
            config.region
        )];
    };
    let mut differs = Vec::new();
    let found = entry.roots().iter().find(|listed| listed.key() == root);
    match found {
        None => {
            let listed: Vec<String> = entry
                .roots()
                .iter()
                .map(|root| root.key().id().to_string())
                .collect();
            differs.push(format!(
                "root: the list has {}, this region signs with {}: nobody will believe it",
                listed.join(", "),
                root.id()
            ));
        }
        Some(listed) => {
            for role in Role::ALL
                .into_iter()
                .filter(|role| !listed.roles().contains(*role))
            {
                differs.push(format!("root: it is not listed for {}", role_word(role)));
            }
            if !listed.validity().contains(now) {
                let validity = listed.validity();
                differs.push(format!(
                    "root: it is listed from {} until {}",
                    validity.from(),
                    validity.until()
                ));
            }
        }
    }
    if entry.offset() != config.offset {
        differs.push(format!(
            "offset: the list has {}, the configuration {}",
            entry.offset(),
            config.offset
        ));
    }
    if entry.staleness_limit() != config.staleness_limit {
        differs.push(format!(
            "staleness-limit: the list has {}, the configuration {}",
            entry.staleness_limit(),
            config.staleness_limit
        ));
    }
    let door = config.door.as_ref().and_then(|door| door.address().ok());
    let listed = entry
        .endpoints()
        .iter()
        .find(|endpoint| endpoint.kind == EndpointKind::Peer);
    if listed.map(|endpoint| &endpoint.address) != door.as_ref() {
        let says = |address: Option<String>| address.unwrap_or_else(|| "none".to_owned());
        differs.push(format!(
            "{}: the list has {}, the configuration {}",
            endpoint_word(EndpointKind::Peer),
            says(listed.map(|endpoint| endpoint.address.to_string())),
            says(door.map(|door| door.to_string()))
        ));
    }
    differs
}
