//! The documentation of the data format in Chinese and English, written from the tables.

use hc_code::Level;
use hc_core::domain_table::{DomainTable, Grade, bundled};
use hc_core::record::{DataElement, DataElements, Format, Group, Mask, Obligation, ValueDomain};

/// A language of the documentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Chinese.
    Zh,
    /// English.
    En,
}

/// Domains with more codes than this are named with their size only.
const MOST_SHOWN: usize = 60;

impl Language {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Zh, Self::En];

    /// The ending of its file.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Zh => "zh",
            Self::En => "en",
        }
    }

    const fn say(self, zh: &'static str, en: &'static str) -> &'static str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }
}

/// The page of one language as Markdown.
pub fn page(elements: &DataElements, language: Language) -> String {
    let mut page = String::new();
    let say = |zh, en| language.say(zh, en);

    let mut line = |text: &str| {
        page.push_str(text);
        page.push('\n');
    };
    line(say(
        "# 个人健康信息码 数据格式",
        "# Personal health information code: data format",
    ));
    line("");
    line(say(
        "本页由 `spec/gbt38962` 中的数据表生成，请勿手工修改。GB/T 38962-2020 正文未公开：短名、长度和约束为本系统拟定（等级 P），依据等级见最后一列。",
        "This page is made from the tables of `spec/gbt38962`, not by hand. The text of GB/T 38962-2020 is not public: short names, lengths and obligations are this project's (grade P); the last column says how well each element is known.",
    ));
    for group in Group::ALL {
        line("");
        line(&format!("## {}", group_title(group, language)));
        line("");
        line(say(
            "| 短名 | 名称 | 格式 | 值域 | 约束 | 显示 | 已部署系统中的名称 | 依据 |",
            "| short name | name | format | domain | obligation | shown to others | name in deployed software | grade |",
        ));
        line("| --- | --- | --- | --- | --- | --- | --- | --- |");
        for element in elements.group(group) {
            line(&row(element, language));
        }
    }
    line("");
    line(say("## 值域", "## Domains"));
    let mut named: Vec<&DomainTable> = Vec::new();
    for group in Group::ALL {
        for element in elements.group(group) {
            if let ValueDomain::Table(table) = element.domain()
                && named.iter().all(|other| other.name() != table.name())
            {
                named.push(table);
            }
        }
    }
    named.extend(bundled("item-sources"));
    for table in named {
        line("");
        line(&format!("### {}", table.name()));
        line("");
        if table.rows().len() > MOST_SHOWN {
            let count = table.rows().len();
            let file = format!("`spec/gbt38962/{}.tsv`", table.name());
            line(&match language {
                Language::Zh => format!("{count} 项，见 {file}。"),
                Language::En => format!("{count} codes, in {file}."),
            });
            continue;
        }
        line(say("| 代码 | 含义 | 依据 |", "| code | meaning | grade |"));
        line("| --- | --- | --- |");
        for row in table.rows() {
            let meaning = match language {
                Language::Zh => row.zh(),
                Language::En => row.en(),
            };
            line(&format!(
                "| `{}` | {meaning} | {} |",
                row.code(),
                grade(row.grade())
            ));
        }
    }
    page
}

fn group_title(group: Group, language: Language) -> String {
    let (zh, en) = match group {
        Group::Basic => ("个人基本信息", "Basic personal information"),
        Group::Health => ("个人健康信息", "Personal health information"),
        Group::Itinerary => ("行程信息", "Itinerary"),
        Group::Certificate => ("健康证明信息", "Health certificate"),
        Group::RegionReport => (
            "各地健康状态（健康证明信息之内）",
            "Report of one region, inside a certificate",
        ),
    };
    format!("{} `{}`", language.say(zh, en), group.word())
}

fn row(element: &DataElement, language: Language) -> String {
    let name = match language {
        Language::Zh => element.zh(),
        Language::En => element.en(),
    };
    let deployed = element.deployed_name();
    let deployed = deployed.map_or_else(|| "-".to_owned(), |name| format!("`{name}`"));
    format!(
        "| `{}` | {name} | {} | {} | {} | {} | {deployed} | {} |",
        element.name(),
        format(element, language),
        domain(element, language),
        obligation(element, language),
        mask(element.mask(), language),
        grade(element.grade()),
    )
}

fn format(element: &DataElement, language: Language) -> String {
    let one = match language {
        Language::En => element.format().to_string(),
        Language::Zh => match element.format() {
            Format::Text { most } => format!("1 至 {most} 个字符"),
            Format::Letters { count } => format!("{count} 位大写字母"),
            Format::Digits { count } => format!("{count} 位数字"),
            Format::Number { most } => format!("1 至 {most} 位数字"),
            Format::Decimal { whole, places } => {
                format!("整数至多 {whole} 位、小数至多 {places} 位")
            }
            Format::Time => "带时区的时间（RFC 3339）".to_owned(),
            Format::Object => "对象".to_owned(),
        },
    };
    match (element.most_values(), language) {
        (None, _) => one,
        (Some(most), Language::Zh) => format!("{one}，列表 1 至 {most} 项"),
        (Some(most), Language::En) => format!("{one}; a list of 1 to {most}"),
    }
}

fn domain(element: &DataElement, language: Language) -> String {
    match element.domain() {
        ValueDomain::Any => "-".to_owned(),
        ValueDomain::Table(table) => format!("[{0}](#{0})", table.name()),
        ValueDomain::Division => language
            .say(
                "GB/T 2260 现行或曾用区划",
                "division of GB/T 2260, now or ever",
            )
            .to_owned(),
        ValueDomain::Region => language
            .say("GB/T 2260 形式的区划", "division by the form of GB/T 2260")
            .to_owned(),
        ValueDomain::Level => Level::ALL.map(Level::code).join(" "),
        ValueDomain::Group(group) => format!("`{}`", group.word()),
    }
}

fn obligation(element: &DataElement, language: Language) -> String {
    match element.obligation() {
        Obligation::Mandatory => language.say("必备", "mandatory").to_owned(),
        Obligation::Optional => language.say("可选", "optional").to_owned(),
        Obligation::With(other) => match language {
            Language::Zh => format!("与 `{other}` 同时出现"),
            Language::En => format!("exactly with `{other}`"),
        },
    }
}

const fn mask(mask: Mask, language: Language) -> &'static str {
    match mask {
        Mask::Open => language.say("原文", "openly"),
        Mask::Name => "`张*`",
        Mask::Number => "`110***********002X`",
        Mask::Phone => "`138****8000`",
        Mask::All => "`*`",
    }
}

const fn grade(grade: Grade) -> &'static str {
    match grade {
        Grade::Read => "R",
        Grade::ReadInCode => "R-code",
        Grade::Inferred => "I",
        Grade::Recalled => "memory",
        Grade::Proposed => "P",
    }
}
