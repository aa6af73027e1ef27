//! Triggers: which fields belong to which fact.

use hc_code::Span;
use toml::Spanned;

use super::raw;
use super::reader::Reader;
use crate::evidence::{EventKind, Pooling, TenthsCelsius, TestMethod};
use crate::place::Overlap;
use crate::rules::{Lapse, LapseOf, Overdue, StayTrigger, TestTrigger, Trigger};
use crate::word::{Word, WordSet};

pub(super) fn trigger(reader: &mut Reader<'_>, spot: &Spanned<raw::Trigger>) -> Option<Trigger> {
    let raw = spot.get_ref();
    let fact = raw.fact.get_ref().as_str();
    let fields = fields_of(fact);
    if fields.is_none() {
        reader.complain(&raw.fact, unknown_fact(fact));
    }
    let fields = fields?;
    if let Some(stray) = written(raw)
        .into_iter()
        .find(|field| !fields.contains(field))
    {
        let may = if fields.is_empty() {
            "none".to_owned()
        } else {
            fields.join(", ")
        };
        reader.complain(
            spot,
            format!("`{stray}` does not belong to fact {fact:?}; its fields are: {may}"),
        );
        return None;
    }
    match fact {
        "declaration" => {
            needed(reader, spot, "answers", raw.answers.as_deref()).map(Trigger::Declaration)
        }
        "case" => needed(reader, spot, "class", raw.class.as_deref()).map(Trigger::Case),
        "contact" => needed(reader, spot, "degree", raw.degree.as_deref()).map(Trigger::Contact),
        "test" => test(reader, spot).map(Trigger::Test),
        "stay" => stay(reader, spot).map(Trigger::Stay),
        "arrival" => needed(reader, spot, "from", raw.from.as_deref()).map(Trigger::Arrival),
        "quarantine" => {
            needed(reader, spot, "setting", raw.setting.as_deref()).map(Trigger::Quarantine)
        }
        "release" => needed(reader, spot, "setting", raw.setting.as_deref()).map(Trigger::Release),
        "symptoms" => Some(Trigger::Symptoms),
        "temperature" => temperature(reader, spot).map(Trigger::Temperature),
        "exposure" => needed(reader, spot, "grade", raw.grade.as_deref()).map(Trigger::Exposure),
        "lapse" => lapse(reader, spot).map(Trigger::Lapse),
        "overdue" => overdue(reader, spot).map(Trigger::Overdue),
        _ => None,
    }
}

/// The fields of a trigger, by its fact.
fn fields_of(fact: &str) -> Option<&'static [&'static str]> {
    Some(match fact {
        "declaration" => &["answers"],
        "case" => &["class"],
        "contact" => &["degree"],
        "test" => &["result", "method", "pooling"],
        "stay" => &["area", "division", "match", "lookback"],
        "arrival" => &["from"],
        "quarantine" | "release" => &["setting"],
        "symptoms" => &[],
        "temperature" => &["at-least"],
        "exposure" => &["grade"],
        "lapse" => &["of", "after"],
        "overdue" => &["since", "within"],
        _ => return None,
    })
}

fn unknown_fact(fact: &str) -> String {
    if matches!(
        fact,
        "any" | "other" | "all" | "*" | "directive" | "instruction" | "manual"
    ) {
        return format!(
            "{fact:?} would be a catch-all; a rule names the kind of evidence that sets it off"
        );
    }
    let mut known: Vec<_> = EventKind::ALL
        .iter()
        .map(|kind| kind.word())
        .filter(|word| fields_of(word).is_some())
        .collect();
    known.extend(["lapse", "overdue"]);
    format!(
        "{fact:?} is not a fact that a rule can name: it is one of {}",
        known.join(", ")
    )
}

/// The names of the fields that are written.
fn written(raw: &raw::Trigger) -> Vec<&'static str> {
    [
        ("answers", raw.answers.is_some()),
        ("class", raw.class.is_some()),
        ("degree", raw.degree.is_some()),
        ("result", raw.result.is_some()),
        ("method", raw.method.is_some()),
        ("pooling", raw.pooling.is_some()),
        ("area", raw.area.is_some()),
        ("division", raw.division.is_some()),
        ("match", raw.overlap.is_some()),
        ("lookback", raw.lookback.is_some()),
        ("from", raw.from.is_some()),
        ("setting", raw.setting.is_some()),
        ("at-least", raw.at_least.is_some()),
        ("grade", raw.grade.is_some()),
        ("of", raw.of.is_some()),
        ("after", raw.after.is_some()),
        ("since", raw.since.is_some()),
        ("within", raw.within.is_some()),
    ]
    .into_iter()
    .filter_map(|(name, is_written)| is_written.then_some(name))
    .collect()
}

