//! `decide`: a level with its reasons for everybody that evidence is about.

use anyhow::Result;
use hc_code::{Level, Timestamp};
use hc_core::area::{AreaHistory, AreaIndex};
use hc_core::decide::decide;
use hc_core::evidence::EvidenceSet;
use hc_core::explanation::{Explanation, explain};
use hc_core::rules::RulePack;
use serde::Serialize;

use super::Outcome;
use crate::args::Decide;
use crate::input;
use crate::input::evidence::EvidenceFiles;
use crate::screen::Screen;
use crate::show;

/// Where more people than this are known, only the counts are shown unless all are asked for.
const SHOWN_AT_ONCE: usize = 20;

pub(super) fn run(command: &Decide, screen: &mut Screen) -> Result<Outcome> {
    let pack = input::proved_pack(&command.rules)?;
    let files = input::evidence::read(&command.evidence, command.at)?;
    let areas = input::areas::read(&command.areas)?;
    let history = areas.ledger(command.at).history();
    let index = AreaIndex::build(&files.places, &history);
    let each = command.all || screen.json() || files.register.documents() <= SHOWN_AT_ONCE;
    let mut counts = [0u64; 4];
    for person in files.register.iter(command.at) {
        let story = person.story(command.at);
        let decision = decide(&pack, story.facts(), &index, command.at);
        if let Some(count) = counts.get_mut(decision.level as usize) {
            *count += 1;
        }
        if each {
            let documents = files.shown(person.keys(), command.show_documents);
            let explanation = explain(&pack, &decision, command.at, &story, &history);
            if screen.json() {
                screen.object(&DecisionLine::of(&documents, command.at, &explanation))?;
            } else {
                person_in_words(screen, &documents, &explanation, person.evidence())?;
            }
        }
    }
    if !screen.json() {
        summary(screen, command, &pack, &counts, each)?;
    }
    let lost = show::feed_problems(screen, &areas)?;
    let set_aside = show::set_aside(screen, &files, &areas)?;
    if !command.areas.is_empty() {
        warn_of_places(screen, &history, &files)?;
    }
    Ok(Outcome::from_found(set_aside || lost))
}

fn person_in_words(
    screen: &mut Screen,
    documents: &[String],
    explanation: &Explanation,
    evidence: &EvidenceSet,
) -> Result<()> {
    let level = screen.level(explanation.level);
    screen.line(format!("{}  {level}", documents.join(" = ")))?;
    show::ground(screen, explanation)?;
    show::reasons(screen, explanation, evidence, |_| true)?;
    let until = show::instant(screen, explanation.valid_until);
    let may_change = screen.say("最早可能变化", "may next change");
    screen.line(format!("  {may_change}: {until}"))?;
    screen.line("")
}

fn summary(
    screen: &mut Screen,
    command: &Decide,
    pack: &RulePack,
    counts: &[u64; 4],
    each: bool,
) -> Result<()> {
    let title = format!(
        "{} · {} · {} {}",
        screen.pick(&pack.name),
        command.at,
        counts.iter().sum::<u64>(),
        screen.say("人", "decided"),
    );
    screen.heading(title)?;
    for (level, count) in Level::ALL.into_iter().zip(counts) {
        let level = screen.level(level);
        screen.line(format!("{count:>9}  {level}"))?;
    }
    if !each {
        let hint = screen.say(
            "加 --all 显示每个人，或用 --json",
            "add --all to see every person, or use --json",
        );
        screen.line(hint)?;
    }
    Ok(())
}

/// Says when evidence names no place at all, so that areas could not matter.
fn warn_of_places(screen: &mut Screen, history: &AreaHistory, files: &EvidenceFiles) -> Result<()> {
    if files.places.is_empty() && !history.periods().is_empty() && !screen.json() {
        let note = screen.say(
            "依据中没有旅居记录，风险区不影响任何人",
            "the evidence names no stay, so the areas concern nobody",
        );
        screen.line(note)?;
    }
    Ok(())
}

/// A decision as one line of JSON.
#[derive(Serialize)]
struct DecisionLine<'a> {
    documents: &'a [String],
    at: Timestamp,
    level: Level,
    class: &'static str,
    region: String,
    version: u32,
    /// Absent where nothing changes by itself any more.
    valid_until: Option<Timestamp>,
    ground: Option<show::BothTexts>,
    reasons: Vec<show::ReasonLine>,
}

impl<'a> DecisionLine<'a> {
    fn of(documents: &'a [String], at: Timestamp, explanation: &Explanation) -> Self {
        Self {
            documents,
            at,
            level: explanation.level,
            class: explanation.class.word(),
            region: explanation.region.to_string(),
            version: explanation.version,
            valid_until: (explanation.valid_until < Timestamp::MAX)
                .then_some(explanation.valid_until),
            ground: explanation.ground.as_ref().map(show::BothTexts::from),
            reasons: explanation
                .reasons
                .iter()
                .map(show::ReasonLine::of)
                .collect(),
        }
    }
}
