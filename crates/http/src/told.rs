//! What a person is told about themselves, as JSON: evidence, reasons, log entries.

use hc_code::Timestamp;
use hc_code::statement::TestKind;
use hc_core::evidence::{Event, Evidence};
use hc_core::explanation::{ExplainedReason, Explanation};
use hc_core::place::PlaceTable;
use hc_core::rules::Text;
use hc_core::store::LogRow;
use hc_core::word::Word;
use hc_tlog::entry::{Detail, Entry};
use serde_json::{Map, Value, json};

/// Writes times where the region's people live.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Telling {
    pub(crate) offset: hc_code::Offset,
}

pub(crate) const fn test_kind(kind: TestKind) -> &'static str {
    match kind {
        TestKind::NucleicAcid => "nucleic-acid",
        TestKind::Antigen => "antigen",
    }
}

impl Telling {
    /// RFC 3339; `null` for never.
    pub(crate) fn time(self, at: Timestamp) -> Value {
        if at == Timestamp::MAX {
            Value::Null
        } else {
            Value::String(at.at_offset(self.offset))
        }
    }

    /// An explanation with every reason in force.
    pub(crate) fn explanation(self, explanation: &Explanation) -> Value {
        let reasons: Vec<Value> = explanation
            .reasons
            .iter()
            .map(|reason| self.reason(reason))
            .collect();
        json!({
            "level": explanation.level.code(),
            "levelZh": explanation.level.word_zh(),
            "reason": explanation.class.word(),
            "reasonZh": explanation.class.word_zh(),
            "region": explanation.region.to_string(),
            "version": explanation.version,
            "until": self.time(explanation.valid_until),
            "ground": explanation.ground.as_ref().map(text),
            "reasons": reasons,
        })
    }

    fn reason(self, reason: &ExplainedReason) -> Value {
        let (stage, stages) = reason.stage;
        let evidence: Vec<String> = reason.evidence.iter().map(ToString::to_string).collect();
        let area = reason
            .area
            .as_ref()
            .map(|(division, name)| json!({"division": division.to_string(), "name": name}));
        json!({
            "rule": reason.rule,
            "code": reason.code,
            "class": reason.class.word(),
            "level": reason.level.code(),
            "stage": {"number": stage, "of": stages},
            "says": text(&reason.reason),
            "since": self.time(reason.since),
            "until": self.time(reason.until),
            "then": text(&reason.then),
            "sooner": reason.sooner.iter().map(text).collect::<Vec<_>>(),
            "may": text(&reason.may),
            "next": text(&reason.next),
            "evidence": evidence,
            "area": area,
        })
    }

    /// A piece of evidence. `places` is the table that its place, if it has one, was interned in.
    pub(crate) fn evidence(self, evidence: &Evidence, places: &PlaceTable) -> Value {
        let (statement, fact) = (evidence.statement(), evidence.fact());
        let kind = fact.event.kind();
        json!({
            "id": evidence.id().to_string(),
            "kind": kind.word(),
            "kindZh": kind.word_zh(),
            "states": event(&fact.event, places),
            "source": statement.kind().word(),
            "sourceZh": statement.kind().word_zh(),
            "by": statement.name(),
            "ref": statement.reference(),
            "at": self.time(fact.at),
            "until": self.time(fact.until),
            "received": self.time(fact.known),
            "expires": self.time(fact.expires),
        })
    }

    /// An entry of the log; what was erased says so. With salt and commitment the subject can check
    /// that it stands in the log.
    pub(crate) fn log_row(self, row: &LogRow) -> Value {
        let mut members = Map::new();
        members.insert("sequence".to_owned(), row.sequence.into());
        let commitment = hexadecimal(row.commitment.as_bytes());
        members.insert("commitment".to_owned(), commitment.into());
        if let Some((salt, entry)) = &row.opened {
            members.insert("salt".to_owned(), hexadecimal(salt.expose_bytes()).into());
            self.entry(&mut members, entry);
        }
        Value::Object(members)
    }

