//! The gate's page: codes are read off a film that the browser takes for its camera, and decided on.

use std::io::BufWriter;
use std::path::Path;
use std::process::Command;

use base64ct::{Base64UrlUnpadded, Encoding};
use hc_code::carried::show;
use hc_code::signing::{Algorithm, Signer, SigningKey};
use hc_code::{Span, Timestamp};
use hc_qr::QrCode;
use hc_testkit::Seeded;
use hc_testkit::browser::{Page, Screen};
use hc_testkit::film::{Frame, Glare, View, Y4m};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::access::{axe, looked};
use crate::looks::kept;
use crate::stage::{Stage, root};

const SIZE: (usize, usize) = (640, 480);
const A_SECOND: u32 = 10;

/// Asks the region from within a page, with a holder's token.
fn ask(page: &Page, method: &str, path: &str, token: Option<&str>, body: &Value) -> Value {
    let script = "const [method, path, token, body] = arguments;
        const headers = {'content-type': 'application/json'};
        if (token) headers.authorization = `Bearer ${token}`;
        return fetch(path, {method, headers, body: body === null ? undefined : JSON.stringify(body)})
            .then(async (answer) => answer.ok ? answer.json() : {status: answer.status, said: await answer.text()});";
    let arguments = [json!(method), json!(path), json!(token), body.clone()];
    page.run(script, &arguments).unwrap()
}

fn text(value: &Value) -> String {
    let text = value.as_str();
    text.unwrap_or_else(|| panic!("no text: {value}"))
        .to_owned()
}

/// Somebody of this region with all kinds of codes.
pub(crate) struct Person {
    number: String,
    live: Vec<String>,
    carried: String,
    holder: SigningKey,
    pub(crate) paper: String,
}

impl Person {
    pub(crate) fn enrol(stage: &Stage, page: &Page) -> Self {
        let (name, number) = stage.somebody();
        let now = text(&stage.ask("GET", "/demo/now", None)["now"]);
        let body = json!({
            "identity": {"method": "demo"},
            "profile": {"name": name},
            "document": {"type": "111", "number": number},
            "consents": [{"purpose": "code", "version": 1, "days": 365}],
            "declaration": {"health": {
                "symptoms": ["1"], "stayedHighRisk": "2", "contactWithCase": "2", "reportedAt": now,
            }},
        });
        let enrolled = ask(page, "POST", "/v1/enrolments", None, &body);
        let token = text(&enrolled["shown"]["token"]);
        let holder = SigningKey::deterministic(Algorithm::Es256, &[7; 32]).unwrap();
        let key = Base64UrlUnpadded::encode_string(holder.public_key().as_bytes());
        let carried = ask(
            page,
            "POST",
            "/v1/carried",
            Some(&token),
            &json!({ "key": key }),
        );
        let paper = ask(page, "POST", "/v1/papers", Some(&token), &Value::Null);
        let shown = ask(page, "GET", "/v1/code?ahead=4", Some(&token), &Value::Null);
        let live = shown["codes"].as_array().unwrap();
        Self {
            number,
            live: live.iter().map(|code| text(&code["text"])).collect(),
            carried: text(&carried["codes"][0]["text"]),
            holder,
            paper: text(&paper["text"]),
        }
    }

    /// The number of their document.
    pub(crate) fn number(&self) -> &str {
        &self.number
    }

    /// The carried code, shown at instants half a minute apart from now on: one of them is always good.
    fn showings(&self, now: Timestamp) -> Vec<String> {
        let at = |number: u32| now.plus(Span::seconds(30 * number));
        (0..8)
            .map(|number| show(&self.holder, &self.carried, at(number)).unwrap())
            .collect()
    }
}

/// A film: each code is brought before the camera out of focus, is held by a hand with a reflection now and then, and
/// taken away.
fn film(folder: &TempDir, texts: &[String], seed: u64) -> String {
    let path = folder.path().join("film.y4m");
    let file = BufWriter::new(std::fs::File::create(&path).unwrap());
    let mut film = Y4m::begin(file, SIZE, A_SECOND).unwrap();
    let mut random = Seeded::new(seed);
    for text in texts {
        let code = QrCode::of(text).unwrap();
        film.add(&Frame::empty(SIZE), 6).unwrap();
        for frame in 0..20 {
            let mut view = View::by_hand(380.0, &mut random);
            if frame < 5 {
                view.blur = 4.5;
            }
            if frame % 3 == 0 {
                view.glare = Some(Glare {
                    at: (60.0, 40.0),
                    radius: 24.0,
                    strength: 200.0,
                });
            }
            film.add(&view.shoot(&code, SIZE, &mut random), 1).unwrap();
        }
    }
    film.end().unwrap();
    path.to_str().unwrap().to_owned()
}

