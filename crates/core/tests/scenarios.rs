//! Scenarios taken from the published source of every rule pack, and what must hold over all of them.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, in its helpers too"
)]

#[path = "scenarios/scenario.rs"]
mod scenario;
#[path = "scenarios/story.rs"]
mod story;

use hc_code::{Span, Timestamp};
use hc_core::decide::{Decision, decide};
use hc_core::rules::RulePack;
use scenario::{Expect, Scenario};
use story::{DOCUMENTS, Document, Story};

/// At least so many scenarios for each pack.
const LEAST: [(&str, usize); 9] = [
    ("chongqing-2020", 10),
    ("guangdong-2020", 10),
    ("guangxi-2021-12", 5),
    ("guangxi-2022-07", 5),
    ("hangzhou-2020-02", 10),
    ("hubei-2020-03", 10),
    ("shanghai-2022-09", 5),
    ("sichuan-2020", 10),
    ("zhejiang-2022-06", 10),
];

/// A person whose evidence came in, ready to be decided.
struct Person<'a> {
    pack: &'a RulePack,
    scenario: &'a Scenario,
    story: Story,
}

impl<'a> Person<'a> {
    /// The rows in this order, about this document.
    fn with(
        pack: &'a RulePack,
        scenario: &'a Scenario,
        order: &[usize],
        document: Document,
    ) -> Self {
        let rows = order.iter().map(|row| (*row + 1, &scenario.evidence[*row]));
        Self {
            pack,
            scenario,
            story: story::read(rows, document),
        }
    }

    /// The rows as they stand in the file.
    fn new(pack: &'a RulePack, scenario: &'a Scenario) -> Self {
        let order: Vec<_> = (0..scenario.evidence.len()).collect();
        Self::with(pack, scenario, &order, DOCUMENTS[0])
    }

    fn decide(&self, now: Timestamp) -> Decision {
        let areas = self.scenario.areas(&self.story.places);
        let story = self.story.evidence.story(now);
        decide(self.pack, story.facts(), &areas, now)
    }

    /// Until when the decision holds. A correction that comes to light is new evidence, of which a
    /// decision before it knows nothing.
    fn holds_until(&self, now: Timestamp) -> Timestamp {
        let later = self.story.corrected.iter().copied().filter(|at| *at > now);
        later.fold(self.decide(now).valid_until, Timestamp::min)
    }

    fn rules(&self, decision: &Decision) -> Vec<&str> {
        let rules = decision.reasons.iter();
        rules
            .map(|reason| self.pack.rules[usize::from(reason.rule)].id.as_str())
            .collect()
    }

    /// What a person is shown, without the places of facts and areas in their tables.
    fn shown(&self, now: Timestamp) -> String {
        let decision = self.decide(now);
        let reasons = decision.reasons.iter().map(|reason| {
            format!(
                "; rule {} stage {} {} since {} until {}",
                reason.rule, reason.stage, reason.level, reason.since, reason.until
            )
        });
        let head = format!("{} until {}", decision.level, decision.valid_until);
        std::iter::once(head).chain(reasons).collect()
    }

    /// Whether a decision is what the scenario expects; else what it is instead.
    fn meets(&self, expect: &Expect) -> Result<(), String> {
        let decision = self.decide(expect.at);
        let rules = self.rules(&decision);
        let until = expect.until.unwrap_or(decision.valid_until);
        if decision.level == expect.level && rules == expect.rules && decision.valid_until == until
        {
            return Ok(());
        }
        Err(format!(
            "at {}: expected {} by {:?}{}, decided {} by {:?} until {}",
            expect.at,
            expect.level,
            expect.rules,
            expect
                .until
                .map_or(String::new(), |until| format!(" until {until}")),
            decision.level,
            rules,
            decision.valid_until,
        ))
    }
}

