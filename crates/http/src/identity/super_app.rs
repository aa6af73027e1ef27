//! Authorisation codes of super apps: a mini program has a short code, and the region asks the app's
//! server whose it is.
//!
//! The forms differ in names only, so they are a table ([`Form`]); the address and, where a
//! government's gateway has other names, single cells of the table are configured. An open id alone
//! proves no document: real-name data must have been granted.

mod form;

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use hc_code::{Span, Timestamp};
use http_body_util::Full;
use hyper::header::{ACCEPT, CONTENT_TYPE};
use hyper::{Method, Request, StatusCode};
use serde_json::Value;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::endpoint::{Endpoint, form as encoded};
use super::outgoing::{NotProved, Outgoing, OutgoingError, OutgoingTerms, Trust};
use super::person::{Members, text};
use super::replay::{NotNow, Used};
use super::{Identified, IdentifyError, IdentityProof};
pub use form::Form;
use form::{Asked, Meaning};

/// Terms of one super app.
#[derive(Clone)]
pub struct SuperAppTerms {
    /// The method's name.
    pub name: Arc<str>,
    /// Its title in Chinese and in English.
    pub title: [Arc<str>; 2],
    /// How it is asked and answers.
    pub form: Form,
    /// Where it is asked.
    pub endpoint: Endpoint,
    /// Under which name the app knows the region's mini program.
    pub app: String,
    /// What only the region and the app know.
    pub secret: Zeroizing<String>,
    /// Where the person's data stand in the answer.
    pub members: Members,
    /// Bounds of asking.
    pub outgoing: OutgoingTerms,
}

impl fmt::Debug for SuperAppTerms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SuperAppTerms")
            .field("name", &self.name)
            .field("endpoint", &self.endpoint.as_str())
            .finish_non_exhaustive()
    }
}

/// A super app.
#[derive(Debug)]
pub(super) struct SuperApp {
    terms: SuperAppTerms,
    outgoing: Outgoing,
    used: Used,
}

/// The most bytes of an answer.
const ANSWER: usize = 64 << 10;
/// The most characters of a code.
const LONGEST: usize = 512;
/// Codes live five minutes at the most; they are remembered for longer.
const REMEMBERED: Span = Span::seconds(600);
/// The most codes that are remembered.
const USED: usize = 1 << 18;

impl SuperApp {
    pub(super) fn new(terms: SuperAppTerms, trust: &Trust) -> Self {
        Self {
            outgoing: Outgoing::new(terms.outgoing, trust),
            used: Used::new(USED),
            terms,
        }
    }

    pub(super) const fn terms(&self) -> &SuperAppTerms {
        &self.terms
    }

    /// Whose code it is.
    pub(super) async fn identify(
        &self,
        proof: &IdentityProof,
        now: Timestamp,
    ) -> Result<Identified, NotProved> {
        let code = proof.expose_value();
        let plain = |byte: u8| byte.is_ascii_graphic();
        if code.is_empty() || code.len() > LONGEST || !code.bytes().all(plain) {
            return Err(IdentifyError::Refused.into());
        }
        self.outgoing.during(now, self.redeem(code, now)).await
    }

    async fn redeem(&self, code: &str, now: Timestamp) -> Result<Identified, NotProved> {
        let mut mark = [0; 16];
        let hash = Sha256::digest(code.as_bytes());
        mark.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
        let used = self.used.once(mark, now.plus(REMEMBERED), now);
        used.map_err(|not| match not {
            NotNow::Used => NotProved::from(IdentifyError::Refused),
            NotNow::Full => OutgoingError::Busy.into(),
        })?;
        let (status, body) = self.outgoing.send(self.request(code)?, ANSWER).await?;
        let answer: Value = serde_json::from_slice(&body).map_err(|_| OutgoingError::Nonsense)?;
        let form = &self.terms.form;
        if let Some(error) = form.error(&answer) {
            return Err(match error {
                Meaning::Code => IdentifyError::Refused.into(),
                Meaning::Busy => OutgoingError::Failed.into(),
                Meaning::Region => IdentifyError::Misconfigured.into(),
                Meaning::Unknown => OutgoingError::Nonsense.into(),
            });
        }
        if status != StatusCode::OK {
            return Err(OutgoingError::Nonsense.into());
        }
        let said = form.inside(&answer).ok_or(OutgoingError::Nonsense)?;
        let open_id = form.open_ids.iter().find_map(|member| text(said, member));
        if open_id.is_none() {
            return Err(OutgoingError::Nonsense.into());
        }
        let (document, name) = self.terms.members.read(said, now)?;
        Ok(Identified {
            by: self.terms.name.clone(),
            document,
            name,
        })
    }

    fn request(&self, code: &str) -> Result<Request<Full<Bytes>>, NotProved> {
        let (terms, form) = (&self.terms, &self.terms.form);
        let own = [
            (&*form.app, terms.app.as_str()),
            (&*form.secret, terms.secret.as_str()),
            (&*form.code, code),
        ];
        let fixed = form.fixed.iter().map(|(name, value)| (&**name, &**value));
        let pairs = Zeroizing::new(encoded(own.into_iter().chain(fixed)));
        let request = match form.asked {
            Asked::Get => Request::get(terms.endpoint.with_query(&pairs)).body(Bytes::new()),
            Asked::Post => Request::builder()
                .method(Method::POST)
                .uri(terms.endpoint.uri())
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(Bytes::copy_from_slice(pairs.as_bytes())),
        };
        // What cannot be asked like this is a mistake in the configuration.
        let request = request.map_err(|_| IdentifyError::Misconfigured)?;
        let (mut head, body) = request.into_parts();
        head.headers.insert(ACCEPT, JSON);
        Ok(Request::from_parts(head, Full::new(body)))
    }
}

const JSON: hyper::header::HeaderValue =
    hyper::header::HeaderValue::from_static("application/json");
