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

/// Squares of a frame's number: 11 for which code it is of, 2 for how that is seen.
const BITS: u32 = 13;
const SQUARE: usize = 24;
const PHASES: u32 = 4;
/// How a code is seen: not yet, out of focus, sharp.
const AWAY: u32 = 0;
const BLURRED: u32 = 1;
const SHARP: u32 = 2;

/// A film in which a code is away, then out of focus, then sharp. Every frame says of which code it is, and which of these.
fn film(path: &std::path::Path, texts: &[String]) {
    let file = BufWriter::new(std::fs::File::create(path).unwrap());
    let mut film = Y4m::begin(file, SIZE, A_SECOND).unwrap();
    let mut random = Seeded::new(20_220_715);
    for (number, text) in (0..).zip(texts) {
        let code = QrCode::of(text).unwrap();
        let numbered = |frame: Frame, phase| frame.numbered(SQUARE, BITS, number * PHASES + phase);
        film.add(&numbered(Frame::empty(SIZE), AWAY), 2).unwrap();
        let mut view = View::by_hand(380.0, &mut random);
        view.blur = 5.0;
        let blurred = view.shoot(&code, SIZE, &mut random);
        film.add(&numbered(blurred, BLURRED), 2).unwrap();
        for _ in 0..3 {
            let view = View::by_hand(380.0, &mut random);
            let sharp = view.shoot(&code, SIZE, &mut random);
            film.add(&numbered(sharp, SHARP), 2).unwrap();
        }
    }
    film.end().unwrap();
}

