//! Identity numbers against an independent validator, and what no way of writing may change.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

use std::collections::BTreeSet;
use std::path::Path;

use hc_code::Timestamp;
use hc_core::division::DivisionTable;
use hc_core::document::{Document, DocumentError, DocumentKey, NumberError};
use proptest::prelude::*;

fn now() -> Timestamp {
    "2022-06-28T09:00:00+08:00".parse().unwrap()
}

fn resident(number: &str) -> Result<Document, DocumentError> {
    Document::parse("111".parse().unwrap(), number, None, now())
}

fn key(number: &str) -> DocumentKey {
    resident(number).unwrap().key()
}

/// The check character by the weights of the standard's table, not by the code under test.
fn check_character(body: &str) -> char {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body
        .chars()
        .zip(WEIGHTS)
        .map(|(digit, weight)| digit.to_digit(10).unwrap() * weight)
        .sum();
    ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'][(sum % 11) as usize]
}

fn row<'a>(row: &'a serde_json::Value, name: &str) -> &'a str {
    row[name].as_str().unwrap()
}

#[test]
fn every_row_of_the_shared_numbers_is_judged_as_expected() {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/id-number/ids.json");
    // The checkout may lie one folder deeper than the data.
    let deeper =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/data/id-number/ids.json");
    let path = if path.exists() { path } else { deeper };
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!(
            "SKIPPED: no shared data next to the checkout; the fixtures below cover the same ground"
        );
        return;
    };
    let rows: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    let (mut valid, mut invalid, mut open) = (0, 0, 0);
    for entry in &rows {
        let (number, kind) = (row(entry, "id"), row(entry, "kind"));
        let read = resident(number);
        match entry["expect_valid"].as_bool() {
            Some(true) => {
                assert_eq!(read.unwrap().expose_number(), number, "{kind}");
                valid += 1;
            }
            Some(false) => {
                let error = read.expect_err(kind);
                let expected = match (kind, &error) {
                    ("wrong-check" | "adjacent-transposition", DocumentError::Number(error)) => {
                        // A transposition may break an earlier rule than the check character.
                        !matches!(error, NumberError::Length { .. } | NumberError::Empty)
                    }
                    ("impossible-date", DocumentError::Number(NumberError::BirthDate))
                    | ("future-date", DocumentError::Number(NumberError::BirthInFuture))
                    | ("unknown-region", DocumentError::Number(NumberError::Division))
                    | (
                        "17-digits" | "19-chars",
                        DocumentError::Number(NumberError::Length { .. }),
                    )
                    | ("garbage", _) => true,
                    _ => false,
                };
                assert!(expected, "{kind}: {error}");
                invalid += 1;
            }
            None => {
                // Decorated: either refused or the key of the plain number.
                let plain: String = number
                    .chars()
                    .filter(|character| !character.is_whitespace())
                    .map(|character| match u32::from(character) {
                        wide @ 0xff01..=0xff5e => char::from_u32(wide - 0xfee0).unwrap(),
                        _ => character.to_ascii_uppercase(),
                    })
                    .collect();
                assert_eq!(read.unwrap().key(), key(&plain), "{kind}");
                open += 1;
            }
        }
    }
    assert_eq!((valid, invalid, open), (56, 74, 12), "the data has changed");
}

#[test]
fn our_own_numbers_cover_the_same_ground() {
    for number in [
        "11010519491231002X",
        "440524188001010014",
        "110105190402290017",
    ] {
        let whole = format!("{}{}", &number[..17], check_character(&number[..17]));
        assert!(resident(&whole).is_ok(), "{whole}");
    }
    let number = |error| DocumentError::Number(error);
    for (written, error) in [
        (
            "11010519491231002",
            NumberError::Length {
                expected: "18 (or 15 of an old number)",
                found: 17,
            },
        ),
        (
            "11010519491231002X0",
            NumberError::Length {
                expected: "18 (or 15 of an old number)",
                found: 19,
            },
        ),
        ("", NumberError::Empty),
        ("110105194912310023", NumberError::CheckCharacter),
        ("101015194912310023", NumberError::Division),
        ("110105190002291234", NumberError::BirthDate),
        ("110105299912311234", NumberError::BirthInFuture),
    ] {
        assert_eq!(resident(written), Err(number(error)), "{written}");
    }
    assert!(matches!(
        resident("11010119000101\u{0}000"),
        Err(DocumentError::Number(NumberError::Character {
            position: 15,
            ..
        }))
    ));
    for written in [
        " 11010519491231002X",
        "110105 19491231002x",
        "１１０１０５１９４９１２３１００２Ｘ",
    ] {
        assert_eq!(key(written), key("11010519491231002X"));
    }
}

