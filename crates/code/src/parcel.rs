//! Parcels: what one region sends another about one person, signed by the sender and sealed to the
//! receiver.
//!
//! `spec/parcels.md` is the normative description. A parcel is a `COSE_Sign1` (RFC 9052) over a label in
//! clear and an HPKE ciphertext (RFC 9180, base mode, DHKEM(X25519, HKDF-SHA256), ChaCha20-Poly1305). The
//! label is signed and is the associated data of the seal, so neither can be moved to the other's place.
//! Content is padded to one of nine lengths.
//!
//! ```
//! use hc_code::parcel::{Kind, Label, ParcelId, SealingSecret, Sender, open, seal};
//! use hc_code::signing::{Algorithm, KeyId, PublicKey, Signer, SigningKey};
//! use hc_code::{DivisionCode, Span, Timestamp};
//! # use rand_core::{TryCryptoRng, TryRng};
//! # struct Counting(u8);
//! # impl TryRng for Counting {
//! #     type Error = core::convert::Infallible;
//! #     fn try_next_u32(&mut self) -> Result<u32, Self::Error> { self.0 += 1; Ok(self.0.into()) }
//! #     fn try_next_u64(&mut self) -> Result<u64, Self::Error> { self.0 += 1; Ok(self.0.into()) }
//! #     fn try_fill_bytes(&mut self, to: &mut [u8]) -> Result<(), Self::Error> { to.fill(7); Ok(()) }
//! # }
//! # impl TryCryptoRng for Counting {}
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let now: Timestamp = "2022-06-28T12:00:00+08:00".parse()?;
//! let (chongqing, sichuan): (DivisionCode, DivisionCode) = ("500000".parse()?, "510000".parse()?);
//! let signer = SigningKey::from_secret(Algorithm::Ed25519, &[7; 32])?;
//! # let mut random = Counting(0);
//! let secret = SealingSecret::generate(&mut random);
//! let id = ParcelId::from_bytes([1; 16]);
//! let label = Label::new((chongqing, sichuan), Kind::Evidence, id, now, now.plus(Span::hours(1)))?;
//! let bytes = seal(&signer, &label, secret.public(), b"a line of evidence", &mut random)?;
//!
//! let known = |region: DivisionCode, key: KeyId| {
//!     let listed = region == chongqing && key == signer.public_key().id();
//!     listed.then(|| Sender { key: signer.public_key().clone(), from: now, until: now.plus(Span::hours(2)) })
//! };
//! let parcel = open(&bytes, sichuan, &[&secret], known, now)?;
//! assert_eq!(parcel.content(), b"a line of evidence");
//! # Ok(())
//! # }
//! ```

mod answer;
mod label;
mod padding;
mod sealed;
mod secret;

pub use answer::{AnswerError, EvidenceReceipt, Outcome, Report};
pub use label::{Kind, Label, LabelError, ParcelId, UnknownKind};
pub use padding::{LONGEST_CONTENT, PaddingError};
pub use sealed::{Parcel, ParcelError, SealError, Sender, open, seal};
pub use secret::SealingSecret;

#[cfg(test)]
mod tests;
