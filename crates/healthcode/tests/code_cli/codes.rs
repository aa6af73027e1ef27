//! Codes: issued, shown, inspected and verified.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::desk::{Desk, NOON, says, text};

#[test]
fn every_level_gets_its_verdict_and_exit_code() {
    let desk = Desk::with_region();
    for (level, reason, due, action) in [
        ("low", "none", 0, "pass"),
        ("medium", "risk-area", 1, "check"),
        ("high", "case", 1, "refuse"),
        ("unknown", "none", 1, "unknown"),
    ] {
        let code = desk.live(level, reason);
        let verdict = desk.verdict(due, &code, "2022-07-08T12:00:30+08:00", &[]);
        assert_eq!(says(&verdict), (action, "code"));
    }
}

#[test]
fn expired_forged_and_foreign_codes_are_invalid() {
    let desk = Desk::with_region();
    let code = desk.live("low", "none");
    let verdict = desk.verdict(1, &code, "2022-07-08T12:05:00+08:00", &[]);
    assert_eq!(says(&verdict), ("invalid", "expired"));
    let verdict = desk.verdict(1, &code, "2022-07-08T11:50:00+08:00", &[]);
    assert_eq!(says(&verdict), ("invalid", "from-the-future"));

    desk.ok(&["key", "new", "--algorithm", "ES256", "--out", "other"]);
    let words = [
        "code", "issue", "--key", "other", "--region", "330000", "--level", "low", "--at", NOON,
    ];
    let foreign = desk.ok(&words);
    let verdict = desk.verdict(1, foreign.trim_end(), NOON, &[]);
    assert_eq!(says(&verdict), ("invalid", "key-not-listed"));
    let verdict = desk.verdict(1, "https://example.com", NOON, &[]);
    assert_eq!(says(&verdict), ("invalid", "text"));
    assert!(verdict["code"].is_null());
}

#[test]
fn a_gate_without_key_list_cannot_tell() {
    let desk = Desk::with_region();
    let code = desk.live("low", "none");
    let words = [
        "code",
        "verify",
        &code,
        "--trust",
        "trust.cwt",
        "--hub",
        "hub.pub",
        "--at",
        NOON,
    ];
    let verdict = desk.objects(1, &words).remove(0);
    assert_eq!(says(&verdict), ("unknown", "key-list-missing"));
    // A trust list by another hub is none.
    let words = [
        "code",
        "verify",
        &code,
        "--trust",
        "trust.cwt",
        "--hub",
        "root.pub",
        "--at",
        NOON,
    ];
    desk.run(3, &words);
}

#[test]
fn a_showing_counts_once_across_runs() {
    let desk = Desk::with_region();
    desk.build("", "1", "2022-07-08T11:30:00+08:00", "list.cwt");
    let shown = desk.shown("7", "2022-07-08T12:01:00+08:00");
    let more = ["--list", "list.cwt", "--memory", "memory.json"];
    let first = desk.verdict(0, &shown, "2022-07-08T12:01:10+08:00", &more);
    assert_eq!(first["action"], "pass");
    let again = desk.verdict(1, &shown, "2022-07-08T12:01:20+08:00", &more);
    assert_eq!(says(&again), ("invalid", "replayed"));
    let kept = fs::read_to_string(desk.path("memory.json")).unwrap();
    assert!(!kept.contains(&shown[20..60]), "{kept}");
    // A memory that is damaged is not taken for an empty one.
    fs::write(desk.path("memory.json"), "{}").unwrap();
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
        "list.cwt",
        "--memory",
        "memory.json",
        "--at",
        NOON,
    ];
    desk.run(3, &words);
}

#[test]
fn decisions_become_codes() {
    let desk = Desk::with_region();
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pack = here.join("../../policies/zhejiang-2022-06.toml");
    let evidence = here.join("tour/evidence.ndjson");
    let decided = desk
        .command(&[
            "decide",
            "--rules",
            pack.to_str().unwrap(),
            "--evidence",
            evidence.to_str().unwrap(),
            "--at",
            "2022-07-08T12:00:00+08:00",
            "--json",
        ])
        .output()
        .unwrap();
    fs::write(desk.path("decided"), &decided.stdout).unwrap();
    let decided = text(&decided.stdout);
    let decision: Value = serde_json::from_str(decided.lines().next().unwrap()).unwrap();
    let words = [
        "code",
        "issue",
        "--key",
        "node",
        "--decision",
        "decided",
        "--at",
        NOON,
        "--region",
        "330000",
    ];
    let output = desk
        .command(&[&words[..], &["--json"]].concat())
        .output()
        .unwrap();
    let issued: Value = serde_json::from_str(text(&output.stdout).lines().next().unwrap()).unwrap();
    assert_eq!(issued["level"], decision["level"]);
    assert_eq!(issued["reason"], decision["class"]);
    assert_eq!(issued["as_of"], decision["at"]);
    // The holder's document is not in the code.
    let document = decision["documents"][0].as_str().unwrap();
    assert!(!text(&output.stdout).contains(document));
    // What is no decision is named by its line, and nothing is issued.
    fs::write(desk.path("decided"), format!("{decision}\nnonsense\n")).unwrap();
    let (out, error) = desk.run(3, &words);
    assert!(out.is_empty() && error.contains("decided:2"), "{error}");
}

