//! Rules in words, Chinese and English: what `explain` shows and `diff` compares.

use hc_code::{Level, Span};

use crate::division::DivisionTable;
use crate::evidence::Pooling;
use crate::place::Overlap;
use crate::rules::{
    Base, BaseNeed, Exit, Lapse, LapseOf, Overdue, Reports, Rule, Stage, StayTrigger, TestSeries,
    Text, Then, Trigger,
};
use crate::word::{Word, WordSet};

fn text(zh: String, en: String) -> Text {
    Text { zh, en }
}

fn joined<T: Word>(set: WordSet<T>) -> Text {
    text(set.words_zh(), set.words())
}

/// A length of time in words.
pub fn span(span: Span) -> Text {
    let seconds = span.as_seconds();
    let in_units = |units: [(i64, &str); 3]| {
        let mut rest = seconds;
        let mut parts = Vec::new();
        for (length, name) in units {
            if rest >= length {
                parts.push(format!("{}{name}", rest / length));
                rest %= length;
            }
        }
        parts.join(" ")
    };
    if seconds == 0 {
        return text("零".to_owned(), "no time".to_owned());
    }
    if seconds % 3600 == 0 && seconds <= 72 * 3600 && seconds % 86_400 != 0
        || seconds <= 48 * 3600 && seconds % 3600 == 0
    {
        let hours = seconds / 3600;
        return text(format!("{hours}小时"), format!("{hours} h"));
    }
    text(
        in_units([(86_400, "天"), (3600, "小时"), (60, "分钟")]).replace(' ', ""),
        in_units([(86_400, " d"), (3600, " h"), (60, " min")]),
    )
}

/// What sets a rule off, in words.
pub fn trigger(trigger: &Trigger) -> Text {
    match trigger {
        Trigger::Declaration(answers) => {
            let Text { zh, en } = joined(*answers);
            text(format!("本人申报：{zh}"), format!("declared: {en}"))
        }
        Trigger::Case(classes) => joined(*classes).prefixed("病例：", "case: "),
        Trigger::Contact(degrees) => joined(*degrees).prefixed("", "contact: "),
        Trigger::Test(test) => {
            let (results, methods, pooling) = (
                joined(test.results),
                joined(test.methods),
                joined(test.pooling),
            );
            text(
                format!("检测结果{}（{}；{}）", results.zh, methods.zh, pooling.zh),
                format!("test {} ({}; {})", results.en, methods.en, pooling.en),
            )
        }
        Trigger::Stay(stay) => stay_in_words(stay),
        Trigger::Arrival(origins) => joined(*origins).prefixed("抵达：", "arrival: "),
        Trigger::Quarantine(settings) => joined(*settings).prefixed("隔离观察：", "quarantine: "),
        Trigger::Release(settings) => joined(*settings).prefixed("解除：", "release: "),
        Trigger::Symptoms => text("就诊发现症状".to_owned(), "symptoms found".to_owned()),
        Trigger::Temperature(tenths) => {
            let degrees = format!("{}.{} °C", tenths / 10, tenths % 10);
            text(
                format!("体温达到 {degrees}"),
                format!("temperature of {degrees} or more"),
            )
        }
        Trigger::Exposure(grades) => joined(*grades).prefixed("场所暴露：", "exposure: "),
        Trigger::Lapse(Lapse { of, after }) => {
            let after = span(*after);
            text(
                format!("{}内无{}", after.zh, of.word_zh()),
                format!("no {} for {}", missing_in_english(*of), after.en),
            )
        }
        Trigger::Overdue(Overdue { since, within }) => {
            let within = span(*within);
            text(
                format!("{}后{}内未检测", since.word_zh(), within.zh),
                format!("no test within {} of the {since}", within.en),
            )
        }
    }
}

fn stay_in_words(stay: &StayTrigger) -> Text {
    let mut parts = Vec::new();
    if !stay.areas.is_empty() {
        parts.push(text(
            stay.areas.words_zh(),
            format!("{}-risk area", stay.areas.words()),
        ));
    }
    if !stay.divisions.is_empty() {
        let names: Vec<_> = stay
            .divisions
            .iter()
            .map(|code| {
                let name = DivisionTable::bundled().full_name(*code);
                format!("{}（{code}）", name.unwrap_or_default())
            })
            .collect();
        parts.push(text(names.join("、"), names.join(", ")));
    }
    let places = text(
        parts
            .iter()
            .map(|part| part.zh.as_str())
            .collect::<Vec<_>>()
            .join("或"),
        parts
            .iter()
            .map(|part| part.en.as_str())
            .collect::<Vec<_>>()
            .join(" or "),
    );
    let mut words = match stay.overlap {
        Overlap::Possible => text(
            format!("可能到过{}（行程信息不够精确，无法判定）", places.zh),
            format!(
                "a stay too coarsely known to tell whether it was in: {}",
                places.en
            ),
        ),
        _ => text(
            format!("到过{}", places.zh),
            format!("stay in: {}", places.en),
        ),
    };
    if stay.lookback > Span::ZERO {
        let back = span(stay.lookback);
        words = text(
            format!("{}，划定前{}内离开的亦计入", words.zh, back.zh),
            format!(
                "{}; also when left up to {} before it was put at risk",
                words.en, back.en
            ),
        );
    }
    words
}

