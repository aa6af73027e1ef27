//! What a gate holds: the newest trust list, and what was removed since.

use super::{IssuerEntry, Removal, RemovalList, Role, TrustList};
use crate::signing::{KeyId, PublicKey};
use crate::sorted_map::SortedMap;
use crate::status_list::CLOCK_TOLERANCE;
use crate::verify::{IssuerAnswer, IssuerTerms, TrustLookup};
use crate::{DivisionCode, Timestamp};

/// The newest trust list that was seen, with every removal that it has not settled.
#[derive(Clone, Debug)]
pub struct HeldTrust {
    list: TrustList,
    removals: SortedMap<Removal, ()>,
    removals_as_of: Option<Timestamp>,
}

/// What must be remembered across a restart even if the list itself is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrustMark {
    /// The newest version that was seen.
    pub version: u32,
}

/// Why a verified list was not accepted; what is held is as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrustNotAccepted {
    /// Signed later than the device's clock allows: an alarm.
    #[error("signed at {issued_at}, beyond this device's {now} and its tolerance")]
    FromTheFuture {
        /// When it was signed.
        issued_at: Timestamp,
        /// The device's time.
        now: Timestamp,
    },
    /// It is over.
    #[error("expired at {0}")]
    Expired(Timestamp),
    /// An older version than one that was seen: an alarm.
    #[error("version {offered}, but version {seen} was seen")]
    RolledBack {
        /// The version that was offered.
        offered: u32,
        /// The newest that was seen.
        seen: u32,
    },
    /// Another list of the same version: an alarm.
    #[error("version {0} contradicts the one that was signed before")]
    Contradiction(u32),
    /// The key that signed these removals may not remove according to the list that is held.
    #[error("key {0} may not remove")]
    MayNotRemove(KeyId),
    /// Removals that were not read from a signed list.
    #[error("the removals are not signed")]
    Unsigned,
}

fn not_from_the_future(issued_at: Timestamp, now: Timestamp) -> Result<(), TrustNotAccepted> {
    if issued_at > now.plus(CLOCK_TOLERANCE) {
        Err(TrustNotAccepted::FromTheFuture { issued_at, now })
    } else {
        Ok(())
    }
}

impl HeldTrust {
    /// Begins with a first list. `seen` is what was remembered, if anything; `now` is the device's
    /// own time.
    ///
    /// # Errors
    /// [`TrustNotAccepted`] for a list from the future, an expired one, or an older one than seen.
    pub fn begin(
        list: TrustList,
        seen: Option<TrustMark>,
        now: Timestamp,
    ) -> Result<Self, TrustNotAccepted> {
        not_from_the_future(list.issued_at(), now)?;
        if list.expires_at() <= now {
            return Err(TrustNotAccepted::Expired(list.expires_at()));
        }
        match seen {
            Some(mark) if list.version() < mark.version => Err(TrustNotAccepted::RolledBack {
                offered: list.version(),
                seen: mark.version,
            }),
            _ => Ok(Self {
                list,
                removals: SortedMap::new(),
                removals_as_of: None,
            }),
        }
    }

    /// Takes a newer list. Removals that it has settled lapse; all others stay.
    ///
    /// # Errors
    /// [`TrustNotAccepted`]; nothing has changed then.
    pub fn accept(&mut self, offered: TrustList, now: Timestamp) -> Result<(), TrustNotAccepted> {
        not_from_the_future(offered.issued_at(), now)?;
        if offered.expires_at() <= now {
            return Err(TrustNotAccepted::Expired(offered.expires_at()));
        }
        let (version, seen) = (offered.version(), self.list.version());
        if version == seen {
            return if offered == self.list {
                Ok(())
            } else {
                Err(TrustNotAccepted::Contradiction(version))
            };
        }
        if version < seen || offered.issued_at() < self.list.issued_at() {
            return Err(TrustNotAccepted::RolledBack {
                offered: version,
                seen,
            });
        }
        let settled = offered.removals_settled_until();
        self.removals
            .retain(|removal, ()| removal.removed_at > settled);
        self.list = offered;
        Ok(())
    }

