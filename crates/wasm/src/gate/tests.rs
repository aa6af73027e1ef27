use hc_code::day_index::{DayIndex, Domain};
use hc_code::issue::Decided;
use hc_code::keys::{KeyList, KeyUse, SignedKeyList};
use hc_code::live::Handle;
use hc_code::notice::Degraded;
use hc_code::paper::{Paper, Pointer};
use hc_code::paper_list::Salt;
use hc_code::signing::{Algorithm, Signer, SigningKey};
use hc_code::statement::{LastTest, Statement, TestKind};
use hc_code::status_list::{EditionTimes, ListBook, ListName};
use hc_code::trust_list::{Removal, Roles, RootKey, TrustDraft, Validity};
use hc_code::verify::{Action, Listed};
use hc_code::{Day, Extension, Level, Offset, ReasonClass, Span};
use hc_testkit::regions::{self, NOON, Region, STALENESS};

use super::*;
use crate::report::report;

mod door;

fn hub(number: u8) -> SigningKey {
    regions::key(Algorithm::Ed25519, 200, number)
}

fn region() -> Region {
    Region::new(330_000, Algorithm::Sm2, 1)
}

fn gate() -> Gate {
    let key = KeyFormText(hub(0).public_key().clone());
    let settings = format!(r#"{{"hubKeys":[{key}]}}"#);
    Gate::new(Settings::parse(settings.as_bytes()).unwrap()).unwrap()
}

struct KeyFormText(PublicKey);

impl core::fmt::Display for KeyFormText {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let digits = crate::json::hexadecimal(self.0.as_bytes());
        write!(
            f,
            r#"{{"algorithm":"{}","key":"{digits}"}}"#,
            self.0.algorithm()
        )
    }
}

/// A trust list with the region's root for those roles.
fn trust_list(version: u32, roles: &[Role], root: &PublicKey) -> Vec<u8> {
    trust_list_of(NOON, version, roles, root)
}

fn trust_list_of(issued_at: Timestamp, version: u32, roles: &[Role], root: &PublicKey) -> Vec<u8> {
    let always = Validity::new(Timestamp::from_unix(0), Timestamp::MAX).unwrap();
    let roles = Roles::new(roles.iter().copied()).unwrap();
    let entry = IssuerEntry::new(
        region().division(),
        Offset::CHINA,
        STALENESS,
        always,
        vec![RootKey::new(root.clone(), roles, always)],
        Vec::new(),
    );
    let list = TrustList::new(TrustDraft {
        version,
        issued_at,
        expires_at: issued_at.plus(Span::days(30)),
        removals_settled_until: issued_at.minus(Span::seconds(1)),
        hub_keys: vec![hub(0).public_key().clone()],
        removal_keys: vec![hub(1).public_key().clone()],
        issuers: vec![entry.unwrap()],
    });
    list.unwrap().sign(&hub(0)).unwrap()
}

fn removals(key: Option<&PublicKey>) -> Vec<u8> {
    let removal = Removal {
        region: region().division(),
        key: key.map(PublicKey::id),
        removed_at: NOON,
    };
    let list = RemovalList::new(NOON, vec![removal]).unwrap();
    list.sign(&hub(1)).unwrap()
}

fn key_list() -> Vec<u8> {
    let region = region();
    region.key_list(1, region.listed_keys()).as_bytes().to_vec()
}

const TIMES: EditionTimes = EditionTimes {
    as_of: NOON,
    issued_at: NOON,
    expires_at: NOON.plus(Span::hours(2)),
};

fn status_list(signer: &SigningKey) -> Vec<u8> {
    let name = ListName {
        region: region().division(),
        day: Day::from_number(19_171),
        epoch: 0,
        domain: Domain::new(20).unwrap(),
    };
    let entries = [(DayIndex::new(5), Listed::High)];
    let mut book = ListBook::begin(name, Offset::CHINA, entries).unwrap();
    book.publish(TIMES, signer).unwrap()
}

const SHEET: [u8; 16] = [9; 16];

fn paper_list(signer: &SigningKey) -> Vec<u8> {
    let sheets = vec![(Pointer::from_bytes(SHEET), Listed::Medium)];
    let salt = Salt::from_random([7; 16]);
    let list = PaperList::new(region().division(), 1, TIMES, salt, sheets).unwrap();
    list.sign(signer).unwrap()
}

