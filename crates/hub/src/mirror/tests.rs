use super::*;
use hc_code::day_index::{DayIndex, Domain};
use hc_code::keys::{KeyList, KeyUse, NodeKey};
use hc_code::signing::{Algorithm, Signer as _, SigningKey};
use hc_code::status_list::{EditionTimes, ListBook, ListName};
use hc_code::trust_list::{IssuerEntry, Role, Roles, RootKey, TrustDraft, TrustList, Validity};
use hc_code::verify::Listed;
use hc_code::{HttpsUri, Offset, Span};
use hc_testkit::regions::NOON;

fn key(fill: u8) -> SigningKey {
    SigningKey::deterministic(Algorithm::Ed25519, &[fill; 32]).unwrap()
}

fn minutes(minutes: u32) -> Timestamp {
    NOON.plus(Span::seconds(60 * minutes))
}

fn region() -> DivisionCode {
    "330000".parse().unwrap()
}

fn key_list(version: u64) -> Vec<u8> {
    let node = NodeKey::new(
        key(3).public_key().clone(),
        KeyUse::Lists,
        NOON.minus(Span::hours(1)),
        NOON.plus(Span::hours(40)),
    );
    let end = NOON.plus(Span::hours(48));
    let list = KeyList::new(region(), version, NOON, end, [node.unwrap()]).unwrap();
    list.sign(&key(2)).unwrap().as_bytes().to_vec()
}

fn federation() -> Federation {
    let year = Validity::new(NOON.minus(Span::days(1)), NOON.plus(Span::days(300))).unwrap();
    let roles = Roles::new(Role::ALL).unwrap();
    let root = RootKey::new(key(2).public_key().clone(), roles, year);
    let entry = IssuerEntry::new(
        region(),
        Offset::CHINA,
        Span::hours(4),
        year,
        vec![root],
        vec![],
    );
    let list = TrustList::new(TrustDraft {
        version: 1,
        issued_at: NOON,
        expires_at: NOON.plus(Span::days(30)),
        removals_settled_until: NOON,
        hub_keys: vec![key(1).public_key().clone()],
        removal_keys: vec![],
        issuers: vec![entry.unwrap()],
    });
    let mut federation = Federation::new(vec![key(1).public_key().clone()]);
    let bytes = list.unwrap().sign(&key(1)).unwrap();
    federation.take_trust(&bytes, NOON).unwrap();
    federation
}

/// The region's own list of a day: what each edition publishes.
fn book(epoch: u8) -> ListBook {
    let name = ListName {
        region: region(),
        day: Day::of(NOON, Offset::CHINA).unwrap(),
        epoch,
        domain: Domain::SMALLEST,
    };
    ListBook::begin(name, Offset::CHINA, [(DayIndex::new(7), Listed::High)]).unwrap()
}

fn edition(book: &mut ListBook, minute: u32, position: u32) -> Vec<u8> {
    book.note(DayIndex::new(position), Listed::Medium).unwrap();
    let times = EditionTimes {
        as_of: minutes(minute),
        issued_at: minutes(minute),
        expires_at: NOON.plus(Span::hours(11)),
    };
    book.publish(times, &key(3)).unwrap()
}

fn begun() -> (Federation, Mirror) {
    let (mut federation, mut mirror) = (federation(), Mirror::default());
    let taken = mirror.take_keys(&mut federation, region(), &key_list(1), NOON);
    assert_eq!(taken, Ok(Mirrored::New));
    (federation, mirror)
}