    fn entry(self, members: &mut Map<String, Value>, entry: &Entry) {
        let actor = entry.actor();
        let details: Vec<Value> = entry
            .details()
            .map(|detail| json!({"field": detail.field().word(), "value": self.detail(detail)}))
            .collect();
        members.insert("kind".to_owned(), entry.kind().word().into());
        members.insert("at".to_owned(), self.seconds(entry.at()));
        let actor = json!({"role": actor.role().to_string(), "id": actor.id().as_str()});
        members.insert("actor".to_owned(), actor);
        members.insert("details".to_owned(), details.into());
    }

    fn seconds(self, unix: u64) -> Value {
        let at = i64::try_from(unix).map_or(Timestamp::MAX, Timestamp::from_unix);
        self.time(at)
    }

    fn detail(self, detail: &Detail) -> Value {
        match detail {
            Detail::Level(level) => format!("{:02x}", level.code()).into(),
            Detail::ValidUntil(at) | Detail::Ends(at) => self.seconds(*at),
            Detail::Pack(label)
            | Detail::PackVersion(label)
            | Detail::Rule(label)
            | Detail::Reason(label)
            | Detail::Venue(label)
            | Detail::Purpose(label)
            | Detail::Verdict(label)
            | Detail::Source(label)
            | Detail::Batch(label)
            | Detail::SecondOfficer(label)
            | Detail::Division(label)
            | Detail::Custodian(label)
            | Detail::Case(label)
            | Detail::Recipient(label)
            | Detail::Outcome(label)
            | Detail::Act(label)
            | Detail::Party(label)
            | Detail::PartyKind(label)
            | Detail::Credential(label)
            | Detail::Key(label) => label.as_str().into(),
            Detail::Evidence(id) => hexadecimal(id.as_bytes()).into(),
            Detail::Rows(count)
            | Detail::Quarantined(count)
            | Detail::Day(count)
            | Detail::Records(count)
            | Detail::About(count) => (*count).into(),
            Detail::Erased(range) => json!({"first": range.first(), "end": range.end()}),
            Detail::Digest(digest) => hexadecimal(digest).into(),
            Detail::Signed(part) => hexadecimal(&part.to_bytes()).into(),
        }
    }
}

/// A text in both languages.
fn text(text: &Text) -> Value {
    json!({"zh": text.zh, "en": text.en})
}

/// What happened, in the fields of an evidence line (`spec/evidence.md`).
fn event(event: &Event, places: &PlaceTable) -> Value {
    match event {
        Event::Declaration {
            answers,
            temperature,
        } => {
            let answers: Vec<&str> = answers.iter().map(Word::word).collect();
            json!({"answers": answers, "temperature": degrees(*temperature)})
        }
        Event::Case(class) => json!({"class": class.word()}),
        Event::Contact(degree) => json!({"degree": degree.word()}),
        Event::Test {
            method,
            pooling,
            result,
        } => json!({
            "method": method.word(),
            "pooling": pooling.word(),
            "result": result.word(),
        }),
        Event::Vaccination { dose } => json!({"dose": dose}),
        Event::Stay { division, place } => {
            let place = places.get(*place).map(|(_, place)| place.to_string());
            json!({"division": division.to_string(), "place": place.unwrap_or_default()})
        }
        Event::Arrival(origin) => json!({"from": origin.word()}),
        Event::Quarantine(setting) | Event::Release(setting) => {
            json!({"setting": setting.word()})
        }
        Event::Symptoms => json!({}),
        Event::Temperature(tenths) => json!({"temperature": degrees(*tenths)}),
        Event::Exposure(grade) => json!({"grade": grade.word()}),
    }
}

/// Degrees Celsius with one decimal; `null` where none was stated.
fn degrees(tenths: u16) -> Value {
    match tenths {
        0 => Value::Null,
        _ => format!("{}.{}", tenths / 10, tenths % 10).into(),
    }
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(value.into(), 16).unwrap_or('?');
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(digit).collect()
}
