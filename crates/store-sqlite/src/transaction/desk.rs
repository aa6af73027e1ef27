//! What officers sign in with, and the counts that they see.

use hc_code::Timestamp;
use hc_core::store::{LevelsRow, PasskeyRow, StoreError};
use rusqlite::params;

use super::Transaction;
use crate::cells::Cells;
use crate::ledger::signed;

const PASSKEY: &str = "passkey";
const LEVELS: &str = "levels";

impl Transaction<'_> {
    pub(super) fn passkey_of(&self, credential: &[u8]) -> Result<Option<PasskeyRow>, StoreError> {
        let sql = "SELECT credential, officer, at, until, content FROM passkey
                   WHERE credential = ?1";
        self.one(PASSKEY, sql, [credential], |cells| self.passkey_row(cells))
    }

    pub(super) fn passkeys_of(&self, officer: &str) -> Result<Vec<PasskeyRow>, StoreError> {
        let sql = "SELECT credential, officer, at, until, content FROM passkey
                   WHERE officer = ?1 ORDER BY at, credential";
        self.all(PASSKEY, sql, [officer], |cells| self.passkey_row(cells))
    }

    fn passkey_row(&self, cells: &Cells<'_>) -> Result<PasskeyRow, StoreError> {
        let credential: Vec<u8> = cells.get(0)?;
        let content = self.open(PASSKEY, &credential, &cells.get::<Vec<u8>>(4)?)?;
        Ok(PasskeyRow {
            officer: cells.get(1)?,
            at: cells.time(2)?,
            until: cells.time(3)?,
            credential,
            content,
        })
    }

    pub(super) fn put_passkey(&mut self, row: &PasskeyRow) -> Result<(), StoreError> {
        let sealed = self.seal(PASSKEY, &row.credential, &row.content)?;
        let sql = "INSERT OR REPLACE INTO passkey (credential, officer, at, until, content)
                   VALUES (?1, ?2, ?3, ?4, ?5)";
        let (at, until) = (row.at.unix(), row.until.unix());
        let values = params![row.credential, row.officer, at, until, sealed];
        self.change(PASSKEY, sql, values)?;
        Ok(())
    }

    pub(super) fn levels_since(&self, first: Timestamp) -> Result<Vec<LevelsRow>, StoreError> {
        let sql = "SELECT at, low, medium, high, unknown FROM levels WHERE at >= ?1 ORDER BY at";
        self.all(LEVELS, sql, [first.unix()], |cells| {
            Ok(LevelsRow {
                at: cells.time(0)?,
                low: cells.whole(1)?,
                medium: cells.whole(2)?,
                high: cells.whole(3)?,
                unknown: cells.whole(4)?,
            })
        })
    }

    pub(super) fn put_levels(&mut self, row: &LevelsRow) -> Result<(), StoreError> {
        let sql = "INSERT OR REPLACE INTO levels (at, low, medium, high, unknown)
                   VALUES (?1, ?2, ?3, ?4, ?5)";
        let counts = [row.low, row.medium, row.high, row.unknown].map(signed);
        let [low, medium, high, unknown] = counts;
        self.change(
            LEVELS,
            sql,
            params![row.at.unix(), low, medium, high, unknown],
        )?;
        Ok(())
    }
}
