//! The acts of a region: what can be done, each in one transaction over a [`Store`](crate::store::Store).
//!
//! An act is a function over [`Writing`](crate::store::Writing): it reads, decides, writes and logs, or it
//! fails and nothing of it remains. Time comes as an argument and randomness from the engine.
//! Which standings changed is part of what an act gives, so that the read path can be told when the
//! act is durable.

mod appeal;
mod application_consent;
mod correct_profile;
mod counter;
mod declare;
mod enrol;
mod erase;
mod export;
mod grant;
mod known;
mod paper;
mod profile;
mod redecide;
mod retest;
mod take_in;
mod trace;
mod transfer;
mod try_rules;
mod why;
mod withdraw;

pub use appeal::{
    APPEAL_CLOCK, Appeal, AppealText, AppealTextError, Appealed, MOST_OPEN, answer_appeal, appeal,
    lapse_appeals,
};
pub use application_consent::{
    ApplicationConsent, ApplicationConsented, ApplicationPurpose, LONGEST_APPLICATION_CONSENT,
    acted_by_application, consent_to_application, consented_applications, end_application_consent,
};
pub use correct_profile::{ProfileChange, correct_profile};
pub use counter::{AtCounter, enrol_at_counter};
pub use declare::{Declared, HealthDeclaration, declare, declare_trips};
pub use enrol::{Consent, Enrolled, Enrolment, enrol};
pub use erase::erase;
pub use export::{Export, export, export_for};
pub use grant::{
    GrantError, LONGEST_GRANT, MOST_GUARDIANS, MOST_WARDS, acted_for, end_grant, grant, granted,
};
pub use known::known;
pub use paper::{issue_paper, withdraw_paper};
pub use profile::{Profile, ProfileError, documents};
pub use redecide::{Changed, redecide, turning};
pub use take_in::{TakenIn, Whose, nobodys, take_in};
pub use trace::Actor;
pub use transfer::{Arrived, Package, PackageError, Packed, arrive, gather};
pub use try_rules::{Tried, try_rules};
pub use why::{Why, why};
pub use withdraw::withdraw;

use hc_code::Timestamp;
use hc_code::day_index::SubjectNumber;

use crate::store::StoreError;

/// Why an act was not done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ActError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Nobody has this number, or no more.
    #[error("the subject is not enrolled, or no longer under this number")]
    NotEnrolled,
    /// The document names another subject already.
    #[error("the document belongs to another subject")]
    OtherSubject,
    /// A consent that the act rests on is missing.
    #[error("the consent to {0} is missing")]
    NoConsent(&'static str),
    /// The source stated other things under the same reference, which would be taken back too.
    #[error(
        "the source stated other things under this reference: it takes back what is wrong by a correction of its own"
    )]
    SharedReference,
    /// Somebody above low, whose evidence must be kept until it ends.
    #[error(
        "the level is above low until {until}: until then what it rests on is kept, and afterwards it can be erased"
    )]
    AboveLow {
        /// When the level ends.
        until: Timestamp,
    },
    /// No such sheet, or another subject's.
    #[error("there is no such paper code of this subject")]
    NoPaper,
    /// Nothing of this id is kept about the subject.
    #[error("no evidence of this id is kept about the subject")]
    NoEvidence,
    /// No appeal of this number waits.
    #[error("no appeal of this number waits")]
    NoAppeal,
    /// Too many appeals of the subject wait.
    #[error("{MOST_OPEN} appeals wait already")]
    TooManyAppeals,
    /// What is kept cannot be read.
    #[error("what is kept of the {0} cannot be read")]
    Kept(&'static str),
    /// No grant holds between these two.
    #[error("no grant holds between these two people")]
    NoGrant,
    /// No grant is made.
    #[error(transparent)]
    Grant(#[from] GrantError),
    /// The source has sent other content under this reference before.
    #[error("another batch was received under this reference")]
    OtherContent,
    /// What is to be logged does not fit the log's form.
    #[error("the act cannot be logged: {0}")]
    Log(String),
    /// What a person takes along.
    #[error(transparent)]
    Package(#[from] PackageError),
    /// What is kept about the subject cannot be read.
    #[error(transparent)]
    Profile(#[from] ProfileError),
}

/// A subject that must be in use.
fn active(
    store: &mut dyn crate::store::Reading,
    number: SubjectNumber,
) -> Result<crate::store::SubjectRow, ActError> {
    store
        .subject(number)?
        .filter(|row| row.state == crate::store::SubjectState::Active)
        .ok_or(ActError::NotEnrolled)
}
