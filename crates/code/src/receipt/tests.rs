//! What a receipt says, to whom it belongs, and what its number is good for.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::*;
use crate::signing::{Algorithm, SigningKey};
use crate::statement::TestKind;

const NOON: Timestamp = Timestamp::from_unix(1_656_388_800);

fn key(algorithm: Algorithm, seed: u8, number: u8) -> SigningKey {
    SigningKey::deterministic(algorithm, &[seed ^ number << 4; 32]).unwrap()
}

fn gate() -> SigningKey {
    key(Algorithm::Es256, 8, 1)
}

fn draft() -> ReceiptDraft {
    ReceiptDraft {
        region: "510000".parse().unwrap(),
        gate: "gate-west-1".to_owned(),
        at: NOON,
        action: Action::Refuse,
        cause: "list".to_owned(),
        policy: Some(PolicyNamed {
            region: "510000".parse().unwrap(),
            version: 300,
            rule: Some((3, "high".to_owned())),
        }),
        measures: vec![Obligation::Test {
            within: Span::hours(24),
            kinds: vec![TestKind::NucleicAcid],
        }],
        issuer: Some("310000".parse().unwrap()),
        commitment: Commitment::to("HC1P:…", [7; 16]),
    }
}

fn receipt() -> Receipt {
    Receipt::new(draft()).unwrap()
}

#[test]
fn a_receipt_reads_as_it_was_signed_from_bytes_and_from_text() {
    let receipt = receipt();
    let signed = receipt.sign(&gate()).unwrap();
    assert!(signed.as_bytes().len() <= SignedReceipt::LONGEST);
    assert_eq!(signed.verify(gate().public_key()), Ok(receipt.clone()));
    let text = signed.text();
    assert_eq!(SignedReceipt::from_text(&text), Ok(signed.clone()));
    let (region, id, by) = signed.claims_to_be_by().unwrap();
    assert_eq!((region, id.as_str()), (receipt.region(), receipt.gate()));
    assert_eq!(by, gate().public_key().id());
    for level in [None, Some(0)] {
        let least = ReceiptDraft {
            policy: level.map(|_| PolicyNamed {
                region: "510000".parse().unwrap(),
                version: 1,
                rule: None,
            }),
            issuer: None,
            measures: vec![],
            ..draft()
        };
        let least = Receipt::new(least).unwrap();
        let signed = least.sign(&gate()).unwrap();
        assert_eq!(signed.verify(gate().public_key()), Ok(least));
    }
}

#[test]
fn the_largest_receipt_fits() {
    let mut largest = draft();
    largest.gate = "g".repeat(64);
    largest.cause = "c".repeat(32);
    largest.policy = Some(PolicyNamed {
        region: "510000".parse().unwrap(),
        version: u32::MAX,
        rule: Some((999, "r".repeat(64))),
    });
    let measure = draft().measures.pop().unwrap();
    largest.measures = vec![measure; Measure::MOST];
    let signed = Receipt::new(largest.clone())
        .unwrap()
        .sign(&gate())
        .unwrap();
    let bytes = signed.as_bytes().len();
    assert!(bytes <= SignedReceipt::LONGEST, "{bytes}");
    largest.measures.push(draft().measures.pop().unwrap());
    assert!(Receipt::new(largest).is_err());
}

#[test]
fn only_the_text_of_the_code_shows_whose_receipt_it_is() {
    let code = "HC1P:310000:P--:000…";
    let one = Commitment::to(code, [1; 16]);
    let two = Commitment::to(code, [2; 16]);
    assert!(one.is_to(code) && two.is_to(code));
    assert!(!one.is_to("HC1P:310000:P--:001…"));
    assert_ne!(one.digest, two.digest);
}

#[test]
fn a_showing_is_no_part_of_what_is_committed_to() {
    let code = hc_testkit::mutants::Originals::new();
    let carried = code.texts().iter().find(|text| {
        let parsed = crate::text::CodeText::parse(text);
        parsed.is_ok_and(|parsed| parsed.showing().is_some())
    });
    let shown = carried.expect("a carried code with a showing");
    let parsed = crate::text::CodeText::parse(shown).unwrap();
    assert!(Commitment::to(shown, [3; 16]).is_to(parsed.issued()));
}

#[test]
fn what_no_gate_says_is_no_receipt() {
    let refused = |change: &dyn Fn(&mut ReceiptDraft)| {
        let mut draft = draft();
        change(&mut draft);
        Receipt::new(draft).unwrap_err()
    };
    let country = DivisionCode::COUNTRY;
    assert_eq!(
        refused(&|draft| draft.region = country),
        ReceiptError::Region
    );
    assert_eq!(
        refused(&|draft| draft.issuer = Some(country)),
        ReceiptError::Region
    );
    for id in ["", "a b", "门", &"a".repeat(65)] {
        assert_eq!(
            refused(&|draft| draft.gate = id.to_owned()),
            ReceiptError::Gate
        );
    }
    for cause in ["", "List", "a b", &"a".repeat(33)] {
        let word = |draft: &mut ReceiptDraft| draft.cause = cause.to_owned();
        assert_eq!(refused(&word), ReceiptError::Cause);
    }
    for rule in [(1000, "high".to_owned()), (1, "a b".to_owned())] {
        let named = |draft: &mut ReceiptDraft| {
            draft.policy.as_mut().unwrap().rule = Some(rule.clone());
        };
        assert_eq!(refused(&named), ReceiptError::Rule);
    }
    let before = Timestamp::from_unix(-1);
    assert_eq!(refused(&|draft| draft.at = before), ReceiptError::Time);
    assert_eq!(
        refused(&|draft| draft.at = Timestamp::MAX),
        ReceiptError::Time
    );
}

