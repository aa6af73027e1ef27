//! The language-neutral vectors of `vectors/signature`: a key, a message and 64 bytes.
//!
//! Verifiers differ on most of these; ours says the same on every platform.

use hc_code::signing::{Algorithm, PublicKey, Signature, Signer};
use serde::{Deserialize, Serialize};

use crate::hexadecimal::{read, write};
use crate::regions::key;
use crate::vectors::{ED25519_ORDER, P256_ORDER, combine};

/// One property or defect of a signature or a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignatureVector {
    /// The name of its file.
    #[serde(skip)]
    pub name: String,
    /// The same in a sentence.
    pub about: String,
    /// `Ed25519`, `ES256` or `SM2`.
    pub algorithm: String,
    /// The public key's canonical bytes, hexadecimal.
    pub key: String,
    /// The message, hexadecimal.
    pub message: String,
    /// 64 bytes, hexadecimal.
    pub signature: String,
    /// What must come out.
    pub expect: Outcome,
}

/// What a verifier says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The signature is the key's over the message.
    Valid,
    /// It is not.
    Forged,
    /// No signature of any key: wrong form.
    NoSignature,
    /// The key is none.
    NoKey,
}

impl SignatureVector {
    /// What comes out here; `None` where the vector itself cannot be read.
    pub fn run(&self) -> Option<Outcome> {
        let algorithm = Algorithm::from_name(&self.algorithm)?;
        let (key, message, signature) = (
            read(&self.key)?,
            read(&self.message)?,
            read(&self.signature)?,
        );
        let Ok(key) = PublicKey::parse(algorithm, &key) else {
            return Some(Outcome::NoKey);
        };
        let Ok(signature) = Signature::parse(algorithm, &signature) else {
            return Some(Outcome::NoSignature);
        };
        Some(if key.verifies(&message, &signature) {
            Outcome::Valid
        } else {
            Outcome::Forged
        })
    }
}

const MESSAGE: &[u8] = b"message digest";

/// Every vector, made anew.
pub fn all() -> Vec<SignatureVector> {
    let mut vectors = Vec::new();
    for algorithm in Algorithm::ALL {
        let good = Good::new(algorithm);
        vectors.push(good.vector(
            "valid",
            "A signature of this key.",
            |_, _| {},
            Outcome::Valid,
        ));
        vectors.push(good.vector(
            "flipped-bit",
            "The lowest bit of the first half is flipped.",
            |_, signature| flip_low(signature, 31),
            Outcome::Forged,
        ));
        vectors.push(good.vector(
            "trailing-byte",
            "One byte too many.",
            |_, signature| signature.push(0),
            Outcome::NoSignature,
        ));
        vectors.push(good.vector(
            "cut-off",
            "One byte too few.",
            |_, signature| {
                signature.pop();
            },
            Outcome::NoSignature,
        ));
    }
    vectors.extend(ed25519());
    vectors.extend(weierstrass());
    vectors
}

fn ed25519() -> Vec<SignatureVector> {
    let good = Good::new(Algorithm::Ed25519);
    let order: Vec<u8> = read(ED25519_ORDER).unwrap_or_default();
    let neutral = neutral_point();
    let prime_and_one = {
        // y = p + 1, which is 1 written otherwise.
        let mut bytes = vec![0xff; 32];
        set(&mut bytes, 0, 0xee);
        set(&mut bytes, 31, 0x7f);
        bytes
    };
    // The order-8 point whose y ends with 05 in little-endian; every x has this one y.
    let order_8 = read("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")
        .unwrap_or_default();
    vec![
        good.vector(
            "non-canonical-s",
            "S + L instead of S.",
            |_, signature| {
                let mut s = signature.split_off(32);
                s.reverse();
                let mut sum = combine(&s, &order, false);
                sum.reverse();
                signature.extend(sum);
            },
            Outcome::NoSignature,
        ),
        good.vector(
            "small-order-r",
            "R is the neutral element.",
            |_, signature| {
                signature.splice(..32, neutral.iter().copied());
            },
            Outcome::NoSignature,
        ),
        good.vector(
            "non-canonical-r",
            "R is written with y = p + 1.",
            |_, signature| {
                signature.splice(..32, prime_and_one.iter().copied());
            },
            Outcome::NoSignature,
        ),
        good.vector(
            "small-order-key",
            "The key is the neutral element, R is S·B with S = 1: verifiers without a check \
             accept it for every message.",
            |key, signature| {
                key.clone_from(&neutral);
                let base = read("5866666666666666666666666666666666666666666666666666666666666666");
                signature.splice(..32, base.unwrap_or_default());
                signature.splice(32.., [[1].as_slice(), &[0; 31]].concat());
            },
            Outcome::NoKey,
        ),
        good.vector(
            "order-8-key",
            "The key has order 8.",
            |key, _| key.clone_from(&order_8),
            Outcome::NoKey,
        ),
        good.vector(
            "non-canonical-key",
            "The key is written with y = p + 1.",
            |key, _| key.clone_from(&prime_and_one),
            Outcome::NoKey,
        ),
        good.vector(
            "key-off-the-curve",
            "No point has this y; some libraries notice only when they verify.",
            |key, _| *key = off_curve(),
            Outcome::NoKey,
        ),
    ]
}

