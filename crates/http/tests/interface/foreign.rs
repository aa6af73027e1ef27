//! Other people's services as tests meet them: a browser, addresses, terms.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use hc_http::identity::{
    Authentication, Endpoint, Kinds, Members, OpenIdTerms, OutgoingTerms, Provider, Providers,
    SessionSealer, SigningAlgorithm, Trust,
};
use hc_http::journal::Journal;
use http_body_util::{BodyExt, Empty};
use hyper::{Request, Uri};
use hyper_util::rt::TokioIo;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use tokio::net::TcpStream;
use zeroize::Zeroizing;

pub(crate) const BACK: &str = "https://region.example/back";
pub(crate) const SECRET: &str = "secret between the region & the provider";

/// Nobody's certificates are needed where everything is on this machine.
pub(crate) fn trust() -> Trust {
    Trust::of_authorities(include_bytes!("../tls/ca.pem")).unwrap()
}

pub(crate) fn members() -> Members {
    Members {
        number: "document_number".to_owned(),
        name: "name".to_owned(),
        kind: Kinds::Said {
            member: "document_type".to_owned(),
            words: BTreeMap::from([("ID".to_owned(), "111".parse().unwrap())]),
        },
        country: None,
    }
}

pub(crate) fn openid(issuer: &str) -> OpenIdTerms {
    OpenIdTerms {
        name: "national".into(),
        title: ["国家身份认证".into(), "national identity".into()],
        issuer: Endpoint::parse(issuer).unwrap(),
        client: "basic".to_owned(),
        authentication: Authentication::Basic(Zeroizing::new(SECRET.to_owned())),
        redirect: Endpoint::parse(BACK).unwrap(),
        scopes: vec!["openid".to_owned(), "identity".to_owned()],
        algorithms: SigningAlgorithm::ALL.to_vec(),
        acr: Vec::new(),
        members: members(),
        user_info: false,
        outgoing: OutgoingTerms {
            within: Duration::from_secs(20),
            ..OutgoingTerms::default()
        },
    }
}

pub(crate) fn providers(of: Vec<Provider>, journal: Journal) -> Providers {
    let sealer = SessionSealer::new(&Zeroizing::new([8; 32]));
    let random = Box::new(ChaCha20Rng::seed_from_u64(8));
    Providers::new(of, &trust(), sealer, random, journal).unwrap()
}

/// The parameters of an address.
pub(crate) fn parameters(address: &str) -> BTreeMap<String, String> {
    let query = address.split_once('?').map_or("", |(_, query)| query);
    form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect()
}

/// A browser: it keeps cookies and goes where it is sent, until that is back to the region.
pub(crate) async fn browse(address: &str) -> BTreeMap<String, String> {
    let mut address = address.to_owned();
    let mut cookies: BTreeMap<String, String> = BTreeMap::new();
    for _ in 0..10 {
        if address.starts_with(BACK) {
            return parameters(&address);
        }
        let uri: Uri = address.parse().unwrap();
        let host = uri.authority().unwrap().as_str();
        let kept: Vec<String> = cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let stream = TcpStream::connect(host).await.unwrap();
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .unwrap();
        drop(tokio::spawn(connection));
        let request = Request::get(uri.path_and_query().unwrap().as_str())
            .header("host", host)
            .header("cookie", kept.join("; "))
            .body(Empty::<Bytes>::new())
            .unwrap();
        let answer = sender.send_request(request).await.unwrap();
        for cookie in answer.headers().get_all("set-cookie") {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            cookies.insert(name.to_owned(), value.to_owned());
        }
        let status = answer.status();
        let Some(to) = answer.headers().get("location") else {
            let body = answer.into_body().collect().await.unwrap().to_bytes();
            panic!("{address}: {status}: {body:?}");
        };
        let to = to.to_str().unwrap();
        address = if to.starts_with('/') {
            format!("http://{host}{to}")
        } else {
            to.to_owned()
        };
    }
    panic!("sent around in a circle");
}
