//! Tokens as a hostile provider, or somebody in its place, would make them.

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, jwk::Jwk};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use serde_json::{Value, json};

use super::*;
use crate::identity::openid::Authentication;
use crate::identity::{Endpoint, Kinds, Members, OutgoingTerms};

const NOW: Timestamp = Timestamp::from_unix(1_700_000_000);
const NONCE: &str = "nonce-of-this-sign-in";

fn terms() -> OpenIdTerms {
    OpenIdTerms {
        name: "national".into(),
        title: ["国家".into(), "national".into()],
        issuer: Endpoint::parse("https://id.example").unwrap(),
        client: "region".to_owned(),
        authentication: Authentication::None,
        redirect: Endpoint::parse("https://region.example/back").unwrap(),
        scopes: vec!["openid".to_owned()],
        algorithms: vec![SigningAlgorithm::Es256, SigningAlgorithm::Rs256],
        acr: Vec::new(),
        members: Members {
            number: "number".to_owned(),
            name: "name".to_owned(),
            kind: Kinds::Always("111".parse().unwrap()),
            country: None,
        },
        user_info: false,
        outgoing: OutgoingTerms::default(),
    }
}

fn secret(pem: &[u8]) -> EncodingKey {
    let key = PrivateKeyDer::from_pem_slice(pem).unwrap();
    EncodingKey::from_ec_der(key.secret_der())
}

/// The provider's key, and somebody else's.
fn ours() -> EncodingKey {
    secret(include_bytes!("../../../../tests/tls/first.key"))
}

fn others() -> EncodingKey {
    secret(include_bytes!("../../../../tests/tls/second.key"))
}

fn keys() -> Vec<Value> {
    let key = Jwk::from_encoding_key(&ours(), Algorithm::ES256).unwrap();
    let mut key = serde_json::to_value(key).unwrap();
    key["kid"] = json!("k1");
    vec![key]
}

fn claims() -> Value {
    json!({
        "iss": "https://id.example", "aud": "region", "sub": "s1", "nonce": NONCE,
        "iat": NOW.unix() - 5, "exp": NOW.unix() + 300, "name": "张三",
    })
}

fn header(algorithm: Algorithm, kid: Option<&str>) -> Header {
    let mut header = Header::new(algorithm);
    header.kid = kid.map(str::to_owned);
    header
}

fn signed_by(key: &EncodingKey, claims: &Value) -> String {
    encode(&header(Algorithm::ES256, Some("k1")), claims, key).unwrap()
}

fn verdict(token: &str) -> Result<Value, Refused> {
    verify(token, &keys(), &terms(), NONCE, NOW)
}

fn with(member: &str, value: Value) -> Result<Value, Refused> {
    let mut changed = claims();
    changed[member] = value;
    verdict(&signed_by(&ours(), &changed))
}

#[test]
fn a_token_of_this_sign_in_is_taken_whoever_names_the_key() {
    assert_eq!(verdict(&signed_by(&ours(), &claims())), Ok(claims()));
    let unnamed = encode(&header(Algorithm::ES256, None), &claims(), &ours()).unwrap();
    assert_eq!(verdict(&unnamed), Ok(claims()));
}

#[test]
fn what_was_not_agreed_on_is_refused() {
    for (member, value, refused) in [
        ("iss", json!("https://id.example/"), Refused::Issuer),
        ("iss", json!(null), Refused::Issuer),
        ("aud", json!("other"), Refused::Audience),
        ("aud", json!([]), Refused::Audience),
        ("aud", json!(["other"]), Refused::Audience),
        ("aud", json!(["region", "other"]), Refused::Audience),
        ("azp", json!("other"), Refused::Audience),
        ("nonce", json!("another"), Refused::Nonce),
        ("nonce", json!(null), Refused::Nonce),
        ("exp", json!(NOW.unix() - 60), Refused::Time),
        ("exp", json!("1800000000"), Refused::Time),
        ("exp", json!(null), Refused::Time),
        ("iat", json!(NOW.unix() + 61), Refused::Time),
        ("iat", json!(NOW.unix() - 601), Refused::Time),
        ("nbf", json!(NOW.unix() + 61), Refused::Time),
        ("sub", json!(""), Refused::Subject),
    ] {
        assert_eq!(
            with(member, value.clone()),
            Err(refused),
            "{member} {value}"
        );
    }
    for (member, value) in [
        ("aud", json!(["region"])),
        ("azp", json!("region")),
        ("exp", json!(NOW.unix() - 59)),
        ("iat", json!(NOW.unix() + 60)),
    ] {
        assert!(with(member, value.clone()).is_ok(), "{member} {value}");
    }
    let mut several = claims();
    several["aud"] = json!(["region", "other"]);
    several["azp"] = json!("region");
    assert!(verdict(&signed_by(&ours(), &several)).is_ok());
}

