//! A provider that lies, breaks off, is slow or away. It is the foreign system: the code that it gives
//! says how it behaves, and holds the nonce of the sign-in.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use base64ct::{Base64UrlUnpadded, Encoding};
use hc_code::{Span, Timestamp};
use hc_http::Limits;
use hc_http::identity::{
    Begun, Identified, Identify, IdentifyError, IdentityProof, OpenIdTerms, OutgoingTerms,
    Provider, Providers, Typed,
};
use hc_http::journal::Journal;
use hc_http::serve::Connections;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, jwk::Jwk};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::foreign::{openid, parameters, providers};
use crate::sample;
use crate::world::{World, sqlite};

const NOW: Timestamp = Timestamp::from_unix(1_657_857_600);

/// What the provider is asked and how it stands.
#[derive(Default)]
struct Standing {
    issuer: Mutex<String>,
    key: AtomicU32,
    discoveries: AtomicU32,
    key_fetches: AtomicU32,
    token_requests: AtomicU32,
    away: std::sync::atomic::AtomicBool,
}

type Shared = State<Arc<Standing>>;

fn secret(place: u32) -> EncodingKey {
    let pem: &[u8] = match place {
        0 => include_bytes!("../tls/first.key"),
        _ => include_bytes!("../tls/second.key"),
    };
    EncodingKey::from_ec_der(PrivateKeyDer::from_pem_slice(pem).unwrap().secret_der())
}

fn public(place: u32) -> Value {
    let key = Jwk::from_encoding_key(&secret(place), Algorithm::ES256).unwrap();
    let mut key = serde_json::to_value(key).unwrap();
    key["kid"] = json!(format!("k{place}"));
    key
}

async fn discovery(State(standing): Shared) -> Response {
    standing.discoveries.fetch_add(1, Ordering::SeqCst);
    if standing.away.load(Ordering::SeqCst) {
        return StatusCode::BAD_GATEWAY.into_response();
    }
    let issuer = standing.issuer.lock().unwrap().clone();
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
    }))
    .into_response()
}

async fn keys(State(standing): Shared) -> Json<Value> {
    standing.key_fetches.fetch_add(1, Ordering::SeqCst);
    Json(json!({"keys": [public(standing.key.load(Ordering::SeqCst))]}))
}

async fn token(State(standing): Shared, body: String) -> Response {
    standing.token_requests.fetch_add(1, Ordering::SeqCst);
    let code = parameters(&format!("?{body}"))["code"].clone();
    let (behaviour, nonce) = code.split_once('.').unwrap();
    let issuer = standing.issuer.lock().unwrap().clone();
    let mut claims = json!({
        "iss": issuer, "aud": "basic", "sub": "s", "nonce": nonce,
        "iat": NOW.unix(), "exp": NOW.unix() + 300,
        "name": "张三", "document_type": "ID", "document_number": sample::NUMBERS[0],
    });
    let place = standing.key.load(Ordering::SeqCst);
    let mut header = Header::new(Algorithm::ES256);
    header.kid = Some(format!("k{place}"));
    match behaviour {
        "good" => {}
        "other-person" => claims["document_number"] = json!(sample::NUMBERS[1]),
        "wrong-nonce" => claims["nonce"] = json!("another"),
        "other-audience" => claims["aud"] = json!("another"),
        "other-issuer" => claims["iss"] = json!("https://id.example"),
        "expired" => claims["exp"] = json!(NOW.unix() - 61),
        "old" => claims["iat"] = json!(NOW.unix() - 601),
        "none" => {
            let part =
                |value: Value| Base64UrlUnpadded::encode_string(value.to_string().as_bytes());
            let token = format!("{}.{}.", part(json!({"alg": "none"})), part(claims));
            return Json(json!({"id_token": token})).into_response();
        }
        "hs256" => {
            let key = EncodingKey::from_secret(public(place).to_string().as_bytes());
            let token = encode(&Header::new(Algorithm::HS256), &claims, &key).unwrap();
            return Json(json!({"id_token": token})).into_response();
        }
        "unknown-key" => header.kid = Some("another".to_owned()),
        "slow" => tokio::time::sleep(Duration::from_mins(1)).await,
        "broken" => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        "no-json" => return "welcome".into_response(),
        "huge" => return "x".repeat(1 << 20).into_response(),
        "redirect" => {
            let to = [(header::LOCATION, format!("{issuer}/elsewhere"))];
            return (StatusCode::TEMPORARY_REDIRECT, to).into_response();
        }
        "used" => {
            let error = json!({"error": "invalid_grant"});
            return (StatusCode::BAD_REQUEST, Json(error)).into_response();
        }
        other => panic!("{other}"),
    }
    let token = encode(&header, &claims, &secret(place)).unwrap();
    Json(json!({"id_token": token, "token_type": "Bearer"})).into_response()
}

