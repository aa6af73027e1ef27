//! What a region keeps, in the words of the domain: the trait that every engine implements.
//!
//! A use case is a closure over [`Writing`] or [`Reading`]; the engine runs it in a transaction.
//!
//! * **Isolation.** Acts are serialisable: each sees all that was acknowledged before it began and
//!   nothing of an act that is not yet committed. An engine that finds a conflict runs the closure
//!   again, so a closure has no effect outside its transaction; a reading sees one state.
//! * **Atomic.** If the closure fails, nothing of it remains, its log entries neither.
//! * **Durable.** When [`Store::write`] gives a value, the act survives power loss. Engines may commit
//!   several acts at once; one that fails does not spoil its neighbours.
//! * **Sealed.** `content` is personal: the engine seals it before it is written, bound to its
//!   table, row and column ([`ColumnCipher`]), and never indexes or compares it.
//! * **Logged.** [`Writing::log`] is part of the act: where the log cannot be written, the act fails.
//!
//! `hc_testkit::store` holds one behaviour suite that every engine passes.

mod column_cipher;
mod document_hash;
mod dossier;
mod rows;

use core::fmt;

use hc_code::Timestamp;
use hc_code::day_index::SubjectNumber;
use hc_tlog::Frontier;
use hc_tlog::entry::Entry;
use hc_tlog::tile::TileId;

pub use column_cipher::{
    ColumnCipher, ColumnSuite, ColumnSuiteError, SealError, SealedAt, UnsealError,
};
pub use document_hash::{DocumentHash, DocumentHasher};
pub use dossier::{Dossier, dossier, dossiers};
pub use rows::{
    AppealRow, AppealState, BatchRow, BatchState, ConsentRow, DeclarationRow, DocumentRow,
    GrantRow, LevelsRow, LogRow, Named, NoticeRow, OutgoingKind, OutgoingRow, PackRow, PaperRow,
    PartyKind, PartyRow, PasskeyRow, ProposalRow, ProposalState, PublicationRow, RecognitionRow,
    Retention, SubjectRow, SubjectState, WaitingToGo,
};

use crate::evidence::KeptRow;
use crate::standing::Standing;

/// An engine.
pub trait Store: Send + Sync + 'static {
    /// Runs an act. The value is given when it is durable.
    ///
    /// # Errors
    /// What the closure gives, or [`StoreError`] in its clothes; nothing remains of the act then.
    fn write<T, E>(
        &self,
        act: impl FnMut(&mut dyn Writing) -> Result<T, E> + Send + 'static,
    ) -> impl Future<Output = Result<T, E>> + Send
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static;

    /// Reads one state: all that was acknowledged when it was asked for, and perhaps acts that are about to be.
    /// What must not be taken back by a loss of power, such as a signed head of the log, is learned by an act.
    ///
    /// # Errors
    /// As [`Self::write`].
    fn read<T, E>(
        &self,
        query: impl FnMut(&mut dyn Reading) -> Result<T, E> + Send + 'static,
    ) -> impl Future<Output = Result<T, E>> + Send
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static;

    /// Has what an act about these documents will read at hand, where that makes the act quicker: before a
    /// large batch. Nothing else comes of it, and an engine need not do anything.
    fn bring_near(&self, documents: &[DocumentHash]) -> impl Future<Output = ()> + Send {
        _ = documents;
        async {}
    }
}

/// Why an engine could not do it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The engine cannot be reached, or has been stopped.
    #[error("the store is not available: {0}")]
    Unavailable(String),
    /// No space, or a disk that cannot be written.
    #[error("the store cannot be written: {0}")]
    ReadOnly(String),
    /// Something stands in the store that no act put there.
    #[error("the store is damaged: {table}: {what}")]
    Damaged {
        /// The table.
        table: &'static str,
        /// What is wrong.
        what: String,
    },
    /// An act that the engine's own rules forbid: a number given twice, a row that is not there.
    #[error("the store refuses: {0}")]
    Refused(String),
}

