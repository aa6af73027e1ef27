//! How the person is.

use hc_code::{DivisionCode, Timestamp};

use super::group::group;
use super::{FieldError, Group, Object, Reading, Temperature};
use crate::domain_table::{Code, DivisionRisk, Isolation, Symptom, YesNo, YesNoUnsure};

group! {
    /// Personal health information (个人健康信息): declared by the subject or collected.
    Health in Health {
        required {
            /// Current symptoms; "none" stands alone.
            symptoms: Vec<Code<Symptom>> = "symptoms",
            /// Whether the person stayed in an area at high risk.
            stayed_high_risk: Code<YesNo> = "stayedHighRisk",
            /// Whether the person met a confirmed or suspected case.
            contact_with_case: Code<YesNoUnsure> = "contactWithCase",
            /// When the person said so.
            reported_at: Timestamp = "reportedAt",
        }
        optional {
            /// Body temperature.
            temperature: Temperature = "temperature",
            /// Historic: whether the person was in Hubei.
            visited_hubei: Code<YesNo> = "visitedHubei",
            /// Historic: whether the person was in Wuhan.
            visited_wuhan: Code<YesNo> = "visitedWuhan",
            /// Where the person is.
            current_division: DivisionCode = "currentDivision",
            /// The risk of that division, as shown to the person.
            current_division_risk: Code<DivisionRisk> = "currentDivisionRisk",
            /// Isolation or observation.
            isolation: Code<Isolation> = "isolation",
        }
    }
}

impl Health {
    /// Reads a record of this group.
    ///
    /// # Errors
    /// Every fault of the record, in the order of the element table.
    pub fn parse(object: &Object, reading: &Reading<'_>) -> Result<Self, Vec<FieldError>> {
        let mut checked = reading.elements.check(Group::Health, object, reading);
        let found = Self::read(&mut checked);
        checked.finish(found)
    }
}
