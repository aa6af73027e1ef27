//! The application interface of GB/T 38963: its seven functions, by an application that was registered.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use base64ct::{Base64, Encoding};
use hc_code::signing::{Algorithm, PublicKey, Signature, Signer, SigningKey};
use hc_code::{Offset, Span, Timestamp};
use hc_core::party::{Function, Purpose};
use hc_core::word::Word as _;
use hc_gbt::ResultCode;
use hc_gbt::envelope::{Envelope, Way, coded, signed};
use hc_node::applications::{ApplicationTerms, CallQuota, Scope};
use hc_node::party::{PartyId, Terms};
use hc_testkit::regions::key;
use serde_json::{Value, json};

use crate::sample;
use crate::signers;
use crate::world::World;

/// All that an application does in a person's name.
pub(crate) const EVERYTHING: [&str; 5] = [
    "declareHealth",
    "declareTrip",
    "queryHealth",
    "makeCode",
    "correctHealth",
];

static NUMBER: AtomicU64 = AtomicU64::new(1);

/// A registered application with its key.
pub(crate) struct Application {
    pub(crate) id: &'static str,
    pub(crate) key: Arc<SigningKey>,
}

/// Registers an application for everything, with a key of an algorithm.
pub(crate) async fn application(world: &World, algorithm: Algorithm) -> Application {
    let all = (Function::ALL, &[Purpose::Entry, Purpose::Travel][..]);
    registered(world, ("super-app", 1), algorithm, all, CallQuota::USUAL).await
}

