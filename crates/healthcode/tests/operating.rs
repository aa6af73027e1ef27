//! A region as its operators watch it: TLS with a renewed certificate, the journal, the metrics.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use hc_testkit::told::{Told, ask, exchange};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use serde_json::{Value, json};
use tempfile::TempDir;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn certificate(name: &str) -> PathBuf {
    root().join("crates/http/tests/tls").join(name)
}

fn healthcode(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_healthcode"));
    command.args(words).current_dir(root());
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A new region at ports that are free, with more lines at the end of its configuration.
fn region(folder: &TempDir, lines: &str) -> PathBuf {
    let path = folder.path().join("region");
    let words = [
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
    ];
    let made = healthcode(&words).output().unwrap();
    assert!(made.status.success(), "{}", text(&made.stderr));
    let file = path.join("healthcode.toml");
    let config = fs::read_to_string(&file).unwrap();
    let config = config.replace(
        "#operators = \"127.0.0.1:8081\"",
        "operators = \"127.0.0.1:0\"",
    );
    let config = config.replace("[identity]\n", "").replace("[log]\n", "");
    fs::write(&file, format!("{config}\n{lines}\n")).unwrap();
    path
}

/// A region that serves; it is stopped when the test ends, however it ends.
struct Serving {
    child: Child,
    address: SocketAddr,
    operators: SocketAddr,
    journal: Option<JoinHandle<Vec<String>>>,
}

impl Serving {
    fn start(path: &Path, secrets: &[(&str, &str)]) -> Self {
        let config = path.join("healthcode.toml");
        let mut child = healthcode(&["serve", "--config", config.to_str().unwrap()])
            .envs(secrets.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut journal = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut first = Vec::new();
        let (address, operators) = loop {
            let line = journal.next().expect("a line about the beginning").unwrap();
            first.push(line);
            let line: Value =
                serde_json::from_str(first.last().unwrap()).unwrap_or_else(|_| panic!("{first:?}"));
            if line["what"] == "begun" {
                let why = line["why"].as_str().unwrap().replace(',', "");
                let mut addresses = why.split_whitespace().filter_map(|word| word.parse().ok());
                break (addresses.next().unwrap(), addresses.next().unwrap());
            }
        };
        let journal = std::thread::spawn(move || {
            first.extend(journal.map_while(Result::ok));
            first
        });
        Self {
            child,
            address,
            operators,
            journal: Some(journal),
        }
    }

    fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args([name, &id]).status().unwrap();
        assert!(sent.success());
    }

    /// Stops it as a service manager does and gives the journal.
    fn stop(mut self) -> Vec<String> {
        self.signal("-TERM");
        assert!(self.child.wait().unwrap().success());
        self.journal.take().unwrap().join().unwrap()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Asks over TLS; gives the answer and the certificate that was shown.
fn ask_over_tls(to: SocketAddr, request: &str) -> (Told, Vec<u8>) {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_file(certificate("ca.pem")).unwrap())
        .unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let client = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("region.example").unwrap();
    let connection = ClientConnection::new(Arc::new(client), name).unwrap();
    let mut stream = StreamOwned::new(connection, TcpStream::connect(to).unwrap());
    let told = exchange(&mut stream, request, "", None);
    let shown = stream.conn.peer_certificates().unwrap()[0].to_vec();
    (told, shown)
}

fn doctor(path: &Path) -> Output {
    let config = path.join("healthcode.toml");
    let words = ["--json", "doctor", "--config", config.to_str().unwrap()];
    healthcode(&words).output().unwrap()
}

/// What the doctor says of something: all of it, and whether it is good.
fn finding(path: &Path, what: &str) -> Vec<(bool, String)> {
    let said = text(&doctor(path).stdout);
    let lines = said
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines
        .filter(|line| line["what"] == what)
        .map(|line| {
            (
                line["good"].as_bool().unwrap(),
                line["says"].as_str().unwrap().to_owned(),
            )
        })
        .collect()
}

#[test]
fn a_renewed_certificate_is_served_without_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = region(
        &folder,
        "[tls]\ncertificate = \"served.pem\"\nkey = \"served.key\"",
    );
    let put = |name: &str, ending: &str| {
        let to = path.join(format!("served.{ending}"));
        let from = fs::read(certificate(&format!("{name}.{ending}"))).unwrap();
        fs::write(&to, from).unwrap();
        fs::set_permissions(&to, fs::Permissions::from_mode(0o640)).unwrap();
    };
    put("first", "pem");
    put("first", "key");
    assert!(finding(&path, "tls")[0].0);
    let serving = Serving::start(&path, &[]);
    let (told, shown) = ask_over_tls(serving.address, "GET /v1/keys");
    assert_eq!(told.status, 200);
    assert_eq!(
        shown,
        CertificateDer::from_pem_file(certificate("first.pem"))
            .unwrap()
            .to_vec()
    );
    // Half of a renewal changes nothing.
    put("second", "pem");
    serving.signal("-HUP");
    let second = CertificateDer::from_pem_file(certificate("second.pem"))
        .unwrap()
        .to_vec();
    std::thread::park_timeout(Duration::from_millis(500));
    assert_ne!(ask_over_tls(serving.address, "GET /healthz").1, second);
    put("second", "key");
    serving.signal("-HUP");
    let mut renewed = false;
    for _ in 0..100 {
        renewed = ask_over_tls(serving.address, "GET /healthz").1 == second;
        if renewed {
            break;
        }
        std::thread::park_timeout(Duration::from_millis(100));
    }
    assert!(renewed, "the new certificate is not served");
    let metrics = ask(serving.operators, "GET /metrics", "", None).body;
    let line = |start: &str| {
        metrics
            .lines()
            .find(|line| line.starts_with(start))
            .unwrap_or_default()
            .to_owned()
    };
    assert!(!line("healthcode_tls_handshakes_total{outcome=\"done\"}").ends_with(" 0"));
    assert!(
        line("healthcode_tls_certificate_ends_seconds ").len() > 45,
        "{metrics}"
    );
    let journal = serving.stop().join("\n");
    assert!(journal.contains("the certificate was renewed"), "{journal}");
    assert!(journal.contains("stays as it was"), "{journal}");
}

#[test]
fn the_doctor_says_what_is_wrong_with_addresses_certificates_and_providers() {
    let folder = tempfile::tempdir().unwrap();
    let path = region(&folder, "");
    let file = path.join("healthcode.toml");
    let whole = fs::read_to_string(&file).unwrap();
    assert!(finding(&path, "listen").is_empty());
    assert!(finding(&path, "identity")[0].1.contains("nobody can enrol"));
    fs::write(
        &file,
        whole.replace("listen = \"127.0.0.1:0\"", "listen = \"0.0.0.0:8080\""),
    )
    .unwrap();
    let (good, says) = finding(&path, "listen").remove(0);
    assert!(!good && says.contains("set [tls]"), "{says}");
    fs::write(
        &file,
        format!("{whole}[tls]\ncertificate = \"none.pem\"\nkey = \"none.key\"\n"),
    )
    .unwrap();
    let (good, says) = finding(&path, "tls").remove(0);
    assert!(!good && says.contains("none.pem"), "{says}");
    // A key that everybody may read, and a pair that does not go together.
    let copied = path.join("read.key");
    fs::copy(certificate("first.key"), &copied).unwrap();
    let tls = |key: &str| {
        let pem = certificate("second.pem").display().to_string();
        format!("{whole}[tls]\ncertificate = \"{pem}\"\nkey = \"{key}\"\n")
    };
    fs::write(&file, tls("read.key")).unwrap();
    fs::set_permissions(&copied, fs::Permissions::from_mode(0o644)).unwrap();
    let (good, says) = finding(&path, "tls").remove(0);
    assert!(!good && says.contains("everybody may read"), "{says}");
    fs::set_permissions(&copied, fs::Permissions::from_mode(0o600)).unwrap();
    let (good, says) = finding(&path, "tls").remove(0);
    assert!(!good && says.contains("do not go together"), "{says}");
    // A provider whose secret is not there, and one that does not answer.
    let free = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let provider = format!(
        "[[identity.openid]]\nname = \"national\"\ntitle-zh = \"国\"\ntitle-en = \"n\"\n\
         issuer = \"http://{free}\"\nclient = \"c\"\nredirect = \"https://r.example/b\"\n\
         claims = {{ number = \"n\", name = \"m\", type = \"111\" }}\n"
    );
    fs::write(&file, format!("{whole}{provider}")).unwrap();
    let (good, says) = finding(&path, "identity").remove(0);
    assert!(
        !good && says.contains("HEALTHCODE_SECRET_IDENTITY_NATIONAL"),
        "{says}"
    );
    let secret = path.join("secrets/identity-national.secret");
    fs::write(&secret, "s\n").unwrap();
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).unwrap();
    assert!(finding(&path, "identity")[0].0);
    let (good, says) = finding(&path, "identity national").remove(0);
    assert!(!good && says.contains("cannot be reached"), "{says}");
}

