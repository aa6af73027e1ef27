//! A hub and regions as processes of the program, over TLS on this machine: for tests and proofs that want
//! the whole federation and nothing put in its place.
//!
//! Every region has a laboratory that signs its batches, a door, the directory's key, and people who prove who
//! they are with the code of an app that takes everybody at their word (`app`).

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a test whose processes do not come up fails"
)]

mod app;
mod hosts;
mod laboratory;
mod place;
mod process;

use std::fs;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::told::Told;
pub use hosts::{Capture, Host, Hosts};
use laboratory::Laboratory;
pub use place::{Ground, Place};
pub use process::{Process, free_port, of_now};

/// How long something may take to come about.
const LONGEST: Duration = Duration::from_mins(1);

/// A hub and its regions, in a folder that is gone afterwards.
#[derive(Debug)]
pub struct World {
    program: Program,
    folder: TempDir,
    hub: Hub,
    regions: Vec<Region>,
}

/// The program that is run, and the checkout that its files lie in.
#[derive(Clone, Debug)]
pub struct Program {
    binary: PathBuf,
    checkout: PathBuf,
}

#[derive(Debug)]
struct Hub {
    place: Place,
    config: PathBuf,
    port: u16,
    serving: Option<Process>,
}

/// One region.
#[derive(Debug)]
pub struct Region {
    program: Program,
    place: Place,
    code: String,
    config: PathBuf,
    folder: PathBuf,
    address: SocketAddr,
    operators: SocketAddr,
    laboratory: Laboratory,
    serving: Option<Process>,
}

#[expect(
    clippy::disallowed_methods,
    reason = "other processes go on by the clock"
)]
fn now() -> Instant {
    Instant::now()
}

#[expect(clippy::disallowed_methods, reason = "other processes need a moment")]
fn pause(millis: u64) {
    std::thread::sleep(Duration::from_millis(millis));
}

/// Looks until something is there; `what` says what was waited for in vain.
pub fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < LONGEST, "in vain: {what}");
        pause(25);
    }
}

/// The number of an identity card of somebody who never lived.
pub fn somebody(person: u32) -> String {
    let county = "510104".parse().unwrap();
    hc_people::Crowd::of(county).person(person).number
}

/// The word after a word.
fn after(said: &str, word: &str) -> String {
    let mut words = said.split_whitespace().skip_while(|found| *found != word);
    words
        .nth(1)
        .unwrap_or_else(|| panic!("no {word} in {said}"))
        .to_owned()
}

impl Program {
    /// A binary, and the checkout that it was made from.
    pub fn new(binary: &Path, checkout: &Path) -> Self {
        Self {
            binary: binary.to_owned(),
            checkout: checkout.canonicalize().unwrap(),
        }
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command.args(words).current_dir(&self.checkout);
        command
    }

    /// Runs a command that must end with one of these codes; gives what it said.
    pub fn done(&self, words: &[&str], codes: &[i32]) -> String {
        let output = self.command(words).output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        let code = output.status.code().unwrap_or(-1);
        assert!(codes.contains(&code), "{words:?} ended with {code}: {said}");
        said
    }

    fn certificate(&self, name: &str) -> String {
        let path = self.checkout.join("crates/http/tests/tls").join(name);
        path.display().to_string()
    }
}

impl World {
    /// Makes and starts a hub and regions by code and rule pack, and waits until all know each other.
    pub fn open(program: &Program, regions: &[(&str, &str)]) -> Self {
        Self::open_on(program, &mut Ground::Here, regions)
    }

