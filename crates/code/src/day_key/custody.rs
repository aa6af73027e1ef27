//! Custody of past day keys: shares that only several custodians together can open.
//!
//! A past day's key is needed only when a tracing request has been granted. Until then it lies as
//! `n` shares, any `k` of which give it back (Shamir, over GF(2^8)), each sealed with HPKE (RFC
//! 9180) to a key that a custodian keeps for about a week. When those keys are gone, so is the day,
//! whatever copies of the shares exist. Shares are no backup: a key that custodians could still
//! open after retention would not be destroyed.

mod sealed;
mod shamir;

use zeroize::Zeroizing;

use super::{DayKey, DayKeyName};
use crate::{Span, Timestamp};

pub use self::sealed::{
    CustodianKey, CustodianKeyError, CustodianPublicKey, SealError, SealedShare, Share,
};
pub use self::shamir::{Threshold, ThresholdError};

/// A custodian's key lives a week and a day of overlap at most.
pub const LONGEST_CUSTODIAN_LIFE: Span = Span::days(8);

/// A public key of a custodian, and until when the custodian keeps the other half.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Custodian {
    key: CustodianPublicKey,
    from: Timestamp,
    until: Timestamp,
}

/// Why a day key was not shared, or not given back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CustodyError {
    /// A custodian's key would live longer than allowed, or has no life.
    #[error("a custodian's key from {from} until {until}: at most eight days")]
    Life {
        /// The beginning.
        from: Timestamp,
        /// The end.
        until: Timestamp,
    },
    /// A custodian's key is not good at the time of sharing.
    #[error("custodian {0} has no key that is good now")]
    NotNow(usize),
    /// Another number of custodians than of shares.
    #[error("{custodians} custodians for {shares} shares")]
    Custodians {
        /// Custodians given.
        custodians: usize,
        /// Shares to be made.
        shares: usize,
    },
    /// Two custodians with one key are one custodian.
    #[error("two custodians have the same key")]
    SameKey,
    /// Sealing failed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// Fewer shares than it takes.
    #[error("{given} different shares, but it takes {needed}")]
    TooFew {
        /// Different shares given.
        given: usize,
        /// How many it takes.
        needed: u8,
    },
    /// Shares of several keys, or made with another threshold.
    #[error("the shares are not of one key")]
    Mixed,
    /// The shares give another key than the one that was shared: one of them was spoilt.
    #[error("the shares do not give back the key that was shared")]
    Spoilt,
}

impl Custodian {
    /// A custodian whose secret half exists in `from..until`, at most eight days.
    ///
    /// # Errors
    /// [`CustodyError::Life`].
    pub fn new(
        key: CustodianPublicKey,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Self, CustodyError> {
        if from < until && until.since(from) <= LONGEST_CUSTODIAN_LIFE {
            Ok(Self { key, from, until })
        } else {
            Err(CustodyError::Life { from, until })
        }
    }

    /// The public key.
    pub const fn key(&self) -> &CustodianPublicKey {
        &self.key
    }
}

/// Splits a day key into sealed shares, one for each custodian. `random` is a cryptographic random
/// source; `now` the time of sharing.
///
/// # Errors
/// [`CustodyError`]; nothing is sealed then.
pub fn share<R: rand_core::CryptoRng>(
    key: &DayKey,
    threshold: Threshold,
    custodians: &[Custodian],
    now: Timestamp,
    random: &mut R,
) -> Result<Vec<SealedShare>, CustodyError> {
    if custodians.len() != usize::from(threshold.shares()) {
        return Err(CustodyError::Custodians {
            custodians: custodians.len(),
            shares: usize::from(threshold.shares()),
        });
    }
    let mut numbered = custodians.iter().enumerate();
    if let Some((place, _)) = numbered.find(|(_, it)| now < it.from || now >= it.until) {
        return Err(CustodyError::NotNow(place));
    }
    let keys: std::collections::BTreeSet<_> =
        custodians.iter().map(|it| it.key.as_bytes()).collect();
    if keys.len() != custodians.len() {
        return Err(CustodyError::SameKey);
    }
    let points = shamir::split(key.expose_secret(), threshold, random);
    let mut sealed = Vec::with_capacity(custodians.len());
    for (custodian, (number, point)) in custodians.iter().zip(points) {
        let share = Share::new(key.name(), threshold, number, key.check_value(), point);
        sealed.push(SealedShare::seal(&share, &custodian.key, random)?);
    }
    Ok(sealed)
}

/// Gives a day key back from opened shares; more than it takes do no harm, doubles count once.
///
/// # Errors
/// [`CustodyError::TooFew`], [`CustodyError::Mixed`], [`CustodyError::Spoilt`].
pub fn recover(name: DayKeyName, shares: &[Share]) -> Result<DayKey, CustodyError> {
    let Some(first) = shares.first() else {
        return Err(CustodyError::TooFew {
            given: 0,
            needed: 1,
        });
    };
    if shares.iter().any(|share| !share.belongs_with(first)) || first.name() != name {
        return Err(CustodyError::Mixed);
    }
    let mut points = std::collections::BTreeMap::new();
    for share in shares {
        let before = points.insert(share.number(), share.point());
        if before.is_some_and(|before| before != share.point()) {
            return Err(CustodyError::Spoilt);
        }
    }
    let needed = first.threshold().needed();
    if points.len() < usize::from(needed) {
        return Err(CustodyError::TooFew {
            given: points.len(),
            needed,
        });
    }
    let points: Vec<_> = points.into_iter().take(usize::from(needed)).collect();
    let secret: Zeroizing<[u8; DayKey::LENGTH]> = shamir::combine(&points);
    let key = DayKey::from_random(name, secret);
    if key.check_value() == first.check_value() {
        Ok(key)
    } else {
        Err(CustodyError::Spoilt)
    }
}

#[cfg(test)]
mod tests;
