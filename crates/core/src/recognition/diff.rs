//! Two versions of a policy told apart in words.

use hc_code::recognition::{Contest, PublishedRule};

use super::{PolicyFile, describe};
use crate::rules::Text;
use crate::rules::diff::Change;

/// What changed from `old` to `new`: the policy itself first, then rule by rule in the order of `new`,
/// then the rules that are gone. Empty if they say the same.
pub fn diff(old: &PolicyFile, new: &PolicyFile) -> Vec<Change> {
    let mut changes = Vec::new();
    let (before, after) = (old.policy(), new.policy());
    let mut head = |what: (&str, &str), words: [Text; 2]| compare(&mut changes, None, what, words);
    let same = |text: String| Text {
        zh: text.clone(),
        en: text,
    };
    head(
        ("地区", "region"),
        [before, after].map(|one| same(one.region().to_string())),
    );
    head(
        ("版本", "version"),
        [before, after].map(|one| same(one.version().to_string())),
    );
    head(("名称", "name"), [old, new].map(|one| one.name().clone()));
    head(
        ("公布时间", "published"),
        [before, after].map(|one| same(one.published().to_string())),
    );
    head(
        ("生效时间", "in force from"),
        [before, after].map(|one| same(one.in_force_from().to_string())),
    );
    head(
        ("失效时间", "valid until"),
        [before, after].map(|one| same(one.valid_until().to_string())),
    );
    head(
        ("申诉", "where to contest"),
        [before, after].map(|one| same(contest(one.contest()))),
    );
    let find =
        |rules: &[PublishedRule], id: &str| rules.iter().find(|rule| rule.id() == id).cloned();
    for rule in after.rules() {
        if let Some(known) = find(before.rules(), rule.id()) {
            rules(&mut changes, [&known, rule]);
            continue;
        }
        let (about, gives) = (describe::about(rule), describe::gives(rule));
        changes.push(Change {
            rule: Some(rule.id().to_owned()),
            words: Text {
                zh: format!("新增规则：{}：{}", about.zh, gives.zh),
                en: format!("new rule: {}: {}", about.en, gives.en),
            },
        });
    }
    for rule in before.rules() {
        if find(after.rules(), rule.id()).is_none() {
            let about = describe::about(rule);
            changes.push(Change {
                rule: Some(rule.id().to_owned()),
                words: Text {
                    zh: format!("删除规则：{}", about.zh),
                    en: format!("rule removed: {}", about.en),
                },
            });
        }
    }
    let common = |one: &[PublishedRule], other: &[PublishedRule]| -> Vec<String> {
        let kept = one.iter().filter(|rule| find(other, rule.id()).is_some());
        kept.map(|rule| rule.id().to_owned()).collect()
    };
    if common(before.rules(), after.rules()) != common(after.rules(), before.rules()) {
        changes.push(Change {
            rule: None,
            words: Text {
                zh: "规则的先后次序改变；先符合的规则决定".to_owned(),
                en: "the rules stand in another order; the first that fits decides".to_owned(),
            },
        });
    }
    changes
}

fn contest(contest: &Contest) -> String {
    format!("{} {}", contest.at(), contest.phone())
}

fn compare(
    changes: &mut Vec<Change>,
    rule: Option<&str>,
    (zh, en): (&str, &str),
    [old, new]: [Text; 2],
) {
    if old != new {
        changes.push(Change {
            rule: rule.map(str::to_owned),
            words: Text {
                zh: format!("{zh}：由“{}”改为“{}”", old.zh, new.zh),
                en: format!("{en}: from \"{}\" to \"{}\"", old.en, new.en),
            },
        });
    }
}

fn rules(changes: &mut Vec<Change>, both: [&PublishedRule; 2]) {
    let id = Some(both[1].id());
    let mut of = |what: (&str, &str), words: &dyn Fn(&PublishedRule) -> Text| {
        compare(changes, id, what, both.map(words));
    };
    of(("适用", "about"), &describe::about);
    of(("结果", "gives"), &describe::gives);
    of(("本地措施", "measures"), &describe::measures);
    of(("告知", "what people are told"), &|rule| Text {
        zh: rule.says().zh().to_owned(),
        en: rule.says().en().to_owned(),
    });
    of(("申诉", "where to contest"), &|rule| {
        let text = rule.contest().map(contest).unwrap_or_default();
        Text {
            zh: text.clone(),
            en: text,
        }
    });
}
