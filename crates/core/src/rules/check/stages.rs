//! Whether every stage ends, every exit can come, and every stage can be reached.

use std::collections::BTreeSet;

use hc_code::{Level, Span};

use crate::rules::{Exit, Findings, Rule, Stage, Then, Trigger};

/// The longest that a rule may hold anybody above low without new evidence.
const LONGEST_RULE: Span = Span::days(180);

pub(super) fn check(rule: &Rule, findings: &mut Findings) {
    let mut wrong = |message: String| findings.add(rule.line, Some(rule.id.as_str()), message);
    if !rule.stages.iter().any(|stage| stage.level.is_above_low()) {
        wrong("the rule never raises the level: it has no stage above low".to_owned());
    }
    // What has a length of its own can hold its first stage without adding to it.
    let has_length = matches!(
        rule.trigger,
        Trigger::Stay(_) | Trigger::Quarantine(_) | Trigger::Contact(_)
    );
    for (number, stage) in rule.stages.iter().enumerate() {
        let shown = number + 1;
        if stage.level == Level::Unknown {
            wrong(format!(
                "stage {shown}: unknown is the absence of evidence, never what a rule gives"
            ));
        }
        if stage.lasts == Span::ZERO && !stage.to_midnight && !(number == 0 && has_length) {
            wrong(format!("stage {shown} lasts no time at all"));
        }
        for exit in &stage.exits {
            check_exit(rule, stage, exit, shown, &mut wrong);
        }
    }
    check_end(rule, &mut wrong);
    check_reach(rule, &mut wrong);
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
    if opens > Span::ZERO && opens >= end {
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
        if shown == 1
            && stage.level == Level::High
            && exit.tests.is_none()
            && exit.release.is_empty()
            && matches!(rule.trigger, Trigger::Case(_))
        {
            wrong(format!(
                "stage {shown}: one's own word cannot end a case; add a release or tests"
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

/// Follows time alone from every stage.
fn check_end(rule: &Rule, wrong: &mut impl FnMut(String)) {
    for start in 0..rule.stages.len() {
        let mut seen = BTreeSet::new();
        let mut number = start;
        let mut total = Span::ZERO;
        while let Some(stage) = rule.stages.get(number) {
            if !seen.insert(number) {
                wrong(format!(
                    "stage {}: time leads round in a circle, so the rule never ends",
                    start + 1
                ));
                break;
            }
            total = total.plus(stage.lasts);
            match stage.then {
                Then::End => break,
                Then::Stage(next) => number = usize::from(next),
            }
        }
        if start == 0 && total > LONGEST_RULE {
            wrong(format!(
                "the rule lasts {total} without new evidence; at most {LONGEST_RULE} are allowed"
            ));
        }
    }
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
