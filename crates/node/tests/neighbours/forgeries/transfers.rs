//! Transfers of people who move, and the receipts by which their codes at home end.

use hc_code::keys::KeyUse;
use hc_code::parcel::{EvidenceReceipt, Kind, Label, Outcome};
use hc_code::{Level, Span};
use hc_node::region::{DoorRefusal, Moving, TransferError};
use hc_testkit::hexadecimal;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::actors::{FUJIAN, Of, ZHEJIANG, key_of, known_but};
use super::craft::Craft;
use super::post::{Post, all, id, parcel, parcels_key, sealed};
use super::tally::{Said, Tally, Way};
use crate::world::{CHONGQING, SICHUAN, division, noon};

fn secret(number: usize) -> [u8; 32] {
    [u8::try_from(number).unwrap() + 40; 32]
}

/// What people of Sichuan would take along, each under a secret of their own.
async fn contents(post: &Post) -> Vec<Vec<u8>> {
    let mut contents = Vec::new();
    for number in 0..8_usize {
        let person = 20 + u32::try_from(number).unwrap();
        let token = post.regions.enrol(SICHUAN, person).await;
        let preview = post
            .regions
            .node(SICHUAN)
            .preview_transfer(&token)
            .await
            .unwrap();
        let package: serde_json::Value =
            serde_json::from_slice(&preview.package.expose_bytes()).unwrap();
        let pick_up = hexadecimal::write(&Sha256::digest(secret(number)));
        let content = json!({ "pick_up": pick_up, "consent": 1, "package": package });
        contents.push(content.to_string().into_bytes());
    }
    contents
}

#[tokio::test]
async fn of_a_thousand_forged_transfers_none_is_believed() {
    let post = Post::open(1).await;
    let here = post.to(CHONGQING);
    let contents = contents(&post).await;
    let send = |number: usize, content: &[u8]| {
        parcel(
            (ZHEJIANG, CHONGQING),
            Kind::Transfer,
            id(1, number),
            &here,
            content,
        )
    };
    let genuine: Vec<Vec<u8>> = contents
        .iter()
        .enumerate()
        .map(|(number, content)| send(number, content))
        .collect();
    let mut brought = all(&post, Kind::Transfer, &contents, &genuine);
    // The first is taken: under its number comes nothing else.
    assert_eq!(post.bring(ZHEJIANG, &genuine[0]).await, Said::Believed);
    for content in &contents[1..] {
        let other = (
            Way::Stitched,
            "another under a number".to_owned(),
            send(0, content),
        );
        brought.push((ZHEJIANG, other));
    }
    // What names the first now says nothing new and is left to the next test.
    let before = post.known().await;
    let mut tally = Tally::new("transfers");
    for (bringer, (way, what, bytes)) in brought {
        let said = post.bring(bringer, &bytes).await;
        let same = post.known().await == before;
        tally.count(way, &what, said, same);
    }

    // Who carries it needs the secret that belongs to it, and fetches it where and under what it came.
    let node = post.regions.node(CHONGQING);
    let said = |taken: Result<_, TransferError>| match taken {
        Ok(_) => Said::Believed,
        Err(_) => Said::Refused,
    };
    for (one, bytes) in genuine.iter().enumerate().skip(1) {
        for other in (0..genuine.len()).filter(|other| *other != one) {
            let taken = said(node.take_carried(bytes, &secret(other)).await);
            let same = post.known().await == before;
            tally.count(Way::Stitched, "a parcel and another's secret", taken, same);
            let half = [
                &bytes[..bytes.len() / 2],
                &genuine[other][bytes.len() / 2..],
            ]
            .concat();
            let taken = said(node.take_carried(&half, &secret(one)).await);
            let same = post.known().await == before;
            tally.count(Way::Stitched, "halves of two parcels", taken, same);
        }
        let picked = node
            .pick_up(division(ZHEJIANG), id(1, 0), &secret(one))
            .await;
        tally.count(
            Way::Stitched,
            "a number and another's secret",
            said(picked),
            true,
        );
        let picked = node.pick_up(division(FUJIAN), id(1, 0), &secret(0)).await;
        tally.count(
            Way::Foreign,
            "a number of another region",
            said(picked),
            true,
        );
        let picked = node
            .pick_up(division(ZHEJIANG), id(1, one), &secret(one))
            .await;
        tally.count(Way::Forged, "what never came", said(picked), true);
    }
    tally.settle(1000);

    // The genuine ones arrive, each under its own secret.
    let first = node
        .pick_up(division(ZHEJIANG), id(1, 0), &secret(0))
        .await
        .unwrap();
    assert!(first.token.is_some());
    for (number, bytes) in genuine.iter().enumerate().skip(1) {
        let picked = node.take_carried(bytes, &secret(number)).await.unwrap();
        let level = post.regions.level(CHONGQING, &picked.token.unwrap());
        assert_eq!(level, Level::Low);
    }
    assert_eq!(node.load().0.active, 9);
}

