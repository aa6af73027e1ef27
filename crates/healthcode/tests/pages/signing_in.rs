//! Proving who one is, in a browser: at a certified `OpenID` provider that runs as a process of its own, and by the code of
//! an application around the page. And the links that attackers send.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use hc_testkit::browser::{Page, Screen};
use serde_json::json;
use tempfile::TempDir;

use crate::access::{axe, looked};
use crate::looks::kept;
use crate::person::healthy;
use crate::stage::{Alone, root};

const SECRET: &str = "secret between the region & the provider";
const ZHANG: (&str, &str) = ("张三", "11010519491231002X");
const LI: (&str, &str) = ("李四", "440524188001010014");

/// A process that ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// The provider that `hc-http` is tested against, installed below `target/` from its lock file; nothing where it cannot be
/// had, which under CI is a failure.
fn installed() -> Option<PathBuf> {
    match install() {
        Ok(folder) => Some(folder),
        Err(why) => {
            let needed = std::env::var_os("CI").is_some_and(|ci| ci == "true");
            assert!(!needed, "{why}");
            eprintln!("SKIPPED, nobody signed in at a real provider: {why}");
            None
        }
    }
}

fn install() -> Result<PathBuf, String> {
    let from = root().join("crates/http/tests/openid");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("openid-provider");
    let text = |error: std::io::Error| error.to_string();
    fs::create_dir_all(&folder).map_err(text)?;
    // Two runs do not install into each other.
    let lock = fs::File::create(folder.join("lock")).map_err(text)?;
    lock.lock().map_err(text)?;
    let wanted = fs::read(from.join("package-lock.json")).map_err(text)?;
    let done = folder.join("installed");
    if fs::read(&done).ok().as_ref() != Some(&wanted) {
        for name in ["package.json", "package-lock.json", ".npmrc"] {
            fs::copy(from.join(name), folder.join(name)).map_err(text)?;
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
        fs::write(&done, &wanted).map_err(text)?;
    }
    fs::copy(from.join("provider.mjs"), folder.join("provider.mjs")).map_err(text)?;
    Ok(folder)
}

/// A provider at which everybody is this person; its address.
fn provider(person: (&str, &str), redirect: &str) -> Option<(Running, String)> {
    let people =
        json!({"one": {"name": person.0, "document_type": "ID", "document_number": person.1}});
    let mut child = Command::new("node")
        .arg("provider.mjs")
        .current_dir(installed()?)
        .env("PEOPLE", people.to_string())
        .env("PERSON", "one")
        .env("REDIRECT", redirect)
        .env("SECRET", SECRET)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node");
    let mut issuer = String::new();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    out.read_line(&mut issuer).unwrap();
    Some((Running(child), issuer.trim().to_owned()))
}

/// The application's server: what is behind a code. It answers for as long as the tests run.
fn application() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            let mut sent = [0; 4096];
            let Ok(read) = stream.read(&mut sent) else {
                continue;
            };
            let asked = String::from_utf8_lossy(sent.get(..read).unwrap_or_default()).into_owned();
            let (name, number) = if asked.contains("js_code=of-zhang") {
                ZHANG
            } else {
                LI
            };
            let body =
                json!({"openid": "o", "session_key": "k", "cert_name": name, "cert_no": number})
                    .to_string();
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                body.len()
            );
            drop(stream.write_all((head + &body).as_bytes()));
        }
    });
    address
}

/// A region in service, with its ways of proving who one is.
struct Region {
    _serving: Running,
    _folder: TempDir,
    address: String,
    asked: Vec<String>,
}

fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
}

fn serve(listen: SocketAddr, identity: &str, embedded: &str) -> Region {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("region");
    let run = |words: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_healthcode"));
        command.args(words).current_dir(root());
        command
    };
    let (place_text, listen_text) = (place.to_str().unwrap(), listen.to_string());
    let made = run(&["init", place_text, "--region", "330000"])
        .args(["--rules", "policies/zhejiang-2022-06.toml"])
        .args(["--lists-at", "https://330000.example/status"])
        .args(["--listen", &listen_text])
        .output()
        .unwrap();
    assert!(
        made.status.success(),
        "{}",
        String::from_utf8_lossy(&made.stderr)
    );
    let file = place.join("healthcode.toml");
    let config = fs::read_to_string(&file).unwrap();
    let config = config.replace("#embedded-in = []", embedded);
    let operators = free();
    fs::write(
        &file,
        format!("operators = \"{operators}\"\n{config}\n{identity}"),
    )
    .unwrap();
    let mut child = run(&["serve", "--config", file.to_str().unwrap()])
        .env("HEALTHCODE_SECRET_IDENTITY_NATIONAL", SECRET)
        .env("HEALTHCODE_SECRET_IDENTITY_APP", SECRET)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    assert!(!line.is_empty(), "the region has not begun");
    Region {
        _serving: Running(child),
        _folder: folder,
        address: format!("http://{listen}"),
        asked: Vec::new(),
    }
}