/// A gate with trust, key, status and paper list.
fn whole() -> Gate {
    let (mut gate, here) = (gate(), region().division());
    let root = region().root().public_key().clone();
    let trust = trust_list(1, &[Role::Codes, Role::Lists], &root);
    let lists = region().node_key(KeyUse::Lists, 0);
    assert_eq!(gate.take_trust_list(&trust, NOON), Ok(Taken::Accepted));
    assert_eq!(
        gate.take_key_list(&key_list(), here, NOON),
        Ok(Taken::Newer)
    );
    assert_eq!(
        gate.take_delta(&status_list(&lists), here, NOON),
        Ok(Taken::New)
    );
    assert_eq!(
        gate.take_paper_list(&paper_list(&lists), here, NOON),
        Ok(Taken::Accepted)
    );
    gate
}

/// Somebody's live code of a minute.
fn live_at(now: Timestamp) -> String {
    let decided = Decided {
        statement: Statement::new(Level::Low, ReasonClass::None, now).unwrap(),
        valid_until: Timestamp::MAX,
    };
    let handle = Handle::from_bytes([1; 16]);
    let issuer = region().issuer();
    issuer
        .live(&decided, handle, &Extension::empty(), now)
        .unwrap()
}

fn word<T: core::fmt::Debug>(taken: Result<T, Refused>) -> &'static str {
    taken.unwrap_err().word()
}

#[test]
fn every_list_waits_for_the_one_that_vouches_for_it() {
    let (mut gate, here) = (gate(), region().division());
    let lists = region().node_key(KeyUse::Lists, 0);
    let (status, paper) = (status_list(&lists), paper_list(&lists));
    assert_eq!(
        word(gate.take_removals(&removals(None), NOON)),
        "no-trust-list"
    );
    assert_eq!(
        word(gate.take_key_list(&key_list(), here, NOON)),
        "no-trust-list"
    );
    assert_eq!(word(gate.take_delta(&status, here, NOON)), "no-trust-list");
    let said = |text: &str| {
        let verdict = gate.verify(text, NOON, &mut ShowingMemory::default());
        (verdict.action(), verdict.cause().word())
    };
    assert_eq!(said(""), (Action::Invalid, "text"));
    assert_eq!(
        said(&live_at(NOON)),
        (Action::Unknown, "trust-list-missing")
    );
    let root = region().root().public_key().clone();
    gate.take_trust_list(&trust_list(1, &[Role::Codes, Role::Lists], &root), NOON)
        .unwrap();
    assert_eq!(
        word(gate.take_delta(&status, here, NOON)),
        "key-list-missing"
    );
    assert_eq!(
        word(gate.take_paper_list(&paper, here, NOON)),
        "key-list-missing"
    );
    let elsewhere = DivisionCode::new(310_000).unwrap();
    assert_eq!(
        word(gate.take_key_list(&key_list(), elsewhere, NOON)),
        "not-by-root"
    );
    assert_eq!(
        word(gate.take_delta(&status, elsewhere, NOON)),
        "issuer-unknown"
    );
    assert_eq!(
        gate.take_key_list(&key_list(), here, NOON),
        Ok(Taken::Newer)
    );
    assert_eq!(gate.take_key_list(&key_list(), here, NOON), Ok(Taken::Same));
    assert_eq!(gate.take_delta(&status, here, NOON), Ok(Taken::New));
    assert_eq!(gate.take_delta(&status, here, NOON), Ok(Taken::Held));
}

#[test]
fn only_a_listed_key_for_lists_signs_lists() {
    let (mut gate, here) = (whole(), region().division());
    let mut offer =
        |signer: &SigningKey| word(gate.take_paper_list(&paper_list(signer), here, NOON));
    assert_eq!(offer(&region().node_key(KeyUse::Codes, 0)), "key-use");
    assert_eq!(offer(&region().node_key(KeyUse::Lists, 1)), "other-key");
    let late = NOON.plus(Span::hours(48));
    let lists = region().node_key(KeyUse::Lists, 0);
    assert_eq!(
        word(gate.take_delta(&status_list(&lists), here, late)),
        "key-list-expired"
    );
}

#[test]
fn a_root_for_codes_alone_vouches_for_no_list() {
    let (mut gate, here) = (gate(), region().division());
    let root = region().root().public_key().clone();
    gate.take_trust_list(&trust_list(1, &[Role::Codes], &root), NOON)
        .unwrap();
    gate.take_key_list(&key_list(), here, NOON).unwrap();
    let status = status_list(&region().node_key(KeyUse::Lists, 0));
    assert_eq!(word(gate.take_delta(&status, here, NOON)), "not-by-root");
}

