//! `key secrets`, `key rotate-tokens`: the secrets of a region's service.

use anyhow::{Context, Result, bail};
use hc_code::Timestamp;
use hc_code::signing::Signer as _;
use hc_node::token::LIFETIME;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::Outcome;
use crate::args::OfRegion;
use crate::output::{self, Readers};
use crate::screen::Screen;
use crate::service::secrets::{TOKENS, Waning, in_environment};
use crate::service::{Configured, Secrets};
use crate::{clock, random};

/// Lists the secrets by their fingerprints: enough to see which one a machine or a copy has.
pub(super) fn list(command: &OfRegion, screen: &mut Screen) -> Result<Outcome> {
    let configured = Configured::read(&command.config)?;
    let secrets = Secrets::read(&configured.path(&configured.config.secrets))?;
    let mut lines = vec![
        ("documents", fingerprint(&secrets.documents), "names documents; cannot be replaced: nobody would be found again".to_owned()),
        ("columns", fingerprint(&secrets.columns.secret), "seals personal columns; cannot be replaced: every sealed value would have to be sealed anew at once".to_owned()),
        ("tokens", fingerprint(&secrets.tokens), "seals device tokens; `key rotate-tokens` replaces it".to_owned()),
        ("root", secrets.root.public_key().id().to_string(), "signs key lists; replaced on the hub's trust list first".to_owned()),
        ("paper", secrets.paper.public_key().id().to_string(), "signs paper codes, which live up to 180 days".to_owned()),
        ("log", secrets.log.verifier_key().to_string(), "signs heads of the decision log".to_owned()),
    ];
    for before in &secrets.tokens_before {
        let says = format!("reads device tokens of before, until {}", before.until);
        lines.push(("tokens", fingerprint(&before.secret), says));
    }
    for (secret, fingerprint, says) in lines {
        if screen.json() {
            screen.object(&json!({"secret": secret, "fingerprint": fingerprint, "says": says}))?;
        } else {
            screen.line(format!("{secret:10} {fingerprint}  {says}"))?;
        }
    }
    Ok(Outcome::Clean)
}

/// Draws a new key for device tokens. What the old one sealed is read until no token of it is left.
pub(super) fn rotate_tokens(command: &OfRegion, screen: &mut Screen) -> Result<Outcome> {
    let configured = Configured::read(&command.config)?;
    let folder = configured.path(&configured.config.secrets);
    if let Some(variable) = in_environment(TOKENS) {
        bail!(
            "the key comes from {variable}: keep its value in {} and set another one",
            Waning::path(&folder, clock::now().plus(LIFETIME)).display()
        );
    }
    let secrets = Secrets::read(&folder)?;
    let path = folder.join(TOKENS);
    let until: Timestamp = clock::now().plus(LIFETIME);
    // First the old one by its other name: at no instant can its tokens not be read.
    let before = Waning::path(&folder, until);
    output::create(
        &before,
        hexadecimal(&secrets.tokens).as_bytes(),
        Readers::User,
    )?;
    let fresh = random::bytes::<32>()?;
    output::replace(&path, hexadecimal(&fresh).as_bytes())
        .with_context(|| format!("{} stays as it was", path.display()))?;
    screen.line(format!(
        "{} {} -> {}",
        screen.say("令牌密钥已更换：", "the key of device tokens is replaced:"),
        fingerprint(&secrets.tokens),
        fingerprint(&fresh)
    ))?;
    screen.line(format!(
        "{} {until}",
        screen.say(
            "重启服务后生效；旧令牌可用至",
            "it counts from the next start of the service; tokens of before are read until"
        )
    ))?;
    Ok(Outcome::Clean)
}

fn hexadecimal(secret: &zeroize::Zeroizing<[u8; 32]>) -> zeroize::Zeroizing<String> {
    let mut text = zeroize::Zeroizing::new(hex::encode(secret.as_slice()));
    text.push('\n');
    text
}

/// Eight bytes of SHA-256 over a domain and the secret: which one it is, and nothing of it.
fn fingerprint(secret: &zeroize::Zeroizing<[u8; 32]>) -> String {
    let hash = Sha256::new_with_prefix(b"healthcode fingerprint 1\0")
        .chain_update(secret.as_slice())
        .finalize();
    hex::encode(hash.get(..8).unwrap_or_default())
}
