//! Moving, where there is no federation: what would go is shown, and what did not come is refused.

use hc_testkit::browser::Screen;
use serde_json::json;

use crate::person::{arrive, enrol, go, quiet};
use crate::stage::Stage;

#[test]
fn what_would_go_is_shown_and_without_another_region_nothing_can() {
    let Some(stage) = Stage::begin() else { return };
    let page = arrive(&stage, &Screen::phone("zh-CN"));
    let (_, number) = enrol(&stage, &page);
    go(&page, "moving");
    page.wait("document.querySelector('#goes dl')").unwrap();
    let shown = page
        .run("return document.getElementById('moving').textContent", &[])
        .unwrap();
    let shown = shown.as_str().unwrap();
    assert!(shown.contains("没有可以迁往的地区"), "{shown}");
    assert!(!shown.contains(&number), "the number is masked: {shown}");
    assert!(
        shown.contains(&number[number.len() - 2..]),
        "and can be told from another one: {shown}"
    );
    quiet(&stage, &page, &["/v1/transfer-previews"]);
}

#[test]
fn what_did_not_come_gives_no_code_and_says_why() {
    let Some(stage) = Stage::begin() else { return };
    let page = arrive(&stage, &Screen::phone("en-GB"));
    page.touch("a[href='#arriving']").unwrap();
    page.wait("document.querySelector('textarea')").unwrap();
    let entered = |text: &str| {
        page.run(
            "document.querySelector('textarea').value = arguments[0]",
            &[json!(text)],
        )
        .unwrap();
        page.touch("form button[type=submit]").unwrap();
        page.wait("document.querySelector('.summary')").unwrap();
        let said = page.run("return document.querySelector('.summary').textContent", &[]);
        said.unwrap().as_str().unwrap().to_owned()
    };
    let said = entered("HCMOVE1.500000.somebody");
    assert!(
        said.contains("not what the other region gave you"),
        "{said}"
    );
    let (id, secret) = ("ab".repeat(16), "cd".repeat(32));
    let said = entered(&format!(" HCMOVE1.500000.{id}.\n{secret} "));
    assert!(said.contains("Nothing waits for you"), "{said}");
    let said = entered(&format!("HCMOVE2.{secret}.{}", "A".repeat(400)));
    assert!(said.contains("It cannot be taken"), "{said}");
    let kept = page.run("return document.querySelector('#code svg') === null", &[]);
    assert_eq!(kept.unwrap(), json!(true));
}
