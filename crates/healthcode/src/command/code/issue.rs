//! `code issue`: from a decision to a signed text.

use anyhow::{Context, Result, bail, ensure};
use hc_code::claims::Claims;
use hc_code::cose::Sign1;
use hc_code::issue::{CarriedPlace, Decided, Issuer};
use hc_code::live::Handle;
use hc_code::paper::{Paper, Pointer};
use hc_code::signing::SigningKey;
use hc_code::statement::{Binder, LastTest, Statement};
use hc_code::text::CodeText;
use hc_code::{Class, Day, DivisionCode, Extension, Level, Timestamp};
use serde::Serialize;

use crate::args::Issue;
use crate::command::{Misunderstood, Outcome};
use crate::input::{decisions, key_file};
use crate::screen::Screen;
use crate::show::code::ClaimsLine;
use crate::{clock, random};

/// What one code is to say, and who says it.
struct Order {
    region: DivisionCode,
    decided: Decided,
}

pub(in crate::command) fn run(command: &Issue, screen: &mut Screen) -> Result<Outcome> {
    let at = command.at.unwrap_or_else(clock::now);
    let extension = command.extension.as_deref().unwrap_or_default();
    let extension = Extension::new(extension.as_bytes())?;
    let (orders, left_out) = orders(command, at)?;
    let key = &key_file::signing_key(&command.key)?;
    let holder = command.holder.as_deref().map(key_file::public_key);
    let holder = holder.transpose()?;
    // All or none: a list of codes with a hole in it would be taken for whole.
    let mut issued = Vec::new();
    for (order, number) in orders.iter().zip(1..) {
        let issuer = Issuer::new(
            order.region,
            Borrowed(key),
            command.staleness,
            command.offset,
        )?;
        let text = match command.class {
            Class::Live => {
                let handle = Handle::from_bytes(*random::bytes()?);
                issuer.live(&order.decided, handle, &extension, at)?
            }
            Class::Carried => {
                let day = match command.day {
                    Some(day) => day,
                    None => Day::of(at, command.offset)?,
                };
                let place = CarriedPlace {
                    day: u32::from(day.number()),
                    index: command.index.context("a carried code needs --index")?,
                    holder: holder.clone().context("a carried code needs --holder")?,
                };
                ensure!(
                    number == 1,
                    "one holder and one index are given, but several decisions"
                );
                issuer.carried(&order.decided, &place, &extension, at)?
            }
            Class::Paper => {
                let pointer = Pointer::from_bytes(*random::bytes()?);
                let paper = Paper::new(pointer, binder(command)?);
                issuer.paper(paper, &extension, at, at.plus(command.life))?
            }
        };
        issued.push(text);
    }
    for text in &issued {
        if screen.json() {
            screen.object(&IssuedLine::of(text)?)?;
        } else {
            screen.line(text)?;
        }
    }
    Ok(Outcome::from_found(left_out))
}

/// The orders, and whether some lines of decisions were none.
fn orders(command: &Issue, at: Timestamp) -> Result<(Vec<Order>, bool)> {
    let Some(path) = &command.decision else {
        let region = command.region.context("--region is needed")?;
        // Paper says no level, so none is asked for.
        let level = match (command.class, command.level) {
            (Class::Paper, None) => Level::Low,
            (Class::Paper, Some(_)) => bail!(Misunderstood("a paper code says no level")),
            (_, Some(level)) => level,
            (_, None) => bail!(Misunderstood("--level or --decision is needed")),
        };
        let as_of = command.as_of.unwrap_or(at);
        let statement = Statement::new(level, command.reason, as_of)?;
        let decided = Decided {
            statement: dressed(command, statement)?,
            valid_until: command.valid_until.unwrap_or(Timestamp::MAX),
        };
        return Ok((vec![Order { region, decided }], false));
    };
    ensure!(
        command.class != Class::Paper,
        Misunderstood("a paper code is made from no decision: it says no level")
    );
    let read = decisions::read(path)?;
    let mut orders = Vec::new();
    for decision in read.decisions {
        let region = command.region.unwrap_or(decision.region);
        let statement = Statement::new(decision.level, decision.reason, decision.at)?;
        orders.push(Order {
            region,
            decided: Decided {
                statement: dressed(command, statement)?,
                valid_until: decision.valid_until,
            },
        });
    }
    ensure!(
        !orders.is_empty(),
        "{} has no decision in it",
        path.display()
    );
    Ok((orders, read.others > 0))
}

fn dressed(command: &Issue, statement: Statement) -> Result<Statement> {
    let mut statement = statement;
    if let Some(time) = command.tested_at {
        let test = LastTest::at(time, command.test_kind).context("the test was before 1970")?;
        statement = statement.with_last_test(test)?;
    }
    Ok(match binder(command)? {
        Some(binder) => statement.with_binder(binder),
        None => statement,
    })
}

fn binder(command: &Issue) -> Result<Option<Binder>> {
    Ok(command.binder.as_deref().map(Binder::new).transpose()?)
}

/// A key that several issuers use one after the other.
struct Borrowed<'a>(&'a SigningKey);

impl hc_code::signing::Signer for Borrowed<'_> {
    fn public_key(&self) -> &hc_code::signing::PublicKey {
        self.0.public_key()
    }

    fn sign(
        &self,
        message: &[u8],
    ) -> Result<hc_code::signing::Signature, hc_code::signing::SigningError> {
        self.0.sign(message)
    }
}

#[derive(Serialize)]
struct IssuedLine<'a> {
    text: &'a str,
    key_id: Option<String>,
    #[serde(flatten)]
    claims: ClaimsLine,
}

impl<'a> IssuedLine<'a> {
    fn of(text: &'a str) -> Result<Self> {
        let code = CodeText::parse(text)?;
        let signed = Sign1::parse(code.security())?;
        Ok(Self {
            text,
            key_id: signed.key_id().map(|id| id.to_string()),
            claims: ClaimsLine::of(&Claims::decode(signed.payload())?),
        })
    }
}
