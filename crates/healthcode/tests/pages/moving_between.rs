//! Moving between two real regions in the browser: seen, agreed to, sent or carried, and the new region's code at the end.

use std::path::Path;

use hc_testkit::browser::{Page, Screen};
use hc_testkit::federation::{Program, Region, World, somebody, until};
use serde_json::{Value, json};

use crate::access::{axe, looked};
use crate::looks::kept;
use crate::person::{go, level, scanned};
use crate::stage::Alone;

const SICHUAN: &str = "510000";
const GUANGDONG: &str = "440000";

fn world() -> World {
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let program = Program::new(Path::new(env!("CARGO_BIN_EXE_healthcode")), &checkout);
    World::open(
        &program,
        &[
            (SICHUAN, "policies/sichuan-2020.toml"),
            (GUANGDONG, "policies/guangdong-2020.toml"),
        ],
    )
}

/// A telephone that takes the regions' certificates, which are of this test, without looking.
fn telephone(language: &'static str) -> Screen {
    let mut screen = Screen::phone(language);
    let certificates = "--ignore-certificate-errors".to_owned();
    screen.arguments.push(certificates);
    screen
}

fn said(page: &Page, script: &str) -> Value {
    page.run(&format!("return {script}"), &[]).unwrap()
}

fn text(page: &Page, selector: &str) -> String {
    let found = said(
        page,
        &format!("document.querySelector('{selector}').textContent"),
    );
    found.as_str().unwrap().to_owned()
}

/// The page of somebody who is enrolled in a region already.
fn at_home(browser: &Alone, region: &Region, language: &'static str, token: &str) -> Page {
    let page = browser.page(&telephone(language));
    page.open(&region.at("/")).unwrap();
    page.wait("document.querySelector(\"a[href='#arriving']\")")
        .unwrap();
    let keep = "const main = document.querySelector('script[type=module]').src;
        return import(new URL('kept.js', main))
            .then((kept) => kept.keepPerson({label: '我', token: arguments[0]})).then(() => true)";
    page.run(keep, &[json!(token)]).unwrap();
    page.reload().unwrap();
    page.wait("document.querySelector('#code svg')").unwrap();
    page
}

/// Goes through the form of who moves; gives what the person takes along.
fn agree(page: &Page, way: &str, end: &str) -> String {
    let choose = format!(
        "const to = document.querySelector('select[name=to]');
         to.value = '{GUANGDONG}';
         to.dispatchEvent(new Event('change', {{ bubbles: true }}));"
    );
    page.run(&choose, &[]).unwrap();
    page.touch(&format!("input[type=radio][value={way}]"))
        .unwrap();
    page.touch(&format!("input[type=radio][value={end}]"))
        .unwrap();
    page.touch("input[name=consent]").unwrap();
    page.touch("#moving form button[type=submit]").unwrap();
    page.wait("document.querySelector('#passage')").unwrap();
    text(page, "#passage")
}

/// Whoever arrives in the other region's page and enters what they took along.
fn arriving(browser: &Alone, region: &Region, language: &'static str) -> Page {
    let page = browser.page(&telephone(language));
    page.open(&region.at("/")).unwrap();
    page.wait("document.querySelector(\"a[href='#arriving']\")")
        .unwrap();
    page.touch("a[href='#arriving']").unwrap();
    page.wait("document.querySelector('textarea')").unwrap();
    page
}

/// The code that the page shows is one of that region, and its gates let pass with it.
fn has_a_code_of(page: &Page, region: &Region, division: &str) {
    page.wait("document.querySelector('#code svg') && document.querySelector('#level svg')")
        .unwrap();
    assert_eq!(level(page).0, "00", "decided there on the same facts");
    let code = scanned(page, "#code svg");
    assert!(code.starts_with(&format!("HC1P:{division}")), "{code}");
    let told = region.ask("POST /v1/verdicts", "", Some(&json!({ "text": code })));
    assert_eq!(told.json()["action"], "pass", "{}", told.body);
}

/// No other origin was asked, and no secret stands in an address.
fn alone(page: &Page, region: &Region, passage: &str) {
    let secret = passage.split('.').find(|part| part.len() == 64).unwrap();
    for address in page.asked().unwrap() {
        let own = address.starts_with(&region.at("/")) || !address.starts_with("http");
        assert!(own && !address.contains(secret), "{address}");
    }
}

