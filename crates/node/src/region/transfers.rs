//! Moving from one region to another: `spec/transfer.md`.

use std::sync::Arc;

use hc_code::day_index::SubjectNumber;
use hc_code::parcel::{EvidenceReceipt, Kind as ParcelKind, Label, Outcome, Parcel, ParcelId};
use hc_code::signing::Signer;
use hc_code::{DivisionCode, Span, Timestamp};
use hc_core::act::{self, ActError, Actor, Consent, Package, PackageError, Packed};
use hc_core::store::{
    BatchRow, BatchState, ConsentRow, OutgoingKind, OutgoingRow, Store, StoreError,
};
use hc_core::word::Word as _;
use hc_tlog::entry::{Detail, Kind, Role};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::directory::{self, Tell};
use super::family::moved;
use super::inbox::came;
use super::outbox::{Attempt, Ended, named, unsent};
use super::parcels::DoorRefusal;
use super::{Region, RegionError, apply, gone, held};
use crate::federation::{DoorError, Federation};
use crate::sources::{BatchReport, count};
use crate::trace::{label, log_about, seconds};

/// What the holder is shown before they agree.
#[derive(Clone, Debug)]
pub struct Preview {
    /// Everything that would go.
    pub package: Package,
    /// What of it counts, piece by piece.
    pub packed: Packed,
}

/// What the holder agreed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moving {
    /// Where to.
    pub to: DivisionCode,
    /// What they saw: another content does not go.
    pub seen: [u8; 16],
    /// SHA-256 of a secret that the holder's device drew: who has it is given the code there.
    pub pick_up: [u8; 32],
    /// Whether the holder carries it, or this region sends it.
    pub carried: bool,
    /// Whether the codes here end as soon as the other region has taken it; else they end by themselves.
    pub withdraw: bool,
    /// The version of the text that was agreed to.
    pub consent: u32,
}

/// A transfer that has begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    /// Its id.
    pub id: ParcelId,
    /// Until when it must have arrived.
    pub until: Timestamp,
    /// The sealed parcel, where the holder carries it.
    pub parcel: Option<Vec<u8>>,
}

/// What came of a transfer where it arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PickedUp {
    /// A token for the device; none where the person was enrolled here before and signs in as ever.
    pub token: Option<String>,
    /// Pieces of evidence that came along.
    pub records: u32,
}

/// Why nothing is moved.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// The region.
    #[error(transparent)]
    Region(#[from] RegionError),
    /// Nowhere.
    #[error("nothing can be sent to region {0}")]
    NoWay(DivisionCode),
    /// Other content than was seen.
    #[error("what would go is not what was shown any more: look at it again")]
    Changed,
    /// Nothing arrived under this id, the secret is another, or it was picked up.
    #[error("no transfer waits under this id for who has this secret")]
    Nothing,
    /// The parcel that the holder brought.
    #[error(transparent)]
    Parcel(#[from] DoorRefusal),
    /// There was no key to seal to.
    #[error("the other region has no key to seal to now")]
    NoKey,
}

/// How long a transfer may be on its way.
const LASTS: Span = Span::hours(24);
/// The consent to be moved.
const CONSENT: &str = "transfer";
/// How long the consent to a code lasts that came along: as long as at enrolment, at most.
const CODE_LASTS: Span = Span::days(365);
/// How long the new region keeps the code for who has the secret.
const PICK_UP: Span = Span::days(7);

/// What waits in the outbox of a transfer.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Waiting {
    withdraw: bool,
    #[serde(flatten)]
    sent: SentPackage,
}

/// What is sealed.
#[derive(Serialize, Deserialize)]
struct SentPackage {
    pick_up: String,
    consent: u32,
    package: serde_json::Value,
}

/// What is kept of a transfer that arrived.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Arrival {
    number: u32,
    new: bool,
    pick_up: String,
    picked: bool,
}

