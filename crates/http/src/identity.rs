//! Who a person is: the proof that comes with an enrolment, and whoever checks it.
//!
//! A region connects its identity provider here. Nothing else of the interface takes a document
//! without a device token.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use hc_core::document::Document;
use hc_core::personal::PersonName;

/// What the person brings to prove who they are.
#[derive(Clone, PartialEq, Eq)]
pub struct IdentityProof {
    method: String,
    value: String,
}

/// The most characters of a proof: an answer of a provider, signed, fits.
pub const LONGEST_PROOF: usize = 8192;

/// A proof that cannot be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The method.
    #[error("is not a method: 1 to 32 lower-case letters, digits and hyphens")]
    Method,
    /// The proof.
    #[error("has more than {LONGEST_PROOF} characters")]
    TooLong,
}

impl IdentityProof {
    /// A proof by a method.
    ///
    /// # Errors
    /// [`ProofError`].
    pub fn new(method: &str, value: &str) -> Result<Self, ProofError> {
        let word = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
        if !(1..=32).contains(&method.len()) || !method.bytes().all(word) {
            return Err(ProofError::Method);
        }
        if value.chars().count() > LONGEST_PROOF {
            return Err(ProofError::TooLong);
        }
        Ok(Self {
            method: method.to_owned(),
            value: value.to_owned(),
        })
    }

    /// The method.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The proof itself.
    pub fn expose_value(&self) -> &str {
        &self.value
    }
}

impl fmt::Debug for IdentityProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IdentityProof({}, …)", self.method)
    }
}

/// An identity that was proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identified {
    /// By which method, as the answer to the person says it.
    pub by: &'static str,
}

/// Why an identity is not taken as proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdentifyError {
    /// The provider is not one that this region knows.
    #[error("the region does not know this method of proof")]
    Method,
    /// The proof does not hold for this document and name.
    #[error("the proof does not hold for this document and name")]
    Refused,
    /// The provider does not answer.
    #[error("the identity provider does not answer")]
    Unavailable,
}

/// The answer, when it is there.
pub type Answer<'a> = Pin<Box<dyn Future<Output = Result<Identified, IdentifyError>> + Send + 'a>>;

/// Checks proofs of identity.
pub trait Identify: Send + Sync + 'static {
    /// Whether the proof shows that the document is the person's of this name.
    ///
    /// # Errors
    /// [`IdentifyError`].
    fn identify<'a>(
        &'a self,
        proof: &'a IdentityProof,
        document: &'a Document,
        name: &'a PersonName,
    ) -> Answer<'a>;
}

/// Takes everybody at their word, for demonstrations: the method is `demo`, and answers say so.
/// A region in service never uses it.
#[derive(Clone, Copy, Debug)]
pub struct Demonstration;

impl Identify for Demonstration {
    fn identify<'a>(
        &'a self,
        proof: &'a IdentityProof,
        _document: &'a Document,
        _name: &'a PersonName,
    ) -> Answer<'a> {
        let found = if proof.method() == "demo" {
            Ok(Identified { by: "demo" })
        } else {
            Err(IdentifyError::Method)
        };
        Box::pin(std::future::ready(found))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_has_a_method_and_a_bounded_value_and_is_not_shown() {
        let proof = IdentityProof::new("demo", "secret").unwrap();
        assert!(!format!("{proof:?}").contains("secret"));
        for method in ["", "Demo", "x y", &"a".repeat(33)] {
            assert_eq!(IdentityProof::new(method, ""), Err(ProofError::Method));
        }
        let long = "密".repeat(LONGEST_PROOF + 1);
        assert_eq!(IdentityProof::new("demo", &long), Err(ProofError::TooLong));
    }
}
