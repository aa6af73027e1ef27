//! Time: codes, clocks and keys that are too early or too late.

use hc_code::keys::{KeyUse, NodeKey};
use hc_code::signing::{Algorithm, Signer};
use hc_code::{Level, Span, Timestamp};

use super::world::World;
use super::{Case, Vector};
use crate::regions::{NOON, Region};

pub(super) fn vectors() -> Vec<Vector> {
    let mut vectors = codes();
    vectors.extend(clocks());
    vectors.extend(holdings());
    vectors
}

fn seconds(seconds: u32) -> Span {
    Span::seconds(seconds)
}

fn codes() -> Vec<Vector> {
    let world = World::new(Algorithm::Ed25519);
    let text = world.live(Level::Low, NOON);
    let case = |name: &str, about: &str| Case::new(name, about, &world, text.clone());
    vec![
        case(
            "at-the-end-of-tolerance",
            "A live code, 29 seconds after its end, still passes: clocks differ.",
        )
        .at(NOON.plus(seconds(89)))
        .passes("code"),
        case("expired", "A live code, 30 seconds after its end.")
            .at(NOON.plus(seconds(90)))
            .invalid("expired"),
        case(
            "slightly-early",
            "A live code, 30 seconds before its start, passes: clocks differ.",
        )
        .at(NOON.minus(seconds(30)))
        .passes("code"),
        case(
            "from-the-future",
            "A live code, 31 seconds before its start.",
        )
        .at(NOON.minus(seconds(31)))
        .invalid("from-the-future"),
        Case::new(
            "stale-as-of",
            "A carried code whose facts are older than the issuer's limit, and a list as old.",
            &with_list_as_of(NOON.minus(Span::hours(5))),
            World::shown(&world.carried(Level::Low, NOON.minus(Span::hours(4))), NOON),
        )
        .stays_unknown("stale"),
        Case::new(
            "code-of-yesterday",
            "A carried code of yesterday, at noon.",
            &with_keys_of(2),
            World::shown(
                &world.carried(Level::Low, NOON.minus(Span::hours(22))),
                NOON,
            ),
        )
        .invalid("expired"),
        Case::new(
            "code-of-tomorrow",
            "A carried code for tomorrow, made and shown in the evening.",
            &with_keys_of(3),
            World::shown(
                &world.carried_for(
                    Level::Low,
                    NOON.plus(Span::hours(10)),
                    World::today() + 1,
                    super::world::INDEX,
                ),
                NOON.plus(Span::hours(11)),
            ),
        )
        .at(NOON.plus(Span::hours(11)))
        .invalid("not-its-day"),
        midnight(),
    ]
}

/// A phone and a gate without network from 23:30 to 00:30: at 00:10 the phone shows tomorrow's
/// code, and the gate has tomorrow's list, both of the evening.
fn midnight() -> Vector {
    let evening = NOON.plus(Span::hours(11));
    let mut world = with_keys_of(3);
    let day = World::today() + 1;
    world.gate.status.push(World::status(
        &world.region,
        day,
        evening.plus(seconds(1200)),
    ));
    let text = world.carried_for(
        Level::Low,
        NOON.plus(Span::hours(10)),
        day,
        super::world::INDEX,
    );
    let now = NOON.plus(Span::hours(12)).plus(seconds(600));
    Case::new(
        "midnight-without-network",
        "At 00:10, phone and gate without network since 23:30: tomorrow's code and list, \
         both of the evening, pass.",
        &world,
        World::shown(&text, now),
    )
    .at(now)
    .passes("list")
}

fn with_list_as_of(as_of: Timestamp) -> World {
    let mut world = World::new(Algorithm::Ed25519);
    let day = World::today();
    *world.status_mut() = World::status(&world.region, day, as_of);
    world
}

