//! The published policies, and everything that is refused.

use hc_code::recognition::PublishedPolicy;
use hc_code::verify::{Action, Considered};
use hc_code::{Class, Level, ReasonClass, Span};

use super::check::{check, follows};
use super::diff::diff;
use super::{PolicyFile, space};
use crate::rules::Findings;

const CHONGQING: &str = include_str!("../../../../policies/recognition/chongqing-2020-03.toml");
const SICHUAN: &str = include_str!("../../../../policies/recognition/sichuan-2020-03.toml");
const SICHUAN_2022: &str = include_str!("../../../../policies/recognition/sichuan-2022-07.toml");
const GUANGDONG: &str = include_str!("../../../../policies/recognition/guangdong-2020-03.toml");
const ALL: [&str; 4] = [CHONGQING, SICHUAN, SICHUAN_2022, GUANGDONG];

fn read(text: &str) -> Result<PolicyFile, Findings> {
    let file = PolicyFile::parse(text)?;
    check(&file)?;
    Ok(file)
}

fn found(text: &str) -> Vec<String> {
    let findings = read(text).map(|_| Findings::default());
    let findings = findings.unwrap_or_else(|findings| findings);
    findings.iter().map(ToString::to_string).collect()
}

#[test]
fn every_published_policy_is_sound() {
    for text in ALL {
        assert_eq!(found(text), Vec::<String>::new());
    }
}

