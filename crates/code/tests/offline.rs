//! Phones and gates without network, with real lists: signed, read, held and looked up.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use hc_code::day_index::{DayIndex, Domain};
use hc_code::keys::{KeyBook, KeyUse};
use hc_code::paper::Pointer;
use hc_code::paper_list::{HeldPaperLists, PaperList, Salt};
use hc_code::signing::{Algorithm, Signer, SigningKey};
use hc_code::status_list::{Delta, EditionTimes, HeldLists, ListBook, ListIssuer, ListName};
use hc_code::trust_list::{
    HeldTrust, IssuerEntry, Role, Roles, RootKey, TrustDraft, TrustList, Validity,
};
use hc_code::verify::{
    Action, ClockFloor, Gate, Listed, RecognitionPolicy, ShowingMemory, Verdict,
};
use hc_code::{Day, Level, Offset, Span, Timestamp};
use hc_testkit::regions::{NOON, STALENESS, key};
use hc_testkit::vectors::World;

/// A gate with everything that it fetched.
struct OfflineGate {
    trust: HeldTrust,
    keys: KeyBook,
    status: HeldLists,
    paper: HeldPaperLists,
    policy: RecognitionPolicy,
    memory: ShowingMemory,
}

impl OfflineGate {
    /// A gate that fetched trust list and key list at 11:30.
    fn new(world: &World) -> Self {
        let hub = key(Algorithm::Ed25519, 200, 0);
        let region = world.region.division();
        let always = Validity::new(NOON.minus(Span::days(30)), NOON.plus(Span::days(300)));
        let roles = Roles::new([Role::Codes, Role::Lists]).unwrap();
        let root = RootKey::new(
            world.region.root().public_key().clone(),
            roles,
            always.unwrap(),
        );
        let entry = IssuerEntry::new(
            region,
            Offset::CHINA,
            STALENESS,
            always.unwrap(),
            vec![root],
            vec![],
        )
        .unwrap();
        let issued_at = NOON.minus(Span::hours(6));
        let list = TrustList::new(TrustDraft {
            version: 1,
            issued_at,
            expires_at: issued_at.plus(Span::days(30)),
            removals_settled_until: issued_at,
            hub_keys: vec![hub.public_key().clone()],
            removal_keys: vec![],
            issuers: vec![entry],
        })
        .unwrap();
        let signed = list.sign(&hub).unwrap();
        let list = TrustList::open(&signed, &[hub.public_key().clone()]).unwrap();
        let fetched = NOON.minus(Span::seconds(1800));
        let trust = HeldTrust::begin(list, None, fetched).unwrap();
        let mut keys = KeyBook::new();
        let roots = trust.at(fetched).roots(region, Role::Codes);
        let roots: Vec<_> = roots.into_iter().cloned().collect();
        let key_list = world.region.key_list(1, world.region.listed_keys());
        keys.adopt(&key_list, region, &roots, fetched).unwrap();
        Self {
            trust,
            keys,
            status: HeldLists::new(),
            paper: HeldPaperLists::new(),
            policy: RecognitionPolicy::plain(),
            memory: ShowingMemory::default(),
        }
    }

    fn verify(&mut self, text: &str, now: Timestamp) -> Verdict {
        let trust = self.trust.at(now);
        let lists = self.status.issued().chain(self.keys.times());
        let gate = Gate {
            trust: &trust,
            keys: &self.keys,
            status: &self.status,
            paper: &self.paper,
            policy: &self.policy,
            clock: ClockFloor::new(NOON.minus(Span::hours(6)), lists),
        };
        gate.verify(text, now, &mut self.memory)
    }
}

/// The region's side of one day's list.
struct Lists {
    book: ListBook,
    signer: SigningKey,
    world: World,
}

impl Lists {
    fn begin(world: World, day: Day) -> Self {
        let name = ListName {
            region: world.region.division(),
            day,
            epoch: 0,
            domain: Domain::new(20).unwrap(),
        };
        // Of three assigned indices and the rest of the domain, as a region would have it.
        let unassigned = (200..300).map(|index| (DayIndex::new(index), Listed::Recheck));
        Self {
            book: ListBook::begin(name, Offset::CHINA, unassigned).unwrap(),
            signer: world.region.node_key(KeyUse::Lists, 0),
            world,
        }
    }

    fn note(&mut self, index: u32, value: Listed) {
        self.book.note(DayIndex::new(index), value).unwrap();
    }

    /// Publishes at a time and lets gates fetch it.
    fn publish_to(&mut self, gates: &mut [&mut OfflineGate], at: Timestamp, expires_at: Timestamp) {
        let times = EditionTimes {
            as_of: at.minus(Span::seconds(30)),
            issued_at: at,
            expires_at,
        };
        let bytes = self.book.publish(times, &self.signer).unwrap();
        let issuer = ListIssuer {
            region: self.world.region.division(),
            key: self.signer.public_key(),
            offset: Offset::CHINA,
        };
        let delta = Delta::open(&bytes, &issuer).unwrap();
        for gate in gates {
            gate.status.accept_delta(&delta, at).unwrap();
        }
    }
}

fn today() -> Day {
    Day::of(NOON, Offset::CHINA).unwrap()
}

fn minutes(minutes: u32) -> Span {
    Span::seconds(60 * minutes)
}

