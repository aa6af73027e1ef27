//! What is proposed, as it is sent.

use std::fmt::Display;

use hc_code::signing::{Algorithm, PublicKey};
use hc_code::{DivisionCode, Timestamp};
use hc_core::evidence::intake::LineKind;
use hc_core::party::{Duty, Function, Purpose};
use hc_core::recognition::PolicyFile;
use hc_core::store::PartyKind;
use hc_node::applications::{ApplicationTerms, CallQuota, Scope};
use hc_node::gates::{GateTerms, Quota, Venue};
use hc_node::officers::OfficerTerms;
use hc_node::party::{PartyId, Terms, TermsError};
use hc_node::proposals::Proposed;
use hc_node::sources::SourceTerms;
use serde::Deserialize;

use crate::problem::{Fault, Problem, ProblemType};

/// A proposal: one member, named for what is to be done.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum AskedProposal {
    /// To register an officer.
    RegisterOfficer(AskedOfficer),
    /// To register a gate.
    RegisterGate(AskedGate),
    /// To register a source.
    RegisterSource(AskedSource),
    /// To register an application.
    RegisterApplication(AskedApplication),
    /// To end a registration.
    EndParty(AskedEnd),
    /// To sign and publish a recognition policy.
    PublishRecognition(AskedRecognition),
    /// To put a rule pack in force.
    ActivateRules(AskedActivation),
}

