//! Everything that a gate fetched before it lost the network, believed in the right order.
//!
//! A list that has ended by now was taken while it was good: the verdict then says that it ended,
//! which is what a gate that was offline for too long would say.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use hc_code::keys::{KeyBook, KeyList, KeyUse, NodeKey, SignedKeyList};
use hc_code::paper_list::{HeldPaperLists, PaperList};
use hc_code::recognition::HeldPolicies;
use hc_code::signing::{KeyId, PublicKey};
use hc_code::status_list::{Delta, DeltaBase, HeldLists, ListIssuer, Mark, SignedShard};
use hc_code::trust_list::{HeldTrust, IssuerEntry, RemovalList, Role, TrustList};
use hc_code::verify::TrustLookup;
use hc_code::{DivisionCode, Span, Timestamp};

use super::seen::{Seen, SeenTrust};
use super::signed::{ListKind, SignedFile};

/// How long it is remembered which lists of a day were seen.
const REMEMBERED: Span = Span::days(7);

/// Trust list, keys and lists that a gate holds.
pub(crate) struct GateLists {
    pub(crate) trust: HeldTrust,
    pub(crate) keys: KeyBook,
    pub(crate) status: HeldLists,
    pub(crate) paper: HeldPaperLists,
    pub(crate) policies: HeldPolicies,
    /// Status lists as they were seen in earlier runs.
    seen: Vec<Mark>,
    now: Timestamp,
}

impl GateLists {
    /// Reads a trust list that one of the hub's keys signed; nothing older than what was seen in
    /// earlier runs is taken from then on.
    pub(crate) fn begin(
        path: &Path,
        hub: &[PublicKey],
        seen: &Seen,
        now: Timestamp,
    ) -> Result<Self> {
        let file = SignedFile::read(path)?;
        ensure!(
            file.kind == ListKind::Trust,
            "{} is not a trust list",
            file.what()
        );
        let list = TrustList::open(&file.bytes, hub).with_context(|| file.what())?;
        let fetched = fetched(list.issued_at(), list.expires_at(), now);
        seen.agrees_with(&list).with_context(|| file.what())?;
        let mark = seen.trust.map(SeenTrust::mark);
        let mut trust = HeldTrust::begin(list, mark, fetched).with_context(|| file.what())?;
        trust.recall(seen.removals.iter().copied(), seen.removals_as_of);
        let mut lists = Self {
            trust,
            keys: KeyBook::with_marks(seen.keys.iter().copied()),
            status: HeldLists::with_marks(seen.status.iter().copied()),
            paper: HeldPaperLists::with_marks(seen.paper.iter().copied()),
            policies: HeldPolicies::with_marks(seen.policies.iter().copied()),
            seen: seen.status.clone(),
            now,
        };
        lists.drop_lost_roots(seen);
        Ok(lists)
    }

    /// Reads and takes every file, in whatever order they are named: removals, keys, then lists.
    /// The first that is not to be believed ends it.
    pub(crate) fn take(&mut self, paths: &[PathBuf]) -> Result<()> {
        let mut files = Vec::new();
        for path in paths {
            files.push(SignedFile::read(path)?);
        }
        let mut key_lists = Vec::new();
        for file in &files {
            match file.kind {
                ListKind::Trust => bail!(
                    "{}: there is one trust list, and --trust names it",
                    file.what()
                ),
                ListKind::Removals => self.remove(file).with_context(|| file.what())?,
                ListKind::Keys => key_lists.push(file),
                ListKind::Policy => self.take_policy(file).with_context(|| file.what())?,
                ListKind::Shard | ListKind::Delta | ListKind::Paper => {}
            }
        }
        self.take_keys(&key_lists)?;
        let mut deltas = Vec::new();
        let mut papers = Vec::new();
        for file in &files {
            self.open(file, &mut deltas, &mut papers)
                .with_context(|| file.what())?;
        }
        // A delta fits only the edition that it starts from: whole lists first, then in order.
        deltas.sort_by_key(|(_, delta)| {
            let is_step = matches!(delta.base(), DeltaBase::Sequence(_));
            (is_step, delta.edition().sequence())
        });
        for (file, delta) in &deltas {
            let edition = delta.edition();
            let fetched = fetched(edition.issued_at(), edition.expires_at(), self.now);
            self.status
                .accept_delta(delta, fetched)
                .with_context(|| file.what())?;
        }
        papers.sort_by_key(|(_, list)| list.sequence());
        for (file, list) in papers {
            let times = list.times();
            let fetched = fetched(times.issued_at, times.expires_at, self.now);
            self.paper
                .accept(list, fetched)
                .with_context(|| file.what())?;
        }
        self.none_is_older_than_seen()
    }

