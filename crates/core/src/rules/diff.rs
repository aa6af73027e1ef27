//! Two versions of a pack told apart in words.

use core::fmt::Display;

use crate::rules::{Exit, Rule, RulePack, Stage, Text, describe};

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
    compare_headers(&mut changes, (old, new));
    for rule in &new.rules {
        if let Some(before) = old.rule(rule.id.as_str()) {
            compare_rules(&mut changes, before, rule);
        } else {
            let trigger = describe::trigger(&rule.trigger);
            changes.add(
                Some(rule),
                format!("新增规则（{}）：{}", rule.reason.zh, trigger.zh),
                format!("new rule ({}): {}", rule.reason.en, trigger.en),
            );
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

    /// Compares one thing of two versions by the words for it.
    fn of<T: ?Sized>(
        &mut self,
        rule: Option<&Rule>,
        (what_zh, what): (&str, &str),
        (old, new): (&T, &T),
        words: impl Fn(&T) -> Text,
    ) {
        let (old, new) = (words(old), words(new));
        if old != new {
            self.add(
                rule,
                format!("{what_zh}：由“{}”改为“{}”", old.zh, new.zh),
                format!("{what}: from \"{}\" to \"{}\"", old.en, new.en),
            );
        }
    }
}

/// What reads the same in both languages.
fn same(value: &dyn Display) -> Text {
    let value = value.to_string();
    Text {
        zh: value.clone(),
        en: value,
    }
}

fn none() -> Text {
    Text {
        zh: "无".to_owned(),
        en: "none".to_owned(),
    }
}

fn compare_headers(changes: &mut Changes, packs: (&RulePack, &RulePack)) {
    let mut of = |zh: &str, en: &str, words: fn(&RulePack) -> Text| {
        changes.of(None, (zh, en), packs, words);
    };
    of("地区", "region", |pack| same(&pack.region));
    of("版本", "version", |pack| same(&pack.version));
    of("名称", "name", |pack| pack.name.clone());
    of("公布时间", "published", |pack| same(&pack.published));
    of("生效时间", "valid from", |pack| same(&pack.valid_from));
    of("失效时间", "valid until", |pack| {
        same(&pack.valid_until)
    });
    of("公示期", "lead time", |pack| {
        describe::span(pack.lead_time)
    });
    of("时区", "offset", |pack| same(&pack.offset));
    of("紧急启用", "emergency", |pack| {
        pack.emergency.clone().unwrap_or_else(none)
    });
    of("低风险的前提", "ground of a low level", |pack| {
        describe::base(&pack.base)
    });
    of("公布来源", "published source", |pack| {
        let titles: Vec<_> = pack
            .sources
            .iter()
            .map(|source| source.title.as_str())
            .collect();
        same(&titles.join("; "))
    });
}

fn compare_rules(changes: &mut Changes, old: &Rule, new: &Rule) {
    let rules = (old, new);
    let mut of = |zh: &str, en: &str, words: fn(&Rule) -> Text| {
        changes.of(Some(new), (zh, en), rules, words);
    };
    of("原因代码", "reason code", |rule| same(&rule.code));
    of("原因类别", "reason class", |rule| Text {
        zh: rule.class.word_zh().to_owned(),
        en: rule.class.to_string(),
    });
    of("原因", "reason", |rule| rule.reason.clone());
    of("触发条件", "trigger", |rule| {
        describe::trigger(&rule.trigger)
    });
    of("依据来源", "evidence source", |rule| Text {
        zh: rule.sources.words_zh(),
        en: rule.sources.words(),
    });
    of("规则来源", "published source", |rule| {
        same(&rule.source.title)
    });
    of("阶段数", "number of stages", |rule| {
        same(&rule.stages.len())
    });
    for (number, stages) in (1..).zip(old.stages.iter().zip(&new.stages)) {
        compare_stages(changes, rules, stages, number);
    }
    for (number, added) in (1..).zip(&new.stages).skip(old.stages.len()) {
        let words = describe::stage(added);
        changes.add(
            Some(new),
            format!("新增第{number}阶段：{}", words.zh),
            format!("new stage {number}: {}", words.en),
        );
    }
}

fn compare_stages(
    changes: &mut Changes,
    (old_rule, new_rule): (&Rule, &Rule),
    (old, new): (&Stage, &Stage),
    number: usize,
) {
    let stages = (&(old_rule, old), &(new_rule, new));
    let mut of = |zh: &str, en: &str, words: fn(&(&Rule, &Stage)) -> Text| {
        let (zh, en) = (
            format!("第{number}阶段{zh}"),
            format!("stage {number}, {en}"),
        );
        changes.of(Some(new_rule), (&zh, &en), stages, words);
    };
    of("等级与期限", "level and duration", |(_, stage)| {
        describe::stage(stage)
    });
    of("期满后", "after that time", |(rule, stage)| {
        describe::then(stage.then, rule)
    });
    of("提前解除", "exits", |(rule, stage)| {
        exits(rule, &stage.exits)
    });
    of("可以做的", "what the person may do", |(_, stage)| {
        stage.may.clone()
    });
    of("下一步", "next step", |(_, stage)| stage.next.clone());
}

fn exits(rule: &Rule, exits: &[Exit]) -> Text {
    if exits.is_empty() {
        return none();
    }
    let (zh, en): (Vec<_>, Vec<_>) = exits
        .iter()
        .map(|exit| describe::exit(exit, rule))
        .map(|words| (words.zh, words.en))
        .unzip();
    Text {
        zh: zh.join("；"),
        en: en.join("; "),
    }
}
