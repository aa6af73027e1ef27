//! The conformance kit finds nothing wrong with this service, and names every fault that is seeded into it.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;

use hc_code::signing::{Algorithm, Signer as _, SigningKey};
use hc_code::{Span, Timestamp};
use hc_core::party::{Function, Purpose};
use hc_core::word::Word as _;
use hc_gbt::conformance::{AnswerKeys, Clause, Report, Service, Settings, TimeAt, run};
use hc_gbt::envelope::{Envelope, signed};
use hc_node::applications::CallQuota;
use hc_testkit::regions::key;
use serde_json::{Value, json};

use crate::national::{EVERYTHING, registered};
use crate::sample;
use crate::world::{SetClock, World};

#[path = "conformance/lies.rs"]
mod lies;

use lies::LIES;

/// The service as it is, over blocking HTTP.
struct Plain {
    to: SocketAddr,
    clock: Arc<SetClock>,
    now: Timestamp,
    drawn: u64,
}

impl Plain {
    fn ask(&self, method: &str, path: &str, body: &str) -> Result<(u16, Vec<u8>), String> {
        let mut stream = TcpStream::connect(self.to).map_err(|error| error.to_string())?;
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: region.example\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let end = answer
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .unwrap();
        let head = String::from_utf8(answer[..end].to_vec()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Ok((status, answer[end + 4..].to_vec()))
    }
}

impl Service for Plain {
    fn post(&mut self, path: &str, body: &str) -> Result<(u16, Vec<u8>), String> {
        self.ask("POST", path, body)
    }

    fn get(&mut self, path: &str) -> Result<(u16, Vec<u8>), String> {
        self.ask("GET", path, "")
    }

    fn now(&self) -> Timestamp {
        self.now
    }

    fn drawn(&mut self) -> [u8; 16] {
        self.drawn += 1;
        u128::from(self.drawn).to_be_bytes()
    }

    fn wait_a_second(&mut self) {
        self.now = self.now.plus(Span::seconds(1));
        self.clock.set(self.now);
    }
}

/// What a faulty service does to an answer: the function, the message's package, the answer's.
type Fault = fn(&str, &Value, &mut Value);

/// The same service behind something that spoils answers and signs them anew as its own.
struct Faulty {
    behind: Plain,
    key: SigningKey,
    fault: Fault,
    proxy: Proxy,
}

/// What somebody in between does with `sign`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Proxy {
    /// Signs by a key of their own, which they name as the service's.
    Signs,
    /// Leaves it as it was.
    Leaves,
    /// Answers a signed second step by a code of its random number.
    Codes,
}

impl Service for Faulty {
    fn post(&mut self, path: &str, body: &str) -> Result<(u16, Vec<u8>), String> {
        let (status, answer) = self.behind.post(path, body)?;
        let told: Value = serde_json::from_slice(&answer).unwrap();
        let mut package = told["bizPackage"].clone();
        let asked = Envelope::read(body.as_bytes());
        let asked = asked
            .ok()
            .and_then(|asked| serde_json::from_str(asked.package()).ok());
        let asked = asked.unwrap_or(Value::Null);
        // A code of authentication is nothing that somebody between could make.
        if asked.get("bizSerialNum").is_some()
            && asked.get("randomNumber").is_none()
            && asked["method"] == "makeCode"
        {
            return Ok((status, answer));
        }
        (self.fault)(path.trim_start_matches("/gbt38963/"), &asked, &mut package);
        if self.proxy == Proxy::Leaves {
            let spoilt = json!({"bizPackage": package, "sign": told["sign"]});
            return Ok((status, spoilt.to_string().into_bytes()));
        }
        let code = match self.proxy {
            Proxy::Codes => lies::coded_answer(&asked, &package, Algorithm::Ed25519),
            Proxy::Signs | Proxy::Leaves => None,
        };
        let message = code.unwrap_or_else(|| signed(&package.to_string(), &self.key).unwrap());
        Ok((status, message.into_bytes()))
    }

    fn get(&mut self, path: &str) -> Result<(u16, Vec<u8>), String> {
        if self.proxy == Proxy::Leaves || path != "/gbt38963/keys" {
            return self.behind.get(path);
        }
        let key = self.key.public_key();
        let keys = json!({"region": "330000", "keys": [{
            "keyId": key.id().to_string(), "algorithm": key.algorithm().name(), "key": hex::encode(key.as_bytes()),
        }]});
        Ok((200, keys.to_string().into_bytes()))
    }

