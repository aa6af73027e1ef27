//! What several commands show alike: reasons, instants, and what was set aside.

pub(crate) mod cause_zh;
pub(crate) mod code;
pub(crate) mod keys;
pub(crate) mod receipt;
pub(crate) mod verdict;

use anyhow::Result;
use hc_code::{Level, Timestamp};
use hc_core::evidence::EvidenceSet;
use hc_core::explanation::{ExplainedReason, Explanation};
use hc_core::rules::Text;
use hc_core::word::Word;
use serde::Serialize;

use crate::input::areas::AreaFiles;
use crate::input::evidence::EvidenceFiles;
use crate::screen::Screen;

/// An instant, or the words for never.
pub(crate) fn instant(screen: &Screen, at: Timestamp) -> String {
    if at == Timestamp::MAX {
        screen.say("不再自行变化", "never by itself").to_owned()
    } else {
        at.to_string()
    }
}

/// A word of a vocabulary in the language of the screen.
pub(crate) fn word<T: Word>(screen: &Screen, word: T) -> &'static str {
    screen.say(word.word_zh(), word.word())
}

/// What a level stands on that no rule gives.
pub(crate) fn ground(screen: &mut Screen, explanation: &Explanation) -> Result<()> {
    match &explanation.ground {
        Some(ground) => {
            let line = format!("  {}", screen.pick(ground));
            screen.line(line)
        }
        None => Ok(()),
    }
}

/// Every reason of a decision; those that `in_full` asks for with their evidence, their end and the
/// next step.
pub(crate) fn reasons(
    screen: &mut Screen,
    explanation: &Explanation,
    evidence: &EvidenceSet,
    mut in_full: impl FnMut(&ExplainedReason) -> bool,
) -> Result<()> {
    for reason in &explanation.reasons {
        let level = screen.level(reason.level);
        let head = format!(
            "  {} {} · {level}",
            reason.code,
            screen.pick(&reason.reason)
        );
        if !in_full(reason) {
            let until = screen.say("至", "until");
            screen.line(format!(
                "{head} · {until} {}",
                instant(screen, reason.until)
            ))?;
            continue;
        }
        screen.line(head)?;
        for (name, value) in lines(screen, explanation, reason) {
            screen.line(format!("    {name}: {value}"))?;
        }
        for id in &reason.evidence {
            let Some(piece) = evidence.get(*id) else {
                continue;
            };
            let (statement, fact) = (piece.statement(), piece.fact());
            let line = format!(
                "    {} {id}: {} · {} · {} {} · {}",
                screen.say("依据", "evidence"),
                word(screen, fact.event.kind()),
                fact.at,
                word(screen, statement.kind()),
                statement.name(),
                statement.reference(),
            );
            screen.line(line)?;
        }
    }
    Ok(())
}

fn lines(
    screen: &Screen,
    explanation: &Explanation,
    reason: &ExplainedReason,
) -> Vec<(&'static str, String)> {
    let (stage, stages) = reason.stage;
    let rule = format!(
        "{} v{} {}",
        explanation.region, explanation.version, reason.rule
    );
    let mut lines = vec![(screen.say("规则", "rule"), rule)];
    if stages > 1 {
        lines.push((screen.say("阶段", "stage"), format!("{stage}/{stages}")));
    }
    if let Some((division, place)) = &reason.area {
        let name = hc_core::division::DivisionTable::bundled().full_name(*division);
        let known = reason.grain.map_or("", |grain| word(screen, grain));
        let area = format!(
            "{}{place} ({} {known})",
            name.unwrap_or_else(|| division.to_string()),
            screen.say("行程精确到", "stay known by"),
        );
        lines.push((screen.say("风险区", "area"), area));
    }
    lines.push((screen.say("自", "since"), reason.since.to_string()));
    let until = format!(
        "{}; {}",
        instant(screen, reason.until),
        screen.pick(&reason.then)
    );
    lines.push((screen.say("最迟至", "at the latest until"), until));
    for exit in &reason.sooner {
        lines.push((
            screen.say("提前", "sooner by"),
            screen.pick(exit).to_owned(),
        ));
    }
    lines.push((
        screen.say("可以", "you may"),
        screen.pick(&reason.may).to_owned(),
    ));
    lines.push((
        screen.say("下一步", "next step"),
        screen.pick(&reason.next).to_owned(),
    ));
    lines
}

