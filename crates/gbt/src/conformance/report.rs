//! What came of a run, for machines and for people.

use core::fmt::Write as _;

use serde::Serialize;

use crate::handbook::Language;

/// One case.
#[derive(Clone, Debug, Serialize)]
pub struct Case {
    /// The standard and clause.
    pub clause: String,
    /// The name of the case.
    pub name: String,
    /// What it asks for, in Chinese.
    pub zh: String,
    /// The same in English.
    pub en: String,
    /// What was wrong; nothing where the service did as it should.
    pub fault: Option<String>,
    /// What the run lacked for this case, where it was not looked at.
    pub lacks: Option<String>,
}

/// Something to know about a run that is no fault of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Note {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
    /// Whether something was not looked at because of it.
    pub incomplete: bool,
}

impl Note {
    pub(super) fn of(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            zh: zh.into(),
            en: en.into(),
            incomplete: false,
        }
    }
}

/// All of them, in order.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    notes: Vec<Note>,
    cases: Vec<Case>,
}

impl Report {
    pub(super) fn add(&mut self, case: Case) {
        self.cases.push(case);
    }

    pub(super) fn note(&mut self, note: Note) {
        self.notes.push(note);
    }

    /// What is to be known about the run.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// Those that were not looked at.
    pub fn passed_over(&self) -> impl Iterator<Item = &Case> {
        self.cases.iter().filter(|case| case.lacks.is_some())
    }

    /// The cases.
    pub fn cases(&self) -> &[Case] {
        &self.cases
    }

    /// Those that found a fault.
    pub fn faults(&self) -> impl Iterator<Item = &Case> {
        self.cases.iter().filter(|case| case.fault.is_some())
    }

    /// Whether everything was looked at.
    pub fn is_complete(&self) -> bool {
        self.passed_over().next().is_none() && !self.notes.iter().any(|note| note.incomplete)
    }

    /// Whether the service did as it should everywhere that was looked at.
    pub fn is_clean(&self) -> bool {
        self.faults().next().is_none()
    }

    /// How many cases there were, with how many faults, in a sentence.
    pub fn summary(&self, language: Language) -> String {
        let (all, bad) = (self.cases.len(), self.faults().count());
        let over = self.passed_over().count();
        let told = match (language, over) {
            (Language::Zh, 0) => format!("共 {all} 项，{bad} 项不符合。"),
            (Language::En, 0) => format!("{all} cases, {bad} with a fault."),
            (Language::Zh, _) => format!("共 {all} 项，{bad} 项不符合，{over} 项未检查。"),
            (Language::En, _) => format!("{all} cases, {bad} with a fault, {over} not looked at."),
        };
        match (self.is_complete(), language) {
            (true, _) => told,
            (false, Language::Zh) => told + "检查不完整。",
            (false, Language::En) => told + " The run is not complete.",
        }
    }

    /// A page that stands alone.
    pub fn html(&self, service: &str, language: Language) -> String {
        let say = |zh: &'static str, en: &'static str| match language {
            Language::Zh => zh,
            Language::En => en,
        };
        let mut page = String::new();
        let title = say("符合性测试报告", "Conformance report");
        let summary = self.summary(language);
        let notes = self.notes.iter().map(|note| match language {
            Language::Zh => ["<p>", &escaped(&note.zh), "</p>\n"].concat(),
            Language::En => ["<p>", &escaped(&note.en), "</p>\n"].concat(),
        });
        let notes: String = notes.collect();
        // Writing to a string never fails.
        let _written = write!(
            page,
            "<!DOCTYPE html>\n<html lang=\"{}\">\n<meta charset=\"utf-8\">\n<title>{title}</title>\n\
             <style>body{{font:16px sans-serif;margin:2em}}td,th{{text-align:left;padding:.3em .8em;\
             border-bottom:1px solid #ccc;vertical-align:top}}.bad{{font-weight:bold}}</style>\n\
             <h1>{title}: GB/T 38961, 38962, 38963</h1>\n<p>{}</p>\n<p>{summary}</p>\n{notes}<table>\n\
             <tr><th>{}</th><th>{}</th><th>{}</th></tr>\n",
            match language {
                Language::Zh => "zh-CN",
                Language::En => "en",
            },
            escaped(service),
            say("条款", "clause"),
            say("要求", "what is asked"),
            say("结果", "outcome"),
        );
        for case in &self.cases {
            let asked = match language {
                Language::Zh => &case.zh,
                Language::En => &case.en,
            };
            let outcome = match (&case.fault, &case.lacks) {
                (None, None) => format!("<td>✓ {}</td>", say("符合", "passed")),
                (None, Some(lacks)) => format!(
                    "<td>– {}: {}</td>",
                    say("未检查，缺少", "not looked at for lack of"),
                    escaped(lacks)
                ),
                (Some(fault), _) => format!(
                    "<td class=\"bad\">✗ {}: {}</td>",
                    say("不符合", "fault"),
                    escaped(fault)
                ),
            };
            let _written = writeln!(
                page,
                "<tr><td>{}</td><td>{}<br><code>{}</code></td>{outcome}</tr>",
                escaped(&case.clause),
                escaped(asked),
                escaped(&case.name)
            );
        }
        page.push_str("</table>\n</html>\n");
        page
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_names_every_fault_and_carries_nothing_of_the_service_as_markup() {
        let mut report = Report::default();
        for fault in [None, Some("<b>wrong</b>".to_owned())] {
            report.add(Case {
                clause: "38963 6.6".to_owned(),
                name: "a_code_is_made".to_owned(),
                zh: "制码".to_owned(),
                en: "makes a code".to_owned(),
                fault,
                lacks: None,
            });
        }
        assert!(!report.is_clean());
        for language in Language::ALL {
            let page = report.html("http://x/<script>", language);
            assert!(page.contains("&lt;b&gt;wrong&lt;/b&gt;") && page.contains("&lt;script&gt;"));
            assert!(!page.contains("<b>") && !page.contains("<script>"));
        }
        assert_eq!(report.faults().count(), 1);
    }

    #[test]
    fn what_was_not_looked_at_is_said_and_is_no_fault() {
        let mut report = Report::default();
        report.add(Case {
            clause: "38963 7".to_owned(),
            name: "the_token_of_a_device_is_refused".to_owned(),
            zh: "设备凭证被拒绝".to_owned(),
            en: "the token of a device is refused".to_owned(),
            fault: None,
            lacks: Some("device".to_owned()),
        });
        report.note(Note::of("时钟不同", "the clocks differ"));
        assert!(report.is_clean() && !report.is_complete());
        let summary = report.summary(Language::En);
        assert!(summary.ends_with("The run is not complete."), "{summary}");
        assert_eq!(report.passed_over().count(), 1);
        let page = report.html("http://x", Language::En);
        assert!(page.contains("not looked at for lack of: device"), "{page}");
        assert!(page.contains("<p>the clocks differ</p>"), "{page}");
    }
}
