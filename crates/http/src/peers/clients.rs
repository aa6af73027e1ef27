//! Going to the doors of other regions: few connections, kept open, and looked at again before each use.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use hc_code::federation::NoPeer;
use hc_code::signing::KeyId;
use hc_code::{DivisionCode, HttpsUri};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{CONTENT_TYPE, HOST};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;

use super::door::Hello;
use super::neighbours::Neighbours;
use super::tls;

/// Bounds of going to doors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DoorsTerms {
    /// How long connection and handshake may take.
    pub connect_within: Duration,
    /// How long a question may take, its answer read.
    pub answer_within: Duration,
    /// How many questions are under way at once, of all regions together.
    pub at_once: usize,
    /// How many connections of a region are kept open that nobody uses.
    pub idle: usize,
    /// How long a connection is used.
    pub lifetime: Duration,
}

impl Default for DoorsTerms {
    fn default() -> Self {
        Self {
            connect_within: Duration::from_secs(5),
            answer_within: Duration::from_secs(10),
            at_once: 64,
            idle: 2,
            lifetime: Duration::from_mins(5),
        }
    }
}

/// Why a door gave no answer that counts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DoorError {
    /// Not a region, or one without a door.
    #[error("the trust list names no door of {0}")]
    NoDoor(DivisionCode),
    /// The address in the trust list leads nowhere that can be meant.
    #[error("{0} is no address of a door")]
    Address(HttpsUri),
    /// Nobody is there, or not in time.
    #[error("{address} cannot be reached: {why}")]
    Away {
        /// Where.
        address: HttpsUri,
        /// Why.
        why: String,
    },
    /// The connection ended before the answer came.
    #[error("the connection to {address} ended: {why}")]
    Ended {
        /// Where.
        address: HttpsUri,
        /// Why.
        why: String,
    },
    /// Whoever answers is not that region, or does not let us in.
    #[error("the handshake at {address} failed: {why}")]
    Handshake {
        /// Where.
        address: HttpsUri,
        /// Why.
        why: String,
    },
    /// The key that a connection was opened with does not count any more.
    #[error(transparent)]
    NoPeer(#[from] NoPeer),
    /// It answered that it does not do it.
    #[error("the door of {region} answered {status}: {says}")]
    Refused {
        /// Who.
        region: DivisionCode,
        /// With which status.
        status: u16,
        /// In which words.
        says: String,
    },
    /// Its answer is none, or too large.
    #[error("the door of {0} gave an answer that cannot be read")]
    Nonsense(DivisionCode),
    /// As many are under way as may be.
    #[error("as many questions are under way as may be")]
    Busy,
}

impl DoorError {
    /// Whether the same may go well later.
    pub const fn may_pass(&self) -> bool {
        match self {
            Self::Away { .. }
            | Self::Ended { .. }
            | Self::Handshake { .. }
            | Self::NoDoor(_)
            | Self::NoPeer(_)
            | Self::Busy => true,
            Self::Refused { status, .. } => *status >= 500 || *status == 429 || *status == 408,
            Self::Address(_) | Self::Nonsense(_) => false,
        }
    }
}

/// The most bytes of an answer.
const MOST: usize = 1 << 20;

/// The doors of all regions, from here.
pub struct Doors {
    neighbours: Arc<dyn Neighbours>,
    terms: DoorsTerms,
    places: Semaphore,
    idle: Mutex<BTreeMap<DivisionCode, Vec<Open>>>,
}

/// An open connection.
struct Open {
    key: KeyId,
    host: String,
    prefix: String,
    address: HttpsUri,
    sender: SendRequest<Full<Bytes>>,
    since: Instant,
}

/// A question for a door: one that may be asked twice, as all of them may.
#[derive(Clone)]
pub(super) struct Question<'a> {
    pub(super) method: Method,
    pub(super) path: &'a str,
    pub(super) media: Option<&'static str>,
    pub(super) body: Bytes,
}

