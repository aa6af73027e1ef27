//! Codes of super apps, asked for at a small server that plays the app.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::Uri;
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use hc_code::Timestamp;
use hc_http::identity::{
    Endpoint, Form, Identify, IdentifyError, IdentityProof, Kinds, Members, OutgoingTerms,
    Provider, Providers, SuperAppTerms, Typed,
};
use hc_http::journal::{Journal, Level, Record};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use zeroize::Zeroizing;

use crate::foreign::{SECRET, parameters, providers};
use crate::sample;

const NOW: Timestamp = Timestamp::from_unix(1_657_857_600);

/// What was asked, in order.
type Asked = Arc<Mutex<Vec<BTreeMap<String, String>>>>;

async fn wechat(State(asked): State<Asked>, uri: Uri) -> Response {
    let said = parameters(&uri.to_string());
    asked.lock().unwrap().push(said.clone());
    let person =
        json!({"openid": "o1", "session_key": "k", "name": "张三", "number": sample::NUMBERS[0]});
    let error = |code: i64| json!({"errcode": code, "errmsg": "an error with the code in it"});
    if said["secret"] != SECRET {
        return Json(error(40125)).into_response();
    }
    let answer = match said["js_code"].as_str() {
        "good" | "good2" => person,
        "no-real-name" => json!({"openid": "o1", "session_key": "k", "errcode": 0}),
        "used" => error(40163),
        "wrong" => error(40029),
        "blocked" => error(40226),
        "busy" => error(-1),
        "often" => error(45011),
        "strange" => error(77_777),
        "nobody" => json!({"name": "张三", "number": sample::NUMBERS[0]}),
        "slow" => {
            tokio::time::sleep(Duration::from_mins(1)).await;
            person
        }
        "no-json" => return "<html>".into_response(),
        other => panic!("{other}"),
    };
    Json(answer).into_response()
}

async fn alipay(State(asked): State<Asked>, body: String) -> Json<Value> {
    let said = parameters(&format!("?{body}"));
    asked.lock().unwrap().push(said.clone());
    Json(match said["code"].as_str() {
        "good" => json!({"alipay_system_oauth_token_response": {
            "user_id": "2088", "person": {"cert_name": "李四", "cert_no": sample::NUMBERS[1]},
        }}),
        "wrong" => json!({"error_response": {
            "code": "40002", "msg": "Invalid Arguments", "sub_code": "isv.code-invalid",
        }}),
        "busy" => json!({"error_response": {"code": "20000", "sub_code": "isp.unknow-error"}}),
        other => panic!("{other}"),
    })
}

async fn listen() -> (String, Asked) {
    let asked = Asked::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new()
        .route("/sns/jscode2session", get(wechat))
        .route("/gateway.do", post(alipay))
        .with_state(Arc::clone(&asked));
    drop(tokio::spawn(
        async move { axum::serve(listener, router).await },
    ));
    (address, asked)
}

fn members(number: &str, name: &str) -> Members {
    Members {
        number: number.to_owned(),
        name: name.to_owned(),
        kind: Kinds::Always("111".parse().unwrap()),
        country: None,
    }
}

fn terms(name: &str, form: Form, endpoint: &str, members: Members) -> Provider {
    Provider::SuperApp(Box::new(SuperAppTerms {
        name: name.into(),
        title: ["应用".into(), "app".into()],
        form,
        endpoint: Endpoint::parse(endpoint).unwrap(),
        app: "wx-region".to_owned(),
        secret: Zeroizing::new(SECRET.to_owned()),
        members,
        outgoing: OutgoingTerms {
            within: Duration::from_millis(500),
            failures: 100,
            ..OutgoingTerms::default()
        },
    }))
}

fn both(address: &str) -> Vec<Provider> {
    vec![
        terms(
            "wechat",
            Form::WECHAT,
            &format!("{address}/sns/jscode2session"),
            members("number", "name"),
        ),
        terms(
            "alipay",
            Form::ALIPAY,
            &format!("{address}/gateway.do"),
            members("/person/cert_no", "/person/cert_name"),
        ),
    ]
}

