//! SM4-GCM with a key for each place and a nonce made from the value.
//!
//! GCM breaks where one key meets one nonce twice with different values. Drawn at random, 96 bits allow
//! 2^32 values for one key (NIST SP 800-38D §8.3), less than a large region writes in a year. So each
//! place has its own key, the first 128 bits of HMAC-SM3 of the place; and the nonce is the first 96
//! bits of HMAC-SM3 of the value under another key of the place. Two values of one place then meet by
//! chance once in 2^96 pairs, and only versions of one cell are pairs: at a million versions of one
//! cell the chance is below 2^-56. A nonce that was not made from the value does not open, so that
//! nobody who writes into the file can have a nonce used twice.

use aes_gcm::aead::consts::U12;
use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{AesGcm, Nonce};
use hmac::{Hmac, Mac};
use sm3::Sm3;
use sm4::Sm4;
use zeroize::Zeroizing;

use super::SealError;

const NONCE: usize = 12;

/// HMAC-SM3 under the store's key, once for each use.
#[derive(Clone)]
pub(super) struct National {
    keys: Hmac<Sm3>,
    nonces: Hmac<Sm3>,
}

impl National {
    pub(super) fn new(key: &Zeroizing<[u8; 32]>) -> Self {
        let whole = keyed(key);
        let part = |what: &[u8]| keyed(&mac(&whole, [what]));
        Self {
            keys: part(b"healthcode columns SM4 keys 1"),
            nonces: part(b"healthcode columns SM4 nonces 1"),
        }
    }

    pub(super) fn seal(
        &self,
        value: &[u8],
        place: &[u8],
        bytes: &mut Vec<u8>,
    ) -> Result<(), SealError> {
        let nonce = self.nonce(value, place);
        let payload = Payload {
            msg: value,
            aad: place,
        };
        let sealed = self.cipher(place).encrypt(&nonce, payload);
        bytes.extend_from_slice(&nonce);
        bytes.extend(sealed.map_err(|_| SealError)?);
        Ok(())
    }

    pub(super) fn unseal(&self, sealed: &[u8], place: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>()?;
        let nonce = Nonce::<U12>::from(*nonce);
        let payload = Payload {
            msg: sealed,
            aad: place,
        };
        let value = self.cipher(place).decrypt(&nonce, payload).ok()?;
        let value = Zeroizing::new(value);
        // The tag has been checked: this tells nobody anything about the value.
        (self.nonce(&value, place) == nonce).then_some(value)
    }

    fn cipher(&self, place: &[u8]) -> AesGcm<Sm4, U12> {
        let key = mac(&self.keys, [place]);
        let mut short = Zeroizing::new([0; 16]);
        short.iter_mut().zip(*key).for_each(|(to, from)| *to = from);
        AesGcm::new((&*short).into())
    }

    /// From the value, and from the place with its length before it, so that the two cannot run into
    /// each other.
    fn nonce(&self, value: &[u8], place: &[u8]) -> Nonce<U12> {
        let length = (place.len() as u64).to_be_bytes();
        let whole = mac(&self.nonces, [&length, place, value]);
        let mut nonce = Nonce::<U12>::default();
        nonce
            .iter_mut()
            .zip(*whole)
            .for_each(|(to, from)| *to = from);
        nonce
    }
}

/// A key shorter than a block of SM3 is filled up with zeros (RFC 2104 §2).
fn keyed(key: &[u8; 32]) -> Hmac<Sm3> {
    let mut block = Zeroizing::new([0; 64]);
    block.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
    Hmac::new((&*block).into())
}

fn mac<const PARTS: usize>(keyed: &Hmac<Sm3>, parts: [&[u8]; PARTS]) -> Zeroizing<[u8; 32]> {
    let mut mac = keyed.clone();
    for part in parts {
        mac.update(part);
    }
    Zeroizing::new(mac.finalize().into_bytes().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        let digit = |at| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
        (0..text.len()).step_by(2).map(digit).collect()
    }

    /// RFC 8998, appendix A.1.
    #[test]
    fn sm4_gcm_is_that_of_the_published_example() {
        let key: [u8; 16] = hex("0123456789abcdeffedcba9876543210").try_into().unwrap();
        let cipher: AesGcm<Sm4, U12> = AesGcm::new(&key.into());
        let nonce: [u8; NONCE] = hex("00001234567800000000abcd").try_into().unwrap();
        let value: Vec<u8> = [0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff, 0xee, 0xaa]
            .into_iter()
            .flat_map(|byte| [byte; 8])
            .collect();
        let payload = Payload {
            msg: &value,
            aad: &hex("feedfacedeadbeeffeedfacedeadbeefabaddad2"),
        };
        let sealed = cipher.encrypt(&nonce.into(), payload).unwrap();
        let expected = concat!(
            "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735",
            "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d",
            "83de3541e4c2b58177e065a9bf7b62ec",
        );
        assert_eq!(sealed, hex(expected));
    }

    #[test]
    fn every_place_has_its_key_and_every_value_its_nonce() {
        let cipher = National::new(&Zeroizing::new([7; 32]));
        let sealed = |value: &[u8], place: &[u8]| {
            let mut bytes = Vec::new();
            cipher.seal(value, place, &mut bytes).unwrap();
            bytes
        };
        let [one, two, elsewhere] = [(b"one", b"a"), (b"two", b"a"), (b"one", b"b")]
            .map(|(value, place)| sealed(value, place));
        assert_ne!(one[..NONCE], two[..NONCE]);
        assert_ne!(one[..NONCE], elsewhere[..NONCE]);
        // Place and value do not run into each other.
        assert_ne!(sealed(b"bc", b"a")[..NONCE], sealed(b"c", b"ab")[..NONCE]);
        // Another nonce, well sealed under the place's key, does not open.
        let nonce = Nonce::<U12>::default();
        let payload = Payload {
            msg: b"one",
            aad: b"a",
        };
        let forged = cipher.cipher(b"a").encrypt(&nonce, payload).unwrap();
        let forged = [nonce.as_slice(), &forged].concat();
        assert_eq!(cipher.unseal(&forged, b"a"), None);
        assert_eq!(cipher.unseal(&one[..NONCE - 1], b"a"), None);
        assert_eq!(*cipher.unseal(&one, b"a").unwrap(), b"one");
    }
}