/// What can be asked. Lists are in the order of what was asked for, or of time where nothing was.
///
/// Every verb fails with [`StoreError`] where the engine cannot answer or finds what no act wrote.
#[expect(clippy::missing_errors_doc, reason = "said once above: all fail alike")]
pub trait Reading {
    /// The subjects that these documents name.
    fn numbers(
        &mut self,
        documents: &[DocumentHash],
    ) -> Result<Vec<Option<SubjectNumber>>, StoreError>;
    /// A subject.
    fn subject(&mut self, number: SubjectNumber) -> Result<Option<SubjectRow>, StoreError>;
    /// Whom these documents name, with all documents and the standing of each: what deciding asks of people.
    fn named(&mut self, documents: &[DocumentHash]) -> Result<Vec<Option<Named>>, StoreError>;
    /// Of these documents, whom each names, with its standing: where the subject is in use, was decided and has
    /// no other document, and where all that is kept under the document is [plain](KeptRow::plain) and was known
    /// before an instant. For everybody else nothing.
    fn plainly_named(
        &mut self,
        documents: &[DocumentHash],
        before: Timestamp,
    ) -> Result<Vec<Option<(SubjectNumber, Standing)>>, StoreError>;
    /// What a subject's documents are called, in the order of their hashes.
    fn hashes(&mut self, number: SubjectNumber) -> Result<Vec<DocumentHash>, StoreError>;
    /// Its documents, in the order of their hashes; reading what they are takes opening them.
    fn documents(&mut self, number: SubjectNumber) -> Result<Vec<DocumentRow>, StoreError>;
    /// Its declarations, the latest first.
    fn declarations(
        &mut self,
        number: SubjectNumber,
        limit: u32,
    ) -> Result<Vec<DeclarationRow>, StoreError>;
    /// Its consents.
    fn consents(&mut self, number: SubjectNumber) -> Result<Vec<ConsentRow>, StoreError>;
    /// Hands on every consent that ends or ended in a time: after its first instant, and not after its last.
    fn each_consent_ending(
        &mut self,
        within: (Timestamp, Timestamp),
        then: &mut dyn FnMut(SubjectNumber, ConsentRow),
    ) -> Result<(), StoreError>;
    /// Grants that it gave or was given.
    fn grants(&mut self, number: SubjectNumber) -> Result<Vec<GrantRow>, StoreError>;
    /// Hands on every grant that ends after an instant, in no order.
    fn each_grant(
        &mut self,
        after: Timestamp,
        then: &mut dyn FnMut(GrantRow),
    ) -> Result<(), StoreError>;
    /// An appeal by its number.
    fn appeal(&mut self, id: u64) -> Result<Option<AppealRow>, StoreError>;
    /// A subject's appeals, the latest first.
    fn appeals(&mut self, number: SubjectNumber) -> Result<Vec<AppealRow>, StoreError>;
    /// Appeals that are not closed and are to be answered by an instant, the most urgent first.
    fn open_appeals(&mut self, due: Timestamp, limit: u32) -> Result<Vec<AppealRow>, StoreError>;
    /// What is kept under each of these documents.
    fn evidence(&mut self, documents: &[DocumentHash]) -> Result<Vec<Vec<KeptRow>>, StoreError>;
    /// What the read path knows of these subjects.
    fn standings(&mut self, numbers: &[SubjectNumber])
    -> Result<Vec<Option<Standing>>, StoreError>;
    /// Hands on every subject with what the read path knows of it, in no order.
    fn each_standing(
        &mut self,
        then: &mut dyn FnMut(SubjectNumber, SubjectState, Option<Standing>),
    ) -> Result<(), StoreError>;
    /// Active subjects whose standing is not known beyond an instant, earliest first.
    fn due(&mut self, before: Timestamp, limit: u32) -> Result<Vec<SubjectNumber>, StoreError>;
    /// Active subjects above a number, by number: how everybody is gone through.
    fn active_after(
        &mut self,
        after: Option<SubjectNumber>,
        limit: u32,
    ) -> Result<Vec<SubjectNumber>, StoreError>;
    /// Documents that name somebody, after a hash, in the order of their hashes: how everybody is looked
    /// through where the order of what is kept under documents matters more than that of numbers.
    fn hashes_after(
        &mut self,
        after: Option<DocumentHash>,
        limit: u32,
    ) -> Result<Vec<DocumentHash>, StoreError>;
    /// How many active subjects there are.
    fn active(&mut self) -> Result<u64, StoreError>;
    /// A source's batch by the source's own reference.
    fn batch(&mut self, source: &str, reference: &str) -> Result<Option<BatchRow>, StoreError>;
    /// The latest batches in a state, of all sources; `content`, which may be large, is left out.
    fn batches(&mut self, state: BatchState, limit: u32) -> Result<Vec<BatchRow>, StoreError>;
    /// All batches in a state, the earliest first.
    fn batches_in(&mut self, state: BatchState) -> Result<Vec<BatchRow>, StoreError>;
    /// A registered source, gate or officer.
    fn party(&mut self, kind: PartyKind, id: &str) -> Result<Option<PartyRow>, StoreError>;
    /// All of a kind.
    fn parties(&mut self, kind: PartyKind) -> Result<Vec<PartyRow>, StoreError>;
    /// All rule packs, by version.
    fn packs(&mut self) -> Result<Vec<PackRow>, StoreError>;
    /// All recognition policies that were published, by version.
    fn recognition_policies(&mut self) -> Result<Vec<RecognitionRow>, StoreError>;
    /// What waits, or waited, for a second credential.
    fn proposal(&mut self, id: &[u8; 16]) -> Result<Option<ProposalRow>, StoreError>;
    /// All in a state.
    fn proposals(&mut self, state: ProposalState) -> Result<Vec<ProposalRow>, StoreError>;
    /// A passkey by its credential id.
    fn passkey(&mut self, credential: &[u8]) -> Result<Option<PasskeyRow>, StoreError>;
    /// An officer's passkeys, ended ones too, by time.
    fn passkeys(&mut self, officer: &str) -> Result<Vec<PasskeyRow>, StoreError>;
    /// How many people were at which level, from an instant on, by time.
    fn levels_from(&mut self, first: Timestamp) -> Result<Vec<LevelsRow>, StoreError>;
    /// Paper codes of a subject, the latest first.
    fn papers(&mut self, number: SubjectNumber) -> Result<Vec<PaperRow>, StoreError>;
    /// The paper code of a pointer.
    fn paper(&mut self, pointer: &[u8; 16]) -> Result<Option<PaperRow>, StoreError>;
    /// Hands on every paper code that ends after an instant.
    fn each_paper(
        &mut self,
        after: Timestamp,
        then: &mut dyn FnMut(PaperRow),
    ) -> Result<(), StoreError>;
    /// Publications of risk areas, by time.
    fn publications(&mut self) -> Result<Vec<PublicationRow>, StoreError>;
    /// Notices that end after an instant, the latest first.
    fn notices(&mut self, after: Timestamp) -> Result<Vec<NoticeRow>, StoreError>;
    /// What waits to be sent, by its id.
    fn outgoing(&mut self, id: &[u8; 16]) -> Result<Option<OutgoingRow>, StoreError>;
    /// What is to be tried by an instant, the most urgent first, and at most so many to each region.
    fn due_to_go(&mut self, now: Timestamp, limit: u32) -> Result<Vec<OutgoingRow>, StoreError>;
    /// How much waits to be sent, and since when.
    fn waiting_to_go(&mut self) -> Result<WaitingToGo, StoreError>;
    /// What tells each of the region's secrets from another one, by the secret's name.
    fn secret_marks(&mut self) -> Result<Vec<(String, [u8; 16])>, StoreError>;
    /// Log entries from a sequence on.
    fn log_from(&mut self, first: u64, limit: u32) -> Result<Vec<LogRow>, StoreError>;
    /// A subject's own log entries, the latest first.
    fn log_of(&mut self, number: SubjectNumber, limit: u32) -> Result<Vec<LogRow>, StoreError>;
    /// The frontier of the log: how many leaves it has, and the hashes that it grows on.
    fn log_frontier(&mut self) -> Result<Frontier, StoreError>;
    /// A tile of the log as it stands.
    fn log_tile(&mut self, tile: TileId) -> Result<Option<Vec<u8>>, StoreError>;
}

