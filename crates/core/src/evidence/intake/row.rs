//! One good line: whose document it names, and what it brings.

use hc_code::{DivisionCode, Timestamp};
use sha2::{Digest, Sha256};

use super::cells::Cells;
use super::event::Happened;
use super::field::LineKind;
use super::moments::{self, Moments};
use super::{Desk, Fault, Field, Reason, event};
use crate::document::{Document, DocumentError, DocumentType};
use crate::domain_table::{Code, Country, NotInTable};
use crate::evidence::{Correction, Event, Evidence, Fact, ScannedCode, SourceKind, Statement};
use crate::place::PlaceTable;

/// One good line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    line: u64,
    statement: Statement,
    at: Timestamp,
    known: Timestamp,
    named: Named,
    record: Record,
}

/// By what a line names the person that it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// A document.
    Document(Document),
    /// A code of theirs, which only its issuer can resolve.
    Code(ScannedCode),
}

/// What a line brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// A piece of evidence about the person.
    Evidence(Evidence),
    /// An earlier line of the same source never held.
    Correction(Correction),
    /// Another document of the same person.
    Link(Document),
}

impl Row {
    /// The line in its file, from 1.
    pub const fn line(&self) -> u64 {
        self.line
    }

    /// Who states it, and under which number.
    pub const fn statement(&self) -> &Statement {
        &self.statement
    }

    /// When what it states happened.
    pub const fn at(&self) -> Timestamp {
        self.at
    }

    /// From when on the region knows it.
    pub const fn known(&self) -> Timestamp {
        self.known
    }

    /// By what the person is named.
    pub const fn named(&self) -> &Named {
        &self.named
    }

    /// The document by which the person is named; none where it is a code.
    pub const fn document(&self) -> Option<&Document> {
        match &self.named {
            Named::Document(document) => Some(document),
            Named::Code(_) => None,
        }
    }

    /// The row as it came through another region, which answers for its own sources: the name of the
    /// source has the region before it, so that no region can speak in the name of a source of this
    /// one. A name that grows too long ends in a hash of the whole.
    ///
    /// `places` is the table that the row's place, if it has one, was interned in.
    #[must_use]
    pub fn through(self, region: DivisionCode, places: &PlaceTable) -> Self {
        let through = |statement: &Statement| {
            let name = named_through(region, statement.name());
            // A name that fits makes a statement; the old one stays where it could not.
            Statement::new(statement.kind(), &name, statement.reference())
                .unwrap_or_else(|_| statement.clone())
        };
        let statement = through(&self.statement);
        let record = match self.record {
            Record::Evidence(evidence) => {
                let fact = *evidence.fact();
                Record::Evidence(Evidence::new(statement.clone(), fact, places))
            }
            Record::Correction(correction) => Record::Correction(Correction {
                of: through(&correction.of),
                ..correction
            }),
            Record::Link(other) => Record::Link(other),
        };
        Self {
            statement,
            record,
            ..self
        }
    }

    /// What it brings.
    pub const fn record(&self) -> &Record {
        &self.record
    }

    /// The parts that a store takes over.
    pub fn into_parts(self) -> (Statement, Timestamp, Named, Record) {
        (self.statement, self.known, self.named, self.record)
    }

    /// Takes over the receipt of a repetition that was received earlier; the line stays the first.
    pub(super) fn received_as(&mut self, repetition: Self) {
        if repetition.known < self.known {
            self.known = repetition.known;
            self.record = repetition.record;
        }
    }
}

/// Reads a row from the texts of its line.
///
/// # Errors
/// Everything that is wrong with the line, by field.
pub(super) fn read(
    line: u64,
    mut cells: Cells<'_>,
    desk: &mut Desk<'_>,
) -> Result<Row, Vec<Fault>> {
    let source: Option<SourceKind> = event::word(&mut cells, Field::Source);
    let kind = kind(&mut cells);
    let statement = statement(&mut cells, source, Field::Ref);
    let moments = moments::read(&mut cells, kind, desk.received);
    // Documents are judged as of the receipt: a birth date may not be after it.
    let received = moments.map_or_else(|| desk.received.latest(), |moments| moments.known);
    let named = named(&mut cells, desk.codes, received);
    let record = match kind {
        Some(LineKind::Event(kind)) => event::read(&mut cells, kind).map(Brought::Event),
        Some(LineKind::Correction) => correction(&mut cells, source),
        Some(LineKind::Link) => {
            let other = link(&mut cells, source, received);
            if let (Some(Named::Document(own)), Some(other)) = (&named, &other)
                && own.key() == other.key()
            {
                cells.refuse(Field::OtherDocument, Reason::Itself);
            }
            other.map(Brought::Link)
        }
        None => None,
    };
    match (statement, moments, named, record) {
        (Some(statement), Some(moments), Some(named), Some(brought)) if cells.are_faultless() => {
            let record = brought.record(&statement, moments, desk)?;
            Ok(Row {
                line,
                statement,
                at: moments.at,
                known: moments.known,
                named,
                record,
            })
        }
        _ => {
            let mut faults = cells.into_faults();
            faults.sort_by_key(Fault::field);
            Err(faults)
        }
    }
}

/// What a line brings, while it may still be refused.
enum Brought {
    Event(Happened),
    Correction(Statement),
    Link(Document),
}

