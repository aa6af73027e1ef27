//! What a gate holds of notices, and what they change: `unknown` into `check`, and nothing else.

use super::{Degraded, Notice, NoticeList};
use crate::verify::{Action, Basis, Cause, Verdict};
use crate::{DivisionCode, Timestamp};

/// The newest list of notices of each region.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeldNotices {
    lists: Vec<NoticeList>,
}

/// The list was issued before the one that is held, which counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the list of notices was issued at {offered}, before the one of {held} that is held")]
pub struct OlderNotices {
    /// When the offered list was issued.
    pub offered: Timestamp,
    /// When the held one was.
    pub held: Timestamp,
}

impl Degraded {
    /// Whether somebody for whom a verification ended so is checked by hand while this holds.
    pub const fn relieves(self, cause: &Cause) -> bool {
        match self {
            Self::FactsStale => matches!(cause, Cause::Judged(Basis::Stale)),
            Self::ListsUnavailable => matches!(
                cause,
                Cause::Judged(Basis::NoList | Basis::ListExpired)
                    | Cause::TrustListMissing
                    | Cause::TrustListExpired
                    | Cause::KeyListMissing
                    | Cause::KeyListExpired
            ),
            // Whoever has no code has no verdict that could be relieved.
            Self::CodesUnavailable => false,
        }
    }
}

impl HeldNotices {
    /// Takes a list that [`NoticeList::open`] gave; whether it says something new.
    ///
    /// # Errors
    /// [`OlderNotices`]; the held list stays.
    pub fn accept(&mut self, list: NoticeList) -> Result<bool, OlderNotices> {
        let place = self
            .lists
            .iter_mut()
            .find(|held| held.issuer == list.issuer);
        match place {
            None => {
                self.lists.push(list);
                Ok(true)
            }
            Some(held) if list.issued_at < held.issued_at => Err(OlderNotices {
                offered: list.issued_at,
                held: held.issued_at,
            }),
            Some(held) => {
                let new = held.notices != list.notices;
                *held = list;
                Ok(new)
            }
        }
    }

    /// The notices of a region that hold, where its list has not expired.
    pub fn holding(&self, issuer: DivisionCode, now: Timestamp) -> impl Iterator<Item = &Notice> {
        let list = self
            .lists
            .iter()
            .find(|list| list.issuer == issuer && now < list.expires_at);
        let notices = list.into_iter().flat_map(NoticeList::notices);
        notices.filter(move |notice| notice.holds_at(now))
    }

    /// The notice of a region by which a verdict of `unknown` is `check`. `issuer` is whom the text names, since
    /// some causes come before the signature is verified; nobody gains by naming another.
    pub fn relief(&self, verdict: &Verdict, issuer: DivisionCode) -> Option<&Notice> {
        self.relief_from(verdict.action(), verdict, issuer)
    }

    /// The same where the gate does something else than the verdict's own policy says, since it has to
    /// satisfy others.
    pub fn relief_from(
        &self,
        action: Action,
        verdict: &Verdict,
        issuer: DivisionCode,
    ) -> Option<&Notice> {
        if action != Action::Unknown {
            return None;
        }
        let mut holding = self.holding(issuer, verdict.now());
        holding.find(|notice| notice.kind().relieves(verdict.cause()))
    }

    /// The notice of a region by which whoever has no code to show is checked by hand.
    pub fn relief_without_code(&self, issuer: DivisionCode, now: Timestamp) -> Option<&Notice> {
        let mut holding = self.holding(issuer, now);
        holding.find(|notice| notice.kind() == Degraded::CodesUnavailable)
    }
}
