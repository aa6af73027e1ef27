//! A client: one connection for each request, the answer held to the description.

use std::net::SocketAddr;
use std::sync::LazyLock;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{HeaderMap, Request, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// A request in the making.
pub(crate) struct Asking {
    to: SocketAddr,
    request: hyper::http::request::Builder,
    body: Bytes,
    path: String,
    method: String,
}

pub(crate) fn ask(to: SocketAddr, method: &str, path: &str) -> Asking {
    Asking {
        to,
        request: Request::builder()
            .method(method)
            .uri(path)
            .header("host", "region.example"),
        body: Bytes::new(),
        path: path.to_owned(),
        method: method.to_lowercase(),
    }
}

impl Asking {
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    pub(crate) fn token(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub(crate) fn body(mut self, media: &str, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self.header("content-type", media)
    }

    pub(crate) fn json(self, value: &Value) -> Self {
        self.body("application/json", value.to_string())
    }

    pub(crate) async fn send(self) -> Answer {
        let stream = TcpStream::connect(self.to).await.unwrap();
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .unwrap();
        drop(tokio::spawn(connection));
        let request = self.request.body(Full::new(self.body)).unwrap();
        let response = sender.send_request(request).await.unwrap();
        let (head, body) = response.into_parts();
        let answer = Answer {
            status: head.status,
            headers: head.headers,
            body: body.collect().await.unwrap().to_bytes(),
        };
        answer.fits_description(&self.method, &self.path);
        answer
    }
}

static DESCRIPTION: LazyLock<Value> = LazyLock::new(|| hc_http::openapi().unwrap());

/// Whether a value fits a schema of the description.
pub(crate) fn fits(schema: &Value, value: &Value) -> Result<(), String> {
    crate::schema::check(&DESCRIPTION, schema, value, "")
}

/// The path of the description that a path is one of.
fn described(path: &str) -> &str {
    let same = |template: &str| {
        let (parts, names) = (path.split('/'), template.split('/'));
        let mut pairs = parts.zip(names);
        pairs.all(|(part, name)| part == name || name.starts_with('{'))
            && (path.split('/').count() == template.split('/').count()
                // The place of a tile has slashes of its own.
                || template.ends_with("/tile/{place}"))
    };
    let all = DESCRIPTION["paths"].as_object().unwrap().keys();
    // A path of its own goes before one with a name in braces.
    let mut found: Vec<&String> = all.filter(|template| same(template)).collect();
    found.sort_by_key(|template| template.contains('{'));
    found.first().map_or(path, |template| template.as_str())
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The status and, of a problem, the last word of its type.
    pub(crate) fn outcome(&self) -> (u16, String) {
        let json: Value = serde_json::from_slice(&self.body).unwrap_or(Value::Null);
        let kind = json["type"].as_str().unwrap_or_default();
        let slug = kind.rsplit(':').next().unwrap_or_default();
        (self.status.as_u16(), slug.to_owned())
    }

    /// Every answer is one that the description knows, with a body that fits its schema.
    fn fits_description(&self, method: &str, path: &str) {
        let kept = self.headers["cache-control"].to_str().unwrap();
        let kept_by_others = ["/v1/decision-log/", "/v1/notices"];
        let public = self.status == 200
            && method == "get"
            && kept_by_others.iter().any(|one| path.starts_with(one));
        assert_eq!(kept.starts_with("public, max-age="), public, "{path}");
        assert!(public || kept == "no-store", "{path}: {kept}");
        assert_eq!(self.headers["x-content-type-options"], "nosniff");
        let path = path.split('?').next().unwrap();
        // An operation of the other listener is nowhere on this one.
        if self.outcome() == (404, "not-found".to_owned()) {
            return;
        }
        let operation = &DESCRIPTION["paths"][described(path)][method];
        let Some(responses) = operation["responses"].as_object() else {
            assert!(matches!(self.status.as_u16(), 404 | 405), "{method} {path}");
            return;
        };
        let status = self.status.as_u16().to_string();
        let response = responses
            .get(&status)
            .unwrap_or_else(|| panic!("{method} {path} gives {status}: {:?}", self.body));
        let Some(content) = response.get("content").and_then(Value::as_object) else {
            assert!(self.body.is_empty(), "{method} {path}: a body");
            return;
        };
        let (media, described) = content.iter().next().unwrap();
        assert_eq!(self.headers["content-type"], *media, "{method} {path}");
        if let Some(schema) = described.get("schema").filter(|_| media.ends_with("json")) {
            let fits = fits(schema, &self.json());
            assert_eq!(fits, Ok(()), "{method} {path} {status}");
        }
    }
}
