//! What a gate loads in a day.

use hc_code::Timestamp;
use hc_code::status_list::{Delta, HeldLists, ListBook};

use super::{ProofError, Province, STEP, times};

/// What a gate that asks every five minutes loads between 8 and 24 o'clock, beside the list itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct DayTraffic {
    /// Signed deltas that were loaded.
    pub deltas: usize,
    /// Positions that changed in all of them.
    pub changes: usize,
    /// Their bytes.
    pub bytes: usize,
}

/// How long people stay what they are, on average, in days: then each exception comes and goes
/// once, which makes two changes.
const STAY_DAYS: usize = 14;

/// Publishes and takes the deltas of a day on which the outbreak neither grows nor shrinks.
pub(super) fn day_of_a_gate(
    province: &mut Province,
    book: &mut ListBook,
    held: &mut HeldLists,
    from: Timestamp,
) -> Result<DayTraffic, ProofError> {
    let steps = 16 * 12 - 1;
    let changes_a_day = 2 * province.exceptions.len() / STAY_DAYS;
    let per_step = changes_a_day / 288;
    let mut traffic = DayTraffic::default();
    let mut now = from;
    for _ in 0..steps {
        now = now.plus(STEP);
        for (index, value) in province.changes(book, per_step)? {
            book.note(index, value)?;
        }
        let bytes = book.publish(times(now), &province.signer)?;
        held.accept_delta(&Delta::open(&bytes, &province.issuer())?, now)?;
        traffic.deltas += 1;
        traffic.changes += per_step;
        traffic.bytes += bytes.len();
    }
    Ok(traffic)
}
