//! Which details an entry of each kind has: without them it would not say what must be said.

use std::collections::BTreeSet;

use super::{Detail, EntryError, Field, Kind, LogLevel};

/// Whether a kind is about one person.
#[derive(Clone, Copy, PartialEq, Eq)]
enum About {
    /// Always.
    Person,
    /// Never.
    Nobody,
    /// It may be: an answer about an unknown person is logged too.
    Either,
}

/// What an entry of a kind must and may say.
struct Shape {
    about: About,
    must: &'static [Field],
    may: &'static [Field],
}

/// Fields that can be there more than once.
const MANY: [Field; 6] = [
    Field::Rule,
    Field::Evidence,
    Field::SecondOfficer,
    Field::Custodian,
    Field::Erased,
    Field::Signed,
];
/// What a level above low is never without.
const GROUNDS: [Field; 5] = [
    Field::Rule,
    Field::Pack,
    Field::PackVersion,
    Field::Evidence,
    Field::ValidUntil,
];

/// Checks subject and details against the kind.
pub(super) fn check(
    kind: Kind,
    has_subject: bool,
    details: &BTreeSet<Detail>,
) -> Result<(), EntryError> {
    let shape = shape(kind);
    let wrong = match shape.about {
        About::Person => !has_subject,
        About::Nobody => has_subject,
        About::Either => false,
    };
    if wrong {
        let needed = !has_subject;
        return Err(EntryError::Subject { kind, needed });
    }
    let mut before = None;
    for detail in details {
        let field = detail.field();
        if !shape.must.contains(&field) && !shape.may.contains(&field) {
            return Err(EntryError::Foreign { kind, field });
        }
        if before == Some(field) && !MANY.contains(&field) {
            return Err(EntryError::Twice { kind, field });
        }
        before = Some(field);
    }
    let above_low = details.iter().any(|detail| {
        matches!(detail, Detail::Level(level) if matches!(level, LogLevel::Medium | LogLevel::High))
    });
    let grounds: &[Field] = if kind == Kind::Decision && above_low {
        &GROUNDS
    } else {
        &[]
    };
    let missing = shape
        .must
        .iter()
        .chain(grounds)
        .find(|&&field| !details.iter().any(|detail| detail.field() == field));
    match missing {
        Some(&field) => Err(EntryError::Missing { kind, field }),
        None => Ok(()),
    }
}

