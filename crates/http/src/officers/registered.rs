//! What is registered, in JSON: the same words in which it is proposed.

use hc_code::Timestamp;
use hc_core::party::{Duties, Purposes};
use hc_core::word::Word;
use hc_node::applications::ApplicationTerms;
use hc_node::gates::GateTerms;
use hc_node::officers::OfficerTerms;
use hc_node::party::Terms;
use hc_node::sources::SourceTerms;
use serde_json::{Value, json};

use crate::told::Telling;

/// A party.
pub(crate) fn party(terms: &Terms, telling: Telling) -> Value {
    match terms {
        Terms::Source(terms) => source(terms, telling),
        Terms::Gate(terms) => gate(terms, telling),
        Terms::Officer(terms) => officer(terms, telling),
        Terms::Application(terms) => application(terms, telling),
    }
}

/// An officer.
pub(crate) fn officer(terms: &OfficerTerms, telling: Telling) -> Value {
    json!({
        "id": terms.id().as_str(),
        "name": terms.name(),
        "duties": duties(terms.duties()),
        "key": terms.key().id().to_string(),
        "registered": time(terms.registered(), telling),
        "until": time(terms.until(), telling),
    })
}

/// An application.
pub(crate) fn application(terms: &ApplicationTerms, telling: Telling) -> Value {
    let (scope, quota) = (terms.scope(), terms.quota());
    let functions: Vec<&str> = scope.functions.iter().map(Word::word).collect();
    let divisions: Vec<String> = scope.divisions.iter().map(ToString::to_string).collect();
    json!({
        "id": terms.id().as_str(),
        "name": terms.name(),
        "functions": functions,
        "divisions": divisions,
        "purposes": purposes(scope.purposes),
        "quota": {"callsAMinute": quota.calls_a_minute, "queriesADay": quota.queries_a_day},
        "key": terms.key().id().to_string(),
        "registered": time(terms.registered(), telling),
        "until": time(terms.until(), telling),
    })
}

/// A gate.
pub(crate) fn gate(terms: &GateTerms, telling: Telling) -> Value {
    let (venue, quota) = (terms.venue(), terms.quota());
    json!({
        "id": terms.id().as_str(),
        "name": terms.name(),
        "venue": venue.id,
        "class": venue.class.word(),
        "division": venue.division.to_string(),
        "attended": terms.is_attended(),
        "purposes": purposes(terms.purposes()),
        "quota": {"anHour": quota.an_hour, "aDay": quota.a_day},
        "key": terms.key().id().to_string(),
        "registered": time(terms.registered(), telling),
        "until": time(terms.until(), telling),
    })
}

/// A source.
pub(crate) fn source(terms: &SourceTerms, telling: Telling) -> Value {
    let lines: Vec<&str> = terms.lines().iter().map(|line| line.word()).collect();
    let divisions: Vec<String> = terms.divisions().iter().map(ToString::to_string).collect();
    let (freely, share) = terms.raised();
    json!({
        "id": terms.id().as_str(),
        "name": terms.name(),
        "kind": terms.kind().word(),
        "lines": lines,
        "divisions": divisions,
        "rowsABatch": terms.rows_a_batch(),
        "rowsADay": terms.rows_a_day(),
        "raisedFreely": freely,
        "raisedPerMille": share,
        "key": terms.key().id().to_string(),
        "registered": time(terms.registered(), telling),
        "until": time(terms.until(), telling),
    })
}

fn duties(duties: Duties) -> Vec<&'static str> {
    duties.iter().map(Word::word).collect()
}

fn purposes(purposes: Purposes) -> Vec<&'static str> {
    purposes.iter().map(Word::word).collect()
}

fn time(at: Timestamp, telling: Telling) -> Value {
    telling.time(at)
}
