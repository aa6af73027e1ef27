//! The season itself: forty days, minute by minute.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use hc_code::live::Handle;
use hc_code::verify::{Action, RecognitionPolicy, RecognitionRule, Verdict};
use hc_code::{Class, Day, DivisionCode, Level, Span, Timestamp};
use hc_core::evidence::Fact;

use super::chance::Chance;
use super::country::{Country, FULL, Person};
use super::gate::{Gate, Kind};
use super::hub::{Hub, RootsListed};
use super::outbreak::{Finding, findings};
use super::plan::{EVIDENCE_WITHIN, LIVE_WITHIN, OFFSET, Plan, STALENESS};
use super::post::Post;
use super::receipt::Device;
use super::region::Region;
use super::tally::{Tally, is_restricted};
use super::travel::{Arrival, Travellers};

/// A season that was played.
#[derive(Debug)]
pub(super) struct Played {
    pub(super) plan: Plan,
    pub(super) people: u64,
    pub(super) regions: usize,
    pub(super) tally: Tally,
    pub(super) attempts: u64,
    pub(super) through_the_hub: u64,
    pub(super) not_taken: u64,
    pub(super) took: Duration,
}

/// What is true, whoever knows it: facts from when their source's region had them.
#[derive(Debug, Default)]
struct Truth {
    facts: BTreeMap<Person, Vec<Fact>>,
    /// Whom somebody ought to look at twice.
    restricted: Vec<Person>,
    /// What the last gate said of somebody who is not plainly low, and when.
    said: BTreeMap<Person, Said>,
}

/// The last verdict on somebody.
#[derive(Clone, Copy, Debug)]
struct Said {
    at: Timestamp,
    door: usize,
    level: Level,
    /// How late facts may be for a code of its class.
    declared: Span,
}

struct Season {
    plan: Plan,
    chance: Chance,
    country: Country,
    hub: Hub,
    gates: Vec<Gate>,
    post: Post,
    truth: Truth,
    travellers: Travellers,
    tally: Tally,
}

/// Plays it.
pub(super) fn play(plan: &Plan) -> Result<Played> {
    #[expect(
        clippy::disallowed_methods,
        reason = "how long a simulation takes is part of its report"
    )]
    let begun = Instant::now();
    let mut chance = Chance::new(plan.seed);
    let mut country = Country::new(plan, &mut chance)?;
    let mut hub = Hub::new(&mut chance)?;
    let eve = plan.begins.minus(Span::hours(3));
    hub.sign(plan, &country, RootsListed::First, eve)?;
    for (number, region) in country.regions.iter_mut().enumerate() {
        let day = Day::of(plan.begins, OFFSET)?;
        let evening = plan.begins.minus(Span::hours(2));
        region.publish(day, Region::as_of(plan, number, evening), evening)?;
    }
    let mut gates = Vec::new();
    for region in 0..FULL {
        for kind in Kind::ALL {
            let policy = policy(&country, region)?;
            let off = i64::from(chance.small(21)) - 10;
            let device = Device::new(country.region(region)?.division, gates.len())?;
            let own = (policy, device);
            gates.push(Gate::new(region, kind, &hub, own, plan.begins, off)?);
        }
    }
    let mut coming: VecDeque<Finding> = findings(plan, &country, &mut chance).into();
    let travellers = Travellers::new(plan, &country, &mut chance)?;
    let mut season = Season {
        plan: *plan,
        chance,
        country,
        hub,
        gates,
        post: Post::default(),
        truth: Truth::default(),
        travellers,
        tally: Tally::new()?,
    };
    let minutes = u32::from(plan.days) * 24 * 60;
    for minute in 0..minutes {
        let now = plan.begins.plus(Span::seconds(minute * 60));
        season
            .minute(&mut coming, minute, now)
            .with_context(|| format!("at {now}"))?;
    }
    season.count_the_day();
    Ok(Played {
        plan: *plan,
        people: season.country.people(),
        regions: season.country.regions.len(),
        attempts: season.post.attempts,
        through_the_hub: season.post.through_the_hub,
        not_taken: season.gates.iter().map(|gate| gate.not_taken).sum(),
        tally: season.tally,
        took: begun.elapsed(),
    })
}

impl Season {
    fn minute(
        &mut self,
        coming: &mut VecDeque<Finding>,
        minute: u32,
        now: Timestamp,
    ) -> Result<()> {
        self.events(minute, now)?;
        self.find(coming, now)?;
        self.publish(minute, now)?;
        if minute > 0 && minute.is_multiple_of(1440) {
            self.count_the_day();
        }
        for gate in &mut self.gates {
            gate.keep_up(
                &self.plan,
                &self.hub,
                &mut self.country,
                &mut self.chance,
                now,
                minute == 0,
            )?;
        }
        let restricted = core::mem::take(&mut self.truth.restricted);
        let arrivals = self.travellers.of_minute(
            &self.plan,
            &self.country,
            &restricted,
            &mut self.chance,
            now,
        );
        self.truth.restricted = restricted;
        for arrival in arrivals {
            let at = now.plus(Span::seconds(arrival.second));
            self.arrive(&arrival, at)?;
        }
        self.thieves(now)
    }

