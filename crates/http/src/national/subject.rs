//! By whose own word something is asked about a person: the token that they gave the application, or the proof of
//! a super-app. The token of a device is refused: whoever has it is the person.

use hc_core::party::Function;
use hc_core::record::Object;
use hc_core::store::Store;
use hc_gbt::{Fields, ResultCode};
use hc_node::region::Authority;

use super::message::Message;
use super::refusal::Refusal;
use crate::api::Root;
use crate::call::Call;
use crate::identity::IdentityProof;

/// A person's own word, as it is sent.
#[derive(Debug)]
pub(crate) enum OwnWord<'a> {
    /// The token that the person gave the application.
    Token(&'a str),
    /// A proof of identity, for whoever has no token yet.
    Proof(IdentityProof),
}

/// Members that name somebody without their having a say.
const DOCUMENT: [&str; 4] = ["idType", "idNumber", "name", "document"];

/// Reads `subject`.
pub(crate) fn read<'a>(fields: &mut Fields<'a>) -> Option<OwnWord<'a>> {
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
        OwnWord::Token(token) => Some(token),
        OwnWord::Proof(_) => {
            fields.refuse("subject.token", ResultCode::SubjectMissing);
            None
        }
    }
}

fn of<'a>(inner: &mut Fields<'a>, subject: &'a Object) -> Option<OwnWord<'a>> {
    if let Some(token) = inner.optional_text("token", 512) {
        return Some(OwnWord::Token(token));
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
        return if let Ok(proof) = IdentityProof::new(method, proof.unwrap_or_default()) {
            Some(OwnWord::Proof(proof))
        } else {
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

/// What the application may do for the person whose token it brings, where it does not ask too often.
pub(crate) fn paced<S: Store, R: Root>(
    call: &Call<S, R>,
    message: &Message,
    (token, function): (&str, Function),
) -> Result<Authority, Refusal> {
    let region = call.api.region();
    let authority = region.authority(token, message.terms.id(), function)?;
    let number = authority.number().expose_number().to_be_bytes();
    call.api.pace.step(&number, region.now())?;
    Ok(authority)
}
