//! Open calls: serial numbers with their random numbers, each for one application, one kind and one use.

use core::hash::{BuildHasherDefault, Hasher};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use hc_code::{Span, Timestamp};
use hc_gbt::ResultCode;
use hc_node::party::PartyId;

/// What a call is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CallKind {
    /// Making a code.
    Make,
    /// Verifying one.
    Verify,
}

/// A serial number: 16 random bytes.
pub(crate) type Serial = [u8; 16];
/// The random number that comes with it.
pub(crate) type RandomNumber = [u8; 32];

/// How long a call is open.
pub(crate) const LIFE: Span = Span::seconds(60);
/// The most calls that are open at once, of all applications.
const MOST: usize = 1 << 18;
/// The most of one application.
const MOST_OF_ONE: usize = 1 << 15;
/// So many used serial numbers are told apart from unknown ones: as many as stay in a processor's cache.
const USED_KEPT: usize = 1 << 12;

/// The open calls of this node.
#[derive(Debug, Default)]
pub(crate) struct Calls(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    open: Opened,
    batches: VecDeque<Batch>,
    /// The number of the first of them.
    first_batch: u64,
    /// By what number each application that ever opened a call is known here.
    applications: BTreeMap<String, u32>,
    /// How many calls each of them has open, by that number.
    counts: Vec<usize>,
    used: Used,
    used_by_age: VecDeque<Serial>,
}

#[expect(
    clippy::disallowed_types,
    reason = "nothing goes through them: serial numbers are looked up, two hundred thousand of them"
)]
type Opened = std::collections::HashMap<Serial, Open, BuildHasherDefault<FirstBytes>>;
#[expect(clippy::disallowed_types, reason = "as above")]
type Used = std::collections::HashSet<Serial, BuildHasherDefault<FirstBytes>>;

/// The first eight bytes of a serial number as they are: they were drawn here, so nobody can make them collide.
#[derive(Clone, Copy, Debug, Default)]
struct FirstBytes(u64);

