//! `conformance`: the kit on services that run: one that serves now, and a demonstration whose clock stands elsewhere.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Output, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use hc_code::Timestamp;
use hc_core::document::{Document, DocumentType};
use hc_core::store::DocumentHasher;
use hc_node::token::{DeviceToken, TokenSealer};
use hc_testkit::store::region::identity_number;
use serde_json::{Value, json};

use crate::region::{Region, Serving, command, objects, run, text};

fn post(address: SocketAddr, path: &str, token: Option<&str>, body: &Value) -> Value {
    let mut stream = TcpStream::connect(address).unwrap();
    let body = body.to_string();
    let token = token.map_or_else(String::new, |token| {
        format!("Authorization: Bearer {token}\r\n")
    });
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{token}\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 2"), "{answer}");
    serde_json::from_str(body).unwrap()
}

#[expect(
    clippy::disallowed_methods,
    reason = "the service that is looked at runs by the machine's clock"
)]
fn now() -> Timestamp {
    let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Timestamp::from_unix(unix.as_secs().try_into().unwrap())
}

fn functions() -> [&'static str; 14] {
    [
        "--function",
        "declareHealth",
        "--function",
        "declareTrip",
        "--function",
        "queryHealth",
        "--function",
        "applyCall",
        "--function",
        "makeCode",
        "--function",
        "verifyCode",
        "--function",
        "correctHealth",
    ]
}

/// The kit on a service, as an application, for a test person of a device.
fn kit(address: SocketAddr, key: &str, application: &str, more: &[&str]) -> Output {
    let url = format!("http://{address}");
    let base = [
        "conformance",
        &url,
        "--application",
        application,
        "--key",
        key,
        "--region",
        "330000",
        "--division",
        "330106",
    ];
    run(&[&base[..], more].concat())
}

#[test]
fn a_region_that_serves_keeps_the_standards_and_the_kit_needs_no_word_about_time() {
    let region = Region::new();
    let key = region.at("app").to_str().unwrap().to_owned();
    let mut words = vec![
        "application",
        "add",
        "--id",
        "super-app",
        "--name",
        "掌上通",
        "--algorithm",
        "SM2",
        "--out",
        &key,
        "--division",
        "330000",
        "--purpose",
        "entry",
    ];
    words.extend(functions());
    let added = region.run(&words);
    assert!(added.status.success(), "{}", text(&added.stderr));
    let other_key = region.at("other").to_str().unwrap().to_owned();
    let other = words.iter().map(|word| match *word {
        "super-app" => "other-app",
        word if word == key => &other_key,
        word => word,
    });
    let added = region.run(&other.collect::<Vec<_>>());
    assert!(added.status.success(), "{}", text(&added.stderr));
    let number = identity_number(1);
    let file = region.at("people.csv");
    std::fs::write(&file, format!("type,number,name\n111,{number},李小一\n")).unwrap();
    let imported = region.run(&["import", "people", file.to_str().unwrap()]);
    assert!(imported.status.success(), "{}", text(&imported.stderr));
    // Whoever holds the region's secrets can give a device its token, as signing in does.
    let now = now();
    let kind = DocumentType::all()
        .find(|kind| kind.code() == "111")
        .unwrap();
    let document = Document::parse(kind, &number, None, now).unwrap();
    let hash = DocumentHasher::new(&region.secret("documents.key")).hash(&document.key());
    let found = region.act(move |writing| writing.numbers(&[hash]));
    let device = TokenSealer::new(&region.secret("tokens.key")).seal(&DeviceToken {
        number: found[0].unwrap(),
        device: [1; 8],
        issued: now,
    });
    let serving = Serving::start(&region);
    let person = ["--device-token", &device, "--number", &number];
    let looked = kit(serving.address, &key, "super-app", &["--json"]);
    assert_eq!(looked.status.code(), Some(2), "a test person is missing");
    let url = format!("http://{}", serving.address);
    let base = |more: &[&str]| {
        let words = [
            "conformance",
            &url,
            "--application",
            "super-app",
            "--key",
            &key,
            "--region",
            "330000",
            "--division",
            "330106",
        ];
        run(&[&["--json"][..], &words[..], &person[..], more].concat())
    };
    let others = [
        "--other-application",
        "other-app",
        "--other-key",
        &other_key,
        "--unregistered-purpose",
        "travel",
        "--name",
        "李小一",
    ];
    let keys = TcpKeys::of(serving.address);
    let looked = base(&[&others[..], &["--answer-key", &keys.first]].concat());
    let said = objects(&looked);
    // Nobody waited for a call to end, so the run is not complete; nothing else is missing.
    assert_eq!(looked.status.code(), Some(1), "{}", text(&looked.stderr));
    assert_eq!(faults(&said), "");
    let (cases, notes): (Vec<_>, Vec<_>) = said.iter().partition(|one| one["name"].is_string());
    let lacking = cases.iter().filter(|case| case["lacks"].is_string());
    let lacking: Vec<_> = lacking
        .map(|case| case["lacks"].as_str().unwrap())
        .collect();
    assert_eq!(lacking, ["slow"]);
    assert!(cases.len() >= 77, "{}", cases.len());
    // A service that began this second may be waited for; there is nothing else to note.
    let waited = |note: &&Value| note["en"].as_str().unwrap().contains("just begun");
    assert!(notes.iter().all(waited), "{notes:?}");
    // A time that is not the service's: every case that is answered by a time has a fault.
    let wrong = base(&["--time", "2022-07-08T12:00:00+08:00"]);
    assert_eq!(wrong.status.code(), Some(1));
    let cases = objects(&wrong);
    let bad = cases.iter().filter(|case| case["fault"].is_string());
    assert!(bad.count() > 60);
    let notes = cases.iter().filter(|one| one["name"].is_null());
    let mut notes = notes.map(|note| note["en"].as_str().unwrap());
    assert!(notes.any(|note| note.contains("the time that was given")));
    let other = base(&["--answer-key", &"07".repeat(32)]);
    let other = faults(&objects(&other));
    assert!(
        other.contains("the_keys_of_answers_are_the_regions"),
        "{other}"
    );
    // A token that the person did not make.
    let words = ["--device-token", "none", "--number", &number];
    let refused = run(&[
        &["conformance", &url, "--application", "super-app"][..],
        &["--key", &key, "--region", "330000"][..],
        &words[..],
    ]
    .concat());
    assert_eq!(refused.status.code(), Some(3));
    let said = text(&refused.stderr);
    assert!(
        said.contains("makes no subject token: HTTP status 401"),
        "{said}"
    );
    serving.stop();
}

