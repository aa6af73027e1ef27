//! The hub: register and history together, in one folder with one writer.
//!
//! Files: `history/` as [`crate::history`] has it, `files/<digest>` for requests, trust lists and
//! removals, `writer.lock`. A file is there before the entry that names it; one that no entry names
//! means nothing. Who only reads may do so at any time, and beside the writer.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use hc_code::signing::{KeyId, PublicKey, Signer, SigningError};
use hc_code::trust_list::{
    IssuerEntry, Removal, RemovalList, RemovalListError, Request, RequestError, TrustList,
    TrustListError,
};
use hc_code::{DivisionCode, Timestamp};
use hc_tlog::note::Signer as LogSigner;

use crate::act::{Act, Entry, KeyIdText, KeyText};
use crate::ceremony::{self, CeremonyError};
use crate::difference::{self, RegionChange};
use crate::digest::Digest;
use crate::files;
use crate::history::{History, HistoryError};
use crate::register::{Register, RegisterError};

/// A hub whose folder is open.
#[derive(Debug)]
pub struct Hub {
    folder: PathBuf,
    history: History,
    register: Register,
    writer: Option<File>,
}

/// Why the hub does not do something.
#[derive(Debug, thiserror::Error)]
pub enum HubError {
    /// A file.
    #[error("{}: {source}", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Somebody else writes.
    #[error("another command is at work in this folder")]
    Busy,
    /// It was opened to be read.
    #[error("the folder was opened for reading")]
    ReadOnly,
    /// No hub was opened here.
    #[error("there is no hub in this folder")]
    Empty,
    /// There is one already.
    #[error("there is a hub in this folder already")]
    There,
    /// The history.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// An entry that does not follow from those before.
    #[error("entry {index} of the history: {error}")]
    Entry {
        /// Which.
        index: usize,
        /// Why.
        error: RegisterError,
    },
    /// What is asked for does not go with what is there.
    #[error(transparent)]
    Register(#[from] RegisterError),
    /// The request.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// The next list.
    #[error(transparent)]
    Ceremony(#[from] CeremonyError),
    /// The list that was signed.
    #[error("the list is not to be believed: {0}")]
    List(#[from] TrustListError),
    /// Not the next one.
    #[error("version {found} does not follow version {before}")]
    Version {
        /// In force.
        before: u32,
        /// Of the list.
        found: u32,
    },
    /// Not of now.
    #[error("the list holds from {from} until {until}, and it is {now}")]
    Time {
        /// Its signature.
        from: Timestamp,
        /// Its end.
        until: Timestamp,
        /// Now.
        now: Timestamp,
    },
    /// It has somebody who was not let in here.
    #[error("{region} was not let in here as the list has it: {}", .change.as_ref().map_or_else(String::new, |change| difference::Change::Region(*.region, change.clone()).to_string()))]
    NotAdmitted {
        /// The region.
        region: DivisionCode,
        /// What differs.
        change: Option<RegionChange>,
    },
    /// It would let removals lapse that came after it was put together.
    #[error(
        "{region} was removed at {removed_at}, after the list was put together, and the list would let that lapse: make a new proposal"
    )]
    Unsettled {
        /// The region.
        region: DivisionCode,
        /// When.
        removed_at: Timestamp,
    },
    /// There is nothing to remove from.
    #[error("no trust list is in force: there is nothing to remove from")]
    NoList,
    /// This hub's key may not remove.
    #[error("key {0} may not remove according to the list in force")]
    MayNotRemove(KeyId),
    /// Not on the list.
    #[error("{0} is not on the list in force")]
    NotListed(DivisionCode),
    /// The removals.
    #[error(transparent)]
    Removals(#[from] RemovalListError),
    /// Nothing can be signed.
    #[error(transparent)]
    Signing(#[from] SigningError),
}

/// More bytes than any file here has.
const MOST: u64 = 16 << 20;

impl Hub {
    /// Begins a hub in a folder: with its name, the keys that will sign its trust lists, and the key that
    /// removes.
    ///
    /// # Errors
    /// [`HubError`].
    pub fn create(
        folder: &Path,
        log: LogSigner,
        keys: &[PublicKey],
        remover: &PublicKey,
        now: Timestamp,
    ) -> Result<Self, HubError> {
        let name = log.verifier_key().name().to_string();
        let history = History::open(&folder.join("history"), log)?;
        if history.head().is_some() {
            return Err(HubError::There);
        }
        let mut hub = Self {
            folder: folder.to_owned(),
            history,
            register: Register::default(),
            writer: Some(lock(folder)?),
        };
        let keys = keys.iter().cloned().map(KeyText).collect();
        let remover = KeyText(remover.clone());
        hub.enter(
            now,
            Act::Opened {
                name,
                keys,
                remover,
            },
        )?;
        Ok(hub)
    }

    /// Opens a folder to be read; beside a writer as well.
    ///
    /// # Errors
    /// [`HubError`].
    pub fn read(folder: &Path, log: LogSigner) -> Result<Self, HubError> {
        Self::open(folder, log, None)
    }

    /// Opens a folder to be written: one at a time.
    ///
    /// # Errors
    /// [`HubError`].
    pub fn write(folder: &Path, log: LogSigner) -> Result<Self, HubError> {
        let writer = lock(folder)?;
        Self::open(folder, log, Some(writer))
    }

    fn open(folder: &Path, log: LogSigner, writer: Option<File>) -> Result<Self, HubError> {
        let history = History::open(&folder.join("history"), log)?;
        if history.head().is_none() {
            return Err(HubError::Empty);
        }
        let mut register = Register::default();
        for (index, entry) in history.entries().iter().enumerate() {
            register
                .apply(entry, &|digest| file(folder, digest))
                .map_err(|error| HubError::Entry { index, error })?;
        }
        Ok(Self {
            folder: folder.to_owned(),
            history,
            register,
            writer,
        })
    }

    /// Who is what.
    pub const fn register(&self) -> &Register {
        &self.register
    }

    /// What was done.
    pub const fn history(&self) -> &History {
        &self.history
    }

    /// The keys that signed the first trust list, or are to sign it.
    pub fn first_keys(&self) -> Vec<PublicKey> {
        self.register.first_keys().to_vec()
    }

    /// A file that the history names.
    pub fn file(&self, digest: Digest) -> Option<Vec<u8>> {
        file(&self.folder, digest)
    }

    /// Lets a region in: with the next list. Whoever calls has looked at what was found.
    ///
    /// # Errors
    /// [`HubError`]; nothing has changed then.
    pub fn admit(&mut self, request: &[u8], by: &str, now: Timestamp) -> Result<(), HubError> {
        let region = Request::open(request)?.says().region;
        let request = self.put(request)?;
        let by = by.to_owned();
        self.enter(
            now,
            Act::Admitted {
                region,
                request,
                by,
            },
        )
    }

    /// Notes that a request was refused.
    ///
    /// # Errors
    /// [`HubError`]; nothing has changed then.
    pub fn refuse(&mut self, request: &[u8], why: &str, now: Timestamp) -> Result<(), HubError> {
        let region = Request::open(request)?.says().region;
        let request = self.put(request)?;
        let why = why.to_owned();
        self.enter(
            now,
            Act::Refused {
                region,
                request,
                why,
            },
        )
    }

    /// Leaves a region, or one of its roots, out of the next list.
    ///
    /// # Errors
    /// [`HubError`]; nothing has changed then.
    pub fn dismiss(
        &mut self,
        region: DivisionCode,
        key: Option<KeyId>,
        why: &str,
        now: Timestamp,
    ) -> Result<(), HubError> {
        let (key, why) = (key.map(KeyIdText), why.to_owned());
        self.enter(now, Act::Dismissed { region, key, why })
    }

    /// The file for the ceremony.
    ///
    /// # Errors
    /// [`HubError::Ceremony`].
    pub fn propose(&self, now: Timestamp) -> Result<Vec<u8>, HubError> {
        let file = |digest| self.file(digest);
        Ok(ceremony::propose(&self.register, now, &file)?)
    }

    /// Takes the list that came back from the ceremony, if it may follow the one in force and has nobody
    /// but those who were let in here.
    ///
    /// # Errors
    /// [`HubError`]; nothing has changed then.
    pub fn adopt(&mut self, bytes: &[u8], now: Timestamp) -> Result<(), HubError> {
        let list = TrustList::open(bytes, self.register.next_keys())?;
        let before = self.register.list().map_or(0, TrustList::version);
        if Some(list.version()) != before.checked_add(1) {
            let found = list.version();
            return Err(HubError::Version { before, found });
        }
        let (from, until) = (list.issued_at(), list.expires_at());
        if now < from || until <= now {
            return Err(HubError::Time { from, until, now });
        }
        self.only_admitted(&list)?;
        let removals = self.register.removals();
        for removal in removals.into_iter().flat_map(RemovalList::removals) {
            let lapses = removal.removed_at <= list.removals_settled_until();
            let followed = self.is_followed(removal, &list);
            let settled = self.register.list().map(TrustList::removals_settled_until);
            if lapses && !followed && Some(removal.removed_at) > settled {
                return Err(HubError::Unsettled {
                    region: removal.region,
                    removed_at: removal.removed_at,
                });
            }
        }
        let version = list.version();
        let list = self.put(bytes)?;
        self.enter(now, Act::Listed { version, list })
    }

    fn only_admitted(&self, list: &TrustList) -> Result<(), HubError> {
        for entry in list.issuers() {
            let region = entry.region();
            let refused = |change| HubError::NotAdmitted { region, change };
            let member = self.register.members().get(&region);
            let member = member.ok_or_else(|| refused(None))?;
            let (from, until) = (list.issued_at(), list.expires_at());
            let due = member.entry(from, until).ok().flatten();
            let changes = difference::of_region(due.as_ref(), Some(entry));
            if let Some(change) = changes.into_iter().next() {
                return Err(refused(Some(change)));
            }
        }
        Ok(())
    }

    /// Whether what was removed is not on the list, or was let in again since.
    fn is_followed(&self, removal: &Removal, list: &TrustList) -> bool {
        let member = self.register.members().get(&removal.region);
        let again = member.is_some_and(|member| member.since() >= removal.removed_at);
        let listed = list.issuer(removal.region);
        let is_listed = listed.is_some_and(|entry: &IssuerEntry| {
            let mut roots = entry.roots().iter();
            removal
                .key
                .is_none_or(|key| roots.any(|root| root.key().id() == key))
        });
        again || !is_listed
    }

    /// Removes a region with all its keys, or one key, at once.
    ///
    /// # Errors
    /// [`HubError`]; nothing has changed then.
    pub fn remove<S: Signer + ?Sized>(
        &mut self,
        region: DivisionCode,
        key: Option<KeyId>,
        why: &str,
        remover: &S,
        now: Timestamp,
    ) -> Result<(), HubError> {
        let list = self.register.list().ok_or(HubError::NoList)?;
        let id = remover.public_key().id();
        if !list.removal_keys().iter().any(|key| key.id() == id) {
            return Err(HubError::MayNotRemove(id));
        }
        list.issuer(region).ok_or(HubError::NotListed(region))?;
        let removal = Removal {
            region,
            key,
            removed_at: now,
        };
        let settled = list.removals_settled_until();
        let open = self
            .register
            .removals()
            .into_iter()
            .flat_map(RemovalList::removals);
        let open = open.filter(|removal| removal.removed_at > settled).copied();
        let removals = RemovalList::new(now, open.chain([removal]).collect())?;
        let signed = removals.sign(remover)?;
        RemovalList::open(&signed, list.removal_keys())?;
        let digest = self.put(&signed)?;
        self.enter(now, Act::removed(&removal, digest, why))
    }

    /// Tries an entry on a copy, then writes it, then counts it.
    fn enter(&mut self, at: Timestamp, act: Act) -> Result<(), HubError> {
        if self.writer.is_none() {
            return Err(HubError::ReadOnly);
        }
        let entry = Entry { at, act };
        let mut next = self.register.clone();
        next.apply(&entry, &|digest| self.file(digest))?;
        self.history.append(entry)?;
        self.register = next;
        Ok(())
    }

    fn put(&self, bytes: &[u8]) -> Result<Digest, HubError> {
        if self.writer.is_none() {
            return Err(HubError::ReadOnly);
        }
        let digest = Digest::of(bytes);
        let path = place(&self.folder, digest);
        files::put(&path, bytes).map_err(|source| HubError::File { path, source })?;
        Ok(digest)
    }
}

fn place(folder: &Path, digest: Digest) -> PathBuf {
    folder.join("files").join(digest.to_string())
}

fn file(folder: &Path, digest: Digest) -> Option<Vec<u8>> {
    files::read(&place(folder, digest), MOST).ok().flatten()
}

fn lock(folder: &Path) -> Result<File, HubError> {
    let path = folder.join("writer.lock");
    let locked = files::only_writer(&path).map_err(|source| HubError::File { path, source })?;
    locked.ok_or(HubError::Busy)
}

#[cfg(test)]
mod tests;
