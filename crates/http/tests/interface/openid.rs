//! Signing in at a certified provider that runs as a process of its own: `oidc-provider`, listed by the
//! `OpenID` Foundation. It is installed below `target/` from its lock file when a test needs it.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use hc_code::Timestamp;
use hc_http::Limits;
use hc_http::identity::{Authentication, OpenIdTerms, Provider};
use hc_http::journal::{Journal, Level, Record};
use hc_http::serve::Connections;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::client::Answer;
use crate::foreign::{BACK, SECRET, browse, openid, parameters, providers};
use crate::sample;
use crate::world::{World, sqlite};

/// The provider, until the test ends.
struct Running {
    child: Child,
    issuer: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The folder with the installed provider; nothing where it cannot be had, which under CI is a failure.
fn installed() -> Option<&'static Path> {
    static FOLDER: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let installed = FOLDER.get_or_init(install);
    match installed {
        Ok(folder) => Some(folder),
        Err(why) => {
            let needed = std::env::var_os("CI").is_some_and(|ci| ci == "true");
            assert!(!needed, "{why}");
            eprintln!("SKIPPED, nothing was tested against a real provider: {why}");
            None
        }
    }
}

fn install() -> Result<PathBuf, String> {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/openid");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("openid-provider");
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    // Two runs do not install into each other.
    let lock = std::fs::File::create(folder.join("lock")).map_err(|error| error.to_string())?;
    lock.lock().map_err(|error| error.to_string())?;
    let wanted =
        std::fs::read(from.join("package-lock.json")).map_err(|error| error.to_string())?;
    let done = folder.join("installed");
    if std::fs::read(&done).ok().as_ref() != Some(&wanted) {
        for name in ["package.json", "package-lock.json", ".npmrc"] {
            std::fs::copy(from.join(name), folder.join(name)).map_err(|error| error.to_string())?;
        }
        let output = Command::new("npm")
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            .current_dir(&folder)
            .output()
            .map_err(|error| format!("npm cannot be run ({error}): install Node.js 20 or later"))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(format!("npm ci in {}: {said}", folder.display()));
        }
        std::fs::write(&done, &wanted).map_err(|error| error.to_string())?;
    }
    std::fs::copy(from.join("provider.mjs"), folder.join("provider.mjs"))
        .map_err(|error| error.to_string())?;
    Ok(folder)
}

fn start() -> Option<Running> {
    let folder = installed()?;
    let person = |name: &str, number: Option<&str>| json!({"name": name, "document_type": "ID", "document_number": number});
    let people = json!({
        "zhang": person("张三", Some(sample::NUMBERS[0])),
        "li": person("李四", Some(sample::NUMBERS[1])),
        "unnamed": person("", Some(sample::NUMBERS[1])),
        "unknown": person("王五", None),
        "odd": person("赵六", Some("110101190001010000")),
    });
    let mut child = Command::new("node")
        .arg("provider.mjs")
        .current_dir(folder)
        .env("PEOPLE", people.to_string())
        .env("REDIRECT", BACK)
        .env("SECRET", SECRET)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("node");
    let mut issuer = String::new();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    out.read_line(&mut issuer).unwrap();
    let issuer = issuer.trim().to_owned();
    let running = Running { child, issuer };
    assert!(
        running.issuer.starts_with("http://127.0.0.1:"),
        "{}",
        running.issuer
    );
    Some(running)
}

/// A real provider lives in real time, and so does the region of these tests.
fn now() -> Timestamp {
    #[expect(
        clippy::disallowed_methods,
        reason = "the provider has the machine's clock"
    )]
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    Timestamp::from_unix(since.unwrap().as_secs().try_into().unwrap())
}

async fn world(terms: OpenIdTerms, journal: Journal) -> World {
    let folder = tempfile::tempdir().unwrap();
    let store = sqlite(folder.path());
    let identify = providers(vec![Provider::OpenId(Box::new(terms))], journal);
    let (limits, connections) = (Limits::default(), Connections::default());
    World::identified(
        (store, folder),
        limits,
        connections,
        Box::new(identify),
        now(),
    )
    .await
}

/// A sign-in that came back: what the page gives as a proof.
async fn sign_in(world: &World, person: &str) -> Value {
    let asked = json!({"method": "national"});
    let begun = world
        .ask("POST", "/v1/identity/sessions")
        .json(&asked)
        .send()
        .await;
    assert_eq!(begun.status, 201, "{begun:?}");
    let begun = begun.json();
    let address = begun["url"].as_str().unwrap();
    let back = browse(&format!("{address}&login_hint={person}")).await;
    assert_eq!(back.get("error").map(String::as_str), None, "{back:?}");
    json!({
        "method": "national",
        "proof": back["code"],
        "state": back["state"],
        "issuer": back["iss"],
        "session": begun["session"],
    })
}