#[test]
fn who_moves_sees_what_goes_agrees_and_takes_along_what_the_picture_says() {
    let Some(axe) = axe() else { return };
    let Some(browser) = Alone::begin() else {
        return;
    };
    let world = world();
    let [sichuan, guangdong] = [SICHUAN, GUANGDONG].map(|code| world.region(code));
    let number = somebody(41);
    let token = sichuan.enrol(&number);
    let page = at_home(&browser, sichuan, "zh-CN", &token);

    // Everything that goes is there before anything is asked; the number is masked.
    go(&page, "moving");
    page.wait("document.querySelector('#goes dl') && document.querySelector('select[name=to]')")
        .unwrap();
    let goes = text(&page, "#goes");
    assert!(
        goes.contains(&number[number.len() - 2..]) && !goes.contains(&number),
        "{goes}"
    );
    assert!(goes.contains("申报") && goes.contains("依据"), "{goes}");
    let regions = text(&page, "select[name=to]");
    assert!(
        regions.contains("广东省") && !regions.contains("四川省"),
        "{regions}"
    );
    looked(&page, axe, "what goes");
    kept(&page, "moving-goes-zh-phone");
    // Nothing goes without a word of consent.
    page.touch("#moving form button[type=submit]").unwrap();
    page.wait("document.querySelector('.summary')").unwrap();
    assert_eq!(
        said(&page, "document.querySelector('#passage')"),
        Value::Null
    );
    page.run(
        "document.querySelector('#moving form').scrollIntoView()",
        &[],
    )
    .unwrap();
    kept(&page, "moving-agree-zh-phone");
    let passage = agree(&page, "sent", "yes");
    assert!(passage.starts_with("HCMOVE1.510000."), "{passage}");
    assert_eq!(
        scanned(&page, "#moving .picture svg"),
        passage,
        "the picture says the same"
    );
    looked(&page, axe, "what is taken along");
    page.run("document.getElementById('main').scrollTop = 0", &[])
        .unwrap();
    kept(&page, "moving-sent-zh-phone");
    alone(&page, sichuan, &passage);
    sichuan.until_sent();
    // The form in the other region is the one that the text is entered in.
    let there = arriving(&browser, guangdong, "zh-CN");
    assert_eq!(text(&there, "textarea"), "");
}

#[test]
fn who_carries_it_needs_no_way_between_the_regions_and_may_keep_the_code_at_home() {
    let Some(axe) = axe() else { return };
    let Some(browser) = Alone::begin() else {
        return;
    };
    let mut world = world();
    let token = world.region(SICHUAN).enrol(&somebody(42));
    let page = at_home(&browser, world.region(SICHUAN), "en-GB", &token);
    go(&page, "moving");
    page.wait("document.querySelector('select[name=to]')")
        .unwrap();
    let passage = agree(&page, "carried", "no");
    assert!(passage.starts_with("HCMOVE2."), "{passage}");
    looked(&page, axe, "what is carried");
    page.run("document.getElementById('main').scrollTop = 0", &[])
        .unwrap();
    kept(&page, "moving-carried-en-phone");
    // Who leaves the screen finds it again.
    page.reload().unwrap();
    go(&page, "moving");
    page.wait("document.querySelector('#passage')").unwrap();
    assert_eq!(text(&page, "#passage"), passage);
    alone(&page, world.region(SICHUAN), &passage);

    // The region that they left is gone, the hub too: what they carry is enough, here from the file that was saved.
    world.stop_hub();
    world.region_mut(SICHUAN).stop();
    let guangdong = world.region(GUANGDONG);
    let there = arriving(&browser, guangdong, "en-GB");
    let from_file = "const files = new DataTransfer();
        files.items.add(new File([arguments[0]], 'healthcode-moving.txt', {type: 'text/plain'}));
        const input = document.getElementById('passage-file');
        input.files = files.files;
        input.dispatchEvent(new Event('change'));";
    there.run(from_file, &[json!(passage)]).unwrap();
    there
        .wait("document.querySelector('textarea').value.startsWith('HCMOVE2.')")
        .unwrap();
    kept(&there, "arriving-carried-en-phone");
    there.touch("form button[type=submit]").unwrap();
    has_a_code_of(&there, guangdong, GUANGDONG);
    alone(&there, guangdong, &passage);
    // A photograph of it is worth nothing afterwards.
    let late = arriving(&browser, guangdong, "en-GB");
    late.run(
        "document.querySelector('textarea').value = arguments[0]",
        &[json!(passage)],
    )
    .unwrap();
    late.touch("form button[type=submit]").unwrap();
    late.wait("document.querySelector('.summary')").unwrap();
    // The code at home goes on until it ends by itself.
    world.region_mut(SICHUAN).serve();
    until("the code at home is shown", || {
        (world
            .region(SICHUAN)
            .ask("GET /v1/code", &token, None)
            .status
            == 200)
            .then_some(())
    });
}
