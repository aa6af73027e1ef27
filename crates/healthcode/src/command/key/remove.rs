//! `key remove`: the signed list of issuers and keys that are not to be believed any more.

use anyhow::{Context, Result, ensure};
use hc_code::signing::{PublicKey, Signer};
use hc_code::trust_list::{Removal, RemovalList};

use crate::args::Remove;
use crate::args::value::Named;
use crate::clock;
use crate::command::Outcome;
use crate::input::key_file;
use crate::input::signed::{ListKind, SignedFile};
use crate::output::{self, Readers};
use crate::screen::Screen;
use crate::show::keys;

pub(super) fn run(command: &Remove, screen: &mut Screen) -> Result<Outcome> {
    let remover = key_file::signing_key(&command.remover)?;
    let at = command.at.unwrap_or_else(clock::now);
    let mut removals = Vec::new();
    if let Some(path) = &command.before {
        let file = SignedFile::read(path)?;
        let before = read(&file, std::slice::from_ref(remover.public_key()))?;
        ensure!(
            at >= before.issued_at(),
            "the removals before were signed later, at {}",
            before.issued_at()
        );
        removals.extend_from_slice(before.removals());
    }
    for Named { region, key } in &command.keys {
        let known = |removal: &Removal| removal.region == *region && removal.key == *key;
        // What was removed before has been so since then.
        if !removals.iter().any(known) {
            removals.push(Removal {
                region: *region,
                key: *key,
                removed_at: at,
            });
        }
    }
    let list = RemovalList::new(at, removals)?;
    let signed = list.sign(&remover)?;
    // What cannot be read back must not leave the house.
    let keys = [remover.public_key().clone()];
    let read = RemovalList::open(&signed, &keys).context("the signed list does not read")?;
    ensure!(
        read.removals() == list.removals(),
        "the signed list does not read as what was signed"
    );
    output::create(&command.out, &signed, Readers::Anybody)?;
    keys::removal_list(&list, remover.public_key().id(), screen)?;
    Ok(Outcome::Clean)
}

/// Removals that one of the keys signed.
pub(super) fn read(file: &SignedFile, removal_keys: &[PublicKey]) -> Result<RemovalList> {
    ensure!(
        file.kind == ListKind::Removals,
        "{} are no removals",
        file.what()
    );
    RemovalList::open(&file.bytes, removal_keys).with_context(|| file.what())
}