/// Reads the number of each picture, and looks at the verdict, beside the page and not through it.
const WATCH: &str = "
    const [bits, edge] = arguments;
    const picture = document.getElementById('picture');
    const verdict = document.getElementById('verdict');
    const canvas = new OffscreenCanvas(1, bits).getContext('2d', {willReadFrequently: true});
    const seen = window.seen = {pictures: [], decided: [], words: {}};
    let before = null;
    const look = () => {
        for (let bit = 0; bit < bits; bit += 1) canvas.drawImage(picture, edge / 4, edge * (bit + 0.25), edge / 2, edge / 2, 0, bit, 1, 1);
        const squares = canvas.getImageData(0, 0, 1, bits).data;
        let number = 0;
        for (let bit = 0; bit < bits; bit += 1) number = number * 2 + (squares[bit * 4] > 128 ? 1 : 0);
        if (number !== before) seen.pictures.push([performance.now(), number]);
        before = number;
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

/// One showing of a code: from when it could be seen at all, from when sharply, until when the next one could be.
struct Shown {
    code: u32,
    from: f64,
    sharp: Option<f64>,
    until: f64,
}

/// The showings that began and ended while somebody watched, from the numbers of the pictures.
fn showings(pictures: &[(f64, u32)]) -> Vec<Shown> {
    let mut all: Vec<Shown> = Vec::new();
    for (at, number) in pictures {
        let (code, phase) = (number / PHASES, number % PHASES);
        if phase == AWAY {
            continue;
        }
        if all.last().is_none_or(|last| last.code != code) {
            if let Some(last) = all.last_mut() {
                last.until = *at;
            }
            all.push(Shown {
                code,
                from: *at,
                sharp: None,
                until: f64::MAX,
            });
        }
        if let Some(last) = all.last_mut()
            && phase == SHARP
            && last.sharp.is_none()
        {
            last.sharp = Some(*at);
        }
    }
    // Of the first nobody knows when it began, of the last when it ends.
    all.pop();
    if !all.is_empty() {
        all.remove(0);
    }
    all
}

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

/// How often another picture was seen since somebody watches: three times for each code.
fn changes(page: &Page) -> usize {
    let count = page.run("return window.seen.pictures.length", &[]).unwrap();
    usize::try_from(count.as_u64().unwrap()).unwrap()
}

#[test]
fn a_film_is_taken_apart_into_its_showings() {
    let picture = |at: f64, code: u32, phase: u32| (at, code * PHASES + phase);
    let pictures = [
        picture(0.0, 7, SHARP),
        picture(1.0, 8, AWAY),
        picture(2.0, 8, BLURRED),
        picture(3.0, 8, SHARP),
        picture(4.0, 9, AWAY),
        // A machine that is busy leaves pictures out.
        picture(5.0, 9, SHARP),
        picture(6.0, 0, BLURRED),
        picture(7.0, 1, AWAY),
        picture(8.0, 1, BLURRED),
    ];
    let found: Vec<_> = showings(&pictures)
        .iter()
        .map(|one| (one.code, one.from, one.sharp, one.until))
        .collect();
    let expected = [
        (8, 2.0, Some(3.0), 5.0),
        (9, 5.0, Some(5.0), 6.0),
        (0, 6.0, None, 8.0),
    ];
    assert_eq!(found, expected);
}

#[test]
#[ignore = "takes its minutes: cargo xtask prove gate-page"]
fn thirty_codes_a_minute_are_decided_in_time_and_leave_nothing_behind() {
    let stage = Stage::begin().unwrap();
    let codes: usize = std::env::var("HEALTHCODE_CODES").map_or(300, |text| text.parse().unwrap());
    assert!((10..2000).contains(&codes), "10 to 2000 codes, not {codes}");
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
    page.run(WATCH, &[json!(BITS), json!(SQUARE)]).unwrap();
    let wait_for = |count: usize| {
        // As long as these codes take, and a half: browsers play films late on busy machines.
        for _ in 0..count * EACH as usize * 3 / 2 {
            if changes(&page) > count * 3 {
                return;
            }
            page.run(
                "return new Promise((resolve) => setTimeout(resolve, 1000))",
                &[],
            )
            .unwrap();
        }
    };
    // The film is played again from its beginning; everybody is shown once.
    wait_for(WARM.min(codes / 2));
    let before = memory(&page);
    wait_for(codes);
    let after = memory(&page);
    let seen = page.run("return window.seen", &[]).unwrap();
    let decided: Vec<f64> = seen["decided"]
        .as_array()
        .unwrap()
        .iter()
        .map(|time| time.as_f64().unwrap())
        .collect();
    let pictures: Vec<(f64, u32)> = seen["pictures"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let number = u32::try_from(one[1].as_u64().unwrap()).unwrap();
            (one[0].as_f64().unwrap(), number)
        })
        .collect();
    let shown = showings(&pictures);
    let verdict = |shown: &Shown| {
        let mut found = decided.iter().copied();
        found.find(|at| shown.from <= *at && *at < shown.until)
    };
    let (mut late, mut missed, mut unseen) = (Vec::new(), 0_u32, 0_u32);
    for one in &shown {
        match (one.sharp, verdict(one)) {
            // A reader may see through the blur: then the verdict was there before the picture was sharp.
            (Some(sharp), Some(at)) => late.push((at - sharp).max(0.0)),
            (Some(_), None) => {
                println!("missed\tcode {} at {:.0} ms", one.code, one.from);
                missed += 1;
            }
            (None, _) => unseen += 1,
        }
    }
    late.sort_by(f64::total_cmp);
    let share = |per_cent: usize| {
        late.get(late.len() * per_cent / 100)
            .or_else(|| late.last())
            .copied()
    };
    let row = |what: &str, value: f64, most: f64, unit: &str| {
        println!("measured\t{what}\t{value:.0}\t{most:.0}\t{unit}");
    };
    let (first, last) = (shown.first().unwrap(), shown.last().unwrap());
    let span = (last.until - first.from) / 60_000.0;
    println!(
        "shown\t{} codes in {span:.1} minutes, verdicts {}",
        shown.len(),
        seen["words"]
    );
    // What a busy machine does not play, nobody can read; it must not be much.
    row(
        "codes that the browser did not play sharply",
        f64::from(unseen),
        f64::from(u32::try_from(shown.len() / 100).unwrap()),
        "codes",
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
