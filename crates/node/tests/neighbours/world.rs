//! Regions in one process, joined by doors that carry bytes and know nothing of what is in them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Weak};

use hc_code::federation::Federation as Known;
use hc_code::signing::{Algorithm, Signer, SigningKey};
use hc_code::trust_list::{IssuerEntry, Role, Roles, RootKey, TrustDraft, TrustList, Validity};
use hc_code::verify::RecognitionPolicy;
use hc_code::{DivisionCode, HttpsUri, Level, Offset, Span, Timestamp};
use hc_core::directory::{DirectoryKey, DirectoryRegister, Limits, Pseudonym};
use hc_core::rulebook::Rulebook;
use hc_core::rules::RulePack;
use hc_core::store::{ColumnCipher, DocumentHasher};
use hc_node::federation::{
    Directory, DirectoryParts, DoorError, Doors, Federation, HeldPeers, Later, RegisterName,
};
use hc_node::keys::RegionTerms;
use hc_node::region::{Clock, Parts, Region};
use hc_node::token::TokenSealer;
use hc_people::Crowd;
use hc_store_sqlite::{Options, SqliteStore};
use hc_testkit::regions::key;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use tempfile::TempDir;
use zeroize::Zeroizing;

pub(crate) const CHONGQING: u32 = 500_000;
pub(crate) const SICHUAN: u32 = 510_000;
pub(crate) const GUANGDONG: u32 = 440_000;

pub(crate) struct Hands(AtomicI64);

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix(self.0.load(Ordering::Acquire))
    }
}

pub(crate) type Node = Region<SqliteStore, SigningKey>;

/// Where every region's door is. What went through is kept as it was, for those who capture traffic.
#[derive(Default)]
pub(crate) struct Street {
    nodes: Mutex<BTreeMap<DivisionCode, Weak<Node>>>,
    /// Whether anybody can be reached.
    pub(crate) blocked: AtomicBool,
    /// Answers that get lost on the way back, so many.
    pub(crate) losing: AtomicUsize,
    /// Everything that was brought to a door, with who brought it.
    pub(crate) captured: Mutex<Vec<(DivisionCode, DivisionCode, Vec<u8>)>>,
}

/// One region's way to the others.
struct Way {
    from: DivisionCode,
    street: Arc<Street>,
}

impl Doors for Way {
    fn send(&self, to: DivisionCode, parcel: Vec<u8>) -> Later<'_, Result<Vec<u8>, DoorError>> {
        Box::pin(async move {
            if self.street.blocked.load(Ordering::Acquire) {
                return Err(DoorError::Unreachable("the street is blocked".to_owned()));
            }
            let kept = (self.from, to, parcel.clone());
            self.street.captured.lock().unwrap().push(kept);
            let node = self.street.nodes.lock().unwrap().get(&to).cloned();
            let Some(node) = node.and_then(|node| node.upgrade()) else {
                return Err(DoorError::Unreachable("nobody is there".to_owned()));
            };
            let answer = node.take_parcel(Some(self.from), &parcel).await;
            let losing = &self.street.losing;
            let lost = losing.fetch_update(Ordering::AcqRel, Ordering::Acquire, |left| {
                left.checked_sub(1)
            });
            if lost.is_ok() {
                return Err(DoorError::Unreachable("the answer got lost".to_owned()));
            }
            answer.map_err(|refusal| {
                if refusal.is_of_an_old_key() {
                    DoorError::OldKey
                } else if refusal.is_ours() {
                    DoorError::Unreachable(refusal.to_string())
                } else {
                    DoorError::Refused(refusal.to_string())
                }
            })
        })
    }
}

/// The hub's directory, asked by one region.
struct Asking {
    from: DivisionCode,
    hub: Arc<Mutex<DirectoryRegister>>,
    clock: Arc<Hands>,
}

impl Directory for Asking {
    fn find(&self, pseudonym: Pseudonym) -> Later<'_, Result<Vec<DivisionCode>, DoorError>> {
        let mut hub = self.hub.lock().unwrap();
        let found = hub.find(self.from, pseudonym, self.clock.now());
        let found = found.map_err(|error| DoorError::Unreachable(error.to_string()));
        Box::pin(async move { found })
    }

    fn register(&self) -> Later<'_, Result<RegisterName, DoorError>> {
        Box::pin(async { Ok(RegisterName("one".to_owned())) })
    }

    fn enter(&self, pseudonyms: Vec<Pseudonym>) -> Later<'_, Result<RegisterName, DoorError>> {
        for pseudonym in pseudonyms {
            self.hub.lock().unwrap().enter(self.from, pseudonym);
        }
        self.register()
    }

    fn withdraw(&self, pseudonyms: Vec<Pseudonym>) -> Later<'_, Result<RegisterName, DoorError>> {
        for pseudonym in pseudonyms {
            self.hub.lock().unwrap().withdraw(self.from, pseudonym);
        }
        self.register()
    }
}

