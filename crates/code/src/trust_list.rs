//! The trust list: whom to believe, with which keys, for what, and until when.
//!
//! The hub's offline key signs it; a separate online key may only remove. Region roots on it sign
//! key lists, whose keys sign codes and lists. The format is in `spec/trust-list.md`.

mod encoding;
mod held;
mod hub_door;
mod issuer;
mod removals;
mod request;

use crate::cose::{self, Header, Sign1};
use crate::signing::{KeyId, PublicKey, Signer, SigningError};
use crate::sorted_map::twice;
use crate::{DivisionCode, Span, Timestamp};

pub use self::encoding::TrustEncodingError;
pub use self::held::{HeldTrust, HeldTrustAt, TrustMark, TrustNotAccepted};
pub use self::hub_door::{HubDoor, HubDoorError};
pub use self::issuer::{
    Endpoint, EndpointKind, IssuerEntry, IssuerError, Role, Roles, RootKey, Validity,
};
pub use self::removals::{Removal, RemovalList, RemovalListError};
pub use self::request::{Line, LineError, Request, RequestDraft, RequestError};

/// Type of a trust list (RFC 9596).
const CONTENT_TYPE: &str = "application/healthcode-trust+cwt";

/// One version of the trust list, whose signature has been checked or is to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustList {
    version: u32,
    issued_at: Timestamp,
    expires_at: Timestamp,
    removals_settled_until: Timestamp,
    hub_keys: Vec<PublicKey>,
    removal_keys: Vec<PublicKey>,
    issuers: Vec<IssuerEntry>,
}

/// What a trust list says, before it is checked as a whole.
#[derive(Clone, Debug)]
pub struct TrustDraft {
    /// Its number; each list has a higher one than the list before.
    pub version: u32,
    /// The time of signing.
    pub issued_at: Timestamp,
    /// The end, at most 400 days later.
    pub expires_at: Timestamp,
    /// Removals up to this time have been considered: they are in this list or meant to lapse.
    pub removals_settled_until: Timestamp,
    /// Offline keys that may sign the next list: at least one. The key that signs this one is there
    /// unless it is to be given up.
    pub hub_keys: Vec<PublicKey>,
    /// Online keys that may remove.
    pub removal_keys: Vec<PublicKey>,
    /// Who may issue.
    pub issuers: Vec<IssuerEntry>,
}

/// Why something is no trust list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrustListError {
    /// Not signed by a key that may sign it, or not in the fixed form.
    #[error(transparent)]
    Encoding(#[from] TrustEncodingError),
    /// Times in the wrong order, or a list for more than 400 days.
    #[error("issued at {issued_at}, to expire at {expires_at}, removals settled until {settled}")]
    Times {
        /// The time of signing.
        issued_at: Timestamp,
        /// The end.
        expires_at: Timestamp,
        /// Removals up to here have been considered.
        settled: Timestamp,
    },
    /// Nobody could sign the next list.
    #[error("no hub key is named for the next list")]
    NoHubKey,
    /// Issuers are listed once each, in ascending order.
    #[error("issuer {0} is listed twice or out of order")]
    IssuerOrder(DivisionCode),
    /// Keys are listed once each, in ascending order of their ids, and a key has one purpose.
    #[error("key {0} is listed twice or out of order")]
    KeyOrder(KeyId),
}

/// How long a list may be good.
const LONGEST_LIFE: Span = Span::days(400);

impl TrustList {
    /// Checks a draft and puts issuers and keys in order.
    ///
    /// # Errors
    /// [`TrustListError`] where times, keys or issuers contradict each other.
    pub fn new(draft: TrustDraft) -> Result<Self, TrustListError> {
        let mut list = Self {
            version: draft.version,
            issued_at: draft.issued_at,
            expires_at: draft.expires_at,
            removals_settled_until: draft.removals_settled_until,
            hub_keys: draft.hub_keys,
            removal_keys: draft.removal_keys,
            issuers: draft.issuers,
        };
        list.hub_keys.sort_unstable_by_key(PublicKey::id);
        list.removal_keys.sort_unstable_by_key(PublicKey::id);
        list.issuers.sort_unstable_by_key(IssuerEntry::region);
        list.checked()
    }

