//! Getting what others publish: up to a size, within a time, and not again what is there already.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use hc_code::Timestamp;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::header::{DATE, ETAG, HeaderMap, HeaderValue, IF_NONE_MATCH};
use hyper::{Request, StatusCode};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::time::timeout;

use crate::identity::Trust;

/// Whoever fetches. Redirections are not followed.
pub struct Fetcher {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    within: Duration,
}

/// What came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// The bytes; none where it is what was there, or where there is nothing yet.
    pub bytes: Option<Bytes>,
    /// By what it is known next time.
    pub etag: Option<String>,
    /// The time over there.
    pub clock: Option<Timestamp>,
}

/// Why nothing came.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// No address.
    #[error("it is no address")]
    Address,
    /// Nobody is there.
    #[error("it cannot be reached: {0}")]
    Away(String),
    /// Not in time.
    #[error("it did not answer in time")]
    Slow,
    /// Something else than an answer with what was asked for.
    #[error("it answered {0}")]
    Status(u16),
    /// More than is read.
    #[error("it sent more than {0} bytes, or broke off")]
    TooLarge(usize),
}

/// A connection that is not used is kept so long.
const IDLE: Duration = Duration::from_secs(90);

impl Fetcher {
    /// Fetches from whoever has a certificate that is believed; each answer within a time.
    pub fn new(trust: &Trust, within: Duration) -> Self {
        let mut http = HttpConnector::new();
        http.enforce_http(false);
        http.set_nodelay(true);
        http.set_connect_timeout(Some(within));
        let https = HttpsConnectorBuilder::new()
            .with_tls_config(trust.config())
            .https_only()
            .enable_http1()
            .wrap_connector(http);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(2)
            .build(https);
        Self { client, within }
    }

    /// Gets what is at an address, unless it is what is known by `etag`; at most so many bytes.
    ///
    /// # Errors
    /// [`FetchError`].
    pub async fn get(
        &self,
        address: &str,
        etag: Option<&str>,
        most: usize,
    ) -> Result<Fetched, FetchError> {
        let fetched = timeout(self.within, self.fetch(address, etag, most));
        fetched.await.map_err(|_| FetchError::Slow)?
    }

    async fn fetch(
        &self,
        address: &str,
        etag: Option<&str>,
        most: usize,
    ) -> Result<Fetched, FetchError> {
        let mut request = Request::get(address);
        if let Some(etag) = etag.and_then(|etag| HeaderValue::from_str(etag).ok()) {
            request = request.header(IF_NONE_MATCH, etag);
        }
        let request = request.body(Full::default());
        let request = request.map_err(|_| FetchError::Address)?;
        let answered = self.client.request(request).await;
        let answered = answered.map_err(|error| FetchError::Away(causes(&error)))?;
        let (head, body) = answered.into_parts();
        let (etag, clock) = (text(&head.headers, &ETAG), clock(&head.headers));
        let bytes = match head.status {
            StatusCode::OK => {
                let body = Limited::new(body, most).collect().await;
                Some(body.map_err(|_| FetchError::TooLarge(most))?.to_bytes())
            }
            StatusCode::NOT_MODIFIED | StatusCode::NO_CONTENT => None,
            status => return Err(FetchError::Status(status.as_u16())),
        };
        Ok(Fetched { bytes, etag, clock })
    }
}

/// An error with what it came from: the outermost says nothing that helps.
fn causes(error: &dyn std::error::Error) -> String {
    let mut said = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let inner_says = inner.to_string();
        if !said.contains(&inner_says) {
            said = format!("{said}: {inner_says}");
        }
        cause = inner.source();
    }
    said
}

fn text(headers: &HeaderMap, name: &hyper::header::HeaderName) -> Option<String> {
    Some(headers.get(name)?.to_str().ok()?.to_owned())
}

/// `Date` in the form that is sent (RFC 9110 §5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`.
fn clock(headers: &HeaderMap) -> Option<Timestamp> {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let date = text(headers, &DATE)?;
    let mut parts = date.split(", ").nth(1)?.strip_suffix(" GMT")?.split(' ');
    let (day, month, year, time) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let month = 1 + MONTHS.iter().position(|name| *name == month)?;
    format!("{year}-{month:02}-{day}T{time}Z").parse().ok()
}

impl fmt::Debug for Fetcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fetcher")
            .field("within", &self.within)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_over_there_is_read_in_its_one_form() {
        let read = |date: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(DATE, HeaderValue::from_static(date));
            clock(&headers)
        };
        let time = "1994-11-06T08:49:37Z".parse().ok();
        assert_eq!(read("Sun, 06 Nov 1994 08:49:37 GMT"), time);
        for other in [
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "",
            "Sun, 32 Nov 1994 08:49:37 GMT",
        ] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
