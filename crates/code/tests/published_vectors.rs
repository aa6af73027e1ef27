//! Published vectors of others, read from the shared data next to the checkout.
//!
//! Without that folder these tests say so and end; the crate's own fixtures cover the same ground.

#![expect(
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a test that cannot go on fails"
)]

use std::path::PathBuf;

use hc_code::cbor::{Reader, Writer};
use hc_code::cose::{CoseError, Header, Sign1, to_be_signed};
use hc_code::signing::{Algorithm, PublicKey, Signature};
use hc_testkit::hexadecimal;
use serde_json::Value;

fn shared(path: &str) -> Option<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let path = folder.join(path);
    if path.exists() {
        Some(path)
    } else {
        eprintln!("SKIPPED: no shared data at {}", path.display());
        None
    }
}

fn json(path: &str) -> Option<Value> {
    let text = std::fs::read_to_string(shared(path)?).unwrap();
    Some(serde_json::from_str(&text).unwrap())
}

fn bytes(value: &Value) -> Vec<u8> {
    hexadecimal::read(value.as_str().unwrap()).unwrap()
}

#[test]
fn base45_examples_of_rfc_9285() {
    let Some(suite) = json("base45/rfc9285.json") else {
        return;
    };
    for example in suite["encode"].as_array().unwrap() {
        let text = example["text"].as_str().unwrap();
        let encoded = example["base45"].as_str().unwrap();
        assert_eq!(hc_code::base45::encode(text.as_bytes()), encoded);
        assert_eq!(hc_code::base45::decode(encoded).unwrap(), text.as_bytes());
    }
    for bad in suite["decode_must_fail"].as_array().unwrap() {
        let bad = bad.as_str().unwrap();
        assert!(hc_code::base45::decode(bad).is_err(), "{bad:?}");
    }
}

/// RFC 8949 appendix A: what is deterministic is read and written alike; indefinite lengths,
/// which the suite marks as not coming back, are refused.
#[test]
fn cbor_examples_of_rfc_8949() {
    let Some(suite) = json("cbor/appendix_a.json") else {
        return;
    };
    let (mut same, mut refused) = (0, 0);
    for example in suite.as_array().unwrap() {
        let encoded = bytes(&example["hex"]);
        let mut reader = Reader::new(&encoded);
        let mut writer = Writer::new();
        let decoded = &example["decoded"];
        let fits = encoded[0] >> 5;
        let read = match fits {
            0 => reader.uint().map(|number| {
                assert_eq!(decoded.as_u64(), Some(number));
                writer.uint(number);
            }),
            // -2^64 is CBOR, but no integer of ours.
            1 => reader.int().map(|number| {
                assert_eq!(decoded.as_i64(), Some(number));
                writer.int(number);
            }),
            2 => reader.bytes().map(|string| {
                writer.bytes(string);
            }),
            3 => reader.text().map(|text| {
                assert_eq!(decoded.as_str(), Some(text));
                writer.text(text);
            }),
            4 => reader.array().map(|items| {
                writer.array(items).raw(&encoded[reader.position()..]);
            }),
            5 => reader.map().map(|pairs| {
                writer.map(pairs).raw(&encoded[reader.position()..]);
            }),
            _ => continue,
        };
        if example["roundtrip"] == true && encoded[0] != 0x3b {
            read.unwrap_or_else(|error| panic!("{}: {error}", example["hex"]));
            assert_eq!(writer.as_bytes(), encoded, "{}", example["hex"]);
            same += 1;
        } else if read.is_err() {
            refused += 1;
        }
    }
    assert!(same >= 33 && refused >= 7, "{same} same, {refused} refused");
}

/// The parts of a `COSE_Sign1` of any form: protected, payload, signature.
fn parts(encoded: &[u8]) -> Option<(Vec<u8>, Vec<u8>, Vec<u8>)> {
    let mut decoder = minicbor::Decoder::new(encoded);
    if decoder.datatype().ok()? == minicbor::data::Type::Tag {
        decoder.tag().ok()?;
    }
    (decoder.array().ok()? == Some(4)).then_some(())?;
    let protected = decoder.bytes().ok()?.to_vec();
    decoder.skip().ok()?;
    let payload = decoder.bytes().ok()?.to_vec();
    Some((protected, payload, decoder.bytes().ok()?.to_vec()))
}