/// What a low level stands on, in words.
pub fn base(base: &Base) -> Text {
    let valid = span(base.valid);
    match base.need {
        BaseNeed::Declaration => text(
            format!("{}内的有效申报", valid.zh),
            format!("declaration of the last {}", valid.en),
        ),
        BaseNeed::Evidence => text(
            format!("{}内的有效申报或依据", valid.zh),
            format!("declaration or evidence of the last {}", valid.en),
        ),
    }
}

/// What is missing, where the word of the vocabulary leaves out that only negative tests count.
const fn missing_in_english(of: LapseOf) -> &'static str {
    match of {
        LapseOf::Declaration => "declaration",
        LapseOf::Temperature => "temperature",
        LapseOf::Test => "negative test",
    }
}

/// How long a stage lasts at which level, in words.
pub fn stage(stage: &Stage) -> Text {
    let lasts = span(stage.lasts);
    let (zh_end, en_end) = if stage.to_midnight {
        ("（至当日24时）", " to the end of that day")
    } else {
        ("", "")
    };
    if stage.lasts == Span::ZERO {
        return text(
            format!("{}，至所述情况结束{zh_end}", stage.level.word_zh()),
            format!("{} until what happened has ended{en_end}", stage.level),
        );
    }
    text(
        format!("{}，最长{}{zh_end}", stage.level.word_zh(), lasts.zh),
        format!("{} for at most {}{en_end}", stage.level, lasts.en),
    )
}

/// What ends a stage sooner, in words.
pub fn exit(exit: &Exit, rule: &Rule) -> Text {
    let mut parts = Vec::new();
    if let Some(series) = exit.tests {
        parts.push(series_in_words(&series));
    }
    if let Some(reports) = exit.reports {
        parts.push(reports_in_words(&reports));
    }
    if !exit.release.is_empty() {
        parts.push(joined(exit.release).prefixed("已解除：", "release from: "));
    }
    if exit.not_before > Span::ZERO {
        let first = span(exit.not_before);
        parts.push(text(
            format!("最早满{}", first.zh),
            format!("after {} at the earliest", first.en),
        ));
    }
    let to = then(exit.to, rule);
    text(
        format!(
            "{}，{}",
            parts
                .iter()
                .map(|part| part.zh.as_str())
                .collect::<Vec<_>>()
                .join("且"),
            to.zh
        ),
        format!(
            "{}: {}",
            parts
                .iter()
                .map(|part| part.en.as_str())
                .collect::<Vec<_>>()
                .join(" and "),
            to.en
        ),
    )
}

fn series_in_words(series: &TestSeries) -> Text {
    let count = series.negative;
    let methods = joined(series.methods);
    let plural = if count == 1 { "" } else { "s" };
    let mut zh = vec![format!("{count}次{}阴性", methods.zh)];
    let mut en = vec![format!("{count} negative {} test{plural}", methods.en)];
    if series.pooling == WordSet::EMPTY.with(Pooling::Single) {
        zh.push("（单采）".to_owned());
        en.push(" of single samples".to_owned());
    }
    if series.apart > Span::ZERO {
        let apart = span(series.apart);
        zh.push(format!("，间隔至少{}", apart.zh));
        en.push(format!(", at least {} apart", apart.en));
    }
    if let Some(within) = series.within {
        let within = span(within);
        zh.push(format!("，{}内", within.zh));
        en.push(format!(", within {}", within.en));
    }
    if series.after > Span::ZERO {
        let after = span(series.after);
        zh.push(format!("，满{}后采样", after.zh));
        en.push(format!(", sampled after at least {}", after.en));
    }
    text(zh.concat(), en.concat())
}

fn reports_in_words(reports: &Reports) -> Text {
    let mut zh = vec![format!("连续{}天健康申报", reports.days)];
    let mut en = vec![format!(
        "healthy declarations on {} days running",
        reports.days
    )];
    if reports.temperature {
        zh.push("（含体温）".to_owned());
        en.push(" with temperature".to_owned());
    }
    if reports.after > Span::ZERO {
        let after = span(reports.after);
        zh.push(format!("，满{}后起算", after.zh));
        en.push(format!(", from {} in", after.en));
    }
    text(zh.concat(), en.concat())
}

/// Where a transition leads, in words.
pub fn then(then: Then, rule: &Rule) -> Text {
    match then {
        Then::End => text(
            "本项原因不再适用".to_owned(),
            "this reason no longer holds".to_owned(),
        ),
        Then::Stage(number) => {
            let level = rule
                .stages
                .get(usize::from(number))
                .map_or(Level::Unknown, |stage| stage.level);
            text(
                format!("转入第{}阶段（{}）", number + 1, level.word_zh()),
                format!("on to stage {} ({level})", number + 1),
            )
        }
    }
}

impl Text {
    fn prefixed(self, zh: &str, en: &str) -> Self {
        text(format!("{zh}{}", self.zh), format!("{en}{}", self.en))
    }
}
