//! Showings of carried codes.

use hc_code::carried::show;
use hc_code::signing::Algorithm;
use hc_code::{Level, Span};

use super::world::World;
use super::{Case, Vector};
use crate::regions::{NOON, holder};

#[expect(clippy::expect_used, reason = "a key in memory signs")]
pub(super) fn vectors() -> Vec<Vector> {
    let world = World::new(Algorithm::Ed25519);
    let carried = world.carried(Level::Low, NOON);
    let shown = World::shown(&carried, NOON);
    let seconds = Span::seconds;
    let case =
        |name: &str, about: &str, text: &str| Case::new(name, about, &world, text.to_owned());
    let other_code = world.carried_for(Level::Low, NOON, World::today(), 5);
    let other_showing = World::shown(&other_code, NOON)
        .strip_prefix(&other_code)
        .unwrap_or_default()
        .to_owned();
    vec![
        case(
            "picture-of-a-carried-code",
            "A carried code without a showing, such as a picture of the code as issued.",
            &carried,
        )
        .invalid("showing-missing"),
        case(
            "replayed-showing",
            "The same showing again at the same gate, ten seconds later.",
            &shown,
        )
        .after(&shown, NOON)
        .at(NOON.plus(seconds(10)))
        .invalid("replayed"),
        case(
            "showing-read-twice",
            "The scanner reads the same showing twice within three seconds: one reading.",
            &shown,
        )
        .after(&shown, NOON)
        .at(NOON.plus(seconds(2)))
        .passes("code"),
        case(
            "second-showing",
            "Another showing of the same code a little later passes.",
            &World::shown(&carried, NOON.plus(seconds(20))),
        )
        .after(&shown, NOON)
        .at(NOON.plus(seconds(20)))
        .passes("code"),
        case(
            "showing-too-old",
            "A showing 90 seconds after it was made, such as a picture of the showing.",
            &shown,
        )
        .at(NOON.plus(seconds(90)))
        .invalid("showing-too-old"),
        case(
            "showing-from-the-future",
            "A showing made 31 seconds from now: prepared ahead, or the device's clock is wrong.",
            &World::shown(&carried, NOON.plus(seconds(31))),
        )
        .invalid("showing-from-the-future"),
        case(
            "showing-by-another-device",
            "A carried code shown by a device that does not hold its key.",
            &show(&holder(2), &carried, NOON).expect("a showing"),
        )
        .invalid("showing-forged"),
        case(
            "showing-of-another-code",
            "A showing that the same device made of another code.",
            &format!("{carried}{other_showing}"),
        )
        .invalid("showing-forged"),
        case(
            "showing-after-a-live-code",
            "A showing after a code that is not carried.",
            &format!("{}{other_showing}", world.live(Level::Low, NOON)),
        )
        .invalid("text"),
    ]
}
