//! What is held of all regions together: the trust list, what was removed since, and every region's
//! keys. Hub, nodes and whoever else follows the federation keep one.
//!
//! Everything is taken in by its signature and only goes forward, wherever it came from: a mirror
//! can withhold, and cannot forge. Format and rules are in `spec/trust-list.md` and
//! `spec/federation.md`.

use crate::cose::{CoseError, Sign1};
use crate::keys::{
    Adopted, KeyAnswer, KeyBook, KeyBookError, KeyMark, KeyUse, NodeKey, SealingPublicKey,
    SignedKeyList,
};
use crate::parcel::Sender;
use crate::signing::{KeyId, PublicKey};
use crate::sorted_map::SortedMap;
use crate::trust_list::{
    EndpointKind, HeldTrust, HubDoor, HubDoorError, IssuerEntry, Removal, RemovalList,
    RemovalListError, Role, TrustList, TrustListError, TrustMark, TrustNotAccepted,
};
use crate::verify::TrustLookup as _;
use crate::{DivisionCode, HttpsUri, Offset, Timestamp};

/// Everything that is held of the federation.
#[derive(Clone, Debug)]
pub struct Federation {
    /// Who may sign the next trust list.
    next: Vec<PublicKey>,
    seen: Option<TrustMark>,
    held: Option<Held>,
    keys: KeyBook,
    lists: SortedMap<DivisionCode, SignedKeyList>,
}

#[derive(Clone, Debug)]
struct Held {
    trust: HeldTrust,
    /// The keys that the list was believed by.
    believed: Vec<PublicKey>,
    bytes: Vec<u8>,
    removals: Option<Vec<u8>>,
    /// Where the hub's door is; comes again with each list, which may name others who say so.
    door: Option<HubDoor>,
}

/// What came of a trust list or of removals that were offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Followed {
    /// It says something new.
    Newer,
    /// It is what was held already.
    Same,
    /// A list that has ended: the keys that it names may sign the next one, and that is all that is
    /// left of it. So somebody who was away catches up.
    Passed,
}

/// Why a trust list was not taken; what is held is as it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrustRefused {
    /// No trust list, or none that a key signed which may.
    #[error(transparent)]
    List(#[from] TrustListError),
    /// Older than what was seen, from the future, or contradicting: mostly an alarm.
    #[error(transparent)]
    NotAccepted(#[from] TrustNotAccepted),
}

/// Why removals were not taken; what is held is as it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RemovalsRefused {
    /// There is no trust list that says who may remove.
    #[error("no trust list is held, so nobody may remove yet")]
    NoTrustList,
    /// No removals, or not signed by a key that may.
    #[error(transparent)]
    List(#[from] RemovalListError),
    /// From the future.
    #[error(transparent)]
    NotAccepted(#[from] TrustNotAccepted),
}

/// Why a statement of the hub's door was not taken; what is held is as it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HubDoorRefused {
    /// There is no trust list that says who may say so.
    #[error("no trust list is held, so nobody may say where the hub's door is")]
    NoTrustList,
    /// No statement, or not signed by a key that may.
    #[error(transparent)]
    Door(#[from] HubDoorError),
    /// Its time has not come, or is over, or a newer one is held.
    #[error("it was issued at {0}, and is over, from the future, or older than what is held")]
    Time(Timestamp),
}

/// Why a region's key list was not taken; what is held is as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeysRefused {
    /// The trust list does not have the region now.
    #[error("{0} is not on the trust list, or was removed from it")]
    NoIssuer(DivisionCode),
    /// The list.
    #[error(transparent)]
    List(#[from] KeyBookError),
}

/// Why a key opens no door.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoPeer {
    /// Nobody is believed at the moment.
    #[error("no trust list is held, or the one that is held has ended")]
    NoTrustList,
    /// The region is not, or not any more, on the trust list.
    #[error("{0} is not on the trust list, or was removed from it")]
    NoIssuer(DivisionCode),
    /// No list of the region's keys is held, or it has ended.
    #[error("no key list of {0} is held that is still good")]
    NoKeyList(DivisionCode),
    /// Its root may not speak for the region here.
    #[error(
        "the root that signed the key list of {0} is not trusted for evidence and transfers, or was removed"
    )]
    Root(DivisionCode),
    /// No region lists the key for doors.
    #[error("no region lists key {0} for doors")]
    NotListed(KeyId),
    /// It was removed, by the region or by the hub.
    #[error("key {0} was removed")]
    Removed(KeyId),
    /// Its time has not come or is over.
    #[error("key {0} is not in its time")]
    Dates(KeyId),
}

