use super::*;
use crate::ceremony::{Decided, Proposal};
use crate::difference::changes;
use crate::examination::{Against, Asked, Finding, examine};
use crate::register::Standing;
use hc_code::keys::{KeyList, KeyUse, NodeKey};
use hc_code::signing::{Algorithm, SigningKey};
use hc_code::trust_list::{Endpoint, EndpointKind, Line, RequestDraft, Role, Roles};
use hc_code::{HttpsUri, Offset, Span};
use hc_testkit::regions::NOON;
use tempfile::TempDir;

const OFFLINE: u8 = 1;
const REMOVER: u8 = 2;

fn key(fill: u8) -> SigningKey {
    SigningKey::deterministic(Algorithm::Ed25519, &[fill; 32]).unwrap()
}

fn public(fill: u8) -> PublicKey {
    key(fill).public_key().clone()
}

fn log() -> LogSigner {
    LogSigner::from_secret("hub.example".parse().unwrap(), &[9; 32]).unwrap()
}

fn hub(folder: &TempDir) -> Hub {
    Hub::create(
        folder.path(),
        log(),
        &[public(OFFLINE)],
        &public(REMOVER),
        NOON,
    )
    .unwrap()
}

fn region(text: &str) -> DivisionCode {
    text.parse().unwrap()
}

fn hours(hours: u16) -> Timestamp {
    NOON.plus(Span::hours(hours))
}

fn draft(code: &str, root: u8, made_at: Timestamp) -> RequestDraft {
    let at = |kind, path: &str| Endpoint {
        kind,
        address: HttpsUri::parse(&format!("https://{code}.example{path}")).unwrap(),
    };
    RequestDraft {
        made_at,
        region: region(code),
        offset: Offset::CHINA,
        staleness_limit: Span::hours(4),
        root: public(root),
        roles: Roles::new(Role::ALL).unwrap(),
        endpoints: vec![
            at(EndpointKind::Keys, "/v1/keys"),
            at(EndpointKind::Status, "/v1"),
            at(EndpointKind::Paper, "/v1/paper-list"),
            at(EndpointKind::Peer, ":9444"),
        ],
        name: Line::parse("a region").unwrap(),
        contact: Line::parse("12345").unwrap(),
    }
}

fn request(code: &str, root: u8) -> Vec<u8> {
    Request::new(draft(code, root, NOON))
        .unwrap()
        .sign(&key(root))
        .unwrap()
}

/// What the people of the ceremony do.
fn sign(hub: &Hub, at: Timestamp) -> Vec<u8> {
    let file = hub.propose(at).unwrap();
    let proposal = Proposal::read(&file, &[public(OFFLINE)]).unwrap();
    let next = proposal
        .next(&Decided::default(), at, Span::days(30))
        .unwrap();
    next.sign(&key(OFFLINE)).unwrap()
}

#[test]
fn a_region_is_admitted_listed_removed_and_let_in_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut hub = hub(&folder);
    let [zhejiang, guangdong] = ["330000", "440000"].map(region);
    hub.admit(&request("330000", 11), "duty officer", hours(0))
        .unwrap();
    hub.admit(&request("440000", 12), "duty officer", hours(0))
        .unwrap();
    assert_eq!(hub.register().standings()[&zhejiang], Standing::Admitted);
    let first = sign(&hub, hours(1));
    hub.adopt(&first, hours(1)).unwrap();
    assert_eq!(hub.register().standings()[&zhejiang], Standing::Listed);
    assert_eq!(
        hub.register().list().unwrap().removal_keys(),
        [public(REMOVER)]
    );
    hub.remove(zhejiang, None, "root stolen", &key(REMOVER), hours(2))
        .unwrap();
    assert_eq!(hub.register().standings()[&zhejiang], Standing::Removed);
    let removals = hub.register().removals().unwrap();
    assert_eq!(removals.removals().len(), 1);
    let second = sign(&hub, hours(3));
    hub.adopt(&second, hours(3)).unwrap();
    assert!(hub.register().list().unwrap().issuer(zhejiang).is_none());
    assert_eq!(hub.register().standings()[&guangdong], Standing::Listed);
    // With a new root, and the removal lapses since the list follows it.
    hub.admit(&request("330000", 13), "duty officer", hours(4))
        .unwrap();
    let third = sign(&hub, hours(5));
    hub.adopt(&third, hours(5)).unwrap();
    let roots = hub
        .register()
        .list()
        .unwrap()
        .issuer(zhejiang)
        .unwrap()
        .roots()
        .to_vec();
    assert_eq!(roots[0].key(), &public(13));
    // All of it is there after a restart, for readers beside the writer as well.
    let again = Hub::read(folder.path(), log()).unwrap();
    assert_eq!(again.register().standings(), hub.register().standings());
    assert_eq!(again.register().lists().len(), 3);
    assert_eq!(again.history().entries().len(), 8);
    assert!(matches!(
        Hub::write(folder.path(), log()),
        Err(HubError::Busy)
    ));
    let mut reader = again;
    assert!(matches!(
        reader.admit(&request("510000", 15), "x", hours(5)),
        Err(HubError::ReadOnly)
    ));
    drop(hub);
    assert!(Hub::write(folder.path(), log()).is_ok());
}

