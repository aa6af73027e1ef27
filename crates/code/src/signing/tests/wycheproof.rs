//! Signatures on which verifiers have erred, as collected by Project Wycheproof.

use super::verdict;
use crate::signing::{Algorithm, PublicKey, Signature, SignatureFault};

const TABLE: &str = include_str!("../../../tests/fixtures/wycheproof.tsv");

fn bytes(digits: &str) -> Vec<u8> {
    let digits = digits.trim_matches('-');
    (0..digits.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap())
        .collect()
}

/// What is valid verifies, save that the higher of two s is not ours to accept and verifies when
/// it is lowered; what is invalid does not, whether by its form or by the signature. Both backends
/// say so.
#[test]
fn verdicts_are_those_of_wycheproof_but_for_the_higher_s() {
    let (mut valid, mut lowered, mut by_form, mut forged) = (0, 0, 0, 0);
    for row in TABLE.lines().filter(|row| !row.starts_with('#')) {
        let columns: Vec<&str> = row.split('\t').collect();
        let &[algorithm, number, result, flags, key, message, signature] = columns.as_slice()
        else {
            panic!("{row}");
        };
        let name = format!("{algorithm} {number} {flags}");
        let algorithm = Algorithm::from_name(algorithm).unwrap();
        let key = PublicKey::parse(algorithm, &bytes(key)).unwrap();
        let (message, signature) = (bytes(message), bytes(signature));
        let verifies = |signature: &Signature| verdict(&key, &message, signature);
        match (result, Signature::parse(algorithm, &signature)) {
            ("valid", Ok(signature)) => {
                assert!(verifies(&signature), "{name}");
                valid += 1;
            }
            ("valid", Err(SignatureFault::HighS)) => {
                assert!(
                    verifies(&Signature::lowering_s(&signature).unwrap()),
                    "{name}"
                );
                lowered += 1;
            }
            ("invalid", Ok(signature)) => {
                assert!(!verifies(&signature), "{name}");
                forged += 1;
            }
            ("invalid", Err(_)) => by_form += 1,
            (result, parsed) => panic!("{name}: {result}, {parsed:?}"),
        }
    }
    assert_eq!((valid, lowered, by_form, forged), (191, 70, 121, 31));
}
