//! Pieces that pages share: times, levels, fields, tables, forms that carry the seal.

use hc_core::store::Store;
use maud::{Markup, html};
use serde_json::Value;

use super::language::Language;
use super::visit::Visit;
use crate::api::Root;

/// A text of an answer; empty where it is none.
pub(super) fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap_or_default()
}

/// A number of an answer.
pub(super) fn number(value: &Value, member: &str) -> u64 {
    value[member].as_u64().unwrap_or_default()
}

/// The members of an array.
pub(super) fn each<'a>(value: &'a Value, member: &str) -> &'a [Value] {
    value[member].as_array().map_or(&[], Vec::as_slice)
}

/// Chinese or English of an answer's text in both.
pub(super) fn both(value: &Value, l: Language) -> &str {
    text(value, l.word())
}

/// A time, as people read it.
pub(super) fn time(value: &Value, l: Language) -> Markup {
    if let Some(at) = value.as_str() {
        let day: String = at.chars().take(10).collect();
        let clock: String = at.chars().skip(11).take(5).collect();
        html! { time datetime=(at) { (day) " " (clock) } }
    } else {
        html! { span .soft { (l.say("无", "none")) } }
    }
}

/// A level in word, shape and code; the colour only goes with them.
pub(super) fn level(code: &str, l: Language) -> Markup {
    let (class, shape, zh, en) = match code {
        "00" => ("low", "●", "低风险", "low"),
        "01" => ("medium", "▲", "中风险", "medium"),
        "10" => ("high", "■", "高风险", "high"),
        "20" => ("unknown", "?", "未知", "unknown"),
        _ => ("none", "–", "无", "none"),
    };
    html! {
        span class=(format!("level {class}")) {
            span aria-hidden="true" { (shape) } " " (l.say(zh, en))
        }
    }
}

/// A length of time in seconds, roughly.
pub(super) fn span(seconds: u64, l: Language) -> String {
    let (many, zh, en) = match seconds {
        0..120 => (seconds, "秒", "s"),
        120..7200 => (seconds / 60, "分钟", "min"),
        7200..172_800 => (seconds / 3600, "小时", "h"),
        _ => (seconds / 86_400, "天", "days"),
    };
    format!("{many} {}", l.say(zh, en))
}

/// A whole number with a mark between thousands.
pub(super) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut marked = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            marked.push('\u{202f}');
        }
        marked.push(digit);
    }
    marked
}

/// A table that scrolls by itself on narrow screens, reachable by keyboard.
pub(super) fn table(caption: &str, head: &[&str], rows: &[Vec<Markup>], none: &str) -> Markup {
    html! {
        @if rows.is_empty() {
            section .empty { h2 { (caption) } p .soft { (none) } }
        } @else {
            div .scroll tabindex="0" role="region" aria-label=(caption) {
                table {
                    caption { (caption) }
                    thead { tr { @for title in head { th scope="col" { (title) } } } }
                    tbody {
                        @for row in rows {
                            tr { @for cell in row { td { (cell) } } }
                        }
                    }
                }
            }
        }
    }
}

/// Names with what they are.
pub(super) fn facts(rows: &[(&str, Markup)]) -> Markup {
    html! {
        dl {
            @for (name, fact) in rows {
                div { dt { (name) } dd { (fact) } }
            }
        }
    }
}

/// The hidden field by which a form is known as this session's.
pub(super) fn seal<S: Store, R: Root>(visit: &Visit<S, R>) -> Markup {
    html! { input type="hidden" name="seal" value=(visit.seal); }
}

/// A form of fields with one button.
pub(super) fn form<S: Store, R: Root>(
    visit: &Visit<S, R>,
    action: &str,
    fields: &Markup,
    word: &str,
) -> Markup {
    html! {
        form .sheet method="post" action=(action) {
            (seal(visit))
            (fields)
            button type="submit" { (word) }
        }
    }
}

/// A field in which something is written.
pub(super) fn field(name: &str, label: &str, hint: &str, kind: &str) -> Markup {
    input(name, label, hint, (kind, false))
}

/// A field that the browser does not let go empty.
pub(super) fn needed(name: &str, label: &str, hint: &str, kind: &str) -> Markup {
    input(name, label, hint, (kind, true))
}

fn input(name: &str, label: &str, hint: &str, (kind, needed): (&str, bool)) -> Markup {
    let hinted = format!("{name}-hint");
    html! {
        div .field {
            label for=(name) { (label) }
            @if !hint.is_empty() { p .hint id=(hinted) { (hint) } }
            input id=(name) name=(name) type=(kind) autocomplete="off" spellcheck="false"
                required[needed] aria-describedby=[(!hint.is_empty()).then_some(&hinted)];
        }
    }
}

/// A field in which one of several is chosen.
pub(super) fn choice(name: &str, label: &str, options: &[(&str, &str)]) -> Markup {
    html! {
        div .field {
            label for=(name) { (label) }
            select id=(name) name=(name) {
                @for (value, word) in options { option value=(value) { (word) } }
            }
        }
    }
}

/// Boxes of which any can be ticked.
pub(super) fn boxes(name: &str, legend: &str, options: &[(&str, &str)]) -> Markup {
    html! {
        fieldset {
            legend { (legend) }
            @for (value, word) in options {
                @let id = format!("{name}-{value}");
                div .tick {
                    input type="checkbox" id=(id) name=(name) value=(value);
                    label for=(id) { (word) }
                }
            }
        }
    }
}

/// A long text, or a file that is read into it.
pub(super) fn document(name: &str, label: &str, hint: &str, file: &str) -> Markup {
    let (hinted, chosen) = (format!("{name}-hint"), format!("{name}-file"));
    html! {
        div .field {
            label for=(name) { (label) }
            p .hint id=(hinted) { (hint) }
            textarea id=(name) name=(name) rows="10" spellcheck="false" aria-describedby=(hinted) {}
            label .file for=(chosen) { (file) }
            input id=(chosen) type="file" data-into=(name);
        }
    }
}

/// What is told in plain paragraphs as a remark.
pub(super) fn note(zh: &str, en: &str, l: Language) -> Markup {
    html! { p .note { (l.say(zh, en)) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_spans_are_easy_to_read() {
        let marked = [
            (0, "0"),
            (999, "999"),
            (1000, "1\u{202f}000"),
            (1_234_567, "1\u{202f}234\u{202f}567"),
        ];
        for (plain, shown) in marked {
            assert_eq!(count(plain), shown);
        }
        assert_eq!(span(119, Language::En), "119 s");
        assert_eq!(span(7199, Language::En), "119 min");
        assert_eq!(span(7200, Language::Zh), "2 小时");
        assert_eq!(span(200_000, Language::En), "2 days");
    }

    #[test]
    fn what_stands_in_a_value_stands_in_a_page_as_text() {
        let evil = serde_json::json!("<script>alert(1)</script>");
        let shown = time(&evil, Language::En).0;
        assert!(!shown.contains("<script"), "{shown}");
        let shown = table("<b>", &["<i>"], &[vec![html! { ("<u>") }]], "").0;
        for tag in ["<b>", "<i>", "<u>"] {
            assert!(!shown.contains(tag), "{shown}");
        }
    }
}
