//! Requests to the driver: HTTP/1.1 over a connection for each, JSON both ways.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

use super::BrowserError;

/// A driver may take so long for one command: scripts that wait are bounded by it.
const LONGEST: Duration = Duration::from_mins(2);

/// Asks the driver; gives the `value` of its answer.
pub(super) fn ask(
    port: u16,
    method: &str,
    path: &str,
    body: Option<&Value>,
) -> Result<Value, BrowserError> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(LONGEST))?;
    let body = body.map(Value::to_string).unwrap_or_default();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = Vec::new();
    let mut part = vec![0; 65_536];
    loop {
        let read = stream.read(&mut part)?;
        answer.extend_from_slice(part.get(..read).unwrap_or_default());
        if read == 0 || is_whole(&answer) {
            break;
        }
    }
    let form = || BrowserError::Form(String::from_utf8_lossy(&answer).chars().take(300).collect());
    let at = end_of_head(&answer).ok_or_else(form)?;
    let content = answer.get(at..).unwrap_or_default();
    let said: Value = serde_json::from_slice(content).map_err(|_| form())?;
    let value = said.get("value").cloned().unwrap_or(Value::Null);
    if let Some(error) = value.get("error").and_then(Value::as_str) {
        let message = value.get("message").and_then(Value::as_str);
        return Err(BrowserError::Refused {
            error: error.to_owned(),
            message: message.unwrap_or_default().chars().take(600).collect(),
        });
    }
    Ok(value)
}

fn end_of_head(answer: &[u8]) -> Option<usize> {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    Some(end + 4)
}

/// Whether as much has come as the head says.
fn is_whole(answer: &[u8]) -> bool {
    let Some(at) = end_of_head(answer) else {
        return false;
    };
    let head = String::from_utf8_lossy(answer.get(..at).unwrap_or_default()).to_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"))
        .and_then(|length| length.trim().parse::<usize>().ok());
    length.is_some_and(|length| answer.len() >= at + length)
}
