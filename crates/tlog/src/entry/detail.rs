//! The details of an entry: a closed list of fields, each with the type of its values.

use core::fmt;

use super::payload::Payload;
use super::{EvidenceRef, IndexRange, Label, LogLevel, Part, PayloadError};

/// Defines the fields once: number in the format, word, type of the value.
macro_rules! details {
    ($($(#[$doc:meta])* $name:ident($type:ty) = $code:literal / $word:literal,)+) => {
        /// What a detail is about. The numbers are part of the format and never change their
        /// meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Field {
            $($(#[$doc])* $name = $code,)+
        }

        impl Field {
            /// All fields, by code.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The byte of the field in a content.
            pub const fn code(self) -> u8 {
                self as u8
            }

            /// The word of the field in interfaces.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }
        }

        /// One detail: a field with its value.
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Detail {
            $($(#[$doc])* $name($type),)+
        }

        impl Detail {
            /// The field.
            pub const fn field(&self) -> Field {
                match self { $(Self::$name(_) => Field::$name,)+ }
            }

            /// Writes the value.
            pub(super) fn write(&self, bytes: &mut Vec<u8>) {
                match self { $(Self::$name(value) => value.write(bytes),)+ }
            }

            /// Reads the value of a field.
            pub(super) fn read(field: Field, bytes: &[u8]) -> Result<Self, PayloadError> {
                Ok(match field {
                    $(Field::$name => Self::$name(<$type>::read(bytes)?),)+
                })
            }
        }
    };
}

details! {
    /// The level that was given or asked for.
    Level(LogLevel) = 1 / "level",
    /// Until when it holds, in Unix seconds.
    ValidUntil(u64) = 2 / "valid-until",
    /// The rule pack.
    Pack(Label) = 3 / "pack",
    /// Its version.
    PackVersion(Label) = 4 / "pack-version",
    /// A rule that applied.
    Rule(Label) = 5 / "rule",
    /// A piece of evidence that it rests on.
    Evidence(EvidenceRef) = 6 / "evidence",
    /// The reason code of an act or of its refusal.
    Reason(Label) = 7 / "reason",
    /// The venue where it happened.
    Venue(Label) = 8 / "venue",
    /// What somebody was looked up for.
    Purpose(Label) = 9 / "purpose",
    /// The verdict class that was answered.
    Verdict(Label) = 10 / "verdict",
    /// The source of evidence.
    Source(Label) = 11 / "source",
    /// The batch.
    Batch(Label) = 12 / "batch",
    /// Rows that were accepted.
    Rows(u64) = 13 / "rows",
    /// Rows that were set aside.
    Quarantined(u64) = 14 / "quarantined",
    /// Who gave the second credential, or another one after it.
    SecondOfficer(Label) = 15 / "second-officer",
    /// The division that an act is about (GB/T 2260).
    Division(Label) = 16 / "division",
    /// The day whose key it is, in days since 1970-01-01.
    Day(u64) = 17 / "day",
    /// A custodian whose share was used.
    Custodian(Label) = 18 / "custodian",
    /// The case that an act is bound to.
    Case(Label) = 19 / "case",
    /// Entries whose contents are erased by this act.
    Erased(IndexRange) = 20 / "erased",
    /// How many records an act is about.
    Records(u64) = 21 / "records",
    /// Who received data.
    Recipient(Label) = 22 / "recipient",
    /// When the act ends by itself, in Unix seconds.
    Ends(u64) = 23 / "ends",
    /// The earlier entry that this one is about, by its index.
    About(u64) = 24 / "about",
    /// SHA-256 of what was acted on: a pack, a batch, a decision, an export, a certificate.
    Digest([u8; 32]) = 25 / "digest",
    /// How it came out.
    Outcome(Label) = 26 / "outcome",
    /// The act that a second credential was given to.
    Act(Label) = 27 / "act",
    /// A registered party, by its id.
    Party(Label) = 28 / "party",
    /// What the party does.
    PartyKind(Label) = 29 / "party-kind",
    /// What an officer proved themselves with: `key` or `passkey`.
    Credential(Label) = 30 / "credential",
    /// A part of a signed statement of a passkey.
    Signed(Part) = 31 / "signed",
    /// A public key: its algorithm, a colon, and its bytes in hexadecimal.
    Key(Label) = 32 / "key",
}

impl Field {
    /// The field of a byte.
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.iter().copied().find(|field| field.code() == code)
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
