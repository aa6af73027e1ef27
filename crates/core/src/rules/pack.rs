//! A rule pack, parsed.

use core::fmt;

use hc_code::{DivisionCode, Offset, ReasonClass, Span, Timestamp};

use crate::evidence::{EventKind, SourceSet};
use crate::rules::{Stage, Trigger};

/// A text in the two languages that every pack must have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// Where a rule or a whole pack was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Citation {
    /// The notice, standard or report.
    pub title: String,
    /// Where it can be read.
    pub at: String,
    /// What of it was taken over, and what is ours where the source is silent.
    pub note: Option<String>,
}

/// The short name of a rule, unique in its pack: lower-case letters, digits and hyphens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RuleId(String);

impl RuleId {
    /// The id, or `None` for another form than 1 to 40 lower-case letters, digits and hyphens.
    pub fn new(text: &str) -> Option<Self> {
        let fits = (1..=40).contains(&text.len())
            && text
                .bytes()
                .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
            && text.starts_with(|first: char| first.is_ascii_lowercase());
        fits.then(|| Self(text.to_owned()))
    }

    /// The id as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// What it takes to be low when no rule is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BaseNeed {
    /// A declaration that is still valid (Hangzhou, Hubei).
    Declaration,
    /// A declaration or any other evidence about the person that is still valid (Guangdong: no
    /// declaration of one's own is needed).
    Evidence,
}

/// The ground that a low level stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Base {
    /// What is needed.
    pub need: BaseNeed,
    /// For how long it holds.
    pub valid: Span,
}

/// One rule: a trigger in evidence, and the stages that follow from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Unique in the pack.
    pub id: RuleId,
    /// The code that the published table gives the reason, or ours in its style.
    pub code: String,
    /// What a gate may see of the reason.
    pub class: ReasonClass,
    /// The reason as the person reads it.
    pub reason: Text,
    /// Whose evidence the rule believes.
    pub sources: SourceSet,
    /// What sets it off.
    pub trigger: Trigger,
    /// What follows, in order; never empty.
    pub stages: Vec<Stage>,
    /// Where this rule was published.
    pub source: Citation,
    /// Line in the file, from 1.
    pub line: usize,
}

/// The published rules of one region, one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RulePack {
    /// Whose rules.
    pub region: DivisionCode,
    /// Rises with every publication.
    pub version: u32,
    /// What the pack is called.
    pub name: Text,
    /// When it was published.
    pub published: Timestamp,
    /// The notice between publication and effect that the region promises.
    pub lead_time: Span,
    /// Why it may start sooner than 24 h after publication; such a pack lives at most 31 days.
    pub emergency: Option<Text>,
    /// First instant at which it decides.
    pub valid_from: Timestamp,
    /// First instant at which it no longer does.
    pub valid_until: Timestamp,
    /// Where days turn.
    pub offset: Offset,
    /// Where it was published.
    pub sources: Vec<Citation>,
    /// The ground of a low level.
    pub base: Base,
    /// The rules, in the file's order.
    pub rules: Vec<Rule>,
    /// For every kind of event, the rules that it can set off.
    pub(crate) by_kind: [Vec<u16>; KINDS],
    /// The rules that absence sets off.
    pub(crate) by_absence: Vec<u16>,
}

/// How many kinds of events there are.
pub(crate) const KINDS: usize = 12;

impl RulePack {
    /// The most rules a pack may have.
    pub const MAX_RULES: usize = 200;

    /// A rule by its id.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id.as_str() == id)
    }

    /// Fills the tables that tell which rules an event can set off.
    pub(super) fn index(&mut self) {
        self.by_kind = Default::default();
        self.by_absence.clear();
        for (number, rule) in (0u16..).zip(&self.rules) {
            match rule.trigger.kind() {
                Some(kind) => {
                    if let Some(rules) = self.by_kind.get_mut(kind as usize) {
                        rules.push(number);
                    }
                }
                None => self.by_absence.push(number),
            }
        }
    }

    /// The numbers of the rules that an event of this kind can set off.
    pub(crate) fn rules_for(&self, kind: EventKind) -> &[u16] {
        self.by_kind.get(kind as usize).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::word::Word;

    #[test]
    fn every_kind_of_event_has_its_table() {
        assert_eq!(EventKind::ALL.len(), KINDS);
    }

    #[test]
    fn rule_ids_have_one_form() {
        assert!(RuleId::new("close-contact-2").is_some());
        for text in ["", "2-contact", "Close", "密接", "a b"] {
            assert!(RuleId::new(text).is_none(), "{text:?}");
        }
    }
}
