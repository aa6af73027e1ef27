//! Paper codes in memory: whose a pointer is, and the list that gates check paper with.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use arc_swap::ArcSwapOption;
use hc_code::day_index::SubjectNumber;
use hc_code::paper::Pointer;
use hc_code::paper_list::{PaperList, PaperListError, Salt};
use hc_code::signing::{Signer, SigningError};
use hc_code::status_list::EditionTimes;
use hc_code::verify::Listed;
use hc_code::{Span, Timestamp};
use hc_core::store::PaperRow;
use rand_core::CryptoRng;

use crate::keys::RegionTerms;
use crate::standings::{Seen, Standings};

/// The sheets of the region that have not ended.
#[derive(Debug, Default)]
pub struct Papers {
    sheets: RwLock<BTreeMap<[u8; 16], Sheet>>,
    published: ArcSwapOption<Vec<u8>>,
}

#[derive(Clone, Copy, Debug)]
struct Sheet {
    number: SubjectNumber,
    until: Timestamp,
    withdrawn: bool,
}

/// Why no list was made. The one before stays.
#[derive(Debug, thiserror::Error)]
pub enum PapersError {
    /// The list.
    #[error(transparent)]
    List(#[from] PaperListError),
    /// The signer.
    #[error(transparent)]
    Signing(#[from] SigningError),
}

/// How long a list may be used; it is made anew many times within that.
const LIST_LIFE: Span = Span::hours(24);

impl Papers {
    /// Takes in a sheet, new or changed.
    pub fn apply(&self, row: &PaperRow) {
        let sheet = Sheet {
            number: row.number,
            until: row.until,
            withdrawn: row.withdrawn.is_some(),
        };
        let mut sheets = self.sheets.write().unwrap_or_else(PoisonError::into_inner);
        sheets.insert(row.pointer, sheet);
    }

    /// What a list would say of a pointer; `None` for one that the region never gave.
    pub fn listed(
        &self,
        pointer: &[u8; 16],
        standings: &Standings,
        now: Timestamp,
    ) -> Option<Listed> {
        let sheets = self.sheets.read().unwrap_or_else(PoisonError::into_inner);
        sheets
            .get(pointer)
            .map(|sheet| sheet.listed(standings, now))
    }

    /// The newest signed list.
    pub fn published(&self) -> Option<Arc<Vec<u8>>> {
        self.published.load_full()
    }

    /// Publishes the list of all sheets that are not low, with a salt of its own. Sheets that have
    /// ended go. The sequence is the minute, so that a node that begins anew does not go back.
    ///
    /// # Errors
    /// [`PapersError`].
    pub fn publish<S: Signer + ?Sized>(
        &self,
        standings: &Standings,
        terms: &RegionTerms,
        signer: &S,
        now: Timestamp,
        random: &mut dyn CryptoRng,
    ) -> Result<(), PapersError> {
        let not_low: Vec<(Pointer, Listed)> = {
            let mut sheets = self.sheets.write().unwrap_or_else(PoisonError::into_inner);
            sheets.retain(|_, sheet| sheet.until > now);
            sheets
                .iter()
                .map(|(pointer, sheet)| {
                    (Pointer::from_bytes(*pointer), sheet.listed(standings, now))
                })
                .filter(|(_, listed)| *listed != Listed::Low)
                .collect()
        };
        let mut salt = [0; 16];
        random.fill_bytes(&mut salt);
        let times = EditionTimes {
            as_of: standings.as_of().min(now),
            issued_at: now,
            expires_at: now.plus(LIST_LIFE),
        };
        let sequence = u32::try_from(now.unix() / 60).unwrap_or(0);
        let salt = Salt::from_random(salt);
        let list = PaperList::new(terms.division, sequence, times, salt, not_low)?;
        self.published.store(Some(Arc::new(list.sign(signer)?)));
        Ok(())
    }
}

impl Sheet {
    fn listed(&self, standings: &Standings, now: Timestamp) -> Listed {
        if self.withdrawn || self.until <= now {
            return Listed::Recheck;
        }
        match standings.at(self.number, now) {
            Seen::Active(found) => Listed::from(found.level),
            Seen::Gone | Seen::Nobody => Listed::Recheck,
        }
    }
}
