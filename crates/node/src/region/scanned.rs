//! Whose a code of this region is, from its text: what a source scanned, here or in another region.

use std::sync::Arc;

use hc_code::claims::{Body, Claims};
use hc_code::cose::{Header, Sign1};
use hc_code::day_index::{DayIndex, SubjectNumber};
use hc_code::day_key::Minute;
use hc_code::keys::{KeyAnswer, KeyBook, KeyUse};
use hc_code::signing::Signer;
use hc_code::text::CodeText;
use hc_code::{Class, Day, Span, Timestamp};
use hc_core::act::ActError;
use hc_core::evidence::ScannedCode;
use hc_core::store::{DocumentHash, Reading, Store, StoreError, SubjectState};

use super::Region;
use crate::keys::{Current, RegionTerms};

/// What a region's own codes are resolved with: the keys of the days that are kept, and those that codes
/// were signed with.
#[derive(Clone)]
pub(super) struct Resolver {
    keys: Arc<Current>,
    book: Arc<KeyBook>,
    terms: RegionTerms,
    now: Timestamp,
}

/// Codes that were made ahead for the next minutes may be a little in the future.
const AHEAD: Span = Span::seconds(600);

impl<S: Store, R: Signer + Send + Sync + 'static> Region<S, R> {
    pub(super) fn resolver(&self, now: Timestamp) -> Resolver {
        Resolver {
            keys: Arc::clone(&self.keys.current()),
            book: self.book.load_full(),
            terms: *self.keys.terms(),
            now,
        }
    }
}

impl Resolver {
    /// As of when.
    pub(super) const fn now(&self) -> Timestamp {
        self.now
    }

    /// The subject of a code that this region signed, as long as its day's key is kept. Nobody for any
    /// other text: a name in it that was guessed has no signature.
    pub(super) fn subject(
        &self,
        reading: &mut dyn Reading,
        code: &ScannedCode,
    ) -> Result<Option<SubjectNumber>, StoreError> {
        let Some(claims) = self.genuine(code) else {
            return Ok(None);
        };
        let found = match claims.body() {
            Body::Live(live) => self.day_of(claims.issued_at()).and_then(|day| {
                let handles = &self.keys.day(day)?.live;
                let minute = Minute::of(claims.issued_at());
                handles.subject_of(live.handle(), minute).ok()
            }),
            Body::Carried(carried) => u16::try_from(carried.day()).ok().and_then(|day| {
                let day = self.keys.day(Day::from_number(day))?;
                let list = day.key.list(day.domain);
                list.subject_at(DayIndex::new(carried.index())).ok()
            }),
            Body::Paper(paper) => {
                let row = reading.paper(paper.pointer().as_bytes())?;
                row.filter(|row| row.withdrawn.is_none())
                    .map(|row| row.number)
            }
        };
        let Some(number) = found else {
            return Ok(None);
        };
        let row = reading.subject(number)?;
        Ok(match row.map(|row| row.state) {
            Some(SubjectState::Active) => Some(number),
            // Replaced since the scan: the same person goes on under the next number.
            Some(SubjectState::Withdrawn { successor }) => Some(successor),
            Some(SubjectState::Erased) | None => None,
        })
    }

    /// A document of the subject, under which what is said about them is kept.
    pub(super) fn whose(
        &self,
        reading: &mut dyn Reading,
        code: &ScannedCode,
    ) -> Result<Option<DocumentHash>, ActError> {
        let Some(number) = self.subject(reading, code)? else {
            return Ok(None);
        };
        Ok(reading.hashes(number)?.first().copied())
    }

    /// The claims of a code that a key of this region signed in that key's time.
    fn genuine(&self, code: &ScannedCode) -> Option<Claims> {
        if code.issuer() != self.terms.division || code.issued_at() > self.now.plus(AHEAD) {
            return None;
        }
        let domains = CodeText::parse(code.expose_text()).ok()?;
        let signed = Sign1::parse(domains.security()).ok()?;
        let id = signed.key_id()?;
        let KeyAnswer::Known(key) = self.book.key(self.terms.division, id, self.now) else {
            return None;
        };
        let header = Header::of(key.key());
        let aad = domains.authenticated();
        let claims = signed.verify(key.key(), &header, &aad).ok()?;
        let claims = Claims::decode(claims).ok()?;
        let due = match claims.body().class() {
            Class::Live | Class::Carried => KeyUse::Codes,
            Class::Paper => KeyUse::Paper,
        };
        (key.key_use() == due && claims.standard() == domains.standard()).then_some(claims)
    }

    fn day_of(&self, at: Timestamp) -> Option<Day> {
        Day::of(at, self.terms.offset).ok()
    }
}
