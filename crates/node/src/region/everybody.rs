//! Deciding anew without anybody having asked: who is due by the clock, and everybody when rules or areas change.

use std::collections::BTreeMap;
use std::num::{NonZeroU16, NonZeroU32};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use futures_util::future::try_join_all;
use hc_code::day_index::SubjectNumber;
use hc_code::signing::Signer;
use hc_core::act::{self, ActError};
use hc_core::rulebook::Rulebook;
use hc_core::store::{DocumentHash, Store};

use super::{Region, RegionError, apply, held};

/// How everybody is gone through.
#[derive(Clone, Copy, Debug)]
pub struct Steps {
    /// So many questions are asked beside each other, each about its own part of them; as many cores are
    /// busy.
    pub lanes: NonZeroU16,
    /// So many people one question looks at, and one act decides, so that others come in between.
    pub at_once: NonZeroU32,
}

/// Who turns, by number, with a document.
type Turning = BTreeMap<SubjectNumber, DocumentHash>;

impl<S: Store, R: Signer + Send + Sync + 'static> Region<S, R> {
    /// Decides everybody anew whose standing is not known beyond this second. Gives how many.
    ///
    /// # Errors
    /// [`RegionError`].
    pub async fn redecide_due(&self, limit: u32) -> Result<usize, RegionError> {
        let now = self.clock.now();
        let standings = Arc::clone(&self.standings);
        let changed = self
            .write(move |writing, rulebook| {
                let due = writing.due(now, limit)?;
                let mut documents = Vec::with_capacity(due.len());
                for number in due {
                    documents.extend(writing.hashes(number)?.first());
                }
                let changed = act::redecide(writing, rulebook, &documents, now)?;
                apply(writing, &standings, &changed);
                Ok(changed)
            })
            .await?;
        Ok(changed.len())
    }

    /// Decides everybody anew: after a start, since rules and areas may be others than those that the
    /// store was left with, and whenever they change. `progress` hears how many were looked at. Gives
    /// how many have another standing.
    ///
    /// Everybody is looked at by reading alone, beside all that goes on. Only who turns is then decided
    /// anew among the acts: whoever an act changed meanwhile was decided by the new rules there.
    ///
    /// # Errors
    /// [`RegionError`]; whoever was decided stays so.
    pub async fn redecide_everybody(
        &self,
        steps: Steps,
        progress: impl Fn(u64),
    ) -> Result<u64, RegionError> {
        let looked = AtomicU64::new(0);
        let lanes = (0..steps.lanes.get()).map(|lane| {
            let rulebook = self.rulebook().clone();
            self.look(
                rulebook,
                lane_of(lane, steps.lanes),
                steps.at_once,
                |more| {
                    progress(looked.fetch_add(more, Ordering::Relaxed) + more);
                },
            )
        });
        let mut turning = Turning::new();
        for mut found in try_join_all(lanes).await? {
            turning.append(&mut found);
        }
        // In the order of numbers, in which standings lie side by side.
        let documents: Vec<DocumentHash> = turning.into_values().collect();
        let mut turned = 0;
        for some in documents.chunks(steps.at_once.get() as usize) {
            let (some, standings) = (some.to_vec(), Arc::clone(&self.standings));
            let now = self.clock.now();
            let changed = self
                .write(move |writing, rulebook| {
                    let changed = act::redecide(writing, rulebook, &some, now)?;
                    apply(writing, &standings, &changed);
                    Ok(changed.len())
                })
                .await?;
            turned += changed as u64;
        }
        Ok(turned)
    }

    /// Who turns of those whose documents lie in a part of all.
    async fn look(
        &self,
        rulebook: Rulebook,
        (mut after, end): (Option<DocumentHash>, Option<DocumentHash>),
        at_once: NonZeroU32,
        progress: impl Fn(u64),
    ) -> Result<Turning, RegionError> {
        let rulebook = Arc::new(Mutex::new(rulebook));
        let mut turning = Turning::new();
        loop {
            let (now, rulebook) = (self.clock.now(), Arc::clone(&rulebook));
            let (found, last, looked) = self
                .store
                .read(move |reading| {
                    let mut hashes = reading.hashes_after(after, at_once.get())?;
                    hashes.retain(|hash| end.is_none_or(|end| *hash <= end));
                    let found = act::turning(reading, &mut held(&rulebook), &hashes, now)?;
                    Ok::<_, ActError>((found, hashes.last().copied(), hashes.len()))
                })
                .await
                .map_err(RegionError::Act)?;
            turning.extend(found);
            progress(looked as u64);
            if last.is_none() {
                return Ok(turning);
            }
            after = last;
        }
    }
}

/// A lane's part of all hashes: after the first, up to and with the second.
fn lane_of(lane: u16, of: NonZeroU16) -> (Option<DocumentHash>, Option<DocumentHash>) {
    let border = |lane: u16| {
        let first = (u32::from(lane) << 16) / u32::from(of.get());
        // None before the first lane and behind the last.
        let first = u16::try_from(first).ok().filter(|first| *first > 0)?;
        let mut bytes = [0xff; 16];
        let [high, low] = (first - 1).to_be_bytes();
        (bytes[0], bytes[1]) = (high, low);
        Some(DocumentHash::from_bytes(bytes))
    };
    (border(lane), border(lane.saturating_add(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_follow_each_other_from_the_first_hash_to_the_last() {
        for of in [1, 2, 3, 7, 1000, u16::MAX] {
            let of = NonZeroU16::new(of).unwrap();
            let lanes: Vec<_> = (0..of.get()).map(|lane| lane_of(lane, of)).collect();
            assert_eq!(lanes[0].0, None);
            assert_eq!(lanes.last().unwrap().1, None);
            for pair in lanes.windows(2) {
                assert_eq!(pair[0].1, pair[1].0);
                assert!(pair[0].1.is_some() && pair[0].1 > pair[0].0);
            }
        }
    }
}
