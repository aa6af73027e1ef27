//! Declarations as they are sent.

use hc_code::Timestamp;
use hc_core::act::HealthDeclaration;
use hc_core::domain_table::{Code, ItemSource};
use hc_core::record::{DataElements, FieldError, Health, Provenance, Reading, Trip};
use serde::Deserialize;
use serde_json::Value;

use crate::json::Members;
use crate::problem::{Fault, Problem, ProblemType};

/// The most trips of one declaration: more than three weeks of five a day.
pub(crate) const MOST_TRIPS: usize = 100;

/// Health and itinerary in the form of the data groups of GB/T 38962.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AskedDeclaration {
    health: Members,
    #[serde(default)]
    itinerary: Vec<Members>,
}

impl AskedDeclaration {
    /// Reads the declaration as made now by the person.
    ///
    /// # Errors
    /// Everything that is wrong with it, by path.
    pub(crate) fn read(self, now: Timestamp) -> Result<HealthDeclaration, Vec<Fault>> {
        let refused = |problem: &str| vec![Fault::new("", problem)];
        let own = Code::<ItemSource>::from_word("self")
            .map_err(|_| refused("cannot be read: the table of sources lacks one"))?;
        let bare = Provenance::new(own, now, None)
            .ok_or_else(|| refused("cannot be read at this time"))?;
        let reading = Reading {
            elements: DataElements::bundled(),
            now,
            bare,
        };
        let mut faults = Vec::new();
        if self.itinerary.len() > MOST_TRIPS {
            let problem = format!("has more than {MOST_TRIPS} trips");
            faults.push(Fault::new("itinerary", &problem));
        }
        let note = |faults: &mut Vec<Fault>, outer: &str, errors: Vec<FieldError>| {
            faults.extend(errors.into_iter().map(|error| {
                let path = error.path().trim_start_matches('.');
                Fault::new(path, error.problem()).inside(outer)
            }));
        };
        let health = Health::parse(&self.health.0, &reading)
            .map_err(|errors| note(&mut faults, "health", errors));
        let trips: Vec<Value> = self
            .itinerary
            .into_iter()
            .take(MOST_TRIPS)
            .map(|trip| Value::Object(trip.0))
            .collect();
        let trips = Trip::parse_all(&trips, &reading)
            .map_err(|errors| note(&mut faults, "itinerary", errors));
        match (health, trips) {
            (Ok(health), Ok(trips)) if faults.is_empty() => Ok(HealthDeclaration { health, trips }),
            _ => Err(faults),
        }
    }
}

/// The answer to fields that are refused.
pub(crate) fn refused(faults: Vec<Fault>) -> Problem {
    Problem::new(ProblemType::BadFields).with_faults(faults)
}
