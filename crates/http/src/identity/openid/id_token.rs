//! Whether an ID token is the provider's, for this region, of this sign-in, and of now
//! (`OpenID` Connect Core §3.1.3.7, RFC 8725).
//!
//! The signature is checked first, by an algorithm of the region's own list and a key of the type
//! that the algorithm has, so a token cannot choose how it is checked.

use hc_code::{Span, Timestamp};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{DecodingKey, Validation, decode, decode_header};
use serde_json::Value;

use super::terms::{OpenIdTerms, SigningAlgorithm};

/// How much the provider's clock may differ from the region's.
const SKEW: Span = Span::seconds(60);
/// How old a token may be: it is redeemed at once.
const OLDEST: Span = Span::seconds(600);
/// The most bytes of a token.
const LONGEST: usize = 32 << 10;

/// Why a token is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refused {
    /// Not a signed token.
    #[error("not a signed token")]
    Form,
    /// Another algorithm than those agreed on.
    #[error("signed by an algorithm that was not agreed on")]
    Algorithm,
    /// No key of its name and type.
    #[error("signed with a key that is not known")]
    UnknownKey,
    /// The signature.
    #[error("the signature does not hold")]
    Signature,
    /// Another issuer.
    #[error("of another issuer")]
    Issuer,
    /// For somebody else.
    #[error("for another audience")]
    Audience,
    /// Of another sign-in.
    #[error("of another sign-in")]
    Nonce,
    /// Ended, not begun, or old.
    #[error("not of now")]
    Time,
    /// Of another kind.
    #[error("not of a kind of sign-in that is wanted")]
    Kind,
    /// About nobody.
    #[error("about nobody")]
    Subject,
}

/// Verifies a token and gives its claims.
pub(super) fn verify(
    token: &str,
    keys: &[Value],
    terms: &OpenIdTerms,
    nonce: &str,
    now: Timestamp,
) -> Result<Value, Refused> {
    if token.len() > LONGEST {
        return Err(Refused::Form);
    }
    let claims = signed(token, keys, &terms.algorithms)?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("iss") != Some(terms.issuer.as_str()) {
        return Err(Refused::Issuer);
    }
    if !is_for(&claims, &terms.client) {
        return Err(Refused::Audience);
    }
    if text("nonce") != Some(nonce) {
        return Err(Refused::Nonce);
    }
    let time = |name: &str| {
        let seconds = claims.get(name).and_then(Value::as_i64);
        seconds.map(Timestamp::from_unix)
    };
    let (Some(ends), Some(issued)) = (time("exp"), time("iat")) else {
        return Err(Refused::Time);
    };
    let (earliest, latest) = (now.minus(SKEW), now.plus(SKEW));
    let begun = time("nbf").is_none_or(|from| from <= latest);
    if ends <= earliest || issued > latest || issued.plus(OLDEST) < now || !begun {
        return Err(Refused::Time);
    }
    let wanted = |kind: &str| terms.acr.iter().any(|wanted| wanted == kind);
    if !terms.acr.is_empty() && !text("acr").is_some_and(wanted) {
        return Err(Refused::Kind);
    }
    if text("sub").is_none_or(str::is_empty) {
        return Err(Refused::Subject);
    }
    Ok(claims)
}

/// The claims of a token whose signature holds.
fn signed(token: &str, keys: &[Value], allowed: &[SigningAlgorithm]) -> Result<Value, Refused> {
    let header = decode_header(token).map_err(|_| Refused::Form)?;
    let algorithm = allowed
        .iter()
        .find(|allowed| allowed.library() == header.alg)
        .ok_or(Refused::Algorithm)?;
    let key = key(keys, header.kid.as_deref(), *algorithm).ok_or(Refused::UnknownKey)?;
    let mut validation = Validation::new(algorithm.library());
    // The library would ask the machine's clock: times and audience are judged by the caller.
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    let token = decode::<Value>(token, &key, &validation).map_err(|_| Refused::Signature)?;
    Ok(token.claims)
}

/// The key of a name, of the type that an algorithm has; without a name, the only one of that type.
fn key(keys: &[Value], name: Option<&str>, algorithm: SigningAlgorithm) -> Option<DecodingKey> {
    let (kind, curve) = algorithm.key();
    let fits = |key: &&Value| {
        let text = |member: &str| key.get(member).and_then(Value::as_str);
        text("kty") == Some(kind)
            && text("crv") == curve
            && text("use").is_none_or(|used| used == "sig")
            && text("alg").is_none_or(|stated| stated == algorithm.name())
            && name.is_none_or(|name| text("kid") == Some(name))
    };
    let mut fitting = keys.iter().filter(fits);
    let key = fitting.next()?;
    if fitting.next().is_some() {
        return None;
    }
    let key: Jwk = serde_json::from_value(key.clone()).ok()?;
    DecodingKey::from_jwk(&key).ok()
}

/// Whether a token is for a client and for nobody else (Core §3.1.3.7, 3 to 5).
fn is_for(claims: &Value, client: &str) -> bool {
    let party = claims.get("azp");
    if party.is_some_and(|party| party.as_str() != Some(client)) {
        return false;
    }
    match claims.get("aud") {
        Some(Value::String(audience)) => audience == client,
        Some(Value::Array(audiences)) => {
            let ours = audiences
                .iter()
                .any(|audience| audience.as_str() == Some(client));
            ours && (audiences.len() == 1 || party.is_some())
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests;
