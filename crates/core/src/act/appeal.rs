//! Appeals: a person says that a piece of evidence about them is wrong. A clock runs.
//!
//! * A person's own statement is taken back at once: it was theirs.
//! * An officer answers: right, and the evidence is taken back and the person decided anew in the same act;
//!   or not, with a reason.
//! * One that nobody answers in time lapses in the person's favour, as if it had been accepted, unless
//!   it is about what may not end by silence: a case, a test that was not negative, or the ground of a
//!   high level. Such a one is escalated: it goes to the top of every officer's list and stays there.

use core::fmt;

use hc_code::day_index::SubjectNumber;
use hc_code::{Level, Span, Timestamp};
use hc_tlog::entry::{Detail, EvidenceRef, Kind};
use serde::{Deserialize, Serialize};

use super::trace::{Actor, label, log, logged, seconds};
use super::{ActError, Changed, active, redecide};
use crate::evidence::{
    Correction, Event, Evidence, EvidenceId, KeptRecord, KeptRow, SourceKind, Statement, TestResult,
};
use crate::rulebook::Rulebook;
use crate::store::{AppealRow, AppealState, DocumentHash, Dossier, Reading, Writing, dossier};

/// How long an appeal may wait for an answer.
pub const APPEAL_CLOCK: Span = Span::hours(24);
/// The most appeals of one person that wait at once.
pub const MOST_OPEN: usize = 10;

/// What a person writes, or an officer answers: 1 to 2000 characters, none but line ends of control.
#[derive(Clone, PartialEq, Eq)]
pub struct AppealText(String);

/// A text that cannot be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("has 1 to {max} characters, and no control characters but line ends", max = AppealText::LONGEST)]
pub struct AppealTextError;

impl AppealText {
    /// The most characters.
    pub const LONGEST: usize = 2000;

    /// Takes a text without the white space around it.
    ///
    /// # Errors
    /// [`AppealTextError`].
    pub fn parse(text: &str) -> Result<Self, AppealTextError> {
        let text = text.trim();
        let fits = (1..=Self::LONGEST).contains(&text.chars().count())
            && !text.chars().any(|one| one.is_control() && one != '\n');
        fits.then(|| Self(text.to_owned())).ok_or(AppealTextError)
    }

    /// The text.
    pub fn expose_text(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for AppealText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AppealText({} bytes)", self.0.len())
    }
}

/// What an appeal says, and what was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appeal {
    /// The evidence that is said to be wrong.
    pub evidence: EvidenceId,
    /// What the person says.
    pub text: AppealText,
    /// What is right instead, where the person says so.
    pub right: Option<AppealText>,
    /// The answer.
    pub answer: Option<AppealText>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    evidence: [u8; 16],
    text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    right: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    answer: Option<String>,
}

impl Appeal {
    /// The bytes to be sealed.
    pub fn expose_bytes(&self) -> Vec<u8> {
        let text = |text: &AppealText| text.expose_text().to_owned();
        let kept = Kept {
            evidence: *self.evidence.as_bytes(),
            text: text(&self.text),
            right: self.right.as_ref().map(text),
            answer: self.answer.as_ref().map(text),
        };
        // Texts and numbers always have a JSON form.
        serde_json::to_vec(&kept).unwrap_or_default()
    }

    /// Reads what [`Self::expose_bytes`] gave.
    ///
    /// # Errors
    /// [`ActError::Kept`]; the content is not repeated.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ActError> {
        let kept: Kept = serde_json::from_slice(bytes).map_err(|_| ActError::Kept("appeal"))?;
        let text = |text: &str| AppealText::parse(text).map_err(|_| ActError::Kept("appeal"));
        Ok(Self {
            evidence: EvidenceId::from_bytes(kept.evidence),
            text: text(&kept.text)?,
            right: kept.right.as_deref().map(text).transpose()?,
            answer: kept.answer.as_deref().map(text).transpose()?,
        })
    }
}

/// An appeal with who has another standing by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appealed {
    /// The appeal as it stands now.
    pub row: AppealRow,
    /// Who has another standing now.
    pub changed: Vec<Changed>,
}

