//! Doors between regions, over real TLS on this machine.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use hc_code::federation::{Federation, NoPeer};
use hc_code::keys::{KeyList, KeyUse, NodeKey};
use hc_code::signing::{Algorithm, KeyId, PublicKey, Signer as _, SigningKey};
use hc_code::trust_list::{
    Endpoint, EndpointKind, IssuerEntry, Removal, RemovalList, Role, Roles, RootKey, TrustDraft,
    TrustList, Validity,
};
use hc_code::{DivisionCode, HttpsUri, Offset, Span, Timestamp};
use hc_http::peers::{
    About, DoorError, DoorTls, Doors, DoorsTerms, Neighbours, ParcelRefused, TakeParcels, Taking,
    door,
};
use hc_http::serve::Serving;
use hc_testkit::regions::NOON;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

const HUB: u8 = 1;
const REMOVER: u8 = 2;

fn key(fill: u8) -> SigningKey {
    SigningKey::deterministic(Algorithm::Ed25519, &[fill; 32]).unwrap()
}

fn public(fill: u8) -> PublicKey {
    key(fill).public_key().clone()
}

fn region(code: &str) -> DivisionCode {
    code.parse().unwrap()
}

/// A region's node, as far as doors know it; root and door key have numbers.
#[derive(Debug)]
struct Node {
    region: DivisionCode,
    door: u8,
    held: Mutex<Federation>,
    now: Mutex<Timestamp>,
}

impl Neighbours for Node {
    fn peer(&self, key: KeyId) -> Result<DivisionCode, NoPeer> {
        self.held
            .lock()
            .unwrap()
            .peer(key, *self.now.lock().unwrap())
    }

    fn is_peer(&self, region: DivisionCode, key: KeyId) -> Result<(), NoPeer> {
        self.held
            .lock()
            .unwrap()
            .is_peer(region, key, *self.now.lock().unwrap())
    }

    fn own_key(&self) -> Option<Arc<SigningKey>> {
        Some(Arc::new(key(self.door)))
    }

    fn door_of(&self, region: DivisionCode) -> Option<HttpsUri> {
        let (held, now) = (self.held.lock().unwrap(), *self.now.lock().unwrap());
        held.address(region, EndpointKind::Peer, now).cloned()
    }

    fn about(&self) -> About {
        About {
            region: self.region,
            now: *self.now.lock().unwrap(),
            trust_version: Some(1),
            trust_until: None,
            key_version: Some(1),
        }
    }
}

/// Gives parcels back, with the region that they came from.
struct Echo;

impl TakeParcels for Echo {
    fn take(&self, from: DivisionCode, parcel: Bytes) -> Taking<'_> {
        Box::pin(async move {
            if parcel.is_empty() {
                return Err(ParcelRefused::Bad("it is empty".to_owned()));
            }
            Ok([from.to_string().as_bytes(), &parcel].concat())
        })
    }
}

struct World {
    zhejiang: Arc<Node>,
    guangdong: Arc<Node>,
    /// Has a door key that nobody lists.
    stranger: Arc<Node>,
}

