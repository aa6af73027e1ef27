//! `import people`: a local register becomes subjects, each as when they enrol at a counter.
//!
//! A CSV is UTF-8 and has a header with `type,number,country,name,phone,address`, of which type, number and name must be
//! there; an NDJSON line is an object with the same members, or a record of GB/T 38962 (`basic`, and `health` and
//! `itinerary` where they were declared), under the names of this project or of deployed software. Whoever is enrolled already is brought up to
//! date, so a run that broke off is begun again. The basis is the consent that was given when the register
//! was made, recorded by its version; nobody is declared for without a declaration of their own, so levels follow
//! from evidence that waits and from the person's first declaration. What a line says beyond what the region keeps is
//! counted and told.

mod not_kept;

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use hc_code::day_index::SubjectNumber;
use hc_code::{Span, Timestamp};
use hc_core::act::{self, ActError, Actor, Consent, Enrolment, HealthDeclaration, Profile};
use hc_core::document::{Document, DocumentType};
use hc_core::domain_table::{Code, ItemSource};
use hc_core::personal::{Address, PersonName, Phone};
use hc_core::record::{DataElements, Object, Provenance, Reading, Trip};
use hc_core::store::{StoreError, SubjectState, Writing};
use hc_gbt::{PersonRecord, deployed};
use serde::Deserialize;
use serde_json::{Value, json};

use self::not_kept::NotKept;
use super::super::Outcome;
use crate::args::ImportPeople;
use crate::screen::Screen;
use crate::service::stopped::Stopped;
use crate::{input, progress};

/// People who are enrolled in one act.
const AT_ONCE: usize = 200;
/// The longest line.
const LONGEST: usize = 64 << 10;

/// One line of a register.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    #[serde(rename = "type")]
    kind: String,
    number: String,
    #[serde(default)]
    country: Option<String>,
    name: String,
    #[serde(default)]
    phone: Option<String>,
    #[serde(default)]
    address: Option<String>,
    /// Columns of a CSV that say something and are none of these.
    #[serde(skip)]
    other_columns: Vec<String>,
}

/// A person of a register.
enum Person {
    /// Who they are, in a line.
    Line(Line),
    /// A record of GB/T 38962.
    Record(Object),
}

impl Person {
    fn read(text: &str) -> Result<Self, String> {
        let read = hc_gbt::json::read(text).map_err(|error| error.to_string())?;
        match read {
            Value::Object(record) if record.contains_key("basic") => Ok(Self::Record(record)),
            // serde's words may repeat a value; the place is enough.
            _ => serde_json::from_str(text)
                .map(Self::Line)
                .map_err(|error| format!("is no person, at column {}", error.column())),
        }
    }

    fn newcomer(self, command: &ImportPeople, now: Timestamp) -> Result<Newcomer, String> {
        match self {
            Self::Line(mut line) => {
                let not_kept = std::mem::take(&mut line.other_columns);
                Ok(Newcomer {
                    enrolment: line.enrolment(command, now)?,
                    trips: Vec::new(),
                    not_kept,
                })
            }
            Self::Record(record) => of_record(&record, command, now),
        }
    }
}

/// A person to be enrolled.
struct Newcomer {
    enrolment: Enrolment,
    /// Trips where health was not declared.
    trips: Vec<Trip>,
    /// What was said that the region does not keep.
    not_kept: Vec<String>,
}

/// What a record says of a person, as when they enrol.
fn of_record(record: &Object, command: &ImportPeople, now: Timestamp) -> Result<Newcomer, String> {
    let elements = DataElements::bundled();
    let record = deployed::from_deployed(elements, record).map_err(|error| error.to_string())?;
    let source = Code::<ItemSource>::from_word("counter").map_err(|error| error.to_string())?;
    let bare = Provenance::new(source, now, None).ok_or("no time")?;
    let reading = Reading {
        elements,
        now,
        bare,
    };
    let object = record;
    let record = PersonRecord::parse(&object, &reading).map_err(|faults| {
        let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
        faults.join("; ")
    })?;
    let mut trips = record.itinerary().to_vec();
    let declaration = record.health().map(|health| HealthDeclaration {
        health: health.clone(),
        trips: std::mem::take(&mut trips),
    });
    let basic = record.basic();
    let document = basic.document().value().clone();
    Ok(Newcomer {
        not_kept: not_kept::of_record(&object, &document),
        enrolment: Enrolment {
            profile: Profile {
                name: basic.name().value().clone(),
                phone: basic.phone().map(|phone| phone.value().clone()),
                address: None,
            },
            document,
            consents: consents(command),
            declaration,
        },
        trips,
    })
}

