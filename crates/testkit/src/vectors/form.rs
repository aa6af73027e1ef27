//! A gate as JSON: the lists it holds in the open, and the key lists as they were signed.

use std::collections::BTreeMap;

use hc_code::keys::{KeyBook, KeyBookError, SignedKeyList};
use hc_code::signing::{Algorithm, KeyId, KeyIdError, PublicKey, PublicKeyError};
use hc_code::verify::{IssuerTerms, Listed, RecognitionPolicy};
use hc_code::{DivisionCode, Offset, Span, Timestamp};
use serde::{Deserialize, Serialize};

use crate::held::{Held, HeldList, HeldPaper, HeldStatus, HeldTrust};
use crate::hexadecimal;

/// What a gate holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GateForm {
    /// The device's clock when the key lists were fetched.
    pub fetched_at: Timestamp,
    /// The trust list.
    pub trust: TrustForm,
    /// Status lists.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub status: Vec<StatusForm>,
    /// Paper lists.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paper: Vec<PaperForm>,
    /// The recognition policy; the plain one where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<RecognitionPolicy>,
}

/// The trust list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrustForm {
    /// When it was signed.
    pub issued_at: Timestamp,
    /// Until when it holds.
    pub expires_at: Timestamp,
    /// The issuers.
    pub issuers: Vec<IssuerForm>,
}

/// One issuer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IssuerForm {
    /// The division.
    pub issuer: DivisionCode,
    /// Whether it was taken off the list.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub removed: bool,
    /// Facts older than this are none.
    pub staleness_limit: Span,
    /// Where its days begin.
    pub offset: Offset,
    /// Its root keys.
    pub roots: Vec<KeyForm>,
    /// Ids of keys, a node's or a root, that the removal key removed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removed_keys: Vec<String>,
    /// Its key list, hexadecimal; none where the gate has not got it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_list: Option<String>,
}

/// A public key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyForm {
    /// `Ed25519`, `ES256` or `SM2`.
    pub algorithm: String,
    /// Its canonical bytes, hexadecimal.
    pub key: String,
}

/// A status list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusForm {
    /// Whose.
    pub issuer: DivisionCode,
    /// Of which local day, counted from 1970-01-01.
    pub day: u32,
    /// The time of its facts.
    pub as_of: Timestamp,
    /// Until when it holds.
    pub expires_at: Timestamp,
    /// How many indices it has.
    pub domain: u32,
    /// Day index to status (1 high, 2 medium, 3 re-check).
    pub entries: BTreeMap<u32, u8>,
}

/// A paper list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaperForm {
    /// Whose.
    pub issuer: DivisionCode,
    /// The time of its facts.
    pub as_of: Timestamp,
    /// Until when it holds.
    pub expires_at: Timestamp,
    /// Pointer, hexadecimal, to status (1 high, 2 medium, 3 re-check).
    pub entries: BTreeMap<String, u8>,
}

/// Why a gate cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GateFormError {
    /// No such algorithm.
    #[error("{0:?} is not an algorithm")]
    Algorithm(String),
    /// Not hexadecimal, or of another length.
    #[error("{0:?} is not hexadecimal of the right length")]
    Hexadecimal(String),
    /// A root key.
    #[error(transparent)]
    Key(#[from] PublicKeyError),
    /// A removed key.
    #[error(transparent)]
    KeyId(#[from] KeyIdError),
    /// A key list that the gate cannot have.
    #[error(transparent)]
    KeyList(#[from] KeyBookError),
    /// No such status.
    #[error("{0} is not a status")]
    Status(u8),
}

impl GateForm {
    /// The gate's holdings.
    ///
    /// # Errors
    /// [`GateFormError`] for whatever is not readable.
    pub fn held(&self) -> Result<Held, GateFormError> {
        let trust = &self.trust;
        let mut held = Held {
            trust: HeldTrust {
                issued_at: trust.issued_at,
                expires_at: trust.expires_at,
                issuers: BTreeMap::new(),
                removed: Vec::new(),
            },
            keys: KeyBook::new(),
            status: HeldStatus::default(),
            paper: HeldPaper::default(),
            policy: self.policy.clone().unwrap_or_else(RecognitionPolicy::plain),
        };
        for form in &trust.issuers {
            let roots = form.roots.iter().map(KeyForm::read);
            let roots = roots.collect::<Result<Vec<_>, _>>()?;
            let terms = IssuerTerms {
                staleness_limit: form.staleness_limit,
                offset: form.offset,
            };
            held.trust.issuers.insert(form.issuer, Some((terms, roots)));
            if let Some(list) = &form.key_list {
                let bytes = hexadecimal::read(list)
                    .ok_or_else(|| GateFormError::Hexadecimal(list.clone()))?;
                let list = SignedKeyList::from_bytes(bytes);
                held.adopt(&list, form.issuer, self.fetched_at)?;
            }
            if form.removed {
                held.trust.issuers.insert(form.issuer, None);
            }
            for id in &form.removed_keys {
                let id: KeyId = id.parse()?;
                held.trust.removed.push((form.issuer, id));
            }
        }
        for form in &self.status {
            let list = HeldList {
                as_of: form.as_of,
                expires_at: form.expires_at,
                domain: Some(form.domain),
                entries: read_entries(&form.entries, |index| Ok(*index))?,
            };
            held.status.0.insert((form.issuer, form.day), list);
        }
        for form in &self.paper {
            let list = HeldList {
                as_of: form.as_of,
                expires_at: form.expires_at,
                domain: None,
                entries: read_entries(&form.entries, |pointer| {
                    hexadecimal::read(pointer)
                        .and_then(|bytes| bytes.try_into().ok())
                        .ok_or_else(|| GateFormError::Hexadecimal(pointer.clone()))
                })?,
            };
            held.paper.0.insert(form.issuer, list);
        }
        Ok(held)
    }
}

impl KeyForm {
    /// The form of a key.
    pub fn of(key: &PublicKey) -> Self {
        Self {
            algorithm: key.algorithm().name().to_owned(),
            key: hexadecimal::write(key.as_bytes()),
        }
    }

    fn read(&self) -> Result<PublicKey, GateFormError> {
        let algorithm = Algorithm::from_name(&self.algorithm)
            .ok_or_else(|| GateFormError::Algorithm(self.algorithm.clone()))?;
        let bytes = hexadecimal::read(&self.key)
            .ok_or_else(|| GateFormError::Hexadecimal(self.key.clone()))?;
        Ok(PublicKey::parse(algorithm, &bytes)?)
    }
}

fn read_entries<K, T: Ord>(
    entries: &BTreeMap<K, u8>,
    key: impl Fn(&K) -> Result<T, GateFormError>,
) -> Result<BTreeMap<T, Listed>, GateFormError> {
    entries
        .iter()
        .map(|(name, status)| {
            let listed = Listed::ALL
                .into_iter()
                .find(|listed| listed.bits() == *status)
                .ok_or(GateFormError::Status(*status))?;
            Ok((key(name)?, listed))
        })
        .collect()
}
