//! `rules check`, `rules diff`, `rules explain`, `rules adopt`.

mod adopt;

use std::path::Path;

use anyhow::Result;
use hc_code::Level;
use hc_core::rules::check::check;
use hc_core::rules::explain::{Row, StageRow, table};
use hc_core::rules::{RulePack, describe, diff};
use serde::Serialize;

use super::Outcome;
use crate::args::Rules;
use crate::input;
use crate::screen::Screen;
use crate::show::BothTexts;

pub(super) fn run(command: &Rules, screen: &mut Screen) -> Result<Outcome> {
    match command {
        Rules::Check { packs } => {
            let mut found = false;
            for path in packs {
                found |= check_one(path, screen)?;
            }
            Ok(Outcome::from_found(found))
        }
        Rules::Diff { old, new } => compare(old, new, screen),
        Rules::Explain { pack, markdown } => explain(pack, *markdown, screen),
        Rules::Adopt(command) => adopt::run(command, screen),
    }
}

#[derive(Serialize)]
struct Checked<'a> {
    file: String,
    sound: bool,
    rules: usize,
    findings: Vec<FindingLine<'a>>,
}

#[derive(Serialize)]
struct FindingLine<'a> {
    line: usize,
    rule: Option<&'a str>,
    message: &'a str,
}

/// Checks one pack; true if something was found.
fn check_one(path: &Path, screen: &mut Screen) -> Result<bool> {
    let text = input::pack_text(path)?;
    let parsed = RulePack::parse(&text);
    let rules = parsed.as_ref().map_or(0, |pack| pack.rules.len());
    let findings = match parsed.as_ref().map(check) {
        Ok(Ok(())) => None,
        Ok(Err(findings)) => Some(findings),
        Err(findings) => Some(findings.clone()),
    };
    if screen.json() {
        let lines = findings
            .iter()
            .flat_map(hc_core::rules::Findings::iter)
            .map(|finding| FindingLine {
                line: finding.line,
                rule: finding.rule.as_deref(),
                message: &finding.message,
            });
        screen.object(&Checked {
            file: path.display().to_string(),
            sound: findings.is_none(),
            rules,
            findings: lines.collect(),
        })?;
        return Ok(findings.is_some());
    }
    match (&findings, parsed) {
        (Some(findings), _) => {
            for line in input::finding_lines(path, findings) {
                screen.line(line)?;
            }
        }
        (None, Ok(pack)) => {
            let stages: usize = pack.rules.iter().map(|rule| rule.stages.len()).sum();
            let exits: usize = pack
                .rules
                .iter()
                .flat_map(|rule| &rule.stages)
                .map(|stage| stage.exits.len())
                .sum();
            let proved = match screen.language() {
                crate::args::Language::Zh => format!(
                    "{}：通过。{rules} 条规则、{stages} 个阶段、{exits} 个提前解除条件，均可回到低风险",
                    path.display()
                ),
                crate::args::Language::En => format!(
                    "{}: sound. {rules} rules, {stages} stages and {exits} exits, and low is reached from every one",
                    path.display()
                ),
            };
            screen.line(proved)?;
        }
        (None, Err(_)) => {}
    }
    Ok(findings.is_some())
}

#[derive(Serialize)]
struct ChangeLine<'a> {
    rule: Option<&'a str>,
    words: BothTexts,
}

fn compare(old: &Path, new: &Path, screen: &mut Screen) -> Result<Outcome> {
    let (before, after) = (parsed(old)?, parsed(new)?);
    let changes = diff::diff(&before, &after);
    if screen.json() {
        for change in &changes {
            let words = (&change.words).into();
            screen.object(&ChangeLine {
                rule: change.rule.as_deref(),
                words,
            })?;
        }
        return Ok(Outcome::Clean);
    }
    if changes.is_empty() {
        screen.line(screen.say("两个版本没有差别", "the two versions say the same"))?;
    }
    let mut heading = None;
    for change in &changes {
        if heading != Some(&change.rule) {
            heading = Some(&change.rule);
            let title = match &change.rule {
                Some(rule) => format!("{} {rule}", screen.say("规则", "rule")),
                None => screen.say("规则包", "the pack").to_owned(),
            };
            screen.heading(title)?;
        }
        let words = screen.pick(&change.words).to_owned();
        screen.line(format!("  {words}"))?;
    }
    Ok(Outcome::Clean)
}

/// A pack that need not be sound, so that a defective version can be read and compared too.
fn parsed(path: &Path) -> Result<RulePack> {
    RulePack::parse(&input::pack_text(path)?).map_err(|findings| {
        let lines: Vec<_> = input::finding_lines(path, &findings).collect();
        anyhow::anyhow!("not a rule pack:\n{}", lines.join("\n"))
    })
}

