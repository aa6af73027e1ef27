//! Two versions of a pack told apart in words.

use crate::rules::{Rule, RulePack, Stage, Text, describe};

/// One difference between two packs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The rule that it concerns; none for the pack itself.
    pub rule: Option<String>,
    /// What changed.
    pub words: Text,
}

/// What changed from `old` to `new`: the pack itself first, then rule by rule in the order of `new`,
/// then the rules that are gone. Empty if the packs say the same.
pub fn diff(old: &RulePack, new: &RulePack) -> Vec<Change> {
    let mut changes = Changes(Vec::new());
    header(&mut changes, old, new);
    for rule in &new.rules {
        match old.rule(rule.id.as_str()) {
            Some(before) => compare(&mut changes, before, rule),
            None => {
                let trigger = describe::trigger(&rule.trigger);
                changes.add(
                    Some(rule),
                    format!("新增规则（{}）：{}", rule.reason.zh, trigger.zh),
                    format!("new rule ({}): {}", rule.reason.en, trigger.en),
                );
            }
        }
    }
    for rule in &old.rules {
        if new.rule(rule.id.as_str()).is_none() {
            changes.add(
                Some(rule),
                format!("删除规则（{}）", rule.reason.zh),
                format!("rule removed ({})", rule.reason.en),
            );
        }
    }
    changes.0
}

struct Changes(Vec<Change>);

impl Changes {
    fn add(&mut self, rule: Option<&Rule>, zh: String, en: String) {
        let rule = rule.map(|rule| rule.id.to_string());
        self.0.push(Change {
            rule,
            words: Text { zh, en },
        });
    }

    /// Adds a change of one thing, if it changed.
    fn of(&mut self, rule: Option<&Rule>, (what_zh, what): (&str, &str), old: Text, new: Text) {
        if old != new {
            self.add(
                rule,
                format!("{what_zh}：由“{}”改为“{}”", old.zh, new.zh),
                format!("{what}: from \"{}\" to \"{}\"", old.en, new.en),
            );
        }
    }
}

fn same(value: impl ToString) -> Text {
    let value = value.to_string();
    Text {
        zh: value.clone(),
        en: value,
    }
}

fn header(changes: &mut Changes, old: &RulePack, new: &RulePack) {
    changes.of(None, ("地区", "region"), same(old.region), same(new.region));
    changes.of(
        None,
        ("版本", "version"),
        same(old.version),
        same(new.version),
    );
    changes.of(None, ("名称", "name"), old.name.clone(), new.name.clone());
    changes.of(
        None,
        ("公布时间", "published"),
        same(old.published),
        same(new.published),
    );
    changes.of(
        None,
        ("生效时间", "valid from"),
        same(old.valid_from),
        same(new.valid_from),
    );
    changes.of(
        None,
        ("失效时间", "valid until"),
        same(old.valid_until),
        same(new.valid_until),
    );
    changes.of(
        None,
        ("公示期", "lead time"),
        same(old.lead_time),
        same(new.lead_time),
    );
    changes.of(None, ("时区", "offset"), same(old.offset), same(new.offset));
    let emergency = |pack: &RulePack| {
        pack.emergency.clone().unwrap_or(Text {
            zh: "无".to_owned(),
            en: "none".to_owned(),
        })
    };
    changes.of(
        None,
        ("紧急启用", "emergency"),
        emergency(old),
        emergency(new),
    );
    let base = |pack: &RulePack| {
        let valid = describe::span(pack.base.valid);
        match pack.base.need {
            crate::rules::BaseNeed::Declaration => Text {
                zh: format!("{}内的有效申报", valid.zh),
                en: format!("a declaration of the last {}", valid.en),
            },
            crate::rules::BaseNeed::Evidence => Text {
                zh: format!("{}内的有效申报或依据", valid.zh),
                en: format!("a declaration or evidence of the last {}", valid.en),
            },
        }
    };
    changes.of(
        None,
        ("低风险的前提", "ground of a low level"),
        base(old),
        base(new),
    );
    let cited = |pack: &RulePack| {
        let titles: Vec<_> = pack
            .sources
            .iter()
            .map(|source| source.title.as_str())
            .collect();
        same(titles.join("; "))
    };
    changes.of(
        None,
        ("公布来源", "published source"),
        cited(old),
        cited(new),
    );
}

