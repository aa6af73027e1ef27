//! The one verification: a text, the lists and keys that a gate has, its policy, its memory of
//! showings, and the time, into a verdict.
//!
//! The same function answers in the server, on the command line and in the gate's page. It is
//! total: every text gets a verdict. `spec/verdict.md` is the normative account.

mod clock;
mod judge;
mod lookup;
mod memory;
mod policy;
mod verdict;

use sha2::{Digest, Sha256};

pub use clock::ClockFloor;
pub use judge::{Age, Basis, CodeWord, Judgement, ListWord, Recency, judge};
pub use lookup::{
    IssuerAnswer, IssuerTerms, ListAnswer, Listed, NoTrust, PaperLookup, StatusLookup, TrustLookup,
};
pub use memory::{Remembered, ShowingMemory};
pub use policy::{Applied, Considered, Outcome, PolicyError, RecognitionPolicy, RecognitionRule};
pub use verdict::{Action, Cause, Genuine, Verdict};

use crate::carried::{Carried, Showing};
use crate::claims::{Body, Claims};
use crate::cose::{CoseError, Header, Sign1};
use crate::extension::Extension;
use crate::keys::{KeyAnswer, KeyBook, KeyUse};
use crate::signing::PublicKey;
use crate::statement::Statement;
use crate::text::CodeText;
use crate::verify::memory::Recall;
use crate::{Class, Span, Timestamp};

/// Everything that a gate holds.
#[derive(Clone, Copy)]
pub struct Gate<'a> {
    /// Whom to trust.
    pub trust: &'a dyn TrustLookup,
    /// The issuers' keys.
    pub keys: &'a KeyBook,
    /// The status lists, for carried codes.
    pub status: &'a dyn StatusLookup,
    /// The paper lists.
    pub paper: &'a dyn PaperLookup,
    /// The region's recognition policy.
    pub policy: &'a RecognitionPolicy,
    /// The earliest time that it can be.
    pub clock: ClockFloor,
}

impl core::fmt::Debug for Gate<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Gate")
            .field("policy", &self.policy.version())
            .field("clock", &self.clock)
            .finish_non_exhaustive()
    }
}

/// How far two clocks may differ: a code that starts so much later, or ended so much earlier, is
/// still good.
pub const CLOCK_TOLERANCE: Span = Span::seconds(30);

