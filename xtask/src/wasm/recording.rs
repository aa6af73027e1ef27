//! Calls of the verifier, each with the native answer: what the module's answers are compared with.

use std::fs;

use anyhow::{Context, Result, bail};
use hc_code::{DivisionCode, Timestamp};
use hc_testkit::hexadecimal;
use hc_wasm::Room;
use serde_json::{Value, json};

use super::module::Module;
use crate::checkout::{Checkout, output};

/// What a call is given besides numbers.
#[derive(Clone, Debug)]
pub(super) enum Input {
    Nothing,
    Text(String),
    Bytes(Vec<u8>),
}

/// A part of an answer; null where it has none.
pub(super) fn field<'a>(answer: &'a Value, name: &str) -> &'a Value {
    answer.get(name).unwrap_or(&Value::Null)
}

/// Calls in order, made natively at once.
#[derive(Debug, Default)]
pub(super) struct Recording {
    room: Room,
    calls: Vec<String>,
    answers: Vec<String>,
}

/// Where a call's numbers come from.
#[derive(Clone, Copy, Debug)]
pub(super) enum Number {
    Narrow(u32),
    Time(Timestamp),
}

impl From<u32> for Number {
    fn from(number: u32) -> Self {
        Self::Narrow(number)
    }
}

impl From<DivisionCode> for Number {
    fn from(region: DivisionCode) -> Self {
        Self::Narrow(region.number())
    }
}

impl From<Timestamp> for Number {
    fn from(time: Timestamp) -> Self {
        Self::Time(time)
    }
}

impl Recording {
    /// Makes a call, keeps it, and gives its native answer.
    pub(super) fn call(&mut self, name: &str, numbers: &[Number], input: Input) -> Result<Value> {
        let answer = self.native(name, numbers, &input)?;
        let value = serde_json::from_str(&answer).context("the native answer is no JSON")?;
        let numbers: Vec<Value> = numbers
            .iter()
            .map(|number| match number {
                Number::Narrow(number) => json!(number),
                // 64 bits: more than a JavaScript number holds.
                Number::Time(time) => json!(time.unix().to_string()),
            })
            .collect();
        let mut call = json!({ "call": name, "numbers": numbers });
        if let Some(call) = call.as_object_mut() {
            match input {
                Input::Nothing => None,
                Input::Text(text) => call.insert("text".to_owned(), Value::String(text)),
                Input::Bytes(bytes) => {
                    call.insert("hex".to_owned(), Value::String(hexadecimal::write(&bytes)))
                }
            };
        }
        self.calls.push(call.to_string());
        self.answers.push(answer);
        Ok(value)
    }

    /// Opens a gate or memory and gives its number.
    pub(super) fn open(&mut self, name: &str, numbers: &[Number], input: Input) -> Result<u32> {
        let answer = self.call(name, numbers, input)?;
        let number = answer.get("number").and_then(Value::as_u64);
        let number = number.with_context(|| format!("{name}: {answer}"))?;
        Ok(number.try_into()?)
    }

    /// Makes the calls in Node, in a module and in the one of its kind that is checked in: whatever was built here, what
    /// pages have must answer the same. Gives the differences.
    pub(super) fn replay(&self, checkout: &Checkout, module: &Module) -> Result<Vec<String>> {
        let folder = module.folder();
        let (calls, answers) = (folder.join("calls.jsonl"), folder.join("answers.jsonl"));
        fs::write(&calls, self.calls.join("\n"))?;
        let kept = module.kind.kept();
        let mut differences = Vec::new();
        for (name, file) in [
            (module.kind.to_string(), module.file().to_owned()),
            (kept.to_owned(), checkout.path(kept)),
        ] {
            let mut replay = checkout.command("node");
            replay.arg("crates/wasm/tests/replay.mjs").arg(file);
            output(replay.args([&calls, &answers])).with_context(|| {
                format!(
                    "{name}; one that is checked in and older: cargo xtask wasm --build-only --keep"
                )
            })?;
            let found = self.differences(&fs::read_to_string(&answers)?);
            differences.extend(found.into_iter().map(|line| format!("{name}: {line}")));
        }
        Ok(differences)
    }

