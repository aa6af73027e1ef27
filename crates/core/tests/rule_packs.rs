//! The published rule packs, and one defective pack for everything that is refused.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking, in its helpers too"
)]

use std::path::{Path, PathBuf};

use hc_core::rules::check::check;
use hc_core::rules::diff::diff;
use hc_core::rules::explain::table;
use hc_core::rules::{Finding, Findings, RulePack, Text};

fn policies() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies")
}

/// The TOML files of a folder by name, each with its text.
fn files(folder: &Path) -> Vec<(String, String)> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read_to_string(path).unwrap())
        })
        .collect();
    files.sort();
    files
}

fn parsed(name: &str, text: &str) -> RulePack {
    RulePack::parse(text).unwrap_or_else(|findings| panic!("{name}:\n{findings}"))
}

fn published(name: &str) -> RulePack {
    let path = policies().join(format!("{name}.toml"));
    parsed(name, &std::fs::read_to_string(path).unwrap())
}

fn findings(text: &str) -> Result<(), Findings> {
    RulePack::parse(text).and_then(|pack| check(&pack))
}

#[test]
fn every_published_pack_passes_check() {
    let packs = files(&policies());
    assert!(packs.len() >= 7, "{}", packs.len());
    for (name, text) in packs {
        findings(&text).unwrap_or_else(|findings| panic!("{name}:\n{findings}"));
    }
}

#[test]
fn every_rule_says_where_it_was_published_and_what_is_ours() {
    for (name, text) in files(&policies()) {
        let pack = parsed(&name, &text);
        let rules = pack.rules.iter().map(|rule| &rule.source);
        for source in rules.chain(&pack.sources) {
            let note = source.note.as_deref().unwrap_or_default();
            assert!(note.len() > 10, "{name}: {source:?}");
        }
    }
}

#[test]
fn every_text_is_a_sentence_in_both_languages() {
    for (name, text) in files(&policies()) {
        let pack = parsed(&name, &text);
        let stages = pack.rules.iter().flat_map(|rule| &rule.stages);
        for Text { zh, en } in stages.flat_map(|stage| [&stage.may, &stage.next]) {
            assert!(
                zh.ends_with('。') && zh.chars().count() >= 5,
                "{name}: {zh}"
            );
            assert!(en.ends_with('.') && en.len() >= 10, "{name}: {en}");
        }
        for rule in &pack.rules {
            let Text { zh, en } = &rule.reason;
            assert!(
                !zh.ends_with('。') && !en.ends_with('.'),
                "{name}: {zh} {en}"
            );
        }
    }
}

#[test]
fn whoever_is_kept_apart_may_still_see_a_doctor() {
    let care = ["就医", "就诊", "医", "120", "转诊"];
    for (name, text) in files(&policies()) {
        let pack = parsed(&name, &text);
        for rule in &pack.rules {
            for stage in rule
                .stages
                .iter()
                .filter(|stage| stage.level.is_above_low())
            {
                let may = &stage.may.zh;
                let says = care.iter().any(|word| may.contains(word));
                assert!(says, "{name}: rule {}: {may}", rule.id);
            }
        }
    }
}

#[test]
fn every_defective_pack_gives_exactly_its_finding() {
    let packs = files(&policies().join("defective"));
    assert!(packs.len() >= 80, "{}", packs.len());
    let mut wrong = Vec::new();
    for (name, text) in packs {
        let expected = Expected::of(&text).unwrap_or_else(|| panic!("{name}: expects nothing"));
        let found: Vec<_> = match findings(&text) {
            Ok(()) => Vec::new(),
            Err(findings) => findings.iter().cloned().collect(),
        };
        if !matches!(found.as_slice(), [finding] if expected.is(finding)) {
            let found: Vec<_> = found.iter().map(ToString::to_string).collect();
            wrong.push(format!("{name}: expected {expected:?}, found {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// What the second line of a defective pack says that `check` finds:
/// `# expect: line 12, rule contact: part of the message`.
#[derive(Debug)]
struct Expected<'a> {
    line: usize,
    rule: Option<&'a str>,
    part: &'a str,
}

impl<'a> Expected<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let stated = text.lines().nth(1)?.strip_prefix("# expect: line ")?;
        let (place, part) = stated.split_once(':')?;
        let (line, rule) = match place.split_once(", rule ") {
            Some((line, rule)) => (line, Some(rule)),
            None => (place, None),
        };
        Some(Self {
            line: line.parse().ok()?,
            rule,
            part: part.trim(),
        })
    }

    fn is(&self, finding: &Finding) -> bool {
        finding.line == self.line
            && finding.rule.as_deref() == self.rule
            && finding.message.contains(self.part)
    }
}

#[test]
fn two_editions_are_told_apart_in_words() {
    let (old, new) = (published("guangxi-2021-12"), published("guangxi-2022-07"));
    let changes = diff(&old, &new);
    let says = |rule: Option<&str>, zh: &str, en: &str| {
        let said = changes.iter().any(|change| {
            change.rule.as_deref() == rule
                && change.words.zh.contains(zh)
                && change.words.en.contains(en)
        });
        assert!(said, "no change of {rule:?} says {zh} / {en}: {changes:#?}");
    };
    says(None, "版本：由“1”改为“2”", "version: from \"1\" to \"2\"");
    says(
        Some("arrival"),
        "原因代码：由“R6”改为“A5”",
        "reason code: from \"R6\" to \"A5\"",
    );
    says(
        Some("arrival"),
        "第1阶段等级与期限：由“高风险，最长14天”改为“高风险，最长7天（至当日24时）”",
        "from \"high for at most 14 d\" to \"high for at most 7 d to the end of that day\"",
    );
    says(Some("fellow-passenger"), "新增规则", "new rule");
    says(Some("county-of-area"), "删除规则", "rule removed");
    assert!(diff(&old, &old).is_empty());
}

#[test]
fn a_changed_length_is_the_only_change_that_is_told() {
    let path = policies().join("zhejiang-2022-06.toml");
    let text = std::fs::read_to_string(path).unwrap();
    let old = parsed("old", &text);
    let new = parsed(
        "new",
        &text.replacen("lasts = \"60d\"", "lasts = \"45d\"", 1),
    );
    let changes = diff(&old, &new);
    assert_eq!(changes.len(), 1, "{changes:#?}");
    assert_eq!(changes[0].rule.as_deref(), Some("case"));
    assert!(
        changes[0]
            .words
            .en
            .contains("from \"high for at most 60 d\"")
    );
    assert!(changes[0].words.zh.contains("改为“高风险，最长45天”"));
}

#[test]
fn the_table_has_a_row_for_every_rule_and_every_stage() {
    for (name, text) in files(&policies()) {
        let pack = parsed(&name, &text);
        let rows = table(&pack);
        assert_eq!(rows.len(), pack.rules.len(), "{name}");
        for (row, rule) in rows.iter().zip(&pack.rules) {
            assert_eq!(
                (row.rule.as_str(), &row.code),
                (rule.id.as_str(), &rule.code)
            );
            assert_eq!(row.stages.len(), rule.stages.len(), "{name}: {}", rule.id);
            assert!(
                row.trigger.zh.contains("来源："),
                "{name}: {}",
                row.trigger.zh
            );
            assert!(
                row.source.contains(&rule.source.at),
                "{name}: {}",
                row.source
            );
        }
    }
}
