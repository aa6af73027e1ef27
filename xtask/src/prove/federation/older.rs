//! A hub that was put back to an older state, and older files at gates: nobody goes back.

use std::time::Duration;

use anyhow::{Result, ensure};
use hc_testkit::federation::until;

use super::gate::{Gate, OLDER};
use super::story::{Story, now, wait};
use super::{AWAY, HOME, THIRD};
use crate::checkout::say;

/// So long everybody follows the older hub: several times as long as they need to ask it.
const FOLLOWED: Duration = Duration::from_secs(6);

impl Story<'_> {
    /// The next trust list, once everybody has it; its version.
    pub(super) fn next_trust_list(&mut self, life: &str) -> u32 {
        self.world.sign_next_list(life);
        self.lists += 1;
        let version = self.lists;
        until("everybody has the next trust list", || {
            let held = [HOME, AWAY, THIRD].map(|region| self.world.region(region).trust_version());
            (held == [Some(f64::from(version)); 3]).then_some(())
        });
        version
    }

    /// What is kept of before, and a gate that was given it.
    pub(super) fn keep_what_is(&mut self) -> Result<Gate> {
        self.world.keep_hub();
        let mut gate = Gate::of(self.world, &self.binary, AWAY, "gate-with-older-files")?;
        gate.take("older-keys", &self.world.region(HOME).file("/v1/keys"))?;
        gate.remember();
        Ok(gate)
    }

    /// A key was removed and a newer list came; then the hub serves what it had before, and the gate is given
    /// the files of before.
    pub(super) fn older_lists(&mut self, mut gate: Gate, stolen: &str) -> Result<()> {
        say("putting the hub back")?;
        let version = self.next_trust_list("30d");
        let (_, token) = self.somebody();
        self.at_the_gate(&mut gate, stolen, &token)?;

        self.world.serve_kept_hub();
        wait(FOLLOWED);
        // One that begins anew has nothing but what it remembered.
        self.world.region_mut(AWAY).serve();
        wait(FOLLOWED);
        let held = [AWAY, THIRD].map(|region| self.world.region(region).trust_version());
        let seen = held.map(|held| held.map_or_else(|| "none".to_owned(), |held| held.to_string()));
        let seen = seen.join(", ");
        let promised = format!("{version}, {version}");
        self.row(
            "the hub put back to before a removal and a newer trust list: the version held at a region that began again, and at another",
            &seen,
            &promised,
            held == [Some(f64::from(version)); 2],
        );
        let seen = [AWAY, THIRD]
            .map(|region| self.cause(region, stolen))
            .join(", ");
        let due = "invalid (key-removed), invalid (key-removed)";
        self.row("the key that was removed, there", &seen, due, seen == due);
        let begun = now();
        let (_, code) = self.world.region(HOME).code(&token);
        let seen = [AWAY, THIRD]
            .map(|region| self.verdict(region, &code).0)
            .join(", ");
        ensure!(
            begun.elapsed() < Duration::from_secs(30),
            "the code has ended"
        );
        self.row(
            "travellers, there",
            &seen,
            "pass, pass",
            seen == "pass, pass",
        );
        self.world.serve_hub();
        self.world.until_met();
        Ok(())
    }

    fn at_the_gate(&mut self, gate: &mut Gate, stolen: &str, token: &str) -> Result<()> {
        let home = self.world.region(HOME);
        let older = gate.trust()?;
        gate.follow(self.world, AWAY)?;
        gate.take("keys", &home.file("/v1/keys"))?;
        let (_, code) = home.code(token);
        let said = gate.verify(&code)?;
        self.row(
            "a gate without network that is given home's older key list beside the newer: a code of the newer keys",
            &said.words(),
            "pass (code)",
            said.words() == "pass (code)",
        );
        gate.lose("older-keys");
        let said = gate.verify(stolen)?;
        let due = "invalid (key-removed)";
        self.row(
            "a code of the key that was removed",
            &said.words(),
            due,
            said.words() == due,
        );
        gate.lose("removals");
        let said = gate.verify(stolen)?;
        let due = "invalid (key-removed)";
        self.row(
            "the removals kept from it afterwards: the removed key",
            &said.words(),
            due,
            said.words() == due,
        );
        gate.put_trust(&older)?;
        let said = gate.verify(&code)?;
        let seen = said.of_older("trust-list");
        self.row(
            "the older trust list in the place of the newer",
            &seen,
            OLDER,
            seen == OLDER,
        );
        gate.follow(self.world, AWAY)?;
        gate.lose("keys");
        gate.have_again("older-keys");
        let (_, code) = self.world.region(HOME).code(token);
        let said = gate.verify(&code)?;
        let seen = said.of_older("older-keys");
        self.row(
            "home's older key list in the place of the newer",
            &seen,
            OLDER,
            seen == OLDER,
        );
        gate.lose("older-keys");
        gate.have_again("keys");
        let (_, code) = self.world.region(HOME).code(token);
        let said = gate.verify(&code)?;
        self.row(
            "the newer files again",
            &said.words(),
            "pass (code)",
            said.words() == "pass (code)",
        );
        Ok(())
    }
}
