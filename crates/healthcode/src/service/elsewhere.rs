//! What other regions publish, passed on to this region's gates (`GET /v1/regions/…`).

use std::time::Duration;

use anyhow::Result;
use hc_http::Elsewhere;
use hc_http::peers::Fetcher;

use super::Configured;
use super::joined::{self, Joined};

/// A gate waits for it with somebody before it.
const WITHIN: Duration = Duration::from_secs(4);

/// The way to what others publish, where the region has joined a federation.
pub(crate) fn begin(configured: &Configured) -> Result<Option<Elsewhere>> {
    if Joined::read(configured)?.is_none() {
        return Ok(None);
    }
    let trust = joined::authorities(configured)?;
    Ok(Some(Elsewhere::new(Fetcher::new(&trust, WITHIN))))
}