impl Region {
    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    /// What no address that was asked for holds.
    fn nothing_stands_in_an_address(&mut self, page: &Page, secret: &[&str]) {
        self.asked.extend(page.asked().unwrap());
        for address in &self.asked {
            if address.starts_with(&self.address) {
                for part in secret {
                    assert!(!address.contains(part), "{part} in {address}");
                }
            }
        }
    }
}

fn openid(issuer: &str, redirect: &str) -> String {
    format!(
        "[[identity.openid]]\nname = \"national\"\ntitle-zh = \"国家身份认证\"\ntitle-en = \"national identity\"\n\
         issuer = \"{issuer}\"\nclient = \"basic\"\nredirect = \"{redirect}\"\nscopes = [\"openid\", \"identity\"]\n\
         [identity.openid.claims]\nnumber = \"document_number\"\nname = \"name\"\ntype-member = \"document_type\"\n\
         types = {{ ID = \"111\" }}\n"
    )
}

fn super_app(endpoint: SocketAddr) -> String {
    format!(
        "[[identity.super-app]]\nname = \"app\"\ntitle-zh = \"城市服务\"\ntitle-en = \"City Services\"\nform = \"wechat\"\n\
         endpoint = \"http://{endpoint}/sns/jscode2session\"\napp = \"wx-region\"\n[identity.super-app.claims]\n\
         number = \"cert_no\"\nname = \"cert_name\"\ntype = \"111\"\n"
    )
}

const PROVED: &str = "document.querySelector('form input[name=consent]') && !document.querySelector('input[name=name]')";
const REFUSED: &str = "document.querySelector('#main [role=alert]')?.textContent";

/// Declares good health, after the identity was proved: name and number are not asked for.
fn finish(page: &Page) {
    page.wait(PROVED).unwrap();
    healthy(page);
    page.touch("input[name=consent]").unwrap();
    page.touch("form button[type=submit]").unwrap();
    page.wait("document.querySelector('#code svg') && document.querySelector('#level svg')")
        .unwrap();
}

/// The name of whoever's code the page shows, as the region has it.
fn who(page: &Page) -> String {
    let script = "return (async () => {
        const database = await new Promise((done) => { const asking = indexedDB.open('healthcode'); asking.onsuccess = () => done(asking.result) });
        const get = (asking) => new Promise((done) => { asking.onsuccess = () => done(asking.result) });
        const [person] = await get(database.transaction('people').objectStore('people').getAll());
        const answer = await fetch('/v1/export', {headers: {authorization: `Bearer ${person.token}`}});
        return JSON.stringify(await answer.json());
    })()";
    page.run(script, &[]).unwrap().as_str().unwrap().to_owned()
}

#[test]
fn a_person_signs_in_at_an_openid_provider_and_nobody_else_does_it_for_them() {
    let Some(alone) = Alone::begin() else { return };
    let listen = free();
    let redirect = format!("http://{listen}/signed-in");
    let Some((_provider, issuer)) = provider(ZHANG, &redirect) else {
        return;
    };
    let mut region = serve(listen, &openid(&issuer, &redirect), "");
    let page = alone.page(&Screen::phone("zh-CN"));
    page.open(&region.at("/")).unwrap();
    page.wait("document.querySelector('#main button.wide')")
        .unwrap();
    if let Some(axe) = axe() {
        looked(&page, axe, "choosing how to prove who one is");
    }
    kept(&page, "person-sign-in-zh-phone");
    let wide = alone.page(&Screen::desktop("en-GB"));
    wide.open(&region.at("/")).unwrap();
    wide.wait("document.querySelector('#main button.wide')")
        .unwrap();
    kept(&wide, "person-sign-in-en-desktop");
    page.touch("#main button.wide").unwrap();
    page.wait("document.querySelector('#main .note')?.textContent.includes('国家身份认证')")
        .unwrap();
    let address = page.run("return location.href", &[]).unwrap();
    assert_eq!(
        address,
        json!(region.at("/#enrol")),
        "nothing of the sign-in stays in the address"
    );
    kept(&page, "person-signed-in-zh-phone");
    finish(&page);
    assert!(who(&page).contains("张"), "{}", who(&page));
    let log = page.log().unwrap();
    assert!(
        !log.iter()
            .any(|line| line.message.contains("Content Security")),
        "{log:?}"
    );

    // What an attacker's own sign-in gave, sent to somebody as a link: that page began nothing.
    let other = alone.page(&Screen::phone("zh-CN"));
    let link = "/signed-in?code=of-the-attacker&state=of-the-attacker&iss=x";
    other.open(&region.at(link)).unwrap();
    other.wait(REFUSED).unwrap();
    let shown = other.run("return location.href", &[]).unwrap();
    assert_eq!(shown, json!(region.at("/#enrol")));
    // And to somebody who has begun their own and not come back: state and session are of two sign-ins.
    other
        .run(
            "return fetch('/v1/identity/sessions', {method: 'POST', headers: {'content-type': 'application/json'}, body: JSON.stringify({method: 'national'})})
                .then((answer) => answer.json())
                .then(({session}) => new Promise((done) => {
                    indexedDB.open('healthcode').onsuccess = ({target}) => {
                        const writing = target.result.transaction('things', 'readwrite');
                        writing.objectStore('things').put({method: 'national', session}, 'sign-in');
                        writing.oncomplete = () => done();
                    };
                }))",
            &[],
        )
        .unwrap();
    other.open(&region.at(link)).unwrap();
    other.wait(PROVED).unwrap();
    healthy(&other);
    other.touch("input[name=consent]").unwrap();
    other.touch("form button[type=submit]").unwrap();
    other
        .wait("document.querySelector('.summary [tabindex], .summary h2')")
        .unwrap();
    let entered = other
        .run("return Boolean(document.querySelector('#code svg'))", &[])
        .unwrap();
    assert_eq!(entered, json!(false));
    region.nothing_stands_in_an_address(&page, &[ZHANG.0, ZHANG.1, "token"]);
}