fn consents(command: &ImportPeople) -> Vec<Consent> {
    vec![Consent {
        purpose: Consent::CODE,
        version: command.consent_version,
        lasts: Span::days(command.consent_days),
    }]
}

/// What came of people.
#[derive(Clone, Debug, Default)]
struct Tally {
    new: u64,
    changed: u64,
    same: u64,
    levels: BTreeMap<&'static str, u64>,
}

/// A line that does not count.
struct Bad {
    path: PathBuf,
    line: usize,
    why: String,
}

pub(super) fn run(command: &ImportPeople, screen: &mut Screen) -> Result<Outcome> {
    let region = Stopped::begin(&command.config)?;
    let now = region.node.now();
    let mut bad = Vec::new();
    let mut whole = Tally::default();
    let mut not_kept = NotKept::default();
    let bar = progress::counter("people");
    for path in &command.files {
        let mut waiting = Vec::with_capacity(AT_ONCE);
        let mut failed = None;
        each(path, |line, read| {
            match read.and_then(|read| read.newcomer(command, now)) {
                Ok(mut newcomer) => {
                    not_kept.note(std::mem::take(&mut newcomer.not_kept));
                    waiting.push(newcomer);
                }
                Err(why) => bad.push(Bad {
                    path: path.clone(),
                    line,
                    why,
                }),
            }
            if waiting.len() == AT_ONCE && failed.is_none() {
                failed = some(&region, command, std::mem::take(&mut waiting), &mut whole).err();
                bar.inc(AT_ONCE as u64);
            }
            failed.is_none()
        })?;
        if let Some(error) = failed {
            return Err(error);
        }
        some(&region, command, waiting, &mut whole)?;
    }
    bar.finish_and_clear();
    tell(command, (&whole, &not_kept), &bad, screen)?;
    Ok(Outcome::from_found(!bad.is_empty()))
}

/// Why an act that only looks is not kept.
enum Looked {
    Only(Tally),
    Failed(ActError),
}

