//! The whole story of a person, in both languages.

use std::time::Duration;

use hc_testkit::browser::Screen;

use crate::person::{arrive, enrol, go, level, quiet, scanned, sure, verdict};
use crate::stage::Stage;

#[test]
fn a_person_enrols_shows_is_reported_contests_and_is_low_again() {
    let Some(stage) = Stage::begin() else { return };
    for (language, low, high) in [
        ("zh-CN", "低风险", "高风险"),
        ("en-GB", "Low risk", "High risk"),
    ] {
        let page = arrive(&stage, &Screen::phone(language));
        let (_, number) = enrol(&stage, &page);
        assert_eq!(level(&page), ("00".to_owned(), low.to_owned()));
        let shown = verdict(&stage, &scanned(&page, "#code svg"));
        assert_eq!(
            (&shown["action"], &shown["class"]),
            (&"pass".into(), &"live".into()),
            "{shown}"
        );

        // The laboratory's signed batch: the open page turns long before it asks again by itself, with its reason.
        // How soon, `cargo xtask prove pages` measures.
        page.wait("document.querySelector('#panel-tests p')")
            .unwrap();
        stage.laboratory(&number, "positive", &format!("story-{language}"));
        let turned = "document.querySelector('#level svg').dataset.shape === '10'";
        page.wait_within(turned, Duration::from_secs(30)).unwrap();
        assert_eq!(level(&page), ("10".to_owned(), high.to_owned()));
        page.wait("document.querySelector('#why dl dd') && document.querySelector('#why a[href=\"#appeal\"]')")
            .unwrap();
        let shown = verdict(&stage, &scanned(&page, "#code svg"));
        assert_eq!(shown["action"], "refuse", "{shown}");

        page.touch("#why a[href='#appeal']").unwrap();
        page.wait("document.querySelector('textarea[name=text]')")
            .unwrap();
        page.type_into("textarea[name=text]", "这不是我的样本 not my sample")
            .unwrap();
        page.touch("form button[type=submit]").unwrap();
        page.wait("document.querySelector('#appeals article')")
            .unwrap();

        // What it rests on cannot be deleted meanwhile, and the page says why.
        go(&page, "data");
        page.touch("#data-erase").unwrap();
        sure(&page);
        page.wait("document.querySelector('#data-note [role=alert]')")
            .unwrap();

        stage.forward(7 * 24 + 1);
        go(&page, "code");
        page.wait("document.querySelector('#level svg').dataset.shape !== '10'")
            .unwrap();
        quiet(&stage, &page, &["/v1/subject"]);
    }
}
