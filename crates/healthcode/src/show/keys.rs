//! Lists of keys as people and programs read them.

use anyhow::Result;
use hc_code::Timestamp;
use hc_code::keys::{KeyList, NodeKey};
use hc_code::signing::{KeyId, PublicKey};
use hc_code::trust_list::{RemovalList, TrustList};
use serde::Serialize;

use crate::args::Language;
use crate::args::value::key_use_word;
use crate::screen::Screen;

/// A key list in words or as one object.
pub(crate) fn key_list(list: &KeyList, root: KeyId, screen: &mut Screen) -> Result<()> {
    if screen.json() {
        return screen.object(&KeyListLine {
            kind: "key-list",
            region: list.issuer().to_string(),
            version: list.version(),
            root: root.to_string(),
            issued_at: list.issued_at(),
            expires_at: list.expires_at(),
            keys: list.keys().iter().map(KeyLine::of).collect(),
        });
    }
    let title = format!(
        "{} {} v{} · {} – {} · {} {root}",
        screen.say("密钥表", "key list"),
        list.issuer(),
        list.version(),
        list.issued_at(),
        list.expires_at(),
        screen.say("根密钥", "root"),
    );
    screen.heading(title)?;
    for key in list.keys() {
        let removed = if key.is_removed() {
            screen.say(" · 已移除", " · removed")
        } else {
            ""
        };
        let line = format!(
            "  {} {:<7} {:<5} {} – {}{removed}",
            key.key().id(),
            key.key().algorithm(),
            key_use_word(key.key_use()),
            key.from(),
            key.until(),
        );
        screen.line(line)?;
    }
    Ok(())
}

/// A trust list in words or as one object.
pub(crate) fn trust_list(list: &TrustList, hub: KeyId, screen: &mut Screen) -> Result<()> {
    let ids = |keys: &[PublicKey]| keys.iter().map(|key| key.id().to_string()).collect();
    if screen.json() {
        let issuers = list.issuers().iter().map(|issuer| IssuerLine {
            region: issuer.region().to_string(),
            offset: issuer.offset().to_string(),
            staleness_limit: issuer.staleness_limit().to_string(),
            from: issuer.validity().from(),
            until: issuer.validity().until(),
            roots: issuer
                .roots()
                .iter()
                .map(|root| root.key().id().to_string())
                .collect(),
        });
        return screen.object(&TrustLine {
            kind: "trust-list",
            version: list.version(),
            signed_by: hub.to_string(),
            issued_at: list.issued_at(),
            expires_at: list.expires_at(),
            hub_keys: ids(list.hub_keys()),
            removal_keys: ids(list.removal_keys()),
            issuers: issuers.collect(),
        });
    }
    let title = format!(
        "{} v{} · {} – {} · {} {hub}",
        screen.say("信任表", "trust list"),
        list.version(),
        list.issued_at(),
        list.expires_at(),
        screen.say("签发", "signed by"),
    );
    screen.heading(title)?;
    for issuer in list.issuers() {
        let roots = issuer
            .roots()
            .iter()
            .map(|root| root.key().id().to_string());
        let line = format!(
            "  {} {} · {} {} · {} {}",
            issuer.region(),
            issuer.offset(),
            screen.say("依据时限", "facts good for"),
            issuer.staleness_limit(),
            screen.say("根密钥", "roots"),
            roots.collect::<Vec<_>>().join(" "),
        );
        screen.line(line)?;
    }
    Ok(())
}

/// A removal list in words or as one object.
pub(crate) fn removal_list(list: &RemovalList, remover: KeyId, screen: &mut Screen) -> Result<()> {
    let removals = list.removals().iter().map(|removal| RemovalLine {
        region: removal.region.to_string(),
        key_id: removal.key.map(|key| key.to_string()),
        removed_at: removal.removed_at,
    });
    if screen.json() {
        return screen.object(&RemovalsLine {
            kind: "removals",
            signed_by: remover.to_string(),
            issued_at: list.issued_at(),
            removals: removals.collect(),
        });
    }
    screen.heading(format!(
        "{} · {} · {} {remover}",
        screen.say("移除表", "removals"),
        list.issued_at(),
        screen.say("签发", "signed by"),
    ))?;
    for removal in removals {
        let key = removal.key_id.unwrap_or_else(|| {
            screen
                .say("签发方及其全部密钥", "the issuer with all its keys")
                .to_owned()
        });
        let since = screen.say("起不再可信", "is not believed since");
        screen.line(match screen.language() {
            Language::Zh => format!("  {} {key} {}{since}", removal.region, removal.removed_at),
            Language::En => format!("  {} {key} {since} {}", removal.region, removal.removed_at),
        })?;
    }
    Ok(())
}

#[derive(Serialize)]
struct RemovalsLine {
    kind: &'static str,
    signed_by: String,
    issued_at: Timestamp,
    removals: Vec<RemovalLine>,
}

#[derive(Serialize)]
struct RemovalLine {
    region: String,
    key_id: Option<String>,
    removed_at: Timestamp,
}

#[derive(Serialize)]
struct KeyListLine {
    kind: &'static str,
    region: String,
    version: u64,
    root: String,
    issued_at: Timestamp,
    expires_at: Timestamp,
    keys: Vec<KeyLine>,
}

#[derive(Serialize)]
struct KeyLine {
    key_id: String,
    algorithm: &'static str,
    key_use: &'static str,
    from: Timestamp,
    until: Timestamp,
    removed: bool,
}

impl KeyLine {
    fn of(key: &NodeKey) -> Self {
        Self {
            key_id: key.key().id().to_string(),
            algorithm: key.key().algorithm().name(),
            key_use: key_use_word(key.key_use()),
            from: key.from(),
            until: key.until(),
            removed: key.is_removed(),
        }
    }
}

#[derive(Serialize)]
struct TrustLine {
    kind: &'static str,
    version: u32,
    signed_by: String,
    issued_at: Timestamp,
    expires_at: Timestamp,
    hub_keys: Vec<String>,
    removal_keys: Vec<String>,
    issuers: Vec<IssuerLine>,
}

#[derive(Serialize)]
struct IssuerLine {
    region: String,
    offset: String,
    staleness_limit: String,
    from: Timestamp,
    until: Timestamp,
    roots: Vec<String>,
}