impl Doors {
    /// From a node to its neighbours.
    pub fn new(neighbours: Arc<dyn Neighbours>, terms: DoorsTerms) -> Self {
        Self {
            neighbours,
            places: Semaphore::new(terms.at_once),
            terms,
            idle: Mutex::default(),
        }
    }

    /// Hands a parcel in, and gives the signed answer.
    ///
    /// # Errors
    /// [`DoorError`].
    pub async fn send(&self, region: DivisionCode, parcel: Vec<u8>) -> Result<Vec<u8>, DoorError> {
        let question = Question {
            method: Method::POST,
            path: "/door/v1/parcels",
            media: Some("application/cose"),
            body: parcel.into(),
        };
        Ok(self.ask(region, question).await?.to_vec())
    }

    /// Asks who is there.
    ///
    /// # Errors
    /// [`DoorError`]; also where the region at the door says that it is another one.
    pub async fn hello(&self, region: DivisionCode) -> Result<Hello, DoorError> {
        let question = Question {
            method: Method::GET,
            path: "/door/v1/hello",
            media: None,
            body: Bytes::new(),
        };
        let told = self.ask(region, question).await?;
        let hello: Option<Hello> = serde_json::from_slice(&told).ok();
        hello
            .filter(|hello| hello.region == region)
            .ok_or(DoorError::Nonsense(region))
    }

    pub(super) async fn ask(
        &self,
        region: DivisionCode,
        question: Question<'_>,
    ) -> Result<Bytes, DoorError> {
        let _place = self.places.try_acquire().map_err(|_| DoorError::Busy)?;
        let address = self.neighbours.door_of(region);
        let address = address.ok_or(DoorError::NoDoor(region))?;
        if let Some(open) = self.kept(region, &address) {
            let answered = self.put(open, region, question.clone()).await;
            // The other side lets go of connections that nobody uses, which may be seen only when they are used.
            if !matches!(answered, Err(DoorError::Ended { .. })) {
                return answered;
            }
        }
        let open = self.open(region, address).await?;
        self.put(open, region, question).await
    }

    /// Puts a question on a connection, which is kept where it is still good.
    async fn put(
        &self,
        mut open: Open,
        region: DivisionCode,
        question: Question<'_>,
    ) -> Result<Bytes, DoorError> {
        let answered = timeout(
            self.terms.answer_within,
            exchange(&mut open, region, question),
        );
        let answered = answered.await.map_err(|_| DoorError::Away {
            address: open.address.clone(),
            why: "no answer in time".to_owned(),
        })?;
        if matches!(answered, Ok(_) | Err(DoorError::Refused { .. })) {
            self.keep(region, open);
        }
        answered
    }

    /// A connection that is still good: open, young, to the address of now, with a key that still counts.
    fn kept(&self, region: DivisionCode, address: &HttpsUri) -> Option<Open> {
        let mut idle = self.idle();
        let waiting = idle.get_mut(&region)?;
        while let Some(open) = waiting.pop() {
            let young = open.since.elapsed() < self.terms.lifetime;
            let counts = self.neighbours.is_peer(region, open.key).is_ok();
            if young && counts && open.address == *address && open.sender.is_ready() {
                return Some(open);
            }
        }
        None
    }

    fn keep(&self, region: DivisionCode, open: Open) {
        let mut idle = self.idle();
        let waiting = idle.entry(region).or_default();
        if waiting.len() < self.terms.idle && !open.sender.is_closed() {
            waiting.push(open);
        }
    }