/// Why nobody of a region can have signed a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoListSigner {
    /// Not in the one form.
    #[error(transparent)]
    Cose(#[from] CoseError),
    /// The region or its keys.
    #[error(transparent)]
    Peer(#[from] NoPeer),
    /// A key for something else.
    #[error("key {0} is not for lists")]
    Use(KeyId),
}

/// A key that may sign lists of a region now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListSigner {
    /// The region.
    pub region: DivisionCode,
    /// The key, with its dates: it must have been good when it signed.
    pub key: NodeKey,
    /// Where the region's days begin.
    pub offset: Offset,
}

impl Federation {
    /// Begins with the keys that sign the first trust list: they came by a way that is trusted.
    pub fn new(pinned: Vec<PublicKey>) -> Self {
        Self {
            next: pinned,
            seen: None,
            held: None,
            keys: KeyBook::new(),
            lists: SortedMap::new(),
        }
    }

    /// Begins again with what was remembered: who might sign the list that was held, and the newest
    /// version and key lists that were seen.
    pub fn remembering(
        next: Vec<PublicKey>,
        seen: Option<TrustMark>,
        marks: impl IntoIterator<Item = KeyMark>,
    ) -> Self {
        Self {
            seen,
            keys: KeyBook::with_marks(marks),
            ..Self::new(next)
        }
    }

    /// Takes a trust list in, if a key signed it that may and it is no older than what was seen.
    ///
    /// # Errors
    /// [`TrustRefused`].
    pub fn take_trust(&mut self, bytes: &[u8], now: Timestamp) -> Result<Followed, TrustRefused> {
        if self.held.as_ref().is_some_and(|held| held.bytes == bytes) {
            return Ok(Followed::Same);
        }
        let list = TrustList::open(bytes, &self.next)?;
        let mark = TrustMark {
            version: list.version(),
        };
        let older = self.seen.is_some_and(|seen| mark.version < seen.version);
        if list.expires_at() <= now && !older {
            if self.seen == Some(mark) && self.held.is_some() {
                return Err(TrustNotAccepted::Expired(list.expires_at()).into());
            }
            self.next = list.hub_keys().to_vec();
            self.seen = Some(mark);
            return Ok(Followed::Passed);
        }
        let next = list.hub_keys().to_vec();
        match &mut self.held {
            Some(held) => {
                held.trust.accept(list, now)?;
                bytes.clone_into(&mut held.bytes);
                held.door = None;
                held.believed = std::mem::take(&mut self.next);
            }
            None => {
                self.held = Some(Held {
                    trust: HeldTrust::begin(list, self.seen, now)?,
                    believed: self.next.clone(),
                    bytes: bytes.to_vec(),
                    removals: None,
                    door: None,
                });
            }
        }
        self.next = next;
        self.seen = Some(mark);
        self.forget_untrusted();
        Ok(Followed::Newer)
    }

    /// Takes in again what was removed before a restart: entries that were believed then.
    pub fn recall(
        &mut self,
        removals: impl IntoIterator<Item = Removal>,
        as_of: Option<Timestamp>,
    ) {
        if let Some(held) = self.held.as_mut() {
            held.trust.recall(removals, as_of);
        }
    }