impl Gate<'_> {
    /// The verdict on a text at a time by the device's clock. Only `memory` changes, and only by
    /// genuine codes.
    pub fn verify(
        &self,
        text: &str,
        device_time: Timestamp,
        memory: &mut ShowingMemory,
    ) -> Verdict {
        let (now, clock_behind) = self.clock.now(device_time);
        let mut verdict = Verdict {
            action: Action::Invalid,
            cause: Cause::IssuerUnknown,
            rule: None,
            genuine: None,
            now,
            clock_behind,
            seen_before: false,
        };
        match self.examine(text, memory, &mut verdict) {
            Ok(basis) => verdict.cause = Cause::Judged(basis),
            Err(cause) => {
                verdict.action = cause.action();
                verdict.cause = cause;
            }
        }
        verdict
    }

    fn examine(
        &self,
        text: &str,
        memory: &mut ShowingMemory,
        verdict: &mut Verdict,
    ) -> Result<Basis, Cause> {
        let now = verdict.now;
        let text = CodeText::parse(text)?;
        let signed = Sign1::parse(text.security()).map_err(Cause::Form)?;
        let claims = Claims::decode(signed.payload())?;
        if claims.standard() != text.standard() {
            return Err(Cause::ClearPartDiffers);
        }
        let terms = self.terms(&claims, now)?;
        let key = self.key(&claims, &signed, now)?;
        signed
            .verify(key, &Header::of(key), &text.authenticated())
            .map_err(|error| match error {
                CoseError::Forged => Cause::Forged,
                CoseError::OtherAlgorithm { .. } => Cause::AlgorithmDiffers,
                other => Cause::Form(other),
            })?;
        let extension = Extension::new(text.extension()).unwrap_or_default();
        let genuine = verdict.genuine.insert(Genuine {
            claims,
            extension,
            level: None,
            as_of: None,
        });
        check_dates(&genuine.claims, terms, now)?;
        match genuine.claims.body() {
            Body::Carried(carried) => {
                let showing = check_showing(&text, carried, now)?;
                let end = showing.at().plus(Showing::LIFETIME).plus(CLOCK_TOLERANCE);
                let shown = text.showing().unwrap_or_default();
                match memory.recall(fingerprint(shown), now, end) {
                    Recall::New | Recall::SameReading => {}
                    Recall::SeenBefore => return Err(Cause::Replayed),
                    Recall::Full => return Err(Cause::MemoryFull),
                }
            }
            Body::Live(_) => {
                let end = genuine.claims.expires_at().plus(CLOCK_TOLERANCE);
                let recall = memory.recall(fingerprint(text.security()), now, end);
                verdict.seen_before = recall == Recall::SeenBefore;
            }
            Body::Paper(_) => {}
        }
        let (judgement, as_of) = self.weigh(&genuine.claims, terms, now);
        genuine.level = Some(judgement.level);
        genuine.as_of = as_of;
        let (action, rule) = self.policy.apply(
            Considered {
                issuer: genuine.issuer(),
                class: genuine.class(),
                level: judgement.level,
                reason: genuine.reason(),
                as_of,
                last_test: genuine.last_test(),
            },
            now,
        );
        verdict.action = action;
        verdict.rule = rule.map(str::to_owned);
        Ok(judgement.basis)
    }

    fn terms(&self, claims: &Claims, now: Timestamp) -> Result<IssuerTerms, Cause> {
        if !self.trust.is_held() {
            return Err(Cause::TrustListMissing);
        }
        if self.trust.expires_at() <= now {
            return Err(Cause::TrustListExpired);
        }
        match self.trust.issuer(claims.issuer()) {
            IssuerAnswer::Known(terms) => Ok(terms),
            IssuerAnswer::Removed => Err(Cause::IssuerRemoved),
            IssuerAnswer::Unknown => Err(Cause::IssuerUnknown),
        }
    }

    fn key(
        &self,
        claims: &Claims,
        signed: &Sign1<'_>,
        now: Timestamp,
    ) -> Result<&PublicKey, Cause> {
        let issuer = claims.issuer();
        let id = signed.key_id().ok_or(Cause::Form(CoseError::HeaderKeys))?;
        if self.trust.is_removed(issuer, id) {
            return Err(Cause::KeyRemoved);
        }
        let root = self.keys.root(issuer);
        if root.is_some_and(|root| self.trust.is_removed(issuer, root)) {
            return Err(Cause::RootRemoved);
        }
        let key = match self.keys.key(issuer, id, now) {
            KeyAnswer::Known(key) => key,
            KeyAnswer::Removed => return Err(Cause::KeyRemoved),
            KeyAnswer::NotListed => return Err(Cause::KeyNotListed),
            KeyAnswer::ListExpired => return Err(Cause::KeyListExpired),
            KeyAnswer::NoList => return Err(Cause::KeyListMissing),
        };
        let due = match claims.body().class() {
            Class::Live | Class::Carried => KeyUse::Codes,
            Class::Paper => KeyUse::Paper,
        };
        if key.key_use() != due {
            return Err(Cause::KeyUse);
        }
        if !key.covers(claims.issued_at(), claims.expires_at()) {
            return Err(Cause::KeyDates);
        }
        Ok(key.key())
    }

    /// What code and list say together, and as of when.
    fn weigh(
        &self,
        claims: &Claims,
        terms: IssuerTerms,
        now: Timestamp,
    ) -> (Judgement, Option<Timestamp>) {
        let age = |as_of: Timestamp| {
            if as_of.plus(terms.staleness_limit) > now {
                Age::Fresh
            } else {
                Age::Stale
            }
        };
        let body = claims.body();
        let code_as_of = body.statement().map(Statement::as_of);
        let code = body.statement().map_or(CodeWord::Pointer, |statement| {
            CodeWord::Level(statement.level(), age(statement.as_of()))
        });
        let answer = match body {
            Body::Live(_) => None,
            Body::Carried(carried) => {
                self.status
                    .status(claims.issuer(), carried.day(), carried.index())
            }
            Body::Paper(paper) => self
                .paper
                .paper(claims.issuer(), paper.pointer().as_bytes()),
        };
        let list = match answer {
            None => ListWord::Missing,
            Some(answer) if answer.expires_at <= now => ListWord::Expired,
            Some(answer) => ListWord::Held {
                listed: answer.listed,
                against_code: if Some(answer.as_of) >= code_as_of {
                    Recency::NotOlder
                } else {
                    Recency::Older
                },
                age: age(answer.as_of),
            },
        };
        let judgement = judge(body.class(), code, list);
        let list_as_of = match list {
            ListWord::Held { .. } => answer.map(|answer| answer.as_of),
            ListWord::Missing | ListWord::Expired => None,
        };
        let as_of = match judgement.basis {
            Basis::Code => code_as_of,
            Basis::List => list_as_of,
            Basis::Stale | Basis::NoList | Basis::ListExpired => code_as_of.max(list_as_of),
        };
        (judgement, as_of)
    }
}

fn check_dates(claims: &Claims, terms: IssuerTerms, now: Timestamp) -> Result<(), Cause> {
    if claims.issued_at() > now.plus(CLOCK_TOLERANCE) {
        return Err(Cause::FromTheFuture);
    }
    if claims.expires_at().plus(CLOCK_TOLERANCE) <= now {
        return Err(Cause::Expired);
    }
    if let Body::Carried(carried) = claims.body() {
        let begun = carried.day_starts(terms.offset) <= now.plus(CLOCK_TOLERANCE);
        let ended = carried.day_ends(terms.offset).plus(CLOCK_TOLERANCE) <= now;
        if !begun || ended {
            return Err(Cause::NotItsDay);
        }
    }
    Ok(())
}

fn check_showing(text: &CodeText<'_>, carried: &Carried, now: Timestamp) -> Result<Showing, Cause> {
    let shown = text.showing().ok_or(Cause::ShowingMissing)?;
    let signed = Sign1::parse(shown).map_err(|error| Cause::ShowingForged(error.into()))?;
    let showing =
        Showing::verify(&signed, text.issued(), carried.holder()).map_err(Cause::ShowingForged)?;
    if showing.at() > now.plus(CLOCK_TOLERANCE) {
        return Err(Cause::ShowingFromTheFuture);
    }
    if showing.at().plus(Showing::LIFETIME).plus(CLOCK_TOLERANCE) <= now {
        return Err(Cause::ShowingTooOld);
    }
    Ok(showing)
}

/// Sixteen bytes that no second showing has.
fn fingerprint(signed: &[u8]) -> [u8; 16] {
    let digest = Sha256::digest(signed);
    let mut short = [0; 16];
    for (to, from) in short.iter_mut().zip(digest) {
        *to = from;
    }
    short
}

#[cfg(test)]
mod tests;
