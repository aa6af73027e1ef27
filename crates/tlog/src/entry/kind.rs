//! What happened: the acts that leave a trace.

use core::fmt;

/// The kind of an entry. The numbers are part of the format and never change their meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Kind {
    /// A decision other than plainly low.
    Decision = 1,
    /// A level set by hand, by two officers.
    Override = 2,
    /// An override that was asked for and refused.
    OverrideRefused = 3,
    /// Somebody looked a person up.
    Lookup = 4,
    /// A look-up that was refused.
    LookupRefused = 5,
    /// A rule pack was activated.
    RulesActivated = 6,
    /// A batch of evidence was accepted.
    BatchAccepted = 7,
    /// A batch of evidence was refused as a whole.
    BatchRefused = 8,
    /// A second credential was given to an act.
    SecondCredential = 9,
    /// A subject withdrew.
    Withdrawal = 10,
    /// Contents or data were erased.
    Erasure = 11,
    /// Data were exported.
    Export = 12,
    /// The key of a past day was put together again from its shares.
    DayKeyReleased = 13,
    /// Degraded mode was declared.
    DegradedDeclared = 14,
    /// Degraded mode was ended.
    DegradedEnded = 15,
    /// A fact was corrected.
    Correction = 16,
    /// An appeal was decided or lapsed.
    AppealClosed = 17,
    /// A permit was granted.
    PermitGranted = 18,
    /// The system was ended.
    Sunset = 19,
    /// A source, gate or officer was registered.
    PartyRegistered = 20,
    /// A registration was ended before its time.
    PartyEnded = 21,
    /// Something was proposed that takes a second credential.
    Proposed = 22,
    /// Areas at risk were published.
    AreasPublished = 23,
    /// A rule pack was uploaded; it is not in force yet.
    RulesUploaded = 24,
    /// An officer was given a ticket to add a passkey with.
    PasskeyTicket = 25,
    /// An officer has one more passkey.
    PasskeyAdded = 26,
    /// A passkey is an officer's no more.
    PasskeyEnded = 27,
    /// A recognition policy was signed and published.
    RecognitionPublished = 28,
    /// A subject said that something about them is wrong.
    AppealMade = 30,
    /// Somebody may act for somebody from now on.
    GrantMade = 31,
    /// They may no longer.
    GrantEnded = 32,
    /// Somebody acted for somebody by a grant.
    ActedFor = 33,
    /// A subject changed what is kept about who they are.
    ProfileChanged = 34,
    /// An appeal was not answered in time, and is not one that silence may close.
    AppealEscalated = 35,
    /// An officer enrolled somebody who came to a counter.
    CounterEnrolment = 36,
    /// A passkey signed for one act of its officer.
    PasskeyUsed = 37,
    /// Something about a person is sent to another region.
    ParcelSent = 40,
    /// The other region answered, or it was given up.
    ParcelAnswered = 41,
    /// Something about a person came from another region.
    ParcelReceived = 42,
}

impl Kind {
    /// All kinds, by code.
    pub const ALL: [Self; 39] = [
        Self::Decision,
        Self::Override,
        Self::OverrideRefused,
        Self::Lookup,
        Self::LookupRefused,
        Self::RulesActivated,
        Self::BatchAccepted,
        Self::BatchRefused,
        Self::SecondCredential,
        Self::Withdrawal,
        Self::Erasure,
        Self::Export,
        Self::DayKeyReleased,
        Self::DegradedDeclared,
        Self::DegradedEnded,
        Self::Correction,
        Self::AppealClosed,
        Self::PermitGranted,
        Self::Sunset,
        Self::PartyRegistered,
        Self::PartyEnded,
        Self::Proposed,
        Self::AreasPublished,
        Self::RulesUploaded,
        Self::PasskeyTicket,
        Self::PasskeyAdded,
        Self::PasskeyEnded,
        Self::RecognitionPublished,
        Self::AppealMade,
        Self::GrantMade,
        Self::GrantEnded,
        Self::ActedFor,
        Self::ProfileChanged,
        Self::AppealEscalated,
        Self::CounterEnrolment,
        Self::PasskeyUsed,
        Self::ParcelSent,
        Self::ParcelAnswered,
        Self::ParcelReceived,
    ];

    /// The byte of the kind in a content.
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The kind of a byte.
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// The word of the kind in interfaces.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Decision => "decision",
            Self::Override => "override",
            Self::OverrideRefused => "override-refused",
            Self::Lookup => "look-up",
            Self::LookupRefused => "look-up-refused",
            Self::RulesActivated => "rules-activated",
            Self::BatchAccepted => "batch-accepted",
            Self::BatchRefused => "batch-refused",
            Self::SecondCredential => "second-credential",
            Self::Withdrawal => "withdrawal",
            Self::Erasure => "erasure",
            Self::Export => "export",
            Self::DayKeyReleased => "day-key-released",
            Self::DegradedDeclared => "degraded-declared",
            Self::DegradedEnded => "degraded-ended",
            Self::Correction => "correction",
            Self::AppealClosed => "appeal-closed",
            Self::PermitGranted => "permit-granted",
            Self::Sunset => "sunset",
            Self::PartyRegistered => "party-registered",
            Self::PartyEnded => "party-ended",
            Self::Proposed => "proposed",
            Self::AreasPublished => "areas-published",
            Self::RulesUploaded => "rules-uploaded",
            Self::PasskeyTicket => "passkey-ticket",
            Self::PasskeyAdded => "passkey-added",
            Self::PasskeyEnded => "passkey-ended",
            Self::RecognitionPublished => "recognition-published",
            Self::AppealMade => "appeal-made",
            Self::GrantMade => "grant-made",
            Self::GrantEnded => "grant-ended",
            Self::ActedFor => "acted-for",
            Self::ProfileChanged => "profile-changed",
            Self::CounterEnrolment => "counter-enrolment",
            Self::PasskeyUsed => "passkey-used",
            Self::ParcelSent => "parcel-sent",
            Self::ParcelAnswered => "parcel-answered",
            Self::ParcelReceived => "parcel-received",
            Self::AppealEscalated => "appeal-escalated",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