fn before(mut screen: Screen, film: &str) -> Screen {
    screen.arguments.extend([
        "--use-fake-ui-for-media-stream".to_owned(),
        "--use-fake-device-for-media-stream".to_owned(),
        format!("--use-file-for-fake-video-capture={film}"),
    ]);
    screen
}

pub(crate) fn at_the_gate(stage: &Stage, screen: Screen, film: &str) -> Page {
    let page = stage.page(&before(screen, film));
    page.open(&stage.at("/gate/")).unwrap();
    page.wait("document.getElementById('verdict')?.childElementCount > 0")
        .unwrap();
    page
}

/// Waits until a verdict of a kind of code is shown; gives what the guard reads.
fn decided(page: &Page, instruction: &str, word: &str) -> String {
    page.wait(&format!(
        "document.getElementById('verdict').dataset.do === '{instruction}' && document.getElementById('verdict').innerText.includes('{word}')"
    ))
    .unwrap();
    let read = page.run("return document.getElementById('verdict').innerText", &[]);
    text(&read.unwrap())
}

/// Types a text as a hand-held scanner does: five milliseconds between two keys, whatever else the machine has to do.
pub(crate) fn scan_by_hand(page: &Page, text: &str) {
    let script = "let at = performance.now();
        const key = (key) => {
            const event = new KeyboardEvent('keydown', {key, bubbles: true});
            at += 5;
            Object.defineProperty(event, 'timeStamp', {value: at});
            document.body.dispatchEvent(event);
        };
        key('Shift');
        for (const letter of arguments[0]) key(letter);
        key('Enter');";
    page.run(script, &[json!(text)]).unwrap();
}

fn now(stage: &Stage) -> Timestamp {
    let now = text(&stage.ask("GET", "/demo/now", None)["now"]);
    now.parse().unwrap()
}

