//! Signatures, checked for everything that can be checked without the message.

use core::fmt;

use super::Algorithm;

/// A signature of 64 bytes that its algorithm can accept: `R‖S` for Ed25519, `r‖s` for ES256 and
/// SM2. Whether it belongs to a key and a message is the question of [`super::PublicKey::verifies`].
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature {
    algorithm: Algorithm,
    bytes: [u8; 64],
}

/// Why 64 bytes are no signature of an algorithm. Libraries differ on these; we do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureFault {
    /// Every algorithm here has signatures of 64 bytes.
    #[error("a signature has 64 bytes, not {0}")]
    Length(usize),
    /// r is zero or not below the group order (FIPS 186-5 §6.4.2, GB/T 32918.2 §7.1).
    #[error("r is not between 1 and the group order")]
    RangeOfR,
    /// s is zero or not below the group order.
    #[error("s is not between 1 and the group order")]
    RangeOfS,
    /// ES256: n - s would also verify, and only the lower of the two is accepted.
    #[error("s is in the upper half: the lower of the two equivalent values is the canonical one")]
    HighS,
    /// Ed25519: S is not below the group order (RFC 8032 §5.1.7).
    #[error("S is not reduced modulo the group order")]
    NonCanonicalS,
    /// Ed25519: R is written with a coordinate that is not below the field prime.
    #[error("R is not written canonically")]
    NonCanonicalR,
    /// Ed25519: R has small order.
    #[error("R has small order")]
    SmallOrderR,
}

/// n of P-256, big-endian (SEC 2 §2.4.2).
const P256_ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

/// (n - 1) / 2 of P-256, big-endian.
const P256_HALF_ORDER: [u8; 32] = [
    0x7f, 0xff, 0xff, 0xff, 0x80, 0x00, 0x00, 0x00, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xde, 0x73, 0x7d, 0x56, 0xd3, 0x8b, 0xcf, 0x42, 0x79, 0xdc, 0xe5, 0x61, 0x7e, 0x31, 0x92, 0xa8,
];

/// n of the SM2 curve, big-endian (GB/T 32918.5).
const SM2_ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0x72, 0x03, 0xdf, 0x6b, 0x21, 0xc6, 0x05, 0x2b, 0x53, 0xbb, 0xf4, 0x09, 0x39, 0xd5, 0x41, 0x23,
];

/// L of Ed25519, big-endian (RFC 8032 §5.1).
const ED25519_ORDER: [u8; 32] = [
    0x10, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x14, 0xde, 0xf9, 0xde, 0xa2, 0xf7, 0x9c, 0xd6, 0x58, 0x12, 0x63, 0x1a, 0x5c, 0xf5, 0xd3, 0xed,
];

/// 2^255 - 19, big-endian.
const ED25519_PRIME: [u8; 32] = [
    0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xed,
];

/// y of the eight points whose order divides 8, big-endian; both signs of x belong to each.
const ED25519_SMALL_ORDER_Y: [[u8; 32]; 5] = [
    [0; 32],
    [
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 1,
    ],
    [
        0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0xec,
    ],
    [
        0x05, 0xfc, 0x53, 0x6d, 0x88, 0x02, 0x38, 0xb1, 0x39, 0x33, 0xc6, 0xd3, 0x05, 0xac, 0xdf,
        0xd5, 0xf0, 0x98, 0xef, 0xf2, 0x89, 0xf4, 0xc3, 0x45, 0xb0, 0x27, 0xb2, 0xc2, 0x8f, 0x95,
        0xe8, 0x26,
    ],
    [
        0x7a, 0x03, 0xac, 0x92, 0x77, 0xfd, 0xc7, 0x4e, 0xc6, 0xcc, 0x39, 0x2c, 0xfa, 0x53, 0x20,
        0x2a, 0x0f, 0x67, 0x10, 0x0d, 0x76, 0x0b, 0x3c, 0xba, 0x4f, 0xd8, 0x4d, 0x3d, 0x70, 0x6a,
        0x17, 0xc7,
    ],
];

const ZERO: [u8; 32] = [0; 32];

/// An Ed25519 point that is not written canonically or has small order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PointFault {
    NonCanonical,
    SmallOrder,
}

