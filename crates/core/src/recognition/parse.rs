//! From the text of a policy to a [`PolicyFile`], or to everything that is wrong with the text.

use std::collections::BTreeMap;

use hc_code::recognition::{
    Contest, Measure, Obligation, PolicyDraft, PublishedPolicy, PublishedPolicyError,
    PublishedRule, Says, TestSeries,
};
use hc_code::statement::TestKind;
use hc_code::verify::{Action, Outcome, PolicyError, RecognitionPolicy, RecognitionRule};
use hc_code::{Class, Level, Span};
use toml::Spanned;

use super::{PolicyFile, raw};
use crate::rules::Findings;
use crate::rules::parse::raw::{Spot, Text};
use crate::rules::parse::reader::{self, Reader};

/// The largest policy that is read: 1 MiB.
pub const MAX_POLICY_BYTES: usize = 1 << 20;

impl PolicyFile {
    /// Reads a policy from TOML.
    ///
    /// # Errors
    /// Every finding, each with its line and rule, by line.
    pub fn parse(text: &str) -> Result<Self, Findings> {
        let mut findings = Findings::default();
        if text.len() > MAX_POLICY_BYTES {
            let bytes = text.len();
            let says = format!("the policy has {bytes} bytes; at most {MAX_POLICY_BYTES} are read");
            findings.add(1, None, says);
            return Err(findings);
        }
        match toml::from_str::<raw::Policy>(text) {
            Ok(raw) => {
                let mut reader = Reader::new(text);
                let file = file(&mut reader, &raw);
                reader.into_findings().or(file)
            }
            Err(error) => {
                let line = error
                    .span()
                    .map_or(1, |span| reader::line_of(text, span.start));
                findings.add(line, None, error.message().to_owned());
                Err(findings)
            }
        }
    }
}

fn file(reader: &mut Reader<'_>, raw: &raw::Policy) -> Option<PolicyFile> {
    let head = raw.header.get_ref();
    let region = reader.value(&head.region);
    let name = reader.text(&head.name, "the policy's name");
    let published = reader.value(&head.published);
    let in_force_from = reader.value(&head.in_force_from);
    let valid_until = reader.value(&head.valid_until);
    let contest = contest(reader, &head.contest);
    let sources: Vec<_> = head
        .source
        .iter()
        .filter_map(|spot| reader.citation(spot))
        .collect();
    if head.source.is_empty() {
        let says = "a policy names its published source: add [[policy.source]]";
        reader.complain(&raw.header, says);
    }
    let mut lines = BTreeMap::new();
    let mut rules = Vec::new();
    for (number, spot) in raw.rule.iter().enumerate() {
        if number == RecognitionPolicy::MAX_RULES {
            let most = RecognitionPolicy::MAX_RULES;
            reader.complain(spot, format!("a policy has at most {most} rules"));
            break;
        }
        let id = spot.get_ref().id.get_ref();
        reader.enter(Some(id.chars().take(64).collect()));
        if let Some(rule) = rule(reader, spot.get_ref()) {
            let line = reader.line(&spot.get_ref().id);
            if lines.insert(rule.id().to_owned(), line).is_some() {
                let says = "another rule of the policy has this id";
                reader.complain(&spot.get_ref().id, says);
            }
            rules.push(rule);
        }
        reader.enter(None);
    }
    let draft = PolicyDraft {
        region: region?,
        version: *head.version.get_ref(),
        published: published?,
        in_force_from: in_force_from?,
        valid_until: valid_until?,
        eases: head.eases,
        contest: contest?,
        rules,
    };
    if raw.rule.len() != draft.rules.len() {
        // What is wrong with the others has been said; whether the rest holds together is not known.
        return None;
    }
    match PublishedPolicy::new(draft) {
        Ok(policy) => Some(PolicyFile {
            policy,
            name: name?,
            sources,
            lines,
        }),
        Err(error) => {
            complain_of(reader, raw, &error);
            None
        }
    }
}

