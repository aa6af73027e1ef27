//! Status lists: shards, whole lists, and the steps between their editions.

use std::rc::Rc;

use hc_code::day_index::{DayIndex, Domain};
use hc_code::keys::KeyUse;
use hc_code::signing::SigningKey;
use hc_code::status_list::{Changes, Delta, DeltaBase, Edition, EditionTimes, ListBook, ListName};
use hc_code::verify::Listed;
use hc_code::{Day, HttpsUri, Offset, Span, Timestamp};

use super::actors::{
    FUJIAN, GANSU, HAINAN, HUNAN, Of, TRUST_VERSION, ZHEJIANG, draft, hub, key_list, key_of,
    known_but, removals, remover, signed_keys, signed_trust,
};
use super::craft::{Craft, by};
use super::house::House;
use super::tally::{Said, Tally, Way};
use crate::world::{division, noon, root};

/// Variants of the next edition, each of which would be taken.
const VARIANTS: u32 = 4;

fn today() -> Day {
    Day::of(noon(), Offset::CHINA).unwrap()
}

fn lists_key(region: u32) -> Rc<SigningKey> {
    Rc::new(key_of(region, Of::Use(KeyUse::Lists)))
}

fn name(region: u32, day: Day, epoch: u8) -> ListName {
    ListName {
        region: division(region),
        day,
        epoch,
        domain: Domain::new(20).unwrap(),
    }
}

/// The time of an edition: the evening before, then every hour of the morning, the fourth at noon.
fn time_of(sequence: u32) -> Timestamp {
    match sequence {
        0 => noon().minus(Span::hours(14)),
        later => noon().minus(Span::seconds(3600 * 4_u32.saturating_sub(later))),
    }
}

/// The day's list of a region in somebody's hands, and all that was signed of it.
#[derive(Clone)]
struct Written {
    book: ListBook,
    key: Rc<SigningKey>,
    /// By sequence: the step that leads there, the whole, the shard.
    editions: Vec<[Vec<u8>; 3]>,
}

impl Written {
    /// A day's list as far as edition 3; `first` is what nobody else's says so.
    fn morning(name: ListName, key: Rc<SigningKey>, first: (u32, Listed)) -> Self {
        let exceptions = [(DayIndex::new(5), Listed::High)];
        let mut written = Self {
            book: ListBook::begin(name, Offset::CHINA, exceptions).unwrap(),
            key,
            editions: Vec::new(),
        };
        written.publish(time_of(0), &[first]);
        written.publish(time_of(1), &[(6, Listed::Medium)]);
        written.publish(time_of(2), &[(9, Listed::High), (5, Listed::Medium)]);
        written.publish(time_of(3), &[(6, Listed::Low)]);
        written
    }

    fn publish(&mut self, at: Timestamp, changes: &[(u32, Listed)]) {
        for (position, value) in changes {
            self.book.note(DayIndex::new(*position), *value).unwrap();
        }
        let times = EditionTimes {
            as_of: at,
            issued_at: at,
            expires_at: noon().plus(Span::hours(3)),
        };
        let step = self.book.publish(times, &*self.key).unwrap();
        let whole = self.book.sign_whole(&*self.key).unwrap();
        let address = HttpsUri::parse("https://region.example/status").unwrap();
        let mut shards = self.book.sign_shards(&address, &*self.key).unwrap();
        let shard = shards.next().unwrap().unwrap();
        drop(shards);
        self.editions.push([step, whole, shard]);
    }

    /// The next edition as it could be.
    fn next(&self, variant: u32, at: Timestamp) -> [Vec<u8>; 3] {
        let mut next = self.clone();
        next.publish(at, &[(77 + variant, Listed::High), (9, Listed::Low)]);
        next.editions.pop().unwrap()
    }
}

