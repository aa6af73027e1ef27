//! What a gate has seen of lists, from one run to the next.

use std::fs;
use std::process::Stdio;

use crate::desk::{Desk, NOON, key_id, says, words};

const LATER: &str = "2022-07-08T12:20:00+08:00";

/// Runs `code verify` with a memory of lists; gives standard output and standard error.
fn verify(desk: &Desk, due: i32, code: &str, lists: &str) -> (String, String) {
    let line = format!("--hub hub.pub --seen seen.json {lists} --at {LATER} --json");
    desk.run(
        due,
        &[&["code", "verify", code][..], &words(&line)].concat(),
    )
}

#[test]
fn a_rolled_back_list_is_refused_in_the_next_run_too() {
    let desk = Desk::with_region();
    let shown = desk.shown("7", LATER);
    let old = "{\"index\": 8, \"level\": \"high\"}\n";
    desk.build(old, "1", "2022-07-08T11:30:00+08:00", "old.cwt");
    let new = "{\"index\": 7, \"level\": \"high\"}\n";
    desk.build(new, "4", "2022-07-08T12:10:00+08:00", "new.cwt");
    let base = "--trust trust.cwt --list keys.cwt";
    let all = |list: &str| format!("{base} --list {list}");
    // Nothing was seen: the old list is all that is known.
    verify(&desk, 0, &shown, &all("old.cwt"));
    let (said, _) = verify(&desk, 1, &shown, &all("new.cwt"));
    assert!(said.contains("\"refuse\""), "{said}");
    let kept = fs::read(desk.path("seen.json")).unwrap();
    let (said, error) = verify(&desk, 3, &shown, &all("old.cwt"));
    assert!(said.is_empty());
    assert!(
        error.contains("old.cwt") && error.contains("but 4"),
        "{error}"
    );
    // A refused list changes nothing that is remembered; the newest one is still good.
    assert_eq!(fs::read(desk.path("seen.json")).unwrap(), kept);
    verify(&desk, 1, &shown, &all("new.cwt"));
}

#[test]
fn a_list_without_the_deltas_that_were_seen_is_refused() {
    let desk = Desk::with_region();
    let shown = desk.shown("7", LATER);
    desk.build("", "1", "2022-07-08T11:30:00+08:00", "old.cwt");
    let new = "{\"index\": 7, \"level\": \"high\"}\n";
    desk.build(new, "4", "2022-07-08T12:10:00+08:00", "new.cwt");
    desk.ok(&words(
        "list delta old.cwt new.cwt --key lists --region 330000 --out delta.cwt",
    ));
    let base = "--trust trust.cwt --list keys.cwt --list old.cwt";
    verify(&desk, 1, &shown, &format!("{base} --list delta.cwt"));
    let (_, error) = verify(&desk, 3, &shown, base);
    assert!(
        error.contains("edition 1, but edition 4 was seen"),
        "{error}"
    );
    verify(&desk, 1, &shown, &format!("{base} --list delta.cwt"));
}

/// Each shard is looked at alone: one that is new enough is no excuse for the others.
#[test]
fn a_shard_older_than_the_deltas_that_were_seen_is_refused_beside_newer_ones() {
    let desk = Desk::with_region();
    let shown = desk.shown("7", LATER);
    for (entries, edition, at) in [
        ("", 1, "11:30"),
        ("{\"index\": 7, \"level\": \"high\"}\n", 4, "12:10"),
    ] {
        fs::write(desk.path("entries"), entries).unwrap();
        desk.ok(&words(&format!(
            "list build --key lists --region 330000 --day 2022-07-08 --bits 21 --entries entries \
             --sequence {edition} --at 2022-07-08T{at}:00+08:00 --out {edition}.cwt \
             --shards shards{edition} --address https://hc.example/list"
        )));
    }
    desk.ok(&words(
        "list delta 1.cwt 4.cwt --key lists --region 330000 --out delta.cwt",
    ));
    let base = "--trust trust.cwt --list keys.cwt";
    let (said, _) = verify(
        &desk,
        1,
        &shown,
        &format!("{base} --list 1.cwt --list delta.cwt"),
    );
    assert!(said.contains("\"refuse\""), "{said}");
    let mixed = format!("{base} --list shards1/0.cwt --list shards4/1.cwt");
    let (said, error) = verify(&desk, 3, &shown, &mixed);
    assert!(said.is_empty(), "{said}");
    assert!(
        error.contains("edition 1, but edition 4 was seen"),
        "{error}"
    );
    let whole = format!("{base} --list shards4/0.cwt --list shards4/1.cwt");
    verify(&desk, 1, &shown, &whole);
}

