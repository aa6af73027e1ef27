//! The real national lists of April to July 2022, where the shared data lies next to the checkout.
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on has failed, and one that is left out says so"
)]

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use hc_core::area::{
    AreaHistory, AreaIndex, AreaLedger, AreaLevel, Difference, Gazetteer, Located, Mapping,
    MappingReport, Publication,
};
use hc_core::place::{Overlap, Place, PlaceTable};

/// The first publication with a list of low areas.
const FIRST_WITH_LOW: &str = "2022072116";

/// The shared data lies next to the checkout.
fn archive() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data/risk-areas/2022-04..07.tar.zst");
    if path.exists() {
        return Some(path);
    }
    eprintln!(
        "SKIPPED: the shared data is not next to the checkout: {}",
        path.display()
    );
    None
}

type Files = Vec<(String, Vec<u8>)>;

/// Name and bytes of every publication, by name.
static FILES: LazyLock<Option<Files>> = LazyLock::new(|| {
    let file = File::open(archive()?).unwrap();
    let plain = ruzstd::decoding::StreamingDecoder::new(file).unwrap();
    let mut archive = tar::Archive::new(plain);
    let mut files = Vec::new();
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let name = entry
            .path()
            .unwrap()
            .file_name()
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        if Path::new(&name)
            .extension()
            .is_some_and(|ending| ending == "json")
        {
            files.push((name, bytes));
        }
    }
    files.sort();
    Some(files)
});

static LOCATED: LazyLock<Option<Vec<Located>>> = LazyLock::new(|| {
    let gazetteer = Gazetteer::bundled();
    let located = FILES.as_ref()?.iter().map(|(name, bytes)| {
        let parsed = Publication::parse(bytes, name).unwrap();
        gazetteer.locate(&parsed.publication)
    });
    Some(located.collect())
});

fn fold<'a>(located: impl Iterator<Item = &'a Located>) -> AreaLedger {
    let mut ledger = AreaLedger::new();
    for one in located {
        ledger.add(&one.snapshot);
    }
    ledger
}

#[test]
fn every_publication_is_read_without_loss() {
    let Some(files) = FILES.as_ref() else { return };
    assert_eq!(files.len(), 359);
    let (mut rows, mut places) = (0, 0);
    for (name, bytes) in files {
        let parsed = Publication::parse(bytes, name).unwrap();
        assert_eq!(parsed.problems, [], "{name}");
        for (_, list) in parsed.publication.lists() {
            rows += list.len();
            places += list.iter().map(|row| row.places().len()).sum::<usize>();
        }
        // The list of low areas begins on 2022-07-21.
        let low = parsed.publication.rows(AreaLevel::Low).is_some();
        assert_eq!(low, name.as_str() >= FIRST_WITH_LOW, "{name}");
    }
    println!("{} publications, {rows} rows, {places} places", files.len());
    assert_eq!(rows, 32_510);
}

#[test]
fn rows_are_mapped_and_the_rest_is_named() {
    let Some(located) = LOCATED.as_ref() else {
        return;
    };
    let mut report = MappingReport::default();
    for one in located {
        report.merge(&one.report);
    }
    println!("{report}");
    let (mapped, all) = report.mapped_rows();
    assert_eq!(all, 32_510);
    assert!(mapped * 1000 >= all * 995, "{mapped} of {all}");
    let parent_only = report.rows(Mapping::ParentOnly);
    assert!(
        parent_only * 1000 <= all * 5,
        "{parent_only} of {all} only to the parent"
    );
    let across = report.rows(Mapping::ZoneAcrossCounties);
    assert!(
        across * 100 <= all * 5,
        "{across} of {all} in zones across counties"
    );
    assert_eq!(report.lost().count(), 0);
}

#[test]
fn order_and_repetition_do_not_change_the_history() {
    let Some(located) = LOCATED.as_ref() else {
        return;
    };
    let straight = fold(located.iter());
    let history = straight.history();
    let open = history
        .periods()
        .iter()
        .filter(|period| period.until().is_none())
        .count();
    println!(
        "{} periods, {open} open at the end",
        history.periods().len()
    );
    assert!(history.periods().len() > 4_000);
    assert!(
        history
            .periods()
            .iter()
            .all(|period| !period.ended_by_format())
    );
    // A fixed walk with a step that is prime to 359 visits every publication once.
    let walk = |step: usize| (0..located.len()).map(move |at| &located[at * step % 359]);
    for step in [100, 358, 17] {
        let shuffled = fold(walk(step).chain(walk(7).take(50)));
        assert_eq!(shuffled, straight);
        assert_eq!(shuffled.history(), history);
    }
}