#[test]
fn a_key_list_goes_with_the_root_that_signed_it() {
    let (mut gate, here) = (whole(), region().division());
    let other = Region::new(330_000, Algorithm::Sm2, 2)
        .root()
        .public_key()
        .clone();
    gate.take_trust_list(&trust_list(2, &[Role::Codes, Role::Lists], &other), NOON)
        .unwrap();
    let status = status_list(&region().node_key(KeyUse::Lists, 0));
    assert_eq!(
        word(gate.take_delta(&status, here, NOON)),
        "key-list-missing"
    );
    assert_eq!(
        word(gate.take_key_list(&key_list(), here, NOON)),
        "not-by-root"
    );
}

#[test]
fn what_is_removed_signs_no_more() {
    let lists = region().node_key(KeyUse::Lists, 0);
    let (mut gate, here) = (whole(), region().division());
    gate.take_removals(&removals(Some(lists.public_key())), NOON)
        .unwrap();
    assert_eq!(
        word(gate.take_delta(&status_list(&lists), here, NOON)),
        "key-removed"
    );
    gate.take_removals(&removals(None), NOON).unwrap();
    assert_eq!(
        word(gate.take_delta(&status_list(&lists), here, NOON)),
        "issuer-removed"
    );
    assert_eq!(gate.issuer(here, NOON), (IssuerAnswer::Removed, Vec::new()));
}

#[test]
fn a_list_from_the_future_is_the_clocks_fault_and_not_the_keys() {
    let here = region().division();
    let lists = region().node_key(KeyUse::Lists, 0);
    let before = NOON.minus(Span::hours(1));
    let root = region().root().public_key().clone();
    let mut gate = gate();
    gate.take_trust_list(&trust_list(1, &[Role::Codes, Role::Lists], &root), NOON)
        .unwrap();
    gate.take_key_list(&key_list(), here, before).unwrap();
    assert_eq!(
        word(gate.take_delta(&status_list(&lists), here, before)),
        "from-the-future"
    );
    // Signed after the key's last day, and no clock is wrong.
    let signed: SignedKeyList = {
        let half = Span::seconds(60);
        let key = lists.public_key().clone();
        let key = NodeKey::new(key, KeyUse::Lists, before, before.plus(half)).unwrap();
        KeyList::new(here, 2, NOON, NOON.plus(Span::hours(48)), [key])
            .unwrap()
            .sign(region().root())
            .unwrap()
    };
    gate.take_key_list(signed.as_bytes(), here, NOON).unwrap();
    assert_eq!(
        word(gate.take_delta(&status_list(&lists), here, NOON)),
        "key-dates"
    );
}

#[test]
fn lists_answer_and_are_forgotten_when_their_day_is_over() {
    let (mut gate, here) = (whole(), region().division());
    let listed = |answer: Option<ListAnswer>| answer.map(|answer| answer.listed);
    assert_eq!(listed(gate.status(here, 19_171, 5)), Some(Listed::High));
    assert_eq!(listed(gate.status(here, 19_171, 6)), Some(Listed::Low));
    assert_eq!(listed(gate.status(here, 19_172, 5)), None);
    assert_eq!(listed(gate.paper(here, &SHEET)), Some(Listed::Medium));
    gate.forget_past(NOON.plus(Span::hours(3)));
    assert_eq!(listed(gate.status(here, 19_171, 5)), None);
}