#[test]
fn the_online_side_takes_no_list_that_the_ceremony_did_not_make_of_its_register() {
    let folder = tempfile::tempdir().unwrap();
    let mut hub = hub(&folder);
    hub.admit(&request("330000", 11), "x", hours(0)).unwrap();
    let list = sign(&hub, hours(1));
    let opened = TrustList::open(&list, &[public(OFFLINE)]).unwrap();
    // Another key, a changed bit, another version, not of now.
    assert!(matches!(
        hub.adopt(&opened.sign(&key(REMOVER)).unwrap(), hours(1)),
        Err(HubError::List(_))
    ));
    for place in (0..list.len()).step_by(7) {
        let mut changed = list.clone();
        changed[place] ^= 1;
        assert!(hub.adopt(&changed, hours(1)).is_err(), "{place}");
    }
    assert!(matches!(
        hub.adopt(&list, hours(0)),
        Err(HubError::Time { .. })
    ));
    assert!(matches!(
        hub.adopt(&list, hours(24 * 31)),
        Err(HubError::Time { .. })
    ));
    // Somebody else was slipped into the proposal on its way.
    let elsewhere = tempfile::tempdir().unwrap();
    let mut other = Hub::create(
        elsewhere.path(),
        log(),
        &[public(OFFLINE)],
        &public(REMOVER),
        NOON,
    )
    .unwrap();
    other.admit(&request("330000", 11), "x", hours(0)).unwrap();
    other.admit(&request("440000", 66), "x", hours(0)).unwrap();
    let slipped_in = sign(&other, hours(1));
    assert!(matches!(
        hub.adopt(&slipped_in, hours(1)),
        Err(HubError::NotAdmitted { region, change: None }) if region == "440000".parse().unwrap()
    ));
    let third = tempfile::tempdir().unwrap();
    let mut other = Hub::create(
        third.path(),
        log(),
        &[public(OFFLINE)],
        &public(REMOVER),
        NOON,
    )
    .unwrap();
    other.admit(&request("330000", 66), "x", hours(0)).unwrap();
    let exchanged = sign(&other, hours(1));
    assert!(matches!(
        hub.adopt(&exchanged, hours(1)),
        Err(HubError::NotAdmitted {
            change: Some(_),
            ..
        })
    ));
    assert_eq!(hub.history().entries().len(), 2);
    hub.adopt(&list, hours(1)).unwrap();
    assert!(matches!(
        hub.adopt(&list, hours(1)),
        Err(HubError::Version {
            before: 1,
            found: 1
        })
    ));
}

#[test]
fn a_removal_that_comes_while_the_ceremony_goes_on_is_not_lost() {
    let folder = tempfile::tempdir().unwrap();
    let mut hub = hub(&folder);
    let zhejiang = region("330000");
    hub.admit(&request("330000", 11), "x", hours(0)).unwrap();
    hub.admit(&request("440000", 12), "x", hours(0)).unwrap();
    hub.adopt(&sign(&hub, hours(1)), hours(1)).unwrap();
    hub.remove(region("440000"), None, "x", &key(REMOVER), hours(1))
        .unwrap();
    let on_its_way = hub.propose(hours(2)).unwrap();
    hub.remove(zhejiang, None, "stolen", &key(REMOVER), hours(3))
        .unwrap();
    let proposal = Proposal::read(&on_its_way, &[public(OFFLINE)]).unwrap();
    let next = proposal
        .next(&Decided::default(), hours(4), Span::days(30))
        .unwrap();
    // It settles what the proposal knew of, and keeps the later removal: but the register no longer has
    // the region.
    assert!(next.removals_settled_until() < hours(3));
    let refused = hub.adopt(&next.sign(&key(OFFLINE)).unwrap(), hours(4));
    assert!(matches!(refused, Err(HubError::NotAdmitted { region, .. }) if region == zhejiang));
    hub.adopt(&sign(&hub, hours(5)), hours(5)).unwrap();
    assert!(hub.register().list().unwrap().issuers().is_empty());
}

