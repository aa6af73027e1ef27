//! The decision log in public, and a person's own proofs, checked by nothing but the published files.

use std::collections::BTreeMap;

use hc_code::Span;
use hc_tlog::checkpoint::SignedCheckpoint;
use hc_tlog::note::VerifierKey;
use hc_tlog::proof::{ConsistencyProof, Receipt};
use hc_tlog::tile::{Tile, TileId, entries_path};
use hc_tlog::tree::Tree;
use hc_tlog::{Commitment, Frontier, NodeHash, bundle};

use crate::sample;
use crate::world::World;

/// Fills the log with looks at nobody, and signs it.
async fn fill(world: &World, entries: usize) {
    let now = world.region.now();
    let look = hc_testkit::store::region::look(None, now);
    world
        .region
        .store()
        .write(move |writing| {
            for _ in 0..entries {
                writing.log(&look)?;
            }
            Ok::<_, hc_core::store::StoreError>(())
        })
        .await
        .unwrap();
    assert!(world.region.sign_log().await.unwrap());
}

use hc_core::store::Store;

async fn key(world: &World) -> VerifierKey {
    let answer = world.ask("GET", "/v1/decision-log/key").send().await;
    let text = String::from_utf8(answer.body.to_vec()).unwrap();
    text.trim_end().parse().unwrap()
}

async fn head(world: &World) -> SignedCheckpoint {
    let answer = world.ask("GET", "/v1/decision-log/checkpoint").send().await;
    assert_eq!(answer.headers["content-type"], "text/plain; charset=utf-8");
    SignedCheckpoint::open(&answer.body, &[key(world).await]).unwrap()
}

async fn bytes(world: &World, path: &str) -> Vec<u8> {
    let path = format!("/v1/decision-log/{path}");
    let answer = world.ask("GET", &path).send().await;
    assert_eq!(answer.status, 200, "{path}");
    let kept = answer.headers["cache-control"].to_str().unwrap();
    assert!(kept.contains("immutable"), "{kept}");
    answer.body.to_vec()
}

#[tokio::test]
async fn the_whole_tree_is_computed_again_from_what_is_published() {
    let world = World::new().await;
    fill(&world, 620).await;
    let head = head(&world).await;
    let size = head.checkpoint().size();
    assert_eq!(size, 621);
    let mut leaves: Vec<Commitment> = Vec::new();
    for index in 0.. {
        let Some(tile) = TileId::in_tree(0, index, size) else {
            break;
        };
        let found = bytes(&world, &entries_path(tile).unwrap()).await;
        leaves.extend(bundle::decode(&found).unwrap());
    }
    let appended = Frontier::empty().append(&leaves).unwrap();
    assert_eq!(appended.frontier.root(), *head.checkpoint().root());
    for tile in &appended.tiles {
        let found = bytes(&world, &tile.id().path()).await;
        assert_eq!(found, tile.to_bytes(), "{}", tile.id());
    }
    // A narrower state of a tile stays where it was.
    let narrow = TileId::new(0, 2, 100).unwrap();
    let found = bytes(&world, &narrow.path()).await;
    assert!(Tile::parse(narrow, &found).is_ok());
    assert_eq!(found.len(), 100 * 32);
}

#[tokio::test]
async fn what_is_past_the_head_or_no_tile_is_not_there() {
    let world = World::new().await;
    fill(&world, 10).await;
    // Logged, and not signed for yet.
    let now = world.region.now();
    let look = hc_testkit::store::region::look(None, now);
    world
        .region
        .store()
        .write(move |writing| writing.log(&look))
        .await
        .unwrap();
    for path in [
        "tile/0/000.p/12",
        "tile/entries/000.p/12",
        "tile/0/000",
        "tile/0/001.p/1",
        "tile/1/000.p/1",
        "tile/8/000.p/1",
        "tile/0/0.p/1",
        "tile/0/000.p/256",
        "tile/0/000.p/0",
        "tile/0/000.p/01",
        "tile/entries/0",
        "tile/-1/000.p/1",
        "tile/0/x001/x999/x999/x999/x999/x999/x999/000",
        "tile/0/000.p/1/",
        "tile/0/%2e%2e/000.p/1",
        "follows/12",
        "follows/-1",
        "follows/01",
        "follows/18446744073709551616",
    ] {
        let whole = format!("/v1/decision-log/{path}");
        let answer = world.ask("GET", &whole).send().await;
        assert_eq!(answer.outcome(), (404, "not-found".to_owned()), "{path}");
    }
}

#[tokio::test]
async fn every_head_is_shown_to_follow_every_earlier_one() {
    let world = World::new().await;
    let mut heads: Vec<SignedCheckpoint> = vec![head(&world).await];
    for entries in [1, 5, 250, 300] {
        fill(&world, entries).await;
        heads.push(head(&world).await);
    }
    let last = heads.last().unwrap();
    for earlier in &heads {
        let size = earlier.checkpoint().size();
        let path = format!("/v1/decision-log/follows/{size}");
        let answer = world.ask("GET", &path).send().await;
        let text = String::from_utf8(answer.body.to_vec()).unwrap();
        let (proof, note) = text.split_once("\n\n").unwrap();
        let mut lines = proof.split('\n');
        assert_eq!(lines.next(), Some(format!("old {size}").as_str()));
        let hashes: Vec<_> = lines
            .map(|line| NodeHash::parse_base64(line).unwrap())
            .collect();
        let later = SignedCheckpoint::open(note.as_bytes(), &[key(&world).await]).unwrap();
        assert_eq!(later.checkpoint(), last.checkpoint());
        let proof = ConsistencyProof::new(size, later.checkpoint().size(), hashes).unwrap();
        later
            .checkpoint()
            .verify_follows(earlier.checkpoint(), &proof)
            .unwrap();
    }
    // Without something new there is no new head.
    assert!(!world.region.sign_log().await.unwrap());
}