/// Enrols with a proof; `typed` goes over what the sample has.
async fn enrol(world: &World, identity: &Value, typed: Value) -> Answer {
    let mut body = sample::enrolment(sample::NUMBERS[0]);
    body["identity"] = identity.clone();
    let members = body.as_object_mut().unwrap();
    members.remove("document");
    members.remove("profile");
    // The declaration of the sample is of another day.
    members.remove("declaration");
    for (name, value) in typed.as_object().unwrap() {
        members.insert(name.clone(), value.clone());
    }
    world.ask("POST", "/v1/enrolments").json(&body).send().await
}

#[tokio::test]
async fn a_person_signs_in_and_is_enrolled_as_whom_the_provider_says() {
    let Some(provider) = start() else { return };
    let terms = openid(&provider.issuer);
    let authentications = [
        ("basic", terms.authentication.clone(), false),
        (
            "post",
            Authentication::Post(Zeroizing::new(SECRET.to_owned())),
            true,
        ),
        ("public", Authentication::None, false),
        ("pss", terms.authentication.clone(), true),
    ];
    for (client, authentication, user_info) in authentications {
        let terms = OpenIdTerms {
            client: client.to_owned(),
            authentication,
            user_info,
            ..terms.clone()
        };
        let world = world(terms, Journal::default()).await;
        let enrolled = enrol(&world, &sign_in(&world, "zhang").await, json!({})).await;
        assert_eq!(enrolled.status, 201, "{client}: {enrolled:?}");
        let told = enrolled.json();
        assert_eq!(told["identity"], "national");
        let token = told["shown"]["token"].as_str().unwrap();
        let kept = world
            .ask("GET", "/v1/export")
            .token(token)
            .send()
            .await
            .json();
        let kept = kept.to_string();
        assert!(
            kept.contains("张三") && kept.contains(sample::NUMBERS[0]),
            "{client}"
        );
        // The same person again, from another device, with what fits typed beside it.
        let typed = json!({
            "profile": {"name": "张三", "phone": "13800000000"},
            "document": {"type": "111", "number": sample::NUMBERS[0]},
        });
        let again = enrol(&world, &sign_in(&world, "zhang").await, typed).await;
        assert_eq!(again.status, 200, "{client}: {again:?}");
    }
}

