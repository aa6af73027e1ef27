//! Recognition policies, several authorities at one door, and receipts.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::desk::{Desk, NOON, words};

const SICHUAN: &str = "sichuan-2022-07.toml";

/// A desk whose region 330000 publishes a policy, with a second region 510000 on the trust list.
fn desk() -> Desk {
    let desk = Desk::with_region();
    desk.ok(&words("key new --out west"));
    desk.ok(&words("key new --algorithm ES256 --out gate"));
    desk.ok(&words(
        "key trust --hub hub --before trust.cwt --root 510000=west.pub --at 2022-07-08T00:00:01+08:00 --out trust-2.cwt",
    ));
    let policies = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies/recognition");
    let west = fs::read_to_string(policies.join(SICHUAN)).unwrap();
    // In force when the desk's codes are scanned.
    let west = west
        .replace("2022-07-08T09:00:00+08:00", "2022-07-01T09:00:00+08:00")
        .replace("2022-07-10T00:00:00+08:00", "2022-07-03T00:00:00+08:00");
    fs::write(desk.path("west.toml"), &west).unwrap();
    // Zhejiang asks nothing of its own and refuses another region's medium.
    let east = west
        .replace("510000", "330000")
        .replace("version = 2", "version = 7");
    fs::write(desk.path("east.toml"), east).unwrap();
    for (name, root) in [("west", "west"), ("east", "root")] {
        desk.ok(&words(&format!(
            "recognition sign {name}.toml --root {root} --at 2022-07-01T09:00:00+08:00 --out {name}.cwt"
        )));
    }
    desk
}

fn verify(desk: &Desk, due: i32, code: &str, more: &str) -> Value {
    let line = format!(
        "--trust trust-2.cwt --hub hub.pub --list keys.cwt --list west.cwt --list east.cwt --at {NOON} {more}"
    );
    let line = [&["code", "verify", code][..], &words(&line)].concat();
    desk.objects(due, &line).remove(0)
}

#[test]
fn one_scan_says_what_every_authority_says_and_the_strictest_decides() {
    let desk = desk();
    let low = desk.live("low", "none");
    // At home low passes; Sichuan asks it for a test, and for another one after.
    let told = verify(&desk, 0, &low, "--authority 330000");
    assert_eq!(told["door"], "pass");
    assert_eq!(told["authorities"][0]["rule"], "own-low");
    let told = verify(&desk, 1, &low, "--authority 330000 --authority 510000");
    assert_eq!(told["door"], "check");
    let west = &told["authorities"][1];
    assert_eq!(
        (&west["action"], &west["rule"]),
        (&"check".into(), &"other-low".into())
    );
    assert_eq!(west["version"], 2);
    assert!(west["measures"][0]["en"].as_str().unwrap().contains("24"));
    assert_eq!(west["contest"]["phone"], "028-12345");
    // The venue's own rules are one authority more.
    let rules = r#"{"version":"door","rules":[{"id":"nobody","levels":["00"],"then":"unknown"}]}"#;
    fs::write(desk.path("venue.json"), rules).unwrap();
    let told = verify(&desk, 1, &low, "--authority 330000 --policy venue.json");
    assert_eq!(told["door"], "unknown");
    assert_eq!(told["authorities"][1]["authority"], "venue");
    // A region that publishes nothing cannot tell, and nobody passes on that.
    let told = verify(&desk, 1, &low, "--authority 440000");
    assert_eq!(
        (&told["door"], &told["authorities"][0]["rule"]),
        (&"unknown".into(), &Value::Null)
    );
}