impl From<StoreError> for Looked {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<ActError> for Looked {
    fn from(error: ActError) -> Self {
        Self::Failed(error)
    }
}

/// Enrols some people in one act, or in a dry run takes it all back.
fn some(
    region: &Stopped,
    command: &ImportPeople,
    people: Vec<Newcomer>,
    whole: &mut Tally,
) -> Result<()> {
    let (hasher, now, dry) = (region.hasher.clone(), region.node.now(), command.dry_run);
    let done = region.act(move |writing, rulebook| {
        let mut tally = Tally::default();
        for newcomer in &people {
            let mut enrolment = newcomer.enrolment.clone();
            let hash = hasher.hash(&enrolment.document.key());
            let before = known(writing, hash)?;
            if let (Some((number, _)), Some(said)) = (&before, &enrolment.declaration)
                && said_last(writing, *number, &said.expose_bytes())?
            {
                // A run that is begun again declares nothing twice.
                enrolment.declaration = None;
            }
            let enrolled = act::enrol(
                writing,
                rulebook,
                &hasher,
                &enrolment,
                &Actor::service(),
                now,
            )?;
            let trips = &newcomer.trips;
            if !trips.is_empty() && !said_last(writing, enrolled.number, &trips_alone(trips))? {
                act::declare_trips(writing, rulebook, enrolled.number, trips, now)?;
            }
            match before.map(|(_, profile)| profile) {
                None => tally.new += 1,
                Some(before) if before == enrolment.profile => tally.same += 1,
                Some(_) => tally.changed += 1,
            }
            let standing = writing
                .standings(&[enrolled.number])?
                .into_iter()
                .flatten()
                .next();
            let level = standing.and_then(|standing| standing.at(now).map(|(step, _)| step.level));
            *tally
                .levels
                .entry(level.unwrap_or(hc_code::Level::Unknown).word())
                .or_default() += 1;
        }
        if dry {
            Err(Looked::Only(tally))
        } else {
            Ok(tally)
        }
    });
    let tally = match done {
        Ok(tally) | Err(Looked::Only(tally)) => tally,
        Err(Looked::Failed(error)) => return Err(error.into()),
    };
    whole.new += tally.new;
    whole.changed += tally.changed;
    whole.same += tally.same;
    for (level, count) in tally.levels {
        *whole.levels.entry(level).or_default() += count;
    }
    Ok(())
}

/// Who a document names already.
fn known(
    writing: &mut dyn Writing,
    hash: hc_core::store::DocumentHash,
) -> Result<Option<(SubjectNumber, Profile)>, ActError> {
    let Some(number) = writing.numbers(&[hash])?.into_iter().flatten().next() else {
        return Ok(None);
    };
    let row = writing.subject(number)?;
    let row = row.filter(|row| row.state == SubjectState::Active);
    let profile = row.map(|row| Profile::from_bytes(&row.content));
    Ok(profile.transpose()?.map(|profile| (number, profile)))
}

/// Whether a person's last declaration says exactly this.
fn said_last(
    writing: &mut dyn Writing,
    number: SubjectNumber,
    content: &[u8],
) -> Result<bool, ActError> {
    let last = writing.declarations(number, 1)?;
    Ok(last.first().is_some_and(|row| row.content == content))
}

/// Trips as they are kept where health was not declared with them.
fn trips_alone(trips: &[Trip]) -> Vec<u8> {
    let trips = trips.iter().map(|trip| Value::Object(trip.expose_object()));
    let trips: Vec<Value> = trips.collect();
    json!({ "itinerary": trips }).to_string().into_bytes()
}

impl Line {
    fn enrolment(self, command: &ImportPeople, now: Timestamp) -> Result<Enrolment, String> {
        let said = |what: &str, error: &dyn std::fmt::Display| format!("{what}: {error}");
        let full = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        let kind: DocumentType = self.kind.parse().map_err(|error| said("type", &error))?;
        let country = full(self.country)
            .map(|country| country.parse())
            .transpose();
        let country = country.map_err(|error| said("country", &error))?;
        let document = Document::parse(kind, &self.number, country, now)
            .map_err(|error| said("number", &error))?;
        let name = PersonName::parse(&self.name).map_err(|error| said("name", &error))?;
        let phone = full(self.phone)
            .map(|phone| Phone::parse(&phone))
            .transpose();
        let address = full(self.address)
            .map(|address| Address::parse(&address))
            .transpose();
        Ok(Enrolment {
            profile: Profile {
                name,
                phone: phone.map_err(|error| said("phone", &error))?,
                address: address.map_err(|error| said("address", &error))?,
            },
            document,
            consents: consents(command),
            declaration: None,
        })
    }
}

/// Hands every line on, as long as that is wanted.
fn each(path: &Path, mut then: impl FnMut(usize, Result<Person, String>) -> bool) -> Result<()> {
    let csv = match path.extension().and_then(|ending| ending.to_str()) {
        Some("csv") => true,
        Some("ndjson" | "jsonl") => false,
        _ => bail!(
            "{}: registers end with .csv, .ndjson or .jsonl",
            path.display()
        ),
    };
    input::is_file(path)?;
    let reading = || format!("cannot read {}", path.display());
    let file = std::fs::File::open(path).with_context(reading)?;
    let mut header: Option<Vec<String>> = None;
    for (line, text) in (1..).zip(BufReader::new(file).lines()) {
        let text = text.with_context(|| format!("{}, line {line}", reading()))?;
        let text = text.trim_start_matches('\u{feff}').trim_end_matches('\r');
        if text.is_empty() {
            continue;
        }
        let read = if text.len() > LONGEST {
            Err(format!("has more than {LONGEST} bytes"))
        } else if csv {
            let cells = cells(text);
            match (&header, cells) {
                (None, Ok(cells)) => {
                    let missing = ["type", "number", "name"]
                        .into_iter()
                        .find(|name| !cells.iter().any(|cell| cell == name));
                    if let Some(missing) = missing {
                        bail!("{}: the header has no {missing}", path.display());
                    }
                    header = Some(cells);
                    continue;
                }
                (None, Err(why)) => bail!("{}: the header: {why}", path.display()),
                (Some(header), cells) => cells
                    .and_then(|cells| of_cells(header, cells))
                    .map(Person::Line),
            }
        } else {
            Person::read(text)
        };
        if !then(line, read) {
            return Ok(());
        }
    }
    Ok(())
}

fn of_cells(header: &[String], cells: Vec<String>) -> Result<Line, String> {
    if header.len() != cells.len() {
        return Err(format!(
            "has {} cells, the header {}",
            cells.len(),
            header.len()
        ));
    }
    let mut line = Line::default();
    for (name, cell) in header.iter().zip(cells) {
        match name.as_str() {
            "type" => line.kind = cell,
            "number" => line.number = cell,
            "country" => line.country = Some(cell),
            "name" => line.name = cell,
            "phone" => line.phone = Some(cell),
            "address" => line.address = Some(cell),
            _ if cell.trim().is_empty() => {}
            other => {
                let column = format!("column {}", other.escape_debug());
                line.other_columns.push(column);
            }
        }
    }
    Ok(line)
}

/// The cells of one line (RFC 4180, without line ends in cells).
fn cells(text: &str) -> Result<Vec<String>, String> {
    let mut cells = vec![String::new()];
    let mut letters = text.chars().peekable();
    let mut quoted = false;
    while let Some(letter) = letters.next() {
        let Some(cell) = cells.last_mut() else { break };
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                cell.push('"');
            }
            '"' if quoted => quoted = false,
            '"' if cell.is_empty() => quoted = true,
            ',' if !quoted => cells.push(String::new()),
            letter => cell.push(letter),
        }
    }
    if quoted {
        return Err("a quotation mark is not closed".to_owned());
    }
    Ok(cells)
}