struct Hostile {
    standing: Arc<Standing>,
    providers: Providers,
}

async fn listen() -> (Arc<Standing>, String) {
    let standing = Arc::new(Standing::default());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let issuer = format!("http://{}", listener.local_addr().unwrap());
    standing.issuer.lock().unwrap().clone_from(&issuer);
    let router = Router::new()
        .route("/.well-known/openid-configuration", get(discovery))
        .route("/keys", get(keys))
        .route("/token", post(token))
        .with_state(Arc::clone(&standing));
    drop(tokio::spawn(
        async move { axum::serve(listener, router).await },
    ));
    (standing, issuer)
}

fn quick(issuer: &str) -> OpenIdTerms {
    OpenIdTerms {
        outgoing: OutgoingTerms {
            within: Duration::from_millis(400),
            at_once: 2,
            failures: 3,
            rest: Duration::from_secs(30),
        },
        ..openid(issuer)
    }
}

impl Hostile {
    async fn new() -> Self {
        let (standing, issuer) = listen().await;
        let providers = providers(
            vec![Provider::OpenId(Box::new(quick(&issuer)))],
            Journal::default(),
        );
        Self {
            standing,
            providers,
        }
    }

    async fn begin(&self, now: Timestamp) -> Result<Begun, IdentifyError> {
        self.providers.begin("national", now).await
    }

    async fn finish(
        &self,
        begun: &Begun,
        behaviour: &str,
        now: Timestamp,
    ) -> Result<Identified, IdentifyError> {
        let proof = proof(begun, behaviour);
        self.providers
            .identify(&proof, &Typed::default(), now)
            .await
    }

    /// A whole sign-in.
    async fn sign_in(&self, behaviour: &str, now: Timestamp) -> Result<Identified, IdentifyError> {
        self.finish(&self.begin(now).await?, behaviour, now).await
    }
}

fn proof(begun: &Begun, behaviour: &str) -> IdentityProof {
    let said = parameters(&begun.url);
    IdentityProof::new("national", &format!("{behaviour}.{}", said["nonce"]))
        .unwrap()
        .signed_in(begun.session.clone(), said["state"].clone(), None)
        .unwrap()
}

#[tokio::test]
async fn tokens_that_are_not_for_this_sign_in_are_refused() {
    let hostile = Hostile::new().await;
    for behaviour in [
        "wrong-nonce",
        "other-audience",
        "other-issuer",
        "expired",
        "old",
        "none",
        "hs256",
        "unknown-key",
        "used",
    ] {
        let refused = hostile.sign_in(behaviour, NOW).await;
        assert_eq!(refused, Err(IdentifyError::Refused), "{behaviour}");
    }
    let proved = hostile.sign_in("good", NOW).await.unwrap();
    assert_eq!(proved.document.expose_number(), sample::NUMBERS[0]);
    assert_eq!(proved.name.expose_name(), "张三");
    let counts = hostile.providers.counts();
    let count = |end| counts.iter().find(|(_, name, _)| *name == end).unwrap().2;
    assert_eq!(
        (count("proved"), count("refused"), count("unavailable")),
        (1, 9, 0)
    );
}

#[tokio::test]
async fn answers_that_are_none_count_as_a_provider_that_is_away() {
    for behaviour in ["broken", "no-json", "huge", "redirect", "slow"] {
        let hostile = Hostile::new().await;
        let refused = hostile.sign_in(behaviour, NOW).await;
        assert_eq!(refused, Err(IdentifyError::Unavailable), "{behaviour}");
    }
}

#[tokio::test]
async fn a_provider_that_fails_is_left_alone_for_a_while_and_then_tried_again() {
    let hostile = Hostile::new().await;
    let good = hostile.begin(NOW).await.unwrap();
    for _ in 0..3 {
        assert_eq!(
            hostile.sign_in("broken", NOW).await,
            Err(IdentifyError::Unavailable)
        );
    }
    let asked = || hostile.standing.token_requests.load(Ordering::SeqCst);
    let before = asked();
    for _ in 0..10 {
        let refused = hostile.finish(&good, "good", NOW).await;
        assert_eq!(refused, Err(IdentifyError::Unavailable));
    }
    assert_eq!(asked(), before, "it was not left alone");
    // The sign-in was not used up meanwhile.
    let later = NOW.plus(Span::seconds(30));
    assert!(hostile.finish(&good, "good", later).await.is_ok());
    assert!(hostile.sign_in("good", later).await.is_ok());
}

