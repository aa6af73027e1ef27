//! `key trust`: the signed list of regions' root keys, the first one or the next.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail, ensure};
use hc_code::signing::{PublicKey, Signer, SigningKey};
use hc_code::trust_list::{
    Endpoint, IssuerEntry, RemovalList, Role, Roles, RootKey, TrustDraft, TrustList, Validity,
};
use hc_code::{DivisionCode, Offset, Span, Timestamp};

use super::remove;
use crate::args::Trust;
use crate::args::value::Named;
use crate::clock;
use crate::command::Outcome;
use crate::input::key_file;
use crate::input::signed::{ListKind, SignedFile};
use crate::output::{self, Readers};
use crate::screen::Screen;
use crate::show::keys;

pub(super) fn run(command: &Trust, screen: &mut Screen) -> Result<Outcome> {
    let hub = key_file::signing_key(&command.hub)?;
    let at = command.at.unwrap_or_else(clock::now);
    let end = at.plus(command.life);
    let mut draft = match &command.before {
        Some(path) => {
            let file = SignedFile::read(path)?;
            next(command, &before(&file, &hub, at)?, at)?
        }
        None => Next {
            version: command.list_version,
            removals_settled_until: at,
            hub_keys: vec![hub.public_key().clone()],
            removal_keys: Vec::new(),
            issuers: BTreeMap::new(),
            removals: None,
        },
    };
    for key in key_file::public_keys(&command.remover)? {
        if !draft.removal_keys.contains(&key) {
            draft.removal_keys.push(key);
        }
    }
    let roles = Roles::new(Role::ALL)?;
    for root in &command.roots {
        let key = key_file::public_key(&root.file)?;
        let issuer = draft.issuers.entry(root.region).or_insert_with(|| Issuer {
            offset: command.offset,
            staleness: command.staleness,
            from: at,
            roots: Vec::new(),
            endpoints: Vec::new(),
        });
        let root_key = RootKey::new(key, roles, Validity::new(at, end)?);
        issuer.roots.push(root_key);
    }
    if let Some(removals) = &draft.removals {
        draft.contradicts_none(removals)?;
    }
    let mut issuers = Vec::new();
    for (region, issuer) in draft.issuers {
        let entry = issuer.entry(region, end);
        issuers.push(entry.with_context(|| format!("issuer {region}"))?);
    }
    ensure!(!issuers.is_empty(), "no issuer is left on the list");
    let list = TrustList::new(TrustDraft {
        version: draft.version,
        issued_at: at,
        expires_at: end,
        removals_settled_until: draft.removals_settled_until,
        hub_keys: draft.hub_keys,
        removal_keys: draft.removal_keys,
        issuers,
    })?;
    let signed = list.sign(&hub)?;
    // What cannot be read back must not leave the house.
    if TrustList::open(&signed, &[hub.public_key().clone()])? != list {
        bail!("the signed list does not read as what was signed");
    }
    output::create(&command.out, &signed, Readers::Anybody)?;
    keys::trust_list(&list, hub.public_key().id(), screen)?;
    Ok(Outcome::Clean)
}

/// What the next list says, before additions.
struct Next {
    version: u32,
    removals_settled_until: Timestamp,
    hub_keys: Vec<PublicKey>,
    removal_keys: Vec<PublicKey>,
    issuers: BTreeMap<DivisionCode, Issuer>,
    removals: Option<RemovalList>,
}

/// An issuer that is renewed or new.
struct Issuer {
    offset: Offset,
    staleness: Span,
    from: Timestamp,
    roots: Vec<RootKey>,
    endpoints: Vec<Endpoint>,
}

impl Issuer {
    /// Its entry, with all root keys good until the end of the list.
    fn entry(self, region: DivisionCode, end: Timestamp) -> Result<IssuerEntry> {
        let mut roots = Vec::new();
        for root in self.roots {
            let validity = Validity::new(root.validity().from(), end)?;
            roots.push(RootKey::new(root.key().clone(), root.roles(), validity));
        }
        let validity = Validity::new(self.from, end)?;
        let (offset, staleness) = (self.offset, self.staleness);
        Ok(IssuerEntry::new(
            region,
            offset,
            staleness,
            validity,
            roots,
            self.endpoints,
        )?)
    }
}

