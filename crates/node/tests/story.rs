//! A node over the real engine: from enrolment to erasure.

use std::num::{NonZeroU16, NonZeroU32};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use hc_code::signing::{Algorithm, SigningKey};
use hc_code::verify::{Action, RecognitionPolicy};
use hc_code::{HttpsUri, Level, Offset, ReasonClass, Span, Timestamp};
use hc_core::act::ActError;
use hc_core::party::Duty;
use hc_core::rulebook::Rulebook;
use hc_core::rules::RulePack;
use hc_core::store::{ColumnCipher, DocumentHasher, Store as _, StoreError};
use hc_node::keys::RegionTerms;
use hc_node::officers::OfficerTerms;
use hc_node::party::PartyId;
use hc_node::region::{BatchForm, Clock, Parts, Region, RegionError, Steps};
use hc_node::show::ShowError;
use hc_node::token::TokenSealer;
use hc_people::Crowd;
use hc_store_sqlite::{Options, SqliteStore};
use hc_testkit::regions::{holder, key};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use tempfile::TempDir;
use zeroize::Zeroizing;

struct Hands(AtomicI64);

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix(self.0.load(Ordering::Acquire))
    }
}

type Node = Region<SqliteStore, SigningKey>;

struct World {
    node: Node,
    hands: Arc<Hands>,
    crowd: Crowd,
}

fn noon() -> Timestamp {
    "2022-07-08T12:00:00+08:00".parse().unwrap()
}

impl World {
    async fn at(folder: &TempDir, seed: u64, now: Timestamp) -> Self {
        let pack = include_str!("../../../policies/zhejiang-2022-06.toml");
        Self::under(folder, seed, now, pack).await
    }

    async fn under(folder: &TempDir, seed: u64, now: Timestamp, pack: &str) -> Self {
        let hands = Arc::new(Hands(AtomicI64::new(now.unix())));
        let random = |part: u64| Box::new(ChaCha20Rng::seed_from_u64(seed * 2 + part));
        let store = SqliteStore::open(
            &folder.path().join("region.db"),
            ColumnCipher::new(&Zeroizing::new([1; 32])),
            random(0),
            &Options::default(),
        )
        .unwrap();
        let parts = Parts {
            store,
            terms: RegionTerms {
                division: "330000".parse().unwrap(),
                offset: Offset::CHINA,
                staleness_limit: Span::hours(4),
                algorithm: Algorithm::Ed25519,
            },
            root: key(Algorithm::Ed25519, 3, 1),
            paper: key(Algorithm::Ed25519, 3, 2),
            log: hc_node::heads::LogParts {
                signer: hc_testkit::regions::log_signer(3),
                memory: Box::<hc_node::heads::InMemory>::default(),
            },
            hasher: DocumentHasher::new(&Zeroizing::new([2; 32])),
            tokens: TokenSealer::new(&Zeroizing::new([3; 32])),
            rulebook: Rulebook::new(RulePack::parse(pack).unwrap()),
            policy: RecognitionPolicy::plain(),
            lists_at: HttpsUri::parse("https://330000.example/status").unwrap(),
            clock: Arc::clone(&hands) as Arc<dyn Clock>,
            random: random(1),
        };
        let node = Region::begin(parts, |_| {}).await.unwrap();
        Self {
            node,
            hands,
            crowd: Crowd::of("330106".parse().unwrap()),
        }
    }

    async fn forward(&self, span: Span) {
        self.hands.0.fetch_add(span.as_seconds(), Ordering::AcqRel);
        self.node.tend().await.unwrap();
    }

    async fn enrol(&self, person: u32) -> String {
        let enrolment = self.crowd.enrolment(person, self.node.now()).unwrap();
        self.node.enrol(enrolment).await.unwrap().token
    }

    async fn test(&self, person: u32, result: &str) -> usize {
        let at = self.node.now();
        let number = self.crowd.person(person).number;
        let line = format!(
            r#"{{"ref":"T-{at}-{result}","source":"laboratory","by":"检验所","document_type":"111","document":"{number}","kind":"test","at":"{at}","method":"nucleic-acid","pooling":"single","result":"{result}"}}"#
        );
        let received = self.node.receive(line.as_bytes(), BatchForm::Ndjson).await;
        let received = received.unwrap();
        assert!(received.batch.quarantined().is_empty(), "{received:?}");
        received.taken.changed.len()
    }

