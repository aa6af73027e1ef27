//! The envelope of GB/T 38963 as practice has it: `{"bizPackage": {…}, "sign": "…"}`, the same both ways.
//!
//! `sign` is base64 of a signature over the bytes of the value of `bizPackage` exactly as they stand in the
//! message, from its first brace to its last: nobody has to write JSON in one form. Its algorithm is that of
//! the signer's registered key; a message never names one. Instead of the bare signature there may be signed data of
//! GB/T 35275 over the same bytes, by the same key.
//!
//! In the second step of a call `sign` may instead be a code of authentication under the random number that
//! came with the serial number: 32 bytes of HMAC over `request:` or `answer:` and the same bytes. The random
//! number came in a signed answer to a signed request, is the application's alone and used once.

use core::fmt;

use base64ct::{Base64, Encoding};
use hc_code::signing::{Algorithm, PublicKey, Signature, Signer, SigningError};
use hc_pki::SignedData;
use hmac::{Hmac, KeyInit, Mac};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::error::Category;
use serde_json::value::RawValue;
use sha2::Sha256;
use sm3::Sm3;

use crate::ResultCode;

/// A message as it came: nothing of it is believed yet.
#[derive(Debug)]
pub struct Envelope<'a> {
    package: &'a str,
    sign: Sign,
}

/// What stands in `sign`.
#[derive(Clone)]
pub enum Sign {
    /// 64 bytes: a signature by the application's key.
    Signature([u8; 64]),
    /// Signed data by that key.
    SignedData(Box<SignedData>),
    /// 32 bytes: a code of authentication under the random number of a call.
    Code([u8; 32]),
}

/// The longest `sign`: signed data with a chain of certificates.
const LONGEST_SIGN: usize = 16 * 1024;

/// Which way a message goes: an answer is never a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// To the service.
    Request,
    /// Back.
    Answer,
}

impl fmt::Debug for Sign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Signature(_) => "Sign(signature)",
            Self::SignedData(_) => "Sign(signed data)",
            Self::Code(_) => "Sign(code)",
        })
    }
}

impl<'a> Envelope<'a> {
    /// Reads a message.
    ///
    /// # Errors
    /// The [`ResultCode`] of what is wrong with its outer form.
    pub fn read(message: &'a [u8]) -> Result<Self, ResultCode> {
        let text = core::str::from_utf8(message).map_err(|_| ResultCode::NotJson)?;
        let outer: Outer<'a> = serde_json::from_str(text).map_err(|error| {
            // What is JSON and no object is no envelope.
            match error.classify() {
                Category::Data => ResultCode::EnvelopeMember,
                _ => ResultCode::NotJson,
            }
        })?;
        if outer.twice {
            return Err(ResultCode::MemberTwice);
        }
        if outer.other {
            return Err(ResultCode::EnvelopeMember);
        }
        let package = outer.package.ok_or(ResultCode::PackageMissing)?.get();
        if !package.starts_with('{') {
            return Err(ResultCode::PackageShape);
        }
        let sign = outer.sign.ok_or(ResultCode::SignMissing)?.get();
        // Some writers escape the solidus; without that nothing is copied.
        let sign = if let Ok(sign) = serde_json::from_str::<&str>(sign) {
            Sign::read(sign)
        } else {
            let sign: Result<String, _> = serde_json::from_str(sign);
            Sign::read(&sign.map_err(|_| ResultCode::SignForm)?)
        };
        Ok(Self {
            package,
            sign: sign.ok_or(ResultCode::SignForm)?,
        })
    }

    /// The text of the package.
    pub const fn package(&self) -> &'a str {
        self.package
    }

    /// What stands in `sign`.
    pub const fn sign(&self) -> &Sign {
        &self.sign
    }

    /// Whether the package is signed by a key.
    pub fn is_by(&self, key: &PublicKey) -> bool {
        let bytes = match &self.sign {
            Sign::Signature(bytes) => bytes,
            Sign::SignedData(signed) => return signed.is_by(key, self.package.as_bytes()),
            Sign::Code(_) => return false,
        };
        let signature = match key.algorithm() {
            // Signers elsewhere do not choose the lower s; both are the same signature.
            Algorithm::Es256 => Signature::lowering_s(bytes),
            algorithm => Signature::parse(algorithm, bytes),
        };
        signature.is_ok_and(|signature| key.verifies(self.package.as_bytes(), &signature))
    }

    /// Whether the package has the code of a random number, made the way that the algorithm's users make it.
    pub fn is_under(&self, random: &[u8; 32], algorithm: Algorithm, way: Way) -> bool {
        let Sign::Code(found) = &self.sign else {
            return false;
        };
        let parts = [way.label(), self.package.as_bytes()];
        match algorithm {
            Algorithm::Sm2 => verified::<Hmac<Sm3>>(random, parts, found),
            Algorithm::Ed25519 | Algorithm::Es256 => verified::<Hmac<Sha256>>(random, parts, found),
        }
    }
}

