//! Going through the cases.

use hc_code::signing::{Algorithm, PublicKey, Signer, SigningKey};
use hc_code::{DivisionCode, Span, Timestamp};
use serde_json::{Map, Value, json};

use super::answer::{self, Authority};
use super::clock::{Clock, TimeAt};
use super::person::Person;
use super::report::{Case, Note, Report};
use super::settling;
use super::success::{Answer, Given, clear_level};
use super::template::Names;
use super::vector::{Clause, Form, Step, VectorCase};
use super::vouching::{AnswerKeys, Vouched};
use crate::envelope::{Way, coded, signed};
use crate::moment;

/// The service that is looked at, and what only whoever runs the kit has.
pub trait Service {
    /// Sends a body as `application/json`; the status and the body of the answer.
    ///
    /// # Errors
    /// Why there is no answer.
    fn post(&mut self, path: &str, body: &str) -> Result<(u16, Vec<u8>), String>;

    /// Fetches something.
    ///
    /// # Errors
    /// Why there is no answer.
    fn get(&mut self, path: &str) -> Result<(u16, Vec<u8>), String>;

    /// Now, on the machine that asks.
    fn now(&self) -> Timestamp;

    /// Random bytes.
    fn drawn(&mut self) -> [u8; 16];

    /// Lets a second pass.
    fn wait_a_second(&mut self);
}

/// As whom the kit calls, and for which test person.
#[derive(Debug)]
pub struct Settings<'a, K> {
    /// The id of an application that may call all seven functions and query for `entry`.
    pub application: &'a str,
    /// Its key.
    pub key: &'a K,
    /// The region.
    pub region: DivisionCode,
    /// A division in which the application works.
    pub division: DivisionCode,
    /// A token by which a test person who is enrolled lets the application do everything.
    pub token: &'a str,
    /// A token by which the same person lets it do nothing but make codes.
    pub narrow: Option<&'a str>,
    /// The token of the person's own device, which no application may use.
    pub device: Option<&'a str>,
    /// The person's document number, which must stand in no answer.
    pub number: &'a str,
    /// The person's name, which must stand in no answer either.
    pub name: Option<&'a str>,
    /// Nor their telephone number.
    pub phone: Option<&'a str>,
    /// Another application that may make codes, and its key.
    pub other: Option<(&'a str, &'a K)>,
    /// A purpose that the application is not registered for.
    pub unregistered: Option<&'a str>,
    /// A token of the person for the application that has ended or was taken back.
    pub ended: Option<&'a str>,
    /// Whether there is time for cases that wait for a minute.
    pub slow: bool,
    /// By what it is known which keys answer.
    pub answer_keys: AnswerKeys,
    /// What time it is at the service.
    pub time: TimeAt,
}

/// Runs every case of some clauses.
///
/// # Errors
/// Why nothing could be looked at: no answer to the first question, or no key to look at answers with.
pub fn run<K: Signer>(
    service: &mut impl Service,
    settings: &Settings<'_, K>,
    clauses: &[Clause],
) -> Result<Report, String> {
    let mut keys = answer_keys(service)?;
    let other = SigningKey::from_secret(settings.key.public_key().algorithm(), &[0x42; 32]);
    let other = other.map_err(|error| error.to_string())?;
    let mut report = Report::default();
    let clock = Clock::of(service, &keys, settings.time);
    if let Some(note) = clock.note() {
        report.note(note);
    }
    if settings.time == TimeAt::AsItSays
        && let Some(note) = settling::settle(service, settings, &clock)
    {
        report.note(note);
    }
    let now = clock.at(service.now());
    let vouched = settings
        .answer_keys
        .check(service, settings.region, &mut keys, now);
    match vouched {
        Vouched::Taken(note) => report.note(note),
        Vouched::Looked(case) => report.add(case),
    }
    let mut watch = Watch::default();
    for clause in clauses {
        for case in &clause.cases {
            let mut walk = Walk {
                service: &mut *service,
                settings,
                clock: &clock,
                keys: &keys,
                nobody: &other,
                watch: &mut watch,
                level: None,
                names: Names::default(),
                before: None,
            };
            let lacks = walk.lacks(case);
            let fault = match lacks {
                None => walk.case(case).err(),
                Some(_) => None,
            };
            report.add(Case {
                clause: clause.number.clone(),
                name: case.name.clone(),
                zh: case.zh.clone(),
                en: case.en.clone(),
                fault,
                lacks,
            });
        }
    }
    if watch.fits != Some(true) {
        report.note(Note {
            incomplete: true,
            ..Note::of(
                "应答中的脱敏证件号码与 --number 不符或从未出现：未能检查证件号码是否泄露。",
                "No answer has a masked number that fits --number: whether the person's number stands in an answer was not looked at.",
            )
        });
    }
    Ok(report)
}