    fn now(&self) -> Timestamp {
        self.behind.now()
    }

    fn drawn(&mut self) -> [u8; 16] {
        self.behind.drawn()
    }

    fn wait_a_second(&mut self) {
        self.behind.wait_a_second();
    }
}

/// Turns a refusal into success.
fn excuse(package: &mut Value, code: &str) -> bool {
    let refused = package["errorCode"] == code;
    if refused {
        package["errorCode"] = json!("0");
        package["success"] = json!(true);
    }
    refused
}

/// One fault for each clause, and the case that must name it.
const FAULTS: &[(&str, &str, bool, Fault)] = &[
    (
        "38961 level",
        "a_level_is_00_01_10_or_20",
        false,
        |_, _, told| {
            if told["status"] == "00" {
                told["status"] = json!("green");
            }
        },
    ),
    (
        "38962 D",
        "a_certificate_has_the_elements_of_group_d",
        false,
        |_, _, told| {
            if let Some(certificate) = told["certificate"].as_object_mut() {
                certificate.remove("mark");
            }
        },
    ),
    (
        "38963 5",
        "a_signed_message_is_answered_by_a_signed_one",
        true,
        |_, _, told| {
            told["errorDesc"] = json!("ok");
        },
    ),
    (
        "38963 6.1",
        "a_message_is_taken_once",
        false,
        |_, _, told| {
            excuse(told, "110109");
        },
    ),
    (
        "38963 6.2",
        "a_temperature_of_nobody_is_refused",
        false,
        |_, _, told| {
            excuse(told, "150130");
        },
    ),
    (
        "38963 6.3",
        "an_arrival_before_the_departure_is_refused",
        false,
        |_, _, told| {
            excuse(told, "150119");
        },
    ),
    (
        "38963 6.4",
        "identity_is_masked",
        false,
        |function, _, told| {
            if function == "queryHealth" && told["success"] == true {
                told["certificate"]["maskedNumber"]["value"] = json!(sample::NUMBERS[0]);
            }
        },
    ),
    (
        "38963 6.5",
        "serial_numbers_are_different",
        false,
        |_, _, told| {
            if told.get("bizSerialNum").is_some() {
                told["bizSerialNum"] = json!("0".repeat(32));
            }
        },
    ),
    (
        "38963 6.6",
        "a_serial_number_makes_one_code",
        false,
        |_, _, told| {
            excuse(told, "130102");
        },
    ),
    (
        "38963 6.7",
        "a_changed_code_is_refused",
        false,
        |_, _, told| {
            excuse(told, "160102");
        },
    ),
    (
        "38963 6.8",
        "a_record_of_nobody_is_refused",
        false,
        |_, _, told| {
            excuse(told, "170101");
        },
    ),
    (
        "38963 7",
        "an_application_that_is_not_registered_is_refused",
        false,
        |_, asked, told| {
            if excuse(told, "110102") {
                told["custNum"] = asked["custNum"].clone();
                told["messageId"] = asked["messageId"].clone();
            }
        },
    ),
    (
        "38963 7",
        "the_token_of_a_device_is_refused",
        false,
        |_, _, told| {
            excuse(told, "140114");
        },
    ),
    (
        "38963 7",
        "a_token_does_what_the_person_agreed_to_and_nothing_else",
        false,
        |_, _, told| {
            excuse(told, "140115");
        },
    ),
    (
        "38963 A",
        "what_is_bound_at_making_comes_back_at_verifying",
        false,
        |_, _, told| {
            if told["bizExtData"].is_string() {
                told["bizExtData"] = json!("?");
            }
        },
    ),
    (
        "38963 B",
        "a_refusal_says_why_in_words",
        false,
        |_, _, told| {
            if let Some(members) = told.as_object_mut() {
                members.remove("errors");
            }
        },
    ),
    (
        "38963 C",
        "the_image_draws_the_code",
        false,
        |_, _, told| {
            use base64ct::{Base64, Encoding};
            if let Some(stream) = told["imgStream"].as_str() {
                let mut bytes = Base64::decode_vec(stream).unwrap();
                for byte in &mut bytes {
                    *byte = byte.reverse_bits();
                }
                told["imgStream"] = json!(Base64::encode_string(&bytes));
            }
        },
    ),
];

struct Prepared {
    key: Arc<SigningKey>,
    device: String,
    token: String,
    narrow: String,
    ended: String,
    other: Arc<SigningKey>,
    to: SocketAddr,
    clock: Arc<SetClock>,
    now: Timestamp,
}

