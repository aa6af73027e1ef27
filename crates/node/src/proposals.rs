//! Proposals: what takes two officers, kept until the second one has looked.

use base64ct::{Base64, Encoding};
use hc_code::{Span, Timestamp};
use hc_core::store::{PartyKind, PartyRow, ProposalRow, ProposalState};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::party::{PartyId, Terms};

/// How long a proposal waits before it lapses.
pub const LAPSES_AFTER: Span = Span::hours(48);
/// The most proposals that wait at once.
pub const MOST_WAITING: usize = 100;

/// The name of a proposal: 16 bytes drawn at random.
pub type ProposalId = [u8; 16];

/// What is proposed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proposed {
    /// To register a party from the approval on.
    Register(Terms),
    /// To end a registration.
    End {
        /// What the party does.
        kind: PartyKind,
        /// Its id.
        id: PartyId,
        /// Why, as a short code.
        reason: String,
    },
    /// To sign and publish a recognition policy.
    PublishRecognition {
        /// Its version.
        version: u32,
        /// The file.
        text: String,
    },
    /// To put a rule pack in force.
    ActivateRules {
        /// Its version.
        version: u32,
        /// SHA-256 of its text.
        digest: [u8; 32],
    },
}

/// A proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Its name.
    pub id: ProposalId,
    /// What is proposed.
    pub proposed: Proposed,
    /// When it was made.
    pub at: Timestamp,
    /// When it lapses.
    pub until: Timestamp,
    /// How far it has come.
    pub state: ProposalState,
    /// Who made it.
    pub by: PartyId,
    /// The entry of the log that says so.
    pub entry: u64,
    /// Who decided it and when, where somebody has.
    pub decided: Option<Decided>,
}

/// Who decided a proposal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decided {
    /// The officer's id.
    pub by: String,
    /// When, in Unix seconds.
    pub at: i64,
    /// Why it was refused, as a short code.
    pub reason: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    what: KeptWhat,
    entry: u64,
    decided: Option<Decided>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
enum KeptWhat {
    Register {
        kind: String,
        id: String,
        at: i64,
        until: i64,
        content: String,
    },
    End {
        kind: String,
        id: String,
        reason: String,
    },
    PublishRecognition {
        version: u32,
        text: String,
    },
    ActivateRules {
        version: u32,
        digest: String,
    },
}

/// What is kept is no proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("what is kept about the proposal cannot be read: {0}")]
pub struct KeptProposalError(&'static str);

impl Proposed {
    /// The word of what is done, in the log and in interfaces.
    pub const fn act(&self) -> &'static str {
        match self {
            Self::Register(Terms::Source(_)) => "register-source",
            Self::Register(Terms::Gate(_)) => "register-gate",
            Self::Register(Terms::Officer(_)) => "register-officer",
            Self::Register(Terms::Application(_)) => "register-application",
            Self::End { kind, .. } => match kind {
                PartyKind::Source => "end-source",
                PartyKind::Gate => "end-gate",
                PartyKind::Officer => "end-officer",
                PartyKind::Application => "end-application",
            },
            Self::PublishRecognition { .. } => "publish-recognition",
            Self::ActivateRules { .. } => "activate-rules",
        }
    }

    /// The bytes that the log has a digest of: what both officers mean.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        // Texts and numbers always have a JSON form.
        serde_json::to_vec(&KeptWhat::of(self)).unwrap_or_default()
    }
}

impl Proposed {
    /// SHA-256 of what is proposed, as the log has it.
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.to_bytes()).into()
    }
}

impl KeptWhat {
    fn of(proposed: &Proposed) -> Self {
        match proposed {
            Proposed::Register(terms) => {
                let row = terms.to_row();
                Self::Register {
                    kind: row.kind.to_string(),
                    id: row.id,
                    at: row.at.unix(),
                    until: row.until.unix(),
                    content: String::from_utf8(row.content).unwrap_or_default(),
                }
            }
            Proposed::End { kind, id, reason } => Self::End {
                kind: kind.to_string(),
                id: id.as_str().to_owned(),
                reason: reason.clone(),
            },
            Proposed::PublishRecognition { version, text } => Self::PublishRecognition {
                version: *version,
                text: text.clone(),
            },
            Proposed::ActivateRules { version, digest } => Self::ActivateRules {
                version: *version,
                digest: Base64::encode_string(digest),
            },
        }
    }

    fn read(self) -> Result<Proposed, KeptProposalError> {
        let kind_of = |word: String| word.parse().map_err(|_| KeptProposalError("the kind"));
        Ok(match self {
            Self::Register {
                kind,
                id,
                at,
                until,
                content,
            } => {
                let row = PartyRow {
                    kind: kind_of(kind)?,
                    id,
                    at: Timestamp::from_unix(at),
                    until: Timestamp::from_unix(until),
                    content: content.into_bytes(),
                };
                let terms = Terms::from_row(&row);
                Proposed::Register(terms.map_err(|_| KeptProposalError("the terms"))?)
            }
            Self::End { kind, id, reason } => Proposed::End {
                kind: kind_of(kind)?,
                id: PartyId::parse(&id).map_err(|_| KeptProposalError("the id"))?,
                reason,
            },
            Self::PublishRecognition { version, text } => {
                Proposed::PublishRecognition { version, text }
            }
            Self::ActivateRules { version, digest } => {
                let bytes = Base64::decode_vec(&digest).ok();
                let digest = bytes.and_then(|bytes| bytes.try_into().ok());
                Proposed::ActivateRules {
                    version,
                    digest: digest.ok_or(KeptProposalError("the digest"))?,
                }
            }
        })
    }
}

impl Proposal {
    /// Whether it still waits at an instant.
    pub fn waits_at(&self, now: Timestamp) -> bool {
        self.state == ProposalState::Waiting && now < self.until
    }

    /// The row for the store.
    pub fn to_row(&self) -> ProposalRow {
        let kept = Kept {
            what: KeptWhat::of(&self.proposed),
            entry: self.entry,
            decided: self.decided.clone(),
        };
        ProposalRow {
            id: self.id,
            at: self.at,
            until: self.until,
            state: self.state,
            by: self.by.as_str().to_owned(),
            // Texts and numbers always have a JSON form.
            content: serde_json::to_vec(&kept).unwrap_or_default(),
        }
    }

    /// Reads what [`Self::to_row`] gave.
    ///
    /// # Errors
    /// [`KeptProposalError`] for anything else.
    pub fn from_row(row: &ProposalRow) -> Result<Self, KeptProposalError> {
        let kept: Kept =
            serde_json::from_slice(&row.content).map_err(|_| KeptProposalError("its form"))?;
        Ok(Self {
            id: row.id,
            proposed: kept.what.read()?,
            at: row.at,
            until: row.until,
            state: row.state,
            by: PartyId::parse(&row.by).map_err(|_| KeptProposalError("who made it"))?,
            entry: kept.entry,
            decided: kept.decided,
        })
    }
}