#[test]
fn everything_that_a_policy_must_not_be_is_named_with_its_line_and_rule() {
    let low = "id = \"agreed-low\"\nissuers = [\"510000\", \"440000\", \"330000\", \"500000\"]\nlevels = [\"low\"]\nthen = \"pass\"";
    let medium = "levels = [\"medium\"]\nthen = \"check\"";
    let mut wrong = Vec::new();
    for (from, to, expected) in [
        ("[policy]", "[polizei]", "missing field `region`"),
        (
            "version = 1",
            "version = 0",
            "line 6: versions count from 1",
        ),
        (
            "region = \"510000\"",
            "region = \"000000\"",
            "line 5: 000000 is the whole country",
        ),
        (
            "region = \"510000\"",
            "region = \"990000\"",
            "990000 is no division",
        ),
        (
            "phone = \"028-12345\"",
            "phone = \"ask there\"",
            "line 11: \"ask there\" is no telephone number",
        ),
        ("https://recognition", "http://recognition", "is no address"),
        (
            "2020-03-18T00:00:00+08:00",
            "2020-03-17T08:59:59+08:00",
            "line 9: published at",
        ),
        (
            "valid-until = \"2020-07-01",
            "valid-until = \"2020-10-01",
            "at most 184d",
        ),
        (
            "[[policy.source]]\n",
            "[[policy.origin]]\n",
            "unknown field `origin`",
        ),
        (
            "issuers = [\"420000\"]",
            "issuers = [\"429999\"]",
            "rule hubei-low: 429999 is no division of GB/T 2260",
        ),
        (
            "issuers = [\"420000\"]",
            "issuers = [\"420000\", \"420100\"]",
            "rule hubei-low: 420100 lies within 420000",
        ),
        (
            "issuers = [\"420000\"]",
            "issuers = [\"420000\", \"420000\"]",
            "rule hubei-low: \"420000\" is written twice",
        ),
        (
            "issuers = [\"420000\"]",
            "issuers = [\"440000\"]",
            "rule hubei-low: never decides",
        ),
        (
            low,
            &low.replace("\"pass\"", "\"refuse\""),
            "rule agreed-low: refuses the region's own low",
        ),
        (
            "id = \"other-low\"\nlevels = [\"low\"]\nfacts-within = \"24h\"\nthen = \"pass\"\notherwise = \"check\"",
            "id = \"other-low\"\nlevels = [\"low\"]\nthen = \"refuse\"",
            "rule other-low: refuses everybody who is low",
        ),
        (
            medium,
            "levels = [\"unknown\"]\nthen = \"check\"",
            "no rule fits",
        ),
        (
            medium,
            "levels = [\"medium\"]\nthen = \"wait\"",
            "rule medium: \"wait\" is not what a rule gives",
        ),
        (
            "levels = [\"high\"]\nthen = \"refuse\"",
            "levels = [\"high\"]\nthen = \"pass\"",
            "rule high: rule high lets level",
        ),
        (
            "levels = [\"unknown\"]\nthen = \"unknown\"",
            "levels = [\"unknown\"]\nthen = \"refuse\"",
            "rule unknown: rule unknown refuses level unknown",
        ),
        (
            "test-within = \"7d\"\ntest-kinds",
            "test-within = \"15d\"\ntest-kinds",
            "rule hubei-low: asks for a test within",
        ),
        (
            "test-within = \"7d\"\ntest-kinds",
            "test-within = \"90m\"\ntest-kinds",
            "whole hours",
        ),
        (
            "otherwise = \"check\"\nsays = { zh = \"湖北",
            "otherwise = \"pass\"\nsays = { zh = \"湖北",
            "gives the same",
        ),
        (
            "otherwise = \"check\"\nsays = { zh = \"湖北",
            "otherwise = \"refuse\"\nsays = { zh = \"湖北",
            "is not here to keep it",
        ),
        (
            "local-level = \"medium\"",
            "local-level = \"high\"",
            "medium here at most",
        ),
        ("lasts = \"3d\"", "lasts = \"15d\"", "a measure holds for"),
        (
            "negative-tests = 1\napart = \"0s\"",
            "negative-tests = 1",
            "both or none",
        ),
        (
            "negative-tests = 1\napart = \"0s\"",
            "negative-tests = 4\napart = \"24h\"",
            "fits into the time",
        ),
        (
            "when = \"otherwise\"\ntest-within",
            "when = \"later\"\ntest-within",
            "is no end of a rule",
        ),
        (
            "id = \"medium\"",
            "id = \"high\"",
            "another rule of the policy has this id",
        ),
        (
            "id = \"medium\"",
            "id = \"me dium\"",
            "is not the id of a rule",
        ),
        (
            "zh = \"黄码：现场测温并核验证明。\"",
            "zh = \"Medium\"",
            "rule medium: what people are told has no Chinese",
        ),
    ] {
        let changed = SICHUAN.replacen(from, to, 1);
        assert_ne!(changed, SICHUAN, "{from}");
        let all = found(&changed);
        if !all.iter().any(|one| one.contains(expected)) {
            wrong.push(format!(
                "{from} -> {to}: expected {expected:?}, found {all:?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(found(&" ".repeat(super::MAX_POLICY_BYTES + 1))[0].contains("bytes"));
}

#[test]
fn a_test_asked_of_paper_alone_is_noticed() {
    let changed = CHONGQING.replacen(
        "classes = [\"live\", \"carried\"]",
        "classes = [\"paper\"]",
        1,
    );
    let all = found(&changed);
    let paper = |one: &String| one.contains("paper carries no test");
    assert!(all.iter().any(paper), "{all:?}");
}

fn subject(issuer: u32, class: Class, level: Level) -> Considered {
    Considered {
        issuer: hc_code::DivisionCode::new(issuer).unwrap(),
        class,
        level,
        reason: ReasonClass::None,
        as_of: Some(space::AT),
        last_test: None,
    }
}

/// The same person, three regions: one issuer's level, and three policies over it.
#[test]
fn one_code_from_hubei_is_judged_by_each_region_as_it_has_published() {
    let rule = |text: &str, class| {
        let file = read(text).unwrap();
        let ruling = file
            .policy()
            .rule_on(subject(420_100, class, Level::Low), space::AT);
        let rule = ruling.rule.unwrap().1.id().to_owned();
        let measures: Vec<_> = ruling
            .measures()
            .map(|one| one.obligation().word())
            .collect();
        (ruling.action, rule, measures)
    };
    let expected = |action, rule: &str, measures: &[&'static str]| {
        (action, rule.to_owned(), measures.to_vec())
    };
    assert_eq!(
        rule(SICHUAN, Class::Live),
        expected(Action::Check, "hubei-low", &["test", "local-medium"])
    );
    assert_eq!(
        rule(CHONGQING, Class::Live),
        expected(Action::Check, "hubei-low", &["local-medium"])
    );
    assert_eq!(
        rule(CHONGQING, Class::Paper),
        expected(Action::Check, "hubei-paper", &["test"])
    );
    assert_eq!(
        rule(GUANGDONG, Class::Live),
        expected(Action::Check, "hubei-low", &["test"])
    );
}

#[test]
fn two_versions_are_told_apart_in_words() {
    let (old, new) = (read(SICHUAN).unwrap(), read(SICHUAN_2022).unwrap());
    assert_eq!(follows(&old, &new), Ok(()));
    assert!(follows(&new, &old).is_err());
    let words: Vec<_> = diff(&old, &new)
        .into_iter()
        .map(|change| (change.rule.unwrap_or_default(), change.words.en))
        .collect();
    let says = |rule: &str, part: &str| {
        words
            .iter()
            .any(|(id, words)| id == rule && words.contains(part))
    };
    assert!(says("", "version: from \"1\" to \"2\""), "{words:?}");
    assert!(says("own-low", "new rule"), "{words:?}");
    assert!(says("hubei-low", "rule removed"), "{words:?}");
    assert!(
        says("other-low", "a negative nucleic acid test of the last 48"),
        "{words:?}"
    );
    assert!(says("other-low", "within 24 hours of arrival"), "{words:?}");
    assert_eq!(diff(&old, &old), vec![]);
}

#[test]
fn only_what_eases_for_every_code_needs_no_notice() {
    let old = read(SICHUAN).unwrap();
    let next = SICHUAN
        .replacen("version = 1", "version = 2\neases = true", 1)
        .replacen("2020-03-16T09:00:00", "2020-04-01T09:00:00", 1)
        .replacen("2020-03-18T00:00:00", "2020-04-01T09:00:00", 1);
    let followed = |change: &dyn Fn(String) -> String| {
        let changed = change(next.clone());
        let new = read(&changed).unwrap();
        follows(&old, &new).map_err(|findings| findings.to_string())
    };
    assert_eq!(followed(&|text| text), Ok(()));
    // A longer time for a test, and a shorter measure, are easier.
    let easier = |text: String| {
        text.replacen("test-within = \"7d\"", "test-within = \"14d\"", 1)
            .replacen("lasts = \"3d\"", "lasts = \"2d\"", 1)
    };
    assert_eq!(followed(&easier), Ok(()));
    for (from, to, says) in [
        (
            "test-within = \"7d\"",
            "test-within = \"6d\"",
            "had pass, and would have check",
        ),
        (
            "facts-within = \"24h\"",
            "facts-within = \"23h\"",
            "had pass, and would have check",
        ),
        (
            "test-within = \"24h\"",
            "test-within = \"23h\"",
            "another measure: test",
        ),
        (
            "lasts = \"3d\"",
            "lasts = \"4d\"",
            "another measure: local-medium",
        ),
        ("\"330000\", ", "", "rule other-low: does not ease"),
    ] {
        let found = followed(&|text| text.replacen(from, to, 1)).unwrap_err();
        assert!(found.contains(says), "{from}: {found}");
    }
}

#[test]
fn what_is_signed_is_what_was_read() {
    use hc_code::signing::{Algorithm, Signer, SigningKey};
    let root = SigningKey::deterministic(Algorithm::Sm2, &[5; 32]).unwrap();
    for text in ALL {
        let file = read(text).unwrap();
        let signed = file.policy().sign(&root).unwrap();
        let roots = [root.public_key().clone()];
        let (opened, _) = PublishedPolicy::open(&signed, file.policy().region(), &roots).unwrap();
        assert_eq!(&opened, file.policy());
        assert!(signed.len() < 8192, "{}", signed.len());
    }
    let late = read(SICHUAN).unwrap();
    let at = late.policy().in_force_from().minus(Span::hours(23));
    assert!(late.policy().clone().published_at(at).is_err());
}
