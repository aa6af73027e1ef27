//! The command line as its users meet it: the real program, its output, its exit codes.
//!
//! Help texts and the tour are checked in under `docs/cli/`; after an intended change
//! `UPDATE_DOCS=1 cargo test -p healthcode` writes them anew.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Runs the program in the root of the checkout.
fn healthcode(words: &[&str]) -> Output {
    command(words).output().unwrap()
}

fn command(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_healthcode"));
    command
        .args(words)
        .current_dir(root())
        .env("COLUMNS", "100")
        .env_remove("CLICOLOR_FORCE");
    command
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Every line of output as JSON.
fn objects(output: &Output) -> Vec<Value> {
    text(&output.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Compares output with a page of `docs/cli/`, or writes the page where that was asked for.
fn is_as_documented(page: &str, words: &[&str]) {
    let output = healthcode(words);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let path = root().join("docs/cli").join(page);
    let shown = text(&output.stdout);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &shown).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == shown,
        "docs/cli/{page} is not what `healthcode {}` prints:\n{shown}",
        words.join(" ")
    );
}

/// The names under `Commands:` of a help text.
fn commands(help: &str) -> Vec<String> {
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    lines
        .take_while(|line| line.is_empty() || line.starts_with("  "))
        .filter_map(|line| line.strip_prefix("  "))
        .filter(|line| !line.starts_with(' '))
        .filter_map(|line| line.split(' ').next())
        .filter(|name| !name.is_empty() && *name != "help")
        .map(str::to_owned)
        .collect()
}

#[test]
fn help_of_every_command_is_as_documented() {
    let mut left = vec![Vec::<String>::new()];
    let mut pages = Vec::new();
    while let Some(command) = left.pop() {
        let page = if command.is_empty() {
            "healthcode.txt".to_owned()
        } else {
            command.join("-") + ".txt"
        };
        let mut words: Vec<&str> = command.iter().map(String::as_str).collect();
        words.push("--help");
        is_as_documented(&page, &words);
        let help = text(&healthcode(&words).stdout);
        for name in commands(&help) {
            left.push([&command[..], &[name]].concat());
        }
        pages.push(page);
    }
    for deep in [
        "conformance.txt",
        "application-add.txt",
        "code-grid-matrix.txt",
    ] {
        assert!(pages.iter().any(|page| page == deep), "{deep}: {pages:?}");
    }
    // A page of a command that is gone would stay behind.
    for entry in fs::read_dir(root().join("docs/cli")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let known = name.ends_with(".out.txt") || pages.contains(&name);
        assert!(known, "docs/cli/{name} is no command's page");
    }
}

#[test]
fn the_tour_is_as_documented_in_both_languages() {
    is_as_documented("tour-en.out.txt", &["tour"]);
    is_as_documented("tour-zh.out.txt", &["tour", "--lang", "zh"]);
}

#[test]
fn the_tour_in_json_ends_low() {
    let steps = objects(&healthcode(&["tour", "--json"]));
    let levels: Vec<_> = steps
        .iter()
        .map(|step| step["level"].as_str().unwrap())
        .collect();
    assert_eq!(levels, ["00", "00", "00", "01", "10", "10", "10", "00"]);
    // The code on her page and the one in her phone are judged alike, each by its own source.
    let due = [
        "pass", "pass", "pass", "check", "refuse", "refuse", "refuse", "pass",
    ];
    for (class, cause) in [("live", "code"), ("carried", "list")] {
        let verdicts = steps.iter().map(|step| &step[class]["verdict"]);
        assert!(verdicts.clone().all(|verdict| verdict["cause"] == cause));
        let actions: Vec<_> = verdicts
            .map(|verdict| verdict["action"].as_str().unwrap())
            .collect();
        assert_eq!(actions, due);
    }
}

#[test]
fn every_pack_is_sound_and_explained() {
    for entry in fs::read_dir(root().join("policies")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "toml") {
            continue;
        }
        let path = path.to_str().unwrap();
        let checked = healthcode(&["rules", "check", path]);
        assert_eq!(code(&checked), 0, "{}", text(&checked.stdout));
        for lang in ["zh", "en"] {
            let explained = healthcode(&["rules", "explain", path, "--lang", lang]);
            assert_eq!(code(&explained), 0, "{}", text(&explained.stderr));
        }
    }
}

#[test]
fn findings_name_file_line_and_rule() {
    let folder = tempfile::tempdir().unwrap();
    let pack = folder.path().join("pack.toml");
    let text_of = fs::read_to_string(root().join("policies/hangzhou-2020-02.toml")).unwrap();
    fs::write(
        &pack,
        text_of.replace("sources = [\"health-authority\"]", "sources = [\"self\"]"),
    )
    .unwrap();
    let path = pack.to_str().unwrap();
    let output = healthcode(&["rules", "check", path]);
    assert_eq!(code(&output), 1);
    let shown = text(&output.stdout);
    let line = 1 + fs::read_to_string(&pack)
        .unwrap()
        .lines()
        .position(|line| line == "id = \"close-contact\"")
        .unwrap();
    assert!(
        shown.contains(&format!(
            "{path}:{line}: rule close-contact: a single self-answer would give high"
        )),
        "{shown}"
    );
    let found = objects(&healthcode(&["rules", "check", path, "--json"]));
    assert_eq!(found[0]["sound"], false);
    assert_eq!(found[0]["findings"][0]["rule"], "close-contact");
}