pub(crate) struct Regions {
    pub(crate) hands: Arc<Hands>,
    pub(crate) street: Arc<Street>,
    pub(crate) hub: Arc<Mutex<DirectoryRegister>>,
    pub(crate) nodes: BTreeMap<u32, Arc<Node>>,
    pub(crate) crowd: Crowd,
    folders: BTreeMap<u32, TempDir>,
    begun: u64,
    lists: u32,
}

pub(crate) fn noon() -> Timestamp {
    "2022-07-08T12:00:00+08:00".parse().unwrap()
}

pub(crate) fn division(number: u32) -> DivisionCode {
    DivisionCode::new(number).unwrap()
}

fn seed(region: u32) -> u8 {
    u8::try_from(region / 10_000).unwrap()
}

pub(crate) fn root(region: u32) -> SigningKey {
    key(Algorithm::Ed25519, seed(region), 1)
}

/// A trust list of regions, of which some may not exchange evidence.
fn trust(regions: &[u32], roles: &[Role], version: u32, now: Timestamp) -> Vec<u8> {
    let validity = Validity::new(now.minus(Span::days(1)), now.plus(Span::days(300))).unwrap();
    let issuers = regions.iter().map(|region| {
        let roles = Roles::new(roles.iter().copied()).unwrap();
        let root = RootKey::new(root(*region).public_key().clone(), roles, validity);
        let region = division(*region);
        IssuerEntry::new(
            region,
            Offset::CHINA,
            Span::hours(4),
            validity,
            vec![root],
            vec![],
        )
        .unwrap()
    });
    let hub = |number| key(Algorithm::Ed25519, 1, number).public_key().clone();
    let list = TrustList::new(TrustDraft {
        version,
        issued_at: now,
        expires_at: now.plus(Span::days(14)),
        removals_settled_until: now,
        hub_keys: vec![hub(1)],
        removal_keys: vec![hub(2)],
        issuers: issuers.collect(),
    })
    .unwrap();
    list.sign(&key(Algorithm::Ed25519, 1, 1)).unwrap()
}

impl Regions {
    /// Three regions that know each other, and a directory.
    pub(crate) async fn three() -> Self {
        let mut regions = Self {
            hands: Arc::new(Hands(AtomicI64::new(noon().unix()))),
            street: Arc::default(),
            hub: Arc::new(Mutex::new(DirectoryRegister::new(Limits::default()))),
            nodes: BTreeMap::new(),
            crowd: Crowd::of("500103".parse().unwrap()),
            folders: BTreeMap::new(),
            begun: 0,
            lists: 0,
        };
        for region in [CHONGQING, SICHUAN, GUANGDONG] {
            regions.folders.insert(region, tempfile::tempdir().unwrap());
            regions.begin(region).await;
        }
        regions
    }

    /// Begins a region's node, or begins it anew over what it kept, with other keys in memory.
    pub(crate) async fn begin(&mut self, region: u32) {
        if self.nodes.remove(&region).is_some() {
            // No process begins and ends within a second.
            self.forward(Span::seconds(1)).await;
        }
        self.begun += 1;
        let path = self.folders[&region].path().join("region.db");
        let part = u64::from(region) * 100 + self.begun * 2;
        let random = |more: u64| Box::new(ChaCha20Rng::seed_from_u64(part + more));
        let cipher = ColumnCipher::new(&Zeroizing::new([seed(region); 32]));
        let store = SqliteStore::open(&path, cipher, random(0), &Options::default()).unwrap();
        let pack = include_str!("../../../../policies/zhejiang-2022-06.toml");
        let parts = Parts {
            store,
            terms: RegionTerms {
                division: division(region),
                offset: Offset::CHINA,
                staleness_limit: Span::hours(4),
                algorithm: Algorithm::Ed25519,
            },
            root: root(region),
            paper: key(Algorithm::Ed25519, seed(region), 2),
            log: hc_node::heads::LogParts {
                signer: hc_testkit::regions::log_signer(seed(region)),
                memory: Box::<hc_node::heads::InMemory>::default(),
            },
            hasher: DocumentHasher::new(&Zeroizing::new([seed(region) + 1; 32])),
            tokens: TokenSealer::new(&Zeroizing::new([seed(region) + 2; 32])),
            rulebook: Rulebook::new(RulePack::parse(pack).unwrap()),
            policy: RecognitionPolicy::plain(),
            lists_at: HttpsUri::parse("https://region.example/status").unwrap(),
            clock: Arc::clone(&self.hands) as Arc<dyn Clock>,
            random: random(1),
        };
        let node = Arc::new(Region::begin(parts, |_| {}).await.unwrap());
        let mut nodes = self.street.nodes.lock().unwrap();
        nodes.insert(division(region), Arc::downgrade(&node));
        drop(nodes);
        self.nodes.insert(region, Arc::clone(&node));
        self.join(region, &[CHONGQING, SICHUAN, GUANGDONG], &Role::ALL);
    }

