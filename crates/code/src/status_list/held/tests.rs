use super::*;
use crate::HttpsUri;
use crate::Offset;
use crate::day_index::{DayIndex, Domain};
use crate::signing::{Algorithm, Signer, SigningKey};
use crate::status_list::edition::tests::{at, name};
use crate::status_list::{EditionTimes, ListBook, ListIssuer};
use crate::verify::{ClockFloor, Listed};

const DAY: u32 = 19_171;

fn key() -> SigningKey {
    SigningKey::deterministic(Algorithm::Ed25519, &[1; 32]).unwrap()
}

fn times(issued_at: &str) -> EditionTimes {
    EditionTimes {
        as_of: at(issued_at),
        issued_at: at(issued_at),
        expires_at: at("2022-06-29T00:00:00+08:00"),
    }
}

/// A region's book and the key that signs it.
struct Region {
    key: SigningKey,
    book: ListBook,
    name: ListName,
}

impl Region {
    fn new(name: ListName) -> Self {
        let exceptions = [(DayIndex::new(5), Listed::High)];
        Self {
            key: key(),
            book: ListBook::begin(name, Offset::CHINA, exceptions).unwrap(),
            name,
        }
    }

    fn issuer(&self) -> ListIssuer<'_> {
        ListIssuer {
            region: self.name.region,
            key: self.key.public_key(),
            offset: Offset::CHINA,
        }
    }

    fn publish(&mut self, issued_at: &str, changes: &[(u32, Listed)]) -> Delta {
        for (position, value) in changes {
            self.book.note(DayIndex::new(*position), *value).unwrap();
        }
        let bytes = self.book.publish(times(issued_at), &self.key).unwrap();
        Delta::open(&bytes, &self.issuer()).unwrap()
    }

    fn shards(&self) -> Vec<SignedShard> {
        let address = HttpsUri::parse("https://330000.example/status").unwrap();
        let shards = self.book.sign_shards(&address, &self.key).unwrap();
        shards
            .map(|bytes| SignedShard::open(&bytes.unwrap(), &self.issuer()).unwrap())
            .collect()
    }
}

fn listed(lists: &HeldLists, position: u32) -> Option<Listed> {
    lists
        .status(name().region, DAY, position)
        .map(|answer| answer.listed)
}

#[test]
fn full_list_and_deltas_lead_to_the_same_answers() {
    let mut region = Region::new(name());
    region.publish("2022-06-27T22:00:00+08:00", &[]);
    let mut lists = HeldLists::new();
    let evening = at("2022-06-27T22:30:00+08:00");
    for shard in region.shards() {
        assert_eq!(lists.accept_shard(shard, evening), Ok(Accepted::New));
    }
    assert_eq!(listed(&lists, 5), Some(Listed::High));
    assert_eq!(listed(&lists, 6), Some(Listed::Low));

    let morning = at("2022-06-28T08:01:00+08:00");
    let delta = region.publish(
        "2022-06-28T08:00:00+08:00",
        &[(5, Listed::Low), (6, Listed::Medium), (7, Listed::Low)],
    );
    assert_eq!(
        delta.changes().count(),
        2,
        "7 was low before and is no change"
    );
    assert_eq!(lists.accept_delta(&delta, morning), Ok(Accepted::New));
    assert_eq!(lists.accept_delta(&delta, morning), Ok(Accepted::Held));
    assert_eq!(listed(&lists, 5), Some(Listed::Low));
    assert_eq!(listed(&lists, 6), Some(Listed::Medium));
    let answer = lists.status(name().region, DAY, 6).unwrap();
    assert_eq!(answer.as_of, at("2022-06-28T08:00:00+08:00"));

    // The full list of the same edition says the same, however it arrives.
    for shard in region.shards() {
        assert_eq!(lists.accept_shard(shard, morning), Ok(Accepted::Held));
    }
    let whole = region.book.sign_whole(&region.key).unwrap();
    let whole = Delta::open(&whole, &region.issuer()).unwrap();
    assert_eq!(lists.accept_delta(&whole, morning), Ok(Accepted::Held));
    let mut other = HeldLists::new();
    assert_eq!(other.accept_delta(&whole, morning), Ok(Accepted::New));
    assert_eq!(listed(&other, 6), Some(Listed::Medium));
}

