//! The rows that a store keeps, one type for each kind.
//!
//! `content` is sealed by the engine; every other field may lie in clear and be searched.

use core::fmt;

use hc_code::day_index::SubjectNumber;
use hc_code::{DivisionCode, Span, Timestamp};
use hc_tlog::entry::Entry;
use hc_tlog::{Commitment, Salt};

use smallvec::SmallVec;

use super::DocumentHash;
use crate::standing::Standing;
use crate::word::vocabulary;

/// Personal bytes; Debug shows how many.
macro_rules! redacted {
    ($($row:ident { $($shown:ident),* })*) => {$(
        impl fmt::Debug for $row {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($row))
                    $(.field(stringify!($shown), &self.$shown))*
                    .field("content", &format_args!("{} bytes", self.content.len()))
                    .finish()
            }
        }
    )*};
}

/// Whether a subject's number is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubjectState {
    /// It is.
    Active,
    /// Withdrawn, with the number that took its place.
    Withdrawn {
        /// The number that took its place.
        successor: SubjectNumber,
    },
    /// Erased.
    Erased,
}

/// A subject.
#[derive(Clone, PartialEq, Eq)]
pub struct SubjectRow {
    /// Whether the number is in use.
    pub state: SubjectState,
    /// When it was given.
    pub since: Timestamp,
    /// Who it is ([`Profile`](crate::act::Profile)); empty when erased or withdrawn.
    pub content: Vec<u8>,
}

/// A document of a subject.
#[derive(Clone, PartialEq, Eq)]
pub struct DocumentRow {
    /// What it is called.
    pub hash: DocumentHash,
    /// Type, country and number.
    pub content: Vec<u8>,
}

/// Whom a document names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The subject.
    pub number: SubjectNumber,
    /// All its documents, in the order of their hashes.
    pub documents: SmallVec<[DocumentHash; 1]>,
    /// What the read path knows of it.
    pub standing: Option<Standing>,
}

/// A declaration.
#[derive(Clone, PartialEq, Eq)]
pub struct DeclarationRow {
    /// When it was received.
    pub at: Timestamp,
    /// What was declared.
    pub content: Vec<u8>,
}

/// A consent: to what, in which wording, from when until when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentRow {
    /// The purpose, by its word.
    pub purpose: String,
    /// The version of the text that was shown.
    pub version: u32,
    /// When it was given.
    pub at: Timestamp,
    /// When it ends; `at` or earlier where it was withdrawn.
    pub until: Timestamp,
}

/// A grant: who may show and declare for whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantRow {
    /// Who may act.
    pub guardian: SubjectNumber,
    /// For whom.
    pub ward: SubjectNumber,
    /// Since when.
    pub at: Timestamp,
    /// When it ends.
    pub until: Timestamp,
}

vocabulary! {
    /// How far an appeal has come.
    pub enum AppealState : "state of an appeal" {
        /// Waits for an answer.
        Open = "open" / "待答复",
        /// Was not answered in time, and waits at the top of every officer's list.
        Escalated = "escalated" / "已升级",
        /// The person was right.
        Accepted = "accepted" / "已采纳",
        /// The person was not right.
        Refused = "refused" / "未采纳",
        /// Was not answered in time, so the person is taken to be right.
        Lapsed = "lapsed" / "逾期视为采纳",
    }
}

/// An appeal: a subject says that a piece of evidence is wrong.
#[derive(Clone, PartialEq, Eq)]
pub struct AppealRow {
    /// Its number: the sequence of the log entry that says that it was made.
    pub id: u64,
    /// Whose.
    pub number: SubjectNumber,
    /// When it was made.
    pub at: Timestamp,
    /// By when it is to be answered.
    pub due: Timestamp,
    /// How far it has come.
    pub state: AppealState,
    /// When it was answered or lapsed; none while it waits.
    pub closed: Option<Timestamp>,
    /// What it says, and the answer ([`Appeal`](crate::act::Appeal)).
    pub content: Vec<u8>,
}

vocabulary! {
    /// How far a source's batch has come.
    pub enum BatchState : "state of a batch" {
        /// Stored and decided.
        Accepted = "accepted" / "已入库",
        /// Waits for a second credential.
        Waiting = "waiting" / "待复核",
        /// Refused by the second credential; nothing of it counts.
        Refused = "refused" / "已退回",
    }
}

/// A batch of evidence.
#[derive(Clone, PartialEq, Eq)]
pub struct BatchRow {
    /// The source's id.
    pub source: String,
    /// The source's own reference: sent twice, it is one batch.
    pub reference: String,
    /// Keyed hash of what was sent: another content under the same reference is refused. Keyed,
    /// because a batch may be one row, and a row can be guessed.
    pub digest: [u8; 16],
    /// When it was received.
    pub at: Timestamp,
    /// How far it has come.
    pub state: BatchState,
    /// Rows that count.
    pub rows: u32,
    /// Rows that do not.
    pub quarantined: u32,
    /// The report, and the batch itself while it waits.
    pub content: Vec<u8>,
}

vocabulary! {
    /// What somebody who is registered does.
    pub enum PartyKind : "kind of registered party" {
        /// Sends evidence.
        Source = "source" / "数据来源",
        /// Checks codes.
        Gate = "gate" / "核验设备",
        /// Works for the authority.
        Officer = "officer" / "工作人员",
        /// Calls the national application interface.
        Application = "application" / "应用",
    }
}

