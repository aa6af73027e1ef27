//! Decisions a second, beside the same rules written out by hand.
//!
//! People have five pieces of evidence each. Before anything is timed, both ways must give every
//! person the same level.

mod by_hand;

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use hc_code::{Span, Timestamp};
use hc_core::area::AreaIndex;
use hc_core::decide::decide;
use hc_core::evidence::SourceKind;
use hc_core::place::{Place, PlaceTable};
use hc_core::population::Population;
use hc_core::rules::RulePack;
use hc_testkit::people::{Haunt, Model};

const PEOPLE: usize = 100_000;

struct Setting {
    pack: RulePack,
    population: Population,
    areas: AreaIndex,
    now: Timestamp,
}

fn setting() -> Setting {
    let text = include_str!("../../../../policies/hangzhou-2020-02.toml");
    let pack = RulePack::parse(text).unwrap();
    let mut table = PlaceTable::new();
    let haunts: Vec<_> = ["420106", "330106", "310115", "440305", "110105"]
        .into_iter()
        .map(|code| code.parse().unwrap())
        .map(|division| Haunt {
            division,
            place: table.intern(division, Place::whole()).unwrap(),
            source: SourceKind::Telecom,
        })
        .collect();
    let model = Model {
        seed: 11_643,
        haunts: &haunts,
        begin: pack.valid_from,
        length: Span::days(20),
        contacts: 20,
    };
    let population = model.five_pieces_each(PEOPLE).unwrap();
    let now = pack.valid_from.plus(Span::days(15));
    let setting = Setting {
        pack,
        population,
        areas: AreaIndex::empty(),
        now,
    };
    for facts in setting.population.range(0, PEOPLE) {
        let decided = decide(&setting.pack, facts, &setting.areas, now).level;
        assert_eq!(decided, by_hand::level(facts.as_slice(), now), "{facts:?}");
    }
    setting
}

#[divan::bench(sample_count = 40)]
fn decided(bencher: Bencher) {
    let setting = setting();
    bencher.counter(ItemsCount::new(PEOPLE)).bench_local(|| {
        for facts in setting.population.range(0, PEOPLE) {
            black_box(decide(&setting.pack, facts, &setting.areas, setting.now));
        }
    });
}

#[divan::bench(sample_count = 40)]
fn written_by_hand(bencher: Bencher) {
    let setting = setting();
    bencher.counter(ItemsCount::new(PEOPLE)).bench_local(|| {
        for facts in setting.population.range(0, PEOPLE) {
            black_box(by_hand::level(facts.as_slice(), setting.now));
        }
    });
}

fn main() {
    divan::main();
}
