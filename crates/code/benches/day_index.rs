//! Positions a second and core: `cargo bench -p hc-code --bench day_index`.

#![expect(clippy::expect_used, reason = "a bench that cannot go on fails")]

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use hc_code::Timestamp;
use hc_code::day_index::{Domain, SubjectNumber};
use hc_code::day_key::{DayKey, DayKeyName, Minute};

fn main() {
    divan::main();
}

fn key() -> DayKey {
    let name = DayKeyName {
        region: "330000".parse().expect("a division"),
        day: "2022-06-28".parse().expect("a day"),
        epoch: 0,
    };
    DayKey::from_random(name, [7; DayKey::LENGTH].into())
}

#[divan::bench]
fn day_index_one_by_one(bencher: Bencher<'_, '_>) {
    let list = key().list(Domain::new(27).expect("a domain"));
    let mut number = 0;
    bencher.counter(ItemsCount::new(1_u32)).bench_local(|| {
        number = (number + 1) % 100_000_000;
        list.index_of(black_box(SubjectNumber::new(number)))
    });
}

#[divan::bench(args = [20, 27, 31])]
fn day_index_in_bulk(bencher: Bencher<'_, '_>, bits: u8) {
    let list = key().list(Domain::new(bits).expect("a domain"));
    bencher
        .counter(ItemsCount::new(100_000_u32))
        .bench_local(|| list.indexes_of((0..100_000).map(SubjectNumber::new)));
}

/// The `fpe` crate on the same task, for comparison.
#[divan::bench]
fn day_index_by_fpe_crate(bencher: Bencher<'_, '_>) {
    let ff1 = fpe::ff1::FF1::<aes::Aes128>::new(&[7; 16], 2).expect("a radix");
    let digits: Vec<u16> = (0..27)
        .map(|bit| 99_999_999_u32 >> bit & 1)
        .map(|bit| u16::from(bit == 1))
        .collect();
    let text = fpe::ff1::FlexibleNumeralString::from(digits);
    bencher
        .counter(ItemsCount::new(1_u32))
        .bench_local(|| ff1.encrypt(b"list\0", black_box(&text)));
}

#[divan::bench]
fn live_handle(bencher: Bencher<'_, '_>) {
    let live = key().live();
    let minute = Minute::of(Timestamp::from_unix(1_656_378_000));
    let mut number = 0;
    bencher.counter(ItemsCount::new(1_u32)).bench_local(|| {
        number += 1;
        live.handle(black_box(SubjectNumber::new(number)), minute)
    });
}
