//! Evidence from another region about one of this region's people: judged and taken in like a source's.
//!
//! The sending region is a source of its own, "region 500000", with kinds and a volume; what its sources
//! stated stands under their names with the region before them. What is about nobody who is known here is
//! kept like any evidence, or, where only a code named the person, passed over; the receipt is the same.

use hc_code::parcel::{EvidenceReceipt, Outcome, Parcel};
use hc_code::signing::{PublicKey, Signer};
use hc_code::{DivisionCode, Span, Timestamp};
use hc_core::act::ActError;
use hc_core::evidence::intake::{Named, Row};
use hc_core::store::{PartyKind, Store};
use hc_core::word::Word as _;
use hc_tlog::entry::{Detail, Kind, Role};
use sha2::{Digest, Sha256};

use super::outbox::named;
use super::parcels::{DoorRefusal, outcome_of};
use super::{BatchForm, Region, Sent, SourceError};
use crate::federation::Federation;
use crate::party::PartyId;
use crate::sources::SourceTerms;
use crate::trace::{label, log, seconds};

/// A region stays registered until an officer ends that; the trust list says whether it counts.
const REGISTERED: Span = Span::days(3650);

impl<S: Store, R: Signer + Send + Sync + 'static> Region<S, R> {
    pub(super) async fn take_evidence(
        &self,
        federation: &Federation,
        parcel: &Parcel,
    ) -> Result<EvidenceReceipt, DoorRefusal> {
        let now = self.clock.now();
        let from = parcel.label().from();
        let terms = match self.neighbour(federation, from, now).await {
            Ok(terms) => terms,
            Err(error) => return refused(error, 0),
        };
        let sent = Sent {
            source: terms.id().clone(),
            reference: parcel.label().id().to_string(),
            form: BatchForm::Ndjson,
            bytes: parcel.content().into(),
        };
        let (judged, at) = match self.read_batch(&sent, &terms) {
            Ok(read) => read,
            Err(error) => return refused(error, 0),
        };
        if !about_one_person(&judged.rows) {
            return Err(DoorRefusal::Content(
                "the lines are about more than one person".to_owned(),
            ));
        }
        let lines = judged.report.rows.saturating_add(judged.report.quarantined);
        let nothing_left = judged.rows.is_empty();
        match self.take_batch(sent, judged, at).await {
            Ok(_) if nothing_left => Ok(EvidenceReceipt {
                outcome: Outcome::Refused,
                lines,
            }),
            Ok(_) => Ok(EvidenceReceipt {
                outcome: Outcome::Received,
                lines,
            }),
            Err(SourceError::Act(ActError::OtherContent)) => Err(DoorRefusal::OtherContent),
            Err(error) => refused(error, lines),
        }
    }

    /// The terms of a region as a source, registered when its first parcel comes: for every kind of
    /// line but declarations and links, about everywhere.
    pub(super) async fn neighbour(
        &self,
        federation: &Federation,
        region: DivisionCode,
        now: Timestamp,
    ) -> Result<SourceTerms, SourceError> {
        let id = PartyId::parse(&format!("region-{region}"))?;
        let kept = self
            .store
            .read({
                let id = id.clone();
                move |reading| reading.party(PartyKind::Source, id.as_str())
            })
            .await?;
        if let Some(row) = kept {
            let terms = SourceTerms::from_row(&row)?;
            // One that an officer has ended stays ended.
            return if terms.holds_at(now) {
                Ok(terms)
            } else {
                Err(SourceError::NotRegistered)
            };
        }
        let root: Option<PublicKey> = federation.peers.root(region, now);
        let root = root.ok_or(SourceError::NotRegistered)?;
        let terms = SourceTerms::of_region(region, root, (now, now.plus(REGISTERED)))?;
        let kept = terms.clone();
        self.store
            .write(move |writing| {
                writing.set_party(&kept.to_row())?;
                let details = [
                    Detail::PartyKind(label(PartyKind::Source.word())?),
                    Detail::Party(label(kept.id().as_str())?),
                    Detail::Ends(seconds(kept.until())),
                    Detail::Digest(Sha256::digest(kept.key().as_bytes()).into()),
                ];
                let by = (Role::Service, "trust-list");
                log(writing, Kind::PartyRegistered, now, by, details)?;
                Ok::<(), SourceError>(())
            })
            .await?;
        Ok(terms)
    }
}

pub(super) fn refused(error: SourceError, lines: u32) -> Result<EvidenceReceipt, DoorRefusal> {
    match outcome_of(&error) {
        Some(outcome) => Ok(EvidenceReceipt { outcome, lines }),
        None => Err(error.into()),
    }
}

/// Whether all rows name one person, in one way.
fn about_one_person(rows: &[Row]) -> bool {
    let mut rows = rows.iter().map(Row::named);
    let Some(first) = rows.next() else {
        return true;
    };
    rows.all(|named| match (named, first) {
        (Named::Document(one), Named::Document(other)) => one.key() == other.key(),
        (Named::Code(one), Named::Code(other)) => one == other,
        (Named::Document(_), Named::Code(_)) | (Named::Code(_), Named::Document(_)) => false,
    })
}

/// The details by which the log names a parcel that came.
pub(super) fn came(
    (from, id): (DivisionCode, &[u8; 16]),
    (what, outcome): (&str, &str),
    records: u64,
) -> Result<[Detail; 5], ActError> {
    Ok([
        Detail::Act(label(what)?),
        Detail::Source(label(&from.to_string())?),
        Detail::Digest(named(id)),
        Detail::Outcome(label(outcome)?),
        Detail::Records(records),
    ])
}
