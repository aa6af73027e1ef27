//! `export`: everything that is kept about a person, or everybody, as the person themself gets it.

use anyhow::{Context, Result, ensure};
use hc_code::day_index::SubjectNumber;
use hc_core::act::{self, ActError, Actor, Export};
use hc_tlog::entry::Role;

use super::Outcome;
use crate::args::ExportData;
use crate::output::{self, Readers};
use crate::progress;
use crate::screen::Screen;
use crate::service::stopped::Stopped;

/// People who are read in one act.
const AT_ONCE: u32 = 50;

pub(super) fn run(command: &ExportData, screen: &mut Screen) -> Result<Outcome> {
    ensure!(
        !command.out.exists(),
        "{} is there already and is not written over",
        command.out.display()
    );
    let region = Stopped::begin(&command.config)?;
    let mut lines = Vec::new();
    let mut people = 0_u64;
    if let Some(document) = &command.document {
        let number = region.subject(document)?;
        people += take(&region, command, &[number], &mut lines)?;
    } else {
        let bar = progress::counter("people");
        let mut after = None;
        loop {
            let from = after;
            let some = region
                .act(move |writing, _| Ok::<_, ActError>(writing.active_after(from, AT_ONCE)?))?;
            let Some(last) = some.last().copied() else {
                break;
            };
            people += take(&region, command, &some, &mut lines)?;
            bar.set_position(people);
            after = Some(last);
        }
        bar.finish_and_clear();
    }
    output::create(&command.out, &lines, Readers::User)?;
    screen.line(format!(
        "{people} {} {}",
        screen.say("人的资料已写入", "people's data are in"),
        command.out.display()
    ))?;
    Ok(Outcome::Clean)
}

/// Takes some people's data, logs it in the log of each, and writes a line for each.
fn take(
    region: &Stopped,
    command: &ExportData,
    numbers: &[SubjectNumber],
    lines: &mut Vec<u8>,
) -> Result<u64> {
    let now = region.node.now();
    let actor = Actor {
        role: Role::Officer,
        id: command.recipient.clone(),
    };
    let (numbers, purpose) = (numbers.to_vec(), command.purpose.clone());
    let taken: Vec<Export> = region
        .act(move |writing, rulebook| {
            let each = numbers
                .iter()
                .map(|number| act::export_for(writing, rulebook, *number, (&actor, &purpose), now));
            each.collect::<Result<_, ActError>>()
        })
        .context("nothing was taken that is not logged")?;
    let offset = region.node.terms().offset;
    let mut rulebook = region.node.rulebook();
    for one in &taken {
        let told = hc_http::exported(offset, one, rulebook.places());
        serde_json::to_writer(&mut *lines, &told)?;
        lines.push(b'\n');
    }
    Ok(taken.len() as u64)
}
