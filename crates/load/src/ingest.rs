//! Batches of a registered source: signed as `spec/sources.md` has it, sent as fast as they are taken.

use std::cell::{Cell, RefCell};
use std::fs;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use base64ct::{Base64, Encoding};
use hc_code::signing::{Algorithm, Signer, SigningKey};
use hc_code::{Span, Timestamp};
use hc_people::Crowd;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::task::LocalSet;
use tokio::time::Instant;

use crate::args::Ingest;
use crate::connection::{Connection, Way};
use crate::people::{asked, get, text};
use crate::report;

/// What was measured.
#[derive(Debug, Serialize)]
struct Taken {
    batches: u32,
    rows: u64,
    new: u64,
    quarantined: u64,
    changed: u64,
    /// Seconds from the first request to the last answer.
    seconds: f64,
    rows_a_second: f64,
    /// Milliseconds of the slowest batch.
    slowest: f64,
}

/// The part of a key file that a signer needs.
#[derive(Deserialize)]
struct KeyFile {
    algorithm: String,
    secret: String,
}

/// So many batches are under way beside each other.
const AT_ONCE: u16 = 4;
/// People are about evenly spread: a step that no count of people is a multiple of.
const STEP: u64 = 1_000_003;

pub(crate) async fn send(ingest: &Ingest, json: bool) -> Result<()> {
    let key = signing_key(&ingest.key)?;
    let way = Way::of(&ingest.target)?;
    let mut connection = Connection::by(&way);
    let now = asked(&mut connection, &get(&ingest.target, "/demo/now", None)).await?;
    let now: Timestamp = text(&now, "/now")?.parse()?;
    let (ingest, key) = (Rc::new(ingest.clone()), Rc::new(key));
    let next = Rc::new(Cell::new(0));
    let answers = Rc::new(RefCell::new(Vec::new()));
    let local = LocalSet::new();
    let begun = Instant::now();
    for _ in 0..ingest.target.connections.min(AT_ONCE) {
        let (ingest, key) = (Rc::clone(&ingest), Rc::clone(&key));
        let (next, answers) = (Rc::clone(&next), Rc::clone(&answers));
        let mut connection = Connection::by(&way);
        local.spawn_local(async move {
            loop {
                let batch = next.get();
                if batch >= ingest.batches {
                    break;
                }
                next.set(batch + 1);
                // Signed when it is sent: a signature is good for minutes only.
                let passed = u32::try_from(begun.elapsed().as_secs()).unwrap_or(u32::MAX);
                let signed = now.plus(Span::seconds(passed));
                let request = match request(&ingest, &key, batch, (now, signed)) {
                    Ok(request) => request,
                    Err(error) => {
                        answers.borrow_mut().push((Err(error), Duration::ZERO));
                        break;
                    }
                };
                let sent = Instant::now();
                let answer = asked(&mut connection, &request).await;
                answers.borrow_mut().push((answer, sent.elapsed()));
            }
        });
    }
    local.await;
    let seconds = begun.elapsed().as_secs_f64();
    let mut taken = Taken {
        batches: ingest.batches,
        rows: 0,
        new: 0,
        quarantined: 0,
        changed: 0,
        seconds,
        rows_a_second: 0.0,
        slowest: 0.0,
    };
    for (answer, took) in answers.take() {
        let answer = answer?;
        ensure!(
            text(&answer, "/state")? == "accepted",
            "a batch was not accepted: {answer}"
        );
        let number = |name: &str| answer.get(name).and_then(Value::as_u64).unwrap_or(0);
        taken.rows += number("rows");
        taken.new += number("new");
        taken.quarantined += number("quarantined");
        taken.changed += number("changed");
        taken.slowest = taken.slowest.max(took.as_secs_f64() * 1000.0);
    }
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
    {
        taken.rows_a_second = taken.rows as f64 / seconds;
    }
    report::measured(&taken, json)
}

/// A batch of tests of the first instant, signed at the second.
fn request(
    ingest: &Ingest,
    key: &SigningKey,
    batch: u32,
    (now, signed): (Timestamp, Timestamp),
) -> Result<Vec<u8>> {
    let crowd = Crowd::hangzhou();
    let mut body = String::new();
    let reference = format!(
        "load-{}-{}-{}-{batch}",
        now.unix(),
        ingest.result,
        ingest.batches
    );
    for row in 0..ingest.rows {
        let place = (u64::from(batch) * u64::from(ingest.rows) + u64::from(row)) * STEP;
        let person = crowd.person(u32::try_from(place % u64::from(ingest.about))?);
        let line = json!({
            "ref": format!("{reference}-{row}"), "source": "laboratory", "by": ingest.name,
            "document_type": "111", "document": person.number, "kind": "test",
            "at": now.to_string(), "method": "nucleic-acid", "pooling": "pooled", "result": ingest.result,
        });
        body.push_str(&line.to_string());
        body.push('\n');
    }
    let digest = Base64::encode_string(&Sha256::digest(body.as_bytes()));
    let parameters = format!(
        "(\"@method\" \"@path\" \"content-type\" \"content-digest\" \"batch-reference\");created={};keyid=\"{}\";tag=\"healthcode-batch-{}\"",
        signed.unix(),
        ingest.source,
        ingest.region
    );
    let base = format!(
        "\"@method\": POST\n\"@path\": /v1/batches\n\"content-type\": application/x-ndjson\n\
         \"content-digest\": sha-256=:{digest}:\n\"batch-reference\": {reference}\n\
         \"@signature-params\": {parameters}"
    );
    let signature = Base64::encode_string(key.sign(base.as_bytes())?.as_bytes());
    let head = format!(
        "POST /v1/batches HTTP/1.1\r\nHost: {}\r\nContent-Type: application/x-ndjson\r\n\
         Content-Length: {}\r\nBatch-Reference: {reference}\r\nContent-Digest: sha-256=:{digest}:\r\n\
         Signature-Input: batch={parameters}\r\nSignature: batch=:{signature}:\r\n\r\n",
        ingest.target.address,
        body.len()
    );
    Ok([head.into_bytes(), body.into_bytes()].concat())
}

pub(crate) fn signing_key(path: &Path) -> Result<SigningKey> {
    let text = fs::read(path).with_context(|| path.display().to_string())?;
    let file: KeyFile = serde_json::from_slice(&text)
        .ok()
        .with_context(|| format!("{} is no secret key file", path.display()))?;
    let algorithm = [Algorithm::Ed25519, Algorithm::Es256, Algorithm::Sm2]
        .into_iter()
        .find(|known| known.name() == file.algorithm);
    let mut secret = [0; 32];
    hex::decode_to_slice(file.secret.trim(), &mut secret)
        .ok()
        .context("the secret is not 64 hexadecimal digits")?;
    Ok(SigningKey::from_secret(
        algorithm.context("the algorithm of the key is unknown")?,
        &secret,
    )?)
}
