//! The fields of an evidence line, and which of them belong to which kind.

use core::fmt;

use crate::evidence::EventKind;
use crate::word::Word;

macro_rules! fields {
    ($($(#[$doc:meta])* $field:ident = $name:literal,)+) => {
        /// A field of an evidence line: a key of NDJSON, a column of CSV.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Field {
            $($(#[$doc])* $field,)+
        }

        impl Field {
            /// All fields, in the order in which the specification lists them.
            pub const ALL: &'static [Self] = &[$(Self::$field,)+];

            /// The name of the field in files.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$field => $name,)+ }
            }

            /// The field of a name.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$field),)+ _ => None }
            }
        }
    };
}

fields! {
    /// The source's own number for the line.
    Ref = "ref",
    /// The kind of the source.
    Source = "source",
    /// The source's registered name.
    By = "by",
    /// Type of the identity document, GA/T 517.
    DocumentType = "document_type",
    /// Number of the identity document.
    Document = "document",
    /// Country of a passport, ISO 3166-1 alpha-3.
    Country = "country",
    /// Text of a code of the person, instead of a document.
    Code = "code",
    /// What the line states.
    Kind = "kind",
    /// When it happened.
    At = "at",
    /// When it ended.
    Until = "until",
    /// When the region received it.
    Received = "received",
    /// When it stops to count by itself.
    Expires = "expires",
    /// Answers of a declaration other than the healthy ones.
    Answers = "answers",
    /// Body temperature in degrees Celsius.
    Temperature = "temperature",
    /// Class of a case.
    Class = "class",
    /// Degree of a contact.
    Degree = "degree",
    /// Method of a test.
    Method = "method",
    /// Whether a sample was tested alone.
    Pooling = "pooling",
    /// Result of a test.
    Result = "result",
    /// When a result was reported.
    Reported = "reported",
    /// Number of a vaccine dose.
    Dose = "dose",
    /// Division of a stay, GB/T 2260.
    Division = "division",
    /// Place of a stay within its division.
    Place = "place",
    /// Where an arrival is from.
    From = "from",
    /// Setting of a quarantine or of what a release ends.
    Setting = "setting",
    /// Grade of an exposure.
    Grade = "grade",
    /// The source's own number of the line that is taken back.
    Of = "of",
    /// Type of the other document of the same person.
    OtherDocumentType = "other_document_type",
    /// Number of the other document.
    OtherDocument = "other_document",
    /// Country of the other document.
    OtherCountry = "other_country",
}

/// How many fields there are.
pub(super) const FIELDS: usize = Field::ALL.len();

impl Field {
    /// Whether every line has the field, whatever its kind and whoever it is about.
    pub(super) const fn is_required_of_all(self) -> bool {
        matches!(
            self,
            Self::Ref | Self::Source | Self::By | Self::Kind | Self::At
        )
    }

    /// The most characters that the field may have.
    pub(super) const fn limit(self) -> usize {
        match self {
            Self::Place => 1000,
            Self::Code => hc_code::text::MAX_LEN,
            // Decorated numbers are read as well; the document itself judges the rest.
            Self::Document | Self::OtherDocument => 256,
            _ => 64,
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What a line states: an event, or something about other lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LineKind {
    /// A fact about the person.
    Event(EventKind),
    /// That an earlier line of the same source never held.
    Correction,
    /// That another document is the same person's.
    Link,
}

impl LineKind {
    /// The kind of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "correction" => Some(Self::Correction),
            "link" => Some(Self::Link),
            _ => EventKind::ALL
                .iter()
                .find(|kind| kind.word() == word)
                .map(|kind| Self::Event(*kind)),
        }
    }

    /// All kinds.
    pub fn all() -> impl Iterator<Item = Self> {
        let events = EventKind::ALL.iter().map(|kind| Self::Event(*kind));
        events.chain([Self::Correction, Self::Link])
    }

    /// The word in files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Event(kind) => kind.word(),
            Self::Correction => "correction",
            Self::Link => "link",
        }
    }

    /// All words, for messages.
    pub(super) fn words() -> impl Iterator<Item = &'static str> {
        EventKind::ALL
            .iter()
            .map(|kind| kind.word())
            .chain(["correction", "link"])
    }

    /// Whether a line of this kind may have the field.
    pub(super) fn has(self, field: Field) -> bool {
        use EventKind as Event;
        let event = match self {
            Self::Event(event) => Some(event),
            Self::Correction | Self::Link => None,
        };
        let one_of = |kinds: &[Event]| event.is_some_and(|event| kinds.contains(&event));
        match field {
            Field::Ref
            | Field::Source
            | Field::By
            | Field::DocumentType
            | Field::Document
            | Field::Country
            | Field::Code
            | Field::Kind
            | Field::At
            | Field::Received => true,
            Field::Expires => event.is_some(),
            Field::Until => one_of(&[
                Event::Contact,
                Event::Stay,
                Event::Quarantine,
                Event::Exposure,
            ]),
            Field::Answers => one_of(&[Event::Declaration]),
            Field::Temperature => one_of(&[Event::Declaration, Event::Temperature]),
            Field::Class => one_of(&[Event::Case]),
            Field::Degree => one_of(&[Event::Contact]),
            Field::Method | Field::Pooling | Field::Result | Field::Reported => {
                one_of(&[Event::Test])
            }
            Field::Dose => one_of(&[Event::Vaccination]),
            Field::Division | Field::Place => one_of(&[Event::Stay]),
            Field::From => one_of(&[Event::Arrival]),
            Field::Setting => one_of(&[Event::Quarantine, Event::Release]),
            Field::Grade => one_of(&[Event::Exposure]),
            Field::Of => self == Self::Correction,
            Field::OtherDocumentType | Field::OtherDocument | Field::OtherCountry => {
                self == Self::Link
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_reads_back_to_its_field() {
        for (index, field) in Field::ALL.iter().enumerate() {
            assert_eq!(Field::from_name(field.name()), Some(*field));
            assert_eq!(*field as usize, index);
        }
        assert_eq!(Field::from_name("colour"), None);
    }

    #[test]
    fn every_word_reads_back_to_its_kind() {
        for word in LineKind::words() {
            assert_eq!(LineKind::from_word(word).unwrap().word(), word);
        }
        assert_eq!(LineKind::from_word("scan"), None);
    }

    #[test]
    fn every_field_belongs_to_some_kind() {
        for field in Field::ALL {
            assert!(
                LineKind::words().any(|word| LineKind::from_word(word).unwrap().has(*field)),
                "{field}"
            );
        }
    }
}
