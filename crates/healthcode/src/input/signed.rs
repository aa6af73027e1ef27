//! Signed lists: which kind a file holds, and taking many of them into a gate.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use hc_code::cose::Sign1;
use hc_code::keys::{KeyAnswer, KeyBook, KeyUse, SignedKeyList};
use hc_code::paper_list::{HeldPaperLists, PaperList};
use hc_code::signing::{KeyId, PublicKey};
use hc_code::status_list::{Delta, DeltaBase, HeldLists, ListIssuer, SignedShard};
use hc_code::trust_list::{HeldTrust, RemovalList, Role, TrustList};
use hc_code::{DivisionCode, Timestamp};

/// What a signed file says it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ListKind {
    Trust,
    Removals,
    Keys,
    Shard,
    Delta,
    Paper,
}

impl ListKind {
    /// Every kind with the type in its signed header.
    const TYPES: [(Self, &'static str); 6] = [
        (Self::Trust, "application/healthcode-trust+cwt"),
        (Self::Removals, "application/healthcode-removals+cwt"),
        (Self::Keys, "application/hc-keys+cwt"),
        (Self::Shard, "application/statuslist+cwt"),
        (Self::Delta, "application/healthcode-delta+cwt"),
        (Self::Paper, "application/healthcode-paper+cwt"),
    ];

    /// The word for it.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Trust => "trust-list",
            Self::Removals => "removals",
            Self::Keys => "key-list",
            Self::Shard => "status-list-shard",
            Self::Delta => "status-list",
            Self::Paper => "paper-list",
        }
    }
}

/// A signed file, not believed yet.
pub(crate) struct SignedFile {
    pub(crate) path: PathBuf,
    pub(crate) bytes: Vec<u8>,
    pub(crate) kind: ListKind,
    pub(crate) key: KeyId,
}

/// The largest file that is read as a list: a whole list of 2^32 positions is smaller.
const MAX_BYTES: u64 = 2 << 30;

impl SignedFile {
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let size = fs::metadata(path)
            .with_context(|| format!("cannot read {}", path.display()))?
            .len();
        ensure!(
            size <= MAX_BYTES,
            "{} has {size} bytes, too many for a list",
            path.display()
        );
        let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let what = || format!("{} is no signed list", path.display());
        let signed = Sign1::parse(&bytes).with_context(what)?;
        let stated = signed.content_type().unwrap_or("nothing");
        let kind = ListKind::TYPES
            .into_iter()
            .find(|(_, name)| *name == stated)
            .map(|(kind, _)| kind)
            .with_context(|| format!("its type is {stated}"))
            .with_context(what)?;
        let key = signed
            .key_id()
            .context("it names no key")
            .with_context(what)?;
        Ok(Self {
            path: path.to_owned(),
            bytes,
            kind,
            key,
        })
    }

    fn what(&self) -> String {
        format!("{} ({})", self.path.display(), self.kind.word())
    }
}

/// The trust list, signed by one of the hub's keys.
pub(crate) fn trust(path: &Path, hub: &[PublicKey], now: Timestamp) -> Result<HeldTrust> {
    let file = SignedFile::read(path)?;
    ensure!(
        file.kind == ListKind::Trust,
        "{} is not a trust list",
        file.what()
    );
    let list = TrustList::open(&file.bytes, hub).with_context(|| file.what())?;
    HeldTrust::begin(list, None, now).with_context(|| file.what())
}

/// Everything that a gate fetched, believed in the right order: removals, keys, then lists.
pub(crate) struct GateLists {
    pub(crate) trust: HeldTrust,
    pub(crate) keys: KeyBook,
    pub(crate) status: HeldLists,
    pub(crate) paper: HeldPaperLists,
}

impl GateLists {
    /// Nothing but a trust list.
    pub(crate) fn new(trust: HeldTrust) -> Self {
        Self {
            trust,
            keys: KeyBook::new(),
            status: HeldLists::new(),
            paper: HeldPaperLists::new(),
        }
    }

