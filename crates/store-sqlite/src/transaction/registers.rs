//! What is kept about the region's work: batches, parties, packs, proposals, papers, publications,
//! notices.

use hc_code::Timestamp;
use hc_code::day_index::SubjectNumber;
use hc_core::store::{
    BatchRow, BatchState, NoticeRow, PackRow, PaperRow, PartyKind, PartyRow, ProposalRow,
    ProposalState, PublicationRow, RecognitionRow, StoreError,
};
use rusqlite::params;

use super::{Transaction, key_of};
use crate::cells::Cells;
use crate::failure;

const BATCH: &str = "batch";
const PARTY: &str = "party";
const PACK: &str = "pack";
const PROPOSAL: &str = "proposal";
const RECOGNITION: &str = "recognition";
const PAPER: &str = "paper";
const PUBLICATION: &str = "publication";
const NOTICE: &str = "notice";
const SECRET_MARK: &str = "secret_mark";

impl Transaction<'_> {
    pub(super) fn batch_of(
        &self,
        source: &str,
        reference: &str,
    ) -> Result<Option<BatchRow>, StoreError> {
        let sql = "SELECT source, reference, digest, at, state, rows, quarantined, content
                   FROM batch WHERE source = ?1 AND reference = ?2";
        self.one(BATCH, sql, [source, reference], |cells| {
            self.batch_row(cells)
        })
    }

    pub(super) fn latest_batches(
        &self,
        state: BatchState,
        limit: u32,
    ) -> Result<Vec<BatchRow>, StoreError> {
        let sql = "SELECT source, reference, digest, at, state, rows, quarantined
                   FROM batch WHERE state = ?1 ORDER BY at DESC, source, reference LIMIT ?2";
        let asked = params![state.to_string(), limit];
        self.all(BATCH, sql, asked, |cells| {
            Ok(BatchRow {
                source: cells.get(0)?,
                reference: cells.get(1)?,
                digest: cells.array(2)?,
                at: cells.time(3)?,
                state: cells.word(4)?,
                rows: cells.whole(5)?,
                quarantined: cells.whole(6)?,
                content: Vec::new(),
            })
        })
    }

    pub(super) fn batches_of_state(&self, state: BatchState) -> Result<Vec<BatchRow>, StoreError> {
        let sql = "SELECT source, reference, digest, at, state, rows, quarantined, content
                   FROM batch WHERE state = ?1 ORDER BY at, source, reference";
        self.all(BATCH, sql, [state.to_string()], |cells| {
            self.batch_row(cells)
        })
    }

    fn batch_row(&self, cells: &Cells<'_>) -> Result<BatchRow, StoreError> {
        let (source, reference): (String, String) = (cells.get(0)?, cells.get(1)?);
        let key = key_of(&source, &reference);
        Ok(BatchRow {
            source,
            reference,
            digest: cells.array(2)?,
            at: cells.time(3)?,
            state: cells.word(4)?,
            rows: cells.whole(5)?,
            quarantined: cells.whole(6)?,
            content: self.open(BATCH, &key, &cells.get::<Vec<u8>>(7)?)?,
        })
    }

    pub(super) fn put_batch(&mut self, row: &BatchRow) -> Result<(), StoreError> {
        let key = key_of(&row.source, &row.reference);
        let sealed = self.seal(BATCH, &key, &row.content)?;
        let sql = "INSERT OR REPLACE INTO batch
                   (source, reference, digest, at, state, rows, quarantined, content)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
        let values = params![
            row.source,
            row.reference,
            row.digest,
            row.at.unix(),
            row.state.to_string(),
            row.rows,
            row.quarantined,
            sealed
        ];
        self.change(BATCH, sql, values)?;
        Ok(())
    }

    pub(super) fn party_of(
        &self,
        kind: PartyKind,
        id: &str,
    ) -> Result<Option<PartyRow>, StoreError> {
        let sql = "SELECT kind, id, at, until, content FROM party WHERE kind = ?1 AND id = ?2";
        self.one(PARTY, sql, params![kind.to_string(), id], |cells| {
            self.party_row(cells)
        })
    }

    pub(super) fn parties_of(&self, kind: PartyKind) -> Result<Vec<PartyRow>, StoreError> {
        let sql = "SELECT kind, id, at, until, content FROM party WHERE kind = ?1 ORDER BY id";
        self.all(PARTY, sql, [kind.to_string()], |cells| {
            self.party_row(cells)
        })
    }

    fn party_row(&self, cells: &Cells<'_>) -> Result<PartyRow, StoreError> {
        let (kind, id): (PartyKind, String) = (cells.word(0)?, cells.get(1)?);
        let key = key_of(&kind.to_string(), &id);
        Ok(PartyRow {
            kind,
            id,
            at: cells.time(2)?,
            until: cells.time(3)?,
            content: self.open(PARTY, &key, &cells.get::<Vec<u8>>(4)?)?,
        })
    }

    pub(super) fn put_party(&mut self, row: &PartyRow) -> Result<(), StoreError> {
        let kind = row.kind.to_string();
        let sealed = self.seal(PARTY, &key_of(&kind, &row.id), &row.content)?;
        let sql = "INSERT OR REPLACE INTO party (kind, id, at, until, content)
                   VALUES (?1, ?2, ?3, ?4, ?5)";
        let values = params![kind, row.id, row.at.unix(), row.until.unix(), sealed];
        self.change(PARTY, sql, values)?;
        Ok(())
    }

    pub(super) fn all_packs(&self) -> Result<Vec<PackRow>, StoreError> {
        let sql = "SELECT version, at, activated, text FROM pack ORDER BY version";
        self.all(PACK, sql, [], |cells| {
            Ok(PackRow {
                version: cells.whole(0)?,
                at: cells.time(1)?,
                activated: cells.perhaps_time(2)?,
                text: cells.get(3)?,
            })
        })
    }

    pub(super) fn put_pack(&mut self, row: &PackRow) -> Result<(), StoreError> {
        let sql = "INSERT OR REPLACE INTO pack (version, at, activated, text)
                   VALUES (?1, ?2, ?3, ?4)";
        let activated = row.activated.map(Timestamp::unix);
        let values = params![row.version, row.at.unix(), activated, row.text];
        self.change(PACK, sql, values)?;
        Ok(())
    }

    pub(super) fn all_recognition(&self) -> Result<Vec<RecognitionRow>, StoreError> {
        let sql = "SELECT version, at, signed, text FROM recognition ORDER BY version";
        self.all(RECOGNITION, sql, [], |cells| {
            Ok(RecognitionRow {
                version: cells.whole(0)?,
                at: cells.time(1)?,
                signed: cells.get(2)?,
                text: cells.get(3)?,
            })
        })
    }

    pub(super) fn insert_recognition(&mut self, row: &RecognitionRow) -> Result<(), StoreError> {
        let sql = "INSERT INTO recognition (version, at, signed, text) VALUES (?1, ?2, ?3, ?4)";
        let values = params![row.version, row.at.unix(), row.signed, row.text];
        self.change(RECOGNITION, sql, values)?;
        Ok(())
    }

    pub(super) fn proposal_of(&self, id: &[u8; 16]) -> Result<Option<ProposalRow>, StoreError> {
        let sql = "SELECT id, at, until, state, by, content FROM proposal WHERE id = ?1";
        self.one(PROPOSAL, sql, [id], |cells| self.proposal_row(cells))
    }

    pub(super) fn proposals_in(
        &self,
        state: ProposalState,
    ) -> Result<Vec<ProposalRow>, StoreError> {
        let sql = "SELECT id, at, until, state, by, content FROM proposal WHERE state = ?1
                   ORDER BY at, id";
        self.all(PROPOSAL, sql, [state.to_string()], |cells| {
            self.proposal_row(cells)
        })
    }

    fn proposal_row(&self, cells: &Cells<'_>) -> Result<ProposalRow, StoreError> {
        let id = cells.array(0)?;
        Ok(ProposalRow {
            id,
            at: cells.time(1)?,
            until: cells.time(2)?,
            state: cells.word(3)?,
            by: cells.get(4)?,
            content: self.open(PROPOSAL, &id, &cells.get::<Vec<u8>>(5)?)?,
        })
    }

    pub(super) fn put_proposal(&mut self, row: &ProposalRow) -> Result<(), StoreError> {
        let sealed = self.seal(PROPOSAL, &row.id, &row.content)?;
        let sql = "INSERT OR REPLACE INTO proposal (id, at, until, state, by, content)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let values = params![
            row.id,
            row.at.unix(),
            row.until.unix(),
            row.state.to_string(),
            row.by,
            sealed
        ];
        self.change(PROPOSAL, sql, values)?;
        Ok(())
    }

    pub(super) fn papers_of(&self, number: SubjectNumber) -> Result<Vec<PaperRow>, StoreError> {
        let sql = "SELECT pointer, number, at, until, withdrawn FROM paper WHERE number = ?1
                   ORDER BY at DESC, pointer";
        self.all(PAPER, sql, [number.expose_number()], paper)
    }

    pub(super) fn paper_of(&self, pointer: &[u8; 16]) -> Result<Option<PaperRow>, StoreError> {
        let sql = "SELECT pointer, number, at, until, withdrawn FROM paper WHERE pointer = ?1";
        self.one(PAPER, sql, [pointer], paper)
    }

    pub(super) fn papers_after(
        &self,
        after: Timestamp,
        then: &mut dyn FnMut(PaperRow),
    ) -> Result<(), StoreError> {
        let sql = "SELECT pointer, number, at, until, withdrawn FROM paper WHERE until > ?1";
        self.each(PAPER, sql, [after.unix()], |cells| {
            then(paper(cells)?);
            Ok(())
        })
    }

    pub(super) fn put_paper(&mut self, row: &PaperRow) -> Result<(), StoreError> {
        if self.state_of(row.number)?.is_none() {
            return Err(failure::refused("a paper code of nobody"));
        }
        let sql = "INSERT OR REPLACE INTO paper (pointer, number, at, until, withdrawn)
                   VALUES (?1, ?2, ?3, ?4, ?5)";
        let values = params![
            row.pointer,
            row.number.expose_number(),
            row.at.unix(),
            row.until.unix(),
            row.withdrawn.map(Timestamp::unix)
        ];
        self.change(PAPER, sql, values)?;
        Ok(())
    }

    pub(super) fn all_publications(&self) -> Result<Vec<PublicationRow>, StoreError> {
        let sql = "SELECT at, text FROM publication ORDER BY at";
        self.all(PUBLICATION, sql, [], |cells| {
            Ok(PublicationRow {
                at: cells.time(0)?,
                text: cells.get(1)?,
            })
        })
    }

    pub(super) fn put_publication(&mut self, row: &PublicationRow) -> Result<(), StoreError> {
        let sql = "INSERT INTO publication (at, text) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
        self.change(PUBLICATION, sql, params![row.at.unix(), row.text])?;
        Ok(())
    }

    pub(super) fn notices_after(&self, after: Timestamp) -> Result<Vec<NoticeRow>, StoreError> {
        let sql = "SELECT kind, at, until, text FROM notice WHERE until > ?1
                   ORDER BY at DESC, kind";
        self.all(NOTICE, sql, [after.unix()], |cells| {
            Ok(NoticeRow {
                kind: cells.get(0)?,
                at: cells.time(1)?,
                until: cells.time(2)?,
                text: cells.get(3)?,
            })
        })
    }

    pub(super) fn put_notice(&mut self, row: &NoticeRow) -> Result<(), StoreError> {
        let sql = "INSERT OR REPLACE INTO notice (kind, at, until, text)
                   VALUES (?1, ?2, ?3, ?4)";
        let values = params![row.kind, row.at.unix(), row.until.unix(), row.text];
        self.change(NOTICE, sql, values)?;
        Ok(())
    }

    pub(super) fn all_secret_marks(&self) -> Result<Vec<(String, [u8; 16])>, StoreError> {
        let sql = "SELECT name, mark FROM secret_mark ORDER BY name";
        self.all(SECRET_MARK, sql, [], |cells| {
            Ok((cells.get(0)?, cells.array(1)?))
        })
    }

    pub(super) fn put_secret_mark(&mut self, name: &str, mark: [u8; 16]) -> Result<(), StoreError> {
        let sql = "INSERT OR REPLACE INTO secret_mark (name, mark) VALUES (?1, ?2)";
        self.change(SECRET_MARK, sql, params![name, mark])?;
        Ok(())
    }
}

fn paper(cells: &Cells<'_>) -> Result<PaperRow, StoreError> {
    Ok(PaperRow {
        pointer: cells.array(0)?,
        number: cells.number(1)?,
        at: cells.time(2)?,
        until: cells.time(3)?,
        withdrawn: cells.perhaps_time(4)?,
    })
}
