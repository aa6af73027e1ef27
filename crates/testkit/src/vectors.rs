//! The language-neutral vectors of `vectors/verify`: one gate, one text, one expected verdict.
//!
//! [`Vector::run`] is all that another implementation has to write. [`all`] makes every vector
//! from fixed seeds; a test compares them with the files that are checked in.

mod forged;
mod form;
mod genuine;
mod listed;
mod shown;
mod timed;
mod world;

use serde::{Deserialize, Serialize};

pub use form::{GateForm, GateFormError, IssuerForm, KeyForm, PaperForm, StatusForm, TrustForm};
pub use world::World;

pub(crate) use forged::{ED25519_ORDER, P256_ORDER, combine};

use hc_code::Timestamp;
use hc_code::verify::{Action, Genuine, RecognitionPolicy, ShowingMemory, Verdict};

/// One property or defect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vector {
    /// The name of its file: the property or the defect.
    #[serde(skip)]
    pub name: String,
    /// The same in a sentence.
    pub about: String,
    /// What the gate holds.
    pub gate: GateForm,
    /// What was shown at this gate before, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<Reading>,
    /// The text that is shown.
    pub text: String,
    /// The device's clock.
    pub now: Timestamp,
    /// What must come out.
    pub expect: Expected,
}

/// One reading at a gate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// The text.
    pub text: String,
    /// The device's clock.
    pub now: Timestamp,
}

/// The parts of a verdict that implementations must agree on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// What the gate does.
    pub action: Action,
    /// The word of the cause.
    pub cause: String,
    /// The level that counts; none where it never came to that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<hc_code::Level>,
    /// The rule of the policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// Whether the code was seen some seconds before.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub seen_before: bool,
}

impl Expected {
    /// The comparable parts of a verdict.
    pub fn of(verdict: &Verdict) -> Self {
        Self {
            action: verdict.action(),
            cause: verdict.cause().word().to_owned(),
            level: verdict.genuine().and_then(Genuine::level),
            rule: verdict.rule().map(str::to_owned),
            seen_before: verdict.seen_before(),
        }
    }
}

impl Vector {
    /// What comes out here.
    ///
    /// # Errors
    /// [`GateFormError`] where the gate's part of the vector is not readable.
    pub fn run(&self) -> Result<Expected, GateFormError> {
        let held = self.gate.held()?;
        let gate = held.gate();
        let mut memory = ShowingMemory::default();
        for reading in &self.before {
            gate.verify(&reading.text, reading.now, &mut memory);
        }
        Ok(Expected::of(&gate.verify(
            &self.text,
            self.now,
            &mut memory,
        )))
    }
}

/// Every vector, made anew.
pub fn all() -> Vec<Vector> {
    let mut vectors = genuine::vectors();
    vectors.extend(forged::vectors());
    vectors.extend(timed::vectors());
    vectors.extend(shown::vectors());
    vectors.extend(listed::vectors());
    vectors
}

/// A vector in the making: the plain gate at noon, a text, and what is expected.
#[derive(Clone, Debug)]
struct Case(Vector);

impl Case {
    fn new(name: &str, about: &str, world: &World, text: String) -> Self {
        Self(Vector {
            name: name.to_owned(),
            about: about.to_owned(),
            gate: world.gate.clone(),
            before: Vec::new(),
            text,
            now: crate::regions::NOON,
            expect: Expected {
                action: Action::Invalid,
                cause: String::new(),
                level: None,
                rule: None,
                seen_before: false,
            },
        })
    }

    fn at(mut self, now: Timestamp) -> Self {
        self.0.now = now;
        self
    }

    fn after(mut self, text: &str, now: Timestamp) -> Self {
        self.0.before.push(Reading {
            text: text.to_owned(),
            now,
        });
        self
    }

    fn under(mut self, policy: RecognitionPolicy) -> Self {
        self.0.gate.policy = Some(policy);
        self
    }

    fn seen_before(mut self) -> Self {
        self.0.expect.seen_before = true;
        self
    }

    /// No code that counts.
    fn invalid(mut self, cause: &str) -> Vector {
        cause.clone_into(&mut self.0.expect.cause);
        self.0
    }

    /// The gate cannot tell, and never came to a level.
    fn untold(mut self, cause: &str) -> Vector {
        self.0.expect.action = Action::Unknown;
        self.invalid(cause)
    }

    /// A genuine code that the policy decided on.
    fn judged(mut self, action: Action, level: hc_code::Level, cause: &str, rule: &str) -> Vector {
        self.0.expect.action = action;
        self.0.expect.level = Some(level);
        self.0.expect.rule = (!rule.is_empty()).then(|| rule.to_owned());
        self.invalid(cause)
    }

    fn passes(self, cause: &str) -> Vector {
        self.judged(Action::Pass, hc_code::Level::Low, cause, "low-passes")
    }

    fn stays_unknown(self, cause: &str) -> Vector {
        self.judged(
            Action::Unknown,
            hc_code::Level::Unknown,
            cause,
            "unknown-stays-unknown",
        )
    }

    fn refused(self, cause: &str) -> Vector {
        self.judged(
            Action::Refuse,
            hc_code::Level::High,
            cause,
            "high-is-refused",
        )
    }
}
