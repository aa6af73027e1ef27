//! `vectors/gbt/known-answers.json`: messages that OpenSSL signed. Whoever writes a client holds theirs against the same.

use base64ct::{Base64, Encoding};
use hc_code::signing::{Algorithm, PublicKey, SigningKey};
use serde_json::Value;

use super::*;

fn known() -> Value {
    let text = include_str!("../../../../vectors/gbt/known-answers.json");
    serde_json::from_str(text).unwrap()
}

fn text<'a>(one: &'a Value, name: &str) -> &'a str {
    one[name].as_str().unwrap()
}

fn bytes<const N: usize>(one: &Value, name: &str) -> [u8; N] {
    hex::decode(text(one, name)).unwrap().try_into().unwrap()
}

/// The package that a known answer is over.
fn package<'a>(all: &'a Value, one: &Value) -> &'a str {
    text(&all["packages"][text(one, "package")], "text")
}

fn message(package: &str, sign: &str) -> String {
    format!("{{\"bizPackage\":{package},\"sign\":\"{sign}\"}}")
}

#[test]
fn the_bytes_of_a_package_are_its_text_in_utf_8() {
    let all = known();
    for name in ["request", "answer"] {
        let package = &all["packages"][name];
        assert_eq!(hex::encode(text(package, "text")), text(package, "utf8"));
    }
}

#[test]
fn signatures_of_others_hold_and_ours_are_the_same_where_they_can_be() {
    let all = known();
    let mut seen = Vec::new();
    for one in all["signatures"].as_array().unwrap() {
        let algorithm = Algorithm::from_name(text(one, "algorithm")).unwrap();
        let key = SigningKey::deterministic(algorithm, &bytes(one, "secret")).unwrap();
        let public = hex::decode(text(one, "public")).unwrap();
        let public = PublicKey::parse(algorithm, &public).unwrap();
        assert_eq!(key.public_key(), &public);
        let package = package(&all, one);
        let good = message(package, text(one, "sign"));
        assert!(Envelope::read(good.as_bytes()).unwrap().is_by(&public));
        let spaced = message(&package.replacen(':', ": ", 1), text(one, "sign"));
        assert!(!Envelope::read(spaced.as_bytes()).unwrap().is_by(&public));
        if one["repeatable"] == true {
            assert_eq!(signed(package, &key).unwrap(), good);
        }
        let own = signed(package, &key).unwrap();
        assert!(Envelope::read(own.as_bytes()).unwrap().is_by(&public));
        seen.push(algorithm);
    }
    assert!(Algorithm::ALL.iter().all(|one| seen.contains(one)));
}

#[test]
fn codes_of_others_are_ours() {
    let all = known();
    let codes = all["codes"].as_array().unwrap();
    assert_eq!(codes.len(), 4);
    for one in codes {
        let algorithm = match text(one, "algorithm") {
            "HMAC-SM3" => Algorithm::Sm2,
            "HMAC-SHA-256" => Algorithm::Ed25519,
            other => panic!("{other}"),
        };
        let way = match text(one, "way") {
            "request" => Way::Request,
            _ => Way::Answer,
        };
        let (random, package) = (bytes(one, "randomNumber"), package(&all, one));
        let own = code_of(package.as_bytes(), &random, algorithm, way);
        assert_eq!(own, text(one, "sign"));
        assert_eq!(Base64::decode_vec(&own).unwrap().len(), 32);
        let good = message(package, text(one, "sign"));
        let read = Envelope::read(good.as_bytes()).unwrap();
        assert!(read.is_under(&random, algorithm, way));
        assert!(!read.is_under(&[0; 32], algorithm, way));
    }
}
