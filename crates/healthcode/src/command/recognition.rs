//! `recognition check`, `recognition diff`, `recognition show`, `recognition sign`.

use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use hc_code::cose::Sign1;
use hc_code::recognition::{Contest, PublishedPolicy, PublishedRule};
use hc_code::signing::Signer;
use hc_core::recognition::check::{check, follows};
use hc_core::recognition::{PolicyFile, describe, diff};
use hc_core::rules::{Finding, Findings, Text};
use serde::Serialize;

use super::Outcome;
use crate::args::{Recognition, ShowPolicy, SignPolicy};
use crate::clock;
use crate::input::policies::{self, policy_text};
use crate::input::{at_most, finding_lines, key_file};
use crate::output::{self, Readers};
use crate::screen::Screen;
use crate::show::BothTexts;

pub(super) fn run(command: &Recognition, screen: &mut Screen) -> Result<Outcome> {
    match command {
        Recognition::Check { policies } => {
            let mut found = false;
            for path in policies {
                found |= check_one(path, screen)?;
            }
            Ok(Outcome::from_found(found))
        }
        Recognition::Diff { old, new } => compare(old, new, screen),
        Recognition::Show(command) => show(command, screen),
        Recognition::Sign(command) => sign(command, screen),
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

impl<'a> From<&'a Finding> for FindingLine<'a> {
    fn from(finding: &'a Finding) -> Self {
        Self {
            line: finding.line,
            rule: finding.rule.as_deref(),
            message: &finding.message,
        }
    }
}

/// Checks one policy; true if something was found.
fn check_one(path: &Path, screen: &mut Screen) -> Result<bool> {
    let parsed = PolicyFile::parse(&policy_text(path)?);
    let checked = parsed.and_then(|file| check(&file).map(|()| file));
    let rules = checked
        .as_ref()
        .map_or(0, |file| file.policy().rules().len());
    let findings = checked.err();
    if screen.json() {
        let lines = findings.iter().flat_map(Findings::iter);
        screen.object(&Checked {
            file: path.display().to_string(),
            sound: findings.is_none(),
            rules,
            findings: lines.map(FindingLine::from).collect(),
        })?;
        return Ok(findings.is_some());
    }
    if let Some(findings) = &findings {
        for line in finding_lines(path, findings) {
            screen.line(line)?;
        }
    } else {
        let file = path.display();
        let zh = format!("{file}：通过。{rules} 条规则，每条都可能起决定作用，任何码都有规则可依");
        let en = format!(
            "{file}: sound. {rules} rules, each of which can decide, and one for every code"
        );
        screen.line(screen.say(&zh, &en))?;
    }
    Ok(findings.is_some())
}

#[derive(Serialize)]
struct ChangeLine<'a> {
    rule: Option<&'a str>,
    words: BothTexts,
}

fn compare(old: &Path, new: &Path, screen: &mut Screen) -> Result<Outcome> {
    let (before, after) = (policies::read(old)?, policies::read(new)?);
    let changes = diff::diff(&before, &after);
    let findings = follows(&before, &after).err();
    if screen.json() {
        for change in &changes {
            screen.object(&ChangeLine {
                rule: change.rule.as_deref(),
                words: (&change.words).into(),
            })?;
        }
        for finding in findings.iter().flat_map(Findings::iter) {
            screen.object(&FindingLine::from(finding))?;
        }
        return Ok(Outcome::from_found(findings.is_some()));
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
                None => screen.say("政策", "the policy").to_owned(),
            };
            screen.heading(title)?;
        }
        let words = screen.pick(&change.words).to_owned();
        screen.line(format!("  {words}"))?;
    }
    for line in findings.iter().flat_map(|found| finding_lines(new, found)) {
        screen.line(line)?;
    }
    Ok(Outcome::from_found(findings.is_some()))
}

/// A policy that people may be judged by.
fn proved(path: &Path) -> Result<PolicyFile> {
    let file = policies::read(path)?;
    check(&file).map_err(|findings| {
        let lines: Vec<_> = finding_lines(path, &findings).collect();
        anyhow::anyhow!(
            "nobody is judged by a policy with findings:\n{}",
            lines.join("\n")
        )
    })?;
    Ok(file)
}

#[derive(Serialize)]
struct Signed {
    region: String,
    version: u32,
    published: String,
    in_force_from: String,
    valid_until: String,
    key: String,
    bytes: usize,
}

