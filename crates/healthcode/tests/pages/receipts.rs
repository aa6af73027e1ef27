//! One scan at one door with two authorities, and what the person takes away from it.

use std::fs;
use std::process::Command;

use hc_testkit::browser::{Page, Screen};
use serde_json::{Value, json};

use crate::access::{axe, looked};
use crate::gate::{Person, scan_by_hand};
use crate::looks::kept;
use crate::stage::{Stage, root};

const POLICY: &str = include_str!("../../../../policies/recognition/sichuan-2022-07.toml");

/// A policy of the demonstration's region, in force two days after it begins.
pub(crate) fn policy() -> String {
    POLICY.replace("510000", "330000")
}

pub(crate) fn said(page: &Page, script: &str) -> Value {
    page.run(&format!("return {script}"), &[]).unwrap()
}

pub(crate) fn text(value: &Value) -> String {
    let text = value.as_str();
    text.unwrap_or_else(|| panic!("no text: {value}"))
        .to_owned()
}

/// A moment of the clock: what is signed in the second in which a node began is refused.
pub(crate) fn a_moment(page: &Page, milliseconds: u32) {
    let script = "return new Promise((resolve) => setTimeout(resolve, arguments[0]))";
    page.run(script, &[json!(milliseconds)]).unwrap();
}

/// The gate makes its key, two officers register it, and the page knows that it is.
pub(crate) fn register(stage: &Stage, page: &Page) {
    page.touch("#tab-set").unwrap();
    page.wait("document.querySelector('#register-id')").unwrap();
    page.type_into("#register-id", "gate-7").unwrap();
    page.touch("section[aria-labelledby=set-register] button[type=submit]")
        .unwrap();
    page.wait("document.querySelector('#register-file')?.value")
        .unwrap();
    let public = text(&said(
        page,
        "document.querySelector('#register-file').value",
    ));
    fs::write(stage.path("gate-7.pub"), &public).unwrap();
    let key: Value = serde_json::from_str(&public).unwrap();
    stage.decide(&json!({"registerGate": {
        "id": "gate-7", "name": "东门", "venue": "330106-0042", "class": "general", "division": "330106",
        "attended": true, "purposes": ["entry"], "key": key, "until": "2023-01-01T00:00:00+08:00",
    }}));
    a_moment(page, 1100);
    page.touch("section[aria-labelledby=set-register] button.main")
        .unwrap();
    page.wait("document.querySelector('section[aria-labelledby=set-register] dl.facts')")
        .unwrap();
}

/// The guard asks for a test of 48 hours as well, and for no word of the region beside the gate's own.
fn set_up(page: &Page) {
    let script = "const choose = (id, set) => {
            const field = document.getElementById(id);
            set(field);
            field.dispatchEvent(new Event('change'));
        };
        choose('set-fresh', (field) => { field.value = '48'; });
        choose('set-confirm', (field) => { field.checked = false; });";
    page.run(script, &[]).unwrap();
}

/// An hour later the gate fetches what is new and scans, until it does what it should.
fn scan_until(stage: &Stage, page: &Page, code: &str, instruction: &str) {
    // Lists are made once in a minute, and whenever the clock is turned.
    stage.forward(1);
    for _ in 0..5 {
        page.touch("#tab-set").unwrap();
        page.touch("section[aria-labelledby=set-lists] button")
            .unwrap();
        a_moment(page, 1200);
        page.touch("#tab-scan").unwrap();
        scan_by_hand(page, code);
        a_moment(page, 600);
        let done = said(page, "document.getElementById('verdict').dataset.do ?? ''");
        let held = said(
            page,
            "!document.getElementById('verdict').innerText.includes('Unknown')",
        );
        if done == instruction && held == true {
            return;
        }
    }
    panic!(
        "never {instruction}: {}",
        said(page, "document.getElementById('verdict').innerText")
    );
}

/// What an authority says on the page: its action and its receipt's number.
fn taken(page: &Page, authority: &str) -> (String, String) {
    let section = format!("document.querySelector('.take [data-authority=\"{authority}\"]')");
    page.wait(&format!("{section}?.querySelector('.number')"))
        .unwrap();
    (
        text(&said(page, &format!("{section}.dataset.action"))),
        text(&said(
            page,
            &format!("{section}.querySelector('.number').innerText"),
        )),
    )
}

