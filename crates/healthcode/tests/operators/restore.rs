//! `restore`: a copy takes the place of a lost database, unless the log has gone on meanwhile.

use std::fs;

use hc_code::Timestamp;
use hc_testkit::store::region::look;

use crate::region::{Region, Serving, objects, text};

/// The first second of 2100: no retention is over.
const AT: Timestamp = Timestamp::from_unix(4_102_444_800);

fn log(region: &Region, entries: u32) {
    region.act(move |store| (0..entries).try_for_each(|_| store.log(&look(None, AT)).map(drop)));
    Serving::start(region).stop();
}

fn lose(region: &Region) {
    for name in ["region.db", "region.db-wal", "region.db-shm"] {
        drop(fs::remove_file(region.at(name)));
    }
}

#[test]
fn a_copy_of_the_same_log_is_restored_and_served() {
    let region = Region::new();
    log(&region, 5);
    let copy = region.at("copy.db");
    let copy = copy.to_str().unwrap();
    assert!(region.run(&["backup", "--to", copy]).status.success());
    let in_the_way = region.run(&["restore", "--from", copy]);
    assert_eq!(in_the_way.status.code(), Some(3));
    assert!(text(&in_the_way.stderr).contains("move it away first"));
    lose(&region);
    let restored = region.run(&["restore", "--from", copy]);
    assert_eq!(
        restored.status.code(),
        Some(0),
        "{}",
        text(&restored.stderr)
    );
    // Day keys that were drawn since the copy cannot be met again.
    let epochs = region.act(|store| {
        let notices = store.notices(Timestamp::from_unix(0))?;
        let epochs = notices
            .iter()
            .filter(|notice| notice.kind == "day-key-epoch");
        Ok(epochs
            .map(|notice| notice.text.parse().unwrap())
            .collect::<Vec<u8>>())
    });
    assert!(epochs.iter().any(|epoch| *epoch >= 64), "{epochs:?}");
    Serving::start(&region).stop();
    let verified = region.run(&["--json", "audit", "verify"]);
    assert_eq!(objects(&verified)[0]["entries"], 5);
}

#[test]
fn a_copy_that_is_older_than_the_log_needs_another_log() {
    let region = Region::new();
    log(&region, 5);
    let copy = region.at("copy.db");
    let copy = copy.to_str().unwrap();
    assert!(region.run(&["backup", "--to", copy]).status.success());
    log(&region, 3);
    lose(&region);
    let refused = region.run(&["restore", "--from", copy]);
    assert_eq!(refused.status.code(), Some(3));
    assert!(
        text(&refused.stderr).contains("the head of 8"),
        "{}",
        text(&refused.stderr)
    );
    assert!(!region.at("region.db").exists());
    let restored = region.run(&["restore", "--from", copy, "--new-log"]);
    assert_eq!(
        restored.status.code(),
        Some(1),
        "{}",
        text(&restored.stderr)
    );
    let serving = Serving::start(&region);
    let key = serving.get("/v1/decision-log/key");
    assert!(key.contains("330000.example/v1/decision-log/2+"), "{key}");
    serving.stop();
}

#[test]
fn a_copy_that_is_damaged_or_none_is_refused() {
    let region = Region::new();
    log(&region, 2);
    let copy = region.at("copy.db");
    assert!(
        region
            .run(&["backup", "--to", copy.to_str().unwrap()])
            .status
            .success()
    );
    let mut bytes = fs::read(&copy).unwrap();
    let end = bytes.len().min(12_288);
    bytes[4096..end].fill(0xA5);
    fs::write(&copy, bytes).unwrap();
    lose(&region);
    for from in [copy.to_str().unwrap(), "/nowhere/copy.db"] {
        let refused = region.run(&["restore", "--from", from]);
        assert_eq!(refused.status.code(), Some(3));
        assert!(!region.at("region.db").exists());
    }
}

#[test]
fn a_replaced_key_of_tokens_is_listed_and_still_read_for_more_than_a_month() {
    let region = Region::new();
    let listed = |region: &Region| {
        let listed = region.run(&["--json", "key", "secrets"]);
        assert_eq!(listed.status.code(), Some(0), "{}", text(&listed.stderr));
        let all = objects(&listed);
        let tokens = all.iter().filter(|line| line["secret"] == "tokens");
        tokens
            .map(|line| line["fingerprint"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let before = listed(&region);
    assert_eq!(before.len(), 1);
    let secret = fs::read_to_string(region.at("secrets/tokens.key")).unwrap();
    let rotated = region.run(&["key", "rotate-tokens"]);
    assert_eq!(rotated.status.code(), Some(0), "{}", text(&rotated.stderr));
    assert!(!text(&rotated.stdout).contains(secret.trim()));
    let after = listed(&region);
    assert_eq!(after.len(), 2);
    assert_ne!(after[0], before[0]);
    assert_eq!(after[1], before[0]);
    Serving::start(&region).stop();
}

/// Runs `serve` where it must refuse; gives what it said.
fn refused(region: &Region) -> String {
    let refused = region.run(&["serve"]);
    assert_eq!(refused.status.code(), Some(3));
    text(&refused.stderr)
}

#[test]
fn a_secret_of_another_region_is_refused_by_its_name() {
    let (region, other) = (Region::new(), Region::new());
    log(&region, 1);
    let copy = region.at("copy.db");
    let copy = copy.to_str().unwrap();
    assert!(region.run(&["backup", "--to", copy]).status.success());
    for (file, name) in [
        ("documents.key", "documents"),
        ("tokens.key", "tokens"),
        ("root.json", "root"),
        ("paper.json", "paper"),
        ("log.key", "log"),
    ] {
        let path = region.at("secrets").join(file);
        let own = fs::read(&path).unwrap();
        fs::copy(other.at("secrets").join(file), &path).unwrap();
        // Without the head beside it the log's key is told by its mark alone.
        let head = region.at("region.db-head");
        let signed = fs::read(&head).unwrap();
        fs::remove_file(&head).unwrap();
        let said = format!("not the secrets that this database was used with: {name};");
        assert!(refused(&region).contains(&said), "{name}");
        let examined = region.run(&["doctor"]);
        assert_eq!(examined.status.code(), Some(1), "{name}");
        assert!(text(&examined.stdout).contains(&said), "{name}");
        let kept = fs::read(region.at("region.db")).unwrap();
        lose(&region);
        let restored = region.run(&["restore", "--from", copy]);
        assert_eq!(restored.status.code(), Some(3), "{name}");
        assert!(text(&restored.stderr).contains(&said), "{name}");
        assert!(!region.at("region.db").exists(), "{name}");
        fs::write(region.at("region.db"), kept).unwrap();
        fs::write(&head, signed).unwrap();
        fs::write(&path, own).unwrap();
    }
    Serving::start(&region).stop();
}

#[test]
fn a_key_of_tokens_that_was_rotated_is_the_region_s_own() {
    let region = Region::new();
    log(&region, 1);
    let rotated = region.run(&["key", "rotate-tokens"]);
    assert_eq!(rotated.status.code(), Some(0), "{}", text(&rotated.stderr));
    Serving::start(&region).stop();
    // Used since, it alone is known now: the one before it would be a foreign one.
    let folder = region.at("secrets");
    let before = fs::read_dir(&folder).unwrap().find_map(|entry| {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        name.starts_with("tokens.key.until-").then_some(path)
    });
    fs::rename(before.unwrap(), folder.join("tokens.key")).unwrap();
    assert!(refused(&region).contains("used with: tokens;"));
}