/// Says what is wrong with the whole at the rule or field that it is about.
fn complain_of(reader: &mut Reader<'_>, raw: &raw::Policy, error: &PublishedPolicyError) {
    let head = raw.header.get_ref();
    let says = error.to_string();
    match error {
        PublishedPolicyError::Rules(fault) => {
            let rule = match fault {
                PolicyError::Id(rule)
                | PolicyError::Twice(rule)
                | PolicyError::NoLevel(rule)
                | PolicyError::Passes { rule, .. }
                | PolicyError::RefusesUnknown(rule)
                | PolicyError::Invalid(rule)
                | PolicyError::Otherwise(rule)
                | PolicyError::Kinds(rule) => Some(rule),
                PolicyError::NoVersion | PolicyError::TooMany(_) => None,
            };
            let found = raw.rule.iter().find(|spot| {
                let id = spot.get_ref().id.get_ref();
                rule == Some(id)
            });
            if let Some(spot) = found {
                let id = &spot.get_ref().id;
                reader.enter(Some(id.get_ref().chars().take(64).collect()));
                reader.complain(id, says);
                reader.enter(None);
            } else {
                reader.complain(&raw.header, says);
            }
        }
        PublishedPolicyError::Country => reader.complain(&head.region, says),
        PublishedPolicyError::Version => reader.complain(&head.version, says),
        PublishedPolicyError::Life { .. } => reader.complain(&head.valid_until, says),
        PublishedPolicyError::Lead { .. } => reader.complain(&head.in_force_from, says),
        PublishedPolicyError::NoRule | PublishedPolicyError::Encoding(_) => {
            reader.complain(&raw.header, says);
        }
    }
}

fn contest(reader: &mut Reader<'_>, spot: &Spanned<raw::Contest>) -> Option<Contest> {
    let raw::Contest { at, phone } = spot.get_ref();
    let contest = Contest::new(at, phone);
    contest
        .map_err(|error| reader.complain(spot, error.to_string()))
        .ok()
}

fn says(reader: &mut Reader<'_>, spot: &Spanned<Text>) -> Option<Says> {
    let text = reader.text(spot, "what people are told")?;
    let says = Says::new(&text.zh, &text.en);
    says.map_err(|error| reader.complain(spot, error.to_string()))
        .ok()
}

fn rule(reader: &mut Reader<'_>, raw: &raw::Rule) -> Option<PublishedRule> {
    let issuers = set(reader, &raw.issuers, "a division", |text| text.parse().ok());
    let classes = set(
        reader,
        &raw.classes,
        "a class: live, carried or paper",
        |text| known(text, &Class::ALL, Class::word),
    );
    let levels = set(
        reader,
        &raw.levels,
        "a level: low, medium, high or unknown",
        |text| text.parse::<Level>().ok(),
    );
    let reasons = set(reader, &raw.reasons, "a reason class", |text| {
        text.parse().ok()
    });
    let facts_within = span(reader, raw.facts_within.as_ref());
    let test_within = span(reader, raw.test_within.as_ref());
    let test_kinds = kinds(reader, &raw.test_kinds);
    let then = action(reader, &raw.then);
    let otherwise = match &raw.otherwise {
        Some(spot) => action(reader, spot).map(Some),
        None => Some(None),
    };
    let says = says(reader, &raw.says);
    let contest = match &raw.contest {
        Some(spot) => contest(reader, spot).map(Some),
        None => Some(None),
    };
    let measures: Vec<_> = raw
        .measure
        .iter()
        .filter_map(|spot| measure(reader, spot))
        .collect();
    if measures.len() != raw.measure.len() {
        return None;
    }
    let rule = RecognitionRule {
        id: raw.id.get_ref().clone(),
        issuers: issuers?,
        classes: classes?,
        levels: levels?,
        reasons: reasons?,
        facts_within: facts_within?,
        test_within: test_within?,
        test_kinds: test_kinds?,
        then: then?,
        otherwise: otherwise?,
    };
    PublishedRule::new(rule, says?, contest?, measures)
        .map_err(|error| reader.complain(&raw.id, error.to_string()))
        .ok()
}

