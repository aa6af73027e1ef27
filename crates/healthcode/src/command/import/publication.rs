//! One publication as it is shown: its lists, what changed, whom it turned.

use std::collections::BTreeMap;

use anyhow::Result;
use hc_code::{Level, Timestamp};
use hc_core::area::{AreaLevel, ChangeKind, Difference};
use hc_core::place::Grain;
use hc_core::population::Tally;
use hc_core::replay::Step;
use hc_core::rules::RulePack;
use hc_core::word::Word;
use serde::Serialize;

use crate::input::areas::ReadPublication;
use crate::screen::Screen;
use crate::show::word;

/// A publication as it is shown.
#[derive(Serialize)]
pub(super) struct PublicationLine {
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
    /// What the words are made from.
    #[serde(skip)]
    step: Step,
}

/// How many people a rule holds at a level, by how finely their stays were known.
#[derive(Serialize)]
struct Held {
    rule: String,
    code: String,
    level: Level,
    grain: Option<&'static str>,
    people: u64,
    #[serde(skip)]
    shown: Option<Grain>,
}

impl PublicationLine {
    pub(super) fn of(
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

    pub(super) fn in_words(&self, screen: &mut Screen) -> Result<()> {
        let levels = AreaLevel::ALL.iter().rev();
        let areas: Vec<_> = levels
            .filter_map(|level| Some((level, self.areas.get(level.word())?)))
            .map(|(level, count)| format!("{} {count}", word(screen, *level)))
            .collect();
        let rows = screen.say("行", "rows");
        screen.line(format!(
            "{}  {}  {rows} {}/{}  +{} -{} ↑{} ↓{}",
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
            step: step.clone(),
        }
    }

    fn in_words(&self, screen: &mut Screen) -> Result<()> {
        let level = |level: Level| screen.say(level.word_zh(), level.word());
        let people: Vec<_> = Level::ALL
            .into_iter()
            .map(|of| format!("{} {}", level(of), self.step.tally.people(of)))
            .collect();
        let turned: Vec<_> = self
            .step
            .turned
            .iter()
            .map(|(turn, count)| format!("{}→{} {count}", level(turn.from), level(turn.to)))
            .collect();
        let turned = match turned.as_slice() {
            [] => screen.say("无人", "nobody").to_owned(),
            turned => turned.join(", "),
        };
        let people_word = screen.say("人数", "people");
        let turned_word = screen.say("由本次公布转变", "turned by it");
        screen.line(format!(
            "    {people_word}: {}; {turned_word}: {turned}",
            people.join(", ")
        ))?;
        for held in &self.reasons {
            let grain = match held.shown {
                Some(grain) => word(screen, grain),
                None => screen.say("无旅居", "no stay"),
            };
            let level = screen.say(held.level.word_zh(), held.level.word());
            screen.line(format!(
                "      {:>8}  {} {} ({level}; {grain})",
                held.people, held.code, held.rule,
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
                        grain: grain.map(Word::word),
                        people,
                        shown: grain,
                    });
                }
            }
        }
    }
    found
}
