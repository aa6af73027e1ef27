//! Showing: from a device token to signed codes, by memory alone.

use hc_code::day_index::SubjectNumber;
use hc_code::day_key::Minute;
use hc_code::issue::{Decided, IssueError};
use hc_code::live::Live;
use hc_code::statement::{LastTest, Statement, StatementError};
use hc_code::{Day, DayError, Extension, Level, ReasonClass, Timestamp};

use crate::keys::Current;
use crate::standings::{Now, Seen, Standings};
use crate::token::TokenError;

/// Codes for this minute and, where asked for, the next ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The texts, each good for a minute from the end of the one before.
    pub codes: Vec<LiveCode>,
    /// The level now.
    pub level: Level,
    /// Why, as a gate may know it.
    pub class: ReasonClass,
    /// The time of the facts.
    pub as_of: Timestamp,
    /// When the level may next change by itself; [`Timestamp::MAX`] for never.
    pub until: Timestamp,
    /// The last negative test.
    pub last_test: Option<LastTest>,
}

impl Shown {
    /// The same where the facts are too old to tell a level: what the codes say then.
    #[must_use]
    pub fn stale(self) -> Self {
        Self {
            level: Level::Unknown,
            class: ReasonClass::None,
            until: Timestamp::MAX,
            ..self
        }
    }
}

/// One live code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveCode {
    /// The text of the QR code.
    pub text: String,
    /// From when on it is good.
    pub from: Timestamp,
}

/// The most codes that are given at once: an open page need not ask again for so many minutes.
pub const MOST_AHEAD: u8 = 5;

/// Why nothing is shown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShowError {
    /// The token.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The number was withdrawn or erased.
    #[error("this code was withdrawn; sign in again")]
    Withdrawn,
    /// No grant holds for whoever is asked for.
    #[error("no grant holds between these two people")]
    NoGrant,
    /// The number is not known here (yet).
    #[error("nobody is enrolled under this token")]
    Nobody,
    /// The node has no key of that day.
    #[error("the node has no key of this day")]
    NoDayKey,
    /// The day.
    #[error(transparent)]
    Day(#[from] DayError),
    /// The statement.
    #[error(transparent)]
    Statement(#[from] StatementError),
    /// The code.
    #[error(transparent)]
    Issue(#[from] IssueError),
}

/// Signs the codes of a subject.
///
/// # Errors
/// [`ShowError`].
pub fn show(
    standings: &Standings,
    keys: &Current,
    number: SubjectNumber,
    count: u8,
    now: Timestamp,
) -> Result<Shown, ShowError> {
    show_with(standings, keys, number, (count, &Extension::empty()), now)
}

/// The same with something bound into the codes.
///
/// # Errors
/// [`ShowError`].
pub fn show_with(
    standings: &Standings,
    keys: &Current,
    number: SubjectNumber,
    (count, extension): (u8, &Extension),
    now: Timestamp,
) -> Result<Shown, ShowError> {
    let as_of = standings.as_of().min(now);
    let first = look(standings, number, now)?;
    let mut codes = Vec::with_capacity(usize::from(count));
    let mut from = now;
    for _ in 0..count.clamp(1, MOST_AHEAD) {
        let found = look(standings, number, from)?;
        let text = live(keys, number, (&found, extension), as_of, from)?;
        codes.push(LiveCode { text, from });
        from = from.plus(Live::LIFETIME).min(found.until);
    }
    Ok(Shown {
        codes,
        level: first.level,
        class: first.class,
        as_of,
        until: first.until,
        last_test: first.last_test,
    })
}

fn look(standings: &Standings, number: SubjectNumber, at: Timestamp) -> Result<Now, ShowError> {
    match standings.at(number, at) {
        Seen::Active(found) => Ok(found),
        Seen::Gone => Err(ShowError::Withdrawn),
        Seen::Nobody => Err(ShowError::Nobody),
    }
}

/// What a code may say of somebody, as of a time.
///
/// # Errors
/// [`StatementError`] for a level that does not go with its class.
pub fn statement(found: &Now, as_of: Timestamp) -> Result<Statement, StatementError> {
    let statement = Statement::new(found.level, found.class, as_of)?;
    match found.last_test {
        Some(test) if test.time() <= as_of => statement.with_last_test(test),
        _ => Ok(statement),
    }
}

fn live(
    keys: &Current,
    number: SubjectNumber,
    (found, extension): (&Now, &Extension),
    as_of: Timestamp,
    from: Timestamp,
) -> Result<String, ShowError> {
    let issuer = &keys.codes;
    let day = Day::of(from, issuer.offset())?;
    let day = keys.day(day).ok_or(ShowError::NoDayKey)?;
    let handle = day.live.handle(number, Minute::of(from));
    let decided = Decided {
        statement: statement(found, as_of)?,
        valid_until: found.until,
    };
    Ok(issuer.live(&decided, handle, extension, from)?)
}
