//! One request that has passed the door.

use std::sync::Arc;

use axum::http::HeaderMap;
use bytes::Bytes;
use hc_node::sources::SourceTerms;

use crate::api::Api;
use crate::sources::signature::Signed;

/// What an endpoint is called with.
pub(crate) struct Call<S, R> {
    pub(crate) api: Arc<Api<S, R>>,
    /// The device token, where the operation asks for one; it was opened already.
    pub(crate) token: String,
    /// The source, where the operation asks for one; its signature was verified, and the body is the
    /// one that was signed.
    pub(crate) source: Option<(Signed, SourceTerms)>,
    /// The path that was asked for, without its query.
    pub(crate) path: String,
    /// The numbers of the query.
    pub(crate) query: Vec<(&'static str, u32)>,
    pub(crate) headers: HeaderMap,
    /// The body; empty where the operation has none.
    pub(crate) body: Bytes,
}

impl<S, R> Call<S, R> {
    /// The last part of the path, where it is a decimal number written in one way only.
    pub(crate) fn last_number(&self) -> Option<u64> {
        let (_, last) = self.path.rsplit_once('/')?;
        let plain = last.bytes().all(|byte| byte.is_ascii_digit());
        let once = last == "0" || !last.starts_with('0');
        last.parse().ok().filter(|_| plain && once)
    }

    /// A number of the query.
    pub(crate) fn number(&self, name: &str) -> Option<u32> {
        let mut found = self.query.iter().filter(|(known, _)| *known == name);
        found.next().map(|(_, number)| *number)
    }
}
