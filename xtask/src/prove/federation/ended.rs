//! Lists that end: one that a gate holds and cannot renew, and the trust list with the hub gone.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use hc_testkit::federation::{Carried, until};
use serde_json::json;

use super::gate::{Gate, OLDER};
use super::story::{Story, now, wait};
use super::{AWAY, HOME, STALE, THIRD};
use crate::checkout::say;

/// How long the trust list is good whose end is waited for.
const LIFE: &str = "45s";

/// A gate that lost its network with the lists of a region in its hands, and people of that region.
pub(super) struct CutOff {
    gate: Gate,
    since: Instant,
    low: Carried,
    token: String,
    /// Somebody who is tested positive after the gate has lost its network.
    tested: Carried,
    tested_token: String,
    before: Vec<u8>,
}

impl Story<'_> {
    /// The gate takes what it needs; two people take their code along; then one of them is tested positive.
    pub(super) fn cut_gate_off(&mut self) -> Result<CutOff> {
        say("fetching lists for a gate")?;
        let third = self.world.region(THIRD);
        let mut gate = Gate::of(self.world, &self.binary, AWAY, "cut-off-gate")?;
        gate.take("keys", &third.file("/v1/keys"))?;
        let numbers = [self.people + 1, self.people + 2].map(hc_testkit::federation::somebody);
        self.people += 2;
        let third = self.world.region(THIRD);
        let [token, tested_token] = numbers.each_ref().map(|number| third.enrol(number));
        let (low, tested) = (third.carry(&token), third.carry(&tested_token));
        // A list that has both of them in it.
        let before = until("an edition of the list", || {
            let list = third.file("/v1/status-list");
            (!list.is_empty()).then_some(list)
        });
        gate.take("list", &before)?;
        let since = now();
        let said = gate.verify(&low.shown())?;
        self.row(
            "a carried code at a gate without network, elsewhere",
            &said.action,
            "pass",
            said.action == "pass",
        );
        let person = json!({ "document_type": "111", "document": numbers[1] });
        let third = self.world.region(THIRD);
        third.report(&person, "positive", "after-the-list");
        third.until_level(&tested_token, "10");
        let said = gate.verify(&tested.shown())?;
        self.row(
            "the carried code of somebody who is tested positive, at a gate whose list is delayed: from before it",
            &said.action,
            "pass, for as long as that list is fresh",
            said.action == "pass",
        );
        self.tokens.extend([token.clone(), tested_token.clone()]);
        Ok(CutOff {
            gate,
            since,
            low,
            token,
            tested,
            tested_token,
            before,
        })
    }

    /// The list that the gate holds grows old: carried codes are unknown, live ones go on.
    pub(super) fn list_has_ended(&mut self, cut: &CutOff) -> Result<()> {
        say("waiting until a gate's list is too old")?;
        let said = loop {
            let said = cut.gate.verify(&cut.low.shown())?;
            ensure!(
                cut.since.elapsed() < 2 * STALE,
                "still {} after {:?}",
                said.words(),
                cut.since.elapsed()
            );
            if said.action != "pass" {
                break said;
            }
            wait(Duration::from_secs(2));
        };
        let what = format!(
            "the same gate {} s later: a carried code",
            cut.since.elapsed().as_secs()
        );
        let due = "unknown (stale)";
        self.row(&what, &said.words(), due, said.words() == due);
        let said = cut.gate.verify(&cut.tested.shown())?;
        self.row(
            "the carried code of the one who was tested",
            &said.words(),
            due,
            said.words() == due,
        );
        let third = self.world.region(THIRD);
        let live = [&cut.token, &cut.tested_token].map(|token| third.code(token).1);
        let said = [cut.gate.verify(&live[0])?, cut.gate.verify(&live[1])?];
        let seen = format!("{}, {}", said[0].action, said[1].action);
        self.row(
            "the live codes of both at that gate",
            &seen,
            "pass, refuse",
            seen == "pass, refuse",
        );
        Ok(())
    }

    /// A newer list after an older one, and the older one again.
    pub(super) fn older_status_list(&mut self, cut: &mut CutOff) -> Result<()> {
        let third = self.world.region(THIRD);
        let after = until("a newer edition of the list", || {
            let list = third.file("/v1/status-list");
            (!list.is_empty() && list != cut.before).then_some(list)
        });
        cut.gate.remember();
        cut.gate.take("list", &after)?;
        let said = cut.gate.verify(&cut.tested.shown())?;
        self.row(
            "the newer list, without the older one, comes to that gate: the carried code of the one who was tested",
            &said.words(),
            "refuse (list)",
            said.words() == "refuse (list)",
        );
        cut.gate.take("older", &cut.before)?;
        let said = [cut.gate.verify(&cut.tested.shown())?.of_older("older"), {
            cut.gate.lose("list");
            cut.gate.verify(&cut.tested.shown())?.of_older("older")
        }];
        let (seen, due) = (said.join(", "), [OLDER; 2].join(", "));
        self.row(
            "the older list replayed beside it, and in its place",
            &seen,
            &due,
            seen == due,
        );
        cut.gate.lose("older");
        let said = cut.gate.verify(&cut.tested.shown())?;
        self.row(
            "no list at all any more",
            &said.words(),
            "refuse or unknown, never pass",
            ["refuse", "unknown"].contains(&said.action.as_str()),
        );
        cut.gate.have_again("list");
        let said = cut.gate.verify(&cut.tested.shown())?;
        self.row(
            "the newer list again",
            &said.words(),
            "refuse (list)",
            said.words() == "refuse (list)",
        );
        Ok(())
    }

    /// The hub is gone until its trust list has ended; then it is back.
    pub(super) fn trust_has_ended(&mut self) -> Result<()> {
        say("stopping the hub until its trust list has ended")?;
        let (_, token) = self.somebody();
        let (_, other) = self.somebody_in(AWAY);
        let version = self.next_trust_list(LIFE);
        let begun = now();
        self.world.stop_hub();
        let mut gate = Gate::of(self.world, &self.binary, AWAY, "gate-of-ended-trust")?;
        gate.take("keys", &self.world.region(HOME).file("/v1/keys"))?;
        let (_, code) = self.world.region(HOME).code(&token);
        let seen = format!(
            "{}, {}",
            self.verdict(AWAY, &code).0,
            gate.verify(&code)?.action
        );
        let what = format!(
            "hub stopped, trust list {version} good for {LIFE}: a traveller elsewhere, at the region and at a gate without network"
        );
        self.row(&what, &seen, "pass, pass", seen == "pass, pass");
        until("the trust list has ended", || {
            let (_, code) = self.world.region(HOME).code(&token);
            (self.verdict(AWAY, &code).0 != "pass").then_some(())
        });
        let what = format!(
            "{} s later: a live code of elsewhere at the region",
            begun.elapsed().as_secs()
        );
        let (_, code) = self.world.region(HOME).code(&token);
        let seen = self.cause(AWAY, &code);
        let due = "unknown (trust-list-expired)";
        self.row(&what, &seen, due, seen == due);
        let carried = self.world.region(HOME).carry(&token).shown();
        let seen = self.cause(AWAY, &carried);
        self.row("a carried code of elsewhere", &seen, due, seen == due);
        let said = [gate.verify(&code)?.words(), gate.verify(&carried)?.words()];
        let seen = said.join(", ");
        let both = format!("{due}, {due}");
        self.row(
            "both at the gate without network",
            &seen,
            &both,
            seen == both,
        );
        let own = [(HOME, &token), (AWAY, &other)].map(|(region, token)| {
            let (_, code) = self.world.region(region).code(token);
            self.verdict(region, &code).0
        });
        let seen = own.join(", ");
        self.row(
            "live codes at their own regions go on",
            &seen,
            "pass, pass",
            seen == "pass, pass",
        );
        self.world.region_mut(AWAY).serve();
        let (_, code) = self.world.region(HOME).code(&token);
        let seen = self.cause(AWAY, &code);
        let due = "unknown (trust-list-missing)";
        self.row(
            "the same region begun again meanwhile: a live code of elsewhere",
            &seen,
            due,
            seen == due,
        );
        let begun = now();
        self.world.serve_hub();
        self.next_trust_list("30d");
        until("travellers pass again", || {
            let (_, code) = self.world.region(HOME).code(&token);
            (self.verdict(AWAY, &code).0 == "pass").then_some(())
        });
        self.within(
            "the hub begins again and its next list is signed: until travellers pass again",
            begun.elapsed(),
            Duration::from_secs(20),
        );
        self.world.until_met();
        Ok(())
    }
}
