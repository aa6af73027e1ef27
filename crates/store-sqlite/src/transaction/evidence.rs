//! Evidence, kept under documents.

use hc_core::evidence::KeptRow;
use hc_core::store::{DocumentHash, StoreError};
use rusqlite::params;

use super::Transaction;

const EVIDENCE: &str = "evidence";

impl Transaction<'_> {
    pub(super) fn evidence_under(
        &self,
        document: DocumentHash,
    ) -> Result<Vec<KeptRow>, StoreError> {
        let sql = "SELECT id, known, expires, plain, content FROM evidence WHERE document = ?1
                   ORDER BY id";
        self.all(EVIDENCE, sql, [document.as_bytes()], |cells| {
            let id = cells.array(0)?;
            Ok(KeptRow {
                id,
                known: cells.time(1)?,
                expires: cells.time(2)?,
                plain: cells.get(3)?,
                content: self.open(EVIDENCE, &key(document, &id), cells.bytes(4)?)?,
            })
        })
    }

    /// Writes in the order of the keys, so that a large batch goes through the table once.
    pub(super) fn put_evidence(
        &mut self,
        rows: &[(DocumentHash, KeptRow)],
    ) -> Result<Vec<bool>, StoreError> {
        let mut order: Vec<(usize, &(DocumentHash, KeptRow))> = rows.iter().enumerate().collect();
        order.sort_by_key(|(_, (document, row))| (*document, row.id));
        let mut new = vec![false; rows.len()];
        let sql = "INSERT INTO evidence (document, id, known, expires, plain, content)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                   ON CONFLICT DO UPDATE SET known = excluded.known, expires = excluded.expires,
                                             plain = min(plain, excluded.plain),
                                             content = excluded.content
                   WHERE excluded.known < known";
        for (place, (document, row)) in order {
            let sealed = self.seal(EVIDENCE, &key(*document, &row.id), &row.content)?;
            let values = params![
                document.as_bytes(),
                row.id,
                row.known.unix(),
                row.expires.unix(),
                row.plain,
                sealed
            ];
            let written = self.change(EVIDENCE, sql, values)?;
            if let Some(new) = new.get_mut(place) {
                *new = written > 0;
            }
        }
        Ok(new)
    }
}

fn key(document: DocumentHash, id: &[u8; 16]) -> [u8; 32] {
    let mut key = [0; 32];
    for (to, from) in key.iter_mut().zip(document.as_bytes().iter().chain(id)) {
        *to = *from;
    }
    key
}