    /// Reads and takes every file; the first that is not to be believed ends it.
    pub(crate) fn take(&mut self, paths: &[PathBuf], now: Timestamp) -> Result<()> {
        let mut files = Vec::new();
        for path in paths {
            files.push(SignedFile::read(path)?);
        }
        files.sort_by_key(|file| file.kind);
        let (lists, others): (Vec<_>, Vec<_>) = files.iter().partition(|file| {
            matches!(
                file.kind,
                ListKind::Shard | ListKind::Delta | ListKind::Paper
            )
        });
        for file in others {
            self.take_trust_or_keys(file, now)
                .with_context(|| file.what())?;
        }
        let mut deltas = Vec::new();
        for file in lists {
            self.open_list(file, now, &mut deltas)
                .with_context(|| file.what())?;
        }
        // A delta fits only the edition that it starts from: whole lists first, then in order.
        deltas.sort_by_key(|(_, delta)| match delta.base() {
            DeltaBase::AllLow => (0, delta.edition().sequence()),
            DeltaBase::Sequence(_) => (1, delta.edition().sequence()),
        });
        for (file, delta) in &deltas {
            self.status
                .accept_delta(delta, now)
                .with_context(|| file.what())?;
        }
        Ok(())
    }

    fn take_trust_or_keys(&mut self, file: &SignedFile, now: Timestamp) -> Result<()> {
        if file.kind == ListKind::Removals {
            let keys = self.trust.list().removal_keys();
            let removals = RemovalList::open(&file.bytes, keys)?;
            return Ok(self.trust.remove(&removals, now)?);
        }
        if file.kind == ListKind::Trust {
            bail!("there is one trust list, and --trust names it");
        }
        let signed = SignedKeyList::from_bytes(file.bytes.clone());
        let (region, roots) = self
            .root(file.key, now)
            .context("not signed by a root key that the trust list has")?;
        self.keys.adopt(&signed, region, &roots, now)?;
        Ok(())
    }

    /// The region of a root key, with all root keys that the region has for codes and lists.
    fn root(&self, key: KeyId, now: Timestamp) -> Option<(DivisionCode, Vec<PublicKey>)> {
        let trust = self.trust.at(now);
        self.trust.list().issuers().iter().find_map(|issuer| {
            let roots = trust.roots(issuer.region(), Role::Codes);
            let roots: Vec<_> = roots.into_iter().cloned().collect();
            let has = roots.iter().any(|root| root.id() == key);
            has.then(|| (issuer.region(), roots))
        })
    }

    fn open_list<'a>(
        &mut self,
        file: &'a SignedFile,
        now: Timestamp,
        deltas: &mut Vec<(&'a SignedFile, Delta)>,
    ) -> Result<()> {
        let (region, key) = self.list_key(file.key, now)?;
        let trust = self.trust.at(now);
        let entry = trust
            .entry(region)
            .context("the issuer is not on the trust list")?;
        let issuer = ListIssuer {
            region,
            key: &key.0,
            offset: entry.offset(),
        };
        match file.kind {
            ListKind::Paper => {
                let list = PaperList::open(&file.bytes, &issuer)?;
                key.covers(list.times().issued_at)?;
                self.paper.accept(list, now)?;
            }
            ListKind::Shard => {
                let shard = SignedShard::open(&file.bytes, &issuer)?;
                key.covers(shard.edition().issued_at())?;
                self.status.accept_shard(shard, now)?;
            }
            ListKind::Delta => {
                let delta = Delta::open(&file.bytes, &issuer)?;
                key.covers(delta.edition().issued_at())?;
                deltas.push((file, delta));
            }
            ListKind::Trust | ListKind::Removals | ListKind::Keys => {}
        }
        Ok(())
    }

    /// The key for lists of that id, and whose it is.
    fn list_key(&self, id: KeyId, now: Timestamp) -> Result<(DivisionCode, ListKey)> {
        let trust = self.trust.at(now);
        for issuer in self.trust.list().issuers() {
            let region = issuer.region();
            match self.keys.key(region, id, now) {
                KeyAnswer::Known(node) => {
                    use hc_code::verify::TrustLookup;
                    ensure!(node.key_use() == KeyUse::Lists, "key {id} is not for lists");
                    ensure!(!trust.is_removed(region, id), "key {id} was removed");
                    let dates = (node.from(), node.until());
                    return Ok((region, ListKey(node.key().clone(), dates)));
                }
                KeyAnswer::Removed => bail!("key {id} was removed"),
                KeyAnswer::ListExpired => bail!("the key list of {region} has ended"),
                KeyAnswer::NotListed | KeyAnswer::NoList => {}
            }
        }
        bail!("key {id} is on no key list that was given")
    }
}

/// A key for lists with its dates.
struct ListKey(PublicKey, (Timestamp, Timestamp));

impl ListKey {
    fn covers(&self, issued_at: Timestamp) -> Result<()> {
        let (from, until) = self.1;
        ensure!(
            (from..until).contains(&issued_at),
            "it was signed at {issued_at}, but its key was good from {from} until {until}"
        );
        Ok(())
    }
}
