use super::*;
use hc_code::keys::{KeyAnswer, KeyBook};
use hc_testkit::regions::{NOON, key};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

fn begin(random: &mut ChaCha8Rng) -> Keys<SigningKey> {
    begin_after(UsedUp::default(), random)
}

fn begin_after(used_up: UsedUp, random: &mut ChaCha8Rng) -> Keys<SigningKey> {
    let terms = RegionTerms {
        division: "330000".parse().unwrap(),
        offset: Offset::CHINA,
        staleness_limit: Span::hours(4),
        algorithm: Algorithm::Ed25519,
    };
    let [root, paper] = [1, 2].map(|number| key(Algorithm::Ed25519, 7, number));
    Keys::begin(terms, root, paper, used_up, Domain::SMALLEST, NOON, random).unwrap()
}

fn adopted(keys: &Keys<SigningKey>, now: Timestamp) -> KeyBook {
    let mut book = KeyBook::new();
    let root = keys.root.public_key().clone();
    let list = &keys.current().key_list;
    book.adopt(list, keys.terms.division, &[root], now).unwrap();
    book
}

#[test]
fn a_gate_knows_the_keys_of_today_and_of_yesterday_and_no_older_ones() {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let keys = begin(&mut random);
    let first = keys.current().codes.public_key().id();
    for (hours, known) in [(0, true), (25, true), (46, true), (50, false)] {
        let now = NOON.plus(Span::hours(hours));
        keys.tend(Domain::SMALLEST, now, &mut random).unwrap();
        let book = adopted(&keys, now);
        let answer = book.key(keys.terms.division, first, now);
        assert_eq!(matches!(answer, KeyAnswer::Known(_)), known, "{hours} h");
        let own = keys.current().codes.public_key().id();
        assert!(matches!(
            book.key(keys.terms.division, own, now),
            KeyAnswer::Known(_)
        ));
        assert_eq!(own == first, hours == 0);
    }
}

#[test]
fn a_gate_that_heard_nothing_for_a_day_knows_the_keys_that_sign_then() {
    let mut random = ChaCha8Rng::seed_from_u64(3);
    let keys = begin(&mut random);
    let book = adopted(&keys, NOON);
    let later = NOON.plus(ROTATED_AFTER).plus(Span::seconds(60));
    keys.tend(Domain::SMALLEST, later, &mut random).unwrap();
    let current = keys.current();
    for id in [
        current.codes.public_key().id(),
        current.lists.public_key().id(),
        current.door.public_key().id(),
    ] {
        let answer = book.key(keys.terms.division, id, later);
        let KeyAnswer::Known(key) = answer else {
            panic!("{answer:?}")
        };
        assert!(key.covers(later, later.plus(Span::hours(23))));
    }
}

#[test]
fn a_node_that_slept_through_its_next_keys_draws_new_ones() {
    let mut random = ChaCha8Rng::seed_from_u64(4);
    let keys = begin(&mut random);
    let later = NOON.plus(Span::days(4));
    keys.tend(Domain::SMALLEST, later, &mut random).unwrap();
    let book = adopted(&keys, later);
    let own = keys.current().codes.public_key().id();
    let answer = book.key(keys.terms.division, own, later);
    assert!(
        matches!(answer, KeyAnswer::Known(key) if key.covers(later, later.plus(Span::hours(23))))
    );
}

#[test]
fn a_node_that_begins_again_within_the_second_signs_a_list_of_a_later_version() {
    let mut random = ChaCha8Rng::seed_from_u64(5);
    let first = begin(&mut random);
    let used_up = UsedUp {
        key_list: first.current().key_list_version,
        ..UsedUp::default()
    };
    let again = begin_after(used_up, &mut random);
    let mut book = adopted(&first, NOON);
    let root = again.root.public_key().clone();
    let list = again.current().key_list.clone();
    book.adopt(&list, again.terms.division, &[root], NOON)
        .unwrap();
    // A list that is not signed anew keeps its version.
    let evening = NOON.plus(Span::hours(10));
    again.tend(Domain::SMALLEST, evening, &mut random).unwrap();
    let version = again.current().key_list_version;
    again.tend(Domain::SMALLEST, evening, &mut random).unwrap();
    assert_eq!(again.current().key_list_version, version);
    let midnight = NOON.plus(Span::hours(12));
    again.tend(Domain::SMALLEST, midnight, &mut random).unwrap();
    assert!(again.current().key_list_version > version);
}

#[test]
fn the_next_key_of_a_day_has_the_next_epoch() {
    let [day, other] = [7, 8].map(Day::from_number);
    let mut epochs = Epochs::default();
    assert_eq!(epochs.next(day), 0);
    epochs.note(day, 3);
    epochs.note(day, 1);
    assert_eq!((epochs.next(day), epochs.next(other)), (4, 0));
    epochs.note(day, 255);
    assert_eq!(epochs.next(day), 255);
}

#[test]
fn day_keys_come_in_the_evening_and_go_after_the_upload_window() {
    let mut random = ChaCha8Rng::seed_from_u64(2);
    let keys = begin(&mut random);
    let count = |keys: &Keys<SigningKey>| keys.current().days.len();
    assert_eq!(count(&keys), 1);
    // Noon, and ten in the evening.
    assert!(!keys.tend(Domain::SMALLEST, NOON, &mut random).unwrap());
    let evening = NOON.plus(Span::hours(10));
    assert!(keys.tend(Domain::SMALLEST, evening, &mut random).unwrap());
    assert_eq!(count(&keys), 2);
    let tomorrow = Arc::clone(&keys.current().days[1]);
    for days in 1..6 {
        keys.tend(Domain::SMALLEST, NOON.plus(Span::days(days)), &mut random)
            .unwrap();
    }
    let current = keys.current();
    let held: Vec<u16> = current.days.iter().map(|kept| kept.day.number()).collect();
    let today = Day::of(NOON.plus(Span::days(5)), Offset::CHINA)
        .unwrap()
        .number();
    assert_eq!(held, [today - 2, today - 1, today]);
    assert!(current.day(tomorrow.day).is_none());
}