async fn identify(
    providers: &Providers,
    method: &str,
    code: &str,
) -> Result<(String, String), IdentifyError> {
    let proof = IdentityProof::new(method, code).unwrap();
    let proved = providers.identify(&proof, &Typed::default(), NOW).await?;
    Ok((
        proved.name.expose_name().to_owned(),
        proved.document.expose_number(),
    ))
}

#[tokio::test]
async fn a_code_is_exchanged_for_the_person_in_each_form() {
    let (address, asked) = listen().await;
    let providers = providers(both(&address), Journal::default());
    let zhang = ("张三".to_owned(), sample::NUMBERS[0].to_owned());
    assert_eq!(identify(&providers, "wechat", "good").await, Ok(zhang));
    let li = ("李四".to_owned(), sample::NUMBERS[1].to_owned());
    assert_eq!(identify(&providers, "alipay", "good").await, Ok(li));
    let asked = asked.lock().unwrap().clone();
    let expected = [
        json!({"appid": "wx-region", "secret": SECRET, "js_code": "good", "grant_type": "authorization_code"}),
        json!({"app_id": "wx-region", "app_secret": SECRET, "code": "good",
            "grant_type": "authorization_code", "method": "alipay.system.oauth.token"}),
    ];
    assert_eq!(json!(asked), json!(expected));
    // No sign-in begins at a region's page for a code that the app gives.
    assert_eq!(
        providers.begin("wechat", NOW).await,
        Err(IdentifyError::Method)
    );
}

#[tokio::test]
async fn errors_of_the_app_are_told_apart() {
    let (address, _asked) = listen().await;
    let providers = providers(both(&address), Journal::default());
    for (method, code, error) in [
        ("wechat", "used", IdentifyError::Refused),
        ("wechat", "wrong", IdentifyError::Refused),
        ("wechat", "blocked", IdentifyError::Refused),
        ("wechat", "busy", IdentifyError::Unavailable),
        ("wechat", "often", IdentifyError::Unavailable),
        ("wechat", "strange", IdentifyError::Unavailable),
        ("wechat", "nobody", IdentifyError::Unavailable),
        ("wechat", "no-json", IdentifyError::Unavailable),
        ("wechat", "slow", IdentifyError::Unavailable),
        ("wechat", "no-real-name", IdentifyError::NoRealName),
        ("wechat", "", IdentifyError::Refused),
        ("wechat", "a b", IdentifyError::Refused),
        ("alipay", "wrong", IdentifyError::Refused),
        ("alipay", "busy", IdentifyError::Unavailable),
        ("other", "good", IdentifyError::Method),
    ] {
        let outcome = identify(&providers, method, code).await;
        assert_eq!(outcome, Err(error), "{method} {code}");
    }
}

#[tokio::test]
async fn a_code_is_used_once_whatever_the_app_says() {
    let (address, asked) = listen().await;
    let providers = providers(both(&address), Journal::default());
    assert!(identify(&providers, "wechat", "good").await.is_ok());
    assert_eq!(
        identify(&providers, "wechat", "good").await,
        Err(IdentifyError::Refused)
    );
    assert_eq!(asked.lock().unwrap().len(), 1, "the app was asked again");
    assert!(identify(&providers, "wechat", "good2").await.is_ok());
}

#[tokio::test]
async fn a_wrong_secret_is_told_to_the_operators_without_the_secret() {
    let (address, _asked) = listen().await;
    let Provider::SuperApp(right) = both(&address).remove(0) else {
        unreachable!();
    };
    let wrong = "this is not it";
    let terms = SuperAppTerms {
        secret: Zeroizing::new(wrong.to_owned()),
        ..*right
    };
    let (journal, records) = Journal::new(Level::Debug, 10);
    assert!(!format!("{terms:?}").contains(wrong));
    let providers = providers(vec![Provider::SuperApp(Box::new(terms))], journal);
    let outcome = identify(&providers, "wechat", "good").await;
    assert_eq!(outcome, Err(IdentifyError::Misconfigured));
    let told: Vec<Record> = records.try_iter().collect();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].level(), Level::Error);
    let told = format!("{told:?}");
    assert!(
        told.contains("wechat") && !told.contains(wrong) && !told.contains("good"),
        "{told}"
    );
}
