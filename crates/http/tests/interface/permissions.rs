//! Signed requests of officers and gates: every operation refuses whoever is not who it asks for.

use std::collections::BTreeSet;
use std::sync::Arc;

use hc_code::Span;
use hc_code::signing::Algorithm;
use hc_core::party::Duty;
use hc_core::store::PartyKind;
use hc_core::word::Word as _;
use hc_http::{Credential, Operation};

use crate::sample;
use crate::signers::{self, Asks, Party, auditor, gate, li, officer, wang};
use crate::world::World;

/// A request to an operation as a party would sign it.
fn asks(world: &World, party: &Party, operation: &Operation) -> Asks {
    let method = operation.verb.method();
    let path = sample::path_of(operation);
    let mut asks = party
        .asks(world, method.as_str(), &path)
        .of(world, operation);
    if let Some((media, body)) = sample::signed_body_of(operation) {
        asks = asks.body(media, body);
    }
    asks
}

type Change = fn(&mut Asks);

/// What is wrong with a request that would be done otherwise.
const WRONG: [(&str, Change, &str); 14] = [
    (
        "no signature",
        |asks| asks.leave_out = "signature",
        "credential-missing",
    ),
    (
        "no input",
        |asks| asks.leave_out = "signature-input",
        "credential-missing",
    ),
    (
        "another query",
        |asks| asks.sent_target = Some(format!("{}?a=1", asks.target)),
        "credential-refused",
    ),
    (
        "another label",
        |asks| "batch".clone_into(&mut asks.label),
        "credential-refused",
    ),
    (
        "another region",
        |asks| asks.tag = asks.tag.replace("330000", "310000"),
        "credential-refused",
    ),
    (
        "the tag of sources",
        |asks| "healthcode-batch-330000".clone_into(&mut asks.tag),
        "credential-refused",
    ),
    (
        "the tag without a role",
        |asks| "healthcode-330000".clone_into(&mut asks.tag),
        "credential-refused",
    ),
    (
        "nobody's key",
        |asks| asks.key = Arc::new(hc_testkit::regions::key(Algorithm::Ed25519, 66, 6)),
        "credential-refused",
    ),
    (
        "an unknown id",
        |asks| "nobody".clone_into(&mut asks.id),
        "credential-refused",
    ),
    ("too old", |asks| asks.created -= 301, "credential-ended"),
    (
        "ahead of time",
        |asks| asks.created += 301,
        "credential-ended",
    ),
    (
        "a short nonce",
        |asks| "AAAA".clone_into(&mut asks.nonce),
        "credential-refused",
    ),
    (
        "a nonce of other letters",
        |asks| asks.nonce = "*".repeat(22),
        "credential-refused",
    ),
    (
        "before the node began",
        |asks| asks.created -= 100,
        "credential-ended",
    ),
];

#[tokio::test]
async fn every_signed_operation_refuses_a_signature_that_is_not_right() {
    let world = World::new().await;
    let (li, gate) = (li(&world).await, gate(&world).await);
    let mut held = 0;
    for operation in hc_http::all() {
        let party = match operation.credential {
            Credential::Gate => &gate,
            Credential::Officer(_) => &li,
            Credential::None
            | Credential::Device
            | Credential::Source
            | Credential::Application => continue,
        };
        for (what, change, slug) in WRONG {
            // An ES256 key cannot be swapped for another algorithm's unnoticed.
            world.later(Span::seconds(60));
            let mut asks = asks(&world, party, operation);
            if what == "before the node began" {
                asks.created = crate::world::NOON.unix();
            }
            change(&mut asks);
            let outcome = asks.send().await.outcome();
            assert_eq!(outcome, (401, slug.to_owned()), "{}: {what}", operation.id);
            held += 1;
        }
        if operation.body.is_some() {
            world.later(Span::seconds(60));
            let mut asks = asks(&world, party, operation);
            asks.leave_out = "content-digest";
            assert_eq!(
                asks.send().await.outcome().1,
                "bad-header",
                "{}",
                operation.id
            );
            let mut asks = self::asks(&world, party, operation);
            asks.sent_body = Some(b"{}  ".to_vec());
            assert_eq!(
                asks.send().await.outcome().1,
                "credential-refused",
                "{}",
                operation.id
            );
        }
    }
    assert!(held >= 3 * WRONG.len());
}

#[tokio::test]
async fn every_signed_operation_accepts_a_signature_once() {
    let world = World::new().await;
    let (li, shen, gate) = (li(&world).await, auditor(&world).await, gate(&world).await);
    for operation in hc_http::all() {
        let party = match operation.credential {
            Credential::Gate => &gate,
            Credential::Officer([Duty::Auditor]) => &shen,
            Credential::Officer(_) => &li,
            Credential::None
            | Credential::Device
            | Credential::Source
            | Credential::Application => continue,
        };
        world.later(Span::seconds(60));
        let asks = asks(&world, party, operation);
        let first = asks.send().await.outcome();
        assert_ne!(first.0, 401, "{}: {first:?}", operation.id);
        let again = asks.send().await.outcome();
        assert_eq!(
            again,
            (401, "credential-used".to_owned()),
            "{}",
            operation.id
        );
    }
}