fn weierstrass() -> Vec<SignatureVector> {
    let mut vectors = Vec::new();
    for algorithm in [Algorithm::Es256, Algorithm::Sm2] {
        let good = Good::new(algorithm);
        let order = match algorithm {
            Algorithm::Es256 => P256_ORDER,
            _ => "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123",
        };
        let order = read(order).unwrap_or_default();
        let half = |name: &str, about: &str, at: usize, to: &[u8]| {
            good.vector(
                name,
                about,
                |_, signature| {
                    signature.splice(at..at + 32, to.iter().copied());
                },
                Outcome::NoSignature,
            )
        };
        vectors.extend([
            half("zero-r", "r is zero.", 0, &[0; 32]),
            half("zero-s", "s is zero.", 32, &[0; 32]),
            half("r-is-the-order", "r is the group order.", 0, &order),
            half("s-is-the-order", "s is the group order.", 32, &order),
            half("r-too-large", "r has all bits set.", 0, &[0xff; 32]),
            good.vector(
                "uncompressed-key",
                "The key with another first byte, as of an uncompressed point.",
                |key, _| set(key, 0, 4),
                Outcome::NoKey,
            ),
            good.vector(
                "key-off-the-curve",
                "A coordinate beyond the field prime.",
                |key, _| {
                    key.splice(1.., [0xff; 32]);
                },
                Outcome::NoKey,
            ),
            good.vector(
                "mirrored-key",
                "The key with the other y: the key of another secret.",
                |key, _| flip_low(key, 0),
                Outcome::Forged,
            ),
            if algorithm == Algorithm::Es256 {
                good.vector(
                    "high-s",
                    "n - s instead of s, which bare ECDSA accepts.",
                    |_, signature| {
                        let s = signature.split_off(32);
                        signature.extend(combine(&order, &s, true));
                    },
                    Outcome::NoSignature,
                )
            } else {
                good.vector(
                    "r-plus-s-is-the-order",
                    "s = n - r makes t zero (GB/T 32918.2 step B5).",
                    |_, signature| {
                        signature.truncate(32);
                        let s = combine(&order, signature, true);
                        signature.extend(s);
                    },
                    Outcome::Forged,
                )
            },
        ]);
    }
    vectors
}

struct Good {
    algorithm: Algorithm,
    key: Vec<u8>,
    signature: Vec<u8>,
}

impl Good {
    #[expect(clippy::expect_used, reason = "a key in memory signs")]
    fn new(algorithm: Algorithm) -> Self {
        let signer = key(algorithm, 42, 1);
        let signature: Signature = signer.sign(MESSAGE).expect("a signature");
        Self {
            algorithm,
            key: signer.public_key().as_bytes().to_vec(),
            signature: signature.as_bytes().to_vec(),
        }
    }

    fn vector(
        &self,
        name: &str,
        about: &str,
        change: impl FnOnce(&mut Vec<u8>, &mut Vec<u8>),
        expect: Outcome,
    ) -> SignatureVector {
        let (mut key, mut signature) = (self.key.clone(), self.signature.clone());
        change(&mut key, &mut signature);
        SignatureVector {
            name: format!("{}-{name}", self.algorithm.name().to_lowercase()),
            about: about.to_owned(),
            algorithm: self.algorithm.name().to_owned(),
            key: write(&key),
            message: write(MESSAGE),
            signature: write(&signature),
            expect,
        }
    }
}

fn neutral_point() -> Vec<u8> {
    let mut bytes = vec![0; 32];
    set(&mut bytes, 0, 1);
    bytes
}

/// y = 2 has no x on the curve of Ed25519.
fn off_curve() -> Vec<u8> {
    let mut bytes = vec![0; 32];
    set(&mut bytes, 0, 2);
    bytes
}

fn set(bytes: &mut [u8], at: usize, to: u8) {
    if let Some(byte) = bytes.get_mut(at) {
        *byte = to;
    }
}

fn flip_low(bytes: &mut [u8], at: usize) {
    if let Some(byte) = bytes.get_mut(at) {
        *byte ^= 1;
    }
}
