//! SM2 (GB/T 32918.2) for servers: several times as fast as the library, with the same answers.
//!
//! Own code, because no kept library is fast (`docs/results/national.md`): field, points and tables
//! of multiples. Numbers modulo the group order, and the hash, are the libraries'. Signing takes the
//! same steps and reads the same memory whatever the secrets are; verifying has no secret. The tests
//! hold both to the standard's example, to the library, to OpenSSL and to gmssl.

mod field;
mod multiples;
mod point;

use aws_lc_rs::rand::{SecureRandom as _, SystemRandom};
use sha2::Sha512;
use sm2::elliptic_curve::PrimeField as _;
use sm2::elliptic_curve::ops::Reduce as _;
use sm2::{FieldBytes, Scalar};
use sm3::{Digest as _, Sm3};
use zeroize::Zeroizing;

use self::field::Element;
use self::multiples::{CURVE, KeyMultiples};
use self::point::Affine;
use super::portable::SM2_SIGNER_ID;
use super::{Algorithm, PublicKeyError, SecretKeyError, Signature, SigningError};

/// A parsed public key, with multiples of its point.
#[derive(Clone)]
pub(super) struct VerifyingKey {
    /// SM3 with Z already in it.
    hash: Sm3,
    multiples: KeyMultiples,
}

/// A secret key.
pub(super) struct SecretKey {
    secret: Zeroizing<[u8; 32]>,
    /// 1/(1 + d).
    inverse: Zeroizing<Scalar>,
    /// SM3 with Z already in it.
    hash: Sm3,
}

/// Draws that no key in use ever needs: each fails about once in 2^255.
const TRIES: usize = 4;

impl VerifyingKey {
    /// Reads the 33 bytes of a compressed point.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, PublicKeyError> {
        let point = point(bytes).ok_or(PublicKeyError::NotOnCurve(Algorithm::Sm2))?;
        Ok(Self {
            hash: hash_of(&point),
            multiples: KeyMultiples::of(&point),
        })
    }

    /// Whether the signature is of this key over the message (§7.1).
    pub(super) fn verifies(&self, message: &[u8], signature: &Signature) -> bool {
        if signature.algorithm() != Algorithm::Sm2 {
            return false;
        }
        let (r, s) = signature.halves();
        let (r_number, s_number) = (reduced(&r), reduced(&s));
        let t = r_number + s_number;
        if bool::from(t.is_zero()) {
            return false;
        }
        let sum = self.multiples.multiple(&t.to_bytes().into());
        let sum = CURVE.add_multiple(&s, sum);
        // r = e + x modulo n, so x is r - e or, where that is below p, n more.
        let x = r_number - digest(&self.hash, message);
        let x: [u8; 32] = x.to_bytes().into();
        let is_x = |x: Option<Element>| x.is_some_and(|x| sum.has_coordinate(&x));
        is_x(Element::from_bytes(&x)) || is_x(above_order(&x))
    }
}

/// A number below n, with n added, where that is below p.
fn above_order(number: &[u8; 32]) -> Option<Element> {
    const ORDER: [u8; 32] = [
        0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0x72, 0x03, 0xdf, 0x6b, 0x21, 0xc6, 0x05, 0x2b, 0x53, 0xbb, 0xf4, 0x09, 0x39, 0xd5,
        0x41, 0x23,
    ];
    let mut carry = false;
    let mut sum = [0; 4];
    let limbs = field::limbs(number).into_iter().zip(field::limbs(&ORDER));
    for (to, (one, other)) in sum.iter_mut().zip(limbs) {
        (*to, carry) = one.carrying_add(other, carry);
    }
    if carry { None } else { Element::new(sum) }
}

impl SecretKey {
    /// Takes d with the bytes of its public key.
    pub(super) fn parse(secret: &[u8; 32], public: &[u8]) -> Result<Self, SecretKeyError> {
        let fault = SecretKeyError::OutOfRange(Algorithm::Sm2);
        let number = Option::<Scalar>::from(Scalar::from_repr((*secret).into())).ok_or(fault)?;
        let number = Zeroizing::new(number);
        let inverse = Option::<Scalar>::from((*number + Scalar::ONE).invert()).ok_or(fault)?;
        Ok(Self {
            secret: Zeroizing::new(*secret),
            inverse: Zeroizing::new(inverse),
            hash: hash_of(&point(public).ok_or(fault)?),
        })
    }

