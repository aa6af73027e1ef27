//! Evidence finds the issuer.

use std::sync::atomic::Ordering;

use hc_code::signing::{Algorithm, Signer};
use hc_code::trust_list::Role;
use hc_code::{Level, Span};
use hc_core::evidence::SourceKind;
use hc_core::evidence::intake::LineKind;
use hc_core::store::{PartyKind, Store as _};
use hc_node::party::PartyId;
use hc_node::region::{BatchForm, DoorRefusal, Sent, SourceError};
use hc_node::sources::{BatchReceipt, SourceTerms};
use hc_testkit::regions::key;
use hc_tlog::entry::{Entry, Kind};

use crate::world::{CHONGQING, GUANGDONG, Node, Regions, SICHUAN, division};

/// Registers a laboratory.
async fn laboratory(node: &Node, id: &str) -> SourceTerms {
    let now = node.now();
    let terms = SourceTerms::new(
        PartyId::parse(id).unwrap(),
        SourceKind::Laboratory,
        LineKind::all()
            .filter(|kind| *kind != LineKind::Link)
            .collect(),
        vec![node.division()],
        key(Algorithm::Ed25519, 9, 9).public_key().clone(),
        (now, now.plus(Span::days(30))),
    )
    .unwrap();
    let row = terms.to_row();
    node.store()
        .write(move |writing| writing.set_party(&row))
        .await
        .unwrap();
    terms
}

/// Lines of a laboratory's batch, each about a person with a result.
pub(crate) async fn send_batch(
    node: &Node,
    reference: &str,
    lines: &[(String, &str)],
) -> Result<BatchReceipt, SourceError> {
    let terms = laboratory(node, "lab").await;
    let at = node.now();
    let lines: Vec<String> = lines
        .iter()
        .enumerate()
        .map(|(place, (person, result))| {
            format!(
                r#"{{"ref":"{reference}-{place}","source":"laboratory","by":"lab",{person},"kind":"test","at":"{at}","method":"nucleic-acid","pooling":"single","result":"{result}"}}"#
            )
        })
        .collect();
    let sent = Sent {
        source: terms.id().clone(),
        reference: reference.to_owned(),
        form: BatchForm::Ndjson,
        bytes: lines.join("\n").into_bytes().into(),
    };
    let (judged, at) = node.read_batch(&sent, &terms).unwrap();
    node.take_batch(sent, judged, at).await
}

async fn entries(node: &Node, kind: Kind) -> Vec<Entry> {
    let rows = node.store().read(|reading| reading.log_from(0, 10_000));
    let rows = rows.await.unwrap().into_iter();
    rows.filter_map(|row| Some(row.opened?.1))
        .filter(|entry| entry.kind() == kind)
        .collect()
}

fn by_code(text: &str) -> String {
    format!(r#""code":"{text}""#)
}

#[tokio::test]
async fn a_test_taken_in_another_region_by_scanned_code_turns_the_code_at_home() {
    let regions = Regions::three().await;
    regions.exchange_keys();
    let token = regions.enrol(CHONGQING, 1).await;
    let other = regions.enrol(CHONGQING, 2).await;
    let code = regions.code(CHONGQING, &token);
    let sichuan = regions.node(SICHUAN);
    let receipt = send_batch(sichuan, "B-1", &[(by_code(&code), "positive")]).await;
    assert_eq!(receipt.unwrap().report.rows, 1);
    assert_eq!(regions.waiting(SICHUAN).await, 1);
    assert_eq!(regions.level(CHONGQING, &token), Level::Low, "not sent yet");
    regions.send().await;
    assert_eq!(regions.waiting(SICHUAN).await, 0);
    assert_eq!(regions.level(CHONGQING, &token), Level::High);
    assert_eq!(regions.level(CHONGQING, &other), Level::Low);
    // It stands under the name of its source, with the region before it.
    let why = regions.node(CHONGQING).why(&token).await.unwrap();
    assert_eq!(why.evidence[0].statement().name(), "510000/lab");
    // Both logs name the same parcel, and the receiving one who it came from.
    let sent = entries(sichuan, Kind::ParcelSent).await;
    let answered = entries(sichuan, Kind::ParcelAnswered).await;
    assert_eq!((sent.len(), answered.len()), (1, 1));
    let taken = entries(regions.node(CHONGQING), Kind::BatchAccepted).await;
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0].actor().id().as_str(), "region-510000");
    // What was captured on the way tells nothing of the person.
    let captured = regions.street.captured.lock().unwrap();
    let number = regions.crowd.person(1).number;
    for (_, _, bytes) in captured.iter() {
        let holds = |wanted: &[u8]| bytes.windows(wanted.len()).any(|found| found == wanted);
        assert!(!holds(code.as_bytes()) && !holds(number.as_bytes()) && !holds(b"positive"));
    }
}