fn example_key(example: &Value) -> Option<PublicKey> {
    let key = &example["input"]["sign0"]["key"];
    if key["crv"] != "P-256" || example["input"]["sign0"]["alg"] != "ES256" {
        return None;
    }
    let coordinate = |name: &str| -> [u8; 32] {
        if let Some(digits) = key[format!("{name}_hex")].as_str() {
            return hexadecimal::read(digits).unwrap().try_into().unwrap();
        }
        base64url(key[name].as_str().unwrap()).try_into().unwrap()
    };
    Some(PublicKey::from_coordinates(Algorithm::Es256, &coordinate("x"), &coordinate("y")).unwrap())
}

fn base64url(text: &str) -> Vec<u8> {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let bits = text
        .chars()
        .fold((Vec::new(), 0_u32, 0), |(mut out, rest, have), letter| {
            let rest =
                (rest << 6 | u32::try_from(ALPHABET.find(letter).unwrap()).unwrap()) & 0xffff;
            let have = have + 6;
            if have >= 8 {
                out.push(u8::try_from(rest >> (have - 8) & 0xff).unwrap());
                return (out, rest, have - 8);
            }
            (out, rest, have)
        });
    bits.0
}

/// Our `Sig_structure` is theirs; good signatures verify (with s lowered where theirs is high), bad
/// ones do not; and the strict reader takes none that is not in our one form.
#[test]
fn cose_examples_of_the_working_group() {
    let Some(folder) = shared("cose-examples") else {
        return;
    };
    let (mut good, mut bad) = (0, 0);
    for suite in ["sign1-tests", "ecdsa-examples", "CWT"] {
        let mut files: Vec<_> = std::fs::read_dir(folder.join(suite))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        files.sort();
        for path in files {
            let example: Value =
                serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
            let Some(key) = example_key(&example) else {
                continue;
            };
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let encoded = bytes(&example["output"]["cbor"]);
            let external = example["input"]["sign0"]["external"]
                .as_str()
                .map(|digits| hexadecimal::read(digits).unwrap())
                .unwrap_or_default();
            let fails = example["fail"] == true;
            let (protected, payload, signature) = parts(&encoded).unwrap();
            let structure = to_be_signed(&protected, &external, &payload);
            if fails {
                let verified = Signature::lowering_s(&signature)
                    .is_ok_and(|signature| key.verifies(&structure, &signature));
                let strict = Sign1::parse(&encoded).and_then(|signed| {
                    let header = Header::without_key_id(&key);
                    signed.verify(&key, &header, &external).map(<[u8]>::to_vec)
                });
                // A wrong tag alone leaves the signature good: the reader is what refuses it.
                assert!(!verified || name == "sign-fail-01.json", "{name}");
                assert!(strict.is_err(), "{name}");
                bad += 1;
            } else {
                // Where the suite writes an empty header as a0, it signs the empty string.
                let theirs = bytes(&example["intermediates"]["ToBeSign_hex"]);
                if protected != [0xa0] {
                    assert_eq!(structure, theirs, "{name}");
                }
                let signature = Signature::lowering_s(&signature).unwrap();
                assert!(key.verifies(&theirs, &signature), "{name}");
                good += 1;
            }
            let strict = Sign1::parse(&encoded);
            let ours = name == "A_3.json";
            assert_eq!(strict.is_ok(), ours, "{name}: {strict:?}");
            if ours {
                // The one that is in our form, down to the lower s.
                let header = Header::without_key_id(&key);
                assert_eq!(
                    strict.unwrap().verify(&key, &header, &[]),
                    Ok(payload.as_slice())
                );
                let wrong = Sign1::parse(&encoded).unwrap().verify(&key, &header, &[1]);
                assert_eq!(wrong, Err(CoseError::Forged));
            }
        }
    }
    assert!(good >= 5 && bad >= 6, "{good} good, {bad} bad");
}

/// The signature example of GB/T 32918.5, as raw r‖s.
#[test]
fn sm2_example_of_the_standard() {
    let Some(suite) = json("sm-crypto/gbt-standard-examples.json") else {
        return;
    };
    let example = &suite["sm2_sign"];
    let field = |name: &str| -> [u8; 32] { bytes(&example[name]).try_into().unwrap() };
    let key = PublicKey::from_coordinates(Algorithm::Sm2, &field("px"), &field("py")).unwrap();
    let signature = Signature::parse(Algorithm::Sm2, &[field("r"), field("s")].concat()).unwrap();
    let message = example["message_ascii"].as_str().unwrap().as_bytes();
    assert!(key.verifies(message, &signature));
    assert!(!key.verifies(b"message digesT", &signature));
    let signer = hc_code::signing::SigningKey::from_secret(Algorithm::Sm2, &field("d")).unwrap();
    assert_eq!(hc_code::signing::Signer::public_key(&signer), &key);
}