fn sign(command: &SignPolicy, screen: &mut Screen) -> Result<Outcome> {
    let root = key_file::signing_key(&command.root)?;
    let file = proved(&command.policy)?;
    if let Some(before) = &command.before {
        follows(&policies::read(before)?, &file).map_err(|findings| {
            let lines: Vec<_> = finding_lines(&command.policy, &findings).collect();
            anyhow::anyhow!(
                "does not follow {}:\n{}",
                before.display(),
                lines.join("\n")
            )
        })?;
    } else {
        ensure!(
            !file.policy().eases(),
            "a policy eases something: name the one before with --before"
        );
    }
    let at = command.at.unwrap_or_else(clock::now);
    let policy = file.policy().clone().published_at(at)?;
    let bytes = policy.sign(&root)?;
    // What cannot be read back must not leave the house.
    let roots = [root.public_key().clone()];
    if PublishedPolicy::open(&bytes, policy.region(), &roots)?.0 != policy {
        bail!("the signed policy does not read as what was signed");
    }
    output::create(&command.out, &bytes, Readers::Anybody)?;
    let signed = Signed {
        region: policy.region().to_string(),
        version: policy.version(),
        published: policy.published().to_string(),
        in_force_from: policy.in_force_from().to_string(),
        valid_until: policy.valid_until().to_string(),
        key: root.public_key().id().to_string(),
        bytes: bytes.len(),
    };
    if screen.json() {
        screen.object(&signed)?;
        return Ok(Outcome::Clean);
    }
    let line = format!(
        "{} {} {} · {} {} – {} · {} {}",
        signed.region,
        screen.say("版本", "version"),
        signed.version,
        screen.say("生效", "in force"),
        signed.in_force_from,
        signed.valid_until,
        screen.say("密钥", "key"),
        signed.key,
    );
    screen.line(line)?;
    Ok(Outcome::Clean)
}

#[derive(Serialize)]
struct RuleLine {
    rule: String,
    about: BothTexts,
    gives: BothTexts,
    measures: BothTexts,
    says: BothTexts,
    contest: ContestLine,
}

#[derive(Serialize)]
struct ContestLine {
    at: String,
    phone: String,
}

impl ContestLine {
    fn of(contest: &Contest) -> Self {
        Self {
            at: contest.at().to_owned(),
            phone: contest.phone().to_owned(),
        }
    }
}

fn said(rule: &PublishedRule) -> Text {
    Text {
        zh: rule.says().zh().to_owned(),
        en: rule.says().en().to_owned(),
    }
}

fn show(command: &ShowPolicy, screen: &mut Screen) -> Result<Outcome> {
    let bytes = at_most(&command.policy, hc_core::recognition::MAX_POLICY_BYTES)?;
    let (policy, title) = if Sign1::parse(&bytes).is_ok() {
        let roots = key_file::public_keys(&command.root)?;
        ensure!(!roots.is_empty(), "a signed policy is believed by --root");
        let policy = policies::signed(&bytes, &roots)
            .with_context(|| command.policy.display().to_string())?;
        (policy, None)
    } else {
        let file = policies::read(&command.policy)?;
        (file.policy().clone(), Some(file.name().clone()))
    };
    if screen.json() {
        for rule in policy.rules() {
            screen.object(&RuleLine {
                rule: rule.id().to_owned(),
                about: (&describe::about(rule)).into(),
                gives: (&describe::gives(rule)).into(),
                measures: (&describe::measures(rule)).into(),
                says: (&said(rule)).into(),
                contest: ContestLine::of(rule.contest().unwrap_or_else(|| policy.contest())),
            })?;
        }
        return Ok(Outcome::Clean);
    }
    let title = title.map(|name| format!("{} · ", screen.pick(&name)));
    let heading = format!(
        "{}{} · {} {}",
        title.unwrap_or_default(),
        describe::division(policy.region()),
        screen.say("版本", "version"),
        policy.version()
    );
    screen.heading(heading)?;
    for line in [
        format!(
            "{} {} – {}",
            screen.say("有效期", "in force"),
            policy.in_force_from(),
            policy.valid_until()
        ),
        format!(
            "{} {}",
            screen.say("公布于", "published"),
            policy.published()
        ),
        format!(
            "{} {} · {}",
            screen.say("申诉", "contest at"),
            policy.contest().at(),
            policy.contest().phone()
        ),
    ] {
        screen.line(line)?;
    }
    let head = [
        screen.say("规则", "Rule"),
        screen.say("适用", "About"),
        screen.say("结果", "Gives"),
        screen.say("本地措施", "Here for a while"),
        screen.say("告知", "What people are told"),
    ];
    let cells = |rule: &PublishedRule| {
        let words = [
            describe::about(rule),
            describe::gives(rule),
            describe::measures(rule),
            said(rule),
        ];
        let mut row = vec![rule.id().to_owned()];
        row.extend(words.iter().map(|text| screen.pick(text).to_owned()));
        row
    };
    let rows = policy.rules().iter().map(cells).collect();
    screen.table(&head, rows)?;
    Ok(Outcome::Clean)
}
