//! Evidence lines as they are written: what a region sends on is read by the same rules as what it takes.

use hc_code::Timestamp;
use serde_json::{Map, Value};

use super::Field;
use super::field::LineKind;
use super::row::{Named, Record, Row};
use crate::document::Document;
use crate::evidence::{Event, Evidence, Statement};
use crate::place::PlaceTable;
use crate::word::Word;

/// A row as one line of NDJSON, about whoever it is to be about there, without its receipt. `places` is
/// the table that its place, if it has one, was interned in.
///
/// Read again it states the same: the evidence has the same id.
pub fn line_of_row(row: &Row, about: &Named, places: &PlaceTable) -> String {
    match row.record() {
        Record::Evidence(evidence) => line_of_evidence(evidence, about, places),
        Record::Correction(correction) => {
            let mut line = Line::about(about);
            line.statement(row.statement());
            line.text(Field::Kind, LineKind::Correction.word());
            line.time(Field::At, row.at());
            line.text(Field::Of, correction.of.reference());
            line.finish()
        }
        Record::Link(other) => {
            let mut line = Line::about(about);
            line.statement(row.statement());
            line.text(Field::Kind, LineKind::Link.word());
            line.time(Field::At, row.at());
            let fields = [
                Field::OtherDocumentType,
                Field::OtherDocument,
                Field::OtherCountry,
            ];
            line.document(fields, other);
            line.finish()
        }
    }
}

/// A piece of evidence as one line of NDJSON, about whoever it is to be about there, without its receipt:
/// where it is sent, it is known from then on.
pub fn line_of_evidence(evidence: &Evidence, about: &Named, places: &PlaceTable) -> String {
    evidence_line(evidence, about, places).finish()
}

/// The same with the receipt, so that it counts there as it counted here: of a level that a person takes
/// along every day counts from what was known when.
pub fn line_of_known(evidence: &Evidence, about: &Named, places: &PlaceTable) -> String {
    let mut line = evidence_line(evidence, about, places);
    line.time(Field::Received, evidence.fact().known);
    line.finish()
}

fn evidence_line(evidence: &Evidence, about: &Named, places: &PlaceTable) -> Line {
    let fact = evidence.fact();
    let kind = LineKind::Event(fact.event.kind());
    let mut line = Line::about(about);
    line.statement(evidence.statement());
    line.text(Field::Kind, kind.word());
    line.time(Field::At, fact.at);
    if fact.until != fact.at && kind.has(Field::Until) {
        line.time(Field::Until, fact.until);
    }
    if fact.expires != Timestamp::MAX {
        line.time(Field::Expires, fact.expires);
    }
    line.event(&fact.event, places);
    line
}

/// A line in the making.
struct Line(Map<String, Value>);

impl Line {
    fn about(named: &Named) -> Self {
        let mut line = Self(Map::new());
        match named {
            Named::Document(document) => {
                let fields = [Field::DocumentType, Field::Document, Field::Country];
                line.document(fields, document);
            }
            Named::Code(code) => line.text(Field::Code, code.expose_text()),
        }
        line
    }

    fn text(&mut self, field: Field, text: &str) {
        self.0
            .insert(field.name().to_owned(), Value::String(text.to_owned()));
    }

    fn time(&mut self, field: Field, at: Timestamp) {
        self.text(field, &at.to_string());
    }

    fn statement(&mut self, statement: &Statement) {
        self.text(Field::Ref, statement.reference());
        self.text(Field::Source, statement.kind().word());
        self.text(Field::By, statement.name());
    }

    fn document(&mut self, [kind, number, country]: [Field; 3], document: &Document) {
        self.text(kind, document.kind().code());
        self.text(number, &document.expose_number());
        if let Some(code) = document.country() {
            self.text(country, code.code());
        }
    }

    fn event(&mut self, event: &Event, places: &PlaceTable) {
        match event {
            Event::Declaration {
                answers,
                temperature,
            } => {
                let words = answers.iter().map(|answer| answer.word().to_owned());
                let words: Vec<Value> = words.map(Value::String).collect();
                self.0
                    .insert(Field::Answers.name().to_owned(), Value::Array(words));
                if *temperature != 0 {
                    self.temperature(*temperature);
                }
            }
            Event::Case(class) => self.text(Field::Class, class.word()),
            Event::Contact(degree) => self.text(Field::Degree, degree.word()),
            Event::Test {
                method,
                pooling,
                result,
            } => {
                self.text(Field::Method, method.word());
                self.text(Field::Pooling, pooling.word());
                self.text(Field::Result, result.word());
            }
            Event::Vaccination { dose } => self.text(Field::Dose, &dose.to_string()),
            Event::Stay { division, place } => {
                self.text(Field::Division, &division.to_string());
                let place = places.get(*place).map(|(_, place)| place.to_string());
                if let Some(place) = place.filter(|place| !place.is_empty()) {
                    self.text(Field::Place, &place);
                }
            }
            Event::Arrival(origin) => self.text(Field::From, origin.word()),
            Event::Quarantine(setting) | Event::Release(setting) => {
                self.text(Field::Setting, setting.word());
            }
            Event::Symptoms => {}
            Event::Temperature(tenths) => self.temperature(*tenths),
            Event::Exposure(grade) => self.text(Field::Grade, grade.word()),
        }
    }

    fn temperature(&mut self, tenths: u16) {
        let text = format!("{}.{}", tenths / 10, tenths % 10);
        self.text(Field::Temperature, &text);
    }

    fn finish(self) -> String {
        Value::Object(self.0).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Desk, Receipt, ndjson};
    use super::*;

    /// Lines of every kind, as sources send them.
    const LINES: &str = include_str!("../../../tests/fixtures/evidence/good.ndjson");

    #[test]
    fn what_is_written_reads_back_as_the_same_statement_under_the_same_id() {
        let now: Timestamp = "2020-02-20T12:00:00+08:00".parse().unwrap();
        let mut places = PlaceTable::new();
        let mut desk = Desk::new(Receipt::At(now), &mut places);
        let read = ndjson(LINES.as_bytes(), &mut desk);
        assert!(read.quarantined().is_empty(), "{:?}", read.quarantined());
        let mut kinds = std::collections::BTreeSet::new();
        for row in read.rows() {
            let line = line_of_row(row, row.named(), &places);
            // Another table gives places other numbers.
            let mut elsewhere = PlaceTable::new();
            let mut desk = Desk::new(Receipt::At(now), &mut elsewhere);
            let again = ndjson(line.as_bytes(), &mut desk);
            let [found] = again.rows() else {
                panic!("{line}: {:?}", again.quarantined());
            };
            assert_eq!((found.statement(), found.at()), (row.statement(), row.at()));
            assert_eq!(found.named(), row.named());
            match (found.record(), row.record()) {
                (Record::Evidence(found), Record::Evidence(stated)) => {
                    assert_eq!(found.id(), stated.id(), "{line}");
                    kinds.insert(stated.fact().event.kind().word());
                }
                (found, stated) => {
                    assert_eq!(found, stated);
                    kinds.insert("other");
                }
            }
        }
        assert_eq!(kinds.len(), 13, "{kinds:?}");
    }
}