impl Prepared {
    fn plain(&self) -> Plain {
        Plain {
            to: self.to,
            clock: Arc::clone(&self.clock),
            now: self.now,
            drawn: 0,
        }
    }

    fn faulty(&self, proxy: Proxy, fault: Fault) -> Faulty {
        Faulty {
            behind: self.plain(),
            key: key(Algorithm::Ed25519, 90, 1),
            fault,
            proxy,
        }
    }
}

async fn prepared(world: &World, algorithm: Algorithm, sick: bool) -> Prepared {
    let quota = CallQuota {
        calls_a_minute: 100_000,
        queries_a_day: 100_000,
    };
    let all = (Function::ALL, &[Purpose::Entry][..]);
    let app = registered(world, ("conformance", 9), algorithm, all, quota).await;
    let other = registered(world, ("other-app", 10), algorithm, all, quota).await;
    let device = world.token(sample::NUMBERS[0]).await;
    if sick {
        let lab = sample::lab(world).await;
        let batch = sample::Batch::of(&lab, "B-1", &sample::test_line("T-1", "positive"));
        assert_eq!(batch.send(world).await.status, 201);
    }
    let ended = app.agreed(world, &device, &EVERYTHING).await;
    let asking = world.ask("POST", "/v1/application-consent-ends");
    let asking = asking.token(&device).json(&json!({"application": app.id}));
    let answer = asking.send().await;
    assert!(answer.status.is_success(), "{answer:?}");
    let token = app.agreed(world, &device, &EVERYTHING).await;
    let narrow = app.agreed(world, &device, &["makeCode"]).await;
    Prepared {
        key: app.key,
        device,
        token,
        narrow,
        ended,
        other: other.key,
        to: world.public,
        clock: Arc::clone(&world.clock),
        now: world.region.now(),
    }
}

fn look(prepared: &Prepared, service: &mut impl Service) -> Report {
    let settings = settings(prepared);
    run(service, &settings, &Clause::bundled().unwrap()).unwrap()
}

/// Everything that a run can have, save by what the keys of answers are known.
fn settings(prepared: &Prepared) -> Settings<'_, SigningKey> {
    Settings {
        application: "conformance",
        key: &*prepared.key,
        region: "330000".parse().unwrap(),
        division: "330106".parse().unwrap(),
        token: &prepared.token,
        narrow: Some(&prepared.narrow),
        device: Some(&prepared.device),
        time: TimeAt::AsItSays,
        number: sample::NUMBERS[0],
        name: Some("张晓"),
        phone: None,
        other: Some(("other-app", &*prepared.other)),
        unregistered: Some("travel"),
        ended: Some(&prepared.ended),
        slow: true,
        answer_keys: AnswerKeys::AsItSays,
    }
}

/// The region's root: whoever knows it cannot be told other keys.
fn listed() -> AnswerKeys {
    AnswerKeys::ListedBy(vec![key(Algorithm::Ed25519, 9, 0).public_key().clone()])
}

fn looked(settings: &Settings<'_, SigningKey>, service: &mut impl Service) -> Report {
    run(service, settings, &Clause::bundled().unwrap()).unwrap()
}

#[tokio::test]
async fn the_kit_finds_nothing_wrong_here() {
    for (algorithm, sick) in [
        (Algorithm::Ed25519, false),
        (Algorithm::Sm2, true),
        (Algorithm::Es256, false),
    ] {
        let world = World::new().await;
        let prepared = prepared(&world, algorithm, sick).await;
        let report = tokio::task::spawn_blocking(move || {
            let settings = Settings {
                answer_keys: listed(),
                ..settings(&prepared)
            };
            looked(&settings, &mut prepared.plain())
        });
        let report = report.await.unwrap();
        let faults: Vec<_> = report.faults().collect();
        assert!(faults.is_empty(), "{faults:#?}");
        assert!(report.cases().len() >= 70, "{}", report.cases().len());
        assert!(report.is_complete() && report.notes().is_empty());
    }
}