impl Sign {
    fn read(text: &str) -> Option<Self> {
        if text.len() > LONGEST_SIGN {
            return None;
        }
        // A signature or a code, which nearly every message has, needs no room of its own.
        let mut short = [0; 66];
        if let Ok(bytes) = Base64::decode(text, &mut short) {
            if let Ok(signature) = <[u8; 64]>::try_from(bytes) {
                return Some(Self::Signature(signature));
            }
            return bytes.try_into().ok().map(Self::Code);
        }
        let bytes = Base64::decode_vec(text).ok()?;
        let signed = SignedData::from_der(&bytes).ok()?;
        Some(Self::SignedData(Box::new(signed)))
    }
}

impl Way {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Request => b"request:",
            Self::Answer => b"answer:",
        }
    }
}

fn verified<M: Mac + KeyInit>(key: &[u8; 32], parts: [&[u8]; 2], found: &[u8; 32]) -> bool {
    let Ok(mut mac) = <M as KeyInit>::new_from_slice(key) else {
        return false;
    };
    for part in parts {
        mac.update(part);
    }
    mac.verify_slice(found).is_ok()
}

fn made<M: Mac + KeyInit>(key: &[u8; 32], parts: [&[u8]; 2]) -> String {
    let Ok(mut mac) = <M as KeyInit>::new_from_slice(key) else {
        // HMAC takes keys of every length.
        return String::new();
    };
    for part in parts {
        mac.update(part);
    }
    Base64::encode_string(&mac.finalize().into_bytes())
}

/// The message of a package that is signed by a key.
///
/// # Errors
/// [`SigningError`].
pub fn signed(package: &str, key: &impl Signer) -> Result<String, SigningError> {
    let signature = key.sign(package.as_bytes())?;
    Ok(enclosed(
        package,
        &Base64::encode_string(signature.as_bytes()),
    ))
}

/// The message of a package under the random number of a call.
pub fn coded(package: &str, random: &[u8; 32], algorithm: Algorithm, way: Way) -> String {
    enclosed(
        package,
        &code_of(package.as_bytes(), random, algorithm, way),
    )
}

/// What stands in `sign` of a package under the random number of a call.
pub fn code_of(package: &[u8], random: &[u8; 32], algorithm: Algorithm, way: Way) -> String {
    let parts = [way.label(), package];
    match algorithm {
        Algorithm::Sm2 => made::<Hmac<Sm3>>(random, parts),
        Algorithm::Ed25519 | Algorithm::Es256 => made::<Hmac<Sha256>>(random, parts),
    }
}

fn enclosed(package: &str, sign: &str) -> String {
    let mut message = String::with_capacity(package.len() + sign.len() + 32);
    for part in ["{\"bizPackage\":", package, ",\"sign\":\"", sign, "\"}"] {
        message.push_str(part);
    }
    message
}

#[derive(Default)]
struct Outer<'a> {
    package: Option<&'a RawValue>,
    sign: Option<&'a RawValue>,
    twice: bool,
    other: bool,
}

impl<'de: 'a, 'a> Deserialize<'de> for Outer<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Outer<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut all: A) -> Result<Outer<'de>, A::Error> {
                let mut outer = Outer::default();
                while let Some(name) = all.next_key::<String>()? {
                    let value: &'de RawValue = all.next_value()?;
                    let place = match name.as_str() {
                        "bizPackage" => &mut outer.package,
                        "sign" => &mut outer.sign,
                        _ => {
                            outer.other = true;
                            continue;
                        }
                    };
                    outer.twice |= place.replace(value).is_some();
                }
                Ok(outer)
            }
        }
        from.deserialize_map(Read)
    }
}

#[cfg(test)]
mod known_answers;

#[cfg(test)]
mod tests {
    use super::enclosed as enclosed_in;
    use super::*;
    use hc_pki::{NewCertificate, Purpose, Serial};
    use hc_testkit::regions::key;

    #[test]
    fn what_is_signed_is_the_package_as_it_stands() {
        for algorithm in Algorithm::ALL {
            let (own, other) = (key(algorithm, 1, 1), key(algorithm, 1, 2));
            let message = signed("{ \"a\" : 1 }", &own).unwrap();
            let envelope = Envelope::read(message.as_bytes()).unwrap();
            assert_eq!(envelope.package(), "{ \"a\" : 1 }");
            assert!(envelope.is_by(own.public_key()));
            assert!(!envelope.is_by(other.public_key()));
            let changed = message.replace(" : ", ":");
            let envelope = Envelope::read(changed.as_bytes()).unwrap();
            assert!(!envelope.is_by(own.public_key()));
        }
    }

