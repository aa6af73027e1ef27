//! What follows from the history: who is a member with which roots, which list is in force, what was
//! removed since.

use std::collections::BTreeMap;

use hc_code::signing::{KeyId, PublicKey};
use hc_code::trust_list::{
    IssuerEntry, IssuerError, RemovalList, RemovalListError, Request, RequestError, RootKey,
    TrustList, TrustListError, Validity,
};
use hc_code::{DivisionCode, Timestamp};

use crate::act::{Act, Entry, KeyIdText};
use crate::digest::Digest;

/// The federation as the hub knows it.
#[derive(Clone, Debug, Default)]
pub struct Register {
    name: String,
    first_keys: Vec<PublicKey>,
    remover: Option<PublicKey>,
    members: BTreeMap<DivisionCode, Member>,
    lists: BTreeMap<u32, Digest>,
    list: Option<(TrustList, Vec<u8>)>,
    removals: Option<(RemovalList, Vec<u8>)>,
}

/// A region that was let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// When it was let in first.
    since: Timestamp,
    /// Its roots with the request that each came with, oldest first.
    roots: Vec<(Digest, Request)>,
}

/// Where a region stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Let in; the next list is to name it.
    Admitted,
    /// On the list in force.
    Listed,
    /// On the list in force, which the next one is not to follow.
    Leaving,
    /// Removed by the online key since the list was signed.
    Removed,
}