    /// Signs the list with an offline key of the hub.
    ///
    /// # Errors
    /// [`SigningError`] where the signer gives no signature.
    pub fn sign<S: Signer + ?Sized>(&self, signer: &S) -> Result<Vec<u8>, SigningError> {
        let header = Header::of(signer.public_key()).with_type(CONTENT_TYPE);
        cose::sign(signer, &header, &[], &self.encode())
    }

    /// Checks that one of the hub's keys signed, and reads. The keys come from the list before, or
    /// for the first list from whoever installed the verifier.
    ///
    /// # Errors
    /// [`TrustListError`], by what is wrong first.
    pub fn open(bytes: &[u8], hub_keys: &[PublicKey]) -> Result<Self, TrustListError> {
        let signed = Sign1::parse(bytes).map_err(TrustEncodingError::from)?;
        let claims = encoding::verify_any(&signed, hub_keys, CONTENT_TYPE)?;
        Self::decode(claims)?.checked()
    }

    fn checked(self) -> Result<Self, TrustListError> {
        let life = self.expires_at.since(self.issued_at);
        let in_order = self.issued_at < self.expires_at
            && self.removals_settled_until <= self.issued_at
            && life <= LONGEST_LIFE;
        if !in_order {
            return Err(TrustListError::Times {
                issued_at: self.issued_at,
                expires_at: self.expires_at,
                settled: self.removals_settled_until,
            });
        }
        if self.hub_keys.is_empty() {
            return Err(TrustListError::NoHubKey);
        }
        let issuers = self.issuers.iter().zip(self.issuers.iter().skip(1));
        for (first, second) in issuers {
            if first.region() >= second.region() {
                return Err(TrustListError::IssuerOrder(second.region()));
            }
        }
        for keys in [&self.hub_keys, &self.removal_keys] {
            for (first, second) in keys.iter().zip(keys.iter().skip(1)) {
                if first.id() >= second.id() {
                    return Err(TrustListError::KeyOrder(second.id()));
                }
            }
        }
        // A key that may only remove must not be able to sign anything else, and a root is one
        // region's.
        let roots = self.issuers.iter().flat_map(IssuerEntry::roots);
        let roots = roots.map(|root| root.key().id());
        let others = self.hub_keys.iter().chain(&self.removal_keys);
        match twice(others.map(PublicKey::id).chain(roots)) {
            Some(id) => Err(TrustListError::KeyOrder(id)),
            None => Ok(self),
        }
    }

    /// Its number.
    pub const fn version(&self) -> u32 {
        self.version
    }

    /// When it was signed.
    pub const fn issued_at(&self) -> Timestamp {
        self.issued_at
    }

    /// From when on it is not to be relied on.
    pub const fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// Removals up to this time are in this list, or lapse with it.
    pub const fn removals_settled_until(&self) -> Timestamp {
        self.removals_settled_until
    }

    /// Who may sign the next list.
    pub fn hub_keys(&self) -> &[PublicKey] {
        &self.hub_keys
    }

    /// Who may remove.
    pub fn removal_keys(&self) -> &[PublicKey] {
        &self.removal_keys
    }

    /// All issuers, ascending by region.
    pub fn issuers(&self) -> &[IssuerEntry] {
        &self.issuers
    }

    /// What the list says of a region.
    pub fn issuer(&self, region: DivisionCode) -> Option<&IssuerEntry> {
        let place = self
            .issuers
            .binary_search_by_key(&region, IssuerEntry::region);
        place.ok().and_then(|place| self.issuers.get(place))
    }
}

#[cfg(test)]
mod tests;