#[test]
fn positions_outside_the_domain_are_to_be_checked_and_missing_lists_say_nothing() {
    let mut region = Region::new(name());
    let whole = region.publish("2022-06-27T22:00:00+08:00", &[]);
    let mut lists = HeldLists::new();
    assert_eq!(listed(&lists, 5), None);
    lists
        .accept_delta(&whole, at("2022-06-27T22:00:00+08:00"))
        .unwrap();
    assert_eq!(listed(&lists, 1 << 20), Some(Listed::Recheck));
    assert_eq!(listed(&lists, u32::MAX), Some(Listed::Recheck));
    assert_eq!(lists.status(name().region, DAY + 1, 5), None);
    assert_eq!(lists.status(name().region, u32::MAX, 5), None);
    assert_eq!(lists.status("440000".parse().unwrap(), DAY, 5), None);
}

#[test]
fn an_older_full_edition_is_refused_also_after_a_restart() {
    let mut region = Region::new(name());
    region.publish("2022-06-27T22:00:00+08:00", &[]);
    let eve = region.shards().remove(0);
    region.publish("2022-06-28T08:00:00+08:00", &[(6, Listed::High)]);
    let morning = region.shards().remove(0);
    let now = at("2022-06-28T08:01:00+08:00");

    let mut lists = HeldLists::new();
    lists.accept_shard(morning, now).unwrap();
    let rolled_back = Err(NotAccepted::RolledBack {
        offered: 0,
        offered_epoch: 0,
        seen: 1,
        seen_epoch: 0,
    });
    assert_eq!(lists.accept_shard(eve.clone(), now), rolled_back);
    assert_eq!(listed(&lists, 6), Some(Listed::High));

    let marks: Vec<_> = lists.marks().copied().collect();
    let mut restarted = HeldLists::with_marks(marks);
    assert_eq!(restarted.accept_shard(eve, now), rolled_back);
    assert_eq!(listed(&restarted, 6), None);
}

/// What the edition said is forgotten with the list; when it was signed is not.
#[test]
fn another_list_of_an_edition_that_was_seen_is_refused_after_a_restart_too() {
    let now = at("2022-06-28T09:00:00+08:00");
    let mut region = Region::new(name());
    let first = region.publish("2022-06-28T08:00:00+08:00", &[]);
    let mut lists = HeldLists::new();
    lists.accept_delta(&first, now).unwrap();
    let marks: Vec<_> = lists.marks().copied().collect();
    for time in ["2022-06-28T07:59:59+08:00", "2022-06-28T08:00:01+08:00"] {
        let mut other = Region::new(name());
        let other = other.publish(time, &[(5, Listed::Low)]);
        let mut restarted = HeldLists::with_marks(marks.iter().copied());
        let refused = Err(NotAccepted::Contradiction(1));
        assert_eq!(restarted.accept_delta(&other, now), refused);
        assert_eq!(listed(&restarted, 5), None);
        assert_eq!(restarted.accept_delta(&first, now), Ok(Accepted::New));
    }
}

