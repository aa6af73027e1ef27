//! The trust list of a region that is under no hub: it names the region itself and nobody else.

use core::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use hc_code::signing::{PublicKey, Signer, SigningKey};
use hc_code::trust_list::{
    IssuerEntry, IssuerError, Role, Roles, RootKey, TrustDraft, TrustList, TrustListError, Validity,
};
use hc_code::{Span, Timestamp};
use hc_node::keys::RegionTerms;

/// How long a list may be relied on without the region.
const LIFE: Span = Span::days(30);
/// When it is signed anew.
const RENEWED_AFTER: Span = Span::hours(1);

/// Signs the trust list of a region that stands alone.
pub struct OwnTrust {
    hub: SigningKey,
    out: Mutex<Option<(Timestamp, Arc<Vec<u8>>)>>,
}

/// Why there is no list.
#[derive(Debug, thiserror::Error)]
pub(super) enum OwnTrustError {
    /// The time is none of a trust list.
    #[error("{0} is no time of a trust list")]
    Time(Timestamp),
    /// The region.
    #[error(transparent)]
    Issuer(#[from] IssuerError),
    /// The list.
    #[error(transparent)]
    List(#[from] TrustListError),
    /// The signature.
    #[error(transparent)]
    Signing(#[from] hc_code::signing::SigningError),
}

impl OwnTrust {
    /// By a key that is kept as long as the region, and is not its root.
    pub const fn new(hub: SigningKey) -> Self {
        Self {
            hub,
            out: Mutex::new(None),
        }
    }

    /// The key that gates begin with.
    pub(super) fn key(&self) -> &PublicKey {
        self.hub.public_key()
    }

    /// The list, at most an hour old.
    pub(super) fn list(
        &self,
        (terms, root): (&RegionTerms, &PublicKey),
        now: Timestamp,
    ) -> Result<Arc<Vec<u8>>, OwnTrustError> {
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, list)) = out.as_ref()
            && *at <= now
            && now < at.plus(RENEWED_AFTER)
        {
            return Ok(Arc::clone(list));
        }
        let list = Arc::new(self.sign(terms, root, now)?);
        *out = Some((now, Arc::clone(&list)));
        Ok(list)
    }

    fn sign(
        &self,
        terms: &RegionTerms,
        root: &PublicKey,
        now: Timestamp,
    ) -> Result<Vec<u8>, OwnTrustError> {
        let always = Validity::new(Timestamp::from_unix(0), Timestamp::MAX)?;
        let roles = Roles::new([Role::Codes, Role::Lists, Role::Rules])?;
        let entry = IssuerEntry::new(
            terms.division,
            terms.offset,
            terms.staleness_limit,
            always,
            vec![RootKey::new(root.clone(), roles, always)],
            Vec::new(),
        )?;
        let list = TrustList::new(TrustDraft {
            // Seconds rise across restarts, which nothing else here remembers.
            version: u32::try_from(now.unix()).map_err(|_| OwnTrustError::Time(now))?,
            issued_at: now,
            expires_at: now.plus(LIFE),
            removals_settled_until: now,
            hub_keys: vec![self.hub.public_key().clone()],
            removal_keys: Vec::new(),
            issuers: vec![entry],
        })?;
        Ok(list.sign(&self.hub)?)
    }
}

impl fmt::Debug for OwnTrust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OwnTrust({})", self.hub.public_key().id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hc_code::Offset;
    use hc_code::signing::Algorithm;

    const NOW: Timestamp = Timestamp::from_unix(1_657_857_600);

    fn key(number: u8) -> SigningKey {
        SigningKey::deterministic(Algorithm::Ed25519, &[number; 32]).unwrap()
    }

    #[test]
    fn a_region_alone_is_on_its_own_list_and_the_next_list_follows_the_first() {
        let terms = RegionTerms {
            division: "330000".parse().unwrap(),
            offset: Offset::CHINA,
            staleness_limit: Span::hours(4),
            algorithm: Algorithm::Ed25519,
        };
        let (trust, root) = (OwnTrust::new(key(1)), key(2));
        let at = |now| trust.list((&terms, root.public_key()), now).unwrap();
        let open = |bytes: &[u8]| TrustList::open(bytes, &[trust.key().clone()]).unwrap();
        let first = at(NOW);
        assert_eq!(at(NOW.plus(Span::seconds(3540))), first);
        let list = open(&first);
        let entry = list.issuer(terms.division).unwrap();
        let roots: Vec<_> = entry.roots().iter().map(|root| root.key().id()).collect();
        assert_eq!(roots, [root.public_key().id()]);
        let next = open(&at(NOW.plus(Span::hours(1))));
        assert!(next.version() > list.version());
        assert_eq!(next.hub_keys(), [trust.key().clone()]);
        assert!(TrustList::open(&first, &[key(3).public_key().clone()]).is_err());
    }
}