fn explain(path: &Path, markdown: bool, screen: &mut Screen) -> Result<Outcome> {
    let pack = parsed(path)?;
    let rows = table(&pack);
    if screen.json() {
        for row in &rows {
            screen.object(&RowLine::from(row))?;
        }
        return Ok(Outcome::Clean);
    }
    let name = screen.pick(&pack.name).to_owned();
    let region = hc_core::division::DivisionTable::bundled()
        .full_name(pack.region)
        .unwrap_or_default();
    let title = format!(
        "{name} · {region} {} · {} {}",
        pack.region,
        screen.say("版本", "version"),
        pack.version
    );
    if markdown {
        screen.line(format!("# {title}\n"))?;
    } else {
        screen.heading(title)?;
    }
    for line in terms(&pack, screen) {
        screen.line(if markdown { format!("\n{line}") } else { line })?;
    }
    for source in &pack.sources {
        let line = format!(
            "{}: {} ({})",
            screen.say("来源", "published"),
            source.title,
            source.at
        );
        screen.line(if markdown { format!("\n{line}") } else { line })?;
    }
    let head = match screen.language() {
        crate::args::Language::Zh => ["原因", "触发", "等级、期限与提前解除", "可以做的与下一步"],
        crate::args::Language::En => [
            "Reason",
            "What sets it off",
            "Level, how long, what ends it",
            "What you may do, and next",
        ],
    };
    let cells: Vec<Vec<String>> = rows.iter().map(|row| cells(row, screen)).collect();
    if markdown {
        screen.line(format!(
            "\n| {} |\n|{}",
            head.join(" | "),
            "---|".repeat(head.len())
        ))?;
        for row in cells {
            let row: Vec<_> = row
                .iter()
                .map(|cell| cell.replace('|', "\\|").replace('\n', "<br>"))
                .collect();
            screen.line(format!("| {} |", row.join(" | ")))?;
        }
    } else {
        screen.table(&head, cells)?;
    }
    Ok(Outcome::Clean)
}

/// When the pack is valid, how it was announced, and what low stands on.
fn terms(pack: &RulePack, screen: &Screen) -> Vec<String> {
    let (valid, published) = (
        screen.say("有效期", "valid"),
        screen.say("公布于", "published"),
    );
    let lead = describe::span(pack.lead_time);
    let notice = screen.say("公示期", "notice");
    let mut lines = vec![
        format!("{valid} {} – {}", pack.valid_from, pack.valid_until),
        format!(
            "{published} {} ({notice} {})",
            pack.published,
            screen.pick(&lead)
        ),
    ];
    if let Some(why) = &pack.emergency {
        lines.push(format!(
            "{}: {}",
            screen.say("紧急启用", "emergency"),
            screen.pick(why)
        ));
    }
    let base = describe::base(&pack.base);
    lines.push(format!(
        "{}: {}",
        screen.say(
            "低风险需要（没有则为未知）",
            "low needs (unknown without it)"
        ),
        screen.pick(&base),
    ));
    lines
}

fn cells(row: &Row, screen: &Screen) -> Vec<String> {
    let mut follows = Vec::new();
    let mut may = Vec::new();
    let several = row.stages.len() > 1;
    for (number, stage) in row.stages.iter().enumerate() {
        let prefix = if several {
            format!("{}. ", number + 1)
        } else {
            String::new()
        };
        let mut lines = vec![format!(
            "{prefix}{}; {}",
            screen.pick(&stage.lasts),
            screen.pick(&stage.then)
        )];
        let sooner = screen.say("提前", "sooner");
        lines.extend(
            stage
                .exits
                .iter()
                .map(|exit| format!("{sooner}: {}", screen.pick(exit))),
        );
        follows.push(lines.join("\n"));
        may.push(format!(
            "{prefix}{} {}",
            screen.pick(&stage.may),
            screen.pick(&stage.next)
        ));
    }
    vec![
        format!("{} {}", row.code, screen.pick(&row.reason)),
        screen.pick(&row.trigger).to_owned(),
        follows.join("\n"),
        may.join("\n"),
    ]
}

#[derive(Serialize)]
struct RowLine<'a> {
    code: &'a str,
    rule: &'a str,
    reason: BothTexts,
    trigger: BothTexts,
    stages: Vec<StageLine>,
    source: &'a str,
}

#[derive(Serialize)]
struct StageLine {
    level: Level,
    lasts: BothTexts,
    then: BothTexts,
    exits: Vec<BothTexts>,
    may: BothTexts,
    next: BothTexts,
}

impl<'a> From<&'a Row> for RowLine<'a> {
    fn from(row: &'a Row) -> Self {
        Self {
            code: &row.code,
            rule: &row.rule,
            reason: (&row.reason).into(),
            trigger: (&row.trigger).into(),
            stages: row.stages.iter().map(StageLine::from).collect(),
            source: &row.source,
        }
    }
}

impl From<&StageRow> for StageLine {
    fn from(stage: &StageRow) -> Self {
        Self {
            level: stage.level,
            lasts: (&stage.lasts).into(),
            then: (&stage.then).into(),
            exits: stage.exits.iter().map(BothTexts::from).collect(),
            may: (&stage.may).into(),
            next: (&stage.next).into(),
        }
    }
}
