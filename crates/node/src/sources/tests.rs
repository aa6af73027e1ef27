use super::*;
use crate::party::{PartyId, TermsError};
use hc_code::Span;
use hc_code::signing::{Algorithm, Signer};
use hc_core::evidence::intake::{Desk, Receipt, ndjson};
use hc_core::place::PlaceTable;
use hc_testkit::regions::{NOON, key};

fn terms(lines: &[&str]) -> SourceTerms {
    let lines = lines.iter().map(|word| LineKind::from_word(word).unwrap());
    SourceTerms::new(
        PartyId::parse("lab-3").unwrap(),
        SourceKind::Laboratory,
        lines.collect(),
        vec!["330000".parse().unwrap()],
        key(Algorithm::Sm2, 1, 1).public_key().clone(),
        (NOON, NOON.plus(Span::days(10))),
    )
    .unwrap()
}

fn judged(terms: &SourceTerms, text: &str) -> Judged {
    let mut places = PlaceTable::new();
    let batch = ndjson(
        text.as_bytes(),
        &mut Desk::new(Receipt::At(NOON), &mut places),
    );
    judge(batch, terms, NOON)
}

const STAY: &str = r#"{"ref":"1","source":"laboratory","by":"lab-3","document_type":"111","document":"11010519491231002X","kind":"stay","at":"2022-06-27T09:00:00+08:00","division":"330106"}"#;

#[test]
fn terms_read_back_from_the_store_as_they_were() {
    let terms = terms(&["test", "correction", "link"])
        .with_name("某检验所")
        .unwrap()
        .with_volume(7, 9)
        .unwrap()
        .with_raised(3, 20)
        .unwrap()
        .using(5, 19_000)
        .unwrap();
    assert_eq!(SourceTerms::from_row(&terms.to_row()), Ok(terms.clone()));
    let mut other = terms.to_row();
    other.content.truncate(20);
    assert!(SourceTerms::from_row(&other).is_err());
}

#[test]
fn a_line_counts_only_within_the_terms() {
    let may = terms(&["stay"]);
    assert_eq!(judged(&may, STAY).report.rows, 1);
    for (from, to, reason) in [
        ("laboratory", "hospital", "registered as laboratory"),
        ("lab-3", "lab-4", "another name"),
        ("330106", "310115", "division"),
        (
            "\"kind\"",
            "\"received\":\"2022-06-28T10:00:00+08:00\",\"kind\"",
            "received",
        ),
    ] {
        let found = judged(&may, &STAY.replace(from, to));
        assert_eq!((found.rows.len(), found.report.quarantined), (0, 1), "{to}");
        let told = &found.report.lines[0].problems[0].problem;
        assert!(told.contains(reason), "{told}");
    }
    let other_kind = judged(&terms(&["test"]), STAY);
    assert_eq!(other_kind.report.quarantined, 1);
}

#[test]
fn the_volume_of_a_day_is_used_up_and_is_there_again_the_next_day() {
    let terms = terms(&["test"]).with_volume(10, 15).unwrap();
    let used = terms.using(10, 1).unwrap();
    assert_eq!(used.using(6, 1), None);
    assert!(used.using(5, 1).is_some());
    assert!(used.using(15, 2).is_some());
    assert_eq!(used.using(u32::MAX, 1), None);
}

#[test]
fn a_batch_may_raise_a_few_people_or_a_share_of_a_large_region() {
    let terms = terms(&["test"]);
    assert_eq!(terms.raised_at_most(0), 100);
    assert_eq!(terms.raised_at_most(1_000_000), 1000);
    assert_eq!(terms.raised_at_most(u64::MAX), u64::MAX / 1000);
}

#[test]
fn terms_that_allow_nothing_or_speak_as_the_person_are_refused() {
    let make = |kind, lines: Vec<LineKind>, divisions, until| {
        let id = PartyId::parse("x").unwrap();
        let key = key(Algorithm::Es256, 1, 1).public_key().clone();
        SourceTerms::new(id, kind, lines, divisions, key, (NOON, until))
    };
    let lines = || vec![LineKind::Link];
    let everywhere = || vec![DivisionCode::COUNTRY];
    let later = NOON.plus(Span::days(1));
    let lab = SourceKind::Laboratory;
    assert_eq!(
        make(SourceKind::Person, lines(), everywhere(), later),
        Err(TermsError::Person)
    );
    assert_eq!(
        make(lab, vec![], everywhere(), later),
        Err(TermsError::NoLines)
    );
    assert_eq!(
        make(lab, lines(), vec![], later),
        Err(TermsError::NoDivisions)
    );
    assert_eq!(
        make(lab, lines(), everywhere(), NOON),
        Err(TermsError::Ends)
    );
    let good = make(lab, lines(), everywhere(), later).unwrap();
    assert_eq!(good.clone().with_volume(0, 5), Err(TermsError::Volume));
    assert_eq!(good.clone().with_volume(6, 5), Err(TermsError::Volume));
    assert_eq!(good.clone().with_raised(0, 1001), Err(TermsError::Share));
    assert_eq!(good.with_name(""), Err(TermsError::Name));
    for id in ["", "a b", "x\"", "检验所", &"a".repeat(65)] {
        assert_eq!(PartyId::parse(id), Err(TermsError::Id), "{id}");
    }
}

#[test]
fn many_small_batches_raise_no_more_people_than_a_large_one() {
    let terms = terms(&["test"]);
    let once = terms.raising(60, 1, 1000).unwrap();
    assert_eq!(once.raising(41, 1, 1000), None);
    let full = once.raising(40, 1, 1000).unwrap();
    assert_eq!(full.raising(1, 1, 1000), None);
    assert!(full.raising(100, 2, 1000).is_some());
    assert_eq!(SourceTerms::from_row(&full.to_row()), Ok(full));
}
