//! Family by grant: one person shows, declares and asks for another, as both have agreed.

use std::sync::Arc;

use hc_code::day_index::SubjectNumber;
use hc_code::signing::Signer;
use hc_code::{Span, Timestamp};
use hc_core::act::{self, ActError, Profile};
use hc_core::store::{DocumentHasher, GrantRow, Reading, Store, Writing};

use super::{Region, RegionError};
use crate::grants::Grants;
use crate::token::{OFFER_LIFE, Offer};

/// A grant as one of its two sides sees it.
#[derive(Clone, Debug)]
pub struct Granted {
    /// Which side the caller is.
    pub side: Side,
    /// What the caller calls the other one.
    pub other: u32,
    /// The other one's name, masked.
    pub name: String,
    /// Since when.
    pub at: Timestamp,
    /// When it ends.
    pub until: Timestamp,
}

/// A side of a grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Who acts.
    Guardian,
    /// For whom.
    Ward,
}

/// An offer that a ward made, to be handed to the guardian.
#[derive(Clone, Debug)]
pub struct Offered {
    /// The text to hand over.
    pub text: String,
    /// Until when it can be taken up.
    pub until: Timestamp,
    /// When the grant will end.
    pub grant_until: Timestamp,
}

/// Who acts, and for whom.
#[derive(Clone, Copy, Debug)]
pub(super) struct Acting {
    /// About whom it is.
    pub(super) number: SubjectNumber,
    /// Who acts for them, where it is not they themselves.
    pub(super) guardian: Option<SubjectNumber>,
    pub(super) now: Timestamp,
}

impl<S: Store, R: Signer + Send + Sync + 'static> Region<S, R> {
    /// Offers whoever takes it up within ten minutes to act for whoever holds a token, for so long.
    ///
    /// # Errors
    /// [`RegionError`].
    pub async fn offer_grant(&self, token: &str, lasts: Span) -> Result<Offered, RegionError> {
        let (ward, now) = self.holder(token)?;
        self.store
            .read(move |reading| super::in_use(reading, ward))
            .await?;
        let grant_until = now.plus(lasts).min(now.plus(act::LONGEST_GRANT));
        let offer = Offer {
            ward,
            at: now,
            until: grant_until,
        };
        Ok(Offered {
            text: self.tokens.seal_offer(&offer),
            until: now.plus(OFFER_LIFE),
            grant_until,
        })
    }

    /// Takes an offer up: whoever holds the token is a guardian from now on.
    ///
    /// # Errors
    /// [`RegionError::Offer`] for a text that is no offer of this region, or has ended;
    /// [`ActError::Grant`].
    pub async fn accept_grant(&self, token: &str, offer: &str) -> Result<Granted, RegionError> {
        let (guardian, now) = self.holder(token)?;
        let offer = self
            .tokens
            .open_offer(offer, now)
            .map_err(|_| RegionError::Offer)?;
        let (hasher, grants) = (self.hasher.clone(), Arc::clone(&self.grants));
        self.write(move |writing, _| {
            let pair = (guardian, offer.ward);
            let row = act::grant(writing, pair, (offer.at, offer.until), now)?;
            let told = told(writing, &hasher, guardian, &row)?;
            follow(writing, &grants, row, now);
            Ok(told)
        })
        .await
    }

    /// The grants of whoever holds a token, on both sides.
    ///
    /// # Errors
    /// [`RegionError`].
    pub async fn grants(&self, token: &str) -> Result<Vec<Granted>, RegionError> {
        let (number, now) = self.holder(token)?;
        let hasher = self.hasher.clone();
        self.store
            .read(move |reading| {
                super::in_use(reading, number)?;
                let rows = reading.grants(number)?.into_iter();
                let lasting = rows.filter(|row| row.until > now);
                let told = lasting.map(|row| told(reading, &hasher, number, &row));
                told.collect::<Result<_, ActError>>()
                    .map_err(RegionError::Act)
            })
            .await
    }

    /// Ends the grant between whoever holds a token and the one whom they call so, on whichever side.
    ///
    /// # Errors
    /// [`ActError::NoGrant`]; [`RegionError`].
    pub async fn end_grant(&self, token: &str, other: u32) -> Result<(), RegionError> {
        let (number, now) = self.holder(token)?;
        let (hasher, grants) = (self.hasher.clone(), Arc::clone(&self.grants));
        self.write(move |writing, _| {
            let rows = writing.grants(number)?.into_iter();
            let called = rows.filter(|row| {
                let (_, second) = sides(number, row);
                row.until > now && hasher.grant(number, second) == other
            });
            let called: Vec<GrantRow> = called.collect();
            if called.is_empty() {
                return Err(ActError::NoGrant);
            }
            // Two who act for each other end both at once.
            for row in called {
                let ended = act::end_grant(writing, (row.guardian, row.ward), number, now)?;
                follow(writing, &grants, ended, now);
            }
            Ok(())
        })
        .await
    }

    /// Whoever a request with a token is about: the holder, or the one whom the holder calls so and has
    /// a grant for. Memory alone.
    pub(super) fn acting(&self, token: &str, ward: Option<u32>) -> Result<Acting, RegionError> {
        let (holder, now) = self.holder(token)?;
        let Some(called) = ward else {
            return Ok(Acting {
                number: holder,
                guardian: None,
                now,
            });
        };
        let mut wards = self.grants.wards(holder, now).into_iter();
        let number = wards
            .find(|ward| self.hasher.grant(holder, *ward) == called)
            .ok_or(RegionError::Act(ActError::NoGrant))?;
        Ok(Acting {
            number,
            guardian: Some(holder),
            now,
        })
    }

    /// Logs uses that memory noted; gives how many. What cannot be logged now waits.
    ///
    /// # Errors
    /// [`RegionError`].
    pub async fn log_uses(&self) -> Result<usize, RegionError> {
        let uses = self.grants.take_uses(1000);
        if uses.is_empty() {
            return Ok(0);
        }
        let logged = uses.clone();
        let done = self
            .write(move |writing, _| {
                for one in &logged {
                    match act::acted_for(writing, one.ward, one.act, one.at) {
                        // Somebody who is gone has no log of their own any more.
                        Ok(()) | Err(ActError::NotEnrolled) => {}
                        Err(error) => return Err(error),
                    }
                }
                Ok(logged.len())
            })
            .await;
        if done.is_err() {
            self.grants.give_back(uses);
        }
        done
    }
}

