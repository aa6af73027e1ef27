//! What people took back from applications, in memory.
//!
//! An application makes codes by a person's subject token on the worst morning too, so no store is asked whether
//! the token still counts. A token lives for hours; so it is enough to know what was taken back in as many hours,
//! which is loaded at the start and noted as soon as it is durable.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

use hc_code::Timestamp;
use hc_code::day_index::SubjectNumber;
use hc_core::act::LONGEST_APPLICATION_CONSENT;
use sha2::{Digest, Sha256};

/// An application, by the beginning of a hash of its id.
pub type ApplicationMark = [u8; 8];

/// The mark of an application.
pub fn application_mark(id: &str) -> ApplicationMark {
    let mut mark = ApplicationMark::default();
    let hash = Sha256::digest(id);
    mark.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
    mark
}

/// What was taken back, and when last.
#[derive(Debug, Default)]
pub struct TakenBack(RwLock<BTreeMap<(SubjectNumber, ApplicationMark), Timestamp>>);

impl TakenBack {
    /// From when on what was taken back may still be asked about.
    pub fn since(now: Timestamp) -> Timestamp {
        now.minus(LONGEST_APPLICATION_CONSENT)
    }

    /// Notes that a person took back what they had let an application do.
    pub fn note(&self, number: SubjectNumber, application: ApplicationMark, at: Timestamp) {
        let mut held = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let kept = held.entry((number, application)).or_insert(at);
        *kept = at.max(*kept);
    }

    /// When a person last took it back.
    pub fn at(&self, number: SubjectNumber, application: ApplicationMark) -> Option<Timestamp> {
        let held = self.0.read().unwrap_or_else(PoisonError::into_inner);
        held.get(&(number, application)).copied()
    }

    /// Lets go of what no token that lives was given before.
    pub fn tidy(&self, now: Timestamp) {
        let since = Self::since(now);
        let mut held = self.0.write().unwrap_or_else(PoisonError::into_inner);
        held.retain(|_, at| *at >= since);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hc_code::Span;

    #[test]
    fn what_was_taken_back_is_held_as_long_as_a_token_lives() {
        let noon = Timestamp::from_unix(1_656_734_400);
        let (one, app) = (SubjectNumber::new(7), application_mark("super"));
        let taken = TakenBack::default();
        taken.note(one, app, noon);
        taken.note(one, app, noon.minus(Span::hours(1)));
        assert_eq!(taken.at(one, app), Some(noon));
        assert_eq!(taken.at(one, application_mark("other")), None);
        assert_eq!(taken.at(SubjectNumber::new(8), app), None);
        taken.tidy(noon.plus(LONGEST_APPLICATION_CONSENT));
        assert_eq!(taken.at(one, app), Some(noon));
        taken.tidy(
            noon.plus(LONGEST_APPLICATION_CONSENT)
                .plus(Span::seconds(1)),
        );
        assert_eq!(taken.at(one, app), None);
    }
}
