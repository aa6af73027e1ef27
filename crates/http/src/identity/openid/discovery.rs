//! What a provider says about itself (`OpenID` Connect Discovery 1.0 §4) and its keys (RFC 7517):
//! fetched when they are needed, kept for an hour, and for a day where the provider is away.

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use bytes::Bytes;
use hc_code::{Span, Timestamp};
use http_body_util::Full;
use hyper::{Method, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::Mutex;

use super::request;
use crate::identity::endpoint::Endpoint;
use crate::identity::outgoing::{Outgoing, OutgoingError};

/// So long what was fetched is taken as it is.
const FRESH: Span = Span::hours(1);
/// So long it is gone on with where nothing new can be had.
const STALE: Span = Span::hours(24);
/// Nothing is fetched more often than this, whatever tokens ask for.
const PAUSE: Span = Span::seconds(60);
/// The most bytes of either document, and the most keys.
const DOCUMENT: usize = 256 << 10;
const MOST_KEYS: usize = 64;

/// What is known of a provider.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) authorization: Endpoint,
    pub(super) token: Endpoint,
    pub(super) user_info: Option<Endpoint>,
    /// Whether it names itself when it sends somebody back (RFC 9207 §3).
    pub(super) names_issuer: bool,
    /// Its keys, as they were sent: each is read when a token names it.
    pub(super) keys: Vec<Value>,
    at: Timestamp,
}

/// The document of the provider's configuration.
#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

/// Its keys.
#[derive(Deserialize)]
struct Keys {
    keys: Vec<Value>,
}

/// What is kept of a provider.
#[derive(Debug)]
pub(super) struct Discovery {
    issuer: Endpoint,
    known: ArcSwapOption<Known>,
    /// When something was fetched last, or was to be; also held while it is.
    tried: Mutex<Timestamp>,
}

impl Discovery {
    pub(super) fn new(issuer: Endpoint) -> Self {
        Self {
            issuer,
            known: ArcSwapOption::empty(),
            tried: Mutex::new(Timestamp::MIN),
        }
    }

    /// What is known, where it need not be fetched.
    pub(super) fn fresh(&self, now: Timestamp) -> Option<Arc<Known>> {
        let known = self.known.load_full()?;
        (now < known.at.plus(FRESH)).then_some(known)
    }

    /// What is known, fetched where it has to be. One fetches, and the others wait for that.
    pub(super) async fn known(
        &self,
        outgoing: &Outgoing,
        now: Timestamp,
    ) -> Result<Arc<Known>, OutgoingError> {
        if let Some(known) = self.fresh(now) {
            return Ok(known);
        }
        let mut tried = self.tried.lock().await;
        if let Some(known) = self.fresh(now) {
            return Ok(known);
        }
        let stale = self.known.load_full();
        let stale = stale.filter(|known| now < known.at.plus(STALE));
        if let Some(stale) = &stale
            && now < tried.plus(PAUSE)
        {
            return Ok(Arc::clone(stale));
        }
        *tried = now;
        match (self.fetch(outgoing, now).await, stale) {
            (Err(_), Some(stale)) => Ok(stale),
            (fetched, _) => fetched,
        }
    }

    /// The keys anew, because a token names one that is not among them; nothing where they were
    /// fetched a moment ago.
    pub(super) async fn renewed(
        &self,
        outgoing: &Outgoing,
        now: Timestamp,
    ) -> Result<Option<Arc<Known>>, OutgoingError> {
        let mut tried = self.tried.lock().await;
        if now < tried.plus(PAUSE) {
            return Ok(None);
        }
        *tried = now;
        self.fetch(outgoing, now).await.map(Some)
    }

    async fn fetch(
        &self,
        outgoing: &Outgoing,
        now: Timestamp,
    ) -> Result<Arc<Known>, OutgoingError> {
        let issuer = self.issuer.as_str().trim_end_matches('/');
        let at = endpoint(&format!("{issuer}/.well-known/openid-configuration"))?;
        let metadata: Metadata = get(outgoing, &at).await?;
        // Whoever could answer for another issuer could sign people in as anybody (Discovery §4.3).
        if metadata.issuer != self.issuer.as_str() {
            return Err(OutgoingError::Nonsense);
        }
        let keys: Keys = get(outgoing, &endpoint(&metadata.jwks_uri)?).await?;
        if keys.keys.len() > MOST_KEYS {
            return Err(OutgoingError::Nonsense);
        }
        let user_info = metadata.userinfo_endpoint.as_deref();
        let known = Arc::new(Known {
            authorization: endpoint(&metadata.authorization_endpoint)?,
            token: endpoint(&metadata.token_endpoint)?,
            user_info: user_info.map(endpoint).transpose()?,
            names_issuer: metadata.authorization_response_iss_parameter_supported,
            keys: keys.keys,
            at: now,
        });
        self.known.store(Some(Arc::clone(&known)));
        Ok(known)
    }
}

fn endpoint(text: &str) -> Result<Endpoint, OutgoingError> {
    Endpoint::parse(text).map_err(|_| OutgoingError::Nonsense)
}

async fn get<T: DeserializeOwned>(outgoing: &Outgoing, at: &Endpoint) -> Result<T, OutgoingError> {
    let request = request(Method::GET, at).body(Full::new(Bytes::new()));
    let request = request.map_err(|_| OutgoingError::Nonsense)?;
    let (status, body) = outgoing.send(request, DOCUMENT).await?;
    if status != StatusCode::OK {
        return Err(OutgoingError::Nonsense);
    }
    serde_json::from_slice(&body).map_err(|_| OutgoingError::Nonsense)
}
