//! What a service that runs as a process tells whoever asks it, by the simplest client there is.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a test that gets no answer fails"
)]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use serde_json::Value;

/// Status, head and body of an answer.
#[derive(Clone, Debug)]
pub struct Told {
    /// The status.
    pub status: u16,
    /// Status line and headers.
    pub head: String,
    /// The body.
    pub body: String,
}

impl Told {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{} {}", self.head, self.body))
    }
}

/// Sends a request (`GET /path`) with a token and a body where they are not empty, and reads the answer.
pub fn exchange(
    stream: &mut (impl Read + Write),
    request: &str,
    token: &str,
    body: Option<&Value>,
) -> Told {
    let body = body.map(Value::to_string).unwrap_or_default();
    let mut head = format!("{request} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n");
    if !token.is_empty() {
        head.push_str("Authorization: Bearer ");
        head.push_str(token);
        head.push_str("\r\n");
    }
    if !body.is_empty() {
        head.push_str("Content-Type: application/json\r\nContent-Length: ");
        head.push_str(&body.len().to_string());
        head.push_str("\r\n");
    }
    write!(stream, "{head}\r\n{body}").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let body = if head.to_lowercase().contains("transfer-encoding: chunked") {
        // What is asked for here fits into one chunk.
        body.split_once("\r\n")
            .unwrap()
            .1
            .trim_end_matches("\r\n0\r\n\r\n")
            .to_owned()
    } else {
        body.to_owned()
    };
    Told {
        status,
        head: head.to_owned(),
        body,
    }
}

/// Fetches a file as its bytes are; empty where the answer is not 200.
pub fn file(stream: &mut (impl Read + Write), path: &str) -> Vec<u8> {
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
    let body = answer.split_off(end.unwrap() + 4);
    if answer.starts_with(b"HTTP/1.1 200") {
        body
    } else {
        Vec::new()
    }
}

/// The same on a connection of its own.
pub fn ask(to: SocketAddr, request: &str, token: &str, body: Option<&Value>) -> Told {
    exchange(&mut TcpStream::connect(to).unwrap(), request, token, body)
}