#[tokio::test]
async fn every_operation_is_only_for_the_parties_and_duties_that_it_names() {
    let world = World::new().await;
    let mut officers = Vec::new();
    for (number, duty) in (10..).zip(Duty::ALL) {
        let id = duty.word();
        let one = officer(&world, (id, &format!("officer {number}"), number), &[*duty]).await;
        officers.push((*duty, one));
    }
    let gate = gate(&world).await;
    let mut refused = BTreeSet::new();
    for operation in hc_http::all() {
        // A gate's and an officer's word is nothing where another credential is asked for.
        for (duty, party) in officers
            .iter()
            .map(|(duty, one)| (Some(*duty), one))
            .chain([(None, &gate)])
        {
            world.later(Span::seconds(60));
            let outcome = asks(&world, party, operation).send().await.outcome();
            let may = match operation.credential {
                Credential::None | Credential::Application => continue,
                Credential::Device | Credential::Source => false,
                Credential::Gate => party.kind == PartyKind::Gate,
                Credential::Officer(duties) => duty.is_some_and(|duty| duties.contains(&duty)),
            };
            let what = format!("{} by {}: {outcome:?}", operation.id, party.id);
            match (may, operation.credential, party.kind) {
                (true, ..) => {
                    assert_ne!(outcome.0, 401, "{what}");
                    let duty = "the officer has none of the duties";
                    assert!(
                        outcome.0 != 403 || operation.id == "override",
                        "{what} {duty}"
                    );
                }
                (false, Credential::Officer(_), PartyKind::Officer) => {
                    assert_eq!(outcome, (403, "not-allowed".to_owned()), "{what}");
                    refused.insert(operation.id);
                }
                (false, ..) => assert_eq!(outcome.0, 401, "{what}"),
            }
        }
    }
    assert!(refused.contains("listParties"));
}

#[tokio::test]
async fn whoever_is_not_registered_any_more_or_not_yet_is_refused() {
    let world = World::new().await;
    let li = li(&world).await;
    let answer = li.asks(&world, "GET", "/v1/officer").send().await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["duties"][0], "operator");
    world.later(Span::days(366));
    let outcome = li.asks(&world, "GET", "/v1/officer").send().await.outcome();
    assert_eq!(outcome, (401, "credential-refused".to_owned()));
    // One who begins tomorrow.
    let now = world.region.now();
    let begins = (now.plus(Span::days(1)), now.plus(Span::days(2)));
    let early = hc_node::officers::OfficerTerms::new(
        hc_node::party::PartyId::parse("wang").unwrap(),
        "王芳",
        [Duty::Operator].into_iter().collect(),
        hc_code::signing::Signer::public_key(&*wang(&world).await.key).clone(),
        begins,
    );
    signers::register(&world, hc_node::party::Terms::Officer(early.unwrap())).await;
    let wang = Party {
        kind: PartyKind::Officer,
        id: "wang",
        key: Arc::new(hc_testkit::regions::key(Algorithm::Ed25519, 60, 2)),
    };
    let outcome = wang
        .asks(&world, "GET", "/v1/officer")
        .send()
        .await
        .outcome();
    assert_eq!(outcome, (401, "credential-refused".to_owned()));
}

#[tokio::test]
async fn a_party_asks_so_often_a_minute_and_others_their_own() {
    let world = World::new().await;
    let (li, wang) = (li(&world).await, wang(&world).await);
    for _ in 0..60 {
        assert_eq!(
            li.asks(&world, "GET", "/v1/officer").send().await.status,
            200
        );
    }
    let refused = li.asks(&world, "GET", "/v1/officer").send().await;
    assert_eq!(refused.outcome(), (429, "too-many".to_owned()));
    assert_eq!(
        wang.asks(&world, "GET", "/v1/officer").send().await.status,
        200
    );
}

#[tokio::test]
async fn parties_are_listed_with_their_terms_for_those_who_may_see_them() {
    let world = World::new().await;
    let li = li(&world).await;
    gate(&world).await;
    sample::lab(&world).await;
    for (kind, id) in [("officer", "li"), ("gate", "gate-12"), ("source", "lab-3")] {
        let path = format!("/v1/parties/{kind}");
        let told = li.asks(&world, "GET", &path).send().await.json();
        assert_eq!(told["parties"][0]["id"], id);
    }
    let none = li.asks(&world, "GET", "/v1/parties/person").send().await;
    assert_eq!(none.outcome(), (404, "not-found".to_owned()));
}

#[tokio::test]
async fn the_signer_that_is_offered_signs_what_the_specification_says() {
    use hc_code::DivisionCode;
    use hc_http::{Signatory, Unsigned};
    let world = World::new().await;
    let li = li(&world).await;
    let region: DivisionCode = "330000".parse().unwrap();
    let id = hc_node::party::PartyId::parse("li").unwrap();
    let unsigned = Unsigned {
        method: "GET",
        target: "/v1/parties/officer",
        body: None,
    };
    let now = world.region.now();
    let headers = Signatory::officer(id, region)
        .sign(unsigned, &*li.key, now, [7; 16])
        .unwrap();
    let mut asking = crate::client::ask(world.operators, "GET", "/v1/parties/officer");
    for (name, value) in headers {
        asking = asking.header(name, &value);
    }
    assert_eq!(asking.send().await.status, 200);
}
