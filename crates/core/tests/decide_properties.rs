//! What holds for every decision, under every rule pack of the repository.

use std::path::Path;

use hc_code::{DivisionCode, Level, Span, Timestamp};
use hc_core::area::{Area, AreaIndex, AreaLedger, AreaLevel, AreaStatement};
use hc_core::decide::decide;
use hc_core::evidence::{
    Answer, Answers, CaseClass, ContactDegree, Event, ExposureGrade, Fact, Facts, Origin, Pooling,
    Setting, SourceKind, TestMethod, TestResult,
};
use hc_core::place::{Place, PlaceId, PlaceTable};
use hc_core::rules::RulePack;
use hc_core::word::Word;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

type Places = Vec<(DivisionCode, PlaceId)>;

fn packs() -> Vec<RulePack> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    let mut packs = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "toml") {
            let text = std::fs::read_to_string(&path).unwrap();
            let pack = RulePack::parse(&text);
            packs.push(pack.unwrap_or_else(|findings| panic!("{}: {findings}", path.display())));
        }
    }
    assert!(!packs.is_empty());
    packs
}

/// Two counties, places known at every grain, and an area of each level.
fn scenery(begin: Timestamp) -> (Places, AreaIndex) {
    let mut table = PlaceTable::new();
    let mut places = Vec::new();
    let mut ledger = AreaLedger::new();
    let levels = [AreaLevel::High, AreaLevel::Medium, AreaLevel::Low];
    for (county, days) in [("420106", 5), ("330106", 20)] {
        let county = county.parse().unwrap();
        for text in [
            "全域",
            "北山街道",
            "北山街道友谊社区",
            "北山街道友谊社区3号楼",
            "西溪街道",
        ] {
            let place = Place::parse(text).unwrap();
            places.push((county, table.intern(county, place).unwrap()));
        }
        for (level, text) in levels
            .into_iter()
            .zip(["北山街道友谊社区", "西溪街道", "全域"])
        {
            let from = begin.plus(Span::days(days));
            let until = Some(from.plus(Span::days(9)));
            let area = Area::new(county, Place::parse(text).unwrap());
            ledger.state(&AreaStatement::new(area, level, (from, until), "test").unwrap());
        }
    }
    (places, AreaIndex::build(&table, &ledger.history()))
}

fn word<T: Word>() -> impl Strategy<Value = T> {
    select(T::ALL)
}

fn event(places: Places) -> impl Strategy<Value = Event> {
    let answers = subsequence(Answer::ALL, 0..=2)
        .prop_map(|answers| answers.into_iter().collect::<Answers>());
    let temperature = prop_oneof![Just(0u16), 360u16..390];
    let result = prop_oneof![3 => Just(TestResult::Negative), 1 => word::<TestResult>()];
    prop_oneof![
        3 => (answers, temperature)
            .prop_map(|(answers, temperature)| Event::Declaration { answers, temperature }),
        1 => word::<CaseClass>().prop_map(Event::Case),
        2 => word::<ContactDegree>().prop_map(Event::Contact),
        4 => (word::<TestMethod>(), word::<Pooling>(), result)
            .prop_map(|(method, pooling, result)| Event::Test { method, pooling, result }),
        1 => (1u8..4).prop_map(|dose| Event::Vaccination { dose }),
        3 => select(places).prop_map(|(division, place)| Event::Stay { division, place }),
        1 => word::<Origin>().prop_map(Event::Arrival),
        1 => word::<Setting>().prop_map(Event::Quarantine),
        1 => word::<Setting>().prop_map(Event::Release),
        1 => Just(Event::Symptoms),
        1 => (350u16..400).prop_map(Event::Temperature),
        1 => word::<ExposureGrade>().prop_map(Event::Exposure),
    ]
}

/// A fact within forty days from `begin`, mostly known at once, mostly for good.
fn fact(begin: Timestamp, places: Places) -> impl Strategy<Value = Fact> {
    let minutes = |most: u32| prop_oneof![Just(0), 0..most];
    let expires = prop_oneof![4 => Just(None), 1 => (0u32..30 * 1440).prop_map(Some)];
    let times = (
        0u32..40 * 1440,
        minutes(4 * 1440),
        minutes(3 * 1440),
        expires,
    );
    (times, event(places), word::<SourceKind>()).prop_map(
        move |((at, lasts, delay, expires), event, source)| {
            let plus = |from: Timestamp, minutes: u32| from.plus(Span::seconds(minutes * 60));
            let at = plus(begin, at);
            let known = plus(at, delay);
            let expires = expires.map_or(Timestamp::MAX, |after| plus(known, after));
            Fact {
                at,
                until: plus(at, lasts),
                known,
                expires,
                event,
                source,
            }
        },
    )
}