#[test]
fn what_the_modules_of_the_gate_decide_by_themselves() {
    let output = Command::new("node")
        .arg("--experimental-default-type=module")
        .arg("crates/healthcode/tests/gate_page/modules.mjs")
        .arg(root().join("web"))
        .current_dir(root())
        .output()
        .expect("node cannot be run: apt-get install nodejs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}

#[test]
fn a_gate_reads_live_carried_and_paper_codes_off_its_camera_and_goes_on_without_network() {
    let Some(stage) = Stage::begin() else { return };
    let folder = tempfile::tempdir().unwrap();
    let desk = stage.page(&Screen::phone("zh-CN"));
    desk.open(&stage.at("/gate/")).unwrap();
    let person = Person::enrol(&stage, &desk);
    for (name, texts) in [
        ("纸质码", vec![person.paper.clone()]),
        ("实时码", person.live.clone()),
        ("离线码", person.showings(now(&stage))),
    ] {
        let film = film(&folder, &texts, 1);
        let page = at_the_gate(&stage, Screen::phone("zh-CN"), &film);
        let read = decided(&page, "enter", name);
        assert!(read.contains("通行") && read.contains("低风险"), "{read}");
        if name == "纸质码" {
            kept(&page, "gate-enter-zh-phone");
            // The worker has kept the page when it is active; from then on it opens without network.
            page.wait("navigator.serviceWorker.controller?.state === 'activated'")
                .unwrap();
            page.offline(true).unwrap();
            page.reload().unwrap();
            let read = decided(&page, "enter", name);
            assert!(read.contains("由本机离线判断"), "{read}");
            page.wait("document.getElementById('line').innerText.includes('离线')")
                .unwrap();
            page.offline(false).unwrap();
        }
        let log = page.log().unwrap();
        let refused = log
            .iter()
            .find(|line| line.message.contains("Content Security"));
        assert_eq!(refused, None);
    }
    // From now on the person is at risk: the region's newer word counts over the same sheet.
    stage.laboratory(&person.number, "positive", "gate-1");
    let film = film(&folder, std::slice::from_ref(&person.paper), 2);
    let page = at_the_gate(&stage, Screen::phone("zh-CN"), &film);
    let read = decided(&page, "stop", "高风险");
    assert!(read.contains("不得通行"), "{read}");
    kept(&page, "gate-stop-zh-phone");
}

#[test]
fn a_hand_held_scanner_a_forgery_and_a_second_showing_are_told_apart() {
    let Some(stage) = Stage::begin() else { return };
    let folder = tempfile::tempdir().unwrap();
    let desk = stage.page(&Screen::phone("en-GB"));
    desk.open(&stage.at("/gate/")).unwrap();
    let person = Person::enrol(&stage, &desk);
    let nothing = folder.path().join("nothing.y4m");
    let mut empty = Y4m::begin(std::fs::File::create(&nothing).unwrap(), SIZE, 5).unwrap();
    empty.add(&Frame::empty(SIZE), 10).unwrap();
    empty.end().unwrap();
    let page = at_the_gate(&stage, Screen::phone("en-GB"), nothing.to_str().unwrap());
    page.wait("document.getElementById('verdict').dataset.ready === 'true'")
        .unwrap();
    scan_by_hand(&page, &person.paper);
    let read = decided(&page, "enter", "paper");
    assert!(
        read.contains("Let in") && read.contains("Low risk"),
        "{read}"
    );
    // Another sheet's signature under this one's content.
    let (head, tail) = person.paper.split_at(person.paper.len() - 12);
    let turned: String = tail.chars().rev().collect();
    scan_by_hand(&page, &format!("{head}{turned}"));
    page.wait("['again', 'lane'].includes(document.getElementById('verdict').dataset.do)")
        .unwrap();
    kept(&page, "gate-again-en-phone");
    // Longer than a scanner takes to read one sheet twice.
    page.run(
        "return new Promise((resolve) => setTimeout(resolve, 1500))",
        &[],
    )
    .unwrap();
    scan_by_hand(&page, &person.paper);
    let read = decided(&page, "check", "was shown here");
    assert!(read.contains("compare it with the person"), "{read}");
    kept(&page, "gate-seen-en-phone");
    // Nothing of whoever was scanned is kept.
    let script = "return new Promise((resolve, reject) => {
        const opening = indexedDB.open('gate');
        opening.onerror = reject;
        opening.onsuccess = () => {
            const all = opening.result.transaction('kept').objectStore('kept').getAll();
            all.onsuccess = () => resolve(JSON.stringify(all.result));
        };
    })";
    let stored = text(&page.run(script, &[]).unwrap());
    let pointer = person.paper.get(19..40).unwrap();
    assert!(!stored.contains(pointer) && !stored.contains(&person.number));
}

/// A camera that dies is nobody's verdict: those of the hand-held scanner stay their whole time.
#[test]
fn a_stalled_camera_takes_nobodys_verdict_away() {
    let Some(stage) = Stage::begin() else { return };
    let folder = tempfile::tempdir().unwrap();
    let desk = stage.page(&Screen::phone("en-GB"));
    desk.open(&stage.at("/gate/")).unwrap();
    let person = Person::enrol(&stage, &desk);
    let nothing = folder.path().join("nothing.y4m");
    let mut empty = Y4m::begin(std::fs::File::create(&nothing).unwrap(), SIZE, 5).unwrap();
    empty.add(&Frame::empty(SIZE), 10).unwrap();
    empty.end().unwrap();
    let page = at_the_gate(&stage, Screen::phone("en-GB"), nothing.to_str().unwrap());
    let says =
        |words: &str| format!("document.getElementById('verdict').innerText.includes('{words}')");
    page.wait(&says("Show a code to the camera")).unwrap();
    page.wait("document.getElementById('verdict').dataset.ready === 'true'")
        .unwrap();
    page.run("document.getElementById('picture').srcObject = null", &[])
        .unwrap();
    page.wait("document.getElementById('camera-trouble').innerText.includes('gives no picture')")
        .unwrap();
    page.wait(&says("with the hand-held scanner")).unwrap();
    let script = "const verdict = document.getElementById('verdict');
        window.stays = {told: 0, first: null, last: null};
        new MutationObserver(() => { window.stays.told += 1; })
            .observe(document.getElementById('camera-trouble'), {childList: true});
        setInterval(() => {
            if (verdict.dataset.do !== 'enter') return;
            window.stays.first ??= performance.now();
            window.stays.last = performance.now();
        }, 50);";
    page.run(script, &[]).unwrap();
    scan_by_hand(&page, &person.paper);
    decided(&page, "enter", "paper");
    page.wait(&says("with the hand-held scanner")).unwrap();
    let stays = page
        .run(
            "return [window.stays.last - window.stays.first, window.stays.told]",
            &[],
        )
        .unwrap();
    assert!(stays[0].as_f64().unwrap() > 7000.0, "{stays}");
    assert_eq!(stays[1], 0, "a stall is told once");
}

