//! Connections: slow, half-open and too many clients; the orderly end.

use std::time::Duration;

use axum::Router;
use axum::routing::get;
use hc_http::Limits;
use hc_http::serve::{Connections, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::world::World;

const SOON: Duration = Duration::from_millis(200);
const LONG: Duration = Duration::from_secs(20);

fn quick() -> Connections {
    Connections {
        head_within: SOON,
        lifetime: Duration::from_mins(10),
        grace: Duration::from_secs(10),
        most: 16,
        ..Connections::default()
    }
}

/// Everything that the server still sends; the connection must end.
async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    // A reset is an end too.
    drop(
        timeout(LONG, stream.read_to_end(&mut bytes))
            .await
            .expect("an end"),
    );
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test]
async fn a_client_that_sends_no_head_loses_its_place() {
    let world = World::with(Limits::default(), quick()).await;
    for sent in ["", "GET /healthz HTTP/1.1\r\nHos"] {
        let mut stream = TcpStream::connect(world.public).await.unwrap();
        stream.write_all(sent.as_bytes()).await.unwrap();
        let answer = rest(&mut stream).await;
        assert!(!answer.contains("200 OK"), "{answer}");
    }
}

#[tokio::test]
async fn a_body_that_does_not_come_is_refused_and_holds_nobody_up() {
    let limits = Limits {
        json_within: SOON,
        acts_at_once: 1,
        acts_waiting: 0,
        ..Limits::default()
    };
    let world = World::with(limits, Connections::default()).await;
    let mut slow = TcpStream::connect(world.public).await.unwrap();
    let head = "POST /v1/enrolments HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{";
    slow.write_all(head.as_bytes()).await.unwrap();
    // The only turn for acts is free meanwhile.
    world.token(crate::sample::NUMBERS[0]).await;
    let answer = rest(&mut slow).await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(answer.contains("body-too-slow"));
}

#[tokio::test]
async fn beyond_the_most_connections_nobody_is_served_until_one_ends() {
    let most = 2;
    let world = World::with(
        Limits::default(),
        Connections {
            most,
            ..Connections::default()
        },
    )
    .await;
    let mut held = Vec::new();
    for _ in 0..most {
        let mut stream = TcpStream::connect(world.public).await.unwrap();
        stream
            .write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            .await
            .unwrap();
        let mut first = [0; 15];
        stream.read_exact(&mut first).await.unwrap();
        assert_eq!(&first, b"HTTP/1.1 200 OK");
        held.push(stream);
    }
    let mut surplus = TcpStream::connect(world.public).await.unwrap();
    surplus
        .write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        .await
        .unwrap();
    let mut first = [0; 15];
    assert!(timeout(SOON, surplus.read_exact(&mut first)).await.is_err());
    drop(held.pop());
    timeout(LONG, surplus.read_exact(&mut first))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(&first, b"HTTP/1.1 200 OK");
}

#[tokio::test]
async fn an_answer_that_is_under_way_is_given_before_the_service_ends() {
    let (begun, has_begun) = oneshot::channel::<()>();
    let (go_on, may_go_on) = oneshot::channel::<()>();
    let both = std::sync::Arc::new(std::sync::Mutex::new(Some((begun, may_go_on))));
    let slow = get(move || {
        let taken = both.lock().unwrap().take();
        async move {
            let (begun, may_go_on) = taken.unwrap();
            begun.send(()).unwrap();
            may_go_on.await.unwrap();
            "done"
        }
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let router = Router::new().route("/", slow);
    let bounds = Connections::default();
    let serving = tokio::spawn(serve(listener, router, bounds, async {
        stopped.await.unwrap();
    }));
    let mut idle = TcpStream::connect(address).await.unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        .await
        .unwrap();
    has_begun.await.unwrap();
    stop.send(()).unwrap();
    // Whoever is idle is let go at once.
    assert_eq!(rest(&mut idle).await, "");
    go_on.send(()).unwrap();
    assert!(rest(&mut stream).await.ends_with("done"));
    assert_eq!(timeout(LONG, serving).await.unwrap().unwrap(), 0);
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn heads_that_are_too_large_are_refused() {
    let world = World::new().await;
    for head in [
        format!(
            "GET /healthz HTTP/1.1\r\nHost: x\r\nX: {}\r\n\r\n",
            "a".repeat(64 << 10)
        ),
        format!(
            "GET /healthz HTTP/1.1\r\nHost: x\r\n{}\r\n",
            "X: a\r\n".repeat(100)
        ),
        "GET /healthz HTTP/1.1\r\nHo st: x\r\n\r\n".to_owned(),
    ] {
        let mut stream = TcpStream::connect(world.public).await.unwrap();
        // The server may close before it has read everything.
        drop(stream.write_all(head.as_bytes()).await);
        let answer = rest(&mut stream).await;
        assert!(!answer.contains("200 OK"), "{answer}");
    }
}
