//! The newest key list of every issuer that a gate has seen.

use crate::keys::list::{KeyList, KeyListError, SignedKeyList};
use crate::keys::node_key::NodeKey;
use crate::signing::{KeyId, PublicKey};
use crate::sorted_map::SortedMap;
use crate::{DivisionCode, Span, Timestamp};

/// Keys by issuer and id. A key is only ever looked up under its issuer.
#[derive(Clone, Debug, Default)]
pub struct KeyBook {
    chapters: SortedMap<DivisionCode, Chapter>,
    marks: SortedMap<DivisionCode, KeyMark>,
}

/// The newest key list of an issuer that a gate has seen; kept across restarts, so that an older one
/// cannot be passed off as new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyMark {
    /// Whose list.
    pub issuer: DivisionCode,
    /// The root key that signed it.
    pub root: KeyId,
    /// Its number.
    pub version: u64,
    /// When it was signed.
    pub issued_at: Timestamp,
}

#[derive(Clone, Debug)]
struct Chapter {
    list: KeyList,
    root: KeyId,
    /// Of the list's keys, in their order, which is ascending.
    ids: Vec<KeyId>,
}

/// What came of a list that was offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Adopted {
    /// It is newer than what was there.
    Newer,
    /// It is what was there already.
    Same,
}

/// Why a list was not adopted; the book is as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyBookError {
    /// Not a list of the issuer.
    #[error(transparent)]
    List(#[from] KeyListError),
    /// Older than a list that was seen, by its version or its time: somebody rolls back.
    #[error(
        "version {offered} is older than version {seen}, or was signed before it; that was seen already"
    )]
    RolledBack {
        /// The version that was offered.
        offered: u64,
        /// The version that is held.
        seen: u64,
    },
    /// Two different lists of one version: the root signed twice.
    #[error("another list of version {0} was seen: the issuer's root signed both")]
    TwoOfOneVersion(u64),
    /// From beyond this device's time and ten minutes: its clock or ours is wrong, and adopting it
    /// could lock out everybody.
    #[error("the list is from {0}, which is more than ten minutes ahead of this device's clock")]
    FromTheFuture(Timestamp),
    /// Its time is over.
    #[error("the list ended at {0}")]
    Expired(Timestamp),
}

/// What the book says of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyAnswer<'a> {
    /// Listed.
    Known(&'a NodeKey),
    /// Listed as removed.
    Removed,
    /// Not on the issuer's list.
    NotListed,
    /// The issuer's list has ended; the key cannot be judged.
    ListExpired,
    /// No list of the issuer is held.
    NoList,
}

impl KeyBook {
    /// How far ahead of the device's clock a list may be.
    pub const AHEAD: Span = Span::seconds(600);

    /// A book with no lists.
    pub fn new() -> Self {
        Self::default()
    }

    /// A book with no lists, but what was seen before a restart.
    pub fn with_marks(marks: impl IntoIterator<Item = KeyMark>) -> Self {
        Self {
            chapters: SortedMap::new(),
            marks: marks.into_iter().map(|mark| (mark.issuer, mark)).collect(),
        }
    }

    /// What must be remembered across a restart.
    pub fn marks(&self) -> impl Iterator<Item = &KeyMark> {
        self.marks.values()
    }

    /// Takes a list in, if it is signed by a root key of the issuer and newer than what is there.
    /// `roots` are those that the trust list gives the issuer now, for all uses of keys.
    ///
    /// # Errors
    /// [`KeyBookError`]; the book is then as it was.
    pub fn adopt(
        &mut self,
        signed: &SignedKeyList,
        issuer: DivisionCode,
        roots: &[PublicKey],
        device_time: Timestamp,
    ) -> Result<Adopted, KeyBookError> {
        let (list, root) = signed.verify(issuer, roots)?;
        if list.issued_at() > device_time.plus(Self::AHEAD) {
            return Err(KeyBookError::FromTheFuture(list.issued_at()));
        }
        if list.expires_at() <= device_time {
            return Err(KeyBookError::Expired(list.expires_at()));
        }
        if let Some(chapter) = self.chapters.get(issuer) {
            if list == chapter.list && root == chapter.root {
                return Ok(Adopted::Same);
            }
            if list.version() == chapter.list.version() && list != chapter.list {
                return Err(KeyBookError::TwoOfOneVersion(list.version()));
            }
        }
        if let Some(seen) = self.marks.get(issuer) {
            if list.version() == seen.version && list.issued_at() != seen.issued_at {
                return Err(KeyBookError::TwoOfOneVersion(seen.version));
            }
            if list.version() < seen.version || list.issued_at() < seen.issued_at {
                return Err(KeyBookError::RolledBack {
                    offered: list.version(),
                    seen: seen.version,
                });
            }
        }
        let mark = KeyMark {
            issuer,
            root,
            version: list.version(),
            issued_at: list.issued_at(),
        };
        self.marks.insert(issuer, mark);
        let ids = list.keys().iter().map(|key| key.key().id()).collect();
        self.chapters.insert(issuer, Chapter { list, root, ids });
        Ok(Adopted::Newer)
    }

    /// The list that is held of an issuer.
    pub fn list(&self, issuer: DivisionCode) -> Option<&KeyList> {
        self.chapters.get(issuer).map(|chapter| &chapter.list)
    }

    /// The root key that signed the list that is held of an issuer.
    pub fn root(&self, issuer: DivisionCode) -> Option<KeyId> {
        self.chapters.get(issuer).map(|chapter| chapter.root)
    }

    /// Forgets an issuer's list, and that it was seen, unless one of these roots signed it: to be
    /// called with every new trust list, so that a root that is no longer trusted vouches for
    /// nothing and bars nothing.
    pub fn keep_only(&mut self, issuer: DivisionCode, roots: &[KeyId]) {
        let seen = self.marks.get(issuer);
        if seen.is_some_and(|seen| !roots.contains(&seen.root)) {
            self.chapters.remove(issuer);
            self.marks.remove(issuer);
        }
    }

    /// What the issuer's list says of a key, at a time.
    pub fn key(&self, issuer: DivisionCode, id: KeyId, now: Timestamp) -> KeyAnswer<'_> {
        let Some(chapter) = self.chapters.get(issuer) else {
            return KeyAnswer::NoList;
        };
        if chapter.list.expires_at() <= now {
            return KeyAnswer::ListExpired;
        }
        let listed = chapter
            .ids
            .binary_search(&id)
            .ok()
            .and_then(|place| chapter.list.keys().get(place));
        match listed {
            Some(key) if key.is_removed() => KeyAnswer::Removed,
            Some(key) => KeyAnswer::Known(key),
            None => KeyAnswer::NotListed,
        }
    }

    /// When the newest list of each issuer was signed, for the floor of the clock.
    pub fn times(&self) -> impl Iterator<Item = (DivisionCode, Timestamp)> + '_ {
        let marks = self.marks.values();
        marks.map(|mark| (mark.issuer, mark.issued_at))
    }
}
