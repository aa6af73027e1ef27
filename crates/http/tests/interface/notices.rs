//! Degraded mode: declared, told to gates, ended.

use hc_code::Span;
use hc_code::keys::{KeyBook, SignedKeyList};
use hc_code::notice::{Degraded, NoticeList};
use hc_core::store::{Store as _, StoreError};
use hc_tlog::entry::Kind;
use serde_json::{Value, json};

use crate::client::Answer;
use crate::signers::{Party, auditor, li};
use crate::world::World;

/// The signed list as a gate reads it, which knows the region's root and nothing else.
async fn told_to_gates(world: &World) -> NoticeList {
    let answer = world.ask("GET", "/v1/notices").send().await;
    assert_eq!(answer.headers["cache-control"], "public, max-age=15");
    let now = world.region.now();
    let keys = world.ask("GET", "/v1/keys").send().await.body.to_vec();
    let mut book = KeyBook::new();
    let roots = [world.region.root().clone()];
    let (keys, region) = (SignedKeyList::from_bytes(keys), world.region.division());
    book.adopt(&keys, region, &roots, now).unwrap();
    NoticeList::open(&answer.body, region, &book, now).unwrap()
}

async fn declare(world: &World, by: &Party, kind: &str, until: &str) -> Answer {
    let body = json!({"kind": kind, "until": until, "reason": "line-cut"});
    by.asks(world, "POST", "/v1/notices")
        .json(&body)
        .send()
        .await
}

const EVENING: &str = "2022-07-15T20:00:00+08:00";

#[tokio::test]
async fn gates_read_a_declaration_in_a_signed_list_and_its_end_too() {
    let world = World::new().await;
    let li = li(&world).await;
    assert_eq!(told_to_gates(&world).await.notices(), []);
    let declared = declare(&world, &li, "facts-stale", EVENING).await;
    assert_eq!(declared.status, 201, "{declared:?}");
    let number = declared.json()["number"].as_u64().unwrap();
    let list = told_to_gates(&world).await;
    let [notice] = list.notices() else {
        panic!("{list:?}")
    };
    assert_eq!(
        (notice.number(), notice.kind()),
        (number, Degraded::FactsStale)
    );
    assert!(notice.holds_at(world.region.now()));
    let shown = world.ask("GET", "/v1/notices/shown").send().await.json();
    assert!(
        shown["notices"][0]["says"]["zh"]
            .as_str()
            .unwrap()
            .contains("人工核验")
    );
    let again = declare(&world, &li, "facts-stale", EVENING).await;
    assert_eq!(again.outcome(), (409, "notice-holds".to_owned()));
    world.later(Span::seconds(60));
    let end = format!("/v1/notices/{number}/end");
    let word = json!({"reason": "line-mended"});
    let ended = li.asks(&world, "POST", &end).json(&word).send().await;
    assert_eq!(
        (ended.status.as_u16(), &ended.json()["holds"]),
        (200, &Value::Bool(false))
    );
    let list = told_to_gates(&world).await;
    assert_eq!(list.notices()[0].ended_at(), Some(world.region.now()));
    let twice = li.asks(&world, "POST", &end).json(&word).send().await;
    assert_eq!(twice.outcome(), (404, "no-notice".to_owned()));
    let rows = world
        .region
        .store()
        .read(|reading| reading.log_from(1, 1000));
    let rows: Result<Vec<_>, StoreError> = rows.await;
    let kinds: Vec<_> = rows
        .unwrap()
        .iter()
        .map(|row| row.opened.as_ref().unwrap().1.kind())
        .collect();
    assert_eq!(kinds, [Kind::DegradedDeclared, Kind::DegradedEnded]);
}

#[tokio::test]
async fn a_notice_ends_by_itself_and_a_list_is_never_old() {
    let world = World::new().await;
    let li = li(&world).await;
    assert_eq!(
        declare(&world, &li, "codes-unavailable", EVENING)
            .await
            .status,
        201
    );
    let first = told_to_gates(&world).await;
    world.later(Span::seconds(9));
    assert_eq!(told_to_gates(&world).await, first);
    world.later(Span::seconds(1));
    let next = told_to_gates(&world).await;
    assert_eq!(next.issued_at(), world.region.now());
    world.later(Span::hours(8));
    assert_eq!(told_to_gates(&world).await.notices(), []);
    let shown = world.ask("GET", "/v1/notices/shown").send().await.json();
    assert_eq!(shown["notices"], json!([]));
    // A new one may be declared then.
    assert_eq!(
        declare(
            &world,
            &li,
            "codes-unavailable",
            "2022-07-16T01:00:00+08:00"
        )
        .await
        .status,
        201
    );
}

#[tokio::test]
async fn a_declaration_holds_a_day_at_most_and_is_an_operators() {
    let world = World::new().await;
    let (li, shen) = (li(&world).await, auditor(&world).await);
    for (kind, until) in [
        ("everything-is-fine", EVENING),
        ("facts-stale", "2022-07-15T12:00:00+08:00"),
        ("facts-stale", "2022-07-16T12:00:30+08:00"),
        ("facts-stale", "tomorrow"),
    ] {
        let refused = declare(&world, &li, kind, until).await;
        assert_eq!(
            refused.outcome(),
            (422, "bad-fields".to_owned()),
            "{kind} {until}"
        );
    }
    let refused = declare(&world, &shen, "facts-stale", EVENING).await;
    assert_eq!(refused.outcome(), (403, "not-allowed".to_owned()));
    assert_eq!(told_to_gates(&world).await.notices(), []);
}
