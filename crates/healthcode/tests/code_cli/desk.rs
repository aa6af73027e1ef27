//! A folder with the files of one region and a gate, and the program run in it.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// Noon of the day that most of these tests play on.
pub(crate) const NOON: &str = "2022-07-08T12:00:00+08:00";

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The words of a command line that has no spaces within words.
pub(crate) fn words(line: &str) -> Vec<&str> {
    line.split_whitespace().collect()
}

/// The id in a public file.
pub(crate) fn key_id(desk: &Desk, name: &str) -> String {
    let file = fs::read(desk.path(&format!("{name}.pub"))).unwrap();
    let file: Value = serde_json::from_slice(&file).unwrap();
    file["key_id"].as_str().unwrap().to_owned()
}

/// A folder with the files of one region and a gate.
pub(crate) struct Desk(TempDir);

impl Desk {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A region whose keys are listed and trusted from 11:00 on.
    pub(crate) fn with_region() -> Self {
        Self::with_region_of("Ed25519", "ES256")
    }

    /// The same with keys of an algorithm, and one for what signs codes. Phones have ES256.
    pub(crate) fn with_region_of(algorithm: &str, codes: &str) -> Self {
        let desk = Self::new();
        for (name, algorithm) in [
            ("hub", algorithm),
            ("root", algorithm),
            ("node", codes),
            ("lists", algorithm),
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

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn command(&self, words: &[&str]) -> Command {
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
    pub(crate) fn run(&self, due: i32, words: &[&str]) -> (String, String) {
        self.finish(due, words, &self.command(words).output().unwrap())
    }

    #[track_caller]
    pub(crate) fn run_with(&self, due: i32, words: &[&str], input: &str) -> (String, String) {
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
    pub(crate) fn ok(&self, words: &[&str]) -> String {
        self.run(0, words).0
    }

    #[track_caller]
    pub(crate) fn objects(&self, due: i32, words: &[&str]) -> Vec<Value> {
        let lines = self.run(due, &[words, &["--json"]].concat()).0;
        let lines = lines.lines();
        lines
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// A live code of a level, issued at noon.
    #[track_caller]
    pub(crate) fn live(&self, level: &str, reason: &str) -> String {
        let words = [
            "code", "issue", "--key", "node", "--region", "330000", "--level", level, "--reason",
            reason, "--at", NOON,
        ];
        self.ok(&words).trim_end().to_owned()
    }

    /// A carried code of level low, issued at noon, as the phone shows it at a time.
    #[track_caller]
    pub(crate) fn shown(&self, index: &str, at: &str) -> String {
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
    pub(crate) fn verdict(&self, due: i32, code: &str, at: &str, more: &[&str]) -> Value {
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
    pub(crate) fn build(&self, entries: &str, sequence: &str, at: &str, out: &str) {
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

pub(crate) fn says(verdict: &Value) -> (&str, &str) {
    (
        verdict["action"].as_str().unwrap(),
        verdict["cause"].as_str().unwrap(),
    )
}
