//! What a success of each function says, whatever its case is about: members in their domains, times that can be, and
//! numbers that were never given before. A service that answers the codes of the cases and nothing else is found here.

use std::collections::BTreeSet;

use hc_code::live::Live;
use hc_code::verify::Action;
use hc_code::{DivisionCode, Level, ReasonClass, Span, Timestamp};
use hc_core::domain_table::{Code, ItemSource};
use hc_core::record::{Certificate, DataElements, Provenance, Reading};
use hc_core::store::AppealState;
use hc_core::word::Word as _;
use serde_json::Value;

/// Two clocks may differ by this much (`spec/verdict.md` §2).
const TOLERANCE: Span = Span::seconds(30);
/// How long a call is open.
const CALL: Span = Span::seconds(60);
/// Facts that are older are no facts in any region (`spec/trust-list.md`).
const STALEST: Span = Span::days(1);
/// Within this a correction is answered.
const CLOCK: Span = Span::hours(24);
/// No level is known to hold for longer.
const FOREVER: Span = Span::days(3660);

/// Members that every answer has.
const EVERY: &[&str] = &[
    "success",
    "errorCode",
    "errorDesc",
    "errorDescEn",
    "timeStamp",
    "region",
    "method",
    "custNum",
    "messageId",
];

/// Causes of a verdict on a genuine code with the level that counts.
const JUDGED: &[&str] = &["code", "list", "newer"];
/// Causes for which nobody's word counts: the level is unknown.
const UNKNOWN: &[&str] = &[
    "stale",
    "no-list",
    "list-expired",
    "trust-list-expired",
    "key-list-missing",
    "key-list-expired",
    "memory-full",
];

/// What answers of a run must not give twice.
#[derive(Debug, Default)]
pub(super) struct Given(BTreeSet<(&'static str, String)>);

impl Given {
    fn once(&mut self, name: &'static str, value: &str) -> Result<(), String> {
        if self.0.insert((name, value.to_owned())) {
            Ok(())
        } else {
            Err(format!("{name} was given before"))
        }
    }
}

/// An answer, with what it answers.
pub(super) struct Answer<'a> {
    pub(super) function: &'a str,
    pub(super) message: &'a Value,
    pub(super) package: &'a Value,
    pub(super) region: DivisionCode,
    /// The time that it says of itself.
    pub(super) at: Timestamp,
}

/// Members that only a success of a function has.
fn own(function: &str) -> &'static [&'static str] {
    match function {
        "declareHealth" => &["recordId", "status", "subjectToken", "subjectTokenUntil"],
        "declareTrip" => &["recordIds"],
        "queryHealth" => &["status", "reason", "validUntil", "certificate"],
        "applyCall" => &["bizSerialNum", "randomNumber", "expiresAt", "more"],
        "makeCode" => &[
            "codeContent",
            "status",
            "asOf",
            "validFrom",
            "validUntil",
            "imgStream",
            "width",
        ],
        "verifyCode" => &[
            "result",
            "status",
            "cause",
            "reason",
            "asOf",
            "validUntil",
            "lastTest",
            "bizExtData",
            "queryKey",
        ],
        "correctHealth" => &["ticketId", "state", "due", "maskedName"],
        _ => &[],
    }
}

/// The level in the clear part of a code's text.
pub(super) fn clear_level(code: &str) -> Option<&str> {
    let levels = code.split(':').filter_map(|part| part.strip_prefix('L'));
    let mut levels = levels.filter(|level| is_level(level));
    levels.next()
}

fn is_level(text: &str) -> bool {
    Level::ALL.iter().any(|level| level.code() == text)
}

