//! `officer`, `source`, `gate`, `application`: registrations, made directly in the store while the service stands still.
//!
//! Whoever runs these commands has the region's secrets; each leaves an entry in the decision log. While
//! the region is served, two officers do the same with proposals.

use std::path::Path;

use anyhow::{Context, Result, bail};
use hc_code::Timestamp;
use hc_code::signing::PublicKey;
use hc_core::store::{PartyKind, Store as _, StoreError};
use hc_core::word::Word as _;
use hc_node::applications::{ApplicationTerms, CallQuota, Scope};
use hc_node::gates::{GateTerms, Quota, Venue};
use hc_node::party::{Terms, TermsError};
use hc_node::registration::{self, By, RegistrationError};
use hc_node::sources::SourceTerms;
use hc_pki::Certificate;
use hc_store_sqlite::{Options, SqliteStore};
use serde::Serialize;

use super::{Outcome, key};
use crate::args::{
    AddApplication, AddGate, AddSource, Application, EndParty, Gate, NewParty, Registered, Source,
};
use crate::input::{certificates, key_file};
use crate::screen::Screen;
use crate::service::{Configured, Secrets, serving};
use crate::{clock, random};

pub(super) fn source(command: &Source, screen: &mut Screen) -> Result<Outcome> {
    match command {
        Source::Add(command) => add(&command.party, screen, |key, times| {
            source_terms(command, key, times)
        }),
        Source::List(command) => list(command, PartyKind::Source, screen),
        Source::End(command) => end(command, PartyKind::Source, screen),
    }
}

pub(super) fn gate(command: &Gate, screen: &mut Screen) -> Result<Outcome> {
    match command {
        Gate::Add(command) => add(&command.party, screen, |key, times| {
            gate_terms(command, key, times)
        }),
        Gate::List(command) => list(command, PartyKind::Gate, screen),
        Gate::End(command) => end(command, PartyKind::Gate, screen),
    }
}

pub(super) fn application(command: &Application, screen: &mut Screen) -> Result<Outcome> {
    match command {
        Application::Add(command) => add(&command.party, screen, |key, times| {
            application_terms(command, key, times)
        }),
        Application::List(command) => list(command, PartyKind::Application, screen),
        Application::End(command) => end(command, PartyKind::Application, screen),
    }
}

type Times = (Timestamp, Timestamp);

fn source_terms(command: &AddSource, key: PublicKey, times: Times) -> Result<Terms, TermsError> {
    let (lines, divisions) = (command.lines.clone(), command.divisions.clone());
    let id = command.party.id.clone();
    let terms = SourceTerms::new(id, command.kind, lines, divisions, key, times)?;
    let terms = match &command.name {
        Some(name) => terms.with_name(name)?,
        None => terms,
    };
    let terms = terms
        .with_volume(command.rows_a_batch, command.rows_a_day)?
        .with_raised(command.raised_freely, command.raised_per_mille)?;
    Ok(Terms::Source(terms))
}

fn gate_terms(command: &AddGate, key: PublicKey, times: Times) -> Result<Terms, TermsError> {
    let venue = Venue {
        id: command.venue.clone(),
        class: command.class,
        division: command.division,
    };
    let looks = (command.attended, command.purposes.iter().copied().collect());
    let id = command.party.id.clone();
    let quota = Quota {
        an_hour: command.an_hour,
        a_day: command.a_day,
    };
    let terms = GateTerms::new(id, &command.name, venue, looks, key, times)?;
    Ok(Terms::Gate(terms.with_quota(quota)?))
}

fn application_terms(
    command: &AddApplication,
    key: PublicKey,
    times: Times,
) -> Result<Terms, TermsError> {
    let scope = Scope {
        functions: command.functions.iter().copied().collect(),
        divisions: command.divisions.clone(),
        purposes: command.purposes.iter().copied().collect(),
    };
    let quota = CallQuota {
        calls_a_minute: command.calls_a_minute,
        queries_a_day: command.queries_a_day,
    };
    let id = command.party.id.clone();
    let terms = ApplicationTerms::new(id, &command.name, scope, key, times)?;
    Ok(Terms::Application(terms.with_quota(quota)?))
}

/// Registers a party with a key that is given or made.
pub(super) fn add(
    command: &NewParty,
    screen: &mut Screen,
    terms: impl FnOnce(PublicKey, Times) -> Result<Terms, TermsError>,
) -> Result<Outcome> {
    let store = open(&command.region)?;
    let now = clock::now();
    let mut until = now.plus(command.life);
    let given = &command.key;
    let public = match (&given.key, &given.out, &given.certificate) {
        (Some(path), _, _) => key_file::public_key(path)?,
        (None, Some(out), _) => key::make(command.algorithm, out)?,
        (None, None, Some(path)) => {
            let certificate = believed(path, command, now)?;
            until = until.min(certificate.until());
            certificate.key().clone()
        }
        (None, None, None) => bail!("a key is needed"),
    };
    let added = terms(public.clone(), (now, until))
        .map_err(RegistrationError::from)
        .and_then(|terms| register(&store, terms, now));
    let terms = match (added, &command.key.out) {
        (Ok(terms), _) => terms,
        (Err(error), out) => {
            // A key of nobody is of no use.
            for path in out
                .iter()
                .flat_map(|out| [out.clone(), crate::output::beside(out, ".pub")])
            {
                drop(std::fs::remove_file(path));
            }
            return Err(error.into());
        }
    };
    if screen.json() {
        screen.object(&Row::of(&terms, now))?;
        return Ok(Outcome::Clean);
    }
    let (kind, id) = (terms.kind(), terms.id());
    let (zh, en) = (kind.word_zh(), kind.word());
    let said = screen.say("已登记：", "registered:");
    let kind = screen.say(zh, en);
    screen.line(format!("{said} {kind} {id}, {}", until))?;
    if let Some(out) = &command.key.out {
        key::told(&public, out, screen)?;
    }
    Ok(Outcome::Clean)
}