#[test]
fn a_key_under_a_root_stays_removed_until_its_own_end() {
    let folder = tempfile::tempdir().unwrap();
    let mut hub = hub(&folder);
    hub.admit(&request("330000", 11), "x", hours(0)).unwrap();
    hub.adopt(&sign(&hub, hours(1)), hours(1)).unwrap();
    let node = public(77).id();
    hub.remove(
        region("330000"),
        Some(node),
        "node stolen",
        &key(REMOVER),
        hours(2),
    )
    .unwrap();
    hub.adopt(&sign(&hub, hours(3)), hours(3)).unwrap();
    let list = hub.register().list().unwrap();
    assert!(list.issuer(region("330000")).is_some());
    assert!(list.removals_settled_until() < hours(2));
    hub.remove(
        region("330000"),
        Some(public(78).id()),
        "another",
        &key(REMOVER),
        hours(4),
    )
    .unwrap();
    assert_eq!(hub.register().removals().unwrap().removals().len(), 2);
}

#[test]
fn only_the_key_that_the_list_names_removes_and_only_what_is_listed() {
    let folder = tempfile::tempdir().unwrap();
    let mut hub = hub(&folder);
    hub.admit(&request("330000", 11), "x", hours(0)).unwrap();
    let remove =
        |hub: &mut Hub, code: &str, by: u8| hub.remove(region(code), None, "x", &key(by), hours(2));
    assert!(matches!(
        remove(&mut hub, "330000", REMOVER),
        Err(HubError::NoList)
    ));
    hub.adopt(&sign(&hub, hours(1)), hours(1)).unwrap();
    assert!(matches!(
        remove(&mut hub, "330000", 11),
        Err(HubError::MayNotRemove(_))
    ));
    assert!(matches!(
        remove(&mut hub, "440000", REMOVER),
        Err(HubError::NotListed(_))
    ));
    assert!(matches!(
        hub.dismiss(region("440000"), None, "x", hours(2)),
        Err(HubError::Register(_))
    ));
    assert_eq!(hub.history().entries().len(), 3);
}

#[test]
fn the_ceremony_says_what_changes_and_refuses_what_it_cannot_check() {
    let folder = tempfile::tempdir().unwrap();
    let mut hub = hub(&folder);
    hub.admit(&request("330000", 11), "x", hours(0)).unwrap();
    hub.adopt(&sign(&hub, hours(1)), hours(1)).unwrap();
    hub.admit(&request("440000", 12), "x", hours(2)).unwrap();
    hub.dismiss(region("330000"), None, "leaves", hours(2))
        .unwrap();
    let file = hub.propose(hours(3)).unwrap();
    let proposal = Proposal::read(&file, &[public(OFFLINE)]).unwrap();
    let decided = Decided {
        more_signers: vec![public(5)],
        ..Decided::default()
    };
    let next = proposal.next(&decided, hours(3), Span::days(30)).unwrap();
    let said: Vec<String> = changes(proposal.before(), &next)
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(said[0], format!("+ hub key {}", public(5).id()));
    assert_eq!(said[1], "- 330000 浙江省");
    assert_eq!(said[2], "+ 440000 广东省");
    assert!(said[3].starts_with("+ 440000 root "), "{}", said[3]);
    assert_eq!(said.len(), 8);
    // A list by another key, broken requests, removals by nobody, another form.
    assert!(matches!(
        Proposal::read(&file, &[public(5)]),
        Err(CeremonyError::Before(_))
    ));
    let text = String::from_utf8(file).unwrap();
    let forged = hex::encode(request("440000", 12));
    for (from, to) in [
        (forged.as_str(), hex::encode(request("510000", 12)).as_str()),
        (forged.as_str(), &forged.replace("00", "01")),
        ("healthcode proposal 1", "healthcode proposal 2"),
        ("\"removals\": null", "\"removals\": \"00\""),
        ("\"hub\"", "\"hub\": 1, \"hub\""),
    ] {
        assert!(text.contains(from), "{from}");
        let changed = text.replace(from, to);
        assert!(
            Proposal::read(changed.as_bytes(), &[public(OFFLINE)]).is_err(),
            "{from}"
        );
    }
    assert!(matches!(
        proposal.next(&decided, NOON, Span::days(30)),
        Err(CeremonyError::Time { .. })
    ));
    assert!(matches!(
        proposal.next(&decided, hours(3), Span::days(401)),
        Err(CeremonyError::List(_))
    ));
}