/// A sheet that is handed to whoever comes next: within seconds, while the verdict is still on the screen.
#[test]
fn whoever_comes_with_the_same_code_at_once_is_not_taken_for_one_reading() {
    let Some(stage) = Stage::begin() else { return };
    let folder = tempfile::tempdir().unwrap();
    let desk = stage.page(&Screen::phone("zh-CN"));
    desk.open(&stage.at("/gate/")).unwrap();
    let person = Person::enrol(&stage, &desk);
    let path = folder.path().join("handed-on.y4m");
    let file = BufWriter::new(std::fs::File::create(&path).unwrap());
    let mut film = Y4m::begin(file, SIZE, A_SECOND).unwrap();
    let mut random = Seeded::new(4);
    let code = QrCode::of(&person.paper).unwrap();
    for away in [2, 1] {
        for _ in 0..2 * A_SECOND {
            let view = View::by_hand(380.0, &mut random);
            film.add(&view.shoot(&code, SIZE, &mut random), 1).unwrap();
        }
        // Two and a half seconds, then so long that it is another showing.
        let empty = if away == 2 { 25 } else { 60 };
        film.add(&Frame::empty(SIZE), empty).unwrap();
    }
    film.end().unwrap();
    let page = at_the_gate(&stage, Screen::phone("zh-CN"), path.to_str().unwrap());
    let read = decided(&page, "check", "一码一人");
    assert!(read.contains("低风险"), "{read}");
    kept(&page, "gate-back-zh-phone");
}

#[test]
fn the_gate_is_for_everybody_in_every_look() {
    let Some(axe) = axe() else { return };
    let Some(stage) = Stage::begin() else { return };
    let folder = tempfile::tempdir().unwrap();
    let desk = stage.page(&Screen::phone("zh-CN"));
    desk.open(&stage.at("/gate/")).unwrap();
    let person = Person::enrol(&stage, &desk);
    let film = film(&folder, std::slice::from_ref(&person.paper), 3);
    for (language, name, screen) in [
        ("zh", "phone", Screen::phone("zh-CN")),
        ("en", "desktop", Screen::desktop("en-GB")),
    ] {
        let page = at_the_gate(&stage, screen, &film);
        page.wait("document.getElementById('verdict').dataset.do")
            .unwrap();
        looked(&page, axe, "scanning");
        if language == "en" {
            kept(&page, "gate-scan-en-desktop");
        }
        for (look, value) in [("mode", "elder"), ("theme", "dark"), ("contrast", "more")] {
            let set = "document.documentElement.dataset[arguments[0]] = arguments[1]";
            page.run(set, &[json!(look), json!(value)]).unwrap();
            looked(&page, axe, &format!("scanning, {look} {value}"));
            page.run(
                "delete document.documentElement.dataset[arguments[0]]",
                &[json!(look)],
            )
            .unwrap();
        }
        // By keyboard alone: from the tab that has the focus to the next, Enter opens it and its title is read.
        page.run("document.getElementById('tab-scan').focus()", &[])
            .unwrap();
        for (tab, ready) in [("lane", "#by-hand"), ("set", "#register-id")] {
            page.run(
                "document.getElementById(`tab-${arguments[0]}`).previousElementSibling.focus()",
                &[json!(tab)],
            )
            .unwrap();
            page.press("\u{e004}\u{e007}").unwrap();
            page.wait(&format!("document.querySelector('{ready}')"))
                .unwrap();
            page.wait("document.activeElement.tagName === 'H1'")
                .unwrap();
            looked(&page, axe, tab);
            kept(&page, &format!("gate-{tab}-{language}-{name}"));
        }
    }
}

/// The scanned film is only as good as the reader is kept: the files are those of the package, unchanged.
#[test]
fn the_reader_of_bar_codes_says_what_it_is() {
    let folder = root().join("web/gate/zxing");
    let read = |name: &str| std::fs::read(folder.join(name)).unwrap();
    let module = String::from_utf8(read("reader/index.js")).unwrap();
    let digest = hex::encode(Sha256::digest(read("reader/zxing_reader.wasm")));
    assert!(
        module.contains(&digest),
        "the module names another {digest}"
    );
    assert!(Path::new(&folder.join("LICENSE")).exists());
}