    /// Takes removals. They add up: a list that leaves out an earlier removal gives nothing back.
    ///
    /// # Errors
    /// [`TrustNotAccepted`]; nothing has changed then.
    pub fn remove(
        &mut self,
        offered: &RemovalList,
        now: Timestamp,
    ) -> Result<(), TrustNotAccepted> {
        let signer = offered.signed_by().ok_or(TrustNotAccepted::Unsigned)?;
        let mut may_remove = self.list.removal_keys().iter();
        if !may_remove.any(|key| key.id() == signer) {
            return Err(TrustNotAccepted::MayNotRemove(signer));
        }
        not_from_the_future(offered.issued_at(), now)?;
        let settled = self.list.removals_settled_until();
        for removal in offered.removals() {
            if removal.removed_at > settled {
                self.removals.insert(*removal, ());
            }
        }
        self.removals_as_of = self.removals_as_of.max(Some(offered.issued_at()));
        Ok(())
    }

    /// Takes in again what was removed before a restart: entries of [`Self::removals`], whose
    /// signature was checked then. Those that the list has settled lapse.
    pub fn recall(
        &mut self,
        removals: impl IntoIterator<Item = Removal>,
        as_of: Option<Timestamp>,
    ) {
        let settled = self.list.removals_settled_until();
        let open = removals.into_iter();
        for removal in open.filter(|removal| removal.removed_at > settled) {
            self.removals.insert(removal, ());
        }
        self.removals_as_of = self.removals_as_of.max(as_of);
    }

    /// Everything that is removed and not settled, ascending; to be remembered across a restart.
    pub fn removals(&self) -> impl Iterator<Item = Removal> {
        self.removals.iter().map(|(removal, ())| removal)
    }

    /// The list that is held.
    pub const fn list(&self) -> &TrustList {
        &self.list
    }

    /// Of when the newest removal list is that was seen; `None` where there was none.
    pub const fn removals_as_of(&self) -> Option<Timestamp> {
        self.removals_as_of
    }

    /// What must be remembered across a restart.
    pub const fn mark(&self) -> TrustMark {
        TrustMark {
            version: self.list.version(),
        }
    }

    /// The list as it is to be read at that time.
    pub const fn at(&self, now: Timestamp) -> HeldTrustAt<'_> {
        HeldTrustAt { held: self, now }
    }

    fn removed(&self, region: DivisionCode, key: Option<KeyId>) -> bool {
        let mut removals = self.removals.iter();
        removals.any(|(removal, ())| {
            removal.region == region && (removal.key.is_none() || removal.key == key)
        })
    }
}

/// A held trust list at one time: issuers and keys whose time has not come or is over do not count.
#[derive(Clone, Copy, Debug)]
pub struct HeldTrustAt<'a> {
    held: &'a HeldTrust,
    now: Timestamp,
}

impl<'a> HeldTrustAt<'a> {
    /// The root keys of a region that may be believed for a role, now.
    pub fn roots(&self, region: DivisionCode, role: Role) -> Vec<&'a PublicKey> {
        let now = self.now;
        let entry = self.entry(region);
        let roots = entry.into_iter().flat_map(IssuerEntry::roots);
        roots
            .filter(|root| root.roles().contains(role) && root.validity().contains(now))
            .map(super::RootKey::key)
            .filter(|key| !self.held.removed(region, Some(key.id())))
            .collect()
    }

    /// A region's entry, where the region is neither removed nor out of its time.
    pub fn entry(&self, region: DivisionCode) -> Option<&'a IssuerEntry> {
        let entry = self.held.list.issuer(region)?;
        let valid = entry.validity().contains(self.now) && !self.held.removed(region, None);
        valid.then_some(entry)
    }
}

impl TrustLookup for HeldTrustAt<'_> {
    fn issued_at(&self) -> Timestamp {
        self.held.list.issued_at()
    }

    fn expires_at(&self) -> Timestamp {
        self.held.list.expires_at()
    }

    fn issuer(&self, issuer: DivisionCode) -> IssuerAnswer {
        match self.entry(issuer) {
            Some(entry) => IssuerAnswer::Known(IssuerTerms {
                staleness_limit: entry.staleness_limit(),
                offset: entry.offset(),
            }),
            None if self.held.list.issuer(issuer).is_some() => IssuerAnswer::Removed,
            None => IssuerAnswer::Unknown,
        }
    }

    fn is_removed(&self, issuer: DivisionCode, key: KeyId) -> bool {
        self.held.removed(issuer, Some(key))
    }
}