pub(crate) fn verified(stage: &Stage, receipt: &str, code: &str, due: i32) -> Value {
    let (gate, policy) = (stage.path("gate-7.pub"), stage.path("policy.toml"));
    let now = stage.now().to_string();
    let output = Command::new(env!("CARGO_BIN_EXE_healthcode"))
        .args(["receipt", "verify", receipt, "--json", "--code", code])
        .args(["--at", &now, "--gate"])
        .arg(gate)
        .arg("--policy")
        .arg(policy)
        .current_dir(root())
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(due), "{error}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn one_scan_says_what_every_authority_says_and_gives_a_receipt_for_each_without_network() {
    let Some(axe) = axe() else { return };
    let Some(stage) = Stage::with_officers() else {
        return;
    };
    fs::write(stage.path("policy.toml"), policy()).unwrap();
    let desk = stage.page(&Screen::phone("zh-CN"));
    desk.open(&stage.at("/gate/")).unwrap();
    a_moment(&desk, 1100);
    stage.decide(&json!({"publishRecognition": {"policy": policy()}}));
    // Announced: a gate has the door from now on, and goes by the policy in the open until its time.
    let page = stage.page(&Screen::phone("en-GB"));
    page.open(&stage.at("/gate/")).unwrap();
    page.wait("document.getElementById('verdict')?.dataset.ready === 'true'")
        .unwrap();
    let person = Person::enrol(&stage, &desk);
    scan_by_hand(&page, &person.paper);
    page.wait("document.getElementById('verdict').dataset.do === 'enter'")
        .unwrap();
    stage.forward(40);
    page.reload().unwrap();
    page.wait("document.getElementById('verdict')?.dataset.ready === 'true'")
        .unwrap();
    register(&stage, &page);
    set_up(&page);
    let person = Person::enrol(&stage, &desk);
    // The region lets pass who is low; this venue wants a test beside that.
    scan_until(&stage, &page, &person.paper, "check");
    let (action, _) = taken(&page, "venue");
    assert_eq!(action, "check");
    let others = "document.querySelectorAll('.take [data-authority=\"330000\"]').length";
    assert_eq!(said(&page, others), 0);
    // From now on the region refuses, and the strictest decides.
    stage.laboratory(person.number(), "positive", "gate-7");
    scan_until(&stage, &page, &person.paper, "stop");
    page.offline(true).unwrap();
    scan_by_hand(&page, &person.paper);
    a_moment(&page, 600);
    let (refused, number) = taken(&page, "330000");
    let (checked, other) = taken(&page, "venue");
    assert_eq!((refused.as_str(), checked.as_str()), ("refuse", "check"));
    assert_ne!(number, other);
    let section = ".take [data-authority=\"330000\"]";
    page.touch(&format!("{section} .show-receipt")).unwrap();
    page.wait(&format!("document.querySelector('{section} .receipt svg')"))
        .unwrap();
    looked(&page, axe, "a receipt");
    let seen =
        format!("document.querySelector('{section} .receipt').scrollIntoView({{ block: 'end' }})");
    page.run(&seen, &[]).unwrap();
    kept(&page, "gate-receipt-en-phone");
    let shown = format!("document.querySelector('{section} .receipt').dataset.text");
    let receipt = text(&said(&page, &shown));
    // Nobody and no code is named.
    assert!(!receipt.contains(&person.paper) && receipt.starts_with("HC1R:"));
    let told = verified(&stage, &receipt, &person.paper, 0);
    assert_eq!(told["number"], number.as_str());
    assert_eq!(
        (&told["gate"], &told["action"], &told["is_of_the_code"]),
        (&json!("gate-7"), &json!("refuse"), &json!(true))
    );
    assert_eq!(told["policy"]["rule"], "high");
    let elses = verified(&stage, &receipt, "somebody else's", 1);
    assert_eq!(elses["is_of_the_code"], false);
    // And the region says the same.
    let told = stage.ask(
        "POST",
        "/v1/receipts/check",
        Some(&json!({ "receipt": receipt })),
    );
    assert_eq!(
        (&told["proved"], &told["good"]),
        (&json!(true), &json!(true))
    );
    assert_eq!(told["gate"]["id"], "gate-7");
    assert_eq!(told["policy"]["contest"]["phone"], "028-12345");
    let by_number = stage.ask(
        "POST",
        "/v1/receipts/check",
        Some(&json!({ "number": number })),
    );
    assert_eq!(by_number["policy"]["rule"], "high");
}