    fn level(&self, token: &str) -> (Level, ReasonClass) {
        let (shown, _) = self.node.show(token, 1).unwrap();
        let verdict = self.node.verify(&shown.codes[0].text);
        assert_eq!(verdict.level, Some(shown.level), "{verdict:?}");
        (shown.level, shown.class)
    }
}

#[tokio::test]
async fn a_person_declares_shows_is_tested_waits_and_is_low_again() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::at(&folder, 1, noon()).await;
    let token = world.enrol(1).await;
    let other = world.enrol(2).await;
    assert_eq!(world.level(&token), (Level::Low, ReasonClass::None));
    let (before, _) = world.node.show(&token, 1).unwrap();

    assert_eq!(world.test(1, "positive").await, 1);
    assert_eq!(world.level(&token), (Level::High, ReasonClass::Test));
    assert_eq!(world.level(&other).0, Level::Low, "nobody else");
    // The code of a moment ago is genuine, and the region knows better.
    let verdict = world.node.verify(&before.codes[0].text);
    assert_eq!((verdict.action, verdict.cause), (Action::Refuse, "newer"));
    let why = world.node.why(&token).await.unwrap();
    assert_eq!(why.explanation.level, Level::High);
    assert_eq!(why.explanation.reasons[0].rule, "positive-test");
    assert_eq!(why.evidence.len(), 1);

    world.forward(Span::days(7)).await;
    assert_eq!(world.level(&token).0, Level::Low);
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::at(&folder, 1, noon()).await;
    let (token, other) = (world.enrol(1).await, world.enrol(2).await);
    world.test(1, "positive").await;
    drop(world);
    let later = noon().plus(Span::hours(1));
    let world = World::at(&folder, 2, later).await;
    assert_eq!(world.level(&token), (Level::High, ReasonClass::Test));
    assert_eq!(world.level(&other).0, Level::Low);
    let counts = world.node.load().0;
    assert_eq!((counts.active, counts.exceptions), (2, 1));
}

#[tokio::test]
async fn after_a_start_under_other_rules_everybody_is_decided_anew() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::at(&folder, 1, noon()).await;
    let (token, other) = (world.enrol(1).await, world.enrol(2).await);
    world.test(1, "positive").await;
    assert_eq!(
        world
            .node
            .redecide_everybody(steps(1), |_| {})
            .await
            .unwrap(),
        0
    );
    drop(world);
    let pack = include_str!("../../../policies/zhejiang-2022-06.toml");
    let pack = pack
        .replace("result = [\"positive\"]", "result = [\"undecided\"]")
        .replace("version = 1", "version = 2");
    let later = noon().plus(Span::hours(1));
    let world = World::under(&folder, 2, later, &pack).await;
    let looked = Mutex::new(Vec::new());
    let turned = world
        .node
        .redecide_everybody(steps(1), |count| looked.lock().unwrap().push(count))
        .await;
    assert_eq!(
        turned.unwrap(),
        1,
        "who is plainly low stays so by every version"
    );
    let looked = looked.into_inner().unwrap();
    assert!(looked.is_sorted() && looked.last() == Some(&2));
    assert_eq!(world.level(&token).0, Level::Low);
    assert_eq!(world.level(&other).0, Level::Low);
}

#[tokio::test]
async fn evidence_waits_for_whoever_has_not_enrolled() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::at(&folder, 1, noon()).await;
    assert_eq!(world.test(5, "positive").await, 0);
    let token = world.enrol(5).await;
    assert_eq!(world.level(&token), (Level::High, ReasonClass::Test));
}

#[tokio::test]
async fn a_withdrawn_number_shows_nothing_and_the_person_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::at(&folder, 1, noon()).await;
    let token = world.enrol(1).await;
    world.test(1, "positive").await;
    let (shown, _) = world.node.show(&token, 1).unwrap();
    let next = world
        .node
        .withdraw(&token, "lost".to_owned())
        .await
        .unwrap();
    assert!(matches!(
        world.node.show(&token, 1),
        Err(ShowError::Withdrawn)
    ));
    let stolen = world.node.verify(&shown.codes[0].text);
    assert_eq!(
        (stolen.action, stolen.level),
        (Action::Unknown, Some(Level::Unknown))
    );
    assert_eq!(world.level(&next), (Level::High, ReasonClass::Test));
    // The card finds the new number, not the old one.
    let again = world.enrol(1).await;
    assert_eq!(world.level(&again).0, Level::High);
    assert_eq!(world.node.load().0.active, 1);
}

