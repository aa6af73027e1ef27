//! `hub show`: who is a region, and what was done.

use anyhow::Result;
use hc_core::division::DivisionTable;
use hc_hub::register::Member;
use serde::Serialize;

use crate::args::OfHub;
use crate::command::Outcome;
use crate::screen::Screen;

#[derive(Serialize)]
struct Row {
    region: String,
    name: String,
    standing: &'static str,
    roots: Vec<String>,
    contact: Option<String>,
}

pub(super) fn run(command: &OfHub, screen: &mut Screen) -> Result<Outcome> {
    let hub = super::configured(command)?.reader()?;
    let register = hub.register();
    let names = DivisionTable::bundled();
    let rows = register.standings().into_iter().map(|(region, standing)| {
        let member = register.members().get(&region);
        let listed = register.list().and_then(|list| list.issuer(region));
        let roots = if let Some(member) = member {
            requests(member)
        } else {
            let roots = listed.map(|entry| entry.roots().iter());
            let roots = roots.into_iter().flatten();
            roots.map(|root| root.key().id().to_string()).collect()
        };
        Row {
            region: region.to_string(),
            name: names.name(region).unwrap_or("?").to_owned(),
            standing: standing.word(),
            roots,
            contact: member
                .and_then(Member::newest)
                .map(|request| request.says().contact.to_string()),
        }
    });
    let rows: Vec<Row> = rows.collect();
    if screen.json() {
        for row in &rows {
            screen.object(row)?;
        }
        return Ok(Outcome::Clean);
    }
    let list = match register.list() {
        Some(list) => format!("trust list {} until {}", list.version(), list.expires_at()),
        None => "no trust list yet".to_owned(),
    };
    let entries = hub.history().entries().len();
    screen.heading(format!(
        "{}: {list}; {entries} entries in the history",
        register.name()
    ))?;
    let cells = rows.into_iter().map(|row| {
        vec![
            row.region,
            row.name,
            row.standing.to_owned(),
            row.roots.join(" "),
            row.contact.unwrap_or_default(),
        ]
    });
    screen.table(
        &["region", "name", "standing", "roots", "contact"],
        cells.collect(),
    )?;
    Ok(Outcome::Clean)
}

fn requests(member: &Member) -> Vec<String> {
    let roots = member.requests().iter();
    roots
        .map(|(_, request)| request.says().root.id().to_string())
        .collect()
}