/// A field that must be there with at least one word.
fn needed<T: Word>(
    reader: &mut Reader<'_>,
    spot: &Spanned<raw::Trigger>,
    field: &str,
    words: Option<&[raw::Spot]>,
) -> Option<WordSet<T>> {
    match words {
        Some(words) if !words.is_empty() => reader.words(words),
        _ => {
            reader.complain(
                spot,
                format!("the trigger needs `{field}` with at least one value"),
            );
            None
        }
    }
}

fn needed_value<T>(
    reader: &mut Reader<'_>,
    spot: &Spanned<raw::Trigger>,
    field: &str,
    value: Option<&raw::Spot>,
) -> Option<T>
where
    T: core::str::FromStr,
    T::Err: core::fmt::Display,
{
    if value.is_none() {
        reader.complain(spot, format!("the trigger needs `{field}`"));
    }
    reader.value(value?)
}

fn test(reader: &mut Reader<'_>, spot: &Spanned<raw::Trigger>) -> Option<TestTrigger> {
    let raw = spot.get_ref();
    let results = needed(reader, spot, "result", raw.result.as_deref());
    let all_methods: WordSet<TestMethod> = TestMethod::ALL.iter().copied().collect();
    let all_poolings: WordSet<Pooling> = Pooling::ALL.iter().copied().collect();
    let methods = reader.words_or(raw.method.as_deref(), all_methods);
    let pooling = reader.words_or(raw.pooling.as_deref(), all_poolings);
    Some(TestTrigger {
        results: results?,
        methods: methods?,
        pooling: pooling?,
    })
}

fn stay(reader: &mut Reader<'_>, spot: &Spanned<raw::Trigger>) -> Option<StayTrigger> {
    let raw = spot.get_ref();
    let areas = reader.words_or(raw.area.as_deref(), WordSet::EMPTY);
    let divisions: Vec<_> = raw
        .division
        .iter()
        .flatten()
        .map(|spot| reader.value(spot))
        .collect();
    let overlap = match raw
        .overlap
        .as_ref()
        .map(|spot| (spot, spot.get_ref().as_str()))
    {
        None | Some((_, "meets")) => Some(Overlap::Meets),
        Some((_, "possible")) => Some(Overlap::Possible),
        Some((spot, other)) => {
            reader.complain(
                spot,
                format!("{other:?} is not how a stay matches: meets or possible"),
            );
            None
        }
    };
    let lookback = reader.value_or(raw.lookback.as_ref(), Span::ZERO);
    Some(StayTrigger {
        areas: areas?,
        divisions: divisions.into_iter().collect::<Option<_>>()?,
        overlap: overlap?,
        lookback: lookback?,
    })
}

fn temperature(reader: &mut Reader<'_>, spot: &Spanned<raw::Trigger>) -> Option<TenthsCelsius> {
    let raw = spot.get_ref().at_least.as_ref();
    if raw.is_none() {
        reader.complain(
            spot,
            "the trigger needs `at-least` in degrees Celsius, as in \"37.3\"",
        );
    }
    let raw = raw?;
    let tenths = raw.get_ref().split_once('.').and_then(|(whole, tenth)| {
        let digits = |part: &str, length: usize| {
            (part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit()))
                .then(|| part.parse::<u16>().ok())
                .flatten()
        };
        Some(digits(whole, 2)? * 10 + digits(tenth, 1)?)
    });
    let fits = tenths.filter(|tenths| (340..=430).contains(tenths));
    if fits.is_none() {
        reader.complain(
            raw,
            format!(
                "{:?} is not a body temperature: write it like \"37.3\"",
                raw.get_ref()
            ),
        );
    }
    fits
}

fn lapse(reader: &mut Reader<'_>, spot: &Spanned<raw::Trigger>) -> Option<Lapse> {
    let raw = spot.get_ref();
    let of = needed_value::<LapseOf>(reader, spot, "of", raw.of.as_ref());
    let after = needed_value(reader, spot, "after", raw.after.as_ref());
    Some(Lapse {
        of: of?,
        after: after?,
    })
}

fn overdue(reader: &mut Reader<'_>, spot: &Spanned<raw::Trigger>) -> Option<Overdue> {
    let raw = spot.get_ref();
    let since = needed_value::<EventKind>(reader, spot, "since", raw.since.as_ref());
    let within = needed_value(reader, spot, "within", raw.within.as_ref());
    Some(Overdue {
        since: since?,
        within: within?,
    })
}
