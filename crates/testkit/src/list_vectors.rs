//! The language-neutral vectors of `vectors/status-list`, `vectors/paper-list`, `vectors/trust-list`
//! and `vectors/day-key`.
//!
//! The first three offer signed bytes to a gate, in order, and then ask it something; the last gives
//! numbers. Everything is made from fixed seeds; a test compares it with the files that are checked
//! in.

pub mod day_key;
pub mod paper;
pub mod status;
pub mod trust;

use core::fmt::Debug;

use hc_code::cose::{self, CoseError, Header};
use hc_code::signing::{Algorithm, PublicKey, Signer, SigningKey};
use hc_code::{DivisionCode, Timestamp};

use crate::hexadecimal::read;
use crate::vectors::KeyForm;

/// The region whose lists these are.
const REGION: u32 = 330_000;

/// Stops a test whose constants are wrong.
#[expect(
    clippy::expect_used,
    reason = "a wrong constant in a test must stop it"
)]
fn made<T, E: Debug>(result: Result<T, E>) -> T {
    result.expect("what the vectors are made from")
}

fn at(text: &str) -> Timestamp {
    made(text.parse())
}

fn region(number: u32) -> DivisionCode {
    made(DivisionCode::new(number))
}

fn key(byte: u8) -> SigningKey {
    made(SigningKey::deterministic(Algorithm::Ed25519, &[byte; 32]))
}

/// A public key of a vector.
fn public_key(form: &KeyForm) -> Option<PublicKey> {
    let algorithm = Algorithm::from_name(&form.algorithm)?;
    PublicKey::parse(algorithm, &read(&form.key)?).ok()
}

/// Signs claims as they are, right or wrong.
fn signed(signer: &SigningKey, content_type: &str, claims: &[u8]) -> Vec<u8> {
    let header = Header::of(signer.public_key()).with_type(content_type);
    made(cose::sign(signer, &header, &[], claims))
}

/// The last byte changed, which belongs to the signature.
fn spoilt(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    if let Some(last) = bytes.last_mut() {
        *last ^= 0x08;
    }
    bytes
}

/// The word of what is wrong with form or signature.
const fn cose_word(error: &CoseError) -> &'static str {
    match error {
        CoseError::OtherKey => "other-key",
        CoseError::OtherType => "other-type",
        CoseError::Forged | CoseError::Signature(_) => "signature",
        _ => "form",
    }
}