/// What is kept in mind over a whole run.
#[derive(Default)]
struct Watch {
    given: Given,
    /// Whether the masked numbers fit the test person's; nothing before there was one.
    fits: Option<bool>,
}

/// A code's text with another level in its clear part; where none is found there, with another last letter.
fn another_level(text: &str) -> String {
    if let Some(own) = clear_level(text) {
        let other = if own == "00" { "10" } else { "00" };
        return text.replacen(&format!(":L{own}:"), &format!(":L{other}:"), 1);
    }
    let mut changed = text.to_owned();
    let last = changed.pop();
    changed.push(if last == Some('0') { '1' } else { '0' });
    changed
}

/// The keys that the service says it answers with.
fn answer_keys(service: &mut impl Service) -> Result<Vec<PublicKey>, String> {
    let (status, body) = service.get("/gbt38963/keys")?;
    let told: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let keys = told.get("keys").and_then(Value::as_array);
    let read = |key: &Value| {
        let text = |name: &str| key.get(name).and_then(Value::as_str);
        let bytes = hex::decode(text("key")?).ok()?;
        PublicKey::parse(Algorithm::from_name(text("algorithm")?)?, &bytes).ok()
    };
    let keys: Vec<PublicKey> = keys.into_iter().flatten().filter_map(read).collect();
    if keys.is_empty() {
        return Err(format!(
            "/gbt38963/keys names no key (HTTP status {status})"
        ));
    }
    Ok(keys)
}

struct Walk<'a, S, K> {
    service: &'a mut S,
    settings: &'a Settings<'a, K>,
    clock: &'a Clock,
    keys: &'a [PublicKey],
    /// A key that nobody registered.
    nobody: &'a SigningKey,
    watch: &'a mut Watch,
    /// What this case was told of the person's level.
    level: Option<String>,
    names: Names,
    before: Option<(String, Value)>,
}

