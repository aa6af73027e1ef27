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
        Ok(writeln!(self.out, "{}", text.as_ref())?)
    }

    /// Writes a line that stands out.
    pub(crate) fn heading(&mut self, text: impl AsRef<str>) -> Result<()> {
        let bold = Style::new().bold();
        Ok(writeln!(self.out, "{bold}{}{bold:#}", text.as_ref())?)
    }

    /// Writes an object as one line of JSON.
    pub(crate) fn object(&mut self, object: &impl Serialize) -> Result<()> {
        serde_json::to_writer(&mut self.out, object)?;
        Ok(writeln!(self.out)?)
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

/// The width of the terminal as the shell states it, between 60 and 120 columns.
fn terminal_width() -> u16 {
    let stated = std::env::var("COLUMNS")
        .ok()
        .and_then(|columns| columns.parse().ok());
    stated.unwrap_or(100).clamp(60, 120)
}