#[tokio::test]
async fn what_a_provider_says_of_itself_is_kept_and_outlives_it_for_a_day() {
    let hostile = Hostile::new().await;
    for _ in 0..5 {
        hostile.sign_in("good", NOW).await.unwrap();
    }
    let fetched = || hostile.standing.discoveries.load(Ordering::SeqCst);
    assert_eq!(fetched(), 1);
    hostile.standing.away.store(true, Ordering::SeqCst);
    // The token is judged by a time that goes on; only the beginning is looked at here.
    let later = NOW.plus(Span::hours(2));
    for _ in 0..5 {
        assert!(hostile.begin(later).await.is_ok());
    }
    assert_eq!(fetched(), 2, "once a minute at the most");
    let much_later = NOW.plus(Span::hours(25));
    assert_eq!(
        hostile.begin(much_later).await,
        Err(IdentifyError::Unavailable)
    );
}

#[tokio::test]
async fn a_new_key_is_fetched_when_a_token_names_it_but_not_for_every_token() {
    let hostile = Hostile::new().await;
    hostile.sign_in("good", NOW).await.unwrap();
    hostile.standing.key.store(1, Ordering::SeqCst);
    let later = NOW.plus(Span::seconds(60));
    assert!(hostile.sign_in("good", later).await.is_ok());
    let fetched = || hostile.standing.key_fetches.load(Ordering::SeqCst);
    assert_eq!(fetched(), 2);
    for _ in 0..20 {
        let refused = hostile.sign_in("unknown-key", later).await;
        assert_eq!(refused, Err(IdentifyError::Refused));
    }
    assert_eq!(fetched(), 2);
}

#[tokio::test]
async fn a_provider_that_speaks_for_another_issuer_is_not_believed() {
    let hostile = Hostile::new().await;
    *hostile.standing.issuer.lock().unwrap() = "http://127.0.0.1:1".to_owned();
    assert_eq!(hostile.begin(NOW).await, Err(IdentifyError::Unavailable));
}

#[tokio::test]
async fn a_provider_that_is_not_there_is_said_to_be_away() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let issuer = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let providers = providers(
        vec![Provider::OpenId(Box::new(quick(&issuer)))],
        Journal::default(),
    );
    let refused = providers.begin("national", NOW).await;
    assert_eq!(refused, Err(IdentifyError::Unavailable));
}

#[tokio::test]
async fn a_slow_provider_holds_up_neither_acts_nor_more_than_its_own_places() {
    let (_standing, issuer) = listen().await;
    let terms = OpenIdTerms {
        outgoing: OutgoingTerms {
            within: Duration::from_secs(5),
            at_once: 2,
            ..OutgoingTerms::default()
        },
        ..openid(&issuer)
    };
    let identify = providers(vec![Provider::OpenId(Box::new(terms))], Journal::default());
    let folder = tempfile::tempdir().unwrap();
    let store = sqlite(folder.path());
    let limits = Limits {
        acts_at_once: 1,
        acts_waiting: 0,
        ..Limits::default()
    };
    let kept = (store, folder);
    let world = World::identified(
        kept,
        limits,
        Connections::default(),
        Box::new(identify),
        NOW,
    );
    let world = Arc::new(world.await);
    let enrol = async |world: &World, behaviour: &str| {
        let asked = json!({"method": "national"});
        let begun = world
            .ask("POST", "/v1/identity/sessions")
            .json(&asked)
            .send()
            .await
            .json();
        let said = parameters(begun["url"].as_str().unwrap());
        let mut body = sample::enrolment(sample::NUMBERS[0]);
        body.as_object_mut().unwrap().remove("document");
        body.as_object_mut().unwrap().remove("profile");
        body["identity"] = json!({
            "method": "national", "session": begun["session"], "state": said["state"],
            "proof": format!("{behaviour}.{}", said["nonce"]),
        });
        world.ask("POST", "/v1/enrolments").json(&body).send().await
    };
    let slow = tokio::spawn({
        let world = Arc::clone(&world);
        async move { enrol(&world, "slow").await.outcome() }
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!slow.is_finished());
    // The only turn for acts is free.
    let enrolled = enrol(&world, "good").await;
    assert_eq!(enrolled.status, 201, "{enrolled:?}");
    assert!(!slow.is_finished(), "nobody was waited for");
    assert_eq!(
        slow.await.unwrap(),
        (503, "provider-unavailable".to_owned())
    );
}
