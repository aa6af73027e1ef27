//! Status lists: `cargo bench -p hc-code --bench status_list`. The province of 100 million is
//! measured by `hc_testkit::status_proof`; here are the parts that it is made of.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a bench that cannot go on fails"
)]

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use hc_code::day_index::{DayIndex, Domain};
use hc_code::signing::{Algorithm, Signer, SigningKey};
use hc_code::status_list::{
    Changes, Delta, EditionTimes, HeldLists, ListBook, ListIssuer, ListName, Shard,
};
use hc_code::verify::{Listed, StatusLookup};
use hc_code::{Offset, Timestamp};

fn main() {
    divan::main();
}

/// Numbers that are spread like random ones: a linear congruence over all 32 bits.
fn numbers() -> impl Iterator<Item = u32> {
    std::iter::successors(Some(1_u32), |last| {
        Some(last.wrapping_mul(1_664_525).wrapping_add(1_013_904_223))
    })
    .map(|number| number.rotate_left(16))
}

fn shard(not_low_per_million: u64) -> Shard {
    let mut shard = Shard::low();
    let count = u64::from(Shard::POSITIONS) * not_low_per_million / 1_000_000;
    for number in numbers().take(usize::try_from(count).expect("a count")) {
        shard.set(number, Listed::ALL[1 + (number >> 30) as usize % 3]);
    }
    shard
}

#[divan::bench(args = [1_000, 53_000, 300_000])]
fn compress_a_shard(bencher: Bencher<'_, '_>, not_low_per_million: u64) {
    let shard = shard(not_low_per_million);
    bencher
        .counter(BytesCount::new(Shard::BYTES))
        .bench_local(|| black_box(&shard).compress());
}

#[divan::bench(args = [1_000, 53_000, 300_000])]
fn expand_a_shard(bencher: Bencher<'_, '_>, not_low_per_million: u64) {
    let stream = shard(not_low_per_million).compress();
    bencher
        .counter(BytesCount::new(Shard::BYTES))
        .bench_local(|| Shard::expand(black_box(&stream)));
}

fn changes() -> Changes {
    let domain = Domain::new(27).expect("a domain");
    let mut positions: Vec<u32> = numbers().take(10_000).map(|number| number >> 5).collect();
    positions.sort_unstable();
    positions.dedup();
    let entries = positions
        .into_iter()
        .map(|position| (DayIndex::new(position), Listed::High));
    Changes::new(domain, entries.collect()).expect("a set")
}

#[divan::bench]
fn encode_ten_thousand_changes(bencher: Bencher<'_, '_>) {
    let changes = changes();
    bencher
        .counter(ItemsCount::new(changes.entries().len()))
        .bench_local(|| black_box(&changes).encode());
}

#[divan::bench]
fn decode_ten_thousand_changes(bencher: Bencher<'_, '_>) {
    let changes = changes();
    let bytes = changes.encode();
    bencher
        .counter(ItemsCount::new(changes.entries().len()))
        .bench_local(|| Changes::decode(changes.domain(), changes.count(), black_box(&bytes)));
}

#[divan::bench]
fn look_up_in_a_domain_of_2_to_the_27(bencher: Bencher<'_, '_>) {
    let key = SigningKey::from_secret(Algorithm::Ed25519, &[1; 32]).expect("a key");
    let name = ListName {
        region: "330000".parse().expect("a division"),
        day: "2022-06-28".parse().expect("a day"),
        epoch: 0,
        domain: Domain::new(27).expect("a domain"),
    };
    let at = |text: &str| -> Timestamp { text.parse().expect("a time") };
    let issued_at = at("2022-06-27T22:00:00+08:00");
    let exceptions = changes();
    let exceptions = exceptions.entries().iter().copied();
    let mut book = ListBook::begin(name, Offset::CHINA, exceptions).expect("a book");
    let times = EditionTimes {
        as_of: issued_at,
        issued_at,
        expires_at: at("2022-06-29T00:00:00+08:00"),
    };
    let whole = book.publish(times, &key).expect("an edition");
    let issuer = ListIssuer {
        region: name.region,
        key: key.public_key(),
        offset: Offset::CHINA,
    };
    let mut held = HeldLists::new();
    let delta = Delta::open(&whole, &issuer).expect("the whole list");
    held.accept_delta(&delta, issued_at).expect("a newer list");
    let positions: Vec<u32> = numbers().take(100_000).map(|number| number >> 5).collect();
    let day = u32::from(name.day.number());
    bencher
        .counter(ItemsCount::new(positions.len()))
        .bench_local(|| {
            let answers = positions
                .iter()
                .map(|at| held.status(name.region, day, *at));
            answers
                .flatten()
                .filter(|answer| answer.listed != Listed::Low)
                .count()
        });
}
