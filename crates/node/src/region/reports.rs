//! What a region says of its own codes to another region, and what it asks of others: reports beside the
//! local code, and the conversion of another region's code into one of this region.

use hc_code::issue::Decided;
use hc_code::live::Handle;
use hc_code::parcel::{Kind as ParcelKind, Parcel, Report};
use hc_code::signing::Signer;
use hc_code::statement::Statement;
use hc_code::{DivisionCode, Extension, Timestamp};
use hc_core::act::ActError;
use hc_core::evidence::{NotACode, ScannedCode};
use hc_core::store::Store;
use hc_tlog::entry::{Detail, Kind, Role};

use super::inbox::came;
use super::outbox::named;
use super::parcels::DoorRefusal;
use super::{Region, RegionError};
use crate::federation::DoorError;
use crate::trace::{label, log_about};
use crate::verify::OwnGate;

/// What another region says of one of its codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reported {
    /// The region.
    pub region: DivisionCode,
    /// What it says.
    pub report: Report,
    /// When it said so.
    pub at: Timestamp,
}

/// A code of this region in place of another region's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Converted {
    /// The text, a live code.
    pub text: String,
    /// What it rests on.
    pub reported: Reported,
}

/// Why nothing is reported or converted.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The text.
    #[error(transparent)]
    NotACode(#[from] NotACode),
    /// A code of this region.
    #[error("the code is of this region: there is nothing to ask")]
    Own,
    /// No federation, or the region is not in it.
    #[error("the code is of region {0}, with which this region exchanges nothing")]
    NoWay(DivisionCode),
    /// The other region's door.
    #[error(transparent)]
    Door(#[from] DoorError),
    /// The answer is none.
    #[error("the answer is no report: {0}")]
    Answer(#[from] hc_code::parcel::AnswerError),
    /// The region does not know the code, or it is over.
    #[error("its region does not say anything of this code")]
    Unknown,
    /// No code was signed.
    #[error("no code was signed: {0}")]
    Issue(String),
    /// This region.
    #[error(transparent)]
    Region(#[from] RegionError),
}

impl<S: Store, R: Signer + Send + Sync + 'static> Region<S, R> {
    /// Answers a region that asks what a code of this one says: what the code tells any gate, as of now.
    pub(super) async fn report(&self, parcel: &Parcel) -> Result<Report, DoorRefusal> {
        let now = self.clock.now();
        let text = core::str::from_utf8(parcel.content())
            .map_err(|_| DoorRefusal::Content("not the text of a code".to_owned()))?;
        let code =
            ScannedCode::parse(text).map_err(|error| DoorRefusal::Content(error.to_string()))?;
        // What another region's code says is that region's to report.
        let report = if code.issuer() == self.division() {
            self.reported(text, now)
        } else {
            Report::Unknown
        };
        let resolver = self.resolver(now);
        let (from, id) = (parcel.label().from(), *parcel.label().id().as_bytes());
        self.store
            .write(move |writing| {
                let number = match report {
                    Report::Known { .. } => resolver.subject(writing, &code)?,
                    Report::Unknown => None,
                };
                let outcome = match report {
                    Report::Known { .. } => "known",
                    Report::Unknown => "unknown",
                };
                let what = (ParcelKind::ReportRequest.word(), outcome);
                let details = came((from, &id), what, 1)?;
                let region = from.to_string();
                let by = (Role::Region, region.as_str());
                log_about(writing, (Kind::ParcelReceived, number), now, by, details)?;
                Ok::<(), ActError>(())
            })
            .await
            .map_err(RegionError::Act)?;
        Ok(report)
    }

    fn reported(&self, text: &str, now: Timestamp) -> Report {
        let (keys, book) = (self.keys.current(), self.book.load());
        let policy = self.policy();
        let gate = OwnGate {
            standings: &self.standings,
            keys: &keys,
            terms: self.keys.terms(),
            book: &book,
            papers: &self.papers,
            policy: &policy,
            foreign: &self.foreign,
        };
        let scanned = gate.scan(text, now);
        match (scanned.told.level, scanned.told.as_of, scanned.until) {
            (Some(level), Some(as_of), Some(valid_until)) if valid_until > now => Report::Known {
                level,
                reason: scanned.told.reason,
                as_of,
                valid_until,
            },
            _ => Report::Unknown,
        }
    }

    /// Asks a region what a code of its own says, that the holder of a token shows here; logged with both.
    ///
    /// # Errors
    /// [`ReportError`].
    pub async fn ask_report(&self, token: &str, text: &str) -> Result<Reported, ReportError> {
        let (number, _) = self.holder(token).map_err(RegionError::from)?;
        self.asked(text, Some(number)).await
    }

    /// Asks a region what a code of its own says, which somebody who is known here by other means agrees to; logged
    /// with both.
    ///
    /// # Errors
    /// [`ReportError`].
    pub async fn ask_report_for(
        &self,
        number: hc_code::day_index::SubjectNumber,
        text: &str,
    ) -> Result<Reported, ReportError> {
        self.asked(text, Some(number)).await
    }

    /// A live code of this region in place of another region's: level, reason and time are those that its
    /// region reports, and the code ends when that one ends. It names nobody here.
    ///
    /// # Errors
    /// [`ReportError`]; [`ReportError::Unknown`] where its region does not stand by the code.
    pub async fn convert(&self, text: &str) -> Result<Converted, ReportError> {
        let reported = self.asked(text, None).await?;
        let Report::Known {
            level,
            reason,
            as_of,
            valid_until,
        } = reported.report
        else {
            return Err(ReportError::Unknown);
        };
        let issue = |error: &dyn core::fmt::Display| ReportError::Issue(error.to_string());
        let statement = Statement::new(level, reason, as_of).map_err(|error| issue(&error))?;
        let decided = Decided {
            statement,
            valid_until,
        };
        let handle = Handle::from_bytes(self.random());
        let now = self.clock.now();
        let keys = self.keys.current();
        let text = keys.codes.live(&decided, handle, &Extension::empty(), now);
        let text = text.map_err(|error| issue(&error))?;
        Ok(Converted { text, reported })
    }

    async fn asked(
        &self,
        text: &str,
        number: Option<hc_code::day_index::SubjectNumber>,
    ) -> Result<Reported, ReportError> {
        let code = ScannedCode::parse(text)?;
        let region = code.issuer();
        if region == self.division() {
            return Err(ReportError::Own);
        }
        let federation = self.federation().ok_or(ReportError::NoWay(region))?;
        let now = self.clock.now();
        if !federation.peers.regions(now).contains(&region) {
            return Err(ReportError::NoWay(region));
        }
        let id: [u8; 16] = self.random();
        self.store
            .write(move |writing| {
                let details = [
                    Detail::Act(label(ParcelKind::ReportRequest.word())?),
                    Detail::Recipient(label(&region.to_string())?),
                    Detail::Digest(named(&id)),
                ];
                let by = match number {
                    Some(_) => (Role::Subject, "self"),
                    None => (Role::Service, "conversion"),
                };
                log_about(writing, (Kind::ParcelSent, number), now, by, details)?;
                Ok::<(), ActError>(())
            })
            .await
            .map_err(RegionError::Act)?;
        let what = (region, ParcelKind::ReportRequest, id);
        let answer = self
            .exchange(&federation, what, code.expose_text().as_bytes())
            .await?;
        Ok(Reported {
            region,
            report: Report::decode(answer.content())?,
            at: answer.label().made_at(),
        })
    }
}
