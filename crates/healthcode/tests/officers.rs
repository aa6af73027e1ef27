//! The first officers: registered from the command line, then asking the region that is served.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

fn command(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_healthcode"));
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    command.args(words).current_dir(root);
    command
}

fn run(words: &[&str]) -> Output {
    command(words).output().unwrap()
}

fn done(words: &[&str]) -> String {
    let output = run(words);
    assert!(
        output.status.success(),
        "{words:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

fn refused(words: &[&str]) -> String {
    let output = run(words);
    assert_eq!(output.status.code(), Some(3), "{words:?}");
    String::from_utf8(output.stderr).unwrap()
}

/// A region in a folder with its operators at a port that was free a moment ago.
struct Place {
    folder: TempDir,
    operators: String,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("region");
        done(&[
            "init",
            path.to_str().unwrap(),
            "--region",
            "330000",
            "--rules",
            "policies/zhejiang-2022-06.toml",
            "--lists-at",
            "https://330000.example/status",
            "--listen",
            "127.0.0.1:0",
        ]);
        let free = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap();
        let operators = free.to_string();
        let file = path.join("healthcode.toml");
        let config = fs::read_to_string(&file).unwrap();
        fs::write(&file, format!("operators = \"{operators}\"\n{config}")).unwrap();
        Self { folder, operators }
    }

    fn file(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn config(&self) -> String {
        self.file("region/healthcode.toml")
    }

    fn add_officer(&self, id: &str, name: &str, duty: &str) -> String {
        let (config, key) = (self.config(), self.file(&format!("{id}.json")));
        let words = [
            "officer", "add", "--config", &config, "--id", id, "--name", name,
        ];
        done(&[&words[..], &["--duty", duty, "--out", &key]].concat())
    }

    fn call(&self, id: &str, words: &[&str]) -> Output {
        let key = self.file(&format!("{id}.json"));
        let who = [
            "--id",
            id,
            "--key",
            &key,
            "--region",
            "330000",
            "--at",
            &self.operators,
        ];
        run(&[&["officer", "call"], words, &who].concat())
    }

    fn called(&self, id: &str, words: &[&str]) -> Value {
        let output = self.call(id, words);
        let (out, err) = (&output.stdout, String::from_utf8_lossy(&output.stderr));
        assert!(
            output.status.success(),
            "{words:?}: {err} {}",
            String::from_utf8_lossy(out)
        );
        serde_json::from_slice(out).unwrap()
    }
}

struct Serving(Child);

impl Serving {
    fn start(place: &Place) -> Self {
        let mut child = command(&["serve", "--config", &place.config()])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        // What was signed in the second in which the node began is refused.
        next_second();
        Self(child)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

#[test]
fn two_first_officers_register_a_gate_and_a_third_officer_while_the_region_is_served() {
    let place = Place::new();
    assert!(place.add_officer("li", "李明", "operator").contains("li"));
    place.add_officer("wang", "王芳", "operator");
    let listed = done(&["officer", "list", "--config", &place.config(), "--json"]);
    assert_eq!(listed.lines().count(), 2);
    done(&["key", "new", "--out", &place.file("gate.json")]);
    let serving = Serving::start(&place);
    assert_eq!(
        place.called("li", &["GET", "/v1/officer"])["duties"][0],
        "operator"
    );
    let key: Value =
        serde_json::from_slice(&fs::read(place.path("gate.json.pub")).unwrap()).unwrap();
    let proposal = serde_json::json!({"registerGate": {
        "id": "gate-12", "name": "东门", "venue": "330106-0042", "class": "general", "division": "330106",
        "attended": true, "purposes": ["entry"], "key": key, "until": "2099-01-01T00:00:00+08:00",
    }});
    fs::write(place.path("gate-12.json"), proposal.to_string()).unwrap();
    let file = place.file("gate-12.json");
    let made = place.called("li", &["POST", "/v1/proposals", "--body", &file]);
    let approval = format!("/v1/proposals/{}/approval", made["id"].as_str().unwrap());
    let own = place.call("li", &["POST", &approval]);
    assert_eq!(own.status.code(), Some(3));
    assert!(
        String::from_utf8(own.stdout)
            .unwrap()
            .contains("same-officer")
    );
    assert_eq!(place.called("wang", &["POST", &approval])["state"], "done");
    let gates = place.called("wang", &["GET", "/v1/parties/gate"]);
    assert_eq!(gates["parties"][0]["id"], "gate-12");
    // While it is served, nobody writes past it.
    let error = refused(&["gate", "list", "--config", &place.config()]);
    assert!(error.contains("proposals"), "{error}");
    drop(serving);
    let listed = done(&["gate", "list", "--config", &place.config()]);
    assert!(listed.contains("gate-12"), "{listed}");
}

#[test]
fn an_application_is_registered_listed_and_ended() {
    let place = Place::new();
    let (config, out) = (place.config(), place.file("app.json"));
    let add = |function: &'static str| {
        let words = [
            "application",
            "add",
            "--config",
            &config,
            "--id",
            "super-app",
            "--name",
            "掌上通",
            "--function",
            "applyCall",
            "--function",
            function,
            "--division",
            "330100",
            "--out",
            &out,
        ];
        words.map(str::to_owned)
    };
    let query = add("queryHealth");
    let error = refused(&query.each_ref().map(String::as_str));
    assert!(error.contains("at least one purpose"), "{error}");
    done(&add("makeCode").each_ref().map(String::as_str));
    let list = ["application", "list", "--config", &config];
    let listed = done(&list);
    assert!(
        listed.contains("super-app") && listed.contains("applyCall, makeCode"),
        "{listed}"
    );
    done(&[
        "application",
        "end",
        "--config",
        &config,
        "super-app",
        "--reason",
        "moved",
    ]);
    // Who ends in the second in which they were registered holds until the next.
    let ended = (0..500).any(|_| done(&list).contains("(ended)"));
    assert!(ended);
    // Where nobody answers there is nothing to report.
    let nobody = run(&[
        "conformance",
        "http://127.0.0.1:9",
        "--application",
        "super-app",
        "--key",
        &out,
        "--region",
        "330000",
        "--token",
        "x",
        "--number",
        "1",
    ]);
    assert_eq!(nobody.status.code(), Some(3));
}

#[test]
fn registrations_that_cannot_be_are_refused_and_leave_no_key() {
    let place = Place::new();
    place.add_officer("li", "李明", "operator");
    let config = place.config();
    let key = place.file("other.json");
    let again = [
        "officer", "add", "--config", &config, "--id", "li", "--name", "赵敏", "--duty", "health",
    ];
    let error = refused(&[&again[..], &["--out", &key]].concat());
    assert!(error.contains("never given again"), "{error}");
    assert!(!place.path("other.json").exists() && !place.path("other.json.pub").exists());
    let public = place.file("li.json.pub");
    let words = [
        "gate", "add", "--config", &config, "--id", "g", "--name", "门", "--venue", "v",
    ];
    let words = [
        &words[..],
        &[
            "--class",
            "school",
            "--division",
            "330106",
            "--key",
            &public,
        ],
    ]
    .concat();
    let error = refused(&words);
    assert!(error.contains("the key is the officer li's"), "{error}");
    let secret = place.file("li.json");
    let mut words = words;
    *words.last_mut().unwrap() = &secret;
    assert!(refused(&words).contains("secret key file"));
    let none = run(&[
        "officer", "add", "--config", &config, "--id", "x", "--name", "y", "--duty", "health",
    ]);
    assert_eq!(none.status.code(), Some(2));
}

#[test]
fn sources_are_registered_listed_and_ended() {
    let place = Place::new();
    let (config, key) = (place.config(), place.file("lab.json"));
    let words = [
        "source",
        "add",
        "--config",
        &config,
        "--id",
        "lab-3",
        "--kind",
        "laboratory",
    ];
    let words = [
        &words[..],
        &["--line", "test", "--division", "330000", "--out", &key],
    ]
    .concat();
    done(&words);
    done(&[
        "source", "end", "lab-3", "--reason", "moved", "--config", &config,
    ]);
    let listed = done(&["source", "list", "--config", &config, "--json"]);
    // It has at least the second in which it began.
    next_second();
    let row: Value = serde_json::from_str(listed.trim()).unwrap();
    assert_eq!(
        (&row["id"], &row["says"]),
        (&"lab-3".into(), &"laboratory: test".into())
    );
    let listed = done(&["source", "list", "--config", &config]);
    assert!(listed.contains("(ended)"), "{listed}");
    let error = refused(&[
        "source", "end", "lab-4", "--reason", "moved", "--config", &config,
    ]);
    assert!(error.contains("no source is registered"), "{error}");
}

/// Lets the second go by that the clock shows now.
fn next_second() {
    #[expect(
        clippy::disallowed_methods,
        reason = "another process reads the machine's clock"
    )]
    std::thread::sleep(Duration::from_millis(1100));
}