#[test]
fn two_versions_are_told_apart_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let newer = folder.path().join("newer.toml");
    let older = root().join("policies/hangzhou-2020-02.toml");
    let text_of = fs::read_to_string(&older).unwrap();
    fs::write(
        &newer,
        text_of
            .replacen("version = 1", "version = 2", 1)
            .replace("reports = { days = 7 }", "reports = { days = 5 }"),
    )
    .unwrap();
    let words = [
        "rules",
        "diff",
        older.to_str().unwrap(),
        newer.to_str().unwrap(),
    ];
    let output = healthcode(&words);
    assert_eq!(code(&output), 0);
    let shown = text(&output.stdout);
    assert!(shown.contains("version: from \"1\" to \"2\""), "{shown}");
    assert!(
        shown.contains("healthy declarations on 5 days running"),
        "{shown}"
    );
    let same = healthcode(&["rules", "diff", words[2], words[2]]);
    assert!(text(&same.stdout).contains("the two versions say the same"));
}

const DECIDE: [&str; 9] = [
    "decide",
    "--rules",
    "policies/zhejiang-2022-06.toml",
    "--evidence",
    "crates/healthcode/tour/evidence.ndjson",
    "--areas",
    "crates/healthcode/tour",
    "--at",
    "2022-07-13T12:00:00+08:00",
];

#[test]
fn a_folder_with_evidence_beside_publications_is_refused_line_by_line() {
    // The folder of the tour holds evidence too, which is not a statement of areas.
    let output = healthcode(&DECIDE);
    assert_eq!(code(&output), 1);
    assert!(
        text(&output.stdout).contains("evidence.ndjson:1:"),
        "{}",
        text(&output.stdout)
    );
}

