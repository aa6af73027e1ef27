//! Signed requests of sources, gates and officers: HTTP Message Signatures (RFC 9421) in one form for
//! each and no other.
//!
//! A signature is over method, path and, of a request with a body, media type and digest of the
//! content (RFC 9530), with the time, the party's id and a tag that names role and region. All of
//! that stands in the head, so a stranger is refused before a byte of the body is read; the body is
//! then held to its digest. The algorithm is the registered key's, never the message's. `spec/sources.md`
//! and `spec/officers.md` are the normative descriptions.

mod form;
mod once;
mod sign;

pub(crate) use once::{MOST, Once};
pub use sign::{Signatory, Unsigned};

use axum::http::HeaderMap;
use axum::http::request::Parts;
use base64ct::{Base64, Encoding};
use hc_code::signing::{Algorithm, PublicKey, Signature};
use hc_code::{DivisionCode, Span, Timestamp};
use hc_core::store::PartyKind;
use hc_node::party::PartyId;
use sha2::{Digest, Sha256};

use crate::problem::{Problem, ProblemType};
use form::{Form, OtherForm, Parameters};

/// How far the time of a signature may lie from now, before or after.
pub(crate) const AGE: Span = Span::seconds(300);

/// What a request says of itself, before anything of it is believed.
#[derive(Debug)]
pub(crate) struct Claimed {
    kind: PartyKind,
    parameters: Parameters,
    reference: String,
    digest: Option<[u8; 32]>,
    base: String,
    signature: Vec<u8>,
}

/// A request whose signature holds.
#[derive(Clone, Debug)]
pub(crate) struct Signed {
    pub(crate) id: PartyId,
    /// A batch's reference; empty where it is none.
    pub(crate) reference: String,
    digest: Option<[u8; 32]>,
}

impl Claimed {
    /// Reads the head of a request by a party of a kind, with or without a body.
    ///
    /// # Errors
    /// [`ProblemType::CredentialMissing`], [`ProblemType::CredentialRefused`] for another form,
    /// [`ProblemType::CredentialEnded`] for another time, [`ProblemType::BadHeader`].
    pub(crate) fn read(
        head: &Parts,
        (kind, body): (PartyKind, bool),
        region: DivisionCode,
        now: Timestamp,
    ) -> Result<Self, Problem> {
        let headers = &head.headers;
        if !headers.contains_key("signature") || !headers.contains_key("signature-input") {
            return Err(Problem::new(ProblemType::CredentialMissing));
        }
        let form = Form { kind, body };
        let label = form.label();
        let stated = labelled(one(headers, "signature-input")?, label)
            .ok_or_else(|| refused(&format!("Signature-Input has another label than {label}")))?;
        let parameters = form.read(stated, region).map_err(|error| {
            refused(match error {
                OtherForm::Form => "Signature-Input is not of the one form that is accepted",
                OtherForm::Tag => "the signature is for another region or use",
            })
        })?;
        let age = now.unix().abs_diff(parameters.created);
        if age > AGE.as_seconds().unsigned_abs() {
            let detail = "the signature was made more than five minutes ago, or ahead of time";
            return Err(Problem::new(ProblemType::CredentialEnded).with_detail(detail));
        }
        let signature = labelled(one(headers, "signature")?, label)
            .and_then(base64)
            .ok_or_else(|| refused(&format!("Signature is not {label}=:base64:")))?;
        let query = format!("?{}", head.uri.query().unwrap_or_default());
        let mut values = Vec::new();
        let (mut digest, mut reference) = (None, "");
        for name in form.components() {
            let value = match *name {
                "@method" => head.method.as_str(),
                "@path" => head.uri.path(),
                "@query" => &query,
                header => one(headers, header)?,
            };
            match *name {
                "content-digest" => digest = Some(read_digest(value)?),
                "batch-reference" => reference = read_reference(value)?,
                _ => {}
            }
            values.push(value);
        }
        Ok(Self {
            kind,
            base: form.base(&values, stated),
            parameters,
            reference: reference.to_owned(),
            digest,
            signature,
        })
    }

    /// Who it says it is from.
    pub(crate) const fn id(&self) -> &PartyId {
        &self.parameters.id
    }

    /// Holds the signature to a key, and has it accepted once where it is not a batch's.
    ///
    /// # Errors
    /// [`ProblemType::CredentialRefused`]; those of [`Once::note`].
    pub(crate) fn verify(
        self,
        key: &PublicKey,
        once: &Once,
        now: Timestamp,
    ) -> Result<Signed, Problem> {
        let signature = match key.algorithm() {
            // Signers elsewhere do not choose the lower s; both are the same signature.
            Algorithm::Es256 => Signature::lowering_s(&self.signature),
            algorithm => Signature::parse(algorithm, &self.signature),
        };
        if !signature.is_ok_and(|signature| key.verifies(self.base.as_bytes(), &signature)) {
            return Err(Problem::new(ProblemType::CredentialRefused));
        }
        let Parameters { created, nonce, id } = self.parameters;
        if let Some(nonce) = nonce {
            once.note((self.kind, &id), &nonce, created, now)?;
        }
        Ok(Signed {
            id,
            reference: self.reference,
            digest: self.digest,
        })
    }
}

impl Signed {
    /// Somebody whom a session of the desk knows: there is no message that was signed.
    pub(crate) const fn by_session(id: PartyId) -> Self {
        Self {
            id,
            reference: String::new(),
            digest: None,
        }
    }

    /// Whether the body is the one that was signed.
    ///
    /// # Errors
    /// [`ProblemType::CredentialRefused`].
    pub(crate) fn covers(&self, body: &[u8]) -> Result<(), Problem> {
        let Some(stated) = self.digest else {
            return Ok(());
        };
        let digest: [u8; 32] = Sha256::digest(body).into();
        if digest == stated {
            Ok(())
        } else {
            Err(refused("the body has another digest than Content-Digest"))
        }
    }
}

fn labelled<'a>(value: &'a str, label: &str) -> Option<&'a str> {
    value.strip_prefix(label)?.strip_prefix('=')
}

/// A byte sequence of RFC 9651: `:base64:`.
fn base64(text: &str) -> Option<Vec<u8>> {
    let text = text.strip_prefix(':')?.strip_suffix(':')?;
    Base64::decode_vec(text).ok()
}

fn read_digest(stated: &str) -> Result<[u8; 32], Problem> {
    labelled(stated, "sha-256")
        .and_then(base64)
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| bad("Content-Digest is not sha-256=:base64:"))
}

fn read_reference(stated: &str) -> Result<&str, Problem> {
    let fits =
        (1..=64).contains(&stated.len()) && stated.bytes().all(|byte| byte.is_ascii_graphic());
    if fits {
        Ok(stated)
    } else {
        Err(bad("Batch-Reference has 1 to 64 visible ASCII characters"))
    }
}

/// The one value of a header that must be there once.
fn one<'a>(headers: &'a HeaderMap, name: &str) -> Result<&'a str, Problem> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value
            .to_str()
            .map(str::trim)
            .map_err(|_| bad(&format!("{name} is not ASCII"))),
        (None, _) => Err(bad(&format!("{name} is missing"))),
        (Some(_), Some(_)) => Err(bad(&format!("{name} stands twice"))),
    }
}

fn bad(detail: &str) -> Problem {
    Problem::new(ProblemType::BadHeader).with_detail(detail)
}

fn refused(detail: &str) -> Problem {
    Problem::new(ProblemType::CredentialRefused).with_detail(detail)
}