/// The keys that a service says it answers with.
struct TcpKeys {
    first: String,
}

impl TcpKeys {
    fn of(address: SocketAddr) -> Self {
        let mut stream = TcpStream::connect(address).unwrap();
        let asked = "GET /gbt38963/keys HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        stream.write_all(asked.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        let keys: Value = serde_json::from_str(body).unwrap();
        let first = keys["keys"][0]["key"].as_str().unwrap().to_owned();
        Self { first }
    }
}

fn faults(cases: &[Value]) -> String {
    let bad = cases.iter().filter(|case| case["fault"].is_string());
    let lines: Vec<String> = bad
        .map(|case| format!("{}: {}", case["name"], case["fault"]))
        .collect();
    lines.join("\n")
}

/// A demonstration that runs; it is stopped when the test ends, however it ends.
struct Demonstration {
    child: Child,
    address: SocketAddr,
}

impl Demonstration {
    fn start(folder: &str) -> Self {
        let words = [
            "demo",
            "--folder",
            folder,
            "--listen",
            "127.0.0.1:0",
            "--people",
            "5",
        ];
        let mut child = command(&words).stdout(Stdio::piped()).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let mut lines = out.lines().map(Result::unwrap);
        let line = lines.find(|line| line.contains("http://")).unwrap();
        let (_, rest) = line.split_once("http://").unwrap();
        let address = rest.trim_end_matches("/demo").parse().unwrap();
        Self { child, address }
    }
}

