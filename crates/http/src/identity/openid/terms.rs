//! What the region and a provider agreed on.

use std::fmt;
use std::sync::Arc;

use jsonwebtoken::Algorithm;
use zeroize::Zeroizing;

use crate::identity::endpoint::Endpoint;
use crate::identity::outgoing::OutgoingTerms;
use crate::identity::person::Members;

/// Terms of one provider.
#[derive(Clone)]
pub struct OpenIdTerms {
    /// The method's name.
    pub name: Arc<str>,
    /// Its title in Chinese and in English.
    pub title: [Arc<str>; 2],
    /// The issuer, exactly as its tokens say it.
    pub issuer: Endpoint,
    /// Under which name the provider knows the region.
    pub client: String,
    /// How the region shows that it is the one.
    pub authentication: Authentication,
    /// Where the provider sends the person back to: the page that finishes the sign-in.
    pub redirect: Endpoint,
    /// What is asked for; `openid` is among them.
    pub scopes: Vec<String>,
    /// By which algorithms tokens may be signed.
    pub algorithms: Vec<SigningAlgorithm>,
    /// Of which kinds the sign-in must be (claim `acr`); any where there is none.
    pub acr: Vec<String>,
    /// Where the person's data stand.
    pub members: Members,
    /// Whether they are asked for at the provider's user-info endpoint instead of the token.
    pub user_info: bool,
    /// Bounds of asking.
    pub outgoing: OutgoingTerms,
}

/// How the region authenticates at the token endpoint (Core §9).
#[derive(Clone)]
pub enum Authentication {
    /// `client_secret_basic`.
    Basic(Zeroizing<String>),
    /// `client_secret_post`.
    Post(Zeroizing<String>),
    /// Not at all: PKCE alone binds the code.
    None,
}

/// An algorithm with a key that the provider alone holds. Neither `none` nor any with a shared secret
/// is among them: who checks such a token could make it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SigningAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// RSASSA-PSS with SHA-256.
    Ps256,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// ECDSA on P-384 with SHA-384.
    Es384,
    /// Ed25519.
    EdDsa,
}

impl SigningAlgorithm {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Rs256,
        Self::Ps256,
        Self::Es256,
        Self::Es384,
        Self::EdDsa,
    ];

    /// Its name in a token (RFC 7518 §3.1, RFC 8037).
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::EdDsa => "EdDSA",
        }
    }

    /// The type and, where it has one, the curve of its keys.
    pub(super) const fn key(self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::Rs256 | Self::Ps256 => ("RSA", None),
            Self::Es256 => ("EC", Some("P-256")),
            Self::Es384 => ("EC", Some("P-384")),
            Self::EdDsa => ("OKP", Some("Ed25519")),
        }
    }

    pub(super) const fn library(self) -> Algorithm {
        match self {
            Self::Rs256 => Algorithm::RS256,
            Self::Ps256 => Algorithm::PS256,
            Self::Es256 => Algorithm::ES256,
            Self::Es384 => Algorithm::ES384,
            Self::EdDsa => Algorithm::EdDSA,
        }
    }
}

impl fmt::Debug for OpenIdTerms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenIdTerms")
            .field("name", &self.name)
            .field("issuer", &self.issuer.as_str())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Authentication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Basic(_) => "Basic(…)",
            Self::Post(_) => "Post(…)",
            Self::None => "None",
        })
    }
}
