//! What acts leave in the log.

use hc_code::day_index::SubjectNumber;
use hc_code::{Level, Timestamp};
use hc_tlog::entry::{
    Actor as LogActor, Detail, Entry, EvidenceRef, Kind, Label, LogLevel, Role, SubjectRef,
};

use super::ActError;
use crate::decide::Decision;
use crate::evidence::Story;
use crate::rules::RulePack;
use crate::store::Writing;

/// Who acts: a role, and the id by which the region knows its bearer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The role.
    pub role: Role,
    /// The id; never a person's name.
    pub id: String,
}

impl Actor {
    /// The service itself, by its rules.
    pub fn service() -> Self {
        Self {
            role: Role::Service,
            id: "rules".to_owned(),
        }
    }

    /// The subject.
    pub fn subject() -> Self {
        Self {
            role: Role::Subject,
            id: "self".to_owned(),
        }
    }

    fn logged(&self) -> Result<LogActor, ActError> {
        Ok(LogActor::new(self.role, label(&self.id)?))
    }
}

/// Logs a decision with its grounds.
pub(super) fn log_decision(
    store: &mut dyn Writing,
    number: SubjectNumber,
    pack: &RulePack,
    decision: &Decision,
    story: &Story,
    now: Timestamp,
) -> Result<(), ActError> {
    let mut details = vec![
        Detail::Level(logged_level(decision.level)),
        Detail::ValidUntil(seconds(decision.valid_until)),
        Detail::Pack(label(&pack.region.to_string())?),
        Detail::PackVersion(label(&pack.version.to_string())?),
    ];
    let mut evidence = std::collections::BTreeSet::new();
    for reason in &decision.reasons {
        if let Some(rule) = pack.rules.get(usize::from(reason.rule)) {
            details.push(Detail::Rule(label(rule.id.as_str())?));
        }
        let ids = reason.facts.iter().flat_map(|fact| story.evidence(*fact));
        evidence.extend(ids.map(|id| *id.as_bytes()));
    }
    // An entry has room for 255 details; the rest is found again by replaying the decision.
    let shown = evidence.into_iter().take(200);
    details.extend(shown.map(|id| Detail::Evidence(EvidenceRef::from_bytes(id))));
    log(
        store,
        Kind::Decision,
        now,
        Some(number),
        &Actor::service(),
        details,
    )
}

/// Appends an entry.
pub(super) fn log(
    store: &mut dyn Writing,
    kind: Kind,
    at: Timestamp,
    number: Option<SubjectNumber>,
    actor: &Actor,
    details: impl IntoIterator<Item = Detail>,
) -> Result<(), ActError> {
    logged(store, kind, at, number, actor, details).map(drop)
}

/// Appends an entry and gives its sequence.
pub(super) fn logged(
    store: &mut dyn Writing,
    kind: Kind,
    at: Timestamp,
    number: Option<SubjectNumber>,
    actor: &Actor,
    details: impl IntoIterator<Item = Detail>,
) -> Result<u64, ActError> {
    let subject = number.map(|number| SubjectRef::from_number(number.expose_number().into()));
    let entry = Entry::new(kind, seconds(at), subject, actor.logged()?, details)
        .map_err(|error| ActError::Log(error.to_string()))?;
    Ok(store.log(&entry)?)
}

pub(super) fn label(text: &str) -> Result<Label, ActError> {
    text.parse()
        .map_err(|error: hc_tlog::entry::LabelError| ActError::Log(error.to_string()))
}

/// Unix seconds; times before 1970 are 0.
pub(super) fn seconds(at: Timestamp) -> u64 {
    u64::try_from(at.unix()).unwrap_or(0)
}

const fn logged_level(level: Level) -> LogLevel {
    match level {
        Level::Low => LogLevel::Low,
        Level::Medium => LogLevel::Medium,
        Level::High => LogLevel::High,
        Level::Unknown => LogLevel::Unknown,
    }
}