#[test]
fn a_receipt_is_good_for_fourteen_days() {
    let receipt = receipt();
    let good = |now| receipt.holds_at(now).is_ok();
    assert!(good(NOON.minus(Span::seconds(600))));
    assert!(!good(NOON.minus(Span::seconds(601))));
    assert!(good(NOON.plus(Span::days(14)).minus(Span::seconds(1))));
    assert!(!good(NOON.plus(Span::days(14))));
}

#[test]
fn a_thousand_changed_receipts_are_refused() {
    let signed = receipt().sign(&gate()).unwrap();
    let mut random = ChaCha8Rng::seed_from_u64(8);
    let mut below = |limit: usize| usize::try_from(random.next_u64() % limit as u64).unwrap();
    let mut offered = 0;
    while offered < 1000 {
        let mut changed = signed.as_bytes().to_vec();
        match offered % 3 {
            0 => {
                let place = below(changed.len());
                changed[place] ^= 1 << below(8);
            }
            1 => changed.truncate(below(changed.len())),
            _ => {
                let place = below(changed.len());
                changed.insert(place, u8::try_from(below(256)).unwrap());
            }
        }
        if changed == signed.as_bytes() {
            continue;
        }
        let changed = SignedReceipt::from_bytes(changed);
        assert!(changed.verify(gate().public_key()).is_err(), "{offered}");
        offered += 1;
    }
    let other = key(Algorithm::Es256, 8, 2);
    assert!(signed.verify(other.public_key()).is_err());
    let header = Header::of(gate().public_key()).with_type("application/hc-keys+cwt");
    let retyped = cose::sign(&gate(), &header, &[], &receipt().encode()).unwrap();
    let retyped = SignedReceipt::from_bytes(retyped);
    assert!(retyped.verify(gate().public_key()).is_err());
}

#[test]
fn a_receipt_that_lives_longer_is_none() {
    // Signed by the right key: the end is part of the form.
    let mut payload = receipt().encode();
    let end = receipt().expires_at().unix().to_be_bytes();
    let place = payload.windows(4).position(|found| found == &end[4..]);
    payload[place.unwrap() + 3] ^= 1;
    let header = Header::of(gate().public_key()).with_type(TYPE);
    let signed = cose::sign(&gate(), &header, &[], &payload).unwrap();
    let read = SignedReceipt::from_bytes(signed).verify(gate().public_key());
    assert_eq!(read, Err(ReceiptError::Time));
}

#[test]
fn a_number_says_when_what_and_by_which_rule() {
    let number = receipt().number();
    let text = number.to_string();
    assert_eq!(text.len(), 14, "{text}");
    for later in [Span::seconds(0), Span::days(14), Span::days(22)] {
        let says = number.says(NOON.plus(later)).unwrap();
        assert_eq!(says.minute, NOON);
        assert_eq!(says.action, Action::Refuse);
        assert_eq!(says.version, 300 % 128);
        assert_eq!((says.rule, says.cause), (Some(3), None));
    }
    let expired = ReceiptDraft {
        action: Action::Invalid,
        cause: "expired".to_owned(),
        policy: None,
        ..draft()
    };
    let says = Receipt::new(expired).unwrap().number().says(NOON).unwrap();
    assert_eq!((says.rule, says.cause), (None, Some("expired")));
    assert_eq!(says.action, Action::Invalid);
}

#[test]
fn a_number_is_read_as_it_is_heard() {
    let number = receipt().number();
    let text = number.to_string();
    let heard = text
        .to_lowercase()
        .replace('-', " ")
        .replace('0', "o")
        .replace('1', "l");
    assert_eq!(heard.parse(), Ok(number));
    assert_eq!(text.replace('-', "").parse(), Ok(number));
    assert_eq!(
        "1234".parse::<ReceiptNumber>(),
        Err(ReceiptNumberError::Length(4))
    );
    assert_eq!(
        "U234-5678-9ABC".parse::<ReceiptNumber>(),
        Err(ReceiptNumberError::Letter('U'))
    );
}

#[test]
fn one_letter_misheard_and_two_changed_places_are_noticed() {
    let text = receipt().number().to_string().replace('-', "");
    let letters: Vec<char> = text.chars().collect();
    let read = |letters: &[char]| letters.iter().collect::<String>().parse::<ReceiptNumber>();
    for place in 0..letters.len() {
        for other in "0123456789ABCDEFGHJKMNPQRSTVWXYZ".chars() {
            let mut changed = letters.clone();
            changed[place] = other;
            assert_eq!(read(&changed).is_ok(), other == letters[place]);
        }
        for swapped in 0..place {
            let mut changed = letters.clone();
            changed.swap(place, swapped);
            assert_eq!(read(&changed).is_ok(), changed == letters);
        }
    }
}