#[tokio::test]
async fn what_a_run_does_not_know_makes_it_incomplete_and_is_said() {
    let world = World::new().await;
    let prepared = prepared(&world, Algorithm::Ed25519, false).await;
    let reports = tokio::task::spawn_blocking(move || {
        let wrong = Settings {
            number: "440524188001010014",
            ..settings(&prepared)
        };
        let wrong = looked(&wrong, &mut prepared.plain());
        let without = Settings {
            other: None,
            unregistered: None,
            ended: None,
            slow: false,
            ..settings(&prepared)
        };
        let mut plain = prepared.plain();
        plain.now = plain.now.plus(Span::seconds(61));
        plain.drawn = 1 << 32;
        let without = looked(&without, &mut plain);
        let pinned = |key: Vec<u8>, drawn: u64| {
            let pinned = Settings {
                answer_keys: AnswerKeys::Pinned(key),
                ..settings(&prepared)
            };
            let mut plain = prepared.plain();
            plain.now = plain.now.plus(Span::seconds(61));
            plain.drawn = drawn;
            run(&mut plain, &pinned, &[]).unwrap()
        };
        let told = prepared.plain().get("/gbt38963/keys").unwrap().1;
        let told: Value = serde_json::from_slice(&told).unwrap();
        let right = hex::decode(told["keys"][0]["key"].as_str().unwrap()).unwrap();
        let pins = [pinned(right, 2 << 32), pinned(vec![7; 32], 3 << 32)];
        (wrong, without, pins)
    });
    let (wrong, without, [right, other]) = reports.await.unwrap();
    assert!(wrong.is_clean() && !wrong.is_complete());
    let notes: Vec<&str> = wrong.notes().iter().map(|note| note.en.as_str()).collect();
    assert!(
        notes.iter().any(|note| note.contains("fits --number")),
        "{notes:?}"
    );
    assert!(
        notes.iter().any(|note| note.contains("the service's word")),
        "{notes:?}"
    );
    let lacking: Vec<_> = without
        .passed_over()
        .filter_map(|one| one.lacks.clone())
        .collect();
    assert_eq!(lacking, ["unregistered", "other", "slow", "ended"]);
    let faults: Vec<_> = without.faults().collect();
    assert!(faults.is_empty() && !without.is_complete(), "{faults:#?}");
    assert!(right.is_clean());
    let named: Vec<_> = other.faults().map(|case| case.name.as_str()).collect();
    assert_eq!(named, ["the_keys_of_answers_are_the_regions"]);
}

#[tokio::test]
async fn the_kit_names_every_seeded_fault() {
    let clauses: Vec<String> = Clause::bundled()
        .unwrap()
        .iter()
        .map(|one| one.number.clone())
        .collect();
    let seeded: Vec<&str> = FAULTS.iter().map(|(clause, ..)| *clause).collect();
    let mut sorted = clauses.clone();
    sorted.sort();
    let mut named = seeded.clone();
    named.dedup();
    assert_eq!(sorted, named, "a fault for each clause");
    for (clause, name, unsigned, fault) in FAULTS {
        let world = World::new().await;
        let prepared = prepared(&world, Algorithm::Ed25519, false).await;
        let proxy = if *unsigned {
            Proxy::Leaves
        } else {
            Proxy::Signs
        };
        let fault = *fault;
        let report = tokio::task::spawn_blocking(move || {
            look(&prepared, &mut prepared.faulty(proxy, fault))
        });
        let report = report.await.unwrap();
        let named: Vec<&str> = report.faults().map(|case| case.name.as_str()).collect();
        assert!(named.contains(name), "{clause}: {named:?}");
        let in_clause = report.faults().any(|case| case.clause == *clause);
        assert!(in_clause, "{clause}");
    }
    let mut missed = Vec::new();
    for lie in LIES {
        let world = World::new().await;
        let prepared = prepared(&world, Algorithm::Ed25519, lie.sick).await;
        let (proxy, fault) = (lie.proxy, lie.fault);
        let report = tokio::task::spawn_blocking(move || {
            look(&prepared, &mut prepared.faulty(proxy, fault))
        });
        let report = report.await.unwrap();
        let said: Vec<&str> = report
            .faults()
            .filter_map(|case| case.fault.as_deref())
            .collect();
        if !said.iter().any(|said| said.contains(lie.says)) {
            missed.push(format!("{}: {:?}", lie.name, said));
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
    // Whoever changes nothing and signs anew is found by the region's root, and by nothing else.
    let world = World::new().await;
    let prepared = prepared(&world, Algorithm::Ed25519, false).await;
    let report = tokio::task::spawn_blocking(move || {
        let settings = Settings {
            answer_keys: listed(),
            ..settings(&prepared)
        };
        looked(&settings, &mut prepared.faulty(Proxy::Signs, |_, _, _| {}))
    });
    let report = report.await.unwrap();
    let named: Vec<&str> = report.faults().map(|case| case.name.as_str()).collect();
    assert_eq!(named, ["the_keys_of_answers_are_the_regions"]);
}
