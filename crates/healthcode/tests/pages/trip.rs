//! The page of the trip through the federation: what happens, in both languages, on a telephone.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use hc_testkit::browser::{Page, Screen};
use serde_json::{Value, json};

use crate::access::{axe, looked};
use crate::looks::kept;
use crate::stage::{Alone, root};

/// Five services and the page of their trip; gone when this is dropped.
struct Country(Child, String);

impl Country {
    fn open() -> Self {
        let program = Command::new(env!("CARGO_BIN_EXE_healthcode"))
            .args(["--lang", "en", "demo", "--federation", "--people", "20"])
            .args(["--listen", "127.0.0.1:0"])
            .current_dir(root())
            .stdout(Stdio::piped())
            .spawn();
        let mut country = Self(program.unwrap(), String::new());
        let mut out = BufReader::new(country.0.stdout.take().unwrap());
        while country.1.is_empty() {
            let mut line = String::new();
            assert_ne!(
                out.read_line(&mut line).unwrap(),
                0,
                "the country has not begun"
            );
            if let Some((_, rest)) = line.trim().split_once("http://") {
                country.1 = format!("http://{rest}");
            }
        }
        country
    }
}

impl Drop for Country {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn said(page: &Page, script: &str) -> Value {
    page.run(&format!("return {script}"), &[]).unwrap()
}

fn count(page: &Page, selector: &str) -> u64 {
    let found = said(
        page,
        &format!("document.querySelectorAll('{selector}').length"),
    );
    found.as_u64().unwrap()
}

/// Nothing is cut off at the side, and nothing went wrong.
fn whole(page: &Page) {
    let script = "[document.documentElement.scrollWidth <= innerWidth, document.getElementById('fault').textContent]";
    assert_eq!(said(page, script), json!([true, ""]));
}

/// What stands at each step, and under each region.
fn words(page: &Page, selector: &str) -> Vec<String> {
    let script =
        format!("[...document.querySelectorAll('{selector}')].map((one) => one.innerText.trim())");
    let found = said(page, &script);
    let found = found.as_array().unwrap().iter();
    found.map(|one| one.as_str().unwrap().to_owned()).collect()
}

fn chinese(text: &str) -> bool {
    text.chars()
        .any(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter))
}

#[test]
fn the_trip_plays_to_its_end_on_a_telephone_and_says_every_step_in_both_languages() {
    let Some(axe) = axe() else { return };
    let Some(browser) = Alone::begin() else {
        return;
    };
    let country = Country::open();
    let page = browser.page(&Screen::phone("zh-CN"));
    page.open(&country.1).unwrap();
    page.wait("document.querySelectorAll('#regions li').length > 0 && document.getElementById('now').textContent")
        .unwrap();
    whole(&page);
    looked(&page, axe, "the trip before it begins");
    kept(&page, "trip-begins-zh-phone");
    assert!(count(&page, "#regions li") >= 3);
    assert_eq!(count(&page, "#steps > li"), 0);
    // However many steps there are: each adds one, and the last one says that it was the last.
    let mut steps = 0;
    while said(&page, "document.getElementById('next').disabled") == false {
        page.touch("#next").unwrap();
        steps += 1;
        page.wait(&format!(
            "document.querySelectorAll('#steps > li').length === {steps} && document.getElementById('next').getAttribute('aria-busy') === null"
        ))
        .unwrap();
        whole(&page);
        assert!(steps < 30, "it never ends");
        if steps == 3 {
            looked(&page, axe, "the trip on its way");
            kept(&page, "trip-zh-phone");
        }
    }
    assert!(steps >= 4, "{steps}");
    let over = "document.getElementById('over').textContent";
    assert!(chinese(said(&page, over).as_str().unwrap()));
    let told = words(&page, "#steps > li");
    assert!(told.iter().all(|step| chinese(step)), "{told:?}");
    // Where gates were asked, it stands beside what happened.
    assert!(count(&page, "#steps .verdicts li") > 0);
    // The same in English, to the last word.
    page.touch("#language").unwrap();
    page.wait("document.documentElement.lang === 'en'").unwrap();
    let english = words(&page, "#steps > li");
    assert_eq!(english.len(), told.len());
    for step in english.iter().chain(&words(&page, "#regions li")) {
        assert!(!step.is_empty() && !chinese(step), "{step}");
    }
    let over = said(&page, over);
    assert!(!over.as_str().unwrap().is_empty() && !chinese(over.as_str().unwrap()));
    whole(&page);
    looked(&page, axe, "the trip in English");
    page.run("scrollTo(0, 0)", &[]).unwrap();
    kept(&page, "trip-over-en-phone");
    // Nobody else was asked, and nothing was refused by the page's policy.
    for address in page.asked().unwrap() {
        let origin = country.1.trim_end_matches("/demo");
        assert!(
            address.starts_with(origin) || !address.starts_with("http"),
            "{address}"
        );
    }
    for line in page.log().unwrap() {
        assert_ne!(line.level, "SEVERE", "{line:?}");
    }
}