/// Makes an appeal. It gets the sequence of its log entry for a number and is to be answered within
/// [`APPEAL_CLOCK`]. One about the same evidence that waits is given back as it is.
///
/// # Errors
/// [`ActError::NoEvidence`] where nothing of that id is kept about the person; [`ActError::TooManyAppeals`];
/// [`ActError`].
pub fn appeal(
    store: &mut dyn Writing,
    rulebook: &mut Rulebook,
    number: SubjectNumber,
    appeal: &Appeal,
    now: Timestamp,
) -> Result<Appealed, ActError> {
    active(store, number)?;
    let (person, _) = person(store, rulebook, number, now)?;
    let found = person.evidence().get(appeal.evidence).cloned();
    let evidence = found.ok_or(ActError::NoEvidence)?;
    let mut open = 0;
    for row in store.appeals(number)? {
        if row.closed.is_none() {
            open += 1;
            if Appeal::from_bytes(&row.content)?.evidence == appeal.evidence {
                let changed = Vec::new();
                return Ok(Appealed { row, changed });
            }
        }
    }
    if open >= MOST_OPEN {
        return Err(ActError::TooManyAppeals);
    }
    let due = now.plus(APPEAL_CLOCK);
    let details = [
        Detail::Ends(seconds(due)),
        Detail::Evidence(EvidenceRef::from_bytes(*appeal.evidence.as_bytes())),
    ];
    let actor = Actor::subject();
    let id = logged(store, Kind::AppealMade, now, Some(number), &actor, details)?;
    let mut row = AppealRow {
        id,
        number,
        at: now,
        due,
        state: AppealState::Open,
        closed: None,
        content: appeal.expose_bytes(),
    };
    let mut changed = Vec::new();
    if evidence.statement().kind() == SourceKind::Person {
        changed = close(
            store,
            rulebook,
            &mut row,
            AppealState::Accepted,
            &actor,
            now,
        )?;
    }
    store.set_appeal(&row)?;
    Ok(Appealed { row, changed })
}

/// Answers an appeal, on the word of an officer.
///
/// # Errors
/// [`ActError::NoAppeal`] where none of this number waits; [`ActError::SharedReference`] where more than what
/// the officer was shown would be taken back; [`ActError`].
pub fn answer_appeal(
    store: &mut dyn Writing,
    rulebook: &mut Rulebook,
    id: u64,
    (accepted, reason): (bool, &AppealText),
    officer: &Actor,
    now: Timestamp,
) -> Result<Appealed, ActError> {
    let found = store.appeal(id)?.filter(|row| row.closed.is_none());
    let mut row = found.ok_or(ActError::NoAppeal)?;
    let mut appeal = Appeal::from_bytes(&row.content)?;
    let (person, _) = person(store, rulebook, row.number, now)?;
    if let Some(evidence) = person.evidence().get(appeal.evidence)
        && accepted
        && of_statement(&person, evidence.statement()).count() > 1
    {
        return Err(ActError::SharedReference);
    }
    appeal.answer = Some(reason.clone());
    row.content = appeal.expose_bytes();
    let state = if accepted {
        AppealState::Accepted
    } else {
        AppealState::Refused
    };
    let changed = close(store, rulebook, &mut row, state, officer, now)?;
    store.set_appeal(&row)?;
    Ok(Appealed { row, changed })
}

/// Lets appeals lapse, or escalates them, whose clock has run out. Gives each.
///
/// # Errors
/// [`ActError`].
pub fn lapse_appeals(
    store: &mut dyn Writing,
    rulebook: &mut Rulebook,
    limit: u32,
    now: Timestamp,
) -> Result<Vec<Appealed>, ActError> {
    let mut done = Vec::new();
    for mut row in store.open_appeals(now, limit)? {
        let service = Actor {
            id: "clock".to_owned(),
            ..Actor::service()
        };
        let evidence = Appeal::from_bytes(&row.content)?.evidence;
        let changed = if may_lapse(store, rulebook, row.number, evidence, now)? {
            close(
                store,
                rulebook,
                &mut row,
                AppealState::Lapsed,
                &service,
                now,
            )?
        } else {
            row.state = AppealState::Escalated;
            row.due = now.plus(APPEAL_CLOCK);
            let details = [Detail::About(row.id), Detail::Ends(seconds(row.due))];
            let kind = Kind::AppealEscalated;
            log(store, kind, now, Some(row.number), &service, details)?;
            Vec::new()
        };
        store.set_appeal(&row)?;
        done.push(Appealed { row, changed });
    }
    Ok(done)
}