impl Acting {
    /// In an act: that the grant still holds, and that it was used.
    pub(super) fn logged(&self, writing: &mut dyn Writing, act: &str) -> Result<(), ActError> {
        match self.guardian {
            None => Ok(()),
            Some(guardian) => {
                act::granted(writing, (guardian, self.number), self.now)?;
                act::acted_for(writing, self.number, act, self.now)
            }
        }
    }
}

/// Tells the memory of a grant as soon as it is durable.
fn follow(writing: &mut dyn Writing, grants: &Arc<Grants>, row: GrantRow, now: Timestamp) {
    let grants = Arc::clone(grants);
    writing.when_durable(Box::new(move || grants.apply(&row, now)));
}

/// Tells the memory that a number is gone and, where another took its place, what is that one's now.
pub(super) fn moved(
    writing: &mut dyn Writing,
    grants: &Arc<Grants>,
    (old, new): (SubjectNumber, Option<SubjectNumber>),
    now: Timestamp,
) -> Result<(), ActError> {
    let rows = new.map(|new| writing.grants(new)).transpose()?;
    let grants = Arc::clone(grants);
    writing.when_durable(Box::new(move || {
        grants.forget(old);
        for row in rows.iter().flatten() {
            grants.apply(row, now);
        }
    }));
    Ok(())
}

/// Which side a number is, and who is the other.
fn sides(number: SubjectNumber, row: &GrantRow) -> (Side, SubjectNumber) {
    if row.guardian == number {
        (Side::Guardian, row.ward)
    } else {
        (Side::Ward, row.guardian)
    }
}

fn told(
    reading: &mut (impl Reading + ?Sized),
    hasher: &DocumentHasher,
    number: SubjectNumber,
    row: &GrantRow,
) -> Result<Granted, ActError> {
    let (side, other) = sides(number, row);
    let content = reading.subject(other)?.map(|row| row.content);
    let profile = Profile::from_bytes(&content.unwrap_or_default())?;
    Ok(Granted {
        side,
        other: hasher.grant(number, other),
        name: profile.name.masked(),
        at: row.at,
        until: row.until,
    })
}