/// The list before, if this hub's key may sign the next.
fn before(file: &SignedFile, hub: &SigningKey, at: Timestamp) -> Result<TrustList> {
    ensure!(
        file.kind == ListKind::Trust,
        "{} is not a trust list",
        file.what()
    );
    let key = hub.public_key();
    let list =
        TrustList::open(&file.bytes, std::slice::from_ref(key)).with_context(|| file.what())?;
    ensure!(
        list.hub_keys().contains(key),
        "{}: key {} may not sign the next list",
        file.what(),
        key.id()
    );
    ensure!(
        at >= list.issued_at(),
        "the list before was signed later, at {}",
        list.issued_at()
    );
    Ok(list)
}

/// The list before without what is removed.
fn next(command: &Trust, before: &TrustList, at: Timestamp) -> Result<Next> {
    let version = before.version().checked_add(1);
    let mut next = Next {
        version: version.context("there is no further version")?,
        // A removal lapses with the list that settles it, so none is settled unseen.
        removals_settled_until: before.removals_settled_until(),
        hub_keys: before.hub_keys().to_vec(),
        removal_keys: before.removal_keys().to_vec(),
        issuers: BTreeMap::new(),
        removals: None,
    };
    for entry in before.issuers() {
        let issuer = Issuer {
            offset: entry.offset(),
            staleness: entry.staleness_limit(),
            from: entry.validity().from(),
            roots: entry.roots().to_vec(),
            endpoints: entry.endpoints().to_vec(),
        };
        next.issuers.insert(entry.region(), issuer);
    }
    for named in &command.remove {
        ensure!(
            next.leave_out(*named),
            "{}{} is not on the list before",
            named.region,
            named.key.map(|key| format!(" {key}")).unwrap_or_default()
        );
    }
    if let Some(path) = &command.removals {
        let file = SignedFile::read(path)?;
        let removals = remove::read(&file, before.removal_keys())?;
        ensure!(
            removals.issued_at() <= at,
            "the removals were signed later, at {}",
            removals.issued_at()
        );
        next.settle(&removals, before);
        next.removals = Some(removals);
    }
    if let Some(settled) = command.settled_until {
        next.removals_settled_until = settled;
    }
    Ok(next)
}

impl Next {
    /// Leaves an issuer or one of its roots out, and an issuer with its last root; says whether it
    /// was there.
    fn leave_out(&mut self, named: Named) -> bool {
        let Some(key) = named.key else {
            return self.issuers.remove(&named.region).is_some();
        };
        let Some(issuer) = self.issuers.get_mut(&named.region) else {
            return false;
        };
        let before = issuer.roots.len();
        issuer.roots.retain(|root| root.key().id() != key);
        let left = issuer.roots.len();
        if left == 0 {
            self.issuers.remove(&named.region);
        }
        left < before
    }

    /// Follows removals, and settles those before the first that a trust list cannot follow: keys
    /// under a root are on the region's own list.
    fn settle(&mut self, removals: &RemovalList, before: &TrustList) {
        let mut open: Option<Timestamp> = None;
        for removal in removals.removals() {
            let roots = before.issuer(removal.region).map(IssuerEntry::roots);
            let is_root = |key| {
                roots
                    .unwrap_or_default()
                    .iter()
                    .any(|root| root.key().id() == key)
            };
            if removal.key.is_none_or(is_root) {
                self.leave_out(Named {
                    region: removal.region,
                    key: removal.key,
                });
            } else {
                let earliest = open.map_or(removal.removed_at, |at| at.min(removal.removed_at));
                open = Some(earliest);
            }
        }
        let settled = match open {
            None => removals.issued_at(),
            Some(first) => first.minus(Span::seconds(1)),
        };
        self.removals_settled_until = self.removals_settled_until.max(settled);
    }

    /// # Errors
    /// Where something is on the list that gates will go on to refuse.
    fn contradicts_none(&self, removals: &RemovalList) -> Result<()> {
        for removal in removals.removals() {
            let listed = self.issuers.get(&removal.region).is_some_and(|issuer| {
                let mut roots = issuer.roots.iter();
                removal
                    .key
                    .is_none_or(|key| roots.any(|root| root.key().id() == key))
            });
            ensure!(
                !listed || removal.removed_at <= self.removals_settled_until,
                "{}{} was removed at {}, and gates go on to refuse it: leave it out, or let the \
                 removal lapse with --settled-until",
                removal.region,
                removal.key.map(|key| format!(" {key}")).unwrap_or_default(),
                removal.removed_at
            );
        }
        Ok(())
    }
}