    /// What must be remembered for the next run. Days that ended long before the newest list are
    /// left out: no code names them any more.
    pub(crate) fn seen(&self) -> Seen {
        let list = self.trust.list();
        let newest = self.status.marks().map(|mark| mark.issued_at).max();
        let since = newest.map_or(Timestamp::MIN, |at| at.minus(REMEMBERED));
        let status = self.status.marks();
        let status = status.filter(|mark| mark.issued_at >= since);
        Seen {
            trust: Some(SeenTrust {
                version: list.version(),
                issued_at: list.issued_at(),
            }),
            removals: self.trust.removals().collect(),
            removals_as_of: self.trust.removals_as_of(),
            keys: self.keys.marks().copied().collect(),
            status: status.copied().collect(),
            paper: self.paper.marks().copied().collect(),
            policies: self.policies.marks().copied().collect(),
        }
    }

    /// A key list that a root signed which is trusted no more bars nobody's way.
    fn drop_lost_roots(&mut self, seen: &Seen) {
        let list = self.trust.list();
        let trust = self
            .trust
            .at(fetched(list.issued_at(), list.expires_at(), self.now));
        for mark in &seen.keys {
            let roots = trust.roots(mark.issuer, Role::Codes);
            let roots: Vec<_> = roots.into_iter().map(PublicKey::id).collect();
            self.keys.keep_only(mark.issuer, &roots);
        }
        for mark in &seen.policies {
            let roots = trust.roots(mark.region, Role::Rules);
            let roots: Vec<_> = roots.into_iter().map(PublicKey::id).collect();
            self.policies.keep_only(mark.region, &roots);
        }
    }

    /// A whole list may be older than the deltas that were seen after it, but only if those come
    /// with it; of shards this holds for each, since each is looked at alone.
    fn none_is_older_than_seen(&self) -> Result<()> {
        for mark in &self.seen {
            let (region, day) = (mark.name.region, mark.name.day);
            let Some(held) = self.status.held(region, day) else {
                continue;
            };
            ensure!(
                held.name.epoch != mark.name.epoch || held.oldest >= mark.newest,
                "the status list of {region} for {day} is of edition {}, but edition {} was seen: \
                 the deltas after it are missing",
                held.oldest,
                mark.newest
            );
        }
        Ok(())
    }

    /// Takes a recognition policy of the region whose root for rules signed it.
    fn take_policy(&mut self, file: &SignedFile) -> Result<()> {
        let trust = self.trust.at(self.now);
        let issuers = self.trust.list().issuers().iter();
        let found = issuers.map(IssuerEntry::region).find_map(|region| {
            let roots = trust.roots(region, Role::Rules);
            let has = roots.iter().any(|root| root.id() == file.key);
            has.then(|| (region, roots.into_iter().cloned().collect::<Vec<_>>()))
        });
        let (region, roots) =
            found.context("not signed by a root key that the trust list has for rules")?;
        self.policies.adopt(&file.bytes, region, &roots, self.now)?;
        Ok(())
    }

    fn remove(&mut self, file: &SignedFile) -> Result<()> {
        let keys = self.trust.list().removal_keys();
        let removals = RemovalList::open(&file.bytes, keys)?;
        Ok(self.trust.remove(&removals, self.now)?)
    }

    /// Takes key lists, the older version first.
    fn take_keys(&mut self, files: &[&SignedFile]) -> Result<()> {
        let mut lists = Vec::new();
        for file in files {
            let (region, roots) = self
                .roots(file.key)
                .context("not signed by a root key that the trust list has")
                .with_context(|| file.what())?;
            let signed = SignedKeyList::from_bytes(file.bytes.clone());
            let (list, _) = signed.verify(region, &roots).with_context(|| file.what())?;
            lists.push((list, signed, roots, file));
        }
        // Under a root that was removed a list only serves to say so, where there is no better one:
        // it must not stand in the way of the list of the root's successor.
        let trust = self.trust.at(self.now);
        let under_removed = |list: &KeyList, root| trust.is_removed(list.issuer(), root);
        let repaired: BTreeSet<DivisionCode> = lists
            .iter()
            .filter(|(list, .., file)| !under_removed(list, file.key))
            .map(|(list, ..)| list.issuer())
            .collect();
        lists.retain(|(list, .., file)| {
            !(repaired.contains(&list.issuer()) && under_removed(list, file.key))
        });
        lists.sort_by_key(|(list, ..)| list.version());
        for (list, signed, roots, file) in lists {
            let fetched = fetched(list.issued_at(), list.expires_at(), self.now);
            self.keys
                .adopt(&signed, list.issuer(), &roots, fetched)
                .with_context(|| file.what())?;
        }
        Ok(())
    }

    /// The region of a root key, with all root keys that the trust list gives it for codes. Those
    /// that were removed since are among them: what they vouch for is refused by name.
    fn roots(&self, key: KeyId) -> Option<(DivisionCode, Vec<PublicKey>)> {
        let list = self.trust.list();
        let at = fetched(list.issued_at(), list.expires_at(), self.now);
        list.issuers().iter().find_map(|issuer| {
            let roots = issuer.roots().iter();
            let good = roots.filter(|root| {
                let validity = root.validity();
                root.roles().contains(Role::Codes)
                    && validity.contains(at)
                    && issuer.validity().contains(at)
            });
            let roots: Vec<_> = good.map(|root| root.key().clone()).collect();
            let has = roots.iter().any(|root| root.id() == key);
            has.then(|| (issuer.region(), roots))
        })
    }