/// Checks the 32 bytes of an Ed25519 point for the two faults on which verifiers differ. Whether
/// the bytes are on the curve at all is left to the library: there they agree.
pub(super) fn check_ed25519_point(bytes: &[u8; 32]) -> Result<(), PointFault> {
    let mut y = *bytes;
    y.reverse();
    if let Some(first) = y.first_mut() {
        *first &= 0x7f;
    }
    if y >= ED25519_PRIME {
        Err(PointFault::NonCanonical)
    } else if ED25519_SMALL_ORDER_Y.contains(&y) {
        Err(PointFault::SmallOrder)
    } else {
        Ok(())
    }
}

impl Signature {
    /// Bytes of every signature.
    pub const LEN: usize = 64;

    /// Takes 64 bytes as a signature of an algorithm.
    ///
    /// # Errors
    /// [`SignatureFault`] where the bytes cannot be, or are not the one canonical form of, a
    /// signature.
    pub fn parse(algorithm: Algorithm, bytes: &[u8]) -> Result<Self, SignatureFault> {
        let whole: [u8; 64] = bytes
            .try_into()
            .map_err(|_| SignatureFault::Length(bytes.len()))?;
        let (first, second) = halves(&whole);
        match algorithm {
            Algorithm::Ed25519 => {
                match check_ed25519_point(&first) {
                    Err(PointFault::NonCanonical) => return Err(SignatureFault::NonCanonicalR),
                    Err(PointFault::SmallOrder) => return Err(SignatureFault::SmallOrderR),
                    Ok(()) => {}
                }
                let mut s = second;
                s.reverse();
                if s >= ED25519_ORDER {
                    return Err(SignatureFault::NonCanonicalS);
                }
            }
            Algorithm::Es256 => {
                check_range(&first, &second, &P256_ORDER)?;
                if second > P256_HALF_ORDER {
                    return Err(SignatureFault::HighS);
                }
            }
            // SM2 has no second valid s for the same r, so there is no lower half to ask for.
            Algorithm::Sm2 => check_range(&first, &second, &SM2_ORDER)?,
        }
        Ok(Self {
            algorithm,
            bytes: whole,
        })
    }

    /// Takes an ES256 signature from a signer that does not choose the lower s (browsers, most
    /// hardware) and lowers it.
    ///
    /// # Errors
    /// [`SignatureFault`] where r or s is out of range or the length is not 64.
    pub fn lowering_s(bytes: &[u8]) -> Result<Self, SignatureFault> {
        let mut whole: [u8; 64] = bytes
            .try_into()
            .map_err(|_| SignatureFault::Length(bytes.len()))?;
        let (r, s) = halves(&whole);
        check_range(&r, &s, &P256_ORDER)?;
        if s > P256_HALF_ORDER {
            let lower = subtract(&P256_ORDER, &s);
            for (to, from) in whole.iter_mut().skip(32).zip(lower) {
                *to = from;
            }
        }
        Self::parse(Algorithm::Es256, &whole)
    }

    /// The algorithm that the bytes were checked for.
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The two numbers of 32 bytes.
    pub(super) fn halves(&self) -> ([u8; 32], [u8; 32]) {
        halves(&self.bytes)
    }

    /// The 64 bytes.
    pub const fn as_bytes(&self) -> &[u8; Self::LEN] {
        &self.bytes
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({}, ", self.algorithm)?;
        self.bytes
            .iter()
            .try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str(")")
    }
}

fn halves(whole: &[u8; 64]) -> ([u8; 32], [u8; 32]) {
    let mut first = ZERO;
    let mut second = ZERO;
    let (left, right) = whole.split_at(32);
    first.copy_from_slice(left);
    second.copy_from_slice(right);
    (first, second)
}

fn check_range(r: &[u8; 32], s: &[u8; 32], order: &[u8; 32]) -> Result<(), SignatureFault> {
    let out_of_range = |value: &[u8; 32]| *value == ZERO || value >= order;
    if out_of_range(r) {
        Err(SignatureFault::RangeOfR)
    } else if out_of_range(s) {
        Err(SignatureFault::RangeOfS)
    } else {
        Ok(())
    }
}

/// `larger - smaller`, both big-endian.
fn subtract(larger: &[u8; 32], smaller: &[u8; 32]) -> [u8; 32] {
    let mut difference = ZERO;
    let mut borrow = false;
    let digits = larger.iter().zip(smaller).zip(difference.iter_mut());
    for ((a, b), to) in digits.rev() {
        let (step, first) = a.overflowing_sub(*b);
        let (step, second) = step.overflowing_sub(u8::from(borrow));
        *to = step;
        borrow = first || second;
    }
    difference
}