    /// What the plan has for this minute.
    fn events(&mut self, minute: u32, now: Timestamp) -> Result<()> {
        let (robbed, theft) = self.plan.theft();
        if now == theft.until() {
            let region = self.country.region_mut(robbed)?;
            let key = region.key_for_codes(theft.from())?;
            region.remove_key(now)?;
            self.hub.remove(self.country.region(robbed)?, key, now)?;
        }
        let (changing, new_root) = self.plan.new_root();
        if now == new_root.from() {
            self.hub
                .sign(&self.plan, &self.country, RootsListed::Both, now)?;
        }
        if now == new_root.from().plus(Span::days(1)) {
            self.country.region_mut(changing)?.change_root(now)?;
        }
        if now == new_root.until() {
            self.hub
                .sign(&self.plan, &self.country, RootsListed::Second, now)?;
        }
        for number in 0..self.country.regions.len() {
            let away = self.plan.gone(number);
            let back = away.is_some_and(|gap| gap.until() == now);
            let here = away.is_none_or(|gap| !gap.contains(now));
            // The list of keys is signed anew every hour.
            if back || here && minute.is_multiple_of(60) {
                self.country.region_mut(number)?.list_keys(now)?;
            }
        }
        Ok(())
    }

    /// Sources state what they found, and parcels arrive.
    fn find(&mut self, coming: &mut VecDeque<Finding>, now: Timestamp) -> Result<()> {
        let mut waiting = Vec::new();
        while let Some(finding) = coming.pop_front_if(|finding| finding.at <= now) {
            let away = self
                .plan
                .gone(finding.place)
                .filter(|gap| gap.contains(now));
            if let Some(gap) = away {
                // The source's own region does not answer: the source sends it again.
                waiting.push(Finding {
                    at: gap.until(),
                    ..finding
                });
                continue;
            }
            let fact = Fact {
                known: now,
                ..finding.fact
            };
            let facts = self.truth.facts.entry(finding.about).or_default();
            if facts.is_empty() {
                self.truth.restricted.push(finding.about);
            }
            facts.push(fact);
            let home = finding.about.region;
            if finding.place == home {
                self.country
                    .region_mut(home)?
                    .take(finding.about.number, fact, now);
            } else {
                self.post.send(finding.place, finding.about, fact, now);
            }
        }
        if !waiting.is_empty() {
            coming.extend(waiting);
            coming.make_contiguous().sort_unstable();
        }
        for parcel in self.post.deliver(&self.plan, &mut self.chance, now) {
            let took = now.since(parcel.made).as_seconds();
            self.tally
                .evidence
                .saturating_record(u64::try_from(took).unwrap_or(0));
            let region = self.country.region_mut(parcel.about.region)?;
            region.take(parcel.about.number, parcel.fact, now);
        }
        Ok(())
    }

    /// Lists every five minutes, paper every hour, tomorrow's at ten in the evening.
    fn publish(&mut self, minute: u32, now: Timestamp) -> Result<()> {
        if !minute.is_multiple_of(5) {
            return Ok(());
        }
        let today = Day::of(now, OFFSET)?;
        for number in 0..self.country.regions.len() {
            let away = self.plan.gone(number).is_some_and(|gap| gap.contains(now));
            // Now and then one comes late.
            if away || minute > 0 && self.chance.of_a_thousand(20) {
                continue;
            }
            let as_of = Region::as_of(&self.plan, number, now);
            let region = self.country.region_mut(number)?;
            if minute.is_multiple_of(60) {
                region.hear_declarations(now);
            }
            region.publish(today, as_of, now)?;
            if minute.is_multiple_of(60) {
                region.publish_paper(as_of, now)?;
            }
            let evening = minute % 1440 >= 22 * 60;
            let tomorrow = today
                .next()
                .filter(|day| evening && region.sequence(*day).is_none());
            if let Some(tomorrow) = tomorrow {
                region.publish(tomorrow, as_of, now)?;
            }
        }
        Ok(())
    }

    /// Somebody at a door.
    fn arrive(&mut self, arrival: &Arrival, now: Timestamp) -> Result<()> {
        let shown =
            self.travellers
                .shown(&self.plan, &self.country, arrival, &mut self.chance, now)?;
        let Some((text, class, index)) = shown else {
            self.tally.no_code += 1;
            return Ok(());
        };
        let gate = self.gates.iter_mut();
        let mut gate = gate.filter(|gate| gate.region == arrival.door && gate.kind == arrival.kind);
        let gate = gate.next().context("no such gate")?;
        if class != Class::Live {
            let wanted = (arrival.person.region, index);
            gate.fetch(&self.plan, &mut self.country, &mut self.chance, wanted, now)?;
        }
        let verdict = gate.verify(&text, now);
        let receipt = (verdict.action() == Action::Refuse).then(|| gate.receipt(&verdict, &text));
        self.tally.receipts += u64::from(receipt.is_some_and(|given| given.is_ok()));
        self.tally.verdict(arrival.kind, class, &verdict, now);
        self.compare(arrival, class, &verdict, now)
    }