impl<S: Service, K: Signer> Walk<'_, S, K> {
    /// The names that a case needs and this run does not have.
    fn lacks(&self, case: &VectorCase) -> Option<String> {
        let has = |name: &str| match name {
            "narrow" => self.settings.narrow.is_some(),
            "device" => self.settings.device.is_some(),
            "other" => self.settings.other.is_some(),
            "unregistered" => self.settings.unregistered.is_some(),
            "ended" => self.settings.ended.is_some(),
            "slow" => self.settings.slow,
            _ => false,
        };
        let lacking: Vec<&str> = case
            .needs
            .iter()
            .map(String::as_str)
            .filter(|name| !has(name))
            .collect();
        (!lacking.is_empty()).then(|| lacking.join(", "))
    }

    fn case(&mut self, case: &VectorCase) -> Result<(), String> {
        let steps = case.steps.len();
        for (place, step) in (1..).zip(&case.steps) {
            self.step(step).map_err(|fault| {
                if steps == 1 {
                    fault
                } else {
                    format!("step {place} ({}): {fault}", step.function)
                }
            })?;
        }
        Ok(())
    }

    fn step(&mut self, step: &Step) -> Result<(), String> {
        for _ in 0..step.wait {
            self.service.wait_a_second();
        }
        let now = self.clock.at(self.service.now());
        let (message, package) = self.message(step, now)?;
        let path = format!("/gbt38963/{}", step.function);
        let (status, body) = self.service.post(&path, &message)?;
        self.before = Some((message, package.clone()));
        let authority = Authority {
            keys: self.keys,
            coded: self
                .random()
                .filter(|_| step.envelope == Form::Coded)
                .zip(Some(self.settings.key.public_key().algorithm())),
        };
        let (answer, at) = answer::read(status, &body, &authority, (&package, now))?;
        answer::fits(&answer, &step.expect, &self.names)?;
        self.look(step, (&package, &answer), at)?;
        for (name, place) in &step.take {
            let found = place
                .as_str()
                .and_then(|place| answer.pointer(place)?.as_str());
            let found = found.ok_or_else(|| format!("{place} is no text"))?;
            self.names.put(name, found);
            if name == "code" {
                self.names
                    .put("code-with-another-level", another_level(found));
            }
        }
        Ok(())
    }

    /// What every answer must be, whatever the step is about.
    fn look(
        &mut self,
        step: &Step,
        (message, package): (&Value, &Value),
        at: Timestamp,
    ) -> Result<(), String> {
        let answer = Answer {
            function: &step.function,
            message,
            package,
            region: self.settings.region,
            at,
        };
        answer.check(&mut self.watch.given, &mut self.level)?;
        let person = Person {
            number: self.settings.number,
            name: self.settings.name,
            phone: self.settings.phone,
        };
        person.is_kept_from(package, at)?;
        person.is_masked_in(package)?;
        if let Some(fits) = person.fits(package) {
            self.watch.fits = Some(fits && self.watch.fits != Some(false));
        }
        Ok(())
    }

    /// The random number that was taken last.
    fn random(&self) -> Option<[u8; 32]> {
        let mut random = [0; 32];
        hex::decode_to_slice(self.names.get("random")?, &mut random).ok()?;
        Some(random)
    }

    /// The message of a step, and the package in it.
    fn message(&mut self, step: &Step, now: Timestamp) -> Result<(String, Value), String> {
        if step.envelope == Form::Again {
            return self
                .before
                .clone()
                .ok_or_else(|| "no message before".to_owned());
        }
        self.name(now);
        let package = self.package(step);
        let text = Value::Object(package.clone()).to_string();
        let by_own =
            |text: &str| signed(text, self.settings.key).map_err(|error| error.to_string());
        let message = match step.envelope {
            Form::Signed | Form::Again => by_own(&text)?,
            Form::Coded => {
                let random = self.random().ok_or("no random number was taken")?;
                let algorithm = self.settings.key.public_key().algorithm();
                coded(&text, &random, algorithm, Way::Request)
            }
            Form::OtherApplication => {
                let (_, key) = self.settings.other.ok_or("no other application")?;
                signed(&text, key).map_err(|error| error.to_string())?
            }
            Form::OtherKey => signed(&text, self.nobody).map_err(|error| error.to_string())?,
            Form::Altered => by_own(&text)?.replacen("\"custNum\"", "\"custNum\" ", 1),
            Form::NoSign => format!("{{\"bizPackage\":{text}}}"),
            Form::NoneInSign => format!("{{\"bizPackage\":{text},\"sign\":\"AAAA\"}}"),
            Form::Third => by_own(&text)?.replacen('{', "{\"alg\":\"none\",", 1),
            Form::Twice => by_own(&text.replacen('{', "{\"method\":\"none\",", 1))?,
            Form::NotJson => format!("{}x", by_own(&text)?),
        };
        Ok((message, Value::Object(package)))
    }

    fn name(&mut self, now: Timestamp) {
        let Settings {
            application,
            region,
            division,
            token,
            narrow,
            device,
            number,
            other,
            unregistered,
            ended,
            ..
        } = *self.settings;
        let drawn = hex::encode(self.service.drawn());
        let names = &mut self.names;
        names.put("application", application);
        names.put("region", region.to_string());
        names.put("division", division.to_string());
        names.put("token", token);
        let other = other.map(|(id, _)| id);
        for (name, value) in [
            ("narrow", narrow),
            ("device", device),
            ("other", other),
            ("unregistered", unregistered),
            ("ended", ended),
        ] {
            if let Some(value) = value {
                names.put(name, value);
            }
        }
        names.put("number", number);
        names.put("message", drawn);
        names.put("now", moment::write(now));
        names.put("old", moment::write(now.minus(Span::seconds(400))));
        names.put("ahead", moment::write(now.plus(Span::seconds(400))));
        names.put("instant", now.at_offset(hc_code::Offset::CHINA));
        let yesterday = now.minus(Span::days(1));
        names.put("yesterday", yesterday.at_offset(hc_code::Offset::CHINA));
        let later = yesterday.plus(Span::hours(2));
        names.put("yesterday-later", later.at_offset(hc_code::Offset::CHINA));
        let tomorrow = now.plus(Span::days(1));
        names.put("tomorrow", tomorrow.at_offset(hc_code::Offset::CHINA));
    }

    fn package(&self, step: &Step) -> Map<String, Value> {
        let mut package = Map::new();
        let header = json!({
            "custNum": "{application}", "timeStamp": "{now}", "region": "{region}",
            "method": step.function, "messageId": "{message}",
        });
        for part in [header.as_object(), Some(&step.own), Some(&step.header)] {
            for (name, value) in part.into_iter().flatten() {
                if value.is_null() {
                    package.remove(name);
                } else {
                    package.insert(name.clone(), self.names.value(value));
                }
            }
        }
        package
    }
}