/// A registered source, gate, officer or application.
#[derive(Clone, PartialEq, Eq)]
pub struct PartyRow {
    /// What it does.
    pub kind: PartyKind,
    /// Its id, unique in its kind.
    pub id: String,
    /// When it was registered.
    pub at: Timestamp,
    /// When it ends.
    pub until: Timestamp,
    /// Its keys and limits.
    pub content: Vec<u8>,
}

/// A recognition policy that two officers have published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecognitionRow {
    /// Its version.
    pub version: u32,
    /// When it was published, which is when it was signed.
    pub at: Timestamp,
    /// What gates hold.
    pub signed: Vec<u8>,
    /// The file that it was made from.
    pub text: String,
}

/// A rule pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackRow {
    /// Its version.
    pub version: u32,
    /// When it was uploaded.
    pub at: Timestamp,
    /// Since when it is the one in force, if it ever was.
    pub activated: Option<Timestamp>,
    /// The file.
    pub text: String,
}

vocabulary! {
    /// How far a proposal has come.
    pub enum ProposalState : "state of a proposal" {
        /// Waits for a second credential.
        Waiting = "waiting" / "待复核",
        /// Done.
        Done = "done" / "已执行",
        /// Refused by somebody, or too late.
        Refused = "refused" / "已退回",
    }
}

/// What needs two credentials.
#[derive(Clone, PartialEq, Eq)]
pub struct ProposalRow {
    /// Its id.
    pub id: [u8; 16],
    /// When it was made.
    pub at: Timestamp,
    /// When it lapses.
    pub until: Timestamp,
    /// How far it has come.
    pub state: ProposalState,
    /// Who made it.
    pub by: String,
    /// What is proposed.
    pub content: Vec<u8>,
}

/// A passkey of an officer.
#[derive(Clone, PartialEq, Eq)]
pub struct PasskeyRow {
    /// Its credential id, as its authenticator names it: 1 to 1023 bytes.
    pub credential: Vec<u8>,
    /// Whose it is.
    pub officer: String,
    /// When it was added.
    pub at: Timestamp,
    /// When it ends.
    pub until: Timestamp,
    /// Its key and what is known of its use.
    pub content: Vec<u8>,
}

/// How many people were at which level at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LevelsRow {
    /// When.
    pub at: Timestamp,
    /// Low.
    pub low: u64,
    /// Medium.
    pub medium: u64,
    /// High.
    pub high: u64,
    /// Unknown.
    pub unknown: u64,
}

/// A paper code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaperRow {
    /// Its pointer.
    pub pointer: [u8; 16],
    /// Whose it is.
    pub number: SubjectNumber,
    /// When it was issued.
    pub at: Timestamp,
    /// When it ends.
    pub until: Timestamp,
    /// When it was withdrawn, if it was.
    pub withdrawn: Option<Timestamp>,
}

/// A publication of risk areas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicationRow {
    /// Its time.
    pub at: Timestamp,
    /// The publication as it was received, public.
    pub text: String,
}

/// A public notice of the region, as degraded mode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeRow {
    /// Its kind, by its word.
    pub kind: String,
    /// Since when.
    pub at: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// The signed text.
    pub text: String,
}

vocabulary! {
    /// What waits to be sent to another region or to the hub.
    pub enum OutgoingKind : "kind of outgoing message" {
        /// Evidence about one person, to a region.
        Evidence = "evidence" / "依据转送",
        /// Evidence whose person's regions are to be found first.
        Locate = "locate" / "查询归属地区",
        /// What a person takes along, to a region.
        Transfer = "transfer" / "转移",
        /// A pseudonym for the directory, to be entered or taken out.
        Directory = "directory" / "目录登记",
    }
}

/// A message that waits to be sent.
#[derive(Clone, PartialEq, Eq)]
pub struct OutgoingRow {
    /// Its id: sent again it keeps it, and counts once.
    pub id: [u8; 16],
    /// What it is.
    pub kind: OutgoingKind,
    /// To whom; none while that is to be found, or where it goes to the hub.
    pub to: Option<DivisionCode>,
    /// The document of whom it is about, where that is known here. Erasing the subject takes it along.
    pub about: Option<DocumentHash>,
    /// When it was written.
    pub at: Timestamp,
    /// When it is given up.
    pub until: Timestamp,
    /// When it is tried next.
    pub next: Timestamp,
    /// How often it was tried.
    pub tries: u32,
    /// What is to be sent.
    pub content: Vec<u8>,
}

/// How much waits to be sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WaitingToGo {
    /// Messages.
    pub count: u64,
    /// When the oldest was written.
    pub oldest: Option<Timestamp>,
}

/// An entry of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogRow {
    /// Its place, from 0.
    pub sequence: u64,
    /// The commitment: what the tree holds.
    pub commitment: Commitment,
    /// Salt and entry, where they are not erased.
    pub opened: Option<(Salt, Entry)>,
}

/// How long things are kept after they have ended or stopped to count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Evidence and declarations, from their receipt; publications of risk areas, of which the newest
    /// before it stays.
    pub evidence: Span,
    /// Contents of log entries; the commitments stay.
    pub log: Span,
    /// Batches, proposals, papers, grants, consents, appeals, parties, notices and packs that never came
    /// into force, from their end.
    pub records: Span,
}

redacted! {
    SubjectRow { state, since }
    DocumentRow { hash }
    DeclarationRow { at }
    AppealRow { id, at, due, state, closed }
    OutgoingRow { id, kind, to, at, until, next, tries }
    BatchRow { source, reference, at, state, rows, quarantined }
    PartyRow { kind, id, at, until }
    ProposalRow { id, at, until, state, by }
    PasskeyRow { officer, at, until }
}