/// A public key, as in the file that `key new` makes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AskedKey {
    algorithm: String,
    public: String,
    key_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AskedOfficer {
    id: String,
    name: String,
    duties: Vec<String>,
    key: AskedKey,
    until: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AskedGate {
    id: String,
    name: String,
    venue: String,
    class: String,
    division: String,
    attended: bool,
    #[serde(default)]
    purposes: Vec<String>,
    quota: Option<AskedQuota>,
    key: AskedKey,
    until: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AskedApplication {
    id: String,
    name: String,
    functions: Vec<String>,
    divisions: Vec<String>,
    #[serde(default)]
    purposes: Vec<String>,
    quota: Option<AskedCalls>,
    key: AskedKey,
    until: String,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct AskedCalls {
    calls_a_minute: u32,
    queries_a_day: u32,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct AskedQuota {
    an_hour: u32,
    a_day: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct AskedSource {
    id: String,
    name: Option<String>,
    kind: String,
    lines: Vec<String>,
    divisions: Vec<String>,
    rows_a_batch: Option<u32>,
    rows_a_day: Option<u32>,
    raised_freely: Option<u32>,
    raised_per_mille: Option<u16>,
    key: AskedKey,
    until: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AskedEnd {
    kind: String,
    id: String,
    reason: String,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AskedActivation {
    pub(crate) version: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AskedRecognition {
    policy: String,
}

impl AskedRecognition {
    /// What is wrong with the policy is found where it is proposed; here is only read which version it says it is.
    fn read(&self) -> Proposed {
        let file = PolicyFile::parse(&self.policy);
        Proposed::PublishRecognition {
            version: file.map_or(0, |file| file.policy().version()),
            text: self.policy.clone(),
        }
    }
}

/// Gathers what is wrong, so that all of it is named at once.
#[derive(Default)]
struct Faults(Vec<Fault>);

impl Faults {
    fn note<T, E: Display>(&mut self, path: &str, read: Result<T, E>) -> Option<T> {
        read.map_err(|error| self.0.push(Fault::new(path, &error)))
            .ok()
    }

    fn words<T, E: Display>(
        &mut self,
        path: &str,
        words: &[String],
        read: impl Fn(&str) -> Result<T, E>,
    ) -> Vec<T> {
        let mut all = Vec::new();
        for (place, word) in words.iter().enumerate() {
            all.extend(self.note(&format!("{path}[{place}]"), read(word)));
        }
        all
    }
}

/// A short code: `end-of-service`.
pub(crate) fn reason(text: &str) -> Result<String, &'static str> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if (1..=32).contains(&text.len()) && text.bytes().all(plain) {
        Ok(text.to_owned())
    } else {
        Err("is not 1 to 32 lower-case letters, digits or hyphens")
    }
}

/// The same of a request.
///
/// # Errors
/// [`ProblemType::BadFields`].
pub(crate) fn read_reason(text: &str) -> Result<String, Problem> {
    reason(text).map_err(|error| {
        let faults = vec![Fault::new("reason", error)];
        Problem::new(ProblemType::BadFields).with_faults(faults)
    })
}

/// An instant of RFC 3339.
pub(crate) fn instant(text: &str) -> Result<Timestamp, &'static str> {
    text.parse()
        .map_err(|_| "is no time of RFC 3339, as in 2023-07-15T12:00:00+08:00")
}

fn division(text: &str) -> Result<DivisionCode, &'static str> {
    text.parse().map_err(|_| "is no division of GB/T 2260")
}

impl AskedKey {
    fn read(&self, faults: &mut Faults) -> Option<PublicKey> {
        let algorithm =
            Algorithm::from_name(&self.algorithm).ok_or("is none of Ed25519, ES256, SM2");
        let algorithm = faults.note("key.algorithm", algorithm);
        let bytes = hex::decode(&self.public).map_err(|_| "is not hexadecimal");
        let bytes = faults.note("key.public", bytes);
        let key = PublicKey::parse(algorithm?, &bytes?);
        let key = faults.note("key.public", key)?;
        if self
            .key_id
            .as_ref()
            .is_some_and(|id| *id != key.id().to_string())
        {
            faults.0.push(Fault::new("key.key_id", "is another key's"));
        }
        Some(key)
    }
}

impl AskedProposal {
    /// Reads what is proposed now.
    ///
    /// # Errors
    /// Everything that is wrong with it, by path.
    pub(crate) fn read(&self, now: Timestamp) -> Result<Proposed, Vec<Fault>> {
        let mut faults = Faults::default();
        let (outer, read) = match self {
            Self::RegisterOfficer(asked) => ("registerOfficer", asked.read(now, &mut faults)),
            Self::RegisterGate(asked) => ("registerGate", asked.read(now, &mut faults)),
            Self::RegisterSource(asked) => ("registerSource", asked.read(now, &mut faults)),
            Self::RegisterApplication(asked) => {
                ("registerApplication", asked.read(now, &mut faults))
            }
            Self::EndParty(asked) => ("endParty", asked.read(&mut faults)),
            Self::PublishRecognition(asked) => ("publishRecognition", Some(asked.read())),
            // What both officers mean is read from what is kept.
            Self::ActivateRules(_) => ("activateRules", None),
        };
        match read {
            Some(proposed) if faults.0.is_empty() => Ok(proposed),
            _ => Err(faults
                .0
                .into_iter()
                .map(|fault| fault.inside(outer))
                .collect()),
        }
    }
}

/// At which member terms are refused.
const fn place(error: &TermsError) -> &'static str {
    match error {
        TermsError::Id => "id",
        TermsError::Name => "name",
        TermsError::Person => "kind",
        TermsError::NoLines => "lines",
        TermsError::NoDivisions => "divisions",
        TermsError::Volume => "rowsADay",
        TermsError::Share => "raisedPerMille",
        TermsError::NoDuties | TermsError::Audits => "duties",
        TermsError::Venue => "venue",
        TermsError::Unattended | TermsError::NoPurposes => "purposes",
        TermsError::Quota(_) | TermsError::Calls(_) => "quota",
        TermsError::NoFunctions => "functions",
        TermsError::Ends => "until",
        TermsError::Key(_) => "key",
        TermsError::Kept(_) => "",
    }
}

fn noted<T>(faults: &mut Faults, read: Result<T, TermsError>) -> Option<T> {
    let at = read.as_ref().err().map_or("", place);
    faults.note(at, read)
}

impl AskedOfficer {
    fn read(&self, now: Timestamp, faults: &mut Faults) -> Option<Proposed> {
        let id = noted(faults, PartyId::parse(&self.id));
        let duties = faults.words("duties", &self.duties, str::parse::<Duty>);
        let key = self.key.read(faults);
        let until = faults.note("until", instant(&self.until));
        let duties = duties.into_iter().collect();
        let terms = OfficerTerms::new(id?, &self.name, duties, key?, (now, until?));
        Some(Proposed::Register(Terms::Officer(noted(faults, terms)?)))
    }
}

impl AskedGate {
    fn read(&self, now: Timestamp, faults: &mut Faults) -> Option<Proposed> {
        let id = noted(faults, PartyId::parse(&self.id));
        let class = faults.note("class", self.class.parse());
        let division = faults.note("division", division(&self.division));
        let purposes = faults.words("purposes", &self.purposes, str::parse::<Purpose>);
        let key = self.key.read(faults);
        let until = faults.note("until", instant(&self.until));
        let venue = Venue {
            id: self.venue.clone(),
            class: class?,
            division: division?,
        };
        let looks = (self.attended, purposes.into_iter().collect());
        let terms = GateTerms::new(id?, &self.name, venue, looks, key?, (now, until?));
        let mut terms = noted(faults, terms)?;
        if let Some(AskedQuota { an_hour, a_day }) = self.quota {
            terms = noted(faults, terms.with_quota(Quota { an_hour, a_day }))?;
        }
        Some(Proposed::Register(Terms::Gate(terms)))
    }
}

impl AskedApplication {
    fn read(&self, now: Timestamp, faults: &mut Faults) -> Option<Proposed> {
        let id = noted(faults, PartyId::parse(&self.id));
        let functions = faults.words("functions", &self.functions, str::parse::<Function>);
        let divisions = faults.words("divisions", &self.divisions, division);
        let purposes = faults.words("purposes", &self.purposes, str::parse::<Purpose>);
        let key = self.key.read(faults);
        let until = faults.note("until", instant(&self.until));
        let scope = Scope {
            functions: functions.into_iter().collect(),
            divisions,
            purposes: purposes.into_iter().collect(),
        };
        let terms = ApplicationTerms::new(id?, &self.name, scope, key?, (now, until?));
        let mut terms = noted(faults, terms)?;
        if let Some(asked) = self.quota {
            let quota = CallQuota {
                calls_a_minute: asked.calls_a_minute,
                queries_a_day: asked.queries_a_day,
            };
            terms = noted(faults, terms.with_quota(quota))?;
        }
        Some(Proposed::Register(Terms::Application(terms)))
    }
}

impl AskedSource {
    fn read(&self, now: Timestamp, faults: &mut Faults) -> Option<Proposed> {
        let id = noted(faults, PartyId::parse(&self.id));
        let kind = faults.note("kind", self.kind.parse());
        let lines = faults.words("lines", &self.lines, |word| {
            LineKind::from_word(word).ok_or("is no kind of line")
        });
        let divisions = faults.words("divisions", &self.divisions, division);
        let key = self.key.read(faults);
        let until = faults.note("until", instant(&self.until));
        let terms = SourceTerms::new(id?, kind?, lines, divisions, key?, (now, until?));
        let mut terms = noted(faults, terms)?;
        if let Some(name) = &self.name {
            terms = noted(faults, terms.with_name(name))?;
        }
        let batch = self.rows_a_batch.unwrap_or_else(|| terms.rows_a_batch());
        let day = self.rows_a_day.unwrap_or_else(|| terms.rows_a_day());
        terms = noted(faults, terms.with_volume(batch, day))?;
        let (freely, share) = terms.raised();
        let freely = self.raised_freely.unwrap_or(freely);
        let share = self.raised_per_mille.unwrap_or(share);
        terms = noted(faults, terms.with_raised(freely, share))?;
        Some(Proposed::Register(Terms::Source(terms)))
    }
}

impl AskedEnd {
    fn read(&self, faults: &mut Faults) -> Option<Proposed> {
        let kind: Option<PartyKind> = faults.note("kind", self.kind.parse());
        let id = noted(faults, PartyId::parse(&self.id));
        let reason = faults.note("reason", reason(&self.reason));
        Some(Proposed::End {
            kind: kind?,
            id: id?,
            reason: reason?,
        })
    }
}
