//! `list build`: the signed status list of a day.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use hc_code::day_index::{DayIndex, Domain, SubjectNumber};
use hc_code::day_key::{DayKey, DayKeyName};
use hc_code::signing::{Signer, SigningKey};
use hc_code::status_list::{
    Changes, Delta, DeltaBase, Edition, ListIssuer, ListName, Shard, SignedShard,
};
use hc_code::verify::Listed;
use hc_code::{HttpsUri, Timestamp};

use super::shown;
use crate::args::Build;
use crate::args::value::CountOf;
use crate::command::Outcome;
use crate::input::{key_file, positions};
use crate::output::{self, Readers};
use crate::screen::Screen;
use crate::{clock, random};

pub(in crate::command) fn run(command: &Build, screen: &mut Screen) -> Result<Outcome> {
    let key = key_file::signing_key(&command.key)?;
    let name = ListName {
        region: command.region,
        day: command.day,
        epoch: command.epoch,
        domain: domain(command)?,
    };
    let at = command.at.unwrap_or_else(clock::now);
    let edition = Edition::new(
        name,
        command.sequence,
        command.as_of.unwrap_or(at),
        at,
        end(command),
        command.offset,
    )?;
    let entries = match &command.entries {
        Some(path) => positions::read(path, name.domain)?,
        None => drawn(command, name)?,
    };
    let entries: Vec<_> = entries
        .into_iter()
        .filter(|(_, value)| *value != Listed::Low)
        .collect();
    let changes = Changes::new(name.domain, entries)?;
    let list = Delta::new(edition, DeltaBase::AllLow, changes)?;
    let signed = list.sign(&key)?;
    // What cannot be read back must not leave the house.
    let issuer = ListIssuer {
        region: name.region,
        key: key.public_key(),
        offset: command.offset,
    };
    Delta::open(&signed, &issuer).context("the signed list does not read")?;
    // The folder first: where it cannot be made, nothing is written.
    if let (Some(folder), Some(address)) = (&command.shards, &command.address) {
        write_shards(folder, address, &list, &key)?;
    }
    output::create(&command.out, &signed, Readers::Anybody)?;
    shown(&list, signed.len(), screen)?;
    Ok(Outcome::Clean)
}

fn end(command: &Build) -> Timestamp {
    let midnight = command.day.end(command.offset);
    command.until.unwrap_or(midnight)
}

/// The domain: as asked for, or the one that a population needs.
fn domain(command: &Build) -> Result<Domain> {
    match (command.bits, command.population) {
        (Some(bits), _) => Ok(Domain::new(bits)?),
        (None, Some(given)) => {
            ensure!(
                given <= Domain::LARGEST.size(),
                "{given} subject numbers are more than any domain has"
            );
            Ok(Domain::SMALLEST.for_tomorrow(given))
        }
        (None, None) => Ok(Domain::SMALLEST),
    }
}

/// So many positions of each level, by the permutation of a day key that is drawn for this and
/// forgotten: they lie as those of real people do.
fn drawn(command: &Build, name: ListName) -> Result<BTreeMap<DayIndex, Listed>> {
    let people: u64 = command
        .count
        .iter()
        .map(|count| u64::from(count.count))
        .sum();
    let room = command.population.unwrap_or_else(|| name.domain.size());
    ensure!(
        people <= room,
        "{people} people are counted, but there are {room}"
    );
    let key_name = DayKeyName {
        region: name.region,
        day: name.day,
        epoch: name.epoch,
    };
    let permutation = DayKey::from_random(key_name, random::bytes()?).list(name.domain);
    let values = command
        .count
        .iter()
        .flat_map(|CountOf { value, count }| (0..*count).map(|_| *value));
    let mut entries = BTreeMap::new();
    for (number, value) in (0..).zip(values) {
        entries.insert(permutation.index_of(SubjectNumber::new(number))?, value);
    }
    Ok(entries)
}

/// Writes one file per shard into a new folder.
fn write_shards(folder: &Path, address: &HttpsUri, list: &Delta, key: &SigningKey) -> Result<()> {
    fs::create_dir(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let result = fill_shards(folder, address, list, key);
    if result.is_err() {
        // The folder is ours and new: half of a list is worse than none.
        drop(fs::remove_dir_all(folder));
    }
    result
}

fn fill_shards(folder: &Path, address: &HttpsUri, list: &Delta, key: &SigningKey) -> Result<()> {
    let edition = list.edition();
    let mut entries = list.changes().entries().iter().peekable();
    for number in 0..SignedShard::count(edition) {
        let mut shard = Shard::low();
        // Entries are in ascending order, so each shard takes its own from the front.
        while let Some((index, value)) =
            entries.next_if(|(index, _)| index.position() >> Shard::BITS == number)
        {
            shard.set(index.position(), *value);
        }
        let signed = SignedShard::sign(edition, number, &shard, address, key)?;
        let path = folder.join(format!("{number}.cwt"));
        output::create(&path, &signed, Readers::Anybody)?;
    }
    Ok(())
}
