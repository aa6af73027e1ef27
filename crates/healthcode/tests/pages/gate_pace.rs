//! Thirty different codes a minute through one gate's page: how soon each is decided, and what is left in memory.
//!
//! `cargo xtask prove gate-page` runs it for ten minutes; `HEALTHCODE_CODES` says for how many codes.

use std::io::BufWriter;

use hc_qr::QrCode;
use hc_testkit::Seeded;
use hc_testkit::browser::{Page, Screen};
use hc_testkit::film::{Frame, View, Y4m};
use serde_json::{Value, json};

use crate::gate::{Person, at_the_gate};
use crate::stage::Stage;

const SIZE: (usize, usize) = (640, 480);
const A_SECOND: u32 = 5;
/// Seconds for each code: thirty a minute.
const EACH: u32 = 2;
/// Codes before the memory is measured for the first time: everything that is made once is there then.
const WARM: usize = 30;

/// A film in which a code is away, then out of focus, then sharp; only then the corner is white.
fn film(path: &std::path::Path, texts: &[String]) {
    let file = BufWriter::new(std::fs::File::create(path).unwrap());
    let mut film = Y4m::begin(file, SIZE, A_SECOND).unwrap();
    let mut random = Seeded::new(20_220_715);
    let away = Frame::empty(SIZE).marked(24, 0);
    for text in texts {
        let code = QrCode::of(text).unwrap();
        film.add(&away, 2).unwrap();
        let mut view = View::by_hand(380.0, &mut random);
        view.blur = 5.0;
        let blurred = view.shoot(&code, SIZE, &mut random).marked(24, 0);
        film.add(&blurred, 2).unwrap();
        for _ in 0..3 {
            let view = View::by_hand(380.0, &mut random);
            let sharp = view.shoot(&code, SIZE, &mut random).marked(24, 255);
            film.add(&sharp, 2).unwrap();
        }
    }
    film.end().unwrap();
}

/// Looks at the corner of each picture and at the verdict, beside the page and not through it.
const WATCH: &str = "
    const picture = document.getElementById('picture');
    const verdict = document.getElementById('verdict');
    const canvas = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
    const seen = window.seen = {sharp: [], decided: [], words: {}};
    let white = false;
    const look = () => {
        canvas.drawImage(picture, 4, 4, 8, 8, 0, 0, 1, 1);
        const now = canvas.getImageData(0, 0, 1, 1).data[0] > 128;
        if (now && !white) seen.sharp.push(performance.now());
        white = now;
        picture.requestVideoFrameCallback(look);
    };
    picture.requestVideoFrameCallback(look);
    let shown = verdict.dataset.shown;
    new MutationObserver(() => {
        if (verdict.dataset.shown === undefined || verdict.dataset.shown === shown) return;
        shown = verdict.dataset.shown;
        seen.decided.push(performance.now());
        seen.words[verdict.dataset.do] = (seen.words[verdict.dataset.do] ?? 0) + 1;
    }).observe(verdict, {attributes: true});";

/// JavaScript heap in use in bytes, and nodes of the document, after what is garbage has gone.
fn memory(page: &Page) -> (f64, f64) {
    for _ in 0..2 {
        page.devtools("HeapProfiler.collectGarbage", &json!({}))
            .unwrap();
    }
    let heap = page.devtools("Runtime.getHeapUsage", &json!({})).unwrap();
    let nodes = page.devtools("Memory.getDOMCounters", &json!({})).unwrap();
    let number = |value: &Value| value.as_f64().unwrap();
    (number(&heap["usedSize"]), number(&nodes["nodes"]))
}

fn decided(page: &Page) -> usize {
    let count = page.run("return window.seen.decided.length", &[]).unwrap();
    usize::try_from(count.as_u64().unwrap()).unwrap()
}

#[test]
#[ignore = "takes its minutes: cargo xtask prove gate-page"]
fn thirty_codes_a_minute_are_decided_in_time_and_leave_nothing_behind() {
    let stage = Stage::begin().unwrap();
    let codes = std::env::var("HEALTHCODE_CODES").map_or(300, |text| text.parse().unwrap());
    let desk = stage.page(&Screen::phone("zh-CN"));
    desk.open(&stage.at("/gate/")).unwrap();
    let texts: Vec<String> = (0..codes)
        .map(|_| Person::enrol(&stage, &desk).paper)
        .collect();
    drop(desk);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pace.y4m");
    film(&path, &texts);
    let page = at_the_gate(&stage, Screen::phone("zh-CN"), path.to_str().unwrap());
    page.wait("document.getElementById('verdict').dataset.do")
        .unwrap();
    page.run(WATCH, &[]).unwrap();
    // The first code was there before anybody watched.
    let due = codes - 1;
    let wait_for = |count: usize| {
        // One loop of the film and a half: what is not decided then was missed.
        for _ in 0..codes * 3 * EACH as usize / 2 {
            if decided(&page) >= count {
                return;
            }
            page.run(
                "return new Promise((resolve) => setTimeout(resolve, 1000))",
                &[],
            )
            .unwrap();
        }
    };
    wait_for(WARM.min(due / 2));
    let before = memory(&page);
    wait_for(due);
    let after = memory(&page);
    let seen = page.run("return window.seen", &[]).unwrap();
    let times = |name: &str| -> Vec<f64> {
        let all = seen[name].as_array().unwrap();
        all.iter().map(|time| time.as_f64().unwrap()).collect()
    };
    let (sharp, decided) = (times("sharp"), times("decided"));
    // The first code was decided before anybody watched; each of the others has a verdict of its own.
    let missed = u32::try_from(due.saturating_sub(decided.len())).unwrap();
    // Each verdict with the sharp picture that it is about. A reader may see through the blur: then it was there before.
    let late_of = |time: &f64| {
        let at = sharp.iter().rfind(|at| **at < time + 700.0)?;
        Some((time - at).max(0.0))
    };
    let mut late: Vec<f64> = decided.iter().take(due).filter_map(late_of).collect();
    late.sort_by(f64::total_cmp);
    let share = |per_cent: usize| {
        late.get(late.len() * per_cent / 100)
            .or_else(|| late.last())
            .copied()
    };
    let row = |what: &str, value: f64, most: f64, unit: &str| {
        println!("measured\t{what}\t{value:.0}\t{most:.0}\t{unit}");
    };
    let span = (decided.last().unwrap() - decided.first().unwrap()) / 60_000.0;
    println!(
        "shown\t{codes} codes in {span:.1} minutes: {}",
        seen["words"]
    );
    row(
        "codes without a verdict of their own",
        f64::from(missed),
        0.0,
        "codes",
    );
    row(
        "verdict after the picture is sharp, median",
        share(50).unwrap(),
        300.0,
        "ms",
    );
    row("the same, 95 of 100", share(95).unwrap(), 300.0, "ms");
    row("the same, longest", *late.last().unwrap(), 1000.0, "ms");
    row(
        "heap in use after garbage, growth",
        (after.0 - before.0) / 1024.0,
        512.0,
        "KiB",
    );
    row(
        "nodes of the document, growth",
        after.1 - before.1,
        100.0,
        "nodes",
    );
}
