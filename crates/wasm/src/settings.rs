//! What a gate is installed with.

use hc_code::DivisionCode;
use hc_code::signing::{Algorithm, PublicKey, PublicKeyError};
use hc_code::verify::RecognitionPolicy;

use crate::json::{Fields, FormError, Json, Read as _};
use crate::marks::{Marks, MarksError};
use crate::policy::{PolicyFault, policy};

/// The hub's first keys, the gate's own region, the policy, and what was remembered from before a restart.
#[derive(Clone, Debug)]
pub struct Settings {
    pub(crate) hub_keys: Vec<PublicKey>,
    pub(crate) region: Option<DivisionCode>,
    pub(crate) policy: RecognitionPolicy,
    pub(crate) marks: Marks,
}

/// Why these are no settings.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// Not JSON of this form.
    #[error(transparent)]
    Form(#[from] FormError),
    /// Nobody could sign a trust list.
    #[error("the settings name no hub key")]
    NoHubKey,
    /// No such algorithm.
    #[error("{0:?} is not an algorithm: Ed25519, ES256 or SM2")]
    Algorithm(String),
    /// Keys are hexadecimal.
    #[error("{0:?} is not hexadecimal")]
    Hexadecimal(String),
    /// A hub key.
    #[error(transparent)]
    Key(#[from] PublicKeyError),
    /// The policy.
    #[error(transparent)]
    Policy(#[from] PolicyFault),
    /// What was remembered.
    #[error(transparent)]
    Marks(#[from] MarksError),
}

impl SettingsError {
    /// The word of the fault.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Form(fault) => fault.word(),
            Self::NoHubKey => "no-hub-key",
            Self::Algorithm(_) => "algorithm",
            Self::Hexadecimal(_) => "hexadecimal",
            Self::Key(fault) => match fault {
                PublicKeyError::Length(..) => "key-length",
                PublicKeyError::Prefix(..) => "key-prefix",
                PublicKeyError::NotOnCurve(_) => "key-not-on-curve",
                PublicKeyError::NonCanonical => "key-not-canonical",
                PublicKeyError::SmallOrder => "key-small-order",
            },
            Self::Policy(fault) => fault.word(),
            Self::Marks(fault) => fault.word(),
        }
    }

    /// What it is about: a field, a rule, a value, or the place in the text.
    pub fn about(&self) -> String {
        match self {
            Self::Form(fault) => fault.about(),
            Self::Algorithm(text) | Self::Hexadecimal(text) => text.clone(),
            Self::NoHubKey | Self::Key(_) => String::new(),
            Self::Policy(fault) => fault.about(),
            Self::Marks(fault) => fault.about(),
        }
    }
}

impl Settings {
    /// Reads settings: `{"hubKeys": [{"algorithm", "key"}], "region"?, "policy"?, "marks"?}`. Without a
    /// policy the plain one holds: low passes, medium is checked, high refused, unknown unknown.
    ///
    /// # Errors
    /// [`SettingsError`] by what is wrong first.
    pub fn parse(json: &[u8]) -> Result<Self, SettingsError> {
        let mut fields = Fields::parse(json, "settings")?;
        let hub_keys = fields.several("hubKeys", key)?;
        let settings = Self {
            hub_keys,
            region: match fields.json("region") {
                None => None,
                Some(json) => Some(DivisionCode::read(json).ok_or(FormError::Value("region"))?),
            },
            policy: match fields.json("policy") {
                None | Some(Json::Null) => RecognitionPolicy::plain(),
                Some(json) => policy(json)?,
            },
            marks: match fields.json("marks") {
                None => Marks::default(),
                Some(json) => Marks::read(json)?,
            },
        };
        fields.end()?;
        if settings.hub_keys.is_empty() {
            return Err(SettingsError::NoHubKey);
        }
        Ok(settings)
    }
}

/// A public key as vectors write it.
fn key(json: Json) -> Result<PublicKey, SettingsError> {
    let mut fields = Fields::of(json, "hubKeys")?;
    let algorithm = algorithm(fields.one("algorithm")?)?;
    let bytes = hexadecimal(fields.one("key")?)?;
    fields.end()?;
    Ok(PublicKey::parse(algorithm, &bytes)?)
}

/// The algorithm of a name.
pub(crate) fn algorithm(name: String) -> Result<Algorithm, SettingsError> {
    Algorithm::from_name(&name).ok_or(SettingsError::Algorithm(name))
}

/// Bytes of hexadecimal text, lower or upper case.
pub(crate) fn hexadecimal(text: String) -> Result<Vec<u8>, SettingsError> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let digit = |letter: u8| char::from(letter).to_digit(16);
    let byte = |pair: &[u8; 2]| u8::try_from(digit(pair[0])? * 16 + digit(pair[1])?).ok();
    let bytes: Option<Vec<u8>> = pairs.iter().map(byte).collect();
    match bytes {
        Some(bytes) if rest.is_empty() => Ok(bytes),
        _ => Err(SettingsError::Hexadecimal(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HUB: &str = r#"{"algorithm":"Ed25519","key":"d54207DA194977dcf46adbfec2bc2e75b52d5a8a42184fedfdc00024f0e3e8da"}"#;

    fn parse(text: &str) -> Result<Settings, (&'static str, String)> {
        Settings::parse(text.as_bytes()).map_err(|fault| (fault.word(), fault.about()))
    }

    #[test]
    fn without_a_policy_the_plain_one_holds() {
        for rest in ["", r#","policy":null"#] {
            let settings = parse(&format!(r#"{{"hubKeys":[{HUB}]{rest}}}"#)).unwrap();
            assert_eq!(settings.policy, RecognitionPolicy::plain());
            assert_eq!(settings.marks, Marks::default());
            assert_eq!(settings.hub_keys[0].as_bytes()[..3], [0xd5, 0x42, 0x07]);
        }
    }

    #[test]
    fn a_fault_is_named_with_what_it_is_about() {
        let key = |text: &str| format!(r#"{{"hubKeys":[{text}]}}"#);
        let sm2 = |digits: &str| key(&format!(r#"{{"algorithm":"SM2","key":"{digits}"}}"#));
        let ed = |digits: &str| key(&format!(r#"{{"algorithm":"Ed25519","key":"{digits}"}}"#));
        for (text, word, about) in [
            (String::new(), "not-json", "0"),
            ("[]".to_owned(), "wrong-value", "settings"),
            ("{}".to_owned(), "no-hub-key", ""),
            (key(""), "no-hub-key", ""),
            (key("7"), "wrong-value", "hubKeys"),
            (r#"{"hubKeys":7}"#.to_owned(), "wrong-value", "hubKeys"),
            (key(r#"{"algorithm":"SM2"}"#), "missing-field", "key"),
            (
                key(r#"{"algorithm":"SM2","key":"","x":0}"#),
                "unknown-field",
                "x",
            ),
            (key(r#"{"algorithm":"RSA","key":""}"#), "algorithm", "RSA"),
            (sm2("0"), "hexadecimal", "0"),
            (sm2("0é"), "hexadecimal", "0é"),
            (sm2("0g"), "hexadecimal", "0g"),
            (sm2("02"), "key-length", ""),
            (sm2(&"04".repeat(33)), "key-prefix", ""),
            (
                sm2(&format!("02{}", "ff".repeat(32))),
                "key-not-on-curve",
                "",
            ),
            (ed(&"ff".repeat(32)), "key-not-canonical", ""),
            (ed(&"00".repeat(32)), "key-small-order", ""),
            (
                format!(r#"{{"hubKeys":[{HUB}],"policy":{{"version":"","rules":[]}}}}"#),
                "policy-version",
                "",
            ),
            (
                format!(r#"{{"hubKeys":[{HUB}],"marks":null}}"#),
                "wrong-value",
                "marks",
            ),
            (
                format!(r#"{{"hubKeys":[{HUB}],"region":"33"}}"#),
                "wrong-value",
                "region",
            ),
            (
                format!(r#"{{"hubKeys":[{HUB}],"other":1}}"#),
                "unknown-field",
                "other",
            ),
        ] {
            assert_eq!(parse(&text).err(), Some((word, about.to_owned())), "{text}");
        }
    }
}
