//! A receipt for whoever asks, also for a pass: by the button or the key, with and without network; and a queue
//! that waits for nobody's receipt.

use std::fs;

use hc_testkit::browser::{Page, Screen};
use serde_json::{Value, json};

use crate::access::{axe, looked};
use crate::gate::{Person, scan_by_hand};
use crate::looks::kept;
use crate::receipts::{a_moment, register, said, text, verified};
use crate::stage::Stage;

const READY: &str = "document.getElementById('verdict')?.dataset.ready === 'true'";
const ENTER: &str = "document.getElementById('verdict').dataset.do === 'enter'";
const NOTHING: &str = "!document.querySelector('.taken') && !document.querySelector('.take h2')";

/// A gate that is ready, in a language.
fn gate(stage: &Stage, language: &'static str) -> Page {
    let page = stage.page(&Screen::phone(language));
    page.open(&stage.at("/gate/")).unwrap();
    page.wait(READY).unwrap();
    page
}

/// F2, as the browser's driver takes it.
const KEY: &str = "\u{e032}";

fn let_in(page: &Page, code: &str) {
    scan_by_hand(page, code);
    // Nothing but the button is there, also a while later: a queue goes on.
    let alone = format!("{ENTER} && {NOTHING} && document.getElementById('receipt-ask')");
    page.wait(&alone).unwrap();
    a_moment(page, 400);
    assert_eq!(said(page, &format!("Boolean({alone})")), true);
}

/// What is read out, and the number on the page.
fn read_out(page: &Page) -> (String, String) {
    page.wait("document.querySelector('#take [role=status]')?.textContent")
        .unwrap();
    let number = text(&said(
        page,
        "document.querySelector('.taken .number').textContent",
    ));
    let words = text(&said(
        page,
        "document.querySelector('#take [role=status]').textContent",
    ));
    assert!(words.contains(&number), "{words}");
    (words, number)
}

#[test]
fn whoever_was_let_in_takes_a_receipt_away_when_they_ask_and_the_queue_does_not_wait() {
    let Some(axe) = axe() else { return };
    let Some(stage) = Stage::with_officers() else {
        return;
    };
    let desk = stage.page(&Screen::phone("zh-CN"));
    desk.open(&stage.at("/gate/")).unwrap();
    let page = gate(&stage, "zh-CN");
    register(&stage, &page);
    page.touch("#tab-scan").unwrap();
    let [one, other, third] = [(); 3].map(|()| Person::enrol(&stage, &desk));
    let_in(&page, &one.paper);
    page.touch("#receipt-ask").unwrap();
    let (words, number) = read_out(&page);
    assert!(words.contains("拍照"), "{words}");
    let seen = "document.activeElement === document.querySelector('.take h2')
        && document.activeElement.textContent === '可带走的回执'
        && document.querySelector('.taken').dataset.action === 'pass'
        && document.querySelector('.taken .receipt svg') !== null
        && document.querySelector('#receipt-ask') === null";
    assert_eq!(said(&page, seen), true);
    looked(&page, axe, "a receipt of a pass");
    kept(&page, "gate-receipt-pass-zh-phone");
    // It is what the region and the command line take for a receipt of this code.
    let receipt = text(&said(
        &page,
        "document.querySelector('.receipt').dataset.text",
    ));
    fs::write(stage.path("policy.toml"), crate::receipts::policy()).unwrap();
    let told = verified(&stage, &receipt, &one.paper, 0);
    assert_eq!(told["number"], number.as_str());
    assert_eq!(
        (&told["action"], &told["is_of_the_code"]),
        (&json!("pass"), &json!(true))
    );
    let body = json!({ "receipt": receipt });
    let told = stage.ask("POST", "/v1/receipts/check", Some(&body));
    assert_eq!(
        (&told["proved"], &told["action"]),
        (&json!(true), &json!("pass"))
    );
    // It stays longer than a verdict does, and the next in the queue takes its place at once.
    a_moment(&page, 9000);
    assert_eq!(said(&page, ENTER), true);
    let_in(&page, &other.paper);
    // And leaves like any other that nobody asked about.
    page.wait("document.getElementById('verdict').dataset.do === undefined")
        .unwrap();
    assert_eq!(
        said(&page, "document.getElementById('take').childElementCount"),
        0
    );

    // The same by the key and without network; two receipts of one code are two.
    page.offline(true).unwrap();
    let_in(&page, &third.paper);
    page.press(KEY).unwrap();
    let (_, second) = read_out(&page);
    assert_ne!(second, number);
    let receipt = text(&said(
        &page,
        "document.querySelector('.receipt').dataset.text",
    ));
    assert!(receipt.starts_with("HC1R:") && !receipt.contains(&third.paper));
}

#[test]
fn a_gate_without_a_key_gives_a_number_and_says_why_it_is_all() {
    let Some(axe) = axe() else { return };
    let Some(stage) = Stage::begin() else { return };
    let page = gate(&stage, "en-GB");
    let person = Person::enrol(&stage, &page);
    let_in(&page, &person.paper);
    page.press(KEY).unwrap();
    let (words, _) = read_out(&page);
    assert!(words.contains("note the number down"), "{words}");
    let shown = text(&said(&page, "document.getElementById('take').textContent"));
    assert!(shown.contains("not registered with the region"), "{shown}");
    let picture: Value = said(&page, "document.querySelector('#take svg') === null");
    assert_eq!(picture, true);
    looked(&page, axe, "a receipt without a key");
    // Who is sent back sees the number without asking, and the action is there for them too.
    let (head, tail) = person.paper.split_at(person.paper.len() - 12);
    let turned: String = tail.chars().rev().collect();
    scan_by_hand(&page, &format!("{head}{turned}"));
    page.wait("document.querySelector('.taken[data-action=invalid] .number')")
        .unwrap();
    assert_eq!(
        said(&page, "document.querySelector('.take h2')"),
        Value::Null
    );
    page.press(KEY).unwrap();
    page.wait("document.querySelector('#take [role=status]')?.textContent")
        .unwrap();
    assert_eq!(said(&page, "document.querySelectorAll('.taken').length"), 1);
    // A letter that somebody types is nobody's wish.
    scan_by_hand(&page, &person.paper);
    page.wait("document.getElementById('receipt-ask')").unwrap();
    page.press("r").unwrap();
    a_moment(&page, 300);
    assert_eq!(
        said(&page, "document.getElementById('receipt-ask') !== null"),
        true
    );
}
