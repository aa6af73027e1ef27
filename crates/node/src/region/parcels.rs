//! Parcels at this region's door: opened, handed to whoever takes their kind, answered.

use hc_code::parcel::{Kind, Label, LabelError, Outcome, Parcel, ParcelError, ParcelId};
use hc_code::signing::Signer;
use hc_core::store::Store;

use super::{Region, RegionError, SourceError};
use crate::federation::Federation;

/// Why a parcel has no answer. The sender is told which one.
#[derive(Debug, thiserror::Error)]
pub enum DoorRefusal {
    /// The region takes part in no federation.
    #[error("this region takes no parcels")]
    Closed,
    /// The parcel.
    #[error(transparent)]
    Parcel(#[from] ParcelError),
    /// The parcel is from another region than the one whose door it came through.
    #[error("the parcel is of another region than the one that brought it")]
    OtherBringer,
    /// A kind that answers, and nobody asked here.
    #[error("a parcel of kind {} is taken as an answer only", .0.word())]
    NotAsked(Kind),
    /// An answer to what was sent to another region.
    #[error("it answers a parcel that was not sent to this region")]
    NotSentThere,
    /// The id came before with other content.
    #[error("another parcel came under this id")]
    OtherContent,
    /// The content is none of its kind.
    #[error("the content is none of its kind: {0}")]
    Content(String),
    /// There is no key of the sender to seal the answer to.
    #[error("there is no key to seal an answer to: the sender's key list has none that holds now")]
    NoWayBack,
    /// The label of the answer.
    #[error(transparent)]
    Label(#[from] LabelError),
    /// The region itself: to be tried again.
    #[error(transparent)]
    Region(#[from] RegionError),
    /// Taking evidence in: to be tried again.
    #[error(transparent)]
    Source(#[from] SourceError),
}

impl DoorRefusal {
    /// Whether the parcel is sealed to a key that is gone: the sender takes the key list anew and seals it
    /// again.
    pub const fn is_of_an_old_key(&self) -> bool {
        matches!(self, Self::Parcel(error) if error.is_of_an_old_key())
    }

    /// Whether the fault is this region's own, for a while: the sender tries again.
    pub const fn is_ours(&self) -> bool {
        matches!(
            self,
            Self::Closed | Self::NoWayBack | Self::Region(_) | Self::Source(_)
        )
    }
}

impl<S: Store, R: Signer + Send + Sync + 'static> Region<S, R> {
    /// Takes a parcel that a region brought to the door, and gives the parcel that answers it.
    /// `bringer` is the region that proved itself at the door, where the door knows.
    ///
    /// The same parcel brought again changes nothing and is answered again.
    ///
    /// # Errors
    /// [`DoorRefusal`]; nothing of the parcel counts then.
    pub async fn take_parcel(
        &self,
        bringer: Option<hc_code::DivisionCode>,
        bytes: &[u8],
    ) -> Result<Vec<u8>, DoorRefusal> {
        let federation = self.federation().ok_or(DoorRefusal::Closed)?;
        let parcel = self.opened_or_renewed(&federation, bringer, bytes).await?;
        if bringer.is_some_and(|bringer| bringer != parcel.label().from()) {
            return Err(DoorRefusal::OtherBringer);
        }
        let (kind, content) = match parcel.kind() {
            Kind::Evidence => {
                let receipt = self.take_evidence(&federation, &parcel).await?;
                (Kind::EvidenceReceipt, receipt.encode())
            }
            Kind::Transfer => {
                let outcome = self.take_transfer(&federation, &parcel).await?;
                (Kind::TransferReceipt, outcome)
            }
            Kind::ReportRequest => {
                let report = self.report(&parcel).await?;
                (Kind::Report, report.encode())
            }
            // Of a transfer that its holder carried: nothing is answered to an answer.
            Kind::TransferReceipt => {
                self.take_transfer_receipt(&parcel).await?;
                return Ok(Vec::new());
            }
            kind @ (Kind::EvidenceReceipt | Kind::Report) => {
                return Err(DoorRefusal::NotAsked(kind));
            }
        };
        self.answer(&federation, &parcel, kind, &content)
    }

    fn answer(
        &self,
        federation: &Federation,
        parcel: &Parcel,
        kind: Kind,
        content: &[u8],
    ) -> Result<Vec<u8>, DoorRefusal> {
        let id = ParcelId::from_bytes(self.random());
        let label = Label::answering(parcel.label(), kind, id, self.clock.now())?;
        self.sealed(federation, &label, content)
            .ok_or(DoorRefusal::NoWayBack)
    }
}

/// What the sender of evidence is told where it was not taken.
pub(super) const fn outcome_of(error: &SourceError) -> Option<Outcome> {
    match error {
        SourceError::DayIsFull => Some(Outcome::NotNow),
        SourceError::TooManyRows { .. } | SourceError::NotRegistered => Some(Outcome::Refused),
        _ => None,
    }
}
