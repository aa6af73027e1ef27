//! `list delta`: what changed from one edition of a day's list to a later one.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use hc_code::day_index::DayIndex;
use hc_code::signing::{PublicKey, Signer};
use hc_code::status_list::{Changes, Delta, DeltaBase, HeldLists, ListIssuer};
use hc_code::verify::Listed;

use super::shown;
use crate::args::DeltaOf;
use crate::command::Outcome;
use crate::input::key_file;
use crate::input::signed::{ListKind, SignedFile};
use crate::output::{self, Readers};
use crate::screen::Screen;

pub(in crate::command) fn run(command: &DeltaOf, screen: &mut Screen) -> Result<Outcome> {
    let signer = key_file::signing_key(&command.key)?;
    let mut keys = key_file::public_keys(&command.signed_by)?;
    keys.push(signer.public_key().clone());
    let old = whole(&command.old, command, &keys)?;
    let new = whole(&command.new, command, &keys)?;
    ensure!(
        old.edition().name() == new.edition().name(),
        "the lists are of another day, epoch or domain: a delta leads from one edition of a list \
         to a later one of the same"
    );
    let entries = changed(&old, &new);
    let changes = Changes::new(new.edition().name().domain, entries)?;
    let base = DeltaBase::Sequence(old.edition().sequence());
    let delta = Delta::new(*new.edition(), base, changes)?;
    let signed = delta.sign(&signer)?;
    fits(&old, &signed, command, signer.public_key())?;
    output::create(&command.out, &signed, Readers::Anybody)?;
    shown(&delta, signed.len(), screen)?;
    Ok(Outcome::Clean)
}

/// A gate that holds the old list must be able to take the delta; better to learn it here.
fn fits(old: &Delta, signed: &[u8], command: &DeltaOf, key: &PublicKey) -> Result<()> {
    let issuer = ListIssuer {
        region: command.region,
        key,
        offset: command.offset,
    };
    let delta = Delta::open(signed, &issuer).context("the signed delta does not read")?;
    let mut gate = HeldLists::new();
    gate.accept_delta(old, old.edition().issued_at())?;
    gate.accept_delta(&delta, delta.edition().issued_at())?;
    Ok(())
}

/// Every position at which the lists differ, with its new value.
fn changed(old: &Delta, new: &Delta) -> Vec<(DayIndex, Listed)> {
    let by_index = |list: &Delta| -> BTreeMap<DayIndex, Listed> {
        list.changes().entries().iter().copied().collect()
    };
    let (before, after) = (by_index(old), by_index(new));
    let cleared = before
        .keys()
        .filter(|index| !after.contains_key(index))
        .map(|index| (*index, Listed::Low));
    let set = after
        .iter()
        .filter(|(index, value)| before.get(index) != Some(value))
        .map(|(index, value)| (*index, *value));
    let mut entries: Vec<_> = cleared.chain(set).collect();
    entries.sort_by_key(|(index, _)| *index);
    entries
}

/// A whole list from a file.
fn whole(path: &Path, command: &DeltaOf, keys: &[PublicKey]) -> Result<Delta> {
    let file = SignedFile::read(path)?;
    let what = || format!("{} ({})", path.display(), file.kind.word());
    ensure!(
        file.kind == ListKind::Delta,
        "{}: not a whole list as `list build` writes it",
        what()
    );
    let key = keys
        .iter()
        .find(|key| key.id() == file.key)
        .with_context(|| format!("its key {} was not given with --signed-by", file.key))
        .with_context(what)?;
    let issuer = ListIssuer {
        region: command.region,
        key,
        offset: command.offset,
    };
    let list = Delta::open(&file.bytes, &issuer).with_context(what)?;
    ensure!(
        list.base() == DeltaBase::AllLow,
        "{} is a delta itself; a delta is made from two whole lists",
        path.display()
    );
    Ok(list)
}