impl<S: Store, R: Signer + Send + Sync + 'static> Region<S, R> {
    /// What whoever holds a token would take along. Nothing is sent.
    ///
    /// # Errors
    /// [`RegionError`].
    pub async fn preview_transfer(&self, token: &str) -> Result<Preview, RegionError> {
        let (number, now) = self.holder(token)?;
        let rulebook = Arc::clone(&self.rulebook);
        self.store
            .read(move |reading| {
                let (package, packed) = act::gather(reading, &mut held(&rulebook), number, now)?;
                Ok::<_, ActError>(Preview { package, packed })
            })
            .await
            .map_err(RegionError::Act)
    }

    /// Begins a transfer: what the holder saw goes, once.
    ///
    /// # Errors
    /// [`TransferError`]; nothing goes then.
    pub async fn begin_transfer(
        &self,
        token: &str,
        moving: Moving,
    ) -> Result<Begun, TransferError> {
        let (number, now) = self.holder(token).map_err(RegionError::from)?;
        let to = moving.to;
        let federation = self.federation().ok_or(TransferError::NoWay(to))?;
        if to == self.division() || !federation.peers.regions(now).contains(&to) {
            return Err(TransferError::NoWay(to));
        }
        if moving.carried && federation.peers.sealing_key(to, now).is_none() {
            federation.peers.renew(to).await;
            if federation.peers.sealing_key(to, now).is_none() {
                return Err(TransferError::NoKey);
            }
        }
        let id: [u8; 16] = self.random();
        let until = now.plus(LASTS);
        let rulebook = Arc::clone(&self.rulebook);
        let carried = moving.carried;
        let row = self
            .store
            .write(move |writing| {
                let (package, _) = act::gather(writing, &mut held(&rulebook), number, now)?;
                if package.fingerprint() != moving.seen {
                    return Ok(Err(TransferError::Changed));
                }
                let about = writing.hashes(number)?.first().copied();
                let consent = ConsentRow {
                    purpose: CONSENT.to_owned(),
                    version: moving.consent,
                    at: now,
                    until,
                };
                writing.set_consent(number, &consent)?;
                let package = package.expose_bytes();
                let waiting = Waiting {
                    withdraw: moving.withdraw,
                    sent: SentPackage {
                        pick_up: hexadecimal(&moving.pick_up),
                        consent: moving.consent,
                        package: serde_json::from_slice(&package).unwrap_or_default(),
                    },
                };
                let row = OutgoingRow {
                    id,
                    kind: OutgoingKind::Transfer,
                    to: Some(to),
                    about,
                    at: now,
                    until,
                    // What the holder carries is only waited for.
                    next: if moving.carried { until } else { now },
                    tries: 0,
                    content: serde_json::to_vec(&waiting).unwrap_or_default(),
                };
                writing.set_outgoing(&row)?;
                let details = [
                    Detail::Act(label(ParcelKind::Transfer.word())?),
                    Detail::Recipient(label(&to.to_string())?),
                    Detail::Digest(named(&id)),
                    Detail::Ends(seconds(until)),
                ];
                let by = (Role::Subject, "self");
                log_about(writing, (Kind::ParcelSent, Some(number)), now, by, details)?;
                Ok::<_, ActError>(Ok(row))
            })
            .await
            .map_err(RegionError::Act)??;
        let parcel = if carried {
            let label = Label::new(
                (self.division(), to),
                ParcelKind::Transfer,
                ParcelId::from_bytes(id),
                now,
                until,
            )
            .map_err(DoorRefusal::from)?;
            let content = sealed_part(&row.content).unwrap_or_default();
            let sealed = self.sealed(&federation, &label, &content);
            Some(sealed.ok_or(TransferError::NoKey)?)
        } else {
            None
        };
        Ok(Begun {
            id: ParcelId::from_bytes(id),
            until,
            parcel,
        })
    }

    /// One attempt to bring a transfer to its region; what it came to is written at once.
    pub(super) async fn attempt_transfer(
        &self,
        federation: &Federation,
        row: &OutgoingRow,
        to: DivisionCode,
    ) -> Attempt {
        let Some(content) = sealed_part(&row.content) else {
            return Attempt::Done(Ended::Damaged);
        };
        let what = (to, ParcelKind::Transfer, row.id);
        match self.exchange(federation, what, &content).await {
            Ok(parcel) => match EvidenceReceipt::decode(parcel.content()) {
                Ok(receipt) => match self.arrived(row, to, receipt).await {
                    Ok(()) => Attempt::Settled,
                    Err(_) => Attempt::Again,
                },
                Err(_) => Attempt::Again,
            },
            Err(DoorError::Refused(_)) => Attempt::Done(Ended::Refused),
            Err(error) => unsent(&error),
        }
    }

    /// A receipt for a transfer that the holder carried, from the region where it arrived.
    pub(super) async fn take_transfer_receipt(&self, parcel: &Parcel) -> Result<(), DoorRefusal> {
        let receipt = EvidenceReceipt::decode(parcel.content())
            .map_err(|error| DoorRefusal::Content(error.to_string()))?;
        let id = parcel.label().answers();
        let id = id.map_or([0; 16], |id| *id.as_bytes());
        let from = parcel.label().from();
        let row = self
            .store
            .read(move |reading| reading.outgoing(&id))
            .await
            .map_err(RegionError::from)?;
        match row {
            Some(row) if row.kind == OutgoingKind::Transfer && row.to == Some(from) => {
                Ok(self.arrived(&row, from, receipt).await?)
            }
            Some(_) => Err(DoorRefusal::NotSentThere),
            // Answered before.
            None => Ok(()),
        }
    }

    /// Writes that a transfer was taken or refused: the codes here end where the holder chose so.
    async fn arrived(
        &self,
        row: &OutgoingRow,
        to: DivisionCode,
        receipt: EvidenceReceipt,
    ) -> Result<(), RegionError> {
        let now = self.clock.now();
        let (row, own) = (row.clone(), to.to_string());
        let withdraw = serde_json::from_slice::<Waiting>(&row.content)
            .is_ok_and(|waiting| waiting.withdraw)
            && receipt.outcome == Outcome::Received;
        let (standings, grants) = (Arc::clone(&self.standings), Arc::clone(&self.grants));
        self.write(move |writing, rulebook| {
            if writing.outgoing(&row.id)?.is_none() {
                return Ok(());
            }
            writing.remove_outgoing(&row.id)?;
            let number = match row.about {
                Some(about) => writing.numbers(&[about])?.into_iter().next().flatten(),
                None => None,
            };
            let details = [
                Detail::Act(label(row.kind.word())?),
                Detail::Recipient(label(&own)?),
                Detail::Digest(named(&row.id)),
                Detail::Outcome(label(receipt.outcome.word())?),
                Detail::Records(receipt.lines.into()),
            ];
            let by = (Role::Region, own.as_str());
            log_about(writing, (Kind::ParcelAnswered, number), now, by, details)?;
            if let (true, Some(number)) = (withdraw, number) {
                let actor = Actor::subject();
                let (successor, changed) =
                    act::withdraw(writing, rulebook, number, &actor, "moved", now)?;
                apply(writing, &standings, &changed);
                gone(writing, &standings, number);
                moved(writing, &grants, (number, Some(successor)), now)?;
            }
            Ok(())
        })
        .await
    }

    /// Takes a transfer that came through the door.
    pub(super) async fn take_transfer(
        &self,
        federation: &Federation,
        parcel: &Parcel,
    ) -> Result<Vec<u8>, DoorRefusal> {
        let arrival = self.take_package(federation, parcel).await?;
        Ok(arrival.encode())
    }

    /// Takes a transfer that its holder brought, and gives them their code's token.
    ///
    /// # Errors
    /// [`TransferError`].
    pub async fn take_carried(
        &self,
        bytes: &[u8],
        secret: &[u8; 32],
    ) -> Result<PickedUp, TransferError> {
        let federation = self
            .federation()
            .ok_or(TransferError::Parcel(DoorRefusal::Closed))?;
        let parcel = self
            .opened(&federation, bytes)
            .map_err(DoorRefusal::Parcel)?;
        if parcel.kind() != ParcelKind::Transfer {
            return Err(DoorRefusal::NotAsked(parcel.kind()).into());
        }
        let (from, id) = (parcel.label().from(), parcel.label().id());
        // Who does not have the secret brings nothing in: a parcel that was photographed is not theirs.
        let sent = read_sent(&parcel)?;
        if sent.pick_up != hexadecimal(&Sha256::digest(secret)) {
            return Err(TransferError::Nothing);
        }
        let receipt = self.take_package(&federation, &parcel).await?;
        let picked = self.pick_up(from, id, secret).await?;
        let label = Label::answering(
            parcel.label(),
            ParcelKind::TransferReceipt,
            ParcelId::from_bytes(self.random()),
            self.clock.now(),
        )
        .map_err(DoorRefusal::from)?;
        // The first region learns it at its door where it can be reached; else its log says "expired".
        if let Some(bytes) = self.sealed(&federation, &label, &receipt.encode()) {
            drop(federation.doors.send(from, bytes).await);
        }
        Ok(picked)
    }

    /// Gives the code of a transfer that arrived to who has the secret, once.
    ///
    /// # Errors
    /// [`TransferError::Nothing`]; the same whatever is wrong.
    pub async fn pick_up(
        &self,
        from: DivisionCode,
        id: ParcelId,
        secret: &[u8; 32],
    ) -> Result<PickedUp, TransferError> {
        let now = self.clock.now();
        let pick_up = hexadecimal(&Sha256::digest(secret));
        let found = self
            .store
            .write(move |writing| {
                let kept = writing.batch(&source_of(from), &reference_of(id))?;
                let Some((mut row, mut arrival)) = kept.and_then(read_arrival) else {
                    return Ok::<_, StoreError>(None);
                };
                let late = row.at.plus(PICK_UP) <= now;
                if late || arrival.picked || arrival.pick_up != pick_up {
                    return Ok(None);
                }
                arrival.picked = true;
                row.content = content_of(&row, &arrival)?;
                writing.set_batch(&row)?;
                Ok(Some((row.rows, arrival)))
            })
            .await
            .map_err(RegionError::from)?;
        let (records, arrival) = found.ok_or(TransferError::Nothing)?;
        let number = SubjectNumber::new(arrival.number);
        // A region vouches for who somebody is, not for who may have an account that is here already.
        let token = arrival.new.then(|| self.token(number, now));
        Ok(PickedUp { token, records })
    }

    /// Takes the package in, once: the same again gives the same receipt.
    async fn take_package(
        &self,
        federation: &Federation,
        parcel: &Parcel,
    ) -> Result<EvidenceReceipt, DoorRefusal> {
        let now = self.clock.now();
        let (from, id) = (parcel.label().from(), parcel.label().id());
        let terms = match self.neighbour(federation, from, now).await {
            Ok(terms) => terms,
            Err(error) => return super::inbox::refused(error, 0),
        };
        let sent = read_sent(parcel)?;
        let package = sent.package.to_string();
        let package = Package::parse(package.as_bytes(), now)
            .map_err(|error| DoorRefusal::Content(error.to_string()))?;
        let (source, reference) = (terms.id().as_str().to_owned(), reference_of(id));
        let digest = self.hasher.batch(&source, &reference, parcel.content());
        let day = now.local_day(self.terms().offset);
        let lines = count(package.lines().len());
        let telling = self.telling(package.documents(), Tell::Enter, now);
        let (hasher, standings) = (self.hasher.clone(), Arc::clone(&self.standings));
        let taken = self
            .write(move |writing, rulebook| {
                if let Some(row) = writing.batch(&source, &reference)? {
                    return if digest.starts_with(&row.digest) {
                        Ok(Some(row.rows))
                    } else {
                        Err(ActError::OtherContent)
                    };
                }
                let Some(used) = terms.using(lines.max(1), day) else {
                    return Ok(None);
                };
                let consent = Consent {
                    purpose: Consent::CODE,
                    version: sent.consent,
                    lasts: CODE_LASTS,
                };
                let arrived =
                    act::arrive(writing, rulebook, &hasher, (&package, from), consent, now)?;
                apply(writing, &standings, &arrived.changed);
                if arrived.new {
                    directory::write(writing, &telling)?;
                }
                writing.set_party(&used.to_row())?;
                let arrival = Arrival {
                    number: arrived.number.expose_number(),
                    new: arrived.new,
                    pick_up: sent.pick_up.clone(),
                    picked: false,
                };
                let row = row_of((&source, &reference), digest, (lines, now), &arrival);
                writing.set_batch(&row)?;
                let what = (ParcelKind::Transfer.word(), "received");
                let details = came((from, id.as_bytes()), what, lines.into())?;
                let region = from.to_string();
                let by = (Role::Region, region.as_str());
                let about = (Kind::ParcelReceived, Some(arrived.number));
                log_about(writing, about, now, by, details)?;
                Ok(Some(lines))
            })
            .await;
        match taken {
            Ok(Some(lines)) => Ok(EvidenceReceipt {
                outcome: Outcome::Received,
                lines,
            }),
            Ok(None) => Ok(EvidenceReceipt {
                outcome: Outcome::NotNow,
                lines,
            }),
            Err(RegionError::Act(ActError::OtherContent)) => Err(DoorRefusal::OtherContent),
            Err(RegionError::Act(ActError::Package(error))) => Err(content(&error)),
            Err(RegionError::Act(ActError::OtherSubject)) => Ok(EvidenceReceipt {
                outcome: Outcome::Refused,
                lines,
            }),
            Err(error) => Err(error.into()),
        }
    }
}

