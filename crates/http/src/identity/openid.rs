//! `OpenID` Connect Core 1.0, authorization code flow with PKCE: the person signs in at a provider
//! and the region asks the provider who that is.
//!
//! Checked of what comes back: that the sign-in began here and is used once (state, sealed session),
//! that it ends in time, that the provider that answers is the one that was asked (RFC 9207), and of
//! the token all of [`id_token`].

mod discovery;
mod id_token;
mod terms;

use std::fmt;

use base64ct::{Base64, Encoding};
use bytes::Bytes;
use hc_code::Timestamp;
use http_body_util::Full;
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use hyper::{Method, Request, StatusCode};
use serde::Deserialize;
use serde_json::Value;
use zeroize::{ZeroizeOnDrop, Zeroizing};

use super::endpoint::{Endpoint, form};
use super::outgoing::{NotProved, Outgoing, OutgoingError, Trust};
use super::replay::{NotNow, Used};
use super::session::{Session, SessionSealer};
use super::{Begun, Identified, IdentifyError, IdentityProof};
use discovery::{Discovery, Known};
pub use terms::{Authentication, OpenIdTerms, SigningAlgorithm};

/// The most bytes of an answer with tokens, or of a person's claims.
const ANSWER: usize = 64 << 10;

/// A provider.
pub(super) struct OpenId {
    terms: OpenIdTerms,
    outgoing: Outgoing,
    discovery: Discovery,
    used: Used,
}

/// So many sign-ins are finished within the time that one may take, at the most.
const USED: usize = 1 << 18;

/// The answer of a token endpoint (RFC 6749 §5.1).
#[derive(Deserialize, ZeroizeOnDrop)]
struct Tokens {
    id_token: String,
    access_token: Option<String>,
}

/// Its error (RFC 6749 §5.2).
#[derive(Deserialize)]
struct TokenError {
    error: String,
}

impl OpenId {
    pub(super) fn new(terms: OpenIdTerms, trust: &Trust) -> Self {
        Self {
            outgoing: Outgoing::new(terms.outgoing, trust),
            discovery: Discovery::new(terms.issuer.clone()),
            used: Used::new(USED),
            terms,
        }
    }

    pub(super) const fn terms(&self) -> &OpenIdTerms {
        &self.terms
    }

    /// Whether the provider says of itself what it should.
    pub(super) async fn reach(&self, now: Timestamp) -> Result<(), NotProved> {
        let asked = async { Ok(self.discovery.known(&self.outgoing, now).await?) };
        self.outgoing.during(now, asked).await.map(drop)
    }

