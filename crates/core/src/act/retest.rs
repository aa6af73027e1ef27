//! The commonest rows of all: tests of people who are plainly low, which change nothing but their last test.
//!
//! On a bad morning half a city is tested. To open, read and decide again all that is known of each of them
//! would give the same level as before; where that can be told from the standing and the rules alone, it is.
//! What comes out is to the byte what [`redecide`](fn@super::redecide) would have written.

use std::collections::{BTreeMap, BTreeSet};

use hc_code::Timestamp;
use hc_code::day_index::SubjectNumber;

use super::{ActError, Changed};
use crate::decide::Unheeded;
use crate::evidence::{Fact, Facts};
use crate::rulebook::Rulebook;
use crate::standing::{Retested, Standing};
use crate::store::{DocumentHash, Reading};

/// People of whom a batch tells nothing but tests that no rule heeds.
#[derive(Debug, Default)]
pub(super) struct Retests {
    found: BTreeMap<DocumentHash, (Vec<Fact>, SubjectNumber, Standing)>,
}

impl Retests {
    /// Looks for them among rows that become known now, before these are kept. A row without a fact is one of
    /// another kind than plain evidence.
    pub(super) fn of(
        store: &mut dyn Reading,
        rulebook: &Rulebook,
        rows: &[(DocumentHash, Option<Fact>)],
        now: Timestamp,
    ) -> Result<Self, ActError> {
        let unheeded = rulebook
            .is_followed()
            .then(|| Unheeded::tests_under(rulebook.pack()));
        let Some(unheeded) = unheeded.flatten() else {
            return Ok(Self::default());
        };
        let mut tests: BTreeMap<DocumentHash, Option<Vec<Fact>>> = BTreeMap::new();
        for (document, fact) in rows {
            let passing = fact.filter(|fact| fact.known == now && unheeded.contains(fact));
            let held = tests.entry(*document).or_insert_with(|| Some(Vec::new()));
            match (&mut *held, passing) {
                (Some(tests), Some(fact)) => tests.push(fact),
                _ => *held = None,
            }
        }
        let tests: BTreeMap<DocumentHash, Vec<Fact>> = tests
            .into_iter()
            .filter_map(|(document, tests)| Some((document, tests?)))
            .collect();
        let documents: Vec<DocumentHash> = tests.keys().copied().collect();
        let named = store.plainly_named(&documents, now)?;
        let found = tests.into_iter().zip(named);
        let found = found.filter_map(|((document, tests), named)| {
            let (number, standing) = named?;
            Some((document, (tests, number, standing)))
        });
        Ok(Self {
            found: found.collect(),
        })
    }

    /// What becomes of those whose rows were new: who has another standing, and the documents of all whom
    /// only deciding anew can tell of.
    pub(super) fn settle(
        &mut self,
        documents: BTreeSet<DocumentHash>,
        pack: u32,
        now: Timestamp,
    ) -> (Vec<Changed>, Vec<DocumentHash>) {
        let mut changed = Vec::new();
        let mut rest = Vec::new();
        for document in documents {
            let settled = self.found.get_mut(&document).and_then(|found| {
                let (tests, number, standing) = found;
                let retested = standing.retested(pack, Facts::sort(tests), now)?;
                Some((*number, &*standing, retested))
            });
            match settled {
                None => rest.push(document),
                Some((_, _, Retested::Same)) => {}
                Some((number, before, Retested::Other(standing))) => changed.push(Changed {
                    number,
                    before: before.at(now).map(|(step, _)| step.level),
                    standing,
                }),
            }
        }
        (changed, rest)
    }
}
