//! Appeals: what somebody says is wrong, and what was answered.

use hc_code::Timestamp;
use hc_code::day_index::SubjectNumber;
use hc_core::store::{AppealRow, StoreError};
use rusqlite::params;

use super::Transaction;
use crate::cells::Cells;
use crate::ledger::signed;

const APPEAL: &str = "appeal";

impl Transaction<'_> {
    pub(super) fn appeal_of(&self, id: u64) -> Result<Option<AppealRow>, StoreError> {
        let sql = "SELECT id, number, at, due, state, closed, content FROM appeal WHERE id = ?1";
        self.one(APPEAL, sql, [signed(id)], |cells| self.appeal_row(cells))
    }

    pub(super) fn appeals_of(&self, number: SubjectNumber) -> Result<Vec<AppealRow>, StoreError> {
        let sql = "SELECT id, number, at, due, state, closed, content FROM appeal
                   WHERE number = ?1 ORDER BY id DESC";
        self.all(APPEAL, sql, [number.expose_number()], |cells| {
            self.appeal_row(cells)
        })
    }

    pub(super) fn appeals_due(
        &self,
        before: Timestamp,
        limit: u32,
    ) -> Result<Vec<AppealRow>, StoreError> {
        let sql = "SELECT id, number, at, due, state, closed, content FROM appeal
                   WHERE closed IS NULL AND due <= ?1 ORDER BY due, id LIMIT ?2";
        self.all(APPEAL, sql, params![before.unix(), limit], |cells| {
            self.appeal_row(cells)
        })
    }

    fn appeal_row(&self, cells: &Cells<'_>) -> Result<AppealRow, StoreError> {
        let id: u64 = cells.whole(0)?;
        Ok(AppealRow {
            id,
            number: cells.number(1)?,
            at: cells.time(2)?,
            due: cells.time(3)?,
            state: cells.word(4)?,
            closed: cells.perhaps_time(5)?,
            content: self.open(APPEAL, &id.to_be_bytes(), &cells.get::<Vec<u8>>(6)?)?,
        })
    }

    pub(super) fn put_appeal(&mut self, row: &AppealRow) -> Result<(), StoreError> {
        self.in_use(row.number)?;
        let sealed = self.seal(APPEAL, &row.id.to_be_bytes(), &row.content)?;
        let sql = "INSERT OR REPLACE INTO appeal (id, number, at, due, state, closed, content)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        let values = params![
            signed(row.id),
            row.number.expose_number(),
            row.at.unix(),
            row.due.unix(),
            row.state.to_string(),
            row.closed.map(Timestamp::unix),
            sealed
        ];
        self.change(APPEAL, sql, values)?;
        Ok(())
    }
}
