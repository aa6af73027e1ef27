//! `hub init`: a new hub.

use std::fs;

use anyhow::{Context, Result};
use hc_code::Timestamp;
use hc_code::signing::{Algorithm, PublicKey, Signer as _};
use hc_hub::hub::Hub;
use hc_tlog::note::{KeyName, Signer as LogSigner};
use zeroize::Zeroizing;

use crate::args::NewHub;
use crate::clock;
use crate::command::Outcome;
use crate::input::key_file;
use crate::output::{self, Readers};
use crate::screen::Screen;
use crate::service::hub::{HubConfig, HubConfigured, LOG, REMOVER};
use crate::service::secrets::{make_log_key, signing_key};

/// The name of the configuration in a hub's folder.
const CONFIG: &str = "hub.toml";

pub(super) fn run(command: &NewHub, screen: &mut Screen) -> Result<Outcome> {
    let name: KeyName = command
        .name
        .parse()
        .with_context(|| format!("no history can be called {:?}", command.name))?;
    let keys = key_file::public_keys(&command.keys)?;
    let folder = &command.folder;
    fs::create_dir(folder)
        .with_context(|| format!("cannot make the new folder {}", folder.display()))?;
    let made = fill(command, &name, &keys, clock::now());
    if made.is_err() {
        // Half a hub is none: nothing was there before.
        drop(fs::remove_dir_all(folder));
    }
    made?;
    screen.line(screen.say(
        "已建立新的国家平台。签署信任表的密钥不在此处，请离线保管。",
        "A new hub is made. The key that signs trust lists is not here: keep it offline.",
    ))?;
    let config = folder.join(CONFIG);
    screen.line(format!("healthcode serve --config {}", config.display()))?;
    Ok(Outcome::Clean)
}

/// Fills the folder of a new hub.
pub(in crate::command) fn fill(
    command: &NewHub,
    name: &KeyName,
    keys: &[PublicKey],
    now: Timestamp,
) -> Result<()> {
    let config = command.folder.join(CONFIG);
    let text = HubConfig::commented(command.listen);
    output::create(&config, text.as_bytes(), Readers::Anybody)?;
    let configured = HubConfigured::read(&config)?;
    let secrets = configured.secrets();
    private(&secrets)?;
    let (remover, secret) = signing_key(Algorithm::Ed25519)?;
    let file = key_file::secret_file(remover.public_key(), &secret)?;
    output::create(&secrets.join(REMOVER), &file, Readers::User)?;
    make_log_key(&secrets.join(LOG), name)?;
    let text = fs::read_to_string(secrets.join(LOG)).map(Zeroizing::new)?;
    let log = LogSigner::from_secret_text(text.trim_end())?;
    let place = configured.folder();
    fs::create_dir(&place).with_context(|| format!("cannot make {}", place.display()))?;
    Hub::create(&place, log, keys, remover.public_key(), now)?;
    Ok(())
}

#[cfg(unix)]
fn private(folder: &std::path::Path) -> Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new()
        .mode(0o700)
        .create(folder)
        .with_context(|| format!("cannot make the folder of secrets {}", folder.display()))
}

#[cfg(not(unix))]
fn private(folder: &std::path::Path) -> Result<()> {
    fs::create_dir(folder)
        .with_context(|| format!("cannot make the folder of secrets {}", folder.display()))
}
