//! The whole table, and that `spec/verdict.md` shows it.

use std::fmt::Write as _;

use super::*;
use crate::Level;

const AGES: [Age; 2] = [Age::Fresh, Age::Stale];

fn code_words() -> Vec<CodeWord> {
    let mut words = Vec::new();
    for age in AGES {
        words.extend(Level::ALL.map(|level| CodeWord::Level(level, age)));
    }
    words
}

fn list_words() -> Vec<(String, ListWord)> {
    let mut words = vec![
        ("none".to_owned(), ListWord::Missing),
        ("ended".to_owned(), ListWord::Expired),
    ];
    for age in AGES {
        for against_code in [Recency::NotOlder, Recency::Older] {
            for listed in Listed::ALL {
                let age_word = if age == Age::Fresh { "fresh" } else { "stale" };
                let recency = if against_code == Recency::NotOlder {
                    "not older than the code"
                } else {
                    "older than the code"
                };
                words.push((
                    format!("{} {listed:?}, {age_word}, {recency}", listed.bits()),
                    ListWord::Held {
                        listed,
                        against_code,
                        age,
                    },
                ));
            }
        }
    }
    words
}

fn cell(judgement: Judgement) -> String {
    format!("{} ({})", judgement.level.code(), judgement.basis.word())
}

fn table() -> String {
    let mut out = String::new();
    let columns: Vec<String> = code_words()
        .iter()
        .map(|word| match word {
            CodeWord::Level(level, Age::Fresh) => format!("{} fresh", level.code()),
            CodeWord::Level(level, Age::Stale) => format!("{} stale", level.code()),
            CodeWord::Pointer => unreachable!("paper has its own table"),
        })
        .collect();
    let row = |out: &mut String, name: &str, cells: &[String]| {
        writeln!(out, "| {name} | {} |", cells.join(" | ")).unwrap();
    };
    let rule = vec!["---".to_owned(); columns.len()];
    for class in [Class::Live, Class::Carried] {
        writeln!(out, "\n### {class}\n").unwrap();
        row(&mut out, "list \\ code", &columns);
        row(&mut out, "---", &rule);
        for (name, list) in list_words() {
            let cells: Vec<_> = code_words()
                .into_iter()
                .map(|code| cell(judge(class, code, list)))
                .collect();
            if class == Class::Live {
                // All rows are this one: the other test says so.
                row(&mut out, "whatever", &cells);
                break;
            }
            row(&mut out, &name, &cells);
        }
    }
    writeln!(out, "\n### paper\n").unwrap();
    row(&mut out, "list", &["level".to_owned()]);
    row(&mut out, "---", &["---".to_owned()]);
    for (name, list) in list_words() {
        row(
            &mut out,
            &name,
            &[cell(judge(Class::Paper, CodeWord::Pointer, list))],
        );
    }
    out
}

#[test]
fn the_table_in_the_spec_is_the_function() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../spec/verdict.md");
    let spec = std::fs::read_to_string(path).unwrap();
    let (start, rest) = spec.split_once("<!-- table -->\n").unwrap();
    let (found, end) = rest.split_once("\n<!-- end of table -->").unwrap();
    let made = table();
    if std::env::var("HC_BLESS").is_ok_and(|bless| bless == "1") {
        let whole = format!("{start}<!-- table -->\n{made}\n<!-- end of table -->{end}");
        std::fs::write(path, whole).unwrap();
    } else {
        assert!(
            found == made,
            "spec/verdict.md does not show what judge() does"
        );
    }
}

/// Every cell by the rules, each said once more in another way than the function says it.
#[test]
fn every_cell_follows_from_the_rules() {
    let mut cells = 0;
    for class in Class::ALL {
        for code in code_words().into_iter().chain([CodeWord::Pointer]) {
            for (name, list) in list_words() {
                let judgement = judge(class, code, list);
                cells += 1;
                let at = format!("{class} {code:?} {name}");
                let word = match judgement.basis {
                    Basis::Code => Some(match code {
                        CodeWord::Level(level, Age::Fresh) => level,
                        _ => panic!("{at}: a stale or absent code decided"),
                    }),
                    Basis::List => Some(match list {
                        ListWord::Held {
                            listed,
                            age: Age::Fresh,
                            ..
                        } => [Level::Low, Level::High, Level::Medium, Level::Unknown]
                            [usize::from(listed.bits())],
                        _ => panic!("{at}: a stale, ended or absent list decided"),
                    }),
                    Basis::Stale | Basis::NoList | Basis::ListExpired => None,
                };
                // Whoever decides is obeyed; where nobody does, the level is unknown.
                assert_eq!(judgement.level, word.unwrap_or(Level::Unknown), "{at}");
                let held = matches!(list, ListWord::Held { .. });
                // Low takes a live code, or a list that is held.
                if judgement.level == Level::Low && class != Class::Live {
                    assert!(held, "{at}: low without a list");
                }
                // The newer facts decide.
                if let (Class::Carried, CodeWord::Level(..), ListWord::Held { against_code, .. }) =
                    (class, code, list)
                {
                    let loser = match against_code {
                        Recency::NotOlder => Basis::Code,
                        Recency::Older => Basis::List,
                    };
                    assert_ne!(judgement.basis, loser, "{at}");
                }
                // A live code listens to no list.
                if class == Class::Live && code != CodeWord::Pointer {
                    assert_eq!(judgement, judge(class, code, ListWord::Missing), "{at}");
                }
            }
        }
    }
    assert_eq!(cells, 3 * 9 * 18);
}
