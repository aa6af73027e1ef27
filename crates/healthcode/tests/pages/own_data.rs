//! Paper, and my data: see, who looked, correct, take along, withdraw, delete.

use hc_testkit::browser::Screen;
use serde_json::json;

use crate::person::{arrive, enrol, go, quiet, scanned, sure, verdict};
use crate::stage::Stage;

#[test]
fn paper_is_made_printed_read_and_withdrawn() {
    let Some(stage) = Stage::begin() else { return };
    let page = arrive(&stage, &Screen::phone("zh-CN"));
    enrol(&stage, &page);
    go(&page, "paper");
    page.touch("main > button.main").unwrap();
    page.wait(
        "document.querySelector('#paper-new svg') && document.querySelector('#papers .card')",
    )
    .unwrap();
    let text = scanned(&page, "#paper-new svg");
    assert!(text.starts_with("HC1P:330000:P--:"), "{text}");
    assert_eq!(verdict(&stage, &text)["class"], "paper");

    // The files as the page gets them; a browser without a window keeps no downloads.
    let print = "return (async (text, layout) => {
        const database = await new Promise((done) => { const asking = indexedDB.open('healthcode'); asking.onsuccess = () => done(asking.result) });
        const people = await new Promise((done) => { const asking = database.transaction('people').objectStore('people').getAll(); asking.onsuccess = () => done(asking.result) });
        const answer = await fetch('/v1/paper-prints', {method: 'POST', headers: {'content-type': 'application/json', authorization: 'Bearer ' + people[0].token}, body: JSON.stringify({text, layout})});
        const bytes = new Uint8Array(await answer.arrayBuffer());
        return [answer.status, answer.headers.get('content-type'), String.fromCharCode(...bytes.slice(0, 8)), bytes.length];
    })(arguments[0], arguments[1])";
    for layout in ["card", "a4"] {
        let got = page.run(print, &[json!(text), json!(layout)]).unwrap();
        assert_eq!(
            (&got[0], &got[1]),
            (&json!(200), &json!("application/pdf")),
            "{got}"
        );
        assert_eq!(got[2], "%PDF-1.7");
    }
    let got = page
        .run(
            print,
            &[json!(text.replace("330000", "440000")), json!("card")],
        )
        .unwrap();
    assert_eq!(got[0], 422, "what gates would not take was printed");
    page.touch("#paper-new .row button").unwrap();
    page.wait("document.querySelector('#paper-new .card > p:last-child').textContent.length > 0")
        .unwrap();

    page.touch("#papers button.grave").unwrap();
    sure(&page);
    page.wait("!document.querySelector('#papers button.grave')")
        .unwrap();
    assert_ne!(verdict(&stage, &text)["action"], "pass");
    quiet(&stage, &page, &["/v1/paper-prints"]);
}

#[test]
fn a_person_sees_corrects_takes_along_withdraws_and_deletes() {
    let Some(stage) = Stage::begin() else { return };
    let page = arrive(&stage, &Screen::phone("en-GB"));
    let (name, number) = enrol(&stage, &page);
    let old = scanned(&page, "#code svg");
    go(&page, "data");
    page.touch("#data-see").unwrap();
    page.wait("document.querySelector('#seen dl')").unwrap();
    let seen = page
        .run("return document.getElementById('seen').textContent", &[])
        .unwrap();
    assert!(seen.as_str().unwrap().contains(&name) && seen.as_str().unwrap().contains(&number));

    page.touch("#correct summary").unwrap();
    page.type_into("#correct input[name=phone]", "not a number")
        .unwrap();
    page.touch("#correct button[type=submit]").unwrap();
    page.wait(
        "document.querySelector('#correct .field.wrong input[name=phone][aria-invalid=true]')",
    )
    .unwrap();
    page.type_into("#correct input[name=phone]", "13800000000")
        .unwrap();
    page.touch("#correct button[type=submit]").unwrap();
    page.wait("document.querySelector('#seen').textContent.includes('13800000000')")
        .unwrap();

    page.touch("#data-looked").unwrap();
    page.wait("document.querySelectorAll('#looked li.log').length > 2")
        .unwrap();
    page.touch("#data-export").unwrap();
    page.wait("document.querySelector('#data-note [role=status]')")
        .unwrap();

    page.touch("#data-withdraw").unwrap();
    sure(&page);
    page.wait("document.querySelector('#code svg')").unwrap();
    assert_ne!(
        verdict(&stage, &old)["action"],
        "pass",
        "the old code still counts"
    );
    assert_eq!(
        verdict(&stage, &scanned(&page, "#code svg"))["action"],
        "pass"
    );

    go(&page, "data");
    page.touch("#data-erase").unwrap();
    sure(&page);
    page.wait("!document.querySelector('#data-erase') && document.querySelector('h1')")
        .unwrap();
    let left = "return (async () => {
        const database = await new Promise((done) => { const asking = indexedDB.open('healthcode'); asking.onsuccess = () => done(asking.result) });
        const count = (name) => new Promise((done) => { const asking = database.transaction(name).objectStore(name).getAllKeys(); asking.onsuccess = () => done(asking.result) });
        return [(await count('people')).length, (await count('things')).filter((key) => key.includes(':'))];
    })()";
    assert_eq!(
        page.run(left, &[]).unwrap(),
        json!([0, []]),
        "something of the person was left"
    );
    quiet(&stage, &page, &["/v1/profile"]);
}

#[test]
fn what_a_phone_keeps_is_a_token_answers_and_codes() {
    let Some(stage) = Stage::begin() else { return };
    let page = arrive(&stage, &Screen::phone("zh-CN"));
    let (name, number) = enrol(&stage, &page);
    let all = "return (async () => {
        const database = await new Promise((done) => { const asking = indexedDB.open('healthcode'); asking.onsuccess = () => done(asking.result) });
        const all = (name) => new Promise((done) => { const asking = database.transaction(name).objectStore(name).getAll(); asking.onsuccess = () => done(asking.result) });
        const kept = [];
        for (const name of await caches.keys()) kept.push(...(await (await caches.open(name)).keys()).map((request) => request.url));
        return JSON.stringify([await all('people'), await all('things'), {...localStorage}, {...sessionStorage}, document.cookie, kept, location.href]);
    })()";
    let kept = page.run(all, &[]).unwrap();
    let kept = kept.as_str().unwrap();
    assert!(kept.contains("token"), "{kept}");
    assert!(
        !kept.contains(&name) && !kept.contains(&number),
        "the page keeps who the person is"
    );
    assert!(
        !kept.contains("/v1/"),
        "an answer of the interface was kept: {kept}"
    );
}
