//! The permission matrix: who may do what, what is logged, and what takes two officers. Made from the
//! operations; `permissions.tsv` is the copy that people read, and a test compares them.

use hc_tlog::entry::Kind;

use crate::operation::{Credential, Side, all};

/// What is logged of an operation, and whether its act takes a second credential. What does not stand
/// here is not logged and takes none.
const TRACES: &[(&str, &[Kind], Second)] = &[
    ("enrol", &[Kind::Decision], Second::No),
    (
        "enrolAtCounter",
        &[Kind::CounterEnrolment, Kind::Decision],
        Second::No,
    ),
    ("declare", &[Kind::Decision], Second::No),
    ("exportOwnData", &[Kind::Export], Second::No),
    ("withdraw", &[Kind::Withdrawal], Second::No),
    ("erase", &[Kind::Erasure], Second::No),
    ("acceptGrant", &[Kind::GrantMade], Second::No),
    ("endGrant", &[Kind::GrantEnded], Second::No),
    ("consentToApplication", &[Kind::GrantMade], Second::No),
    ("endApplicationConsent", &[Kind::GrantEnded], Second::No),
    ("correctProfile", &[Kind::ProfileChanged], Second::No),
    ("appeal", &[Kind::AppealMade], Second::No),
    (
        "answerAppeal",
        &[Kind::AppealClosed, Kind::Correction, Kind::Decision],
        Second::No,
    ),
    ("propose", &[Kind::Proposed], Second::Yes),
    (
        "approve",
        &[
            Kind::SecondCredential,
            Kind::PartyRegistered,
            Kind::PartyEnded,
            Kind::RulesActivated,
            Kind::RecognitionPublished,
            Kind::Decision,
        ],
        Second::Is,
    ),
    ("refuse", &[Kind::SecondCredential], Second::Is),
    (
        "releaseBatch",
        &[Kind::BatchAccepted, Kind::SecondCredential, Kind::Decision],
        Second::Is,
    ),
    ("refuseBatch", &[Kind::BatchRefused], Second::Is),
    ("uploadRules", &[Kind::RulesUploaded], Second::No),
    ("declareDegraded", &[Kind::DegradedDeclared], Second::No),
    ("endDegraded", &[Kind::DegradedEnded], Second::No),
    ("passkeyTicket", &[Kind::PasskeyTicket], Second::No),
    ("endPasskey", &[Kind::PasskeyEnded], Second::No),
    (
        "openRecord",
        &[Kind::Lookup, Kind::LookupRefused],
        Second::No,
    ),
    ("override", &[Kind::OverrideRefused], Second::Refused),
    ("beginTransfer", &[Kind::ParcelSent], Second::No),
    (
        "arriveByTransfer",
        &[Kind::ParcelReceived, Kind::Decision],
        Second::No,
    ),
    ("reportOfOtherRegion", &[Kind::ParcelSent], Second::No),
    ("convertCode", &[Kind::ParcelSent], Second::No),
    (
        "declareHealth",
        &[Kind::ActedFor, Kind::GrantMade, Kind::Decision],
        Second::No,
    ),
    ("declareTrip", &[Kind::ActedFor, Kind::Decision], Second::No),
    (
        "queryHealth",
        &[Kind::Lookup, Kind::LookupRefused],
        Second::No,
    ),
    (
        "correctHealth",
        &[Kind::ActedFor, Kind::AppealMade, Kind::ProfileChanged],
        Second::No,
    ),
    ("lookUp", &[Kind::Lookup, Kind::LookupRefused], Second::No),
    (
        "publishAreas",
        &[Kind::AreasPublished, Kind::Decision],
        Second::No,
    ),
    (
        "sendBatch",
        &[Kind::BatchAccepted, Kind::Decision],
        Second::Beyond,
    ),
];

/// Whether an act takes a second credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Second {
    /// Never.
    No,
    /// Always: nothing happens before.
    Yes,
    /// It is one.
    Is,
    /// None is enough: it is always refused.
    Refused,
    /// What goes beyond the registration waits for one.
    Beyond,
}

/// The matrix as tab-separated text, with a head.
pub fn permissions() -> String {
    let head = "# Who may do what. Made by the test of permissions.rs, not by hand.\n\
                operation\tmethod\tpath\tlistener\tcredential\tduties\tlogged\tsecond credential\n";
    let rows = all().iter().map(|operation| {
        let (credential, duties) = match operation.credential {
            Credential::None => ("none", String::new()),
            Credential::Device => ("device", String::new()),
            Credential::Source => ("source", String::new()),
            Credential::Gate => ("gate", String::new()),
            Credential::Application => ("application", String::new()),
            Credential::Officer(duties) => {
                let duties: Vec<String> = duties.iter().map(ToString::to_string).collect();
                ("officer", duties.join(" "))
            }
        };
        let trace = TRACES.iter().find(|(id, ..)| *id == operation.id);
        let logged = trace.map_or_else(String::new, |(_, kinds, _)| {
            let kinds: Vec<&str> = kinds.iter().map(|kind| kind.word()).collect();
            kinds.join(" ")
        });
        let second = match trace.map(|(.., second)| *second) {
            None | Some(Second::No) => "no",
            Some(Second::Yes) => "needed",
            Some(Second::Is) => "is one",
            Some(Second::Refused) => "always refused",
            Some(Second::Beyond) => "beyond the terms",
        };
        let listener = match operation.side {
            Side::Public => "public",
            Side::Operators => "operators",
            Side::Both => "both",
        };
        let dash = |text: String| {
            if text.is_empty() {
                "-".to_owned()
            } else {
                text
            }
        };
        format!(
            "{}\t{}\t{}\t{listener}\t{credential}\t{}\t{}\t{second}\n",
            operation.id,
            operation.verb.method(),
            operation.path,
            dash(duties),
            dash(logged),
        )
    });
    let rows: String = rows.collect();
    format!("{head}{rows}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_matrix_that_is_checked_in_is_that_of_the_operations() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/permissions.tsv");
        let ours = permissions();
        if std::env::var_os("HEALTHCODE_WRITE").is_some() {
            std::fs::write(path, &ours).unwrap();
        }
        let written = std::fs::read_to_string(path).unwrap();
        assert!(
            written == ours,
            "permissions.tsv is not up to date: run this test once with HEALTHCODE_WRITE=1"
        );
    }

    #[test]
    fn every_row_about_traces_is_of_an_operation_that_is_there() {
        for (id, ..) in TRACES {
            assert!(all().iter().any(|one| one.id == *id), "{id}");
        }
    }
}
