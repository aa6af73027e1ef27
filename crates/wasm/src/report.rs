//! A verdict as JSON.

use hc_code::notice::Notice;
use hc_code::statement::{Binder, LastTest};
use hc_code::verify::{Action, Genuine, Verdict};
use hc_code::{Level, Timestamp};

use crate::json::{Object, hexadecimal, list};

/// What a gate's page shows and what a receipt names; times are Unix seconds. Holds the binder,
/// which is personal: it is for the eyes at the gate and not for storage. A notice that holds makes `check` of
/// `unknown`; the cause stays what it was.
pub(crate) fn report(verdict: &Verdict, relief: Option<&Notice>) -> String {
    let genuine = verdict.genuine().map(genuine);
    let action = relief.map_or_else(|| verdict.action(), |_| Action::Check);
    Object::new()
        .text("action", action.word())
        .text("cause", verdict.cause().word())
        .perhaps_text("rule", verdict.rule())
        .perhaps_text("notice", relief.map(kind))
        .whole("now", verdict.now().unix())
        .whole("clockBehindSeconds", verdict.clock_behind().as_seconds())
        .bool("seenBefore", verdict.seen_before())
        .json("genuine", genuine.as_deref().unwrap_or("null"))
        .end()
}

/// What is done with whoever has no code to show, and every notice that holds.
pub(crate) fn without_code<'a>(
    relief: Option<&Notice>,
    holding: impl Iterator<Item = &'a Notice>,
) -> String {
    let action = relief.map_or(Action::Unknown, |_| Action::Check);
    let holding = list(holding.map(|notice| [r#"""#, kind(notice), r#"""#].concat()));
    Object::new()
        .text("action", action.word())
        .perhaps_text("notice", relief.map(kind))
        .json("holding", &holding)
        .end()
}

fn kind(notice: &Notice) -> &'static str {
    notice.kind().word()
}

/// A genuine code, whatever follows from it.
fn genuine(genuine: &Genuine) -> String {
    let test = genuine.last_test().map(last_test);
    Object::new()
        .region("issuer", genuine.issuer())
        .text("class", genuine.class().word())
        .perhaps_text("level", genuine.level().map(Level::code))
        .text("reason", genuine.reason().word())
        .perhaps_whole("asOf", genuine.as_of().map(Timestamp::unix))
        .whole("issuedAt", genuine.claims().issued_at().unix())
        .whole("expiresAt", genuine.claims().expires_at().unix())
        .json("lastTest", test.as_deref().unwrap_or("null"))
        .perhaps_text("binder", genuine.binder().map(Binder::expose_text))
        .text("extension", &hexadecimal(genuine.extension().as_bytes()))
        .end()
}

fn last_test(test: LastTest) -> String {
    Object::new()
        .whole("at", test.time().unix())
        .text("kind", test.kind().word())
        .end()
}
