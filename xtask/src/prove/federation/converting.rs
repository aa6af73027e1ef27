//! The second and third official ways: codes are converted through the hub's, and people whose region has no code
//! have one of the hub.

use std::time::Duration;

use anyhow::{Context, Result};
use hc_testkit::federation::somebody;
use serde_json::{Value, json};

use super::gate::Gate;
use super::story::{Story, now};
use super::{AWAY, HOME, OF_THE_HUB, THIRD};
use crate::checkout::say;

impl Story<'_> {
    /// A code of home becomes one of the hub's, and that one of the region where the traveller is.
    pub(super) fn converts(&mut self) -> Result<()> {
        say("converting")?;
        let (number, token) = self.somebody();
        let (_, code) = self.world.region(HOME).code(&token);
        let begun = now();
        let (national, local) = self.through_the_hub(&code)?;
        let took = begun.elapsed();
        self.within(
            "a code of home converted into the hub's, and that into one of the region of the gate",
            took,
            Duration::from_secs(3),
        );
        let issuers = [&national, &local].map(|text| text.split(':').nth(1).unwrap_or_default());
        let seen = issuers.join(", ");
        let promised = format!("{OF_THE_HUB}, {AWAY}");
        let holds = seen == promised;
        self.row("whose codes these are", &seen, &promised, holds);
        let says = [(THIRD, &national), (AWAY, &local)].map(|(region, text)| {
            let (action, level) = self.verdict(region, text);
            format!("{action} {level}")
        });
        let seen = says.join(", ");
        let holds = seen == "pass 00, pass 00";
        self.row("at gates of two regions", &seen, "pass 00, pass 00", holds);
        // A gate that knows its own region's keys and nobody else's.
        let mut gate = Gate::of(self.world, &self.binary, AWAY, "local-gate")?;
        gate.take("keys", &self.world.region(AWAY).file("/v1/keys"))?;
        let said = [&code, &local].map(|text| gate.verify(text).map(|said| said.words()));
        let [foreign, own] = said;
        let seen = format!("{}, then {}", foreign?, own?);
        let promised = "unknown (key-list-missing), then pass (code)";
        let holds = seen == promised;
        self.row(
            "at a gate without network that reads codes of its own region only: the code of home, then the converted one",
            &seen,
            promised,
            holds,
        );
        let person = json!({ "document_type": "111", "document": number });
        let home = self.world.region(HOME);
        home.report(&person, "positive", "converted");
        home.until_level(&token, "10");
        let (_, local) = self.through_the_hub(&code)?;
        let (action, level) = self.verdict(AWAY, &local);
        let seen = format!("{action} {level}");
        self.row(
            "after a positive test the same code converted again",
            &seen,
            "refuse 10",
            seen == "refuse 10",
        );
        let claimed = code.replace(&format!(":{HOME}:"), &format!(":{THIRD}:"));
        let asked = json!({ "code": claimed });
        let hub = self.world.region(OF_THE_HUB);
        let refused = hub.ask("POST /v1/conversions", "", Some(&asked)).status;
        self.row(
            "a code that claims another region than it has",
            &refused,
            "refused: 4xx",
            (400..500).contains(&refused),
        );
        Ok(())
    }

    fn through_the_hub(&self, code: &str) -> Result<(String, String)> {
        let convert = |region: &str, code: &str| -> Result<String> {
            let asked = json!({ "code": code });
            let region = self.world.region(region);
            let told = region.ask("POST /v1/conversions", "", Some(&asked));
            let text = told.json();
            let text = text.get("code").and_then(Value::as_str);
            let text = text.with_context(|| format!("not converted: {}", told.body))?;
            Ok(text.to_owned())
        };
        let national = convert(OF_THE_HUB, code)?;
        let local = convert(AWAY, &national)?;
        Ok((national, local))
    }

    /// People of a region that has no code: the hub gives them one, and it is a code like any other.
    pub(super) fn without_a_code_of_their_own(&mut self) -> Result<()> {
        say("travelling with a code of the hub")?;
        let number = self.next_number();
        let begun = now();
        let hub = self.world.region(OF_THE_HUB);
        let token = hub.enrol(&number);
        let (level, code) = hub.code(&token);
        let says = [HOME, AWAY, THIRD].map(|region| self.verdict(region, &code).0);
        let took = begun.elapsed();
        let seen = format!("{level}: {}", says.join(", "));
        let promised = "00: pass, pass, pass";
        let holds = seen == promised;
        self.row(
            "somebody whose region has no code declares at the hub: the level, and at gates of three regions",
            &seen,
            promised,
            holds,
        );
        self.within(
            "from the declaration to the third verdict",
            took,
            Duration::from_secs(3),
        );
        let mut gate = Gate::of(self.world, &self.binary, AWAY, "gate-of-hub-codes")?;
        gate.take("keys", &self.world.region(OF_THE_HUB).file("/v1/keys"))?;
        let said = gate.verify(&code)?;
        self.row(
            "at a gate without network",
            &said.words(),
            "pass (code)",
            said.words() == "pass (code)",
        );
        let (hub, away) = (self.world.region(OF_THE_HUB), self.world.region(AWAY));
        hub.until_sent();
        let person = json!({ "document_type": "111", "document": number });
        let took = hub.timed(&token, "10", || {
            away.report(&person, "positive", "of-the-hub");
        });
        self.within(
            "a positive test elsewhere, by document, turns the hub's code",
            took,
            super::MOST,
        );
        self.tokens.push(token);
        Ok(())
    }

    /// Somebody new, who is nowhere yet.
    fn next_number(&mut self) -> String {
        self.people += 1;
        somebody(self.people)
    }
}
