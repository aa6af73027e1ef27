//! Client data: what the browser says was asked, where (WebAuthn §5.8.1).

use base64ct::{Base64UrlUnpadded, Encoding};
use serde::Deserialize;

use super::{AuthenticatorError, Challenge, RelyingParty};

/// The most bytes of client data.
const MOST: usize = 4096;

/// The members that count; browsers add others and will add more.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Collected {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(default)]
    cross_origin: bool,
}

/// Which ceremony it is.
#[derive(Clone, Copy)]
pub(super) enum Ceremony {
    Create,
    Get,
}

/// Holds client data to what was asked.
pub(super) fn check(
    bytes: &[u8],
    ceremony: Ceremony,
    (relying, challenge): (&RelyingParty, Challenge),
) -> Result<(), AuthenticatorError> {
    if bytes.len() > MOST {
        return Err(AuthenticatorError::ClientData);
    }
    let collected: Collected =
        serde_json::from_slice(bytes).map_err(|_| AuthenticatorError::ClientData)?;
    let kind = match ceremony {
        Ceremony::Create => "webauthn.create",
        Ceremony::Get => "webauthn.get",
    };
    if collected.kind != kind {
        return Err(AuthenticatorError::ClientData);
    }
    if collected.challenge != Base64UrlUnpadded::encode_string(challenge.as_bytes()) {
        return Err(AuthenticatorError::Challenge);
    }
    if collected.origin != relying.origin() || collected.cross_origin {
        return Err(AuthenticatorError::Origin);
    }
    Ok(())
}