    /// How many calls there are.
    pub(super) fn len(&self) -> usize {
        self.calls.len()
    }

    /// Every call on which the module said something else, with both answers.
    pub(super) fn differences(&self, answers: &str) -> Vec<String> {
        let mut differences = Vec::new();
        let mut theirs = answers.lines();
        for (call, native) in self.calls.iter().zip(&self.answers) {
            let module = theirs.next().unwrap_or("no answer");
            if module != native {
                differences.push(format!("{call}\n  native {native}\n  module {module}"));
            }
        }
        if theirs.next().is_some() {
            differences.push("the module gave more answers than there were calls".to_owned());
        }
        differences
    }

    fn native(&mut self, name: &str, numbers: &[Number], input: &Input) -> Result<String> {
        let bytes = match input {
            Input::Nothing => &[][..],
            Input::Text(text) => text.as_bytes(),
            Input::Bytes(bytes) => bytes,
        };
        let room = &mut self.room;
        let now = |time: &Timestamp| time.unix();
        Ok(match (name, numbers) {
            ("hc_open_gate", []) => room.open_gate(bytes),
            ("hc_open_memory", [Number::Narrow(capacity)]) => room.open_memory(*capacity),
            ("hc_trust_list", [Number::Narrow(gate), Number::Time(at)]) => {
                room.trust_list(*gate, now(at), bytes)
            }
            ("hc_removals", [Number::Narrow(gate), Number::Time(at)]) => {
                room.removals(*gate, now(at), bytes)
            }
            (
                "hc_issuer",
                [
                    Number::Narrow(gate),
                    Number::Narrow(region),
                    Number::Time(at),
                ],
            ) => room.issuer(*gate, *region, now(at)),
            (
                "hc_verify",
                [
                    Number::Narrow(gate),
                    Number::Narrow(memory),
                    Number::Time(at),
                ],
            ) => room.verify(*gate, *memory, now(at), bytes),
            (
                _,
                [
                    Number::Narrow(gate),
                    Number::Narrow(region),
                    Number::Time(at),
                ],
            ) => {
                let (gate, region, at) = (*gate, *region, now(at));
                match name {
                    "hc_key_list" => room.key_list(gate, region, at, bytes),
                    "hc_status_shard" => room.status_shard(gate, region, at, bytes),
                    "hc_status_delta" => room.status_delta(gate, region, at, bytes),
                    "hc_paper_list" => room.paper_list(gate, region, at, bytes),
                    "hc_notices" => room.notices(gate, region, at, bytes),
                    "hc_recognition" => room.recognition(gate, region, at, bytes),
                    "hc_without_code" => room.without_code(gate, region, at),
                    _ => bail!("no call {name}"),
                }
            }
            (
                "hc_status",
                [
                    Number::Narrow(gate),
                    Number::Narrow(region),
                    Number::Narrow(day),
                    Number::Narrow(index),
                ],
            ) => room.status(*gate, *region, *day, *index),
            ("hc_paper", [Number::Narrow(gate), Number::Narrow(region)]) => {
                room.paper(*gate, *region, bytes)
            }
            ("hc_marks", [Number::Narrow(gate)]) => room.marks(*gate),
            ("hc_policy", [Number::Narrow(gate)]) => room.policy(*gate, bytes),
            ("hc_authorities", [Number::Narrow(gate)]) => room.authorities(*gate, bytes),
            ("hc_forget_past", [Number::Narrow(gate), Number::Time(at)]) => {
                room.forget_past(*gate, now(at))
            }
            ("hc_signature", []) => Room::signature(bytes),
            _ => bail!("no call {name} with {} numbers", numbers.len()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_answer_is_a_difference() {
        let mut recording = Recording::default();
        recording
            .call("hc_marks", &[7.into()], Input::Nothing)
            .unwrap();
        let answer = "{\"error\":\"no-gate\",\"about\":\"7\"}\n";
        assert_eq!(recording.differences(answer), Vec::<String>::new());
        assert_eq!(recording.differences("{}\n").len(), 1);
        assert_eq!(recording.differences("").len(), 1);
        assert_eq!(recording.differences(&format!("{answer}{{}}\n")).len(), 1);
    }
}
