//! A verdict as JSON.

use hc_code::claims::Body;
use hc_code::notice::Notice;
use hc_code::recognition::{AtDoor, Authority, Contest, Decided, Obligation, Ruling};
use hc_code::statement::{Binder, LastTest};
use hc_code::status_list::Shard;
use hc_code::verify::{Action, Genuine, Verdict};
use hc_code::{Level, Timestamp};

use crate::RECOGNISES;
use crate::json::{Object, decimal, hexadecimal, list};

/// What a gate's page shows and what a receipt names; times are Unix seconds. Holds the binder,
/// which is personal: it is for the eyes at the gate and not for storage. A notice that holds makes `check` of
/// `unknown`; the cause stays what it was.
pub(crate) fn report(
    verdict: &Verdict,
    door: Option<&AtDoor<'_>>,
    relief: Option<&Notice>,
) -> String {
    let door = door.filter(|_| RECOGNISES);
    let genuine = verdict.genuine().map(genuine);
    let action = door.map_or_else(|| verdict.action(), |door| door.action);
    let action = relief.map_or(action, |_| Action::Check);
    let mut report = Object::new();
    report
        .text("action", action.word())
        .text("cause", verdict.cause().word())
        .perhaps_text("rule", verdict.rule())
        .perhaps_text("notice", relief.map(kind))
        .whole("now", verdict.now().unix())
        .whole("clockBehindSeconds", verdict.clock_behind().as_seconds())
        .bool("seenBefore", verdict.seen_before())
        .json("genuine", genuine.as_deref().unwrap_or("null"));
    if let Some(door) = door {
        report.json("authorities", &list(door.decided.iter().map(authority)));
    }
    report.end()
}

/// What one authority says of a scan.
fn authority(decided: &Decided<'_>) -> String {
    let mut object = Object::new();
    match decided.authority {
        Authority::Venue => object.text("authority", "venue"),
        Authority::Region(region) => object.region("authority", region),
    };
    let ruling = decided.ruling.as_ref().map(ruling);
    object
        .text("action", decided.action.word())
        .json("ruling", ruling.as_deref().unwrap_or("null"))
        .end()
}

/// By which policy and rule; measures as receipts have them, in numbers.
fn ruling(ruling: &Ruling<'_>) -> String {
    let rule = ruling.rule.map(|(place, rule)| {
        let mut object = Object::new();
        object
            .whole("place", i64::try_from(place).unwrap_or(i64::MAX))
            .text("id", rule.id())
            .text("zh", rule.says().zh())
            .text("en", rule.says().en())
            .end()
    });
    let measures = ruling
        .measures()
        .map(|measure| obligation(measure.obligation()));
    Object::new()
        .whole("version", ruling.policy.version().into())
        .json("rule", rule.as_deref().unwrap_or("null"))
        .json("measures", &list(measures))
        .json("contest", &contest(ruling.contest()))
        .end()
}

fn contest(contest: &Contest) -> String {
    Object::new()
        .text("at", contest.at())
        .text("phone", contest.phone())
        .end()
}

fn obligation(obligation: &Obligation) -> String {
    let length = decimal(obligation.length().as_seconds());
    match obligation {
        Obligation::Test { kinds, .. } => {
            let bits = kinds.iter().fold(0, |bits, kind| bits | 1 << kind.number());
            list(["0".to_owned(), length, decimal(bits)])
        }
        Obligation::LocalMedium { ends, .. } => {
            let (negative, apart) = ends.map_or((0, 0), |series| {
                (i64::from(series.negative), series.apart.as_seconds())
            });
            list(["1".to_owned(), length, decimal(negative), decimal(apart)])
        }
    }
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
    let mut object = Object::new();
    object
        .region("issuer", genuine.issuer())
        .text("class", genuine.class().word())
        .perhaps_text("level", genuine.level().map(Level::code))
        .text("reason", genuine.reason().word())
        .perhaps_whole("asOf", genuine.as_of().map(Timestamp::unix))
        .whole("issuedAt", genuine.claims().issued_at().unix())
        .whole("expiresAt", genuine.claims().expires_at().unix())
        .json("lastTest", test.as_deref().unwrap_or("null"))
        .perhaps_text("binder", genuine.binder().map(Binder::expose_text))
        .text("extension", &hexadecimal(genuine.extension().as_bytes()));
    // Which shard a carried code is judged by, so that a gate can fetch it: one in a million is named, and
    // nobody's own position.
    if let Body::Carried(carried) = genuine.claims().body() {
        object
            .whole("day", carried.day().into())
            .whole("shard", (carried.index() / Shard::POSITIONS).into());
    }
    object.end()
}

fn last_test(test: LastTest) -> String {
    Object::new()
        .whole("at", test.time().unix())
        .text("kind", test.kind().word())
        .end()
}