impl Hasher for FirstBytes {
    fn write(&mut self, bytes: &[u8]) {
        // The length comes before, and is written over.
        if let Some(first) = bytes.first_chunk::<8>() {
            self.0 = u64::from_le_bytes(*first);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[derive(Debug)]
struct Open {
    application: u32,
    kind: CallKind,
    random: RandomNumber,
    batch: u64,
}

/// Calls that were opened at once and end together. Nearly always all were used by then, and nobody looks for them.
#[derive(Debug)]
struct Batch {
    until: Timestamp,
    serials: Vec<Serial>,
    open: usize,
}

impl Calls {
    /// Opens calls.
    ///
    /// # Errors
    /// [`ResultCode::CallsOpen`], [`ResultCode::Busy`]; none is open then.
    pub(crate) fn open(
        &self,
        application: &PartyId,
        kind: CallKind,
        drawn: &[(Serial, RandomNumber)],
        now: Timestamp,
    ) -> Result<(), ResultCode> {
        let mut state = self.state();
        state.expire(now);
        let application = state.number(application);
        if state.count(application) + drawn.len() > MOST_OF_ONE {
            return Err(ResultCode::CallsOpen);
        }
        if state.open.len() + drawn.len() > MOST {
            return Err(ResultCode::Busy);
        }
        let batch = state.first_batch + state.batches.len() as u64;
        for (serial, random) in drawn {
            let open = Open {
                application,
                kind,
                random: *random,
                batch,
            };
            state.open.insert(*serial, open);
        }
        state.batches.push_back(Batch {
            until: now.plus(LIFE),
            serials: drawn.iter().map(|(serial, _)| *serial).collect(),
            open: drawn.len(),
        });
        state.add(application, drawn.len());
        Ok(())
    }

    /// The random number of an open call, which stays open.
    ///
    /// # Errors
    /// The [`ResultCode`] of why there is none for this application and kind.
    pub(crate) fn random(
        &self,
        serial: &Serial,
        (application, kind): (&PartyId, CallKind),
        now: Timestamp,
    ) -> Result<RandomNumber, ResultCode> {
        let mut state = self.state();
        state.expire(now);
        let Some(open) = state.open.get(serial) else {
            return Err(if state.used.contains(serial) {
                ResultCode::SerialUsed
            } else {
                ResultCode::SerialUnknown
            });
        };
        if state.applications.get(application.as_str()) != Some(&open.application) {
            return Err(ResultCode::SerialOtherApplication);
        }
        if open.kind != kind {
            return Err(ResultCode::SerialOtherKind);
        }
        Ok(open.random)
    }

    /// Uses an open call.
    ///
    /// # Errors
    /// [`ResultCode::SerialUsed`] where somebody was faster.
    pub(crate) fn take(&self, serial: &Serial) -> Result<(), ResultCode> {
        let mut state = self.state();
        let open = state.open.remove(serial).ok_or(ResultCode::SerialUsed)?;
        state.closed(open.application);
        let place = usize::try_from(open.batch - state.first_batch).ok();
        if let Some(batch) = place.and_then(|place| state.batches.get_mut(place)) {
            batch.open = batch.open.saturating_sub(1);
        }
        state.used.insert(*serial);
        state.used_by_age.push_back(*serial);
        if state.used_by_age.len() > USED_KEPT
            && let Some(oldest) = state.used_by_age.pop_front()
        {
            state.used.remove(&oldest);
        }
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn expire(&mut self, now: Timestamp) {
        while let Some(batch) = self.batches.pop_front_if(|batch| batch.until <= now) {
            self.first_batch += 1;
            if batch.open == 0 {
                continue;
            }
            for serial in &batch.serials {
                // A used one is not there any more.
                if let Some(open) = self.open.remove(serial) {
                    self.closed(open.application);
                }
            }
        }
    }

    /// There are as many as applications that were ever registered: only a message whose signature holds opens a call.
    fn number(&mut self, application: &PartyId) -> u32 {
        if let Some(number) = self.applications.get(application.as_str()) {
            return *number;
        }
        let number = u32::try_from(self.counts.len()).unwrap_or(u32::MAX);
        self.counts.push(0);
        self.applications
            .insert(application.as_str().to_owned(), number);
        number
    }

    fn count(&self, application: u32) -> usize {
        let place = usize::try_from(application).ok();
        let count = place.and_then(|place| self.counts.get(place));
        count.copied().unwrap_or_default()
    }

    fn add(&mut self, application: u32, calls: usize) {
        let place = usize::try_from(application).ok();
        if let Some(count) = place.and_then(|place| self.counts.get_mut(place)) {
            *count += calls;
        }
    }

    fn closed(&mut self, application: u32) {
        let place = usize::try_from(application).ok();
        if let Some(count) = place.and_then(|place| self.counts.get_mut(place)) {
            *count = count.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp::from_unix(1_657_857_600);

    fn id(text: &str) -> PartyId {
        PartyId::parse(text).unwrap()
    }

    #[test]
    fn a_call_is_for_one_application_one_kind_and_one_use() {
        let calls = Calls::default();
        let (one, other) = (id("one"), id("other"));
        calls
            .open(&one, CallKind::Make, &[([1; 16], [2; 32])], NOON)
            .unwrap();
        let ask = |serial, application, kind| calls.random(&serial, (application, kind), NOON);
        assert_eq!(
            ask([9; 16], &one, CallKind::Make),
            Err(ResultCode::SerialUnknown)
        );
        assert_eq!(
            ask([1; 16], &other, CallKind::Make),
            Err(ResultCode::SerialOtherApplication)
        );
        assert_eq!(
            ask([1; 16], &one, CallKind::Verify),
            Err(ResultCode::SerialOtherKind)
        );
        assert_eq!(ask([1; 16], &one, CallKind::Make), Ok([2; 32]));
        assert_eq!(calls.take(&[1; 16]), Ok(()));
        assert_eq!(calls.take(&[1; 16]), Err(ResultCode::SerialUsed));
        assert_eq!(
            ask([1; 16], &one, CallKind::Make),
            Err(ResultCode::SerialUsed)
        );
    }

    #[test]
    fn a_call_ends_after_a_minute_and_frees_its_place() {
        let calls = Calls::default();
        let one = id("one");
        let drawn: Vec<_> = (0..MOST_OF_ONE as u64)
            .map(|place| {
                let mut serial = [0; 16];
                serial[..8].copy_from_slice(&place.to_be_bytes());
                (serial, [0; 32])
            })
            .collect();
        calls.open(&one, CallKind::Make, &drawn, NOON).unwrap();
        let more = [([255; 16], [0; 32])];
        let full = calls.open(&one, CallKind::Make, &more, NOON);
        assert_eq!(full, Err(ResultCode::CallsOpen));
        let later = NOON.plus(LIFE);
        assert_eq!(calls.open(&one, CallKind::Make, &more, later), Ok(()));
        let gone = calls.random(&drawn[0].0, (&one, CallKind::Make), later);
        assert_eq!(gone, Err(ResultCode::SerialUnknown));
    }
}
