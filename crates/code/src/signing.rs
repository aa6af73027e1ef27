//! Keys and signatures: three algorithms, one meaning of "valid" on every platform.
//!
//! The algorithm belongs to the key; a message never chooses it. What libraries differ on (low-S,
//! ranges, canonical S and R, small-order points, key encodings) is checked here first, when a
//! [`Signature`] or a [`PublicKey`] is made, so that the native and the WebAssembly build answer
//! alike on every input.
//!
//! Who computes: on servers AWS-LC, and for SM2 the project's own fast code; in WebAssembly a library
//! for Ed25519 and the project's own small code for the other two. The tests hold all of them against
//! libraries in Rust.

mod algorithm;
mod key_id;
#[cfg(not(target_family = "wasm"))]
mod native;
mod portable;
mod public_key;
mod signature;
mod signing_key;
#[cfg(not(target_family = "wasm"))]
mod sm2_native;
#[cfg(target_family = "wasm")]
mod small;
#[cfg(any(target_family = "wasm", test))]
mod weierstrass;

pub use algorithm::Algorithm;
pub use key_id::{KeyId, KeyIdError};
pub use public_key::{PublicKey, PublicKeyError};
pub use signature::{Signature, SignatureFault};
pub use signing_key::{SecretKeyError, Signer, SigningError, SigningKey};

#[cfg(test)]
mod tests;
