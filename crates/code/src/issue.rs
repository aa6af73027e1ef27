//! Making codes: from a decision to a signed text.

use crate::carried::{Carried, CarriedError};
use crate::claims::{Body, Claims, ClaimsError};
use crate::cose::{self, Header};
use crate::extension::Extension;
use crate::live::{Handle, Live};
use crate::paper::Paper;
use crate::signing::{PublicKey, Signer, SigningError};
use crate::statement::Statement;
use crate::text;
use crate::{DivisionCode, Level, Offset, Span, Timestamp};

/// One node of a region that signs codes.
#[derive(Debug)]
pub struct Issuer<S> {
    division: DivisionCode,
    signer: S,
    staleness_limit: Span,
    offset: Offset,
}

/// What a code is made of: the statement of a decision and when that decision may next change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// What the code is to say.
    pub statement: Statement,
    /// From when on the decision does not hold; [`Timestamp::MAX`] where it has no end.
    pub valid_until: Timestamp,
}

/// Why no code was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IssueError {
    /// The decision has ended: decide again first.
    #[error("the decision does not hold any more")]
    DecisionEnded,
    /// A carried code for a day that is over, or lies further ahead than tomorrow.
    #[error("a carried code is for today or, in the evening, for tomorrow")]
    NotThatDay,
    /// The parts of a carried code.
    #[error(transparent)]
    Carried(#[from] CarriedError),
    /// The claims.
    #[error(transparent)]
    Claims(#[from] ClaimsError),
    /// The signer.
    #[error(transparent)]
    Signing(#[from] SigningError),
}

impl<S: Signer> Issuer<S> {
    /// A node that signs for a division with its own key. `staleness_limit` and `offset` are those
    /// that the trust list publishes for the region.
    ///
    /// # Errors
    /// [`ClaimsError::Issuer`] for the country, which is not a region.
    pub fn new(
        division: DivisionCode,
        signer: S,
        staleness_limit: Span,
        offset: Offset,
    ) -> Result<Self, ClaimsError> {
        if division == DivisionCode::COUNTRY {
            return Err(ClaimsError::Issuer);
        }
        Ok(Self {
            division,
            signer,
            staleness_limit,
            offset,
        })
    }

    /// For whom it signs.
    pub const fn division(&self) -> DivisionCode {
        self.division
    }

    /// Where its days turn.
    pub const fn offset(&self) -> Offset {
        self.offset
    }

    /// The key that its codes are verified with.
    pub fn public_key(&self) -> &PublicKey {
        self.signer.public_key()
    }

    /// The text of a live code that is good from `at` on for a minute, or until the decision ends,
    /// or until the facts are too old, whichever is first. Facts that are too old already give a
    /// code of level unknown. `at` may be a little ahead, so that an open page has its next codes.
    ///
    /// # Errors
    /// [`IssueError`] where the decision has ended or the signer fails.
    pub fn live(
        &self,
        decided: &Decided,
        handle: Handle,
        extension: &Extension,
        at: Timestamp,
    ) -> Result<String, IssueError> {
        let (statement, end) = self.timely(decided, at)?;
        let end = end.min(at.plus(Live::LIFETIME));
        let body = Body::Live(Live::new(statement, handle));
        self.sign(&Claims::new(self.division, at, end, body)?, extension)
    }

    /// The text of a carried code for a local day, good until the end of the day or of the
    /// decision. That its facts grow old is the gate's business: the day's list renews them.
    ///
    /// # Errors
    /// [`IssueError`] where the day is neither today nor tomorrow, the decision has ended, the
    /// holder's key is not ES256, or the signer fails.
    pub fn carried(
        &self,
        decided: &Decided,
        place: &CarriedPlace,
        extension: &Extension,
        at: Timestamp,
    ) -> Result<String, IssueError> {
        let (statement, _) = self.timely(decided, at)?;
        let carried = Carried::new(statement, place.day, place.index, place.holder.clone())?;
        let today = at.local_day(self.offset);
        if !(today..=today.saturating_add(1)).contains(&i64::from(place.day)) {
            return Err(IssueError::NotThatDay);
        }
        let end = carried.day_ends(self.offset).min(decided.valid_until);
        if end <= carried.day_starts(self.offset).max(at) {
            return Err(IssueError::DecisionEnded);
        }
        let body = Body::Carried(carried);
        self.sign(&Claims::new(self.division, at, end, body)?, extension)
    }

    /// The text of a paper code that is good from `at` until `until`.
    ///
    /// # Errors
    /// [`IssueError`] where that is longer than paper may live or the signer fails.
    pub fn paper(
        &self,
        paper: Paper,
        extension: &Extension,
        at: Timestamp,
        until: Timestamp,
    ) -> Result<String, IssueError> {
        let claims = Claims::new(self.division, at, until, Body::Paper(paper))?;
        self.sign(&claims, extension)
    }

    /// The statement that may be signed at a time, and when it ends.
    fn timely(
        &self,
        decided: &Decided,
        at: Timestamp,
    ) -> Result<(Statement, Timestamp), IssueError> {
        if decided.valid_until <= at {
            return Err(IssueError::DecisionEnded);
        }
        let statement = &decided.statement;
        let stale_at = statement.as_of().plus(self.staleness_limit);
        if statement.level() == Level::Unknown {
            Ok((statement.clone(), decided.valid_until))
        } else if stale_at <= at {
            Ok((Statement::unknown(statement.as_of()), Timestamp::MAX))
        } else {
            Ok((statement.clone(), decided.valid_until.min(stale_at)))
        }
    }

    fn sign(&self, claims: &Claims, extension: &Extension) -> Result<String, IssueError> {
        let standard = claims.standard();
        let signed = cose::sign(
            &self.signer,
            &Header::of(self.signer.public_key()),
            &text::authenticated(standard, extension.as_bytes()),
            &claims.encode(),
        )?;
        Ok(text::compose(standard, extension, &signed))
    }
}

/// Where a carried code belongs: the day, the place in that day's list, the holder's device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CarriedPlace {
    /// Local day, counted from 1970-01-01 at the region's offset.
    pub day: u32,
    /// Day index.
    pub index: u32,
    /// The ES256 key in the holder's device.
    pub holder: PublicKey,
}

#[cfg(test)]
mod tests;
