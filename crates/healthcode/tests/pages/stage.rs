//! A region with people who never lived, a laboratory's key, and a browser in front of it.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, MutexGuard};

use base64ct::{Base64, Encoding};
use hc_code::Timestamp;
use hc_code::signing::{Algorithm, Signer, SigningKey};
use hc_http::{Signatory, Unsigned};
use hc_node::party::PartyId;
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
    operators: Option<SocketAddr>,
    nonce: AtomicU8,
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

/// The region in its folder, and where it is.
fn serve(folder: &TempDir) -> (Child, SocketAddr) {
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
    (child, address)
}

fn send(
    address: SocketAddr,
    (method, path): (&str, &str),
    headers: &[String],
    body: Option<(&str, String)>,
) -> Value {
    let (media, body) = body.unwrap_or_default();
    let mut stream = TcpStream::connect(address).unwrap();
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
        address,
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, content) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 2"), "{method} {path}: {answer}");
    serde_json::from_str(content).unwrap_or(Value::Null)
}

impl Stage {
    /// A region and a browser; nothing where there is no browser, which under CI is a failure.
    pub(crate) fn begin() -> Option<Self> {
        let browser = Alone::begin()?;
        let folder = tempfile::tempdir().unwrap();
        let (child, address) = serve(&folder);
        Some(Self {
            child,
            address,
            operators: None,
            nonce: AtomicU8::new(0),
            folder,
            browser,
        })
    }

    /// The same, where its two officers know at which port they reach it.
    pub(crate) fn with_officers() -> Option<Self> {
        let mut stage = Self::begin()?;
        stage.child.kill().unwrap();
        stage.child.wait().unwrap();
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let operators = free.local_addr().unwrap();
        drop(free);
        let file = stage.path("healthcode.toml");
        let config = fs::read_to_string(&file).unwrap();
        let (before, rest) = config.split_once("\noperators = ").unwrap();
        let (_, after) = rest.split_once('\n').unwrap();
        let config = format!("{before}\noperators = \"{operators}\"\n{after}");
        fs::write(&file, config).unwrap();
        let (child, address) = serve(&stage.folder);
        (stage.child, stage.address) = (child, address);
        stage.operators = Some(operators);
        Some(stage)
    }

    /// A file of the region.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("region").join(name)
    }

    /// An officer asks the region.
    pub(crate) fn officer(
        &self,
        id: &str,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> Value {
        let key = self.key(&format!("officer-{id}.json"));
        let body = body.map(Value::to_string);
        let unsigned = Unsigned {
            method,
            target: path,
            body: body
                .as_ref()
                .map(|body| ("application/json", body.as_bytes())),
        };
        let signatory = Signatory::officer(PartyId::parse(id).unwrap(), "330000".parse().unwrap());
        let nonce = [self.nonce.fetch_add(1, Ordering::Relaxed); 16];
        let headers = signatory.sign(unsigned, &key, self.now(), nonce).unwrap();
        let headers: Vec<String> = headers
            .into_iter()
            .filter(|(name, _)| *name != "content-type")
            .map(|(name, value)| format!("{name}: {value}"))
            .collect();
        let to = self.operators.unwrap();
        send(
            to,
            (method, path),
            &headers,
            body.map(|body| ("application/json", body)),
        )
    }

    /// Two officers mean the same.
    pub(crate) fn decide(&self, proposal: &Value) -> Value {
        let made = self.officer("li", "POST", "/v1/proposals", Some(proposal));
        let path = format!("/v1/proposals/{}/approval", made["id"].as_str().unwrap());
        let done = self.officer("wang", "POST", &path, None);
        assert_eq!(done["state"], "done", "{done}");
        done
    }

    /// The region's clock.
    pub(crate) fn now(&self) -> Timestamp {
        let now = self.ask("GET", "/demo/now", None);
        now["now"].as_str().unwrap().parse().unwrap()
    }

    fn key(&self, name: &str) -> SigningKey {
        let file = fs::read(self.path(name)).unwrap();
        let file: Value = serde_json::from_slice(&file).unwrap();
        let mut secret = [0; 32];
        hex::decode_to_slice(file["secret"].as_str().unwrap(), &mut secret).unwrap();
        SigningKey::from_secret(Algorithm::Ed25519, &secret).unwrap()
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
        send(self.address, (method, path), headers, body)
    }

    /// The laboratory reports a test of somebody, in a batch that it signs (`spec/sources.md`).
    pub(crate) fn laboratory(&self, number: &str, result: &str, reference: &str) -> Value {
        let key = self.key("laboratory.json");
        let now = self.ask("GET", "/demo/now", None);
        let now = now["now"].as_str().unwrap().to_owned();
        let at: Timestamp = now.parse().unwrap();
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
