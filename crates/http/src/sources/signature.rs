//! Signed requests of sources: one form of HTTP Message Signatures (RFC 9421) and no other.
//!
//! The signature is over method, path, media type, digest of the content (RFC 9530) and the batch's
//! reference, with the time, the source's id and a tag that names the region. All of that stands in
//! the head, so a stranger is refused before a byte of the body is read; the body is then held to
//! its digest. The algorithm is the registered key's, never the message's. `spec/sources.md` is the
//! normative description.

use axum::http::HeaderMap;
use base64ct::{Base64, Encoding};
use hc_code::signing::{Algorithm, PublicKey, Signature};
use hc_code::{DivisionCode, Span, Timestamp};
use hc_node::sources::SourceId;
use sha2::{Digest, Sha256};

use crate::problem::{Problem, ProblemType};

/// How far the time of a signature may lie from now, before or after.
pub(crate) const AGE: Span = Span::seconds(300);

const COMPONENTS: &str = r#"("@method" "@path" "content-type" "content-digest" "batch-reference")"#;

/// What a request says of itself, before anything of it is believed.
#[derive(Debug)]
pub(crate) struct Claimed {
    source: SourceId,
    reference: String,
    digest: [u8; 32],
    base: String,
    signature: Vec<u8>,
}

/// A request whose signature holds.
#[derive(Clone, Debug)]
pub(crate) struct Signed {
    pub(crate) source: SourceId,
    pub(crate) reference: String,
    digest: [u8; 32],
}

impl Claimed {
    /// Reads the head of a request.
    ///
    /// # Errors
    /// [`ProblemType::CredentialMissing`], [`ProblemType::CredentialRefused`] for another form,
    /// [`ProblemType::CredentialEnded`] for another time, [`ProblemType::BadHeader`].
    pub(crate) fn read(
        headers: &HeaderMap,
        (method, path): (&str, &str),
        region: DivisionCode,
        now: Timestamp,
    ) -> Result<Self, Problem> {
        if !headers.contains_key("signature") || !headers.contains_key("signature-input") {
            return Err(Problem::new(ProblemType::CredentialMissing));
        }
        let parameters = one(headers, "signature-input")?
            .strip_prefix("batch=")
            .ok_or_else(|| refused("Signature-Input has another label than batch"))?;
        let (created, source) = read_parameters(parameters, region)?;
        let age = now.unix().abs_diff(created);
        if age > AGE.as_seconds().unsigned_abs() {
            let detail = "the signature was made more than five minutes ago, or ahead of time";
            return Err(Problem::new(ProblemType::CredentialEnded).with_detail(detail));
        }
        let signature = one(headers, "signature")?
            .strip_prefix("batch=:")
            .and_then(|rest| rest.strip_suffix(':'))
            .and_then(|text| Base64::decode_vec(text).ok())
            .ok_or_else(|| refused("Signature is not batch=:base64:"))?;
        let stated = one(headers, "content-digest")?;
        let digest = stated
            .strip_prefix("sha-256=:")
            .and_then(|rest| rest.strip_suffix(':'))
            .and_then(|text| Base64::decode_vec(text).ok())
            .and_then(|bytes| <[u8; 32]>::try_from(bytes).ok())
            .ok_or_else(|| bad("Content-Digest is not sha-256=:base64:"))?;
        let reference = one(headers, "batch-reference")?;
        let fits = (1..=64).contains(&reference.len())
            && reference.bytes().all(|byte| byte.is_ascii_graphic());
        if !fits {
            return Err(bad("Batch-Reference has 1 to 64 visible ASCII characters"));
        }
        let media = one(headers, "content-type")?;
        let base = format!(
            "\"@method\": {method}\n\"@path\": {path}\n\"content-type\": {media}\n\
             \"content-digest\": {stated}\n\"batch-reference\": {reference}\n\
             \"@signature-params\": {parameters}"
        );
        Ok(Self {
            source,
            reference: reference.to_owned(),
            digest,
            base,
            signature,
        })
    }

    /// Who it says it is from.
    pub(crate) const fn source(&self) -> &SourceId {
        &self.source
    }

    /// Holds the signature to a key.
    ///
    /// # Errors
    /// [`ProblemType::CredentialRefused`].
    pub(crate) fn verify(self, key: &PublicKey) -> Result<Signed, Problem> {
        let signature = match key.algorithm() {
            // Signers elsewhere do not choose the lower s; both are the same signature.
            Algorithm::Es256 => Signature::lowering_s(&self.signature),
            algorithm => Signature::parse(algorithm, &self.signature),
        };
        match signature {
            Ok(signature) if key.verifies(self.base.as_bytes(), &signature) => Ok(Signed {
                source: self.source,
                reference: self.reference,
                digest: self.digest,
            }),
            _ => Err(Problem::new(ProblemType::CredentialRefused)),
        }
    }
}

impl Signed {
    /// Whether the body is the one that was signed.
    ///
    /// # Errors
    /// [`ProblemType::CredentialRefused`].
    pub(crate) fn covers(&self, body: &[u8]) -> Result<(), Problem> {
        let digest: [u8; 32] = Sha256::digest(body).into();
        if digest == self.digest {
            Ok(())
        } else {
            Err(refused("the body has another digest than Content-Digest"))
        }
    }
}

/// `(…);created=1657857600;keyid="lab-3";tag="healthcode-batch-330000"`, exactly so.
fn read_parameters(text: &str, region: DivisionCode) -> Result<(i64, SourceId), Problem> {
    let other = || refused("Signature-Input is not of the one form that is accepted");
    let rest = text.strip_prefix(COMPONENTS).ok_or_else(other)?;
    let rest = rest.strip_prefix(";created=").ok_or_else(other)?;
    let (created, rest) = rest.split_once(";keyid=\"").ok_or_else(other)?;
    let (source, rest) = rest.split_once('"').ok_or_else(other)?;
    if rest != format!(";tag=\"healthcode-batch-{region}\"") {
        return Err(refused("the signature is for another region or use"));
    }
    let plain = created.len() <= 12 && created.bytes().all(|byte| byte.is_ascii_digit());
    let created = created.parse().ok().filter(|_| plain).ok_or_else(other)?;
    let source = SourceId::parse(source).map_err(|_| other())?;
    Ok((created, source))
}

/// The one value of a header that must be there once.
fn one<'a>(headers: &'a HeaderMap, name: &'static str) -> Result<&'a str, Problem> {
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
