//! Pictures of every page, at telephone and desktop size, for `docs/pages`.

use hc_testkit::browser::{Album, Page, Screen};
use serde_json::json;

use crate::person::{arrive, enrol, go};
use crate::stage::{Stage, root};

/// Keeps the page as it is, and in the other size too.
pub(crate) fn kept(page: &Page, name: &str) {
    let again = "HEALTHCODE_WRITE=1 cargo test -p healthcode --test pages";
    let album = Album::new(root().join("docs/pages"), again);
    album.keep(page, name).unwrap();
}

#[test]
fn every_page_has_its_picture() {
    let Some(stage) = Stage::begin() else { return };
    for (size, screen, language) in [
        ("phone", Screen::phone("zh-CN"), "zh"),
        ("desktop", Screen::desktop("en-GB"), "en"),
    ] {
        let page = arrive(&stage, &screen);
        let name = |what: &str| format!("person-{what}-{language}-{size}");
        kept(&page, &name("enrol"));
        page.touch("form button[type=submit]").unwrap();
        page.wait("document.querySelector('.summary')").unwrap();
        kept(&page, &name("errors"));
        let (_, number) = enrol(&stage, &page);
        page.wait("document.querySelector('#panel-tests p.soft')")
            .unwrap();
        page.run("document.getElementById('main').scrollTop = 0", &[])
            .unwrap();
        kept(&page, &name("low"));
        for screen in [
            "declare", "family", "paper", "data", "settings", "moving", "arriving",
        ] {
            go(&page, screen);
            page.wait("!document.querySelector('#main').textContent.match(/载入|Loading/)")
                .unwrap();
            if screen == "paper" {
                page.touch("main > button.main").unwrap();
                page.wait("document.querySelector('#paper-new svg')")
                    .unwrap();
                page.run("document.getElementById('main').scrollTop = 0", &[])
                    .unwrap();
            }
            kept(&page, &name(screen));
        }
        stage.laboratory(&number, "positive", &format!("looks-{size}"));
        go(&page, "code");
        page.wait("document.querySelector('#why dl')").unwrap();
        kept(&page, &name("high"));
        page.run("document.getElementById('why').scrollIntoView()", &[])
            .unwrap();
        kept(&page, &name("why"));
        go(&page, "appeal");
        page.wait("document.querySelector('textarea')").unwrap();
        kept(&page, &name("appeal"));
        go(&page, "code");
        page.wait("document.querySelector('#code svg')").unwrap();
        for (look, value) in [("theme", "dark"), ("theme", "light"), ("mode", "elder")] {
            page.run("document.documentElement.dataset[arguments[0]] = arguments[1]; document.getElementById('main').scrollTop = 0", &[json!(look), json!(value)])
                .unwrap();
            if value != "light" {
                kept(&page, &name(value));
            }
        }
    }
    let desk = stage.page(&Screen::desktop("en-GB"));
    desk.open(&stage.at("/demo")).unwrap();
    desk.wait("document.getElementById('number').textContent && document.getElementById('now').textContent")
        .unwrap();
    kept(&desk, "stage-en-desktop");
}
