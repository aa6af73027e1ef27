//! Officers and gates of tests: registered, and signing what a test wants to send.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use hc_code::Span;
use hc_code::signing::{Algorithm, Signer, SigningKey};
use hc_core::party::{Duty, Purpose, VenueClass};
use hc_core::store::{PartyKind, Store, StoreError};
use hc_http::{Operation, Side};
use hc_node::gates::{GateTerms, Venue};
use hc_node::officers::OfficerTerms;
use hc_node::party::{PartyId, Terms};
use hc_testkit::regions::key;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::client::{Answer, ask};
use crate::world::World;

static NONCE: AtomicU64 = AtomicU64::new(1);

/// A registered party with its key.
pub(crate) struct Party {
    pub(crate) kind: PartyKind,
    pub(crate) id: &'static str,
    pub(crate) key: Arc<SigningKey>,
}

/// Writes terms into the store and lets a second go by, so that what is signed from now on was
/// signed after the node began.
pub(crate) async fn register<S: Store>(world: &World<S>, terms: Terms) {
    let written = world.region.store().write(move |writing| {
        writing.set_party(&terms.to_row())?;
        Ok::<_, StoreError>(())
    });
    written.await.unwrap();
    world.later(Span::seconds(1));
}

/// An officer, registered for a year.
pub(crate) async fn officer<S: Store>(
    world: &World<S>,
    (id, name, number): (&'static str, &str, u8),
    duties: &[Duty],
) -> Party {
    let key = Arc::new(key(Algorithm::Ed25519, 60, number));
    let now = world.region.now();
    let terms = OfficerTerms::new(
        PartyId::parse(id).unwrap(),
        name,
        duties.iter().copied().collect(),
        key.public_key().clone(),
        (now, now.plus(Span::days(365))),
    );
    register(world, Terms::Officer(terms.unwrap())).await;
    let kind = PartyKind::Officer;
    Party { kind, id, key }
}

/// An officer with every duty that goes with others.
pub(crate) async fn li<S: Store>(world: &World<S>) -> Party {
    let duties = [Duty::Operator, Duty::Health, Duty::Counter];
    officer(world, ("li", "李明", 1), &duties).await
}

/// Another one.
pub(crate) async fn wang<S: Store>(world: &World<S>) -> Party {
    let duties = [Duty::Operator, Duty::Health, Duty::Counter];
    officer(world, ("wang", "王芳", 2), &duties).await
}

/// One who only reads.
pub(crate) async fn auditor<S: Store>(world: &World<S>) -> Party {
    officer(world, ("shen", "沈静", 3), &[Duty::Auditor]).await
}

/// An attended gate of a general venue, registered for a year and for all purposes.
pub(crate) async fn gate<S: Store>(world: &World<S>) -> Party {
    gate_at(world, VenueClass::General, true).await
}

/// A gate of a class of venue, attended or not.
pub(crate) async fn gate_at<S: Store>(
    world: &World<S>,
    class: VenueClass,
    attended: bool,
) -> Party {
    let key = Arc::new(key(Algorithm::Es256, 61, 1));
    let now = world.region.now();
    let purposes = [Purpose::Entry, Purpose::Medical, Purpose::Emergency];
    let purposes = purposes.into_iter().filter(|_| attended).collect();
    let terms = GateTerms::new(
        PartyId::parse("gate-12").unwrap(),
        "东门",
        Venue {
            id: "330106-0042".to_owned(),
            class,
            division: "330106".parse().unwrap(),
        },
        (attended, purposes),
        key.public_key().clone(),
        (now, now.plus(Span::days(365))),
    );
    register(world, Terms::Gate(terms.unwrap())).await;
    let (kind, id) = (PartyKind::Gate, "gate-12");
    Party { kind, id, key }
}

impl Party {
    /// A request that this party signs now.
    pub(crate) fn asks<S: Store>(&self, world: &World<S>, method: &str, target: &str) -> Asks {
        let to = match self.kind {
            PartyKind::Officer => world.operators,
            PartyKind::Gate | PartyKind::Source | PartyKind::Application => world.public,
        };
        let label = self.kind.to_string();
        let nonce = u128::from(NONCE.fetch_add(1, Ordering::Relaxed)).to_be_bytes();
        Asks {
            to,
            id: self.id.to_owned(),
            key: Arc::clone(&self.key),
            tag: format!("healthcode-{label}-330000"),
            label,
            method: method.to_owned(),
            target: target.to_owned(),
            sent_target: None,
            body: None,
            sent_body: None,
            created: world.region.now().unix(),
            nonce: Base64UrlUnpadded::encode_string(&nonce),
            leave_out: "",
        }
    }
}

/// A signed request in the making, with what a test may change about it. It signs as
/// `spec/officers.md` says, written anew here from the specification.
pub(crate) struct Asks {
    pub(crate) to: SocketAddr,
    pub(crate) id: String,
    pub(crate) key: Arc<SigningKey>,
    pub(crate) tag: String,
    pub(crate) label: String,
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) sent_target: Option<String>,
    pub(crate) body: Option<(&'static str, Vec<u8>)>,
    pub(crate) sent_body: Option<Vec<u8>>,
    pub(crate) created: i64,
    pub(crate) nonce: String,
    pub(crate) leave_out: &'static str,
}

impl Asks {
    pub(crate) fn json(self, value: &Value) -> Self {
        self.body("application/json", value.to_string())
    }

    pub(crate) fn body(mut self, media: &'static str, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some((media, body.into()));
        self
    }

    /// To the listener of an operation.
    pub(crate) fn of<S: Store>(mut self, world: &World<S>, operation: &Operation) -> Self {
        self.to = match operation.side {
            Side::Operators => world.operators,
            Side::Public | Side::Both => world.public,
        };
        self
    }

    fn headers(&self) -> Vec<(&'static str, String)> {
        let (path, query) = self.target.split_once('?').unwrap_or((&self.target, ""));
        let mut covered = vec![
            ("@method", self.method.clone()),
            ("@path", path.to_owned()),
            ("@query", format!("?{query}")),
        ];
        let mut headers = Vec::new();
        if let Some((media, body)) = &self.body {
            let digest = Base64::encode_string(&Sha256::digest(body));
            let digest = format!("sha-256=:{digest}:");
            covered.push(("content-type", (*media).to_owned()));
            covered.push(("content-digest", digest.clone()));
            headers.push(("content-digest", digest));
        }
        let names: Vec<String> = covered
            .iter()
            .map(|(name, _)| format!("\"{name}\""))
            .collect();
        let parameters = format!(
            "({});created={};nonce=\"{}\";keyid=\"{}\";tag=\"{}\"",
            names.join(" "),
            self.created,
            self.nonce,
            self.id,
            self.tag
        );
        let mut lines: Vec<String> = covered
            .iter()
            .map(|(name, value)| format!("\"{name}\": {value}"))
            .collect();
        lines.push(format!("\"@signature-params\": {parameters}"));
        let signature = self.key.sign(lines.join("\n").as_bytes()).unwrap();
        let signature = Base64::encode_string(signature.as_bytes());
        headers.push(("signature-input", format!("{}={parameters}", self.label)));
        headers.push(("signature", format!("{}=:{signature}:", self.label)));
        headers
    }

    pub(crate) async fn send(&self) -> Answer {
        let target = self.sent_target.as_ref().unwrap_or(&self.target);
        let mut asking = ask(self.to, &self.method, target);
        for (name, value) in self.headers() {
            if name != self.leave_out {
                asking = asking.header(name, &value);
            }
        }
        if let Some((media, body)) = &self.body {
            let body = self.sent_body.as_ref().unwrap_or(body);
            asking = asking.body(media, body.clone());
        }
        asking.send().await
    }
}