pub(crate) async fn registered(
    world: &World,
    (id, number): (&'static str, u8),
    algorithm: Algorithm,
    (functions, purposes): (&[Function], &[Purpose]),
    quota: CallQuota,
) -> Application {
    let key = Arc::new(key(algorithm, 70, number));
    let scope = Scope {
        functions: functions.iter().copied().collect(),
        divisions: vec!["330100".parse().unwrap()],
        purposes: purposes.iter().copied().collect(),
    };
    let now = world.region.now();
    let times = (now, now.plus(Span::days(365)));
    let id_of = PartyId::parse(id).unwrap();
    let terms = ApplicationTerms::new(id_of, "掌上通", scope, key.public_key().clone(), times);
    let terms = terms.unwrap().with_quota(quota).unwrap();
    signers::register(world, Terms::Application(terms)).await;
    Application { id, key }
}

/// `yyyyMMddHHmmssSSS`.
pub(crate) fn stamp(at: Timestamp) -> String {
    let text = at.at_offset(Offset::CHINA);
    let digits: String = text.chars().filter(char::is_ascii_digit).take(14).collect();
    digits + "007"
}

/// An object with the members of another one.
pub(crate) fn joined(mut base: Value, own: Value) -> Value {
    if let (Value::Object(base), Value::Object(own)) = (&mut base, own) {
        base.extend(own);
    }
    base
}

impl Application {
    /// A package with the members that every message has.
    pub(crate) fn package(&self, world: &World, method: &str, own: Value) -> Value {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let package = json!({
            "custNum": self.id,
            "timeStamp": stamp(world.region.now()),
            "region": "330000",
            "method": method,
            "messageId": format!("m-{number}"),
        });
        joined(package, own)
    }

    /// Sends a signed package and gives that of the answer, whose signature is looked at.
    pub(crate) async fn send(&self, world: &World, method: &str, package: &Value) -> Value {
        let message = signed(&package.to_string(), &*self.key).unwrap();
        answered(world, method, message).await
    }

    /// Calls a function with its own members.
    pub(crate) async fn call(&self, world: &World, method: &str, own: Value) -> Value {
        let package = self.package(world, method, own);
        self.send(world, method, &package).await
    }

    /// A serial number and its random number.
    pub(crate) async fn open(&self, world: &World, kind: &str) -> (String, String) {
        let told = self.call(world, "applyCall", json!({"opType": kind})).await;
        assert_eq!(told["errorCode"], "0", "{told}");
        let text = |name: &str| told[name].as_str().unwrap().to_owned();
        (text("bizSerialNum"), text("randomNumber"))
    }

    /// What the holder of a device lets this application do: the token that they hand over.
    pub(crate) async fn agreed(&self, world: &World, device: &str, functions: &[&str]) -> String {
        let own = json!({
            "application": self.id, "functions": functions, "minutes": 60, "version": 1,
        });
        let asking = world.ask("POST", "/v1/application-consents").token(device);
        let answer = asking.json(&own).send().await;
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.json()["subjectToken"].as_str().unwrap().to_owned()
    }

    /// A new person who lets this application do everything.
    pub(crate) async fn token(&self, world: &World, number: &str) -> String {
        let device = world.token(number).await;
        self.agreed(world, &device, &EVERYTHING).await
    }

    /// Makes a code of a person.
    pub(crate) async fn make(&self, world: &World, token: &str, own: Value) -> Value {
        let (serial, random) = self.open(world, "make").await;
        let all = json!({
            "bizSerialNum": serial, "randomNumber": random, "subject": {"token": token},
        });
        let all = joined(all, own);
        self.call(world, "makeCode", all).await
    }

    /// Verifies a code.
    pub(crate) async fn verify(&self, world: &World, text: &str) -> Value {
        let (serial, random) = self.open(world, "verify").await;
        let own = json!({
            "bizSerialNum": serial, "randomNumber": random, "codeContent": text,
            "division": "330106", "site": "东门",
        });
        self.call(world, "verifyCode", own).await
    }
}

/// Sends a message as it is; the answer must be signed by the key that the region names.
pub(crate) async fn answered(world: &World, method: &str, message: String) -> Value {
    let path = format!("/gbt38963/{method}");
    let asking = world.ask("POST", &path).body("application/json", message);
    let answer = asking.send().await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let told = answer.json();
    assert!(is_signed(world, &answer.body).await, "{told}");
    told["bizPackage"].clone()
}

/// Whether an answer is signed by the key that the region names, read without the program's own reader.
async fn is_signed(world: &World, body: &[u8]) -> bool {
    let keys = world.ask("GET", "/gbt38963/keys").send().await.json();
    let named = &keys["keys"][0];
    let algorithm = Algorithm::from_name(named["algorithm"].as_str().unwrap()).unwrap();
    let bytes = hex::decode(named["key"].as_str().unwrap()).unwrap();
    let key = PublicKey::parse(algorithm, &bytes).unwrap();
    let text = std::str::from_utf8(body).unwrap();
    let package = text.strip_prefix("{\"bizPackage\":").unwrap();
    let (package, sign) = package.rsplit_once(",\"sign\":\"").unwrap();
    let sign = Base64::decode_vec(sign.strip_suffix("\"}").unwrap()).unwrap();
    let signature = Signature::parse(algorithm, &sign);
    signature.is_ok_and(|signature| key.verifies(package.as_bytes(), &signature))
}

fn health() -> Value {
    sample::health()
}

fn basic(number: &str) -> Value {
    json!({"name": "张晓", "sex": "1", "nationality": "CHN", "idType": "111", "idNumber": number, "phone": "13800138000"})
}

#[tokio::test]
async fn a_person_declares_through_a_super_app_shows_is_verified_and_is_asked_about() {
    for algorithm in Algorithm::ALL {
        let world = World::new().await;
        let app = application(&world, algorithm).await;
        // The first time: by a proof of identity, with basic information and consent.
        let own = json!({
            "subject": {"method": "demo"}, "basic": basic(sample::NUMBERS[0]), "health": health(),
            "consent": {"version": 1, "days": 30, "functions": EVERYTHING},
        });
        let told = app.call(&world, "declareHealth", own).await;
        assert_eq!(
            (&told["errorCode"], &told["status"]),
            (&json!("0"), &json!("00")),
            "{told}"
        );
        let token = told["subjectToken"].as_str().unwrap().to_owned();
        let record = told["recordId"].as_str().unwrap().to_owned();
        assert_eq!(record.len(), 32);
        // Again by token; and trips, by which the person says nothing of how they are.
        world.later(Span::seconds(60));
        let own = json!({"subject": {"token": token}, "health": health()});
        let told = app.call(&world, "declareHealth", own).await;
        assert_eq!(told["errorCode"], "0", "{told}");
        let own = json!({"subject": {"token": token}, "itinerary": [sample::trip()]});
        let told = app.call(&world, "declareTrip", own).await;
        assert_eq!(told["recordIds"].as_array().unwrap().len(), 2, "{told}");
        // Makes a code with something bound into it, and draws it.
        let own = json!({"bizExtData": "订单-42", "wantImage": true});
        let made = app.make(&world, &token, own).await;
        assert_eq!(
            (&made["errorCode"], &made["status"]),
            (&json!("0"), &json!("00")),
            "{made}"
        );
        let text = made["codeContent"].as_str().unwrap();
        let width = usize::try_from(made["width"].as_u64().unwrap()).unwrap();
        let image = Base64::decode_vec(made["imgStream"].as_str().unwrap()).unwrap();
        assert_eq!(image.len(), width * width.div_ceil(8));
        assert_eq!(hc_gbt::image::BitImage::of(text).unwrap().bytes(), image);
        // A gate of the region reads the same code.
        let scan = world
            .ask("POST", "/v1/verdicts")
            .json(&json!({"text": text}));
        assert_eq!(scan.send().await.json()["action"], "pass");
        // Verified: the status, what was bound into it, and a key to ask by.
        let verified = app.verify(&world, text).await;
        assert_eq!(verified["result"], "pass", "{verified}");
        assert_eq!(
            (&verified["status"], &verified["bizExtData"]),
            (&json!("00"), &json!("订单-42"))
        );
        let key = verified["queryKey"].as_str().unwrap();
        let own = json!({
            "bizExtData": key, "purpose": "entry", "operator": "guard-7", "division": "330106",
        });
        let asked = app.call(&world, "queryHealth", own).await;
        assert_eq!(asked["errorCode"], "0", "{asked}");
        let certificate = &asked["certificate"];
        assert_eq!(certificate["level"]["value"], "00");
        assert_eq!(certificate["maskedName"]["value"], "张*");
        assert_eq!(certificate["maskedNumber"]["value"], "110***********002X");
        assert!(!asked.to_string().contains(sample::NUMBERS[0]));
        // The person sees who looked, for what, and who at the application asked.
        let device = world.token(sample::NUMBERS[0]).await;
        let own = world
            .ask("GET", "/v1/log")
            .token(&device)
            .send()
            .await
            .json();
        let entry = &own["entries"][0];
        assert_eq!(
            (&entry["kind"], &entry["actor"]["id"]),
            (&json!("look-up"), &json!("super-app"))
        );
        assert_eq!(entry["actor"]["role"], "application");
        for (field, value) in [
            ("purpose", "entry"),
            ("recipient", "guard-7"),
            ("venue", "330106"),
            ("verdict", "00"),
        ] {
            let detail = json!({"field": field, "value": value});
            assert!(
                entry["details"].as_array().unwrap().contains(&detail),
                "{field}: {entry}"
            );
        }
        // What the person stated is taken back on their word; the name is corrected at once.
        let own = json!({"subject": {"token": token}, "recordId": record, "statement": "填错了"});
        let corrected = app.call(&world, "correctHealth", own).await;
        assert_eq!(
            (&corrected["errorCode"], &corrected["state"]),
            (&json!("0"), &json!("accepted")),
            "{corrected}"
        );
        let own = json!({"subject": {"token": token}, "field": "name", "value": "李晓"});
        assert_eq!(
            app.call(&world, "correctHealth", own).await["maskedName"],
            "李*"
        );
    }
}

#[tokio::test]
async fn where_nothing_was_bound_the_key_of_the_query_stands_in_its_place() {
    let world = World::new().await;
    let app = application(&world, Algorithm::Sm2).await;
    let token = app.token(&world, sample::NUMBERS[0]).await;
    let made = app.make(&world, &token, json!({})).await;
    let verified = app
        .verify(&world, made["codeContent"].as_str().unwrap())
        .await;
    assert_eq!(verified["bizExtData"], verified["queryKey"]);
    let query = |key: &Value| json!({"bizExtData": key, "purpose": "entry", "operator": "guard-7", "division": "330106"});
    let key = verified["queryKey"].clone();
    let other = registered(
        &world,
        ("other-app", 2),
        Algorithm::Es256,
        (Function::ALL, &[Purpose::Entry]),
        CallQuota::USUAL,
    );
    let other = other.await;
    let refused = other.call(&world, "queryHealth", query(&key)).await;
    assert_eq!(refused["errorCode"], "140112", "another application's key");
    assert_eq!(
        app.call(&world, "queryHealth", query(&key)).await["errorCode"],
        "0"
    );
    world.later(Span::seconds(301));
    let refused = app.call(&world, "queryHealth", query(&key)).await;
    assert_eq!(refused["errorCode"], "140113");
}

#[tokio::test]
async fn a_call_is_made_once_within_a_minute_and_by_whom_it_was_given_to() {
    let world = World::new().await;
    let app = application(&world, Algorithm::Ed25519).await;
    let everything = (Function::ALL, &[Purpose::Entry][..]);
    let other = ("other-app", 2);
    let other = registered(
        &world,
        other,
        Algorithm::Ed25519,
        everything,
        CallQuota::USUAL,
    )
    .await;
    // Whoever hears a message cannot have calls of their own by it: the answer is the key of the second step.
    let package = app.package(&world, "applyCall", json!({"opType": "make"}));
    assert_eq!(
        app.send(&world, "applyCall", &package).await["errorCode"],
        "0"
    );
    let again = app.send(&world, "applyCall", &package).await;
    assert_eq!(
        again["errorCode"],
        ResultCode::MessageUsed.row().code,
        "{again}"
    );
    assert!(again.get("randomNumber").is_none());
    let token = app.token(&world, sample::NUMBERS[0]).await;
    let make = |(serial, random): &(String, String)| json!({"bizSerialNum": serial, "randomNumber": random, "subject": {"token": token}});
    let open = app.open(&world, "make").await;
    assert_eq!(
        other.call(&world, "makeCode", make(&open)).await["errorCode"],
        "130103"
    );
    assert_eq!(
        app.call(&world, "makeCode", make(&open)).await["errorCode"],
        "0"
    );
    assert_eq!(
        app.call(&world, "makeCode", make(&open)).await["errorCode"],
        "130102"
    );
    let open = app.open(&world, "verify").await;
    assert_eq!(
        app.call(&world, "makeCode", make(&open)).await["errorCode"],
        "130104"
    );
    let (serial, _) = app.open(&world, "make").await;
    let wrong = (serial, "0".repeat(64));
    assert_eq!(
        app.call(&world, "makeCode", make(&wrong)).await["errorCode"],
        "130105"
    );
    let open = app.open(&world, "make").await;
    world.later(Span::seconds(60));
    assert_eq!(
        app.call(&world, "makeCode", make(&open)).await["errorCode"],
        "130101"
    );
    // Many at once, each of its own.
    let many = app
        .call(&world, "applyCall", json!({"opType": "make", "count": 100}))
        .await;
    assert_eq!(many["more"].as_array().unwrap().len(), 99);
}

#[tokio::test]
async fn the_second_step_may_come_under_the_random_number_in_place_of_a_signature() {
    for algorithm in [Algorithm::Ed25519, Algorithm::Sm2] {
        let world = World::new().await;
        let app = application(&world, algorithm).await;
        let token = app.token(&world, sample::NUMBERS[0]).await;
        let (serial, random) = app.open(&world, "make").await;
        let random: [u8; 32] = hex::decode(random).unwrap().try_into().unwrap();
        let own = json!({"bizSerialNum": serial, "subject": {"token": token}});
        let package = app.package(&world, "makeCode", own).to_string();
        let send = async |message: String| {
            let asking = world.ask("POST", "/gbt38963/makeCode");
            asking.body("application/json", message).send().await
        };
        // A code for the other way, or under another number, is none; and uses nothing up.
        let wrong = coded(&package, &random, algorithm, Way::Answer);
        let told = send(wrong).await.json();
        assert_eq!(told["bizPackage"]["errorCode"], "100108");
        let wrong = coded(&package, &[1; 32], algorithm, Way::Request);
        assert_eq!(
            send(wrong).await.json()["bizPackage"]["errorCode"],
            "100108"
        );
        let answer = send(coded(&package, &random, algorithm, Way::Request)).await;
        let told = answer.json();
        assert_eq!(told["bizPackage"]["errorCode"], "0", "{told}");
        let envelope = Envelope::read(&answer.body).unwrap();
        assert!(envelope.is_under(&random, algorithm, Way::Answer));
        assert!(!envelope.is_under(&random, algorithm, Way::Request));
    }
}

#[tokio::test]
async fn an_application_does_only_what_it_is_registered_for() {
    let world = World::new().await;
    let few = (
        &[
            Function::ApplyCall,
            Function::VerifyCode,
            Function::QueryHealth,
        ][..],
        &[Purpose::Travel][..],
    );
    let quota = CallQuota {
        calls_a_minute: 20,
        queries_a_day: 1,
    };
    let app = registered(&world, ("gates", 3), Algorithm::Ed25519, few, quota).await;
    let device = world.token(sample::NUMBERS[0]).await;
    let token = app.agreed(&world, &device, &["queryHealth"]).await;
    let refused = app.call(&world, "declareHealth", json!({})).await;
    assert_eq!(refused["errorCode"], "120101");
    let refused = app
        .call(&world, "applyCall", json!({"opType": "make"}))
        .await;
    assert_eq!(refused["errorCode"], "120101");
    let query = |purpose: &str, division: &str| json!({"subject": {"token": token}, "purpose": purpose, "operator": "o", "division": division});
    for (own, code) in [
        (query("entry", "330106"), "120103"),
        (query("travel", "310115"), "120102"),
        (query("travel", "330106"), "0"),
        (query("travel", "330106"), "120105"),
    ] {
        let told = app.call(&world, "queryHealth", own).await;
        assert_eq!(told["errorCode"], code, "{told}");
    }
    // So many calls a minute, of whatever function.
    let mut codes = Vec::new();
    for _ in 0..20 {
        let told = app
            .call(&world, "applyCall", json!({"opType": "verify"}))
            .await;
        codes.push(told["errorCode"].as_str().unwrap().to_owned());
    }
    assert!(codes.contains(&"120104".to_owned()), "{codes:?}");
    world.later(Span::seconds(60));
    app.open(&world, "verify").await;
    // A registration that ends is heard of at once.
    let end = hc_node::registration::end;
    let by = hc_node::registration::By::command_line();
    let now = world.later(Span::seconds(6));
    let kind = hc_core::store::PartyKind::Application;
    let ended = hc_core::store::Store::write(world.region.store(), move |writing| {
        end(
            writing,
            (kind, &PartyId::parse("gates").unwrap()),
            "moved",
            &by,
            now,
        )
    });
    ended.await.unwrap();
    world.later(Span::seconds(6));
    let refused = app
        .call(&world, "applyCall", json!({"opType": "verify"}))
        .await;
    assert_eq!(refused["errorCode"], "110102");
}

#[tokio::test]
async fn nobody_is_answered_about_on_a_document_number_alone() {
    let world = World::new().await;
    let app = application(&world, Algorithm::Sm2).await;
    let token = world.token(sample::NUMBERS[0]).await;
    for number in sample::NUMBERS {
        let subject = json!({"idType": "111", "idNumber": number});
        for (method, own) in [
            (
                "queryHealth",
                json!({"subject": subject, "purpose": "entry", "operator": "o", "division": "330106"}),
            ),
            (
                "declareHealth",
                json!({"subject": subject, "health": health()}),
            ),
            (
                "declareTrip",
                json!({"subject": subject, "itinerary": [sample::trip()]}),
            ),
            (
                "correctHealth",
                json!({"subject": subject, "field": "name", "value": "李"}),
            ),
        ] {
            let told = app.call(&world, method, own).await;
            assert_eq!(told["errorCode"], "140102", "{method}");
        }
    }
    let own = world
        .ask("GET", "/v1/log")
        .token(&token)
        .send()
        .await
        .json();
    assert!(
        own["entries"]
            .as_array()
            .unwrap()
            .iter()
            .all(|one| one["kind"] != "look-up")
    );
}

#[tokio::test]
async fn a_code_that_does_not_count_is_refused_by_its_cause() {
    let world = World::new().await;
    let app = application(&world, Algorithm::Ed25519).await;
    let token = app.token(&world, sample::NUMBERS[0]).await;
    let made = app.make(&world, &token, json!({})).await;
    let good = made["codeContent"].as_str().unwrap().to_owned();
    let mut forged = good.clone();
    let last = if forged.ends_with('0') { "1" } else { "0" };
    forged.replace_range(forged.len() - 1.., last);
    let red = good.replace(":L00:", ":L10:");
    assert_eq!(app.verify(&world, "no code").await["errorCode"], "160101");
    let refused = app.verify(&world, &red).await;
    assert_eq!(refused["errorCode"], "160102", "{refused}");
    let refused = app.verify(&world, &forged).await["errorCode"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(
        ["160101", "160102"].contains(&refused.as_str()),
        "{refused}"
    );
    // Somebody tests positive after the code was made: it is verified as the region knows it now.
    let lab = sample::lab(&world).await;
    let batch = sample::Batch::of(&lab, "B-1", &sample::test_line("T-1", "positive"));
    assert_eq!(batch.send(&world).await.status, 201);
    let verified = app.verify(&world, &good).await;
    assert_eq!(
        (&verified["status"], &verified["cause"]),
        (&json!("10"), &json!("newer"))
    );
    world.later(Span::seconds(600));
    assert_eq!(app.verify(&world, &good).await["errorCode"], "160103");
    assert_eq!(
        app.make(&world, "forged", json!({})).await["errorCode"],
        "140103"
    );
}

#[tokio::test]
async fn what_is_bound_into_a_code_is_short_and_names_nobody() {
    let world = World::new().await;
    let app = application(&world, Algorithm::Ed25519).await;
    let token = app.token(&world, sample::NUMBERS[0]).await;
    for (text, code) in [
        ("x".repeat(200), "0"),
        ("x".repeat(201), "150132"),
        ("字".repeat(67), "150132"),
        (format!("no {} here", sample::NUMBERS[0]), "150133"),
        ("110105 19491231 002X".to_owned(), "150133"),
        ("110105-1949-1231-002x".to_owned(), "150133"),
        (
            "件１１０１０５１９４９１２３１００２Ｘ号".to_owned(),
            "150133",
        ),
        (
            "１１０１０５　19491231\u{200b}－００2ｘ".to_owned(),
            "150133",
        ),
        ("订单 110105194912310021".to_owned(), "0"),
        ("110105194912,31002X".to_owned(), "0"),
    ] {
        let made = app.make(&world, &token, json!({"bizExtData": text})).await;
        assert_eq!(made["errorCode"], code, "{text}");
    }
}
