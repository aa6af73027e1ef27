//! A region with people who never lived, a laboratory's key, and a browser in front of it.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard};

use base64ct::{Base64, Encoding};
use hc_code::signing::{Algorithm, Signer, SigningKey};
use hc_testkit::browser::{Browser, BrowserError, Page, Screen};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

/// One browser at a time: several would only make each other late.
static TURN: Mutex<()> = Mutex::new(());

/// A region that runs until the test ends, however it ends.
pub(crate) struct Stage {
    child: Child,
    address: SocketAddr,
    folder: TempDir,
    browser: Alone,
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A browser alone, for tests with a region of their own.
pub(crate) struct Alone {
    browser: Browser,
    _turn: MutexGuard<'static, ()>,
}

impl Alone {
    /// A browser; nothing where there is none, which under CI is a failure.
    pub(crate) fn begin() -> Option<Self> {
        let turn = TURN
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        match Browser::begin() {
            Ok(browser) => Some(Self {
                browser,
                _turn: turn,
            }),
            Err(error @ BrowserError::Missing(_)) => {
                let needed = std::env::var_os("CI").is_some_and(|ci| ci == "true");
                assert!(!needed, "{error}");
                eprintln!("SKIPPED, no page was shown: {error}");
                None
            }
            Err(error) => panic!("{error}"),
        }
    }

    pub(crate) fn page(&self, screen: &Screen) -> Page {
        self.browser.page(screen).unwrap()
    }
}

impl Stage {
    /// A region and a browser; nothing where there is no browser, which under CI is a failure.
    pub(crate) fn begin() -> Option<Self> {
        let browser = Alone::begin()?;
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().join("region");
        let mut child = Command::new(env!("CARGO_BIN_EXE_healthcode"))
            .args([
                "--lang",
                "en",
                "demo",
                "--people",
                "20",
                "--listen",
                "127.0.0.1:0",
            ])
            .args([
                "--areas",
                "crates/healthcode/tour/2022070811.json",
                "--folder",
            ])
            .arg(&at)
            .current_dir(root())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let address = loop {
            let mut line = String::new();
            assert_ne!(
                out.read_line(&mut line).unwrap(),
                0,
                "the region has not begun"
            );
            if let Some((_, rest)) = line.trim().split_once("http://") {
                break rest.trim_end_matches("/demo").parse().unwrap();
            }
        };
        Some(Self {
            child,
            address,
            folder,
            browser,
        })
    }

    pub(crate) fn at(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn page(&self, screen: &Screen) -> Page {
        self.browser.page(screen)
    }

    /// Somebody who is not enrolled yet: name and number.
    pub(crate) fn somebody(&self) -> (String, String) {
        let person = self.ask("GET", "/demo/person", None);
        let text = |name: &str| person[name].as_str().unwrap().to_owned();
        (text("name"), text("number"))
    }

    /// Asks the region itself, as a program does.
    pub(crate) fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> Value {
        let body = body.map(|body| ("application/json", body.to_string()));
        self.send(method, path, &[], body)
    }

    /// Turns the clock forward.
    pub(crate) fn forward(&self, hours: u16) {
        self.ask("POST", "/demo/clock", Some(&json!({ "hours": hours })));
    }

    fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[String],
        body: Option<(&str, String)>,
    ) -> Value {
        let (media, body) = body.unwrap_or_default();
        let mut stream = TcpStream::connect(self.address).unwrap();
        let mut more = headers.join("\r\n");
        if !more.is_empty() {
            more.push_str("\r\n");
        }
        let media = if media.is_empty() {
            String::new()
        } else {
            format!("content-type: {media}\r\n")
        };
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncontent-length: {}\r\n{media}{more}\r\n{body}",
            self.address,
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, content) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 2"), "{method} {path}: {answer}");
        serde_json::from_str(content).unwrap_or(Value::Null)
    }

    /// The laboratory reports a test of somebody, in a batch that it signs (`spec/sources.md`).
    pub(crate) fn laboratory(&self, number: &str, result: &str, reference: &str) -> Value {
        let file = fs::read(self.folder.path().join("region/laboratory.json")).unwrap();
        let file: Value = serde_json::from_slice(&file).unwrap();
        let mut secret = [0; 32];
        hex::decode_to_slice(file["secret"].as_str().unwrap(), &mut secret).unwrap();
        let key = SigningKey::from_secret(Algorithm::Ed25519, &secret).unwrap();
        let now = self.ask("GET", "/demo/now", None);
        let now = now["now"].as_str().unwrap().to_owned();
        let at: hc_code::Timestamp = now.parse().unwrap();
        let line = json!({
            "ref": reference, "source": "laboratory", "by": "load",
            "document_type": "111", "document": number, "kind": "test", "at": now,
            "method": "nucleic-acid", "pooling": "single", "result": result,
        });
        let body = format!("{line}\n");
        let digest = Base64::encode_string(&Sha256::digest(body.as_bytes()));
        let parameters = format!(
            "(\"@method\" \"@path\" \"content-type\" \"content-digest\" \"batch-reference\");created={};keyid=\"load\";tag=\"healthcode-batch-330000\"",
            at.unix()
        );
        let base = format!(
            "\"@method\": POST\n\"@path\": /v1/batches\n\"content-type\": application/x-ndjson\n\
             \"content-digest\": sha-256=:{digest}:\n\"batch-reference\": {reference}\n\
             \"@signature-params\": {parameters}"
        );
        let signature = key.sign(base.as_bytes()).unwrap();
        let signature = Base64::encode_string(signature.as_bytes());
        let headers = [
            format!("batch-reference: {reference}"),
            format!("content-digest: sha-256=:{digest}:"),
            format!("signature-input: batch={parameters}"),
            format!("signature: batch=:{signature}:"),
        ];
        let taken = self.send(
            "POST",
            "/v1/batches",
            &headers,
            Some(("application/x-ndjson", body)),
        );
        assert_eq!(taken["state"], "accepted", "{taken}");
        taken
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
