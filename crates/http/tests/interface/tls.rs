//! TLS: right answers, slow and half-open clients, too many handshakes, a renewed certificate.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use hc_http::serve::{ConnectionCounts, Connections, Serving, Tls};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::version::{TLS12, TLS13};
use rustls::{
    ClientConfig, HandshakeKind, ProtocolVersion, RootCertStore, SupportedProtocolVersion,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

const AUTHORITY: &[u8] = include_bytes!("../tls/ca.pem");
const FIRST: (&[u8], &[u8]) = (
    include_bytes!("../tls/first.pem"),
    include_bytes!("../tls/first.key"),
);
const SECOND: (&[u8], &[u8]) = (
    include_bytes!("../tls/second.pem"),
    include_bytes!("../tls/second.key"),
);
const LONG: Duration = Duration::from_secs(20);
const SOON: Duration = Duration::from_millis(300);

struct Listening {
    address: SocketAddr,
    tls: Arc<Tls>,
    counts: Arc<ConnectionCounts>,
}

async fn listen(bounds: Connections, older: bool) -> Listening {
    let tls = Arc::new(Tls::new(FIRST.0, FIRST.1, older).unwrap());
    let counts = Arc::new(ConnectionCounts::default());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = Serving {
        bounds,
        tls: Some(Arc::clone(&tls)),
        counts: Arc::clone(&counts),
        ..Serving::default()
    };
    let router = Router::new().route("/", get(async || "here"));
    drop(tokio::spawn(serving.serve(
        listener,
        router,
        std::future::pending(),
    )));
    Listening {
        address,
        tls,
        counts,
    }
}

fn client(versions: &[&'static SupportedProtocolVersion]) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(AUTHORITY).unwrap())
        .unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(versions)
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Arc::new(config)
}

async fn connect(
    to: SocketAddr,
    client: &Arc<ClientConfig>,
) -> std::io::Result<TlsStream<TcpStream>> {
    let stream = TcpStream::connect(to).await.unwrap();
    let name = ServerName::try_from("region.example").unwrap();
    timeout(
        LONG,
        TlsConnector::from(Arc::clone(client)).connect(name, stream),
    )
    .await
    .expect("an end of the handshake")
}

/// Asks and reads everything until the end.
async fn ask(stream: &mut TlsStream<TcpStream>) -> String {
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        .await
        .unwrap();
    let mut answer = Vec::new();
    timeout(LONG, stream.read_to_end(&mut answer))
        .await
        .expect("an end")
        .expect("closed as TLS asks for");
    String::from_utf8(answer).unwrap()
}

/// The first certificate that a server shows.
fn shown(stream: &TlsStream<TcpStream>) -> Vec<u8> {
    stream.get_ref().1.peer_certificates().unwrap()[0].to_vec()
}

fn outcome(counts: &ConnectionCounts, wanted: &str) -> u64 {
    let all = counts.handshakes();
    all.iter().find(|(name, _)| *name == wanted).unwrap().1
}

#[tokio::test]
async fn both_versions_are_spoken_with_http_1_1_and_sessions_are_taken_up_again() {
    let listening = listen(Connections::default(), true).await;
    for (version, speaks) in [
        (&TLS13, ProtocolVersion::TLSv1_3),
        (&TLS12, ProtocolVersion::TLSv1_2),
    ] {
        let client = client(&[version]);
        for kind in [HandshakeKind::Full, HandshakeKind::Resumed] {
            let mut stream = connect(listening.address, &client).await.unwrap();
            let answer = ask(&mut stream).await;
            assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
            assert!(answer.ends_with("here"));
            let kept = "strict-transport-security: max-age=31536000\r\n";
            assert!(answer.contains(kept), "{answer}");
            let connection = stream.get_ref().1;
            assert_eq!(connection.protocol_version(), Some(speaks));
            assert_eq!(connection.alpn_protocol(), Some(&b"http/1.1"[..]));
            assert_eq!(connection.handshake_kind(), Some(kind));
        }
    }
    assert_eq!(outcome(&listening.counts, "done"), 4);
}

#[tokio::test]
async fn version_1_2_is_refused_where_the_region_does_not_want_it() {
    let listening = listen(Connections::default(), false).await;
    assert!(
        connect(listening.address, &client(&[&TLS12]))
            .await
            .is_err()
    );
    assert!(connect(listening.address, &client(&[&TLS13])).await.is_ok());
    assert_eq!(outcome(&listening.counts, "failed"), 1);
}

#[tokio::test]
async fn a_renewed_certificate_is_served_from_the_next_handshake_on() {
    let listening = listen(Connections::default(), true).await;
    let mut before = connect(listening.address, &client(&[&TLS13]))
        .await
        .unwrap();
    let first = CertificateDer::from_pem_slice(FIRST.0).unwrap();
    let second = CertificateDer::from_pem_slice(SECOND.0).unwrap();
    assert_eq!(shown(&before), first.to_vec());
    // What does not go together changes nothing.
    assert!(listening.tls.renew(SECOND.0, FIRST.1).is_err());
    let same = connect(listening.address, &client(&[&TLS13]))
        .await
        .unwrap();
    assert_eq!(shown(&same), first.to_vec());
    listening.tls.renew(SECOND.0, SECOND.1).unwrap();
    let after = connect(listening.address, &client(&[&TLS13]))
        .await
        .unwrap();
    assert_eq!(shown(&after), second.to_vec());
    // Connections from before go on.
    assert!(ask(&mut before).await.ends_with("here"));
}

#[tokio::test]
async fn a_slow_handshake_is_cut() {
    let bounds = Connections {
        handshake_within: SOON,
        ..Connections::default()
    };
    let listening = listen(bounds, true).await;
    // Nothing, and the beginning of a record that does not come to its end.
    for sent in [&b""[..], &[0x16, 0x03, 0x01, 0x02, 0x00, 0x01]] {
        let mut stream = TcpStream::connect(listening.address).await.unwrap();
        stream.write_all(sent).await.unwrap();
        let mut rest = Vec::new();
        let ended = timeout(LONG, stream.read_to_end(&mut rest)).await;
        // A reset is an end too.
        drop(ended.expect("an end"));
        assert!(rest.is_empty());
    }
    assert_eq!(outcome(&listening.counts, "slow"), 2);
}

#[tokio::test]
async fn what_is_not_tls_is_refused_at_once() {
    let listening = listen(Connections::default(), true).await;
    let mut stream = TcpStream::connect(listening.address).await.unwrap();
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        .await
        .unwrap();
    let mut rest = Vec::new();
    drop(
        timeout(SOON * 5, stream.read_to_end(&mut rest))
            .await
            .expect("an end"),
    );
    assert!(!String::from_utf8_lossy(&rest).contains("200 OK"));
    assert_eq!(outcome(&listening.counts, "failed"), 1);
}

#[tokio::test]
async fn half_open_connections_hold_nobody_up() {
    let bounds = Connections {
        handshakes_at_once: 8,
        handshake_within: LONG * 10,
        ..Connections::default()
    };
    let listening = listen(bounds, true).await;
    let mut held = Vec::new();
    for _ in 0..64 {
        held.push(TcpStream::connect(listening.address).await.unwrap());
    }
    let client = client(&[&TLS13]);
    let mut stream = timeout(SOON * 10, connect(listening.address, &client))
        .await
        .expect("nobody is waited for")
        .unwrap();
    assert!(ask(&mut stream).await.ends_with("here"));
    // No more than eight are under way: the oldest were sent away.
    let mut first = held.remove(0);
    let mut rest = Vec::new();
    drop(
        timeout(LONG, first.read_to_end(&mut rest))
            .await
            .expect("an end"),
    );
    assert!(outcome(&listening.counts, "pushed-out") >= 56);
}