impl Brought {
    fn record(
        self,
        statement: &Statement,
        moments: Moments,
        desk: &mut Desk<'_>,
    ) -> Result<Record, Vec<Fault>> {
        let event = match self {
            Self::Correction(of) => {
                let known = moments.known;
                return Ok(Record::Correction(Correction { of, known }));
            }
            Self::Link(other) => return Ok(Record::Link(other)),
            Self::Event(Happened::Event(event)) => event,
            Self::Event(Happened::Stay(division, place)) => desk
                .places
                .intern(division, place)
                .map(|place| Event::Stay { division, place })
                .map_err(|_| vec![Fault::of_field(Field::Place, Reason::PlacesFull)])?,
        };
        let fact = Fact {
            at: moments.at,
            until: moments.until,
            known: moments.known,
            expires: moments.expires,
            event,
            source: statement.kind(),
        };
        let evidence = Evidence::new(statement.clone(), fact, desk.places);
        Ok(Record::Evidence(evidence))
    }
}

/// Reads the kind, and notes the fields that do not belong to it.
fn kind(cells: &mut Cells<'_>) -> Option<LineKind> {
    let kind = LineKind::from_word(cells.required(Field::Kind)?);
    let Some(kind) = kind else {
        cells.refuse(Field::Kind, Reason::word("kind of line", LineKind::words()));
        return None;
    };
    for field in Field::ALL {
        if cells.sees(*field) && !kind.has(*field) {
            cells.refuse(*field, Reason::other_kind(kind));
        }
    }
    Some(kind)
}

/// The statement of a number of the line's source.
fn statement(
    cells: &mut Cells<'_>,
    source: Option<SourceKind>,
    reference: Field,
) -> Option<Statement> {
    if !cells.sees(Field::By) && reference == Field::Ref {
        cells.refuse(Field::By, Reason::Missing);
    }
    cells.required(reference)?;
    let (by, number) = (cells.text(Field::By)?, cells.text(reference)?);
    // The cells have kept the limits of a statement already.
    Statement::new(source?, by, number).ok()
}

fn correction(cells: &mut Cells<'_>, source: Option<SourceKind>) -> Option<Brought> {
    let of = statement(cells, source, Field::Of)?;
    if cells.text(Field::Ref) == cells.text(Field::Of) {
        cells.refuse(Field::Of, Reason::Itself);
    }
    Some(Brought::Correction(of))
}

fn link(
    cells: &mut Cells<'_>,
    source: Option<SourceKind>,
    received: Timestamp,
) -> Option<Document> {
    let may = |source| {
        matches!(
            source,
            SourceKind::HealthAuthority | SourceKind::Community | SourceKind::Border
        )
    };
    if source.is_some_and(|source| !may(source)) {
        cells.refuse(Field::Source, Reason::MayNotLink);
    }
    document(cells, &OTHER, received)
}

/// The three fields that name a document.
struct DocumentFields {
    kind: Field,
    number: Field,
    country: Field,
}

const OWN: DocumentFields = DocumentFields {
    kind: Field::DocumentType,
    number: Field::Document,
    country: Field::Country,
};
const OTHER: DocumentFields = DocumentFields {
    kind: Field::OtherDocumentType,
    number: Field::OtherDocument,
    country: Field::OtherCountry,
};

/// A name of a source as it stands where another region passed its statement on.
fn named_through(region: DivisionCode, name: &str) -> String {
    let whole = format!("{region}/{name}");
    if whole.chars().count() <= LONGEST_NAME {
        return whole;
    }
    let digest = Sha256::digest(&whole);
    let end = digest.iter().take(6).fold(String::new(), |mut end, byte| {
        end.extend(
            [byte >> 4, byte & 15].map(|digit| char::from_digit(digit.into(), 16).unwrap_or('0')),
        );
        end
    });
    let begin: String = whole.chars().take(LONGEST_NAME - end.len() - 1).collect();
    format!("{begin}…{end}")
}

/// Characters that a source's name has at most ([`Statement::new`]).
const LONGEST_NAME: usize = 64;

/// The person of a line: a document, or where such lines are taken a code.
fn named(cells: &mut Cells<'_>, codes: bool, received: Timestamp) -> Option<Named> {
    if !cells.sees(Field::Code) {
        return document(cells, &OWN, received).map(Named::Document);
    }
    for field in [OWN.kind, OWN.number, OWN.country] {
        if cells.sees(field) {
            cells.refuse(field, Reason::NamedTwice);
        }
    }
    let code = ScannedCode::parse(cells.text(Field::Code)?);
    if !codes {
        cells.refuse(Field::Code, Reason::CodeNotTaken);
        return None;
    }
    match code {
        Ok(code) => Some(Named::Code(code)),
        Err(error) => {
            cells.refuse(Field::Code, error.into());
            None
        }
    }
}

fn document(
    cells: &mut Cells<'_>,
    fields: &DocumentFields,
    received: Timestamp,
) -> Option<Document> {
    let kind: Option<Result<DocumentType, NotInTable>> =
        cells.required(fields.kind).map(str::parse);
    let kind = noted(cells, fields.kind, kind);
    let country: Option<Result<Code<Country>, NotInTable>> =
        cells.text(fields.country).map(str::parse);
    let country_fits = !cells.sees(fields.country) || matches!(country, Some(Ok(_)));
    let country = noted(cells, fields.country, country);
    let number = cells.required(fields.number)?;
    if !country_fits {
        return None;
    }
    match Document::parse(kind?, number, country, received) {
        Ok(document) => Some(document),
        Err(error) => {
            let field = match &error {
                DocumentError::CountryMissing { .. } | DocumentError::OtherCountry { .. } => {
                    fields.country
                }
                DocumentError::NoForm { .. } => fields.kind,
                DocumentError::Number(_) | DocumentError::TypeMissing(_) => fields.number,
            };
            cells.refuse(field, error.into());
            None
        }
    }
}

fn noted<T>(cells: &mut Cells<'_>, field: Field, code: Option<Result<T, NotInTable>>) -> Option<T> {
    match code? {
        Ok(code) => Some(code),
        Err(error) => {
            cells.refuse(field, error.into());
            None
        }
    }
}
