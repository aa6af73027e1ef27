use super::*;
use crate::Offset;
use crate::signing::{Algorithm, SigningKey};
use crate::verify::PaperLookup;

fn key() -> SigningKey {
    SigningKey::deterministic(Algorithm::Ed25519, &[1; 32]).unwrap()
}

fn region() -> DivisionCode {
    DivisionCode::new(330_000).unwrap()
}

fn issuer(key: &SigningKey) -> ListIssuer<'_> {
    ListIssuer {
        region: region(),
        key: key.public_key(),
        offset: Offset::CHINA,
    }
}

fn times(day: u8) -> EditionTimes {
    let issued_at: Timestamp = format!("2022-06-{day:02}T22:00:00+08:00").parse().unwrap();
    EditionTimes {
        as_of: issued_at,
        issued_at,
        expires_at: issued_at.plus(Span::days(1)),
    }
}

fn pointer(number: u32) -> Pointer {
    let digest = Sha256::digest(number.to_be_bytes());
    Pointer::from_bytes(*digest.first_chunk().unwrap())
}

fn list(sequence: u32, salt: u8, count: u32) -> PaperList {
    let sheets = (0..count).map(|number| (pointer(number), Listed::ALL[(number % 4) as usize]));
    let day = u8::try_from(sequence).unwrap();
    PaperList::new(
        region(),
        sequence,
        times(day),
        Salt::from_random([salt; 16]),
        sheets,
    )
    .unwrap()
}

#[test]
fn listed_sheets_are_found_and_low_ones_are_not_listed() {
    let list = list(1, 7, 4000);
    assert_eq!(list.count(), 3000);
    assert_eq!(list.hash_bits(), 32);
    for number in 0..4000 {
        assert_eq!(
            list.value(pointer(number)),
            Listed::ALL[(number % 4) as usize]
        );
    }
}

/// 3,000 of 2^32 places are taken, so of 4 million sheets that are low three are found by chance.
#[test]
fn strangers_are_found_by_chance_within_the_budget_only() {
    let list = list(1, 7, 4000);
    let found = (10_000..4_010_000_u32).filter(|number| {
        let mut bytes = [0; 16];
        bytes[..4].copy_from_slice(&number.to_be_bytes());
        list.value(Pointer::from_bytes(bytes)) != Listed::Low
    });
    assert!(found.count() <= 12, "the budget of 2^-20 allows four");
}

#[test]
fn another_salt_gives_other_hashes() {
    let (one, other) = (list(1, 7, 40), list(1, 8, 40));
    assert_ne!(one.entries, other.entries);
    assert_eq!(one.value(pointer(5)), other.value(pointer(5)));
}

#[test]
fn a_signed_list_is_read_with_its_key_and_region_only() {
    let key = key();
    for count in [0, 1, 40] {
        let list = list(1, 7, count);
        let bytes = list.sign(&key).unwrap();
        assert_eq!(PaperList::open(&bytes, &issuer(&key)), Ok(list));
        for place in 0..bytes.len() {
            let mut flipped = bytes.clone();
            flipped[place] ^= 4;
            assert!(PaperList::open(&flipped, &issuer(&key)).is_err(), "{place}");
            assert!(PaperList::open(&bytes[..place], &issuer(&key)).is_err());
        }
        let elsewhere = ListIssuer {
            region: DivisionCode::new(440_000).unwrap(),
            ..issuer(&key)
        };
        assert_eq!(
            PaperList::open(&bytes, &elsewhere),
            Err(PaperListError::Claims(EditionFault::OtherRegion(region())))
        );
    }
}

#[test]
fn times_are_in_order_and_a_list_lasts_two_days_at_most() {
    let new = |times| PaperList::new(region(), 1, times, Salt([0; 16]), []).map(|_| ());
    let good = times(1);
    assert_eq!(new(good), Ok(()));
    for wrong in [
        EditionTimes {
            as_of: good.issued_at.plus(Span::seconds(1)),
            ..good
        },
        EditionTimes {
            expires_at: good.issued_at,
            ..good
        },
        EditionTimes {
            expires_at: good.issued_at.plus(Span::days(2)).plus(Span::seconds(1)),
            ..good
        },
    ] {
        assert!(matches!(new(wrong), Err(PaperListError::Times { .. })));
    }
}

#[test]
fn a_gate_keeps_the_newest_list_and_never_goes_back() {
    let mut held = HeldPaperLists::new();
    let now = times(2).issued_at;
    assert_eq!(held.paper(region(), pointer(1).as_bytes()), None);
    held.accept(list(1, 7, 8), times(1).issued_at).unwrap();
    held.accept(list(2, 8, 40), now).unwrap();
    let answer = held.paper(region(), pointer(9).as_bytes()).unwrap();
    assert_eq!(answer.listed, Listed::High);
    assert_eq!(answer.as_of, times(2).as_of);
    assert_eq!(
        held.accept(list(1, 7, 8), now),
        Err(PaperNotAccepted::Expired(times(1).expires_at))
    );
    let before = now.minus(Span::seconds(60));
    let rolled_back = Err(PaperNotAccepted::RolledBack {
        offered: 1,
        seen: 2,
    });
    assert_eq!(held.accept(list(1, 7, 8), before), rolled_back);
    assert_eq!(
        held.accept(list(2, 9, 40), now),
        Err(PaperNotAccepted::Contradiction(2))
    );
    assert_eq!(held.accept(list(2, 8, 40), now), Ok(()));
    let issued_at = times(9).issued_at;
    assert_eq!(
        held.accept(list(9, 8, 40), now),
        Err(PaperNotAccepted::FromTheFuture { issued_at, now })
    );
    let marks: Vec<_> = held.marks().copied().collect();
    let mut restarted = HeldPaperLists::with_marks(marks);
    assert_eq!(restarted.accept(list(1, 7, 8), before), rolled_back);
    assert_eq!(restarted.accept(list(2, 8, 40), now), Ok(()));
}
