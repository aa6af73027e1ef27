//! More is asked than can be carried, by many connections, by one, by one address.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use hc_http::serve::{Capacity, ConnectionCounts, Connections, Serving};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, timeout};

const LONG: Duration = Duration::from_secs(20);
const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n";

async fn listen(serving: Serving) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().route("/", get(async || "here"));
    let end = std::future::pending();
    drop(tokio::spawn(serving.serve(listener, router, end)));
    address
}

/// Asks once on a connection; gives the head of the answer.
async fn ask(stream: &mut TcpStream) -> String {
    stream.write_all(REQUEST).await.unwrap();
    let mut answer = Vec::new();
    loop {
        let mut bytes = [0; 4096];
        let count = timeout(LONG, stream.read(&mut bytes))
            .await
            .unwrap()
            .unwrap();
        assert!(count > 0, "closed without an answer");
        answer.extend_from_slice(&bytes[..count]);
        let text = String::from_utf8_lossy(&answer).into_owned();
        let length = text.lines().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("content-length")
                .then(|| value.parse::<usize>().unwrap())
        });
        if let (Some((head, body)), Some(length)) = (text.split_once("\r\n\r\n"), length)
            && body.len() >= length
        {
            return head.to_lowercase();
        }
    }
}

#[tokio::test]
async fn beyond_the_capacity_everybody_gets_an_answer_and_the_capacity_is_used() {
    let capacity = Arc::new(Capacity::new(100));
    let address = listen(Serving {
        capacity: Some(Arc::clone(&capacity)),
        ..Serving::default()
    })
    .await;
    let end = Instant::now() + Duration::from_secs(3);
    let mut asking = tokio::task::JoinSet::new();
    for _ in 0..200 {
        asking.spawn(async move {
            let mut stream = TcpStream::connect(address).await.unwrap();
            let (mut good, mut refused) = (0_u32, 0_u32);
            while Instant::now() < end {
                let head = ask(&mut stream).await;
                if head.starts_with("http/1.1 200") {
                    good += 1;
                } else {
                    assert!(head.starts_with("http/1.1 503"), "{head}");
                    assert!(head.contains("retry-after: "), "{head}");
                    assert!(head.contains("application/problem+json"), "{head}");
                    refused += 1;
                }
            }
            (good, refused)
        });
    }
    let (mut good, mut refused) = (0, 0);
    while let Some(counts) = asking.join_next().await {
        let counts = counts.unwrap();
        good += counts.0;
        refused += counts.1;
    }
    // Three seconds at a hundred a second, and a refusal of each connection about once a second.
    assert!((270..=420).contains(&good), "{good} good");
    assert!((200..=1400).contains(&refused), "{refused} refused");
    assert_eq!(capacity.refused(), u64::from(refused));
}

#[tokio::test]
async fn one_connection_is_slowed_down_and_others_are_not() {
    let address = listen(Serving {
        bounds: Connections {
            requests_a_second: Some(20),
            ..Connections::default()
        },
        ..Serving::default()
    })
    .await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    let begun = Instant::now();
    for _ in 0..11 {
        assert!(ask(&mut stream).await.starts_with("http/1.1 200"));
    }
    assert!(
        begun.elapsed() >= Duration::from_millis(450),
        "{:?}",
        begun.elapsed()
    );
    let begun = Instant::now();
    let mut other = TcpStream::connect(address).await.unwrap();
    assert!(ask(&mut other).await.starts_with("http/1.1 200"));
    assert!(begun.elapsed() < Duration::from_millis(400));
}

#[tokio::test]
async fn one_address_has_so_many_connections_and_gets_them_back() {
    let counts = Arc::new(ConnectionCounts::default());
    let address = listen(Serving {
        bounds: Connections {
            most_per_address: Some(2),
            ..Connections::default()
        },
        counts: Arc::clone(&counts),
        ..Serving::default()
    })
    .await;
    let mut held = Vec::new();
    for _ in 0..2 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        assert!(ask(&mut stream).await.starts_with("http/1.1 200"));
        held.push(stream);
    }
    let mut surplus = TcpStream::connect(address).await.unwrap();
    let mut rest = Vec::new();
    // A reset is an end too.
    drop(timeout(LONG, surplus.read_to_end(&mut rest)).await.unwrap());
    assert!(rest.is_empty());
    assert_eq!(counts.refused(), 1);
    drop(held);
    for _ in 0..100 {
        if counts.opened() == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let mut again = TcpStream::connect(address).await.unwrap();
    assert!(ask(&mut again).await.starts_with("http/1.1 200"));
}
