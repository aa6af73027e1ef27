//! ES256 and SM2 verification for WebAssembly, in one small piece of code for both curves.
//!
//! The libraries' code for the two curves would be half of the verifier module: each is compiled
//! for its own prime, with tables, and in constant time. A verifier has no secret, both curves have
//! the form y² = x³ - 3x + b, and so one set of plain functions serves both. Signing and every
//! native build stay with the libraries; the tests compare all of them.

mod curve;
mod modulus;
mod sm3;

use sha2::{Digest, Sha256};

use self::curve::{Affine, Curve, P256, SM2};
use super::portable::SM2_SIGNER_ID;
use super::{Algorithm, PublicKeyError, Signature};

/// A point that signatures are checked against, and the curve that it is on.
#[derive(Clone)]
pub(super) struct Key {
    curve: &'static Curve,
    point: Affine,
}

impl Key {
    /// Reads the 33 bytes of a compressed point (SEC 1 §2.3.4) of ES256 or SM2.
    pub(super) fn parse(algorithm: Algorithm, bytes: &[u8]) -> Result<Self, PublicKeyError> {
        let fault = PublicKeyError::NotOnCurve(algorithm);
        let curve = match algorithm {
            Algorithm::Es256 => &P256,
            Algorithm::Sm2 => &SM2,
            Algorithm::Ed25519 => return Err(fault),
        };
        let (first, x) = bytes.split_first().ok_or(fault)?;
        let x = x.try_into().map_err(|_| fault)?;
        let point = curve.point(x, first & 1 == 1).ok_or(fault)?;
        Ok(Self { curve, point })
    }

    /// Whether the signature is of this key over the message.
    pub(super) fn verifies(&self, message: &[u8], signature: &Signature) -> bool {
        let (r, s) = signature.halves();
        let order = &self.curve.order;
        let (r, s) = (order.enter(&r), order.enter(&s));
        // The share of the generator, that of the key, and what is added to the coordinate.
        let (generator, key, added) = match signature.algorithm() {
            Algorithm::Es256 => {
                // FIPS 186-5 §6.4.2: u = e/s, v = r/s.
                let digest = order.enter(&Sha256::digest(message).into());
                let inverse = order.inverse(&s);
                let u = order.product(&digest, &inverse);
                (u, order.product(&r, &inverse), None)
            }
            // GB/T 32918.2 §7.1: t = r + s, which must not be zero.
            Algorithm::Sm2 => {
                let t = order.sum(&r, &s);
                if t == [0; 8] {
                    return false;
                }
                (s, t, Some(order.enter(&self.sm2_digest(message))))
            }
            Algorithm::Ed25519 => return false,
        };
        let shares = (order.leave(&generator), order.leave(&key));
        let Some(x) = self.curve.combine(&shares.0, &self.point, &shares.1) else {
            return false;
        };
        let x = order.enter_limbs(&x);
        r == added.map_or(x, |added| order.sum(&x, &added))
    }

    /// e of GB/T 32918.2: SM3 over the signer's name, the curve, the key, and the message.
    fn sm2_digest(&self, message: &[u8]) -> [u8; 32] {
        let bits = u16::try_from(SM2_SIGNER_ID.len() * 8).unwrap_or(u16::MAX);
        let mut signer = bits.to_be_bytes().to_vec();
        signer.extend_from_slice(SM2_SIGNER_ID.as_bytes());
        for number in self.curve.numbers() {
            signer.extend_from_slice(&number);
        }
        for number in self.curve.coordinates(&self.point) {
            signer.extend_from_slice(&number);
        }
        let mut whole = sm3::digest(&signer).to_vec();
        whole.extend_from_slice(message);
        sm3::digest(&whole)
    }
}

#[cfg(test)]
mod tests;