/// A pack with some facts about one person, and an instant.
fn person() -> impl Strategy<Value = (RulePack, AreaIndex, Vec<Fact>, Timestamp)> {
    select(packs()).prop_flat_map(|mut pack| {
        // Rules are judged here, not the day on which a pack ended.
        pack.valid_until = Timestamp::MAX;
        let begin = pack.valid_from;
        let (places, areas) = scenery(begin);
        let facts = proptest::collection::vec(fact(begin, places), 0..14);
        let now =
            (0u32..60 * 1440).prop_map(move |minutes| begin.plus(Span::seconds(minutes * 60)));
        (Just(pack), Just(areas), facts, now)
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn order_and_repetition_change_nothing(
        (pack, areas, facts, now) in person(),
        seed in any::<u64>(),
    ) {
        let first = decide(&pack, Facts::sort(&mut facts.clone()), &areas, now);
        let mut shuffled = facts.clone();
        let length = shuffled.len().max(1) as u64;
        for index in (1..shuffled.len()).rev() {
            let other = seed.rotate_left(index as u32) % (index as u64 + 1);
            shuffled.swap(index, other as usize);
        }
        shuffled.extend(facts.iter().skip((seed % length) as usize).copied());
        prop_assert_eq!(first, decide(&pack, Facts::sort(&mut shuffled), &areas, now));
    }

    #[test]
    fn before_valid_until_nothing_changes(
        (pack, areas, mut facts, now) in person(),
        part in 0.0f64..1.0,
    ) {
        let facts = Facts::sort(&mut facts);
        let decision = decide(&pack, facts, &areas, now);
        prop_assert!(decision.valid_until > now);
        let length = decision.valid_until.since(now).as_seconds().min(200 * 86_400);
        for offset in [1, (length as f64 * part) as i64, length - 1] {
            if (0..length).contains(&offset) {
                let later = Timestamp::from_unix(now.unix() + offset);
                let later = decide(&pack, facts, &areas, later);
                prop_assert_eq!(&decision, &later, "{} s later", offset);
            }
        }
    }

    #[test]
    fn every_level_above_low_ends_by_itself((pack, areas, mut facts, now) in person()) {
        let facts = Facts::sort(&mut facts);
        let mut at = now;
        let end = now.plus(Span::days(400));
        while at < end {
            at = decide(&pack, facts, &areas, at).valid_until;
        }
        let last = decide(&pack, facts, &areas, at);
        prop_assert!(!last.level.is_above_low(), "still {} at {}", last.level, at);
    }

    #[test]
    fn a_level_stands_on_evidence((pack, areas, mut facts, now) in person()) {
        let facts = Facts::sort(&mut facts);
        let decision = decide(&pack, facts, &areas, now);
        if !facts.as_slice().iter().any(|fact| fact.known <= now && now < fact.expires) {
            prop_assert_eq!(decision.level, Level::Unknown);
        }
        let gives = |reason: &&hc_core::decide::Reason| reason.level == decision.level;
        prop_assert!(!decision.level.is_above_low() || decision.reasons.iter().any(|reason| gives(&reason)));
        for reason in &decision.reasons {
            prop_assert!(usize::from(reason.rule) < pack.rules.len());
            prop_assert!(!reason.facts.is_empty());
            prop_assert!(reason.since <= now && now < reason.until);
            for number in &reason.facts {
                prop_assert!(facts.as_slice()[*number as usize].known <= now);
            }
        }
    }

    #[test]
    fn extreme_times_are_decided_too(
        (pack, areas, mut facts, _) in person(),
        extreme in select(vec![Timestamp::MIN, Timestamp::MAX]),
    ) {
        for (index, fact) in facts.iter_mut().enumerate() {
            match index % 4 {
                0 => fact.at = extreme,
                1 => fact.until = extreme,
                2 => fact.known = extreme,
                _ => fact.expires = extreme,
            }
        }
        let decision = decide(&pack, Facts::sort(&mut facts), &areas, extreme);
        prop_assert!(decision.valid_until >= extreme);
    }
}
