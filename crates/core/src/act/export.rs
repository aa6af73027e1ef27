//! Everything that is kept about a person, for that person.

use hc_code::Timestamp;
use hc_code::day_index::SubjectNumber;
use hc_tlog::entry::{Detail, Kind};

use super::profile::read_document;
use super::trace::{label, log};
use super::{ActError, Actor, Profile, active};
use crate::document::Document;
use crate::evidence::Evidence;
use crate::rulebook::Rulebook;
use crate::store::{
    AppealRow, ConsentRow, DeclarationRow, GrantRow, LogRow, PaperRow, Writing, dossier,
};

/// Everything.
#[derive(Clone, Debug)]
pub struct Export {
    /// The number: it tells which side of a grant is theirs, and goes nowhere else.
    pub number: SubjectNumber,
    /// Since when the number is theirs.
    pub since: Timestamp,
    /// Who they are.
    pub profile: Profile,
    /// Their documents.
    pub documents: Vec<Document>,
    /// What they declared, the latest first.
    pub declarations: Vec<DeclarationRow>,
    /// What they agreed to.
    pub consents: Vec<ConsentRow>,
    /// Who may act for whom.
    pub grants: Vec<GrantRow>,
    /// Their appeals, the latest first.
    pub appeals: Vec<AppealRow>,
    /// Their paper codes.
    pub papers: Vec<PaperRow>,
    /// The evidence about them.
    pub evidence: Vec<Evidence>,
    /// The log entries about them: decisions, and who looked.
    pub log: Vec<LogRow>,
}

/// The most rows of one kind that are given at once.
const MOST_ROWS: u32 = 10_000;

/// Reads everything, and logs that it was read.
///
/// # Errors
/// [`ActError`]; nothing is given that was not logged.
pub fn export(
    store: &mut dyn Writing,
    rulebook: &mut Rulebook,
    number: SubjectNumber,
    actor: &Actor,
    now: Timestamp,
) -> Result<Export, ActError> {
    export_for(store, rulebook, number, (actor, "own-data"), now)
}

/// The same for whoever takes it for a purpose, which stands in the person's own log.
///
/// # Errors
/// [`ActError`]; nothing is given that was not logged.
pub fn export_for(
    store: &mut dyn Writing,
    rulebook: &mut Rulebook,
    number: SubjectNumber,
    (actor, purpose): (&Actor, &str),
    now: Timestamp,
) -> Result<Export, ActError> {
    let row = active(store, number)?;
    let mut documents = Vec::new();
    let mut evidence = Vec::new();
    let kept = store.documents(number)?;
    if let Some(first) = kept.first() {
        let person = dossier(store, first.hash, now, rulebook.places())?;
        evidence.extend(person.evidence().iter().cloned());
    }
    for document in kept {
        documents.push(read_document(&document.content, now)?);
    }
    let found = Export {
        number,
        since: row.since,
        profile: Profile::from_bytes(&row.content)?,
        documents,
        declarations: store.declarations(number, MOST_ROWS)?,
        consents: store.consents(number)?,
        grants: store.grants(number)?,
        appeals: store.appeals(number)?,
        papers: store.papers(number)?,
        evidence,
        log: store.log_of(number, MOST_ROWS)?,
    };
    let records = found.declarations.len() + found.evidence.len() + found.log.len();
    let details = [
        Detail::Recipient(label(&actor.id)?),
        Detail::Purpose(label(purpose)?),
        Detail::Records(u64::try_from(records).unwrap_or(u64::MAX)),
    ];
    log(store, Kind::Export, now, Some(number), actor, details)?;
    Ok(found)
}