#[test]
fn a_delta_with_a_gap_or_a_misfit_changes_nothing() {
    let mut region = Region::new(name());
    let mut lists = HeldLists::new();
    let now = at("2022-06-28T09:00:00+08:00");
    let first = region.publish("2022-06-28T08:00:00+08:00", &[]);
    let second = region.publish("2022-06-28T08:10:00+08:00", &[(8, Listed::High)]);
    let third = region.publish("2022-06-28T08:20:00+08:00", &[(9, Listed::High)]);
    assert_eq!(
        lists.accept_delta(&second, now),
        Err(NotAccepted::Gap {
            base: Some(1),
            held: None
        })
    );
    lists.accept_delta(&first, now).unwrap();
    assert_eq!(
        lists.accept_delta(&third, now),
        Err(NotAccepted::Gap {
            base: Some(2),
            held: Some(1)
        })
    );
    assert_eq!(listed(&lists, 9), Some(Listed::Low));

    let changes =
        [(4, Listed::High), (5, Listed::High)].map(|(at, value)| (DayIndex::new(at), value));
    let changes = super::super::Changes::new(Domain::SMALLEST, changes.to_vec()).unwrap();
    let misfit = Delta::new(*second.edition(), second.base(), changes).unwrap();
    assert_eq!(
        lists.accept_delta(&misfit, now),
        Err(NotAccepted::Misfit(5))
    );
    assert_eq!(listed(&lists, 4), Some(Listed::Low), "nothing half-applied");
    assert_eq!(lists.accept_delta(&second, now), Ok(Accepted::New));
    assert_eq!(lists.accept_delta(&third, now), Ok(Accepted::New));
    assert_eq!(lists.accept_delta(&second, now), Ok(Accepted::Held));
}

#[test]
fn a_list_from_2099_or_from_yesterday_is_refused() {
    let mut far = name();
    far.day = "2099-01-02".parse().unwrap();
    let mut region = Region::new(far);
    let issued_at = at("2099-01-01T22:00:00+08:00");
    let times = EditionTimes {
        as_of: issued_at,
        issued_at,
        expires_at: at("2099-01-03T00:00:00+08:00"),
    };
    let bytes = region.book.publish(times, &region.key).unwrap();
    let delta = Delta::open(&bytes, &region.issuer()).unwrap();
    let mut lists = HeldLists::new();
    let now = at("2022-06-28T08:00:00+08:00");
    assert_eq!(
        lists.accept_delta(&delta, now),
        Err(NotAccepted::FromTheFuture { issued_at, now })
    );
    assert_eq!(lists.marks().count(), 0, "a refused list leaves no mark");
    let after = at("2099-01-03T00:00:00+08:00");
    assert_eq!(
        lists.accept_delta(&delta, after),
        Err(NotAccepted::Expired(after))
    );
    // Ten minutes ahead are borne.
    let near = issued_at.minus(CLOCK_TOLERANCE);
    assert_eq!(lists.accept_delta(&delta, near), Ok(Accepted::New));
}

#[test]
fn two_versions_of_one_edition_contradict_each_other() {
    let now = at("2022-06-27T22:10:00+08:00");
    let mut one = Region::new(name());
    one.publish("2022-06-27T22:00:00+08:00", &[]);
    let mut other = Region::new(name());
    other.publish("2022-06-27T22:00:00+08:00", &[(6, Listed::High)]);
    let mut lists = HeldLists::new();
    lists.accept_shard(one.shards().remove(0), now).unwrap();
    assert_eq!(
        lists.accept_shard(other.shards().remove(0), now),
        Err(NotAccepted::Contradiction(0))
    );
    let whole = other.book.sign_whole(&other.key).unwrap();
    let whole = Delta::open(&whole, &other.issuer()).unwrap();
    assert_eq!(
        lists.accept_delta(&whole, now),
        Err(NotAccepted::Contradiction(0))
    );
    assert_eq!(listed(&lists, 6), Some(Listed::Low));

    let mut wide = name();
    wide.domain = Domain::new(21).unwrap();
    let wide = Region::new(wide).publish("2022-06-27T22:00:00+08:00", &[]);
    assert_eq!(
        lists.accept_delta(&wide, now),
        Err(NotAccepted::Contradiction(0))
    );
}

