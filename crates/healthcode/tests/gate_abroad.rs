//! A carried code of one region at a gate of another: two regions under a hub, each a process of its own over TLS, and
//! the gate's page in a real browser.
//!
//! Chromium and its driver are needed; without them the test says so and, under `CI=true`, fails.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use base64ct::{Base64UrlUnpadded, Encoding};
use hc_code::Timestamp;
use hc_code::carried::show;
use hc_code::signing::{Algorithm, Signer, SigningKey};
use hc_testkit::browser::{Browser, BrowserError, Page, Screen};
use serde_json::{Value, json};
use tempfile::TempDir;

const NUMBERS: [&str; 2] = ["11010519491231002X", "440524188001010014"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn run(words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_healthcode"));
    command.args(words).current_dir(root()).output().unwrap()
}

/// What a command said that ended with one of these codes.
fn done(words: &[&str], codes: &[i32]) -> String {
    let output = run(words);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let said = text(&output.stdout) + &text(&output.stderr);
    assert!(
        output
            .status
            .code()
            .is_some_and(|code| codes.contains(&code)),
        "{words:?}: {said}"
    );
    said
}

/// The word after a word.
fn after(said: &str, word: &str) -> String {
    let mut words = said.split_whitespace().skip_while(|found| *found != word);
    let found = words.nth(1);
    found
        .unwrap_or_else(|| panic!("no {word} in {said}"))
        .to_owned()
}

fn free_port() -> u16 {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    free.local_addr().unwrap().port()
}

fn certificate(name: &str) -> String {
    let file = root().join("crates/http/tests/tls").join(name);
    file.canonicalize().unwrap().display().to_string()
}

#[expect(clippy::disallowed_methods, reason = "other processes need a moment")]
fn pause() {
    std::thread::sleep(std::time::Duration::from_millis(250));
}

/// A process that serves until the test ends, however it ends.
struct Serving(Child);

impl Serving {
    fn start(config: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_healthcode"))
            .args(["serve", "--config", config])
            .current_dir(root())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        assert!(line.contains("127.0.0.1:"), "{line:?}");
        Self(child)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

struct World(TempDir);

impl World {
    fn path(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }

    /// The hub, initialised; gives its configuration and where it is.
    fn hub(&self) -> (String, String) {
        let key = self.path("tls.key");
        fs::copy(certificate("first.key"), &key).unwrap();
        fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
        done(&["key", "new", "--out", &self.path("offline.json")], &[0]);
        let (folder, listen) = (self.path("hub"), format!("127.0.0.1:{}", free_port()));
        let (public, config) = (self.path("offline.json.pub"), self.path("hub/hub.toml"));
        let words = [
            "hub",
            "init",
            &folder,
            "--name",
            "hub.example",
            "--key",
            &public,
        ];
        done(&[&words[..], &["--listen", &listen]].concat(), &[0]);
        let written = fs::read_to_string(&config).unwrap();
        let more = format!(
            "every = \"1s\"\nauthorities = \"{}\"\n[tls]\ncertificate = \"{}\"\nkey = \"{key}\"\n[log]",
            certificate("ca.pem"),
            certificate("first.pem"),
        );
        fs::write(&config, written.replace("[log]", &more)).unwrap();
        (config, format!("https://{listen}"))
    }

    /// A region, initialised; gives its configuration, where it is and where its officers reach it.
    fn region(&self, code: &str, rules: &str) -> (String, String, String) {
        let (folder, at) = (self.path(code), format!("127.0.0.1:{}", free_port()));
        let (lists, operators) = (
            format!("https://{at}/status"),
            format!("127.0.0.1:{}", free_port()),
        );
        let pack = self.path(&format!("{code}.toml"));
        // Services go by the machine's clock.
        fs::write(&pack, hc_testkit::federation::of_now(&root().join(rules))).unwrap();
        let words = ["init", &folder, "--region", code, "--rules", &pack];
        done(
            &[&words[..], &["--lists-at", &lists, "--listen", &at]].concat(),
            &[0],
        );
        let config = self.path(&format!("{code}/healthcode.toml"));
        let written = fs::read_to_string(&config).unwrap();
        let federation = format!(
            "[federation]\nevery = \"1s\"\nauthorities = \"{}\"\n",
            certificate("ca.pem")
        );
        let written = written
            .replace(
                "#operators = \"127.0.0.1:8081\"",
                &format!("operators = \"{operators}\""),
            )
            .replace("[federation]\n", &federation);
        let door = format!("127.0.0.1:{}", free_port());
        let more = format!(
            "\n[tls]\ncertificate = \"{}\"\nkey = \"{}\"\n[door]\nlisten = \"{door}\"\naddress = \"https://{door}\"\n",
            certificate("first.pem"),
            self.path("tls.key"),
        );
        fs::write(&config, written + &more).unwrap();
        (config, format!("https://{at}"), operators)
    }

    /// The hub lets a region in that has asked.
    fn admit(hub: &str, region: &str) {
        let file = format!("{region}.request");
        let words = ["federation", "request", "--contact", "duty officer, 12345"];
        let said = done(
            &[&words[..], &["--out", &file, "--config", region]].concat(),
            &[0],
        );
        let fingerprint = after(&said, "fingerprint");
        let words = ["hub", "admit", &file, "--fingerprint", &fingerprint];
        done(
            &[&words[..], &["--by", "the test", "--config", hub]].concat(),
            &[0, 1],
        );
    }

    /// The trust list goes to the offline key and comes back.
    fn sign_list(&self, hub: &str) {
        let (proposal, list) = (self.path("proposal"), self.path("list"));
        let said = done(
            &["hub", "propose", "--out", &proposal, "--config", hub],
            &[0],
        );
        let (fingerprint, key) = (after(&said, "fingerprint"), self.path("offline.json"));
        let words = ["hub", "sign-list", "--key", &key, "--proposal", &proposal];
        done(
            &[&words[..], &["--out", &list, "--fingerprint", &fingerprint]].concat(),
            &[0],
        );
        done(&["hub", "adopt", &list, "--config", hub], &[0]);
    }

    /// Joins until the region stands on the list.
    fn join(&self, hub: &str, region: &str) {
        let key = self.path("offline.json.pub");
        let words = [
            "federation",
            "join",
            "--hub",
            hub,
            "--key",
            &key,
            "--config",
            region,
        ];
        for _ in 0..120 {
            let output = run(&words);
            if output.status.success() {
                return;
            }
            pause();
        }
        panic!("never joined: {}", done(&words, &[0]));
    }
}

fn browser() -> Option<Browser> {
    match Browser::begin() {
        Ok(browser) => Some(browser),
        Err(error @ BrowserError::Missing(_)) => {
            let needed = std::env::var_os("CI").is_some_and(|ci| ci == "true");
            assert!(!needed, "{error}");
            eprintln!("SKIPPED, no gate was shown: {error}");
            None
        }
        Err(error) => panic!("{error}"),
    }
}

/// Certificates of this test are believed by its regions, and by its browser without looking.
fn screen() -> Screen {
    let mut screen = Screen::phone("en-GB");
    screen
        .arguments
        .push("--ignore-certificate-errors".to_owned());
    screen
}

fn now(page: &Page) -> Timestamp {
    let seconds = page
        .run("return Math.floor(Date.now() / 1000)", &[])
        .unwrap();
    Timestamp::from_unix(seconds.as_i64().unwrap())
}

/// Somebody whom an officer of the region enrols, and their carried code.
fn carried(
    page: &Page,
    world: &World,
    (config, operators): (&str, &str),
    number: &str,
) -> (SigningKey, String) {
    let reported = now(page).minus(hc_code::Span::seconds(60));
    let body = json!({
        "token": true,
        "profile": {"name": "张晓"},
        "document": {"type": "111", "number": number},
        "consents": [{"purpose": "code", "version": 1, "days": 365}],
        "declaration": {"health": {
            "symptoms": ["1"], "stayedHighRisk": "2", "contactWithCase": "2",
            "reportedAt": reported.at_offset(hc_code::Offset::CHINA),
        }},
    });
    let (file, key) = (world.path("enrolment.json"), format!("{config}.li"));
    fs::write(&file, body.to_string()).unwrap();
    let words = [
        "officer",
        "call",
        "POST",
        "/v1/counter/enrolments",
        "--body",
        &file,
        "--json",
    ];
    let who = [
        "--id", "li", "--key", &key, "--region", "330000", "--at", operators,
    ];
    let enrolled: Value = serde_json::from_str(&done(&[&words[..], &who].concat(), &[0])).unwrap();
    let token = enrolled["token"].as_str().unwrap();
    let holder = SigningKey::deterministic(Algorithm::Es256, &[7; 32]).unwrap();
    let public = Base64UrlUnpadded::encode_string(holder.public_key().as_bytes());
    let script = "const [token, key] = arguments;
        const headers = {'content-type': 'application/json', authorization: `Bearer ${token}`};
        return fetch('/v1/carried', {method: 'POST', headers, body: JSON.stringify({key})})
            .then((answer) => answer.json());";
    let told = page.run(script, &[json!(token), json!(public)]).unwrap();
    let text = told["codes"][0]["text"].as_str();
    (
        holder,
        text.unwrap_or_else(|| panic!("no code: {told}")).to_owned(),
    )
}

/// Types a text as a hand-held scanner does.
fn scan(page: &Page, text: &str) {
    let script = "let at = performance.now();
        const key = (key) => {
            const event = new KeyboardEvent('keydown', {key, bubbles: true});
            at += 5;
            Object.defineProperty(event, 'timeStamp', {value: at});
            document.body.dispatchEvent(event);
        };
        key('Shift');
        for (const letter of arguments[0]) key(letter);
        key('Enter');";
    page.run(script, &[json!(text)]).unwrap();
}

fn opened(page: &Page, address: &str) {
    page.open(address).unwrap();
    page.wait("document.getElementById('verdict')?.dataset.ready === 'true'")
        .unwrap();
}

fn lets_in(page: &Page) {
    page.wait("document.getElementById('verdict').dataset.do === 'enter'")
        .unwrap_or_else(|error| {
            let said = page.run("return document.getElementById('verdict').innerText", &[]);
            panic!("{error}: {said:?}, asked {:?}", page.asked());
        });
}

#[test]
fn a_carried_code_of_elsewhere_is_judged_by_what_the_own_region_passes_on_and_then_without_network()
{
    let Some(browser) = browser() else { return };
    let world = World(tempfile::tempdir().unwrap());
    let (hub, hub_at) = world.hub();
    let (home, home_at, operators) = world.region("330000", "policies/zhejiang-2022-06.toml");
    let (away, away_at, _) = world.region("440000", "policies/guangdong-2020.toml");
    let key = format!("{home}.li");
    let words = [
        "officer", "add", "--config", &home, "--id", "li", "--name", "李明",
    ];
    done(
        &[&words[..], &["--duty", "counter", "--out", &key]].concat(),
        &[0],
    );
    let regions = [Serving::start(&home), Serving::start(&away)];
    for region in [&home, &away] {
        World::admit(&hub, region);
    }
    world.sign_list(&hub);
    let _hub = Serving::start(&hub);
    for region in [&home, &away] {
        world.join(&hub_at, region);
    }
    // What was joined is followed from the next start on.
    drop(regions);
    let _regions = [Serving::start(&home), Serving::start(&away)];

    let desk = browser.page(&screen()).unwrap();
    opened(&desk, &format!("{home_at}/gate/"));
    let [first, second] = NUMBERS.map(|number| carried(&desk, &world, (&home, &operators), number));
    let page = browser.page(&screen()).unwrap();
    opened(&page, &format!("{away_at}/gate/"));
    // The gate's own verdict alone, by its own lists.
    page.touch("#tab-set").unwrap();
    page.touch("#set-confirm").unwrap();
    page.touch("#tab-scan").unwrap();
    scan(&page, &show(&first.0, &first.1, now(&page)).unwrap());
    lets_in(&page);
    let asked = page.asked().unwrap();
    for what in ["keys", "status-shard?day="] {
        let address = format!("{away_at}/v1/regions/330000/{what}");
        assert!(
            asked.iter().any(|one| one.starts_with(&address)),
            "{what}: {asked:?}"
        );
    }
    // No other origin is ever asked.
    let others = asked
        .iter()
        .filter(|one| one.starts_with("http") && !one.starts_with(&away_at));
    assert_eq!(others.collect::<Vec<_>>(), Vec::<&String>::new());
    page.offline(true).unwrap();
    scan(&page, &show(&second.0, &second.1, now(&page)).unwrap());
    lets_in(&page);
    let said = page.run("return document.getElementById('verdict').innerText", &[]);
    let said = said.unwrap().to_string();
    assert!(said.contains("Low risk"), "{said}");
}
