//! Whether every stage ends, every exit can come, and every stage can be reached.

use std::collections::BTreeSet;

use hc_code::{Level, Span};

use crate::evidence::SourceKind;
use crate::rules::{Exit, Findings, Rule, Stage, Then, Trigger};

/// So many healthy declarations, as Hangzhou asked for, can end high where no test exists.
const LEAST_REPORTS: u8 = 7;
/// The longest that a rule may hold anybody above low without new evidence.
const LONGEST_RULE: Span = Span::days(180);

pub(super) fn check(rule: &Rule, findings: &mut Findings) {
    let mut wrong = |message: String| findings.add(rule.line, Some(rule.id.as_str()), message);
    if !rule.stages.iter().any(|stage| stage.level.is_above_low()) {
        wrong("the rule never raises the level: it has no stage above low".to_owned());
    }
    // What has a length of its own can hold its first stage without adding to it.
    for (number, stage) in rule.stages.iter().enumerate() {
        let shown = number + 1;
        if stage.level == Level::Unknown {
            wrong(format!(
                "stage {shown}: unknown is the absence of evidence, never what a rule gives"
            ));
        }
        if stage.lasts == Span::ZERO && !stage.to_midnight && !(number == 0 && has_length(rule)) {
            wrong(format!("stage {shown} lasts no time at all"));
        }
        for exit in &stage.exits {
            check_exit(rule, stage, exit, shown, &mut wrong);
        }
    }
    check_end(rule, &mut wrong);
    check_reach(rule, &mut wrong);
}

const fn has_length(rule: &Rule) -> bool {
    matches!(
        rule.trigger,
        Trigger::Stay(_) | Trigger::Quarantine(_) | Trigger::Contact(_)
    )
}

fn check_exit(
    rule: &Rule,
    stage: &Stage,
    exit: &Exit,
    shown: usize,
    wrong: &mut impl FnMut(String),
) {
    // A day is added where the end is moved to midnight.
    let end = if stage.to_midnight {
        stage.lasts.plus(Span::days(1))
    } else {
        stage.lasts
    };
    let needed =
        |first: Span, step: Span, times: u8| (1..times).fold(first, |sum, _| sum.plus(step));
    let opens = match (exit.not_before, stage.to_midnight) {
        (length, true) if length > Span::ZERO => length.plus(Span::days(1)),
        (length, _) => length,
    };
    // The exits of an order count from its begin, its first stage from its end.
    let open_ended = shown == 1 && matches!(rule.trigger, Trigger::Quarantine(_));
    if opens > Span::ZERO && opens >= end && !open_ended {
        wrong(format!(
            "stage {shown}: an exit not before {} never comes, because the stage is over by then",
            exit.not_before
        ));
    }
    if let Some(series) = exit.tests {
        let least = needed(series.after, series.apart, series.negative);
        if least >= end && !(shown == 1 && end == Span::ZERO) {
            wrong(format!(
                "stage {shown}: an exit by tests takes {least} at least, but the stage is over by then"
            ));
        }
        let own = [SourceKind::Person, SourceKind::Venue];
        if own
            .into_iter()
            .any(|source| series.sources.contains(source))
        {
            wrong(format!(
                "stage {shown}: one's own test, or one at a door, ends nothing"
            ));
        }
        let spread = needed(Span::ZERO, series.apart, series.negative);
        if series.within.is_some_and(|within| within < spread) {
            wrong(format!(
                "stage {shown}: {} tests {} apart never lie within the time given",
                series.negative, series.apart
            ));
        }
        if series.negative > 1 && series.apart == Span::ZERO {
            wrong(format!(
                "stage {shown}: say how far `apart` the tests are; else two swabs of one minute count"
            ));
        }
    }
    if let Some(reports) = exit.reports {
        let least = needed(reports.after, Span::days(1), reports.days);
        if least >= end {
            wrong(format!(
                "stage {shown}: an exit by reports takes {least} at least, but the stage is over by then"
            ));
        }
        let own_word_only = exit.tests.is_none() && exit.release.is_empty();
        let infected = matches!(rule.trigger, Trigger::Case(_) | Trigger::Test(_));
        let too_few = reports.days < LEAST_REPORTS;
        if own_word_only && stage.level == Level::High && (too_few || infected && shown == 1) {
            wrong(format!(
                "stage {shown}: one's own word alone ends high after {LEAST_REPORTS} days at least, and \
                 never the first stage of a case; add a release or tests"
            ));
        }
    }
    if let Then::Stage(number) = exit.to {
        let to = rule
            .stages
            .get(usize::from(number))
            .and_then(|stage| stage.level.severity());
        if to > stage.level.severity() {
            wrong(format!(
                "stage {shown}: an exit leads up to stage {}",
                number + 1
            ));
        }
    }
}

/// Follows every way out of the first stage: none comes back, and none is too long.
fn check_end(rule: &Rule, wrong: &mut impl FnMut(String)) {
    let first = rule.stages.first().and_then(|stage| stage.level.severity());
    for (number, stage) in rule.stages.iter().enumerate() {
        let to = |then: Then| match then {
            Then::Stage(next) => rule.stages.get(usize::from(next)),
            Then::End => None,
        };
        let next = to(stage.then).and_then(|stage| stage.level.severity());
        // Back up is only to where the rule began: low for a day after the first of two tests.
        if next > stage.level.severity() && next > first {
            wrong(format!(
                "stage {}: time leads up, with nothing new known",
                number + 1
            ));
        }
    }
    let mut on_the_way = Vec::new();
    match longest_way(rule, 0, &mut on_the_way) {
        None => wrong("the stages lead round in a circle, so the rule need never end".to_owned()),
        Some(longest) if longest > LONGEST_RULE => wrong(format!(
            "the rule lasts {longest} without new evidence; at most {LONGEST_RULE} are allowed"
        )),
        Some(_) => {}
    }
}

/// The longest time from a stage to the end by any way; `None` where a way comes back to a stage.
fn longest_way(rule: &Rule, number: usize, on_the_way: &mut Vec<usize>) -> Option<Span> {
    let Some(stage) = rule.stages.get(number) else {
        return Some(Span::ZERO);
    };
    if on_the_way.contains(&number) {
        return None;
    }
    on_the_way.push(number);
    let mut longest = Span::ZERO;
    let mut ways: Vec<Then> = stage.exits.iter().map(|exit| exit.to).collect();
    ways.push(stage.then);
    ways.sort_by_key(|way| match way {
        Then::End => 0,
        Then::Stage(next) => *next,
    });
    ways.dedup();
    for way in ways {
        if let Then::Stage(next) = way {
            longest = longest.max(longest_way(rule, usize::from(next), on_the_way)?);
        }
    }
    on_the_way.pop();
    Some(longest.plus(stage.lasts))
}

/// Whether every stage can be reached from the first.
fn check_reach(rule: &Rule, wrong: &mut impl FnMut(String)) {
    let mut reached = BTreeSet::new();
    let mut open = vec![0];
    while let Some(number) = open.pop() {
        let Some(stage) = rule.stages.get(number) else {
            continue;
        };
        if !reached.insert(number) {
            continue;
        }
        let ways = stage.exits.iter().map(|exit| exit.to).chain([stage.then]);
        open.extend(ways.filter_map(|way| match way {
            Then::Stage(next) => Some(usize::from(next)),
            Then::End => None,
        }));
    }
    for number in 0..rule.stages.len() {
        if !reached.contains(&number) {
            wrong(format!("stage {} can never be reached", number + 1));
        }
    }
}
