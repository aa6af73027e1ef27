//! Who a person is: the proof that comes with an enrolment, and whoever checks it.
//!
//! A region connects its identity providers here. Nothing else of the interface takes a document
//! without a device token. Document and name are the provider's to say: what a person typed may only
//! agree with them.

mod endpoint;
mod openid;
mod outgoing;
mod person;
mod providers;
mod replay;
mod session;
mod super_app;

use std::fmt;
use std::future::{Future, ready};
use std::pin::Pin;
use std::sync::Arc;

use hc_code::Timestamp;
use hc_core::document::Document;
use hc_core::personal::PersonName;

pub use endpoint::{Endpoint, EndpointError};
pub use openid::{Authentication, OpenIdTerms, SigningAlgorithm};
pub use outgoing::{OutgoingTerms, Trust, TrustError};
pub use person::{Kinds, Members};
pub use providers::{MethodName, Provider, Providers, ProvidersError};
pub use session::SessionSealer;
pub use super_app::{Form, SuperAppTerms};

/// What the person brings to prove who they are.
#[derive(Clone, PartialEq, Eq)]
pub struct IdentityProof {
    method: String,
    value: String,
    sign_in: Option<SignIn>,
}

/// What a person's page brings back from a sign-in at a provider, beside the code.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SignIn {
    /// What the region gave when the sign-in began.
    pub(crate) session: String,
    /// What came back in the address.
    pub(crate) state: String,
    /// Who answered, where the provider says it (RFC 9207).
    pub(crate) issuer: Option<String>,
}

/// The most characters of a proof: an answer of a provider, signed, fits.
pub const LONGEST_PROOF: usize = 8192;
/// The most characters of what belongs to a sign-in.
pub const LONGEST_SIGN_IN: usize = 512;

/// A proof that cannot be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The method.
    #[error("is not a method: 1 to 32 lower-case letters, digits and hyphens")]
    Method,
    /// The proof.
    #[error("has more than {LONGEST_PROOF} characters")]
    TooLong,
    /// Session, state or issuer.
    #[error("session, state and issuer have at most {LONGEST_SIGN_IN} characters each")]
    SignInTooLong,
}

impl IdentityProof {
    /// A proof by a method.
    ///
    /// # Errors
    /// [`ProofError`].
    pub fn new(method: &str, value: &str) -> Result<Self, ProofError> {
        if !is_method(method) {
            return Err(ProofError::Method);
        }
        if value.chars().count() > LONGEST_PROOF {
            return Err(ProofError::TooLong);
        }
        Ok(Self {
            method: method.to_owned(),
            value: value.to_owned(),
            sign_in: None,
        })
    }

    /// The same from a sign-in at a provider.
    ///
    /// # Errors
    /// [`ProofError::SignInTooLong`].
    pub fn signed_in(
        self,
        session: String,
        state: String,
        issuer: Option<String>,
    ) -> Result<Self, ProofError> {
        let texts = [Some(&session), Some(&state), issuer.as_ref()];
        if texts
            .iter()
            .flatten()
            .any(|text| text.chars().count() > LONGEST_SIGN_IN)
        {
            return Err(ProofError::SignInTooLong);
        }
        let sign_in = SignIn {
            session,
            state,
            issuer,
        };
        Ok(Self {
            sign_in: Some(sign_in),
            ..self
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

    pub(crate) const fn sign_in(&self) -> Option<&SignIn> {
        self.sign_in.as_ref()
    }
}

impl fmt::Debug for IdentityProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IdentityProof({}, …)", self.method)
    }
}

fn is_method(text: &str) -> bool {
    let word = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
    (1..=32).contains(&text.len()) && text.bytes().all(word)
}

/// What a person typed of themselves. A provider that proves it makes typing needless.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed {
    /// The document.
    pub document: Option<Document>,
    /// The name.
    pub name: Option<PersonName>,
}

/// An identity that was proved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identified {
    /// By which method, as the answer to the person says it.
    pub by: Arc<str>,
    /// The person's document.
    pub document: Document,
    /// The person's name.
    pub name: PersonName,
}

impl Identified {
    /// What was proved, if what the person typed agrees with it.
    ///
    /// # Errors
    /// [`IdentifyError::Differs`].
    pub(crate) fn agreeing(self, typed: &Typed) -> Result<Self, IdentifyError> {
        let document = typed
            .document
            .as_ref()
            .is_some_and(|document| document.key() != self.document.key());
        let name = typed.name.as_ref().is_some_and(|name| *name != self.name);
        if document || name {
            return Err(IdentifyError::Differs { document, name });
        }
        Ok(self)
    }
}

