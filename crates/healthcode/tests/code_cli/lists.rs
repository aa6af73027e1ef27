//! Lists: built, told apart, looked into, and held by a gate.

use std::fs;

use crate::desk::{Desk, NOON, says, words};

#[test]
fn the_days_list_turns_a_carried_code() {
    let desk = Desk::with_region();
    let entries = "{\"index\": 7, \"level\": \"00\"}\n{\"index\": 8, \"level\": \"high\"}\n";
    desk.build(entries, "1", "2022-07-08T11:30:00+08:00", "old.cwt");
    let entries = "{\"index\": 7, \"level\": \"01\"}\n{\"index\": 9, \"level\": \"20\"}\n";
    desk.build(entries, "4", "2022-07-08T12:10:00+08:00", "new.cwt");
    let words = [
        "list",
        "delta",
        "old.cwt",
        "new.cwt",
        "--key",
        "lists",
        "--region",
        "330000",
        "--out",
        "delta.cwt",
    ];
    let delta = &desk.objects(0, &words)[0];
    assert_eq!(delta["from_sequence"], 1);
    assert_eq!(delta["sequence"], 4);
    assert_eq!(
        ["low", "medium", "high", "unknown"].map(|level| delta[level].as_u64().unwrap()),
        [1, 1, 0, 1]
    );
    let inspected = desk.objects(
        0,
        &[
            "list",
            "inspect",
            "delta.cwt",
            "--signed-by",
            "lists.pub",
            "--region",
            "330000",
            "--entries",
        ],
    );
    let entries: Vec<_> = inspected[1..]
        .iter()
        .map(|entry| {
            (
                entry["index"].as_u64().unwrap(),
                entry["level"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(entries, [(7, "01"), (8, "00"), (9, "20")]);

    let at = "2022-07-08T12:20:00+08:00";
    let shown = desk.shown("7", at);
    let old = desk.verdict(0, &shown, at, &["--list", "old.cwt"]);
    assert_eq!(old["action"], "pass");
    let both = desk.verdict(1, &shown, at, &["--list", "delta.cwt", "--list", "old.cwt"]);
    assert_eq!(says(&both), ("check", "list"));
    let new = desk.verdict(1, &shown, at, &["--list", "new.cwt"]);
    assert_eq!(says(&new), ("check", "list"));
    let none = desk.verdict(1, &shown, at, &[]);
    assert_eq!(says(&none), ("unknown", "no-list"));
}

#[test]
fn a_gate_that_was_offline_for_too_long_cannot_tell() {
    let desk = Desk::with_region();
    desk.build("", "1", "2022-07-08T11:30:00+08:00", "list.cwt");
    let at = "2022-07-08T12:20:00+08:00";
    let shown = desk.shown("7", at);
    // By the code's own day the list is good; two days later lists and keys have ended, and after
    // the trust list's end nothing is known any more.
    let more = ["--list", "list.cwt"];
    assert_eq!(desk.verdict(0, &shown, at, &more)["action"], "pass");
    let verdict = desk.verdict(1, &shown, "2022-07-10T12:20:00+08:00", &more);
    assert_eq!(says(&verdict), ("unknown", "key-list-expired"));
    let verdict = desk.verdict(1, &shown, "2022-09-08T12:20:00+08:00", &more);
    assert_eq!(says(&verdict), ("unknown", "trust-list-expired"));
}

#[test]
fn lists_by_keys_that_may_not_sign_them_are_refused() {
    let desk = Desk::with_region();
    fs::write(desk.path("entries"), "").unwrap();
    desk.ok(&["key", "new", "--out", "stranger"]);
    let shown = desk.shown("7", NOON);
    for (key, due) in [("node", "is not for lists"), ("stranger", "on no key list")] {
        let out = format!("by-{key}.cwt");
        desk.ok(&[
            "list",
            "build",
            "--key",
            key,
            "--region",
            "330000",
            "--day",
            "2022-07-08",
            "--entries",
            "entries",
            "--sequence",
            "1",
            "--at",
            NOON,
            "--out",
            &out,
        ]);
        let words = [
            "code",
            "verify",
            &shown,
            "--trust",
            "trust.cwt",
            "--hub",
            "hub.pub",
            "--list",
            "keys.cwt",
            "--list",
            &out,
            "--at",
            NOON,
        ];
        let (_, error) = desk.run(3, &words);
        assert!(error.contains(due), "{error}");
    }
    // A file that is no list at all, and a damaged one.
    let mut damaged = fs::read(desk.path("keys.cwt")).unwrap();
    let last = damaged.len() - 1;
    damaged[last] ^= 1;
    fs::write(desk.path("damaged.cwt"), damaged).unwrap();
    for file in ["damaged.cwt", "hub.pub", "missing.cwt"] {
        let words = [
            "code",
            "verify",
            &shown,
            "--trust",
            "trust.cwt",
            "--hub",
            "hub.pub",
            "--list",
            file,
            "--at",
            NOON,
        ];
        let (_, error) = desk.run(3, &words);
        assert!(error.contains(file), "{error}");
    }
}

/// A region can put any public key on its own key list. That must not keep gates from believing the
/// region whose key it is.
#[test]
fn a_region_that_lists_anothers_key_bars_nobodys_way() {
    let desk = Desk::with_region();
    desk.ok(&words("key new --out elsewhere"));
    desk.ok(&words(
        "key trust --hub hub --before trust.cwt --root 110000=elsewhere.pub \
         --at 2022-07-08T01:00:00+08:00 --out trust2.cwt",
    ));
    desk.build("", "1", "2022-07-08T11:30:00+08:00", "list.cwt");
    let shown = desk.shown("7", NOON);
    for key_use in ["lists", "codes"] {
        desk.ok(&words(&format!(
            "key list --region 110000 --root elsewhere --key {key_use}=lists.pub \
             --at 2022-07-08T01:00:00+08:00 --out {key_use}.cwt"
        )));
        let line = format!(
            "--trust trust2.cwt --hub hub.pub --list keys.cwt --list {key_use}.cwt \
             --list list.cwt --at {NOON}"
        );
        desk.run(
            0,
            &[&["code", "verify", &shown][..], &words(&line)].concat(),
        );
    }
    // What each has against a list that is neither's is said.
    desk.ok(&words(
        "list build --key lists --region 310000 --day 2022-07-08 --entries entries --sequence 1 \
         --at 2022-07-08T11:30:00+08:00 --out neither.cwt",
    ));
    let line = format!(
        "--trust trust2.cwt --hub hub.pub --list keys.cwt --list codes.cwt --list neither.cwt --at {NOON}"
    );
    let (_, error) = desk.run(
        3,
        &[&["code", "verify", &shown][..], &words(&line)].concat(),
    );
    assert!(
        error.contains("as a list of 110000: key")
            && error.contains("; as a list of 330000: a list of 310000"),
        "{error}"
    );
}

#[test]
fn a_device_without_end_is_no_list() {
    let desk = Desk::with_region();
    let code = desk.live("low", "none");
    let line = format!("--trust trust.cwt --hub hub.pub --policy /dev/zero --at {NOON}");
    let line = [&["code", "verify", &code][..], &words(&line)].concat();
    let (_, error) = desk.run(3, &line);
    assert!(error.contains("/dev/zero is not a regular file"), "{error}");
}

#[test]
fn lists_refuse_what_cannot_be_meant() {
    let desk = Desk::with_region();
    let build = |entries: &str| {
        fs::write(desk.path("entries"), entries).unwrap();
        let words = [
            "list",
            "build",
            "--key",
            "lists",
            "--region",
            "330000",
            "--day",
            "2022-07-08",
            "--entries",
            "entries",
            "--sequence",
            "1",
            "--at",
            NOON,
            "--out",
            "list.cwt",
        ];
        desk.run(3, &words).1
    };
    let twice = "{\"index\":7,\"level\":\"10\"}\n{\"index\":7,\"level\":\"01\"}\n";
    for (entries, due) in [
        (twice, "entries:2: position 7 occurs a second time"),
        ("{\"index\":1048576,\"level\":\"10\"}", "outside 2^20"),
        ("{\"index\":7,\"level\":\"red\"}", "not a level"),
        ("{\"index\":7}", "entries:1"),
        (
            "{\"index\":7,\"level\":\"10\",\"name\":\"x\"}",
            "unknown field",
        ),
    ] {
        let error = build(entries);
        assert!(error.contains(due), "{error}");
    }
    assert!(!desk.path("list.cwt").exists());
    desk.build(twice.lines().next().unwrap(), "2", NOON, "second.cwt");
    desk.build("", "1", "2022-07-08T11:00:00+08:00", "first.cwt");
    // A delta does not lead back.
    let words = [
        "list",
        "delta",
        "second.cwt",
        "first.cwt",
        "--key",
        "lists",
        "--region",
        "330000",
        "--out",
        "delta.cwt",
    ];
    desk.run(3, &words);
    assert!(!desk.path("delta.cwt").exists());
}

#[test]
fn a_population_is_built_by_counts_with_its_shards() {
    let desk = Desk::with_region();
    let words = [
        "list",
        "build",
        "--key",
        "lists",
        "--region",
        "330000",
        "--day",
        "2022-07-08",
        "--count",
        "high=300",
        "--count",
        "medium=700",
        "--population",
        "800000",
        "--sequence",
        "1",
        "--at",
        NOON,
        "--out",
        "list.cwt",
        "--shards",
        "shards",
        "--address",
        "https://hc.example/list",
    ];
    let built = &desk.objects(0, &words)[0];
    assert_eq!(built["bits"], 21);
    assert_eq!(
        (&built["high"], &built["medium"], &built["entries"]),
        (&300.into(), &700.into(), &1000.into())
    );
    let mut not_low = 0;
    for number in 0..2 {
        let shard = format!("shards/{number}.cwt");
        let words = [
            "list",
            "inspect",
            &shard,
            "--signed-by",
            "lists.pub",
            "--region",
            "330000",
        ];
        let shard = &desk.objects(0, &words)[0];
        assert_eq!(shard["shard"], number);
        not_low += shard["not_low"].as_u64().unwrap();
    }
    assert_eq!(not_low, 1000);
    // Without its key a list is not believed, and that is said.
    let unchecked = &desk.objects(1, &["list", "inspect", "list.cwt"])[0];
    assert_eq!(unchecked["checked"], false);
}
