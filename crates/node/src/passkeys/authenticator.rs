//! Authenticator data and signatures (WebAuthn §6.1, §6.5.6; COSE keys of RFC 9053).

use hc_code::cbor::{CborError, Reader};
use hc_code::signing::{Algorithm, PublicKey, Signature};
use sha2::{Digest, Sha256};

use super::client::{Ceremony, check};
use super::{AuthenticatorError, Challenge, RelyingParty};

/// Somebody was there.
const PRESENT: u8 = 0x01;
/// They were verified.
const VERIFIED: u8 = 0x04;
/// A new passkey is inside.
const ATTESTED: u8 = 0x40;
/// Extensions follow.
const EXTENDED: u8 = 0x80;
/// The most bytes of a credential id.
const MOST_ID: usize = 1023;
/// The most bytes of authenticator data that are read.
const MOST: usize = 4096;

/// A new passkey, as its authenticator described it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Created {
    credential: Vec<u8>,
    key: PublicKey,
    counter: u32,
}

/// A use of a passkey, before it is believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asserted {
    /// The credential id.
    pub credential: Vec<u8>,
    /// What the browser says was asked: JSON.
    pub client_data: Vec<u8>,
    /// What the authenticator says of itself.
    pub data: Vec<u8>,
    /// The signature over both.
    pub signature: Vec<u8>,
}

/// Authenticator data without what follows.
struct Head<'a> {
    flags: u8,
    counter: u32,
    rest: &'a [u8],
}

impl Created {
    /// Reads a new passkey from client data and authenticator data.
    ///
    /// # Errors
    /// [`AuthenticatorError`].
    pub fn read(
        client_data: &[u8],
        data: &[u8],
        (relying, challenge): (&RelyingParty, Challenge),
    ) -> Result<Self, AuthenticatorError> {
        check(client_data, Ceremony::Create, (relying, challenge))?;
        let head = head(data, relying)?;
        if head.flags & ATTESTED == 0 {
            return Err(AuthenticatorError::Data);
        }
        // The model of the authenticator; without attestation it is nobody's word.
        let (_, rest) = split(head.rest, 16)?;
        let (length, rest) = split(rest, 2)?;
        let length = length
            .iter()
            .fold(0, |all, byte| all << 8 | usize::from(*byte));
        if length == 0 || length > MOST_ID {
            return Err(AuthenticatorError::Data);
        }
        let (credential, rest) = split(rest, length)?;
        let (key, used) = key(rest)?;
        if used != rest.len() && head.flags & EXTENDED == 0 {
            return Err(AuthenticatorError::Data);
        }
        Ok(Self {
            credential: credential.to_vec(),
            key,
            counter: head.counter,
        })
    }

    pub(super) fn into_parts(self) -> (Vec<u8>, PublicKey, u32) {
        (self.credential, self.key, self.counter)
    }
}

impl Asserted {
    /// Holds it to what was asked and to a key; gives the counter.
    pub(super) fn verify(
        &self,
        (relying, challenge): (&RelyingParty, Challenge),
        key: &PublicKey,
    ) -> Result<u32, AuthenticatorError> {
        check(&self.client_data, Ceremony::Get, (relying, challenge))?;
        let head = head(&self.data, relying)?;
        if head.flags & EXTENDED == 0 && !head.rest.is_empty() {
            return Err(AuthenticatorError::Data);
        }
        let mut signed = self.data.clone();
        signed.extend_from_slice(&Sha256::digest(&self.client_data));
        let signature = match key.algorithm() {
            Algorithm::Es256 => {
                let plain = from_der(&self.signature).ok_or(AuthenticatorError::Signature)?;
                Signature::lowering_s(&plain)
            }
            algorithm => Signature::parse(algorithm, &self.signature),
        };
        let signature = signature.map_err(|_| AuthenticatorError::Signature)?;
        if key.verifies(&signed, &signature) {
            Ok(head.counter)
        } else {
            Err(AuthenticatorError::Signature)
        }
    }
}

/// Reads the head, for this relying party and with a verified person.
fn head<'a>(data: &'a [u8], relying: &RelyingParty) -> Result<Head<'a>, AuthenticatorError> {
    if data.len() > MOST {
        return Err(AuthenticatorError::Data);
    }
    let (site, rest) = split(data, 32)?;
    let (flags, rest) = split(rest, 1)?;
    let (counter, rest) = split(rest, 4)?;
    let flags = flags.first().copied().unwrap_or(0);
    if site != relying.digest() {
        return Err(AuthenticatorError::RelyingParty);
    }
    if flags & (PRESENT | VERIFIED) != PRESENT | VERIFIED {
        return Err(AuthenticatorError::NotVerified);
    }
    let counter = counter
        .iter()
        .fold(0, |all, byte| all << 8 | u32::from(*byte));
    Ok(Head {
        flags,
        counter,
        rest,
    })
}