/// Whether silence may end what a piece of evidence says.
fn may_lapse(
    store: &mut dyn Reading,
    rulebook: &mut Rulebook,
    number: SubjectNumber,
    evidence: EvidenceId,
    now: Timestamp,
) -> Result<bool, ActError> {
    let (person, _) = person(store, rulebook, number, now)?;
    let Some(found) = person.evidence().get(evidence) else {
        return Ok(true);
    };
    // What was stated under one reference is taken back together.
    let together: Vec<&Evidence> = of_statement(&person, found.statement()).collect();
    let infection = together.iter().any(|one| match one.fact().event {
        Event::Case(_) => true,
        Event::Test { result, .. } => result != TestResult::Negative,
        _ => false,
    });
    if infection {
        return Ok(false);
    }
    let story = person.story(now);
    let (_, decision) = rulebook.decide(&story, now);
    // Where the rules say nothing, as while none is in force, nobody knows what silence would end.
    if decision.level == Level::Unknown {
        return Ok(false);
    }
    let reasons = rulebook.explain(&decision, &story, now).reasons;
    let ids: Vec<EvidenceId> = together.iter().map(|one| one.id()).collect();
    let high = reasons.iter().any(|reason| {
        reason.level == Level::High && reason.evidence.iter().any(|id| ids.contains(id))
    });
    Ok(!high)
}

/// Everything that a source stated under one reference: what a correction takes back.
fn of_statement<'a>(
    person: &'a Dossier,
    statement: &'a Statement,
) -> impl Iterator<Item = &'a Evidence> {
    let all = person.evidence().iter();
    all.filter(move |one| one.statement() == statement)
}

/// Closes an appeal; where the person is right or taken to be, the evidence is taken back.
fn close(
    store: &mut dyn Writing,
    rulebook: &mut Rulebook,
    row: &mut AppealRow,
    state: AppealState,
    actor: &Actor,
    now: Timestamp,
) -> Result<Vec<Changed>, ActError> {
    row.state = state;
    row.closed = Some(now);
    let number = Some(row.number);
    let outcome = state.to_string();
    let details = [Detail::Outcome(label(&outcome)?), Detail::About(row.id)];
    log(store, Kind::AppealClosed, now, number, actor, details)?;
    if state == AppealState::Refused {
        return Ok(Vec::new());
    }
    let id = Appeal::from_bytes(&row.content)?.evidence;
    let (person, documents) = person(store, rulebook, row.number, now)?;
    // It may have gone by its retention meanwhile: then nothing is left to take back.
    let Some(evidence) = person.evidence().get(id) else {
        return Ok(Vec::new());
    };
    let rows = taken_back(evidence, &documents, rulebook, now);
    let details = [
        Detail::Reason(label(&format!("appeal-{outcome}"))?),
        Detail::Evidence(EvidenceRef::from_bytes(*id.as_bytes())),
        Detail::About(row.id),
    ];
    log(store, Kind::Correction, now, number, actor, details)?;
    store.add_evidence(&rows)?;
    redecide(store, rulebook, &documents, now)
}

fn taken_back(
    evidence: &Evidence,
    documents: &[DocumentHash],
    rulebook: &mut Rulebook,
    now: Timestamp,
) -> Vec<(DocumentHash, KeptRow)> {
    let correction = KeptRecord::Correction(Correction {
        of: evidence.statement().clone(),
        known: now,
    });
    let row = KeptRow::of(&correction, &*rulebook.places());
    let each = documents.iter();
    each.map(|document| (*document, row.clone())).collect()
}

/// All that is known about a subject, and what their documents are called.
fn person(
    store: &mut dyn Reading,
    rulebook: &mut Rulebook,
    number: SubjectNumber,
    now: Timestamp,
) -> Result<(Dossier, Vec<DocumentHash>), ActError> {
    let documents: Vec<DocumentHash> = store
        .documents(number)?
        .into_iter()
        .map(|row| row.hash)
        .collect();
    let first = *documents.first().ok_or(ActError::NotEnrolled)?;
    let person = dossier(store, first, now, rulebook.places())?;
    Ok((person, documents))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_reads_back_and_is_not_shown() {
        let appeal = Appeal {
            evidence: EvidenceId::from_bytes([7; 16]),
            text: AppealText::parse(" 我没有去过那里。\n请更正 ").unwrap(),
            right: Some(AppealText::parse("杭州").unwrap()),
            answer: None,
        };
        let bytes = appeal.expose_bytes();
        assert_eq!(Appeal::from_bytes(&bytes), Ok(appeal.clone()));
        assert!(!format!("{appeal:?}").contains("杭州"));
        let error = Appeal::from_bytes("{\"text\":\"杭州\"}".as_bytes()).unwrap_err();
        assert!(!error.to_string().contains("杭州"));
    }

    #[test]
    fn a_text_is_bounded_and_has_no_control_characters() {
        for bad in ["", " \n ", "a\u{7}b", "a\rb", &"字".repeat(2001)] {
            assert_eq!(AppealText::parse(bad), Err(AppealTextError), "{bad:?}");
        }
        assert!(AppealText::parse(&"字".repeat(2000)).is_ok());
    }
}