#[tokio::test]
async fn a_person_proves_their_own_entry_without_the_region_and_nobody_elses() {
    let world = World::new().await;
    let token = world.token(sample::NUMBERS[0]).await;
    let other = world.token(sample::NUMBERS[1]).await;
    let exported = world.ask("GET", "/v1/export").token(&token).send().await;
    assert_eq!(exported.status, 200);
    let log = world.ask("GET", "/v1/log").token(&token).send().await;
    let sequence = log.json()["entries"][0]["sequence"].as_u64().unwrap();
    let path = format!("/v1/log/{sequence}");
    // Not under a head yet: told, without a proof.
    let early = world.ask("GET", &path).token(&token).send().await.json();
    assert!(early["receipt"].is_null());
    assert_eq!(early["entry"]["kind"], "export");
    world.later(Span::seconds(60));
    fill(&world, 300).await;
    let told = world.ask("GET", &path).token(&token).send().await.json();
    let receipt = Receipt::parse(told["receipt"].as_str().unwrap().as_bytes()).unwrap();
    let key: VerifierKey = told["key"].as_str().unwrap().parse().unwrap();
    let shown_by = receipt.verify_content(&[key]).unwrap();
    assert_eq!(shown_by.checkpoint(), head(&world).await.checkpoint());
    assert_eq!(receipt.index(), sequence);
    let entry = receipt.opening().unwrap().content().entry().unwrap();
    assert_eq!(entry.kind().word(), "export");
    // Somebody else's entry, an entry about nobody, and none at all are the same.
    for (who, path) in [
        (&other, path.as_str()),
        (&token, "/v1/log/0"),
        (&token, "/v1/log/99999"),
        (&token, "/v1/log/-1"),
        (&token, "/v1/log/01"),
        (&token, "/v1/log/x"),
    ] {
        let refused = world.ask("GET", path).token(who).send().await;
        assert_eq!(refused.outcome(), (404, "not-found".to_owned()), "{path}");
        assert_eq!(
            refused.json()["detail"],
            "no entry of this sequence is yours"
        );
    }
    // After a withdrawal the entry is still the person's.
    let withdrawn = world
        .ask("POST", "/v1/withdrawal")
        .token(&token)
        .json(&sample::body_of("withdraw").unwrap())
        .send()
        .await;
    let fresh = withdrawn.json()["token"].as_str().unwrap().to_owned();
    let told = world.ask("GET", &path).token(&fresh).send().await;
    assert_eq!(told.status, 200);
}

#[tokio::test]
async fn a_changed_entry_of_a_proof_is_found() {
    let world = World::new().await;
    let token = world.token(sample::NUMBERS[0]).await;
    world.ask("GET", "/v1/export").token(&token).send().await;
    fill(&world, 3).await;
    let told = world.ask("GET", "/v1/log/1").token(&token).send().await;
    let told = told.json();
    let key: VerifierKey = told["key"].as_str().unwrap().parse().unwrap();
    let text = told["receipt"].as_str().unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for (place, line) in lines.clone().iter().enumerate() {
        let Some(at) = line.find("AA").filter(|_| place < 6) else {
            continue;
        };
        lines[place].replace_range(at..at + 2, "AB");
        let changed = format!("{}\n", lines.join("\n"));
        let verdict = Receipt::parse(changed.as_bytes())
            .map(|receipt| receipt.verify_content(std::slice::from_ref(&key)).is_ok());
        assert_ne!(verdict.ok(), Some(true), "line {place}");
        lines[place].clone_from(line);
    }
    let other = hc_testkit::regions::log_signer(1);
    let receipt = Receipt::parse(text.as_bytes()).unwrap();
    assert!(
        receipt
            .verify_content(&[other.verifier_key().clone()])
            .is_err()
    );
    assert!(receipt.verify_content(&[key]).is_ok());
}

#[tokio::test]
async fn a_tree_of_published_tiles_proves_any_leaf() {
    let world = World::new().await;
    fill(&world, 300).await;
    let head = head(&world).await;
    let size = head.checkpoint().size();
    let mut tiles = BTreeMap::new();
    for (level, index) in [(0, 0), (0, 1), (1, 0)] {
        let tile = TileId::in_tree(level, index, size).unwrap();
        tiles.insert(tile, bytes(&world, &tile.path()).await);
    }
    let read = |tile: TileId| Ok::<_, std::convert::Infallible>(tiles.get(&tile).cloned());
    let tree = Tree::new(size, &read).unwrap();
    assert_eq!(tree.root().unwrap(), *head.checkpoint().root());
    assert!(tree.prove_inclusion(270).is_ok());
}
