use super::*;
use crate::day_index::Domain;
use crate::signing::{Algorithm, SigningKey};
use crate::status_list::edition::tests::{at, name};

fn key() -> SigningKey {
    SigningKey::deterministic(Algorithm::Ed25519, &[1; 32]).unwrap()
}

fn times(issued_at: &str) -> EditionTimes {
    EditionTimes {
        as_of: at(issued_at),
        issued_at: at(issued_at),
        expires_at: at("2022-06-29T00:00:00+08:00"),
    }
}

fn book() -> ListBook {
    ListBook::begin(name(), Offset::CHINA, []).unwrap()
}

#[test]
fn tomorrows_list_is_published_once_and_then_rests_until_midnight() {
    let mut book = book();
    let key = key();
    book.publish(times("2022-06-27T22:00:00+08:00"), &key)
        .unwrap();
    book.note(DayIndex::new(9), Listed::High).unwrap();
    assert_eq!(
        book.publish(times("2022-06-27T23:59:59+08:00"), &key),
        Err(BookError::SecondEve)
    );
    assert_eq!(book.published().map(Edition::sequence), Some(0));
    book.publish(times("2022-06-28T00:00:00+08:00"), &key)
        .unwrap();
    assert_eq!(book.published().map(Edition::sequence), Some(1));
    assert_eq!(book.value(DayIndex::new(9)), Listed::High);
}

#[test]
fn todays_list_ends_at_midnight() {
    let mut book = book();
    let after = EditionTimes {
        expires_at: at("2022-06-29T00:00:01+08:00"),
        ..times("2022-06-29T00:00:00+08:00")
    };
    assert!(matches!(
        book.publish(after, &key()),
        Err(BookError::Edition(EditionError::NotThatDay { .. }))
    ));
    assert_eq!(book.published(), None);
}

#[test]
fn time_does_not_go_back_between_editions() {
    let mut book = book();
    let key = key();
    book.publish(times("2022-06-28T09:00:00+08:00"), &key)
        .unwrap();
    assert!(matches!(
        book.publish(times("2022-06-28T08:59:59+08:00"), &key),
        Err(BookError::Older { .. })
    ));
    let stale = EditionTimes {
        as_of: at("2022-06-28T08:00:00+08:00"),
        ..times("2022-06-28T09:10:00+08:00")
    };
    assert!(matches!(
        book.publish(stale, &key),
        Err(BookError::Older { .. })
    ));
    assert!(
        book.publish(times("2022-06-28T09:00:00+08:00"), &key)
            .is_ok()
    );
}

#[test]
fn positions_outside_the_domain_are_refused() {
    let outside = OutsideDomain(Domain::SMALLEST);
    let index = DayIndex::new(1 << 20);
    assert_eq!(book().note(index, Listed::High), Err(outside));
    let begun = ListBook::begin(name(), Offset::CHINA, [(index, Listed::High)]);
    assert_eq!(begun.err(), Some(outside));
}

#[test]
fn nothing_is_signed_before_it_is_published() {
    let address = HttpsUri::parse("https://330000.example/status").unwrap();
    let signed = book().sign_shards(&address, &key()).err();
    assert_eq!(signed, Some(BookError::Unpublished));
    assert_eq!(book().sign_whole(&key()), Err(BookError::Unpublished));
}