/// A step that somebody with the key puts together by hand.
fn step(name: ListName, sequence: u32, base: u32, changes: &[(u32, Listed)]) -> Vec<u8> {
    let (at, until) = (noon(), noon().plus(Span::hours(3)));
    let edition = Edition::new(name, sequence, at, at, until, Offset::CHINA).unwrap();
    let entries = changes
        .iter()
        .map(|(at, value)| (DayIndex::new(*at), *value));
    let changes = Changes::new(name.domain, entries.collect()).unwrap();
    let delta = Delta::new(edition, DeltaBase::Sequence(base), changes).unwrap();
    delta.sign(&*lists_key(ZHEJIANG)).unwrap()
}

/// An offer: for which region, when, in which way, what, and its bytes.
type Offer = (u32, Timestamp, Way, String, Vec<u8>);

fn foreign(ours: &Written, all: &mut Vec<Offer>) {
    let mut push = |region, what: &str, bytes: &[u8]| {
        all.push((
            region,
            noon(),
            Way::Foreign,
            what.to_owned(),
            bytes.to_vec(),
        ));
    };
    let theirs = |region, signer| {
        let name = name(region, today(), 1);
        Written::morning(name, lists_key(signer), (1, Listed::High))
    };
    let of_fujian = theirs(FUJIAN, FUJIAN);
    let by_fujian = theirs(ZHEJIANG, FUJIAN);
    let for_fujian = theirs(FUJIAN, ZHEJIANG);
    for variant in 0..VARIANTS {
        for bytes in &of_fujian.next(variant, noon()) {
            push(ZHEJIANG, "a neighbour's own", bytes);
        }
        for bytes in &by_fujian.next(variant, noon()) {
            push(ZHEJIANG, "ours by a neighbour", bytes);
            push(FUJIAN, "ours by a neighbour, as theirs", bytes);
        }
        for bytes in &for_fujian.next(variant, noon()) {
            push(ZHEJIANG, "a neighbour's by us", bytes);
            push(FUJIAN, "a neighbour's by us, as theirs", bytes);
        }
        for bytes in &ours.next(variant, noon()) {
            for region in [FUJIAN, HAINAN, HUNAN, GANSU] {
                push(region, "ours, as another region's", bytes);
            }
        }
        for region in [HAINAN, HUNAN, GANSU] {
            for bytes in &theirs(region, region).next(variant, noon()) {
                push(region, "of a region that may sign no lists", bytes);
            }
        }
        let version = 8 + variant;
        push(
            ZHEJIANG,
            "a trust list",
            &signed_trust(draft(TRUST_VERSION + version, 0), &hub()),
        );
        push(
            ZHEJIANG,
            "removals",
            &removals(noon()).sign(&remover()).unwrap(),
        );
        let keys = key_list(ZHEJIANG, version.into());
        push(ZHEJIANG, "a key list", &signed_keys(&keys, &root(ZHEJIANG)));
    }
}

fn downgraded(ours: &Written, all: &mut Vec<Offer>) {
    let mut push = |now, what: String, bytes: &[u8]| {
        all.push((ZHEJIANG, now, Way::Downgraded, what, bytes.to_vec()));
    };
    for (sequence, edition) in ours.editions.iter().take(3).enumerate() {
        for bytes in edition {
            push(noon(), format!("edition {sequence} again"), bytes);
        }
    }
    let (past, to_come) = (noon().plus(Span::hours(4)), noon().plus(Span::seconds(660)));
    for variant in 0..VARIANTS {
        for bytes in &ours.next(variant, noon()) {
            push(past, "its time is over".to_owned(), bytes);
        }
        for bytes in &ours.next(variant, to_come) {
            push(noon(), "from the future".to_owned(), bytes);
        }
        // A day key that was lost is followed by another epoch: the one before is over.
        let before = Written::morning(
            name(ZHEJIANG, today(), 0),
            lists_key(ZHEJIANG),
            (1, Listed::High),
        );
        for bytes in &before.next(variant, noon()) {
            push(noon(), "of the epoch before".to_owned(), bytes);
        }
        let other = (20 + variant, Listed::High);
        let other = Written::morning(name(ZHEJIANG, today(), 1), lists_key(ZHEJIANG), other);
        for (sequence, edition) in other.editions.iter().enumerate() {
            // Steps into what is past say nothing about what is held.
            for bytes in edition.iter().skip(1) {
                push(noon(), format!("edition {sequence} otherwise"), bytes);
            }
        }
    }
}