    /// Gives a region a trust list.
    pub(crate) fn join(&mut self, region: u32, known: &[u32], roles: &[Role]) {
        let now = self.hands.now();
        let (street, clock) = (Arc::clone(&self.street), Arc::clone(&self.hands));
        let foreign = Arc::clone(self.nodes[&region].foreign());
        let hub = key(Algorithm::Ed25519, 1, 1).public_key().clone();
        foreign.begin(Known::new(vec![hub]));
        self.lists += 1;
        let list = trust(known, roles, self.lists, now);
        foreign.take_trust(&list, now).unwrap();
        // The key list that a region publishes, wherever it is fetched from.
        let (published, taking) = (Arc::clone(&street), Arc::clone(&foreign));
        let hands = Arc::clone(&clock);
        let peers = Arc::new(HeldPeers::new(
            foreign,
            Box::new(move |region| {
                let node = published.nodes.lock().unwrap().get(&region).cloned();
                if let Some(node) = node.and_then(|node| node.upgrade()) {
                    taking
                        .take_keys(region, &node.key_list(), hands.now())
                        .unwrap();
                }
                Box::pin(async {})
            }),
        ));
        let from = division(region);
        self.nodes[&region].join(Federation {
            peers,
            doors: Arc::new(Way {
                from,
                street: Arc::clone(&street),
            }),
            directory: Some(DirectoryParts {
                key: DirectoryKey::new(&Zeroizing::new([77; 32])),
                at: Arc::new(Asking {
                    from,
                    hub: Arc::clone(&self.hub),
                    clock,
                }),
            }),
        });
    }

    /// Every region takes every other's key list.
    pub(crate) fn exchange_keys(&self) {
        let now = self.hands.now();
        for node in self.nodes.values() {
            for (region, other) in &self.nodes {
                let keys = other.key_list();
                node.foreign()
                    .take_keys(division(*region), &keys, now)
                    .unwrap();
            }
        }
    }

    pub(crate) fn node(&self, region: u32) -> &Node {
        &self.nodes[&region]
    }

    pub(crate) async fn forward(&self, span: Span) {
        self.hands.0.fetch_add(span.as_seconds(), Ordering::AcqRel);
        for node in self.nodes.values() {
            node.tend().await.unwrap();
        }
    }

    /// Everything that is due goes.
    pub(crate) async fn send(&self) {
        for node in self.nodes.values() {
            node.send_due().await.unwrap();
        }
        // What the directory found goes in the next round.
        for node in self.nodes.values() {
            node.send_due().await.unwrap();
        }
    }

    pub(crate) async fn enrol(&self, region: u32, person: u32) -> String {
        let node = self.node(region);
        let enrolment = self.crowd.enrolment(person, node.now()).unwrap();
        node.enrol(enrolment).await.unwrap().token
    }

    /// The text of a live code.
    pub(crate) fn code(&self, region: u32, token: &str) -> String {
        let (shown, _) = self.node(region).show(token, 1).unwrap();
        shown.codes[0].text.clone()
    }

    pub(crate) fn level(&self, region: u32, token: &str) -> Level {
        self.node(region).show(token, 1).unwrap().0.level
    }

    /// How a line names a person by document.
    pub(crate) fn document(&self, person: u32) -> String {
        let number = self.crowd.person(person).number;
        format!(r#""document_type":"111","document":"{number}""#)
    }

    pub(crate) async fn waiting(&self, region: u32) -> u64 {
        self.node(region).waiting_to_go().await.unwrap().count
    }
}
