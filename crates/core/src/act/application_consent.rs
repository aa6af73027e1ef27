//! Consents to applications: what a person lets an application of GB/T 38963 do in their name, and for how long.
//!
//! Each function of each application is a consent of its own, so that it is kept, exported, handed on, forgotten
//! and erased as all consents are. That it was taken back is kept as well, because a token that was given before
//! must be known for ended after a restart, also where the person has agreed anew since.

use core::fmt;

use hc_code::day_index::SubjectNumber;
use hc_code::{Span, Timestamp};
use hc_tlog::entry::{Detail, Kind, Role};

use super::trace::{Actor, label, log, seconds};
use super::{ActError, active};
use crate::party::{Function, Functions};
use crate::store::{ConsentRow, Writing};
use crate::word::Word as _;

/// The longest that one consent to an application lasts.
pub const LONGEST_APPLICATION_CONSENT: Span = Span::hours(24);

/// What stands before the purposes that are about applications.
const DONE: &str = "38963/";
const ENDED: &str = "38963-ended/";

/// The purpose of a consent that is about an application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApplicationPurpose {
    /// That the application does this in the person's name.
    Does(Function, String),
    /// That the person took back what they had let the application do.
    Ended(String),
}

impl ApplicationPurpose {
    /// Reads the word of a purpose; nothing where it is another purpose.
    pub fn read(word: &str) -> Option<Self> {
        if let Some(application) = word.strip_prefix(ENDED) {
            return Some(Self::Ended(application.to_owned()));
        }
        let (function, application) = word.strip_prefix(DONE)?.split_once('/')?;
        let function = function.parse().ok()?;
        Some(Self::Does(function, application.to_owned()))
    }

    /// The application.
    pub fn application(&self) -> &str {
        match self {
            Self::Does(_, application) | Self::Ended(application) => application,
        }
    }
}

impl fmt::Display for ApplicationPurpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Does(function, application) => {
                write!(f, "{DONE}{}/{application}", function.word())
            }
            Self::Ended(application) => write!(f, "{ENDED}{application}"),
        }
    }
}

/// What a person agrees to, now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplicationConsent {
    /// Which application.
    pub application: String,
    /// What it may do.
    pub functions: Functions,
    /// The version of the text that was shown.
    pub version: u32,
    /// For how long; [`LONGEST_APPLICATION_CONSENT`] where it is longer.
    pub lasts: Span,
}

/// What an application may do for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplicationConsented {
    /// Which application.
    pub application: String,
    /// What it may do now.
    pub functions: Functions,
    /// Since when.
    pub at: Timestamp,
    /// When the last of it ends.
    pub until: Timestamp,
}

/// Keeps that a person lets an application act for them. What they let it do before goes on until its own end.
/// Gives when this ends.
///
/// # Errors
/// [`ActError::NotEnrolled`]; [`ActError::Store`].
pub fn consent_to_application(
    store: &mut dyn Writing,
    number: SubjectNumber,
    consent: &ApplicationConsent,
    now: Timestamp,
) -> Result<Timestamp, ActError> {
    active(store, number)?;
    let until = now
        .plus(consent.lasts)
        .min(now.plus(LONGEST_APPLICATION_CONSENT));
    let kept = store.consents(number)?;
    for function in consent.functions.iter() {
        let purpose = ApplicationPurpose::Does(function, consent.application.clone()).to_string();
        let held = kept
            .iter()
            .find(|row| row.purpose == purpose && row.until > now);
        let row = ConsentRow {
            purpose,
            version: consent.version,
            at: held.map_or(now, |row| row.at),
            until: held.map_or(until, |row| row.until.max(until)),
        };
        store.set_consent(number, &row)?;
    }
    let details = [
        Detail::Act(label("application")?),
        Detail::Recipient(label(&consent.application)?),
        Detail::Purpose(label(&consent.functions.words())?),
        Detail::Ends(seconds(until)),
    ];
    let actor = Actor::subject();
    log(store, Kind::GrantMade, now, Some(number), &actor, details)?;
    Ok(until)
}