    /// Takes removals in, if a key signed them that may. They add up.
    ///
    /// # Errors
    /// [`RemovalsRefused`].
    pub fn take_removals(
        &mut self,
        bytes: &[u8],
        now: Timestamp,
    ) -> Result<Followed, RemovalsRefused> {
        let held = self.held.as_mut().ok_or(RemovalsRefused::NoTrustList)?;
        if held.removals.as_deref() == Some(bytes) {
            return Ok(Followed::Same);
        }
        let list = RemovalList::open(bytes, held.trust.list().removal_keys())?;
        let newest = held.trust.removals_as_of();
        held.trust.remove(&list, now)?;
        // An older list that was kept back adds what it has, and is not what others are given.
        if newest.is_none_or(|newest| newest <= list.issued_at()) {
            held.removals = Some(bytes.to_vec());
        }
        Ok(Followed::Newer)
    }

    /// Takes a region's key list in, if one of its roots signed it and it is newer than what was seen.
    ///
    /// # Errors
    /// [`KeysRefused`].
    pub fn take_keys(
        &mut self,
        region: DivisionCode,
        bytes: &[u8],
        now: Timestamp,
    ) -> Result<Adopted, KeysRefused> {
        let roots = self.roots(region, now);
        if roots.is_empty() {
            return Err(KeysRefused::NoIssuer(region));
        }
        let signed = SignedKeyList::from_bytes(bytes.to_vec());
        let adopted = self.keys.adopt(&signed, region, &roots, now)?;
        self.lists.insert(region, signed);
        Ok(adopted)
    }

    /// Roots of a region that may be believed now for anything at all.
    fn roots(&self, region: DivisionCode, now: Timestamp) -> Vec<PublicKey> {
        let Some(held) = self.held.as_ref() else {
            return Vec::new();
        };
        let trust = held.trust.at(now);
        let mut roots: Vec<PublicKey> = Vec::new();
        for role in Role::ALL {
            for root in trust.roots(region, role) {
                if !roots.contains(root) {
                    roots.push(root.clone());
                }
            }
        }
        roots
    }

    /// What a root signed that is listed no more vouches for nothing and bars nothing.
    fn forget_untrusted(&mut self) {
        let Some(held) = self.held.as_ref() else {
            return;
        };
        let list = held.trust.list();
        let known: Vec<DivisionCode> = self.keys.marks().map(|mark| mark.issuer).collect();
        for region in known {
            let entry = list.issuer(region).map(IssuerEntry::roots);
            let roots = entry.unwrap_or_default().iter();
            let roots: Vec<KeyId> = roots.map(|root| root.key().id()).collect();
            self.keys.keep_only(region, &roots);
            if self.keys.list(region).is_none() {
                self.lists.remove(region);
            }
        }
    }

    /// Takes a statement of the hub's door in, if a key signed it that may remove.
    ///
    /// # Errors
    /// [`HubDoorRefused`].
    pub fn take_hub_door(
        &mut self,
        bytes: &[u8],
        now: Timestamp,
    ) -> Result<Followed, HubDoorRefused> {
        let held = self.held.as_mut().ok_or(HubDoorRefused::NoTrustList)?;
        let door = HubDoor::open(bytes, held.trust.list().removal_keys())?;
        let newest = held.door.as_ref().map(HubDoor::issued_at);
        if !door.holds(now) || newest.is_some_and(|newest| newest > door.issued_at()) {
            return Err(HubDoorRefused::Time(door.issued_at()));
        }
        if held.door.as_ref() == Some(&door) {
            return Ok(Followed::Same);
        }
        held.door = Some(door);
        Ok(Followed::Newer)
    }

    /// Where the hub's door is, and its key; nothing where nobody vouches for that now.
    pub fn hub_door(&self, now: Timestamp) -> Option<&HubDoor> {
        let held = self.held.as_ref()?;
        let holds = held.trust.list().expires_at() > now;
        held.door.as_ref().filter(|door| holds && door.holds(now))
    }

