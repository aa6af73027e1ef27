//! A region's laboratory: it signs the batches that it sends (`spec/sources.md`).

use std::fs;
use std::io::{Read, Write};
use std::path::Path;

use base64ct::{Base64, Encoding as _};
use hc_code::signing::{Algorithm, Signer as _, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{Program, process};
use crate::told::Told;

#[derive(Debug)]
pub(super) struct Laboratory {
    region: String,
    key: SigningKey,
}

impl Laboratory {
    /// Registers one, while the region is not served.
    pub(super) fn register(program: &Program, region: &str, folder: &Path) -> Self {
        let config = folder.join("healthcode.toml").display().to_string();
        let file = folder.join("laboratory.json");
        let out = file.display().to_string();
        let words = ["source", "add", "--config", &config, "--id", "lab"];
        let words = [&words[..], &["--out", &out, "--kind", "laboratory"]].concat();
        let words = [&words[..], &["--line", "test", "--division", region]].concat();
        program.done(&words, &[0]);
        let file: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
        let digits = file["secret"].as_str().unwrap();
        let secret = crate::hexadecimal::read(digits).unwrap();
        let secret: [u8; 32] = secret.try_into().unwrap();
        Self {
            region: region.to_owned(),
            key: SigningKey::from_secret(Algorithm::Ed25519, &secret).unwrap(),
        }
    }

    /// A batch of one line.
    pub(super) fn request(&self, person: &Value, result: &str, reference: &str) -> String {
        let now = process::instant();
        let mut line = json!({
            "ref": reference, "source": "laboratory", "by": "lab", "kind": "test",
            "at": now.to_string(), "method": "nucleic-acid", "pooling": "single", "result": result,
        });
        for (name, value) in person.as_object().unwrap() {
            line[name] = value.clone();
        }
        let body = format!("{line}\n");
        let digest = Base64::encode_string(&Sha256::digest(body.as_bytes()));
        let parameters = format!(
            "(\"@method\" \"@path\" \"content-type\" \"content-digest\" \"batch-reference\");created={};keyid=\"lab\";tag=\"healthcode-batch-{}\"",
            now.unix(),
            self.region
        );
        let base = format!(
            "\"@method\": POST\n\"@path\": /v1/batches\n\"content-type\": application/x-ndjson\n\
             \"content-digest\": sha-256=:{digest}:\n\"batch-reference\": {reference}\n\
             \"@signature-params\": {parameters}"
        );
        let signature = self.key.sign(base.as_bytes()).unwrap();
        let signature = Base64::encode_string(signature.as_bytes());
        format!(
            "POST /v1/batches HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/x-ndjson\r\n\
             Content-Length: {}\r\nBatch-Reference: {reference}\r\nContent-Digest: sha-256=:{digest}:\r\n\
             Signature-Input: batch={parameters}\r\nSignature: batch=:{signature}:\r\n\r\n{body}",
            body.len()
        )
    }
}

/// Sends it and reads the answer.
pub(super) fn send(stream: &mut (impl Read + Write), request: &str) -> Told {
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    Told {
        status: head.split(' ').nth(1).unwrap().parse().unwrap(),
        head: head.to_owned(),
        body: body.to_owned(),
    }
}