const NAME: &str = "欧阳震华";
const NUMBER: &str = "11010519491231002X";
const PHONE: &str = "13912345678";
const ADDRESS: &str = "文三路九十号";
const CODE: &str = "code-of-the-app-7f3a";
const SECRET: &str = "secret-of-the-app-91c2";

/// A server that plays a super app: it knows one code.
fn app() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut line = String::new();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            reader.read_line(&mut line).unwrap();
            let mut header = String::from("x");
            while !header.trim().is_empty() {
                header.clear();
                reader.read_line(&mut header).unwrap();
            }
            let known = line.contains(CODE) && line.contains(SECRET);
            let body = if known {
                json!({"openid": "o-77", "n": NUMBER, "m": NAME})
            } else {
                json!({"errcode": 40029, "errmsg": format!("invalid code {line}")})
            };
            let body = body.to_string();
            write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            )
            .unwrap();
        }
    });
    address
}

#[test]
fn a_whole_story_leaves_nothing_personal_in_the_journal_and_every_metric_is_listed() {
    let folder = tempfile::tempdir().unwrap();
    let app = app();
    let path = region(
        &folder,
        &format!(
            "[log]\nlevel = \"debug\"\n[[identity.super-app]]\nname = \"wechat\"\ntitle-zh = \"微信\"\n\
             title-en = \"WeChat\"\nform = \"wechat\"\nendpoint = \"http://{app}/sns/jscode2session\"\n\
             app = \"wx-1\"\nclaims = {{ number = \"n\", name = \"m\", type = \"111\" }}\n"
        ),
    );
    let serving = Serving::start(&path, &[("HEALTHCODE_SECRET_IDENTITY_WECHAT", SECRET)]);
    let to = serving.address;
    let enrolment = |code: &str| {
        json!({
            "identity": {"method": "wechat", "proof": code},
            "profile": {"phone": PHONE, "address": ADDRESS},
            "consents": [{"purpose": "code", "version": 1, "days": 365}],
        })
    };
    let refused = ask(
        to,
        "POST /v1/enrolments",
        "",
        Some(&enrolment("wrong-code-55")),
    );
    assert_eq!(refused.status, 403, "{}", refused.body);
    let told = ask(to, "POST /v1/enrolments", "", Some(&enrolment(CODE)));
    assert_eq!(told.status, 201, "{}", told.body);
    let token = told.json()["shown"]["token"].as_str().unwrap().to_owned();
    let shown = ask(to, "GET /v1/code", &token, None).json();
    let code = shown["codes"][0]["text"].as_str().unwrap().to_owned();
    let verdict = ask(to, "POST /v1/verdicts", "", Some(&json!({"text": code})));
    assert_eq!(verdict.status, 200);
    for (request, expected) in [
        ("GET /v1/why", 200),
        ("GET /v1/export", 200),
        ("GET /v1/log", 200),
        ("POST /v1/papers", 201),
        ("GET /v1/code?ahead=77", 400),
        (&*format!("GET /v1/people/{NUMBER}"), 404),
    ] {
        let told = ask(to, request, &token, None);
        assert_eq!(told.status, expected, "{request}: {}", told.body);
    }
    let paper = ask(to, "POST /v1/papers", &token, None).json();
    let wrong = ask(to, "GET /v1/code", &format!("{token}x"), None);
    assert_eq!(wrong.status, 401);
    let bad = json!({"identity": {"method": "wechat", "proof": CODE}, "profile": {"name": NAME}, "document": {"type": "111", "number": NUMBER, "colour": "red"}});
    assert_eq!(ask(to, "POST /v1/enrolments", "", Some(&bad)).status, 400);
    let reason = json!({"reason": "lost-device"});
    let withdrawn = ask(to, "POST /v1/withdrawal", &token, Some(&reason));
    assert_eq!(withdrawn.status, 201, "{}", withdrawn.body);
    let second = withdrawn.json()["token"].as_str().unwrap().to_owned();
    assert_eq!(ask(to, "DELETE /v1/subject", &second, None).status, 204);
    assert_eq!(ask(to, "GET /metrics", "", None).status, 404);
    let metrics = ask(serving.operators, "GET /metrics", "", None).body;
    let journal = serving.stop();

    let whole = journal.join("\n");
    for hidden in [
        NAME,
        NUMBER,
        PHONE,
        ADDRESS,
        CODE,
        SECRET,
        "wrong-code-55",
        &token,
        &second,
        &code,
        "o-77",
        paper["text"].as_str().unwrap(),
        paper["pointer"].as_str().unwrap(),
        "/v1/",
        "Bearer",
        "person",
    ] {
        assert!(
            !whole.contains(hidden),
            "{hidden} stands in the journal: {whole}"
        );
    }
    let lines: Vec<Value> = journal
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let mut operations: BTreeMap<String, u32> = BTreeMap::new();
    for line in &lines {
        assert!(
            line["at"].is_string() && line["level"].is_string(),
            "{line}"
        );
        if line["what"] == "request" {
            *operations
                .entry(line["operation"].as_str().unwrap().to_owned())
                .or_default() += 1;
            assert!(line["micros"].is_u64() && line["status"].is_u64(), "{line}");
        }
    }
    assert_eq!(operations["enrol"], 3, "{operations:?}");
    assert!(operations.len() >= 9, "{operations:?}");
    for hidden in [NAME, NUMBER, PHONE, &token] {
        assert!(!metrics.contains(hidden));
    }
    listed(&metrics);
}

