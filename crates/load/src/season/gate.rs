//! A gate: what it holds, how it comes by it, and what it says.

use std::collections::BTreeMap;

use anyhow::{Context, Result, anyhow};
use hc_code::cose::Sign1;
use hc_code::keys::{KeyAnswer, KeyBook, KeyUse};
use hc_code::paper_list::{HeldPaperLists, PaperList};
use hc_code::signing::PublicKey;
use hc_code::status_list::{Delta, HeldLists, ListIssuer, SignedShard};
use hc_code::trust_list::{HeldTrust, RemovalList, Role, TrustList};
use hc_code::verify::{ClockFloor, Gate as Held, RecognitionPolicy, ShowingMemory, Verdict};
use hc_code::{Day, DivisionCode, Span, Timestamp};

use super::chance::Chance;
use super::country::Country;
use super::hub::Hub;
use super::plan::{OFFSET, Plan};
use super::receipt::Device;

/// How a gate comes by its lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// Carries the country and asks every five minutes.
    Connected,
    /// Carries its own region, asks every hour, and fetches the shard that a foreign code names.
    Fetching,
    /// Has a network three times a day, and carries the country from one time to the next.
    Offline,
}

impl Kind {
    pub(super) const ALL: [Self; 3] = [Self::Connected, Self::Fetching, Self::Offline];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Connected => "connected",
            Self::Fetching => "fetching",
            Self::Offline => "offline",
        }
    }

    /// Whether it asks in this minute of the local day.
    fn asks(self, minute: i64) -> bool {
        match self {
            Self::Connected => minute % 5 == 1,
            Self::Fetching => minute % 60 == 7,
            Self::Offline => [330, 690, 1050, 1400].contains(&minute),
        }
    }
}

/// Attempts to ask fail in so many of a thousand; the gate goes on with what it has.
const LOST: u32 = 50;
/// A foreign shard is good enough for so long.
const SHARD_FOR: Span = Span::hours(1);

/// Bytes that gates loaded on one day.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Loaded {
    pub(super) own: u64,
    pub(super) foreign: u64,
    pub(super) keys: u64,
}

/// A gate.
#[derive(Debug)]
pub(super) struct Gate {
    pub(super) region: usize,
    pub(super) kind: Kind,
    trust: HeldTrust,
    removals: Option<Timestamp>,
    keys: KeyBook,
    /// Versions of the key lists that it has.
    versions: BTreeMap<usize, u64>,
    lists: HeldLists,
    /// Of each region's day: the sequence that it has, and since when.
    held: BTreeMap<(usize, Day), (u32, Timestamp)>,
    papers: HeldPaperLists,
    paper_sequences: BTreeMap<usize, u32>,
    policy: RecognitionPolicy,
    memory: ShowingMemory,
    device: Device,
    /// How far its clock is off, in seconds.
    off: i64,
    pub(super) loaded: Loaded,
    /// When it last asked and was answered.
    pub(super) asked: Timestamp,
    /// Lists that it was offered and did not take: none in a country in which everybody is honest.
    pub(super) not_taken: u64,
}

impl Gate {
    pub(super) fn new(
        region: usize,
        kind: Kind,
        hub: &Hub,
        (policy, device): (RecognitionPolicy, Device),
        now: Timestamp,
        off: i64,
    ) -> Result<Self> {
        Ok(Self {
            region,
            kind,
            trust: HeldTrust::begin(hub.opened()?, None, now)?,
            removals: None,
            keys: KeyBook::new(),
            versions: BTreeMap::new(),
            lists: HeldLists::new(),
            held: BTreeMap::new(),
            papers: HeldPaperLists::new(),
            paper_sequences: BTreeMap::new(),
            policy,
            memory: ShowingMemory::new(4096),
            device,
            off,
            loaded: Loaded::default(),
            asked: now,
            not_taken: 0,
        })
    }

    /// Its own clock.
    const fn clock(&self, now: Timestamp) -> Timestamp {
        Timestamp::from_unix(now.unix() + self.off)
    }

