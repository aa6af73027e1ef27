//! A region and a gate for one step of the tour: real keys, lists, codes and verdicts, from a seed
//! that everybody can read, so that the tour is the same each time.

use anyhow::{Context, Result};
use hc_code::carried;
use hc_code::day_index::{Domain, SubjectNumber};
use hc_code::day_key::{DayKey, DayKeyName, Minute};
use hc_code::issue::{CarriedPlace, Decided, Issuer};
use hc_code::keys::{KeyBook, KeyList, KeyUse, NodeKey};
use hc_code::paper_list::HeldPaperLists;
use hc_code::signing::{Algorithm, Signer, SigningKey};
use hc_code::statement::Statement;
use hc_code::status_list::{Delta, EditionTimes, HeldLists, ListBook, ListIssuer, ListName};
use hc_code::trust_list::{
    HeldTrust, IssuerEntry, Role, Roles, RootKey, TrustDraft, TrustList, Validity,
};
use hc_code::verify::{
    ClockFloor, Gate, Listed, RecognitionPolicy, ShowingMemory, TrustLookup, Verdict,
};
use hc_code::{Day, DivisionCode, Extension, Level, Offset, ReasonClass, Span, Timestamp};
use hc_core::decide::Decision;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// Everything secret in the tour is SHA-256 over this, a word and a number. It is printed here for
/// everybody: whoever trusted such a key would trust the whole world.
const SEED: &str = "healthcode tour: a demonstration seed, never a secret";

/// Facts older than this are no facts.
const STALENESS: Span = Span::hours(4);

/// Ms Li's number in the region.
const SUBJECT: SubjectNumber = SubjectNumber::new(220_708);

fn demonstration_bytes(what: &str, number: usize) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(format!("{SEED}/{what}/{number}"));
    hash.finalize().into()
}

fn key(algorithm: Algorithm, what: &str, number: usize) -> Result<SigningKey> {
    let secret = demonstration_bytes(what, number);
    Ok(SigningKey::deterministic(algorithm, &secret)?)
}

/// A code, and what the gate says of it.
pub(super) struct Judged {
    pub(super) text: String,
    pub(super) verdict: Verdict,
}

/// What the person shows at a step.
pub(super) struct Shown {
    pub(super) live: Judged,
    pub(super) carried: Judged,
}

/// The region's node and a gate at one step. The gate has fetched trust list, key list and the
/// day's status list, and has no network from then on.
pub(super) struct Station {
    region: DivisionCode,
    number: usize,
    at: Timestamp,
    issuer: Issuer<SigningKey>,
    lists: SigningKey,
    day: Day,
    day_key: DayKey,
    trust: HeldTrust,
    keys: KeyBook,
    memory: ShowingMemory,
}

impl Station {
    /// The step's node makes its keys, the root lists them, the hub lists the root.
    pub(super) fn open(region: DivisionCode, number: usize, at: Timestamp) -> Result<Self> {
        let hub = key(Algorithm::Ed25519, "hub", 0)?;
        let root = key(Algorithm::Ed25519, "root", 0)?;
        // Node keys live for two days at most, so each step has its own.
        let node = key(Algorithm::Ed25519, "node", number)?;
        let lists = key(Algorithm::Es256, "lists", number)?;
        let day = Day::of(at, Offset::CHINA)?;
        let validity = Validity::new(at.minus(Span::days(1)), at.plus(Span::days(30)))?;
        let roles = Roles::new([Role::Codes, Role::Lists])?;
        let entry = IssuerEntry::new(
            region,
            Offset::CHINA,
            STALENESS,
            validity,
            vec![RootKey::new(root.public_key().clone(), roles, validity)],
            Vec::new(),
        )?;
        let trust = TrustList::new(TrustDraft {
            version: 1,
            issued_at: at.minus(Span::hours(1)),
            expires_at: at.plus(Span::days(30)),
            removals_settled_until: at.minus(Span::hours(1)),
            hub_keys: vec![hub.public_key().clone()],
            removal_keys: Vec::new(),
            issuers: vec![entry],
        })?
        .sign(&hub)?;
        let trust = TrustList::open(&trust, &[hub.public_key().clone()])?;
        let trust = HeldTrust::begin(trust, None, at)?;
        let from = at.minus(Span::hours(1));
        let until = at.plus(Span::hours(47));
        let listed = [
            NodeKey::new(node.public_key().clone(), KeyUse::Codes, from, until)?,
            NodeKey::new(lists.public_key().clone(), KeyUse::Lists, from, until)?,
        ];
        let list = KeyList::new(region, number as u64, from, until, listed)?.sign(&root)?;
        let mut keys = KeyBook::new();
        keys.adopt(&list, region, &[root.public_key().clone()], at)?;
        let name = DayKeyName {
            region,
            day,
            epoch: 0,
        };
        let secret = demonstration_bytes("day key", usize::from(day.number()));
        Ok(Self {
            region,
            number,
            at,
            issuer: Issuer::new(region, node, STALENESS, Offset::CHINA)?,
            lists,
            day,
            day_key: DayKey::from_random(name, Zeroizing::new(secret)),
            trust,
            keys,
            memory: ShowingMemory::default(),
        })
    }

