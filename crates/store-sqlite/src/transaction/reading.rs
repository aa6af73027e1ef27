//! The questions of the store, each in the words of its table's file.

use hc_code::Timestamp;
use hc_code::day_index::SubjectNumber;
use hc_core::evidence::KeptRow;
use hc_core::standing::Standing;
use hc_core::store::{
    AppealRow, BatchRow, BatchState, ConsentRow, DeclarationRow, DocumentHash, DocumentRow,
    GrantRow, LevelsRow, LogRow, Named, NoticeRow, OutgoingRow, PackRow, PaperRow, PartyKind,
    PartyRow, PasskeyRow, ProposalRow, ProposalState, PublicationRow, Reading, RecognitionRow,
    StoreError, SubjectRow, SubjectState, WaitingToGo,
};
use hc_tlog::Frontier;
use hc_tlog::tile::TileId;

use super::Transaction;

impl Reading for Transaction<'_> {
    fn numbers(
        &mut self,
        documents: &[DocumentHash],
    ) -> Result<Vec<Option<SubjectNumber>>, StoreError> {
        documents.iter().map(|hash| self.number_of(*hash)).collect()
    }

    fn subject(&mut self, number: SubjectNumber) -> Result<Option<SubjectRow>, StoreError> {
        self.subject_row(number)
    }

    fn named(&mut self, documents: &[DocumentHash]) -> Result<Vec<Option<Named>>, StoreError> {
        documents.iter().map(|hash| self.named_by(*hash)).collect()
    }

    fn plainly_named(
        &mut self,
        documents: &[DocumentHash],
        before: Timestamp,
    ) -> Result<Vec<Option<(SubjectNumber, Standing)>>, StoreError> {
        let documents = documents.iter();
        documents
            .map(|hash| self.plainly_named_by(*hash, before))
            .collect()
    }

    fn hashes(&mut self, number: SubjectNumber) -> Result<Vec<DocumentHash>, StoreError> {
        self.hashes_of(number)
    }

    fn documents(&mut self, number: SubjectNumber) -> Result<Vec<DocumentRow>, StoreError> {
        self.documents_of(number)
    }

    fn declarations(
        &mut self,
        number: SubjectNumber,
        limit: u32,
    ) -> Result<Vec<DeclarationRow>, StoreError> {
        self.declarations_of(number, limit)
    }

    fn consents(&mut self, number: SubjectNumber) -> Result<Vec<ConsentRow>, StoreError> {
        self.consents_of(number)
    }

    fn each_consent_ending(
        &mut self,
        within: (Timestamp, Timestamp),
        then: &mut dyn FnMut(SubjectNumber, ConsentRow),
    ) -> Result<(), StoreError> {
        self.consents_ending(within, then)
    }

    fn grants(&mut self, number: SubjectNumber) -> Result<Vec<GrantRow>, StoreError> {
        self.grants_of(number)
    }

    fn each_grant(
        &mut self,
        after: Timestamp,
        then: &mut dyn FnMut(GrantRow),
    ) -> Result<(), StoreError> {
        self.grants_after(after, then)
    }

    fn appeal(&mut self, id: u64) -> Result<Option<AppealRow>, StoreError> {
        self.appeal_of(id)
    }

    fn appeals(&mut self, number: SubjectNumber) -> Result<Vec<AppealRow>, StoreError> {
        self.appeals_of(number)
    }

    fn open_appeals(&mut self, due: Timestamp, limit: u32) -> Result<Vec<AppealRow>, StoreError> {
        self.appeals_due(due, limit)
    }

    fn evidence(&mut self, documents: &[DocumentHash]) -> Result<Vec<Vec<KeptRow>>, StoreError> {
        documents
            .iter()
            .map(|hash| self.evidence_under(*hash))
            .collect()
    }

    fn standings(
        &mut self,
        numbers: &[SubjectNumber],
    ) -> Result<Vec<Option<Standing>>, StoreError> {
        numbers
            .iter()
            .map(|number| self.standing_of(*number))
            .collect()
    }

    fn each_standing(
        &mut self,
        then: &mut dyn FnMut(SubjectNumber, SubjectState, Option<Standing>),
    ) -> Result<(), StoreError> {
        self.every_standing(then)
    }

    fn due(&mut self, before: Timestamp, limit: u32) -> Result<Vec<SubjectNumber>, StoreError> {
        self.due_before(before, limit)
    }

    fn active_after(
        &mut self,
        after: Option<SubjectNumber>,
        limit: u32,
    ) -> Result<Vec<SubjectNumber>, StoreError> {
        self.active_above(after, limit)
    }

    fn hashes_after(
        &mut self,
        after: Option<DocumentHash>,
        limit: u32,
    ) -> Result<Vec<DocumentHash>, StoreError> {
        self.hashes_above(after, limit)
    }

    fn active(&mut self) -> Result<u64, StoreError> {
        self.count_active()
    }

    fn batch(&mut self, source: &str, reference: &str) -> Result<Option<BatchRow>, StoreError> {
        self.batch_of(source, reference)
    }

    fn batches(&mut self, state: BatchState, limit: u32) -> Result<Vec<BatchRow>, StoreError> {
        self.latest_batches(state, limit)
    }

    fn batches_in(&mut self, state: BatchState) -> Result<Vec<BatchRow>, StoreError> {
        self.batches_of_state(state)
    }

    fn party(&mut self, kind: PartyKind, id: &str) -> Result<Option<PartyRow>, StoreError> {
        self.party_of(kind, id)
    }

    fn parties(&mut self, kind: PartyKind) -> Result<Vec<PartyRow>, StoreError> {
        self.parties_of(kind)
    }

    fn packs(&mut self) -> Result<Vec<PackRow>, StoreError> {
        self.all_packs()
    }

    fn recognition_policies(&mut self) -> Result<Vec<RecognitionRow>, StoreError> {
        self.all_recognition()
    }

    fn proposal(&mut self, id: &[u8; 16]) -> Result<Option<ProposalRow>, StoreError> {
        self.proposal_of(id)
    }

    fn proposals(&mut self, state: ProposalState) -> Result<Vec<ProposalRow>, StoreError> {
        self.proposals_in(state)
    }

    fn passkey(&mut self, credential: &[u8]) -> Result<Option<PasskeyRow>, StoreError> {
        self.passkey_of(credential)
    }

    fn passkeys(&mut self, officer: &str) -> Result<Vec<PasskeyRow>, StoreError> {
        self.passkeys_of(officer)
    }

    fn levels_from(&mut self, first: Timestamp) -> Result<Vec<LevelsRow>, StoreError> {
        self.levels_since(first)
    }

    fn papers(&mut self, number: SubjectNumber) -> Result<Vec<PaperRow>, StoreError> {
        self.papers_of(number)
    }

    fn paper(&mut self, pointer: &[u8; 16]) -> Result<Option<PaperRow>, StoreError> {
        self.paper_of(pointer)
    }

    fn each_paper(
        &mut self,
        after: Timestamp,
        then: &mut dyn FnMut(PaperRow),
    ) -> Result<(), StoreError> {
        self.papers_after(after, then)
    }

    fn publications(&mut self) -> Result<Vec<PublicationRow>, StoreError> {
        self.all_publications()
    }

    fn notices(&mut self, after: Timestamp) -> Result<Vec<NoticeRow>, StoreError> {
        self.notices_after(after)
    }

    fn outgoing(&mut self, id: &[u8; 16]) -> Result<Option<OutgoingRow>, StoreError> {
        self.outgoing_of(id)
    }

    fn due_to_go(&mut self, now: Timestamp, limit: u32) -> Result<Vec<OutgoingRow>, StoreError> {
        self.outgoing_due(now, limit)
    }

    fn waiting_to_go(&mut self) -> Result<WaitingToGo, StoreError> {
        self.outgoing_waiting()
    }

    fn secret_marks(&mut self) -> Result<Vec<(String, [u8; 16])>, StoreError> {
        self.all_secret_marks()
    }

    fn log_from(&mut self, first: u64, limit: u32) -> Result<Vec<LogRow>, StoreError> {
        self.entries_from(first, limit)
    }

    fn log_of(&mut self, number: SubjectNumber, limit: u32) -> Result<Vec<LogRow>, StoreError> {
        self.entries_of(number, limit)
    }

    fn log_frontier(&mut self) -> Result<Frontier, StoreError> {
        self.edge()
    }

    fn log_tile(&mut self, tile: TileId) -> Result<Option<Vec<u8>>, StoreError> {
        self.tile(tile)
    }
}
