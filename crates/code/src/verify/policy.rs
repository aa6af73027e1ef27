//! The recognition policy: what a region makes of codes, its own and others'.

use serde::{Deserialize, Serialize};

use crate::sorted_map::twice;
use crate::statement::{LastTest, TestKind};
use crate::verify::verdict::Action;
use crate::{Class, DivisionCode, Level, ReasonClass, Span, Timestamp};

/// Ordered rules; the first that fits a code decides, and its id goes on the receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "PolicyForm", into = "PolicyForm")]
pub struct RecognitionPolicy {
    version: String,
    rules: Vec<RecognitionRule>,
}

/// One rule: which codes it fits, what it asks of them, and what follows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecognitionRule {
    /// The rule's name on receipts; unique within the policy.
    pub id: String,
    /// Issuers that it fits, each with all divisions within; every issuer where empty.
    #[serde(default)]
    pub issuers: Vec<DivisionCode>,
    /// Classes that it fits; every class where empty.
    #[serde(default)]
    pub classes: Vec<Class>,
    /// Levels that it fits.
    pub levels: Vec<Level>,
    /// Reason classes that it fits; every one where empty.
    #[serde(default)]
    pub reasons: Vec<ReasonClass>,
    /// Asked: facts no older than this.
    #[serde(default)]
    pub facts_within: Option<Span>,
    /// Asked: a last negative test no older than this.
    #[serde(default)]
    pub test_within: Option<Span>,
    /// Kinds of test that count, where one is asked for; every kind where empty.
    #[serde(default)]
    pub test_kinds: Vec<TestKind>,
    /// What follows where everything that is asked is there.
    pub then: Action,
    /// What follows where not.
    #[serde(default)]
    pub otherwise: Option<Action>,
}

/// Why rules are no policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// The version is what receipts name.
    #[error("the policy has no version")]
    NoVersion,
    /// Ids are short words.
    #[error("{0:?} is not the id of a rule: 1 to 64 letters, digits, '.', '-' or '_'")]
    Id(String),
    /// Two rules of one name.
    #[error("rule {0} occurs twice")]
    Twice(String),
    /// More rules than a person can read.
    #[error("{0} rules are more than the {max} that a policy may have", max = RecognitionPolicy::MAX_RULES)]
    TooMany(usize),
    /// A rule that fits nothing.
    #[error("rule {0} fits no level")]
    NoLevel(String),
    /// Nobody passes on a level that says otherwise or nothing.
    #[error("rule {rule} lets level {level} pass")]
    Passes {
        /// The rule.
        rule: String,
        /// The level.
        level: Level,
    },
    /// Nobody is refused because nothing is known.
    #[error("rule {0} refuses level unknown: unknown is neither green nor red")]
    RefusesUnknown(String),
    /// A rule cannot call a genuine code invalid.
    #[error("rule {0} calls a genuine code invalid")]
    Invalid(String),
    /// Conditions without a consequence, or a consequence without conditions.
    #[error("rule {0} must have `otherwise` exactly where it asks for something")]
    Otherwise(String),
    /// Kinds of test where no test is asked for: they would change nothing.
    #[error("rule {0} names kinds of test, but asks for no test: `test_within` is missing")]
    Kinds(String),
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyForm {
    version: String,
    rules: Vec<RecognitionRule>,
}

impl TryFrom<PolicyForm> for RecognitionPolicy {
    type Error = PolicyError;

    fn try_from(form: PolicyForm) -> Result<Self, Self::Error> {
        Self::new(form.version, form.rules)
    }
}

impl From<RecognitionPolicy> for PolicyForm {
    fn from(policy: RecognitionPolicy) -> Self {
        Self {
            version: policy.version,
            rules: policy.rules,
        }
    }
}

/// What the policy looks at.
#[derive(Clone, Copy, Debug)]
pub struct Considered {
    /// Who issued the code.
    pub issuer: DivisionCode,
    /// Its class.
    pub class: Class,
    /// The level that counts.
    pub level: Level,
    /// Why.
    pub reason: ReasonClass,
    /// The time of the facts that count.
    pub as_of: Option<Timestamp>,
    /// The last negative test.
    pub last_test: Option<LastTest>,
}

/// Which of a rule's two ends came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Everything that the rule asks for was there, or it asks for nothing.
    Then,
    /// Something was missing.
    Otherwise,
}

/// What a policy made of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Applied {
    /// What follows.
    pub action: Action,
    /// Which rule decided, by its place from 0; none where no rule fits.
    pub place: Option<usize>,
    /// Which of its ends.
    pub outcome: Outcome,
}

impl RecognitionPolicy {
    /// Rules at most.
    pub const MAX_RULES: usize = 1000;

