//! Gates and memories by number, and every call with JSON as its answer.

use hc_code::recognition::Authority;
use hc_code::signing::{PublicKey, Signature};
use hc_code::verify::{IssuerAnswer, ListAnswer, ShowingMemory};
use hc_code::{DivisionCode, DivisionCodeError, Timestamp};

use crate::gate::Gate;
use crate::json::{Fields, FormError, Json, Object, Read, decimal, hexadecimal, list, read};
use crate::marks::MarksError;
use crate::policy::{PolicyFault, policy};
use crate::report::{report, without_code};
use crate::settings::{self, Settings, SettingsError};

/// What a caller outside of Rust can reach: by number, since it holds no Rust values.
#[derive(Debug, Default)]
pub struct Room {
    gates: Vec<(u32, Gate)>,
    memories: Vec<(u32, ShowingMemory)>,
    last: u32,
}

/// Why a call made no sense. Lists that are refused and codes that are invalid are answers, not
/// errors.
///
/// It is answered as `{"error": word, "about": what}`; `web/verifier/verifier.mjs` makes a sentence of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
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
    /// Settings of a gate, or a question with parts like theirs.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// What was remembered.
    #[error(transparent)]
    Marks(#[from] MarksError),
    /// A policy.
    #[error(transparent)]
    Policy(#[from] PolicyFault),
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

impl RoomError {
    /// The word of the fault.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::NoGate(_) => "no-gate",
            Self::NoMemory(_) => "no-memory",
            Self::NoNumber => "no-number",
            Self::Settings(fault) => fault.word(),
            Self::Marks(fault) => fault.word(),
            Self::Policy(fault) => fault.word(),
            Self::Region(_) => "region",
            Self::Text(_) => "not-utf8",
            Self::Pointer(_) => "pointer",
        }
    }

    /// What it is about: a number, a field, a rule, a value, or the place in the text.
    pub fn about(&self) -> String {
        let whole = |number| decimal(i64::try_from(number).unwrap_or(i64::MAX));
        match self {
            Self::NoGate(number) | Self::NoMemory(number) => decimal((*number).into()),
            Self::NoNumber => String::new(),
            Self::Settings(fault) => fault.about(),
            Self::Marks(fault) => fault.about(),
            Self::Policy(fault) => fault.about(),
            Self::Region(fault) => fault.0.clone(),
            Self::Text(fault) => whole(fault.valid_up_to()),
            Self::Pointer(length) => whole(*length),
        }
    }
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
    Notices,
    Recognition,
}

fn answer(outcome: Result<String, RoomError>) -> String {
    outcome.unwrap_or_else(|error| {
        let about = error.about();
        Object::new()
            .text("error", error.word())
            .text("about", &about)
            .end()
    })
}

fn opened(number: u32) -> String {
    Object::new().whole("number", number.into()).end()
}

fn word(name: &str, word: &str) -> String {
    Object::new().text(name, word).end()
}

