//! The changes of the store, each in the words of its table's file.

use hc_code::Timestamp;
use hc_code::day_index::SubjectNumber;
use hc_core::evidence::KeptRow;
use hc_core::standing::Standing;
use hc_core::store::{
    AppealRow, BatchRow, ConsentRow, DeclarationRow, DocumentHash, GrantRow, LevelsRow, NoticeRow,
    OutgoingRow, PackRow, PaperRow, PartyRow, PasskeyRow, ProposalRow, PublicationRow,
    RecognitionRow, Retention, StoreError, Writing,
};
use hc_tlog::entry::Entry;

use super::Transaction;

impl Writing for Transaction<'_> {
    fn add_subject(
        &mut self,
        document: DocumentHash,
        at: Timestamp,
        content: &[u8],
    ) -> Result<SubjectNumber, StoreError> {
        self.new_subject(document, at, content)
    }

    fn add_document(
        &mut self,
        number: SubjectNumber,
        document: DocumentHash,
        content: &[u8],
    ) -> Result<(), StoreError> {
        self.put_document(number, document, content)
    }

    fn set_subject(&mut self, number: SubjectNumber, content: &[u8]) -> Result<(), StoreError> {
        self.in_use(number)?;
        self.put_profile(number, content)
    }

    fn replace_subject(
        &mut self,
        number: SubjectNumber,
        at: Timestamp,
    ) -> Result<SubjectNumber, StoreError> {
        self.replace(number, at)
    }

    fn erase_subject(&mut self, number: SubjectNumber, at: Timestamp) -> Result<(), StoreError> {
        self.erase(number, at)
    }

    fn add_declaration(
        &mut self,
        number: SubjectNumber,
        row: &DeclarationRow,
    ) -> Result<(), StoreError> {
        self.put_declaration(number, row)
    }

    fn set_consent(&mut self, number: SubjectNumber, row: &ConsentRow) -> Result<(), StoreError> {
        self.put_consent(number, row)
    }

    fn set_grant(&mut self, row: &GrantRow) -> Result<(), StoreError> {
        self.put_grant(row)
    }

    fn set_appeal(&mut self, row: &AppealRow) -> Result<(), StoreError> {
        self.put_appeal(row)
    }

    fn add_evidence(&mut self, rows: &[(DocumentHash, KeptRow)]) -> Result<Vec<bool>, StoreError> {
        self.put_evidence(rows)
    }

    fn set_standings(&mut self, rows: &[(SubjectNumber, Standing)]) -> Result<(), StoreError> {
        rows.iter()
            .try_for_each(|(number, standing)| self.put_standing(*number, standing))
    }

    fn set_batch(&mut self, row: &BatchRow) -> Result<(), StoreError> {
        self.put_batch(row)
    }

    fn set_party(&mut self, row: &PartyRow) -> Result<(), StoreError> {
        self.put_party(row)
    }

    fn set_pack(&mut self, row: &PackRow) -> Result<(), StoreError> {
        self.put_pack(row)
    }

    fn add_recognition_policy(&mut self, row: &RecognitionRow) -> Result<(), StoreError> {
        self.insert_recognition(row)
    }

    fn set_proposal(&mut self, row: &ProposalRow) -> Result<(), StoreError> {
        self.put_proposal(row)
    }

    fn set_passkey(&mut self, row: &PasskeyRow) -> Result<(), StoreError> {
        self.put_passkey(row)
    }

    fn set_levels(&mut self, row: &LevelsRow) -> Result<(), StoreError> {
        self.put_levels(row)
    }

    fn set_paper(&mut self, row: &PaperRow) -> Result<(), StoreError> {
        self.put_paper(row)
    }

    fn add_publication(&mut self, row: &PublicationRow) -> Result<(), StoreError> {
        self.put_publication(row)
    }

    fn set_notice(&mut self, row: &NoticeRow) -> Result<(), StoreError> {
        self.put_notice(row)
    }

    fn set_outgoing(&mut self, row: &OutgoingRow) -> Result<(), StoreError> {
        self.put_outgoing(row)
    }

    fn remove_outgoing(&mut self, id: &[u8; 16]) -> Result<(), StoreError> {
        self.drop_outgoing(id)
    }

    fn set_secret_mark(&mut self, name: &str, mark: [u8; 16]) -> Result<(), StoreError> {
        self.put_secret_mark(name, mark)
    }

    fn log(&mut self, entry: &Entry) -> Result<u64, StoreError> {
        self.append(entry)
    }

    fn when_durable(&mut self, then: Box<dyn FnOnce() + Send>) {
        self.then.push(then);
    }

    fn purge(&mut self, now: Timestamp, retention: &Retention) -> Result<u64, StoreError> {
        self.remove_old(now, retention)
    }
}
