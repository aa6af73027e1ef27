use proptest::prelude::*;
use sm2::dsa::signature::Verifier as _;

use super::super::{PublicKey, Signer as _, SigningKey, portable};
use super::*;

fn bytes<const N: usize>(hex: &str) -> [u8; N] {
    let mut bytes = [0; N];
    for (place, at) in bytes.iter_mut().zip((0..2 * N).step_by(2)) {
        *place = u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    }
    bytes
}

fn secret_key(secret: &[u8; 32]) -> (SecretKey, PublicKey) {
    let slow = SigningKey::deterministic(Algorithm::Sm2, secret).unwrap();
    let public = slow.public_key().clone();
    (SecretKey::parse(secret, public.as_bytes()).unwrap(), public)
}

/// GB/T 32918.5-2017, annex A.2.
#[test]
fn the_example_of_the_standard_gives_its_digest_and_its_signature() {
    let secret = bytes("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8");
    let (key, public) = secret_key(&secret);
    let x = "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020";
    assert_eq!(public.as_bytes()[1..], bytes::<32>(x));
    let digest = digest(&key.hash, b"message digest");
    let e = bytes("f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640");
    assert_eq!(digest, reduced(&e));
    let nonce = bytes("59276e27d506861a16680f3ad9c02dccef3cc1fa3cdbe4ce6d54b80deac1bc21");
    let made = key.sign_with(&reduced(&nonce), &digest).unwrap().unwrap();
    let expected = concat!(
        "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3",
        "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa",
    );
    assert_eq!(*made.as_bytes(), bytes::<64>(expected));
    let fast = VerifyingKey::parse(public.as_bytes()).unwrap();
    assert!(fast.verifies(b"message digest", &made));
    assert!(!fast.verifies(b"message digesT", &made));
}

#[test]
fn nonces_differ_with_randomness_message_and_key() {
    let (key, _) = secret_key(&[7; 32]);
    let (other, _) = secret_key(&[8; 32]);
    let one = digest(&key.hash, b"one");
    let two = digest(&key.hash, b"two");
    let all = [
        key.nonce(&[0; 32], &one),
        key.nonce(&[1; 32], &one),
        key.nonce(&[0; 32], &two),
        other.nonce(&[0; 32], &one),
    ];
    for (at, nonce) in all.iter().enumerate() {
        assert!(all.iter().skip(at + 1).all(|other| **other != **nonce));
    }
    let again = key.nonce(&[0; 32], &one);
    assert_eq!(*again, *all[0]);
    let signatures = [(); 2].map(|()| key.sign(b"one").unwrap());
    assert_ne!(signatures[0], signatures[1]);
}

#[test]
fn the_wide_reduction_of_nonces_is_that_of_512_bits() {
    // 2^256 = (2^128)², and 2^128 is below n.
    let mut half = [0; 32];
    half[15] = 1;
    assert_eq!(power_of_two_256(), reduced(&half) * reduced(&half));
}

#[test]
fn a_nonce_that_would_tell_the_key_is_drawn_again() {
    let (key, _) = secret_key(&[7; 32]);
    assert_eq!(key.sign_with(&Scalar::ZERO, &Scalar::ONE), Ok(None));
    // e = -x makes r zero; e = -x - k makes r + k zero.
    let nonce = reduced(&[9; 32]);
    let x = CURVE.secret_multiple(&[9; 32]).coordinate();
    let x = reduced(&x.to_bytes());
    assert_eq!(key.sign_with(&nonce, &-x), Ok(None));
    assert_eq!(key.sign_with(&nonce, &(-x - nonce)), Ok(None));
    assert!(key.sign_with(&nonce, &Scalar::ONE).unwrap().is_some());
}

#[test]
fn a_coordinate_above_the_order_is_met() {
    let mut small = [0; 32];
    small[31] = 5;
    let sum = above_order(&small).unwrap();
    let order = "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54128";
    assert_eq!(sum.to_bytes(), bytes(order));
    assert_eq!(above_order(&[1; 32]), None);
    assert_eq!(above_order(&[0xff; 32]), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn the_library_accepts_what_we_sign_and_we_what_it_signs(
        secret in any::<[u8; 32]>(),
        message in proptest::collection::vec(any::<u8>(), 0..300),
        bit in 0_usize..512,
    ) {
        prop_assume!(SigningKey::deterministic(Algorithm::Sm2, &secret).is_ok());
        let (key, public) = secret_key(&secret);
        let library = sm2::dsa::VerifyingKey::from_sec1_bytes(SM2_SIGNER_ID, public.as_bytes());
        let library = library.unwrap();
        let fast = VerifyingKey::parse(public.as_bytes()).unwrap();
        let theirs = SigningKey::deterministic(Algorithm::Sm2, &secret).unwrap();
        for signature in [key.sign(&message).unwrap(), theirs.sign(&message).unwrap()] {
            let bare = sm2::dsa::Signature::from_slice(signature.as_bytes()).unwrap();
            prop_assert!(library.verify(&message, &bare).is_ok());
            prop_assert!(fast.verifies(&message, &signature));
            let mut changed = *signature.as_bytes();
            changed[bit / 8] ^= 1 << (bit % 8);
            if let Ok(changed) = Signature::parse(Algorithm::Sm2, &changed) {
                prop_assert!(!fast.verifies(&message, &changed));
            }
        }
    }

    #[test]
    fn keys_are_those_of_the_library(mut key in any::<[u8; 33]>()) {
        key[0] = 2 + key[0] % 2;
        let library = portable::VerifyingKey::parse(Algorithm::Sm2, &key);
        prop_assert_eq!(VerifyingKey::parse(&key).is_ok(), library.is_ok());
    }
}
