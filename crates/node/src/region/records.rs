//! A person's record, opened by an officer who has the document and says what for: in the log, counted
//! beside it, and told to the person.

use std::sync::Arc;

use hc_code::signing::Signer;
use hc_core::act::{self, ActError, Why};
use hc_core::document::Document;
use hc_core::party::RecordPurpose;
use hc_core::store::Store;
use hc_core::word::Word as _;
use hc_tlog::entry::{Detail, Kind, Role};

use super::{Region, RegionError};
use crate::officers::ProvedBy;
use crate::party::PartyId;
use crate::trace::{label, log_about};

/// What an officer is shown: the facts in force and why, no verdict.
#[derive(Clone, Debug)]
pub struct Record {
    /// The level with its reasons, and the evidence that they rest on; none where nobody is enrolled
    /// under the document.
    pub why: Option<Why>,
}

/// The venue that stands in the log.
const VENUE: &str = "desk";

impl<S: Store, R: Signer + Send + Sync + 'static> Region<S, R> {
    /// Opens the record of the person of a document, and logs it in the same act: with the person's own
    /// entries where they are enrolled, about nobody where they are not.
    ///
    /// # Errors
    /// [`RegionError`]; nothing is shown then.
    pub async fn open_record(
        &self,
        (officer, proved): (PartyId, ProvedBy),
        document: &Document,
        purpose: RecordPurpose,
    ) -> Result<Record, RegionError> {
        let now = self.clock.now();
        let hash = self.hasher.hash(&document.key());
        self.write(move |writing, rulebook| {
            let number = writing.numbers(&[hash])?.into_iter().next().flatten();
            let why = match number.map(|number| act::why(writing, rulebook, number, now)) {
                Some(Ok(why)) => Some(why),
                None | Some(Err(ActError::NotEnrolled)) => None,
                Some(Err(error)) => return Err(error),
            };
            let details = [
                Detail::Venue(label(VENUE)?),
                Detail::Purpose(label(purpose.word())?),
                Detail::Verdict(label("record")?),
                Detail::Credential(label(proved.word())?),
            ];
            let by = (Role::Officer, officer.as_str());
            log_about(writing, (Kind::Lookup, number), now, by, details)?;
            Ok(Record { why })
        })
        .await
    }

    /// Logs that an officer was refused a record because they had opened as many as they may.
    ///
    /// # Errors
    /// [`RegionError`].
    pub async fn refuse_record(
        &self,
        (officer, proved): (PartyId, ProvedBy),
        purpose: RecordPurpose,
    ) -> Result<(), RegionError> {
        let now = self.clock.now();
        let officer = Arc::new(officer);
        self.write(move |writing, _| {
            let details = [
                Detail::Reason(label("quota")?),
                Detail::Venue(label(VENUE)?),
                Detail::Purpose(label(purpose.word())?),
                Detail::Credential(label(proved.word())?),
            ];
            let by = (Role::Officer, officer.as_str());
            log_about(writing, (Kind::LookupRefused, None), now, by, details)?;
            Ok(())
        })
        .await
    }
}
