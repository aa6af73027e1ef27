//! A region of a world: made, served, and asked as people, gates, laboratories and operators ask.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};

use super::laboratory::{self, Laboratory};
use super::planned::Planned;
use super::process::{self, Process, free_port};
use super::{Place, Program, after, app, now, until};
use crate::told::Told;

/// One region.
#[derive(Debug)]
pub struct Region {
    program: Program,
    pub(super) place: Place,
    pub(super) code: String,
    config: PathBuf,
    folder: PathBuf,
    address: SocketAddr,
    pub(super) operators: SocketAddr,
    laboratory: Laboratory,
    pub(super) by_the_hub: bool,
    serving: Option<Process>,
}

impl Region {
    /// Makes one, which is not served yet.
    pub(super) fn new(
        program: &Program,
        world: &Path,
        planned: &Planned<'_>,
        place: Place,
    ) -> Self {
        let code = planned.code;
        let (at_address, app) = (place.address, app::serve(&place));
        let (port, operators, door) = (free_port(), free_port(), free_port());
        let folder = world.join(code);
        let rules = world.join(format!("{code}.toml"));
        fs::write(&rules, planned.rules(program)).unwrap();
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
            // One laboratory uploads each test as a batch of its own, one after the other.
            .replace("[limits]\n", "[limits]\nacts-a-minute = 600\n")
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
        let written = planned.staleness(written);
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
            by_the_hub: planned.by_the_hub,
            serving: None,
        }
    }

    pub(super) fn config(&self) -> String {
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
    pub(super) fn take_directory_key(&self, other: Option<&Self>) {
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

    /// Starts the region, or starts it again; one that the hub serves begins again with it.
    pub fn serve(&mut self) {
        if self.by_the_hub {
            return;
        }
        self.serving = None;
        self.serving = Some(Process::start(&self.program, &self.place, &self.config));
    }

    /// Stops the region at once.
    pub fn stop(&mut self) {
        self.serving = None;
    }

    /// The address of one of its pages.
    pub fn at(&self, path: &str) -> String {
        format!("https://{}{path}", self.address)
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
        let value = self.value(name);
        value.unwrap_or_else(|| panic!("no {name}"))
    }

    fn value(&self, name: &str) -> Option<f64> {
        let told = crate::told::ask(self.operators, "GET /metrics", "", None);
        let mut lines = told.body.lines();
        let value = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        value.map(|value| value.parse().unwrap())
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

    /// The version of the trust list that the region holds, if it holds one.
    pub fn trust_version(&self) -> Option<f64> {
        self.value("healthcode_federation_trust_version")
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
    ///
    /// The doctor looks into the store; what the metrics say is some moments old.
    pub fn until_sent(&self) {
        until("everything is sent", || {
            let said = self.doctor();
            said.contains("nothing waits to be sent").then_some(())
        });
    }
}
