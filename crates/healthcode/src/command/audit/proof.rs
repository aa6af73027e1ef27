//! `audit proof`: a person's own receipt, with nothing but the key.

use anyhow::{Context, Result, bail};
use hc_tlog::proof::{Receipt, ReceiptError};
use serde_json::{Value, json};

use super::{Outcome, time, value};
use crate::args::CheckProof;
use crate::input;
use crate::screen::Screen;

/// More bytes than a proof with its head and the region's answer around it has.
const MAX_BYTES: usize = 4 << 20;

pub(super) fn run(command: &CheckProof, screen: &mut Screen) -> Result<Outcome> {
    let what = || command.proof.display().to_string();
    let bytes = input::at_most(&command.proof, MAX_BYTES)?;
    let receipt = Receipt::parse(&receipt_of(bytes).with_context(what)?).with_context(what)?;
    let keys = std::slice::from_ref(&command.key);
    let head = match receipt.verify_content(keys) {
        Ok(head) => head,
        Err(ReceiptError::NoContent) => bail!(
            "{}: salt and content are not in the proof, so it shows nothing by itself",
            what()
        ),
        Err(error) => {
            let error = error.to_string();
            if screen.json() {
                screen.object(&json!({"good": false, "index": receipt.index(), "why": error}))?;
            } else {
                let says = screen.say("证明不成立：", "the proof does not hold:");
                screen.line(format!("{says} {error}"))?;
            }
            return Ok(Outcome::Found);
        }
    };
    // The content opened the leaf, so it is an entry unless the log committed to something else.
    let entry = receipt.opening().map(|opening| opening.content().entry());
    let entry = entry.context("no content")?.with_context(what)?;
    let checkpoint = head.checkpoint();
    if screen.json() {
        let details: Vec<Value> = entry
            .details()
            .map(|detail| json!({"field": detail.field().word(), "value": value(detail)}))
            .collect();
        screen.object(&json!({
            "good": true,
            "log": checkpoint.origin().as_str(),
            "index": receipt.index(),
            "size": checkpoint.size(),
            "kind": entry.kind().word(),
            "at": time(entry.at()),
            "actor": {"role": entry.actor().role().to_string(), "id": entry.actor().id().as_str()},
            "details": details,
        }))?;
        return Ok(Outcome::Clean);
    }
    screen.heading(format!(
        "{} {} ({} {})",
        screen.say("该记录在日志中：", "the entry stands in the log:"),
        receipt.index(),
        checkpoint.origin(),
        checkpoint.size()
    ))?;
    screen.line(format!(
        "{}  {}  {} {}",
        time(entry.at()),
        entry.kind(),
        entry.actor().role(),
        entry.actor().id().as_str()
    ))?;
    for detail in entry.details() {
        screen.line(format!("  {}: {}", detail.field(), value(detail)))?;
    }
    Ok(Outcome::Clean)
}

/// The receipt in a file: the file itself, or the member of that name in the region's answer.
fn receipt_of(bytes: Vec<u8>) -> Result<Vec<u8>> {
    if bytes.first() != Some(&b'{') {
        return Ok(bytes);
    }
    let answer: Value = serde_json::from_slice(&bytes)
        .map_err(|error| anyhow::anyhow!("no JSON at line {}", error.line()))?;
    match answer.get("receipt") {
        Some(Value::String(receipt)) => Ok(receipt.clone().into_bytes()),
        Some(Value::Null) => {
            bail!("the entry was not under a signed head yet; ask for the proof again")
        }
        _ => bail!("no receipt is in it"),
    }
}
