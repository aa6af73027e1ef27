//! One HTTP/1.1 connection, in TLS or not, kept open or not: just as much as a generator needs.

use std::io::{Error, ErrorKind, Result};
use std::net::SocketAddr;

use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::args::Target;
use crate::tls;

/// More bytes than any answer to the generator's requests has.
const MOST_BYTES: usize = 1 << 20;

/// Where and how.
#[derive(Clone)]
pub(crate) struct Way {
    address: SocketAddr,
    tls: Option<TlsConnector>,
    fresh: bool,
}

impl Way {
    pub(crate) fn of(target: &Target) -> Result<Self> {
        Ok(Self {
            address: target.address,
            tls: target.tls.then(tls::connector).transpose()?,
            fresh: target.fresh,
        })
    }

    /// Opens a connection, with its handshake.
    async fn open(&self) -> Result<Box<dyn Stream>> {
        let stream = TcpStream::connect(self.address).await?;
        stream.set_nodelay(true)?;
        Ok(match &self.tls {
            None => Box::new(stream),
            Some(connector) => {
                let name = ServerName::IpAddress(self.address.ip().into());
                Box::new(connector.connect(name, stream).await?)
            }
        })
    }
}

/// What a connection runs over.
trait Stream: AsyncRead + AsyncWrite + Unpin {}

impl<T: AsyncRead + AsyncWrite + Unpin> Stream for T {}

pub(crate) struct Connection {
    way: Way,
    stream: Option<Box<dyn Stream>>,
    buffer: Vec<u8>,
}

/// An answer: its status, and its body.
pub(crate) struct Answer<'a> {
    pub(crate) status: u16,
    pub(crate) body: &'a [u8],
}

impl Connection {
    pub(crate) fn by(way: &Way) -> Self {
        Self {
            way: way.clone(),
            stream: None,
            buffer: Vec::with_capacity(4096),
        }
    }

    /// Opens it before it is asked anything, unless each request is to have a connection of its own.
    pub(crate) async fn ready(&mut self) -> Result<()> {
        if self.stream.is_none() && !self.way.fresh {
            self.stream = Some(self.way.open().await?);
        }
        Ok(())
    }

    /// Opens a connection and closes it.
    pub(crate) async fn shake_hands(&self) -> Result<()> {
        let mut stream = self.way.open().await?;
        stream.shutdown().await
    }

    /// Sends a request and reads its answer. After an error, or where the service closes, the next
    /// request opens a new connection.
    pub(crate) async fn ask(&mut self, request: &[u8]) -> Result<Answer<'_>> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => self.way.open().await?,
        };
        stream.write_all(request).await?;
        self.buffer.clear();
        loop {
            if let Some(head) = Head::read(&self.buffer)? {
                let whole = head.length + head.body;
                if whole > MOST_BYTES {
                    return Err(broken("an answer of more than a megabyte"));
                }
                while self.buffer.len() < whole {
                    if stream.read_buf(&mut self.buffer).await? == 0 {
                        return Err(ErrorKind::UnexpectedEof.into());
                    }
                }
                if self.way.fresh {
                    stream.shutdown().await?;
                } else if !head.closes {
                    self.stream = Some(stream);
                }
                return Ok(Answer {
                    status: head.status,
                    body: self.buffer.get(head.length..whole).unwrap_or_default(),
                });
            }
            if self.buffer.len() > MOST_BYTES {
                return Err(broken("a head without end"));
            }
            if stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
        }
    }
}

/// What the generator reads of a head.
struct Head {
    status: u16,
    /// Bytes of the head.
    length: usize,
    /// Bytes of the body.
    body: usize,
    closes: bool,
}

impl Head {
    /// Reads a head; `None` while it is not whole.
    fn read(bytes: &[u8]) -> Result<Option<Self>> {
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
            return Ok(None);
        };
        let head = bytes
            .get(..end)
            .and_then(|head| std::str::from_utf8(head).ok());
        let head = head.ok_or_else(|| broken("a head that is no text"))?;
        let mut lines = head.split("\r\n");
        let status = lines
            .next()
            .and_then(|line| line.strip_prefix("HTTP/1.1 "))
            .and_then(|line| line.get(..3)?.parse().ok())
            .ok_or_else(|| broken("no status line of HTTP/1.1"))?;
        let mut found = Self {
            status,
            length: end + 4,
            body: 0,
            closes: false,
        };
        for line in lines {
            let (name, value) = line.split_once(':').unwrap_or_default();
            let value = value.trim();
            if name.eq_ignore_ascii_case("content-length") {
                found.body = value.parse().map_err(|_| broken("no length"))?;
            } else if name.eq_ignore_ascii_case("connection") {
                found.closes = value.eq_ignore_ascii_case("close");
            } else if name.eq_ignore_ascii_case("transfer-encoding") {
                return Err(broken("an answer in chunks"));
            }
        }
        Ok(Some(found))
    }
}

fn broken(what: &str) -> Error {
    Error::new(ErrorKind::InvalidData, what.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_read_when_they_are_whole() {
        let text =
            b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 7\r\nConnection: close\r\n\r\n{}";
        for length in 0..text.len() - 2 {
            assert!(Head::read(&text[..length]).unwrap().is_none(), "{length}");
        }
        let head = Head::read(text).unwrap().unwrap();
        assert_eq!((head.status, head.body, head.closes), (503, 7, true));
        assert_eq!(head.length, text.len() - 2);
        assert!(Head::read(b"SSH-2.0\r\n\r\n").is_err());
        assert!(Head::read(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").is_err());
    }
}
