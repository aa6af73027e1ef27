//! Gates and memories by number, and every call with JSON as its answer.

use std::collections::BTreeMap;

use hc_code::signing::{PublicKey, Signature};
use hc_code::verify::{IssuerAnswer, ListAnswer, ShowingMemory};
use hc_code::{DivisionCode, DivisionCodeError, Timestamp};
use serde::{Deserialize, Serialize};

use crate::gate::Gate;
use crate::marks::MarksError;
use crate::report::Report;
use crate::settings::{Settings, SettingsError, algorithm, hexadecimal};
use crate::taken::Taken;

/// What a caller outside of Rust can reach: by number, since it holds no Rust values.
#[derive(Debug, Default)]
pub struct Room {
    gates: BTreeMap<u32, Gate>,
    memories: BTreeMap<u32, ShowingMemory>,
    last: u32,
}

/// Why a call made no sense. Lists that are refused and codes that are invalid are answers, not
/// errors.
#[derive(Debug, thiserror::Error)]
pub enum RoomError {
    /// Never opened, or closed.
    #[error("there is no gate {0}")]
    NoGate(u32),
    /// Never opened, or closed.
    #[error("there is no memory {0}")]
    NoMemory(u32),
    /// Closed ones are never numbered again.
    #[error("no number is left for another gate or memory")]
    NoNumber,
    /// Nothing can be verified without knowing whom to trust.
    #[error("gate {0} holds no trust list")]
    NoTrustList(u32),
    /// Settings of a gate, or parts of them.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// What was remembered.
    #[error(transparent)]
    Marks(#[from] MarksError),
    /// A policy.
    #[error("not a recognition policy: {0}")]
    Policy(serde_json::Error),
    /// A question.
    #[error("not a question of this form: {0}")]
    Question(serde_json::Error),
    /// A region.
    #[error(transparent)]
    Region(#[from] DivisionCodeError),
    /// Texts are UTF-8.
    #[error("the text is not UTF-8: {0}")]
    Text(#[from] core::str::Utf8Error),
    /// Pointers of paper codes have sixteen bytes.
    #[error("a pointer has 16 bytes, not {0}")]
    Pointer(usize),
}

#[derive(Serialize)]
struct Opened {
    number: u32,
}

#[derive(Serialize)]
struct Offered {
    accepted: bool,
    word: Taken,
}

#[derive(Serialize)]
struct NotTaken {
    accepted: bool,
    word: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    value: u8,
    as_of: i64,
    expires_at: i64,
}

#[derive(Serialize)]
struct IssuerReport {
    issuer: &'static str,
    roots: Vec<String>,
}

#[derive(Serialize)]
struct SignatureReport {
    outcome: &'static str,
}

#[derive(Serialize)]
struct Fault {
    error: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignatureForm {
    algorithm: String,
    key: String,
    message: String,
    signature: String,
}

/// Which kind of list is offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Trust,
    Removals,
    Keys,
    Shard,
    Delta,
    Paper,
}

fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value)
        .unwrap_or_else(|error| format!(r#"{{"error":"the answer cannot be written: {error}"}}"#))
}

fn answer(outcome: Result<String, RoomError>) -> String {
    outcome.unwrap_or_else(|error| {
        json(&Fault {
            error: error.to_string(),
        })
    })
}

fn region(number: u32) -> Result<DivisionCode, RoomError> {
    Ok(DivisionCode::new(number)?)
}

impl Room {
    /// A room with nothing in it.
    pub fn new() -> Self {
        Self::default()
    }

    /// Opens a gate with [`Settings`]: `{"number": …}`.
    pub fn open_gate(&mut self, settings: &[u8]) -> String {
        answer((|| {
            let gate = Gate::new(Settings::parse(settings)?)?;
            let number = self.number()?;
            self.gates.insert(number, gate);
            Ok(json(&Opened { number }))
        })())
    }

    /// Opens a memory for so many showings at a time: `{"number": …}`.
    pub fn open_memory(&mut self, capacity: u32) -> String {
        answer((|| {
            let number = self.number()?;
            let capacity = usize::try_from(capacity).unwrap_or(usize::MAX);
            self.memories.insert(number, ShowingMemory::new(capacity));
            Ok(json(&Opened { number }))
        })())
    }

    /// Closes a gate or memory; its number is not used again. Whether there was one.
    pub fn close(&mut self, number: u32) -> bool {
        self.gates.remove(&number).is_some() || self.memories.remove(&number).is_some()
    }

    /// Offers a trust list at a time by the device's clock, Unix seconds:
    /// `{"accepted": true, "word"}` or `{"accepted": false, "word"}`.
    pub fn trust_list(&mut self, gate: u32, now: i64, bytes: &[u8]) -> String {
        self.offer(Kind::Trust, gate, 0, now, bytes)
    }

    /// Offers removals; answers as [`Self::trust_list`].
    pub fn removals(&mut self, gate: u32, now: i64, bytes: &[u8]) -> String {
        self.offer(Kind::Removals, gate, 0, now, bytes)
    }

    /// Offers a region's key list; answers as [`Self::trust_list`].
    pub fn key_list(&mut self, gate: u32, region: u32, now: i64, bytes: &[u8]) -> String {
        self.offer(Kind::Keys, gate, region, now, bytes)
    }

    /// Offers a shard of a region's status list; answers as [`Self::trust_list`].
    pub fn status_shard(&mut self, gate: u32, region: u32, now: i64, bytes: &[u8]) -> String {
        self.offer(Kind::Shard, gate, region, now, bytes)
    }

    /// Offers changes to a region's status list; answers as [`Self::trust_list`].
    pub fn status_delta(&mut self, gate: u32, region: u32, now: i64, bytes: &[u8]) -> String {
        self.offer(Kind::Delta, gate, region, now, bytes)
    }

    /// Offers a region's paper list; answers as [`Self::trust_list`].
    pub fn paper_list(&mut self, gate: u32, region: u32, now: i64, bytes: &[u8]) -> String {
        self.offer(Kind::Paper, gate, region, now, bytes)
    }

    /// Sets the recognition policy from its JSON: `{}`.
    pub fn policy(&mut self, gate: u32, policy: &[u8]) -> String {
        answer((|| {
            let policy = serde_json::from_slice(policy).map_err(RoomError::Policy)?;
            self.gate_mut(gate)?.set_policy(policy);
            Ok("{}".to_owned())
        })())
    }

    /// The verdict on a text at a time by the device's clock, Unix seconds: a [`Report`].
    pub fn verify(&mut self, gate: u32, memory: u32, now: i64, text: &[u8]) -> String {
        answer((|| {
            let text = core::str::from_utf8(text)?;
            let held = self.gates.get(&gate).ok_or(RoomError::NoGate(gate))?;
            let memories = &mut self.memories;
            let memory = memories
                .get_mut(&memory)
                .ok_or(RoomError::NoMemory(memory))?;
            let verdict = held.verify(text, Timestamp::from_unix(now), memory);
            let verdict = verdict.ok_or(RoomError::NoTrustList(gate))?;
            Ok(json(&Report::of(&verdict)))
        })())
    }

    /// What a status list says of a position: `{"value", "asOf", "expiresAt"}` or `null`.
    pub fn status(&self, gate: u32, region: u32, day: u32, index: u32) -> String {
        answer((|| {
            let found = self.gate(gate)?.status(self::region(region)?, day, index);
            Ok(json(&found.map(Listed::of)))
        })())
    }

    /// What a paper list says of a sheet by its pointer of 16 bytes; answers as [`Self::status`].
    pub fn paper(&self, gate: u32, region: u32, pointer: &[u8]) -> String {
        answer((|| {
            let fault = |_| RoomError::Pointer(pointer.len());
            let pointer = pointer.try_into().map_err(fault)?;
            let found = self.gate(gate)?.paper(self::region(region)?, pointer);
            Ok(json(&found.map(Listed::of)))
        })())
    }

    /// Whether a region may issue, and the ids of its roots for codes:
    /// `{"issuer": "known" | "removed" | "unknown", "roots"}`.
    pub fn issuer(&self, gate: u32, region: u32, now: i64) -> String {
        answer((|| {
            let gate = self.gate(gate)?;
            let (issuer, roots) = gate.issuer(self::region(region)?, Timestamp::from_unix(now));
            Ok(json(&IssuerReport {
                issuer: match issuer {
                    IssuerAnswer::Known(_) => "known",
                    IssuerAnswer::Removed => "removed",
                    IssuerAnswer::Unknown => "unknown",
                },
                roots: roots.iter().map(|root| root.id().to_string()).collect(),
            }))
        })())
    }

    /// What must be remembered across a restart, as [`Settings`] take it.
    pub fn marks(&self, gate: u32) -> String {
        answer(self.gate(gate).map(|gate| json(&gate.marks())))
    }

    /// Forgets status lists of days that are over: `{}`.
    pub fn forget_past(&mut self, gate: u32, now: i64) -> String {
        answer(self.gate_mut(gate).map(|gate| {
            gate.forget_past(Timestamp::from_unix(now));
            "{}".to_owned()
        }))
    }

    /// Checks one signature, `{"algorithm", "key", "message", "signature"}` with the bytes in
    /// hexadecimal: `{"outcome": "valid" | "forged" | "no-signature" | "no-key"}`.
    pub fn signature(question: &[u8]) -> String {
        answer((|| {
            let form: SignatureForm =
                serde_json::from_slice(question).map_err(RoomError::Question)?;
            let algorithm = algorithm(&form.algorithm)?;
            let (key, message) = (hexadecimal(&form.key)?, hexadecimal(&form.message)?);
            let signature = hexadecimal(&form.signature)?;
            let key = PublicKey::parse(algorithm, &key);
            let signature = Signature::parse(algorithm, &signature);
            let outcome = match (key, signature) {
                (Err(_), _) => "no-key",
                (_, Err(_)) => "no-signature",
                (Ok(key), Ok(signature)) if key.verifies(&message, &signature) => "valid",
                _ => "forged",
            };
            Ok(json(&SignatureReport { outcome }))
        })())
    }

    fn offer(&mut self, kind: Kind, gate: u32, region: u32, now: i64, bytes: &[u8]) -> String {
        answer((|| {
            let gate = self.gate_mut(gate)?;
            let now = Timestamp::from_unix(now);
            let region = || self::region(region);
            let taken = match kind {
                Kind::Trust => gate.take_trust_list(bytes, now),
                Kind::Removals => gate.take_removals(bytes, now),
                Kind::Keys => gate.take_key_list(bytes, region()?, now),
                Kind::Shard => gate.take_shard(bytes, region()?, now),
                Kind::Delta => gate.take_delta(bytes, region()?, now),
                Kind::Paper => gate.take_paper_list(bytes, region()?, now),
            };
            Ok(match taken {
                Ok(word) => json(&Offered {
                    accepted: true,
                    word,
                }),
                Err(refused) => json(&NotTaken {
                    accepted: false,
                    word: refused.word(),
                }),
            })
        })())
    }

    fn number(&mut self) -> Result<u32, RoomError> {
        self.last = self.last.checked_add(1).ok_or(RoomError::NoNumber)?;
        Ok(self.last)
    }

    fn gate(&self, number: u32) -> Result<&Gate, RoomError> {
        self.gates.get(&number).ok_or(RoomError::NoGate(number))
    }

    fn gate_mut(&mut self, number: u32) -> Result<&mut Gate, RoomError> {
        self.gates.get_mut(&number).ok_or(RoomError::NoGate(number))
    }
}

impl Listed {
    fn of(answer: ListAnswer) -> Self {
        Self {
            value: answer.listed.bits(),
            as_of: answer.as_of.unix(),
            expires_at: answer.expires_at.unix(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HUB: &str = r#"{"algorithm":"Ed25519","key":"d54207da194977dcf46adbfec2bc2e75b52d5a8a42184fedfdc00024f0e3e8da"}"#;

    fn settings(rest: &str) -> String {
        format!(r#"{{"hubKeys":[{HUB}]{rest}}}"#)
    }

    #[test]
    fn without_a_trust_list_nothing_is_verified() {
        let mut room = Room::new();
        assert_eq!(room.open_gate(settings("").as_bytes()), r#"{"number":1}"#);
        assert_eq!(room.open_memory(1), r#"{"number":2}"#);
        let answer = room.verify(1, 2, 0, b"");
        assert_eq!(answer, r#"{"error":"gate 1 holds no trust list"}"#);
        let answer = room.key_list(1, 330_000, 0, b"");
        assert_eq!(answer, r#"{"accepted":false,"word":"no-trust-list"}"#);
    }

    #[test]
    fn a_closed_gate_is_gone_and_its_number_with_it() {
        let mut room = Room::new();
        room.open_gate(settings("").as_bytes());
        assert!(room.close(1));
        assert!(!room.close(1));
        assert_eq!(room.marks(1), r#"{"error":"there is no gate 1"}"#);
        assert_eq!(room.open_memory(1), r#"{"number":2}"#);
    }

    #[test]
    fn settings_are_taken_whole_or_not_at_all() {
        let mut room = Room::new();
        for wrong in [
            "",
            "{}",
            r#"{"hubKeys":[]}"#,
            r#"{"hubKeys":[{"algorithm":"RSA","key":""}]}"#,
            r#"{"hubKeys":[{"algorithm":"Ed25519","key":"0"}]}"#,
            &settings(
                r#","policy":{"version":"1","rules":[{"id":"x","levels":["10"],"then":"pass"}]}"#,
            ),
            &settings(r#","marks":{"unheard":1}"#),
            &settings(r#","other":1"#),
        ] {
            let answer = room.open_gate(wrong.as_bytes());
            assert!(answer.starts_with(r#"{"error":""#), "{wrong}: {answer}");
        }
        assert_eq!(room.open_memory(1), r#"{"number":1}"#);
    }

    #[test]
    fn marks_come_back_as_they_were() {
        let marks = r#"{"trustVersion":7,"status":[{"region":"330000","day":19171,"epoch":0,"domainBits":20,"full":3,"newest":4,"issuedAt":1656388800}],"paper":[{"region":"330000","sequence":2,"issuedAt":1656388800}]}"#;
        let mut room = Room::new();
        room.open_gate(settings(&format!(r#","marks":{marks}"#)).as_bytes());
        assert_eq!(room.marks(1), marks);
    }
}