/// Why an identity is not taken as proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdentifyError {
    /// The provider is not one that this region knows.
    #[error("the region does not know this method of proof")]
    Method,
    /// The sign-in.
    #[error("the sign-in was not begun here, has ended, or was used already: begin again")]
    SignIn,
    /// The proof does not hold.
    #[error("the proof does not hold")]
    Refused,
    /// What was typed is not what was proved.
    #[error("what was typed is not what the provider says")]
    Differs {
        /// The document.
        document: bool,
        /// The name.
        name: bool,
    },
    /// The method proves nothing of what has to be known, and it was not typed either.
    #[error("document and name are needed: this method does not prove them")]
    Untyped,
    /// The provider knows the person but does not say which document is theirs.
    #[error("the provider does not say whose document it is: real-name data was not granted")]
    NoRealName,
    /// The provider says a document or name that is none.
    #[error("the document or name that the provider says is none that the region can take")]
    Unreadable,
    /// The provider does not answer, or too much is asked of it.
    #[error("the identity provider does not answer")]
    Unavailable,
    /// The provider does not accept the region: for the operators to mend.
    #[error("the identity provider does not accept the region")]
    Misconfigured,
}

/// The answer, when it is there.
pub type Answer<'a> = Pin<Box<dyn Future<Output = Result<Identified, IdentifyError>> + Send + 'a>>;
/// A sign-in that has begun, when it has.
pub type Beginning<'a> = Pin<Box<dyn Future<Output = Result<Begun, IdentifyError>> + Send + 'a>>;

/// A sign-in at a provider that has begun.
#[derive(Clone, PartialEq, Eq)]
pub struct Begun {
    /// Where the person's page goes.
    pub url: String,
    /// What the page keeps meanwhile and gives back with what the provider answered. Nobody else may
    /// have it: it binds the sign-in to the page that began it.
    pub session: String,
    /// Until when it can be finished.
    pub until: Timestamp,
}

impl fmt::Debug for Begun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Begun(until {})", self.until)
    }
}

/// How a person proves who they are by a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The page goes to the provider and comes back with a code and a state.
    Redirect,
    /// The page already has a code, from the application that it runs in.
    Code,
    /// Nothing is proved: a demonstration.
    Word,
}

/// A method that a region offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Method {
    /// Its name.
    pub name: Arc<str>,
    /// How it goes.
    pub way: Way,
    /// Its title for people, in Chinese and in English.
    pub title: [Arc<str>; 2],
}

/// Checks proofs of identity.
pub trait Identify: Send + Sync + 'static {
    /// What the region offers.
    fn methods(&self) -> Vec<Method> {
        Vec::new()
    }

    /// Begins a sign-in by a method.
    ///
    /// # Errors
    /// [`IdentifyError`].
    fn begin<'a>(&'a self, method: &'a str, now: Timestamp) -> Beginning<'a> {
        let _ = (method, now);
        Box::pin(ready(Err(IdentifyError::Method)))
    }

    /// Who the proof shows the person to be.
    ///
    /// # Errors
    /// [`IdentifyError`].
    fn identify<'a>(
        &'a self,
        proof: &'a IdentityProof,
        typed: &'a Typed,
        now: Timestamp,
    ) -> Answer<'a>;

    /// How often each method ended how, since the start: method, end, count.
    fn counts(&self) -> Vec<(Arc<str>, &'static str, u64)> {
        Vec::new()
    }
}

/// Takes everybody at their word, for demonstrations: the method is `demo`, and answers say so.
/// A region in service never uses it.
#[derive(Clone, Copy, Debug)]
pub struct Demonstration;

impl Identify for Demonstration {
    fn methods(&self) -> Vec<Method> {
        vec![Method {
            name: "demo".into(),
            way: Way::Word,
            title: ["演示".into(), "demonstration".into()],
        }]
    }

    fn identify<'a>(
        &'a self,
        proof: &'a IdentityProof,
        typed: &'a Typed,
        _now: Timestamp,
    ) -> Answer<'a> {
        let found = match (proof.method(), &typed.document, &typed.name) {
            ("demo", Some(document), Some(name)) => Ok(Identified {
                by: "demo".into(),
                document: document.clone(),
                name: name.clone(),
            }),
            ("demo", ..) => Err(IdentifyError::Untyped),
            _ => Err(IdentifyError::Method),
        };
        Box::pin(ready(found))
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
        let state = "s".repeat(LONGEST_SIGN_IN + 1);
        let refused = proof.signed_in(String::new(), state, None);
        assert_eq!(refused, Err(ProofError::SignInTooLong));
    }
}
