//! A region as its operators meet it: made, run, stopped, and shown.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use tempfile::TempDir;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn command(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_healthcode"));
    command.args(words).current_dir(root());
    command
}

fn run(words: &[&str]) -> Output {
    command(words).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A new region in a folder, at a port that is free.
fn region(folder: &TempDir) -> PathBuf {
    region_with(folder, &[])
}

/// The same, with more options.
fn region_with(folder: &TempDir, more: &[&str]) -> PathBuf {
    let path = folder.path().join("region");
    let made = run(&[&init(&path, "330000")[..], more].concat());
    assert!(made.status.success(), "{}", text(&made.stderr));
    let file = path.join("healthcode.toml");
    let config = fs::read_to_string(&file).unwrap();
    let config = config.replace(
        "#operators = \"127.0.0.1:8081\"",
        "operators = \"127.0.0.1:0\"",
    );
    fs::write(&file, config).unwrap();
    path
}

fn init<'a>(path: &'a Path, region: &'a str) -> [&'a str; 10] {
    [
        "init",
        path.to_str().unwrap(),
        "--region",
        region,
        "--rules",
        "policies/zhejiang-2022-06.toml",
        "--lists-at",
        "https://330000.example/status",
        "--listen",
        "127.0.0.1:0",
    ]
}

/// A region that serves; it is stopped when the test ends, however it ends.
struct Serving {
    child: Child,
    address: SocketAddr,
}

impl Serving {
    fn start(path: &Path) -> Self {
        let config = path.join("healthcode.toml");
        let mut child = command(&["serve", "--config", config.to_str().unwrap()])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        let address = line.split_whitespace().last().unwrap_or_default();
        let address = address
            .parse()
            .unwrap_or_else(|_| panic!("no address in {line:?}"));
        Self { child, address }
    }

    fn ask(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(self.address).unwrap();
        write!(
            stream,
            "{request} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        )
        .unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        // A key list is binary; what is looked at is text.
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// Asks it to stop, as an operator's service manager does.
    fn stop(mut self) -> bool {
        let id = self.child.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &id]).status().unwrap();
        asked.success() && self.child.wait().unwrap().success()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[test]
fn the_demonstration_plays_its_story_over_http() {
    for (language, words) in [
        (
            "en",
            [
                "low (00)",
                "high (10)",
                "the gate: refuse",
                "A first positive",
            ],
        ),
        (
            "zh",
            ["低风险", "高风险", "闸机： refuse", "核酸检测初筛阳性"],
        ),
    ] {
        let played = run(&["--lang", language, "demo", "--once", "--people", "50"]);
        let shown = text(&played.stdout);
        assert!(played.status.success(), "{shown}{}", text(&played.stderr));
        for word in words {
            assert!(shown.contains(word), "no {word:?} in {shown}");
        }
    }
}

#[test]
fn the_trip_through_the_federation_plays_over_https_between_five_services() {
    let played = run(&["demo", "--federation", "--once", "--people", "20"]);
    let shown = text(&played.stdout);
    assert!(played.status.success(), "{shown}{}", text(&played.stderr));
    for words in [
        "Chongqing’s gate: pass",
        "Guangdong’s gate: pass (low)",
        "high (10)",
        "A close contact of a case",
        "Guangdong’s gate: refuse (high)",
        "moves to Guangdong for good",
        "Chongqing converts it",
    ] {
        assert!(shown.contains(words), "no {words:?} in {shown}");
    }
    let lines = run(&["--json", "demo", "--federation", "--once", "--people", "20"]);
    assert!(lines.status.success(), "{}", text(&lines.stderr));
    assert_eq!(text(&lines.stdout).lines().count(), 6);
}

#[test]
fn a_region_is_made_once_and_its_secrets_are_its_own() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = region(&folder);
    for secret in fs::read_dir(path.join("secrets")).unwrap() {
        let mode = secret.unwrap().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let again = run(&init(&path, "330000"));
    assert_eq!(again.status.code(), Some(3));
    assert!(text(&again.stderr).contains("cannot make the new folder"));
    let other = folder.path().join("other");
    let wrong = run(&init(&other, "440000"));
    assert!(text(&wrong.stderr).contains("the rule pack is of 330000"));
    assert!(!other.exists(), "half a region was left");
}

#[test]
fn a_region_serves_stops_when_asked_and_begins_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = region(&folder);
    for _ in 0..2 {
        let serving = Serving::start(&path);
        assert!(serving.ask("GET /v1/keys").starts_with("HTTP/1.1 200"));
        let refused = serving.ask("GET /v1/code");
        assert!(refused.starts_with("HTTP/1.1 401"), "{refused}");
        assert!(refused.contains("application/problem+json"));
        let config = path.join("healthcode.toml");
        let second = run(&["serve", "--config", config.to_str().unwrap()]);
        assert_eq!(second.status.code(), Some(3));
        assert!(text(&second.stderr).contains("is in use"));
        assert!(serving.stop(), "it did not stop by itself");
    }
}

#[test]
fn a_region_without_a_secret_or_with_a_slip_in_its_configuration_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = region(&folder);
    let config = path.join("healthcode.toml");
    let says = |what: &str| {
        let refused = run(&["serve", "--config", config.to_str().unwrap()]);
        assert_eq!(refused.status.code(), Some(3));
        let said = text(&refused.stderr);
        assert!(said.contains(what), "no {what:?} in {said}");
    };
    let whole = fs::read_to_string(&config).unwrap();
    fs::write(&config, format!("stalness-limit = \"2h\"\n{whole}")).unwrap();
    says("stalness-limit");
    fs::write(&config, &whole).unwrap();
    fs::rename(path.join("secrets/columns.key"), path.join("kept")).unwrap();
    says("columns.key");
    fs::rename(path.join("kept"), path.join("secrets/columns.key")).unwrap();
    fs::write(path.join("rules.toml"), "").unwrap();
    says("rules.toml");
}

