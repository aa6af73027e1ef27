//! Where commands write: text for people or JSON lines, in one of two languages.

use std::io::Write;

use anstyle::{AnsiColor, Style};
use anyhow::Result;
use comfy_table::{ContentArrangement, Table, presets::UTF8_FULL_CONDENSED};
use hc_code::Level;
use hc_core::rules::Text;
use serde::Serialize;

use crate::args::Language;

/// Standard output, with the language and form that were asked for.
pub(crate) struct Screen {
    out: anstream::AutoStream<std::io::Stdout>,
    language: Language,
    json: bool,
}

impl Screen {
    pub(crate) fn new(language: Language, json: bool) -> Self {
        Self {
            out: anstream::AutoStream::auto(std::io::stdout()),
            language,
            json,
        }
    }

    /// Whether JSON was asked for.
    pub(crate) const fn json(&self) -> bool {
        self.json
    }

    /// The language of texts for people.
    pub(crate) const fn language(&self) -> Language {
        self.language
    }

    /// The text in the language of the screen.
    pub(crate) fn pick<'a>(&self, text: &'a Text) -> &'a str {
        self.say(&text.zh, &text.en)
    }

    /// One of two texts by the language of the screen.
    pub(crate) const fn say<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        match self.language {
            Language::Zh => zh,
            Language::En => en,
        }
    }

    /// Writes a line of text.
    pub(crate) fn line(&mut self, text: impl AsRef<str>) -> Result<()> {
        Ok(writeln!(self.out, "{}", harmless(text.as_ref()))?)
    }

    /// Writes a line that stands out.
    pub(crate) fn heading(&mut self, text: impl AsRef<str>) -> Result<()> {
        let bold = Style::new().bold();
        Ok(writeln!(
            self.out,
            "{bold}{}{bold:#}",
            harmless(text.as_ref())
        )?)
    }

    /// Writes an object as one line of JSON.
    pub(crate) fn object(&mut self, object: &impl Serialize) -> Result<()> {
        let mut line = serde_json::to_vec(object)?;
        line.push(b'\n');
        Ok(self.out.write_all(&line)?)
    }

    /// Writes a table, as wide as the terminal and at most 120 columns elsewhere.
    pub(crate) fn table(&mut self, head: &[&str], rows: Vec<Vec<String>>) -> Result<()> {
        let mut table = Table::new();
        table
            .load_preset(UTF8_FULL_CONDENSED)
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(terminal_width())
            .set_header(head);
        table.add_rows(rows);
        self.line(table.to_string())
    }

    /// A level as shape, word and code; the colour only repeats what they say.
    pub(crate) fn level(&self, level: Level) -> String {
        let (shape, colour) = match level {
            Level::Low => ("●", AnsiColor::Green),
            Level::Medium => ("▲", AnsiColor::Yellow),
            Level::High => ("■", AnsiColor::Red),
            Level::Unknown => ("?", AnsiColor::BrightBlack),
        };
        let style = Style::new().bold().fg_color(Some(colour.into()));
        let word = self.say(level.word_zh(), level.word());
        format!("{style}{shape} {word} ({}){style:#}", level.code())
    }
}

/// A text without what could command the terminal or turn its reading direction: files come from
/// anywhere. Only styles, which this program sets itself, go through.
fn harmless(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        if let Some(length) = style_at(rest) {
            let (style, after) = rest.split_at(length);
            shown.push_str(style);
            rest = after;
            continue;
        }
        let turns = matches!(letter, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        let commands = letter.is_control() && letter != '\n';
        shown.push(if turns || commands {
            '\u{fffd}'
        } else {
            letter
        });
        rest = rest.get(letter.len_utf8()..).unwrap_or_default();
    }
    shown
}

/// The length of a style (`ESC [ digits m`) at the beginning of a text.
fn style_at(text: &str) -> Option<usize> {
    let inner = text.strip_prefix("\u{1b}[")?;
    let end = inner.find(|letter: char| !(letter.is_ascii_digit() || letter == ';'))?;
    inner.get(end..)?.starts_with('m').then_some(end + 3)
}

/// The width of the terminal as the shell states it, between 60 and 120 columns.
fn terminal_width() -> u16 {
    let stated = std::env::var("COLUMNS")
        .ok()
        .and_then(|columns| columns.parse().ok());
    stated.unwrap_or(100).clamp(60, 120)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_file_commands_the_terminal() {
        assert_eq!(
            harmless("a\u{1b}]0;owned\u{7}\u{1b}[2Jb"),
            "a\u{fffd}]0;owned\u{fffd}\u{fffd}[2Jb"
        );
        assert_eq!(
            harmless("x\u{202e}y\u{9b}z\r"),
            "x\u{fffd}y\u{fffd}z\u{fffd}"
        );
        assert_eq!(
            harmless("\u{1b}[1m\u{1b}[31m■ 高风险\u{1b}[0m\n"),
            "\u{1b}[1m\u{1b}[31m■ 高风险\u{1b}[0m\n"
        );
    }
}