    /// Opens a list. Shards are taken at once; the others come out, to be put in order.
    fn open<'a>(
        &mut self,
        file: &'a SignedFile,
        deltas: &mut Vec<(&'a SignedFile, Delta)>,
        papers: &mut Vec<(&'a SignedFile, PaperList)>,
    ) -> Result<()> {
        if matches!(
            file.kind,
            ListKind::Trust | ListKind::Removals | ListKind::Keys | ListKind::Policy
        ) {
            return Ok(());
        }
        let listed = self.listed(file.key);
        ensure!(
            !listed.is_empty(),
            "key {} is on no key list that was given",
            file.key
        );
        // Anybody's key list may name anybody's key: whose list it is says the list itself, and a
        // region that names another's key bars nobody's way.
        let mut faults = Vec::new();
        for (region, node) in &listed {
            match self.open_of(*region, node, file, deltas, papers) {
                Ok(()) => return Ok(()),
                Err(fault) => faults.push((region, fault)),
            }
        }
        let several = faults.len() > 1;
        let faults = faults.into_iter().map(|(region, fault)| {
            if several {
                format!("as a list of {region}: {fault:#}")
            } else {
                format!("{fault:#}")
            }
        });
        bail!(faults.collect::<Vec<_>>().join("; "))
    }

    /// Opens a list as one of a region by a key that its key list names.
    fn open_of<'a>(
        &mut self,
        region: DivisionCode,
        node: &NodeKey,
        file: &'a SignedFile,
        deltas: &mut Vec<(&'a SignedFile, Delta)>,
        papers: &mut Vec<(&'a SignedFile, PaperList)>,
    ) -> Result<()> {
        self.may_sign_lists(region, node)?;
        let entry = self
            .trust
            .list()
            .issuer(region)
            .context("the issuer is not on the trust list")?;
        let issuer = ListIssuer {
            region,
            key: node.key(),
            offset: entry.offset(),
        };
        match file.kind {
            ListKind::Paper => {
                let list = PaperList::open(&file.bytes, &issuer)?;
                covers(node, list.times().issued_at)?;
                papers.push((file, list));
            }
            ListKind::Shard => {
                let shard = SignedShard::open(&file.bytes, &issuer)?;
                let (issued_at, expires_at) =
                    (shard.edition().issued_at(), shard.edition().expires_at());
                covers(node, issued_at)?;
                let fetched = fetched(issued_at, expires_at, self.now);
                self.status.accept_shard(shard, fetched)?;
            }
            ListKind::Delta => {
                let delta = Delta::open(&file.bytes, &issuer)?;
                covers(node, delta.edition().issued_at())?;
                deltas.push((file, delta));
            }
            ListKind::Trust | ListKind::Removals | ListKind::Keys | ListKind::Policy => {}
        }
        Ok(())
    }

    /// The regions whose key lists name a key, each with what it says of it.
    fn listed(&self, id: KeyId) -> Vec<(DivisionCode, NodeKey)> {
        let issuers = self.trust.list().issuers().iter();
        let listed = issuers.filter_map(|issuer| {
            let region = issuer.region();
            let mut keys = self.keys.list(region)?.keys().iter();
            let node = keys.find(|node| node.key().id() == id)?;
            Some((region, node.clone()))
        });
        listed.collect()
    }

    fn may_sign_lists(&self, region: DivisionCode, node: &NodeKey) -> Result<()> {
        let id = node.key().id();
        let trust = self.trust.at(self.now);
        ensure!(node.key_use() == KeyUse::Lists, "key {id} is not for lists");
        ensure!(
            !node.is_removed() && !trust.is_removed(region, id),
            "key {id} was removed"
        );
        let root = self.keys.root(region);
        ensure!(
            !root.is_some_and(|root| trust.is_removed(region, root)),
            "the root key of {region} was removed"
        );
        // A root may be trusted for codes alone.
        let issuer = self.trust.list().issuer(region);
        let mut roots = issuer.into_iter().flat_map(IssuerEntry::roots);
        ensure!(
            roots.any(|key| Some(key.key().id()) == root && key.roles().contains(Role::Lists)),
            "the root key of {region} is not trusted for lists"
        );
        Ok(())
    }
}

/// When a gate must have taken something that ends: now, or while it was good.
fn fetched(issued_at: Timestamp, expires_at: Timestamp, now: Timestamp) -> Timestamp {
    if expires_at <= now { issued_at } else { now }
}

/// A list counts only if its key was good when it was signed.
fn covers(node: &NodeKey, issued_at: Timestamp) -> Result<()> {
    ensure!(
        (node.from()..node.until()).contains(&issued_at),
        "it was signed at {issued_at}, but its key was good from {} until {}",
        node.from(),
        node.until()
    );
    Ok(())
}
