//! What a policy must keep before gates go by it, and what it must keep beside the one before.

mod easing;

use std::collections::BTreeSet;

use hc_code::recognition::{Obligation, PublishedRule};
use hc_code::verify::{Action, Considered, Outcome};
use hc_code::{Class, DivisionCode, Level, ReasonClass, Span};

pub use easing::follows;

use super::{PolicyFile, space};
use crate::division::DivisionTable;
use crate::rules::Findings;

/// Nobody's test of before that is asked for.
const OLDEST_TEST: Span = Span::days(14);

/// Proves a policy: divisions are known, every rule can decide, every kind of code has a rule, and
/// nobody who is low is turned away without something that they can bring.
///
/// # Errors
/// Every finding, by line.
pub fn check(file: &PolicyFile) -> Result<(), Findings> {
    let mut findings = Findings::default();
    let policy = file.policy();
    let table = DivisionTable::bundled();
    if !table.existed_ever(policy.region()) {
        let region = policy.region();
        findings.add(1, None, format!("{region} is no division of GB/T 2260"));
    }
    for rule in policy.rules() {
        let mut complain =
            |says: String| findings.add(file.line(Some(rule.id())), Some(rule.id()), says);
        divisions(rule, table, &mut complain);
        refusals(rule, policy.region(), &mut complain);
        tests(rule, &mut complain);
        measures(rule, &mut complain);
    }
    reached(file, &mut findings);
    findings.or(Some(()))
}

fn divisions(rule: &PublishedRule, table: &DivisionTable, complain: &mut dyn FnMut(String)) {
    let issuers = &rule.rule().issuers;
    for issuer in issuers {
        if !table.existed_ever(*issuer) {
            complain(format!("{issuer} is no division of GB/T 2260"));
        }
        if *issuer == DivisionCode::COUNTRY {
            complain("000000 is every issuer: leave `issuers` out".to_owned());
        }
        let within = issuers
            .iter()
            .find(|other| *other != issuer && other.contains(*issuer));
        if let Some(other) = within {
            complain(format!(
                "{issuer} lies within {other}, which the rule names too"
            ));
        }
    }
}

/// Low is refused only for want of something that a person can bring, or to issuers that are named; and
/// never to the region's own.
fn refusals(rule: &PublishedRule, own: DivisionCode, complain: &mut dyn FnMut(String)) {
    let decides = rule.rule();
    if !decides.levels.contains(&Level::Low) {
        return;
    }
    if decides.then == Action::Refuse && decides.issuers.is_empty() {
        complain(
            "refuses everybody who is low: name the issuers, or ask for a test or for newer facts"
                .to_owned(),
        );
    }
    let refuses = [Some(decides.then), decides.otherwise].contains(&Some(Action::Refuse));
    let names_own = decides.issuers.iter().any(|issuer| issuer.contains(own));
    if refuses && names_own {
        complain("refuses the region's own low codes: what is wrong at home is a level, not a rule at the gate".to_owned());
    }
}

fn tests(rule: &PublishedRule, complain: &mut dyn FnMut(String)) {
    let decides = rule.rule();
    if let Some(within) = decides.test_within {
        if within > OLDEST_TEST || within <= Span::seconds(0) {
            complain(format!(
                "asks for a test within {within}: more than nothing and at most {OLDEST_TEST}"
            ));
        }
        if within.as_seconds() % 3600 != 0 {
            complain("a last test is told to the hour: `test-within` is whole hours".to_owned());
        }
        if decides.classes == [Class::Paper] {
            complain("paper carries no test: nobody could pass by this rule".to_owned());
        }
    }
    if decides
        .facts_within
        .is_some_and(|within| within <= Span::seconds(0))
    {
        complain("asks for facts of this second: nobody has them".to_owned());
    }
    if decides.otherwise == Some(decides.then) {
        complain("gives the same whether or not what it asks for is there".to_owned());
    }
}

fn measures(rule: &PublishedRule, complain: &mut dyn FnMut(String)) {
    let decides = rule.rule();
    for measure in rule.measures() {
        let word = measure.obligation().word();
        if measure.when() == Some(Outcome::Otherwise) && decides.otherwise.is_none() {
            complain(format!(
                "{word}: for whoever lacks something, where the rule asks for nothing"
            ));
        }
        let ends = [
            (Outcome::Then, Some(decides.then)),
            (Outcome::Otherwise, decides.otherwise),
        ];
        let enters = ends.into_iter().any(|(outcome, action)| {
            measure.applies(outcome) && action.is_some_and(|action| action != Action::Refuse)
        });
        if !enters {
            complain(format!(
                "{word}: for whoever is refused, and is not here to keep it"
            ));
        }
        let local = matches!(measure.obligation(), Obligation::LocalMedium { .. });
        if local && decides.levels != [Level::Low] {
            complain("a level here is for whom home calls low, and for nobody else".to_owned());
        }
    }
}

/// Every rule decides about something, and something decides about every kind of code.
fn reached(file: &PolicyFile, findings: &mut Findings) {
    let policy = file.policy();
    let mut decides = BTreeSet::new();
    let mut open: Vec<Considered> = Vec::new();
    for kind in space::kinds(&[policy]) {
        match policy.policy().applied(kind, space::AT).place {
            Some(place) => {
                decides.insert(place);
            }
            None => open.push(kind),
        }
    }
    for (place, rule) in policy.rules().iter().enumerate() {
        if !decides.contains(&place) {
            let says = "never decides: the rules before it decide about everything that it fits";
            findings.add(file.line(Some(rule.id())), Some(rule.id()), says);
        }
    }
    if let Some(first) = open.first() {
        let reason = match first.reason {
            ReasonClass::None => String::new(),
            reason => format!(" for {reason}"),
        };
        let says = format!(
            "no rule fits {} kinds of code, the first a {} one of {} at level {}{reason}: whoever \
             holds one could not be told anything",
            open.len(),
            first.class,
            first.issuer,
            first.level.word(),
        );
        findings.add(1, None, says);
    }
}
