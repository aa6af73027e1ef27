//! `receipt verify`, `receipt number`.

use anyhow::{Context, Result};
use hc_code::receipt::{ReceiptError, SignedReceipt};
use hc_code::recognition::PublishedPolicy;
use serde::Serialize;

use super::Outcome;
use crate::args::{Receipt, SayNumber, VerifyReceipt};
use crate::clock;
use crate::input::{key_file, policies, text};
use crate::screen::Screen;
use crate::show::BothTexts;
use crate::show::receipt::VerifiedLine;
use crate::show::verdict;

pub(super) fn run(command: &Receipt, screen: &mut Screen) -> Result<Outcome> {
    match command {
        Receipt::Verify(command) => verify(command, screen),
        Receipt::Number(command) => number(command, screen),
    }
}

fn all(paths: &[std::path::PathBuf]) -> Result<Vec<PublishedPolicy>> {
    let read = |path: &std::path::PathBuf| Ok(policies::read(path)?.policy().clone());
    paths.iter().map(read).collect()
}

fn verify(command: &VerifyReceipt, screen: &mut Screen) -> Result<Outcome> {
    let keys = key_file::public_keys(&command.gate)?;
    let policies = all(&command.policy)?;
    let now = command.at.unwrap_or_else(clock::now);
    let mut texts = Vec::new();
    text::each(&command.text, |text| {
        texts.push(text.to_owned());
        Ok(())
    })?;
    let mut doubtful = false;
    for text in &texts {
        let signed = SignedReceipt::from_text(text).context("not the text of a receipt")?;
        let (region, gate, by) = signed.claims_to_be_by()?;
        let key = keys.iter().find(|key| key.id() == by);
        let key = key.with_context(|| {
            format!(
                "it says that it is by gate {gate} of {region} with key {by}, which was not given"
            )
        })?;
        let receipt = signed.verify(key)?;
        let good = match receipt.holds_at(now) {
            Ok(()) => true,
            Err(ReceiptError::NotNow { .. }) => false,
            Err(other) => return Err(other.into()),
        };
        let code = command.code.as_deref();
        let is_of = code.map(|code| receipt.commitment().is_to(code));
        doubtful |= !good || is_of == Some(false);
        if screen.json() {
            screen.object(&VerifiedLine::of(&receipt, &policies, (good, is_of)))?;
        } else {
            VerifiedLine::in_words(screen, &receipt, &policies, (good, is_of))?;
        }
    }
    Ok(Outcome::from_found(doubtful))
}

#[derive(Serialize)]
struct NumberLine {
    number: String,
    minute: String,
    action: &'static str,
    cause: Option<&'static str>,
    rule_place: Option<u16>,
    rules: Vec<RuleLine>,
}

#[derive(Serialize)]
struct RuleLine {
    region: String,
    version: u32,
    rule: String,
    says: BothTexts,
    at: String,
    phone: String,
}

fn number(command: &SayNumber, screen: &mut Screen) -> Result<Outcome> {
    let now = command.at.unwrap_or_else(clock::now);
    let says = command.number.says(now)?;
    let policies = all(&command.policy)?;
    let mut rules = Vec::new();
    for policy in &policies {
        let rule = says
            .rule
            .and_then(|place| policy.rules().get(usize::from(place)));
        if let Some(rule) = rule.filter(|_| policy.version() % 128 == says.version) {
            let text = hc_core::rules::Text {
                zh: rule.says().zh().to_owned(),
                en: rule.says().en().to_owned(),
            };
            let contest = rule.contest().unwrap_or_else(|| policy.contest());
            rules.push(RuleLine {
                region: policy.region().to_string(),
                version: policy.version(),
                rule: rule.id().to_owned(),
                says: (&text).into(),
                at: contest.at().to_owned(),
                phone: contest.phone().to_owned(),
            });
        }
    }
    let line = NumberLine {
        number: command.number.to_string(),
        minute: says.minute.to_string(),
        action: says.action.word(),
        cause: says.cause,
        rule_place: says.rule,
        rules,
    };
    if screen.json() {
        screen.object(&line)?;
        return Ok(Outcome::Clean);
    }
    let what = verdict::action(screen, says.action);
    let why = match (says.rule, says.cause) {
        (Some(place), _) => {
            let nth = u32::from(place) + 1;
            format!(
                "{} {nth}, {} {}",
                screen.say("规则序号", "rule no."),
                screen.say("版本", "version"),
                says.version
            )
        }
        (None, Some(cause)) => cause.to_owned(),
        (None, None) => screen.say("没有规则", "no rule").to_owned(),
    };
    screen.heading(format!(
        "{} · {} · {what} · {why}",
        line.number, line.minute
    ))?;
    for rule in &line.rules {
        screen.line(format!("  {} {}/{}", rule.region, rule.version, rule.rule))?;
        let says = screen.say(&rule.says.zh, &rule.says.en).to_owned();
        screen.line(format!("  {says}"))?;
        screen.line(format!(
            "  {} {} · {}",
            screen.say("申诉", "contest at"),
            rule.at,
            rule.phone
        ))?;
    }
    screen.line(screen.say(
        "号码不能证明什么；证明要看回执的二维码",
        "the number proves nothing; the receipt's QR code does",
    ))?;
    Ok(Outcome::Clean)
}
