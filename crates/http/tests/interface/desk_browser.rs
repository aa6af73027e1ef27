//! The desk in a real browser with the virtual authenticator: two officers, phone and desktop, both languages.
//!
//! Chromium and its driver are needed; without them the test says so and, under `CI=true`, fails. Pictures for
//! `docs/pages` are written where `HEALTHCODE_WRITE` is set.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use hc_testkit::browser::{Album, Browser, Page, Screen};
use serde_json::{Value, json};

use crate::sample;
use crate::signers::{Party, auditor, li, wang};
use crate::world::World;

/// What axe is asked for: WCAG 2.2 A and AA, and good practice.
const ASKED: &str = "return axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], resultTypes: ['violations']})
    .then((found) => found.violations.map((one) => one.id + ': ' + one.nodes.map((node) => node.target.join(' ') + ' ' + node.failureSummary).join(' | ')))";

/// The script of axe, installed from the lock file of the people's pages; nothing where it cannot be had.
fn axe() -> Option<String> {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../healthcode/tests/pages/axe");
    let folder: PathBuf = Path::new(env!("CARGO_TARGET_TMPDIR")).join("axe-desk");
    let script = folder.join("node_modules/axe-core/axe.min.js");
    if !script.exists() {
        fs::create_dir_all(&folder).unwrap();
        for name in ["package.json", "package-lock.json", ".npmrc"] {
            fs::copy(from.join(name), folder.join(name)).ok();
        }
        let words = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
        let done = Command::new("npm")
            .args(words)
            .current_dir(&folder)
            .output();
        if !done.as_ref().is_ok_and(|output| output.status.success()) {
            let needed = std::env::var_os("CI").is_some_and(|ci| ci == "true");
            assert!(!needed, "axe cannot be installed: {done:?}");
            eprintln!("SKIPPED, axe has not looked: {done:?}");
            return None;
        }
    }
    Some(fs::read_to_string(script).unwrap())
}

/// One officer's browser, with an authenticator of their own.
struct Officer {
    page: Page,
    at: String,
    name: &'static str,
    narrow: bool,
    axe: Option<String>,
}