    /// The trust list with what was removed since.
    pub fn trust(&self) -> Option<&HeldTrust> {
        self.held.as_ref().map(|held| &held.trust)
    }

    /// The trust list as it was signed.
    pub fn trust_bytes(&self) -> Option<&[u8]> {
        self.held.as_ref().map(|held| held.bytes.as_slice())
    }

    /// The newest removals as they were signed.
    pub fn removal_bytes(&self) -> Option<&[u8]> {
        self.held.as_ref()?.removals.as_deref()
    }

    /// A region's key list as it was signed.
    pub fn key_list_bytes(&self, region: DivisionCode) -> Option<&[u8]> {
        self.lists.get(region).map(SignedKeyList::as_bytes)
    }

    /// The keys of all regions.
    pub const fn keys(&self) -> &KeyBook {
        &self.keys
    }

    /// The keys that the held trust list was believed by, for whoever begins with that list; without one
    /// those that may sign the first.
    pub fn believed(&self) -> &[PublicKey] {
        self.held.as_ref().map_or(&self.next, |held| &held.believed)
    }

    /// Who may sign the next trust list.
    pub fn next_keys(&self) -> &[PublicKey] {
        &self.next
    }

    /// Whether there is a hub whose trust list would be believed, be one held now or not.
    pub const fn follows(&self) -> bool {
        !self.next.is_empty()
    }

    /// The newest version that was seen.
    pub const fn seen(&self) -> Option<TrustMark> {
        self.seen
    }

    /// The regions that count now, ascending.
    pub fn regions(&self, now: Timestamp) -> Vec<&IssuerEntry> {
        let Some(held) = self.held.as_ref() else {
            return Vec::new();
        };
        let trust = held.trust.at(now);
        let all = held.trust.list().issuers().iter();
        all.filter_map(|entry| trust.entry(entry.region()))
            .collect()
    }

    /// Where something of a region is, the first address where there are several.
    pub fn address(
        &self,
        region: DivisionCode,
        kind: EndpointKind,
        now: Timestamp,
    ) -> Option<&HttpsUri> {
        let entry = self.trust()?.at(now).entry(region)?;
        let found = entry
            .endpoints()
            .iter()
            .find(|endpoint| endpoint.kind == kind)?;
        Some(&found.address)
    }

    /// Whether the root that signed a region's key list is trusted for a role now.
    pub fn vouches(&self, region: DivisionCode, role: Role, now: Timestamp) -> bool {
        let (Some(held), Some(root)) = (self.held.as_ref(), self.keys.root(region)) else {
            return false;
        };
        let trust = held.trust.at(now);
        let mut trusted = trust.roots(region, role).into_iter();
        trust.entry(region).is_some() && trusted.any(|trusted| trusted.id() == root)
    }

    /// Whose node proves itself with this key at a door now.
    ///
    /// # Errors
    /// [`NoPeer`].
    pub fn peer(&self, id: KeyId, now: Timestamp) -> Result<DivisionCode, NoPeer> {
        let held = self.held.as_ref().ok_or(NoPeer::NoTrustList)?;
        let mut refused = NoPeer::NotListed(id);
        for entry in held.trust.list().issuers() {
            match self.is_peer(entry.region(), id, now) {
                Ok(()) => return Ok(entry.region()),
                Err(NoPeer::NotListed(_) | NoPeer::NoKeyList(_)) => {}
                // A region that lists the key, or would have to: its reason is the telling one.
                Err(NoPeer::NoTrustList) => return Err(NoPeer::NoTrustList),
                Err(reason) if self.lists_key(entry.region(), id) => refused = reason,
                Err(_) => {}
            }
        }
        Err(refused)
    }

    fn lists_key(&self, region: DivisionCode, id: KeyId) -> bool {
        let list = self.keys.list(region);
        list.is_some_and(|list| list.keys().iter().any(|key| key.key().id() == id))
    }

