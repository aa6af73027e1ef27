//! Everybody can use it: axe finds nothing, the keyboard is enough, and meaning survives without colour.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use hc_testkit::browser::{Page, Screen};
use serde_json::{Value, json};

use crate::person::{arrive, enrol, go};
use crate::stage::Stage;

/// What axe is asked for: WCAG 2.2 A and AA, and good practice.
const ASKED: &str = "return axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], resultTypes: ['violations']})
    .then((found) => found.violations.map((one) => one.id + ': ' + one.nodes.map((node) => node.target.join(' ') + ' ' + node.failureSummary).join(' | ')))";

/// The script of axe, installed below `target/` from its lock file; nothing where it cannot be had, which
/// under CI is a failure.
pub(crate) fn axe() -> Option<&'static str> {
    static SCRIPT: OnceLock<Result<String, String>> = OnceLock::new();
    match SCRIPT.get_or_init(install) {
        Ok(script) => Some(script),
        Err(why) => {
            let needed = std::env::var_os("CI").is_some_and(|ci| ci == "true");
            assert!(!needed, "{why}");
            eprintln!("SKIPPED, axe has not looked: {why}");
            None
        }
    }
}

fn install() -> Result<String, String> {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages/axe");
    let folder: PathBuf = Path::new(env!("CARGO_TARGET_TMPDIR")).join("axe");
    let text = |error: std::io::Error| error.to_string();
    std::fs::create_dir_all(&folder).map_err(text)?;
    // Two runs do not install into each other.
    let lock = std::fs::File::create(folder.join("lock")).map_err(text)?;
    lock.lock().map_err(text)?;
    let wanted = std::fs::read(from.join("package-lock.json")).map_err(text)?;
    let done = folder.join("installed");
    if std::fs::read(&done).ok().as_ref() != Some(&wanted) {
        for name in ["package.json", "package-lock.json", ".npmrc"] {
            std::fs::copy(from.join(name), folder.join(name)).map_err(text)?;
        }
        let output = Command::new("npm")
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            .current_dir(&folder)
            .output()
            .map_err(|error| format!("npm cannot be run ({error}): apt-get install nodejs npm"))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(format!("npm ci in {}: {said}", folder.display()));
        }
        std::fs::write(&done, &wanted).map_err(text)?;
    }
    std::fs::read_to_string(folder.join("node_modules/axe-core/axe.min.js")).map_err(text)
}

/// Puts axe into the page past its policy, as a tester's tool may, and lets it look when nothing moves.
pub(crate) fn looked(page: &Page, axe: &str, what: &str) {
    // A button on its way from one colour to the next has neither's contrast.
    page.wait("document.getAnimations().every((one) => one.playState === 'finished')")
        .unwrap();
    page.devtools(
        "Runtime.evaluate",
        &json!({ "expression": format!("{axe};0") }),
    )
    .unwrap();
    let found = page.run(ASKED, &[]).unwrap();
    assert_eq!(found, json!([]), "axe on {what}");
}

#[test]
fn axe_finds_nothing_on_any_screen_in_any_look() {
    let Some(axe) = axe() else { return };
    let Some(stage) = Stage::begin() else { return };
    for language in ["zh-CN", "en-GB"] {
        let page = arrive(&stage, &Screen::phone(language));
        looked(&page, axe, "enrolling");
        page.touch("form button[type=submit]").unwrap();
        page.wait("document.querySelector('.summary')").unwrap();
        looked(&page, axe, "enrolling with errors");
        let (_, number) = enrol(&stage, &page);
        page.wait("document.querySelector('#panel-tests [aria-busy]') === null")
            .unwrap();
        for look in [
            ("mode", "usual"),
            ("mode", "elder"),
            ("theme", "dark"),
            ("contrast", "more"),
        ] {
            let set = "document.documentElement.dataset[arguments[0]] = arguments[1]";
            page.run(set, &[json!(look.0), json!(look.1)]).unwrap();
            for screen in [
                "code", "family", "paper", "data", "moving", "arriving", "declare", "settings",
                "appeal",
            ] {
                go(&page, screen);
                page.wait("!document.getElementById('main').textContent.match(/载入|Loading/)")
                    .unwrap();
                looked(&page, axe, &format!("{screen}, {language}, {look:?}"));
            }
        }
        stage.laboratory(&number, "positive", &format!("axe-{language}"));
        go(&page, "code");
        page.wait("document.querySelector('#why dl')").unwrap();
        looked(&page, axe, "a high level in the dark with more contrast");
        page.run("document.documentElement.dataset.theme = 'light'; document.documentElement.dataset.contrast = 'auto'", &[]).unwrap();
        looked(&page, axe, "a high level");
    }
}

