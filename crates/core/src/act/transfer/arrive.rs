//! How a package arrives: the person is enrolled, and the same facts are decided under the rules here.

use hc_code::day_index::SubjectNumber;
use hc_code::{DivisionCode, Timestamp};

use super::super::profile::expose_document;
use super::super::{
    ActError, Actor, Changed, Consent, Enrolment, TakenIn, enrol, nobodys, take_in,
};
use super::package::{Package, PackageError};
use crate::evidence::intake::{Desk, Receipt, Record, ndjson};
use crate::rulebook::Rulebook;
use crate::store::{DocumentHasher, Writing};

/// Who arrived.
#[derive(Clone, Debug)]
pub struct Arrived {
    /// The number.
    pub number: SubjectNumber,
    /// Whether the person was not enrolled here before.
    pub new: bool,
    /// Pieces of evidence that were not known here.
    pub records: usize,
    /// Who has another standing now.
    pub changed: Vec<Changed>,
}

/// Enrols the person of a package that came from a region, keeps what they took along, and decides.
/// All of it, or nothing: a line that is set aside refuses the whole.
///
/// Somebody who is enrolled here already keeps the profile that they have here, and what was known.
///
/// # Errors
/// [`ActError::Package`]; [`ActError::OtherSubject`] where the documents name two people here;
/// [`ActError::NoConsent`]; [`ActError::Store`].
pub fn arrive(
    store: &mut dyn Writing,
    rulebook: &mut Rulebook,
    hasher: &DocumentHasher,
    (package, from): (&Package, DivisionCode),
    consent: Consent,
    now: Timestamp,
) -> Result<Arrived, ActError> {
    let text = package.lines().join("\n");
    let mut desk = Desk::new(Receipt::At(now), rulebook.places());
    let batch = ndjson(text.as_bytes(), &mut desk);
    if let Some(bad) = batch.quarantined().first() {
        let what = bad.faults().iter().map(ToString::to_string);
        let line = bad.line();
        let what = what.collect::<Vec<_>>().join("; ");
        return Err(PackageError::Line { line, what }.into());
    }
    let first = package.documents().first().ok_or(ActError::NotEnrolled)?;
    for row in batch.rows() {
        let line = row.line();
        let about = row.document().map(crate::document::Document::key);
        let what = if about.as_ref() != Some(&first.key()) {
            "it is about another document than the first"
        } else if !matches!(row.record(), Record::Evidence(_)) {
            "only evidence is taken along"
        } else {
            continue;
        };
        let what = what.to_owned();
        return Err(PackageError::Line { line, what }.into());
    }
    let hashes: Vec<_> = package
        .documents()
        .iter()
        .map(|document| hasher.hash(&document.key()))
        .collect();
    let before = store.numbers(&hashes)?;
    let mut known = before.iter().flatten().copied();
    let here = known.next();
    if known.any(|number| Some(number) != here) {
        return Err(ActError::OtherSubject);
    }
    let (number, new, mut changed) = if let Some(number) = here {
        (number, false, Vec::new())
    } else {
        let enrolment = Enrolment {
            profile: package.profile().clone(),
            document: first.clone(),
            consents: vec![consent],
            declaration: None,
        };
        let enrolled = enrol(store, rulebook, hasher, &enrolment, &Actor::subject(), now)?;
        (enrolled.number, enrolled.new, enrolled.changed)
    };
    for ((document, hash), known) in package.documents().iter().zip(&hashes).zip(&before) {
        let is_first = here.is_none() && document.key() == first.key();
        if known.is_none() && !is_first {
            store.add_document(number, *hash, &expose_document(document))?;
        }
    }
    if let (true, Some(declaration)) = (new, package.declaration()) {
        store.add_declaration(number, declaration)?;
    }
    let batch = batch.through(from, rulebook.places());
    let rows = (batch.rows(), &nobodys as super::super::Whose<'_>);
    let TakenIn {
        new: records,
        changed: later,
        ..
    } = take_in(store, rulebook, hasher, rows, now)?;
    changed.extend(later);
    Ok(Arrived {
        number,
        new,
        records,
        changed,
    })
}
