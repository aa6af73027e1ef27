//! Stages and their exits.

use hc_code::{Level, Span};
use toml::Spanned;

use super::raw;
use super::reader::Reader;
use crate::evidence::{Pooling, TestMethod};
use crate::rules::{Exit, Reports, Stage, TestSeries, Then};
use crate::word::WordSet;

/// The most stages a rule may have; chains that long were never published.
const MAX_STAGES: usize = 16;

pub(super) fn stages(reader: &mut Reader<'_>, rule: &Spanned<raw::Rule>) -> Option<Vec<Stage>> {
    let raw = &rule.get_ref().stage;
    if raw.is_empty() {
        reader.complain(rule, "a rule has at least one [[rule.stage]]");
        return None;
    }
    if raw.len() > MAX_STAGES {
        reader.complain(rule, format!("a rule has at most {MAX_STAGES} stages"));
        return None;
    }
    let names: Vec<Option<String>> = raw
        .iter()
        .map(|stage| {
            stage
                .get_ref()
                .name
                .as_ref()
                .map(|name| name.get_ref().clone())
        })
        .collect();
    for (number, stage) in raw.iter().enumerate() {
        let Some(name) = &stage.get_ref().name else {
            continue;
        };
        if matches!(name.get_ref().as_str(), "end" | "next" | "") {
            reader.complain(
                name,
                "a stage cannot have this name: end and next have a meaning",
            );
        }
        if names
            .iter()
            .take(number)
            .any(|other| other.as_ref() == Some(name.get_ref()))
        {
            reader.complain(name, "another stage of the rule has this name");
        }
    }
    // Every stage is read, so that one run names every mistake.
    let stages: Vec<_> = (0u8..)
        .zip(raw)
        .map(|(number, spot)| stage(reader, spot, number, &names))
        .collect();
    stages.into_iter().collect()
}

fn stage(
    reader: &mut Reader<'_>,
    spot: &Spanned<raw::Stage>,
    number: u8,
    names: &[Option<String>],
) -> Option<Stage> {
    let raw = spot.get_ref();
    let level = reader.value::<Level>(&raw.level);
    let lasts = reader.value::<Span>(&raw.lasts);
    let then = match &raw.then {
        Some(spot) => then(reader, spot, number, names),
        None => Some(following(number, names)),
    };
    let may = reader.text(&raw.may, "what the person may do");
    let next = reader.text(&raw.next, "the next step");
    let exits: Vec<_> = raw
        .exit
        .iter()
        .map(|spot| exit(reader, spot, number, names))
        .collect();
    Some(Stage {
        name: raw.name.as_ref().map(|name| name.get_ref().clone()),
        level: level?,
        lasts: lasts?,
        to_midnight: raw.to_midnight,
        then: then?,
        exits: exits.into_iter().collect::<Option<_>>()?,
        may: may?,
        next: next?,
    })
}

/// The stage after this one, or the end.
fn following(number: u8, names: &[Option<String>]) -> Then {
    if usize::from(number) + 1 < names.len() {
        Then::Stage(number + 1)
    } else {
        Then::End
    }
}

fn then(
    reader: &mut Reader<'_>,
    spot: &raw::Spot,
    number: u8,
    names: &[Option<String>],
) -> Option<Then> {
    match spot.get_ref().as_str() {
        "end" => Some(Then::End),
        "next" => Some(following(number, names)),
        name => {
            let found = (0u8..)
                .zip(names)
                .find(|(_, other)| other.as_deref() == Some(name));
            if found.is_none() {
                reader.complain(
                    spot,
                    format!("{name:?} is neither a stage of this rule nor next or end"),
                );
            }
            found.map(|(number, _)| Then::Stage(number))
        }
    }
}

fn exit(
    reader: &mut Reader<'_>,
    spot: &Spanned<raw::Exit>,
    number: u8,
    names: &[Option<String>],
) -> Option<Exit> {
    let raw = spot.get_ref();
    let to = then(reader, &raw.to, number, names);
    if raw.tests.is_none() && raw.reports.is_none() && raw.release.is_none() {
        reader.complain(
            spot,
            "an exit names tests, reports or a release; time alone is what `lasts` is for",
        );
        return None;
    }
    let tests = match &raw.tests {
        Some(spot) => series(reader, spot).map(Some),
        None => Some(None),
    };
    let reports = match &raw.reports {
        Some(spot) => reports(reader, spot).map(Some),
        None => Some(None),
    };
    let release = match &raw.release {
        Some(spots) if spots.is_empty() => {
            reader.complain(spot, "a release names at least one setting");
            None
        }
        Some(spots) => reader.words(spots),
        None => Some(WordSet::EMPTY),
    };
    let not_before = reader.value_or(raw.not_before.as_ref(), Span::ZERO);
    Some(Exit {
        not_before: not_before?,
        tests: tests?,
        reports: reports?,
        release: release?,
        to: to?,
    })
}

fn series(reader: &mut Reader<'_>, spot: &Spanned<raw::Tests>) -> Option<TestSeries> {
    let raw = spot.get_ref();
    let negative = *raw.negative.get_ref();
    if !(1..=10).contains(&negative) {
        reader.complain(&raw.negative, "a series asks for 1 to 10 negative tests");
    }
    let apart = reader.value_or(raw.apart.as_ref(), Span::ZERO);
    let after = reader.value_or(raw.after.as_ref(), Span::ZERO);
    let within = match &raw.within {
        Some(spot) => reader.value(spot).map(Some),
        None => Some(None),
    };
    let nucleic_acid = WordSet::EMPTY.with(TestMethod::NucleicAcid);
    let any_pooling = WordSet::EMPTY.with(Pooling::Single).with(Pooling::Pooled);
    let methods = reader.words_or(raw.method.as_deref(), nucleic_acid);
    let pooling = reader.words_or(raw.pooling.as_deref(), any_pooling);
    let sources = reader.words_or(raw.sources.as_deref(), TestSeries::usual_sources());
    let series = TestSeries {
        negative,
        apart: apart?,
        after: after?,
        within: within?,
        methods: methods?,
        pooling: pooling?,
        sources: sources?,
    };
    if series.methods.is_empty() || series.pooling.is_empty() || series.sources.is_empty() {
        reader.complain(
            spot,
            "no test can count: method, pooling and sources each need a value",
        );
        return None;
    }
    Some(series)
}

fn reports(reader: &mut Reader<'_>, spot: &Spanned<raw::Reports>) -> Option<Reports> {
    let raw = spot.get_ref();
    let days = *raw.days.get_ref();
    if !(1..=60).contains(&days) {
        reader.complain(&raw.days, "reports are asked for on 1 to 60 days");
    }
    let after = reader.value_or(raw.after.as_ref(), Span::ZERO);
    Some(Reports {
        days,
        after: after?,
        temperature: raw.temperature,
    })
}