#[test]
fn the_keyboard_alone_enrols_shows_and_finds_its_way() {
    let Some(stage) = Stage::begin() else { return };
    let page = arrive(&stage, &Screen::desktop("en-GB"));
    let (name, number) = stage.somebody();
    // From field to field; what is focused must be seen.
    let until = |wanted: &str, key: &str| {
        for _ in 0..60 {
            let found = page
                .run(
                    &format!("return document.activeElement.matches({wanted:?})"),
                    &[],
                )
                .unwrap();
            if found == Value::Bool(true) {
                let outlined = page
                    .run(
                        "return getComputedStyle(document.activeElement).outlineStyle !== 'none'",
                        &[],
                    )
                    .unwrap();
                assert_eq!(outlined, json!(true), "the focus on {wanted} is not seen");
                return;
            }
            page.press(key).unwrap();
        }
        panic!("{wanted} is not reached with the keyboard");
    };
    let tab = "\u{E004}";
    until("input[name=name]", tab);
    page.press(&name).unwrap();
    until("input[name=number]", tab);
    page.press(&number).unwrap();
    until("input[type=checkbox][value='1']", tab);
    page.press(" ").unwrap();
    for _ in 0..2 {
        page.press(tab).unwrap();
        until("input[type=radio][value='2']", tab);
        page.press(" ").unwrap();
    }
    until("input[name=consent]", tab);
    page.press(" ").unwrap();
    until("form button[type=submit]", tab);
    page.press("\u{E007}").unwrap();
    page.wait("document.querySelector('#code svg')").unwrap();
    // The level is announced, and the heading of the new screen has the focus.
    let told = page
        .run("return document.getElementById('told').textContent", &[])
        .unwrap();
    assert!(told.as_str().unwrap().contains("Low risk"), "{told}");
    until("#tab-settings", tab);
    page.press("\u{E007}").unwrap();
    page.wait("document.activeElement.tagName === 'H1'")
        .unwrap();
    until("#look-mode-elder", tab);
    page.press(" ").unwrap();
    let set = page
        .run("return document.documentElement.dataset.mode", &[])
        .unwrap();
    assert_eq!(set, json!("elder"));
}

#[test]
fn levels_differ_by_shape_and_word_and_their_words_are_readable_in_grey() {
    let Some(stage) = Stage::begin() else { return };
    let page = arrive(&stage, &Screen::phone("zh-CN"));
    let (_, number) = enrol(&stage, &page);
    let seen = "const band = document.getElementById('level'); const style = getComputedStyle(band);
        const grey = (colour) => { const [r, g, b] = colour.match(/[\\d.]+/g).map(Number).map((one) => { const part = one / 255; return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
        const [one, other] = [grey(style.color), grey(style.backgroundColor)].sort((a, b) => b - a);
        const path = band.querySelector('svg > *');
        return [band.textContent.trim(), path.tagName + (path.getAttribute('d') || ''), (one + 0.05) / (other + 0.05)];";
    let low = page.run(seen, &[]).unwrap();
    stage.laboratory(&number, "positive", "grey");
    page.wait("document.querySelector('#level svg').dataset.shape === '10'")
        .unwrap();
    let high = page.run(seen, &[]).unwrap();
    assert_ne!(low[0], high[0], "the words");
    assert_ne!(low[1], high[1], "the shapes");
    for one in [&low, &high] {
        assert!(
            one[2].as_f64().unwrap() >= 4.5,
            "{one}: too little contrast without colour"
        );
    }
}
