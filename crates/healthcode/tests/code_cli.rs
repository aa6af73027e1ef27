//! Keys, codes and lists on the command line: the real program, real files, no network.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// Noon of the day that most of these tests play on.
const NOON: &str = "2022-07-08T12:00:00+08:00";

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A folder with the files of one region and a gate.
struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A region whose keys are listed and trusted from 11:00 on.
    fn with_region() -> Self {
        let desk = Self::new();
        for (name, algorithm) in [
            ("hub", "Ed25519"),
            ("root", "Ed25519"),
            ("node", "ES256"),
            ("lists", "Ed25519"),
            ("phone", "ES256"),
        ] {
            desk.ok(&["key", "new", "--algorithm", algorithm, "--out", name]);
        }
        let at = "2022-07-08T00:00:00+08:00";
        desk.ok(&[
            "key",
            "trust",
            "--hub",
            "hub",
            "--root",
            "330000=root.pub",
            "--at",
            at,
            "--out",
            "trust.cwt",
        ]);
        desk.ok(&[
            "key",
            "list",
            "--region",
            "330000",
            "--root",
            "root",
            "--key",
            "codes=node.pub",
            "--key",
            "lists=lists.pub",
            "--at",
            at,
            "--out",
            "keys.cwt",
        ]);
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_healthcode"));
        command
            .args(words)
            .current_dir(self.0.path())
            .env("COLUMNS", "100")
            .env_remove("CLICOLOR_FORCE");
        command
    }

    /// Runs to an exit code; gives standard output and standard error.
    #[track_caller]
    fn run(&self, due: i32, words: &[&str]) -> (String, String) {
        self.finish(due, words, &self.command(words).output().unwrap())
    }

    #[track_caller]
    fn run_with(&self, due: i32, words: &[&str], input: &str) -> (String, String) {
        let mut child = self
            .command(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(input.as_bytes())
            .unwrap();
        self.finish(due, words, &child.wait_with_output().unwrap())
    }

    #[track_caller]
    fn finish(&self, due: i32, words: &[&str], output: &Output) -> (String, String) {
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        assert_eq!(output.status.code(), Some(due), "{words:?}\n{out}\n{err}");
        for name in ["hub", "root", "node", "lists", "phone"] {
            let Ok(file) = fs::read_to_string(self.path(name)) else {
                continue;
            };
            let file: Value = serde_json::from_str(&file).unwrap();
            let secret = file["secret"].as_str().unwrap();
            assert!(!out.contains(secret) && !err.contains(secret));
        }
        (out, err)
    }

    #[track_caller]
    fn ok(&self, words: &[&str]) -> String {
        self.run(0, words).0
    }

    #[track_caller]
    fn objects(&self, due: i32, words: &[&str]) -> Vec<Value> {
        let lines = self.run(due, &[words, &["--json"]].concat()).0;
        let lines = lines.lines();
        lines
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// A live code of a level, issued at noon.
    #[track_caller]
    fn live(&self, level: &str, reason: &str) -> String {
        let words = [
            "code", "issue", "--key", "node", "--region", "330000", "--level", level, "--reason",
            reason, "--at", NOON,
        ];
        self.ok(&words).trim_end().to_owned()
    }

    /// A carried code of level low, issued at noon, as the phone shows it at a time.
    #[track_caller]
    fn shown(&self, index: &str, at: &str) -> String {
        let words = [
            "code",
            "issue",
            "--key",
            "node",
            "--region",
            "330000",
            "--class",
            "carried",
            "--level",
            "low",
            "--holder",
            "phone.pub",
            "--index",
            index,
            "--at",
            NOON,
        ];
        let carried = self.ok(&words).trim_end().to_owned();
        let shown = self.objects(
            0,
            &["code", "show", &carried, "--holder", "phone", "--at", at],
        );
        shown[0]["text"].as_str().unwrap().to_owned()
    }

    /// What a gate with trust list and key list says.
    #[track_caller]
    fn verdict(&self, due: i32, code: &str, at: &str, more: &[&str]) -> Value {
        let words = [
            "code",
            "verify",
            code,
            "--trust",
            "trust.cwt",
            "--hub",
            "hub.pub",
            "--list",
            "keys.cwt",
            "--at",
            at,
        ];
        self.objects(due, &[&words[..], more].concat()).remove(0)
    }

    #[track_caller]
    fn build(&self, entries: &str, sequence: &str, at: &str, out: &str) {
        fs::write(self.path("entries"), entries).unwrap();
        self.ok(&[
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
            sequence,
            "--at",
            at,
            "--out",
            out,
        ]);
    }
}

fn says(verdict: &Value) -> (&str, &str) {
    (
        verdict["action"].as_str().unwrap(),
        verdict["cause"].as_str().unwrap(),
    )
}

#[cfg(unix)]
#[test]
fn secret_files_are_for_their_user_alone() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::new();
    desk.ok(&["key", "new", "--out", "node"]);
    let mode = |name| fs::metadata(desk.path(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("node"), 0o600);
    let public = fs::read_to_string(desk.path("node.pub")).unwrap();
    assert!(!public.contains("secret"), "{public}");

    let open = fs::Permissions::from_mode(0o644);
    fs::set_permissions(desk.path("node"), open).unwrap();
    let words = [
        "code", "issue", "--key", "node", "--region", "330000", "--level", "low", "--at", NOON,
    ];
    let (_, error) = desk.run(3, &words);
    assert!(error.contains("0644"), "{error}");
}

#[test]
fn nothing_is_written_over() {
    let desk = Desk::with_region();
    let before = fs::read(desk.path("node")).unwrap();
    for words in [
        &["key", "new", "--out", "node"][..],
        &[
            "key",
            "trust",
            "--hub",
            "hub",
            "--root",
            "330000=root.pub",
            "--out",
            "trust.cwt",
        ],
    ] {
        let (_, error) = desk.run(3, words);
        assert!(error.contains("is there already"), "{error}");
    }
    assert_eq!(fs::read(desk.path("node")).unwrap(), before);
    // A public file in the way leaves no secret file behind.
    fs::write(desk.path("other.pub"), "mine").unwrap();
    desk.run(3, &["key", "new", "--out", "other"]);
    assert!(!desk.path("other").exists());
}

#[test]
fn secret_and_public_files_are_not_mixed_up() {
    let desk = Desk::with_region();
    let (_, error) = desk.run(3, &["list", "inspect", "keys.cwt", "--signed-by", "root"]);
    assert!(error.contains("secret key file"), "{error}");
    let words = [
        "code", "issue", "--key", "node.pub", "--region", "330000", "--level", "low",
    ];
    desk.run(3, &words);
    // A public half of another key is noticed.
    let mut file: Value = serde_json::from_slice(&fs::read(desk.path("node")).unwrap()).unwrap();
    let other: Value = serde_json::from_slice(&fs::read(desk.path("phone")).unwrap()).unwrap();
    file["secret"] = other["secret"].clone();
    fs::write(desk.path("node"), file.to_string()).unwrap();
    let words = [
        "code", "issue", "--key", "node", "--region", "330000", "--level", "low",
    ];
    let (_, error) = desk.run(3, &words);
    assert!(error.contains("does not belong"), "{error}");
}

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

#[test]
fn rotation_keeps_old_keys_until_their_end_and_removes_at_once() {
    let desk = Desk::with_region();
    let code = desk.live("low", "none");
    desk.ok(&["key", "new", "--out", "next"]);
    let rotate = |more: &[&str], at: &str, out: &str| {
        let words = [
            "key", "rotate", "--list", "keys.cwt", "--region", "330000", "--root", "root", "--at",
            at, "--out", out,
        ];
        desk.run(1, &[&words[..], more].concat()).0
    };
    let noon = |list: &str, due: i32| {
        let words = [
            "code",
            "verify",
            &code,
            "--trust",
            "trust.cwt",
            "--hub",
            "hub.pub",
            "--list",
            list,
            "--at",
            "2022-07-08T12:00:20+08:00",
        ];
        desk.objects(due, &words).remove(0)
    };
    // The next key for lists is still missing for the last hours of the new list: it says so.
    let said = rotate(
        &["--key", "codes=next.pub"],
        "2022-07-08T11:59:00+08:00",
        "2.cwt",
    );
    assert!(said.contains("lists"), "{said}");
    assert_eq!(noon("2.cwt", 0)["action"], "pass");

    let listed: Value = serde_json::from_slice(&fs::read(desk.path("node.pub")).unwrap()).unwrap();
    let id = listed["key_id"].as_str().unwrap();
    rotate(
        &["--key", "codes=next.pub", "--remove", id],
        "2022-07-08T11:59:00+08:00",
        "3.cwt",
    );
    assert_eq!(says(&noon("3.cwt", 1)), ("invalid", "key-removed"));
    let words = [
        "list",
        "inspect",
        "3.cwt",
        "--signed-by",
        "root.pub",
        "--region",
        "330000",
    ];
    let list = &desk.objects(0, &words)[0];
    assert_eq!(list["version"], 2);
    assert_eq!(list["keys"].as_array().unwrap().len(), 3);
    desk.run(
        3,
        &[
            "key",
            "rotate",
            "--list",
            "keys.cwt",
            "--region",
            "330000",
            "--root",
            "root",
            "--remove",
            "0123456789abcdef",
            "--at",
            NOON,
            "--out",
            "4.cwt",
        ],
    );
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
