//! People move from one region to another for good, and nobody fills in a form.

use std::time::Duration;

use anyhow::Result;
use hc_testkit::federation::{Moving, until};
use serde_json::json;

use super::story::{Story, now};
use super::{AWAY, HOME, THIRD};
use crate::checkout::say;

/// From the consent to the code of the new region.
const MOST: Duration = Duration::from_secs(5);

impl Story<'_> {
    /// Sent by the service, for somebody who is low and somebody who is high; and carried by the holder.
    pub(super) fn moves(&mut self) -> Result<()> {
        say("moving")?;
        self.sent_by_the_service();
        self.high_stays_high();
        self.carried_by_the_holder();
        Ok(())
    }

    fn sent_by_the_service(&mut self) {
        let (_, token) = self.somebody();
        let (home, away) = (self.world.region(HOME), self.world.region(AWAY));
        let begun = now();
        let moving = home.begin_moving(&token, AWAY, false, false);
        let there = moving.arrived(away);
        let (level, code) = away.code(&there);
        let took = begun.elapsed();
        self.within(
            "moving, service to service: from the consent to the code of the new region, without a form",
            took,
            MOST,
        );
        let (action, _) = self.verdict(THIRD, &code);
        let seen = format!("{level}, {action}");
        let holds = seen == "00, pass";
        self.row(
            "its level, and at a third region's gate",
            &seen,
            "00, pass",
            holds,
        );
        self.only_once(&moving, AWAY, "the same transfer picked up a second time");
        let told = [
            (HOME, &token, "parcel-sent"),
            (AWAY, &there, "parcel-received"),
        ]
        .map(|(region, token, due)| self.log_says(region, token, due));
        let seen = format!("{}, {}", told[0], told[1]);
        self.row(
            "what the person reads of it in the logs of both regions",
            &seen,
            "sent, received",
            told == ["sent", "received"],
        );
        self.secrets.push(moving.expose_secret().to_owned());
        self.tokens.push(there);
    }

    /// The same facts under the rules of the new region, and the code of the old one ends.
    fn high_stays_high(&mut self) {
        let (number, token) = self.somebody();
        let (home, away) = (self.world.region(HOME), self.world.region(AWAY));
        let person = json!({ "document_type": "111", "document": number });
        home.report(&person, "positive", "before-moving");
        home.until_level(&token, "10");
        let moving = home.begin_moving(&token, AWAY, false, true);
        let there = moving.arrived(away);
        let (level, _) = away.code(&there);
        self.row(
            "moving with a positive test: the level in the new region, by its own rules",
            &level,
            "10",
            level == "10",
        );
        let home = self.world.region(HOME);
        let gone = until("the code of the old region has ended", || {
            let told = home.ask("GET /v1/code", &token, None);
            (told.status != 200).then_some(told.status)
        });
        self.row(
            "the code of the old region, where the person chose that it ends",
            &gone,
            "401",
            gone == 401,
        );
        self.tokens.push(there);
    }

    fn carried_by_the_holder(&mut self) {
        let (_, token) = self.somebody();
        let (home, third) = (self.world.region(HOME), self.world.region(THIRD));
        let begun = now();
        let moving = home.begin_moving(&token, THIRD, true, false);
        let other = moving.arrive(self.world.region(AWAY)).status;
        let there = moving.arrived(third);
        let (level, _) = third.code(&there);
        let took = begun.elapsed();
        self.within(
            "moving, carried by the holder: from the consent to the code of the new region",
            took,
            MOST,
        );
        let seen = format!("{level}, {other}");
        self.row(
            "its level; and the answer of a region that it is not sealed to",
            &seen,
            "00, 422",
            seen == "00, 422",
        );
        self.only_once(&moving, THIRD, "the same parcel brought a second time");
        let told = self.log_says(HOME, &token, "parcel-answered");
        self.row(
            "the receipt in the log of the old region",
            &told,
            "answered",
            told == "answered",
        );
        self.secrets.push(moving.expose_secret().to_owned());
        self.tokens.push(there);
    }

    fn only_once(&mut self, moving: &Moving, region: &str, what: &str) {
        let again = moving.arrive(self.world.region(region)).status;
        self.row(what, &again, "404", again == 404);
    }

    /// Whether the person's own view of a region's log has an entry of a kind about a transfer; the last word of
    /// the kind.
    fn log_says(&self, region: &str, token: &str, kind: &str) -> String {
        let told = self.world.region(region).ask("GET /v1/log", token, None);
        let told = told.json();
        let entries = told.get("entries").and_then(|entries| entries.as_array());
        let mut entries = entries.into_iter().flatten();
        let found = entries.any(|entry| {
            let is = entry.get("kind").and_then(|found| found.as_str()) == Some(kind);
            let details = entry.get("details").map(ToString::to_string);
            is && details.is_some_and(|details| details.contains("transfer"))
        });
        match kind.rsplit('-').next() {
            Some(word) if found => word.to_owned(),
            _ => "nothing".to_owned(),
        }
    }
}
