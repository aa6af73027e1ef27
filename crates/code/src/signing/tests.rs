//! Keys and signatures on the inputs on which libraries differ.

use super::*;

fn key(algorithm: Algorithm, fill: u8) -> SigningKey {
    SigningKey::from_secret(algorithm, &[fill; 32]).unwrap()
}

#[test]
fn every_algorithm_verifies_what_it_signs_and_nothing_else() {
    for algorithm in Algorithm::ALL {
        let signer = key(algorithm, 7);
        let signature = signer.sign(b"message").unwrap();
        assert!(signer.public_key().verifies(b"message", &signature));
        assert!(!signer.public_key().verifies(b"massage", &signature));
        let other = key(algorithm, 8);
        assert!(!other.public_key().verifies(b"message", &signature));
    }
}

#[test]
fn a_signature_of_one_algorithm_is_none_of_another() {
    for algorithm in Algorithm::ALL {
        let signature = key(algorithm, 7).sign(b"message").unwrap();
        for other in Algorithm::ALL {
            let verifies = key(other, 7).public_key().verifies(b"message", &signature);
            assert_eq!(verifies, other == algorithm);
        }
    }
}
