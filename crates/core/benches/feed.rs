//! Publications a second: read, mapped to divisions, folded into periods, and matched with places.
//!
//! On the generated feed, which has the form and the drifts of the real one.

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use hc_core::area::{AreaHistory, AreaIndex, AreaLedger, Gazetteer, Located, Publication};
use hc_core::place::{Place, PlaceTable};
use hc_testkit::risk_feed::{FeedPlan, GeneratedPublication, RiskFeed};

const PUBLICATIONS: usize = 60;

fn feed() -> Vec<GeneratedPublication> {
    RiskFeed::new(2022, FeedPlan::default())
        .take(PUBLICATIONS)
        .collect()
}

fn read(feed: &[GeneratedPublication]) -> Vec<Publication> {
    feed.iter()
        .map(|one| {
            Publication::parse(&one.json, &one.name)
                .unwrap()
                .publication
        })
        .collect()
}

fn located(feed: &[Publication]) -> Vec<Located> {
    feed.iter()
        .map(|one| Gazetteer::bundled().locate(one))
        .collect()
}

fn history(located: &[Located]) -> AreaHistory {
    let mut ledger = AreaLedger::new();
    for one in located {
        ledger.add(&one.snapshot);
    }
    ledger.history()
}

#[divan::bench(sample_count = 10)]
fn reading(bencher: Bencher) {
    let feed = feed();
    bencher
        .counter(ItemsCount::new(PUBLICATIONS))
        .bench_local(|| black_box(read(&feed)));
}

#[divan::bench(sample_count = 10)]
fn mapping(bencher: Bencher) {
    let feed = read(&feed());
    bencher
        .counter(ItemsCount::new(PUBLICATIONS))
        .bench_local(|| black_box(located(&feed)));
}

#[divan::bench(sample_count = 10)]
fn folding(bencher: Bencher) {
    let located = located(&read(&feed()));
    bencher
        .counter(ItemsCount::new(PUBLICATIONS))
        .bench_local(|| black_box(history(&located)));
}

/// Every area as its place, its division, and twenty houses in it.
#[divan::bench(sample_count = 10)]
fn matching_places(bencher: Bencher) {
    let history = history(&located(&read(&feed())));
    let mut places = PlaceTable::new();
    for period in history.periods() {
        places.intern(period.division(), Place::whole()).unwrap();
        for house in 1..=20 {
            let text = format!("{}{house}号楼", period.place());
            if let Ok(place) = Place::parse(&text) {
                places.intern(period.division(), place).unwrap();
            }
        }
    }
    bencher
        .counter(ItemsCount::new(places.len()))
        .bench_local(|| black_box(AreaIndex::build(&places, &history)));
}

fn main() {
    divan::main();
}