#[tokio::test]
async fn a_test_by_document_is_found_its_regions_by_pseudonym_and_nobody_else_is_told() {
    let regions = Regions::three().await;
    regions.exchange_keys();
    let home = regions.enrol(CHONGQING, 1).await;
    let second = regions.enrol(GUANGDONG, 1).await;
    regions.send().await;
    assert_eq!(regions.hub.lock().unwrap().iter().count(), 2, "entered");
    regions.street.captured.lock().unwrap().clear();
    let lines = [
        (regions.document(1), "positive"),
        (regions.document(5), "positive"),
    ];
    send_batch(regions.node(SICHUAN), "B-1", &lines)
        .await
        .unwrap();
    regions.send().await;
    assert_eq!(regions.level(CHONGQING, &home), Level::High);
    assert_eq!(regions.level(GUANGDONG, &second), Level::High);
    let mut told: Vec<u32> = {
        let captured = regions.street.captured.lock().unwrap();
        captured.iter().map(|(_, to, _)| to.number()).collect()
    };
    told.sort_unstable();
    assert_eq!(
        told,
        [GUANGDONG, CHONGQING],
        "one parcel each, nothing of the stranger"
    );
    // The stranger's evidence waits where it was taken, as that of anybody who is not enrolled.
    let late = regions.enrol(SICHUAN, 5).await;
    assert_eq!(regions.level(SICHUAN, &late), Level::High);
}

#[tokio::test]
async fn who_is_enrolled_here_and_there_is_high_in_both_and_a_negative_test_is_not_searched_for() {
    let regions = Regions::three().await;
    regions.exchange_keys();
    let home = regions.enrol(CHONGQING, 1).await;
    let here = regions.enrol(SICHUAN, 1).await;
    regions.send().await;
    let negative = [(regions.document(1), "negative")];
    send_batch(regions.node(SICHUAN), "B-1", &negative)
        .await
        .unwrap();
    assert_eq!(regions.waiting(SICHUAN).await, 0);
    let positive = [(regions.document(1), "positive")];
    send_batch(regions.node(SICHUAN), "B-2", &positive)
        .await
        .unwrap();
    assert_eq!(regions.level(SICHUAN, &here), Level::High);
    regions.send().await;
    assert_eq!(regions.level(CHONGQING, &home), Level::High);
}

#[tokio::test]
async fn whoever_leaves_is_not_found_any_more() {
    let regions = Regions::three().await;
    regions.exchange_keys();
    let token = regions.enrol(CHONGQING, 1).await;
    regions.send().await;
    assert_eq!(regions.hub.lock().unwrap().len(), 1);
    regions.node(CHONGQING).erase(&token).await.unwrap();
    regions.send().await;
    assert!(regions.hub.lock().unwrap().is_empty());
}

#[tokio::test]
async fn what_cannot_be_sent_waits_over_a_restart_and_goes_once() {
    let mut regions = Regions::three().await;
    regions.exchange_keys();
    let token = regions.enrol(CHONGQING, 1).await;
    let code = regions.code(CHONGQING, &token);
    regions.street.blocked.store(true, Ordering::Release);
    let lines = [(by_code(&code), "positive")];
    send_batch(regions.node(SICHUAN), "B-1", &lines)
        .await
        .unwrap();
    regions.send().await;
    assert_eq!(regions.waiting(SICHUAN).await, 1);
    regions.begin(SICHUAN).await;
    regions.exchange_keys();
    assert_eq!(regions.waiting(SICHUAN).await, 1, "after the restart");
    // The answer gets lost, so the same parcel goes a second time.
    regions.street.losing.store(1, Ordering::Release);
    regions.street.blocked.store(false, Ordering::Release);
    for _ in 0..4 {
        regions.forward(Span::seconds(20)).await;
        regions.send().await;
    }
    assert_eq!(regions.waiting(SICHUAN).await, 0);
    assert_eq!(regions.level(CHONGQING, &token), Level::High);
    assert_eq!(regions.street.captured.lock().unwrap().len(), 2);
    let taken = entries(regions.node(CHONGQING), Kind::BatchAccepted).await;
    assert_eq!(taken.len(), 1, "counted once");
}