    /// Puts rules together.
    ///
    /// # Errors
    /// [`PolicyError`] for rules that no region may have.
    pub fn new(
        version: impl Into<String>,
        rules: Vec<RecognitionRule>,
    ) -> Result<Self, PolicyError> {
        let version = version.into();
        if version.is_empty() {
            return Err(PolicyError::NoVersion);
        }
        if rules.len() > Self::MAX_RULES {
            return Err(PolicyError::TooMany(rules.len()));
        }
        for rule in &rules {
            rule.check()?;
        }
        if let Some(id) = twice(rules.iter().map(|rule| rule.id.as_str())) {
            return Err(PolicyError::Twice(id.to_owned()));
        }
        Ok(Self { version, rules })
    }

    /// The plainest policy: every issuer's low passes, medium is checked, high is refused,
    /// unknown is unknown.
    pub fn plain() -> Self {
        let rule = |id: &str, level, then| RecognitionRule {
            id: id.to_owned(),
            issuers: Vec::new(),
            classes: Vec::new(),
            levels: vec![level],
            reasons: Vec::new(),
            facts_within: None,
            test_within: None,
            test_kinds: Vec::new(),
            then,
            otherwise: None,
        };
        Self {
            version: "plain-1".to_owned(),
            rules: vec![
                rule("low-passes", Level::Low, Action::Pass),
                rule("medium-is-checked", Level::Medium, Action::Check),
                rule("high-is-refused", Level::High, Action::Refuse),
                rule("unknown-stays-unknown", Level::Unknown, Action::Unknown),
            ],
        }
    }

    /// The name of this version.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The rules, in order.
    pub fn rules(&self) -> &[RecognitionRule] {
        &self.rules
    }

    /// What follows, and by which rule. Where none fits, unknown.
    pub fn apply(&self, subject: Considered, now: Timestamp) -> (Action, Option<&str>) {
        let applied = self.applied(subject, now);
        let rule = applied.place.and_then(|place| self.rules.get(place));
        (applied.action, rule.map(|rule| rule.id.as_str()))
    }

    /// The same with the place of the rule among [`Self::rules`], and which of its outcomes came.
    pub fn applied(&self, subject: Considered, now: Timestamp) -> Applied {
        let found = self.rules.iter().position(|rule| rule.fits(&subject));
        let rule = found.and_then(|place| self.rules.get(place));
        let (action, outcome) = match rule {
            None => (Action::Unknown, Outcome::Then),
            Some(rule) if rule.is_satisfied(&subject, now) => (rule.then, Outcome::Then),
            Some(rule) => (
                rule.otherwise.unwrap_or(Action::Unknown),
                Outcome::Otherwise,
            ),
        };
        Applied {
            action,
            place: found,
            outcome,
        }
    }
}

impl RecognitionRule {
    fn check(&self) -> Result<(), PolicyError> {
        let id = || self.id.clone();
        let well_formed = (1..=64).contains(&self.id.len())
            && self
                .id
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte));
        if !well_formed {
            return Err(PolicyError::Id(id()));
        }
        if self.levels.is_empty() {
            return Err(PolicyError::NoLevel(id()));
        }
        let asks = self.facts_within.is_some() || self.test_within.is_some();
        if asks != self.otherwise.is_some() {
            return Err(PolicyError::Otherwise(id()));
        }
        if self.test_within.is_none() && !self.test_kinds.is_empty() {
            return Err(PolicyError::Kinds(id()));
        }
        for action in [Some(self.then), self.otherwise].into_iter().flatten() {
            if action == Action::Invalid {
                return Err(PolicyError::Invalid(id()));
            }
            for level in &self.levels {
                match (level, action) {
                    (Level::High | Level::Unknown, Action::Pass) => {
                        return Err(PolicyError::Passes {
                            rule: id(),
                            level: *level,
                        });
                    }
                    (Level::Unknown, Action::Refuse) => {
                        return Err(PolicyError::RefusesUnknown(id()));
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// Whether the rule is about such a code at all, whatever it asks for.
    pub fn fits(&self, subject: &Considered) -> bool {
        fn any<T: PartialEq>(list: &[T], value: &T) -> bool {
            list.is_empty() || list.contains(value)
        }
        let issuer = self.issuers.is_empty()
            || self
                .issuers
                .iter()
                .any(|division| division.contains(subject.issuer));
        issuer
            && any(&self.classes, &subject.class)
            && self.levels.contains(&subject.level)
            && any(&self.reasons, &subject.reason)
    }

    fn is_satisfied(&self, subject: &Considered, now: Timestamp) -> bool {
        let facts = self
            .facts_within
            .is_none_or(|limit| subject.as_of.is_some_and(|as_of| now.since(as_of) <= limit));
        let test = self.test_within.is_none_or(|limit| {
            subject.last_test.is_some_and(|test| {
                (self.test_kinds.is_empty() || self.test_kinds.contains(&test.kind()))
                    && now.since(test.time()) <= limit
            })
        });
        facts && test
    }
}

#[cfg(test)]
mod tests;