/// Why an entry makes no sense after those before it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegisterError {
    /// The file that it names.
    #[error("there is no file {0}")]
    NoFile(Digest),
    /// The file is another one.
    #[error("the file {0} has another content")]
    OtherFile(Digest),
    /// The request.
    #[error("request: {0}")]
    Request(#[from] RequestError),
    /// The trust list.
    #[error("trust list: {0}")]
    TrustList(#[from] TrustListError),
    /// The removals.
    #[error("removals: {0}")]
    Removals(#[from] RemovalListError),
    /// Of another region than the entry says.
    #[error("it is of {found}, not of {expected}")]
    OtherRegion {
        /// The entry's.
        expected: DivisionCode,
        /// The file's.
        found: DivisionCode,
    },
    /// Versions go up.
    #[error("version {found} after version {before}")]
    Version {
        /// The version in force.
        before: u32,
        /// The list's.
        found: u32,
    },
    /// Nobody to be dismissed.
    #[error("{0} is no member, or has no such root")]
    NoMember(DivisionCode),
    /// A hub is opened once, and first.
    #[error("a history begins with the hub's opening, which comes once")]
    Opening,
}

impl Register {
    /// Applies an entry. `file` gives the bytes of a digest.
    ///
    /// # Errors
    /// [`RegisterError`]; the register is then as it was.
    pub fn apply(
        &mut self,
        entry: &Entry,
        file: &dyn Fn(Digest) -> Option<Vec<u8>>,
    ) -> Result<(), RegisterError> {
        let read = |digest: Digest| {
            let bytes = file(digest).ok_or(RegisterError::NoFile(digest))?;
            if Digest::of(&bytes) == digest {
                Ok(bytes)
            } else {
                Err(RegisterError::OtherFile(digest))
            }
        };
        if matches!(entry.act, Act::Opened { .. }) != self.first_keys.is_empty() {
            return Err(RegisterError::Opening);
        }
        match &entry.act {
            Act::Opened {
                name,
                keys,
                remover,
            } => {
                if keys.is_empty() {
                    return Err(RegisterError::Opening);
                }
                name.clone_into(&mut self.name);
                self.first_keys = keys.iter().map(|key| key.0.clone()).collect();
                self.remover = Some(remover.0.clone());
            }
            Act::Admitted {
                region, request, ..
            } => {
                let read = Request::open(&read(*request)?)?;
                let found = read.says().region;
                if found != *region {
                    return Err(RegisterError::OtherRegion {
                        expected: *region,
                        found,
                    });
                }
                self.admit(entry.at, *request, read);
            }
            Act::Refused { .. } => {}
            Act::Dismissed { region, key, .. } => self.dismiss(*region, key.map(|key| key.0))?,
            Act::Listed { version, list } => {
                let bytes = read(*list)?;
                let before = self.list.as_ref().map_or(0, |(list, _)| list.version());
                let read = TrustList::open(&bytes, self.next_keys())?;
                if read.version() != *version || *version <= before {
                    return Err(RegisterError::Version {
                        before,
                        found: read.version(),
                    });
                }
                self.lists.insert(*version, *list);
                self.list = Some((read, bytes));
            }
            Act::Removed {
                removals,
                region,
                key,
                ..
            } => {
                let bytes = read(*removals)?;
                let read = RemovalList::open(&bytes, self.removal_keys())?;
                self.removals = Some((read, bytes));
                // What is not a member's own (a node's key) is nothing that the next list could leave out.
                drop(self.dismiss(*region, key.map(|KeyIdText(key)| key)));
            }
        }
        Ok(())
    }

    fn admit(&mut self, at: Timestamp, digest: Digest, request: Request) {
        let region = request.says().region;
        let member = self.members.entry(region).or_insert(Member {
            since: at,
            roots: Vec::new(),
        });
        let id = request.says().root.id();
        member.roots.retain(|(_, held)| held.says().root.id() != id);
        member.roots.push((digest, request));
    }

    fn dismiss(&mut self, region: DivisionCode, key: Option<KeyId>) -> Result<(), RegisterError> {
        let member = self.members.get_mut(&region);
        let member = member.ok_or(RegisterError::NoMember(region))?;
        let Some(key) = key else {
            self.members.remove(&region);
            return Ok(());
        };
        let before = member.roots.len();
        member
            .roots
            .retain(|(_, held)| held.says().root.id() != key);
        if member.roots.len() == before {
            return Err(RegisterError::NoMember(region));
        }
        if member.roots.is_empty() {
            self.members.remove(&region);
        }
        Ok(())
    }

    /// The hub's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Who might sign the first trust list.
    pub fn first_keys(&self) -> &[PublicKey] {
        &self.first_keys
    }

    /// Who may sign the next trust list.
    pub fn next_keys(&self) -> &[PublicKey] {
        match &self.list {
            Some((list, _)) => list.hub_keys(),
            None => &self.first_keys,
        }
    }

    /// Who may remove: by the list in force, or the key that the hub was opened with.
    pub fn removal_keys(&self) -> &[PublicKey] {
        match &self.list {
            Some((list, _)) => list.removal_keys(),
            None => self.remover.as_slice(),
        }
    }

    /// The key that the hub removes with.
    pub const fn remover(&self) -> Option<&PublicKey> {
        self.remover.as_ref()
    }

    /// The regions that were let in and not dismissed, ascending.
    pub const fn members(&self) -> &BTreeMap<DivisionCode, Member> {
        &self.members
    }

    /// The trust list in force.
    pub fn list(&self) -> Option<&TrustList> {
        self.list.as_ref().map(|(list, _)| list)
    }

    /// The same as it was signed.
    pub fn list_bytes(&self) -> Option<&[u8]> {
        self.list.as_ref().map(|(_, bytes)| bytes.as_slice())
    }

    /// Every list that was in force, by version.
    pub const fn lists(&self) -> &BTreeMap<u32, Digest> {
        &self.lists
    }

    /// The newest removals.
    pub fn removals(&self) -> Option<&RemovalList> {
        self.removals.as_ref().map(|(list, _)| list)
    }

    /// The same as they were signed.
    pub fn removal_bytes(&self) -> Option<&[u8]> {
        self.removals.as_ref().map(|(_, bytes)| bytes.as_slice())
    }

    /// Where each region stands, ascending.
    pub fn standings(&self) -> BTreeMap<DivisionCode, Standing> {
        let mut standings: BTreeMap<_, _> = self
            .members
            .keys()
            .map(|region| (*region, Standing::Admitted))
            .collect();
        let listed = self.list.iter().flat_map(|(list, _)| list.issuers());
        for entry in listed {
            let region = entry.region();
            let standing = if self.is_removed(region) {
                Standing::Removed
            } else if self.members.contains_key(&region) {
                Standing::Listed
            } else {
                Standing::Leaving
            };
            standings.insert(region, standing);
        }
        standings
    }

    fn is_removed(&self, region: DivisionCode) -> bool {
        let settled = self
            .list
            .as_ref()
            .map(|(list, _)| list.removals_settled_until());
        let removals = self.removals.iter().flat_map(|(list, _)| list.removals());
        let mut open = removals.filter(|removal| Some(removal.removed_at) > settled);
        open.any(|removal| removal.region == region && removal.key.is_none())
    }
}

impl Member {
    /// Of requests that came from elsewhere; the first is the oldest. Nothing for none.
    pub(crate) fn of(since: Timestamp, requests: Vec<Request>, bytes: &[Vec<u8>]) -> Option<Self> {
        let digests = bytes.iter().map(|bytes| Digest::of(bytes));
        let roots: Vec<_> = digests.zip(requests).collect();
        (!roots.is_empty()).then_some(Self { since, roots })
    }

    /// When it was let in first.
    pub const fn since(&self) -> Timestamp {
        self.since
    }

    /// Its requests with their digests, oldest first: one for each root.
    pub fn requests(&self) -> &[(Digest, Request)] {
        &self.roots
    }

    /// Its newest request, whose terms count.
    pub fn newest(&self) -> Option<&Request> {
        self.roots.last().map(|(_, request)| request)
    }

    /// Its entry on a list that is signed at a time and ends at another; nothing for a member without a
    /// root, of which there is none.
    ///
    /// # Errors
    /// [`IssuerError`], such as for more than eight roots.
    pub fn entry(
        &self,
        signed_at: Timestamp,
        end: Timestamp,
    ) -> Result<Option<IssuerEntry>, IssuerError> {
        let Some(newest) = self.newest() else {
            return Ok(None);
        };
        let validity = Validity::new(self.since.min(signed_at), end)?;
        let roots = self.roots.iter().map(|(_, request)| {
            let says = request.says();
            RootKey::new(says.root.clone(), says.roles, validity)
        });
        let says = newest.says();
        let entry = IssuerEntry::new(
            says.region,
            says.offset,
            says.staleness_limit,
            validity,
            roots.collect(),
            says.endpoints.clone(),
        )?;
        Ok(Some(entry))
    }
}

impl Standing {
    /// The word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Admitted => "admitted",
            Self::Listed => "listed",
            Self::Leaving => "leaving",
            Self::Removed => "removed",
        }
    }
}
