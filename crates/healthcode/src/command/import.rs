//! `import risk-areas`: what was published, how it was mapped, what changed, and whom it turned.

mod evidence;
mod people;
mod publication;
mod summary;

use anyhow::Result;
use hc_code::Timestamp;
use hc_core::area::{ChangeKind, Difference, MappingReport};
use hc_core::division::DivisionTable;
use hc_core::population::Population;
use hc_core::replay::{Replay, Step};
use hc_core::rules::RulePack;
use serde::Serialize;

use super::Outcome;
use crate::args::{Import, RiskAreas};
use crate::clock;
use crate::input;
use crate::input::areas::ReadPublication;
use crate::input::evidence::EvidenceFiles;
use crate::screen::Screen;
use crate::show;
use publication::PublicationLine;

pub(super) fn run(command: &Import, screen: &mut Screen) -> Result<Outcome> {
    match command {
        Import::RiskAreas(command) => risk_areas(command, screen),
        Import::People(command) => people::run(command, screen),
        Import::Evidence(command) => evidence::run(command, screen),
    }
}

fn risk_areas(command: &RiskAreas, screen: &mut Screen) -> Result<Outcome> {
    let areas = input::areas::read_publications(&command.files)?;
    let last = areas
        .publications
        .last()
        .map(|publication| publication.located.snapshot.at());
    let pack = command
        .rules
        .as_deref()
        .map(input::proved_pack)
        .transpose()?;
    let people = if pack.is_some() {
        input::evidence::read(&command.evidence, last.unwrap_or_else(clock::now))?
    } else {
        EvidenceFiles::default()
    };
    let population = population(&people, last)?;
    let mut replay = pack
        .as_ref()
        .map(|pack| Replay::new(pack, &population, &people.places));
    let mut mapped = MappingReport::default();
    let mut before: Option<&ReadPublication> = None;
    let mut problems = false;
    for publication in &areas.publications {
        mapped.merge(&publication.located.report);
        problems |= !publication.problems.is_empty();
        let step = replay
            .as_mut()
            .map(|replay| replay.publish(&publication.located.snapshot));
        let impact = step.as_ref().zip(pack.as_ref());
        published(screen, command, publication, before, impact)?;
        before = Some(publication);
    }
    summary::show(screen, &areas, &mapped)?;
    let set_aside = show::set_aside(screen, &people, &areas)?;
    let lost = mapped.lost().next().is_some();
    Ok(Outcome::from_found(set_aside || lost || problems))
}

/// The people of evidence files, with what is known of them by the last publication.
fn population(people: &EvidenceFiles, last: Option<Timestamp>) -> Result<Population> {
    let mut population = Population::with_capacity(people.documents.len(), 0);
    if let Some(last) = last {
        for person in people.register.iter(last) {
            population.add(person.story(last).facts())?;
        }
    }
    Ok(population)
}

/// One publication: its lists, what was wrong with it, what changed, whom it turned.
fn published(
    screen: &mut Screen,
    command: &RiskAreas,
    publication: &ReadPublication,
    before: Option<&ReadPublication>,
    impact: Option<(&Step, &RulePack)>,
) -> Result<()> {
    let snapshot = &publication.located.snapshot;
    let difference = before.map(|before| Difference::between(&before.located.snapshot, snapshot));
    let line = PublicationLine::of(publication, difference.as_ref(), impact);
    if screen.json() {
        screen.object(&line)?;
    } else {
        line.in_words(screen)?;
    }
    if command.differences {
        for change in difference.iter().flat_map(Difference::changes) {
            let area = change.area();
            let name = DivisionTable::bundled().full_name(area.division());
            let name = name.unwrap_or_else(|| area.division().to_string());
            let line = ChangeLine {
                change: kind_word(change.kind()),
                division: area.division().to_string(),
                name,
                place: area.place().to_string(),
            };
            if screen.json() {
                screen.object(&line)?;
            } else {
                screen.line(format!(
                    "    {} {} {}{}",
                    line.change, line.division, line.name, line.place
                ))?;
            }
        }
    }
    Ok(())
}

fn kind_word(kind: ChangeKind) -> String {
    match kind {
        ChangeKind::Added(level) => format!("added {level}"),
        ChangeKind::Removed(level) => format!("removed {level}"),
        ChangeKind::Raised(from, to) => format!("raised {from} to {to}"),
        ChangeKind::Lowered(from, to) => format!("lowered {from} to {to}"),
    }
}

#[derive(Serialize)]
struct ChangeLine {
    change: String,
    division: String,
    name: String,
    place: String,
}
