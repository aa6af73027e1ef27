//! What is past its retention goes, a bounded number of rows at a time.

use hc_code::Timestamp;
use hc_core::store::{Retention, StoreError};
use rusqlite::params;

use super::Transaction;

/// The most rows of one table that go at once: so an act that waits behind a purge waits for well
/// under a second.
const MOST: u32 = 5_000;

impl Transaction<'_> {
    pub(super) fn remove_old(
        &mut self,
        now: Timestamp,
        retention: &Retention,
    ) -> Result<u64, StoreError> {
        let evidence = now.minus(retention.evidence);
        let log = now.minus(retention.log);
        let records = now.minus(retention.records);
        let mut gone = 0;
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
                "log_entry",
                log,
                "UPDATE log_entry SET content = NULL, number = NULL WHERE sequence IN
                 (SELECT sequence FROM log_entry WHERE at < ?1 AND content IS NOT NULL
                  ORDER BY at LIMIT ?2)",
            ),
            (
                "batch",
                records,
                "DELETE FROM batch WHERE (source, reference) IN
                 (SELECT source, reference FROM batch WHERE at < ?1 ORDER BY at LIMIT ?2)",
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
        ] {
            gone += self.change(table, sql, params![before.unix(), MOST])? as u64;
        }
        self.forgot |= gone > 0;
        Ok(gone)
    }
}