#[test]
fn inspect_names_the_defect_of_any_text() {
    let desk = Desk::with_region();
    let code = desk.live("medium", "risk-area");
    let sound = &desk.objects(0, &["code", "inspect", &code])[0];
    assert_eq!(sound["claims"]["reason"], "risk-area");
    assert!(sound["defect"].is_null());
    // The clear part says low, the signed part medium.
    let clear = code.replacen("01", "00", 1);
    assert_ne!(clear, code);
    let cut = &code[..code.len() - 3];
    let input = format!("{clear}\n{cut}\n\nHC:\n{code}X\n你好\n{code}\n");
    let (out, _) = desk.run_with(1, &["code", "inspect", "-", "--json"], &input);
    let found: Vec<Value> = out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let names: Vec<_> = found
        .iter()
        .map(|parts| parts["defect"]["name"].as_str().unwrap_or("sound"))
        .collect();
    assert_eq!(names.len(), 7);
    assert_eq!(names[0], "clear-part-differs");
    assert_eq!(names[1..6], ["text"; 5]);
    assert_eq!(names[6], "sound");
}

#[test]
fn codes_are_shown_with_word_and_shape_and_drawn_into_files() {
    let desk = Desk::with_region();
    let code = desk.live("high", "case");
    let shown = desk.ok(&["code", "show", &code]);
    assert!(
        shown.contains('█') && shown.contains("■ 高风险 high (10)"),
        "{shown}"
    );
    desk.ok(&[
        "code", "show", &code, "--svg", "code.svg", "--png", "code.png",
    ]);
    let svg = fs::read_to_string(desk.path("code.svg")).unwrap();
    assert!(svg.starts_with("<svg") && svg.contains("高风险"));
    assert!(
        fs::read(desk.path("code.png"))
            .unwrap()
            .starts_with(b"\x89PNG")
    );
    desk.run(3, &["code", "show", "HC:NONSENSE"]);
    desk.run(2, &["code", "show"]);
    // A live code needs no showing.
    desk.run(3, &["code", "show", &code, "--holder", "phone"]);
}

#[test]
fn paper_says_no_level() {
    let desk = Desk::with_region();
    let words = [
        "code", "issue", "--key", "node", "--region", "330000", "--class", "paper",
    ];
    let issued = &desk.objects(
        0,
        &[&words[..], &["--binder", "张*12", "--at", NOON]].concat(),
    )[0];
    assert!(issued["level"].is_null());
    assert_eq!(issued["binder"], "张*12");
    let (_, error) = desk.run(2, &[&words[..], &["--level", "low"]].concat());
    assert!(error.contains("no level"), "{error}");
    // The other classes need one, from a decision or an option.
    let (_, error) = desk.run(2, &["code", "issue", "--key", "node", "--region", "330000"]);
    assert!(error.contains("--level"), "{error}");
}

#[test]
fn the_policy_of_the_place_decides() {
    let desk = Desk::with_region();
    let code = desk.live("low", "none");
    let rule = |level: &str, then: &str| {
        format!(
            r#"{{"version": "test-1", "rules": [{{"id": "only", "levels": ["{level}"], "then": "{then}"}}]}}"#
        )
    };
    fs::write(desk.path("policy"), rule("00", "check")).unwrap();
    let verdict = desk.verdict(1, &code, NOON, &["--policy", "policy"]);
    assert_eq!(says(&verdict), ("check", "code"));
    assert_eq!(verdict["rule"], "only");
    // A policy that lets high pass is none.
    fs::write(desk.path("policy"), rule("10", "pass")).unwrap();
    let words = [
        "code",
        "verify",
        &code,
        "--trust",
        "trust.cwt",
        "--hub",
        "hub.pub",
        "--policy",
        "policy",
    ];
    let (_, error) = desk.run(3, &words);
    assert!(error.contains("pass"), "{error}");
}

#[test]
fn many_texts_are_verified_in_one_run() {
    let desk = Desk::with_region();
    let (low, high) = (desk.live("low", "none"), desk.live("high", "case"));
    let words = [
        "code",
        "verify",
        "-",
        "--trust",
        "trust.cwt",
        "--hub",
        "hub.pub",
        "--list",
        "keys.cwt",
        "--at",
        NOON,
        "--json",
    ];
    let (out, _) = desk.run_with(1, &words, &format!("{low}\nnonsense\r\n{high}\n{low}"));
    let actions: Vec<String> = out
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .map(|verdict| verdict["action"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(actions, ["pass", "invalid", "refuse", "pass"]);
    desk.run_with(3, &words, "");
}
