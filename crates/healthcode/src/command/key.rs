//! `key`: keys in files, and the lists that say whose keys are to be believed.

mod region;
mod remove;
mod trust;

use anyhow::{Context, Result, ensure};
use hc_code::Timestamp;
use hc_code::keys::{KeyList, KeyUse, NodeKey, SignedKeyList};
use hc_code::signing::{Algorithm, PublicKey, Signer, SigningKey};
use serde::Serialize;
use std::fs;
use std::path::Path;

use super::Outcome;
use crate::args::value::{KeyForUse, key_use_word};
use crate::args::{Key, KeyTimes, ListKeys, NewKey, RotateKeys};
use crate::input::key_file;
use crate::output::{self, Readers};
use crate::screen::Screen;
use crate::show::keys;
use crate::{clock, random};

pub(super) fn run(command: &Key, screen: &mut Screen) -> Result<Outcome> {
    match command {
        Key::New(command) => new(command, screen),
        Key::List(command) => list(command, screen),
        Key::Rotate(command) => rotate(command, screen),
        Key::Trust(command) => trust::run(command, screen),
        Key::Secrets(command) => region::list(command, screen),
        Key::RotateTokens(command) => region::rotate_tokens(command, screen),
        Key::Remove(command) => remove::run(command, screen),
    }
}

fn new(command: &NewKey, screen: &mut Screen) -> Result<Outcome> {
    let public = &make(command.algorithm, &command.out)?;
    if screen.json() {
        screen.object(&key_file::PublicFile::of(public))?;
    } else {
        told(public, &command.out, screen)?;
    }
    Ok(Outcome::Clean)
}

/// Makes a key: a secret file that only the user can read, and a public file beside it.
pub(super) fn make(algorithm: Algorithm, out: &Path) -> Result<PublicKey> {
    // A number out of range comes up about once in 2^32 draws for ES256 and SM2.
    let drawn = (0..8).find_map(|_| {
        let secret = match random::bytes::<32>() {
            Ok(secret) => secret,
            Err(error) => return Some(Err(error)),
        };
        let key = SigningKey::from_secret(algorithm, &secret).ok()?;
        Some(Ok((key, secret)))
    });
    let (key, secret) = drawn.context("no usable key was drawn")??;
    let public = key.public_key();
    let public_path = output::beside(out, ".pub");
    ensure!(
        !public_path.exists(),
        "{} is there already and is not written over",
        public_path.display()
    );
    let content = key_file::secret_file(public, &secret)?;
    output::create(out, &content, Readers::User)?;
    let published = key_file::public_file(public)?;
    if let Err(error) = output::create(&public_path, &published, Readers::Anybody) {
        // Without its public half the secret is of no use: leave nothing.
        drop(fs::remove_file(out));
        return Err(error);
    }
    Ok(public.clone())
}

/// Says where a new key is.
pub(super) fn told(public: &PublicKey, out: &Path, screen: &mut Screen) -> Result<()> {
    let (algorithm, id) = (public.algorithm(), public.id());
    let made = screen.say("新密钥", "new key");
    screen.line(format!("{made} {id} ({algorithm})"))?;
    let (secret, handed) = (
        screen.say("私钥，切勿外传", "secret, for nobody else"),
        screen.say("公钥", "public"),
    );
    screen.line(format!("  {} ({secret})", out.display()))?;
    let public_path = output::beside(out, ".pub");
    screen.line(format!("  {} ({handed})", public_path.display()))
}

fn list(command: &ListKeys, screen: &mut Screen) -> Result<Outcome> {
    let root = key_file::signing_key(&command.root)?;
    let at = command.times.at.unwrap_or_else(clock::now);
    let keys = node_keys(&command.keys, command.times, at)?;
    sign(
        &KeyList::new(
            command.region,
            command.list_version,
            at,
            at.plus(command.times.list_life),
            keys,
        )?,
        &root,
        &command.out,
        screen,
    )
}

fn rotate(command: &RotateKeys, screen: &mut Screen) -> Result<Outcome> {
    let root = key_file::signing_key(&command.root)?;
    let at = command.times.at.unwrap_or_else(clock::now);
    let bytes = fs::read(&command.list)
        .with_context(|| format!("cannot read {}", command.list.display()))?;
    let (before, _) = SignedKeyList::from_bytes(bytes)
        .verify(command.region, &[root.public_key().clone()])
        .with_context(|| format!("{} is not the list before", command.list.display()))?;
    ensure!(
        at >= before.issued_at(),
        "the list before was signed later, at {}",
        before.issued_at()
    );
    let version = before
        .version()
        .checked_add(1)
        .context("there is no further version")?;
    for id in &command.remove {
        ensure!(
            before.keys().iter().any(|key| key.key().id() == *id),
            "key {id} is not on the list"
        );
    }
    // The old keys stay until their end, so that what they signed is believed for as long.
    let kept = before.keys().iter().filter(|key| key.until() > at);
    let kept = kept.map(|key| {
        if command.remove.contains(&key.key().id()) {
            key.clone().removed()
        } else {
            key.clone()
        }
    });
    let mut keys: Vec<_> = kept.collect();
    keys.extend(node_keys(&command.keys, command.times, at)?);
    let list = KeyList::new(
        command.region,
        version,
        at,
        at.plus(command.times.list_life),
        keys,
    )?;
    sign(&list, &root, &command.out, screen)
}

fn node_keys(given: &[KeyForUse], times: KeyTimes, at: Timestamp) -> Result<Vec<NodeKey>> {
    let mut keys = Vec::new();
    for KeyForUse { key_use, file } in given {
        let key = key_file::public_key(file)?;
        let life = times.key_life.unwrap_or_else(|| key_use.longest_life());
        let node = NodeKey::new(key, *key_use, at, at.plus(life));
        keys.push(node.with_context(|| file.display().to_string())?);
    }
    Ok(keys)
}

fn sign(list: &KeyList, root: &SigningKey, out: &Path, screen: &mut Screen) -> Result<Outcome> {
    let signed = list.sign(root)?;
    output::create(out, signed.as_bytes(), Readers::Anybody)?;
    keys::key_list(list, root.public_key().id(), screen)?;
    // A gap is where people stand before gates with codes that nobody can sign.
    let uses = KeyUse::ALL
        .into_iter()
        .filter(|key_use| list.keys().iter().any(|key| key.key_use() == *key_use));
    let mut found = false;
    for key_use in uses {
        if let Some(gap) = list.gap(key_use, list.issued_at(), list.expires_at()) {
            found = true;
            gap_shown(key_use, gap, screen)?;
        }
    }
    Ok(Outcome::from_found(found))
}

fn gap_shown(key_use: KeyUse, from: Timestamp, screen: &mut Screen) -> Result<()> {
    let word = key_use_word(key_use);
    if screen.json() {
        return screen.object(&Gap {
            key_use: word,
            no_key_from: from,
        });
    }
    let (no_key, rotate) = (
        screen.say("起没有可用密钥：", "no key is good from then on:"),
        screen.say("请在此之前轮换", "rotate before"),
    );
    screen.line(format!("  {from} {no_key} {word}; {rotate}"))
}

#[derive(Serialize)]
struct Gap {
    key_use: &'static str,
    no_key_from: Timestamp,
}