#[tokio::test]
async fn whoever_is_erased_is_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::at(&folder, 1, noon()).await;
    let token = world.enrol(1).await;
    let export = world.node.export(&token).await.unwrap();
    assert_eq!((export.documents.len(), export.declarations.len()), (1, 1));
    world.node.erase(&token).await.unwrap();
    assert!(matches!(
        world.node.show(&token, 1),
        Err(ShowError::Withdrawn)
    ));
    assert!(matches!(
        world.node.export(&token).await,
        Err(RegionError::Act(ActError::NotEnrolled))
    ));
    // Enrolled anew, nothing of before is known.
    world.hands.0.fetch_add(60, Ordering::AcqRel);
    let anew = world.enrol(1).await;
    let export = world.node.export(&anew).await.unwrap();
    assert_eq!((export.declarations.len(), export.evidence.len()), (1, 1));
}

#[tokio::test]
async fn carried_codes_and_paper_follow_the_person() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::at(&folder, 1, noon()).await;
    let token = world.enrol(1).await;
    let device = holder(9);
    let carried = world
        .node
        .carry(&token, hc_code::signing::Signer::public_key(&device))
        .unwrap();
    assert_eq!(carried.len(), 1, "only today's before the evening");
    let (paper, sheet) = world.node.issue_paper(&token).await.unwrap();
    let judge = |text: &str| {
        let verdict = world.node.verify(text);
        (verdict.action, verdict.level)
    };
    let show = || hc_code::carried::show(&device, &carried[0].text, world.node.now()).unwrap();
    assert_eq!(judge(&show()), (Action::Pass, Some(Level::Low)));
    assert_eq!(judge(&sheet), (Action::Pass, Some(Level::Low)));
    assert_eq!(
        judge(&carried[0].text).0,
        Action::Invalid,
        "a picture of it"
    );
    world.forward(Span::seconds(60)).await;
    world.test(1, "positive").await;
    world.forward(Span::seconds(1)).await;
    assert_eq!(judge(&show()), (Action::Refuse, Some(Level::High)));
    assert_eq!(judge(&sheet), (Action::Refuse, Some(Level::High)));
    world
        .node
        .withdraw_paper(&token, paper.pointer)
        .await
        .unwrap();
    assert_eq!(judge(&sheet), (Action::Unknown, Some(Level::Unknown)));
    let other = world.enrol(2).await;
    assert!(
        world
            .node
            .withdraw_paper(&other, paper.pointer)
            .await
            .is_err()
    );
}

#[tokio::test]
async fn codes_age_with_the_facts_and_turn_unknown_at_the_limit() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::at(&folder, 1, noon()).await;
    let token = world.enrol(1).await;
    let as_of = world.node.show(&token, 1).unwrap().0.as_of;
    // Nobody tends: as if the store were gone.
    world.hands.0.fetch_add(3 * 3600, Ordering::AcqRel);
    let (shown, _) = world.node.show(&token, 1).unwrap();
    assert_eq!(shown.as_of, as_of);
    assert_eq!(world.node.verify(&shown.codes[0].text).action, Action::Pass);
    world.hands.0.fetch_add(2 * 3600, Ordering::AcqRel);
    let (shown, _) = world.node.show(&token, 1).unwrap();
    let verdict = world.node.verify(&shown.codes[0].text);
    assert_eq!(
        (verdict.action, verdict.level),
        (Action::Unknown, Some(Level::Unknown))
    );
}

#[tokio::test]
async fn after_a_restart_gates_take_the_list_of_the_next_epoch() {
    use hc_code::status_list::{Delta, HeldLists, ListIssuer};
    let folder = tempfile::tempdir().unwrap();
    let mut held = HeldLists::new();
    for restart in 0..3_u8 {
        let now = noon().plus(Span::hours(restart.into()));
        let world = World::at(&folder, restart.into(), now).await;
        world.node.publish_lists().unwrap();
        let out = world.node.lists();
        let list = out.values().next().unwrap();
        assert_eq!(list.epoch, restart);
        let key = world.node.list_key();
        let issuer = ListIssuer {
            region: world.node.division(),
            key: &key,
            offset: Offset::CHINA,
        };
        let whole = Delta::open(&list.whole, &issuer).unwrap();
        held.accept_delta(&whole, now).unwrap();
    }
}

