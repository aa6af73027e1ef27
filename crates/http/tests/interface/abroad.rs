//! What a node says of codes of other regions, and whom its gates are told to believe, under a hub.

use hc_code::federation::Federation;
use hc_code::issue::{Decided, Issuer};
use hc_code::keys::{KeyList, KeyUse, NodeKey};
use hc_code::live::Handle;
use hc_code::signing::{Algorithm, PublicKey, Signer as _, SigningKey};
use hc_code::statement::Statement;
use hc_code::trust_list::{
    IssuerEntry, Removal, RemovalList, Role, Roles, RootKey, TrustDraft, TrustList, Validity,
};
use hc_code::{DivisionCode, Extension, Level, Offset, ReasonClass, Span, Timestamp};
use serde_json::{Value, json};

use crate::world::World;

const HUB: u8 = 1;
const REMOVER: u8 = 2;
const ROOT: u8 = 3;
const CODES: u8 = 4;

fn key(fill: u8) -> SigningKey {
    SigningKey::deterministic(Algorithm::Ed25519, &[fill; 32]).unwrap()
}

fn public(fill: u8) -> PublicKey {
    key(fill).public_key().clone()
}

fn guangdong() -> DivisionCode {
    "440000".parse().unwrap()
}

fn trust_list(now: Timestamp, roles: &[Role]) -> Vec<u8> {
    let year = Validity::new(now.minus(Span::days(1)), now.plus(Span::days(300))).unwrap();
    let roles = Roles::new(roles.iter().copied()).unwrap();
    let root = RootKey::new(public(ROOT), roles, year);
    let entry = IssuerEntry::new(
        guangdong(),
        Offset::CHINA,
        Span::hours(4),
        year,
        vec![root],
        vec![],
    );
    let list = TrustList::new(TrustDraft {
        version: 7,
        issued_at: now,
        expires_at: now.plus(Span::days(30)),
        removals_settled_until: now.minus(Span::days(1)),
        hub_keys: vec![public(HUB)],
        removal_keys: vec![public(REMOVER)],
        issuers: vec![entry.unwrap()],
    });
    list.unwrap().sign(&key(HUB)).unwrap()
}

fn key_list(now: Timestamp) -> Vec<u8> {
    let (from, until) = (now.minus(Span::hours(1)), now.plus(Span::hours(40)));
    let codes = NodeKey::new(public(CODES), KeyUse::Codes, from, until).unwrap();
    let list = KeyList::new(guangdong(), 1, now, now.plus(Span::hours(48)), [codes]).unwrap();
    list.sign(&key(ROOT)).unwrap().as_bytes().to_vec()
}

fn code(now: Timestamp) -> String {
    let issuer = Issuer::new(guangdong(), key(CODES), Span::hours(4), Offset::CHINA).unwrap();
    let decided = Decided {
        statement: Statement::new(Level::Low, ReasonClass::None, now).unwrap(),
        valid_until: Timestamp::MAX,
    };
    let handle = Handle::from_bytes([1; 16]);
    issuer
        .live(&decided, handle, &Extension::empty(), now)
        .unwrap()
}

async fn verdict(world: &World, text: &str) -> (String, String) {
    let scan = json!({ "text": text });
    let answer = world.ask("POST", "/v1/verdicts").json(&scan).send().await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let told = answer.json();
    let word = |name: &str| told[name].as_str().unwrap_or_default().to_owned();
    (word("action"), word("cause"))
}

#[tokio::test]
async fn a_code_of_another_region_passes_by_trust_list_and_key_list_until_its_region_is_removed() {
    let world = World::new().await;
    let (now, text) = (world.region.now(), code(world.region.now()));
    let foreign = world.region.foreign();
    let (action, _) = verdict(&world, &text).await;
    assert_ne!(action, "pass");
    foreign.begin(Federation::new(vec![public(HUB)]));
    foreign
        .take_trust(&trust_list(now, &Role::ALL), now)
        .unwrap();
    let (action, _) = verdict(&world, &text).await;
    assert_ne!(action, "pass");
    foreign.take_keys(guangdong(), &key_list(now), now).unwrap();
    assert_eq!(verdict(&world, &text).await.0, "pass");
    let removal = Removal {
        region: guangdong(),
        key: None,
        removed_at: now,
    };
    let removals = RemovalList::new(now, vec![removal]).unwrap();
    let removals = removals.sign(&key(REMOVER)).unwrap();
    foreign.take_removals(&removals, now).unwrap();
    let (action, cause) = verdict(&world, &text).await;
    assert_ne!(action, "pass");
    assert!(cause.contains("removed"), "{cause}");
    let told = world.ask("GET", "/v1/removals").send().await;
    assert_eq!(told.status, 200);
    assert_eq!(told.body, removals);
}

#[tokio::test]
async fn a_root_that_is_not_trusted_for_codes_vouches_for_none() {
    let world = World::new().await;
    let now = world.region.now();
    let foreign = world.region.foreign();
    foreign.begin(Federation::new(vec![public(HUB)]));
    foreign
        .take_trust(&trust_list(now, &[Role::Lists, Role::Evidence]), now)
        .unwrap();
    foreign.take_keys(guangdong(), &key_list(now), now).unwrap();
    assert_ne!(verdict(&world, &code(now)).await.0, "pass");
}

#[tokio::test]
async fn gates_of_a_region_under_a_hub_believe_whom_the_hub_names() {
    let world = World::new().await;
    let now = world.region.now();
    let told = world.ask("GET", "/v1/removals").send().await;
    assert_eq!(told.status, 404);
    let alone = world.ask("GET", "/v1/trust-list").send().await.body;
    let foreign = world.region.foreign();
    foreign.begin(Federation::new(vec![public(HUB)]));
    // Until the hub's list has come, the region's own goes on.
    assert_eq!(world.ask("GET", "/v1/trust-list").send().await.body, alone);
    let list = trust_list(now, &Role::ALL);
    foreign.take_trust(&list, now).unwrap();
    assert_eq!(world.ask("GET", "/v1/trust-list").send().await.body, list);
    let settings: Value = world.ask("GET", "/v1/gate-settings").send().await.json();
    assert_eq!(
        settings["hubKeys"][0]["key"],
        hex::encode(public(HUB).as_bytes())
    );
    assert_eq!(settings["hubKeys"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn operators_see_the_federation_or_that_there_is_none() {
    let world = World::new().await;
    let ask = || crate::client::ask(world.operators, "GET", "/v1/neighbours").send();
    assert_eq!(ask().await.status, 404);
    let now = world.region.now();
    let foreign = world.region.foreign();
    foreign.begin(Federation::new(vec![public(HUB)]));
    foreign
        .take_trust(&trust_list(now, &Role::ALL), now)
        .unwrap();
    let told: Value = ask().await.json();
    assert_eq!(
        (&told["trustVersion"], &told["listed"]),
        (&json!(7), &json!(false))
    );
    let neighbour = &told["neighbours"][0];
    assert_eq!(
        (&neighbour["region"], &neighbour["open"]),
        (&json!("440000"), &json!(false))
    );
}
