//! The head of a pack, its base and its rules.

use std::collections::BTreeSet;

use hc_code::ReasonClass;
use toml::Spanned;

use super::reader::Reader;
use super::{raw, stage, trigger};
use crate::rules::{Base, BaseNeed, Rule, RuleId, RulePack};

pub(super) fn pack(reader: &mut Reader<'_>, raw: raw::Pack) -> Option<RulePack> {
    let head_spot = raw.header;
    let head = head_spot.get_ref();
    let region = reader.value(&head.region);
    let name = reader.text(&head.name, "the pack's name");
    let published = reader.value(&head.published);
    let lead_time = reader.value(&head.lead_time);
    let emergency = match &head.emergency {
        Some(spot) => reader.text(spot, "the emergency").map(Some),
        None => Some(None),
    };
    let valid_from = reader.value(&head.valid_from);
    let valid_until = reader.value(&head.valid_until);
    let offset = reader.value(&head.offset);
    let sources: Vec<_> = head
        .source
        .iter()
        .filter_map(|spot| reader.citation(spot))
        .collect();
    if head.source.is_empty() {
        reader.complain(
            &head_spot,
            "a pack names its published source: add [[pack.source]]",
        );
    }
    if *head.version.get_ref() == 0 {
        reader.complain(&head.version, "versions count from 1");
    }
    let base = base(reader, &raw.base);
    let rules = rules(reader, &raw.rule);
    if raw.rule.is_empty() {
        reader.complain(&head_spot, "a pack has at least one rule");
    }
    let mut pack = RulePack {
        region: region?,
        version: *head.version.get_ref(),
        name: name?,
        published: published?,
        lead_time: lead_time?,
        emergency: emergency?,
        valid_from: valid_from?,
        valid_until: valid_until?,
        offset: offset?,
        sources,
        base: base?,
        rules,
        by_kind: Default::default(),
        by_absence: Vec::new(),
    };
    pack.index();
    Some(pack)
}

fn base(reader: &mut Reader<'_>, raw: &raw::Base) -> Option<Base> {
    let need = match raw.need.get_ref().as_str() {
        "declaration" => Some(BaseNeed::Declaration),
        "evidence" => Some(BaseNeed::Evidence),
        other => {
            reader.complain(
                &raw.need,
                format!("{other:?} is not what low can stand on: declaration or evidence"),
            );
            None
        }
    };
    let valid = reader.value(&raw.valid);
    Some(Base {
        need: need?,
        valid: valid?,
    })
}

fn rules(reader: &mut Reader<'_>, raw: &[Spanned<raw::Rule>]) -> Vec<Rule> {
    let mut ids = BTreeSet::new();
    let mut rules = Vec::new();
    for (number, spot) in raw.iter().enumerate() {
        if number == RulePack::MAX_RULES {
            reader.complain(
                spot,
                format!("a pack has at most {} rules", RulePack::MAX_RULES),
            );
            break;
        }
        reader.enter(Some(spot.get_ref().id.get_ref().chars().take(40).collect()));
        if let Some(rule) = rule(reader, spot) {
            if ids.insert(rule.id.clone()) {
                rules.push(rule);
            } else {
                reader.complain(&spot.get_ref().id, "another rule of the pack has this id");
            }
        }
        reader.enter(None);
    }
    rules
}

fn rule(reader: &mut Reader<'_>, spot: &Spanned<raw::Rule>) -> Option<Rule> {
    let raw = spot.get_ref();
    let id = RuleId::new(raw.id.get_ref());
    if id.is_none() {
        reader.complain(
            &raw.id,
            "an id is 1 to 40 lower-case letters, digits and hyphens, a letter first",
        );
    }
    let code = raw.code.get_ref();
    let code_fits = (1..=8).contains(&code.len())
        && code
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-');
    if !code_fits {
        reader.complain(
            &raw.code,
            "a reason code is 1 to 8 capital letters, digits and hyphens, as in A1",
        );
    }
    let class = reader.value::<ReasonClass>(&raw.class);
    let reason = reader.text(&raw.reason, "the reason");
    let sources = reader.words(&raw.sources);
    let trigger = trigger::trigger(reader, &raw.trigger);
    let source = reader.citation(&raw.source);
    let stages = stage::stages(reader, spot);
    Some(Rule {
        id: id?,
        code: code_fits.then(|| code.clone())?,
        class: class?,
        reason: reason?,
        sources: sources?,
        trigger: trigger?,
        stages: stages?,
        source: source?,
        line: reader.line(&raw.id),
    })
}