/// A valid number of any division that ever existed.
fn valid_number() -> impl Strategy<Value = String> {
    let divisions: Vec<String> = DivisionTable::bundled()
        .iter()
        .map(|division| division.code().to_string())
        .collect();
    (
        prop::sample::select(divisions),
        1900_u16..2022,
        1_u8..=12,
        1_u8..=28,
        0_u16..1000,
    )
        .prop_map(|(division, year, month, day, sequence)| {
            let body = format!("{division}{year:04}{month:02}{day:02}{sequence:03}");
            let check = check_character(&body);
            format!("{body}{check}")
        })
}

/// One character as people and machines write it.
fn decorated(character: char, pick: u8) -> String {
    let written = match pick % 3 {
        0 => character.to_ascii_lowercase(),
        1 => char::from_u32(u32::from(character) + 0xfee0).unwrap(),
        _ => character,
    };
    let around = [
        "", " ", "\u{3000}", "\u{200b}", "-", "\u{2014}", "·", "\u{feff}", "\u{a0}", "\t",
    ];
    let mark = around[usize::from(pick / 3) % around.len()];
    format!("{written}{mark}")
}

proptest! {
    #[test]
    fn no_decoration_changes_the_key(
        number in valid_number(),
        picks in prop::collection::vec(any::<u8>(), 18),
    ) {
        let written: String = number.chars().zip(picks).map(|(one, pick)| decorated(one, pick)).collect();
        let read = resident(&written).unwrap();
        prop_assert_eq!(read.key(), key(&number));
        prop_assert_eq!(read.expose_number(), number);
    }

    #[test]
    fn a_wrong_digit_is_refused(number in valid_number(), at in 0_usize..18, other in 0_u8..10) {
        let other = char::from(b'0' + other);
        prop_assume!(number.chars().nth(at) != Some(other));
        let wrong: String = number
            .chars()
            .enumerate()
            .map(|(index, digit)| if index == at { other } else { digit })
            .collect();
        prop_assert!(resident(&wrong).is_err());
    }

    #[test]
    fn exchanged_neighbours_are_refused(number in valid_number(), at in 0_usize..17) {
        let mut letters: Vec<char> = number.chars().collect();
        prop_assume!(letters[at] != letters[at + 1]);
        letters.swap(at, at + 1);
        prop_assert!(resident(&letters.into_iter().collect::<String>()).is_err());
    }

    #[test]
    fn old_numbers_have_the_key_of_the_new(number in valid_number()) {
        prop_assume!(&number[6..8] == "19" && &number[14..17] < "996");
        let old = format!("{}{}", &number[..6], &number[8..17]);
        prop_assert_eq!(key(&old), key(&number));
    }

    #[test]
    fn nothing_written_makes_a_document_panic_or_leak(
        number in "\\PC{0,40}",
        digits in "[0-9]{15,18}[xX]?",
        child in "(111|414|902|516)(:CAN)?/\\PC{0,20}/[0-9]{7,9}(/[0-9a])?",
        of_guardian in "(111/11010519491231002X|414:CAN/AB123456|516/H12345678)/20[0-3][0-9][01][0-9][0-3][0-9](/[0-9])?",
        country in prop::sample::select(vec!["CHN", "HKG", "USA", "XXA"]),
    ) {
        for text in [&number, &digits, &child, &of_guardian] {
            for kind in hc_core::document::DocumentType::all() {
                match Document::parse(kind, text, Some(country.parse().unwrap()), now()) {
                    Ok(read) => {
                        let again = Document::parse(
                            read.kind(),
                            &read.expose_number(),
                            read.country().or_else(|| country.parse().ok()),
                            now(),
                        );
                        prop_assert_eq!(again.as_ref(), Ok(&read));
                        prop_assert_eq!(again.unwrap().key(), read.key());
                    }
                    Err(error) => {
                        let shown = format!("{error} {error:?}");
                        prop_assert!(!shown.contains(digits.as_str()));
                    }
                }
            }
        }
    }
}

#[test]
fn keys_of_many_people_are_all_different() {
    let mut keys = BTreeSet::new();
    for sequence in 0..1000 {
        let body = format!("11010519491231{sequence:03}");
        let number = format!("{body}{}", check_character(&body));
        assert!(keys.insert(key(&number)));
    }
    assert_eq!(keys.len(), 1000);
}
