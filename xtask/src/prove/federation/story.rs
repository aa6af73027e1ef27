//! What happens to people while wires are cut, the hub is gone, and keys are stolen.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use hc_testkit::federation::{Hosts, World, somebody, until};
use serde_json::{Value, json};

use super::gate::Gate;
use super::packets::{look, packets};
use super::{AWAY, HOME, THIRD};
use crate::checkout::say;

/// One thing that was looked at: what, what was seen, what was promised, and whether it held.
pub(super) type Row = (String, String, String, bool);

/// Numbers of people from here on are not those of the rounds.
const FIRST: u32 = 100_000;

#[expect(
    clippy::disallowed_methods,
    reason = "how long people wait is measured"
)]
pub(super) fn now() -> Instant {
    Instant::now()
}

#[expect(
    clippy::disallowed_methods,
    reason = "what does not come is waited for"
)]
pub(super) fn wait(time: Duration) {
    std::thread::sleep(time);
}

/// Plays it on a world of three regions, each on a host of its own.
pub(super) struct Story<'a> {
    pub(super) world: &'a mut World,
    pub(super) binary: PathBuf,
    pub(super) rows: Vec<Row>,
    /// The number of the newest of them.
    pub(super) people: u32,
    pub(super) tokens: Vec<String>,
    pub(super) secrets: Vec<String>,
    /// The version of the newest trust list.
    pub(super) lists: u32,
}

impl<'a> Story<'a> {
    pub(super) fn new(world: &'a mut World, binary: PathBuf) -> Self {
        Self {
            world,
            binary,
            rows: Vec::new(),
            people: FIRST,
            tokens: Vec::new(),
            secrets: Vec::new(),
            lists: 1,
        }
    }

    pub(super) fn row(&mut self, what: &str, seen: &impl ToString, promised: &str, holds: bool) {
        self.rows.push((
            what.to_owned(),
            seen.to_string(),
            promised.to_owned(),
            holds,
        ));
    }

    pub(super) fn within(&mut self, what: &str, took: Duration, most: Duration) {
        let seen = format!("{} ms", took.as_millis());
        let promised = format!("at most {} ms", most.as_millis());
        self.row(what, &seen, &promised, took <= most);
    }

    /// Somebody new at home, with their token.
    pub(super) fn somebody(&mut self) -> (String, String) {
        self.somebody_in(HOME)
    }

    /// The same in another region.
    pub(super) fn somebody_in(&mut self, region: &str) -> (String, String) {
        self.people += 1;
        let number = somebody(self.people);
        let token = self.world.region(region).enrol(&number);
        self.tokens.push(token.clone());
        (number, token)
    }

    /// What a gate of a region says of a text: action and level.
    pub(super) fn verdict(&self, region: &str, text: &str) -> (String, String) {
        let [action, level, _] = self.said(region, text);
        (action, level)
    }

    /// The same: action and cause.
    pub(super) fn cause(&self, region: &str, text: &str) -> String {
        let [action, _, cause] = self.said(region, text);
        format!("{action} ({cause})")
    }

    fn said(&self, region: &str, text: &str) -> [String; 3] {
        let asked = json!({ "text": text });
        let told = self
            .world
            .region(region)
            .ask("POST /v1/verdicts", "", Some(&asked));
        let told = told.json();
        ["action", "level", "cause"].map(|name| {
            let word = told.get(name).and_then(Value::as_str);
            word.unwrap_or_default().to_owned()
        })
    }

    /// The whole story; what passed the switch meanwhile is looked through at the end.
    pub(super) fn play(&mut self, hosts: &Hosts) -> Result<()> {
        let file = self.world.folder().join("switch.pcap");
        let capture = hosts.capture(&file).map_err(anyhow::Error::msg)?;
        until("tcpdump has begun", || file.exists().then_some(()));
        let bystanders: Vec<String> = (0..50).map(|_| self.somebody().0).collect();
        self.travel()?;
        self.offline()?;
        let mut cut = self.cut_gate_off()?;
        self.cut_off();
        self.moves()?;
        self.converts()?;
        self.without_a_code_of_their_own()?;
        self.without_hub();
        self.list_has_ended(&cut)?;
        self.older_status_list(&mut cut)?;
        let gate = self.keep_what_is()?;
        let stolen = self.stolen_key()?;
        self.older_lists(gate, &stolen)?;
        self.trust_has_ended()?;
        self.capture(&capture.ended().map_err(anyhow::Error::msg)?, &bystanders)
    }

    /// Twenty travellers pass in the other two regions, with the code of home and no form.
    fn travel(&mut self) -> Result<()> {
        say("travelling")?;
        let mut longest = Duration::ZERO;
        let mut passed = 0;
        for _ in 0..20 {
            let (_, token) = self.somebody();
            for region in [AWAY, THIRD] {
                let begun = now();
                let (_, code) = self.world.region(HOME).code(&token);
                let (action, level) = self.verdict(region, &code);
                longest = longest.max(begun.elapsed());
                passed += u32::from(action == "pass" && level == "00");
            }
        }
        self.row(
            "travellers with a low code pass in two other regions",
            &format!("{passed} of 40"),
            "40 of 40",
            passed == 40,
        );
        let most = Duration::from_secs(3);
        self.within(
            "the longest of these, from asking for the code on",
            longest,
            most,
        );
        Ok(())
    }