fn listed(answer: Option<ListAnswer>) -> String {
    match answer {
        None => "null".to_owned(),
        Some(answer) => Object::new()
            .whole("value", answer.listed.bits().into())
            .whole("asOf", answer.as_of.unix())
            .whole("expiresAt", answer.expires_at.unix())
            .end(),
    }
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
            self.gates.push((number, gate));
            Ok(opened(number))
        })())
    }

    /// Opens a memory for so many showings at a time: `{"number": …}`.
    pub fn open_memory(&mut self, capacity: u32) -> String {
        answer((|| {
            let number = self.number()?;
            let capacity = usize::try_from(capacity).unwrap_or(usize::MAX);
            self.memories.push((number, ShowingMemory::new(capacity)));
            Ok(opened(number))
        })())
    }

    /// Closes a gate or memory; its number is not used again. Whether there was one.
    pub fn close(&mut self, number: u32) -> bool {
        let before = self.gates.len() + self.memories.len();
        self.gates.retain(|(held, _)| *held != number);
        self.memories.retain(|(held, _)| *held != number);
        self.gates.len() + self.memories.len() < before
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

    /// Offers a region's list of notices; answers as [`Self::trust_list`].
    pub fn notices(&mut self, gate: u32, region: u32, now: i64, bytes: &[u8]) -> String {
        self.offer(Kind::Notices, gate, region, now, bytes)
    }

    /// Offers a region's recognition policy; answers as [`Self::trust_list`].
    pub fn recognition(&mut self, gate: u32, region: u32, now: i64, bytes: &[u8]) -> String {
        self.offer(Kind::Recognition, gate, region, now, bytes)
    }

    /// Sets whom the gate has to satisfy, `{"regions": ["510000"], "venue": true}`: by the regions' own
    /// policies, and by that of the gate's settings where `venue` is true. Nobody: the settings' alone.
    pub fn authorities(&mut self, gate: u32, asked: &[u8]) -> String {
        answer((|| {
            let form = SettingsError::Form;
            let mut fields = Fields::parse(asked, "authorities").map_err(form)?;
            let read = |json| DivisionCode::read(json).ok_or(FormError::Value("regions"));
            let regions = fields.several("regions", read).map_err(form)?;
            let venue = match fields.json("venue") {
                Some(Json::Bool(venue)) => venue,
                None => false,
                Some(_) => return Err(form(FormError::Value("venue")).into()),
            };
            fields.end().map_err(form)?;
            let regions = regions.into_iter().map(Authority::Region);
            let venue = venue.then_some(Authority::Venue);
            let authorities = regions.chain(venue).collect();
            self.gate_mut(gate)?.set_authorities(authorities);
            Ok("{}".to_owned())
        })())
    }

    /// What is done with whoever has no code to show, by the notices of a region, and all of those that hold:
    /// `{"action": "check" | "unknown", "notice", "holding"}`.
    pub fn without_code(&self, gate: u32, region: u32, now: i64) -> String {
        answer((|| {
            let (gate, now) = (self.gate(gate)?, Timestamp::from_unix(now));
            let region = self::region(region)?;
            let relief = gate.relief_without_code(region, now);
            Ok(without_code(relief, gate.holding(region, now)))
        })())
    }

    /// Sets the recognition policy from its JSON: `{}`.
    pub fn policy(&mut self, gate: u32, policy: &[u8]) -> String {
        answer((|| {
            let json = read(policy).map_err(|fault| PolicyFault::Form(fault.into()))?;
            let policy = self::policy(json)?;
            self.gate_mut(gate)?.set_policy(policy);
            Ok("{}".to_owned())
        })())
    }

    /// The verdict on a text at a time by the device's clock, Unix seconds; its form is `Verdict`
    /// in `packages/verifier/verifier.d.mts`.
    pub fn verify(&mut self, gate: u32, memory: u32, now: i64, text: &[u8]) -> String {
        answer((|| {
            let text = core::str::from_utf8(text)?;
            let held = find(&self.gates, gate).ok_or(RoomError::NoGate(gate))?;
            let memory = find_mut(&mut self.memories, memory).ok_or(RoomError::NoMemory(memory))?;
            let verdict = held.verify(text, Timestamp::from_unix(now), memory);
            let door = held.door(&verdict);
            let relief = held.relief(text, &verdict);
            Ok(report(&verdict, door.as_ref(), relief))
        })())
    }

    /// What a status list says of a position: `{"value", "asOf", "expiresAt"}` or `null`.
    pub fn status(&self, gate: u32, region: u32, day: u32, index: u32) -> String {
        answer((|| {
            let found = self.gate(gate)?.status(self::region(region)?, day, index);
            Ok(listed(found))
        })())
    }

    /// What a paper list says of a sheet by its pointer of 16 bytes; answers as [`Self::status`].
    pub fn paper(&self, gate: u32, region: u32, pointer: &[u8]) -> String {
        answer((|| {
            let fault = |_| RoomError::Pointer(pointer.len());
            let pointer = pointer.try_into().map_err(fault)?;
            let found = self.gate(gate)?.paper(self::region(region)?, pointer);
            Ok(listed(found))
        })())
    }

    /// Whether a region may issue, and the ids of its roots for codes:
    /// `{"issuer": "known" | "removed" | "unknown", "roots"}`.
    pub fn issuer(&self, gate: u32, region: u32, now: i64) -> String {
        answer((|| {
            let gate = self.gate(gate)?;
            let (issuer, roots) = gate.issuer(self::region(region)?, Timestamp::from_unix(now));
            let word = match issuer {
                IssuerAnswer::Known(_) => "known",
                IssuerAnswer::Removed => "removed",
                IssuerAnswer::Unknown => "unknown",
            };
            let ids = roots.iter().map(|root| hexadecimal(root.id().as_bytes()));
            let ids = list(ids.map(|id| [r#"""#, &id, r#"""#].concat()));
            Ok(Object::new().text("issuer", word).json("roots", &ids).end())
        })())
    }

    /// What must be remembered across a restart, as [`Settings`] take it.
    pub fn marks(&self, gate: u32) -> String {
        answer(self.gate(gate).map(|gate| gate.marks().json()))
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
            let mut fields = Fields::parse(question, "question").map_err(SettingsError::Form)?;
            let mut text = |name| fields.one::<String>(name).map_err(SettingsError::Form);
            let algorithm = settings::algorithm(text("algorithm")?)?;
            let key = settings::hexadecimal(text("key")?)?;
            let message = settings::hexadecimal(text("message")?)?;
            let signature = settings::hexadecimal(text("signature")?)?;
            fields.end().map_err(SettingsError::Form)?;
            let key = PublicKey::parse(algorithm, &key);
            let signature = Signature::parse(algorithm, &signature);
            let outcome = match (key, signature) {
                (Err(_), _) => "no-key",
                (_, Err(_)) => "no-signature",
                (Ok(key), Ok(signature)) if key.verifies(&message, &signature) => "valid",
                _ => "forged",
            };
            Ok(word("outcome", outcome))
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
                Kind::Notices => gate.take_notices(bytes, region()?, now),
                Kind::Recognition => gate.take_recognition(bytes, region()?, now),
            };
            let (accepted, word) = match taken {
                Ok(taken) => (true, taken.word()),
                Err(refused) => (false, refused.word()),
            };
            Ok(Object::new()
                .bool("accepted", accepted)
                .text("word", word)
                .end())
        })())
    }

    fn number(&mut self) -> Result<u32, RoomError> {
        self.last = self.last.checked_add(1).ok_or(RoomError::NoNumber)?;
        Ok(self.last)
    }

    fn gate(&self, number: u32) -> Result<&Gate, RoomError> {
        find(&self.gates, number).ok_or(RoomError::NoGate(number))
    }

    fn gate_mut(&mut self, number: u32) -> Result<&mut Gate, RoomError> {
        find_mut(&mut self.gates, number).ok_or(RoomError::NoGate(number))
    }
}

