use super::*;
use crate::keys::{KeyList, NodeKey};
use crate::signing::{Algorithm, SigningKey};

const NOW: Timestamp = Timestamp::from_unix(1_657_857_600);

fn key(number: u8) -> SigningKey {
    SigningKey::deterministic(Algorithm::Ed25519, &[number; 32]).unwrap()
}

fn region() -> DivisionCode {
    "330000".parse().unwrap()
}

/// Root 1 lists key 2 for lists and key 3 for codes.
fn book() -> KeyBook {
    let day = (NOW.minus(Span::hours(1)), NOW.plus(Span::hours(40)));
    let keys = [(2, KeyUse::Lists), (3, KeyUse::Codes)].map(|(number, key_use)| {
        NodeKey::new(key(number).public_key().clone(), key_use, day.0, day.1).unwrap()
    });
    let until = NOW.plus(Span::hours(12));
    let list = KeyList::new(region(), 1, NOW.minus(Span::hours(1)), until, keys.to_vec());
    let signed = list.unwrap().sign(&key(1)).unwrap();
    let mut book = KeyBook::new();
    book.adopt(&signed, region(), &[key(1).public_key().clone()], NOW)
        .unwrap();
    book
}

fn notice(number: u64) -> Notice {
    let until = NOW.plus(Span::hours(2));
    Notice::new(number, Degraded::FactsStale, (NOW, until)).unwrap()
}

fn list(notices: Vec<Notice>) -> NoticeList {
    NoticeList::new(region(), (NOW, NOW.plus(Span::seconds(90))), notices).unwrap()
}

#[test]
fn a_list_that_a_listed_key_signed_reads_back() {
    let ended = notice(4).ended(NOW.plus(Span::seconds(5))).unwrap();
    for notices in [vec![], vec![notice(3)], vec![ended, notice(3)]] {
        let list = list(notices);
        let signed = list.sign(&key(2)).unwrap();
        assert_eq!(NoticeList::open(&signed, region(), &book(), NOW), Ok(list));
    }
}

#[test]
fn a_list_of_another_key_use_region_or_time_is_refused() {
    let list = list(vec![notice(3)]);
    let signed = list.sign(&key(2)).unwrap();
    for other in [1, 3, 4] {
        let forged = list.sign(&key(other)).unwrap();
        assert_eq!(
            NoticeList::open(&forged, region(), &book(), NOW),
            Err(NoticeError::NotListed),
            "{other}"
        );
    }
    let elsewhere = "310000".parse().unwrap();
    let open = |at| NoticeList::open(&signed, elsewhere, &book(), at);
    assert_eq!(open(NOW), Err(NoticeError::NotListed));
    let late = NOW.plus(Span::seconds(90));
    assert_eq!(
        NoticeList::open(&signed, region(), &book(), late),
        Err(NoticeError::Expired)
    );
    let early = NOW.minus(Span::seconds(601));
    assert_eq!(
        NoticeList::open(&signed, region(), &book(), early),
        Err(NoticeError::Ahead(NOW))
    );
    for place in 0..signed.len() {
        let mut damaged = signed.clone();
        damaged[place] ^= 1;
        assert!(
            NoticeList::open(&damaged, region(), &book(), NOW).is_err(),
            "{place}"
        );
    }
    let mut cut = signed;
    while cut.pop().is_some() {
        assert!(NoticeList::open(&cut, region(), &book(), NOW).is_err());
    }
}

#[test]
fn a_notice_holds_a_day_at_most_and_is_ended_while_it_holds() {
    let of = |until| Notice::new(1, Degraded::CodesUnavailable, (NOW, until));
    assert_eq!(of(NOW), Err(NoticeError::Life));
    assert_eq!(of(NOW.plus(Span::seconds(86_401))), Err(NoticeError::Life));
    let notice = of(NOW.plus(Span::hours(24))).unwrap();
    assert!(notice.holds_at(NOW) && !notice.holds_at(NOW.minus(Span::seconds(1))));
    assert!(!notice.holds_at(NOW.plus(Span::hours(24))));
    let at = NOW.plus(Span::hours(1));
    let ended = notice.ended(at).unwrap();
    assert!(ended.holds_at(NOW) && !ended.holds_at(at));
    assert_eq!(ended.ended(at), Err(NoticeError::Ended));
    assert_eq!(
        notice.ended(NOW.plus(Span::hours(24))),
        Err(NoticeError::Ended)
    );
}

