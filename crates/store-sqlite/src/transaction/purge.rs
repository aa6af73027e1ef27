//! What is past its retention goes, a bounded number of rows at a time.

use hc_code::Timestamp;
use hc_core::store::{Retention, StoreError};
use hc_tlog::entry::{Actor, Detail, Entry, IndexRange, Kind, LabelError, Role};
use rusqlite::params;

use super::Transaction;
use crate::failure;
use crate::ledger::signed;

/// The most rows of one table that go at once: so an act that waits behind a purge waits for well
/// under a second.
const MOST: u32 = 5_000;
/// The most ranges of sequences that one entry names.
const RANGES: usize = 200;

const LOG: &str = "log_entry";

impl Transaction<'_> {
    pub(super) fn remove_old(
        &mut self,
        now: Timestamp,
        retention: &Retention,
    ) -> Result<u64, StoreError> {
        let evidence = now.minus(retention.evidence);
        let records = now.minus(retention.records);
        let mut gone = self.forget_log_before(now.minus(retention.log), now)?;
        for (table, before, sql) in [
            (
                "evidence",
                evidence,
                "DELETE FROM evidence WHERE (document, id) IN
                 (SELECT document, id FROM evidence WHERE known < ?1 ORDER BY known LIMIT ?2)",
            ),
            (
                "declaration",
                evidence,
                "DELETE FROM declaration WHERE (number, at, serial) IN
                 (SELECT number, at, serial FROM declaration WHERE at < ?1 ORDER BY at LIMIT ?2)",
            ),
            (
                "batch",
                records,
                "DELETE FROM batch WHERE (source, reference) IN
                 (SELECT source, reference FROM batch WHERE at < ?1 ORDER BY at LIMIT ?2)",
            ),
            // What could not be sent went at its end, with an entry; this is for what nobody sends any more.
            (
                "outgoing",
                records,
                "DELETE FROM outgoing WHERE id IN
                 (SELECT id FROM outgoing WHERE until < ?1 ORDER BY at LIMIT ?2)",
            ),
            (
                "proposal",
                records,
                "DELETE FROM proposal WHERE id IN
                 (SELECT id FROM proposal WHERE until < ?1 ORDER BY until LIMIT ?2)",
            ),
            (
                "paper",
                records,
                "DELETE FROM paper WHERE pointer IN
                 (SELECT pointer FROM paper WHERE until < ?1 ORDER BY until LIMIT ?2)",
            ),
            (
                "guardianship",
                records,
                "DELETE FROM guardianship WHERE (guardian, ward) IN
                 (SELECT guardian, ward FROM guardianship WHERE until < ?1 ORDER BY until LIMIT ?2)",
            ),
            (
                "consent",
                records,
                "DELETE FROM consent WHERE (number, purpose) IN
                 (SELECT number, purpose FROM consent WHERE until < ?1 ORDER BY until LIMIT ?2)",
            ),
            // One that is open goes by its own clock.
            (
                "appeal",
                records,
                "DELETE FROM appeal WHERE id IN
                 (SELECT id FROM appeal WHERE closed < ?1 ORDER BY closed LIMIT ?2)",
            ),
            (
                "passkey",
                records,
                "DELETE FROM passkey WHERE credential IN
                 (SELECT credential FROM passkey WHERE until < ?1 ORDER BY until LIMIT ?2)",
            ),
            (
                "levels",
                records,
                "DELETE FROM levels WHERE at IN
                 (SELECT at FROM levels WHERE at < ?1 ORDER BY at LIMIT ?2)",
            ),
            (
                "party",
                records,
                "DELETE FROM party WHERE (kind, id) IN
                 (SELECT kind, id FROM party WHERE until < ?1 ORDER BY until LIMIT ?2)",
            ),
            // One that was in force stays: decisions of its time are replayed with it.
            (
                "pack",
                records,
                "DELETE FROM pack WHERE version IN
                 (SELECT version FROM pack WHERE at < ?1 AND activated IS NULL ORDER BY at LIMIT ?2)",
            ),
            // The newest says which areas are at risk now, however old it is.
            (
                "publication",
                evidence,
                "DELETE FROM publication WHERE at IN
                 (SELECT at FROM publication
                  WHERE at < ?1 AND at < (SELECT max(at) FROM publication WHERE at <= ?1)
                  ORDER BY at LIMIT ?2)",
            ),
            (
                "notice",
                records,
                "DELETE FROM notice WHERE (kind, at) IN
                 (SELECT kind, at FROM notice WHERE until < ?1 ORDER BY until LIMIT ?2)",
            ),
        ] {
            gone += self.change(table, sql, params![before.unix(), MOST])? as u64;
        }
        self.forgot |= gone > 0;
        Ok(gone)
    }

    /// Erases what opens old entries about people, and says so in the log, by sequence.
    fn forget_log_before(&mut self, before: Timestamp, now: Timestamp) -> Result<u64, StoreError> {
        let sql = "SELECT sequence FROM log_entry
                   WHERE at < ?1 AND content IS NOT NULL AND number IS NOT NULL
                   ORDER BY at, sequence LIMIT ?2";
        let mut old: Vec<u64> = self.all(LOG, sql, params![before.unix(), MOST], |cells| {
            cells.whole(0)
        })?;
        old.sort_unstable();
        let sql = "UPDATE log_entry SET content = NULL, number = NULL WHERE sequence = ?1";
        for sequence in &old {
            self.change(LOG, sql, [signed(*sequence)])?;
        }
        for (ranges, records) in ranges(&old) {
            let entry = erasure(now, ranges, records);
            let entry = entry.map_err(|error| self.fail(failure::refused(error.to_string())))?;
            self.append(&entry)?;
        }
        Ok(old.len() as u64)
    }
}

/// Sequences side by side as ranges, as many at once as one entry names, with how many they are.
fn ranges(sequences: &[u64]) -> Vec<(Vec<IndexRange>, u64)> {
    let runs: Vec<IndexRange> = sequences
        .chunk_by(|one, next| one + 1 == *next)
        .filter_map(|run| Some((*run.first()?, *run.last()?)))
        .filter_map(|(first, last)| IndexRange::new(first, last + 1).ok())
        .collect();
    runs.chunks(RANGES)
        .map(|some| {
            let count = some.iter().map(|range| range.end() - range.first()).sum();
            (some.to_vec(), count)
        })
        .collect()
}

fn erasure(
    now: Timestamp,
    ranges: Vec<IndexRange>,
    records: u64,
) -> Result<Entry, Box<dyn core::error::Error>> {
    let label = |text: &str| text.parse().map_err(|error: LabelError| error);
    let actor = Actor::new(Role::Service, label("retention")?);
    let mut details = vec![
        Detail::Reason(label("retention")?),
        Detail::Records(records),
    ];
    details.extend(ranges.into_iter().map(Detail::Erased));
    let at = u64::try_from(now.unix()).unwrap_or(0);
    Ok(Entry::new(Kind::Erasure, at, None, actor, details)?)
}
