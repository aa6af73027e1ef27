//! A verdict in words and in JSON.

use anyhow::Result;
use hc_code::verify::{Action, Basis, Cause, Genuine, Verdict};
use hc_code::{Level, Timestamp};
use serde::Serialize;

use super::cause_zh;
use super::code::ClaimsLine;
use crate::args::Language;
use crate::screen::Screen;

/// What the gate does, in words.
pub(crate) const fn action(screen: &Screen, action: Action) -> &'static str {
    let (zh, en) = match action {
        Action::Pass => ("通行", "pass"),
        Action::Check => ("查验", "check"),
        Action::Refuse => ("不予通行", "refuse"),
        Action::Unknown => ("无法判定", "unknown"),
        Action::Invalid => ("无效", "invalid"),
    };
    screen.say(zh, en)
}

/// Why, in words, and the word that is the same everywhere.
pub(crate) fn cause(screen: &Screen, verdict: &Verdict) -> String {
    let cause = verdict.cause();
    let words = match (screen.language(), cause) {
        (Language::Zh, _) => cause_zh::cause(cause),
        (Language::En, Cause::Judged(basis)) => judged(*basis).to_owned(),
        (Language::En, _) => cause.to_string(),
    };
    match cause {
        Cause::Judged(_) => words,
        _ => format!("{words} ({})", cause.word()),
    }
}

const fn judged(basis: Basis) -> &'static str {
    match basis {
        Basis::Code => "a genuine code; its own level counts",
        Basis::List => "a genuine code; the list's level counts",
        Basis::Stale => "a genuine code, but its facts are too old",
        Basis::NoList => "a genuine code, but this gate holds no list for it",
        Basis::ListExpired => "a genuine code, but this gate's list has ended",
    }
}

/// One line: what the gate does and why.
pub(crate) fn in_a_line(screen: &Screen, verdict: &Verdict) -> String {
    let level = verdict.genuine().and_then(Genuine::level);
    let level = level
        .map(|level| format!(" · {}", screen.level(level)))
        .unwrap_or_default();
    let rule = verdict
        .rule()
        .map(|rule| format!(" · {} {rule}", screen.say("规则", "rule")))
        .unwrap_or_default();
    format!(
        "{}{level} · {}{rule}",
        action(screen, verdict.action()),
        cause(screen, verdict)
    )
}

/// A verdict with everything that a receipt names.
pub(crate) fn in_words(screen: &mut Screen, verdict: &Verdict) -> Result<()> {
    let line = in_a_line(screen, verdict);
    screen.heading(line)?;
    if let Some(genuine) = verdict.genuine() {
        for (name, value) in ClaimsLine::of(genuine.claims()).words(screen) {
            screen.line(format!("  {name}: {value}"))?;
        }
        if !genuine.extension().as_bytes().is_empty() {
            let added = hex::encode(genuine.extension().as_bytes());
            let name = screen.say("地区附加", "extension");
            screen.line(format!("  {name}: {added}"))?;
        }
    }
    if verdict.seen_before() {
        let seen = screen.say(
            "本机刚才见过同一个码",
            "this gate saw the same code some seconds ago",
        );
        screen.line(format!("  {seen}"))?;
    }
    if verdict.clock_behind().as_seconds() > 0 {
        let behind = screen.say("本机时钟落后", "this device's clock is behind by");
        screen.line(format!("  {behind} {}", verdict.clock_behind()))?;
    }
    Ok(())
}

/// A verdict in JSON.
#[derive(Serialize)]
pub(crate) struct VerdictLine {
    action: &'static str,
    cause: &'static str,
    detail: String,
    detail_zh: String,
    rule: Option<String>,
    level: Option<Level>,
    now: Timestamp,
    clock_behind_seconds: i64,
    seen_before: bool,
    /// What was signed; absent where nothing is believed.
    code: Option<ClaimsLine>,
    extension: Option<String>,
}

impl VerdictLine {
    pub(crate) fn of(verdict: &Verdict) -> Self {
        let genuine = verdict.genuine();
        Self {
            action: verdict.action().word(),
            cause: verdict.cause().word(),
            detail: verdict.cause().to_string(),
            detail_zh: cause_zh::cause(verdict.cause()),
            rule: verdict.rule().map(str::to_owned),
            level: genuine.and_then(Genuine::level),
            now: verdict.now(),
            clock_behind_seconds: verdict.clock_behind().as_seconds(),
            seen_before: verdict.seen_before(),
            code: genuine.map(|genuine| ClaimsLine::of(genuine.claims())),
            extension: genuine.map(|genuine| hex::encode(genuine.extension().as_bytes())),
        }
    }
}