fn content(error: &PackageError) -> DoorRefusal {
    DoorRefusal::Content(error.to_string())
}

fn read_sent(parcel: &Parcel) -> Result<SentPackage, DoorRefusal> {
    serde_json::from_slice(parcel.content())
        .map_err(|error| DoorRefusal::Content(format!("column {}", error.column())))
}

/// What of an outbox row is sealed: everything but what concerns this region alone.
fn sealed_part(content: &[u8]) -> Option<Vec<u8>> {
    let waiting: Waiting = serde_json::from_slice(content).ok()?;
    serde_json::to_vec(&waiting.sent).ok()
}

fn source_of(region: DivisionCode) -> String {
    format!("region-{region}")
}

fn reference_of(id: ParcelId) -> String {
    format!("transfer-{id}")
}

/// A transfer is kept as a batch of the region that it came from: so it counts once, and its evidence
/// stands in the same register as every other.
fn row_of(
    (source, reference): (&str, &str),
    whole: [u8; 32],
    (lines, at): (u32, Timestamp),
    arrival: &Arrival,
) -> BatchRow {
    let mut digest = [0; 16];
    for (to, from) in digest.iter_mut().zip(whole) {
        *to = from;
    }
    let report = BatchReport {
        rows: lines,
        new: lines,
        repeated: 0,
        quarantined: 0,
        changed: 1,
        raised: 0,
        lines: Vec::new(),
    };
    let mut content = serde_json::to_vec(&report).unwrap_or_default();
    content.push(b'\n');
    content.push(ARRIVAL);
    content.extend(serde_json::to_vec(arrival).unwrap_or_default());
    BatchRow {
        source: source.to_owned(),
        reference: reference.to_owned(),
        digest,
        at,
        state: BatchState::Accepted,
        rows: lines,
        quarantined: 0,
        content,
    }
}

/// The byte before an arrival behind the report of a batch, where a batch that waits has its form.
const ARRIVAL: u8 = b't';

fn read_arrival(row: BatchRow) -> Option<(BatchRow, Arrival)> {
    let end = row.content.iter().position(|byte| *byte == b'\n')?;
    let rest = row.content.get(end + 1..)?;
    let (form, arrival) = rest.split_first()?;
    let arrival = (*form == ARRIVAL).then(|| serde_json::from_slice(arrival).ok())?;
    Some((row, arrival?))
}

fn content_of(row: &BatchRow, arrival: &Arrival) -> Result<Vec<u8>, StoreError> {
    let end = row.content.iter().position(|byte| *byte == b'\n');
    let report = end.and_then(|end| row.content.get(..=end));
    let mut content = report
        .ok_or_else(|| StoreError::Damaged {
            table: "batch",
            what: "the arrival of a transfer cannot be read".to_owned(),
        })?
        .to_vec();
    content.push(ARRIVAL);
    content.extend(serde_json::to_vec(arrival).unwrap_or_default());
    Ok(content)
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let digits = [byte >> 4, byte & 15];
        text.extend(digits.map(|digit| char::from_digit(digit.into(), 16).unwrap_or('0')));
        text
    })
}
