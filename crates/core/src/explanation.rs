//! A decision in words: every reason with its rule, its evidence, its end and the next step.

use hc_code::{DivisionCode, Level, ReasonClass, Timestamp};

use crate::area::AreaHistory;
use crate::decide::{Decision, Reason};
use crate::evidence::{EvidenceId, Story};
use crate::place::Grain;
use crate::rules::{Rule, RulePack, Stage, Text, describe};

/// A decision as a person can read it and an officer can check it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The level.
    pub level: Level,
    /// The class that a gate sees.
    pub class: ReasonClass,
    /// The region whose rules decided.
    pub region: DivisionCode,
    /// The version of its pack.
    pub version: u32,
    /// The next instant at which the decision may change by itself; [`Timestamp::MAX`] for never.
    pub valid_until: Timestamp,
    /// What the level stands on where no reason gives it, and what to do where nothing does.
    pub ground: Option<Text>,
    /// Every reason in force.
    pub reasons: Vec<ExplainedReason>,
}

/// One reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainedReason {
    /// The rule's id.
    pub rule: String,
    /// The reason code.
    pub code: String,
    /// The reason class.
    pub class: ReasonClass,
    /// The level that the rule gives at its present stage.
    pub level: Level,
    /// The stage, from 1, and how many there are.
    pub stage: (u8, usize),
    /// The reason.
    pub reason: Text,
    /// Since when.
    pub since: Timestamp,
    /// Until when the stage lasts if nothing ends it sooner.
    pub until: Timestamp,
    /// What comes at that instant.
    pub then: Text,
    /// What ends it sooner.
    pub sooner: Vec<Text>,
    /// What the person may still do.
    pub may: Text,
    /// What the person does next.
    pub next: Text,
    /// The evidence that it stands on.
    pub evidence: Vec<EvidenceId>,
    /// For a stay: how finely it was known.
    pub grain: Option<Grain>,
    /// For a stay in an area: its division and name.
    pub area: Option<(DivisionCode, String)>,
}

/// Puts a decision for an instant into words. `story` and `areas` are those that it was made from.
pub fn explain(
    pack: &RulePack,
    decision: &Decision,
    now: Timestamp,
    story: &Story,
    areas: &AreaHistory,
) -> Explanation {
    let reasons = decision
        .reasons
        .iter()
        .filter_map(|reason| {
            let rule = pack.rules.get(usize::from(reason.rule))?;
            let stage = rule.stages.get(usize::from(reason.stage))?;
            Some(explained(rule, stage, reason, story, areas))
        })
        .collect();
    Explanation {
        level: decision.level,
        class: decision.class(pack),
        region: pack.region,
        version: pack.version,
        valid_until: decision.valid_until,
        ground: ground(pack, decision.level, now),
        reasons,
    }
}

/// Why a level is low or unknown, which no rule gives.
fn ground(pack: &RulePack, level: Level, now: Timestamp) -> Option<Text> {
    if now < pack.valid_from || now >= pack.valid_until {
        return Some(Text {
            zh: format!(
                "此规则仅在 {} 至 {} 之间有效",
                pack.valid_from, pack.valid_until
            ),
            en: format!(
                "these rules are valid from {} until {} only",
                pack.valid_from, pack.valid_until
            ),
        });
    }
    let base = describe::base(&pack.base);
    match level {
        Level::Low => Some(Text {
            zh: format!("依据：{}", base.zh),
            en: format!("stands on {}", base.en),
        }),
        Level::Unknown => Some(Text {
            zh: format!("没有{}；完成健康申报即可更新", base.zh),
            en: format!(
                "there is no {}; declare your health to have it again",
                base.en
            ),
        }),
        Level::Medium | Level::High => None,
    }
}

fn explained(
    rule: &Rule,
    stage: &Stage,
    reason: &Reason,
    story: &Story,
    areas: &AreaHistory,
) -> ExplainedReason {
    let period = reason
        .area
        .and_then(|number| areas.periods().get(number as usize));
    ExplainedReason {
        rule: rule.id.to_string(),
        code: rule.code.clone(),
        class: rule.class,
        level: reason.level,
        stage: (reason.stage + 1, rule.stages.len()),
        reason: rule.reason.clone(),
        since: reason.since,
        until: reason.until,
        then: describe::then(stage.then, rule),
        sooner: stage
            .exits
            .iter()
            .map(|exit| describe::exit(exit, rule))
            .collect(),
        may: stage.may.clone(),
        next: stage.next.clone(),
        evidence: reason
            .facts
            .iter()
            .flat_map(|fact| story.evidence(*fact))
            .copied()
            .collect(),
        grain: reason.grain,
        area: period.map(|period| (period.division(), period.place().to_string())),
    }
}
