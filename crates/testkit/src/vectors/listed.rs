//! What lists add to codes.

use hc_code::signing::Algorithm;
use hc_code::verify::Action;
use hc_code::{Level, Span, Timestamp};

use super::world::{INDEX, POINTER, World};
use super::{Case, Vector};
use crate::hexadecimal;
use crate::regions::NOON;

pub(super) fn vectors() -> Vec<Vector> {
    let mut vectors = carried();
    vectors.extend(without_list());
    vectors.extend(paper());
    vectors
}

/// A gate whose list is of a time and says something of the holder's index.
fn listing(status: u8, as_of: Timestamp) -> World {
    let mut world = World::new(Algorithm::Ed25519);
    let day = World::today();
    *world.status_mut() = World::status(&world.region, day, as_of);
    if status != 0 {
        world.status_mut().entries.insert(INDEX, status);
    }
    world
}

fn carried() -> Vec<Vector> {
    let morning = NOON.minus(Span::hours(3));
    let later = NOON.minus(Span::hours(1));
    let case = |name: &str, about: &str, code: Level, status: u8, as_of: Timestamp| {
        let world = listing(status, as_of);
        let text = World::shown(&world.carried(code, morning), NOON);
        Case::new(name, about, &world, text)
    };
    let reissued = {
        let world = listing(0, later);
        let text = world.carried_for(Level::Low, NOON, World::today(), 77);
        let mut world = world;
        world.status_mut().entries.insert(77, 3);
        Case::new(
            "reissued-after-withdrawal",
            "A code made a minute ago under a new index, which an older list still has as not \
             assigned: the newer facts win.",
            &world,
            World::shown(&text, NOON),
        )
    };
    let beyond = {
        let world = listing(0, later);
        let text = world.carried_for(Level::Low, morning, World::today(), 1 << 20);
        Case::new(
            "unassigned-index",
            "A carried code with an index beyond the list's domain.",
            &world,
            World::shown(&text, NOON),
        )
    };
    vec![
        case(
            "newer-list-supports-the-code",
            "Code of the morning, list of an hour ago: low.",
            Level::Low,
            0,
            later,
        )
        .passes("list"),
        case(
            "newer-list-turns-high",
            "Code of the morning low, list of an hour ago high.",
            Level::Low,
            1,
            later,
        )
        .refused("list"),
        case(
            "newer-list-turns-low",
            "Code of the morning high, list of an hour ago low: released in between.",
            Level::High,
            0,
            later,
        )
        .passes("list"),
        case(
            "older-list-yields-to-the-code",
            "List of the night high, code of the morning low.",
            Level::Low,
            1,
            morning.minus(Span::hours(1)),
        )
        .passes("code"),
        case(
            "withdrawn",
            "The list has the code as withdrawn (re-check), such as a lost phone: not red.",
            Level::Low,
            3,
            later,
        )
        .stays_unknown("list"),
        reissued.passes("code"),
        beyond.stays_unknown("list"),
    ]
}

fn without_list() -> Vec<Vector> {
    let gone = |level: Level, change: &dyn Fn(&mut World)| {
        let mut world = World::new(Algorithm::Ed25519);
        let text = World::shown(&world.carried(level, NOON), NOON);
        change(&mut world);
        (world, text)
    };
    let case = |name: &str, about: &str, (world, text): (World, String)| {
        Case::new(name, about, &world, text)
    };
    vec![
        case(
            "no-status-list",
            "A low carried code at a gate without the day's list: it cannot tell.",
            gone(Level::Low, &|world| world.gate.status.clear()),
        )
        .stays_unknown("no-list"),
        case(
            "status-list-expired",
            "A low carried code at a gate whose list has ended: it cannot tell.",
            gone(Level::Low, &|world| {
                world.status_mut().expires_at = NOON;
            }),
        )
        .stays_unknown("list-expired"),
        case(
            "high-without-a-list",
            "A high carried code at a gate without the day's list stays high.",
            gone(Level::High, &|world| world.gate.status.clear()),
        )
        .refused("code"),
    ]
}

fn paper() -> Vec<Vector> {
    let case = |name: &str, about: &str, change: &dyn Fn(&mut World)| {
        let mut world = World::new(Algorithm::Ed25519);
        let text = world.paper(NOON.minus(Span::hours(10)));
        change(&mut world);
        Case::new(name, about, &world, text)
    };
    let listed = |world: &mut World, status| {
        let pointer = hexadecimal::write(&POINTER);
        world.paper_mut().entries.insert(pointer, status);
    };
    vec![
        case(
            "paper-high",
            "The paper list has the pointer as high.",
            &|world| {
                listed(world, 1);
            },
        )
        .refused("list"),
        case(
            "paper-medium",
            "The paper list has the pointer as medium.",
            &|world| {
                listed(world, 2);
            },
        )
        .judged(Action::Check, Level::Medium, "list", "medium-is-checked"),
        case(
            "withdrawn-paper",
            "The paper list has the pointer as withdrawn.",
            &|world| listed(world, 3),
        )
        .stays_unknown("list"),
        case(
            "paper-without-a-list",
            "Paper at a gate without the list: it cannot tell.",
            &|world| world.gate.paper.clear(),
        )
        .stays_unknown("no-list"),
        case(
            "paper-with-a-stale-list",
            "Paper at a gate whose list is of facts older than the issuer's limit.",
            &|world| world.paper_mut().as_of = NOON.minus(Span::hours(4)),
        )
        .stays_unknown("stale"),
    ]
}
