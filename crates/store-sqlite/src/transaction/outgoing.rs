//! What waits to be sent to other regions.

use hc_code::{DivisionCode, Timestamp};
use hc_core::store::{DocumentHash, OutgoingRow, StoreError, WaitingToGo};
use rusqlite::params;

use super::Transaction;
use crate::cells::Cells;

const OUTGOING: &str = "outgoing";

impl Transaction<'_> {
    pub(super) fn outgoing_of(&self, id: &[u8; 16]) -> Result<Option<OutgoingRow>, StoreError> {
        let sql = "SELECT id, kind, recipient, about, at, until, next, tries, content
                   FROM outgoing WHERE id = ?1";
        self.one(OUTGOING, sql, [id], |cells| self.outgoing_row(cells))
    }

    pub(super) fn outgoing_due(
        &self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<OutgoingRow>, StoreError> {
        // So that many messages to one region do not stand before those to another.
        let sql = "SELECT id, kind, recipient, about, at, until, next, tries, content
                   FROM (SELECT *, row_number() OVER (PARTITION BY recipient ORDER BY next, id) AS place
                         FROM outgoing WHERE next <= ?1)
                   WHERE place <= ?2 ORDER BY next, id";
        self.all(OUTGOING, sql, params![now.unix(), limit], |cells| {
            self.outgoing_row(cells)
        })
    }

    pub(super) fn outgoing_waiting(&self) -> Result<WaitingToGo, StoreError> {
        let sql = "SELECT count(*), min(at) FROM outgoing";
        let found = self.one(OUTGOING, sql, [], |cells| {
            Ok(WaitingToGo {
                count: cells.whole(0)?,
                oldest: cells.perhaps_time(1)?,
            })
        })?;
        Ok(found.unwrap_or_default())
    }

    fn outgoing_row(&self, cells: &Cells<'_>) -> Result<OutgoingRow, StoreError> {
        let id = cells.array(0)?;
        let to: Option<String> = cells.get(2)?;
        let to: Option<DivisionCode> = to
            .map(|to| to.parse())
            .transpose()
            .map_err(|error| cells.damaged(&error))?;
        let about: Option<Vec<u8>> = cells.get(3)?;
        let about = match about {
            Some(_) => Some(DocumentHash::from_bytes(cells.array(3)?)),
            None => None,
        };
        Ok(OutgoingRow {
            id,
            kind: cells.word(1)?,
            to,
            about,
            at: cells.time(4)?,
            until: cells.time(5)?,
            next: cells.time(6)?,
            tries: cells.whole(7)?,
            content: self.open(OUTGOING, &id, &cells.get::<Vec<u8>>(8)?)?,
        })
    }

    pub(super) fn put_outgoing(&mut self, row: &OutgoingRow) -> Result<(), StoreError> {
        let sealed = self.seal(OUTGOING, &row.id, &row.content)?;
        let sql = "INSERT OR REPLACE INTO outgoing
                   (id, kind, recipient, about, at, until, next, tries, content)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
        let values = params![
            row.id,
            row.kind.to_string(),
            row.to.map(|to| to.to_string()),
            row.about.as_ref().map(DocumentHash::as_bytes),
            row.at.unix(),
            row.until.unix(),
            row.next.unix(),
            row.tries,
            sealed
        ];
        self.change(OUTGOING, sql, values)?;
        Ok(())
    }

    pub(super) fn drop_outgoing(&mut self, id: &[u8; 16]) -> Result<(), StoreError> {
        self.change(OUTGOING, "DELETE FROM outgoing WHERE id = ?1", [id])?;
        self.forgot = true;
        Ok(())
    }
}
