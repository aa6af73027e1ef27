//! What several commands show alike: reasons, instants, and what was set aside.

pub(crate) mod code;
pub(crate) mod keys;
pub(crate) mod verdict;

use anyhow::Result;
use hc_code::{Level, Timestamp};
use hc_core::evidence::EvidenceSet;
use hc_core::explanation::{ExplainedReason, Explanation};
use hc_core::place::Grain;
use hc_core::rules::Text;
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

/// A grain in a word.
pub(crate) fn grain(screen: &Screen, grain: Option<Grain>) -> &'static str {
    let (zh, en) = match grain {
        None => ("无旅居", "no stay"),
        Some(Grain::Place) => ("场所", "place"),
        Some(Grain::Township) => ("乡镇街道", "township"),
        Some(Grain::County) => ("区县", "county"),
    };
    screen.say(zh, en)
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
                fact.event.kind(),
                fact.at,
                statement.kind(),
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
        let known = grain(screen, reason.grain);
        let area = format!(
            "{}{place} ({} {known})",
            name.unwrap_or_else(|| division.to_string()),
            screen.say("行程粒度：", "stay known by"),
        );
        lines.push((screen.say("风险区", "area"), area));
    }
    lines.push((screen.say("自", "since"), reason.since.to_string()));
    let until = format!(
        "{}; {}",
        instant(screen, reason.until),
        screen.pick(&reason.then)
    );
    lines.push((screen.say("至", "until"), until));
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
                line: quarantined.line(),
                field: fault.field().map(|field| field.name().to_owned()),
                reason: fault.reason().to_string(),
            });
        }
    }
    for (path, number, error) in &areas.refused {
        lines.push(SetAside {
            file: path.display().to_string(),
            line: *number as u64,
            field: None,
            reason: error.to_string(),
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
                "行被隔离，其余照常处理：",
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
            screen.line(format!(
                "  {}:{}: {field}{}",
                line.file, line.line, line.reason
            ))?;
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
    line: u64,
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
    zh: String,
    en: String,
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
            grain: reason.grain.map(|grain| match grain {
                Grain::Place => "place",
                Grain::Township => "township",
                Grain::County => "county",
            }),
            area: reason.area.as_ref().map(|(division, place)| AreaLine {
                division: division.to_string(),
                place: place.clone(),
            }),
        }
    }
}
