//! What a gate is installed with.

use hc_code::signing::{Algorithm, PublicKey, PublicKeyError};
use hc_code::verify::RecognitionPolicy;
use serde::Deserialize;

use crate::marks::{Marks, MarksError};

/// The hub's first keys, the policy, and what was remembered from before a restart.
#[derive(Clone, Debug)]
pub struct Settings {
    pub(crate) hub_keys: Vec<PublicKey>,
    pub(crate) policy: RecognitionPolicy,
    pub(crate) marks: Marks,
}

/// Why these are no settings.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// Not JSON of this form; the policy's own faults are among them.
    #[error("the settings are not of their form: {0}")]
    Form(#[from] serde_json::Error),
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
    /// What was remembered.
    #[error(transparent)]
    Marks(#[from] MarksError),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Form {
    hub_keys: Vec<KeyForm>,
    #[serde(default)]
    policy: Option<RecognitionPolicy>,
    #[serde(default)]
    marks: Marks,
}

/// A public key as vectors write it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeyForm {
    algorithm: String,
    key: String,
}

impl Settings {
    /// Reads settings: `{"hubKeys": [{"algorithm", "key"}], "policy"?, "marks"?}`. Without a
    /// policy the plain one holds: low passes, medium is checked, high refused, unknown unknown.
    ///
    /// # Errors
    /// [`SettingsError`] by what is wrong first.
    pub fn parse(json: &[u8]) -> Result<Self, SettingsError> {
        let form: Form = serde_json::from_slice(json)?;
        if form.hub_keys.is_empty() {
            return Err(SettingsError::NoHubKey);
        }
        let hub_keys = form.hub_keys.iter().map(KeyForm::read);
        Ok(Self {
            hub_keys: hub_keys.collect::<Result<_, _>>()?,
            policy: form.policy.unwrap_or_else(RecognitionPolicy::plain),
            marks: form.marks,
        })
    }
}

impl KeyForm {
    fn read(&self) -> Result<PublicKey, SettingsError> {
        let algorithm = algorithm(&self.algorithm)?;
        let bytes = hexadecimal(&self.key)?;
        Ok(PublicKey::parse(algorithm, &bytes)?)
    }
}

pub(crate) fn algorithm(name: &str) -> Result<Algorithm, SettingsError> {
    Algorithm::from_name(name).ok_or_else(|| SettingsError::Algorithm(name.to_owned()))
}

/// Bytes of hexadecimal text, lower or upper case.
pub(crate) fn hexadecimal(text: &str) -> Result<Vec<u8>, SettingsError> {
    let fault = || SettingsError::Hexadecimal(text.to_owned());
    let digits = text.chars().map(|digit| digit.to_digit(16));
    let digits = digits.collect::<Option<Vec<u32>>>().ok_or_else(fault)?;
    let (pairs, rest) = digits.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(fault());
    }
    let bytes = pairs
        .iter()
        .map(|[high, low]| u8::try_from(high * 16 + low));
    bytes.collect::<Result<_, _>>().map_err(|_| fault())
}