const fn shape(kind: Kind) -> Shape {
    use Field as F;
    let (about, must, may): (About, &'static [Field], &'static [Field]) = match kind {
        Kind::Decision => (
            About::Person,
            &[F::Level, F::ValidUntil],
            &[F::Pack, F::PackVersion, F::Rule, F::Evidence, F::Digest],
        ),
        Kind::Override => (
            About::Person,
            &[
                F::Level,
                F::ValidUntil,
                F::Reason,
                F::Evidence,
                F::SecondOfficer,
            ],
            &[F::Case, F::Digest],
        ),
        Kind::OverrideRefused => (
            About::Either,
            &[F::Reason],
            &[
                F::Level,
                F::ValidUntil,
                F::Evidence,
                F::SecondOfficer,
                F::Case,
            ],
        ),
        Kind::Lookup => (
            About::Either,
            &[F::Venue, F::Purpose, F::Verdict],
            &[F::Case, F::Credential, F::Recipient],
        ),
        Kind::LookupRefused => (
            About::Either,
            &[F::Reason],
            &[F::Venue, F::Purpose, F::Case, F::Credential, F::Recipient],
        ),
        Kind::RecognitionPublished => (
            About::Nobody,
            &[F::Pack, F::PackVersion, F::SecondOfficer, F::Digest],
            &[F::Ends, F::About],
        ),
        Kind::RulesActivated => (
            About::Nobody,
            &[F::Pack, F::PackVersion, F::SecondOfficer, F::Digest],
            &[F::Division, F::Ends, F::About],
        ),
        Kind::BatchAccepted => (
            About::Nobody,
            &[F::Source, F::Batch, F::Rows, F::Quarantined, F::Digest],
            &[F::Division],
        ),
        Kind::BatchRefused => (
            About::Nobody,
            &[F::Source, F::Reason],
            &[F::Batch, F::Rows, F::Division, F::Digest],
        ),
        Kind::SecondCredential => (
            About::Either,
            &[F::Act],
            &[F::About, F::Digest, F::Outcome, F::Reason, F::Credential],
        ),
        Kind::Withdrawal => (About::Person, &[], &[F::Reason]),
        Kind::Erasure => (
            About::Either,
            &[F::Reason],
            &[F::Erased, F::Records, F::Digest],
        ),
        Kind::Export => (
            About::Either,
            &[F::Recipient, F::Purpose, F::Records],
            &[F::Case, F::SecondOfficer, F::Digest],
        ),
        Kind::DayKeyReleased => (
            About::Nobody,
            &[F::Day, F::Custodian, F::Case],
            &[F::Purpose, F::Division],
        ),
        Kind::DegradedDeclared => (
            About::Nobody,
            &[F::Reason, F::Ends],
            &[F::Division, F::SecondOfficer, F::Digest, F::Act],
        ),
        Kind::DegradedEnded => (About::Nobody, &[F::About], &[F::Reason, F::Division]),
        Kind::Correction => (
            About::Person,
            &[F::Reason],
            &[
                F::Evidence,
                F::Source,
                F::SecondOfficer,
                F::About,
                F::Digest,
            ],
        ),
        Kind::AppealClosed => (
            About::Person,
            &[F::Outcome],
            &[F::Reason, F::About, F::SecondOfficer, F::Digest],
        ),
        Kind::PermitGranted => (
            About::Person,
            &[F::Reason, F::Ends],
            &[F::About, F::SecondOfficer, F::Venue, F::Digest],
        ),
        Kind::Sunset => (
            About::Nobody,
            &[F::SecondOfficer, F::Digest],
            &[F::Reason, F::Records],
        ),
        Kind::PartyRegistered => (
            About::Nobody,
            &[F::PartyKind, F::Party, F::Ends, F::Digest],
            &[F::SecondOfficer, F::About],
        ),
        Kind::PartyEnded => (
            About::Nobody,
            &[F::PartyKind, F::Party, F::Reason],
            &[F::SecondOfficer, F::About],
        ),
        Kind::Proposed => (
            About::Nobody,
            &[F::Act, F::Ends, F::Digest],
            &[F::PartyKind, F::Party, F::Pack, F::PackVersion, F::Reason],
        ),
        Kind::AreasPublished => (
            About::Nobody,
            &[F::Records, F::Digest],
            &[F::Division, F::SecondOfficer],
        ),
        Kind::RulesUploaded => (About::Nobody, &[F::Pack, F::PackVersion, F::Digest], &[]),
        Kind::PasskeyTicket => (About::Nobody, &[F::Party, F::Ends], &[F::Credential]),
        Kind::PasskeyAdded => (About::Nobody, &[F::Party, F::Digest], &[F::About, F::Key]),
        Kind::PasskeyUsed => (
            About::Nobody,
            &[F::Party, F::Digest, F::Act, F::Signed],
            &[],
        ),
        Kind::PasskeyEnded => (
            About::Nobody,
            &[F::Party, F::Digest],
            &[F::Reason, F::Credential],
        ),
        Kind::AppealMade => (About::Person, &[F::Ends], &[F::Evidence, F::Reason]),
        Kind::GrantMade => (
            About::Person,
            &[F::Act, F::Ends],
            &[F::Recipient, F::Purpose],
        ),
        Kind::GrantEnded => (About::Person, &[F::Act, F::Reason], &[F::Recipient]),
        Kind::ActedFor => (About::Person, &[F::Act], &[F::Records]),
        Kind::ProfileChanged => (About::Person, &[F::Reason], &[F::Records]),
        Kind::CounterEnrolment => (About::Person, &[F::Outcome], &[]),
        Kind::ParcelSent => (
            About::Either,
            &[F::Act, F::Recipient, F::Digest],
            &[F::Records, F::Ends, F::Purpose],
        ),
        Kind::ParcelAnswered => (
            About::Either,
            &[F::Act, F::Recipient, F::Digest, F::Outcome],
            &[F::Records],
        ),
        Kind::ParcelReceived => (
            About::Either,
            &[F::Act, F::Source, F::Digest, F::Outcome],
            &[F::Records, F::Purpose],
        ),
        Kind::AppealEscalated => (About::Person, &[F::About, F::Ends], &[]),
    };
    Shape { about, must, may }
}
