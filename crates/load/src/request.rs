//! Requests as bytes, made before the clock runs.

use std::net::SocketAddr;

use serde_json::{Value, json};

/// One request, ready to be sent.
pub(crate) fn of(
    address: SocketAddr,
    method: &str,
    path: &str,
    token: Option<&str>,
    body: Option<&Value>,
) -> Vec<u8> {
    let token = token.map_or_else(String::new, |token| {
        format!("Authorization: Bearer {token}\r\n")
    });
    let body = body.map(Value::to_string).unwrap_or_default();
    let length = if body.is_empty() {
        String::new()
    } else {
        let length = body.len();
        format!("Content-Type: application/json\r\nContent-Length: {length}\r\n")
    };
    format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\n{token}{length}\r\n{body}").into_bytes()
}

/// A JSON text is posted as it stands.
pub(crate) fn posted(address: SocketAddr, path: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// A person enrols, with a declaration of good health.
pub(crate) fn enrolment(address: SocketAddr, name: &str, number: &str, now: &str) -> Vec<u8> {
    let body = json!({
        "identity": { "method": "demo" },
        "profile": { "name": name },
        "document": { "type": "111", "number": number },
        "consents": [{ "purpose": "code", "version": 1, "days": 365 }],
        "declaration": healthy(now),
    });
    of(address, "POST", "/v1/enrolments", None, Some(&body))
}

/// A declaration in which nothing is wrong.
pub(crate) fn healthy(now: &str) -> Value {
    json!({ "health": {
        "symptoms": ["1"], "stayedHighRisk": "2", "contactWithCase": "2", "reportedAt": now,
    } })
}