#[test]
fn the_history_says_what_each_publication_says() {
    let Some(located) = LOCATED.as_ref() else {
        return;
    };
    let history = fold(located.iter()).history();
    for one in located.iter().step_by(23) {
        let at = one.snapshot.at();
        let then = history
            .periods()
            .iter()
            .filter(|period| period.from() <= at && period.until().is_none_or(|until| at < until))
            .count();
        let same_time = located
            .iter()
            .filter(|other| other.snapshot.at() == at)
            .count();
        let listed = one.snapshot.areas().count();
        assert!(
            then == listed || same_time > 1 && then > listed,
            "{at}: {then} of {listed}"
        );
    }
}

#[test]
fn differences_are_told_by_division() {
    let Some(located) = LOCATED.as_ref() else {
        return;
    };
    let mut largest = None;
    for pair in located.windows(2) {
        let difference = Difference::between(&pair[0].snapshot, &pair[1].snapshot);
        let counts = difference.by_division();
        let sum: usize = counts
            .values()
            .map(|counts| counts.added + counts.removed + counts.raised + counts.lowered)
            .sum();
        assert_eq!(sum, difference.changes().len());
        largest = largest.max(Some((sum, difference.to_string())));
    }
    println!("the largest difference:\n{}", largest.unwrap().1);
}

/// Reading, mapping and folding everything, and an index of many stays, with the time they take.
#[test]
#[ignore = "a measurement, for an optimised build: cargo test --release --test risk_feed_real -- --ignored --nocapture"]
fn time_of_the_whole_feed() {
    #[expect(clippy::disallowed_methods, reason = "a measurement")]
    let now = std::time::Instant::now;
    let Some(files) = FILES.as_ref() else { return };
    let begin = now();
    let parsed: Vec<_> = files
        .iter()
        .map(|(name, bytes)| Publication::parse(bytes, name).unwrap().publication)
        .collect();
    let read = now();
    let gazetteer = Gazetteer::bundled();
    let located: Vec<_> = parsed.iter().map(|one| gazetteer.locate(one)).collect();
    let mapped = now();
    let history = fold(located.iter()).history();
    let folded = now();
    // Every area as a place, its township, its division, and houses in it.
    let mut places = PlaceTable::new();
    for period in history.periods() {
        for house in 1..20 {
            let text = format!("{}{house}号楼", period.place());
            places
                .intern(period.division(), Place::parse(&text).unwrap())
                .unwrap();
        }
        places.intern(period.division(), Place::whole()).unwrap();
    }
    let made = now();
    let index = AreaIndex::build(&places, &history);
    let indexed = now();
    println!(
        "read {:?}, mapped {:?}, folded {:?} into {} periods; {} places made in {:?}, indexed in {:?}: {} pairs",
        read - begin,
        mapped - read,
        folded - mapped,
        history.periods().len(),
        places.len(),
        made - folded,
        indexed - made,
        index.len(),
    );
}

#[test]
fn stays_in_areas_meet_them() {
    let Some(located) = LOCATED.as_ref() else {
        return;
    };
    let history: AreaHistory = fold(located.iter()).history();
    let mut places = PlaceTable::new();
    let mut own = Vec::new();
    for (number, period) in (0..).zip(history.periods()) {
        let id = places
            .intern(period.division(), period.place().clone())
            .unwrap();
        own.push((number, id));
    }
    let mut division = None;
    for period in history.periods() {
        if division != Some(period.division()) {
            division = Some(period.division());
            places.intern(period.division(), Place::whole()).unwrap();
        }
    }
    let index = AreaIndex::build(&places, &history);
    println!(
        "{} places, {} areas, {} pairs",
        places.len(),
        history.periods().len(),
        index.len()
    );
    for (number, id) in own {
        let met = index.areas_of(id).iter().find(|found| found.area == number);
        assert_eq!(met.map(|found| found.overlap), Some(Overlap::Meets));
    }
}
