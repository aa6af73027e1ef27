//! How the rows of all publications were mapped.

use std::collections::BTreeMap;

use anyhow::Result;
use hc_core::area::{Mapping, MappingReport};
use hc_core::word::Word;
use serde::Serialize;

use crate::input::areas::AreaFiles;
use crate::screen::Screen;
use crate::show::word;

/// How all rows were mapped, and the names of those that were not mapped to a county.
pub(super) fn show(screen: &mut Screen, areas: &AreaFiles, mapped: &MappingReport) -> Result<()> {
    let (good, all) = mapped.mapped_rows();
    if screen.json() {
        let by_way = Mapping::ALL
            .iter()
            .map(|way| (way.word(), mapped.rows(*way)));
        let coarse = mapped.coarse().map(|(text, rows)| Named {
            names: text.names.join(" "),
            reason: text.mapping.word().to_owned(),
            times: rows,
        });
        let lost = mapped.lost().map(|(lost, times)| Named {
            names: format!(
                "{} {}",
                lost.names.join(" "),
                lost.place.as_deref().unwrap_or_default()
            ),
            reason: lost.reason.to_string(),
            times,
        });
        return screen.object(&Summary {
            problems: areas
                .publications
                .iter()
                .map(|read| read.problems.len())
                .sum(),
            publications: areas.publications.len(),
            rows: all,
            rows_mapped: good,
            mapped_by: by_way.collect(),
            coarse: coarse.collect(),
            lost: lost.collect(),
        });
    }
    // In hundredths of a percent, so that 99.996 % is never shown as all.
    let share = match (good * 10_000).checked_div(all) {
        Some(share) => format!("{}.{:02} %", share / 100, share % 100),
        None => "–".to_owned(),
    };
    let problems: usize = areas
        .publications
        .iter()
        .map(|read| read.problems.len())
        .sum();
    let title = format!(
        "{} {} · {good}/{all} {} ({share}) · {problems} {}",
        areas.publications.len(),
        screen.say("次公布", "publications"),
        screen.say("可读行已对应区划", "readable rows mapped to a division"),
        screen.say("处问题", "problems"),
    );
    screen.heading(title)?;
    for way in Mapping::ALL {
        let says = word(screen, *way);
        screen.line(format!("{:>9}  {says}", mapped.rows(*way)))?;
    }
    for (text, rows) in mapped.coarse() {
        let says = word(screen, text.mapping);
        screen.line(format!("    {rows:>5}  {} ({says})", text.names.join(" ")))?;
    }
    for (lost, times) in mapped.lost() {
        let place = lost.place.as_deref().unwrap_or_default();
        screen.line(format!(
            "    {times:>5}  {}: {} {place}: {}",
            lost.list,
            lost.names.join(" "),
            lost.reason
        ))?;
    }
    Ok(())
}

#[derive(Serialize)]
struct Summary {
    publications: usize,
    problems: usize,
    /// Rows that could be read.
    rows: usize,
    rows_mapped: usize,
    mapped_by: BTreeMap<&'static str, usize>,
    coarse: Vec<Named>,
    lost: Vec<Named>,
}

#[derive(Serialize)]
struct Named {
    names: String,
    reason: String,
    times: usize,
}