#[tokio::test]
async fn a_receiver_that_began_anew_is_sealed_to_anew() {
    let mut regions = Regions::three().await;
    regions.exchange_keys();
    let token = regions.enrol(CHONGQING, 1).await;
    regions.send().await;
    regions.forward(Span::seconds(5)).await;
    // The old day key went with the process, so the code of before names nobody; the document does.
    regions.begin(CHONGQING).await;
    let lines = [(regions.document(1), "positive")];
    send_batch(regions.node(SICHUAN), "B-1", &lines)
        .await
        .unwrap();
    regions.send().await;
    assert_eq!(regions.level(CHONGQING, &token), Level::High);
    let captured = regions.street.captured.lock().unwrap();
    assert_eq!(
        captured.len(),
        2,
        "once to the old key, once to the new one"
    );
}

#[tokio::test]
async fn what_is_not_taken_in_a_week_is_given_up_and_the_log_says_so() {
    let regions = Regions::three().await;
    regions.exchange_keys();
    let token = regions.enrol(CHONGQING, 1).await;
    let code = regions.code(CHONGQING, &token);
    regions.street.blocked.store(true, Ordering::Release);
    let lines = [(by_code(&code), "positive")];
    send_batch(regions.node(SICHUAN), "B-1", &lines)
        .await
        .unwrap();
    for _ in 0..9 {
        regions.forward(Span::hours(24)).await;
        regions.send().await;
    }
    assert_eq!(regions.waiting(SICHUAN).await, 0);
    let answered = entries(regions.node(SICHUAN), Kind::ParcelAnswered).await;
    assert_eq!(answered.len(), 1);
    assert!(format!("{:?}", answered[0].details().collect::<Vec<_>>()).contains("expired"));
}

#[tokio::test]
async fn a_receipt_is_the_same_for_a_person_who_is_not_known() {
    let regions = Regions::three().await;
    regions.exchange_keys();
    let token = regions.enrol(CHONGQING, 1).await;
    let code = regions.code(CHONGQING, &token);
    // The code of somebody who is gone before the parcel comes.
    let gone = regions.enrol(CHONGQING, 2).await;
    let gone_code = regions.code(CHONGQING, &gone);
    regions.node(CHONGQING).erase(&gone).await.unwrap();
    let lines = [
        (by_code(&code), "positive"),
        (by_code(&gone_code), "positive"),
    ];
    send_batch(regions.node(SICHUAN), "B-1", &lines)
        .await
        .unwrap();
    regions.street.captured.lock().unwrap().clear();
    regions.send().await;
    let answers = entries(regions.node(SICHUAN), Kind::ParcelAnswered).await;
    let said: Vec<String> = answers
        .iter()
        .map(|entry| {
            let outcome = entry.details().map(|detail| format!("{detail:?}"));
            let outcome = outcome.filter(|detail| detail.starts_with("Outcome"));
            outcome.collect()
        })
        .collect();
    assert_eq!(said.len(), 2);
    assert_eq!(said[0], said[1]);
    assert_eq!(regions.level(CHONGQING, &token), Level::High);
}

#[tokio::test]
async fn a_code_that_was_guessed_or_changed_names_nobody() {
    let regions = Regions::three().await;
    regions.exchange_keys();
    let token = regions.enrol(CHONGQING, 1).await;
    let code = regions.code(CHONGQING, &token);
    // The same claims, signed by another key: its last characters are the signature's.
    let mut forged = code.clone();
    let last = forged.pop().unwrap();
    forged.push(if last == '0' { '1' } else { '0' });
    let lines = [(by_code(&forged), "positive")];
    let receipt = send_batch(regions.node(SICHUAN), "B-1", &lines)
        .await
        .unwrap();
    regions.send().await;
    assert_eq!(regions.level(CHONGQING, &token), Level::Low);
    assert!(receipt.report.rows <= 1);
}

#[tokio::test]
async fn a_code_of_an_unknown_region_is_set_aside_with_the_reason() {
    let mut regions = Regions::three().await;
    regions.exchange_keys();
    let token = regions.enrol(GUANGDONG, 1).await;
    let code = regions.code(GUANGDONG, &token);
    regions.join(SICHUAN, &[CHONGQING, SICHUAN], &Role::ALL);
    let lines = [(by_code(&code), "positive")];
    let receipt = send_batch(regions.node(SICHUAN), "B-1", &lines)
        .await
        .unwrap();
    assert_eq!((receipt.report.rows, receipt.report.quarantined), (0, 1));
    let said = &receipt.report.lines[0].problems[0].problem;
    assert!(said.contains("440000"), "{said}");
    assert_eq!(regions.waiting(SICHUAN).await, 0);
}