#[test]
fn a_gate_signs_a_receipt_for_whoever_does_not_pass_and_it_proves_what_was_said() {
    let desk = desk();
    let (low, high) = (desk.live("low", "none"), desk.live("high", "case"));
    let signing = "--authority 330000 --authority 510000 --receipts gate --gate 330000/gate-7";
    let told = verify(&desk, 1, &low, signing);
    // Home lets pass: there is nothing to contest.
    assert_eq!(told["authorities"][0]["receipt"], Value::Null);
    let told = verify(&desk, 1, &high, signing);
    let receipt = &told["authorities"][1]["receipt"];
    let text = receipt["text"].as_str().unwrap();
    assert!(!text.contains(&high) && text.starts_with("HC1R:"), "{text}");
    let check = |due: i32, text: &str, more: &[&str]| -> Value {
        let line = [
            "receipt",
            "verify",
            text,
            "--gate",
            "gate.pub",
            "--policy",
            "west.toml",
            "--at",
            NOON,
        ];
        desk.objects(due, &[&line[..], more].concat()).remove(0)
    };
    let said = check(0, text, &["--code", &high]);
    assert_eq!(said["number"], receipt["number"]);
    assert_eq!(
        (&said["action"], &said["gate"]),
        (&"refuse".into(), &"gate-7".into())
    );
    assert_eq!(said["policy"]["rule"], "high");
    assert_eq!(said["policy"]["contest"]["phone"], "028-12345");
    assert_eq!(
        (&said["issuer"], &said["is_of_the_code"]),
        (&"330000".into(), &true.into())
    );
    // Somebody else's code, and a receipt whose time is over.
    assert_eq!(check(1, text, &["--code", &low])["is_of_the_code"], false);
    let late = [
        "receipt",
        "verify",
        text,
        "--gate",
        "gate.pub",
        "--at",
        "2022-07-23T00:00:00+08:00",
    ];
    assert_eq!(desk.objects(1, &late)[0]["good"], false);
    // Another gate's key, and a letter that was changed.
    let (_, error) = desk.run(3, &["receipt", "verify", text, "--gate", "node.pub"]);
    assert!(error.contains("which was not given"), "{error}");
    let (at, _) = text.char_indices().nth(text.len() - 20).unwrap();
    let other = if &text[at..=at] == "A" { "B" } else { "A" };
    let changed = [&text[..at], other, &text[at + 1..]].concat();
    desk.run(3, &["receipt", "verify", &changed, "--gate", "gate.pub"]);
    // The number alone, as it is heard over a telephone.
    let heard = receipt["number"]
        .as_str()
        .unwrap()
        .to_lowercase()
        .replace('-', " ");
    let line = [
        "receipt",
        "number",
        &heard,
        "--policy",
        "west.toml",
        "--at",
        NOON,
    ];
    let said = desk.objects(0, &line).remove(0);
    assert_eq!(
        (&said["action"], &said["rules"][0]["rule"]),
        (&"refuse".into(), &"high".into())
    );
    // Two receipts for one code cannot be told to be that.
    let again = verify(&desk, 1, &high, signing);
    assert_ne!(again["authorities"][1]["receipt"]["text"], receipt["text"]);
}

#[test]
fn a_policy_is_believed_by_its_regions_root_alone_and_never_rolled_back() {
    fn with<'a>(code: &'a str, seen: &'a str, list: &'a str) -> Vec<&'a str> {
        [
            &["code", "verify", code][..],
            &words(seen),
            &["--list", list],
        ]
        .concat()
    }
    let desk = desk();
    let low = desk.live("low", "none");
    desk.ok(&words(
        "recognition sign west.toml --root root --at 2022-07-01T09:00:00+08:00 --out stolen.cwt",
    ));
    let line =
        format!("--trust trust-2.cwt --hub hub.pub --list keys.cwt --list stolen.cwt --at {NOON}");
    let (_, error) = desk.run(3, &[&["code", "verify", &low][..], &words(&line)].concat());
    assert!(error.contains("510000"), "{error}");
    // A later version is seen; the earlier one is not taken any more.
    let west = fs::read_to_string(desk.path("west.toml")).unwrap();
    fs::write(
        desk.path("west-3.toml"),
        west.replace("version = 2", "version = 3"),
    )
    .unwrap();
    desk.ok(&words(
        "recognition sign west-3.toml --root west --at 2022-07-01T10:00:00+08:00 --out west-3.cwt",
    ));
    let seen = format!(
        "--trust trust-2.cwt --hub hub.pub --list keys.cwt --seen seen --authority 510000 --at {NOON}"
    );
    let told = desk.objects(1, &with(&low, &seen, "west-3.cwt")).remove(0);
    assert_eq!(told["authorities"][0]["version"], 3);
    let (_, error) = desk.run(3, &with(&low, &seen, "west.cwt"));
    assert!(
        error.contains("version 2 is older than version 3"),
        "{error}"
    );
}

#[test]
fn policies_are_proved_signed_shown_and_told_apart() {
    let desk = desk();
    let checked = desk.objects(0, &words("recognition check west.toml east.toml"));
    assert!(checked.iter().all(|one| one["sound"] == true));
    let west = fs::read_to_string(desk.path("west.toml")).unwrap();
    let bad = west.replace("then = \"refuse\"", "then = \"pass\"");
    fs::write(desk.path("bad.toml"), &bad).unwrap();
    let found = desk
        .objects(1, &words("recognition check bad.toml"))
        .remove(0);
    assert_eq!(found["findings"][0]["rule"], "high");
    desk.run(
        3,
        &words("recognition sign bad.toml --root west --out bad.cwt"),
    );
    // Too late to be announced a day ahead.
    let (_, error) = desk.run(
        3,
        &words(
            "recognition sign west.toml --root west --at 2022-07-02T12:00:00+08:00 --out late.cwt",
        ),
    );
    assert!(error.contains("ahead"), "{error}");
    let shown = desk.objects(0, &words("recognition show west.cwt --root west.pub"));
    assert_eq!(shown.len(), 5);
    assert_eq!(shown[1]["rule"], "other-low");
    desk.run(3, &words("recognition show west.cwt --root root.pub"));
    fs::write(
        desk.path("next.toml"),
        west.replace("version = 2", "version = 3")
            .replace("\"48h\"", "\"72h\""),
    )
    .unwrap();
    let changes = desk.objects(0, &words("recognition diff west.toml next.toml"));
    assert!(
        changes.iter().any(|one| one["rule"] == "other-low"),
        "{changes:?}"
    );
}
