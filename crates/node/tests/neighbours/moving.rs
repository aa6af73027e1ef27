//! "I am moving": transfers.

use std::sync::atomic::Ordering;

use hc_code::{Level, Span};
use hc_core::store::Store as _;
use hc_node::region::{DoorRefusal, Moving, TransferError};
use hc_tlog::entry::Kind;
use sha2::{Digest, Sha256};

use crate::evidence::send_batch;
use crate::world::{CHONGQING, GUANGDONG, Node, Regions, SICHUAN, division};

const SECRET: [u8; 32] = [42; 32];

/// How many entries a region's log has.
async fn size(node: &Node) -> u64 {
    let frontier = node.store().read(|reading| reading.log_frontier());
    frontier.await.unwrap().size()
}

async fn moving(regions: &Regions, token: &str, carried: bool) -> Moving {
    let preview = regions
        .node(CHONGQING)
        .preview_transfer(token)
        .await
        .unwrap();
    Moving {
        to: division(SICHUAN),
        seen: preview.package.fingerprint(),
        pick_up: Sha256::digest(SECRET).into(),
        carried,
        withdraw: false,
        consent: 1,
    }
}

#[tokio::test]
async fn who_moves_is_decided_there_on_the_same_facts_without_declaring_again() {
    let regions = Regions::three().await;
    regions.exchange_keys();
    let token = regions.enrol(CHONGQING, 1).await;
    let lines = [(regions.document(1), "negative")];
    send_batch(regions.node(CHONGQING), "B-1", &lines)
        .await
        .unwrap();
    let preview = regions
        .node(CHONGQING)
        .preview_transfer(&token)
        .await
        .unwrap();
    assert_eq!(preview.package.documents().len(), 1);
    assert!(preview.packed.declared.is_some());
    assert!(preview.packed.evidence.len() >= 2, "declaration and test");
    let begun = regions
        .node(CHONGQING)
        .begin_transfer(&token, moving(&regions, &token, false).await)
        .await
        .unwrap();
    assert_eq!(begun.parcel, None);
    regions.send().await;
    assert_eq!(regions.waiting(CHONGQING).await, 0);
    let sichuan = regions.node(SICHUAN);
    let picked = sichuan
        .pick_up(division(CHONGQING), begun.id, &SECRET)
        .await
        .unwrap();
    let there = picked.token.unwrap();
    assert_eq!(
        regions.level(SICHUAN, &there),
        Level::Low,
        "not unknown: nothing was asked again"
    );
    let (shown, _) = sichuan.show(&there, 1).unwrap();
    assert!(shown.last_test.is_some(), "the test came along");
    // The codes at home go on until they end.
    assert_eq!(regions.level(CHONGQING, &token), Level::Low);
    // Once.
    let again = sichuan
        .pick_up(division(CHONGQING), begun.id, &SECRET)
        .await;
    assert!(matches!(again, Err(TransferError::Nothing)));
    // Both logs have it, with the person.
    let here = regions.node(CHONGQING).log_of(&token, 50).await.unwrap();
    let kinds = |rows: Vec<hc_core::store::LogRow>| -> Vec<Kind> {
        let opened = rows.into_iter().filter_map(|row| row.opened);
        opened.map(|(_, entry)| entry.kind()).collect()
    };
    let here = kinds(here);
    assert!(here.contains(&Kind::ParcelSent) && here.contains(&Kind::ParcelAnswered));
    let there = kinds(sichuan.log_of(&there, 50).await.unwrap());
    assert!(there.contains(&Kind::ParcelReceived));
}

#[tokio::test]
async fn a_level_above_low_moves_along_and_counts_from_the_same_day() {
    let regions = Regions::three().await;
    regions.exchange_keys();
    let token = regions.enrol(CHONGQING, 1).await;
    let lines = [(regions.document(1), "positive")];
    send_batch(regions.node(CHONGQING), "B-1", &lines)
        .await
        .unwrap();
    regions.forward(Span::days(3)).await;
    regions.exchange_keys();
    let home = regions.node(CHONGQING).show(&token, 1).unwrap().0;
    assert_eq!(home.level, Level::High);
    let terms = moving(&regions, &token, false).await;
    let begun = regions
        .node(CHONGQING)
        .begin_transfer(&token, terms)
        .await
        .unwrap();
    regions.send().await;
    let sichuan = regions.node(SICHUAN);
    let picked = sichuan
        .pick_up(division(CHONGQING), begun.id, &SECRET)
        .await
        .unwrap();
    let there = sichuan.show(&picked.token.unwrap(), 1).unwrap().0;
    assert_eq!(
        (there.level, there.until),
        (home.level, home.until),
        "same rules, same facts"
    );
}

