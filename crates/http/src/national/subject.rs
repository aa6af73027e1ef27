//! By whose own word something is asked about a person: their token, or the proof of a super-app.

use hc_core::record::Object;
use hc_core::store::Store;
use hc_gbt::{Fields, ResultCode};

use super::refusal::Refusal;
use crate::api::Root;
use crate::call::Call;
use crate::identity::IdentityProof;

/// A person's own authorisation.
#[derive(Debug)]
pub(crate) enum Authority<'a> {
    /// The token of the person's device.
    Token(&'a str),
    /// A proof of identity, for whoever has no token yet.
    Proof(IdentityProof),
}

/// Members that name somebody without their having a say.
const DOCUMENT: [&str; 4] = ["idType", "idNumber", "name", "document"];

/// Reads `subject`.
pub(crate) fn read<'a>(fields: &mut Fields<'a>) -> Option<Authority<'a>> {
    let Some(subject) = fields.value("subject") else {
        fields.refuse("subject", ResultCode::SubjectMissing);
        return None;
    };
    let Some(subject) = subject.as_object() else {
        fields.refuse("subject", ResultCode::FieldShape);
        return None;
    };
    let mut inner = Fields::of(subject);
    let read = of(&mut inner, subject);
    fields.inside("subject", inner);
    read
}

/// Reads `subject` where only a token will do.
pub(crate) fn read_token<'a>(fields: &mut Fields<'a>) -> Option<&'a str> {
    match read(fields)? {
        Authority::Token(token) => Some(token),
        Authority::Proof(_) => {
            fields.refuse("subject.token", ResultCode::SubjectMissing);
            None
        }
    }
}

fn of<'a>(inner: &mut Fields<'a>, subject: &'a Object) -> Option<Authority<'a>> {
    if let Some(token) = inner.optional_text("token", 512) {
        return Some(Authority::Token(token));
    }
    if !inner.is_good() {
        return None;
    }
    if inner.value("method").is_some() || inner.value("proof").is_some() {
        let method = inner.text("method", 32)?;
        let proof = inner.optional_text("proof", crate::identity::LONGEST_PROOF);
        if !inner.is_good() {
            return None;
        }
        return if let Ok(proof) = IdentityProof::new(method, proof.unwrap_or_default()) { Some(Authority::Proof(proof)) } else {
            inner.refuse("method", ResultCode::FieldFormat);
            None
        };
    }
    let alone = DOCUMENT.iter().any(|name| subject.contains_key(*name));
    for name in DOCUMENT {
        inner.value(name);
    }
    inner.refuse(
        "token",
        if alone {
            ResultCode::DocumentAlone
        } else {
            ResultCode::SubjectMissing
        },
    );
    None
}

/// Whether a token is in use and does not ask too often.
pub(crate) fn paced<S: Store, R: Root>(call: &Call<S, R>, token: &str) -> Result<(), Refusal> {
    let holder = call.api.region().holding(token)?;
    let number = holder.number.expose_number().to_be_bytes();
    call.api.pace.step(&number, call.api.region().now())?;
    Ok(())
}
