//! A health authority of a region: it signs the batches that it sends (`spec/sources.md`).

use anyhow::{Context, Result};
use base64ct::{Base64, Encoding as _};
use hc_code::signing::{Algorithm, Signer as _, SigningKey};
use hc_code::{DivisionCode, Span, Timestamp};
use hc_core::evidence::SourceKind;
use hc_core::evidence::intake::LineKind;
use hc_core::store::Store as _;
use hc_node::party::PartyId;
use hc_node::sources::SourceTerms;
use hyper::Method;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::asking::{Asking, Said};
use crate::service::node::Node;
use crate::service::secrets::signing_key;

/// As it signs.
const ID: &str = "cdc";

pub(super) struct Authority {
    region: DivisionCode,
    key: SigningKey,
}

impl Authority {
    /// Registers one that may state contacts and tests.
    pub(super) async fn register(node: &Node) -> Result<Self> {
        let (key, _) = signing_key(Algorithm::Ed25519)?;
        let now = node.now();
        let times = (now, now.plus(Span::days(180)));
        let lines = ["contact", "test"].map(LineKind::from_word);
        let lines: Option<Vec<LineKind>> = lines.into_iter().collect();
        let lines = lines.context("a kind of line is not known")?;
        let (id, public) = (PartyId::parse(ID)?, key.public_key().clone());
        let kind = SourceKind::HealthAuthority;
        let terms = SourceTerms::new(id, kind, lines, vec![node.division()], public, times)?;
        let row = terms.to_row();
        let written = node.store().write(move |writing| writing.set_party(&row));
        let written: Result<(), hc_core::store::StoreError> = written.await;
        written?;
        Ok(Self {
            region: node.division(),
            key,
        })
    }

    /// Sends one line; gives the receipt.
    pub(super) async fn send(
        &self,
        asking: &Asking,
        (at, reference): (&str, &str),
        mut line: Value,
        now: Timestamp,
    ) -> Result<()> {
        let fixed = [
            ("ref", reference),
            ("source", "health-authority"),
            ("by", ID),
        ];
        for (name, value) in fixed {
            if let Some(line) = line.as_object_mut() {
                line.insert(name.to_owned(), value.into());
            }
        }
        let body = format!("{line}\n");
        let digest = Base64::encode_string(&Sha256::digest(body.as_bytes()));
        let parameters = format!(
            "(\"@method\" \"@path\" \"content-type\" \"content-digest\" \"batch-reference\");created={};keyid=\"{ID}\";tag=\"healthcode-batch-{}\"",
            now.unix(),
            self.region
        );
        let base = format!(
            "\"@method\": POST\n\"@path\": /v1/batches\n\"content-type\": application/x-ndjson\n\
             \"content-digest\": sha-256=:{digest}:\n\"batch-reference\": {reference}\n\
             \"@signature-params\": {parameters}"
        );
        let signature = Base64::encode_string(self.key.sign(base.as_bytes())?.as_bytes());
        let said = Said {
            token: None,
            headers: vec![
                ("content-type", "application/x-ndjson".to_owned()),
                ("batch-reference", reference.to_owned()),
                ("content-digest", format!("sha-256=:{digest}:")),
                ("signature-input", format!("batch={parameters}")),
                ("signature", format!("batch=:{signature}:")),
            ],
            body: Some(body.into_bytes()),
        };
        let address = format!("{at}/v1/batches");
        let (status, bytes) = asking.send(Method::POST, &address, said).await?;
        let report: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let whole = report.get("quarantined").and_then(Value::as_u64) == Some(0);
        anyhow::ensure!(
            status.is_success() && whole,
            "{address}: {status}: {}",
            String::from_utf8_lossy(&bytes)
        );
        Ok(())
    }
}