#[test]
fn another_status_list_of_an_edition_that_was_seen_is_refused() {
    let desk = Desk::with_region();
    let shown = desk.shown("7", LATER);
    let old = "{\"index\": 7, \"level\": \"high\"}\n";
    desk.build(old, "4", "2022-07-08T12:10:00+08:00", "one.cwt");
    desk.build("", "4", "2022-07-08T12:11:00+08:00", "other.cwt");
    let all = |list: &str| format!("--trust trust.cwt --list keys.cwt --list {list}");
    verify(&desk, 1, &shown, &all("one.cwt"));
    let (_, error) = verify(&desk, 3, &shown, &all("other.cwt"));
    assert!(error.contains("edition 4 contradicts"), "{error}");
    verify(&desk, 1, &shown, &all("one.cwt"));
}

#[test]
fn older_trust_lists_key_lists_and_paper_lists_are_refused() {
    let desk = Desk::with_region();
    let code = desk.live("low", "none");
    let line = format!("key trust --hub hub --before trust.cwt --at {NOON} --out trust2.cwt");
    desk.ok(&words(&line));
    let line = format!(
        "key rotate --list keys.cwt --region 330000 --root root --at {NOON} --out keys2.cwt"
    );
    desk.run(1, &words(&line));
    fs::write(desk.path("sheets"), "").unwrap();
    for sequence in [1, 2] {
        desk.ok(&words(&format!(
            "list paper --key lists --region 330000 --entries sheets --sequence {sequence} --at {NOON} --out paper{sequence}.cwt"
        )));
    }
    verify(
        &desk,
        1,
        &code,
        "--trust trust2.cwt --list keys2.cwt --list paper2.cwt",
    );
    for (lists, due) in [
        (
            "--trust trust.cwt --list keys2.cwt",
            "version 1, but version 2",
        ),
        (
            "--trust trust2.cwt --list keys.cwt",
            "version 1 is older than version 2",
        ),
        (
            "--trust trust2.cwt --list keys2.cwt --list paper1.cwt",
            "list 1, but list 2",
        ),
    ] {
        let (_, error) = verify(&desk, 3, &code, lists);
        assert!(error.contains(due), "{error}");
    }
    // Another list of the same version: the hub signed two.
    desk.ok(&words(
        "key trust --hub hub --before trust.cwt --at 2022-07-08T12:01:00+08:00 --out other2.cwt",
    ));
    let (_, error) = verify(&desk, 3, &code, "--trust other2.cwt --list keys2.cwt");
    assert!(error.contains("the hub signed both"), "{error}");
}

#[test]
fn a_removal_is_not_forgotten_where_it_is_not_shown_again() {
    let desk = Desk::with_region();
    desk.ok(&words("key new --out remover"));
    desk.ok(&words(
        "key trust --hub hub --before trust.cwt --remover remover.pub \
         --at 2022-07-08T01:00:00+08:00 --out trusted.cwt",
    ));
    let line = format!(
        "key remove --remover remover --key 330000={} --at {NOON} --out removals.cwt",
        key_id(&desk, "node")
    );
    desk.ok(&words(&line));
    let shown = desk.shown("7", LATER);
    desk.build("", "1", "2022-07-08T11:30:00+08:00", "list.cwt");
    let lists = "--trust trusted.cwt --list keys.cwt --list list.cwt";
    verify(&desk, 0, &shown, lists);
    verify(&desk, 1, &shown, &format!("{lists} --list removals.cwt"));
    let (said, _) = verify(&desk, 1, &shown, lists);
    let said = serde_json::from_str(&said).unwrap();
    assert_eq!(says(&said), ("invalid", "key-removed"));
}

#[test]
fn a_damaged_memory_of_lists_is_not_taken_for_an_empty_one() {
    let desk = Desk::with_region();
    let code = desk.live("low", "none");
    let lists = "--trust trust.cwt --list keys.cwt";
    verify(&desk, 1, &code, lists);
    let kept = fs::read_to_string(desk.path("seen.json")).unwrap();
    for damaged in [
        String::new(),
        "{}".to_owned(),
        kept[..kept.len() / 2].to_owned(),
        kept.replace("\"version\": 1", "\"version\": 0"),
    ] {
        assert_ne!(damaged, kept);
        fs::write(desk.path("seen.json"), &damaged).unwrap();
        let (_, error) = verify(&desk, 3, &code, lists);
        assert!(
            error.contains("seen.json is not the memory of lists"),
            "{error}"
        );
        // It is left as it was, for whoever looks into it.
        assert_eq!(fs::read_to_string(desk.path("seen.json")).unwrap(), damaged);
    }
    fs::write(desk.path("seen.json"), kept).unwrap();
    verify(&desk, 1, &code, lists);
}

