use hc_code::{Level, Timestamp};

use super::Register;
use crate::area::{AreaHistory, AreaIndex};
use crate::decide::decide;
use crate::document::DocumentKey;
use crate::evidence::intake::{self, Desk, Row};
use crate::place::PlaceTable;
use crate::rules::RulePack;

const CARD: &str = r#""document_type":"111","document":"11010519491231002X""#;
const OLD_CARD: &str = r#""document_type":"335","document":"110105491231002""#;
const PASSPORT: &str = r#""document_type":"414","document":"E12345678","country":"CHN""#;
const PERMIT: &str = r#""document_type":"516","document":"H12345678""#;

const TO_PASSPORT: &str =
    r#""other_document_type":"414","other_document":"E12345678","other_country":"CHN""#;
const TO_PERMIT: &str = r#""other_document_type":"516","other_document":"H12345678""#;

/// A line of a health authority, received on that day of February at 12:00.
fn row(reference: &str, document: &str, kind: &str, more: &str, day: u8) -> Row {
    let comma = if more.is_empty() { "" } else { "," };
    let line = format!(
        r#"{{"ref":"{reference}","source":"health-authority","by":"A",{document},"kind":"{kind}","at":"2020-02-12T08:00:00+08:00"{comma}{more}}}"#
    );
    let mut places = PlaceTable::new();
    let mut desk = Desk::new(on(day), &mut places);
    let batch = intake::ndjson(line.as_bytes(), &mut desk);
    assert!(batch.quarantined().is_empty(), "{:?}", batch.quarantined());
    batch.into_rows().pop().unwrap()
}