    /// The same on other ground.
    pub fn open_on(program: &Program, ground: &mut Ground, regions: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let world = folder.path();
        ground.certify(program, world);
        let hub = Hub::new(program, world, ground.place(program, world, "hub"));
        let mut made = Vec::new();
        for (code, pack) in regions {
            let place = ground.place(program, world, code);
            let mut region = Region::new(program, world, (code, pack), place);
            // One region draws the key of the directory, and the others take it over.
            region.take_directory_key(made.first());
            region.serve();
            made.push(region);
        }
        let mut world = Self {
            program: program.clone(),
            folder,
            hub,
            regions: made,
        };
        world.serve_hub();
        world.let_in();
        for place in 0..world.regions.len() {
            world.join(place);
            world.regions[place].serve();
        }
        for region in &world.regions {
            region.until_neighbours_open(world.regions.len() - 1);
            region.until_entered();
        }
        world
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// Where everything of this world lies.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Runs a command of the hub: `remove` and what goes with it.
    pub fn hub_does(&self, words: &[&str]) -> String {
        let config = self.hub.config.display().to_string();
        let words = [&["hub"], words, &["--config", &config]].concat();
        self.program.done(&words, &[0])
    }

    /// What whoever looks at the wires must leave out and know: the operators' ports, which this world
    /// itself asks in plain text, and the addresses of the regions.
    pub fn own_ports(&self) -> (Vec<u16>, Vec<IpAddr>) {
        let operators = self.regions.iter().map(|region| region.operators.port());
        let regions = self.regions.iter().map(|region| region.place.address);
        (operators.collect(), regions.collect())
    }

    /// A region by its code.
    pub fn region(&self, code: &str) -> &Region {
        let found = self.regions.iter().find(|region| region.code == code);
        found.unwrap_or_else(|| panic!("no region {code}"))
    }

    /// The same, to be stopped and started.
    pub fn region_mut(&mut self, code: &str) -> &mut Region {
        let mut regions = self.regions.iter_mut();
        let found = regions.find(|region| region.code == code);
        found.unwrap_or_else(|| panic!("no region {code}"))
    }

    /// Starts the hub, or starts it again.
    pub fn serve_hub(&mut self) {
        self.hub.serving = None;
        let hub = &self.hub;
        let serving = Process::start(&self.program, &hub.place, &hub.config);
        self.hub.serving = Some(serving);
    }

    /// Stops the hub at once.
    pub fn stop_hub(&mut self) {
        self.hub.serving = None;
    }

    /// Every region asks, is admitted, and stands on the first list.
    fn let_in(&self) {
        let hub = self.hub.config.display().to_string();
        for region in &self.regions {
            let (file, config) = (
                self.path(&format!("{}.request", region.code)),
                region.config(),
            );
            let words = ["federation", "request", "--contact", "12345", "--out"];
            let words = [&words[..], &[&file, "--config", &config]].concat();
            let print = after(&self.program.done(&words, &[0]), "fingerprint");
            let words = ["hub", "admit", &file, "--fingerprint", &print];
            let words = [&words[..], &["--by", "telephone", "--config", &hub]].concat();
            self.program.done(&words, &[0, 1]);
        }
        let (proposal, list) = (self.path("proposal"), self.path("list"));
        let words = ["hub", "propose", "--out", &proposal, "--config", &hub];
        let print = after(&self.program.done(&words, &[0]), "fingerprint");
        let key = self.path("offline.json");
        let words = ["hub", "sign-list", "--key", &key, "--proposal", &proposal];
        let words = [&words[..], &["--out", &list, "--fingerprint", &print]].concat();
        self.program.done(&words, &[0]);
        let words = ["hub", "adopt", &list, "--config", &hub];
        self.program.done(&words, &[0]);
    }

    fn join(&self, place: usize) {
        let region = &self.regions[place];
        let (url, key) = (
            format!("https://{}:{}", self.hub.place.address, self.hub.port),
            self.path("offline.json.pub"),
        );
        let config = region.config();
        let words = ["federation", "join", "--hub", &url, "--key", &key];
        let words = [&words[..], &["--config", &config]].concat();
        // The hub shows what the commands wrote a moment later.
        until("the region stands on the list", || {
            let said = self.program.done(&words, &[0, 1]);
            said.contains("as it is configured").then_some(())
        });
    }
}

impl Hub {
    fn new(program: &Program, world: &Path, place: Place) -> Self {
        let path = |name: &str| world.join(name).display().to_string();
        program.done(&["key", "new", "--out", &path("offline.json")], &[0]);
        let (port, door) = (free_port(), free_port());
        let at = place.address;
        let (folder, listen) = (path("hub"), format!("{at}:{port}"));
        let public = path("offline.json.pub");
        let words = ["hub", "init", &folder, "--name", "hub.example"];
        let words = [&words[..], &["--key", &public, "--listen", &listen]].concat();
        program.done(&words, &[0]);
        let config = world.join("hub/hub.toml");
        let written = fs::read_to_string(&config).unwrap();
        let more = format!(
            "every = \"1s\"\nauthorities = \"{}\"\n[tls]\ncertificate = \"{}\"\nkey = \"{}\"\n[door]\nlisten = \
             \"{at}:{door}\"\naddress = \"https://{at}:{door}\"\n[log]",
            place.authorities.display(),
            place.certificate.display(),
            place.key.display()
        );
        fs::write(&config, written.replace("[log]", &more)).unwrap();
        Self {
            place,
            config,
            port,
            serving: None,
        }
    }
}

impl Region {
    fn new(program: &Program, world: &Path, (code, pack): (&str, &str), place: Place) -> Self {
        let (at_address, app) = (place.address, app::serve(&place));
        let (port, operators, door) = (free_port(), free_port(), free_port());
        let folder = world.join(code);
        let rules = world.join(format!("{code}.toml"));
        fs::write(&rules, of_now(&program.checkout.join(pack))).unwrap();
        let (listen, lists_at) = (
            format!("{at_address}:{port}"),
            format!("https://{at_address}:{port}/status"),
        );
        let (at, rules) = (folder.display().to_string(), rules.display().to_string());
        let words = ["init", &at, "--region", code, "--rules", &rules];
        let words = [&words[..], &["--lists-at", &lists_at, "--listen", &listen]].concat();
        program.done(&words, &[0]);
        let config = folder.join("healthcode.toml");
        let written = fs::read_to_string(&config).unwrap();
        let written = written
            .replace(
                "#operators = \"127.0.0.1:8081\"",
                &format!("operators = \"{at_address}:{operators}\""),
            )
            .replace(
                "[federation]\n",
                &format!(
                    "[federation]\nevery = \"1s\"\nauthorities = \"{}\"\n",
                    place.authorities.display()
                ),
            );
        let more = format!(
            "\n[tls]\ncertificate = \"{}\"\nkey = \"{}\"\n[door]\nlisten = \"{at_address}:{door}\"\naddress = \
             \"https://{at_address}:{door}\"\n{}",
            place.certificate.display(),
            place.key.display(),
            app::provider(app)
        );
        fs::write(&config, written + &more).unwrap();
        let secret = folder.join("secrets/identity-app.secret");
        fs::write(&secret, "secret\n").unwrap();
        process::only_for_its_user(&secret);
        let laboratory = Laboratory::register(program, code, &folder);
        Self {
            program: program.clone(),
            code: code.to_owned(),
            config,
            folder,
            address: (at_address, port).into(),
            operators: (at_address, operators).into(),
            place,
            laboratory,
            serving: None,
        }
    }