#[test]
fn withdrawn_and_reissued_passes_offline_within_a_minute() {
    let world = World::new(Algorithm::Ed25519);
    let mut gate = OfflineGate::new(&world);
    let mut other_gate = OfflineGate::new(&world);
    let mut lists = Lists::begin(World::new(Algorithm::Ed25519), today());
    let midnight = today().end(Offset::CHINA);
    lists.publish_to(
        &mut [&mut gate, &mut other_gate],
        NOON.minus(minutes(20)),
        midnight,
    );
    let day = u32::from(today().number());

    // A phone is lost: its index is withdrawn, and the owner gets a new code under a new index.
    let lost = world.carried_for(Level::Low, NOON.minus(Span::hours(1)), day, 100);
    let shown = World::shown(&lost, NOON);
    assert_eq!(gate.verify(&shown, NOON).action(), Action::Pass);
    lists.note(100, Listed::Recheck);
    lists.note(200, Listed::Low);
    let replacement = world.carried_for(Level::Low, NOON.plus(minutes(1)), day, 200);

    // One minute later, at a gate that has not been online since: its list has index 200 as not
    // assigned, but the code is newer.
    let soon = NOON.plus(minutes(1));
    let verdict = gate.verify(&World::shown(&replacement, soon), soon);
    assert_eq!(
        (verdict.action(), verdict.cause().word()),
        (Action::Pass, "code")
    );

    // At a gate with the new list the replacement passes, and the lost phone does not; nor is it red.
    lists.publish_to(&mut [&mut other_gate], soon, midnight);
    let later = NOON.plus(minutes(2));
    let verdict = other_gate.verify(&World::shown(&replacement, later), later);
    assert_eq!(
        (verdict.action(), verdict.cause().word()),
        (Action::Pass, "list")
    );
    let verdict = other_gate.verify(&World::shown(&lost, later), later);
    assert_eq!(
        (verdict.action(), verdict.cause().word()),
        (Action::Unknown, "list")
    );
    assert_eq!(verdict.genuine().unwrap().level(), Some(Level::Unknown));
}

#[test]
fn phone_and_gate_without_network_from_2330_to_0030_pass() {
    let world = World::new(Algorithm::Ed25519);
    let mut gate = OfflineGate::new(&world);
    let tomorrow = today().next().unwrap();
    let midnight = today().end(Offset::CHINA);
    let mut first = Lists::begin(World::new(Algorithm::Ed25519), today());
    let mut second = Lists::begin(World::new(Algorithm::Ed25519), tomorrow);

    // In the evening the gate fetches today's list for the last time, and tomorrow's.
    let evening = midnight.minus(Span::hours(2));
    first.publish_to(&mut [&mut gate], midnight.minus(minutes(31)), midnight);
    second.publish_to(
        &mut [&mut gate],
        evening.plus(minutes(80)),
        tomorrow.end(Offset::CHINA),
    );
    let day = u32::from(today().number());
    // The key list of the gate ends tomorrow at 11:00, the code's key at 12:00: both codes fit.
    let of_today = world.carried_for(Level::Low, evening, day, 100);
    let of_tomorrow = world.carried_for_until(
        Level::Low,
        evening,
        day + 1,
        101,
        NOON.plus(Span::hours(23)),
    );

    for minute in 0..=60 {
        let now = midnight.minus(minutes(30)).plus(minutes(minute));
        let text = if now < midnight {
            &of_today
        } else {
            &of_tomorrow
        };
        let verdict = gate.verify(&World::shown(text, now), now);
        assert_eq!(
            (verdict.action(), verdict.cause().word()),
            (Action::Pass, "list"),
            "{now}: {:?}",
            verdict.cause()
        );
    }
    // Each is for its day alone.
    let now = midnight.plus(minutes(5));
    let verdict = gate.verify(&World::shown(&of_today, now), now);
    assert_eq!(verdict.action(), Action::Invalid);
    let now = midnight.minus(minutes(5));
    let verdict = gate.verify(&World::shown(&of_tomorrow, now), now);
    assert_eq!(verdict.cause().word(), "not-its-day");
}

#[test]
fn withdrawn_paper_is_unknown_and_the_rest_passes() {
    let world = World::new(Algorithm::Sm2);
    let mut gate = OfflineGate::new(&world);
    let text = world.paper(NOON.minus(Span::hours(20)));
    assert_eq!(gate.verify(&text, NOON).cause().word(), "no-list");
    let signer = world.region.node_key(KeyUse::Lists, 0);
    let issuer = ListIssuer {
        region: world.region.division(),
        key: signer.public_key(),
        offset: Offset::CHINA,
    };
    let sheet = Pointer::from_bytes([0x5a; 16]);
    for (sequence, listed, expected) in [
        (1, Listed::Low, Action::Pass),
        (2, Listed::High, Action::Refuse),
        (3, Listed::Recheck, Action::Unknown),
    ] {
        let at = NOON.minus(minutes(10 - sequence));
        let times = EditionTimes {
            as_of: at,
            issued_at: at,
            expires_at: at.plus(Span::hours(24)),
        };
        let salt = Salt::from_random([9; 16]);
        let list = PaperList::new(issuer.region, sequence, times, salt, [(sheet, listed)]);
        let signed = list.unwrap().sign(&signer).unwrap();
        let list = PaperList::open(&signed, &issuer).unwrap();
        gate.paper.accept(list, NOON).unwrap();
        assert_eq!(gate.verify(&text, NOON).action(), expected);
    }
}
