//! A log as a region publishes it: files over HTTP (C2SP tlog-tiles).

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::Uri;
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::runtime::Runtime;

use crate::service::serving;

/// Where a log is published.
pub(super) struct Published {
    prefix: String,
    client: Client<HttpConnector, Empty<Bytes>>,
    runtime: Runtime,
}

/// More bytes than a head, a tile or a bundle has.
const MAX_BYTES: usize = 1 << 20;
/// How long an answer may take.
const WITHIN: Duration = Duration::from_secs(30);
/// How often something is asked for that does not come.
const TRIES: u32 = 4;

impl Published {
    /// Files below an address.
    pub(super) fn at(url: &str) -> Result<Self> {
        let prefix = url.trim_end_matches('/').to_owned();
        let uri: Uri = prefix.parse().with_context(|| format!("{url} is no URL"))?;
        match uri.scheme_str() {
            Some("http") if uri.query().is_none() => {}
            Some("https") => bail!(
                "https is not spoken here: put a tunnel before it (as `socat` or a proxy) and give its http address; \
                 all that is read is checked by the log's own key"
            ),
            _ => bail!("{url} is not an http address without a query"),
        }
        Ok(Self {
            prefix,
            client: Client::builder(TokioExecutor::new()).build_http(),
            runtime: serving::runtime()?,
        })
    }

    /// A file; none where the region says that it is not there.
    pub(super) fn file(&self, path: &str) -> Result<Option<Vec<u8>>> {
        let what = || format!("cannot read {}/{path}", self.prefix);
        let uri: Uri = format!("{}/{path}", self.prefix)
            .parse()
            .with_context(what)?;
        self.runtime
            .block_on(async {
                let mut wait = Duration::from_millis(250);
                for _ in 1..TRIES {
                    match self.once(uri.clone()).await {
                        Ok(found) => return Ok(found),
                        // Tiles are many; one answer that is lost does not end an audit.
                        Err(_) => tokio::time::sleep(wait).await,
                    }
                    wait *= 2;
                }
                self.once(uri).await
            })
            .with_context(what)
    }

    async fn once(&self, uri: Uri) -> Result<Option<Vec<u8>>> {
        let asked = async {
            let response = self.client.get(uri).await?;
            let status = response.status();
            if status == 404 {
                return Ok(None);
            }
            ensure!(status == 200, "the answer is {status}");
            let body = Limited::new(response.into_body(), MAX_BYTES);
            let bytes = body
                .collect()
                .await
                .map_err(|error| anyhow::anyhow!(error))?;
            Ok(Some(bytes.to_bytes().to_vec()))
        };
        tokio::time::timeout(WITHIN, asked)
            .await
            .context("no answer in time")?
    }
}