    /// Signs a message (§6.1). The nonce is a hash of the secret, of 32 fresh random bytes and of the
    /// message's digest: it stays secret and single where the random source is broken, as in RFC 6979
    /// §3.6, and needs one hash where that takes ten.
    pub(super) fn sign(&self, message: &[u8]) -> Result<Signature, SigningError> {
        let digest = digest(&self.hash, message);
        for _ in 0..TRIES {
            let mut random = Zeroizing::new([0; 32]);
            SystemRandom::new()
                .fill(random.as_mut_slice())
                .map_err(|_| SigningError::Failed)?;
            let nonce = self.nonce(&random, &digest);
            if let Some(signature) = self.sign_with(&nonce, &digest)? {
                return Ok(signature);
            }
        }
        Err(SigningError::Failed)
    }

    fn nonce(&self, random: &[u8; 32], digest: &Scalar) -> Zeroizing<Scalar> {
        let hash = Sha512::new()
            .chain_update(self.secret.as_slice())
            .chain_update(random)
            .chain_update(digest.to_bytes());
        // 512 bits modulo a number of 256: no value is likelier than another by more than 2^-256.
        let wide: Zeroizing<[u8; 64]> = Zeroizing::new(hash.finalize().into());
        let (high, low) = wide.split_at(32);
        let half = |half: &[u8]| {
            let mut bytes = Zeroizing::new([0; 32]);
            bytes.copy_from_slice(half);
            Zeroizing::new(reduced(&bytes))
        };
        let (high, low) = (half(high), half(low));
        Zeroizing::new(*high * power_of_two_256() + *low)
    }

    /// A signature with a nonce, `None` where another one is to be drawn.
    fn sign_with(
        &self,
        nonce: &Scalar,
        digest: &Scalar,
    ) -> Result<Option<Signature>, SigningError> {
        let factor: Zeroizing<[u8; 32]> = Zeroizing::new(nonce.to_bytes().into());
        let x = CURVE.secret_multiple(&factor).coordinate();
        let r = *digest + reduced(&x.to_bytes());
        // s = (k - r d)/(1 + d), written so that d itself is not needed.
        let sum = Zeroizing::new(*nonce + r);
        let s = *self.inverse * *sum - r;
        let bad = nonce.is_zero() | r.is_zero() | sum.is_zero() | s.is_zero();
        if bool::from(bad) {
            return Ok(None);
        }
        let mut bytes = [0; 64];
        let halves = r.to_bytes().into_iter().chain(s.to_bytes());
        for (to, from) in bytes.iter_mut().zip(halves) {
            *to = from;
        }
        Signature::parse(Algorithm::Sm2, &bytes)
            .map(Some)
            .map_err(SigningError::Unusable)
    }
}

/// 2^256 modulo n.
fn power_of_two_256() -> Scalar {
    // n is above 2^255, so this is (2^256 - 1 modulo n) + 1.
    reduced(&[0xff; 32]) + Scalar::ONE
}

fn reduced(bytes: &[u8; 32]) -> Scalar {
    Scalar::reduce(&FieldBytes::from(*bytes))
}

fn point(bytes: &[u8]) -> Option<Affine> {
    let (first, x) = bytes.split_first()?;
    Affine::lift(x.try_into().ok()?, first & 1 == 1, &CURVE.b)
}

/// SM3 that has taken in Z: the signer's name, the curve, the key (§5.5).
fn hash_of(point: &Affine) -> Sm3 {
    let bits = u16::try_from(SM2_SIGNER_ID.len() * 8).unwrap_or(u16::MAX);
    let a = Element::ZERO.minus(&Element::ONE.doubled().plus(&Element::ONE));
    let mut z = Sm3::new()
        .chain_update(bits.to_be_bytes())
        .chain_update(SM2_SIGNER_ID);
    let [x, y] = multiples::generator();
    for number in [a, CURVE.b, x, y, point.x, point.y] {
        z.update(number.to_bytes());
    }
    Sm3::new().chain_update(z.finalize())
}

/// e of §6.1 and §7.1, modulo n.
fn digest(hash: &Sm3, message: &[u8]) -> Scalar {
    let bytes: [u8; 32] = hash.clone().chain_update(message).finalize().into();
    reduced(&bytes)
}

#[cfg(test)]
mod tests;