/// Steps from one list on another, by the key that may sign them.
fn stitched(all: &mut Vec<Offer>) {
    let mut push = |what: String, bytes: Vec<u8>| {
        all.push((ZHEJIANG, noon(), Way::Stitched, what, bytes));
    };
    let held = name(ZHEJIANG, today(), 1);
    for place in 0..40 {
        let changes = [(200 + place, Listed::High)];
        for base in 0..3 {
            push(
                format!("from edition {base}"),
                step(held, 4, base, &changes),
            );
        }
        push(
            "from an edition to come".to_owned(),
            step(held, 9, 7, &changes),
        );
        let yesterday = today().previous().unwrap();
        let other = Edition::new(
            name(ZHEJIANG, yesterday, 1),
            4,
            noon().minus(Span::hours(24)),
            noon().minus(Span::hours(24)),
            noon().minus(Span::hours(20)),
            Offset::CHINA,
        );
        let entries = Changes::new(
            held.domain,
            vec![(DayIndex::new(200 + place), Listed::High)],
        );
        let delta = Delta::new(other.unwrap(), DeltaBase::Sequence(3), entries.unwrap()).unwrap();
        push(
            "of yesterday".to_owned(),
            delta.sign(&*lists_key(ZHEJIANG)).unwrap(),
        );
        push(
            "of an epoch to come".to_owned(),
            step(name(ZHEJIANG, today(), 2), 4, 3, &changes),
        );
        // Made from a list in which these positions say what they do not say in the one that is held.
        for misfit in [(5, Listed::Medium), (9, Listed::High), (6, Listed::Low)] {
            let what = format!("on another list, seen at {}", misfit.0);
            push(what, step(held, 4, 3, &[misfit, changes[0]]));
        }
    }
}

#[test]
fn of_a_thousand_forged_status_lists_none_is_believed() {
    let ours = Written::morning(
        name(ZHEJIANG, today(), 1),
        lists_key(ZHEJIANG),
        (1, Listed::High),
    );
    let mut house = House::new();
    let of = division(ZHEJIANG);
    let [_, whole, shard] = &ours.editions[3];
    assert!(house.gate.take_delta(whole, of, noon()).is_ok());
    assert!(house.node.take_shard(of, shard, noon()).is_ok());

    let nexts = (0..VARIANTS).map(|variant| ours.next(variant, noon()));
    let genuine: Vec<Vec<u8>> = nexts.flatten().collect();
    let known = known_but(ZHEJIANG, Some(KeyUse::Lists));
    let craft = Craft {
        genuine: &genuine,
        signer: &ours.key,
        known: &known,
    };
    let made = craft.all().into_iter();
    let mut all: Vec<Offer> = made
        .map(|(way, what, bytes)| (ZHEJIANG, noon(), way, what, bytes))
        .collect();
    foreign(&ours, &mut all);
    downgraded(&ours, &mut all);
    stitched(&mut all);
    // Also what is held, by a key that holds no more.
    for (what, key) in &known {
        let again = by(shard, key);
        all.push((
            ZHEJIANG,
            noon(),
            Way::Downgraded,
            format!("the held one by {what}"),
            again,
        ));
    }

    let day = today().number().into();
    let before = house.known(day);
    let mut tally = Tally::new("status lists");
    for (region, now, way, what, bytes) in all {
        let said = house.offer_status(division(region), &bytes, now);
        let same = house.known(day) == before;
        tally.count(way, &what, said, same);
    }
    tally.settle(1000);
    // Each of the genuine ones is believed by a gate that holds what they follow.
    for bytes in &genuine {
        let mut gate = house.gate.clone();
        let delta = gate.take_delta(bytes, of, noon());
        assert!(delta.is_ok() || gate.take_shard(bytes, of, noon()).is_ok());
        assert_ne!(gate.marks(), house.gate.marks());
    }
    assert_eq!(house.offer_status(of, &genuine[2], noon()), Said::Believed);
    assert_ne!(house.known(day), before);
}