/// A party's certificate, if it is to be believed now.
fn believed(path: &Path, command: &NewParty, now: Timestamp) -> Result<Certificate> {
    let trust = &command.trust;
    let certificate = certificates::certificate(path)?;
    let others = certificates::certificates(&trust.through)?;
    let anchors = certificates::anchors(&trust.anchors, &trust.revocations)?;
    let way = anchors.verify(&certificate, &others, now);
    way.map(drop).with_context(|| path.display().to_string())?;
    Ok(certificate)
}

fn register(store: &SqliteStore, terms: Terms, now: Timestamp) -> Result<Terms, RegistrationError> {
    let registered = terms.clone();
    let written = store
        .write(move |writing| registration::register(writing, &terms, &By::command_line(), now));
    let runtime = serving::runtime().map_err(|error| {
        let why = StoreError::Unavailable(format!("{error:#}"));
        RegistrationError::from(why)
    })?;
    runtime.block_on(written)?;
    Ok(registered)
}

#[derive(Serialize)]
struct Row {
    kind: &'static str,
    id: String,
    name: String,
    says: String,
    key: String,
    registered: String,
    until: String,
    holds: bool,
}

impl Row {
    fn of(terms: &Terms, now: Timestamp) -> Self {
        let row = terms.to_row();
        let (name, says) = match terms {
            Terms::Officer(terms) => (terms.name(), terms.duties().words()),
            Terms::Source(terms) => {
                let lines: Vec<&str> = terms.lines().iter().map(|line| line.word()).collect();
                (
                    terms.name(),
                    format!("{}: {}", terms.kind(), lines.join(", ")),
                )
            }
            Terms::Application(terms) => (terms.name(), terms.scope().functions.words()),
            Terms::Gate(terms) => {
                let venue = terms.venue();
                let says = format!(
                    "{} ({}): {}",
                    venue.id,
                    venue.class,
                    terms.purposes().words()
                );
                (terms.name(), says)
            }
        };
        Self {
            kind: terms.kind().word(),
            id: row.id,
            name: name.to_owned(),
            says,
            key: terms.key().id().to_string(),
            registered: row.at.to_string(),
            until: row.until.to_string(),
            holds: terms.holds_at(now),
        }
    }
}

/// Lists everybody of a kind.
pub(super) fn list(command: &Registered, kind: PartyKind, screen: &mut Screen) -> Result<Outcome> {
    let store = open(command)?;
    let rows = store.read(move |reading| reading.parties(kind));
    let rows: Result<_, StoreError> = serving::runtime()?.block_on(rows);
    let now = clock::now();
    let terms = rows?
        .iter()
        .map(Terms::from_row)
        .collect::<Result<Vec<_>, _>>()?;
    let rows: Vec<Row> = terms.iter().map(|terms| Row::of(terms, now)).collect();
    if screen.json() {
        for row in &rows {
            screen.object(row)?;
        }
        return Ok(Outcome::Clean);
    }
    if rows.is_empty() {
        screen.line(screen.say("尚无登记", "nobody is registered"))?;
        return Ok(Outcome::Clean);
    }
    let head = [
        screen.say("编号", "id"),
        screen.say("名称", "name"),
        screen.say("权限", "may"),
        screen.say("密钥", "key"),
        screen.say("止于", "until"),
    ];
    let ended = screen.say("（已失效）", " (ended)");
    let rows = rows.into_iter().map(|row| {
        let until = if row.holds {
            row.until
        } else {
            row.until + ended
        };
        vec![row.id, row.name, row.says, row.key, until]
    });
    screen.table(&head, rows.collect())?;
    Ok(Outcome::Clean)
}

/// Ends a registration.
pub(super) fn end(command: &EndParty, kind: PartyKind, screen: &mut Screen) -> Result<Outcome> {
    let store = open(&command.region)?;
    let (id, reason, now) = (command.id.clone(), command.reason.clone(), clock::now());
    let written = store.write(move |writing| {
        registration::end(writing, (kind, &id), &reason, &By::command_line(), now)
    });
    serving::runtime()?.block_on(written)?;
    let said = screen.say("登记已终止：", "ended:");
    screen.line(format!(
        "{said} {} {}",
        screen.say(kind.word_zh(), kind.word()),
        command.id
    ))?;
    Ok(Outcome::Clean)
}

/// The store of a region that is not served at the moment.
fn open(command: &Registered) -> Result<SqliteStore> {
    let configured = Configured::read(&command.config)?;
    let secrets = Secrets::read(&configured.path(&configured.config.secrets))?;
    let database = configured.path(&configured.config.database);
    let cipher = secrets.columns.cipher();
    SqliteStore::open(&database, cipher, random::source()?, &Options::default()).with_context(
        || {
            format!(
                "cannot open {}; while the region is served, officers do this with proposals",
                database.display()
            )
        },
    )
}