#[tokio::test]
async fn of_forged_receipts_none_ends_anybodys_code() {
    let post = Post::open(2).await;
    let here = post.to(CHONGQING);
    let node = post.regions.node(CHONGQING);
    let preview = node.preview_transfer(&post.tokens[0]).await.unwrap();
    let moving = Moving {
        to: division(ZHEJIANG),
        seen: preview.package.fingerprint(),
        pick_up: Sha256::digest(secret(0)).into(),
        carried: true,
        withdraw: true,
        consent: 1,
    };
    let begun = node.begin_transfer(&post.tokens[0], moving).await.unwrap();
    let now = noon();
    let asked = |to: u32, id| {
        let between = (division(CHONGQING), division(to));
        Label::new(between, Kind::Transfer, id, now, now.plus(Span::hours(24))).unwrap()
    };
    let receipt = EvidenceReceipt {
        outcome: Outcome::Received,
        lines: 1,
    }
    .encode();
    let answer = |of: &Label, number, by: &_| {
        let kind = Kind::TransferReceipt;
        let label = Label::answering(of, kind, id(2, number), now).unwrap();
        sealed(by, &label, &here, &receipt)
    };
    let own = parcels_key(ZHEJIANG);
    let genuine: Vec<Vec<u8>> = (0..8)
        .map(|number| answer(&asked(ZHEJIANG, begun.id), number, &own))
        .collect();
    let known = known_but(ZHEJIANG, Some(KeyUse::Parcels));
    let made = Craft {
        genuine: &genuine,
        signer: &own,
        known: &known,
    }
    .all();
    let mut brought: Vec<_> = made.into_iter().map(|made| (ZHEJIANG, made)).collect();
    for number in 0..20 {
        let fujian = parcels_key(FUJIAN);
        let theirs = answer(&asked(FUJIAN, begun.id), number, &fujian);
        let what = "of a region that nothing was sent to";
        assert!(matches!(
            node.take_parcel(Some(division(FUJIAN)), &theirs).await,
            Err(DoorRefusal::NotSentThere)
        ));
        brought.push((FUJIAN, (Way::Foreign, what.to_owned(), theirs.clone())));
        brought.push((ZHEJIANG, (Way::Foreign, what.to_owned(), theirs)));
        let told = answer(&asked(ZHEJIANG, begun.id), number, &fujian);
        brought.push((ZHEJIANG, (Way::Forged, "by a neighbour".to_owned(), told)));
        let other = answer(&asked(ZHEJIANG, id(3, number)), number, &own);
        // As of one that was answered before: nothing is known of it any more.
        let what = "for another transfer".to_owned();
        brought.push((ZHEJIANG, (Way::Stitched, what, other)));
        for of in [Of::Over(KeyUse::Parcels), Of::Removed(KeyUse::Parcels)] {
            let old = answer(&asked(ZHEJIANG, begun.id), number, &key_of(ZHEJIANG, of));
            let what = "by a key that is over".to_owned();
            brought.push((ZHEJIANG, (Way::Downgraded, what, old)));
        }
    }
    let before = post.known().await;
    let waiting = post.regions.waiting(CHONGQING).await;
    let mut tally = Tally::new("receipts");
    for (bringer, (way, what, bytes)) in brought {
        let said = post.bring(bringer, &bytes).await;
        let same = post.known().await == before;
        tally.count(way, &what, said, same);
    }
    tally.settle(700);
    assert_eq!(post.regions.waiting(CHONGQING).await, waiting);
    // The genuine one ends the codes of who moved, and of nobody else.
    post.bring(ZHEJIANG, &genuine[0]).await;
    assert!(node.show(&post.tokens[0], 1).is_err());
    assert_eq!(post.regions.level(CHONGQING, &post.tokens[1]), Level::Low);
    assert_eq!(post.regions.waiting(CHONGQING).await, waiting - 1);
}
