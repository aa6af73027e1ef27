//! What a test that no rule heeds makes of a standing: at most another last test.

use hc_code::{Level, ReasonClass, Timestamp};

use super::{Standing, Step, last_negative_test};
use crate::evidence::Facts;

/// What tests make of a standing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Retested {
    /// Nothing: it says the same.
    Same,
    /// This one.
    Other(Standing),
}

impl Standing {
    /// What deciding anew by a version of the rules would give for somebody of whom nothing was learned but
    /// these tests, all of them [unheeded](crate::decide::Unheeded) and known from this instant on.
    ///
    /// `None` where the standing alone does not tell, and the person is to be decided anew: whoever is not
    /// plainly low for all that is known, was decided in this second, or had a test of another method in the
    /// same hour.
    pub fn retested(&self, pack: u32, tests: Facts<'_>, now: Timestamp) -> Option<Retested> {
        self.plainly_low_until()?;
        let (step, _) = self.at(now)?;
        if self.horizon != Timestamp::MAX || self.decided >= now || step.level != Level::Low {
            return None;
        }
        let last_test = match (self.last_test, last_negative_test(tests, now)) {
            (held, None) => held,
            (None, found) => found,
            (Some(held), Some(found)) if found.hour() > held.hour() => Some(found),
            (Some(held), Some(found)) if found.hour() < held.hour() || found == held => Some(held),
            (Some(_), Some(_)) => return None,
        };
        if last_test == self.last_test {
            return Some(Retested::Same);
        }
        let low = Step {
            from: now,
            level: Level::Low,
            class: ReasonClass::None,
        };
        let ahead = self.steps.iter().filter(|step| step.from > now);
        Some(Retested::Other(Self {
            pack,
            decided: now,
            horizon: Timestamp::MAX,
            last_test,
            steps: [low].into_iter().chain(ahead.copied()).collect(),
        }))
    }
}
