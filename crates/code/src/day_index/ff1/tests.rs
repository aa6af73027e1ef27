use aes::cipher::{BlockCipherEncrypt, BlockSizeUser, KeyInit, array::typenum::U16};
use aes::{Aes128, Aes192, Aes256};
use fpe::ff1::{FF1, FlexibleNumeralString};
use proptest::prelude::*;

use super::*;

const DIGITS: &str = "0123456789abcdefghijklmnopqrstuvwxyz";

fn halves(text: &str, radix: u32) -> (Half, Half) {
    let (left, right) = text.split_at(text.len() / 2);
    (
        u64::from_str_radix(left, radix).unwrap(),
        u64::from_str_radix(right, radix).unwrap(),
    )
}

fn text(mut number: u64, digits: usize, radix: u32) -> String {
    let mut letters = Vec::new();
    for _ in 0..digits {
        let digit = usize::try_from(number % u64::from(radix)).unwrap();
        letters.push(DIGITS.as_bytes()[digit] as char);
        number /= u64::from(radix);
    }
    letters.into_iter().rev().collect()
}

fn sample<C>(key: &str, radix: u32, tweak: &str, plain: &str, cipher_text: &str)
where
    C: KeyInit + BlockCipherEncrypt + BlockSizeUser<BlockSize = U16>,
{
    let cipher = C::new_from_slice(&hex::decode(key).unwrap()).unwrap();
    let length = u32::try_from(plain.len()).unwrap();
    let ff1 = Ff1::new(cipher, radix, length, &hex::decode(tweak).unwrap()).unwrap();
    let mut strings = [halves(plain, radix)];
    ff1.encrypt(&mut strings);
    let (left, right) = strings[0];
    let left_digits = plain.len() / 2;
    let got = text(left, left_digits, radix) + &text(right, plain.len() - left_digits, radix);
    assert_eq!(got, cipher_text);
    ff1.decrypt(&mut strings);
    assert_eq!(strings[0], halves(plain, radix));
}

/// The nine samples that NIST publishes beside SP 800-38G (FF1samples.pdf).
#[test]
fn nist_samples_are_reproduced() {
    const SHORT: &str = "2B7E151628AED2A6ABF7158809CF4F3C";
    const MIDDLE: &str = "2B7E151628AED2A6ABF7158809CF4F3CEF4359D8D580AA4F";
    const LONG: &str = "2B7E151628AED2A6ABF7158809CF4F3CEF4359D8D580AA4F7F036D6F04FC6A94";
    const TEN: &str = "39383736353433323130";
    const ELEVEN: &str = "3737373770717273373737";
    const LETTERS: &str = "0123456789abcdefghi";

    sample::<Aes128>(SHORT, 10, "", "0123456789", "2433477484");
    sample::<Aes128>(SHORT, 10, TEN, "0123456789", "6124200773");
    sample::<Aes128>(SHORT, 36, ELEVEN, LETTERS, "a9tv40mll9kdu509eum");
    sample::<Aes192>(MIDDLE, 10, "", "0123456789", "2830668132");
    sample::<Aes192>(MIDDLE, 10, TEN, "0123456789", "2496655549");
    sample::<Aes192>(MIDDLE, 36, ELEVEN, LETTERS, "xbj3kv35jrawxv32ysr");
    sample::<Aes256>(LONG, 10, "", "0123456789", "6657667009");
    sample::<Aes256>(LONG, 10, TEN, "0123456789", "1001623463");
    sample::<Aes256>(LONG, 36, ELEVEN, LETTERS, "xs8a0azh2avyalyzuwd");
}

#[test]
fn domains_below_a_million_and_wrong_radixes_are_refused() {
    let cipher = || Aes128::new(&[0; 16].into());
    let refused = |radix, length| Ff1::new(cipher(), radix, length, b"").err();
    assert_eq!(refused(2, 19), Some(Ff1Error::Length(19)));
    assert_eq!(refused(2, 20), None);
    assert_eq!(refused(2, 128), Some(Ff1Error::Length(128)));
    assert_eq!(refused(10, 5), Some(Ff1Error::Length(5)));
    assert_eq!(refused(1, 30), Some(Ff1Error::Radix(1)));
    assert_eq!(refused(65537, 30), Some(Ff1Error::Radix(65537)));
}

fn by_fpe(key: [u8; 16], tweak: &[u8], bits: u32, value: u64) -> u64 {
    let digits: Vec<u16> = (0..bits)
        .rev()
        .map(|bit| u16::from(value >> bit & 1 == 1))
        .collect();
    let ff1 = FF1::<Aes128>::new(&key, 2).unwrap();
    let cipher_text = ff1
        .encrypt(tweak, &FlexibleNumeralString::from(digits))
        .unwrap();
    Vec::<u16>::from(cipher_text)
        .into_iter()
        .fold(0, |number, digit| number << 1 | u64::from(digit))
}

proptest! {
    #[test]
    fn radix_two_agrees_with_the_fpe_crate(
        key: [u8; 16],
        tweak in proptest::collection::vec(any::<u8>(), 0..40),
        bits in 20_u32..=64,
        value: u64,
    ) {
        let value = value & (u64::MAX >> (64 - bits));
        let right = bits - bits / 2;
        let ff1 = Ff1::new(Aes128::new(&key.into()), 2, bits, &tweak).unwrap();
        let mut strings = [(value >> right, value & ((1 << right) - 1))];
        ff1.encrypt(&mut strings);
        let ours = strings[0].0 << right | strings[0].1;
        prop_assert_eq!(ours, by_fpe(key, &tweak, bits, value));
    }

    #[test]
    fn many_lanes_equal_one_by_one_and_decrypt(key: [u8; 16], length in 20_u32..=32, count in 1_usize..200) {
        let ff1 = Ff1::new(Aes128::new(&key.into()), 2, length, b"list").unwrap();
        let right_bits = length - length / 2;
        let strings: Vec<_> = (0..count as u64).map(|n| (n >> right_bits, n & ((1 << right_bits) - 1))).collect();
        let mut together = strings.clone();
        ff1.encrypt(&mut together);
        for (plain, cipher_text) in strings.iter().zip(&together) {
            let mut one = [*plain];
            ff1.encrypt(&mut one);
            prop_assert_eq!(&one[0], cipher_text);
        }
        ff1.decrypt(&mut together);
        prop_assert_eq!(together, strings);
    }
}
