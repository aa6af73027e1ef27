//! Asking the services of the demonstration over HTTPS, as a device or a gate does.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::{Method, Request, StatusCode};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use serde_json::Value;
use tokio::time::timeout;

/// How long an answer may take.
const WITHIN: Duration = Duration::from_secs(20);

/// A client that believes the demonstration's certificate and no other.
#[derive(Clone)]
pub(super) struct Asking(Client<HttpsConnector<HttpConnector>, Full<Bytes>>);

/// A request beside its method and address.
#[derive(Default)]
pub(super) struct Said<'a> {
    pub(super) token: Option<&'a str>,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Option<Vec<u8>>,
}

impl Asking {
    pub(super) fn believing(certificate: &Path) -> Result<Self> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(certificate)?)?;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(config)
            .https_only()
            .enable_http1()
            .build();
        Ok(Self(Client::builder(TokioExecutor::new()).build(connector)))
    }

    /// An answer that must be one of success, as JSON.
    pub(super) async fn ask(
        &self,
        method: Method,
        address: &str,
        token: Option<&str>,
        body: Option<&Value>,
    ) -> Result<Value> {
        let mut said = Said {
            token,
            ..Said::default()
        };
        if let Some(body) = body {
            said.headers
                .push(("content-type", "application/json".to_owned()));
            said.body = Some(body.to_string().into_bytes());
        }
        let (status, bytes) = self.send(method.clone(), address, said).await?;
        if !status.is_success() {
            let says = String::from_utf8_lossy(&bytes);
            bail!("{method} {address}: {status}: {says}");
        }
        if bytes.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&bytes).with_context(|| format!("{method} {address}"))
    }

    /// Whatever is answered.
    pub(super) async fn send(
        &self,
        method: Method,
        address: &str,
        said: Said<'_>,
    ) -> Result<(StatusCode, Bytes)> {
        let mut request = Request::builder().method(method).uri(address);
        if let Some(token) = said.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        for (name, value) in said.headers {
            request = request.header(name, value);
        }
        let request = request.body(Full::new(said.body.unwrap_or_default().into()))?;
        let answer = timeout(WITHIN, self.0.request(request)).await;
        let answer = answer.context("no answer in time")??;
        let status = answer.status();
        Ok((status, answer.into_body().collect().await?.to_bytes()))
    }
}

/// A text in an answer.
pub(super) fn text(value: &Value, pointer: &str) -> Result<String> {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found
        .map(str::to_owned)
        .with_context(|| format!("no {pointer} in {value}"))
}
