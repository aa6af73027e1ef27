//! `import evidence`: batches of a registered source from files, by the same intake as over HTTP.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use hc_core::store::{BatchState, PartyKind};
use hc_node::party::{PartyId, Terms};
use hc_node::region::{BatchForm, Sent};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::super::Outcome;
use crate::args::ImportEvidence;
use crate::clock;
use crate::input::{self, certificates};
use crate::screen::Screen;
use crate::service::stopped::Stopped;

/// The same as over HTTP.
const MAX_BYTES: usize = 16 << 20;
/// Lines that are told on the screen.
const TOLD: usize = 20;

pub(super) fn run(command: &ImportEvidence, screen: &mut Screen) -> Result<Outcome> {
    let source = PartyId::parse(&command.source)?;
    let region = Stopped::begin(&command.config)?;
    let terms = region.run(region.node.party(PartyKind::Source, source.clone()))?;
    let Terms::Source(terms) = terms else {
        bail!("{} is no source", command.source);
    };
    let mut found = false;
    for path in &command.files {
        let mut bytes = input::at_most(path, MAX_BYTES)?;
        let mut named = path.clone();
        if !command.anchors.is_empty() {
            let anchors = certificates::anchors(&command.anchors, &command.revocations)?;
            let opened = certificates::open(&bytes, None, &anchors, clock::now());
            let opened = opened.with_context(|| path.display().to_string())?;
            // An anchor vouches for every laboratory below it: the batch must be this one's.
            if !opened.is_by(terms.key()) {
                bail!(
                    "{}: none of the signers has the key that {source} is registered with",
                    path.display()
                );
            }
            bytes = opened.content;
            // batch.csv.p7 holds a batch.csv.
            named.set_extension("");
        }
        let sent = Sent {
            source: source.clone(),
            // The same content is the same batch, whatever the file is called.
            reference: reference(&bytes),
            form: form(&named)?,
            bytes: Arc::from(bytes),
        };
        let read = region.node.read_batch(&sent, &terms);
        let (judged, at) = read.with_context(|| path.display().to_string())?;
        let receipt = region.run(region.node.take_batch(sent, judged, at));
        let receipt = receipt.with_context(|| path.display().to_string())?;
        let report = &receipt.report;
        found |= report.quarantined > 0 || receipt.state == BatchState::Waiting;
        if screen.json() {
            screen.object(&json!({
                "file": path.display().to_string(),
                "state": receipt.state.to_string(),
                "known": receipt.known,
                "rows": report.rows,
                "new": report.new,
                "repeated": report.repeated,
                "quarantined": report.quarantined,
                "changed": report.changed,
                "lines": report.lines,
            }))?;
            continue;
        }
        screen.heading(format!("{}: {}", path.display(), receipt.state))?;
        screen.line(format!(
            "{} {}, {} {}, {} {}, {} {}",
            report.rows,
            screen.say("行有效", "rows count"),
            report.new,
            screen.say("行为新", "are new"),
            report.quarantined,
            screen.say("行被隔离", "are quarantined"),
            report.changed,
            screen.say("人重新判定", "people decided anew")
        ))?;
        for line in report.lines.iter().take(TOLD) {
            for problem in &line.problems {
                let field = problem.field.as_deref().unwrap_or("line");
                screen.line(format!("  {}: {field}: {}", line.line, problem.problem))?;
            }
        }
    }
    Ok(Outcome::from_found(found))
}

fn form(path: &Path) -> Result<BatchForm> {
    let ending = path.extension().and_then(|ending| ending.to_str());
    match ending {
        Some("ndjson" | "jsonl") => Ok(BatchForm::Ndjson),
        Some("csv") => Ok(BatchForm::Csv),
        _ => bail!(
            "{}: evidence files end with .ndjson, .jsonl or .csv",
            path.display()
        ),
    }
}

/// A file's own reference: the first half of its digest, so that the same file is the same batch.
fn reference(bytes: &[u8]) -> String {
    let mut digest = hex::encode(Sha256::digest(bytes));
    digest.truncate(32);
    format!("file-{digest}")
}
