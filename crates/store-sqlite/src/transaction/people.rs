//! Everybody at once: standings, who is due, who is active.

use hc_code::Timestamp;
use hc_code::day_index::SubjectNumber;
use hc_core::standing::Standing;
use hc_core::store::{StoreError, SubjectState};
use rusqlite::params;

use super::Transaction;
use super::subject::state;
use crate::cells::Cells;
use crate::failure;

const SUBJECT: &str = "subject";

impl Transaction<'_> {
    pub(super) fn standing_of(
        &self,
        number: SubjectNumber,
    ) -> Result<Option<Standing>, StoreError> {
        let sql = "SELECT standing FROM subject WHERE number = ?1";
        let found = self.one(SUBJECT, sql, [number.expose_number()], |cells| {
            standing(cells, 0)
        })?;
        Ok(found.flatten())
    }

    pub(super) fn every_standing(
        &self,
        then: &mut dyn FnMut(SubjectNumber, SubjectState, Option<Standing>),
    ) -> Result<(), StoreError> {
        let sql = "SELECT number, state, successor, standing FROM subject";
        self.each(SUBJECT, sql, [], |cells| {
            then(cells.number(0)?, state(cells, 1, 2)?, standing(cells, 3)?);
            Ok(())
        })
    }

    pub(super) fn put_standing(
        &mut self,
        number: SubjectNumber,
        standing: &Standing,
    ) -> Result<(), StoreError> {
        // A horizon that stays spares its index: for most people it is never.
        let same = "UPDATE subject SET standing = ?3
                    WHERE number = ?1 AND state = 0 AND horizon = ?2";
        let moved =
            "UPDATE subject SET horizon = ?2, standing = ?3 WHERE number = ?1 AND state = 0";
        let bytes = standing.to_bytes();
        let values = params![number.expose_number(), standing.horizon.unix(), bytes];
        if self.change(SUBJECT, same, values)? == 1 || self.change(SUBJECT, moved, values)? == 1 {
            Ok(())
        } else {
            // Others of the same list may stand already.
            Err(self.fail(failure::refused(
                "a standing is written for a number that is not in use",
            )))
        }
    }

    pub(super) fn due_before(
        &self,
        before: Timestamp,
        limit: u32,
    ) -> Result<Vec<SubjectNumber>, StoreError> {
        // The number is `Timestamp::MAX`, as the index has it.
        let sql = "SELECT number FROM subject WHERE state = 0 AND horizon < 253402128000 AND horizon <= ?1
                   ORDER BY horizon, number LIMIT ?2";
        self.all(SUBJECT, sql, params![before.unix(), limit], |cells| {
            cells.number(0)
        })
    }

    pub(super) fn active_above(
        &self,
        after: Option<SubjectNumber>,
        limit: u32,
    ) -> Result<Vec<SubjectNumber>, StoreError> {
        let after = after.map_or(-1, |after| i64::from(after.expose_number()));
        // The plus keeps SQLite from reading everybody in the order of horizons.
        let sql = "SELECT number FROM subject WHERE number > ?1 AND +state = 0
                   ORDER BY number LIMIT ?2";
        self.all(SUBJECT, sql, params![after, limit], |cells| cells.number(0))
    }

    pub(super) fn count_active(&self) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM subject WHERE state = 0";
        let count = self.one(SUBJECT, sql, [], |cells| cells.whole(0))?;
        Ok(count.unwrap_or(0))
    }
}

/// The standing in a cell.
pub(super) fn standing(cells: &Cells<'_>, cell: usize) -> Result<Option<Standing>, StoreError> {
    let standing = cells.perhaps_bytes(cell)?.map(Standing::from_bytes);
    let standing = standing.transpose();
    standing.map_err(|error| cells.damaged(&error))
}