#[test]
fn a_new_epoch_replaces_the_days_list_and_the_old_one_does_not_come_back() {
    let now = at("2022-06-28T10:00:00+08:00");
    let old = Region::new(name()).publish("2022-06-28T08:00:00+08:00", &[]);
    let mut renewed = name();
    renewed.epoch = 1;
    renewed.domain = Domain::new(21).unwrap();
    let new = Region::new(renewed).publish("2022-06-28T09:00:00+08:00", &[(6, Listed::Recheck)]);
    let mut lists = HeldLists::new();
    lists.accept_delta(&old, now).unwrap();
    assert_eq!(lists.accept_delta(&new, now), Ok(Accepted::New));
    assert_eq!(listed(&lists, 6), Some(Listed::Recheck));
    assert!(matches!(
        lists.accept_delta(&old, now),
        Err(NotAccepted::RolledBack { seen_epoch: 1, .. })
    ));
}

#[test]
fn a_partly_held_list_answers_for_its_shards_only() {
    let mut name = name();
    name.domain = Domain::new(22).unwrap();
    let mut region = Region::new(name);
    region.publish("2022-06-27T22:00:00+08:00", &[(3 << 20, Listed::High)]);
    let mut shards = region.shards();
    assert_eq!(shards.len(), 4);
    let mut lists = HeldLists::new();
    let now = at("2022-06-28T08:30:00+08:00");
    lists.accept_shard(shards.remove(3), now).unwrap();
    assert_eq!(listed(&lists, 3 << 20), Some(Listed::High));
    assert_eq!(listed(&lists, 5), None);
    let delta = region.publish(
        "2022-06-28T08:00:00+08:00",
        &[(5, Listed::Low), (3 << 20, Listed::Medium)],
    );
    assert_eq!(lists.accept_delta(&delta, now), Ok(Accepted::New));
    assert_eq!(listed(&lists, 3 << 20), Some(Listed::Medium));
    let held = lists.held(name.region, name.day).unwrap();
    assert_eq!((held.oldest, held.newest, held.missing), (1, 1, 3));
    // The shards that were missing may still come from the full edition that was published.
    assert_eq!(lists.accept_shard(shards.remove(0), now), Ok(Accepted::New));
    assert_eq!(listed(&lists, 5), Some(Listed::High));
    assert_eq!(lists.held(name.region, name.day).unwrap().oldest, 0);
    // And the delta that they missed still applies to them, and to them only.
    assert_eq!(lists.accept_delta(&delta, now), Ok(Accepted::New));
    assert_eq!(listed(&lists, 5), Some(Listed::Low));
    assert_eq!(listed(&lists, 3 << 20), Some(Listed::Medium));
}

#[test]
fn one_fast_clock_does_not_move_the_floor_of_now() {
    let trust = at("2022-06-20T00:00:00+08:00");
    let mut lists = HeldLists::new();
    let floor = |lists: &HeldLists| ClockFloor::new(trust, lists.issued()).time();
    assert_eq!(floor(&lists), trust);
    let now = at("2022-06-28T08:00:00+08:00");
    let mut accept = |region: &str, issued_at: &str| {
        let mut name = name();
        name.region = region.parse().unwrap();
        let delta = Region::new(name).publish(issued_at, &[]);
        lists.accept_delta(&delta, now).unwrap();
        floor(&lists)
    };
    assert_eq!(accept("330000", "2022-06-28T08:09:00+08:00"), trust);
    let second = at("2022-06-28T07:00:00+08:00");
    assert_eq!(accept("440000", "2022-06-28T07:00:00+08:00"), second);
    assert_eq!(accept("350000", "2022-06-28T06:00:00+08:00"), second);
}

#[test]
fn past_days_are_forgotten() {
    let mut region = Region::new(name());
    let whole = region.publish("2022-06-28T08:00:00+08:00", &[]);
    let mut lists = HeldLists::new();
    lists
        .accept_delta(&whole, at("2022-06-28T08:00:00+08:00"))
        .unwrap();
    lists.forget_past(at("2022-06-28T23:59:59+08:00"));
    assert_eq!(listed(&lists, 5), Some(Listed::High));
    lists.forget_past(at("2022-06-29T00:00:00+08:00"));
    assert_eq!(listed(&lists, 5), None);
    assert_eq!(lists.marks().count(), 1);
    lists.forget_past(at("2022-07-01T08:00:00+08:00"));
    assert_eq!(lists.marks().count(), 0);
}
