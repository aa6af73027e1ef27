//! Certificates, requests and signed data in files: PEM or DER.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use hc_code::Timestamp;
use hc_pki::{Anchors, Certificate, Opened, PemKind, Request, Revocations, SignedData, read_pem};

use crate::args::Trusted;

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

/// Reads certificates that are believed without further proof, and the lists of what they or others took back, where
/// that is asked about.
pub(crate) fn anchors(paths: &[PathBuf], lists: &[PathBuf]) -> Result<Anchors> {
    let anchors = Anchors::new(certificates(paths)?)?;
    if lists.is_empty() {
        return Ok(anchors);
    }
    let lists: Result<_> = lists.iter().map(|path| revocations(path)).collect();
    Ok(anchors.with_revocations(lists?))
}

/// The same as they are given on the command line.
pub(crate) fn trusted(trusted: &Trusted) -> Result<Anchors> {
    anchors(&trusted.anchors, &trusted.revocations)
}

/// Reads a list of revoked certificates.
pub(crate) fn revocations(path: &Path) -> Result<Revocations> {
    let bytes = super::at_most(path, 2 * Revocations::LONGEST)?;
    let bytes = der(bytes, PemKind::Revocations).with_context(|| path.display().to_string())?;
    Revocations::from_der(&bytes)
        .with_context(|| format!("{} is no list that is taken", path.display()))
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