#[test]
fn a_list_is_short_lives_shortly_and_names_each_notice_once() {
    let of = |seconds, notices| {
        let life = (NOW, NOW.plus(Span::seconds(seconds)));
        NoticeList::new(region(), life, notices)
    };
    assert_eq!(of(0, vec![]), Err(NoticeError::ListLife));
    assert_eq!(of(301, vec![]), Err(NoticeError::ListLife));
    assert_eq!(of(9, vec![notice(1), notice(1)]), Err(NoticeError::Order));
    let many = (0..33).map(notice).collect();
    assert_eq!(of(9, many), Err(NoticeError::TooMany(33)));
}

fn issued(after: u32, notices: Vec<Notice>) -> NoticeList {
    let at = NOW.plus(Span::seconds(after));
    NoticeList::new(region(), (at, at.plus(Span::seconds(90))), notices).unwrap()
}

#[test]
fn of_two_lists_the_later_one_is_held() {
    let mut held = HeldNotices::default();
    assert_eq!(held.accept(issued(10, vec![])), Ok(true));
    let older = OlderNotices {
        offered: NOW,
        held: NOW.plus(Span::seconds(10)),
    };
    assert_eq!(held.accept(issued(0, vec![notice(3)])), Err(older));
    let now = NOW.plus(Span::seconds(20));
    assert_eq!(held.holding(region(), now).count(), 0);
    assert_eq!(held.accept(issued(20, vec![notice(3)])), Ok(true));
    assert_eq!(held.accept(issued(21, vec![notice(3)])), Ok(false));
    assert_eq!(held.holding(region(), now).count(), 1);
    let elsewhere = "310000".parse().unwrap();
    assert_eq!(held.holding(elsewhere, now).count(), 0);
}

#[test]
fn an_expired_list_is_as_none() {
    let mut held = HeldNotices::default();
    held.accept(issued(0, vec![notice(3)])).unwrap();
    let end = NOW.plus(Span::seconds(90));
    let before = NOW.plus(Span::seconds(89));
    assert_eq!(held.holding(region(), before).count(), 1);
    assert_eq!(held.holding(region(), end).count(), 0);
}

#[test]
fn each_kind_relieves_its_own_causes_and_no_others() {
    use crate::verify::{Basis, Cause};
    let causes = [
        Cause::Judged(Basis::Code),
        Cause::Judged(Basis::List),
        Cause::Judged(Basis::Stale),
        Cause::Judged(Basis::NoList),
        Cause::Judged(Basis::ListExpired),
        Cause::TrustListMissing,
        Cause::TrustListExpired,
        Cause::KeyListMissing,
        Cause::KeyListExpired,
        Cause::MemoryFull,
        Cause::Forged,
        Cause::Expired,
    ];
    let relieved = |kind: Degraded| -> Vec<&str> {
        let causes = causes.iter().filter(|cause| kind.relieves(cause));
        causes.map(Cause::word).collect()
    };
    assert_eq!(relieved(Degraded::FactsStale), ["stale"]);
    assert_eq!(
        relieved(Degraded::ListsUnavailable),
        [
            "no-list",
            "list-expired",
            "trust-list-missing",
            "trust-list-expired",
            "key-list-missing",
            "key-list-expired"
        ]
    );
    assert_eq!(relieved(Degraded::CodesUnavailable), [""; 0]);
}

#[test]
fn without_a_code_only_the_notice_about_codes_counts() {
    let mut held = HeldNotices::default();
    held.accept(issued(0, vec![notice(3)])).unwrap();
    assert_eq!(held.relief_without_code(region(), NOW), None);
    let until = NOW.plus(Span::hours(1));
    let about_codes = Notice::new(4, Degraded::CodesUnavailable, (NOW, until)).unwrap();
    held.accept(issued(1, vec![notice(3), about_codes]))
        .unwrap();
    assert_eq!(held.relief_without_code(region(), NOW), Some(&about_codes));
}
