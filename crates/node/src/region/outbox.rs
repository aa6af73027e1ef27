//! What waits to be sent to other regions: written with the act that it follows from, tried until it is
//! answered, and given up with an entry in the log.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures_util::future::join_all;
use hc_code::parcel::{
    self, EvidenceReceipt, Kind as ParcelKind, Label, Outcome, Parcel, ParcelId,
};
use hc_code::signing::Signer;
use hc_code::{DivisionCode, Span, Timestamp};
use hc_core::act::ActError;
use hc_core::store::{OutgoingKind, OutgoingRow, Reading, Store, StoreError, WaitingToGo, Writing};
use hc_core::word::Word as _;
use hc_tlog::entry::{Detail, Kind, Role};
use sha2::{Digest, Sha256};

use super::{Region, RegionError, held};
use crate::federation::{Backoff, DoorError, Federation};
use crate::trace::{label, log, seconds};

/// What came of a round of sending.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// Messages that were answered, and are gone.
    pub answered: u32,
    /// Messages that are tried again.
    pub again: u32,
    /// Messages that were given up: too late, or refused for good.
    pub given_up: u32,
}

impl core::ops::AddAssign for Round {
    fn add_assign(&mut self, more: Self) {
        self.answered += more.answered;
        self.again += more.again;
        self.given_up += more.given_up;
    }
}

/// So long evidence is tried before it is given up.
const EVIDENCE_LASTS: Span = Span::hours(7 * 24);
/// So many messages to one region are looked at in a round.
const AT_ONCE: u32 = 64;
/// What found nobody there is tried again after so long at most.
const AWAY: Span = Span::seconds(60);
/// So many messages are on their way to one region at once.
const LANES: usize = 8;

/// What is due to go to one region, or to the directory.
#[derive(Debug)]
pub struct Due {
    to: Option<DivisionCode>,
    rows: Vec<OutgoingRow>,
}

impl Due {
    /// The region; none for what the directory is asked or told.
    pub const fn to(&self) -> Option<DivisionCode> {
        self.to
    }
}

/// What one attempt came to.
pub(super) enum Attempt {
    /// Gone for good.
    Done(Ended),
    /// Not gone.
    Again,
    /// Not gone, because nobody answers there.
    Away,
    /// Gone, and written.
    Settled,
    /// The directory said which regions.
    Found(Vec<DivisionCode>),
}

/// How a message ended.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// The region's receipt says so.
    Answered(Outcome),
    /// The directory was told.
    Told,
    /// What was to be told to the directory is about a month that is over.
    Past,
    /// It was not taken in its time.
    Expired,
    /// The door refuses it for good.
    Refused,
    /// What is kept of it cannot be read.
    Damaged,
}

impl Ended {
    /// The word in the log.
    const fn word(self) -> &'static str {
        match self {
            Self::Answered(outcome) => outcome.word(),
            Self::Told => "told",
            Self::Past => "past",
            Self::Expired => "expired",
            Self::Refused => Outcome::Refused.word(),
            Self::Damaged => "damaged",
        }
    }

    /// Whether it did not get to where it was meant to.
    const fn is_given_up(self) -> bool {
        matches!(
            self,
            Self::Expired | Self::Refused | Self::Damaged | Self::Answered(Outcome::Refused)
        )
    }
}

/// One message on its way.
struct Message {
    row: OutgoingRow,
    to: Option<DivisionCode>,
}

/// Evidence about one person that is to be sent, written with the act that it follows from.
pub(super) struct Evidence<'a> {
    /// To which region; none while that is to be found.
    pub to: Option<DivisionCode>,
    /// The person's document, where it is known here.
    pub about: Option<hc_core::store::DocumentHash>,
    /// The lines.
    pub lines: &'a [String],
    /// An id that was drawn for it.
    pub id: [u8; 16],
}

/// Writes evidence to the outbox, and that it is sent to the log.
pub(super) fn put_evidence(
    writing: &mut dyn Writing,
    evidence: &Evidence<'_>,
    now: Timestamp,
) -> Result<(), ActError> {
    let kind = match evidence.to {
        Some(_) => OutgoingKind::Evidence,
        None => OutgoingKind::Locate,
    };
    let mut content = evidence.lines.join("\n").into_bytes();
    content.push(b'\n');
    let row = OutgoingRow {
        id: evidence.id,
        kind,
        to: evidence.to,
        about: evidence.about,
        at: now,
        until: now.plus(EVIDENCE_LASTS),
        next: now,
        tries: 0,
        content,
    };
    writing.set_outgoing(&row)?;
    if let Some(to) = evidence.to {
        log_sent(writing, &row, (to, evidence.lines.len()), now)?;
    }
    Ok(())
}