fn find<T>(held: &[(u32, T)], number: u32) -> Option<&T> {
    let found = held.iter().find(|(held, _)| *held == number);
    found.map(|(_, found)| found)
}

fn find_mut<T>(held: &mut [(u32, T)], number: u32) -> Option<&mut T> {
    let found = held.iter_mut().find(|(held, _)| *held == number);
    found.map(|(_, found)| found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HUB: &str = r#"{"algorithm":"Ed25519","key":"d54207da194977dcf46adbfec2bc2e75b52d5a8a42184fedfdc00024f0e3e8da"}"#;

    fn settings(rest: &str) -> String {
        format!(r#"{{"hubKeys":[{HUB}]{rest}}}"#)
    }

    #[test]
    fn without_a_trust_list_every_text_has_a_verdict_still() {
        let mut room = Room::new();
        assert_eq!(room.open_gate(settings("").as_bytes()), r#"{"number":1}"#);
        assert_eq!(room.open_memory(1), r#"{"number":2}"#);
        let answer = room.verify(1, 2, 0, b"");
        assert!(
            answer.starts_with(r#"{"action":"invalid","cause":"text","#),
            "{answer}"
        );
        let answer = room.key_list(1, 330_000, 0, b"");
        assert_eq!(answer, r#"{"accepted":false,"word":"no-trust-list"}"#);
    }

    #[test]
    fn a_closed_gate_is_gone_and_its_number_with_it() {
        let mut room = Room::new();
        room.open_gate(settings("").as_bytes());
        assert!(room.close(1));
        assert!(!room.close(1));
        assert_eq!(room.marks(1), r#"{"error":"no-gate","about":"1"}"#);
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
        let marks = r#"{"trustVersion":7,"keys":[{"region":"330000","root":"0123456789abcdef","version":"0020000000000001","issuedAt":1656388800}],"status":[{"region":"330000","day":19171,"epoch":0,"domainBits":20,"full":3,"newest":4,"issuedAt":1656388800}],"paper":[{"region":"330000","sequence":2,"issuedAt":1656388800}]}"#;
        let mut room = Room::new();
        room.open_gate(settings(&format!(r#","marks":{marks}"#)).as_bytes());
        assert_eq!(room.marks(1), marks);
    }

    /// One of each; the compiler asks for more where a match of words grows.
    fn faults() -> Vec<RoomError> {
        use crate::json::{FormError, JsonError};
        use hc_code::signing::{Algorithm, PublicKeyError};
        use hc_code::verify::PolicyError;
        let text = String::new;
        let json = [
            JsonError::Utf8(0),
            JsonError::Syntax(0),
            JsonError::Number(0),
            JsonError::Depth(0),
            JsonError::Twice(0),
            JsonError::Names(0),
        ];
        let forms = json.into_iter().map(FormError::from).chain([
            FormError::Missing(""),
            FormError::Unknown(text()),
            FormError::Value(""),
        ]);
        let keys = [
            PublicKeyError::Length(Algorithm::Sm2, 0),
            PublicKeyError::Prefix(Algorithm::Sm2, 0),
            PublicKeyError::NotOnCurve(Algorithm::Sm2),
            PublicKeyError::NonCanonical,
            PublicKeyError::SmallOrder,
        ];
        let policies = [
            PolicyError::NoVersion,
            PolicyError::Id(text()),
            PolicyError::Twice(text()),
            PolicyError::TooMany(0),
            PolicyError::NoLevel(text()),
            PolicyError::Passes {
                rule: text(),
                level: hc_code::Level::High,
            },
            PolicyError::RefusesUnknown(text()),
            PolicyError::Invalid(text()),
            PolicyError::Otherwise(text()),
            PolicyError::Kinds(text()),
        ];
        let domain = hc_code::day_index::Domain::new(255).unwrap_err();
        #[expect(invalid_from_utf8, reason = "it is to be a fault")]
        let utf8 = core::str::from_utf8(&[0xff]).unwrap_err();
        let mut faults = vec![
            RoomError::NoGate(0),
            RoomError::NoMemory(0),
            RoomError::NoNumber,
            SettingsError::NoHubKey.into(),
            SettingsError::Algorithm(text()).into(),
            SettingsError::Hexadecimal(text()).into(),
            MarksError::Domain(domain).into(),
            region(1).unwrap_err(),
            utf8.into(),
            RoomError::Pointer(0),
        ];
        faults.extend(forms.map(|fault| SettingsError::from(fault).into()));
        faults.extend(keys.map(|fault| SettingsError::from(fault).into()));
        faults.extend(policies.map(|fault| PolicyFault::from(fault).into()));
        faults
    }

    #[test]
    fn the_loader_has_a_sentence_for_every_word() {
        let loader = include_str!("../../../web/verifier/verifier.mjs");
        let (_, table) = loader.split_once("const SENTENCES = {").unwrap();
        let (table, _) = table.split_once("};").unwrap();
        let mut words: Vec<_> = faults().iter().map(RoomError::word).collect();
        for word in &words {
            let named = [format!("  {word}: \""), format!("  \"{word}\": \"")];
            let found = named.iter().any(|name| table.contains(name));
            assert!(found, "{word}");
        }
        words.sort_unstable();
        words.dedup();
        // Two are the loader's own: not-in-module and too-long.
        assert_eq!(table.matches(": \"").count(), words.len() + 2);
    }

    #[test]
    fn a_region_that_cannot_be_is_named() {
        let mut room = Room::new();
        room.open_gate(settings("").as_bytes());
        let answer = r#"{"error":"region","about":"000001"}"#;
        assert_eq!(room.status(1, 1, 0, 0), answer);
        assert_eq!(room.issuer(1, 1, 0), answer);
        assert_eq!(room.paper(1, 1, &[0; 16]), answer);
        let answer = r#"{"error":"pointer","about":"17"}"#;
        assert_eq!(room.paper(1, 330_000, &[0; 17]), answer);
        assert_eq!(room.status(1, 330_000, 0, 0), "null");
        let unknown = r#"{"issuer":"unknown","roots":[]}"#;
        assert_eq!(room.issuer(1, 330_000, 0), unknown);
    }

    #[test]
    fn a_signature_is_asked_about_whole() {
        let question = |key: &str, signature: &str| {
            let text = format!(
                r#"{{"algorithm":"Ed25519","key":"{key}","message":"","signature":"{signature}"}}"#
            );
            Room::signature(text.as_bytes())
        };
        // RFC 8032 §7.1, test 1.
        let key = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
        let signature = "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b";
        assert_eq!(question(key, signature), r#"{"outcome":"valid"}"#);
        let other = signature.replace("e5564300", "e5564301");
        assert_eq!(question(key, &other), r#"{"outcome":"forged"}"#);
        assert_eq!(question(key, ""), r#"{"outcome":"no-signature"}"#);
        assert_eq!(question("", signature), r#"{"outcome":"no-key"}"#);
        assert_eq!(
            Room::signature(b"{}"),
            r#"{"error":"missing-field","about":"algorithm"}"#
        );
    }
}
