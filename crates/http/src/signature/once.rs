//! Signed requests are accepted once: the nonces of the last minutes, in bounded memory.

use std::collections::BTreeMap;
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
    most_of_one: usize,
}

/// A party, or a nonce of one: the beginning of a hash.
type Name = [u8; 16];

#[derive(Debug)]
struct State {
    seen: BTreeMap<i64, BTreeMap<Name, Name>>,
    of_one: BTreeMap<Name, usize>,
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
                of_one: BTreeMap::new(),
                count: 0,
                forgotten: began.unix(),
            }),
            most,
            most_of_one: most,
        }
    }

    /// With at most so many nonces of one party: nobody who is registered takes up everybody's room.
    pub(crate) const fn with_most_of_one(mut self, most_of_one: usize) -> Self {
        self.most_of_one = most_of_one;
        self
    }

    /// Notes a nonce whose signature holds.
    ///
    /// # Errors
    /// [`ProblemType::CredentialUsed`] where it was seen before;
    /// [`ProblemType::CredentialEnded`] where that is not known any more;
    /// [`ProblemType::TooMany`] where the party has had its share; [`ProblemType::Overloaded`] where there is
    /// no room.
    pub(crate) fn note(
        &self,
        (kind, id): (PartyKind, &PartyId),
        nonce: &str,
        created: i64,
        now: Timestamp,
    ) -> Result<(), Problem> {
        let party = name(&format!("{kind} {id}"));
        // The id has no quotation mark, so that no two pairs read alike.
        let name = name(&format!("{kind} {id}\"{nonce}"));
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.forget(now.minus(AGE).unix());
        if created <= state.forgotten {
            let detail = "the signature was made before this node began; sign again";
            return Err(Problem::new(ProblemType::CredentialEnded).with_detail(detail));
        }
        let seen = state.seen.get(&created);
        if seen.is_some_and(|seen| seen.contains_key(&name)) {
            return Err(Problem::new(ProblemType::CredentialUsed));
        }
        if state.count >= self.most {
            return Err(Problem::new(ProblemType::Overloaded));
        }
        if state.of_one.get(&party).copied().unwrap_or_default() >= self.most_of_one {
            return Err(Problem::new(ProblemType::TooMany).with_retry_after(60));
        }
        state.seen.entry(created).or_default().insert(name, party);
        *state.of_one.entry(party).or_default() += 1;
        state.count += 1;
        Ok(())
    }
}

fn name(text: &str) -> Name {
    let mut name = [0; 16];
    for (to, from) in name.iter_mut().zip(Sha256::digest(text)) {
        *to = from;
    }
    name
}

impl State {
    /// Forgets what was signed before an instant, and that it may have been seen.
    fn forget(&mut self, before: i64) {
        let kept = self.seen.split_off(&before);
        let gone = std::mem::replace(&mut self.seen, kept);
        for (created, names) in gone {
            self.count -= names.len();
            for party in names.values() {
                if let Some(own) = self.of_one.get_mut(party) {
                    *own -= 1;
                    if *own == 0 {
                        self.of_one.remove(party);
                    }
                }
            }
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
    fn one_party_takes_up_its_own_share_and_nobody_else_s() {
        let once = Once::beginning_at(BEGAN, 10).with_most_of_one(2);
        assert_eq!(outcome(&once, "li", "a", 1, 1), None);
        assert_eq!(outcome(&once, "li", "b", 2, 2), None);
        let share = Some(ProblemType::TooMany);
        assert_eq!(outcome(&once, "li", "c", 3, 3), share);
        let used = Some(ProblemType::CredentialUsed);
        assert_eq!(outcome(&once, "li", "a", 1, 3), used);
        assert_eq!(outcome(&once, "wang", "a", 3, 3), None);
        // What is forgotten takes up nothing.
        assert_eq!(outcome(&once, "li", "c", 302, 302), None);
        assert_eq!(outcome(&once, "li", "d", 302, 302), share);
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
