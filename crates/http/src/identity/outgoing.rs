//! Asking another service: few at once, within a time, up to a size, and not at all while it is down.

mod breaker;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hc_code::Timestamp;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{Request, StatusCode};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::IdentifyError;
use breaker::Breaker;

/// Bounds of asking one service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutgoingTerms {
    /// How long one identification may take, all its requests together.
    pub within: Duration,
    /// How many are under way at once; one more is told at once to come back.
    pub at_once: u32,
    /// After so many failures in a row the service counts as down.
    pub failures: u32,
    /// So long it is then left alone; after that one at a time tries.
    pub rest: Duration,
}

impl Default for OutgoingTerms {
    fn default() -> Self {
        Self {
            within: Duration::from_secs(5),
            at_once: 64,
            failures: 5,
            rest: Duration::from_secs(30),
        }
    }
}

/// Whose certificates are believed.
#[derive(Clone)]
pub struct Trust(Arc<ClientConfig>);

/// Why nobody's certificates can be believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrustError {
    /// The file.
    #[error("there is no PEM with certificates of authorities: {0}")]
    Pem(String),
    /// The system.
    #[error("the system has no certificates of authorities (package ca-certificates)")]
    Nobody,
    /// The library.
    #[error("TLS cannot be set up: {0}")]
    Setup(String),
}

impl Trust {
    /// Believes the authorities that the operating system believes.
    ///
    /// # Errors
    /// [`TrustError`].
    pub fn of_the_system() -> Result<Self, TrustError> {
        let mut roots = RootCertStore::empty();
        let found = rustls_native_certs::load_native_certs();
        let (added, _) = roots.add_parsable_certificates(found.certs);
        if added == 0 {
            return Err(TrustError::Nobody);
        }
        Self::of(roots)
    }

    /// Believes the authorities of a PEM and nobody else.
    ///
    /// # Errors
    /// [`TrustError`].
    pub fn of_authorities(pem: &[u8]) -> Result<Self, TrustError> {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let certificate = certificate.map_err(|error| TrustError::Pem(error.to_string()))?;
            let added = roots.add(certificate);
            added.map_err(|error| TrustError::Pem(error.to_string()))?;
        }
        if roots.is_empty() {
            return Err(TrustError::Pem("there is none".to_owned()));
        }
        Self::of(roots)
    }

    /// Believes nobody: for a region that asks nobody.
    ///
    /// # Errors
    /// [`TrustError::Setup`].
    pub fn of_nobody() -> Result<Self, TrustError> {
        Self::of(RootCertStore::empty())
    }

    /// The TLS of whoever asks.
    pub(crate) fn config(&self) -> ClientConfig {
        (*self.0).clone()
    }

    fn of(roots: RootCertStore) -> Result<Self, TrustError> {
        let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| TrustError::Setup(error.to_string()))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self(Arc::new(config)))
    }
}

impl fmt::Debug for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Trust(…)")
    }
}

/// Why a service gave no answer that can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum OutgoingError {
    /// As many are under way as may be.
    #[error("as many requests are under way as may be")]
    Busy,
    /// It failed several times, and is left alone for a while.
    #[error("the service failed several times and is left alone for a while")]
    Down,
    /// It cannot be reached, or broke off.
    #[error("the service cannot be reached")]
    Away,
    /// It did not answer in time.
    #[error("the service did not answer in time")]
    Slow,
    /// It says that it failed.
    #[error("the service says that it failed")]
    Failed,
    /// It answered what is no answer to that.
    #[error("the service gave an answer that cannot be read")]
    Nonsense,
}

/// Why nothing was proved: the service, or the proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotProved {
    /// The service.
    #[error(transparent)]
    Service(#[from] OutgoingError),
    /// The proof.
    #[error(transparent)]
    Proof(#[from] IdentifyError),
}

impl From<NotProved> for IdentifyError {
    fn from(error: NotProved) -> Self {
        match error {
            NotProved::Service(_) => Self::Unavailable,
            NotProved::Proof(error) => error,
        }
    }
}

impl OutgoingError {
    /// Whether the service is to blame.
    const fn is_a_failure(self) -> bool {
        !matches!(self, Self::Busy | Self::Down)
    }
}

/// One service that is asked.
pub(crate) struct Outgoing {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    terms: OutgoingTerms,
    places: Semaphore,
    breaker: Breaker,
}

/// A connection that is not used is kept so long.
const IDLE: Duration = Duration::from_secs(30);

impl Outgoing {
    pub(crate) fn new(terms: OutgoingTerms, trust: &Trust) -> Self {
        let mut http = HttpConnector::new();
        http.enforce_http(false);
        http.set_nodelay(true);
        http.set_connect_timeout(Some(terms.within));
        let https = HttpsConnectorBuilder::new()
            .with_tls_config((*trust.0).clone())
            .https_or_http()
            .enable_http1()
            .wrap_connector(http);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(terms.at_once as usize)
            .build(https);
        Self {
            client,
            terms,
            places: Semaphore::new(terms.at_once as usize),
            breaker: Breaker::new(terms.failures, terms.rest),
        }
    }

    /// Does some work of requests that belong together, if the service may be asked now. Nothing of
    /// the work is begun otherwise.
    ///
    /// # Errors
    /// [`OutgoingError`], the work's own among them.
    pub(crate) async fn during<T>(
        &self,
        now: Timestamp,
        work: impl Future<Output = Result<T, NotProved>>,
    ) -> Result<T, NotProved> {
        let place = self.places.try_acquire();
        let _place = place.map_err(|_| OutgoingError::Busy)?;
        if !self.breaker.lets_through(now) {
            return Err(OutgoingError::Down.into());
        }
        let done = timeout(self.terms.within, work)
            .await
            .unwrap_or_else(|_| Err(OutgoingError::Slow.into()));
        let failed = matches!(done, Err(NotProved::Service(error)) if error.is_a_failure());
        self.breaker.saw(failed, now);
        done
    }

    /// Sends one request; redirections are not followed. Gives status and body.
    ///
    /// # Errors
    /// [`OutgoingError`]; a server's own error is one.
    pub(crate) async fn send(
        &self,
        request: Request<Full<Bytes>>,
        most: usize,
    ) -> Result<(StatusCode, Bytes), OutgoingError> {
        let answer = self.client.request(request).await;
        let (head, body) = answer.map_err(|_| OutgoingError::Away)?.into_parts();
        if head.status.is_server_error() {
            return Err(OutgoingError::Failed);
        }
        let body = Limited::new(body, most).collect().await;
        let body = body.map_err(|_| OutgoingError::Nonsense)?;
        Ok((head.status, body.to_bytes()))
    }
}

impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outgoing")
            .field("terms", &self.terms)
            .finish_non_exhaustive()
    }
}
