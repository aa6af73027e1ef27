//! Without network: the page opens, says so, and shows a code that this phone signs.

use hc_testkit::browser::Screen;
use serde_json::json;

use crate::person::{arrive, enrol, level, scanned, verdict};
use crate::stage::Stage;

#[test]
fn without_network_the_page_opens_and_shows_a_carried_code_that_gates_take() {
    let Some(stage) = Stage::begin() else { return };
    let page = arrive(&stage, &Screen::phone("zh-CN"));
    enrol(&stage, &page);
    page.wait("navigator.serviceWorker.controller").unwrap();
    // The codes to carry were fetched beside the first showing.
    let carried = "(window.keys || (indexedDB.open('healthcode').onsuccess = (event) => {
            const asking = event.target.result.transaction('things').objectStore('things').getAllKeys();
            asking.onsuccess = () => { window.keys = asking.result; setTimeout(() => { window.keys = null }, 200) };
        }), (window.keys || []).some((key) => key.startsWith('carried:')))";
    page.wait(carried).unwrap();

    page.offline(true).unwrap();
    page.reload().unwrap();
    page.wait("document.querySelector('#state .offline') && document.querySelector('#code svg')")
        .unwrap();
    assert_eq!(level(&page).0, "00");
    let text = scanned(&page, "#code svg");
    assert!(text.starts_with("HC1P:330000:C00:"), "{text}");
    let shown = verdict(&stage, &text);
    assert_eq!(
        (&shown["action"], &shown["class"]),
        (&json!("pass"), &json!("carried")),
        "{shown}"
    );

    // The key cannot be taken out, by the page itself neither.
    let taking = "return (async () => {
        const database = await new Promise((done) => { const asking = indexedDB.open('healthcode'); asking.onsuccess = () => done(asking.result) });
        const get = (asking) => new Promise((done) => { asking.onsuccess = () => done(asking.result) });
        const keys = await get(database.transaction('things').objectStore('things').getAllKeys());
        const name = keys.find((key) => key.startsWith('holder:'));
        const pair = await get(database.transaction('things').objectStore('things').get(name));
        try { await crypto.subtle.exportKey('pkcs8', pair.privateKey); return 'taken'; } catch { return String(pair.privateKey.extractable); }
    })()";
    assert_eq!(page.run(taking, &[]).unwrap(), json!("false"));

    // What was joined into one file is there by its own names too, for whoever is connected.
    page.offline(false).unwrap();
    // Browsers choose either form of a signature; every showing has the one that verifiers take.
    let many = "return (async (base) => {
        const carry = await import(base + '/person/carry.js');
        const database = await new Promise((done) => { const asking = indexedDB.open('healthcode'); asking.onsuccess = () => done(asking.result) });
        const get = (asking) => new Promise((done) => { asking.onsuccess = () => done(asking.result) });
        const things = () => database.transaction('things').objectStore('things');
        const keys = await get(things().getAllKeys());
        const [code] = await get(things().get(keys.find((key) => key.startsWith('carried:'))));
        const pair = await get(things().get(keys.find((key) => key.startsWith('holder:'))));
        const clock = await get(things().get('clock'));
        const now = (Date.now() + clock.ahead) / 1000;
        return Promise.all([...Array(12).keys()].map((back) => carry.showing(code.text, pair.privateKey, now - back)));
    })(document.querySelector('script').src.replace('/person/page.js', ''))";
    for shown in page.run(many, &[]).unwrap().as_array().unwrap() {
        let found = verdict(&stage, shown.as_str().unwrap());
        assert_eq!(found["action"], "pass", "{found}");
    }

    page.run("window.dispatchEvent(new Event('online'))", &[])
        .unwrap();
    page.wait("!document.querySelector('#state .offline')")
        .unwrap();
    assert!(scanned(&page, "#code svg").starts_with("HC1P:330000:L00:"));
}