/// What can be changed. Every verb is idempotent where it says so.
///
/// Every verb fails with [`StoreError`] as those of [`Reading`] do, and with [`StoreError::Refused`] or
/// [`StoreError::ReadOnly`] where it cannot be written; the act must fail then.
#[expect(clippy::missing_errors_doc, reason = "said once above: all fail alike")]
pub trait Writing: Reading {
    /// Gives the next number in the bucket of a document.
    fn add_subject(
        &mut self,
        document: DocumentHash,
        at: Timestamp,
        content: &[u8],
    ) -> Result<SubjectNumber, StoreError>;
    /// Adds a document to a subject; refused where it names another one.
    fn add_document(
        &mut self,
        number: SubjectNumber,
        document: DocumentHash,
        content: &[u8],
    ) -> Result<(), StoreError>;
    /// Replaces what is kept about a subject itself.
    fn set_subject(&mut self, number: SubjectNumber, content: &[u8]) -> Result<(), StoreError>;
    /// Retires a number and gives a new one, to which all that is the person's goes over, their log
    /// entries too; paper codes go over withdrawn.
    fn replace_subject(
        &mut self,
        number: SubjectNumber,
        at: Timestamp,
    ) -> Result<SubjectNumber, StoreError>;
    /// Forgets a subject: nothing is left but the number, so that it is never given again, and the
    /// commitments in the log. Entries that say that something was erased stay legible; `at` takes the
    /// place of `since`. Idempotent; refused for a number that was replaced.
    fn erase_subject(&mut self, number: SubjectNumber, at: Timestamp) -> Result<(), StoreError>;
    /// Adds a declaration.
    fn add_declaration(
        &mut self,
        number: SubjectNumber,
        row: &DeclarationRow,
    ) -> Result<(), StoreError>;
    /// Adds a consent; a later one for the same purpose replaces it.
    fn set_consent(&mut self, number: SubjectNumber, row: &ConsentRow) -> Result<(), StoreError>;
    /// Adds, prolongs or ends a grant.
    fn set_grant(&mut self, row: &GrantRow) -> Result<(), StoreError>;
    /// Writes an appeal, new or changed; refused for a subject who is not in use.
    fn set_appeal(&mut self, row: &AppealRow) -> Result<(), StoreError>;
    /// Keeps evidence under documents, enrolled or not. Idempotent by document and id: the earliest
    /// `known` counts. Gives for each row whether it was new or became known earlier.
    fn add_evidence(&mut self, rows: &[(DocumentHash, KeptRow)]) -> Result<Vec<bool>, StoreError>;
    /// Writes what the read path is to know.
    fn set_standings(&mut self, rows: &[(SubjectNumber, Standing)]) -> Result<(), StoreError>;
    /// Writes a batch, new or changed.
    fn set_batch(&mut self, row: &BatchRow) -> Result<(), StoreError>;
    /// Writes a source, gate or officer, new or changed.
    fn set_party(&mut self, row: &PartyRow) -> Result<(), StoreError>;
    /// Writes a rule pack, new or changed.
    fn set_pack(&mut self, row: &PackRow) -> Result<(), StoreError>;
    /// Adds a recognition policy; refused where there is one of its version.
    fn add_recognition_policy(&mut self, row: &RecognitionRow) -> Result<(), StoreError>;
    /// Writes a proposal, new or changed.
    fn set_proposal(&mut self, row: &ProposalRow) -> Result<(), StoreError>;
    /// Writes a passkey, new or changed.
    fn set_passkey(&mut self, row: &PasskeyRow) -> Result<(), StoreError>;
    /// Writes how many people are at which level; a later count of the same instant replaces it.
    fn set_levels(&mut self, row: &LevelsRow) -> Result<(), StoreError>;
    /// Writes a paper code, new or changed.
    fn set_paper(&mut self, row: &PaperRow) -> Result<(), StoreError>;
    /// Adds a publication of risk areas; idempotent by its time.
    fn add_publication(&mut self, row: &PublicationRow) -> Result<(), StoreError>;
    /// Writes a notice, new or changed.
    fn set_notice(&mut self, row: &NoticeRow) -> Result<(), StoreError>;
    /// Writes what is to be sent, new or changed.
    fn set_outgoing(&mut self, row: &OutgoingRow) -> Result<(), StoreError>;
    /// Forgets what was sent, or is not to be sent any more. Idempotent.
    fn remove_outgoing(&mut self, id: &[u8; 16]) -> Result<(), StoreError>;
    /// Writes what tells a secret from another one.
    fn set_secret_mark(&mut self, name: &str, mark: [u8; 16]) -> Result<(), StoreError>;
    /// Appends an entry to the log and gives its sequence. The engine draws the salt.
    fn log(&mut self, entry: &Entry) -> Result<u64, StoreError>;
    /// Has something done as soon as the act is durable and before it is acknowledged, in the order
    /// of the acts, even where nobody waits for the answer any more. Dropped where the act fails.
    fn when_durable(&mut self, then: Box<dyn FnOnce() + Send>);
    /// Removes what is past its retention, and logs which log contents it erased; a bounded number of rows at once, so that no act waits
    /// long behind it; gives how many went. Called until it gives 0.
    fn purge(&mut self, now: Timestamp, retention: &Retention) -> Result<u64, StoreError>;
}

impl fmt::Debug for dyn Writing + '_ {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Writing")
    }
}

impl fmt::Debug for dyn Reading + '_ {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reading")
    }
}
