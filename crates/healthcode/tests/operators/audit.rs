//! `audit`: what is good is said to be good, and what was changed is named by its place.

use std::fs;

use hc_code::Timestamp;
use hc_testkit::store::region::look;

use crate::region::{Region, Serving, objects, run, text};

/// The first second of 2100: no retention is over.
const NOON: Timestamp = Timestamp::from_unix(4_102_444_800);

/// A region with so many entries, served once, so that a head was signed.
fn region(entries: u64) -> Region {
    let region = Region::new();
    region.act(move |store| (0..entries).try_for_each(|_| store.log(&look(None, NOON)).map(drop)));
    Serving::start(&region).stop();
    region
}

fn key(region: &Region) -> String {
    let serving = Serving::start(region);
    let answer = serving.get("/v1/decision-log/key");
    answer.lines().last().unwrap().to_owned()
}

#[test]
fn a_good_log_is_good_from_the_database_and_from_what_is_published() {
    let region = region(700);
    let head = region.at("seen-head");
    let head = head.to_str().unwrap();
    let verify = |words: &[&str]| run(&[&["--json", "audit", "verify"], words].concat());
    let config = region.config();
    let stored = verify(&["--config", &config, "--remember", head]);
    let found = &objects(&stored)[0];
    assert_eq!(stored.status.code(), Some(0), "{found}");
    assert_eq!(
        (&found["entries"], &found["signed"]),
        (&700.into(), &700.into())
    );
    assert_eq!(found["kinds"]["look-up"], 700);

    let key = key(&region);
    let serving = Serving::start(&region);
    let url = format!("http://{}/v1/decision-log", serving.address);
    let public = verify(&["--url", &url, "--key", &key, "--remember", head]);
    assert_eq!(public.status.code(), Some(0), "{}", text(&public.stderr));
    let published = &objects(&public)[0];
    assert_eq!(public.status.code(), Some(0), "{published}");
    assert_eq!(published["root"], found["root"]);
    // The remembered head was held to as well.
    assert_eq!(published["heads"], 2);
    let other = hc_testkit::regions::log_signer(5)
        .verifier_key()
        .to_string();
    let doubted = verify(&["--url", &url, "--key", &other]);
    assert_eq!(doubted.status.code(), Some(3));
    let secure = verify(&[
        "--url",
        "https://330000.example/v1/decision-log",
        "--key",
        &key,
    ]);
    assert_eq!(secure.status.code(), Some(3));
    assert_eq!(verify(&["--url", &url]).status.code(), Some(2));
    assert_eq!(verify(&[]).status.code(), Some(2));
}

#[test]
fn what_was_changed_is_named_by_its_place() {
    for (sql, named) in [
        (
            "UPDATE log_entry SET commitment = zeroblob(32) WHERE sequence = 299",
            "entry 299",
        ),
        (
            "UPDATE log_entry SET content = zeroblob(90) WHERE sequence = 5",
            "entry 5 cannot be read",
        ),
        (
            "UPDATE log_entry SET content = (SELECT content FROM log_entry WHERE sequence = 8) WHERE sequence = 7",
            "entry 7 cannot be read",
        ),
        (
            "DELETE FROM log_entry WHERE sequence = 100",
            "entry 100 is missing",
        ),
        (
            "UPDATE log_tile SET hashes = zeroblob(8192) WHERE level = 0 AND position = 0",
            "tile/0/000",
        ),
        ("DELETE FROM log_tile WHERE level = 1", "tile/1/000"),
        (
            "DELETE FROM log_entry WHERE sequence > 290; UPDATE log_tile SET hashes = substr(hashes, 1, 32 * 35) WHERE level = 0 AND position = 1",
            "a head of 300 was signed",
        ),
    ] {
        let region = region(300);
        region.tamper(sql);
        let verified = region.run(&["--json", "audit", "verify"]);
        let found = &objects(&verified)[0];
        assert_eq!(verified.status.code(), Some(1), "{sql}: {found}");
        let fault = found["fault"].as_str().unwrap();
        assert!(fault.contains(named), "{sql}: {fault}");
    }
}

#[test]
fn a_content_that_is_gone_without_a_word_needs_a_look() {
    let region = region(3);
    region.tamper("UPDATE log_entry SET content = NULL WHERE sequence = 1");
    let verified = region.run(&["--json", "audit", "verify"]);
    let found = &objects(&verified)[0];
    assert_eq!(verified.status.code(), Some(1));
    assert_eq!(
        (&found["good"], &found["erased"], &found["unexplained"]),
        (&true.into(), &1.into(), &1.into())
    );
}