#[tokio::test]
async fn what_is_typed_may_only_agree_with_what_is_proved() {
    let Some(provider) = start() else { return };
    let world = world(openid(&provider.issuer), Journal::default()).await;
    for (typed, paths) in [
        (json!({"profile": {"name": "李四"}}), vec!["profile.name"]),
        (
            json!({"document": {"type": "111", "number": sample::NUMBERS[1]}}),
            vec!["document"],
        ),
        (
            json!({
                "profile": {"name": "李四"},
                "document": {"type": "111", "number": sample::NUMBERS[1]},
            }),
            vec!["document", "profile.name"],
        ),
    ] {
        let refused = enrol(&world, &sign_in(&world, "zhang").await, typed).await;
        assert_eq!(refused.outcome(), (403, "identity-not-proved".to_owned()));
        let told = refused.json();
        let named: Vec<&str> = told["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["path"].as_str().unwrap())
            .collect();
        assert_eq!(named, paths);
        assert!(!told.to_string().contains(sample::NUMBERS[0]));
    }
    assert_eq!(world.region.load().0.active, 0);
}

#[tokio::test]
async fn whoever_the_provider_does_not_name_is_not_enrolled() {
    let Some(provider) = start() else { return };
    let world = world(openid(&provider.issuer), Journal::default()).await;
    for person in ["unnamed", "unknown", "odd"] {
        let refused = enrol(&world, &sign_in(&world, person).await, json!({})).await;
        let outcome = refused.outcome();
        assert_eq!(outcome, (403, "identity-not-proved".to_owned()), "{person}");
    }
    // Whoever does not want to sign in comes back with an error and without a code.
    let begun = json!({"method": "national"});
    let begun = world
        .ask("POST", "/v1/identity/sessions")
        .json(&begun)
        .send()
        .await
        .json();
    let address = format!("{}&login_hint=nobody", begun["url"].as_str().unwrap());
    assert_eq!(browse(&address).await["error"], "access_denied");
}

#[tokio::test]
async fn a_sign_in_is_finished_once_and_by_whoever_began_it() {
    let Some(provider) = start() else { return };
    let world = world(openid(&provider.issuer), Journal::default()).await;
    let (first, second) = (sign_in(&world, "zhang").await, sign_in(&world, "li").await);
    let outcome = async |identity: &Value| enrol(&world, identity, json!({})).await.outcome();
    let ended = (403, "sign-in-ended".to_owned());
    let refused = (403, "identity-not-proved".to_owned());
    let mixed = |from: &Value, members: &[&str]| {
        let mut identity = first.clone();
        for member in members {
            identity[*member] = from[*member].clone();
        }
        identity
    };
    // The answer of one sign-in in the session of another: state and session do not fit.
    assert_eq!(outcome(&mixed(&second, &["session"])).await, ended);
    assert_eq!(outcome(&mixed(&second, &["state", "proof"])).await, ended);
    for member in ["session", "state"] {
        let mut lacking = first.clone();
        lacking.as_object_mut().unwrap().remove(member);
        assert_eq!(outcome(&lacking).await, ended, "{member}");
    }
    // Another provider's name, or none where it names itself (RFC 9207).
    let mut other = first.clone();
    other["issuer"] = json!("https://other.example");
    assert_eq!(outcome(&other).await, refused);
    other.as_object_mut().unwrap().remove("issuer");
    assert_eq!(outcome(&other).await, refused);
    // None of that used it up.
    assert_eq!(outcome(&first).await.0, 201);
    // Once more, the whole of it; then its code in a sign-in that is open.
    assert_eq!(outcome(&first).await, ended);
    let third = sign_in(&world, "li").await;
    let mut replayed = third.clone();
    replayed["proof"] = first["proof"].clone();
    assert_eq!(outcome(&replayed).await, refused);
    // A code of somebody else's sign-in that nobody redeemed yet: the verifier does not fit.
    let fourth = sign_in(&world, "li").await;
    let mut injected = fourth.clone();
    injected["proof"] = second["proof"].clone();
    assert_eq!(outcome(&injected).await, refused);
    let late = sign_in(&world, "li").await;
    world.later(hc_code::Span::seconds(601));
    assert_eq!(outcome(&late).await, ended);
    assert_eq!(world.region.load().0.active, 1);
}

#[tokio::test]
async fn a_region_that_the_provider_does_not_accept_tells_its_operators_and_no_secret() {
    let Some(provider) = start() else { return };
    let wrong = "another secret";
    let terms = OpenIdTerms {
        authentication: Authentication::Basic(Zeroizing::new(wrong.to_owned())),
        ..openid(&provider.issuer)
    };
    let (journal, records) = Journal::new(Level::Debug, 100);
    let world = world(terms, journal).await;
    let identity = sign_in(&world, "zhang").await;
    let refused = enrol(&world, &identity, json!({})).await;
    assert_eq!(refused.outcome(), (503, "provider-unavailable".to_owned()));
    assert!(refused.headers.contains_key("retry-after"));
    let told: Vec<Record> = records.try_iter().collect();
    assert!(
        told.iter().any(|record| record.level() == Level::Error),
        "{told:?}"
    );
    let told = format!("{told:?}");
    for hidden in [
        wrong,
        "张三",
        sample::NUMBERS[0],
        identity["proof"].as_str().unwrap(),
    ] {
        assert!(!told.contains(hidden), "{told}");
    }
}

#[tokio::test]
async fn the_address_of_a_sign_in_says_what_the_standard_asks_for() {
    let Some(provider) = start() else { return };
    let world = world(openid(&provider.issuer), Journal::default()).await;
    let methods = world.ask("GET", "/v1/identity/methods").send().await.json();
    assert_eq!(methods["methods"][0]["way"], "redirect");
    let asked = json!({"method": "national"});
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..2 {
        let begun = world
            .ask("POST", "/v1/identity/sessions")
            .json(&asked)
            .send()
            .await
            .json();
        let said = parameters(begun["url"].as_str().unwrap());
        assert_eq!(said["response_type"], "code");
        assert_eq!(said["scope"], "openid identity");
        assert_eq!(said["redirect_uri"], BACK);
        assert_eq!(said["code_challenge_method"], "S256");
        for once in ["state", "nonce", "code_challenge"] {
            assert!(said[once].len() >= 22, "{once}");
            assert!(seen.insert(said[once].clone()), "{once} stands twice");
        }
    }
    let unknown = json!({"method": "other"});
    let unknown = world
        .ask("POST", "/v1/identity/sessions")
        .json(&unknown)
        .send()
        .await;
    assert_eq!(unknown.outcome(), (403, "identity-not-proved".to_owned()));
}