/// The tour's publications, one `--areas` each.
fn decide(more: &[&'static str]) -> Vec<&'static str> {
    let mut words = DECIDE[..5].to_vec();
    for publication in ["2022070809", "2022070811", "2022071310"] {
        words.push("--areas");
        words.push(match publication {
            "2022070809" => "crates/healthcode/tour/2022070809.json",
            "2022070811" => "crates/healthcode/tour/2022070811.json",
            _ => "crates/healthcode/tour/2022071310.json",
        });
    }
    words.extend(&DECIDE[7..]);
    words.extend(more);
    words
}

#[test]
fn decisions_carry_reason_evidence_and_end_and_mask_documents() {
    let output = healthcode(&decide(&["--json"]));
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let decisions = objects(&output);
    assert_eq!(decisions.len(), 1);
    let person = &decisions[0];
    assert_eq!(person["level"], "10");
    assert_eq!(person["class"], "risk-area");
    let reason = &person["reasons"][0];
    assert_eq!(reason["rule"], "high-area");
    assert_eq!(reason["grain"], "place");
    assert_eq!(reason["area"]["division"], "330782");
    assert_eq!(reason["evidence"].as_array().unwrap().len(), 1);
    assert!(reason["until"].as_str().unwrap() > "2022-07-13");
    assert!(!text(&output.stdout).contains("330106189603120426"));
    let shown = text(&healthcode(&decide(&["--show-documents"])).stdout);
    assert!(shown.contains("330106189603120426"));
    let masked = text(&healthcode(&decide(&[])).stdout);
    assert!(
        masked.contains("R6") && !masked.contains("330106189603120426"),
        "{masked}"
    );
}

#[test]
fn bad_rows_are_set_aside_and_good_ones_go_on() {
    let mut lines =
        fs::read_to_string(root().join("crates/healthcode/tour/evidence.ndjson")).unwrap();
    lines.push_str("{\"ref\":\"X\"}\nnot json\n");
    let mut words = decide(&["--json"]);
    let place = words
        .iter()
        .position(|word| word.ends_with("evidence.ndjson"))
        .unwrap();
    words[place] = "-";
    let mut child = command(&words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(lines.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(code(&output), 1);
    let objects = objects(&output);
    assert_eq!(objects[0]["level"], "10");
    assert!(
        objects
            .iter()
            .any(|object| object["set_aside"]["line"] == 5)
    );
    assert!(
        objects
            .iter()
            .any(|object| object["set_aside"]["line"] == 6)
    );
}

#[test]
fn the_same_evidence_gives_the_same_level_for_another_person() {
    let folder = tempfile::tempdir().unwrap();
    let other = folder.path().join("other.ndjson");
    let lines = fs::read_to_string(root().join("crates/healthcode/tour/evidence.ndjson")).unwrap();
    fs::write(
        &other,
        lines.replace("330106189603120426", "11010519491231002X"),
    )
    .unwrap();
    let words = decide(&["--json"]);
    let mut for_other: Vec<&str> = words.clone();
    let place = for_other
        .iter()
        .position(|word| word.ends_with("evidence.ndjson"))
        .unwrap();
    for_other[place] = other.to_str().unwrap();
    let (one, other) = (
        objects(&healthcode(&words)),
        objects(&healthcode(&for_other)),
    );
    assert_ne!(one[0]["documents"], other[0]["documents"]);
    assert_eq!(one[0]["level"], other[0]["level"]);
    assert_eq!(one[0]["reasons"], other[0]["reasons"]);
}

#[test]
fn publications_are_mapped_and_told_apart() {
    let output = healthcode(&[
        "import",
        "risk-areas",
        "--differences",
        "--json",
        decide(&[])[6],
        decide(&[])[8],
        decide(&[])[10],
    ]);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let objects = objects(&output);
    assert_eq!(objects[1]["added"], 1);
    assert!(
        objects
            .iter()
            .any(|object| object["change"] == "added high" && object["division"] == "330782")
    );
    assert!(
        objects
            .iter()
            .any(|object| object["change"] == "removed high" && object["division"] == "330782")
    );
    assert_eq!(objects.last().unwrap()["rows_mapped"], 4);
}

#[test]
fn a_publication_that_cannot_be_read_is_set_aside_and_the_others_go_on() {
    let broken = "crates/core/tests/fixtures/risk-areas/cut-off.json";
    let output = healthcode(&["import", "risk-areas", "--json", broken, decide(&[])[6]]);
    assert_eq!(code(&output), 1, "{}", text(&output.stderr));
    let objects = objects(&output);
    assert!(objects.iter().any(|object| object["publications"] == 1));
    let set_aside = objects
        .iter()
        .find(|object| object["set_aside"]["file"] == broken)
        .unwrap();
    assert!(
        set_aside["set_aside"]["reason"]
            .as_str()
            .unwrap()
            .contains("not JSON")
    );
}

#[test]
fn unknown_says_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let evidence = folder.path().join("contact.ndjson");
    let lines = fs::read_to_string(root().join("crates/healthcode/tour/evidence.ndjson")).unwrap();
    fs::write(&evidence, lines.lines().nth(3).unwrap()).unwrap();
    let output = healthcode(&[
        "decide",
        "--rules",
        DECIDE[2],
        "--evidence",
        evidence.to_str().unwrap(),
        "--at",
        "2022-07-14T12:00:00+08:00",
    ]);
    let shown = text(&output.stdout);
    assert!(
        shown.contains("? unknown (20)") && shown.contains("declare your health"),
        "{shown}"
    );
}

#[test]
fn publications_turn_the_people_of_evidence() {
    let mut words = vec![
        "import",
        "risk-areas",
        "--json",
        "--rules",
        DECIDE[2],
        "--evidence",
        DECIDE[4],
    ];
    words.extend([decide(&[])[6], decide(&[])[8], decide(&[])[10]]);
    let output = healthcode(&words);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let impacts: Vec<Value> = objects(&output)
        .into_iter()
        .map(|mut object| object["impact"].take())
        .collect();
    assert_eq!(impacts[0]["people"]["low"], 1);
    assert_eq!(impacts[1]["turned"]["low to medium"], 1);
    assert_eq!(impacts[1]["reasons"][0]["grain"], "county");
    // Between the two the health authority found out more; the last publication turned nobody.
    assert_eq!(impacts[2]["people"]["high"], 1);
    assert_eq!(impacts[2]["turned"], Value::Object(serde_json::Map::new()));
}

#[test]
fn what_cannot_be_done_says_so_with_its_own_code() {
    for (words, expected, says) in [
        (
            &["rules", "check", "no-such-file.toml"][..],
            3,
            "no-such-file.toml",
        ),
        (&["rules", "explain", "Cargo.toml"], 3, "not a rule pack"),
        (&["decide", "--rules", "x.toml"], 2, "--evidence"),
        (&["frobnicate"], 2, "frobnicate"),
        (
            &["import", "risk-areas", "policies"],
            3,
            "no file that ends with",
        ),
        (&["import", "risk-areas", "Cargo.toml"], 3, "Cargo.toml"),
        (
            &[
                "import",
                "risk-areas",
                "crates/core/tests/fixtures/risk-areas/region.ndjson",
            ],
            3,
            "not a publication",
        ),
    ] {
        let output = healthcode(words);
        assert_eq!(
            code(&output),
            expected,
            "{words:?}: {}",
            text(&output.stderr)
        );
        assert!(
            text(&output.stderr).contains(says),
            "{words:?}: {}",
            text(&output.stderr)
        );
    }
    let mut words = DECIDE.to_vec();
    words[8] = "2022-07-13";
    let output = healthcode(&words);
    assert_eq!(code(&output), 2);
    assert!(
        text(&output.stderr).contains("2022-06-28T09:00:00+08:00"),
        "an example helps"
    );
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let mut child = command(&["tour"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
}