impl Drop for Demonstration {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A port that was free a moment ago.
fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

#[test]
fn a_demonstration_shows_the_desk_with_a_ticket_for_each_officer() {
    let operators = format!("127.0.0.1:{}", free_port());
    let words = [
        "demo",
        "--listen",
        "127.0.0.1:0",
        "--people",
        "5",
        "--operators",
        &operators,
    ];
    let mut child = command(&words).stdout(Stdio::piped()).spawn().unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    let _stopped = Demonstration {
        child,
        address: operators.parse().unwrap(),
    };
    let lines: Vec<String> = out
        .lines()
        .map(Result::unwrap)
        .filter(|line| line.contains("/desk/enrol "))
        .take(2)
        .collect();
    let ticket = |line: &String| line.rsplit(' ').next().unwrap().to_owned();
    let tickets: Vec<String> = lines.iter().map(ticket).collect();
    assert!(tickets.iter().all(|ticket| ticket.len() == 43), "{lines:?}");
    assert_ne!(tickets[0], tickets[1]);
    // The page is there, under the name that passkeys are for.
    let host = operators.replace("127.0.0.1", "localhost");
    assert!(
        lines[0].contains(&format!("http://{host}/desk/enrol")),
        "{lines:?}"
    );
    let mut stream = TcpStream::connect(&operators).unwrap();
    let asked = format!("GET /desk/enrol HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(asked.as_bytes()).unwrap();
    let mut page = String::new();
    stream.read_to_string(&mut page).unwrap();
    assert!(
        page.starts_with("HTTP/1.1 200") && page.contains("name=\"ticket\""),
        "{page}"
    );
    let refused = run(&["demo", "--people", "5", "--operators", "192.0.2.1:8081"]);
    assert_eq!(refused.status.code(), Some(3), "{}", text(&refused.stderr));
}

#[test]
fn a_demonstration_of_another_year_is_looked_at_with_its_own_time_which_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("region");
    let demonstration = Demonstration::start(at.to_str().unwrap());
    let number = identity_number(4);
    let enrolment = json!({
        "identity": {"method": "demo"}, "profile": {"name": "李小四"},
        "document": {"type": "111", "number": number},
        "consents": [{"purpose": "code", "version": 1, "days": 30}],
    });
    let enrolled = post(demonstration.address, "/v1/enrolments", None, &enrolment);
    let device = enrolled["shown"]["token"].as_str().unwrap();
    let key = at.join("application.json");
    let asked = |functions: Value| {
        let consent = json!({
            "application": "load-app", "functions": functions, "minutes": 60, "version": 1,
        });
        let path = "/v1/application-consents";
        let given = post(demonstration.address, path, Some(device), &consent);
        given["subjectToken"].as_str().unwrap().to_owned()
    };
    let whole = asked(json!([
        "declareHealth",
        "declareTrip",
        "queryHealth",
        "makeCode",
        "correctHealth"
    ]));
    let look = |more: &[&str]| {
        let person = ["--token", &whole, "--number", &number];
        let all = [more, &person[..]].concat();
        kit(
            demonstration.address,
            key.to_str().unwrap(),
            "load-app",
            &all,
        )
    };
    // As somebody who has one token and nothing else.
    let looked = look(&["--lang", "en"]);
    let said = text(&looked.stdout);
    assert_eq!(looked.status.code(), Some(1), "{}", text(&looked.stderr));
    assert!(
        said.starts_with("! At the service it is 2022-07-08T12:"),
        "{said}"
    );
    assert!(said.contains("not looked at for lack of device"), "{said}");
    assert!(
        said.contains(", 0 with a fault, 6 not looked at. The run is not complete."),
        "{said}"
    );
    assert!(said.contains("on the service's word"), "{said}");
    let narrow = asked(json!(["makeCode"]));
    // By the region's root its key list says whose the answers are.
    let root = std::fs::read(at.join("secrets/root.json")).unwrap();
    let mut root: Value = serde_json::from_slice(&root).unwrap();
    root.as_object_mut().unwrap().remove("secret");
    let public = folder.path().join("root.json.pub");
    std::fs::write(&public, root.to_string()).unwrap();
    let root = public.to_str().unwrap();
    let more = [
        "--narrow-token",
        &narrow,
        "--device-token",
        device,
        "--root",
        root,
    ];
    let looked = look(&[&["--report", "json"][..], &more[..]].concat());
    let report: Value = serde_json::from_slice(&looked.stdout).unwrap();
    let cases = report["cases"].as_array().unwrap();
    assert_eq!(faults(cases), "");
    let lacking = cases.iter().filter(|case| case["lacks"].is_string());
    assert_eq!((lacking.count(), looked.status.code()), (4, Some(1)));
    let notes = report["notes"].as_array().unwrap();
    assert_eq!(
        notes.len(),
        1,
        "nothing is taken on the service's word: {notes:?}"
    );
    let page = folder.path().join("report.html");
    let looked = look(&["--report", "html", "--out", page.to_str().unwrap()]);
    assert_eq!(looked.status.code(), Some(1));
    let page = std::fs::read_to_string(page).unwrap();
    assert!(
        page.contains("2022-07-08T12:") && page.contains("not looked at"),
        "{page}"
    );
}
