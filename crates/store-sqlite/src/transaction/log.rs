//! The decision log: written with the act, opened and erased beside the tree.

use hc_code::day_index::SubjectNumber;
use hc_core::store::{LogRow, StoreError};
use hc_tlog::entry::{Entry, Kind, SubjectRef};
use hc_tlog::tile::TileId;
use hc_tlog::{Commitment, Frontier, Opening};
use rusqlite::params;

use super::Transaction;
use crate::cells::Cells;
use crate::failure;
use crate::ledger::{self, signed};

const LOG: &str = "log_entry";

impl Transaction<'_> {
    pub(super) fn append(&mut self, entry: &Entry) -> Result<u64, StoreError> {
        let number = entry.subject().map(number).transpose();
        let number = number.map_err(|error| self.fail(error))?;
        let Some(ledger) = self.ledger.as_mut() else {
            return Err(failure::refused("a reading does not write the log"));
        };
        let (sequence, commitment, opening) = ledger.add(entry);
        let key = sequence.to_be_bytes();
        let sealed = self.seal(LOG, &key, &opening.expose_bytes())?;
        let sql = "INSERT INTO log_entry (sequence, commitment, at, number, content)
                   VALUES (?1, ?2, ?3, ?4, ?5)";
        let values = params![
            signed(sequence),
            commitment.as_bytes(),
            signed(entry.at()),
            number,
            sealed
        ];
        self.change(LOG, sql, values)?;
        Ok(sequence)
    }

    pub(crate) fn entries_from(&self, first: u64, limit: u32) -> Result<Vec<LogRow>, StoreError> {
        let sql = "SELECT sequence, commitment, content FROM log_entry WHERE sequence >= ?1
                   ORDER BY sequence LIMIT ?2";
        self.all(LOG, sql, params![signed(first), limit], |cells| {
            self.entry(cells)
        })
    }

    pub(super) fn entries_of(
        &self,
        number: SubjectNumber,
        limit: u32,
    ) -> Result<Vec<LogRow>, StoreError> {
        let sql = "SELECT sequence, commitment, content FROM log_entry WHERE number = ?1
                   ORDER BY sequence DESC LIMIT ?2";
        self.all(LOG, sql, [number.expose_number(), limit], |cells| {
            self.entry(cells)
        })
    }

    pub(super) fn edge(&self) -> Result<Frontier, StoreError> {
        match &self.ledger {
            Some(ledger) => Ok(ledger.ahead()?.frontier),
            None => ledger::frontier(self.connection),
        }
    }

    pub(super) fn tile(&self, id: TileId) -> Result<Option<Vec<u8>>, StoreError> {
        if let Some(ledger) = &self.ledger {
            let place = (id.level(), id.index());
            let mut ahead = ledger.ahead()?.tiles.into_iter();
            let found = ahead.find(|tile| (tile.id().level(), tile.id().index()) == place);
            if let Some(tile) = found {
                return Ok((tile.id().width() >= id.width()).then(|| tile.to_bytes()));
            }
        }
        ledger::tile(self.connection, id)
    }

    /// Erases what opens a subject's entries. That they were erased stays legible.
    pub(super) fn forget_log_of(&mut self, number: u32) -> Result<(), StoreError> {
        let kept = self.entries_of(SubjectNumber::new(number), u32::MAX)?;
        let sql = "UPDATE log_entry SET content = NULL, number = NULL WHERE sequence = ?1";
        for row in kept {
            let erasure = row
                .opened
                .is_some_and(|(_, entry)| entry.kind() == Kind::Erasure);
            if !erasure {
                self.change(LOG, sql, [signed(row.sequence)])?;
            }
        }
        Ok(())
    }

    fn entry(&self, cells: &Cells<'_>) -> Result<LogRow, StoreError> {
        let sequence: u64 = cells.whole(0)?;
        let sealed: Option<Vec<u8>> = cells.get(2)?;
        let opened = sealed.map(|sealed| -> Result<_, StoreError> {
            let bytes = self.open(LOG, &sequence.to_be_bytes(), &sealed)?;
            let opening = Opening::from_bytes(&bytes);
            let opening = opening.ok_or_else(|| cells.damaged("an opening without a salt"))?;
            let entry = opening.content().entry();
            let entry = entry.map_err(|error| cells.damaged(&error))?;
            Ok((opening.salt().clone(), entry))
        });
        Ok(LogRow {
            sequence,
            commitment: Commitment::from_bytes(cells.array(1)?),
            opened: opened.transpose()?,
        })
    }
}

/// The number that a reference of ours is made of.
fn number(subject: SubjectRef) -> Result<u32, StoreError> {
    let whole = u128::from_be_bytes(*subject.expose_bytes());
    u32::try_from(whole).map_err(|_| failure::refused("the entry names no subject of this store"))
}