    /// A gate without any network, with the lists that it fetched before.
    fn offline(&mut self) -> Result<()> {
        say("a gate without network")?;
        let mut gate = Gate::of(self.world, &self.binary, AWAY, "gate")?;
        gate.take("keys", &self.world.region(HOME).file("/v1/keys"))?;
        let (_, token) = self.somebody();
        let (_, code) = self.world.region(HOME).code(&token);
        let said = gate.verify(&code)?;
        self.row(
            "the same at a gate without network",
            &said.action,
            "pass",
            said.action == "pass",
        );
        self.within(
            "from its start to its verdict",
            said.took,
            Duration::from_secs(3),
        );
        Ok(())
    }

    /// Home is cut off while one of its people is tested elsewhere.
    fn cut_off(&mut self) {
        drop(say("cutting a region off"));
        let (_, token) = self.somebody();
        let (_, code) = self.world.region(HOME).code(&token);
        self.world.region(HOME).place().wire(false);
        let person = json!({ "code": code });
        self.world
            .region(AWAY)
            .report(&person, "positive", "cut-off");
        wait(Duration::from_secs(8));
        let (action, _) = self.verdict(AWAY, &code);
        self.row(
            "home cut off: its live codes meanwhile, elsewhere",
            &action,
            "pass, for as long as the code lives",
            action == "pass",
        );
        self.world.region(HOME).place().wire(true);
        let begun = now();
        self.world.region(HOME).until_level(&token, "10");
        let took = begun.elapsed();
        self.within(
            "home joined again: until what was learned elsewhere counts",
            took,
            Duration::from_secs(30),
        );
    }

    /// The hub is gone: nothing is seen of it.
    fn without_hub(&mut self) {
        drop(say("stopping the hub"));
        self.world.stop_hub();
        let (_, token) = self.somebody();
        let (_, code) = self.world.region(HOME).code(&token);
        let passed = [AWAY, THIRD].map(|region| self.verdict(region, &code).0 == "pass");
        self.row(
            "hub stopped: a traveller passes elsewhere",
            &format!("{} of 2", passed.iter().filter(|passed| **passed).count()),
            "2 of 2",
            passed == [true, true],
        );
        let person = json!({ "code": code });
        let took = {
            let (home, away) = (self.world.region(HOME), self.world.region(AWAY));
            home.timed(&token, "10", || away.report(&person, "positive", "no-hub"))
        };
        self.within(
            "hub stopped: a test elsewhere turns the code",
            took,
            Duration::from_secs(5),
        );
        self.world.region_mut(HOME).serve();
        let (_, other) = self.somebody();
        let home = self.world.region(HOME);
        let begun = now();
        until("codes of the new keys pass elsewhere", || {
            let (_, code) = home.code(&other);
            (self.verdict(AWAY, &code).0 == "pass").then_some(())
        });
        self.within(
            "hub stopped, home begun again with new keys: until its codes pass elsewhere",
            begun.elapsed(),
            Duration::from_secs(5),
        );
        self.world.serve_hub();
    }

    /// The key that signs codes at home is stolen; the hub removes it, and home begins with others.
    /// Gives a code that the stolen key signed.
    fn stolen_key(&mut self) -> Result<String> {
        say("removing a stolen key")?;
        let (_, token) = self.somebody();
        let (_, code) = self.world.region(HOME).code(&token);
        ensure!(
            self.verdict(AWAY, &code).0 == "pass",
            "a genuine code passes"
        );
        let inspected = Command::new(&self.binary)
            .args(["code", "inspect", "--json", &code])
            .output()?;
        let inspected: Value = serde_json::from_slice(&inspected.stdout)?;
        let key = inspected.get("key_id").and_then(Value::as_str);
        let key = key.with_context(|| format!("no key in {inspected}"))?;
        let begun = now();
        self.world
            .hub_does(&["remove", &format!("{HOME}={key}"), "--why", "stolen"]);
        until("the stolen key is believed nowhere", || {
            let (_, code) = self.world.region(HOME).code(&token);
            let refused = [AWAY, THIRD].map(|region| self.verdict(region, &code).0 != "pass");
            (refused == [true, true]).then_some(())
        });
        self.within(
            "a node's key removed: until its codes pass nowhere else",
            begun.elapsed(),
            Duration::from_secs(20),
        );
        self.world.region_mut(HOME).serve();
        let begun = now();
        until("codes of the new keys pass elsewhere", || {
            let (_, code) = self.world.region(HOME).code(&token);
            (self.verdict(AWAY, &code).0 == "pass").then_some(())
        });
        self.within(
            "home begun again with others: until its codes pass again",
            begun.elapsed(),
            Duration::from_secs(20),
        );
        Ok(code)
    }

    fn capture(&mut self, bytes: &[u8], bystanders: &[String]) -> Result<()> {
        let packets = packets(bytes).context("tcpdump wrote something else")?;
        let mut words = bystanders.to_vec();
        words.extend(self.tokens.iter().chain(&self.secrets).cloned());
        words.extend((FIRST..=self.people).map(somebody));
        words.push("HC1P:".to_owned());
        words.push("张三丰".to_owned());
        let (ports, regions) = self.world.own_ports();
        let seen = look(&packets, &words, &ports, &regions);
        ensure!(seen.packets > 1000, "nearly nothing was captured: {seen:?}");
        self.row(
            "everything that passed the switch: connections that were not TLS",
            &format!("{} in {} packets", seen.plain, seen.packets),
            "0",
            seen.plain == 0,
        );
        self.row(
            "names, numbers, tokens and codes that can be read in it",
            &seen.words.len(),
            "0",
            seen.words.is_empty(),
        );
        Ok(())
    }
}