impl Answer<'_> {
    /// Whether it says what it must and nothing else. `level` is what the case was told of the person before.
    pub(super) fn check(
        &self,
        given: &mut Given,
        level: &mut Option<String>,
    ) -> Result<(), String> {
        let success = self.package.get("errorCode").and_then(Value::as_str) == Some("0");
        self.every(success)?;
        if !success {
            return Ok(());
        }
        match self.function {
            "applyCall" => self.apply(given),
            "makeCode" => {
                let told = self.make()?;
                same(level, told)
            }
            "verifyCode" => match self.verify()? {
                Some(told) => same(level, told),
                None => Ok(()),
            },
            "queryHealth" => {
                let told = self.query()?;
                same(level, told)
            }
            "declareHealth" => {
                // The same words of the same moment may well be one record, so a number may come again.
                self.text("recordId")?;
                // What was declared may change it.
                *level = Some(self.level("status")?.to_owned());
                Ok(())
            }
            "declareTrip" => {
                *level = None;
                let records = self.package.get("recordIds").and_then(Value::as_array);
                for record in records.ok_or("recordIds is missing")? {
                    record.as_str().ok_or("recordIds has what is no text")?;
                }
                Ok(())
            }
            "correctHealth" => {
                *level = None;
                self.correct(given)
            }
            _ => Ok(()),
        }
    }

    fn every(&self, success: bool) -> Result<(), String> {
        if self.text("region")? != self.region.to_string() {
            return Err("region is another region".to_owned());
        }
        if self.text("method")? != self.function {
            return Err("method is another function".to_owned());
        }
        self.text("errorDesc")?;
        self.text("errorDescEn")?;
        let own: &[&str] = if success {
            own(self.function)
        } else {
            &["errors", "cause"]
        };
        let members = self.package.as_object().into_iter().flatten();
        let mut names = members.map(|(name, _)| name.as_str());
        match names.find(|name| !EVERY.contains(name) && !own.contains(name)) {
            Some(other) => Err(format!("{other} is no member of this answer")),
            None => Ok(()),
        }
    }

    fn apply(&self, given: &mut Given) -> Result<(), String> {
        given.once("bizSerialNum", self.text("bizSerialNum")?)?;
        given.once("randomNumber", self.text("randomNumber")?)?;
        let ends = self.instant("expiresAt")?;
        if ends <= self.at || self.at.plus(CALL).plus(TOLERANCE) < ends {
            return Err("expiresAt is not within the minute that a call is open".to_owned());
        }
        Ok(())
    }

    fn make(&self) -> Result<&str, String> {
        let (code, level) = (self.text("codeContent")?, self.level("status")?);
        agrees(level, clear_level(code))?;
        self.as_of(level)?;
        let from = self.instant("validFrom")?;
        if self.at.plus(TOLERANCE) < from || from.plus(Live::LIFETIME).plus(TOLERANCE) < self.at {
            return Err("validFrom is not now".to_owned());
        }
        self.within_a_code()?;
        Ok(level)
    }

    /// The level, where it is somebody's word.
    fn verify(&self) -> Result<Option<&str>, String> {
        let result = self.among("result", |word| {
            Action::ALL
                .iter()
                .any(|action| *action != Action::Invalid && action.word() == word)
        })?;
        let level = self.level("status")?;
        let known = |word: &str| JUDGED.contains(&word) || UNKNOWN.contains(&word);
        let cause = self.among("cause", known)?;
        self.reason()?;
        if cause == "code" {
            let sent = self.message.get("codeContent").and_then(Value::as_str);
            agrees(level, sent.and_then(clear_level))?;
        }
        if UNKNOWN.contains(&cause) && level != Level::Unknown.code() {
            return Err(format!("status is {level} by the cause {cause}"));
        }
        // No recognition policy can say these (`spec/verdict.md` §1).
        let barred = [Level::High.code(), Level::Unknown.code()].contains(&level);
        if result == Action::Pass.word() && barred {
            return Err(format!("result is pass where status is {level}"));
        }
        if result == Action::Refuse.word() && level == Level::Unknown.code() {
            return Err("result is refuse where nothing is known".to_owned());
        }
        self.as_of(level)?;
        self.within_a_code()?;
        if let Some(test) = self.there("lastTest")? {
            let at = test.get("at").and_then(Value::as_str);
            let at = at.and_then(|at| at.parse::<Timestamp>().ok());
            if test.get("kind").is_none_or(|kind| !kind.is_string())
                || at.is_none_or(|at| self.at.plus(TOLERANCE) < at)
            {
                return Err("lastTest is no test of the past".to_owned());
            }
        }
        for name in ["bizExtData", "queryKey"] {
            if self.there(name)?.is_some_and(|value| !value.is_string()) {
                return Err(format!("{name} is no text"));
            }
        }
        Ok(JUDGED.contains(&cause).then_some(level))
    }

    fn query(&self) -> Result<&str, String> {
        let level = self.level("status")?;
        self.reason()?;
        if let Some(until) = self.time("validUntil")?
            && (until <= self.at || self.at.plus(FOREVER) < until)
        {
            return Err("validUntil is no time until which a level holds".to_owned());
        }
        let certificate = self.package.get("certificate").and_then(Value::as_object);
        let certificate = certificate.ok_or("certificate is missing")?;
        let source = Code::<ItemSource>::from_word("health").ok();
        let bare = source.and_then(|source| Provenance::new(source, self.at, None));
        let bare = bare.ok_or("timeStamp is no time of a record")?;
        let reading = Reading {
            elements: DataElements::bundled(),
            now: self.at,
            bare,
        };
        if let Err(errors) = Certificate::parse(certificate, &reading) {
            let first = errors.first().map(ToString::to_string).unwrap_or_default();
            return Err(format!("certificate is none of group D: {first}"));
        }
        let value = |name: &str| {
            let item = certificate.get(name)?;
            item.get("value")?.as_str()
        };
        if value("level") != Some(level) {
            return Err("certificate.level is not status".to_owned());
        }
        if value("issuingDivision") != Some(self.region.to_string().as_str()) {
            return Err("certificate.issuingDivision is another region".to_owned());
        }
        Ok(level)
    }

    fn correct(&self, given: &mut Given) -> Result<(), String> {
        self.among("state", |word| AppealState::from_word(word).is_ok())?;
        if self.message.get("recordId").is_none() {
            return Ok(());
        }
        given.once("ticketId", self.text("ticketId")?)?;
        let due = self.instant("due")?;
        if due.plus(TOLERANCE) < self.at || self.at.plus(CLOCK).plus(TOLERANCE) < due {
            return Err("due is not within the clock of a correction".to_owned());
        }
        Ok(())
    }

    /// Until when a live code counts: later than now, and no longer than one lives.
    fn within_a_code(&self) -> Result<(), String> {
        let until = self.instant("validUntil")?;
        if until.plus(TOLERANCE) <= self.at {
            return Err("validUntil has passed".to_owned());
        }
        if self.at.plus(Live::LIFETIME).plus(TOLERANCE) < until {
            return Err("validUntil is later than a live code lives".to_owned());
        }
        Ok(())
    }

    /// The time of the facts: of no facts where nothing is known.
    fn as_of(&self, level: &str) -> Result<(), String> {
        let Some(as_of) = self.time("asOf")? else {
            return if level == Level::Unknown.code() {
                Ok(())
            } else {
                Err("asOf is null where a level is known".to_owned())
            };
        };
        if self.at.plus(TOLERANCE) < as_of {
            return Err("asOf is in the future".to_owned());
        }
        if level != Level::Unknown.code() && as_of.plus(STALEST).plus(TOLERANCE) < self.at {
            return Err("asOf is older than facts may be by which a level is known".to_owned());
        }
        Ok(())
    }

    fn reason(&self) -> Result<&str, String> {
        self.among("reason", |word| {
            ReasonClass::ALL.iter().any(|class| class.word() == word)
        })
    }

    fn level(&self, name: &str) -> Result<&str, String> {
        self.among(name, is_level)
    }

    fn among(&self, name: &str, known: impl Fn(&str) -> bool) -> Result<&str, String> {
        let said = self.text(name)?;
        if known(said) {
            Ok(said)
        } else {
            Err(format!("{name} is no word of its domain"))
        }
    }

    fn instant(&self, name: &str) -> Result<Timestamp, String> {
        self.time(name)?.ok_or_else(|| format!("{name} is null"))
    }

    fn time(&self, name: &str) -> Result<Option<Timestamp>, String> {
        let said = self.there(name)?;
        let read = said.map(|value| value.as_str()?.parse().ok());
        match read {
            None => Ok(None),
            Some(Some(at)) => Ok(Some(at)),
            Some(None) => Err(format!("{name} is no time")),
        }
    }

    /// A member that must stand there, also where it is null.
    fn there(&self, name: &str) -> Result<Option<&Value>, String> {
        let value = self.package.get(name);
        let value = value.ok_or_else(|| format!("{name} is missing"))?;
        Ok(Some(value).filter(|value| !value.is_null()))
    }

    fn text(&self, name: &str) -> Result<&str, String> {
        let text = self.there(name)?.and_then(Value::as_str);
        text.filter(|text| !text.trim().is_empty())
            .ok_or_else(|| format!("{name} is no text"))
    }
}

fn agrees(status: &str, clear: Option<&str>) -> Result<(), String> {
    match clear {
        Some(clear) if clear != status => Err(format!(
            "status is {status}, and the code itself says {clear}"
        )),
        _ => Ok(()),
    }
}

/// Whether one person has one level within a case.
fn same(before: &mut Option<String>, told: &str) -> Result<(), String> {
    match before.replace(told.to_owned()) {
        Some(before) if before != told => Err(format!(
            "status is {told}, and was {before} in a step before"
        )),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
