//! What services say about the person.

use hc_code::{DivisionCode, Level, Timestamp};
use serde_json::Value;

use super::check::list;
use super::element_value::ElementValue;
use super::group::group;
use super::{DataElement, FieldError, FieldProblem, Group, Object, Reading, Shape, Text};
use crate::domain_table::{Code, HealthMark, TestResult, YesNo};

group! {
    /// Health certificate (健康证明信息): the overall level, what each region says, and proofs.
    Certificate in Certificate {
        required {
            /// The overall level.
            level: Level = "level",
        }
        optional {
            /// What each region says: the payload of mutual recognition.
            region_reports: Vec<RegionReport> = "regionReports",
            /// The overall result in a word.
            mark: Code<HealthMark> = "mark",
            /// Reasons and hints as texts.
            warnings: Vec<Text> = "warnings",
            /// Result of the last nucleic acid test.
            nucleic_acid_result: Code<TestResult> = "nucleicAcidResult",
            /// When it was taken.
            nucleic_acid_at: Timestamp = "nucleicAcidAt",
            /// Result of the last antibody test.
            antibody_result: Code<TestResult> = "antibodyResult",
            /// When it was taken.
            antibody_at: Timestamp = "antibodyAt",
            /// Doses of vaccine.
            vaccine_doses: u8 = "vaccineDoses",
            /// When the last dose was given.
            last_vaccinated_at: Timestamp = "lastVaccinatedAt",
            /// Whether the person is a close contact.
            close_contact: Code<YesNo> = "closeContact",
            /// Whether the person came from abroad.
            inbound_traveller: Code<YesNo> = "inboundTraveller",
            /// The name as a verifier may see it.
            masked_name: Text = "maskedName",
            /// The document number as a verifier may see it.
            masked_number: Text = "maskedNumber",
            /// The issuing system's number of the record.
            record_id: Text = "recordId",
            /// Where the code was issued.
            issuing_division: DivisionCode = "issuingDivision",
            /// Where the code may be used, in the issuer's words.
            code_reach: Text = "codeReach",
            /// Why the level is not low, in the issuer's words.
            reason: Text = "reason",
            /// When the person first applied.
            first_applied_at: Timestamp = "firstAppliedAt",
            /// When a code was first issued.
            first_issued_at: Timestamp = "firstIssuedAt",
            /// When the code last changed.
            last_updated_at: Timestamp = "lastUpdatedAt",
            /// By which channel it was issued.
            issuing_channel: Text = "issuingChannel",
        }
    }
}

impl Certificate {
    /// Reads a record of this group.
    ///
    /// # Errors
    /// Every fault of the record, in the order of the element table.
    pub fn parse(object: &Object, reading: &Reading<'_>) -> Result<Self, Vec<FieldError>> {
        let mut checked = reading.elements.check(Group::Certificate, object, reading);
        let found = Self::read(&mut checked);
        checked.finish(found)
    }
}

group! {
    /// What one region says about a person.
    RegionReport in RegionReport {
        required {
            /// The region.
            division: DivisionCode = "division",
            /// Its level.
            level: Level = "level",
        }
        optional {
            /// Why the level is not low, in a word of the region.
            reason: Text = "reason",
            /// The time of the facts behind it.
            as_of: Timestamp = "asOf",
        }
    }
}

impl RegionReport {
    fn parse(object: &Object, reading: &Reading<'_>) -> Result<Self, Vec<FieldError>> {
        let mut checked = reading.elements.check(Group::RegionReport, object, reading);
        let found = Self::read(&mut checked);
        checked.finish(found)
    }
}

/// One report for each region.
impl ElementValue for Vec<RegionReport> {
    fn read(
        value: &Value,
        element: &DataElement,
        reading: &Reading<'_>,
    ) -> Result<Self, Vec<FieldError>> {
        let name = element.name();
        let values = list(value).map_err(|problem| vec![FieldError::at(name, problem)])?;
        let mut found: Self = Self::new();
        let mut errors = Vec::new();
        for (index, value) in values.iter().enumerate() {
            let place = format!("{name}[{index}]");
            let Value::Object(object) = value else {
                errors.push(FieldError::at(place, FieldProblem::Shape(Shape::Object)));
                continue;
            };
            match RegionReport::parse(object, reading) {
                Ok(report) => {
                    let region = *report.division().value();
                    if found
                        .iter()
                        .any(|other| *other.division().value() == region)
                    {
                        errors.push(FieldError::at(place, FieldProblem::Twice));
                    }
                    found.push(report);
                }
                Err(faults) => errors.extend(faults.into_iter().map(|fault| fault.inside(&place))),
            }
        }
        if errors.is_empty() {
            Ok(found)
        } else {
            Err(errors)
        }
    }

    fn expose(&self) -> Value {
        self.iter()
            .map(|report| Value::Object(report.expose_object()))
            .collect()
    }
}