/// The answer of the application around the page: opened in the page that is open.
fn answers(page: &Page, members: &BTreeMap<&str, String>) {
    let script = "location.hash = `sign-in?${new URLSearchParams(arguments[0])}`";
    page.run(script, &[json!(members)]).unwrap();
}

#[test]
fn an_application_signs_in_only_who_began_on_this_page() {
    let Some(alone) = Alone::begin() else { return };
    let listen = free();
    let mut region = serve(listen, &super_app(application()), "");
    let attack = "/#sign-in?method=app&code=of-li";
    let page = alone.page(&Screen::phone("zh-CN"));

    // A link that somebody sent, with a code of theirs: with any state, and with none.
    for link in [attack.to_owned(), format!("{attack}&state=AAAA")] {
        page.open("about:blank").unwrap();
        page.open(&region.at(&link)).unwrap();
        page.wait(REFUSED).unwrap();
        let said = page.run(&format!("return {REFUSED}"), &[]).unwrap();
        assert!(
            said.as_str().unwrap().contains("不是从本页开始的"),
            "{said}"
        );
        let form = "return Boolean(document.querySelector('form'))";
        assert_eq!(page.run(form, &[]).unwrap(), json!(false));
        let address = page.run("return location.href", &[]).unwrap();
        assert_eq!(address, json!(region.at("/#enrol")));
    }
    if let Some(axe) = axe() {
        looked(&page, axe, "a sign-in that was not begun here");
    }
    kept(&page, "person-not-begun-here-zh-phone");

    // Begun here: the application reads method and state, and answers with the person's code.
    page.touch("#main button.wide").unwrap();
    page.wait("document.querySelector('#in-app')").unwrap();
    let told = page
        .run(
            "return Object.fromEntries(new URLSearchParams(location.hash.slice(9)))",
            &[],
        )
        .unwrap();
    assert_eq!(told["method"], "app");
    let state = told["state"].as_str().unwrap().to_owned();
    assert!(state.len() >= 32, "{state}");
    // The attacker's link meanwhile: refused, and it spends what was begun.
    let of = |code: &str, state: &str| {
        BTreeMap::from([
            ("method", "app".to_owned()),
            ("code", code.to_owned()),
            ("state", state.to_owned()),
        ])
    };
    answers(&page, &of("of-li", "BBBB"));
    page.wait(REFUSED).unwrap();
    answers(&page, &of("of-zhang", &state));
    page.wait(REFUSED).unwrap();
    assert_eq!(
        page.run("return Boolean(document.querySelector('form'))", &[])
            .unwrap(),
        json!(false)
    );

    page.touch("#main button.wide").unwrap();
    page.wait("document.querySelector('#in-app') && location.hash.includes('state=')")
        .unwrap();
    let told = page
        .run(
            "return new URLSearchParams(location.hash.slice(9)).get('state')",
            &[],
        )
        .unwrap();
    assert_ne!(told, json!(state), "each sign-in has a state of its own");
    answers(&page, &of("of-zhang", told.as_str().unwrap()));
    finish(&page);
    assert!(who(&page).contains("张"), "{}", who(&page));
    region.nothing_stands_in_an_address(&page, &["of-zhang", "of-li", ZHANG.1]);
}
