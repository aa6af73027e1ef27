//! Subjects: numbers given, replaced and erased.

use hc_code::Timestamp;
use hc_code::day_index::SubjectNumber;
use hc_core::store::{DocumentHash, StoreError, SubjectRow, SubjectState};
use rusqlite::params;

use super::Transaction;
use crate::cells::Cells;
use crate::failure;

const SUBJECT: &str = "subject";
const PROFILE: &str = "profile";
/// Buckets of documents, and so the step between the numbers of one.
const BUCKETS: u32 = 1 << 12;
/// Numbers of one bucket.
const NUMBERS: u32 = u32::MAX / BUCKETS + 1;

const ACTIVE: u8 = 0;
const WITHDRAWN: u8 = 1;
const ERASED: u8 = 2;

impl Transaction<'_> {
    pub(super) fn subject_row(
        &self,
        number: SubjectNumber,
    ) -> Result<Option<SubjectRow>, StoreError> {
        let sql = "SELECT state, successor, since, content
                   FROM subject LEFT JOIN profile USING (number) WHERE number = ?1";
        self.one(SUBJECT, sql, [number.expose_number()], |cells| {
            let sealed: Option<Vec<u8>> = cells.get(3)?;
            let row = number.expose_number().to_be_bytes();
            let opened = sealed.map(|sealed| self.open(PROFILE, &row, &sealed));
            Ok(SubjectRow {
                state: state(cells, 0, 1)?,
                since: cells.time(2)?,
                content: opened.transpose()?.unwrap_or_default(),
            })
        })
    }

    /// Refuses every number that is not in use.
    pub(super) fn in_use(&self, number: SubjectNumber) -> Result<(), StoreError> {
        match self.state_of(number)? {
            Some(SubjectState::Active) => Ok(()),
            Some(_) => Err(failure::refused("the subject's number is no longer in use")),
            None => Err(nobody()),
        }
    }

    pub(super) fn state_of(
        &self,
        number: SubjectNumber,
    ) -> Result<Option<SubjectState>, StoreError> {
        let sql = "SELECT state, successor FROM subject WHERE number = ?1";
        self.one(SUBJECT, sql, [number.expose_number()], |cells| {
            state(cells, 0, 1)
        })
    }

    pub(super) fn new_subject(
        &mut self,
        document: DocumentHash,
        at: Timestamp,
        content: &[u8],
    ) -> Result<SubjectNumber, StoreError> {
        let number = self.next_number(document.bucket())?;
        let sql = "INSERT INTO subject (number, state, since, horizon) VALUES (?1, 0, ?2, ?3)";
        let values = params![number.expose_number(), at.unix(), Timestamp::MIN.unix()];
        self.change(SUBJECT, sql, values)?;
        self.put_profile(number, content)?;
        Ok(number)
    }

    fn next_number(&mut self, bucket: u16) -> Result<SubjectNumber, StoreError> {
        const BUCKET: &str = "bucket";
        let sql = "SELECT given FROM bucket WHERE bucket = ?1";
        let given: u32 = self
            .one(BUCKET, sql, [bucket], |cells| cells.whole(0))?
            .unwrap_or(0);
        if given >= NUMBERS {
            return Err(failure::refused(format!(
                "bucket {bucket} has given all its {NUMBERS} numbers"
            )));
        }
        let sql = "INSERT INTO bucket (bucket, given) VALUES (?1, ?2)
                   ON CONFLICT DO UPDATE SET given = excluded.given";
        self.change(BUCKET, sql, params![bucket, given + 1])?;
        Ok(SubjectNumber::new(given * BUCKETS + u32::from(bucket)))
    }

    pub(super) fn put_profile(
        &mut self,
        number: SubjectNumber,
        content: &[u8],
    ) -> Result<(), StoreError> {
        let number = number.expose_number();
        let sealed = self.seal(PROFILE, &number.to_be_bytes(), content)?;
        let sql = "INSERT INTO profile (number, content) VALUES (?1, ?2)
                   ON CONFLICT DO UPDATE SET content = excluded.content";
        self.change(PROFILE, sql, params![number, sealed])?;
        Ok(())
    }

    pub(super) fn replace(
        &mut self,
        old: SubjectNumber,
        at: Timestamp,
    ) -> Result<SubjectNumber, StoreError> {
        self.in_use(old)?;
        let kept = self.subject_row(old)?.ok_or_else(nobody)?;
        let bucket = u16::try_from(old.expose_number() % BUCKETS).unwrap_or_default();
        let new = self.next_number(bucket)?;
        let (old, number) = (old.expose_number(), new.expose_number());
        let sql = "INSERT INTO subject (number, state, since, horizon, standing)
                   SELECT ?2, 0, ?3, horizon, standing FROM subject WHERE number = ?1";
        self.change(SUBJECT, sql, params![old, number, at.unix()])?;
        self.put_profile(new, &kept.content)?;
        self.move_declarations(old, number)?;
        for (table, sql) in [
            (
                "document",
                "UPDATE document SET number = ?2 WHERE number = ?1",
            ),
            (
                "consent",
                "UPDATE consent SET number = ?2 WHERE number = ?1",
            ),
            (
                "guardianship",
                "UPDATE guardianship SET guardian = ?2 WHERE guardian = ?1",
            ),
            (
                "guardianship",
                "UPDATE guardianship SET ward = ?2 WHERE ward = ?1",
            ),
            ("appeal", "UPDATE appeal SET number = ?2 WHERE number = ?1"),
            (
                "log_entry",
                "UPDATE log_entry SET number = ?2 WHERE number = ?1",
            ),
        ] {
            self.change(table, sql, [old, number])?;
        }
        let sql = "UPDATE paper SET number = ?2, withdrawn = coalesce(withdrawn, ?3)
                   WHERE number = ?1";
        self.change("paper", sql, params![old, number, at.unix()])?;
        self.change(PROFILE, "DELETE FROM profile WHERE number = ?1", [old])?;
        self.retire(old, WITHDRAWN, Some(number), None)?;
        self.forgot = true;
        Ok(new)
    }

    pub(super) fn erase(&mut self, number: SubjectNumber, at: Timestamp) -> Result<(), StoreError> {
        match self.state_of(number)? {
            Some(SubjectState::Erased) => return Ok(()),
            Some(SubjectState::Withdrawn { .. }) => {
                return Err(failure::refused(
                    "the number was replaced: what is the person's stands under the next one",
                ));
            }
            Some(SubjectState::Active) => {}
            None => return Err(nobody()),
        }
        let number = number.expose_number();
        self.forget_log_of(number)?;
        for (table, sql) in [
            (
                "evidence",
                "DELETE FROM evidence
                 WHERE document IN (SELECT hash FROM document WHERE number = ?1)",
            ),
            (
                "outgoing",
                "DELETE FROM outgoing
                 WHERE about IN (SELECT hash FROM document WHERE number = ?1)",
            ),
            ("document", "DELETE FROM document WHERE number = ?1"),
            ("declaration", "DELETE FROM declaration WHERE number = ?1"),
            ("consent", "DELETE FROM consent WHERE number = ?1"),
            (
                "guardianship",
                "DELETE FROM guardianship WHERE guardian = ?1 OR ward = ?1",
            ),
            ("paper", "DELETE FROM paper WHERE number = ?1"),
            ("appeal", "DELETE FROM appeal WHERE number = ?1"),
            (PROFILE, "DELETE FROM profile WHERE number = ?1"),
        ] {
            self.change(table, sql, [number])?;
        }
        self.retire(number, ERASED, None, Some(at))?;
        self.forgot = true;
        Ok(())
    }

    fn retire(
        &mut self,
        number: u32,
        state: u8,
        successor: Option<u32>,
        since: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE subject SET state = ?2, successor = ?3, since = coalesce(?4, since),
                          horizon = ?5, standing = NULL
                   WHERE number = ?1";
        let (since, horizon) = (since.map(Timestamp::unix), Timestamp::MIN.unix());
        let values = params![number, state, successor, since, horizon];
        self.change(SUBJECT, sql, values)?;
        Ok(())
    }
}

/// The state in two cells.
pub(super) fn state(
    cells: &Cells<'_>,
    state: usize,
    successor: usize,
) -> Result<SubjectState, StoreError> {
    match cells.whole(state)? {
        ACTIVE => Ok(SubjectState::Active),
        WITHDRAWN => Ok(SubjectState::Withdrawn {
            successor: cells.number(successor)?,
        }),
        ERASED => Ok(SubjectState::Erased),
        other => Err(cells.damaged(&format_args!("{other} is no state of a subject"))),
    }
}

fn nobody() -> StoreError {
    failure::refused("nobody has this number")
}