fn found(code: &str, draft: RequestDraft, root: u8, asked: &[Asked]) -> Vec<Finding> {
    let folder = tempfile::tempdir().unwrap();
    let mut hub = hub(&folder);
    hub.admit(&request("330000", 11), "x", hours(0)).unwrap();
    let bytes = Request::new(draft).unwrap().sign(&key(root)).unwrap();
    let print = Digest::of(&bytes).fingerprint();
    let told = if code == "told otherwise" {
        Digest::of(b"").fingerprint()
    } else {
        print
    };
    let against = Against {
        register: hub.register(),
        fingerprints: (print, told),
        another_root: false,
        now: NOON,
    };
    examine(&Request::open(&bytes).unwrap(), &against, asked)
}

#[test]
fn everything_that_is_wrong_with_a_request_is_said() {
    let good = |root| draft("440000", root, NOON);
    assert_eq!(found("", good(12), 12, &[]), []);
    let first = |draft, root| found("", draft, root, &[]).remove(0);
    assert!(matches!(
        found("told otherwise", good(12), 12, &[])[0],
        Finding::Fingerprint { .. }
    ));
    assert!(matches!(
        first(draft("990000", 12, NOON), 12),
        Finding::NoDivision(_)
    ));
    assert!(matches!(
        first(draft("330000", 12, NOON), 12),
        Finding::Held { .. }
    ));
    assert!(matches!(first(good(11), 11), Finding::RootElsewhere { .. }));
    assert!(matches!(first(good(OFFLINE), OFFLINE), Finding::HubKey(_)));
    assert!(matches!(
        first(draft("440000", 12, hours(1)), 12),
        Finding::FromTheFuture { .. }
    ));
    assert!(matches!(
        first(draft("440000", 12, NOON.minus(Span::days(31))), 12),
        Finding::Old(_)
    ));
    let mut narrow = good(12);
    narrow.roles = Roles::new([Role::Codes]).unwrap();
    assert!(matches!(first(narrow, 12), Finding::NoRole(Role::Lists)));
    let mut bare = good(12);
    bare.endpoints.clear();
    assert_eq!(
        found("", bare, 12, &[])
            .iter()
            .filter(|found| found.is_grave())
            .count(),
        2
    );
    let mut shared = good(12);
    shared.endpoints[0].address = HttpsUri::parse("https://330000.example/v1/keys").unwrap();
    let shared = first(shared, 12);
    assert!(matches!(shared, Finding::SharedAddress { .. }) && !shared.is_grave());
}

#[test]
fn a_regions_endpoints_are_looked_at() {
    let keys = draft("440000", 12, NOON).endpoints[0].clone();
    let list = |root: u8, uses: &[KeyUse], until: Timestamp| {
        let keys = uses.iter().zip(30..).map(|(key_use, fill)| {
            let end = NOON.plus(Span::hours(20));
            NodeKey::new(public(fill), *key_use, NOON.minus(Span::hours(20)), end).unwrap()
        });
        let issued = NOON.minus(Span::hours(20));
        let list = KeyList::new(region("440000"), 1, issued, until, keys).unwrap();
        list.sign(&key(root)).unwrap().as_bytes().to_vec()
    };
    let all = [KeyUse::Codes, KeyUse::Lists, KeyUse::Door];
    let asked = |answer, clock| {
        let asked = Asked {
            endpoint: keys.clone(),
            answer,
            clock,
        };
        found("", draft("440000", 12, NOON), 12, &[asked])
    };
    assert_eq!(asked(Ok(list(12, &all, hours(10))), Some(NOON)), []);
    assert!(matches!(
        asked(Err("no route".to_owned()), None)[..],
        [Finding::Unreachable { .. }]
    ));
    assert!(matches!(
        asked(Ok(list(13, &all, hours(10))), None)[..],
        [Finding::KeyList { .. }]
    ));
    assert!(matches!(
        asked(Ok(list(12, &all, NOON)), None)[..],
        [Finding::KeyListEnded { .. }]
    ));
    assert_eq!(
        asked(Ok(list(12, &all[1..], hours(10))), None),
        [Finding::NoKey(KeyUse::Codes)]
    );
    assert_eq!(
        asked(Ok(list(12, &all[..2], hours(10))), None),
        [Finding::NoDoorKey]
    );
    for (apart, grave) in [(61, false), (601, true)] {
        let skewed = asked(
            Ok(list(12, &all, hours(10))),
            Some(NOON.plus(Span::seconds(apart))),
        );
        assert!(matches!(
            skewed[..],
            [Finding::ClockSkew { ahead: true, .. }]
        ));
        assert_eq!(skewed[0].is_grave(), grave);
    }
}
