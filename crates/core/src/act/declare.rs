//! Declaring health and itinerary.

use hc_code::day_index::SubjectNumber;
use hc_code::{DivisionCode, Timestamp};
use serde_json::{Value, json};

use super::{ActError, Changed, active, redecide};
use crate::domain_table::{Code, YesNo, YesNoUnsure};
use crate::evidence::{
    Answer, Answers, Event, Evidence, EvidenceId, FEVER, Fact, KeptRecord, KeptRow, SourceKind,
    Statement,
};
use crate::place::Place;
use crate::record::{Health, Trip};
use crate::rulebook::Rulebook;
use crate::store::{DeclarationRow, DocumentHash, Writing};

/// What a person declares at once: health, and the trips of the last days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HealthDeclaration {
    /// How the person is.
    pub health: Health,
    /// Where the person was or will be.
    pub trips: Vec<Trip>,
}

/// What a declaration did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared {
    /// What was kept as the person's own evidence.
    pub records: Vec<EvidenceId>,
    /// Who has another standing now.
    pub changed: Vec<Changed>,
}

/// The name under which a person's own statements stand.
const OWN: &str = "self";

/// Keeps a declaration, and what follows from it as evidence of the person's own.
///
/// # Errors
/// [`ActError::NotEnrolled`]; [`ActError::Store`].
pub fn declare(
    store: &mut dyn Writing,
    rulebook: &mut Rulebook,
    number: SubjectNumber,
    declaration: &HealthDeclaration,
    now: Timestamp,
) -> Result<Declared, ActError> {
    active(store, number)?;
    let documents = store.hashes(number)?;
    let document = *documents.first().ok_or(ActError::NotEnrolled)?;
    store.add_declaration(
        number,
        &DeclarationRow {
            at: now,
            content: declaration.expose_bytes(),
        },
    )?;
    let rows = declaration.rows(rulebook, now)?;
    keep(store, rulebook, document, rows, now)
}

/// Keeps trips that the person declares without saying anew how they are, and what follows from them as
/// evidence of the person's own.
///
/// # Errors
/// [`ActError::NotEnrolled`]; [`ActError::Store`].
pub fn declare_trips(
    store: &mut dyn Writing,
    rulebook: &mut Rulebook,
    number: SubjectNumber,
    trips: &[Trip],
    now: Timestamp,
) -> Result<Declared, ActError> {
    active(store, number)?;
    let documents = store.hashes(number)?;
    let document = *documents.first().ok_or(ActError::NotEnrolled)?;
    let exposed: Vec<Value> = trips
        .iter()
        .map(|trip| Value::Object(trip.expose_object()))
        .collect();
    let content = json!({ "itinerary": exposed }).to_string().into_bytes();
    store.add_declaration(number, &DeclarationRow { at: now, content })?;
    let rows = stays(trips, 'T', rulebook, now)?;
    keep(store, rulebook, document, rows, now)
}

fn keep(
    store: &mut dyn Writing,
    rulebook: &mut Rulebook,
    document: DocumentHash,
    rows: Vec<KeptRow>,
    now: Timestamp,
) -> Result<Declared, ActError> {
    let rows: Vec<(DocumentHash, KeptRow)> = rows.into_iter().map(|row| (document, row)).collect();
    store.add_evidence(&rows)?;
    let changed = redecide(store, rulebook, &[document], now)?;
    let ids = rows.iter().map(|(_, row)| EvidenceId::from_bytes(row.id));
    Ok(Declared {
        records: ids.collect(),
        changed,
    })
}

impl HealthDeclaration {
    /// The bytes to be sealed: what the person said, in the form of the data groups.
    pub fn expose_bytes(&self) -> Vec<u8> {
        let trips: Vec<Value> = self
            .trips
            .iter()
            .map(|trip| Value::Object(trip.expose_object()))
            .collect();
        let whole = json!({ "health": self.health.expose_object(), "itinerary": trips });
        whole.to_string().into_bytes()
    }

    /// The answers that are not the healthy ones.
    pub fn answers(&self) -> Answers {
        let health = &self.health;
        let mut answers = Answers::EMPTY;
        let mut note = |holds: bool, answer| {
            if holds {
                answers = answers.with(answer);
            }
        };
        let symptoms = health.symptoms().value();
        note(
            symptoms.iter().any(|symptom| symptom.word() != "none"),
            Answer::Symptoms,
        );
        let raised = health
            .temperature()
            .is_some_and(|item| item.value().tenths() >= FEVER);
        note(raised, Answer::Fever);
        note(is_yes(*health.stayed_high_risk().value()), Answer::RiskStay);
        let contact: Code<YesNoUnsure> = *health.contact_with_case().value();
        note(contact.word() == "yes", Answer::CaseContact);
        note(contact.word() == "unsure", Answer::ContactUnsure);
        let risky_trip = self
            .trips
            .iter()
            .filter_map(Trip::stayed_high_risk)
            .any(|item| is_yes(*item.value()));
        note(risky_trip, Answer::RiskStay);
        answers
    }

    /// The declaration as evidence: one fact for the health, one for each division of a trip.
    fn rows(&self, rulebook: &mut Rulebook, now: Timestamp) -> Result<Vec<KeptRow>, ActError> {
        let tenths = self
            .health
            .temperature()
            .map_or(0, |item| item.value().tenths());
        let health = Event::Declaration {
            answers: self.answers(),
            temperature: tenths,
        };
        let mut rows = vec![own(health, (now, now), now, ('D', 0), rulebook)?];
        rows.extend(stays(&self.trips, 'D', rulebook, now)?);
        Ok(rows)
    }
}

/// One fact for each division of a trip that the person was in.
fn stays(
    trips: &[Trip],
    kind: char,
    rulebook: &mut Rulebook,
    now: Timestamp,
) -> Result<Vec<KeptRow>, ActError> {
    let mut rows = Vec::new();
    for (place, trip) in (1u32..).zip(trips) {
        let left = *trip.depart_time().value();
        let came = trip.arrive_time().map_or(left, |item| *item.value());
        for (division, when) in [
            (*trip.start_division().value(), left),
            (*trip.arrive_division().value(), came),
        ] {
            // What lies ahead is a plan and no evidence.
            if when <= now {
                let stay = stay(division, rulebook)?;
                rows.push(own(stay, (when, when), now, (kind, place), rulebook)?);
            }
        }
    }
    Ok(rows)
}

fn is_yes(answer: Code<YesNo>) -> bool {
    answer.word() == "yes"
}

fn stay(division: DivisionCode, rulebook: &mut Rulebook) -> Result<Event, ActError> {
    let place = rulebook.places().intern(division, Place::whole());
    let place = place.map_err(|error| ActError::Log(error.to_string()))?;
    Ok(Event::Stay { division, place })
}

/// A fact that the person states. The reference counts declarations by their second, so that a
/// page that sends one twice sends one.
fn own(
    event: Event,
    (at, until): (Timestamp, Timestamp),
    now: Timestamp,
    (kind, part): (char, u32),
    rulebook: &mut Rulebook,
) -> Result<KeptRow, ActError> {
    let reference = format!("{kind}-{}-{part}", now.unix());
    let statement = Statement::new(SourceKind::Person, OWN, &reference)
        .map_err(|error| ActError::Log(error.to_string()))?;
    let fact = Fact {
        at,
        until,
        known: now,
        expires: Timestamp::MAX,
        event,
        source: SourceKind::Person,
    };
    let places = &*rulebook.places();
    let evidence = Evidence::new(statement, fact, places);
    Ok(KeptRow::of(&KeptRecord::Evidence(evidence), places))
}