#[test]
fn a_restart_forgets_no_mark() {
    let marks = whole().marks().json();
    let key = KeyFormText(hub(0).public_key().clone());
    let settings = format!(r#"{{"hubKeys":[{key}],"marks":{marks}}}"#);
    let mut again = Gate::new(Settings::parse(settings.as_bytes()).unwrap()).unwrap();
    assert_eq!(again.marks().json(), marks);
    let root = region().root().public_key().id();
    assert_eq!(
        marks,
        format!(
            r#"{{"trustVersion":1,"keys":[{{"region":"330000","root":"{root}","version":"0000000000000001","issuedAt":1656385200}}],"status":[{{"region":"330000","day":19171,"epoch":0,"domainBits":20,"full":1,"newest":1,"issuedAt":1656388800}}],"paper":[{{"region":"330000","sequence":1,"issuedAt":1656388800}}]}}"#
        )
    );
    let root = region().root().public_key().clone();
    let older = trust_list(0, &[Role::Codes], &root);
    assert_eq!(word(again.take_trust_list(&older, NOON)), "rolled-back");
}

/// Otherwise a key that a later list has as removed would sign again after a restart.
#[test]
fn an_older_key_list_is_refused_after_a_restart_too() {
    let (mut gate, here) = (whole(), region().division());
    let later = region().key_list(2, region().listed_keys());
    let taken = gate.take_key_list(later.as_bytes(), here, NOON);
    assert_eq!(taken, Ok(Taken::Newer));
    let (key, marks) = (
        KeyFormText(hub(0).public_key().clone()),
        gate.marks().json(),
    );
    let settings = format!(r#"{{"hubKeys":[{key}],"marks":{marks}}}"#);
    let again = || {
        let settings = Settings::parse(settings.as_bytes()).unwrap();
        Gate::new(settings).unwrap()
    };
    let roles = [Role::Codes, Role::Lists];
    let root = region().root().public_key().clone();
    let mut gate = again();
    gate.take_trust_list(&trust_list(1, &roles, &root), NOON)
        .unwrap();
    let taken = gate.take_key_list(&key_list(), here, NOON);
    assert_eq!(word(taken), "rolled-back");
    let taken = gate.take_key_list(later.as_bytes(), here, NOON);
    assert_eq!(taken, Ok(Taken::Newer));
    // A root that is not trusted any more bars nobody's way.
    let successor = Region::new(330_000, Algorithm::Sm2, 2);
    let root = successor.root().public_key().clone();
    let mut gate = again();
    gate.take_trust_list(&trust_list(2, &roles, &root), NOON)
        .unwrap();
    let first = successor.key_list(1, successor.listed_keys());
    let taken = gate.take_key_list(first.as_bytes(), here, NOON);
    assert_eq!(taken, Ok(Taken::Newer));
}

#[test]
fn a_verdict_is_reported_field_by_field() {
    let test = LastTest::at(NOON, TestKind::NucleicAcid).unwrap();
    let statement = Statement::new(Level::Low, ReasonClass::None, NOON).unwrap();
    let decided = Decided {
        statement: statement.with_last_test(test).unwrap(),
        valid_until: Timestamp::MAX,
    };
    let handle = Handle::from_bytes([1; 16]);
    let extension = Extension::new(vec![1, 0xab]).unwrap();
    let text = region()
        .issuer()
        .live(&decided, handle, &extension, NOON)
        .unwrap();
    let (gate, mut memory) = (whole(), ShowingMemory::default());
    let verdict = gate.verify(&text, NOON, &mut memory);
    assert_eq!(verdict.action(), Action::Pass);
    let expires = verdict.genuine().unwrap().claims().expires_at().unix();
    assert_eq!(
        report(&verdict, None, None),
        format!(
            r#"{{"action":"pass","cause":"code","rule":"low-passes","notice":null,"now":1656388800,"clockBehindSeconds":0,"seenBefore":false,"genuine":{{"issuer":"330000","class":"live","level":"00","reason":"none","asOf":1656388800,"issuedAt":1656388800,"expiresAt":{expires},"lastTest":{{"at":1656388800,"kind":"nucleic-acid"}},"binder":null,"extension":"01ab"}}}}"#
        )
    );
    let verdict = gate.verify("HC1P", NOON, &mut memory);
    assert_eq!(
        report(&verdict, None, None),
        r#"{"action":"invalid","cause":"text","rule":null,"notice":null,"now":1656388800,"clockBehindSeconds":0,"seenBefore":false,"genuine":null}"#
    );
}

/// Most gates hold the lists of one region: its own.
#[test]
fn the_lists_of_a_gates_own_region_bring_a_clock_that_was_set_back_to_their_time() {
    let before = NOON.minus(Span::seconds(300));
    let text = live_at(before);
    let said = |gate: &Gate| {
        let verdict = gate.verify(&text, before, &mut ShowingMemory::default());
        let behind = verdict.clock_behind();
        (verdict.action(), verdict.cause().word(), behind)
    };
    let here = region().division();
    let root = region().root().public_key().clone();
    let an_hour_old = NOON.minus(Span::hours(1));
    let trust = trust_list_of(an_hour_old, 1, &[Role::Codes, Role::Lists], &root);
    let mut gate = gate();
    gate.take_trust_list(&trust, NOON).unwrap();
    gate.take_key_list(&key_list(), here, NOON).unwrap();
    let status = status_list(&region().node_key(KeyUse::Lists, 0));
    gate.take_delta(&status, here, NOON).unwrap();
    assert_eq!(said(&gate), (Action::Pass, "code", Span::ZERO));
    gate.region = Some(DivisionCode::new(310_000).unwrap());
    assert_eq!(said(&gate), (Action::Pass, "code", Span::ZERO));
    gate.region = Some(here);
    let due = (Action::Invalid, "expired", Span::seconds(300));
    assert_eq!(said(&gate), due);
    // Also after a restart, by what was remembered.
    let marks = gate.marks().json();
    let key = KeyFormText(hub(0).public_key().clone());
    let settings = format!(r#"{{"hubKeys":[{key}],"region":"330000","marks":{marks}}}"#);
    let mut again = Gate::new(Settings::parse(settings.as_bytes()).unwrap()).unwrap();
    again.take_trust_list(&trust, before).unwrap();
    again.take_key_list(&key_list(), here, before).unwrap();
    assert_eq!(said(&again), due);
}

fn notices(kind: Degraded, at: Timestamp, signer: &SigningKey) -> Vec<u8> {
    let notice = Notice::new(3, kind, (NOON, NOON.plus(Span::hours(6)))).unwrap();
    let life = (at, at.plus(Span::seconds(90)));
    let list = NoticeList::new(region().division(), life, vec![notice]);
    list.unwrap().sign(signer).unwrap()
}

#[test]
fn while_degraded_mode_holds_what_is_unknown_for_that_is_checked() {
    let here = region().division();
    let lists = region().node_key(KeyUse::Lists, 0);
    // Without its list a sheet is unknown.
    let mut gate = whole();
    gate.paper = HeldPaperLists::with_marks(Vec::new());
    let until = NOON.plus(Span::days(30));
    let text = region()
        .paper_issuer()
        .paper(
            Paper::new(Pointer::from_bytes(SHEET), None),
            &Extension::empty(),
            NOON,
            until,
        )
        .unwrap();
    let verdict = |gate: &Gate, at: Timestamp| {
        let mut memory = ShowingMemory::default();
        let verdict = gate.verify(&text, at, &mut memory);
        report(&verdict, None, gate.relief(&text, &verdict))
    };
    let unknown =
        r#"{"action":"unknown","cause":"no-list","rule":"unknown-stays-unknown","notice":null,"#;
    assert!(
        verdict(&gate, NOON).starts_with(unknown),
        "{}",
        verdict(&gate, NOON)
    );
    let about = |kind| notices(kind, NOON, &lists);
    assert_eq!(
        gate.take_notices(&about(Degraded::FactsStale), here, NOON),
        Ok(Taken::New)
    );
    assert!(verdict(&gate, NOON).starts_with(unknown));
    let offered = about(Degraded::ListsUnavailable);
    assert_eq!(gate.take_notices(&offered, here, NOON), Ok(Taken::New));
    assert_eq!(gate.take_notices(&offered, here, NOON), Ok(Taken::Held));
    let checked = r#"{"action":"check","cause":"no-list","rule":"unknown-stays-unknown","notice":"lists-unavailable","#;
    assert!(
        verdict(&gate, NOON).starts_with(checked),
        "{}",
        verdict(&gate, NOON)
    );
    // A list that has expired is as none.
    let later = NOON.plus(Span::seconds(89));
    assert!(gate.relief_without_code(here, later).is_none());
    let now = NOON.plus(Span::seconds(1));
    let older = notices(
        Degraded::CodesUnavailable,
        NOON.minus(Span::seconds(1)),
        &lists,
    );
    assert_eq!(word(gate.take_notices(&older, here, now)), "rolled-back");
    let newer = notices(Degraded::CodesUnavailable, now, &lists);
    assert_eq!(gate.take_notices(&newer, here, now), Ok(Taken::New));
    let relief = gate.relief_without_code(here, now);
    assert_eq!(
        crate::report::without_code(relief, gate.holding(here, now)),
        r#"{"action":"check","notice":"codes-unavailable","holding":["codes-unavailable"]}"#
    );
    let end = now.plus(Span::seconds(90));
    assert!(gate.relief_without_code(here, end).is_none());
}

#[test]
fn notices_by_another_key_are_refused() {
    let (mut gate, here) = (whole(), region().division());
    let codes = region().node_key(KeyUse::Codes, 0);
    let forged = notices(Degraded::FactsStale, NOON, &codes);
    assert_eq!(word(gate.take_notices(&forged, here, NOON)), "key-use");
    let lists = region().node_key(KeyUse::Lists, 0);
    let genuine = notices(Degraded::FactsStale, NOON, &lists);
    let late = NOON.plus(Span::seconds(90));
    assert_eq!(word(gate.take_notices(&genuine, here, late)), "expired");
    let early = NOON.minus(Span::seconds(601));
    let refused = gate.take_notices(&genuine, here, early);
    assert_eq!(word(refused), "from-the-future");
}
