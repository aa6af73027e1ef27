//! One content with its headers, forms and validators (RFC 9110 §8.8, §13).

use std::sync::{Arc, OnceLock};

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::encoding::Encoding;
use super::file::Caching;
use crate::told::hexadecimal;

/// Something that is served.
#[derive(Debug)]
pub(super) struct Resource {
    media: &'static str,
    content: Bytes,
    headers: HeaderMap,
    tag: String,
    /// In gzip and brotli; nothing where that form is not smaller.
    forms: Arc<[OnceLock<Option<Bytes>>; 2]>,
}

impl Resource {
    pub(super) fn new(
        media: &'static str,
        content: Bytes,
        caching: Caching,
        mut headers: HeaderMap,
    ) -> Self {
        let digest = Sha256::digest(&content);
        let tag = hexadecimal(digest.get(..12).unwrap_or_default());
        let caching = match caching {
            Caching::Forever => "public, max-age=31536000, immutable",
            Caching::Revalidated => "no-cache",
        };
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(caching));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media));
        headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
        Self {
            media,
            content,
            headers,
            tag,
            forms: Arc::default(),
        }
    }

    /// Answers a GET or HEAD.
    pub(super) async fn answer(&self, request: Request) -> Response<Body> {
        let (encoding, body) = self.form(Encoding::asked(request.headers())).await;
        // Each form has a tag of its own: a strong one says that the bytes are the same.
        let tag = match encoding.name() {
            None => format!("\"{}\"", self.tag),
            Some(name) => format!("\"{}-{name}\"", self.tag),
        };
        let known = request.headers().get_all(IF_NONE_MATCH);
        let held = known.iter().any(|value| is_held(value, &tag));
        let mut response = Response::new(if held { Body::empty() } else { body.into() });
        *response.headers_mut() = self.headers.clone();
        let headers = response.headers_mut();
        if let Ok(tag) = HeaderValue::from_str(&tag) {
            headers.insert(ETAG, tag);
        }
        if held {
            headers.remove(CONTENT_TYPE);
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        } else if let Some(name) = encoding.name() {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static(name));
        }
        response
    }

    async fn form(&self, wanted: Encoding) -> (Encoding, Bytes) {
        let place = match wanted {
            Encoding::Identity => return (wanted, self.content.clone()),
            Encoding::Gzip => 0,
            Encoding::Brotli => 1,
        };
        let known = self.forms.get(place).and_then(OnceLock::get).cloned();
        let form = match known {
            Some(form) => form,
            None => self.made(wanted, place).await,
        };
        form.map_or_else(
            || (Encoding::Identity, self.content.clone()),
            |form| (wanted, form),
        )
    }

    /// Makes a form where it holds up nobody who shows a code.
    async fn made(&self, wanted: Encoding, place: usize) -> Option<Bytes> {
        if !self.is_compressible() {
            return None;
        }
        let (forms, content) = (Arc::clone(&self.forms), self.content.clone());
        let making = tokio::task::spawn_blocking(move || {
            let make = || {
                wanted
                    .of(&content)
                    .filter(|form| form.len() < content.len())
            };
            forms.get(place)?.get_or_init(make).clone()
        });
        making.await.ok().flatten()
    }

    fn is_compressible(&self) -> bool {
        let text = [
            "text/",
            "application/json",
            "application/manifest+json",
            "application/wasm",
        ];
        self.media == "image/svg+xml" || text.iter().any(|start| self.media.starts_with(start))
    }
}

/// Whether the asker holds this already.
fn is_held(value: &HeaderValue, tag: &str) -> bool {
    let Ok(value) = value.to_str() else {
        return false;
    };
    let mut listed = value.split(',').map(str::trim);
    listed.any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag)
}