fn measure(reader: &mut Reader<'_>, spot: &Spanned<raw::Measure>) -> Option<Measure> {
    let raw = spot.get_ref();
    let when = match raw
        .when
        .as_ref()
        .map(|spot| (spot, spot.get_ref().as_str()))
    {
        None => None,
        Some((_, "then")) => Some(Outcome::Then),
        Some((_, "otherwise")) => Some(Outcome::Otherwise),
        Some((spot, other)) => {
            let says =
                format!("{other:?} is no end of a rule: then, otherwise, or left out for both");
            reader.complain(spot, says);
            return None;
        }
    };
    let obligation = match (&raw.test_within, &raw.local_level) {
        (Some(within), None) => {
            if raw.lasts.is_some() || raw.negative_tests.is_some() || raw.apart.is_some() {
                let says = "a test has `test-within` and `kinds`; the rest is of a local level";
                reader.complain(spot, says);
                return None;
            }
            Obligation::Test {
                within: reader.value(within)?,
                kinds: kinds(reader, &raw.kinds)?,
            }
        }
        (None, Some(level)) => local_level(reader, (spot, level))?,
        _ => {
            let says =
                "a measure is a test (`test-within`) or a level here (`local-level`), one of them";
            reader.complain(spot, says);
            return None;
        }
    };
    Measure::new(when, obligation)
        .map_err(|error| reader.complain(spot, error.to_string()))
        .ok()
}

fn local_level(
    reader: &mut Reader<'_>,
    (spot, level): (&Spanned<raw::Measure>, &Spot),
) -> Option<Obligation> {
    let raw = spot.get_ref();
    if level.get_ref() != "medium" {
        let says = "whom home calls low is medium here at most: local-level = \"medium\"";
        reader.complain(level, says);
        return None;
    }
    if !raw.kinds.is_empty() {
        reader.complain(spot, "`kinds` are those of a test that is to be done");
        return None;
    }
    let Some(lasts) = &raw.lasts else {
        reader.complain(spot, "a level here ends: how long it `lasts` is missing");
        return None;
    };
    let ends = match (&raw.negative_tests, &raw.apart) {
        (None, None) => None,
        (Some(negative), Some(apart)) => Some(TestSeries {
            negative: *negative.get_ref(),
            apart: reader.value(apart)?,
        }),
        _ => {
            let says = "what ends it before is `negative-tests` and how far `apart`, both or none";
            reader.complain(spot, says);
            return None;
        }
    };
    Some(Obligation::LocalMedium {
        lasts: reader.value(lasts)?,
        ends,
    })
}

fn known<T: Copy>(text: &str, all: &[T], word: fn(T) -> &'static str) -> Option<T> {
    all.iter().copied().find(|one| word(*one) == text)
}

/// A list of words, each once.
fn set<T: PartialEq>(
    reader: &mut Reader<'_>,
    spots: &[Spot],
    what: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Option<Vec<T>> {
    let mut found = Vec::new();
    let mut sound = true;
    for spot in spots {
        let text = spot.get_ref();
        match read(text) {
            Some(value) if found.contains(&value) => {
                reader.complain(spot, format!("{text:?} is written twice"));
                sound = false;
            }
            Some(value) => found.push(value),
            None => {
                reader.complain(spot, format!("{text:?} is not {what}"));
                sound = false;
            }
        }
    }
    sound.then_some(found)
}

fn kinds(reader: &mut Reader<'_>, spots: &[Spot]) -> Option<Vec<TestKind>> {
    set(
        reader,
        spots,
        "a kind of test: nucleic-acid or antigen",
        |text| known(text, &TestKind::ALL, TestKind::word),
    )
}

fn action(reader: &mut Reader<'_>, spot: &Spot) -> Option<Action> {
    let found = known(spot.get_ref(), &Action::ALL, Action::word);
    if found.is_none() {
        let text = spot.get_ref();
        reader.complain(
            spot,
            format!("{text:?} is not what a rule gives: pass, check, refuse or unknown"),
        );
    }
    found
}

#[expect(
    clippy::option_option,
    reason = "nothing given, and something given that is no length, are not the same"
)]
fn span(reader: &mut Reader<'_>, spot: Option<&Spot>) -> Option<Option<Span>> {
    match spot {
        Some(spot) => reader.value(spot).map(Some),
        None => Some(None),
    }
}