/// Holds the list of metrics to what a region tells.
fn listed(metrics: &str) {
    let mut found: BTreeMap<&str, (&str, &str)> = BTreeMap::new();
    for line in metrics.lines() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            let (name, help) = rest.split_once(' ').unwrap();
            found.insert(name, ("", help));
        }
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').unwrap();
            found.get_mut(name).unwrap().0 = kind;
        }
    }
    let mut ours = String::from(
        "# What an operator can watch at /metrics. The test of crates/healthcode/tests/operating.rs holds it to the program.\nmetric\ttype\tmeaning\n",
    );
    for (name, (kind, help)) in &found {
        for part in [name, "\t", kind, "\t", help, "\n"] {
            ours.push_str(part);
        }
        assert!(name.starts_with("healthcode_"), "{name}");
        assert!(matches!(*kind, "counter" | "gauge" | "histogram"), "{name}");
    }
    // Every line is of a metric that is listed.
    for line in metrics.lines().filter(|line| !line.starts_with('#')) {
        let name = line.split(['{', ' ']).next().unwrap();
        let base = ["_bucket", "_sum", "_count"]
            .iter()
            .find_map(|ending| {
                name.strip_suffix(ending)
                    .filter(|base| found.contains_key(base))
            })
            .unwrap_or(name);
        assert!(found.contains_key(base), "{line}");
    }
    let path = root().join("spec/metrics.tsv");
    if std::env::var_os("HEALTHCODE_WRITE").is_some() {
        fs::write(&path, &ours).unwrap();
    }
    let same = fs::read_to_string(&path).unwrap_or_default() == ours;
    assert!(
        same,
        "spec/metrics.tsv is not up to date: run this test once with HEALTHCODE_WRITE=1"
    );
}