/// Many gates of one place may share the two files: what one was shown counts for all, and nobody
/// meets a file that is half written.
#[test]
fn runs_at_the_same_time_take_turns_with_their_memories() {
    let desk = Desk::with_region();
    desk.build("", "1", "2022-07-08T11:30:00+08:00", "list.cwt");
    let shown: Vec<_> = (0..8)
        .map(|index| desk.shown(&index.to_string(), LATER))
        .collect();
    let line = format!(
        "--trust trust.cwt --hub hub.pub --list keys.cwt --list list.cwt --seen seen.json \
         --memory memory.json --at {LATER}"
    );
    let line = words(&line);
    let runs: Vec<_> = shown
        .iter()
        .map(|text| {
            desk.command(&[&["code", "verify", text][..], &line].concat())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    for run in runs {
        let output = run.wait_with_output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(0), "{error}");
    }
    let memory = fs::read(desk.path("memory.json")).unwrap();
    let memory: serde_json::Value = serde_json::from_slice(&memory).unwrap();
    assert_eq!(memory["shown"].as_array().unwrap().len(), shown.len());
}

#[test]
fn one_file_cannot_be_both_memories() {
    let desk = Desk::with_region();
    let code = desk.live("low", "none");
    let line = format!(
        "--trust trust.cwt --hub hub.pub --list keys.cwt --seen one --memory ./one --at {NOON}"
    );
    let line = [&["code", "verify", &code][..], &words(&line)].concat();
    let (_, error) = desk.run(3, &line);
    assert!(error.contains("./one cannot be two memories"), "{error}");
    assert!(!desk.path("one").exists());
}

#[test]
fn days_long_past_are_forgotten() {
    let desk = Desk::with_region();
    let shown = desk.shown("7", LATER);
    desk.build("", "1", "2022-07-08T11:30:00+08:00", "old.cwt");
    verify(
        &desk,
        0,
        &shown,
        "--trust trust.cwt --list keys.cwt --list old.cwt",
    );
    let days = || {
        let kept: serde_json::Value =
            serde_json::from_slice(&fs::read(desk.path("seen.json")).unwrap()).unwrap();
        let marks = kept["seen"]["status"].as_array().unwrap().iter();
        let days = marks.map(|mark| mark["day"].as_str().unwrap().to_owned());
        days.collect::<Vec<_>>()
    };
    assert_eq!(days(), ["2022-07-08"]);
    for (day, due) in [
        (15, &["2022-07-08", "2022-07-15"][..]),
        (16, &["2022-07-15", "2022-07-16"]),
    ] {
        desk.ok(&words(&format!(
            "key list --region 330000 --root root --key codes=node.pub --key lists=lists.pub \
             --list-version {day} --at 2022-07-{day}T00:00:00+08:00 --out keys{day}.cwt"
        )));
        desk.ok(&words(&format!(
            "list build --key lists --region 330000 --day 2022-07-{day} --entries entries --sequence 1 \
             --at 2022-07-{day}T11:00:00+08:00 --out list{day}.cwt"
        )));
        let line = format!(
            "--hub hub.pub --trust trust.cwt --seen seen.json --list keys{day}.cwt --list list{day}.cwt \
             --at 2022-07-{day}T12:00:00+08:00"
        );
        desk.run(
            1,
            &[&["code", "verify", &shown][..], &words(&line)].concat(),
        );
        assert_eq!(days(), due);
    }
}

#[test]
fn the_cause_is_said_in_chinese_too() {
    let desk = Desk::with_region();
    let code = desk.live("low", "none");
    let line = format!("--trust trust.cwt --hub hub.pub --list keys.cwt --at {LATER} --lang zh");
    let (said, _) = desk.run(1, &[&["code", "verify", &code][..], &words(&line)].concat());
    assert!(said.starts_with("无效 · 码已失效 (expired)"), "{said}");
    let (said, _) = verify(&desk, 1, "HC1P:330000:L00:", "--trust trust.cwt");
    let said: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(said["detail_zh"], "扩展域：文本被截断");
    let (said, _) = desk.run(1, &words("code inspect HC1P:330000:L --lang zh"));
    assert!(said.contains("标准域：文本被截断 (text)"), "{said}");
}
