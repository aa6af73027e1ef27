//! `export`: everything that is kept about a person, or everybody, as the person themself gets it; or records of
//! GB/T 38962, which another region's `import people` reads.

mod record;

use anyhow::{Context, Result, ensure};
use hc_code::Level;
use hc_code::day_index::SubjectNumber;
use hc_core::act::{self, ActError, Actor, Export};
use hc_tlog::entry::Role;

use serde_json::json;

use self::record::{LeftOut, Written};
use super::Outcome;
use crate::args::{ExportData, ExportForm};
use crate::output::{self, Readers};
use crate::progress;
use crate::screen::Screen;
use crate::service::stopped::Stopped;

/// People who are read in one act.
const AT_ONCE: u32 = 50;

/// What is to be written, and what came of it.
#[derive(Default)]
struct Taken {
    lines: Vec<u8>,
    people: u64,
    /// What has no place in the form.
    left_out: LeftOut,
    /// Why people have no record, each by the place among all.
    without: Vec<(u64, String)>,
}

pub(super) fn run(command: &ExportData, screen: &mut Screen) -> Result<Outcome> {
    ensure!(
        !command.out.exists(),
        "{} is there already and is not written over",
        command.out.display()
    );
    let region = Stopped::begin(&command.config)?;
    let mut taken = Taken::default();
    if let Some(document) = &command.document {
        let number = region.subject(document)?;
        take(&region, command, &[number], &mut taken)?;
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
            take(&region, command, &some, &mut taken)?;
            bar.set_position(taken.people);
            after = Some(last);
        }
        bar.finish_and_clear();
    }
    output::create(&command.out, &taken.lines, Readers::User)?;
    tell(command, &taken, screen)?;
    Ok(Outcome::from_found(!taken.without.is_empty()))
}

fn tell(command: &ExportData, taken: &Taken, screen: &mut Screen) -> Result<()> {
    let written = taken.people - taken.without.len() as u64;
    if screen.json() {
        let without = taken.without.iter();
        let without = without.map(|(place, why)| json!({"person": place, "why": why}));
        return screen.object(&json!({
            "people": written,
            "file": command.out.display().to_string(),
            "notInThisForm": taken.left_out,
            "without": without.collect::<Vec<_>>(),
        }));
    }
    screen.line(format!(
        "{written} {} {}",
        screen.say("人的资料已写入", "people's data are in"),
        command.out.display()
    ))?;
    for (what, count) in &taken.left_out {
        let says = screen.say("此格式不含", "not in this form");
        screen.line(format!("  {says}: {what}: {count}"))?;
    }
    for (place, why) in &taken.without {
        let says = screen.say("无法写成记录：第", "no record for person");
        screen.line(format!("  {says} {place}: {why}"))?;
    }
    Ok(())
}

/// Takes some people's data, logs it in the log of each, and writes a line for each.
fn take(
    region: &Stopped,
    command: &ExportData,
    numbers: &[SubjectNumber],
    whole: &mut Taken,
) -> Result<()> {
    let now = region.node.now();
    let actor = Actor {
        role: Role::Officer,
        id: command.recipient.clone(),
    };
    let (numbers, purpose) = (numbers.to_vec(), command.purpose.clone());
    let taken: Vec<(Export, Level)> = region
        .act(move |writing, rulebook| {
            let each = numbers.iter().map(|number| {
                let taken = act::export_for(writing, rulebook, *number, (&actor, &purpose), now)?;
                let standing = writing.standings(&[*number])?.into_iter().flatten().next();
                let level =
                    standing.and_then(|standing| standing.at(now).map(|(step, _)| step.level));
                Ok((taken, level.unwrap_or(Level::Unknown)))
            });
            each.collect::<Result<_, ActError>>()
        })
        .context("nothing was taken that is not logged")?;
    let offset = region.node.terms().offset;
    let mut rulebook = region.node.rulebook();
    for (one, level) in &taken {
        whole.people += 1;
        let told = match command.format {
            ExportForm::Own => hc_http::exported(offset, one, rulebook.places()),
            ExportForm::Gbt38962 => match record::record(one, *level, now) {
                Ok(Written { record, left_out }) => {
                    for (what, count) in left_out {
                        *whole.left_out.entry(what).or_default() += count;
                    }
                    record.into()
                }
                Err(why) => {
                    whole.without.push((whole.people, why.to_string()));
                    continue;
                }
            },
        };
        serde_json::to_writer(&mut whole.lines, &told)?;
        whole.lines.push(b'\n');
    }
    Ok(())
}