fn tell(
    command: &ImportPeople,
    (whole, not_kept): (&Tally, &NotKept),
    bad: &[Bad],
    screen: &mut Screen,
) -> Result<()> {
    if screen.json() {
        let lines: Vec<_> = bad
            .iter()
            .map(|bad| json!({"file": bad.path.display().to_string(), "line": bad.line, "why": bad.why}))
            .collect();
        return screen.object(&json!({
            "dryRun": command.dry_run,
            "new": whole.new,
            "changed": whole.changed,
            "same": whole.same,
            "levels": whole.levels,
            "notKept": not_kept.counts(),
            "quarantined": lines,
        }));
    }
    if command.dry_run {
        screen.heading(screen.say("试运行，未作任何更改", "dry run: nothing was changed"))?;
    }
    screen.line(format!(
        "{} {}, {} {}, {} {}, {} {}",
        whole.new,
        screen.say("人新登记", "new"),
        whole.changed,
        screen.say("人有变更", "brought up to date"),
        whole.same,
        screen.say("人无变更", "the same"),
        bad.len(),
        screen.say("行被隔离", "lines quarantined")
    ))?;
    for (level, count) in &whole.levels {
        screen.line(format!("  {level}: {count}"))?;
    }
    for (element, count) in not_kept.counts() {
        let says = screen.say("未保存", "not kept");
        screen.line(format!("  {says}: {element}: {count}"))?;
    }
    for bad in bad {
        screen.line(format!(
            "  {}:{}: {}",
            bad.path.display(),
            bad.line,
            bad.why
        ))?;
    }
    Ok(())
}