/// Ends at once whatever a person let an application do.
///
/// # Errors
/// [`ActError::NoGrant`] where it may do nothing; [`ActError::NotEnrolled`]; [`ActError::Store`].
pub fn end_application_consent(
    store: &mut dyn Writing,
    number: SubjectNumber,
    application: &str,
    now: Timestamp,
) -> Result<(), ActError> {
    active(store, number)?;
    let mut ended = false;
    for row in store.consents(number)? {
        let purpose = ApplicationPurpose::read(&row.purpose);
        let own = purpose.is_some_and(|one| one.application() == application);
        if own && row.until > now {
            store.set_consent(number, &ConsentRow { until: now, ..row })?;
            ended = true;
        }
    }
    if !ended {
        return Err(ActError::NoGrant);
    }
    let row = ConsentRow {
        purpose: ApplicationPurpose::Ended(application.to_owned()).to_string(),
        version: 1,
        at: now,
        until: now,
    };
    store.set_consent(number, &row)?;
    let details = [
        Detail::Act(label("application")?),
        Detail::Recipient(label(application)?),
        Detail::Reason(label("self")?),
    ];
    let actor = Actor::subject();
    log(store, Kind::GrantEnded, now, Some(number), &actor, details)
}

/// Ends what a number let applications do: their tokens end with the number, so nothing is said to hold still.
pub(super) fn end_all_application_consents(
    store: &mut dyn Writing,
    number: SubjectNumber,
    now: Timestamp,
) -> Result<(), ActError> {
    for row in store.consents(number)? {
        if row.until > now && ApplicationPurpose::read(&row.purpose).is_some() {
            store.set_consent(number, &ConsentRow { until: now, ..row })?;
        }
    }
    Ok(())
}

/// What applications may do for a person now, by their ids.
pub fn consented_applications(rows: &[ConsentRow], now: Timestamp) -> Vec<ApplicationConsented> {
    let mut all: Vec<ApplicationConsented> = Vec::new();
    for row in rows.iter().filter(|row| row.until > now) {
        let Some(ApplicationPurpose::Does(function, application)) =
            ApplicationPurpose::read(&row.purpose)
        else {
            continue;
        };
        match all.iter_mut().find(|one| one.application == application) {
            Some(one) => {
                one.functions = one.functions.with(function);
                one.at = one.at.min(row.at);
                one.until = one.until.max(row.until);
            }
            None => all.push(ApplicationConsented {
                application,
                functions: Functions::EMPTY.with(function),
                at: row.at,
                until: row.until,
            }),
        }
    }
    all.sort_by(|one, other| one.application.cmp(&other.application));
    all
}

/// Logs in a person's log that an application did something in their name.
///
/// # Errors
/// [`ActError`].
pub fn acted_by_application(
    store: &mut dyn Writing,
    number: SubjectNumber,
    (application, function): (&str, Function),
    now: Timestamp,
) -> Result<(), ActError> {
    let actor = Actor {
        role: Role::Application,
        id: application.to_owned(),
    };
    let details = [Detail::Act(label(function.word())?)];
    log(store, Kind::ActedFor, now, Some(number), &actor, details)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp::from_unix(1_656_734_400);

    fn row(purpose: &str, hours: u16) -> ConsentRow {
        ConsentRow {
            purpose: purpose.to_owned(),
            version: 1,
            at: NOON,
            until: NOON.plus(Span::hours(hours)),
        }
    }

    #[test]
    fn a_purpose_is_read_as_it_was_written_and_others_are_none() {
        let made = ApplicationPurpose::Does(Function::MakeCode, "a/b".to_owned());
        let ended = ApplicationPurpose::Ended("a/b".to_owned());
        for one in [made, ended] {
            assert_eq!(ApplicationPurpose::read(&one.to_string()), Some(one));
        }
        for other in ["code", "38963/", "38963/fly/app", "38963x/makeCode/app", ""] {
            assert_eq!(ApplicationPurpose::read(other), None, "{other}");
        }
    }

    #[test]
    fn an_application_may_do_what_was_agreed_to_and_has_not_ended() {
        let rows = [
            row("code", 100),
            row("38963/makeCode/super", 2),
            row("38963/declareHealth/super", 5),
            row("38963/queryHealth/super", 0),
            row("38963/makeCode/another", 1),
            row("38963-ended/third", 9),
        ];
        let told = consented_applications(&rows, NOON);
        let ids: Vec<&str> = told.iter().map(|one| one.application.as_str()).collect();
        assert_eq!(ids, ["another", "super"]);
        assert_eq!(told[1].functions.words(), "declareHealth, makeCode");
        assert_eq!(told[1].until, NOON.plus(Span::hours(5)));
        let later = consented_applications(&rows, NOON.plus(Span::hours(3)));
        assert_eq!(later.len(), 1);
        assert_eq!(later[0].functions.words(), "declareHealth");
    }
}