fn compare(changes: &mut Changes, old: &Rule, new: &Rule) {
    let rule = Some(new);
    changes.of(
        rule,
        ("原因代码", "reason code"),
        same(&old.code),
        same(&new.code),
    );
    changes.of(
        rule,
        ("原因类别", "reason class"),
        Text {
            zh: old.class.word_zh().to_owned(),
            en: old.class.to_string(),
        },
        Text {
            zh: new.class.word_zh().to_owned(),
            en: new.class.to_string(),
        },
    );
    changes.of(
        rule,
        ("原因", "reason"),
        old.reason.clone(),
        new.reason.clone(),
    );
    changes.of(
        rule,
        ("触发条件", "trigger"),
        describe::trigger(&old.trigger),
        describe::trigger(&new.trigger),
    );
    let sources = |rule: &Rule| Text {
        zh: rule.sources.words_zh(),
        en: rule.sources.words(),
    };
    changes.of(
        rule,
        ("依据来源", "evidence source"),
        sources(old),
        sources(new),
    );
    changes.of(
        rule,
        ("规则来源", "published source"),
        same(&old.source.title),
        same(&new.source.title),
    );
    if old.stages.len() != new.stages.len() {
        changes.of(
            rule,
            ("阶段数", "number of stages"),
            same(old.stages.len()),
            same(new.stages.len()),
        );
    }
    for (number, (before, after)) in old.stages.iter().zip(&new.stages).enumerate() {
        compare_stages(changes, (old, before), (new, after), number + 1);
    }
    for (number, added) in new.stages.iter().enumerate().skip(old.stages.len()) {
        let words = describe::stage(added);
        changes.add(
            rule,
            format!("新增第{}阶段：{}", number + 1, words.zh),
            format!("new stage {}: {}", number + 1, words.en),
        );
    }
}

fn compare_stages(
    changes: &mut Changes,
    (old_rule, old): (&Rule, &Stage),
    (new_rule, new): (&Rule, &Stage),
    number: usize,
) {
    let rule = Some(new_rule);
    let mut of = |zh: &str, en: &str, old: Text, new: Text| {
        let (zh, en) = (
            format!("第{number}阶段{zh}"),
            format!("stage {number}, {en}"),
        );
        changes.of(rule, (&zh, &en), old, new);
    };
    of(
        "等级与期限",
        "level and duration",
        describe::stage(old),
        describe::stage(new),
    );
    of(
        "期满后",
        "after that time",
        describe::then(old.then, old_rule),
        describe::then(new.then, new_rule),
    );
    let exits = |rule: &Rule, stage: &Stage| {
        let exits: Vec<_> = stage
            .exits
            .iter()
            .map(|exit| describe::exit(exit, rule))
            .collect();
        if exits.is_empty() {
            return Text {
                zh: "无".to_owned(),
                en: "none".to_owned(),
            };
        }
        Text {
            zh: exits
                .iter()
                .map(|exit| exit.zh.as_str())
                .collect::<Vec<_>>()
                .join("；"),
            en: exits
                .iter()
                .map(|exit| exit.en.as_str())
                .collect::<Vec<_>>()
                .join("; "),
        }
    };
    of(
        "提前解除",
        "exits",
        exits(old_rule, old),
        exits(new_rule, new),
    );
    of(
        "可以做的",
        "what the person may do",
        old.may.clone(),
        new.may.clone(),
    );
    of("下一步", "next step", old.next.clone(), new.next.clone());
}