    fn idle(&self) -> MutexGuard<'_, BTreeMap<DivisionCode, Vec<Open>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn open(&self, region: DivisionCode, address: HttpsUri) -> Result<Open, DoorError> {
        let unusable = || DoorError::Address(address.clone());
        let (host, port, prefix) = parts(address.as_str()).ok_or_else(unusable)?;
        let name = ServerName::try_from(host.to_owned()).map_err(|_| unusable())?;
        let config = tls::towards(region, &self.neighbours);
        let config = config.map_err(|error| DoorError::Handshake {
            address: address.clone(),
            why: error.to_string(),
        })?;
        let away = |why: String| DoorError::Away {
            address: address.clone(),
            why,
        };
        let opened = async {
            let stream = TcpStream::connect((host, port)).await;
            let stream = stream.map_err(|error| away(error.to_string()))?;
            // Without it small messages wait for acknowledgements; whether it could be set changes nothing else.
            drop(stream.set_nodelay(true));
            let shaken = TlsConnector::from(config).connect(name, stream).await;
            shaken.map_err(|error| DoorError::Handshake {
                address: address.clone(),
                why: reason(&error),
            })
        };
        let opened = timeout(self.terms.connect_within, opened).await;
        let stream = opened.map_err(|_| away("no handshake in time".to_owned()))??;
        let key = tls::proved(stream.get_ref().1.peer_certificates());
        let key = key.ok_or_else(|| away("no key was proved".to_owned()))?;
        let (sender, connection) = handshake(TokioIo::new(stream))
            .await
            .map_err(|error| away(error.to_string()))?;
        // It ends with its sender; what goes wrong in it, the sender is told.
        drop(tokio::spawn(connection));
        Ok(Open {
            key,
            host: format!("{host}:{port}"),
            prefix: prefix.to_owned(),
            address: address.clone(),
            sender,
            since: Instant::now(),
        })
    }
}

async fn exchange(
    open: &mut Open,
    region: DivisionCode,
    question: Question<'_>,
) -> Result<Bytes, DoorError> {
    let ended = |error: hyper::Error| DoorError::Ended {
        address: open.address.clone(),
        why: error.to_string(),
    };
    let mut request = Request::builder()
        .method(question.method)
        .uri(format!("{}{}", open.prefix, question.path))
        .header(HOST, &open.host);
    if let Some(media) = question.media {
        request = request.header(CONTENT_TYPE, media);
    }
    let request = request.body(Full::new(question.body));
    let request = request.map_err(|_| DoorError::Address(open.address.clone()))?;
    open.sender.ready().await.map_err(ended)?;
    let (head, body) = open
        .sender
        .send_request(request)
        .await
        .map_err(ended)?
        .into_parts();
    let body = Limited::new(body, MOST).collect().await;
    let body = body.map_err(|_| DoorError::Nonsense(region))?.to_bytes();
    if head.status == StatusCode::OK {
        return Ok(body);
    }
    let problem: Value = serde_json::from_slice(&body).unwrap_or_default();
    let says = problem.get("detail").or_else(|| problem.get("title"));
    Err(DoorError::Refused {
        region,
        status: head.status.as_u16(),
        says: says
            .and_then(Value::as_str)
            .unwrap_or("nothing more")
            .to_owned(),
    })
}

/// Why a handshake failed: where the key was refused here, the reason in words.
fn reason(error: &std::io::Error) -> String {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
    match inner {
        Some(rustls::Error::InvalidCertificate(rustls::CertificateError::Other(refused))) => {
            refused.0.to_string()
        }
        _ => error.to_string(),
    }
}

/// Host, port and what stands before every path.
pub(super) fn parts(address: &str) -> Option<(&str, u16, &str)> {
    let rest = address.strip_prefix("https://")?;
    let (authority, path) = match rest.find('/') {
        Some(place) => rest.split_at(place),
        None => (rest, ""),
    };
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, port.parse().ok()?),
        None => (authority, 443),
    };
    (!host.is_empty() && port != 0).then_some((host, port, path))
}

impl fmt::Debug for Doors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Doors")
            .field("terms", &self.terms)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_host_a_port_and_a_beginning_of_paths() {
        assert_eq!(parts("https://a.example"), Some(("a.example", 443, "")));
        assert_eq!(
            parts("https://127.0.0.1:9444/x"),
            Some(("127.0.0.1", 9444, "/x"))
        );
        for text in [
            "http://a",
            "https://:1",
            "https://a:b",
            "https://a:0",
            "https://a:65536",
        ] {
            assert_eq!(parts(text), None, "{text}");
        }
    }
}