fn federation(addresses: &[(&str, u8, SocketAddr)]) -> Federation {
    let always = Validity::new(NOON.minus(Span::days(1)), NOON.plus(Span::days(300))).unwrap();
    let issuers = addresses.iter().map(|(code, root, address)| {
        let roots = vec![RootKey::new(
            public(*root),
            Roles::new(Role::ALL).unwrap(),
            always,
        )];
        let endpoint = Endpoint {
            kind: EndpointKind::Peer,
            address: HttpsUri::parse(&format!("https://{address}")).unwrap(),
        };
        IssuerEntry::new(
            region(code),
            Offset::CHINA,
            Span::hours(4),
            always,
            roots,
            vec![endpoint],
        )
        .unwrap()
    });
    let list = TrustList::new(TrustDraft {
        version: 1,
        issued_at: NOON,
        expires_at: NOON.plus(Span::days(30)),
        removals_settled_until: NOON.minus(Span::days(1)),
        hub_keys: vec![public(HUB)],
        removal_keys: vec![public(REMOVER)],
        issuers: issuers.collect(),
    });
    let mut federation = Federation::new(vec![public(HUB)]);
    let list = list.unwrap().sign(&key(HUB)).unwrap();
    federation.take_trust(&list, NOON).unwrap();
    for (code, root, _) in addresses {
        let (from, until) = (NOON.minus(Span::hours(1)), NOON.plus(Span::hours(40)));
        let door = NodeKey::new(public(root + 10), KeyUse::Door, from, until).unwrap();
        let list = KeyList::new(region(code), 1, NOON, NOON.plus(Span::hours(48)), [door]).unwrap();
        let list = list.sign(&key(*root)).unwrap();
        federation
            .take_keys(region(code), list.as_bytes(), NOON)
            .unwrap();
    }
    federation
}

impl World {
    async fn open() -> Self {
        let mut listeners = Vec::new();
        for _ in 0..2 {
            listeners.push(TcpListener::bind("127.0.0.1:0").await.unwrap());
        }
        let at = |place: usize| -> SocketAddr { listeners[place].local_addr().unwrap() };
        let held = federation(&[("330000", 11, at(0)), ("440000", 12, at(1))]);
        let node = |code: &str, door: u8| {
            Arc::new(Node {
                region: region(code),
                door,
                held: Mutex::new(held.clone()),
                now: Mutex::new(NOON),
            })
        };
        let world = Self {
            zhejiang: node("330000", 21),
            guangdong: node("440000", 22),
            stranger: node("440000", 99),
        };
        for (listener, node) in listeners
            .into_iter()
            .zip([&world.zhejiang, &world.guangdong])
        {
            let neighbours: Arc<dyn Neighbours> = Arc::<Node>::clone(node);
            let serving = Serving {
                door: Some(Arc::new(DoorTls::new(&neighbours).unwrap())),
                ..Serving::default()
            };
            let router = door(neighbours, Some(Arc::new(Echo)));
            tokio::spawn(serving.serve(listener, router, std::future::pending()));
        }
        world
    }
}

fn doors(of: &Arc<Node>) -> Doors {
    let terms = DoorsTerms {
        connect_within: Duration::from_secs(20),
        answer_within: Duration::from_secs(20),
        ..DoorsTerms::default()
    };
    Doors::new(Arc::<Node>::clone(of), terms)
}

fn removal(code: &str, key_of: Option<u8>) -> Vec<u8> {
    let removal = Removal {
        region: region(code),
        key: key_of.map(|fill| public(fill).id()),
        removed_at: NOON,
    };
    RemovalList::new(NOON, vec![removal])
        .unwrap()
        .sign(&key(REMOVER))
        .unwrap()
}

#[tokio::test]
async fn neighbours_know_each_other_by_their_keys_and_hand_parcels_over() {
    let world = World::open().await;
    let doors = doors(&world.zhejiang);
    let hello = doors.hello(region("440000")).await.unwrap();
    assert_eq!(
        (hello.region, hello.you),
        (region("440000"), region("330000"))
    );
    assert_eq!((hello.now, hello.trust_version), (NOON, Some(1)));
    for _ in 0..3 {
        let answered = doors.send(region("440000"), b"parcel".to_vec()).await;
        assert_eq!(answered.unwrap(), b"330000parcel");
    }
    let refused = doors.send(region("440000"), Vec::new()).await.unwrap_err();
    assert!(
        matches!(&refused, DoorError::Refused { status: 422, says, .. } if says == "it is empty")
    );
    assert!(!refused.may_pass());
    let nobody = doors.hello(region("510000")).await;
    assert_eq!(nobody, Err(DoorError::NoDoor(region("510000"))));
    let too_much = doors.send(region("440000"), vec![0; (1 << 20) + 1]).await;
    assert!(
        matches!(
            too_much,
            Err(DoorError::Refused { status: 413, .. } | DoorError::Ended { .. })
        ),
        "{too_much:?}"
    );
}