#[test]
fn whole_steps_and_shards_are_passed_on_in_order_and_never_backward() {
    let (federation, mut mirror) = begun();
    let mut book = book(0);
    let whole = edition(&mut book, 1, 8);
    let steps = [2, 3, 4].map(|minute| edition(&mut book, minute, 100 + minute));
    let now = minutes(5);
    let mut take = |bytes: &[u8]| mirror.take_status(&federation, region(), bytes, now);
    assert_eq!(take(&steps[0]), Err(MirrorError::Gap(0)));
    assert_eq!(take(&whole), Ok(Mirrored::New));
    assert_eq!(take(&steps[1]), Err(MirrorError::Gap(1)));
    assert_eq!(take(&steps[0]), Ok(Mirrored::New));
    assert_eq!(take(&steps[0]), Ok(Mirrored::Held));
    assert_eq!(take(&steps[1]), Ok(Mirrored::New));
    assert_eq!(take(&whole), Ok(Mirrored::Held));
    let address = HttpsUri::parse("https://330000.example/status").unwrap();
    let shard = |book: &ListBook| {
        book.sign_shards(&address, &key(3))
            .unwrap()
            .next()
            .unwrap()
            .unwrap()
    };
    let newest = shard(&book);
    assert_eq!(
        mirror.take_shard(&federation, region(), &newest, now),
        Ok(Mirrored::New)
    );
    assert_eq!(
        mirror.take_shard(&federation, region(), &newest, now),
        Ok(Mirrored::Held)
    );
    let index = mirror.index(&federation, now);
    let day = &index.regions[0].days[0];
    assert_eq!(
        (day.whole, day.from, &day.steps[..]),
        (Some(1), Some(1), &[2, 3][..])
    );
    assert_eq!((day.sequence, &day.shards[..]), (3, &[(0, 4)][..]));
    let text = serde_json::to_string(&index).unwrap();
    assert_eq!(serde_json::from_str::<Index>(&text).unwrap(), index);
    // A whole beyond the steps begins them anew.
    let beyond = book.sign_whole(&key(3)).unwrap();
    mirror
        .take_status(&federation, region(), &beyond, now)
        .unwrap();
    assert!(
        mirror.index(&federation, now).regions[0].days[0]
            .steps
            .is_empty()
    );
}

#[test]
fn a_new_epoch_begins_the_day_anew_and_an_older_one_is_refused() {
    let (federation, mut mirror) = begun();
    let (mut first, mut second) = (book(0), book(1));
    let (old, new) = (edition(&mut first, 1, 8), edition(&mut second, 2, 8));
    let now = minutes(5);
    mirror
        .take_status(&federation, region(), &old, now)
        .unwrap();
    mirror
        .take_status(&federation, region(), &new, now)
        .unwrap();
    assert_eq!(mirror.index(&federation, now).regions[0].days[0].epoch, 1);
    let back = mirror.take_status(&federation, region(), &old, now);
    assert_eq!(back, Err(MirrorError::RolledBack));
}

#[test]
fn nothing_forged_foreign_ended_or_from_the_future_is_passed_on() {
    let (mut federation, mut mirror) = begun();
    let good = edition(&mut book(0), 1, 8);
    let now = minutes(5);
    for place in 0..good.len() {
        let mut changed = good.clone();
        changed[place] ^= 4;
        assert!(
            mirror
                .take_status(&federation, region(), &changed, now)
                .is_err(),
            "{place}"
        );
    }
    let guangdong: DivisionCode = "440000".parse().unwrap();
    assert!(matches!(
        mirror.take_status(&federation, guangdong, &good, now),
        Err(MirrorError::Signer(_))
    ));
    let late = mirror.take_status(&federation, region(), &good, NOON.plus(Span::hours(11)));
    assert!(matches!(late, Err(MirrorError::Expired(_))));
    let early = mirror.take_status(&federation, region(), &good, NOON.minus(Span::seconds(600)));
    assert!(matches!(early, Err(MirrorError::FromTheFuture(_))));
    let forged = {
        let list = KeyList::new(region(), 2, NOON, NOON.plus(Span::hours(1)), []).unwrap();
        list.sign(&key(9)).unwrap().as_bytes().to_vec()
    };
    assert!(
        mirror
            .take_keys(&mut federation, region(), &forged, now)
            .is_err()
    );
    assert_eq!(mirror.of(region()).map(|shelf| shelf.days().len()), Some(0));
    mirror
        .take_status(&federation, region(), &good, now)
        .unwrap();
    mirror.tidy(&federation, NOON.plus(Span::hours(13)));
    assert_eq!(mirror.of(region()).map(|shelf| shelf.days().len()), Some(0));
}
