//! Texts: no person in them, and no catch-all.

use crate::rules::{Findings, Rule, Text};

/// Phrases by which published tables let in whomever somebody wanted to control.
const CATCH_ALLS: [&str; 8] = [
    "其他需要",
    "其他人员",
    "其它人员",
    "其他需管控",
    "指挥部文件",
    "other persons",
    "other people to be",
    "as instructed",
];

pub(super) fn check(rule: &Rule, findings: &mut Findings) {
    let stage_texts = rule
        .stages
        .iter()
        .flat_map(|stage| [&stage.may, &stage.next]);
    for text in stage_texts.chain([&rule.reason]) {
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
/// document's. Short numbers (hotlines, days, degrees) pass.
fn names_a_person(text: &Text) -> bool {
    [&text.zh, &text.en].into_iter().any(|text| {
        text.split(|letter: char| !letter.is_alphanumeric() || !letter.is_ascii())
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
    }
}