#[test]
fn a_region_does_not_serve_a_log_that_is_older_than_what_it_signed() {
    let region = region(20);
    region.tamper("DELETE FROM log_entry WHERE sequence > 9; UPDATE log_tile SET hashes = substr(hashes, 1, 320)");
    let refused = region.run(&["serve"]);
    assert_eq!(refused.status.code(), Some(3));
    let says = text(&refused.stderr);
    assert!(
        says.contains("a head of 20 entries was signed before"),
        "{says}"
    );
}

#[test]
fn entries_are_shown_by_time_and_kind_and_nobody_is_named() {
    let region = Region::new();
    let number = region.act(|store| {
        let document = hc_core::store::DocumentHash::from_bytes([9; 16]);
        let number = store.add_subject(document, NOON, b"")?;
        store.log(&look(Some(number.expose_number()), NOON))?;
        store.log(&look(None, NOON.plus(hc_code::Span::hours(2))))?;
        Ok(number)
    });
    let show = |words: &[&str]| region.run(&[&["--json", "audit", "show"], words].concat());
    let all = show(&[]);
    assert_eq!(objects(&all).len(), 2);
    assert_eq!(objects(&all)[0]["about"], "person");
    let said = text(&all.stdout);
    let number = number.expose_number().to_string();
    assert!(number.len() < 3 || !said.contains(&number), "{said}");
    let early = show(&["--until", "2100-01-01T01:00:00Z", "--kind", "look-up"]);
    assert_eq!(objects(&early).len(), 1);
    assert_eq!(objects(&early)[0]["sequence"], 0);
    assert_eq!(objects(&show(&["--kind", "decision"])).len(), 0);
    assert_eq!(show(&["--kind", "colour"]).status.code(), Some(2));
}

#[test]
fn a_proof_is_checked_without_the_region_and_a_changed_one_is_found() {
    use hc_tlog::checkpoint::{Checkpoint, SignedCheckpoint};
    use hc_tlog::proof::Receipt;
    use hc_tlog::tree::Tree;
    use hc_tlog::{Frontier, Salt};
    let signer = hc_testkit::regions::log_signer(4);
    let opening = look(Some(77), NOON).seal(Salt::from_bytes([6; 32]));
    let appended = Frontier::empty().append(&[opening.commitment()]).unwrap();
    let tiles: std::collections::BTreeMap<_, _> = appended
        .tiles
        .iter()
        .map(|tile| (tile.id(), tile.to_bytes()))
        .collect();
    let read = |tile| Ok::<_, std::convert::Infallible>(tiles.get(&tile).cloned());
    let origin = signer.verifier_key().name().clone();
    let head = Checkpoint::of(origin, &appended.frontier);
    let head = SignedCheckpoint::sign(head, &signer).unwrap();
    let proof = Tree::new(1, &read).unwrap().prove_inclusion(0).unwrap();
    let bare = Receipt::new(proof, &head).unwrap();
    let receipt = bare.clone().with_opening(opening).to_string();

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("proof");
    let key = signer.verifier_key().to_string();
    let other = hc_testkit::regions::log_signer(5)
        .verifier_key()
        .to_string();
    let check = |content: &str, key: &str| {
        fs::write(&file, content).unwrap();
        run(&[
            "--json",
            "audit",
            "proof",
            file.to_str().unwrap(),
            "--key",
            key,
        ])
    };
    let answer = serde_json::json!({"entry": {}, "key": key, "receipt": receipt}).to_string();
    for content in [&receipt, &answer] {
        let checked = check(content, &key);
        assert_eq!(checked.status.code(), Some(0), "{}", text(&checked.stderr));
        let found = &objects(&checked)[0];
        assert_eq!(
            (&found["good"], &found["kind"]),
            (&true.into(), &"look-up".into())
        );
    }
    let doubted = check(&receipt, &other);
    assert_eq!(doubted.status.code(), Some(1));
    assert_eq!(objects(&doubted)[0]["good"], false);
    for content in ["", "{}", "{", "{\"receipt\":null}", &bare.to_string()] {
        assert_eq!(check(content, &key).status.code(), Some(3), "{content}");
    }
}