/// Goes between a neighbour and a door; what comes on connections that were there before it was told to cut
/// ends them.
struct Between {
    at: SocketAddr,
    cut: watch::Sender<bool>,
    connections: Arc<AtomicU32>,
}

impl Between {
    async fn open(door: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let (cut, told) = watch::channel(false);
        let connections = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&connections);
        tokio::spawn(async move {
            loop {
                let (mut near, _) = listener.accept().await.unwrap();
                counted.fetch_add(1, Ordering::SeqCst);
                let (told, old) = (told.clone(), !*told.borrow());
                tokio::spawn(async move {
                    let mut far = TcpStream::connect(door).await.unwrap();
                    let (mut from, mut to) = (vec![0; 65_536], vec![0; 65_536]);
                    loop {
                        tokio::select! {
                            read = near.read(&mut from) => {
                                let length = read.unwrap_or(0);
                                if length == 0 || old && *told.borrow() {
                                    return;
                                }
                                far.write_all(&from[..length]).await.unwrap();
                            }
                            read = far.read(&mut to) => {
                                let length = read.unwrap_or(0);
                                if length == 0 {
                                    return;
                                }
                                near.write_all(&to[..length]).await.unwrap();
                            }
                        }
                    }
                });
            }
        });
        Self {
            at,
            cut,
            connections,
        }
    }
}

#[tokio::test]
async fn a_connection_that_ended_while_nobody_used_it_costs_no_question() {
    let world = World::open().await;
    let door_of = |code: &str| -> SocketAddr {
        let held = world.zhejiang.held.lock().unwrap();
        let there = held
            .address(region(code), EndpointKind::Peer, NOON)
            .unwrap();
        let place = there.as_str().trim_start_matches("https://");
        place.parse().unwrap()
    };
    let between = Between::open(door_of("440000")).await;
    let through = federation(&[
        ("330000", 11, door_of("330000")),
        ("440000", 12, between.at),
    ]);
    *world.zhejiang.held.lock().unwrap() = through;
    let doors = doors(&world.zhejiang);
    let counted = || between.connections.load(Ordering::SeqCst);
    for _ in 0..2 {
        doors.hello(region("440000")).await.unwrap();
    }
    assert_eq!(counted(), 1, "it is kept");
    between.cut.send_replace(true);
    doors.hello(region("440000")).await.unwrap();
    assert_eq!(counted(), 2, "and another one opened when it had ended");
}

#[tokio::test]
async fn a_stranger_gets_in_nowhere_and_nobody_is_taken_for_another_region() {
    let world = World::open().await;
    let refused = doors(&world.stranger)
        .hello(region("330000"))
        .await
        .unwrap_err();
    assert!(
        matches!(
            refused,
            DoorError::Handshake { .. } | DoorError::Away { .. } | DoorError::Ended { .. }
        ),
        "{refused:?}"
    );
    // The address of Guangdong leads to Zhejiang's door: its key is not Guangdong's.
    let led_astray = {
        let held = world.zhejiang.held.lock().unwrap();
        let there = held
            .address(region("330000"), EndpointKind::Peer, NOON)
            .unwrap();
        let place: SocketAddr = there
            .as_str()
            .trim_start_matches("https://")
            .parse()
            .unwrap();
        federation(&[("330000", 11, place), ("440000", 12, place)])
    };
    *world.guangdong.held.lock().unwrap() = led_astray;
    let refused = doors(&world.guangdong)
        .hello(region("440000"))
        .await
        .unwrap_err();
    assert!(
        matches!(&refused, DoorError::Handshake { why, .. } if why.contains("no region lists key")),
        "{refused}"
    );
}

