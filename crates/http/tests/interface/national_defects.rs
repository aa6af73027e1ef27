//! A thousand defective messages: each is refused by its own result code and place, and changes nothing.

#[path = "national_defects/elements.rs"]
mod elements;
#[path = "national_defects/table.rs"]
mod table;

use std::collections::BTreeSet;

use hc_code::signing::{Algorithm, Signer};
use hc_core::party::{Function, Purpose};
use hc_core::store::{Store, StoreError};
use hc_core::word::Word as _;
use hc_gbt::envelope::signed;
use hc_node::applications::CallQuota;
use hc_testkit::regions::key;
use serde_json::{Value, json};

use crate::national::{Application, EVERYTHING, answered, registered};
use crate::world::{NOON, World};
use table::Names;

/// A message that is right but for one thing.
struct Defect {
    method: String,
    own: Value,
    /// Where, if it is said, and the result code, as the tables of the specification say.
    path: String,
    code: String,
}

fn basic() -> Value {
    json!({"name": "张晓", "sex": "1", "nationality": "CHN", "idType": "111", "idNumber": "11010519491231002X"})
}

fn health() -> Value {
    json!({"symptoms": ["1"], "stayedHighRisk": "2", "contactWithCase": "2", "reportedAt": NOON.to_string()})
}

/// Everything that a message could have changed.
async fn state(world: &World) -> String {
    let read = world.region.store().read(|reading| {
        let numbers = reading.active_after(None, 100)?;
        let mut all = vec![format!("{:?}", reading.log_from(0, 100_000)?.len())];
        for number in numbers {
            let row = reading.subject(number)?.unwrap();
            let (declared, appeals) = (
                reading.declarations(number, 1000)?.len(),
                reading.appeals(number)?.len(),
            );
            all.push(format!("{:?} {declared} {appeals}", row.content));
            all.push(format!("{:?}", reading.standings(&[number])?));
        }
        Ok::<_, StoreError>(all.join("\n"))
    });
    read.await.unwrap()
}

async fn app(world: &World) -> Application {
    let quota = CallQuota {
        calls_a_minute: 1_000_000,
        queries_a_day: 10,
    };
    let all = (Function::ALL, &[Purpose::Entry][..]);
    registered(world, ("super-app", 1), Algorithm::Ed25519, all, quota).await
}

/// The members without which the function's second step has no call, where the defect is not about them.
async fn with_call(world: &World, app: &Application, method: &str, own: &Value) -> Value {
    let kind = match method {
        "makeCode" => "make",
        "verifyCode" => "verify",
        _ => return own.clone(),
    };
    let (serial, random) = app.open(world, kind).await;
    let mut all = json!({"bizSerialNum": serial, "randomNumber": random});
    for (name, value) in own.as_object().unwrap() {
        all[name] = value.clone();
    }
    all
}

#[tokio::test]
async fn a_thousand_defective_messages_are_refused_by_their_own_code_and_change_nothing() {
    let world = World::new().await;
    let app = app(&world).await;
    let device = world.token("440524188001010014").await;
    let token = app.agreed(&world, &device, &EVERYTHING).await;
    let names = Names {
        token: &token,
        device: &device,
        now: world.region.now(),
    };
    let before = state(&world).await;
    let mut codes = BTreeSet::new();
    let (mut sent, mut wrong) = (0, Vec::new());
    for Defect {
        method,
        own,
        path,
        code,
    } in elements::all(&token).into_iter().chain(table::all(&names))
    {
        let own = with_call(&world, &app, &method, &own).await;
        let told = app.call(&world, &method, own.clone()).await;
        let place = told["errors"][0]["path"].as_str().unwrap_or_default();
        if told["errorCode"] != *code
            || told["success"] != false
            || (!path.is_empty() && place != path)
        {
            wrong.push(format!("{method} {path} {code}: {own} {told}"));
        }
        assert_eq!(state(&world).await, before, "{method} {path}");
        codes.insert(code);
        sent += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    sent += envelopes(&world, &app, &names, &mut codes).await;
    assert_eq!(state(&world).await, before);
    assert!(sent >= 1000, "{sent}");
    assert!(codes.len() >= 55, "{} codes: {codes:?}", codes.len());
    println!("{sent} defective messages, {} result codes", codes.len());
}

/// Defects of envelope and header, of every function.
async fn envelopes(
    world: &World,
    app: &Application,
    names: &Names<'_>,
    codes: &mut BTreeSet<String>,
) -> usize {
    let stranger = key(Algorithm::Ed25519, 71, 1);
    let mut sent = 0;
    for function in Function::ALL {
        let method = function.to_string();
        let package = app.package(world, &method, json!({}));
        let with = |name: &str, value: Value| {
            let mut package = package.clone();
            package[name] = value;
            package
        };
        let text = package.to_string();
        let good = signed(&text, &*app.key).unwrap();
        let twice = text.replacen('{', "{\"custNum\":\"other\",", 1);
        let all = vec![
            (String::new(), "100101"),
            ("{".to_owned(), "100101"),
            (format!("{good}x"), "100101"),
            ("[]".to_owned(), "100103"),
            (good.replacen('{', "{\"alg\":\"none\",", 1), "100103"),
            (good.replacen('{', "{\"sign\":\"\",", 1), "100102"),
            (signed(&twice, &*app.key).unwrap(), "100102"),
            ("{\"sign\":\"AAAA\"}".to_owned(), "100104"),
            (signed("[]", &*app.key).unwrap(), "100105"),
            (format!("{{\"bizPackage\":{text}}}"), "100106"),
            (
                format!("{{\"bizPackage\":{text},\"sign\":\"AAAA\"}}"),
                "100107",
            ),
            (format!("{{\"bizPackage\":{text},\"sign\":7}}"), "100107"),
            (signed(&text, &stranger).unwrap(), "100108"),
            (
                good.replacen("\"region\":\"330000\"", "\"region\":\"330001\"", 1),
                "100108",
            ),
        ];
        let mut all: Vec<(String, String)> = all
            .into_iter()
            .map(|(message, code)| (message, code.to_owned()))
            .collect();
        for (name, value, code) in table::of_header(names) {
            let package = with(&name, value).to_string();
            all.push((signed(&package, &*app.key).unwrap(), code));
        }
        for (message, code) in all {
            let told = answered(world, &method, message.clone()).await;
            assert_eq!(told["errorCode"], *code, "{method}: {message} {told}");
            codes.insert(code);
            sent += 1;
        }
    }
    // What was taken once is not taken again, also where it was refused.
    for method in [
        "declareHealth",
        "declareTrip",
        "queryHealth",
        "correctHealth",
    ] {
        let package = app.package(world, method, json!({}));
        let first = app.send(world, method, &package).await;
        assert_ne!(first["errorCode"], "0");
        let again = app.send(world, method, &package).await;
        assert_eq!(again["errorCode"], "110109", "{method}");
        codes.insert("110109".to_owned());
        sent += 1;
    }
    assert!(stranger.public_key() != app.key.public_key());
    sent
}