    /// Whether a node of this region proves itself with this key at a door now. To be asked for every
    /// request: a connection may be older than a removal.
    ///
    /// # Errors
    /// [`NoPeer`].
    pub fn is_peer(&self, region: DivisionCode, id: KeyId, now: Timestamp) -> Result<(), NoPeer> {
        let key = self.listed(region, id, Role::Evidence, now)?;
        if key.key_use() == KeyUse::Door {
            if key.from() <= now && now < key.until() {
                Ok(())
            } else {
                Err(NoPeer::Dates(id))
            }
        } else {
            Err(NoPeer::NotListed(id))
        }
    }

    /// The key of this id, where it may sign parcels of a region now (`spec/parcels.md` §3).
    ///
    /// # Errors
    /// [`NoPeer`].
    pub fn parcel_sender(
        &self,
        region: DivisionCode,
        id: KeyId,
        now: Timestamp,
    ) -> Result<Sender, NoPeer> {
        let key = self.listed(region, id, Role::Evidence, now)?;
        if key.key_use() != KeyUse::Parcels {
            return Err(NoPeer::NotListed(id));
        }
        Ok(Sender {
            key: key.key().clone(),
            from: key.from(),
            until: key.until(),
        })
    }

    /// The key that parcels to a region are sealed to now; none where nobody vouches for it.
    pub fn sealing_key(&self, region: DivisionCode, now: Timestamp) -> Option<SealingPublicKey> {
        let trust = self.trust()?;
        let list = self.keys.list(region)?;
        let holds = trust.list().expires_at() > now
            && list.expires_at() > now
            && self.vouches(region, Role::Evidence, now);
        let key = list.sealing_key(now).filter(|_| holds)?;
        Some(*key.key())
    }

    /// The key of a region that signed a list, if it may sign lists now.
    ///
    /// # Errors
    /// [`NoListSigner`].
    pub fn list_signer(
        &self,
        region: DivisionCode,
        bytes: &[u8],
        now: Timestamp,
    ) -> Result<ListSigner, NoListSigner> {
        let id = Sign1::parse(bytes)?.key_id().ok_or(CoseError::HeaderKeys)?;
        let key = self.listed(region, id, Role::Lists, now)?;
        if key.key_use() != KeyUse::Lists {
            return Err(NoListSigner::Use(id));
        }
        let entry = self.trust().and_then(|trust| trust.at(now).entry(region));
        let entry = entry.ok_or(NoPeer::NoIssuer(region))?;
        Ok(ListSigner {
            region,
            key: key.clone(),
            offset: entry.offset(),
        })
    }

    /// A key of a region, under a root that is trusted for a role now, by neither removed.
    fn listed(
        &self,
        region: DivisionCode,
        id: KeyId,
        role: Role,
        now: Timestamp,
    ) -> Result<&NodeKey, NoPeer> {
        let held = self.held.as_ref().ok_or(NoPeer::NoTrustList)?;
        if held.trust.list().expires_at() <= now {
            return Err(NoPeer::NoTrustList);
        }
        let trust = held.trust.at(now);
        trust.entry(region).ok_or(NoPeer::NoIssuer(region))?;
        let key = match self.keys.key(region, id, now) {
            KeyAnswer::Known(key) => key,
            KeyAnswer::Removed => return Err(NoPeer::Removed(id)),
            KeyAnswer::NotListed => return Err(NoPeer::NotListed(id)),
            KeyAnswer::ListExpired | KeyAnswer::NoList => return Err(NoPeer::NoKeyList(region)),
        };
        if !self.vouches(region, role, now) {
            return Err(NoPeer::Root(region));
        }
        if trust.is_removed(region, id) {
            return Err(NoPeer::Removed(id));
        }
        Ok(key)
    }
}

#[cfg(test)]
mod tests;
