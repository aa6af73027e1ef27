//! A region on a listener of this machine: a real store in a folder, a clock that is set.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use hc_code::signing::{Algorithm, SigningKey};
use hc_code::verify::RecognitionPolicy;
use hc_code::{HttpsUri, Offset, Span, Timestamp};
use hc_core::rulebook::Rulebook;
use hc_core::rules::RulePack;
use hc_core::store::{ColumnCipher, DocumentHasher, Store};
use hc_http::identity::{Demonstration, Identify};
use hc_http::serve::{Connections, serve};
use hc_http::{Api, Limits, operators, public};
use hc_node::keys::RegionTerms;
use hc_node::passkeys::RelyingParty;
use hc_node::region::{Clock, Parts, Region};
use hc_node::token::TokenSealer;
use hc_store_sqlite::{Options, SqliteStore};
use hc_testkit::regions::key;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use serde_json::Value;
use tokio::net::TcpListener;
use zeroize::Zeroizing;

use crate::client::{Asking, ask};
use crate::sample;

/// Midday of 2022-07-15 in China; the pack of Zhejiang is in force.
pub(crate) const NOON: Timestamp = Timestamp::from_unix(1_657_857_600);

/// A clock that is set.
#[derive(Debug, Default)]
pub(crate) struct SetClock(AtomicI64);

impl SetClock {
    pub(crate) fn set(&self, now: Timestamp) {
        self.0.store(now.unix(), Ordering::SeqCst);
    }
}

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix(self.0.load(Ordering::SeqCst))
    }
}

pub(crate) struct World<S = SqliteStore> {
    pub(crate) clock: Arc<SetClock>,
    pub(crate) region: Arc<Region<S, SigningKey>>,
    pub(crate) public: SocketAddr,
    pub(crate) operators: SocketAddr,
    _folder: tempfile::TempDir,
}

pub(crate) fn sqlite(folder: &Path) -> SqliteStore {
    let cipher = ColumnCipher::new(&Zeroizing::new([4; 32]));
    let random = ChaCha8Rng::seed_from_u64(1);
    SqliteStore::open(
        &folder.join("region.db"),
        cipher,
        random,
        &Options::default(),
    )
    .unwrap()
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(Limits::default(), Connections::default()).await
    }

    /// With a desk that a browser of this machine can open.
    pub(crate) async fn with_local_desk() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = sqlite(folder.path());
        let bounds = (Limits::default(), Connections::default());
        let at = |address: SocketAddr| format!("http://localhost:{}", address.port());
        Self::at_desk((store, folder), bounds, Box::new(Demonstration), NOON, at).await
    }

    pub(crate) async fn with(limits: Limits, connections: Connections) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = sqlite(folder.path());
        Self::over(store, folder, limits, connections).await
    }
}

impl<S: Store> World<S> {
    pub(crate) async fn over(
        store: S,
        folder: tempfile::TempDir,
        limits: Limits,
        connections: Connections,
    ) -> Self {
        let kept = (store, folder);
        Self::identified(kept, limits, connections, Box::new(Demonstration), NOON).await
    }

    /// The same with another way to prove who one is, at another time.
    pub(crate) async fn identified(
        kept: (S, tempfile::TempDir),
        limits: Limits,
        connections: Connections,
        identify: Box<dyn Identify>,
        now: Timestamp,
    ) -> Self {
        let at = |_: SocketAddr| crate::desk::ORIGIN.to_owned();
        Self::at_desk(kept, (limits, connections), identify, now, at).await
    }

    async fn at_desk(
        (store, folder): (S, tempfile::TempDir),
        (limits, connections): (Limits, Connections),
        identify: Box<dyn Identify>,
        now: Timestamp,
        desk: impl FnOnce(SocketAddr) -> String,
    ) -> Self {
        let clock = Arc::new(SetClock::default());
        clock.set(now);
        let pack = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../policies/zhejiang-2022-06.toml"
        );
        let pack = RulePack::parse(&std::fs::read_to_string(pack).unwrap()).unwrap();
        let parts = Parts {
            store,
            terms: RegionTerms {
                division: pack.region,
                offset: Offset::CHINA,
                staleness_limit: Span::hours(4),
                algorithm: Algorithm::Ed25519,
            },
            root: key(Algorithm::Ed25519, 9, 0),
            paper: key(Algorithm::Ed25519, 9, 1),
            log: hc_node::heads::LogParts {
                signer: hc_testkit::regions::log_signer(9),
                memory: Box::<hc_node::heads::InMemory>::default(),
            },
            hasher: DocumentHasher::new(&Zeroizing::new([2; 32])),
            tokens: TokenSealer::new(&Zeroizing::new([3; 32])),
            rulebook: Rulebook::new(pack),
            policy: RecognitionPolicy::plain(),
            lists_at: HttpsUri::parse("https://region.example/lists").unwrap(),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            random: Box::new(ChaCha8Rng::seed_from_u64(2)),
        };
        let region = Arc::new(Region::begin(parts, |_| {}).await.unwrap());
        region.publish_lists().unwrap();
        // A log that has an entry, as every region's has after its first day.
        let look = hc_testkit::store::region::look(None, NOON);
        let logged = region
            .store()
            .write(move |writing| writing.log(&look))
            .await;
        assert_eq!(logged, Ok(0));
        assert!(region.sign_log().await.unwrap());
        let public_at = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let operators_at = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addresses = [&public_at, &operators_at].map(|one| one.local_addr().unwrap());
        let desk = RelyingParty::parse(&desk(addresses[1])).unwrap();
        let api = Api::new(Arc::clone(&region), identify, limits, [5; 16]).with_desk(desk);
        let trust = hc_http::OwnTrust::new(key(Algorithm::Ed25519, 9, 2));
        let api = Arc::new(api.with_trust(trust));
        let routers = [
            (public_at, public(Arc::clone(&api))),
            (operators_at, operators(api)),
        ];
        for (listener, router) in routers {
            drop(tokio::spawn(serve(
                listener,
                router,
                connections,
                std::future::pending(),
            )));
        }
        Self {
            clock,
            region,
            public: addresses[0],
            operators: addresses[1],
            _folder: folder,
        }
    }

    pub(crate) fn ask(&self, method: &str, path: &str) -> Asking {
        ask(self.public, method, path)
    }

    /// Enrols a person with a healthy declaration; gives the answer.
    pub(crate) async fn enrol(&self, number: &str) -> Value {
        let answer = self
            .ask("POST", "/v1/enrolments")
            .json(&sample::enrolment(number))
            .send()
            .await;
        assert!(answer.status.is_success(), "{answer:?}");
        answer.json()
    }

    /// The token of a new person.
    pub(crate) async fn token(&self, number: &str) -> String {
        let enrolled = self.enrol(number).await;
        enrolled["shown"]["token"].as_str().unwrap().to_owned()
    }

    pub(crate) fn later(&self, span: Span) -> Timestamp {
        let now = self.region.now().plus(span);
        self.clock.set(now);
        now
    }
}
