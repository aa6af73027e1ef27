//! How soon a code is there on a slow phone behind a slow network, and how much is sent for it.
//!
//! `cargo xtask prove pages` runs it and writes the table; as a test it would hang on the machine's mood.

use std::time::Duration;

use hc_testkit::browser::{Page, Screen};
use serde_json::json;

use crate::person::{arrive, enrol};
use crate::stage::Stage;

/// Round trip, bits a second, and how many times slower than this machine.
const NETWORK: (u32, u32) = (150, 1_600_000);
const SLOWER: u32 = 4;
/// So many visits of each kind; the middle one counts.
const VISITS: usize = 5;

fn slow(page: &Page) {
    let bytes = NETWORK.1 / 8;
    page.devtools("Network.enable", &json!({})).unwrap();
    let network = json!({
        "offline": false, "latency": NETWORK.0,
        "downloadThroughput": bytes, "uploadThroughput": bytes / 2,
    });
    page.devtools("Network.emulateNetworkConditions", &network)
        .unwrap();
    page.devtools("Emulation.setCPUThrottlingRate", &json!({ "rate": SLOWER }))
        .unwrap();
}

fn mark(page: &Page, name: &str) -> f64 {
    let script = "return performance.getEntriesByName(arguments[0])[0].startTime";
    page.run(script, &[json!(name)]).unwrap().as_f64().unwrap()
}

fn middle(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// One line of the table: what, how much, at most.
fn tell(what: &str, value: f64, most: f64, unit: &str) {
    println!("measured\t{what}\t{value:.0}\t{most:.0}\t{unit}");
}

#[test]
#[ignore = "it measures: cargo xtask prove pages"]
fn a_code_is_there_soon_on_a_slow_phone() {
    let Some(stage) = Stage::begin() else { return };
    // The first asker of all has everything compressed for those after.
    drop(arrive(&stage, &Screen::phone("zh-CN")));
    let (mut screens, mut codes, mut again, mut bytes) = (vec![], vec![], vec![], 0.0);
    let mut turns = vec![];
    for visit in 0..VISITS {
        let page = stage.page(&Screen::phone("zh-CN"));
        slow(&page);
        page.open(&stage.at("/")).unwrap();
        page.wait("document.querySelector('form input[name=name]')")
            .unwrap();
        screens.push(mark(&page, "screen"));
        page.run(
            "document.addEventListener('submit', () => performance.mark('sent'), true)",
            &[],
        )
        .unwrap();
        let (_, number) = enrol(&stage, &page);
        codes.push(mark(&page, "code") - mark(&page, "sent"));
        // What was sent until the code stood there, without what is kept for later visits.
        let sent = "const until = performance.getEntriesByName('code')[0].startTime;
            const all = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource').filter((one) => one.startTime < until)];
            return all.reduce((sum, one) => sum + one.transferSize, 0);";
        bytes = page.run(sent, &[]).unwrap().as_f64().unwrap();
        page.wait("navigator.serviceWorker.controller").unwrap();
        page.reload().unwrap();
        page.wait("document.querySelector('#code svg')").unwrap();
        again.push(mark(&page, "code"));
        // An open page turns by itself when a laboratory's batch is taken.
        stage.laboratory(&number, "positive", &format!("timings-{visit}"));
        let turned = "document.querySelector('#level svg')?.dataset.shape === '10'";
        let took = page.wait_within(turned, Duration::from_mins(1)).unwrap();
        turns.push(took.as_secs_f64() * 1000.0);
    }
    let (screen, code) = (middle(screens), middle(codes));
    tell(
        "first visit: page until the form stands",
        screen,
        2500.0,
        "ms",
    );
    tell(
        "first visit: form sent until the code stands",
        code,
        2500.0,
        "ms",
    );
    tell("first visit: both", screen + code, 2500.0, "ms");
    tell(
        "repeat visit: page until the code stands",
        middle(again),
        1000.0,
        "ms",
    );
    tell(
        "a batch is taken until an open page shows the level",
        middle(turns),
        2000.0,
        "ms",
    );
    tell(
        "everything sent for the first code",
        bytes,
        60_000.0,
        "bytes",
    );
}