    /// The verdict beside what is true.
    fn compare(
        &mut self,
        arrival: &Arrival,
        class: Class,
        verdict: &Verdict,
        now: Timestamp,
    ) -> Result<()> {
        let person = arrival.person;
        let level = verdict.genuine().and_then(hc_code::verify::Genuine::level);
        let (Some(level), Some(facts)) = (level, self.truth.facts.get(&person)) else {
            return Ok(());
        };
        let region = self.country.region(person.region)?;
        let declared = EVIDENCE_WITHIN.plus(match class {
            Class::Live => LIVE_WITHIN,
            Class::Carried | Class::Paper => STALENESS,
        });
        let is = region.level_by(facts, now);
        // Since when, to the minute and no further back than matters.
        let same_since = |wanted: &dyn Fn(Level) -> bool| {
            let mut since = Span::seconds(0);
            while since <= declared
                && wanted(region.level_by(facts, now.minus(since.plus(Span::seconds(60)))))
            {
                since = since.plus(Span::seconds(60));
            }
            since
        };
        if is_restricted(is) {
            self.tally.not_low += 1;
            if level == Level::Low && matches!(verdict.action(), Action::Pass | Action::Check) {
                self.tally
                    .green(class, same_since(&is_restricted), declared);
            }
        } else if is_restricted(level) && same_since(&|level| !is_restricted(level)) > declared {
            self.tally.wrong_red += 1;
        }
        if let Some(before) = self.truth.said.get(&person)
            && before.door != arrival.door
            && is_restricted(before.level) != is_restricted(level)
            && level != Level::Unknown
            && before.level != Level::Unknown
        {
            let span = now.since(before.at).plus(declared.max(before.declared));
            let minutes = u32::try_from(span.as_seconds() / 60).unwrap_or(0);
            let constant = (0..=minutes).step_by(5).all(|minute| {
                let then = now.minus(Span::seconds(minute * 60));
                is_restricted(region.level_by(facts, then)) == is_restricted(is)
            });
            self.tally.split += u64::from(constant);
        }
        let said = Said {
            at: now,
            door: arrival.door,
            level,
            declared,
        };
        self.truth.said.insert(person, said);
        Ok(())
    }

    /// Codes made with the stolen key, one a minute at each kind of gate.
    fn thieves(&mut self, now: Timestamp) -> Result<()> {
        let (robbed, theft) = self.plan.theft();
        let end = Day::of(theft.from(), OFFSET)?.end(OFFSET);
        if now < theft.from() || now >= end {
            return Ok(());
        }
        let region = self.country.region(robbed)?;
        for gate in &mut self.gates {
            let handle = Handle::from_bytes(self.chance.bytes());
            let Some(text) = region.forged(theft.from(), now, handle)? else {
                continue;
            };
            let verdict = gate.verify(&text, now);
            let passed = matches!(verdict.action(), Action::Pass | Action::Check);
            let counter = match (passed, now < theft.until()) {
                (true, true) => &mut self.tally.forged_before,
                (true, false) if gate.asked < theft.until() => &mut self.tally.forged_until_told,
                (true, false) => &mut self.tally.forged_after,
                (false, _) => &mut self.tally.forged_refused,
            };
            *counter += 1;
        }
        Ok(())
    }

    fn count_the_day(&mut self) {
        for gate in &mut self.gates {
            let loaded = core::mem::take(&mut gate.loaded);
            self.tally.loaded.entry(gate.kind).or_default().push(loaded);
        }
    }
}

/// What a region makes of codes: its own pass when low, others' when low with a test, each region with
/// another limit.
fn policy(country: &Country, region: usize) -> Result<RecognitionPolicy> {
    const HOURS: [u16; FULL] = [72, 48, 24, 48];
    let own: DivisionCode = country.region(region)?.division;
    let rule = |id: &str, levels: &[Level], then| RecognitionRule {
        id: id.to_owned(),
        issuers: Vec::new(),
        classes: Vec::new(),
        levels: levels.to_vec(),
        reasons: Vec::new(),
        facts_within: None,
        test_within: None,
        test_kinds: Vec::new(),
        then,
        otherwise: None,
    };
    let hours = HOURS.get(region).copied().unwrap_or(48);
    Ok(RecognitionPolicy::new(
        "season-1",
        vec![
            RecognitionRule {
                issuers: vec![own],
                ..rule("own-low", &[Level::Low], Action::Pass)
            },
            RecognitionRule {
                test_within: Some(Span::hours(hours)),
                otherwise: Some(Action::Check),
                ..rule("arrival-with-a-test", &[Level::Low], Action::Pass)
            },
            rule("medium-is-checked", &[Level::Medium], Action::Check),
            rule("high-stays-out", &[Level::High], Action::Refuse),
            rule("unknown-is-unknown", &[Level::Unknown], Action::Unknown),
        ],
    )?)
}
