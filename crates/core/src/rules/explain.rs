//! A pack as a table that a citizen can read.

use hc_code::Level;

use crate::rules::{Rule, RulePack, Text, describe};

/// One rule as a row of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The reason code.
    pub code: String,
    /// The rule's id.
    pub rule: String,
    /// The reason.
    pub reason: Text,
    /// What sets it off, and on whose word.
    pub trigger: Text,
    /// What follows, stage by stage.
    pub stages: Vec<StageRow>,
    /// Where the rule was published.
    pub source: String,
}

/// One stage of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageRow {
    /// The level.
    pub level: Level,
    /// The level and how long it lasts.
    pub lasts: Text,
    /// What comes when that time is over.
    pub then: Text,
    /// What ends it sooner.
    pub exits: Vec<Text>,
    /// What the person may still do.
    pub may: Text,
    /// What the person does next.
    pub next: Text,
}

/// The rows of a pack, in its own order.
pub fn table(pack: &RulePack) -> Vec<Row> {
    pack.rules.iter().map(row).collect()
}

fn row(rule: &Rule) -> Row {
    let trigger = describe::trigger(&rule.trigger);
    Row {
        code: rule.code.clone(),
        rule: rule.id.to_string(),
        reason: rule.reason.clone(),
        trigger: Text {
            zh: format!("{}（来源：{}）", trigger.zh, rule.sources.words_zh()),
            en: format!("{} (on the word of: {})", trigger.en, rule.sources.words()),
        },
        stages: rule
            .stages
            .iter()
            .map(|stage| StageRow {
                level: stage.level,
                lasts: describe::stage(stage),
                then: describe::then(stage.then, rule),
                exits: stage
                    .exits
                    .iter()
                    .map(|exit| describe::exit(exit, rule))
                    .collect(),
                may: stage.may.clone(),
                next: stage.next.clone(),
            })
            .collect(),
        source: format!("{} ({})", rule.source.title, rule.source.at),
    }
}
