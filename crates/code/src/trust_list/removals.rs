//! What the online key has removed since the trust list was signed.

use super::encoding::{self, TrustEncodingError};
use crate::cose::{self, Header, Sign1};
use crate::signing::{KeyId, PublicKey, Signer, SigningError};
use crate::{DivisionCode, Timestamp};

/// Type of a removal list (RFC 9596).
const CONTENT_TYPE: &str = "application/healthcode-removals+cwt";

/// One issuer, or one key of an issuer, that is not to be believed any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Removal {
    /// Whose.
    pub region: DivisionCode,
    /// Which key: a root or a key that a root lists; `None` for the issuer with all its keys.
    pub key: Option<KeyId>,
    /// Since when.
    pub removed_at: Timestamp,
}

/// All removals that no trust list has settled yet, whose signature has been checked or is to be
/// made. It can take away and can give nothing back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemovalList {
    issued_at: Timestamp,
    removals: Vec<Removal>,
    signed_by: Option<KeyId>,
}

/// Why something is no removal list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RemovalListError {
    /// Not signed by a key that may remove, or not in the fixed form.
    #[error(transparent)]
    Encoding(#[from] TrustEncodingError),
    /// Removals are listed once each, in ascending order.
    #[error("removals are listed twice or out of order")]
    Order,
    /// A removal from after the signature.
    #[error("removed at {removed_at}, but the list was issued at {issued_at}")]
    FromTheFuture {
        /// When it is said to have been removed.
        removed_at: Timestamp,
        /// When the list was signed.
        issued_at: Timestamp,
    },
}

impl RemovalList {
    /// Lists removals, in order and each once.
    ///
    /// # Errors
    /// [`RemovalListError::FromTheFuture`].
    pub fn new(issued_at: Timestamp, mut removals: Vec<Removal>) -> Result<Self, RemovalListError> {
        removals.sort_unstable();
        removals.dedup();
        let list = Self {
            issued_at,
            removals,
            signed_by: None,
        };
        list.checked()
    }

    /// Signs the list with the online removal key.
    ///
    /// # Errors
    /// [`SigningError`] where the signer gives no signature.
    pub fn sign<S: Signer + ?Sized>(&self, signer: &S) -> Result<Vec<u8>, SigningError> {
        let header = Header::of(signer.public_key()).with_type(CONTENT_TYPE);
        cose::sign(
            signer,
            &header,
            &[],
            &encoding::encode_removals(self.issued_at, &self.removals),
        )
    }

    /// Checks that one of the removal keys signed, and reads.
    ///
    /// # Errors
    /// [`RemovalListError`], by what is wrong first.
    pub fn open(bytes: &[u8], removal_keys: &[PublicKey]) -> Result<Self, RemovalListError> {
        let signed = Sign1::parse(bytes).map_err(TrustEncodingError::from)?;
        let claims = encoding::verify_any(&signed, removal_keys, CONTENT_TYPE)?;
        let (issued_at, removals) = encoding::decode_removals(claims)?;
        let list = Self {
            issued_at,
            removals,
            signed_by: signed.key_id(),
        };
        list.checked()
    }

    fn checked(self) -> Result<Self, RemovalListError> {
        let pairs = self.removals.iter().zip(self.removals.iter().skip(1));
        if !pairs.into_iter().all(|(first, second)| first < second) {
            return Err(RemovalListError::Order);
        }
        let issued_at = self.issued_at;
        let late = self.removals.iter().find(|it| it.removed_at > issued_at);
        match late {
            Some(Removal { removed_at, .. }) => Err(RemovalListError::FromTheFuture {
                removed_at: *removed_at,
                issued_at,
            }),
            None => Ok(self),
        }
    }

    /// When it was signed.
    pub const fn issued_at(&self) -> Timestamp {
        self.issued_at
    }

    /// What is removed, ascending.
    pub fn removals(&self) -> &[Removal] {
        &self.removals
    }

    /// Which key signed it, where it was read.
    pub(super) const fn signed_by(&self) -> Option<KeyId> {
        self.signed_by
    }
}