#[test]
fn a_copy_is_made_while_the_region_serves_and_the_doctor_finds_it_good() {
    let folder = tempfile::tempdir().unwrap();
    let path = region(&folder);
    let config = path.join("healthcode.toml");
    let config = config.to_str().unwrap();
    let examine = || {
        let examined = run(&["--json", "doctor", "--config", config]);
        let says = text(&examined.stdout);
        let line = says.lines().find(|line| line.contains("\"database\""));
        (line.unwrap_or_default().to_owned(), says)
    };
    let (before, _) = examine();
    assert!(before.contains("`serve` makes it"), "{before}");
    let serving = Serving::start(&path);
    let copy = folder.path().join("copy.db");
    let words = ["backup", "--config", config, "--to", copy.to_str().unwrap()];
    let copied = run(&words);
    assert!(copied.status.success(), "{}", text(&copied.stderr));
    let again = run(&words);
    assert_eq!(again.status.code(), Some(3));
    assert!(text(&again.stderr).contains("is there already"));
    assert!(examine().0.contains("\"good\":true"), "{:?}", examine());
    assert!(serving.stop());

    // The copy in the place of the database, then a page of it overwritten.
    for name in ["region.db", "region.db-wal", "region.db-shm"] {
        drop(fs::remove_file(path.join(name)));
    }
    fs::copy(&copy, path.join("region.db")).unwrap();
    assert!(examine().0.contains("\"good\":true"), "{:?}", examine());
    let mut bytes = fs::read(&copy).unwrap();
    let length = bytes.len();
    bytes[4096..length.min(12_288)].fill(0xA5);
    fs::write(path.join("region.db"), bytes).unwrap();
    let (broken, _) = examine();
    assert!(broken.contains("\"good\":false"), "{broken}");
}

#[test]
fn a_region_of_the_national_suite_serves_and_keeps_to_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = region_with(&folder, &["--algorithm", "SM2", "--cipher", "SM4-GCM"]);
    let serving = Serving::start(&path);
    let keys = serving.ask("GET /v1/keys");
    assert!(keys.starts_with("HTTP/1.1 200"), "{keys}");
    assert!(serving.stop());
    for name in ["root.json", "paper.json"] {
        let key = fs::read_to_string(path.join("secrets").join(name)).unwrap();
        assert!(key.contains("\"SM2\""), "{name}");
    }
    let config = path.join("healthcode.toml");
    let examined = run(&["doctor", "--config", config.to_str().unwrap()]);
    let says = text(&examined.stdout);
    assert!(says.contains("good  database"), "{says}");

    // The key without the name of its cipher is a key for the other one.
    let file = path.join("secrets/columns.key");
    let key = fs::read_to_string(&file).unwrap();
    let digits = key.strip_prefix("SM4-GCM:").unwrap();
    for (content, told) in [
        (
            digits.to_owned(),
            "is sealed with SM4-GCM, and the key is for AES-256-GCM-SIV",
        ),
        (format!("SM5:{digits}"), "AES-256-GCM-SIV or SM4-GCM"),
    ] {
        fs::write(&file, content).unwrap();
        let refused = run(&["serve", "--config", config.to_str().unwrap()]);
        assert_eq!(refused.status.code(), Some(3));
        let said = text(&refused.stderr);
        assert!(said.contains(told), "no {told:?} in {said}");
    }
}

#[test]
fn the_doctor_names_a_pack_that_has_ended() {
    let folder = tempfile::tempdir().unwrap();
    let path = region(&folder);
    let config = path.join("healthcode.toml");
    let examined = run(&["doctor", "--config", config.to_str().unwrap()]);
    assert_eq!(examined.status.code(), Some(1));
    let says = text(&examined.stdout);
    assert!(says.contains("look  rules: ended at 2022-11-12"), "{says}");
    assert!(says.contains("good  secrets"), "{says}");
}
