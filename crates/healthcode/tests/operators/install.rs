//! The steps by which `docs/operating.md` installs a region, taken as they stand there.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::region::{objects, root, run, text};

/// The commands of the page's first part that are run as the service's user, with a folder of the test's in place of the
/// service's.
fn steps(folder: &str) -> Vec<String> {
    let page = fs::read_to_string(root().join("docs/operating.md")).unwrap();
    let (_, install) = page.split_once("\n## Install\n").unwrap();
    let (install, _) = install.split_once("\n## ").unwrap();
    let install = install.replace("\\\n", " ");
    let commands = install
        .lines()
        .filter_map(|line| line.strip_prefix("    sudo -u healthcode "));
    commands
        .map(|command| command.replace("/var/lib/healthcode", folder))
        .collect()
}

fn step(command: &str, more: &str) -> Output {
    let program = Path::new(env!("CARGO_BIN_EXE_healthcode"));
    let path = format!(
        "{}:{}",
        program.parent().unwrap().display(),
        std::env::var("PATH").unwrap()
    );
    Command::new("sh")
        .args(["-c", &format!("{command} {more}")])
        .env("PATH", path)
        .current_dir(root())
        .output()
        .unwrap()
}

#[test]
fn the_documented_steps_give_a_region_with_which_the_doctor_is_content() {
    let folder = tempfile::tempdir().unwrap();
    let steps = steps(folder.path().to_str().unwrap());
    let [adopt, init, doctor] = steps.as_slice() else {
        panic!("{steps:?}");
    };
    for command in [adopt, init] {
        let done = step(command, "");
        assert!(done.status.success(), "{command}: {}", text(&done.stderr));
        assert!(
            !text(&done.stdout).contains("ended at"),
            "{}",
            text(&done.stdout)
        );
    }
    let done = step(doctor, "--json");
    let bad: Vec<Value> = objects(&done)
        .into_iter()
        // How many files may be open is the machine's of the test, not the region's.
        .filter(|line| line["good"] == false && line["what"] != "connections")
        .collect();
    assert!(bad.is_empty(), "{bad:?}: {}", text(&done.stderr));
    assert!(objects(&done).iter().any(|line| {
        line["what"] == "rules" && line["says"].as_str().unwrap().starts_with("hold until")
    }));
}

#[test]
fn an_adopted_pack_has_other_dates_and_the_same_rules() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("own.toml");
    let out = out.to_str().unwrap();
    let pack = "policies/zhejiang-2022-06.toml";
    let adopt = |more: &[&str]| run(&[&["rules", "adopt", pack, "--out", out], more].concat());
    for (more, why) in [
        (&["--from", "2026-02-30"][..], "no date"),
        (
            &["--from", "2026-02-01", "--until", "2026-01-01"][..],
            "before it begins",
        ),
        (
            &["--from", "2026-01-01", "--until", "2028-01-01"][..],
            "at most",
        ),
    ] {
        let refused = adopt(more);
        assert_eq!(refused.status.code(), Some(3), "{more:?}");
        assert!(
            text(&refused.stderr).contains(why),
            "{}",
            text(&refused.stderr)
        );
        assert!(!Path::new(out).exists());
    }
    let done = adopt(&[
        "--from",
        "2026-01-01",
        "--until",
        "2026-07-01",
        "--pack-version",
        "7",
    ]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    assert!(text(&done.stdout).contains("published by 2025-12-31T00:00:00+08:00"));
    let written = fs::read_to_string(out).unwrap();
    for line in [
        "version = 7",
        "published = \"2025-12-31T00:00:00+08:00\"",
        "valid-from = \"2026-01-01T00:00:00+08:00\"",
        "valid-until = \"2026-07-01T00:00:00+08:00\"",
    ] {
        assert!(written.lines().any(|one| one == line), "{line}");
    }
    assert!(run(&["rules", "check", out]).status.success());
    // In words: version and dates, and no rule.
    let told = run(&["--json", "rules", "diff", pack, out]);
    let changes = objects(&told);
    assert_eq!(changes.len(), 4, "{changes:?}");
    assert!(
        changes.iter().all(|change| change["rule"].is_null()),
        "{changes:?}"
    );
    // Nothing is written over.
    assert_eq!(adopt(&[]).status.code(), Some(3));
}

#[test]
fn init_says_that_rules_have_ended_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("region");
    let made = run(&[
        "init",
        path.to_str().unwrap(),
        "--region",
        "330000",
        "--rules",
        "policies/zhejiang-2022-06.toml",
        "--lists-at",
        "https://330000.example/status",
    ]);
    assert!(made.status.success(), "{}", text(&made.stderr));
    let says = text(&made.stdout);
    assert!(
        says.contains("ended at 2022-11-12") && says.contains("rules adopt"),
        "{says}"
    );
}