    fn config(&self) -> String {
        self.config.display().to_string()
    }

    /// Where it runs.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The region's folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Draws the directory's key, or takes over that of another region.
    fn take_directory_key(&self, other: Option<&Self>) {
        let config = self.config();
        let words = ["federation", "directory-key", "--config", &config];
        let Some(other) = other else {
            self.program.done(&[&words[..], &["--new"]].concat(), &[0]);
            return;
        };
        let theirs = other.config();
        let told = ["federation", "directory-key", "--config", &theirs];
        let print = after(&self.program.done(&told, &[0]), "fingerprint");
        let file = other.folder.join("secrets/directory.key");
        let file = file.display().to_string();
        let wrong = ["--from", &file, "--fingerprint", "0000-0000-0000-0000-0000"];
        self.program.done(&[&words[..], &wrong].concat(), &[3]);
        let right = ["--from", &file, "--fingerprint", &print];
        self.program.done(&[&words[..], &right].concat(), &[0]);
    }

    /// Starts the region, or starts it again.
    pub fn serve(&mut self) {
        self.serving = None;
        self.serving = Some(Process::start(&self.program, &self.place, &self.config));
    }

    /// Stops the region at once.
    pub fn stop(&mut self) {
        self.serving = None;
    }

    /// Asks the region as a device or a gate does.
    pub fn ask(&self, request: &str, token: &str, body: Option<&Value>) -> Told {
        let mut stream = process::over_tls(&self.place, self.address);
        crate::told::exchange(&mut stream, request, token, body)
    }

