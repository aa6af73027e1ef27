//! Signed requests are accepted once: the nonces of the last minutes, in bounded memory.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use hc_code::Timestamp;
use hc_core::store::PartyKind;
use hc_node::party::PartyId;
use sha2::{Digest, Sha256};

use super::AGE;
use crate::problem::{Problem, ProblemType};

/// The nonces that were seen, by the time of their signature.
#[derive(Debug)]
pub(crate) struct Once {
    state: Mutex<State>,
    most: usize,
}

#[derive(Debug)]
struct State {
    seen: BTreeMap<i64, BTreeSet<[u8; 16]>>,
    count: usize,
    /// Signatures made then or before are refused: what was seen of them is forgotten.
    forgotten: i64,
}

/// Nonces held at once: with the usual pace those of 400 parties that ask as often as they may.
pub(crate) const MOST: usize = 1 << 18;

impl Once {
    /// Nothing was seen; what was signed before `began`, another run may have seen.
    pub(crate) const fn beginning_at(began: Timestamp, most: usize) -> Self {
        Self {
            state: Mutex::new(State {
                seen: BTreeMap::new(),
                count: 0,
                forgotten: began.unix(),
            }),
            most,
        }
    }

    /// Notes a nonce whose signature holds.
    ///
    /// # Errors
    /// [`ProblemType::CredentialUsed`] where it was seen before;
    /// [`ProblemType::CredentialEnded`] where that is not known any more;
    /// [`ProblemType::Overloaded`] where there is no room.
    pub(crate) fn note(
        &self,
        (kind, id): (PartyKind, &PartyId),
        nonce: &str,
        created: i64,
        now: Timestamp,
    ) -> Result<(), Problem> {
        let mut name = [0; 16];
        // The id has no quotation mark, so that no two pairs read alike.
        let hash = Sha256::digest(format!("{kind} {id}\"{nonce}"));
        for (to, from) in name.iter_mut().zip(hash) {
            *to = from;
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.forget(now.minus(AGE).unix());
        if created <= state.forgotten {
            let detail = "the signature was made before this node began; sign again";
            return Err(Problem::new(ProblemType::CredentialEnded).with_detail(detail));
        }
        if state.count >= self.most {
            return Err(Problem::new(ProblemType::Overloaded));
        }
        if state.seen.entry(created).or_default().insert(name) {
            state.count += 1;
            Ok(())
        } else {
            Err(Problem::new(ProblemType::CredentialUsed))
        }
    }
}

impl State {
    /// Forgets what was signed before an instant, and that it may have been seen.
    fn forget(&mut self, before: i64) {
        let kept = self.seen.split_off(&before);
        let gone = std::mem::replace(&mut self.seen, kept);
        for (created, names) in gone {
            self.count -= names.len();
            self.forgotten = self.forgotten.max(created);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hc_code::Span;

    const BEGAN: Timestamp = Timestamp::from_unix(1_657_857_600);

    fn outcome(once: &Once, id: &str, nonce: &str, created: i64, now: i64) -> Option<ProblemType> {
        let id = PartyId::parse(id).unwrap();
        let now = BEGAN.plus(Span::seconds(u32::try_from(now).unwrap()));
        let created = BEGAN.unix() + created;
        let noted = once.note((PartyKind::Officer, &id), nonce, created, now);
        noted.err().map(|problem| problem.kind())
    }

    #[test]
    fn a_nonce_is_accepted_once_from_each_party() {
        let once = Once::beginning_at(BEGAN, 10);
        assert_eq!(outcome(&once, "li", "a", 1, 1), None);
        let used = Some(ProblemType::CredentialUsed);
        assert_eq!(outcome(&once, "li", "a", 1, 2), used);
        assert_eq!(outcome(&once, "wang", "a", 1, 2), None);
        assert_eq!(outcome(&once, "li", "b", 1, 2), None);
    }

    #[test]
    fn what_was_signed_before_the_node_began_is_refused() {
        let once = Once::beginning_at(BEGAN, 10);
        let ended = Some(ProblemType::CredentialEnded);
        assert_eq!(outcome(&once, "li", "a", 0, 1), ended);
        assert_eq!(outcome(&once, "li", "a", -5, 1), ended);
    }

    #[test]
    fn memory_is_bounded_and_free_again_when_signatures_have_ended() {
        let once = Once::beginning_at(BEGAN, 2);
        assert_eq!(outcome(&once, "li", "a", 1, 1), None);
        assert_eq!(outcome(&once, "li", "b", 5, 5), None);
        let full = Some(ProblemType::Overloaded);
        assert_eq!(outcome(&once, "li", "c", 6, 6), full);
        assert_eq!(outcome(&once, "li", "c", 302, 302), None);
        // Also with a clock that was put back, what is forgotten is not accepted anew.
        let ended = Some(ProblemType::CredentialEnded);
        assert_eq!(outcome(&once, "li", "a", 1, 1), ended);
    }
}