    /// Where the person signs in (Core §3.1.2.1).
    pub(super) async fn begin(
        &self,
        session: Session,
        sealer: &SessionSealer,
        now: Timestamp,
    ) -> Result<Begun, NotProved> {
        let known = if let Some(known) = self.discovery.fresh(now) {
            known
        } else {
            let asked = async { Ok(self.discovery.known(&self.outgoing, now).await?) };
            self.outgoing.during(now, asked).await?
        };
        let scopes = self.terms.scopes.join(" ");
        let (state, nonce, challenge) = (
            session.state_text(),
            session.nonce_text(),
            session.challenge(),
        );
        let acr = self.terms.acr.join(" ");
        let mut pairs = vec![
            ("response_type", "code"),
            ("client_id", &*self.terms.client),
            ("redirect_uri", self.terms.redirect.as_str()),
            ("scope", &scopes),
            ("state", &state),
            ("nonce", &nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        if !acr.is_empty() {
            pairs.push(("acr_values", &acr));
        }
        Ok(Begun {
            url: known.authorization.with_query(&form(pairs)),
            session: sealer.seal(&session, &self.terms.name),
            until: session.until,
        })
    }

    /// Who signed in.
    pub(super) async fn identify(
        &self,
        proof: &IdentityProof,
        sealer: &SessionSealer,
        now: Timestamp,
    ) -> Result<Identified, NotProved> {
        let sign_in = proof.sign_in().ok_or(IdentifyError::SignIn)?;
        let session = sealer
            .open(&sign_in.session, &self.terms.name, now)
            .filter(|session| session.state_text() == sign_in.state)
            .ok_or(IdentifyError::SignIn)?;
        let finish = self.finish(proof, &session, sign_in.issuer.as_deref(), now);
        self.outgoing.during(now, finish).await
    }

    async fn finish(
        &self,
        proof: &IdentityProof,
        session: &Session,
        issuer: Option<&str>,
        now: Timestamp,
    ) -> Result<Identified, NotProved> {
        let known = self.discovery.known(&self.outgoing, now).await?;
        let named = issuer.map(|issuer| issuer == self.terms.issuer.as_str());
        if !named.unwrap_or(!known.names_issuer) {
            return Err(IdentifyError::Refused.into());
        }
        let used = self.used.once(session.state, session.until, now);
        used.map_err(|not| match not {
            NotNow::Used => NotProved::from(IdentifyError::SignIn),
            NotNow::Full => OutgoingError::Busy.into(),
        })?;
        let tokens = self.redeem(&known, proof.expose_value(), session).await?;
        let nonce = session.nonce_text();
        let mut verified =
            id_token::verify(&tokens.id_token, &known.keys, &self.terms, &nonce, now);
        if verified == Err(id_token::Refused::UnknownKey)
            && let Some(renewed) = self.discovery.renewed(&self.outgoing, now).await?
        {
            verified = id_token::verify(&tokens.id_token, &renewed.keys, &self.terms, &nonce, now);
        }
        let token = verified.map_err(|_| IdentifyError::Refused)?;
        let said = if self.terms.user_info {
            self.user_info(&known, &tokens, &token).await?
        } else {
            token
        };
        let (document, name) = self.terms.members.read(&said, now)?;
        Ok(Identified {
            by: self.terms.name.clone(),
            document,
            name,
        })
    }

    /// Redeems a code (RFC 6749 §4.1.3, RFC 7636 §4.5).
    async fn redeem(
        &self,
        known: &Known,
        code: &str,
        session: &Session,
    ) -> Result<Tokens, NotProved> {
        let verifier = session.verifier_text();
        let mut pairs = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", self.terms.redirect.as_str()),
            ("code_verifier", &verifier),
        ];
        let mut request = request(Method::POST, &known.token)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        match &self.terms.authentication {
            Authentication::Basic(secret) => {
                request = request.header(AUTHORIZATION, basic(&self.terms.client, secret).as_str());
            }
            Authentication::Post(secret) => {
                pairs.push(("client_id", &self.terms.client));
                pairs.push(("client_secret", secret));
            }
            Authentication::None => pairs.push(("client_id", &self.terms.client)),
        }
        let (status, body) = self.send(request, form(pairs)).await?;
        if status == StatusCode::OK {
            let tokens = serde_json::from_slice(&body);
            return tokens.map_err(|_| OutgoingError::Nonsense.into());
        }
        let error = serde_json::from_slice::<TokenError>(&body);
        Err(match error.as_ref().map(|error| error.error.as_str()) {
            Ok("invalid_grant") => IdentifyError::Refused.into(),
            Ok(
                "invalid_client"
                | "unauthorized_client"
                | "invalid_request"
                | "invalid_scope"
                | "unsupported_grant_type",
            ) => IdentifyError::Misconfigured.into(),
            _ => OutgoingError::Nonsense.into(),
        })
    }

    /// Asks for the person's claims (Core §5.3); they must be of the person of the token (§5.3.2).
    async fn user_info(
        &self,
        known: &Known,
        tokens: &Tokens,
        token: &Value,
    ) -> Result<Value, NotProved> {
        let (Some(endpoint), Some(access)) = (&known.user_info, &tokens.access_token) else {
            return Err(IdentifyError::Misconfigured.into());
        };
        let bearer = Zeroizing::new(format!("Bearer {}", access.as_str()));
        let request = request(Method::GET, endpoint).header(AUTHORIZATION, bearer.as_str());
        let (status, body) = self.send(request, String::new()).await?;
        if status != StatusCode::OK {
            return Err(OutgoingError::Nonsense.into());
        }
        let said: Value = serde_json::from_slice(&body).map_err(|_| OutgoingError::Nonsense)?;
        if said.get("sub").is_none() || said.get("sub") != token.get("sub") {
            return Err(IdentifyError::Refused.into());
        }
        Ok(said)
    }

    async fn send(
        &self,
        request: hyper::http::request::Builder,
        body: String,
    ) -> Result<(StatusCode, Bytes), NotProved> {
        // A code or secret that cannot stand in a header is none that the provider gave.
        let request = request.body(Full::new(Bytes::from(body)));
        let request = request.map_err(|_| IdentifyError::Refused)?;
        Ok(self.outgoing.send(request, ANSWER).await?)
    }
}

fn request(method: Method, to: &Endpoint) -> hyper::http::request::Builder {
    Request::builder()
        .method(method)
        .uri(to.uri())
        .header(ACCEPT, "application/json")
}

/// Client and secret as RFC 6749 §2.3.1 asks: each form-encoded, then RFC 7617.
fn basic(client: &str, secret: &str) -> Zeroizing<String> {
    let encoded = |text: &str| {
        let pair = form([("", text)]);
        pair.trim_start_matches('=').to_owned()
    };
    let both = Zeroizing::new(format!("{}:{}", encoded(client), encoded(secret)));
    let mut header = Zeroizing::new("Basic ".to_owned());
    header.push_str(&Zeroizing::new(Base64::encode_string(both.as_bytes())));
    header
}

impl fmt::Debug for OpenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenId")
            .field("terms", &self.terms)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn client_and_secret_are_encoded_before_they_are_joined() {
        // "a:b" and "c d=" would be read as another pair otherwise.
        let header = basic("a:b", "=c d");
        let text = header.strip_prefix("Basic ").unwrap();
        let bytes = Base64::decode_vec(text).unwrap();
        assert_eq!(bytes, b"a%3Ab:%3Dc+d");
    }
}