/// A gate whose key list has the usual key with other dates: 2 days that end at 14:00 (2), or
/// that begin at 10:00 (3).
#[expect(clippy::expect_used, reason = "constants that go together")]
fn with_keys_of(dates: u32) -> World {
    let mut world = World::new(Algorithm::Ed25519);
    let (from, until) = if dates == 2 {
        (NOON.minus(Span::hours(46)), NOON.plus(Span::hours(2)))
    } else {
        (NOON.minus(Span::hours(2)), NOON.plus(Span::hours(46)))
    };
    let key = world.codes_key().public_key().clone();
    let key = NodeKey::new(key, KeyUse::Codes, from, until).expect("dates");
    let list = world.region.key_list(1, vec![key]);
    world.issuer_mut().key_list = Some(crate::hexadecimal::write(list.as_bytes()));
    world
}

fn clocks() -> Vec<Vector> {
    let world = World::new(Algorithm::Ed25519);
    let text = world.live(Level::Low, NOON);
    let mut renewed = World::new(Algorithm::Ed25519);
    renewed.gate.trust.issued_at = NOON.plus(Span::hours(1));
    let mut one_ahead = World::new(Algorithm::Ed25519);
    one_ahead
        .gate
        .trust
        .issuers
        .push(World::listed(&Region::new(310_000, Algorithm::Ed25519, 5)));
    vec![
        Case::new(
            "device-clock-back",
            "The device's clock is two hours back, but its trust list is newer than the code: \
             the list's time counts.",
            &renewed,
            text.clone(),
        )
        .at(NOON.minus(Span::hours(1)))
        .invalid("expired"),
        Case::new(
            "device-clock-back-two-issuers",
            "The device's clock is a day back; the second-newest time among the lists of distinct \
             issuers, 11:00, is the earliest that it can be, and the code is from noon.",
            &one_ahead,
            text.clone(),
        )
        .at(NOON.minus(Span::days(1)))
        .invalid("from-the-future"),
        Case::new(
            "device-clock-forward",
            "The device's clock is a year ahead: its own trust list has ended, so it cannot tell.",
            &world,
            text,
        )
        .at(NOON.plus(Span::days(365)))
        .untold("trust-list-expired"),
    ]
}

fn holdings() -> Vec<Vector> {
    let text = World::new(Algorithm::Ed25519).live(Level::Low, NOON);
    let with = |change: &dyn Fn(&mut World)| {
        let mut world = World::new(Algorithm::Ed25519);
        change(&mut world);
        world
    };
    let case = |name: &str, about: &str, change: &dyn Fn(&mut World)| {
        Case::new(name, about, &with(change), text.clone())
    };
    let world = World::new(Algorithm::Ed25519);
    let late = NOON.plus(Span::hours(24)).minus(seconds(30));
    vec![
        case(
            "trust-list-expired",
            "The gate's trust list has ended: it cannot tell.",
            &|world| world.gate.trust.expires_at = NOON,
        )
        .untold("trust-list-expired"),
        case(
            "issuer-unknown",
            "The issuer is on no trust list.",
            &|world| world.gate.trust.issuers.clear(),
        )
        .invalid("issuer-unknown"),
        case(
            "issuer-removed",
            "The issuer was taken off the trust list.",
            &|world| world.issuer_mut().removed = true,
        )
        .invalid("issuer-removed"),
        case(
            "key-list-missing",
            "The gate has no key list of the issuer: it cannot tell.",
            &|world| world.issuer_mut().key_list = None,
        )
        .untold("key-list-missing"),
        Case::new(
            "key-list-expired",
            "The gate's key list of the issuer has ended: it cannot tell.",
            &world,
            world.live(Level::Low, NOON.plus(Span::hours(47))),
        )
        .at(NOON.plus(Span::hours(47)))
        .untold("key-list-expired"),
        Case::new(
            "code-outlives-its-key",
            "A live code that ends 30 seconds after its key.",
            &world,
            world.live(Level::Low, late),
        )
        .at(late)
        .invalid("key-dates"),
    ]
}
