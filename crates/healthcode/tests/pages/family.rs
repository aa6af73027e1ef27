//! Family: a second person on the phone, and a grant between two phones.

use hc_testkit::browser::Screen;

use crate::person::{arrive, enrol, fill, go, level, quiet, scanned, sure, verdict};
use crate::stage::Stage;

#[test]
fn a_guardian_shows_for_a_ward_by_a_grant_and_for_a_child_on_the_same_phone() {
    let Some(stage) = Stage::begin() else { return };
    let ward = arrive(&stage, &Screen::phone("en-GB"));
    enrol(&stage, &ward);
    go(&ward, "family");
    ward.touch("#offer summary").unwrap();
    ward.touch("#offer button[type=submit]").unwrap();
    ward.wait("document.getElementById('offer-text')").unwrap();
    let offer = ward
        .run(
            "return document.getElementById('offer-text').textContent",
            &[],
        )
        .unwrap();

    let guardian = arrive(&stage, &Screen::phone("en-GB"));
    enrol(&stage, &guardian);
    go(&guardian, "family");
    guardian.touch("#take summary").unwrap();
    guardian
        .type_into("input[name=offer]", offer.as_str().unwrap())
        .unwrap();
    guardian.touch("#take button[type=submit]").unwrap();
    guardian
        .wait("document.querySelector('#wards .card')")
        .unwrap();
    guardian.touch("#wards .card button").unwrap();
    guardian
        .wait("document.querySelector('#code svg')")
        .unwrap();
    assert_eq!(level(&guardian).0, "00");
    let shown = verdict(&stage, &scanned(&guardian, "#code svg"));
    assert_eq!(shown["action"], "pass", "{shown}");

    // Either side ends it at once.
    go(&guardian, "family");
    guardian
        .wait("document.querySelector('#wards .card button.grave')")
        .unwrap();
    guardian.touch("#wards .card button.grave").unwrap();
    sure(&guardian);
    guardian
        .wait("!document.querySelector('#wards .card')")
        .unwrap();

    // A child on the same phone, under a name that stays here.
    guardian.touch("a[href='#enrol']").unwrap();
    guardian
        .wait("document.querySelector('input[name=label]')")
        .unwrap();
    let (name, number) = stage.somebody();
    guardian
        .type_into("input[name=label]", "Little one")
        .unwrap();
    fill(&guardian, &name, &number);
    guardian.touch("form button[type=submit]").unwrap();
    guardian
        .wait("document.querySelector('#whose') && document.querySelector('#whose').textContent === 'Little one' && document.querySelector('#code svg')")
        .unwrap();
    quiet(&stage, &ward, &[]);
    quiet(&stage, &guardian, &[]);
}
