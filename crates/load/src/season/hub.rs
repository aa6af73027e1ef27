//! The hub: the trust list and the removals, as gates fetch them.

use std::sync::Arc;

use anyhow::{Context, Result};
use hc_code::signing::{Algorithm, KeyId, PublicKey, Signer, SigningKey};
use hc_code::trust_list::{
    IssuerEntry, Removal, RemovalList, Role, Roles, RootKey, TrustDraft, TrustList, Validity,
};
use hc_code::{Span, Timestamp};

use super::chance::Chance;
use super::country::Country;
use super::plan::{OFFSET, Plan, STALENESS};

/// Who says whom to trust.
#[derive(Debug)]
pub(super) struct Hub {
    /// Offline: signs trust lists.
    key: SigningKey,
    /// Online: can only remove.
    removal_key: SigningKey,
    version: u32,
    trust: Arc<[u8]>,
    removals: Vec<Removal>,
    removal_list: Option<(Timestamp, Arc<[u8]>)>,
}

/// Which roots of the region that changes its own are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RootsListed {
    First,
    Both,
    Second,
}

impl Hub {
    pub(super) fn new(chance: &mut Chance) -> Result<Self> {
        Ok(Self {
            key: SigningKey::from_secret(Algorithm::Ed25519, &chance.bytes())?,
            removal_key: SigningKey::from_secret(Algorithm::Ed25519, &chance.bytes())?,
            version: 0,
            trust: Arc::default(),
            removals: Vec::new(),
            removal_list: None,
        })
    }

    /// Signs the next trust list.
    pub(super) fn sign(
        &mut self,
        plan: &Plan,
        country: &Country,
        listed: RootsListed,
        now: Timestamp,
    ) -> Result<()> {
        self.version += 1;
        let validity = Validity::new(
            plan.begins.minus(Span::days(30)),
            plan.ends().plus(Span::days(100)),
        )?;
        let all = Roles::new([
            Role::Codes,
            Role::Lists,
            Role::Rules,
            Role::Log,
            Role::Evidence,
        ])?;
        let mut issuers = Vec::new();
        for (number, region) in country.regions.iter().enumerate() {
            let listed = if number == plan.new_root().0 {
                listed
            } else {
                RootsListed::First
            };
            let roots = region
                .roots()
                .enumerate()
                .filter(|(place, _)| match listed {
                    RootsListed::First => *place == 0,
                    RootsListed::Both => true,
                    RootsListed::Second => *place == 1,
                });
            let roots = roots.map(|(_, root)| RootKey::new(root.clone(), all, validity));
            issuers.push(IssuerEntry::new(
                region.division,
                OFFSET,
                STALENESS,
                validity,
                roots.collect(),
                Vec::new(),
            )?);
        }
        let list = TrustList::new(TrustDraft {
            version: self.version,
            issued_at: now,
            expires_at: now.plus(Span::days(90)),
            removals_settled_until: plan.begins.minus(Span::days(2)),
            hub_keys: vec![self.key.public_key().clone()],
            removal_keys: vec![self.removal_key.public_key().clone()],
            issuers,
        })?;
        self.trust = list.sign(&self.key)?.into();
        Ok(())
    }

    /// The online key takes a key away.
    pub(super) fn remove(
        &mut self,
        region: &super::region::Region,
        key: KeyId,
        now: Timestamp,
    ) -> Result<()> {
        self.removals.push(Removal {
            region: region.division,
            key: Some(key),
            removed_at: now,
        });
        let list = RemovalList::new(now, self.removals.clone())?;
        self.removal_list = Some((now, list.sign(&self.removal_key)?.into()));
        Ok(())
    }

    pub(super) fn first_key(&self) -> &PublicKey {
        self.key.public_key()
    }

    pub(super) fn trust(&self) -> (u32, &[u8]) {
        (self.version, &self.trust)
    }

    pub(super) fn removals(&self) -> Option<(Timestamp, &[u8])> {
        let (at, bytes) = self.removal_list.as_ref()?;
        Some((*at, bytes))
    }

    /// The first list, read.
    pub(super) fn opened(&self) -> Result<TrustList> {
        let keys = core::slice::from_ref(self.first_key());
        TrustList::open(&self.trust, keys).context("the hub's own list")
    }
}
