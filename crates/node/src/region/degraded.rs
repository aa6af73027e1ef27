//! Degraded mode: declared by an operator, told to all gates in a signed list, over by itself.

use std::sync::Arc;

use hc_code::Span;
use hc_code::Timestamp;
use hc_code::notice::{Degraded, Notice, NoticeError, NoticeList};
use hc_code::signing::{Signer, SigningError};
use hc_core::act::ActError;
use hc_core::store::{NoticeRow, Reading, Store, StoreError};
use hc_tlog::entry::{Detail, Kind, Role};
use serde::{Deserialize, Serialize};

use super::{Region, held};
use crate::party::PartyId;
use crate::trace::{label, log, seconds};

/// The kind of row by which declarations are kept.
const KIND: &str = "degraded";
/// How long a signed list may be relied on.
const LIFE: Span = Span::seconds(90);
/// A list is signed anew when it is so old.
const RENEWED_AFTER: Span = Span::seconds(10);

/// Why degraded mode was not declared or ended.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DegradedError {
    /// The act.
    #[error(transparent)]
    Act(#[from] ActError),
    /// What was declared, or is kept.
    #[error(transparent)]
    Notice(#[from] NoticeError),
    /// The signer.
    #[error("the list of notices cannot be signed: {0}")]
    Signing(#[from] SigningError),
    /// It holds already.
    #[error("such a notice holds already: end it first, or let it end")]
    Holds,
    /// No notice of this number holds.
    #[error("no notice of this number holds")]
    Nothing,
}

impl From<StoreError> for DegradedError {
    fn from(error: StoreError) -> Self {
        Self::Act(ActError::Store(error))
    }
}

/// A declaration with why and by whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared {
    /// What gates are told.
    pub notice: Notice,
    /// Why, as a short code.
    pub reason: String,
    /// Who declared it.
    pub by: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    number: u64,
    kind: String,
    reason: String,
    by: String,
    ended: Option<i64>,
}

/// The signed list that is out, with what it was made of.
#[derive(Clone, Debug)]
pub(super) struct Out {
    notices: Vec<Notice>,
    issued_at: Timestamp,
    bytes: Arc<Vec<u8>>,
}

impl Declared {
    fn to_row(&self) -> NoticeRow {
        let kept = Kept {
            number: self.notice.number(),
            kind: self.notice.kind().word().to_owned(),
            reason: self.reason.clone(),
            by: self.by.clone(),
            ended: self.notice.ended_at().map(Timestamp::unix),
        };
        NoticeRow {
            kind: KIND.to_owned(),
            at: self.notice.from(),
            until: self.notice.until(),
            // Texts and numbers always have a JSON form.
            text: serde_json::to_string(&kept).unwrap_or_default(),
        }
    }

    fn from_row(row: &NoticeRow) -> Result<Self, StoreError> {
        let damaged = |what: String| StoreError::Damaged {
            table: "notice",
            what,
        };
        let kept: Kept =
            serde_json::from_str(&row.text).map_err(|_| damaged("its form".to_owned()))?;
        let kind = Degraded::from_word(&kept.kind);
        let kind = kind.ok_or_else(|| damaged("its kind".to_owned()))?;
        let notice = Notice::new(kept.number, kind, (row.at, row.until));
        let ended = kept.ended.map(Timestamp::from_unix);
        let notice = notice.and_then(|notice| match ended {
            Some(at) => notice.ended(at),
            None => Ok(notice),
        });
        Ok(Self {
            notice: notice.map_err(|error| damaged(error.to_string()))?,
            reason: kept.reason,
            by: kept.by,
        })
    }
}

/// What was declared and has not come to its own end.
pub(super) fn kept(reading: &mut dyn Reading, now: Timestamp) -> Result<Vec<Declared>, StoreError> {
    let rows = reading.notices(now)?;
    let rows = rows.iter().filter(|row| row.kind == KIND);
    rows.map(Declared::from_row).collect()
}

impl<S: Store, R: Signer + Send + Sync + 'static> Region<S, R> {
    /// Declares degraded mode from now on, for at most a day.
    ///
    /// # Errors
    /// [`DegradedError`].
    pub async fn declare_degraded(
        &self,
        kind: Degraded,
        until: Timestamp,
        (by, reason): (PartyId, String),
    ) -> Result<Declared, DegradedError> {
        let now = self.clock.now();
        // What cannot be is refused before anything is written.
        Notice::new(0, kind, (now, until))?;
        let memory = Arc::clone(&self.degraded);
        self.store
            .write(move |writing| {
                let mut all = kept(writing, now)?;
                if all.iter().any(|one| {
                    one.notice.from() == now
                        || (one.notice.kind() == kind && one.notice.holds_at(now))
                }) {
                    return Err(DegradedError::Holds);
                }
                if all.len() >= NoticeList::MOST {
                    return Err(NoticeError::TooMany(all.len() + 1).into());
                }
                let details = [
                    Detail::Act(label(kind.word())?),
                    Detail::Reason(label(&reason)?),
                    Detail::Ends(seconds(until)),
                ];
                let by_whom = (Role::Officer, by.as_str());
                let number = log(writing, Kind::DegradedDeclared, now, by_whom, details)?;
                let declared = Declared {
                    notice: Notice::new(number, kind, (now, until))?,
                    reason: reason.clone(),
                    by: by.as_str().to_owned(),
                };
                writing.set_notice(&declared.to_row())?;
                all.push(declared.clone());
                let memory = Arc::clone(&memory);
                writing.when_durable(Box::new(move || memory.store(Arc::new(all))));
                Ok(declared)
            })
            .await
    }

    /// Ends a notice before its time.
    ///
    /// # Errors
    /// [`DegradedError::Nothing`]; [`DegradedError`].
    pub async fn end_degraded(
        &self,
        number: u64,
        (by, reason): (PartyId, String),
    ) -> Result<Declared, DegradedError> {
        let now = self.clock.now();
        let memory = Arc::clone(&self.degraded);
        self.store
            .write(move |writing| {
                let mut all = kept(writing, now)?;
                let found = all
                    .iter_mut()
                    .find(|one| one.notice.number() == number && one.notice.holds_at(now));
                let found = found.ok_or(DegradedError::Nothing)?;
                found.notice = found.notice.ended(now)?;
                let ended = found.clone();
                writing.set_notice(&ended.to_row())?;
                let details = [Detail::About(number), Detail::Reason(label(&reason)?)];
                let by = (Role::Officer, by.as_str());
                log(writing, Kind::DegradedEnded, now, by, details)?;
                let memory = Arc::clone(&memory);
                writing.when_durable(Box::new(move || memory.store(Arc::new(all))));
                Ok(ended)
            })
            .await
    }

    /// What was declared and has not come to its own end. Memory alone.
    pub fn degraded(&self) -> Vec<Declared> {
        let now = self.clock.now();
        let all = self.degraded.load();
        let mut all: Vec<Declared> = all
            .iter()
            .filter(|one| now < one.notice.until())
            .cloned()
            .collect();
        all.sort_by_key(|one| one.notice);
        all
    }

    /// The signed list of notices, at most ten seconds old. Memory alone.
    ///
    /// # Errors
    /// [`DegradedError::Signing`].
    pub fn notice_list(&self) -> Result<Arc<Vec<u8>>, DegradedError> {
        let now = self.clock.now();
        let notices: Vec<Notice> = self.degraded().iter().map(|one| one.notice).collect();
        let mut out = held(&self.notices_out);
        if let Some(out) = out.as_ref()
            && out.notices == notices
            && out.issued_at <= now
            && now < out.issued_at.plus(RENEWED_AFTER)
        {
            return Ok(Arc::clone(&out.bytes));
        }
        let life = (now, now.plus(LIFE));
        let list = NoticeList::new(self.division(), life, notices.clone())?;
        let bytes = Arc::new(list.sign(&*self.keys.current().lists)?);
        *out = Some(Out {
            notices,
            issued_at: now,
            bytes: Arc::clone(&bytes),
        });
        Ok(bytes)
    }
}