#[tokio::test]
async fn a_removal_closes_the_door_to_open_connections_at_once_on_both_sides() {
    for (removed, of) in [("330000", None), ("330000", Some(11)), ("330000", Some(21))] {
        let world = World::open().await;
        let visitor = doors(&world.zhejiang);
        visitor.hello(region("440000")).await.unwrap();
        let bytes = removal(removed, of);
        world
            .guangdong
            .held
            .lock()
            .unwrap()
            .take_removals(&bytes, NOON)
            .unwrap();
        // The visitor has not heard of it and comes with the connection that is open.
        let refused = visitor.hello(region("440000")).await.unwrap_err();
        assert!(
            matches!(refused, DoorError::Refused { status: 403, .. }),
            "{refused:?}"
        );
        // The connection was ended with that answer, and another one does not come about.
        let refused = visitor.hello(region("440000")).await.unwrap_err();
        assert!(
            matches!(
                refused,
                DoorError::Handshake { .. } | DoorError::Away { .. } | DoorError::Ended { .. }
            ),
            "{refused:?}"
        );
        // The other way round: an open connection is not used any more.
        let host = doors(&world.guangdong);
        let refused = host.hello(region("330000")).await.unwrap_err();
        assert!(
            matches!(refused, DoorError::NoDoor(_) | DoorError::Handshake { .. }),
            "{refused:?}"
        );
    }
}

#[tokio::test]
async fn an_open_connection_is_left_when_the_host_is_removed() {
    let world = World::open().await;
    let visitor = doors(&world.zhejiang);
    visitor.hello(region("440000")).await.unwrap();
    let bytes = removal("440000", Some(22));
    world
        .zhejiang
        .held
        .lock()
        .unwrap()
        .take_removals(&bytes, NOON)
        .unwrap();
    let refused = visitor.hello(region("440000")).await.unwrap_err();
    assert!(
        matches!(&refused, DoorError::Handshake { why, .. } if why.contains("was removed")),
        "{refused}"
    );
}

#[tokio::test]
async fn with_the_end_of_trust_list_or_key_list_doors_are_closed() {
    for hours in [41, 49, 24 * 31] {
        let world = World::open().await;
        let visitor = doors(&world.zhejiang);
        visitor.hello(region("440000")).await.unwrap();
        let then = NOON.plus(Span::hours(hours));
        *world.guangdong.now.lock().unwrap() = then;
        let refused = visitor.hello(region("440000")).await.unwrap_err();
        assert!(
            matches!(refused, DoorError::Refused { status: 403, .. }),
            "{refused:?}"
        );
        *world.zhejiang.now.lock().unwrap() = then;
        assert!(visitor.hello(region("440000")).await.is_err());
    }
}

#[tokio::test]
async fn a_certificate_of_an_authority_opens_no_door() {
    use rustls::pki_types::pem::PemObject as _;
    use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
    let world = World::open().await;
    let place = {
        let held = world.zhejiang.held.lock().unwrap();
        let there = held
            .address(region("330000"), EndpointKind::Peer, NOON)
            .unwrap();
        there.as_str().trim_start_matches("https://").to_owned()
    };
    let mut roots = rustls::RootCertStore::empty();
    let authority = CertificateDer::from_pem_slice(include_bytes!("tls/ca.pem")).unwrap();
    roots.add(authority).unwrap();
    let chain = vec![CertificateDer::from_pem_slice(include_bytes!("tls/first.pem")).unwrap()];
    let own = PrivateKeyDer::from_pem_slice(include_bytes!("tls/first.key")).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider);
    let builder = builder.with_safe_default_protocol_versions().unwrap();
    let builder = builder.with_root_certificates(roots);
    for config in [
        builder.clone().with_client_auth_cert(chain, own).unwrap(),
        builder.with_no_client_auth(),
    ] {
        let stream = TcpStream::connect(&place).await.unwrap();
        let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
        let name = ServerName::try_from("localhost").unwrap();
        assert!(connector.connect(name, stream).await.is_err());
    }
}
