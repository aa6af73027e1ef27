//! Where the person goes.

use hc_code::{DivisionCode, Timestamp};
use serde_json::Value;

use super::group::group;
use super::{FieldError, FieldProblem, Group, Object, Reading, Shape, Text};
use crate::domain_table::{Code, Transport, YesNo};
use crate::personal::Address;

group! {
    /// One trip of the itinerary (行程信息).
    Trip in Itinerary {
        required {
            /// Where it began.
            start_division: DivisionCode = "startDivision",
            /// Where it ended or will end.
            arrive_division: DivisionCode = "arriveDivision",
            /// When it began.
            depart_time: Timestamp = "departTime",
        }
        optional {
            /// Address of departure.
            start_address: Address = "startAddress",
            /// Address of arrival.
            arrive_address: Address = "arriveAddress",
            /// When it ended; never before the departure.
            arrive_time: Timestamp = "arriveTime",
            /// Means of transport.
            transport_mode: Code<Transport> = "transportMode",
            /// Flight, train or vehicle number.
            transport_number: Text = "transportNo",
            /// Carriage and seat.
            carriage_seat: Text = "carriageSeat",
            /// How many people travelled along; a count, because their names are theirs to declare.
            companions: u8 = "companions",
            /// Whether the trip touched an area at high risk.
            stayed_high_risk: Code<YesNo> = "stayedHighRisk",
        }
    }
}

impl Trip {
    /// Reads one trip.
    ///
    /// # Errors
    /// Every fault of the trip, in the order of the element table.
    pub fn parse(object: &Object, reading: &Reading<'_>) -> Result<Self, Vec<FieldError>> {
        let mut checked = reading.elements.check(Group::Itinerary, object, reading);
        let found = Self::read(&mut checked);
        if let Some(trip) = &found
            && let Some(arrive_time) = trip.arrive_time()
            && arrive_time.value() < trip.depart_time().value()
        {
            checked.refuse("arriveTime", FieldProblem::Before("departTime"));
        }
        checked.finish(found)
    }

    /// Reads the trips of an itinerary.
    ///
    /// # Errors
    /// Every fault of every trip, under `[index]`.
    pub fn parse_all(trips: &[Value], reading: &Reading<'_>) -> Result<Vec<Self>, Vec<FieldError>> {
        let mut found = Vec::new();
        let mut errors = Vec::new();
        for (index, trip) in trips.iter().enumerate() {
            let place = format!("[{index}]");
            match trip {
                Value::Object(object) => match Self::parse(object, reading) {
                    Ok(trip) => found.push(trip),
                    Err(faults) => {
                        errors.extend(faults.into_iter().map(|fault| fault.inside(&place)));
                    }
                },
                _ => errors.push(FieldError::at(place, FieldProblem::Shape(Shape::Object))),
            }
        }
        if errors.is_empty() {
            Ok(found)
        } else {
            Err(errors)
        }
    }
}
