//! Texts: no person in them, and no catch-all.

use crate::rules::{Findings, Rule, Text};

/// Phrases by which published tables let in whomever somebody wanted to control.
const CATCH_ALLS: [&str; 10] = [
    "其他需要",
    "其他人员",
    "其它人员",
    "其他需管控",
    "需管控",
    "everybody else",
    "指挥部文件",
    "other persons",
    "other people to be",
    "as instructed",
];

pub(super) fn check(rule: &Rule, findings: &mut Findings) {
    let id = Text {
        zh: rule.id.to_string(),
        en: rule.source.title.clone(),
    };
    let stage_texts = rule
        .stages
        .iter()
        .flat_map(|stage| [&stage.may, &stage.next]);
    for text in stage_texts.chain([&rule.reason, &id]) {
        if names_a_person(text) {
            findings.add(
                rule.line,
                Some(rule.id.as_str()),
                "a rule names a person: a text holds what looks like a document or phone number",
            );
        }
    }
    let reason = [&rule.reason.zh, &rule.reason.en];
    if let Some(phrase) = CATCH_ALLS.iter().find(|phrase| {
        reason
            .iter()
            .any(|text| text.to_lowercase().contains(*phrase))
    }) {
        findings.add(
            rule.line,
            Some(rule.id.as_str()),
            format!("a catch-all: the reason says {phrase:?}; name the evidence instead"),
        );
    }
}

/// Whether a text holds a run of digits as long as a phone number, or letters and digits like a
/// document's. Short numbers (hotlines, days, degrees) pass. Full width and spaces between digits do
/// not hide a number.
fn names_a_person(text: &Text) -> bool {
    [&text.zh, &text.en].into_iter().any(|text| {
        let narrow = |letter: char| match u32::from(letter) {
            wide @ 0xFF01..=0xFF5E => char::from_u32(wide - 0xFEE0).unwrap_or(letter),
            0x3000 => ' ',
            _ => letter,
        };
        let mut joined = String::new();
        let mut letters = text.chars().map(narrow).peekable();
        while let Some(letter) = letters.next() {
            let between = joined.ends_with(|last: char| last.is_ascii_digit())
                && letters.peek().is_some_and(char::is_ascii_digit);
            if !(letter == ' ' && between) {
                joined.push(letter);
            }
        }
        joined
            .split(|letter: char| !letter.is_ascii_alphanumeric())
            .any(|word| word.bytes().filter(u8::is_ascii_digit).count() >= 8)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hotlines_pass_and_numbers_of_people_do_not() {
        let en = |en: &str| Text {
            zh: "拨打12345".to_owned(),
            en: en.to_owned(),
        };
        assert!(!names_a_person(&en("Call 12345 within 48 h")));
        assert!(names_a_person(&en("Applies to 11010519491231002X")));
        assert!(names_a_person(&en("Applies to E12345678")));
        assert!(names_a_person(&en("Ask 13800000000")));
        assert!(names_a_person(&en("1101 0519 4912 3100 2X")));
        assert!(names_a_person(&en("１１０１０５１９４９１２３１００２Ｘ")));
        assert!(!names_a_person(&en(
            "published on 2022-06-28, 7 14 21 days"
        )));
    }
}
