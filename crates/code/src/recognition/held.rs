//! The policies that a gate holds: the one in force and those that were announced.

use super::{PublishedPolicy, PublishedPolicyError};
use crate::keys::KeyBook;
use crate::signing::{KeyId, PublicKey};
use crate::sorted_map::SortedMap;
use crate::{DivisionCode, Timestamp};

/// Policies by region, and what was seen of each.
#[derive(Clone, Debug, Default)]
pub struct HeldPolicies {
    /// Ascending by version.
    held: SortedMap<DivisionCode, Vec<Held>>,
    marks: SortedMap<DivisionCode, PolicyMark>,
}

#[derive(Clone, Debug)]
struct Held {
    policy: PublishedPolicy,
    root: KeyId,
}

/// What must be remembered of a region's policies across a restart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PolicyMark {
    /// Whose.
    pub region: DivisionCode,
    /// The root that signed the newest.
    pub root: KeyId,
    /// The highest version that was in force when this gate looked: nothing below counts any more.
    pub in_force: u32,
    /// The highest version that was seen.
    pub newest: u32,
    /// From when on that one is in force.
    pub newest_from: Timestamp,
    /// When that one was published.
    pub newest_published: Timestamp,
}

/// What became of a policy that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Adopted {
    /// It was not held before.
    New,
    /// It was.
    Same,
}

/// Why a policy was not taken; what is held is as it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyNotAdopted {
    /// Not a policy of the region.
    #[error(transparent)]
    Policy(#[from] PublishedPolicyError),
    /// Published later than the device's clock allows.
    #[error("published at {0}, which is more than ten minutes ahead of this device's clock")]
    FromTheFuture(Timestamp),
    /// Its time is over.
    #[error("the policy ended at {0}")]
    Expired(Timestamp),
    /// Below one that was in force: somebody rolls back.
    #[error("version {offered} is older than version {seen}, which was in force already")]
    RolledBack {
        /// The version that was offered.
        offered: u32,
        /// The version that was in force.
        seen: u32,
    },
    /// Two different policies of one version: the root signed twice.
    #[error("another policy of version {0} was seen: the region's root signed both")]
    TwoOfOneVersion(u32),
    /// A later version that was published before an earlier one.
    #[error("version {0} was published before an earlier version")]
    Order(u32),
    /// More announced policies than anybody can follow.
    #[error("{max} policies of the region are held already", max = HeldPolicies::MOST)]
    TooMany,
}

impl HeldPolicies {
    /// The most of one region: the one in force, and three that were announced.
    pub const MOST: usize = 4;

    /// Nothing is held, but this was seen before a restart.
    pub fn with_marks(marks: impl IntoIterator<Item = PolicyMark>) -> Self {
        Self {
            held: SortedMap::new(),
            marks: marks.into_iter().map(|mark| (mark.region, mark)).collect(),
        }
    }

    /// What must be remembered across a restart.
    pub fn marks(&self) -> impl Iterator<Item = &PolicyMark> {
        self.marks.values()
    }

    /// Takes a policy that one of the region's roots for rules signed.
    ///
    /// # Errors
    /// [`PolicyNotAdopted`]; nothing has changed then.
    pub fn adopt(
        &mut self,
        bytes: &[u8],
        region: DivisionCode,
        roots: &[PublicKey],
        device_time: Timestamp,
    ) -> Result<Adopted, PolicyNotAdopted> {
        let (policy, root) = PublishedPolicy::open(bytes, region, roots)?;
        if policy.published() > device_time.plus(KeyBook::AHEAD) {
            return Err(PolicyNotAdopted::FromTheFuture(policy.published()));
        }
        if policy.valid_until() <= device_time {
            return Err(PolicyNotAdopted::Expired(policy.valid_until()));
        }
        let version = policy.version();
        let unseen = || PolicyMark {
            region,
            root,
            in_force: 0,
            newest: 0,
            newest_from: policy.in_force_from(),
            newest_published: Timestamp::MIN,
        };
        let mut mark = self.marks.get(region).copied().unwrap_or_else(unseen);
        if mark.newest > 0 && mark.newest_from <= device_time {
            mark.in_force = mark.newest;
        }
        if version < mark.in_force {
            return Err(PolicyNotAdopted::RolledBack {
                offered: version,
                seen: mark.in_force,
            });
        }
        let mut held = self.held.get(region).cloned().unwrap_or_default();
        if let Some(same) = held.iter().find(|one| one.policy.version() == version) {
            return if same.policy == policy {
                Ok(Adopted::Same)
            } else {
                Err(PolicyNotAdopted::TwoOfOneVersion(version))
            };
        }
        if version == mark.newest && policy.published() != mark.newest_published {
            return Err(PolicyNotAdopted::TwoOfOneVersion(version));
        }
        let published = policy.published();
        let in_order = held.iter().all(|one| {
            let (below, before) = (one.policy.version() < version, one.policy.published());
            if below {
                before <= published
            } else {
                published <= before
            }
        });
        if !in_order || (version > mark.newest && published < mark.newest_published) {
            return Err(PolicyNotAdopted::Order(version));
        }
        // What a later version in force has replaced goes.
        let current = in_force(&held, device_time).map_or(0, PublishedPolicy::version);
        held.retain(|one| one.policy.version() >= current.max(mark.in_force));
        if held.len() >= Self::MOST {
            return Err(PolicyNotAdopted::TooMany);
        }
        if version > mark.newest {
            mark.newest = version;
            mark.newest_from = policy.in_force_from();
            mark.newest_published = published;
            mark.root = root;
        }
        if policy.in_force_from() <= device_time {
            mark.in_force = mark.in_force.max(version);
        }
        held.push(Held { policy, root });
        held.sort_by_key(|one| one.policy.version());
        self.held.insert(region, held);
        self.marks.insert(region, mark);
        Ok(Adopted::New)
    }

    /// The policy by which gates of a region go at a time; none where it has ended, or none was taken.
    pub fn in_force(&self, region: DivisionCode, now: Timestamp) -> Option<&PublishedPolicy> {
        in_force(self.held.get(region)?, now)
    }

    /// Every policy of a region that is held, by version.
    pub fn of(&self, region: DivisionCode) -> impl Iterator<Item = &PublishedPolicy> {
        let held = self.held.get(region).map(Vec::as_slice).unwrap_or_default();
        held.iter().map(|one| &one.policy)
    }

    /// Forgets a region's policies that none of these roots signed: to be called with every new trust
    /// list, as for key lists.
    pub fn keep_only(&mut self, region: DivisionCode, roots: &[KeyId]) {
        if let Some(held) = self.held.get_mut(region) {
            held.retain(|one| roots.contains(&one.root));
        }
        let seen = self.marks.get(region);
        if seen.is_some_and(|seen| !roots.contains(&seen.root)) {
            self.marks.remove(region);
        }
    }

    /// The regions of which something is held or was seen.
    pub fn regions(&self) -> impl Iterator<Item = DivisionCode> {
        self.marks.iter().map(|(region, _)| region)
    }
}

/// The highest version whose time has come decides, and if its own time is over nothing does: an
/// earlier version never comes back.
fn in_force(held: &[Held], now: Timestamp) -> Option<&PublishedPolicy> {
    let mut begun = held.iter().rev().map(|one| &one.policy);
    let newest = begun.find(|policy| policy.in_force_from() <= now)?;
    (now < newest.valid_until()).then_some(newest)
}
