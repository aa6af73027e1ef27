//! Certificates, requests and signed data in files: PEM or DER.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use hc_code::Timestamp;
use hc_pki::{Anchors, Certificate, Opened, PemKind, Request, SignedData, read_pem};

/// More bytes than PEM of a certificate can have.
const MAX_BYTES: usize = 64 * 1024;

/// DER, whether the bytes are that or PEM of it.
fn der(bytes: Vec<u8>, kind: PemKind) -> Result<Vec<u8>> {
    if bytes.trim_ascii_start().starts_with(b"-----BEGIN") {
        Ok(read_pem(kind, &bytes)?)
    } else {
        Ok(bytes)
    }
}

fn file(path: &Path, kind: PemKind) -> Result<Vec<u8>> {
    der(super::at_most(path, MAX_BYTES)?, kind).with_context(|| path.display().to_string())
}

/// Reads a certificate.
pub(crate) fn certificate(path: &Path) -> Result<Certificate> {
    Certificate::from_der(&file(path, PemKind::Certificate)?)
        .with_context(|| format!("{} is no certificate that is taken", path.display()))
}

/// Reads several, a file for each.
pub(crate) fn certificates(paths: &[PathBuf]) -> Result<Vec<Certificate>> {
    paths.iter().map(|path| certificate(path)).collect()
}

/// Reads certificates that are believed without further proof.
pub(crate) fn anchors(paths: &[PathBuf]) -> Result<Anchors> {
    Ok(Anchors::new(certificates(paths)?)?)
}

/// Reads a request.
pub(crate) fn request(path: &Path) -> Result<Request> {
    Request::from_der(&file(path, PemKind::Request)?)
        .with_context(|| format!("{} is no request that is taken", path.display()))
}

/// Checks signed data and its signers, and gives the content.
pub(crate) fn open(
    signed: &[u8],
    beside: Option<&[u8]>,
    anchors: &Anchors,
    at: Timestamp,
) -> Result<Opened> {
    let signed = der(signed.to_vec(), PemKind::SignedData)?;
    let opened = SignedData::from_der(&signed)?.open(beside, anchors, at);
    opened.context("the signed data is refused")
}
