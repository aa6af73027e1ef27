//! From the evidence tables of a scenario to a person's evidence.

use hc_code::{DivisionCode, Timestamp};
use hc_core::evidence::{
    Answers, Correction, Event, Evidence, EvidenceSet, Fact, SourceKind, Statement,
};
use hc_core::place::{Place, PlaceTable};

/// The evidence of the tables, received in this order, and when something was taken back; the
/// reference of each row is its number, from 1, unless it states one.
pub(crate) fn evidence<'a>(
    tables: impl IntoIterator<Item = (usize, &'a toml::Table)>,
    places: &mut PlaceTable,
) -> (EvidenceSet, Vec<Timestamp>) {
    let mut set = EvidenceSet::default();
    let mut corrected = Vec::new();
    for (number, table) in tables {
        let row = Row { table, number };
        let statement = |reference: &str| {
            Statement::new(row.source(), row.text("by").unwrap(), reference).unwrap()
        };
        let own = row.text("ref").map_or_else(|| number.to_string(), str::to_owned);
        if row.text("kind") == Some("correction") {
            let of = statement(row.text("of").unwrap());
            let known = row.known();
            set.correct(Correction { of, known });
            corrected.push(known);
            continue;
        }
        let fact = row.fact(places);
        set.add(Evidence::new(statement(&own), fact, places));
    }
    (set, corrected)
}

struct Row<'a> {
    table: &'a toml::Table,
    number: usize,
}

impl Row<'_> {
    fn text(&self, field: &str) -> Option<&str> {
        self.table.get(field).and_then(toml::Value::as_str)
    }

    fn word<T>(&self, field: &str) -> T
    where
        T: core::str::FromStr,
        T::Err: core::fmt::Display,
    {
        self.text(field)
            .unwrap_or_else(|| panic!("row {}: no {field}", self.number))
            .parse()
            .unwrap_or_else(|error| panic!("row {}: {error}", self.number))
    }

    fn source(&self) -> SourceKind {
        self.word("source")
    }

    fn time(&self, field: &str) -> Option<Timestamp> {
        self.text(field).map(|_| self.word(field))
    }

    fn known(&self) -> Timestamp {
        let at = self.time("at").unwrap();
        let is_order = self.text("kind") == Some("quarantine");
        let over = if is_order { None } else { self.time("until") };
        let received = self.time("received").or(over).unwrap_or(at);
        received.max(self.time("reported").unwrap_or(received))
    }

    fn tenths(&self) -> u16 {
        self.text("temperature")
            .map_or(0, |text| text.replace('.', "").parse().unwrap())
    }

    fn fact(&self, places: &mut PlaceTable) -> Fact {
        let at = self.time("at").unwrap();
        let event = match self.text("kind").unwrap() {
            "declaration" => Event::Declaration {
                answers: self.answers(),
                temperature: self.tenths(),
            },
            "case" => Event::Case(self.word("class")),
            "contact" => Event::Contact(self.word("degree")),
            "test" => Event::Test {
                method: self.word("method"),
                pooling: self.word("pooling"),
                result: self.word("result"),
            },
            "vaccination" => Event::Vaccination {
                dose: self.word("dose"),
            },
            "stay" => {
                let division: DivisionCode = self.word("division");
                let place = self
                    .text("place")
                    .map_or(Place::whole(), |text| Place::parse(text).unwrap());
                Event::Stay {
                    division,
                    place: places.intern(division, place).unwrap(),
                }
            }
            "arrival" => Event::Arrival(self.word("from")),
            "quarantine" => Event::Quarantine(self.word("setting")),
            "release" => Event::Release(self.word("setting")),
            "symptoms" => Event::Symptoms,
            "temperature" => Event::Temperature(self.tenths()),
            "exposure" => Event::Exposure(self.word("grade")),
            other => panic!("row {}: kind {other}", self.number),
        };
        Fact {
            at,
            until: self.time("until").unwrap_or(at),
            known: self.known(),
            expires: self.time("expires").unwrap_or(Timestamp::MAX),
            event,
            source: self.source(),
        }
    }

    fn answers(&self) -> Answers {
        let answers = self.table.get("answers").and_then(toml::Value::as_array);
        answers
            .into_iter()
            .flatten()
            .map(|answer| answer.as_str().unwrap().parse().unwrap())
            .collect()
    }
}
