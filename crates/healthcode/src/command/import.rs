//! `import risk-areas`: what was published, how it was mapped, what changed, and whom it turned.

use std::collections::BTreeMap;

use anyhow::Result;
use hc_code::{Level, Timestamp};
use hc_core::area::{AreaLevel, ChangeKind, Difference, Mapping, MappingReport};
use hc_core::division::DivisionTable;
use hc_core::place::Grain;
use hc_core::population::{Population, Tally};
use hc_core::replay::{Replay, Step};
use hc_core::rules::RulePack;
use hc_core::word::Word;
use serde::Serialize;

use super::Outcome;
use crate::args::{Import, RiskAreas};
use crate::input;
use crate::input::areas::{AreaFiles, ReadPublication};
use crate::input::evidence::EvidenceFiles;
use crate::screen::Screen;
use crate::show;

pub(super) fn run(command: &Import, screen: &mut Screen) -> Result<Outcome> {
    match command {
        Import::RiskAreas(command) => risk_areas(command, screen),
    }
}

fn risk_areas(command: &RiskAreas, screen: &mut Screen) -> Result<Outcome> {
    let areas = input::areas::read(&command.files)?;
    let last = areas
        .publications
        .last()
        .map(|publication| publication.located.snapshot.at());
    let pack = command
        .rules
        .as_deref()
        .map(input::proved_pack)
        .transpose()?;
    let people = match last {
        Some(last) if pack.is_some() => input::evidence::read(&command.evidence, last)?,
        _ => EvidenceFiles::default(),
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
    summary(screen, &areas, &mapped)?;
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

/// A publication as it is shown.
#[derive(Serialize)]
struct PublicationLine {
    at: Timestamp,
    file: String,
    /// Areas by level; a list that was not published is absent.
    areas: BTreeMap<&'static str, usize>,
    rows_mapped: usize,
    rows: usize,
    added: usize,
    removed: usize,
    raised: usize,
    lowered: usize,
    new_lists: Vec<&'static str>,
    gone_lists: Vec<&'static str>,
    problems: Vec<String>,
    impact: Option<Impact>,
}

/// Whom a publication turned.
#[derive(Serialize)]
struct Impact {
    people: BTreeMap<&'static str, u64>,
    turned: BTreeMap<String, u64>,
    reasons: Vec<Held>,
}

/// How many people a rule holds at a level, by how finely their stays were known.
#[derive(Serialize)]
struct Held {
    rule: String,
    code: String,
    level: Level,
    grain: Option<&'static str>,
    people: u64,
}

impl PublicationLine {
    fn of(
        publication: &ReadPublication,
        difference: Option<&Difference>,
        impact: Option<(&Step, &RulePack)>,
    ) -> Self {
        let snapshot = &publication.located.snapshot;
        let mut areas = BTreeMap::new();
        for level in AreaLevel::ALL
            .iter()
            .filter(|level| snapshot.has_list(**level))
        {
            areas.insert(
                level.word(),
                snapshot.areas().filter(|(of, _)| of == level).count(),
            );
        }
        let (rows_mapped, rows) = publication.located.report.mapped_rows();
        let mut counts = [0; 4];
        for change in difference
            .iter()
            .flat_map(|difference| difference.changes())
        {
            let place = match change.kind() {
                ChangeKind::Added(_) => 0,
                ChangeKind::Removed(_) => 1,
                ChangeKind::Raised(..) => 2,
                ChangeKind::Lowered(..) => 3,
            };
            if let Some(count) = counts.get_mut(place) {
                *count += 1;
            }
        }
        let [added, removed, raised, lowered] = counts;
        let words = |levels: Option<&[AreaLevel]>| {
            levels
                .unwrap_or_default()
                .iter()
                .map(|level| level.word())
                .collect()
        };
        Self {
            at: snapshot.at(),
            file: publication.path.display().to_string(),
            areas,
            rows_mapped,
            rows,
            added,
            removed,
            raised,
            lowered,
            new_lists: words(difference.map(Difference::new_lists)),
            gone_lists: words(difference.map(Difference::gone_lists)),
            problems: publication
                .problems
                .iter()
                .map(ToString::to_string)
                .collect(),
            impact: impact.map(|(step, pack)| Impact::of(step, pack)),
        }
    }

    fn in_words(&self, screen: &mut Screen) -> Result<()> {
        let areas: Vec<_> = self
            .areas
            .iter()
            .map(|(level, count)| format!("{level} {count}"))
            .collect();
        screen.line(format!(
            "{}  {}  rows {}/{}  +{} -{} ↑{} ↓{}",
            self.at,
            areas.join(", "),
            self.rows_mapped,
            self.rows,
            self.added,
            self.removed,
            self.raised,
            self.lowered,
        ))?;
        for (lists, zh, en) in [
            (&self.new_lists, "新增列表", "new list"),
            (&self.gone_lists, "列表不再公布", "list no longer published"),
        ] {
            for list in lists {
                let says = screen.say(zh, en);
                screen.line(format!("    {says}: {list}"))?;
            }
        }
        for problem in &self.problems {
            screen.line(format!("    {}: {problem}", self.file))?;
        }
        if let Some(impact) = &self.impact {
            impact.in_words(screen)?;
        }
        Ok(())
    }
}

impl Impact {
    fn of(step: &Step, pack: &RulePack) -> Self {
        let people = Level::ALL.map(|level| (level.word(), step.tally.people(level)));
        let turned = step
            .turned
            .iter()
            .map(|(turn, count)| (format!("{} to {}", turn.from, turn.to), *count));
        Self {
            people: people.into_iter().collect(),
            turned: turned.collect(),
            reasons: held(&step.tally, pack),
        }
    }

    fn in_words(&self, screen: &mut Screen) -> Result<()> {
        let people: Vec<_> = self
            .people
            .iter()
            .map(|(level, count)| format!("{level} {count}"))
            .collect();
        let turned: Vec<_> = self
            .turned
            .iter()
            .map(|(turn, count)| format!("{turn} {count}"))
            .collect();
        let turned = if turned.is_empty() {
            screen.say("无", "nobody").to_owned()
        } else {
            turned.join(", ")
        };
        let (people_word, turned_word) =
            (screen.say("人数", "people"), screen.say("转变", "turned"));
        screen.line(format!(
            "    {people_word}: {}; {turned_word}: {turned}",
            people.join(", ")
        ))?;
        for held in &self.reasons {
            screen.line(format!(
                "      {:>8}  {} {} ({}; {})",
                held.people,
                held.code,
                held.rule,
                held.level,
                held.grain.unwrap_or("no stay"),
            ))?;
        }
        Ok(())
    }
}

/// Every rule that holds somebody, by level and grain.
fn held(tally: &Tally, pack: &RulePack) -> Vec<Held> {
    let mut found = Vec::new();
    for (number, rule) in (0u16..).zip(&pack.rules) {
        for level in [Level::High, Level::Medium, Level::Low] {
            for grain in [
                None,
                Some(Grain::Place),
                Some(Grain::Township),
                Some(Grain::County),
            ] {
                let people = tally.held(number, level, grain);
                if people > 0 {
                    found.push(Held {
                        rule: rule.id.to_string(),
                        code: rule.code.clone(),
                        level,
                        grain: grain.map(|grain| match grain {
                            Grain::Place => "place",
                            Grain::Township => "township",
                            Grain::County => "county",
                        }),
                        people,
                    });
                }
            }
        }
    }
    found
}

/// How all rows were mapped, and the names of those that were not mapped to a county.
fn summary(screen: &mut Screen, areas: &AreaFiles, mapped: &MappingReport) -> Result<()> {
    let (good, all) = mapped.mapped_rows();
    if screen.json() {
        let by_way = Mapping::ALL
            .iter()
            .map(|way| (way.word(), mapped.rows(*way)));
        let coarse = mapped.coarse().map(|(text, rows)| Named {
            names: text.names.join(" "),
            reason: text.mapping.word().to_owned(),
            times: rows,
        });
        let lost = mapped.lost().map(|(lost, times)| Named {
            names: format!(
                "{} {}",
                lost.names.join(" "),
                lost.place.as_deref().unwrap_or_default()
            ),
            reason: lost.reason.to_string(),
            times,
        });
        return screen.object(&Summary {
            publications: areas.publications.len(),
            rows: all,
            rows_mapped: good,
            mapped_by: by_way.collect(),
            coarse: coarse.collect(),
            lost: lost.collect(),
        });
    }
    // In hundredths of a percent, so that 99.996 % is never shown as all.
    let share = (good * 10_000).checked_div(all).unwrap_or(10_000);
    let title = format!(
        "{} {} · {good}/{all} {} ({}.{:02} %)",
        areas.publications.len(),
        screen.say("次公布", "publications"),
        screen.say("行已对应区划", "rows mapped to a division"),
        share / 100,
        share % 100,
    );
    screen.heading(title)?;
    for way in Mapping::ALL {
        screen.line(format!("{:>9}  {}", mapped.rows(*way), way.word()))?;
    }
    for (text, rows) in mapped.coarse() {
        screen.line(format!(
            "    {rows:>5}  {} ({})",
            text.names.join(" "),
            text.mapping.word()
        ))?;
    }
    for (lost, times) in mapped.lost() {
        let place = lost.place.as_deref().unwrap_or_default();
        screen.line(format!(
            "    {times:>5}  {}: {} {place}: {}",
            lost.list,
            lost.names.join(" "),
            lost.reason
        ))?;
    }
    Ok(())
}

#[derive(Serialize)]
struct Summary {
    publications: usize,
    rows: usize,
    rows_mapped: usize,
    mapped_by: BTreeMap<&'static str, usize>,
    coarse: Vec<Named>,
    lost: Vec<Named>,
}

#[derive(Serialize)]
struct Named {
    names: String,
    reason: String,
    times: usize,
}
