//! Journeys: who is on the way, to which door, with which code.

use std::collections::BTreeMap;

use anyhow::Result;
use hc_code::signing::{Algorithm, Signer, SigningKey};
use hc_code::statement::{LastTest, TestKind};
use hc_code::{Class, Day, Span, Timestamp, carried};

use super::chance::Chance;
use super::country::{Country, FULL, Person};
use super::gate::Kind;
use super::plan::{OFFSET, Plan};
use super::region::Region;

/// One arrival at a door.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrival {
    pub(super) person: Person,
    pub(super) door: usize,
    pub(super) kind: Kind,
    pub(super) class: Class,
    /// Second of the minute.
    pub(super) second: u32,
}

/// Everybody who travels.
#[derive(Debug)]
pub(super) struct Travellers {
    /// Journeys of a minute that are still to begin, in millionths.
    owed: u64,
    arriving: BTreeMap<i64, Vec<Arrival>>,
    /// Hours since the season's eve of each person's last negative test; 0 for none.
    tested: Vec<u16>,
    epoch: Timestamp,
    /// Phones' keys. A phone has one of its own; here some thousand are enough.
    phones: Vec<SigningKey>,
}

/// Journeys by the hour of the day, in thousandths.
const BY_HOUR: [u64; 24] = [
    5, 3, 2, 2, 4, 15, 45, 70, 75, 65, 60, 55, 55, 60, 60, 60, 65, 75, 70, 55, 40, 30, 19, 10,
];
const PHONES: usize = 1000;

impl Travellers {
    pub(super) fn new(plan: &Plan, country: &Country, chance: &mut Chance) -> Result<Self> {
        let people = usize::try_from(country.people())?;
        let phones =
            (0..PHONES).map(|_| SigningKey::from_secret(Algorithm::Es256, &chance.bytes()));
        Ok(Self {
            owed: 0,
            arriving: BTreeMap::new(),
            tested: vec![0; people],
            epoch: plan.begins.minus(Span::days(4)),
            phones: phones.collect::<Result<_, _>>()?,
        })
    }

    /// Journeys that begin in this minute; of them, and of earlier ones, those that end in it.
    pub(super) fn of_minute(
        &mut self,
        plan: &Plan,
        country: &Country,
        restricted: &[Person],
        chance: &mut Chance,
        now: Timestamp,
    ) -> Vec<Arrival> {
        let minute = now.unix().div_euclid(60);
        let hour = now
            .since(Timestamp::start_of_local_day(now.local_day(OFFSET), OFFSET))
            .as_seconds()
            / 3600;
        let share = usize::try_from(hour)
            .ok()
            .and_then(|hour| BY_HOUR.get(hour));
        let a_day = plan.journeys * 1_000_000 / u64::from(plan.days);
        self.owed += a_day / 1000 * share.copied().unwrap_or(0) / 60;
        while self.owed >= 1_000_000 {
            self.owed -= 1_000_000;
            // One of a hundred is somebody who should not: they are why there are gates.
            let number = chance.below(restricted.len() as u64);
            let bold = usize::try_from(number)
                .ok()
                .and_then(|number| restricted.get(number));
            let person = match bold.filter(|_| chance.of_a_thousand(10)) {
                Some(bold) => *bold,
                None => country.anybody(chance),
            };
            if chance.of_a_thousand(600) {
                let hours = now.since(self.epoch).as_seconds() / 3600;
                let ago = 2 + chance.below(58);
                let place = usize::try_from(country.place(person)).ok();
                if let Some(held) = place.and_then(|place| self.tested.get_mut(place)) {
                    let at = u64::try_from(hours).unwrap_or(0).saturating_sub(ago);
                    *held = (*held).max(u16::try_from(at).unwrap_or(0));
                }
            }
            let mut arrive = |door, at: i64, chance: &mut Chance| {
                let arrival = Arrival {
                    person,
                    door,
                    kind: match chance.small(20) {
                        0..12 => Kind::Connected,
                        12..17 => Kind::Fetching,
                        _ => Kind::Offline,
                    },
                    class: match chance.small(20) {
                        0..13 => Class::Live,
                        13..19 => Class::Carried,
                        _ => Class::Paper,
                    },
                    second: chance.small(60),
                };
                self.arriving.entry(at).or_default().push(arrival);
            };
            // Who leaves a region with gates is looked at there too.
            if person.region < FULL {
                arrive(person.region, minute, chance);
            }
            let ride = i64::from(chance.small(420)) + 60;
            let door = usize::try_from(chance.below(FULL as u64)).unwrap_or(0);
            arrive(door, minute + ride, chance);
        }
        let later = self.arriving.split_off(&(minute + 1));
        let due = core::mem::replace(&mut self.arriving, later);
        due.into_values().flatten().collect()
    }

    /// Their last negative test.
    fn last_test(&self, country: &Country, person: Person) -> Option<LastTest> {
        let place = usize::try_from(country.place(person)).ok()?;
        let hours = self.tested.get(place).copied().filter(|hours| *hours > 0)?;
        LastTest::at(self.epoch.plus(Span::hours(hours)), TestKind::NucleicAcid)
    }

    /// The text that somebody shows, its class, and for a carried code its position. `None` where they
    /// have nothing to show.
    pub(super) fn shown(
        &self,
        plan: &Plan,
        country: &Country,
        arrival: &Arrival,
        chance: &mut Chance,
        now: Timestamp,
    ) -> Result<Option<(String, Class, Option<u32>)>> {
        let Person { region, number } = arrival.person;
        let home = country.region(region)?;
        let last_test = self.last_test(country, arrival.person);
        let serves = |at| plan.gone(region).is_none_or(|gap| !gap.contains(at));
        if arrival.class == Class::Paper {
            return Ok(Some((home.paper(plan, number)?, Class::Paper, None)));
        }
        if arrival.class == Class::Live && serves(now) {
            // The page fetched it up to fifty seconds ago.
            let at = now.minus(Span::seconds(chance.small(50)));
            if serves(at) && Day::of(at, OFFSET)? == Day::of(now, OFFSET)? {
                let as_of = Region::as_of(plan, region, at);
                let text = home.live(number, as_of, at, last_test)?;
                return Ok(Some((text, Class::Live, None)));
            }
        }
        let day = Day::of(now, OFFSET)?;
        let morning = day.start(OFFSET);
        let evening = morning.minus(Span::hours(2));
        let Some(fetched) = [
            chance.within(morning, now.since(morning)),
            chance.within(evening, Span::seconds(7000)),
        ]
        .into_iter()
        .find(|at| serves(*at)) else {
            return Ok(None);
        };
        let place = usize::try_from(country.place(arrival.person))? % PHONES;
        let Some(phone) = self.phones.get(place) else {
            return Ok(None);
        };
        let as_of = Region::as_of(plan, region, fetched);
        let holder = phone.public_key();
        let text = home.carried(number, day, holder, as_of, fetched, last_test)?;
        let index = home.position(number, day)?;
        Ok(Some((
            carried::show(phone, &text, now)?,
            Class::Carried,
            Some(index),
        )))
    }
}