fn split(bytes: &[u8], at: usize) -> Result<(&[u8], &[u8]), AuthenticatorError> {
    bytes.split_at_checked(at).ok_or(AuthenticatorError::Data)
}

/// Reads a COSE key in the canonical order of CTAP2; gives how many bytes it took.
fn key(bytes: &[u8]) -> Result<(PublicKey, usize), AuthenticatorError> {
    let unread = |_: CborError| AuthenticatorError::Key;
    let mut reader = Reader::new(bytes);
    let pairs = reader.map().map_err(unread)?;
    reader.key(1).map_err(unread)?;
    let family = reader.int().map_err(unread)?;
    reader.key(3).map_err(unread)?;
    let algorithm = reader.int().map_err(unread)?;
    reader.key(-1).map_err(unread)?;
    let curve = reader.int().map_err(unread)?;
    reader.key(-2).map_err(unread)?;
    let x = reader.bytes().map_err(unread)?;
    let key = match (pairs, family, algorithm, curve) {
        (5, 2, -7, 1) => {
            reader.key(-3).map_err(unread)?;
            let y = reader.bytes().map_err(unread)?;
            let x: Result<&[u8; 32], _> = x.try_into();
            let y: Result<&[u8; 32], _> = y.try_into();
            let (Ok(x), Ok(y)) = (x, y) else {
                return Err(AuthenticatorError::Key);
            };
            PublicKey::from_coordinates(Algorithm::Es256, x, y)
        }
        (4, 1, -8, 6) => PublicKey::parse(Algorithm::Ed25519, x),
        _ => return Err(AuthenticatorError::Key),
    };
    let key = key.map_err(|_| AuthenticatorError::Key)?;
    Ok((key, reader.position()))
}

/// The two numbers of a DER signature (RFC 3279 §2.2.3), 32 bytes each.
fn from_der(der: &[u8]) -> Option<[u8; 64]> {
    let (body, rest) = element(der, 0x30)?;
    let (r, body) = element(body, 0x02)?;
    let (s, none) = element(body, 0x02)?;
    if !rest.is_empty() || !none.is_empty() {
        return None;
    }
    let mut plain = [0; 64];
    let (first, second) = plain.split_at_mut(32);
    for (number, place) in [(r, first), (s, second)] {
        let digits = match number {
            [0, digits @ ..] if digits.first().is_some_and(|byte| *byte >= 0x80) => digits,
            [first, ..] if (1..0x80).contains(first) => number,
            _ => return None,
        };
        let begins = place.len().checked_sub(digits.len())?;
        place.get_mut(begins..)?.copy_from_slice(digits);
    }
    Some(plain)
}

/// The content of an element of a short length, and what follows.
fn element(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let [found, length @ 0..=127, rest @ ..] = bytes else {
        return None;
    };
    (*found == tag).then_some(())?;
    rest.split_at_checked(usize::from(*length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_der_signature_has_two_numbers_in_their_shortest_form() {
        let mut der = vec![0x30, 0x07, 0x02, 0x01, 0x05, 0x02, 0x02, 0x00, 0x80];
        let plain = from_der(&der).unwrap();
        assert_eq!((plain[31], plain[63]), (5, 0x80));
        assert_eq!(plain.iter().filter(|byte| **byte != 0).count(), 2);
        for cut in 0..der.len() {
            assert_eq!(from_der(&der[..cut]), None);
        }
        der.push(0);
        assert_eq!(from_der(&der), None, "something behind");
        for wrong in [
            &[0x30, 0x06, 0x02, 0x01, 0x05, 0x02, 0x01, 0x80][..],
            &[0x30, 0x06, 0x02, 0x01, 0x00, 0x02, 0x01, 0x05],
            &[0x30, 0x07, 0x02, 0x02, 0x00, 0x05, 0x02, 0x01, 0x05],
            &[0x30, 0x04, 0x02, 0x00, 0x02, 0x00],
            &[0x31, 0x06, 0x02, 0x01, 0x05, 0x02, 0x01, 0x05],
        ] {
            assert_eq!(from_der(wrong), None, "{wrong:x?}");
        }
        let mut long = vec![0x30, 0x26, 0x02, 0x21];
        long.extend([1; 33]);
        long.extend([0x02, 0x01, 0x05]);
        assert_eq!(from_der(&long), None, "more than 32 bytes");
    }
}
