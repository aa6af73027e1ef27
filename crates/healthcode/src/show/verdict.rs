//! A verdict in words and in JSON.

use anyhow::Result;
use hc_code::verify::{Action, Basis, Cause, Genuine, Verdict};
use hc_code::{Level, Timestamp};
use serde::Serialize;

use super::code::ClaimsLine;
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

/// Why, in words.
pub(crate) fn cause(screen: &Screen, verdict: &Verdict) -> String {
    let Cause::Judged(basis) = verdict.cause() else {
        let error = verdict.cause();
        return format!("{} ({})", error, error.word());
    };
    let (zh, en) = match basis {
        Basis::Code => ("真码，等级以码为准", "a genuine code; its own level counts"),
        Basis::List => (
            "真码，等级以当日状态清单为准",
            "a genuine code; the list's level counts",
        ),
        Basis::Stale => (
            "真码，但依据已过时",
            "a genuine code, but its facts are too old",
        ),
        Basis::NoList => (
            "真码，但本机没有清单",
            "a genuine code, but this gate holds no list for it",
        ),
        Basis::ListExpired => (
            "真码，但本机清单已过期",
            "a genuine code, but this gate's list has ended",
        ),
    };
    screen.say(zh, en).to_owned()
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