    /// A file that the region gives to anybody; empty where there is none.
    pub fn file(&self, path: &str) -> Vec<u8> {
        let mut stream = process::over_tls(&self.place, self.address);
        crate::told::file(&mut stream, path)
    }

    /// What an operator sees at `/metrics`: the value behind a name.
    pub fn metric(&self, name: &str) -> f64 {
        let told = crate::told::ask(self.operators, "GET /metrics", "", None);
        let line = told
            .body
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        let value = line.unwrap_or_else(|| panic!("no {name}"));
        value.parse().unwrap()
    }

    /// What the doctor finds.
    pub fn doctor(&self) -> String {
        let config = self.config();
        self.program.done(&["doctor", "--config", &config], &[0, 1])
    }

    /// Waits until the doors of so many neighbours are open.
    pub fn until_neighbours_open(&self, count: usize) {
        let config = self.config();
        let words = ["federation", "check", "--json", "--config", &config];
        until("the doors of all neighbours are open", || {
            let said = self.program.done(&words, &[0, 1, 3]);
            (said.matches("\"open\":true").count() == count).then_some(())
        });
    }

    /// Waits until everybody is entered in the hub's directory.
    pub fn until_entered(&self) {
        until("everybody is entered in the directory", || {
            self.doctor()
                .contains("directory: everybody is entered")
                .then_some(())
        });
    }

    /// Enrols somebody who declares to be well; gives the token of their device.
    pub fn enrol(&self, number: &str) -> String {
        let enrolment = json!({
            "identity": { "method": "app", "proof": number },
            "profile": {},
            "consents": [{ "purpose": "code", "version": 1, "days": 365 }],
            "declaration": { "health": {
                "symptoms": ["1"], "stayedHighRisk": "2", "contactWithCase": "2",
                "reportedAt": process::instant().to_string(),
            } },
        });
        let told = self.ask("POST /v1/enrolments", "", Some(&enrolment));
        assert_eq!(told.status, 201, "{}", told.body);
        let token = told.json()["shown"]["token"].as_str().map(str::to_owned);
        token.unwrap()
    }

    /// The code that a device shows now: its level and its text.
    pub fn code(&self, token: &str) -> (String, String) {
        let told = self.ask("GET /v1/code", token, None);
        assert_eq!(told.status, 200, "{}", told.body);
        let shown = told.json();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (text(&shown["level"]), text(&shown["codes"][0]["text"]))
    }

    /// The region's laboratory reports a test of somebody, in a batch that it signs. `person` names them as
    /// members of the line: a document, or a scanned code.
    pub fn report(&self, person: &Value, result: &str, reference: &str) {
        let mut stream = process::over_tls(&self.place, self.address);
        let request = self.laboratory.request(person, result, reference);
        let told = laboratory::send(&mut stream, &request);
        assert_eq!(told.status, 201, "{}", told.body);
        assert_eq!(told.json()["quarantined"], 0, "{}", told.body);
    }

    /// Waits until a device's code has a level.
    pub fn until_level(&self, token: &str, level: &str) {
        until(&format!("the level is {level}"), || {
            (self.code(token).0 == level).then_some(())
        });
    }

    /// How long it takes from the beginning of an act until a device's code has a level.
    pub fn timed(&self, token: &str, level: &str, act: impl FnOnce()) -> Duration {
        let begun = now();
        act();
        self.until_level(token, level);
        begun.elapsed()
    }

    /// Waits until nothing waits to be sent to other regions or to the directory.
    pub fn until_sent(&self) {
        until("everything is sent", || {
            (self.metric("healthcode_outgoing_waiting") == 0.0).then_some(())
        });
    }
}
