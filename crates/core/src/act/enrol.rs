//! Enrolment: from a proved document to a subject with a first declaration.

use hc_code::day_index::SubjectNumber;
use hc_code::{Span, Timestamp};

use super::profile::expose_document;
use super::{
    ActError, Actor, Changed, Declared, HealthDeclaration, Profile, ProfileChange, correct_profile,
    declare, redecide,
};
use crate::document::Document;
use crate::evidence::EvidenceId;
use crate::rulebook::Rulebook;
use crate::store::{ConsentRow, DocumentHash, DocumentHasher, SubjectState, Writing};

/// A person whose document was proved by an identity provider or seen by staff.
#[derive(Clone, Debug)]
pub struct Enrolment {
    /// Who they are.
    pub profile: Profile,
    /// The document.
    pub document: Document,
    /// What they agree to.
    pub consents: Vec<Consent>,
    /// Health and itinerary, where they declare at once.
    pub declaration: Option<HealthDeclaration>,
}

/// A consent, as it is given now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Consent {
    /// To what.
    pub purpose: &'static str,
    /// The version of the text that was shown.
    pub version: u32,
    /// For how long.
    pub lasts: Span,
}

impl Consent {
    /// That health, itinerary and evidence are used to give and show a code. Nobody is enrolled
    /// without it.
    pub const CODE: &'static str = "code";
}

/// Who was enrolled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enrolled {
    /// The number.
    pub number: SubjectNumber,
    /// Whether it is new; otherwise the person had enrolled before, and nothing was lost.
    pub new: bool,
    /// What was kept as the person's own evidence.
    pub records: Vec<EvidenceId>,
    /// Who has another standing now.
    pub changed: Vec<Changed>,
}

/// Enrols a person, or finds the one whom the document names and brings what is kept up to date.
/// Evidence that waited under the document counts from here on. `actor` has the change of a profile in
/// the log.
///
/// # Errors
/// [`ActError::NoConsent`]; [`ActError::Store`].
pub fn enrol(
    store: &mut dyn Writing,
    rulebook: &mut Rulebook,
    hasher: &DocumentHasher,
    enrolment: &Enrolment,
    actor: &Actor,
    now: Timestamp,
) -> Result<Enrolled, ActError> {
    let agreed = enrolment
        .consents
        .iter()
        .any(|consent| consent.purpose == Consent::CODE && consent.lasts.as_seconds() > 0);
    if !agreed {
        return Err(ActError::NoConsent(Consent::CODE));
    }
    let hash = hasher.hash(&enrolment.document.key());
    let (number, new) = subject(store, hash, enrolment, actor, now)?;
    for consent in &enrolment.consents {
        let row = ConsentRow {
            purpose: consent.purpose.to_owned(),
            version: consent.version,
            at: now,
            until: now.plus(consent.lasts),
        };
        store.set_consent(number, &row)?;
    }
    let Declared { records, changed } = match &enrolment.declaration {
        Some(declaration) => declare(store, rulebook, number, declaration, now)?,
        None => Declared {
            records: Vec::new(),
            changed: redecide(store, rulebook, &[hash], now)?,
        },
    };
    Ok(Enrolled {
        number,
        new,
        records,
        changed,
    })
}

fn subject(
    store: &mut dyn Writing,
    hash: DocumentHash,
    enrolment: &Enrolment,
    actor: &Actor,
    now: Timestamp,
) -> Result<(SubjectNumber, bool), ActError> {
    let found = store.numbers(&[hash])?.first().copied().flatten();
    if let Some(number) = found {
        let state = store.subject(number)?.map(|row| row.state);
        if state == Some(SubjectState::Active) {
            // What was not said this time stays.
            let profile = &enrolment.profile;
            let change = ProfileChange {
                name: Some(profile.name.clone()),
                phone: profile.phone.clone().map(Some),
                address: profile.address.clone().map(Some),
            };
            correct_profile(store, number, &change, actor, now)?;
            return Ok((number, false));
        }
    }
    let content = enrolment.profile.expose_bytes();
    let number = store.add_subject(hash, now, &content)?;
    store.add_document(number, hash, &expose_document(&enrolment.document))?;
    Ok((number, true))
}