    /// Signs what was decided as a live code and as the one that a phone carries, and asks the gate
    /// about both a breath later.
    pub(super) fn show(&mut self, decision: &Decision, class: ReasonClass) -> Result<Shown> {
        let decided = Decided {
            statement: Statement::new(decision.level, class, self.at)?,
            valid_until: decision.valid_until,
        };
        let domain = Domain::SMALLEST;
        let index = self.day_key.list(domain).index_of(SUBJECT)?;
        let status = self.status_list(index, decision.level, domain)?;
        let holder = key(Algorithm::Es256, "phone", 0)?;
        let handle = self.day_key.live().handle(SUBJECT, Minute::of(self.at));
        let none = Extension::empty();
        let live = self.issuer.live(&decided, handle, &none, self.at)?;
        let place = CarriedPlace {
            day: u32::from(self.day.number()),
            index: index.position(),
            holder: holder.public_key().clone(),
        };
        let carried = self.issuer.carried(&decided, &place, &none, self.at)?;
        let seen = self.at.plus(Span::seconds(5));
        let carried = carried::show(&holder, &carried, seen)?;
        Ok(Shown {
            live: self.judge(live, &status, seen),
            carried: self.judge(carried, &status, seen),
        })
    }

    /// The day's list, signed by the region and taken in by the gate.
    fn status_list(
        &self,
        index: hc_code::day_index::DayIndex,
        level: Level,
        domain: Domain,
    ) -> Result<HeldLists> {
        let name = ListName {
            region: self.region,
            day: self.day,
            epoch: 0,
            domain,
        };
        let mut book = ListBook::begin(name, Offset::CHINA, [(index, Listed::from(level))])?;
        let times = EditionTimes {
            as_of: self.at,
            issued_at: self.at,
            expires_at: self.day.end(Offset::CHINA),
        };
        let signed = book.publish(times, &self.lists)?;
        let issuer = ListIssuer {
            region: self.region,
            key: self.lists.public_key(),
            offset: Offset::CHINA,
        };
        let mut held = HeldLists::new();
        let delta = Delta::open(&signed, &issuer)?;
        held.accept_delta(&delta, self.at)
            .with_context(|| format!("the list of step {}", self.number))?;
        Ok(held)
    }

    fn judge(&mut self, text: String, status: &HeldLists, now: Timestamp) -> Judged {
        let trust = self.trust.at(now);
        let times = status.issued().chain(self.keys.times());
        let gate = Gate {
            trust: &trust,
            keys: &self.keys,
            status,
            paper: &HeldPaperLists::new(),
            policy: &RecognitionPolicy::plain(),
            clock: ClockFloor::new(trust.issued_at(), times),
        };
        let verdict = gate.verify(&text, now, &mut self.memory);
        Judged { text, verdict }
    }
}