fn case(reference: &str, document: &str, day: u8) -> Row {
    row(reference, document, "case", r#""class":"confirmed""#, day)
}

fn on(day: u8) -> Timestamp {
    format!("2020-02-{day:02}T12:00:00+08:00").parse().unwrap()
}

fn key(document: &str) -> DocumentKey {
    row("0", document, "symptoms", "", 12)
        .document()
        .unwrap()
        .key()
}

fn register(rows: &[Row]) -> Register {
    let mut register = Register::new();
    for row in rows {
        register.add(row.clone());
    }
    register
}

/// How many facts count about the person of a document.
fn facts(register: &Register, document: &str, day: u8) -> usize {
    let story = register.story(&key(document), on(day));
    story.facts().as_slice().len()
}

#[test]
fn evidence_waits_for_a_person_who_has_not_enrolled() {
    let pack = include_str!("../../../../../policies/hangzhou-2020-02.toml");
    let pack = RulePack::parse(pack).unwrap();
    let areas = AreaIndex::build(&PlaceTable::new(), &AreaHistory::empty());
    let level = |register: &Register, document| {
        let story = register.story(&key(document), on(14));
        decide(&pack, story.facts(), &areas, on(14)).level
    };
    let register = register(&[case("1", CARD, 13)]);
    assert_eq!(level(&register, CARD), Level::High);
    assert_eq!(level(&register, OLD_CARD), Level::High);
    assert_eq!(level(&register, PASSPORT), Level::Unknown);
}

#[test]
fn documents_of_one_number_need_no_link() {
    let register = register(&[case("1", CARD, 13), row("2", OLD_CARD, "symptoms", "", 13)]);
    assert_eq!(register.documents(), 1);
    assert_eq!(facts(&register, CARD, 13), 2);
}

#[test]
fn linked_documents_share_their_evidence_in_both_directions() {
    let register = register(&[
        case("1", CARD, 13),
        row("2", PERMIT, "symptoms", "", 13),
        row("3", CARD, "link", TO_PASSPORT, 14),
        row("4", PASSPORT, "link", TO_PERMIT, 15),
    ]);
    for document in [CARD, PASSPORT, PERMIT] {
        assert_eq!(facts(&register, document, 15), 2);
        assert_eq!(register.person(&key(document), on(15)).keys().count(), 3);
    }
    assert_eq!(register.documents(), 3);
    assert_eq!(register.people(on(15)), 1);
    assert_eq!(register.len(), 2);
}

#[test]
fn a_link_counts_from_when_it_is_known() {
    let register = register(&[
        case("1", CARD, 13),
        row("3", CARD, "link", TO_PASSPORT, 14),
        row("4", PASSPORT, "link", TO_PERMIT, 15),
    ]);
    assert_eq!(facts(&register, PASSPORT, 13), 0);
    assert_eq!(facts(&register, PASSPORT, 14), 1);
    assert_eq!(facts(&register, PERMIT, 14), 0);
    assert_eq!(facts(&register, PERMIT, 15), 1);
    assert_eq!([13, 14, 15].map(|day| register.people(on(day))), [3, 2, 1]);
}

#[test]
fn a_link_received_again_later_counts_from_its_first_receipt() {
    for days in [[14, 16], [16, 14]] {
        let links = days.map(|day| row("3", CARD, "link", TO_PASSPORT, day));
        let mut register = register(&links);
        register.add(case("1", CARD, 13));
        assert_eq!(facts(&register, PASSPORT, 15), 1);
    }
}

#[test]
fn a_wrong_link_is_taken_back_under_either_document() {
    for corrected in [CARD, PASSPORT] {
        let rows = [
            row("5", corrected, "correction", r#""of":"3""#, 15),
            case("1", CARD, 13),
            row("3", CARD, "link", TO_PASSPORT, 14),
        ];
        let register = register(&rows);
        assert_eq!(facts(&register, PASSPORT, 14), 1);
        assert_eq!(facts(&register, PASSPORT, 15), 0);
        assert_eq!(facts(&register, CARD, 15), 1);
    }
}

#[test]
fn a_link_that_two_sources_state_holds_while_one_of_them_stands() {
    let register = register(&[
        case("1", CARD, 13),
        row("3", CARD, "link", TO_PASSPORT, 14),
        row("4", CARD, "link", TO_PASSPORT, 14),
        row("5", CARD, "correction", r#""of":"3""#, 15),
    ]);
    assert_eq!(facts(&register, PASSPORT, 15), 1);
}

#[test]
fn a_correction_under_a_strangers_document_takes_nothing_back() {
    let register = register(&[
        case("1", CARD, 13),
        row("3", CARD, "link", TO_PASSPORT, 14),
        row("5", PERMIT, "correction", r#""of":"3""#, 14),
        row("6", PERMIT, "correction", r#""of":"1""#, 14),
    ]);
    assert_eq!(facts(&register, PASSPORT, 15), 1);
}

#[test]
fn a_correction_takes_evidence_back_from_when_it_is_known() {
    let rows = [
        row("2", PASSPORT, "correction", r#""of":"1""#, 14),
        row("3", CARD, "link", TO_PASSPORT, 13),
        case("1", CARD, 13),
    ];
    let register = register(&rows);
    assert_eq!(facts(&register, CARD, 13), 1);
    assert_eq!(facts(&register, CARD, 14), 0);
    assert_eq!(register.len(), 1);
}

#[test]
fn everybody_comes_once_and_in_an_order_that_rows_do_not_change() {
    let mut rows = vec![
        case("1", CARD, 13),
        case("2", PERMIT, 13),
        row("3", PERMIT, "link", TO_PASSPORT, 13),
        row("3", PASSPORT, "link", TO_PERMIT, 13),
    ];
    let people = |rows: &[Row]| -> Vec<(Vec<DocumentKey>, usize)> {
        register(rows)
            .iter(on(13))
            .map(|person| (person.keys().cloned().collect(), person.evidence().len()))
            .collect()
    };
    let expected = people(&rows);
    assert_eq!(expected.len(), 2);
    assert_eq!(
        expected
            .iter()
            .map(|(keys, _)| keys.len())
            .collect::<Vec<_>>(),
        [1, 2]
    );
    rows.reverse();
    rows.extend(rows.clone());
    assert_eq!(people(&rows), expected);
}

#[test]
fn nothing_is_known_about_a_document_that_no_row_names() {
    let register = Register::new();
    assert_eq!(facts(&register, CARD, 13), 0);
    assert!(register.person(&key(CARD), on(13)).evidence().is_empty());
    assert!(register.is_empty());
    assert_eq!((register.documents(), register.people(on(13))), (0, 0));
}