    /// Asks for what is new, if this is one of its minutes and its network works.
    pub(super) fn keep_up(
        &mut self,
        plan: &Plan,
        hub: &Hub,
        country: &mut Country,
        chance: &mut Chance,
        now: Timestamp,
        first: bool,
    ) -> Result<()> {
        let minute = now.since(Day::of(now, OFFSET)?.start(OFFSET)).as_seconds() / 60;
        if !first && (!self.kind.asks(minute) || chance.of_a_thousand(LOST)) {
            return Ok(());
        }
        self.asked = now;
        let device = self.clock(now);
        if !plan.no_hub(now) {
            self.take_trust(hub, device)?;
        }
        for number in 0..country.regions.len() {
            let own = number == self.region;
            // Others' lists come by the hub's mirror.
            if !own && plan.no_hub(now) {
                continue;
            }
            self.take_keys(country, number, device)?;
            if own || self.kind != Kind::Fetching {
                self.take_lists(country, number, now, device)?;
                self.take_paper(country, number, device)?;
            }
        }
        self.lists.forget_past(device);
        let today = Day::of(now, OFFSET)?;
        self.held.retain(|(_, day), _| *day >= today);
        Ok(())
    }

    fn take_trust(&mut self, hub: &Hub, device: Timestamp) -> Result<()> {
        let (version, bytes) = hub.trust();
        if version > self.trust.list().version() {
            self.loaded.keys += bytes.len() as u64;
            let list = TrustList::open(bytes, self.trust.list().hub_keys())?;
            self.trust.accept(list, device)?;
            for entry in self.trust.list().issuers() {
                let trust = self.trust.at(device);
                let roots = trust.roots(entry.region(), Role::Codes);
                let roots: Vec<_> = roots.iter().map(|root| root.id()).collect();
                self.keys.keep_only(entry.region(), &roots);
            }
        }
        if let Some((at, bytes)) = hub.removals()
            && self.removals < Some(at)
        {
            self.loaded.keys += bytes.len() as u64;
            let removals = RemovalList::open(bytes, self.trust.list().removal_keys())?;
            self.trust.remove(&removals, device)?;
            self.removals = Some(at);
        }
        Ok(())
    }

    fn take_keys(&mut self, country: &Country, number: usize, device: Timestamp) -> Result<()> {
        let region = country.region(number)?;
        let (version, list) = region.key_list();
        // A list that a new trust list made the gate forget is fetched again.
        let has = self.keys.list(region.division).is_some();
        if has && self.versions.get(&number) == Some(&version) {
            return Ok(());
        }
        self.loaded.keys += list.as_bytes().len() as u64;
        let trust = self.trust.at(device);
        let roots = trust.roots(region.division, Role::Codes);
        let roots: Vec<PublicKey> = roots.into_iter().cloned().collect();
        match self.keys.adopt(list, region.division, &roots, device) {
            Ok(_) => {
                self.versions.insert(number, version);
            }
            // Signed by a root that this gate has not heard of yet: it goes on with what it has.
            Err(_) => self.not_taken += 1,
        }
        Ok(())
    }

    /// The key for lists that signed these bytes.
    fn signer(&self, issuer: DivisionCode, bytes: &[u8], device: Timestamp) -> Result<&PublicKey> {
        let signed = Sign1::parse(bytes)?;
        let id = signed.key_id().context("a list names its key")?;
        match self.keys.key(issuer, id, device) {
            KeyAnswer::Known(key) if key.key_use() == KeyUse::Lists => Ok(key.key()),
            other => Err(anyhow!("the key of a list of {issuer} is {other:?}")),
        }
    }

    fn take_lists(
        &mut self,
        country: &mut Country,
        number: usize,
        now: Timestamp,
        device: Timestamp,
    ) -> Result<()> {
        let today = Day::of(now, OFFSET)?;
        for day in [Some(today), today.next()].into_iter().flatten() {
            let Some(newest) = country.region(number)?.sequence(day) else {
                continue;
            };
            let held = self.held.get(&(number, day)).map(|(sequence, _)| *sequence);
            if held == Some(newest) {
                continue;
            }
            let region = country.region_mut(number)?;
            let division = region.division;
            for bytes in region.list_since(day, held)? {
                self.count(number, bytes.len());
                let Ok(key) = self.signer(division, &bytes, device) else {
                    self.not_taken += 1;
                    return Ok(());
                };
                let delta = Delta::open(&bytes, &issuer(division, key))?;
                // As a clock ahead has it, the day may be over.
                if self.lists.accept_delta(&delta, device).is_err() {
                    self.not_taken += 1;
                    return Ok(());
                }
            }
            self.held.insert((number, day), (newest, now));
        }
        Ok(())
    }

