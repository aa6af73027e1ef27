//! TLS 1.3, and 1.2 for older devices, with a certificate that can be renewed while the node serves.

use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwap;
use hc_code::Timestamp;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, NoServerSessionStorage, ResolvesServerCert, ServerConfig};
use rustls::sign::CertifiedKey;
use rustls::version::{TLS12, TLS13};
use tokio::net::TcpStream;
use tokio_rustls::{Accept, TlsAcceptor};

use super::validity;

/// What is said for HTTP/1.1 in the handshake (RFC 7301).
const HTTP_1_1: &[u8] = b"http/1.1";

/// Why there is no TLS.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TlsError {
    /// The chain.
    #[error("the certificate chain is no PEM with certificates: {0}")]
    Chain(String),
    /// The key.
    #[error("the private key is no PEM with a key (PKCS#8, SEC1 or PKCS#1): {0}")]
    Key(String),
    /// Both together.
    #[error("certificate and key do not go together: {0}")]
    Pair(String),
    /// The first certificate.
    #[error("the first certificate of the chain says no validity that can be read")]
    Validity,
    /// The library.
    #[error("TLS cannot be set up: {0}")]
    Setup(String),
}

/// TLS of a listener.
///
/// Session tickets (RFC 8446 §4.6.1) are sealed with a key of this process that changes every six
/// hours, and nothing is kept of a session; there is no early data, which could be replayed.
pub struct Tls {
    acceptor: TlsAcceptor,
    served: Arc<Certificate>,
}

/// The certificate that is served now.
struct Certificate(ArcSwap<Pair>);

struct Pair {
    key: Arc<CertifiedKey>,
    ends: Timestamp,
}

impl Tls {
    /// TLS with a chain, the own certificate first, and its key, both PEM.
    ///
    /// # Errors
    /// [`TlsError`].
    pub fn new(chain: &[u8], key: &[u8], older: bool) -> Result<Self, TlsError> {
        let setup = |error: rustls::Error| TlsError::Setup(error.to_string());
        let served = Arc::new(Certificate(ArcSwap::from_pointee(pair(chain, key)?)));
        let versions: &[_] = if older { &[&TLS13, &TLS12] } else { &[&TLS13] };
        let resolver: Arc<dyn ResolvesServerCert> = Arc::<Certificate>::clone(&served);
        let mut config =
            ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
                .with_protocol_versions(versions)
                .map_err(setup)?
                .with_no_client_auth()
                .with_cert_resolver(resolver);
        config.alpn_protocols = vec![HTTP_1_1.to_vec()];
        config.ticketer = aws_lc_rs::Ticketer::new().map_err(setup)?;
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 1;
        Ok(Self {
            acceptor: TlsAcceptor::from(Arc::new(config)),
            served,
        })
    }

    /// Serves another certificate from the next handshake on.
    ///
    /// # Errors
    /// [`TlsError`]; the one before stays.
    pub fn renew(&self, chain: &[u8], key: &[u8]) -> Result<(), TlsError> {
        self.served.0.store(Arc::new(pair(chain, key)?));
        Ok(())
    }

    /// When the certificate ends.
    pub fn ends(&self) -> Timestamp {
        self.served.0.load().ends
    }

    /// The handshake of a connection.
    pub(super) fn accept(&self, stream: TcpStream) -> Accept<TcpStream> {
        self.acceptor.accept(stream)
    }
}

fn pair(chain: &[u8], key: &[u8]) -> Result<Pair, TlsError> {
    let chain = CertificateDer::pem_slice_iter(chain)
        .collect::<Result<Vec<_>, pem::Error>>()
        .map_err(|error| TlsError::Chain(error.to_string()))?;
    let first = chain
        .first()
        .ok_or_else(|| TlsError::Chain("there is none".to_owned()))?;
    let ends = validity::ends(first).ok_or(TlsError::Validity)?;
    let key =
        PrivateKeyDer::from_pem_slice(key).map_err(|error| TlsError::Key(error.to_string()))?;
    let key = CertifiedKey::from_der(chain, key, &aws_lc_rs::default_provider())
        .map_err(|error| TlsError::Pair(error.to_string()))?;
    Ok(Pair {
        key: Arc::new(key),
        ends,
    })
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.load().key))
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Certificate(…)")
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").field("ends", &self.ends()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &[u8] = include_bytes!("../../tests/tls/first.pem");
    const FIRST_KEY: &[u8] = include_bytes!("../../tests/tls/first.key");
    const SECOND: &[u8] = include_bytes!("../../tests/tls/second.pem");
    const SECOND_KEY: &[u8] = include_bytes!("../../tests/tls/second.key");

    #[test]
    fn a_certificate_is_served_with_its_own_key_and_renewed_whole_or_not_at_all() {
        let tls = Tls::new(FIRST, FIRST_KEY, true).unwrap();
        let ends = tls.ends();
        assert_eq!(ends.to_string(), "2126-10-29T19:43:55+08:00");
        let wrong: [(&[u8], &[u8], &str); 5] = [
            (SECOND, FIRST_KEY, "do not go together"),
            (b"", FIRST_KEY, "chain"),
            (FIRST_KEY, FIRST_KEY, "chain"),
            (FIRST, b"", "private key"),
            (FIRST, FIRST, "private key"),
        ];
        for (chain, key, named) in wrong {
            let refused = tls.renew(chain, key).unwrap_err().to_string();
            assert!(refused.contains(named), "{refused}");
            assert_eq!(tls.ends(), ends);
        }
        tls.renew(SECOND, SECOND_KEY).unwrap();
        assert_eq!(tls.ends().to_string(), "2126-07-21T19:43:55+08:00");
    }
}