#[tokio::test]
async fn a_region_without_the_role_sends_nothing_that_is_believed() {
    let mut regions = Regions::three().await;
    regions.exchange_keys();
    let token = regions.enrol(CHONGQING, 1).await;
    let code = regions.code(CHONGQING, &token);
    let lines = [(by_code(&code), "positive")];
    send_batch(regions.node(SICHUAN), "B-1", &lines)
        .await
        .unwrap();
    // For Chongqing the trust list has no role for evidence any more.
    regions.join(
        CHONGQING,
        &[CHONGQING, SICHUAN, GUANGDONG],
        &[Role::Codes, Role::Lists],
    );
    regions.send().await;
    assert_eq!(regions.level(CHONGQING, &token), Level::Low);
    assert_eq!(regions.waiting(SICHUAN).await, 1, "it waits");
    assert!(
        entries(regions.node(CHONGQING), Kind::BatchAccepted)
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn a_captured_parcel_brought_by_another_changed_or_stitched_changes_nothing() {
    let regions = Regions::three().await;
    regions.exchange_keys();
    let token = regions.enrol(CHONGQING, 1).await;
    let code = regions.code(CHONGQING, &token);
    let lines = [(by_code(&code), "positive")];
    send_batch(regions.node(SICHUAN), "B-1", &lines)
        .await
        .unwrap();
    regions.street.losing.store(1, Ordering::Release);
    regions.node(SICHUAN).send_due().await.unwrap();
    let captured = regions.street.captured.lock().unwrap()[0].2.clone();
    let chongqing = regions.node(CHONGQING);
    let before = chongqing
        .store()
        .read(|reading| reading.log_frontier())
        .await
        .unwrap();
    // Brought by the region that sent it: the same answer, nothing new.
    let again = chongqing
        .take_parcel(Some(division(SICHUAN)), &captured)
        .await;
    assert!(again.is_ok());
    let other = chongqing
        .take_parcel(Some(division(GUANGDONG)), &captured)
        .await;
    assert!(matches!(other, Err(DoorRefusal::OtherBringer)));
    let wrong_door = regions.node(GUANGDONG).take_parcel(None, &captured).await;
    assert!(matches!(wrong_door, Err(DoorRefusal::Parcel(_))));
    let mut refused = 0;
    for at in 0..captured.len() {
        let mut bytes = captured.clone();
        bytes[at] ^= 1 << (at % 8);
        let taken = chongqing.take_parcel(Some(division(SICHUAN)), &bytes).await;
        assert!(taken.is_err(), "byte {at}");
        refused += 1;
    }
    assert!(refused > 1000, "{refused}");
    let after = chongqing
        .store()
        .read(|reading| reading.log_frontier())
        .await
        .unwrap();
    assert_eq!(
        before.size(),
        after.size(),
        "nothing was logged, so nothing was done"
    );
    // Too late it is nothing at all.
    regions.forward(Span::hours(2)).await;
    let late = chongqing
        .take_parcel(Some(division(SICHUAN)), &captured)
        .await;
    assert!(matches!(late, Err(DoorRefusal::Parcel(_))));
}

#[tokio::test]
async fn a_neighbour_that_an_officer_ended_is_refused_and_told_so() {
    let regions = Regions::three().await;
    regions.exchange_keys();
    let token = regions.enrol(CHONGQING, 1).await;
    let code = regions.code(CHONGQING, &token);
    let lines = [(by_code(&code), "negative")];
    send_batch(regions.node(SICHUAN), "B-1", &lines)
        .await
        .unwrap();
    regions.send().await;
    regions.forward(Span::seconds(5)).await;
    let chongqing = regions.node(CHONGQING);
    let ended = chongqing.now();
    chongqing
        .store()
        .write(move |writing| {
            let row = writing.party(PartyKind::Source, "region-510000")?;
            let mut row = row.unwrap();
            row.until = ended;
            writing.set_party(&row)
        })
        .await
        .unwrap();
    let lines = [(by_code(&code), "positive")];
    send_batch(regions.node(SICHUAN), "B-2", &lines)
        .await
        .unwrap();
    regions.send().await;
    assert_eq!(regions.level(CHONGQING, &token), Level::Low);
    assert_eq!(regions.waiting(SICHUAN).await, 0);
    let answers = entries(regions.node(SICHUAN), Kind::ParcelAnswered).await;
    assert!(format!("{:?}", answers[1].details().collect::<Vec<_>>()).contains("refused"));
}