#[test]
fn a_kind_of_sign_in_that_is_wanted_must_be_said() {
    let mut strict = terms();
    strict.acr = vec!["ial2".to_owned(), "ial3".to_owned()];
    let judged = |acr: Option<&str>| {
        let mut claims = claims();
        claims["acr"] = json!(acr);
        verify(&signed_by(&ours(), &claims), &keys(), &strict, NONCE, NOW).map(drop)
    };
    assert_eq!(judged(None), Err(Refused::Kind));
    assert_eq!(judged(Some("ial1")), Err(Refused::Kind));
    assert_eq!(judged(Some("ial3")), Ok(()));
}

#[test]
fn a_signature_of_somebody_else_is_refused() {
    let forged = signed_by(&others(), &claims());
    assert_eq!(verdict(&forged), Err(Refused::Signature));
    // The claims of one token under the signature of another.
    let good = signed_by(&ours(), &claims());
    let mut other = claims();
    other["sub"] = json!("s2");
    let body = signed_by(&others(), &other);
    let parts: Vec<&str> = good.split('.').collect();
    let swapped = format!(
        "{}.{}.{}",
        parts[0],
        body.split('.').nth(1).unwrap(),
        parts[2]
    );
    assert_eq!(verdict(&swapped), Err(Refused::Signature));
    for cut in ["", "a", "a.b", "a.b.c", ".", "..", &good[..good.len() / 2]] {
        assert_eq!(verdict(cut), Err(Refused::Form), "{cut}");
    }
    let unsigned = format!("{}.{}.", parts[0], parts[1]);
    assert_eq!(verdict(&unsigned), Err(Refused::Signature));
    let long = "a".repeat(LONGEST + 1);
    assert_eq!(verdict(&long), Err(Refused::Form));
}

#[test]
fn a_token_does_not_choose_how_it_is_checked() {
    use base64ct::{Base64UrlUnpadded, Encoding};
    let part = |value: &Value| Base64UrlUnpadded::encode_string(value.to_string().as_bytes());
    for none in ["none", "None", "NONE"] {
        let header = part(&json!({"alg": none, "kid": "k1"}));
        let token = format!("{header}.{}.", part(&claims()));
        assert_eq!(verdict(&token), Err(Refused::Form), "{none}");
    }
    // The public key used as a shared secret (RFC 8725 §2.1).
    let public = serde_json::to_vec(&keys()[0]).unwrap();
    for algorithm in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
        let secret = EncodingKey::from_secret(&public);
        let token = encode(&header(algorithm, Some("k1")), &claims(), &secret).unwrap();
        assert_eq!(verdict(&token), Err(Refused::Algorithm));
    }
    // An algorithm that is allowed, with a key of another type under its name.
    let header = part(&json!({"alg": "RS256", "kid": "k1"}));
    let token = format!("{header}.{}.{}", part(&claims()), part(&json!("x")));
    assert_eq!(verdict(&token), Err(Refused::UnknownKey));
    // An algorithm that exists and was not agreed on.
    let header = part(&json!({"alg": "ES384", "kid": "k1"}));
    let token = format!("{header}.{}.{}", part(&claims()), part(&json!("x")));
    assert_eq!(verdict(&token), Err(Refused::Algorithm));
}

#[test]
fn keys_that_are_not_meant_for_it_are_not_used() {
    let good = signed_by(&ours(), &claims());
    let judged = |keys: &[Value]| verify(&good, keys, &terms(), NONCE, NOW).map(drop);
    let changed = |member: &str, value: Value| {
        let mut keys = keys();
        keys[0][member] = value;
        keys
    };
    for (member, value) in [
        ("kid", json!("k2")),
        ("use", json!("enc")),
        ("alg", json!("ES384")),
        ("kty", json!("oct")),
        ("crv", json!("P-384")),
        ("x", json!("!")),
        ("x", json!(7)),
    ] {
        let refused = judged(&changed(member, value.clone()));
        assert_eq!(refused, Err(Refused::UnknownKey), "{member} {value}");
    }
    assert_eq!(judged(&changed("x", json!("AA"))), Err(Refused::Signature));
    assert_eq!(judged(&[]), Err(Refused::UnknownKey));
    // Two keys of one name: which one is meant is not guessed.
    let twice = [keys(), keys()].concat();
    assert_eq!(judged(&twice), Err(Refused::UnknownKey));
    // Keys of types that nobody here knows are no hindrance.
    let strange = [vec![json!({"kty": "AKP", "kid": "k1"}), json!(7)], keys()].concat();
    assert_eq!(judged(&strange), Ok(()));
}
