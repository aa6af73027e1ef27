//! Policies in words that people can read, in Chinese and in English.

use hc_code::recognition::{Measure, Obligation, PublishedRule};
use hc_code::statement::TestKind;
use hc_code::verify::{Action, Outcome};
use hc_code::{Class, DivisionCode, Span};

use crate::division::DivisionTable;
use crate::rules::Text;
use crate::rules::describe::span;

fn text(zh: impl Into<String>, en: impl Into<String>) -> Text {
    Text {
        zh: zh.into(),
        en: en.into(),
    }
}

/// What the gate does.
pub fn action(action: Action) -> Text {
    match action {
        Action::Pass => text("通行", "pass"),
        Action::Check => text("核验", "check"),
        Action::Refuse => text("不予通行", "refuse"),
        Action::Unknown => text("无法判断", "unknown"),
        Action::Invalid => text("无效", "invalid"),
    }
}

/// A division by its code and name.
pub fn division(code: DivisionCode) -> String {
    let name = DivisionTable::bundled().full_name(code).unwrap_or_default();
    format!("{code} {name}").trim_end().to_owned()
}

/// What a rule is about.
pub fn about(rule: &PublishedRule) -> Text {
    let decides = rule.rule();
    let (mut zh, mut en) = (Vec::new(), Vec::new());
    if decides.issuers.is_empty() {
        zh.push("任何地区的码".to_owned());
        en.push("codes of every region".to_owned());
    } else {
        let named: Vec<_> = decides.issuers.iter().copied().map(division).collect();
        zh.push(format!("{}的码", named.join("、")));
        en.push(format!("codes of {}", named.join(", ")));
    }
    let levels = |word: fn(hc_code::Level) -> &'static str| -> Vec<&'static str> {
        decides.levels.iter().copied().map(word).collect()
    };
    zh.push(levels(hc_code::Level::word_zh).join("、"));
    en.push(levels(hc_code::Level::word).join(", "));
    if !decides.classes.is_empty() {
        let words: Vec<_> = decides.classes.iter().copied().map(class).collect();
        let (first, second): (Vec<_>, Vec<_>) =
            words.into_iter().map(|one| (one.zh, one.en)).unzip();
        zh.push(first.join("、"));
        en.push(second.join(", "));
    }
    if !decides.reasons.is_empty() {
        let words = decides.reasons.iter().map(|reason| reason.word_zh());
        zh.push(words.collect::<Vec<_>>().join("、"));
        let words = decides.reasons.iter().map(|reason| reason.word());
        en.push(words.collect::<Vec<_>>().join(", "));
    }
    text(zh.join("，"), en.join("; "))
}

fn class(class: Class) -> Text {
    match class {
        Class::Live => text("实时码", "live"),
        Class::Carried => text("离线码", "carried"),
        Class::Paper => text("纸质码", "paper"),
    }
}

fn kinds(kinds: &[TestKind]) -> Text {
    match kinds {
        [TestKind::NucleicAcid] => text("核酸检测", "nucleic acid test"),
        [TestKind::Antigen] => text("抗原检测", "antigen test"),
        _ => text("核酸或抗原检测", "test of either kind"),
    }
}

/// What a rule gives, and what it asks for.
pub fn gives(rule: &PublishedRule) -> Text {
    let decides = rule.rule();
    let then = action(decides.then);
    let (mut zh, mut en) = (Vec::new(), Vec::new());
    if let Some(within) = decides.facts_within {
        let within = span(within);
        zh.push(format!("数据时点在{}内", within.zh));
        en.push(format!("facts of the last {}", within.en));
    }
    if let Some(within) = decides.test_within {
        let (within, kinds) = (span(within), kinds(&decides.test_kinds));
        zh.push(format!("{}内{}阴性", within.zh, kinds.zh));
        en.push(format!("a negative {} of the last {}", kinds.en, within.en));
    }
    match decides.otherwise.map(action) {
        None => then,
        Some(otherwise) => text(
            format!("有{}的{}，否则{}", zh.join("、"), then.zh, otherwise.zh),
            format!(
                "{} with {}, {} without",
                then.en,
                en.join(" and "),
                otherwise.en
            ),
        ),
    }
}

/// What holds here for a while.
pub fn obligation(obligation: &Obligation) -> Text {
    let length: Span = obligation.length();
    let length = span(length);
    match obligation {
        Obligation::Test { kinds: known, .. } => {
            let kinds = kinds(known);
            text(
                format!("到达后{}内做一次{}", length.zh, kinds.zh),
                format!("one {} within {} of arrival", kinds.en, length.en),
            )
        }
        Obligation::LocalMedium { ends, .. } => {
            let sooner = ends.map(|series| (series.negative, span(series.apart)));
            let (zh, en) = match &sooner {
                None => (String::new(), String::new()),
                Some((negative, apart)) => (
                    format!("，间隔{}以上的{negative}次阴性结果提前结束", apart.zh),
                    format!(
                        ", ended sooner by {negative} negative tests at least {} apart",
                        apart.en
                    ),
                ),
            };
            text(
                format!("在本地按中风险管理{}{zh}", length.zh),
                format!("medium here for {}{en}", length.en),
            )
        }
    }
}

/// A measure with the end of its rule.
pub fn measure(measure: &Measure) -> Text {
    let words = obligation(measure.obligation());
    match measure.when() {
        None => words,
        Some(Outcome::Then) => text(
            format!("符合条件的：{}", words.zh),
            format!("who has it: {}", words.en),
        ),
        Some(Outcome::Otherwise) => text(
            format!("不符合条件的：{}", words.zh),
            format!("who has not: {}", words.en),
        ),
    }
}

/// All measures of a rule.
pub fn measures(rule: &PublishedRule) -> Text {
    let words = rule.measures().iter().map(measure);
    let (zh, en): (Vec<_>, Vec<_>) = words.map(|one| (one.zh, one.en)).unzip();
    if zh.is_empty() {
        return text("无", "none");
    }
    text(zh.join("；"), en.join("; "))
}
