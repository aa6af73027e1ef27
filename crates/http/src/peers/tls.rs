//! TLS of doors: version 1.3 alone, both sides with a bare key, nothing that outlives the connection.

use std::fmt;
use std::sync::Arc;

use hc_code::DivisionCode;
use hc_code::federation::NoPeer;
use hc_code::signing::KeyId;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{ResolvesClientCert, Resumption};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{ClientHello, NoServerSessionStorage, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::version::TLS13;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, DistinguishedName, Error, OtherError,
    ServerConfig, SignatureScheme,
};
use tokio::net::TcpStream;
use tokio_rustls::{Accept, TlsAcceptor};

use super::key;
use super::neighbours::Neighbours;
use crate::serve::TlsError;

/// What is said for HTTP/1.1 in the handshake (RFC 7301).
const HTTP_1_1: &[u8] = b"http/1.1";

/// TLS of a door's listener.
pub struct DoorTls(TlsAcceptor);

impl DoorTls {
    /// TLS for whoever the neighbours say.
    ///
    /// # Errors
    /// [`TlsError::Setup`].
    pub fn new(neighbours: &Arc<dyn Neighbours>) -> Result<Self, TlsError> {
        let setup = |error: Error| TlsError::Setup(error.to_string());
        let own = Arc::new(Own(Arc::clone(neighbours)));
        let visitors = Arc::new(Visitors(Arc::clone(neighbours)));
        let mut config =
            ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
                .with_protocol_versions(&[&TLS13])
                .map_err(setup)?
                .with_client_cert_verifier(visitors)
                .with_cert_resolver(own);
        config.alpn_protocols = vec![HTTP_1_1.to_vec()];
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
        Ok(Self(TlsAcceptor::from(Arc::new(config))))
    }

    /// The handshake of a connection.
    pub(crate) fn accept(&self, stream: TcpStream) -> Accept<TcpStream> {
        self.0.accept(stream)
    }
}

impl fmt::Debug for DoorTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DoorTls(…)")
    }
}

/// TLS towards the door of one region.
pub(super) fn towards(
    region: DivisionCode,
    neighbours: &Arc<dyn Neighbours>,
) -> Result<Arc<ClientConfig>, Error> {
    let own = Arc::new(Own(Arc::clone(neighbours)));
    let host = Arc::new(Host {
        region,
        neighbours: Arc::clone(neighbours),
    });
    let mut config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(&[&TLS13])?
        .dangerous()
        .with_custom_certificate_verifier(host)
        .with_client_cert_resolver(own);
    config.alpn_protocols = vec![HTTP_1_1.to_vec()];
    config.resumption = Resumption::disabled();
    Ok(Arc::new(config))
}

/// The key that the other side of a connection proved itself with.
pub(crate) fn proved(certificates: Option<&[CertificateDer<'_>]>) -> Option<KeyId> {
    let sent = certificates?.first()?;
    Some(key::read(sent).ok()?.id())
}

fn refused(reason: NoPeer) -> Error {
    let reason = OtherError(Arc::new(reason));
    Error::InvalidCertificate(CertificateError::Other(reason))
}

/// This node's own key, whichever it is now.
#[derive(Debug)]
struct Own(Arc<dyn Neighbours>);

impl Own {
    fn key(&self) -> Option<Arc<CertifiedKey>> {
        self.0.own_key().as_ref().map(key::certified)
    }
}

impl ResolvesServerCert for Own {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.key()
    }

    fn only_raw_public_keys(&self) -> bool {
        true
    }
}

impl ResolvesClientCert for Own {
    fn resolve(&self, _hints: &[&[u8]], _schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.key()
    }

    fn only_raw_public_keys(&self) -> bool {
        true
    }

    fn has_certs(&self) -> bool {
        true
    }
}

/// Whoever comes to the own door.
#[derive(Debug)]
struct Visitors(Arc<dyn Neighbours>);

impl ClientCertVerifier for Visitors {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        sent: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        let key = key::read(sent)?;
        self.0.peer(key.id()).map_err(refused)?;
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _sent: &CertificateDer<'_>,
        _signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::General("doors speak TLS 1.3".to_owned()))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        sent: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        key::verify(message, sent, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        key::schemes()
    }

    fn requires_raw_public_keys(&self) -> bool {
        true
    }
}

/// The region whose door is gone to.
#[derive(Debug)]
struct Host {
    region: DivisionCode,
    neighbours: Arc<dyn Neighbours>,
}

impl ServerCertVerifier for Host {
    fn verify_server_cert(
        &self,
        sent: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        // The address only leads there; who answers is proved by the key.
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let key = key::read(sent)?;
        let known = self.neighbours.is_peer(self.region, key.id());
        known.map_err(refused)?;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _sent: &CertificateDer<'_>,
        _signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::General("doors speak TLS 1.3".to_owned()))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        sent: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        key::verify(message, sent, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        key::schemes()
    }

    fn requires_raw_public_keys(&self) -> bool {
        true
    }
}