    fn take_paper(&mut self, country: &Country, number: usize, device: Timestamp) -> Result<()> {
        let region = country.region(number)?;
        let Some((sequence, bytes)) = region.paper_list() else {
            return Ok(());
        };
        if self.paper_sequences.get(&number) == Some(sequence) {
            return Ok(());
        }
        self.count(number, bytes.len());
        let Ok(key) = self.signer(region.division, bytes, device) else {
            self.not_taken += 1;
            return Ok(());
        };
        let list = PaperList::open(bytes, &issuer(region.division, key))?;
        if self.papers.accept(list, device).is_err() {
            self.not_taken += 1;
            return Ok(());
        }
        self.paper_sequences.insert(number, *sequence);
        Ok(())
    }

    /// Fetches what a foreign code names, where the gate does that and its network works.
    pub(super) fn fetch(
        &mut self,
        plan: &Plan,
        country: &mut Country,
        chance: &mut Chance,
        wanted: (usize, Option<u32>),
        now: Timestamp,
    ) -> Result<()> {
        let (number, index) = wanted;
        let works = !plan.no_hub(now) && !chance.of_a_thousand(LOST);
        if self.kind != Kind::Fetching || number == self.region || !works {
            return Ok(());
        }
        let device = self.clock(now);
        let today = Day::of(now, OFFSET)?;
        self.take_keys(country, number, device)?;
        let Some(index) = index else {
            return self.take_paper(country, number, device);
        };
        let held = self.held.get(&(number, today));
        let recent = held.is_some_and(|(_, since)| since.plus(SHARD_FOR) > now);
        let region = country.region_mut(number)?;
        let Some(sequence) = region.sequence(today).filter(|_| !recent) else {
            return Ok(());
        };
        let bytes = region.shard(today, index, now)?;
        let division = region.division;
        self.count(number, bytes.len());
        let Ok(key) = self.signer(division, &bytes, device) else {
            self.not_taken += 1;
            return Ok(());
        };
        let shard = SignedShard::open(&bytes, &issuer(division, key))?;
        if self.lists.accept_shard(shard, device).is_err() {
            self.not_taken += 1;
            return Ok(());
        }
        self.held.insert((number, today), (sequence, now));
        Ok(())
    }

    fn count(&mut self, number: usize, bytes: usize) {
        if number == self.region {
            self.loaded.own += bytes as u64;
        } else {
            self.loaded.foreign += bytes as u64;
        }
    }

    /// What it says of a text.
    pub(super) fn verify(&mut self, text: &str, now: Timestamp) -> Verdict {
        let device = self.clock(now);
        let papers = self
            .papers
            .marks()
            .map(|mark| (mark.region, mark.issued_at));
        let times = self.keys.times().chain(self.lists.issued()).chain(papers);
        let trust = self.trust.at(device);
        let held = Held {
            trust: &trust,
            keys: &self.keys,
            status: &self.lists,
            paper: &self.papers,
            policy: &self.policy,
            clock: ClockFloor::new(self.trust.list().issued_at(), times),
        };
        held.verify(text, device, &mut self.memory)
    }

    /// Gives a receipt for a refusal.
    ///
    /// # Errors
    /// Where it is worth nothing.
    pub(super) fn receipt(&mut self, verdict: &Verdict, text: &str) -> Result<()> {
        self.device.refuse(verdict, &self.policy, text)
    }
}

const fn issuer(region: DivisionCode, key: &PublicKey) -> ListIssuer<'_> {
    ListIssuer {
        region,
        key,
        offset: OFFSET,
    }
}