/// Runs a test over every scenario and fails with all that it found.
fn every(test: impl Fn(&RulePack, &Scenario) -> Vec<String>) {
    let mut wrong = Vec::new();
    for (pack_name, pack, scenarios) in scenario::all() {
        for (name, scenario) in &scenarios {
            for what in test(&pack, scenario) {
                wrong.push(format!("{pack_name}/{name}: {what}"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_scenario_comes_out_as_its_source_says() {
    every(|pack, scenario| {
        let person = Person::new(pack, scenario);
        let expected = scenario.expect.iter();
        expected
            .filter_map(|expect| person.meets(expect).err())
            .collect()
    });
}

#[test]
fn every_pack_has_its_scenarios_and_every_scenario_its_source() {
    for (pack, found, scenarios) in scenario::all() {
        let least = LEAST.iter().find(|(name, _)| *name == pack);
        let (_, least) = least.unwrap_or_else(|| panic!("{pack}: say how many scenarios it needs"));
        assert!(scenarios.len() >= *least, "{pack}: {}", scenarios.len());
        for (name, scenario) in scenarios {
            let title = &scenario.title;
            assert!(
                !title.zh.is_empty() && !title.en.is_empty(),
                "{pack}/{name}"
            );
            assert!(
                scenario.cite.len() > 20,
                "{pack}/{name}: {:?}",
                scenario.cite
            );
            assert!(
                scenario.expect.len() >= 2,
                "{pack}/{name}: a boundary has two sides"
            );
            for expect in &scenario.expect {
                let inside = found.valid_from <= expect.at && expect.at < found.valid_until;
                assert!(inside, "{pack}/{name}: {} is outside the pack", expect.at);
            }
        }
    }
}

#[test]
fn every_rule_is_in_force_in_a_scenario() {
    for (name, pack, scenarios) in scenario::all() {
        for rule in &pack.rules {
            let id = rule.id.as_str();
            let seen = scenarios.iter().any(|(_, scenario)| {
                let mut expected = scenario.expect.iter();
                expected.any(|expect| expect.rules.iter().any(|other| other == id))
            });
            assert!(seen, "{name}: no scenario shows rule {id}");
        }
    }
}

#[test]
fn order_and_repetition_of_rows_change_no_decision() {
    every(|pack, scenario| {
        let rows = scenario.evidence.len();
        let first = Person::new(pack, scenario);
        let mut orders = vec![(0..rows).rev().collect::<Vec<_>>()];
        // Every rotation, each with all rows once more.
        orders.extend((1..rows).map(|by| {
            let rotated = (0..rows).map(|row| (row + by) % rows);
            rotated.chain(0..rows).collect()
        }));
        let mut wrong = Vec::new();
        for order in orders {
            let other = Person::with(pack, scenario, &order, DOCUMENTS[0]);
            for expect in &scenario.expect {
                let (shown, again) = (first.shown(expect.at), other.shown(expect.at));
                if shown != again {
                    wrong.push(format!(
                        "rows {order:?} at {}: {shown} / {again}",
                        expect.at
                    ));
                }
            }
        }
        wrong
    });
}

#[test]
fn the_same_evidence_gives_every_identity_the_same() {
    every(|pack, scenario| {
        let rows: Vec<_> = (0..scenario.evidence.len()).collect();
        let first = Person::new(pack, scenario);
        let mut wrong = Vec::new();
        for document in DOCUMENTS {
            let other = Person::with(pack, scenario, &rows, document);
            for expect in &scenario.expect {
                let (shown, again) = (first.shown(expect.at), other.shown(expect.at));
                if shown != again {
                    wrong.push(format!("{document:?} at {}: {shown} / {again}", expect.at));
                }
            }
        }
        wrong
    });
}

#[test]
fn before_valid_until_nothing_changes() {
    every(|pack, scenario| {
        let person = Person::new(pack, scenario);
        let mut wrong = Vec::new();
        let Some(mut now) = scenario.expect.iter().map(|expect| expect.at).min() else {
            return wrong;
        };
        for _ in 0..200 {
            let (shown, until) = (person.shown(now), person.holds_until(now));
            let length = until.since(now).as_seconds();
            let between = [1, length / 3, length / 2, length - 1];
            for seconds in between.into_iter().filter(|seconds| *seconds < length) {
                let later = Timestamp::from_unix(now.unix() + seconds);
                let again = person.shown(later);
                if shown != again {
                    wrong.push(format!("{now} to {later}: {shown} / {again}"));
                }
            }
            if until >= pack.valid_until {
                break;
            }
            if length == 0 {
                wrong.push(format!("{now}: valid for no time"));
                break;
            }
            now = until;
        }
        wrong
    });
}

#[test]
fn every_level_above_low_ends_without_new_evidence() {
    every(|pack, scenario| {
        let mut endless = pack.clone();
        endless.valid_until = Timestamp::MAX;
        let person = Person::new(&endless, scenario);
        let Some(last) = scenario.expect.iter().map(|expect| expect.at).max() else {
            return Vec::new();
        };
        let end = last.plus(Span::days(366));
        let mut now = last;
        while person.decide(now).level.is_above_low() {
            now = person.decide(now).valid_until;
            if now > end {
                return vec![format!("still above low at {end}")];
            }
        }
        Vec::new()
    });
}