    #[test]
    fn signed_data_by_the_registered_key_is_a_signature_too() {
        let (own, other) = (key(Algorithm::Sm2, 1, 1), key(Algorithm::Sm2, 1, 2));
        let package = "{\"a\":1}";
        let message = |signer: &hc_code::signing::SigningKey, enclosed: bool, over: &str| {
            let certificate = NewCertificate {
                subject: "CN=super app".parse().unwrap(),
                key: signer.public_key().clone(),
                purpose: Purpose::Authority { below: None },
                from: hc_code::Timestamp::from_unix(1_656_000_000),
                until: hc_code::Timestamp::from_unix(1_756_000_000),
                serial: Serial::from_bytes(&[7]).unwrap(),
            };
            let certificate = certificate.self_signed(signer).unwrap();
            let signed = SignedData::sign(over.as_bytes(), enclosed, signer, &certificate, &[]);
            enclosed_in(package, &Base64::encode_string(&signed.unwrap()))
        };
        for enclosed in [false, true] {
            let good = message(&own, enclosed, package);
            let envelope = Envelope::read(good.as_bytes()).unwrap();
            assert!(envelope.is_by(own.public_key()));
            assert!(!envelope.is_by(other.public_key()));
            assert!(!envelope.is_under(&[7; 32], Algorithm::Sm2, Way::Request));
            let elsewhere = message(&own, enclosed, "{\"a\":2}");
            let envelope = Envelope::read(elsewhere.as_bytes()).unwrap();
            assert!(!envelope.is_by(own.public_key()));
        }
        let long = enclosed_in(package, &"A".repeat(LONGEST_SIGN + 4));
        let read = Envelope::read(long.as_bytes()).map(drop);
        assert_eq!(read, Err(ResultCode::SignForm));
        let other_form = enclosed_in(package, &Base64::encode_string(&[0x30; 100]));
        let read = Envelope::read(other_form.as_bytes()).map(drop);
        assert_eq!(read, Err(ResultCode::SignForm));
    }

    #[test]
    fn a_code_holds_for_its_random_number_algorithm_and_way() {
        let random = [7; 32];
        for algorithm in Algorithm::ALL {
            let message = coded("{\"a\":1}", &random, algorithm, Way::Request);
            let envelope = Envelope::read(message.as_bytes()).unwrap();
            assert!(envelope.is_under(&random, algorithm, Way::Request));
            assert!(!envelope.is_under(&random, algorithm, Way::Answer));
            assert!(!envelope.is_under(&[8; 32], algorithm, Way::Request));
            assert!(!envelope.is_by(key(algorithm, 1, 1).public_key()));
            let other = match algorithm {
                Algorithm::Sm2 => Algorithm::Ed25519,
                _ => Algorithm::Sm2,
            };
            assert!(!envelope.is_under(&random, other, Way::Request));
        }
    }

    #[test]
    fn what_is_wrong_with_an_envelope_has_its_own_code() {
        let sign = Base64::encode_string(&[1; 64]);
        for (message, code) in [
            ("", ResultCode::NotJson),
            ("{", ResultCode::NotJson),
            ("[]", ResultCode::EnvelopeMember),
            ("null", ResultCode::EnvelopeMember),
            ("{}", ResultCode::PackageMissing),
            (
                "{\"bizPackage\":[],\"sign\":\"\"}",
                ResultCode::PackageShape,
            ),
            ("{\"bizPackage\":{}}", ResultCode::SignMissing),
            ("{\"bizPackage\":{},\"sign\":7}", ResultCode::SignForm),
            (
                "{\"bizPackage\":{},\"sign\":\"AAAA\"}",
                ResultCode::SignForm,
            ),
            ("{\"bizPackage\":{},\"sign\":\"*\"}", ResultCode::SignForm),
            (
                "{\"bizPackage\":{},\"bizPackage\":{},\"sign\":\"\"}",
                ResultCode::MemberTwice,
            ),
            (
                "{\"bizPackage\":{},\"sign\":\"\",\"alg\":\"none\"}",
                ResultCode::EnvelopeMember,
            ),
        ] {
            let read = Envelope::read(message.as_bytes());
            assert_eq!(read.map(|_| ()), Err(code), "{message}");
        }
        assert!(Envelope::read(b"\xff").is_err());
        let good = format!("{{\"sign\":\"{sign}\",\"bizPackage\":{{}}}}");
        assert_eq!(Envelope::read(good.as_bytes()).unwrap().package(), "{}");
    }
}