#[tokio::test]
async fn status_lists_say_what_codes_say() {
    use hc_code::status_list::{Delta, HeldLists, ListIssuer};
    use hc_code::verify::{Listed, StatusLookup};
    let folder = tempfile::tempdir().unwrap();
    let world = World::at(&folder, 1, noon()).await;
    let token = world.enrol(1).await;
    let device = holder(9);
    let carried = world
        .node
        .carry(&token, hc_code::signing::Signer::public_key(&device))
        .unwrap();
    let text = hc_code::text::CodeText::parse(&carried[0].text).unwrap();
    let signed = hc_code::cose::Sign1::parse(text.security()).unwrap();
    let claims = hc_code::claims::Claims::decode(signed.payload()).unwrap();
    let hc_code::claims::Body::Carried(place) = claims.body() else {
        panic!("not carried")
    };
    let mut held = HeldLists::new();
    let mut expect = |listed: Listed| {
        world.node.publish_lists().unwrap();
        let out = world.node.lists();
        let list = out.values().next().unwrap();
        let key = world.node.list_key();
        let issuer = ListIssuer {
            region: world.node.division(),
            key: &key,
            offset: Offset::CHINA,
        };
        let (_, delta) = list.deltas.back().unwrap();
        let delta = Delta::open(delta, &issuer).unwrap();
        held.accept_delta(&delta, world.node.now()).unwrap();
        let answer = held.status(world.node.division(), place.day(), place.index());
        assert_eq!(answer.unwrap().listed, listed);
        let whole = Delta::open(&list.whole, &issuer).unwrap();
        let mut fresh = HeldLists::new();
        fresh.accept_delta(&whole, world.node.now()).unwrap();
        let answer = fresh.status(world.node.division(), place.day(), place.index());
        assert_eq!(
            answer.unwrap().listed,
            listed,
            "the whole list says the same"
        );
        assert_eq!(list.shards.len(), 1);
    };
    expect(Listed::Low);
    world.forward(Span::seconds(60)).await;
    world.test(1, "positive").await;
    world.forward(Span::seconds(60)).await;
    expect(Listed::High);
    world
        .node
        .withdraw(&token, "lost".to_owned())
        .await
        .unwrap();
    world.forward(Span::seconds(60)).await;
    expect(Listed::Recheck);
}

#[tokio::test]
async fn a_pack_that_was_activated_and_areas_that_were_published_are_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let later = noon().plus(Span::days(3));
    let world = World::at(&folder, 1, noon()).await;
    for (id, name, number) in [("li", "李明", 1), ("wang", "王芳", 2)] {
        let key = key(Algorithm::Ed25519, 60, number);
        let terms = OfficerTerms::new(
            PartyId::parse(id).unwrap(),
            name,
            [Duty::Operator].into_iter().collect(),
            hc_code::signing::Signer::public_key(&key).clone(),
            (noon(), noon().plus(Span::days(9))),
        );
        let row = terms.unwrap().to_row();
        let written = world.node.store().write(move |writing| {
            writing.set_party(&row)?;
            Ok::<_, StoreError>(())
        });
        written.await.unwrap();
    }
    let officer = |id: &str| PartyId::parse(id).unwrap();
    let text = include_str!("../../../policies/zhejiang-2022-06.toml");
    let text = text.replacen("version = 1", "version = 2", 1);
    let pack = world.node.prove_pack(&text).unwrap();
    world
        .node
        .upload_pack(pack, text, officer("li"))
        .await
        .unwrap();
    let proposed = world.node.proposed_rules(2).await.unwrap();
    let proposal = world.node.propose(proposed, officer("li")).await.unwrap();
    world
        .node
        .approve(proposal.id, officer("wang"))
        .await
        .unwrap();
    let areas = include_bytes!("../../healthcode/tour/2022070809.json");
    let read = world.node.read_areas(areas).unwrap();
    assert_eq!(
        world.node.publish_areas(read, officer("li")).await,
        Ok(true)
    );
    drop(world);

    // Before the notice is over the pack of the file decides, and then the one that was activated.
    let world = World::at(&folder, 2, noon().plus(Span::hours(1))).await;
    assert_eq!(world.node.rulebook().pack().version, 1);
    assert_eq!(world.node.rulebook().history().periods().len(), 1);
    world.forward(Span::hours(24)).await;
    assert_eq!(world.node.rulebook().pack().version, 2);
    drop(world);
    let world = World::at(&folder, 3, later).await;
    assert_eq!(world.node.rulebook().pack().version, 2);
    assert_eq!(
        world.node.redecide_where_wanted(steps(10)).await,
        Ok(Some(0))
    );
}

fn steps(at_once: u32) -> Steps {
    Steps {
        lanes: NonZeroU16::new(3).unwrap(),
        at_once: NonZeroU32::new(at_once).unwrap(),
    }
}
