//! Publications of risk areas, uploaded by an officer.

use hc_code::signing::Signer;
use hc_code::{Span, Timestamp};
use hc_core::act::ActError;
use hc_core::area::{
    AreaSnapshot, FeedError, FeedProblem, Gazetteer, Located, MappingReport, Publication,
};
use hc_core::rulebook::Rulebook;
use hc_core::store::{PublicationRow, Reading, Store, StoreError};
use hc_tlog::entry::{Detail, Kind, Role};
use sha2::{Digest, Sha256};

use super::{Region, held};
use crate::party::PartyId;
use crate::trace::log;

/// Why a publication was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AreasError {
    /// The act.
    #[error(transparent)]
    Act(#[from] ActError),
    /// There is no publication in the text.
    #[error(transparent)]
    Feed(#[from] FeedError),
    /// Not text.
    #[error("the publication is not UTF-8")]
    Text,
    /// Rows could not be read: areas would be ended that were not.
    #[error("some rows cannot be read, and what is not on the list counts as ended")]
    Incomplete(Vec<FeedProblem>),
    /// From the future.
    #[error("the publication is of {0}, more than an hour ahead")]
    Ahead(Timestamp),
    /// Another publication of this time is kept.
    #[error("another publication of this time was received")]
    OtherContent,
}

impl From<StoreError> for AreasError {
    fn from(error: StoreError) -> Self {
        Self::Act(ActError::Store(error))
    }
}

/// A publication that was read.
#[derive(Clone, Debug)]
pub struct ReadAreas {
    text: String,
    /// The areas that were found.
    pub snapshot: AreaSnapshot,
    /// How they were found, and which were not.
    pub report: MappingReport,
    /// What is new or odd about the publication; nothing was lost by it.
    pub problems: Vec<FeedProblem>,
}

/// How far ahead of the clock a publication may be: it states whole hours.
const AHEAD: Span = Span::hours(1);

/// The areas of the publications that are kept, into a rulebook that begins.
pub(super) fn kept(reading: &mut dyn Reading) -> Result<Vec<AreaSnapshot>, StoreError> {
    let rows = reading.publications()?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let gazetteer = Gazetteer::bundled();
    let read = |row: &PublicationRow| {
        let parsed = Publication::parse(row.text.as_bytes(), "");
        let parsed = parsed.map_err(|error| StoreError::Damaged {
            table: "publication",
            what: format!("that of {}: {error}", row.at),
        })?;
        Ok(gazetteer.locate(&parsed.publication).snapshot)
    };
    rows.iter().map(read).collect()
}

/// Adds areas to a rulebook.
pub(super) fn publish(rulebook: &mut Rulebook, areas: &[AreaSnapshot]) {
    if areas.is_empty() {
        return;
    }
    rulebook.publish(|ledger| {
        for snapshot in areas {
            ledger.add(snapshot);
        }
    });
}

impl<S: Store, R: Signer + Send + Sync + 'static> Region<S, R> {
    /// Reads a publication and finds its areas. Takes a while: not to be called where others wait.
    ///
    /// # Errors
    /// [`AreasError`].
    pub fn read_areas(&self, bytes: &[u8]) -> Result<ReadAreas, AreasError> {
        let text = core::str::from_utf8(bytes).map_err(|_| AreasError::Text)?;
        let parsed = Publication::parse(bytes, "")?;
        if !parsed.is_complete() {
            return Err(AreasError::Incomplete(parsed.problems));
        }
        let at = parsed.publication.at();
        if self.clock.now().plus(AHEAD) < at {
            return Err(AreasError::Ahead(at));
        }
        let Located { snapshot, report } = Gazetteer::bundled().locate(&parsed.publication);
        Ok(ReadAreas {
            text: text.to_owned(),
            snapshot,
            report,
            problems: parsed.problems,
        })
    }

    /// Keeps a publication and has it count; whether it was new. [`Self::apply_areas`] or the next
    /// [`Self::tend`] puts it in force.
    ///
    /// # Errors
    /// [`AreasError::OtherContent`]; [`AreasError::Act`].
    pub async fn publish_areas(&self, read: ReadAreas, by: PartyId) -> Result<bool, AreasError> {
        let now = self.clock.now();
        let at_work = std::sync::Arc::clone(&self.at_work);
        self.store
            .write(move |writing| {
                let at = read.snapshot.at();
                let kept = writing.publications()?;
                if let Some(same) = kept.iter().find(|row| row.at == at) {
                    return if same.text == read.text {
                        Ok(false)
                    } else {
                        Err(AreasError::OtherContent)
                    };
                }
                writing.add_publication(&PublicationRow {
                    at,
                    text: read.text.clone(),
                })?;
                let details = [
                    Detail::Records(read.snapshot.areas().count() as u64),
                    Detail::Digest(Sha256::digest(&read.text).into()),
                ];
                let by = (Role::Officer, by.as_str());
                log(writing, Kind::AreasPublished, now, by, details)?;
                let (at_work, snapshot) = (std::sync::Arc::clone(&at_work), read.snapshot.clone());
                writing.when_durable(Box::new(move || held(&at_work.areas).push(snapshot)));
                Ok(true)
            })
            .await
    }

    /// Puts in force what was published; everybody is then to be decided anew. Takes a while.
    pub fn apply_areas(&self) {
        self.turn_rules(self.clock.now());
    }
}