/// Names everything that was wrong with publications or had no division; true if there was something.
pub(crate) fn feed_problems(screen: &mut Screen, areas: &AreaFiles) -> Result<bool> {
    let mut found = false;
    for publication in &areas.publications {
        let lost = publication.located.report.lost().map(|(lost, _)| {
            let place = lost.place.as_deref().unwrap_or_default();
            format!(
                "{}: {} {place}: {}",
                lost.list,
                lost.names.join(" "),
                lost.reason
            )
        });
        let problems = publication.problems.iter().map(ToString::to_string);
        for reason in problems.chain(lost) {
            found = true;
            let file = publication.path.display().to_string();
            if screen.json() {
                let set_aside = &SetAside {
                    file,
                    line: None,
                    field: None,
                    reason,
                };
                screen.object(&Noted { set_aside })?;
            } else {
                screen.line(format!("  {file}: {reason}"))?;
            }
        }
    }
    Ok(found)
}

/// Names every row that was set aside; true if there was one.
pub(crate) fn set_aside(
    screen: &mut Screen,
    evidence: &EvidenceFiles,
    areas: &AreaFiles,
) -> Result<bool> {
    let mut lines = Vec::new();
    for (path, quarantined) in &evidence.quarantined {
        for fault in quarantined.faults() {
            lines.push(SetAside {
                file: path.display().to_string(),
                line: Some(quarantined.line()),
                field: fault.field().map(|field| field.name().to_owned()),
                reason: fault.reason().to_string(),
            });
        }
    }
    for (path, number, error) in &areas.refused {
        lines.push(SetAside {
            file: path.display().to_string(),
            line: *number,
            field: None,
            reason: error.clone(),
        });
    }
    if lines.is_empty() {
        return Ok(false);
    }
    let rows = evidence.quarantined.len() + areas.refused.len();
    if !screen.json() {
        let title = format!(
            "{rows} {}",
            screen.say(
                "行未采用，其余照常处理：",
                "rows were set aside; all others went on:"
            )
        );
        screen.heading(title)?;
    }
    for line in &lines {
        if screen.json() {
            screen.object(&Noted { set_aside: line })?;
        } else {
            let field = line
                .field
                .as_ref()
                .map(|field| format!("{field}: "))
                .unwrap_or_default();
            let number = line.line.map(|line| format!(":{line}")).unwrap_or_default();
            screen.line(format!("  {}{number}: {field}{}", line.file, line.reason))?;
        }
    }
    Ok(true)
}

#[derive(Serialize)]
struct Noted<'a> {
    set_aside: &'a SetAside,
}

#[derive(Serialize)]
struct SetAside {
    file: String,
    /// Absent where the whole file was set aside.
    line: Option<u64>,
    field: Option<String>,
    reason: String,
}

/// A reason in JSON.
#[derive(Serialize)]
pub(crate) struct ReasonLine {
    rule: String,
    code: String,
    class: &'static str,
    level: Level,
    stage: u8,
    stages: usize,
    reason: BothTexts,
    since: Timestamp,
    until: Timestamp,
    then: BothTexts,
    sooner: Vec<BothTexts>,
    may: BothTexts,
    next: BothTexts,
    evidence: Vec<String>,
    grain: Option<&'static str>,
    area: Option<AreaLine>,
}

#[derive(Serialize)]
struct AreaLine {
    division: String,
    place: String,
}

/// A text in both languages, in JSON.
#[derive(Serialize)]
pub(crate) struct BothTexts {
    pub(crate) zh: String,
    pub(crate) en: String,
}

impl From<&Text> for BothTexts {
    fn from(text: &Text) -> Self {
        Self {
            zh: text.zh.clone(),
            en: text.en.clone(),
        }
    }
}

impl ReasonLine {
    /// A reason as it is written to JSON.
    pub(crate) fn of(reason: &ExplainedReason) -> Self {
        Self {
            rule: reason.rule.clone(),
            code: reason.code.clone(),
            class: reason.class.word(),
            level: reason.level,
            stage: reason.stage.0,
            stages: reason.stage.1,
            reason: (&reason.reason).into(),
            since: reason.since,
            until: reason.until,
            then: (&reason.then).into(),
            sooner: reason.sooner.iter().map(BothTexts::from).collect(),
            may: (&reason.may).into(),
            next: (&reason.next).into(),
            evidence: reason.evidence.iter().map(ToString::to_string).collect(),
            grain: reason.grain.map(Word::word),
            area: reason.area.as_ref().map(|(division, place)| AreaLine {
                division: division.to_string(),
                place: place.clone(),
            }),
        }
    }
}