impl Officer {
    fn begin(
        browser: &Browser,
        (at, name): (&str, &'static str),
        screen: &Screen,
        axe: Option<&String>,
    ) -> Self {
        let page = browser.page(screen).unwrap();
        page.devtools("WebAuthn.enable", &json!({})).unwrap();
        let device = json!({"options": {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": true,
            "hasUserVerification": true, "isUserVerified": true, "automaticPresenceSimulation": true,
        }});
        page.devtools("WebAuthn.addVirtualAuthenticator", &device)
            .unwrap();
        Self {
            page,
            at: at.to_owned(),
            name,
            narrow: screen.mobile,
            axe: axe.cloned(),
        }
    }

    fn open(&self, path: &str) {
        self.page.open(&format!("{}{path}", self.at)).unwrap();
    }

    fn path(&self) -> String {
        let path = self
            .page
            .run("return location.pathname + location.search", &[]);
        path.unwrap().as_str().unwrap().to_owned()
    }

    /// Writes into a field, whatever it is.
    fn set(&self, name: &str, value: &str) {
        let script = "document.getElementsByName(arguments[0])[0].value = arguments[1]";
        self.page.run(script, &[json!(name), json!(value)]).unwrap();
    }

    /// Sends the form that goes to a place by its button, and waits for the page after it.
    fn send(&self, action: &str, then: &str) {
        self.page
            .touch(&format!("form[action='{action}'] button[type=submit]"))
            .unwrap();
        self.page.wait(then).unwrap();
    }

    fn enrol_and_sign_in(&self, ticket: &str) {
        self.open("/desk/enrol");
        self.page.type_into("#ticket", ticket).unwrap();
        self.page.type_into("#label", "virtual").unwrap();
        self.send(
            "/desk/enrol",
            "document.querySelector('[data-passkey=create]')",
        );
        self.looked("enrol");
        self.send(
            "/desk/enrol/passkey",
            "location.pathname === '/desk/sign-in'",
        );
        self.looked("sign-in");
        self.kept("sign-in");
        self.send("/desk/sign-in", "location.pathname === '/desk/'");
    }

    /// Axe finds nothing, nothing sticks out at the side, and the browser had nothing to complain of.
    fn looked(&self, what: &str) {
        let wide =
            "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
        let over = self.page.run(wide, &[]).unwrap();
        assert!(
            over.as_i64().unwrap() <= 0,
            "{what} of {}: {over} too wide",
            self.name
        );
        if let Some(axe) = &self.axe {
            for theme in ["light", "dark"] {
                let media = json!({"features": [{"name": "prefers-color-scheme", "value": theme}]});
                self.page
                    .devtools("Emulation.setEmulatedMedia", &media)
                    .unwrap();
                let script = json!({"expression": format!("{axe};0")});
                self.page.devtools("Runtime.evaluate", &script).unwrap();
                let found = self.page.run(ASKED, &[]).unwrap();
                assert_eq!(
                    found,
                    json!([]),
                    "axe on {what} of {} in {theme}",
                    self.name
                );
            }
            let usual = json!({"features": []});
            self.page
                .devtools("Emulation.setEmulatedMedia", &usual)
                .unwrap();
        }
        let said = self.page.log().unwrap();
        let wrong: Vec<_> = said.iter().filter(|line| line.level == "SEVERE").collect();
        assert!(wrong.is_empty(), "{what}: {wrong:?}");
    }

    fn kept(&self, what: &str) {
        let (language, size) = if self.narrow {
            ("zh", "phone")
        } else {
            ("en", "desktop")
        };
        let again = "HEALTHCODE_WRITE=1 cargo test -p hc-http --test interface desk_browser";
        let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/pages");
        let name = format!("desk-{what}-{language}-{size}");
        Album::new(pages, again).keep(&self.page, &name).unwrap();
    }

    /// Opens a page, holds it to what every page must be, and keeps its picture.
    fn visit(&self, path: &str, what: &str) {
        self.open(path);
        assert_eq!(self.path(), path, "{what}");
        self.looked(what);
        self.kept(what);
    }
}

async fn ticket(world: &World, party: &Party) -> String {
    let asks = party.asks(world, "POST", "/v1/officer/passkey-tickets");
    let answer = asks.send().await;
    answer.json()["ticket"].as_str().unwrap().to_owned()
}

fn browser() -> Option<Browser> {
    match Browser::begin() {
        Ok(browser) => Some(browser),
        Err(error) => {
            let needed = std::env::var_os("CI").is_some_and(|ci| ci == "true");
            assert!(!needed, "{error}");
            eprintln!("SKIPPED, no browser has looked: {error}");
            None
        }
    }
}

#[tokio::test]
async fn two_officers_run_a_region_at_the_desk_in_a_browser() {
    let Some(browser) = browser() else { return };
    let world = World::with_local_desk().await;
    crate::waiting::waiting(&world).await;
    let (li, wang, shen) = (li(&world).await, wang(&world).await, auditor(&world).await);
    for quarter in 0..40 {
        let mut row = world.region.count_levels();
        row.at = world
            .region
            .now()
            .minus(hc_code::Span::seconds(900 * (40 - quarter)));
        row.low += u64::from(quarter) * 40;
        row.medium += u64::from(quarter % 7) * 3;
        world.region.keep_levels(row).await.unwrap();
    }
    let tickets = [
        ticket(&world, &li).await,
        ticket(&world, &wang).await,
        ticket(&world, &shen).await,
    ];
    let at = format!("http://localhost:{}", world.operators.port());
    let driven = tokio::task::spawn_blocking(move || story(&browser, &at, &tickets));
    driven.await.unwrap();
    // The person sees who looked.
    let numbers = sample::NUMBERS;
    let token = world.token(numbers[0]).await;
    let own = world
        .ask("GET", "/v1/log")
        .token(&token)
        .send()
        .await
        .json();
    let entries = own["entries"].as_array().unwrap();
    let looked = entries.iter().find(|one| one["kind"] == "look-up").unwrap();
    assert_eq!(looked["actor"]["id"], "li");
    let log = shen
        .asks(&world, "GET", "/v1/log-entries")
        .send()
        .await
        .json();
    let by: Vec<&Value> = log["entries"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|entry| entry["kind"] == "second-credential")
        .collect();
    assert_eq!(by.len(), 2, "a batch and a rule pack: {by:?}");
    for entry in by {
        let details = entry["details"].as_array().unwrap();
        let credential = details.iter().find(|one| one["field"] == "credential");
        assert_eq!(credential.unwrap()["value"], "passkey");
    }
}

fn story(browser: &Browser, at: &str, [first, second, third]: &[String; 3]) {
    let axe = axe();
    let desktop = Screen::desktop("en-GB");
    let li = Officer::begin(browser, (at, "li"), &desktop, axe.as_ref());
    let wang = Officer::begin(browser, (at, "wang"), &Screen::phone("zh-CN"), axe.as_ref());
    let shen = Officer::begin(browser, (at, "shen"), &desktop, axe.as_ref());
    li.enrol_and_sign_in(first);
    wang.enrol_and_sign_in(second);
    shen.enrol_and_sign_in(third);

    // The keyboard reaches the page past the navigation, and the focus is seen.
    li.open("/desk/");
    li.page.press("\u{E004}").unwrap();
    let skip = "return document.activeElement.className === 'skip' && getComputedStyle(document.activeElement).outlineStyle !== 'none'";
    assert_eq!(li.page.run(skip, &[]).unwrap(), json!(true));
    li.page.press("\u{E007}").unwrap();
    li.page
        .wait("document.activeElement.id === 'main'")
        .unwrap();

    // Rules: proposed by one, approved by the other on a phone.
    li.open("/desk/rules");
    li.set("pack", "version = 0");
    li.send("/desk/rules", "document.querySelector('.wrong table')");
    let said = li.page.log().unwrap();
    assert!(
        said.iter().all(|line| line.message.contains("422")),
        "{said:?}"
    );
    li.kept("findings");
    li.open("/desk/rules");
    li.set("pack", &crate::rules::next());
    li.send(
        "/desk/rules",
        "document.querySelector('[data-passkey=get]')",
    );
    li.looked("pack to be signed for");
    li.send("/desk/rules", "location.pathname === '/desk/rules/2'");
    li.send("/desk/rules/2/trial", "document.querySelector('.told')");
    li.open("/desk/rules/2");
    li.page.wait("document.querySelector('#trial')").unwrap();
    li.looked("pack");
    li.kept("pack");
    li.send(
        "/desk/rules/2/proposal",
        "location.pathname.startsWith('/desk/proposals/')",
    );
    let place = li.path();
    li.looked("own proposal");
    wang.open(&place);
    wang.looked("proposal");
    wang.kept("proposal");
    wang.send(
        &format!("{place}/approval"),
        "document.querySelector('.told')",
    );
    wang.looked("approved");

    // The batch that waits.
    wang.visit("/desk/batches", "batches");
    wang.visit("/desk/batches/lab-3/B%2F1", "batch");
    wang.set("reason", "verified-by-phone");
    wang.send(
        "/desk/batches/lab-3/B%2F1/release",
        "document.querySelector('.told')",
    );

    // A record: nothing of the document in any address.
    li.visit("/desk/records", "records");
    li.set("type", "111");
    li.set("number", sample::NUMBERS[0]);
    li.set("purpose", "appeal");
    li.send("/desk/records", "document.querySelector('dl')");
    li.looked("record");
    li.kept("record");
    for address in li.page.asked().unwrap() {
        assert!(
            address.starts_with(at) || address.starts_with("data:"),
            "{address}"
        );
        assert!(!address.contains(sample::NUMBERS[0]), "{address}");
    }

    // Everything else, at both sizes.
    for officer in [&li, &wang] {
        for (path, what) in [
            ("/desk/", "overview"),
            ("/desk/batches", "batches"),
            ("/desk/proposals", "proposals"),
            ("/desk/rules", "rules"),
            ("/desk/areas", "areas"),
            ("/desk/degraded", "degraded"),
            ("/desk/appeals", "appeals"),
            ("/desk/counter", "counter"),
            ("/desk/registers/officer", "officers"),
            ("/desk/registers/gate", "gates"),
            ("/desk/registers/source", "sources"),
            ("/desk/own", "own"),
        ] {
            officer.visit(path, what);
        }
    }
    shen.visit("/desk/log", "log");
    shen.visit("/desk/log/1", "entry");

    // Degraded mode, declared and shown.
    li.open("/desk/degraded");
    li.set("reason", "line-cut");
    li.send(
        "/desk/degraded",
        "document.querySelector('[data-passkey=get]')",
    );
    li.looked("to be signed for");
    li.kept("to-sign");
    li.send("/desk/degraded", "document.querySelector('.told')");
    li.looked("declared");
    li.kept("declared");

    // Greyscale: words and shapes are left.
    let levels = "return [...document.querySelectorAll('.level')].every((level) => level.textContent.trim().length > 2)";
    li.open("/desk/");
    assert_eq!(li.page.run(levels, &[]).unwrap(), json!(true));
    li.send("/desk/sign-out", "location.pathname === '/desk/sign-in'");
}
