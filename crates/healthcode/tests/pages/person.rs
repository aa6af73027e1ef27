//! A person at their page: what every test does with it.

use std::io::Write;
use std::path::PathBuf;
use std::process::Command;

use hc_testkit::browser::{Page, Screen};
use serde_json::{Value, json};

use crate::stage::Stage;

/// A page at the beginning of enrolling, in a language.
pub(crate) fn arrive(stage: &Stage, screen: &Screen) -> Page {
    let page = stage.page(screen);
    page.open(&stage.at("/")).unwrap();
    page.wait("document.querySelector('form input[name=name]')")
        .unwrap();
    page
}

/// Somebody enrols with good health; gives their name and number.
pub(crate) fn enrol(stage: &Stage, page: &Page) -> (String, String) {
    let (name, number) = stage.somebody();
    fill(page, &name, &number);
    page.touch("form button[type=submit]").unwrap();
    page.wait("document.querySelector('#code svg') && document.querySelector('#level svg')")
        .unwrap();
    (name, number)
}

/// Fills the enrolment in.
pub(crate) fn fill(page: &Page, name: &str, number: &str) {
    page.type_into("input[name=name]", name).unwrap();
    page.type_into("input[name=number]", number).unwrap();
    healthy(page);
    page.touch("input[name=consent]").unwrap();
}

/// Answers the questions about health: no symptoms, no stay, no contact.
pub(crate) fn healthy(page: &Page) {
    page.touch("input[type=checkbox][value='1']").unwrap();
    let touch = "for (const one of document.querySelectorAll('input[type=radio][value=\"2\"]')) one.click();";
    page.run(touch, &[]).unwrap();
}

/// Goes to a screen.
pub(crate) fn go(page: &Page, screen: &str) {
    page.run("location.hash = arguments[0]", &[json!(screen)])
        .unwrap();
    page.wait(&format!(
        "document.getElementById('main').classList.contains('screen-{screen}') && document.querySelector('h1')"
    ))
    .unwrap();
}

/// The level that the page shows: by its shape, its word and its colour.
pub(crate) fn level(page: &Page) -> (String, String) {
    let script = "const band = document.getElementById('level');
        return [band.querySelector('svg').dataset.shape, band.textContent.trim()];";
    let found = page.run(script, &[]).unwrap();
    let text = |place: usize| found[place].as_str().unwrap().to_owned();
    (text(0), text(1))
}

/// Answers the question before something grave with yes.
pub(crate) fn sure(page: &Page) {
    page.wait("document.querySelector('dialog[open]')").unwrap();
    page.touch("dialog button.main").unwrap();
}

/// What a scanner reads off the screen.
pub(crate) fn scanned(page: &Page, selector: &str) -> String {
    page.run(
        "document.querySelector(arguments[0]).scrollIntoView({block: 'center'})",
        &[json!(selector)],
    )
    .unwrap();
    let picture = page.picture().unwrap();
    let path: PathBuf =
        std::env::temp_dir().join(format!("healthcode-scan-{}.png", std::process::id()));
    std::fs::File::create(&path)
        .unwrap()
        .write_all(&picture)
        .unwrap();
    let read = Command::new("zbarimg")
        .args(["--quiet", "--raw", "--oneshot"])
        .arg(&path)
        .output()
        .expect("zbarimg cannot be run: apt-get install zbar-tools");
    let text = String::from_utf8(read.stdout).unwrap();
    assert!(!text.trim().is_empty(), "no code is read off the screen");
    text.trim_end_matches('\n').to_owned()
}

/// The verdict of the region's own gate.
pub(crate) fn verdict(stage: &Stage, text: &str) -> Value {
    stage.ask("POST", "/v1/verdicts", Some(&json!({ "text": text })))
}

/// Nothing was refused by the policy, nothing failed, and nothing was asked of anybody else.
pub(crate) fn quiet(stage: &Stage, page: &Page, expected: &[&str]) {
    for line in page.log().unwrap() {
        let known = expected.iter().any(|part| line.message.contains(part));
        let harmless = line.level != "SEVERE" && !line.message.contains("Content Security Policy");
        assert!(known || harmless, "{line:?}");
    }
    for address in page.asked().unwrap() {
        let inside = [
            "data:",
            "blob:",
            "chrome:",
            "chrome-extension:",
            "devtools:",
        ];
        let own = address.starts_with(&stage.at("/"));
        assert!(
            own || inside.iter().any(|start| address.starts_with(start)),
            "{address}"
        );
        // Nothing about anybody stands in an address.
        let plain = !address.contains("token")
            && !address.contains("name=")
            && !address.contains("number=");
        assert!(plain, "{address}");
    }
}