fn log_sent(
    writing: &mut dyn Writing,
    row: &OutgoingRow,
    (to, lines): (DivisionCode, usize),
    now: Timestamp,
) -> Result<(), ActError> {
    let details = [
        Detail::Act(label(row.kind.word())?),
        Detail::Recipient(label(&to.to_string())?),
        Detail::Digest(named(&row.id)),
        Detail::Records(lines as u64),
        Detail::Ends(seconds(row.until)),
    ];
    let number = match row.about {
        Some(about) => writing.numbers(&[about])?.into_iter().next().flatten(),
        None => None,
    };
    let by = (Role::Service, "outbox");
    crate::trace::log_about(writing, (Kind::ParcelSent, number), now, by, details)?;
    Ok(())
}

/// By what both regions' logs name a parcel.
pub(super) fn named(id: &[u8; 16]) -> [u8; 32] {
    Sha256::digest(id).into()
}

impl<S: Store, R: Signer + Send + Sync + 'static> Region<S, R> {
    /// Lets the region take part in a federation: from here on what waits is sent, and parcels are taken.
    pub fn join(&self, federation: Federation) {
        self.federation.store(Some(Arc::new(federation)));
    }

    /// Takes part no more: what waits is kept, and no parcel is taken.
    pub fn leave(&self) {
        self.federation.store(None);
    }

    /// The federation that the region takes part in.
    pub fn federation(&self) -> Option<Arc<Federation>> {
        self.federation.load_full()
    }

    /// How much waited to be sent after the last round, and since when: from memory.
    pub fn outgoing(&self) -> WaitingToGo {
        **self.outgoing.load()
    }

    /// How much waits to be sent, and since when.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn waiting_to_go(&self) -> Result<WaitingToGo, StoreError> {
        self.store.read(|reading| reading.waiting_to_go()).await
    }

    /// What is due, for each region by itself: one that does not answer holds nobody else up.
    ///
    /// # Errors
    /// [`RegionError`] where the store fails.
    pub async fn due_to_go(&self) -> Result<Vec<Due>, RegionError> {
        if self.federation().is_none() {
            return Ok(Vec::new());
        }
        let now = self.clock.now();
        let (rows, waiting) = self
            .store
            .read(move |reading: &mut dyn Reading| {
                Ok::<_, StoreError>((reading.due_to_go(now, AT_ONCE)?, reading.waiting_to_go()?))
            })
            .await?;
        self.outgoing.store(Arc::new(waiting));
        let mut due: BTreeMap<Option<DivisionCode>, Vec<OutgoingRow>> = BTreeMap::new();
        for row in rows {
            due.entry(row.to).or_default().push(row);
        }
        let due = due.into_iter().map(|(to, rows)| Due { to, rows });
        Ok(due.collect())
    }

    /// Sends what is due to one region. What is not answered is tried again later, twice as late each time;
    /// what was not answered by its end is given up, and the log says so. Where nobody answers, the rest
    /// is not tried now.
    ///
    /// # Errors
    /// [`RegionError`] where the store fails; nothing is lost then.
    pub async fn send(&self, due: Due) -> Result<Round, RegionError> {
        let Some(federation) = self.federation() else {
            return Ok(Round::default());
        };
        let Due { to, rows } = due;
        let mut lanes: BTreeMap<usize, Vec<OutgoingRow>> = BTreeMap::new();
        for (place, row) in rows.into_iter().enumerate() {
            lanes.entry(place % LANES).or_default().push(row);
        }
        let sending = lanes.into_values().map(|rows| {
            let federation = &federation;
            async move {
                let (mut round, mut away) = (Round::default(), false);
                for row in rows {
                    let message = Message { row, to };
                    if away && message.row.until > self.clock.now() {
                        // It stays as it is, and is due with the next round.
                        round.again += 1;
                        continue;
                    }
                    let attempt = self.attempt(federation, &message).await;
                    away |= matches!(attempt, Attempt::Away);
                    self.settle(federation, message, attempt, &mut round)
                        .await?;
                }
                Ok::<_, RegionError>(round)
            }
        });
        let mut whole = Round::default();
        for round in join_all(sending).await {
            whole += round?;
        }
        Ok(whole)
    }

    /// Sends everything that is due, and waits for all of it.
    ///
    /// # Errors
    /// [`RegionError`] where the store fails; nothing is lost then.
    pub async fn send_due(&self) -> Result<Round, RegionError> {
        let sending = self.due_to_go().await?;
        let sending = sending.into_iter().map(|due| self.send(due));
        let mut whole = Round::default();
        for round in join_all(sending).await {
            whole += round?;
        }
        let waiting = self.waiting_to_go().await?;
        self.outgoing.store(Arc::new(waiting));
        Ok(whole)
    }

    async fn attempt(&self, federation: &Federation, message: &Message) -> Attempt {
        let now = self.clock.now();
        if message.row.until <= now {
            return Attempt::Done(Ended::Expired);
        }
        match (message.row.kind, message.to) {
            (OutgoingKind::Evidence, Some(to)) => {
                self.attempt_evidence(federation, &message.row, to).await
            }
            (OutgoingKind::Transfer, Some(to)) => {
                self.attempt_transfer(federation, &message.row, to).await
            }
            (OutgoingKind::Locate, _) => self.locate(federation, &message.row).await,
            (OutgoingKind::Directory, _) => self.tell_directory(federation, &message.row).await,
            (OutgoingKind::Evidence | OutgoingKind::Transfer, None) => {
                Attempt::Done(Ended::Damaged)
            }
        }
    }

    async fn attempt_evidence(
        &self,
        federation: &Federation,
        row: &OutgoingRow,
        to: DivisionCode,
    ) -> Attempt {
        let answer = self
            .exchange(federation, (to, ParcelKind::Evidence, row.id), &row.content)
            .await;
        match answer {
            Ok(parcel) => match EvidenceReceipt::decode(parcel.content()) {
                Ok(receipt) if receipt.outcome == Outcome::NotNow => Attempt::Again,
                Ok(receipt) => Attempt::Done(Ended::Answered(receipt.outcome)),
                Err(_) => Attempt::Again,
            },
            Err(error) => unsent(&error),
        }
    }

    /// Seals content to a region, brings it there, and opens the answer. Sealed to a key that is gone, it is
    /// sealed once more to the one that the region has now.
    pub(super) async fn exchange(
        &self,
        federation: &Federation,
        (to, kind, id): (DivisionCode, ParcelKind, [u8; 16]),
        content: &[u8],
    ) -> Result<Parcel, DoorError> {
        let mut renewed = false;
        loop {
            let now = self.clock.now();
            let label = Label::new(
                (self.division(), to),
                kind,
                ParcelId::from_bytes(id),
                now,
                now.plus(kind.longest_life()),
            )
            .map_err(|error| DoorError::Refused(error.to_string()))?;
            let Some(bytes) = self.sealed(federation, &label, content) else {
                if renewed {
                    return Err(DoorError::Unreachable("no key to seal to".to_owned()));
                }
                renewed = true;
                federation.peers.renew(to).await;
                continue;
            };
            match federation.doors.send(to, bytes).await {
                Err(DoorError::OldKey) if !renewed => {
                    renewed = true;
                    federation.peers.renew(to).await;
                }
                Err(error) => return Err(error),
                Ok(answer) => {
                    let parcel = self
                        .opened_or_renewed(federation, Some(to), &answer)
                        .await
                        .map_err(|error| DoorError::Refused(error.to_string()))?;
                    return if parcel.is_answer_to(&label) {
                        Ok(parcel)
                    } else {
                        Err(DoorError::Refused("another parcel's answer".to_owned()))
                    };
                }
            }
        }
    }

    /// Content sealed under a label and signed by this node; none where there is no key to seal to.
    pub(super) fn sealed(
        &self,
        federation: &Federation,
        label: &Label,
        content: &[u8],
    ) -> Option<Vec<u8>> {
        let to = federation.peers.sealing_key(label.to(), self.clock.now())?;
        let keys = self.keys.current();
        let mut random = held(&self.random);
        parcel::seal(&*keys.parcels, label, &to, content, &mut *random).ok()
    }

    /// A parcel for this region.
    pub(super) fn opened(
        &self,
        federation: &Federation,
        bytes: &[u8],
    ) -> Result<Parcel, parcel::ParcelError> {
        let now = self.clock.now();
        let keys = self.keys.current();
        let secrets: Vec<_> = keys.sealing.iter().map(|key| &*key.secret).collect();
        let sender = |region, key| federation.peers.sender(region, key, now);
        parcel::open(bytes, self.division(), &secrets, sender, now)
    }

    /// The same, with the sender's key list taken anew where it signs with a key that is not known here yet:
    /// a node that began again has other keys. Only for whoever proved to be that region.
    pub(super) async fn opened_or_renewed(
        &self,
        federation: &Federation,
        bringer: Option<DivisionCode>,
        bytes: &[u8],
    ) -> Result<Parcel, parcel::ParcelError> {
        match self.opened(federation, bytes) {
            Err(parcel::ParcelError::UnknownSender { region, .. }) if bringer == Some(region) => {
                federation.peers.renew(region).await;
                self.opened(federation, bytes)
            }
            other => other,
        }
    }

    /// Writes what an attempt came to, in one act.
    async fn settle(
        &self,
        federation: &Federation,
        message: Message,
        attempt: Attempt,
        round: &mut Round,
    ) -> Result<(), RegionError> {
        let now = self.clock.now();
        let Message { row, to } = message;
        match &attempt {
            Attempt::Done(ended) if ended.is_given_up() => round.given_up += 1,
            Attempt::Done(_) | Attempt::Found(_) => round.answered += 1,
            Attempt::Settled => {
                round.answered += 1;
                return Ok(());
            }
            Attempt::Again | Attempt::Away => round.again += 1,
        }
        let [chance] = self.random::<1>();
        let own = self.division();
        let found: BTreeSet<DivisionCode> = match &attempt {
            Attempt::Found(regions) => {
                let known = federation.peers.regions(now);
                let regions = regions.iter().copied();
                regions
                    .filter(|region| *region != own && known.contains(region))
                    .collect()
            }
            Attempt::Done(_) | Attempt::Again | Attempt::Away | Attempt::Settled => BTreeSet::new(),
        };
        let ids: Vec<[u8; 16]> = found.iter().map(|_| self.random()).collect();
        self.store
            .write(move |writing| {
                // Erased in the meantime: there is nothing to write about.
                if writing.outgoing(&row.id)?.is_none() {
                    return Ok::<(), ActError>(());
                }
                match &attempt {
                    Attempt::Again | Attempt::Away => {
                        let tries = row.tries.saturating_add(1);
                        let next = Backoff::after(tries).next(now, chance).min(row.until);
                        // It is not the message's fault: with the region back it goes soon.
                        let next = match attempt {
                            Attempt::Away => next.min(now.plus(AWAY)),
                            _ => next,
                        };
                        writing.set_outgoing(&OutgoingRow {
                            tries,
                            next,
                            ..row.clone()
                        })?;
                    }
                    Attempt::Done(ended) => {
                        writing.remove_outgoing(&row.id)?;
                        if let Some(to) = to {
                            let details = [
                                Detail::Act(label(row.kind.word())?),
                                Detail::Recipient(label(&to.to_string())?),
                                Detail::Digest(named(&row.id)),
                                Detail::Outcome(label(ended.word())?),
                            ];
                            let by = (Role::Region, to.to_string());
                            log(writing, Kind::ParcelAnswered, now, (by.0, &by.1), details)?;
                        }
                    }
                    Attempt::Settled => {}
                    Attempt::Found(_) => {
                        writing.remove_outgoing(&row.id)?;
                        for (region, id) in found.iter().zip(&ids) {
                            let placed = OutgoingRow {
                                id: *id,
                                kind: OutgoingKind::Evidence,
                                to: Some(*region),
                                next: now,
                                tries: 0,
                                ..row.clone()
                            };
                            writing.set_outgoing(&placed)?;
                            let lines = placed.content.iter().filter(|byte| **byte == b'\n');
                            log_sent(writing, &placed, (*region, lines.count()), now)?;
                        }
                    }
                }
                Ok(())
            })
            .await
            .map_err(RegionError::Act)
    }

    /// Asks the directory which regions hold the document of evidence.
    async fn locate(&self, federation: &Federation, row: &OutgoingRow) -> Attempt {
        let Some(directory) = &federation.directory else {
            return Attempt::Found(Vec::new());
        };
        let now = self.clock.now();
        let Some(document) = self.document_of(&row.content, row.at) else {
            return Attempt::Done(Ended::Damaged);
        };
        let month = hc_core::directory::Month::of(now);
        let pseudonym = directory.key.pseudonym(month, &document.key());
        match directory.at.find(pseudonym).await {
            Ok(regions) => Attempt::Found(regions),
            Err(error) => unsent(&error),
        }
    }

    /// The document that the lines of a message name.
    fn document_of(&self, content: &[u8], at: Timestamp) -> Option<hc_core::document::Document> {
        use hc_core::evidence::intake::{Desk, Receipt, ndjson};
        let mut rulebook = held(&self.rulebook);
        let mut desk = Desk::new(Receipt::At(at), rulebook.places());
        let batch = ndjson(content, &mut desk);
        batch.rows().first()?.document().cloned()
    }
}

/// What it comes to that a door gave no answer.
pub(super) const fn unsent(error: &DoorError) -> Attempt {
    match error {
        DoorError::Unreachable(_) => Attempt::Away,
        DoorError::OldKey | DoorError::Refused(_) => Attempt::Again,
    }
}