#[tokio::test]
async fn the_holder_carries_it_and_the_codes_at_home_end_by_their_choice() {
    let regions = Regions::three().await;
    regions.exchange_keys();
    let token = regions.enrol(CHONGQING, 1).await;
    let mut terms = moving(&regions, &token, true).await;
    terms.withdraw = true;
    let begun = regions
        .node(CHONGQING)
        .begin_transfer(&token, terms)
        .await
        .unwrap();
    let parcel = begun.parcel.unwrap();
    regions.send().await;
    let nothing_went = regions.street.captured.lock().unwrap().is_empty();
    assert!(nothing_went, "only the holder carries it");
    let sichuan = regions.node(SICHUAN);
    // Somebody who photographed it has no secret.
    let stolen = sichuan.take_carried(&parcel, &[1; 32]).await;
    assert!(matches!(stolen, Err(TransferError::Nothing)));
    assert_eq!(sichuan.load().0.active, 0);
    let picked = sichuan.take_carried(&parcel, &SECRET).await.unwrap();
    assert_eq!(regions.level(SICHUAN, &picked.token.unwrap()), Level::Low);
    assert_eq!(regions.waiting(CHONGQING).await, 0, "the receipt came");
    assert!(
        regions.node(CHONGQING).show(&token, 1).is_err(),
        "withdrawn as chosen"
    );
    let again = sichuan.take_carried(&parcel, &SECRET).await;
    assert!(matches!(again, Err(TransferError::Nothing)), "once");
    assert_eq!(sichuan.load().0.active, 1);
}

#[tokio::test]
async fn what_was_not_seen_does_not_go_and_nobody_is_moved_to_nowhere() {
    let regions = Regions::three().await;
    regions.exchange_keys();
    let token = regions.enrol(CHONGQING, 1).await;
    regions.send().await;
    let terms = moving(&regions, &token, false).await;
    let lines = [(regions.document(1), "negative")];
    send_batch(regions.node(CHONGQING), "B-1", &lines)
        .await
        .unwrap();
    let chongqing = regions.node(CHONGQING);
    let changed = chongqing.begin_transfer(&token, terms.clone()).await;
    assert!(matches!(changed, Err(TransferError::Changed)));
    for to in [CHONGQING, 330_000] {
        let terms = Moving {
            to: division(to),
            ..terms.clone()
        };
        let refused = chongqing.begin_transfer(&token, terms).await;
        assert!(matches!(refused, Err(TransferError::NoWay(_))));
    }
    assert_eq!(regions.waiting(CHONGQING).await, 0);
}

#[tokio::test]
async fn a_replayed_or_redirected_transfer_is_nothing() {
    let regions = Regions::three().await;
    regions.exchange_keys();
    let token = regions.enrol(CHONGQING, 1).await;
    let terms = moving(&regions, &token, false).await;
    let begun = regions
        .node(CHONGQING)
        .begin_transfer(&token, terms)
        .await
        .unwrap();
    regions.street.losing.store(1, Ordering::Release);
    regions.send().await;
    let captured = regions.street.captured.lock().unwrap()[0].2.clone();
    let sichuan = regions.node(SICHUAN);
    let before = size(sichuan).await;
    // The answer was lost: the same parcel is answered again and changes nothing.
    for _ in 0..3 {
        let again = sichuan
            .take_parcel(Some(division(CHONGQING)), &captured)
            .await;
        assert!(again.is_ok());
    }
    assert_eq!(size(sichuan).await, before);
    assert_eq!(sichuan.load().0.active, 1);
    let elsewhere = regions.node(GUANGDONG).take_parcel(None, &captured).await;
    assert!(matches!(elsewhere, Err(DoorRefusal::Parcel(_))));
    let mut refused = 0;
    for at in (0..captured.len()).step_by(3) {
        let mut bytes = captured.clone();
        bytes[at] ^= 0x40;
        assert!(
            sichuan
                .take_parcel(Some(division(CHONGQING)), &bytes)
                .await
                .is_err()
        );
        refused += 1;
    }
    assert!(refused > 300, "{refused}");
    assert_eq!(size(sichuan).await, before);
    let wrong = sichuan
        .pick_up(division(CHONGQING), begun.id, &[9; 32])
        .await;
    assert!(matches!(wrong, Err(TransferError::Nothing)));
}

#[tokio::test]
async fn who_has_an_account_there_gets_their_evidence_and_no_second_key_to_it() {
    let regions = Regions::three().await;
    regions.exchange_keys();
    let here = regions.enrol(CHONGQING, 1).await;
    let there = regions.enrol(SICHUAN, 1).await;
    let terms = moving(&regions, &here, false).await;
    let begun = regions
        .node(CHONGQING)
        .begin_transfer(&here, terms)
        .await
        .unwrap();
    regions.send().await;
    let sichuan = regions.node(SICHUAN);
    let picked = sichuan
        .pick_up(division(CHONGQING), begun.id, &SECRET)
        .await
        .unwrap();
    assert_eq!(
        picked.token, None,
        "a region that lies gives nobody another's account"
    );
    assert_eq!(sichuan.load().0.active, 1);
    assert_eq!(regions.level(SICHUAN, &there), Level::Low);
}
