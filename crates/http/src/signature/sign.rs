//! The other side of the door: signing requests, for the command line and for tests.

use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use hc_code::signing::{Signer, SigningError};
use hc_code::{DivisionCode, Timestamp};
use hc_core::store::PartyKind;
use hc_node::party::PartyId;
use sha2::{Digest, Sha256};

use super::form::{Form, NONCE, Parameters};

/// Who signs, for which region.
#[derive(Clone, Debug)]
pub struct Signatory {
    kind: PartyKind,
    id: PartyId,
    region: DivisionCode,
}

/// A request that is to be signed.
#[derive(Clone, Copy)]
pub struct Unsigned<'a> {
    /// The method: `GET`, `POST`.
    pub method: &'a str,
    /// Path and query: `/v1/proposals`.
    pub target: &'a str,
    /// Media type and body, where there is one.
    pub body: Option<(&'a str, &'a [u8])>,
}

impl core::fmt::Debug for Unsigned<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Unsigned")
            .field("method", &self.method)
            .field("target", &self.target)
            .field("body", &self.body.map(|(_, bytes)| bytes.len()))
            .finish()
    }
}

impl Signatory {
    /// An officer of a region.
    pub const fn officer(id: PartyId, region: DivisionCode) -> Self {
        let kind = PartyKind::Officer;
        Self { kind, id, region }
    }

    /// A gate of a region.
    pub const fn gate(id: PartyId, region: DivisionCode) -> Self {
        let kind = PartyKind::Gate;
        Self { kind, id, region }
    }

    /// Signs a request, to be sent within five minutes and once. `nonce` is drawn at random for it.
    /// Gives the headers to be added, `content-type` among them where there is a body.
    ///
    /// # Errors
    /// [`SigningError`].
    pub fn sign(
        &self,
        request: Unsigned<'_>,
        key: &impl Signer,
        created: Timestamp,
        nonce: [u8; NONCE],
    ) -> Result<Vec<(&'static str, String)>, SigningError> {
        let form = Form {
            kind: self.kind,
            body: request.body.is_some(),
        };
        let (path, query) = request
            .target
            .split_once('?')
            .unwrap_or((request.target, ""));
        let query = format!("?{query}");
        let mut values = vec![request.method, path, query.as_str()];
        let mut headers = Vec::new();
        let digest;
        if let Some((media, body)) = request.body {
            digest = format!("sha-256=:{}:", Base64::encode_string(&Sha256::digest(body)));
            values.extend([media, digest.as_str()]);
            headers.push(("content-type", media.to_owned()));
            headers.push(("content-digest", digest.clone()));
        }
        let parameters = Parameters {
            created: created.unix(),
            nonce: Some(Base64UrlUnpadded::encode_string(&nonce)),
            id: self.id.clone(),
        };
        let parameters = form.write(&parameters, self.region);
        let signature = key.sign(form.base(&values, &parameters).as_bytes())?;
        let signature = Base64::encode_string(signature.as_bytes());
        let label = form.label();
        headers.push(("signature-input", format!("{label}={parameters}")));
        headers.push(("signature", format!("{label}=:{signature}:")));
        Ok(headers)
    }
}
