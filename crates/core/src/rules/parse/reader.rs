//! Reads single values and keeps every finding with its line and rule.

use core::str::FromStr;

use toml::Spanned;

use super::raw;
use crate::rules::{Citation, Findings, Text};
use crate::word::{Word, WordSet};

/// The line that a byte lies in, from 1.
pub(crate) fn line_of(text: &str, byte: usize) -> usize {
    1 + text
        .as_bytes()
        .iter()
        .take(byte)
        .filter(|byte| **byte == b'\n')
        .count()
}

/// Whether a character commands a terminal or turns the reading direction.
fn is_invisible(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The text being read, the rule being read, and what was found so far.
pub(crate) struct Reader<'a> {
    text: &'a str,
    rule: Option<String>,
    findings: Findings,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self {
            text,
            rule: None,
            findings: Findings::default(),
        }
    }

    pub(crate) fn into_findings(self) -> Findings {
        self.findings
    }

    /// Findings from here on belong to this rule, or to none.
    pub(crate) fn enter(&mut self, rule: Option<String>) {
        self.rule = rule;
    }

    pub(crate) fn line<T>(&self, spot: &Spanned<T>) -> usize {
        line_of(self.text, spot.span().start)
    }

    /// Notes a finding at a spot.
    pub(crate) fn complain<T>(&mut self, spot: &Spanned<T>, message: impl Into<String>) {
        let line = self.line(spot);
        self.findings.add(line, self.rule.as_deref(), message);
    }

    /// A value that its own type can read.
    pub(crate) fn value<T>(&mut self, spot: &raw::Spot) -> Option<T>
    where
        T: FromStr,
        T::Err: core::fmt::Display,
    {
        match spot.get_ref().parse() {
            Ok(value) => Some(value),
            Err(error) => {
                self.complain(spot, error.to_string());
                None
            }
        }
    }

    /// A value that may be missing.
    pub(crate) fn value_or<T>(&mut self, spot: Option<&raw::Spot>, otherwise: T) -> Option<T>
    where
        T: FromStr,
        T::Err: core::fmt::Display,
    {
        match spot {
            Some(spot) => self.value(spot),
            None => Some(otherwise),
        }
    }

    /// A set of words; an empty list and a word written twice are findings.
    pub(crate) fn words<T: Word>(&mut self, spots: &[raw::Spot]) -> Option<WordSet<T>> {
        let mut set = WordSet::EMPTY;
        let mut sound = true;
        for spot in spots {
            match T::from_word(spot.get_ref()) {
                Ok(value) if set.contains(value) => {
                    self.complain(spot, format!("{:?} is written twice", spot.get_ref()));
                    sound = false;
                }
                Ok(value) => set = set.with(value),
                Err(error) => {
                    self.complain(spot, error.to_string());
                    sound = false;
                }
            }
        }
        sound.then_some(set)
    }

    /// A set of words that may be missing.
    pub(crate) fn words_or<T: Word>(
        &mut self,
        spots: Option<&[raw::Spot]>,
        otherwise: WordSet<T>,
    ) -> Option<WordSet<T>> {
        match spots {
            Some(spots) => self.words(spots),
            None => Some(otherwise),
        }
    }

    /// A text in both languages.
    pub(crate) fn text(&mut self, spot: &Spanned<raw::Text>, what: &str) -> Option<Text> {
        let raw::Text { zh, en } = spot.get_ref();
        if !zh
            .chars()
            .any(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter))
        {
            self.complain(spot, format!("{what} has no Chinese text in `zh`"));
            return None;
        }
        if !en.chars().any(|letter| letter.is_ascii_alphabetic()) {
            self.complain(spot, format!("{what} has no English text in `en`"));
            return None;
        }
        if [zh, en]
            .into_iter()
            .any(|text| text.chars().any(is_invisible))
        {
            self.complain(spot, format!("{what} has a control character in it"));
            return None;
        }
        Some(Text {
            zh: zh.trim().to_owned(),
            en: en.trim().to_owned(),
        })
    }

    /// A citation with a title and a place.
    pub(crate) fn citation(&mut self, spot: &Spanned<raw::Citation>) -> Option<Citation> {
        let raw::Citation { title, at, note } = spot.get_ref();
        if title.trim().is_empty() || at.trim().is_empty() {
            self.complain(
                spot,
                "a source needs a title and where it can be read (`at`)",
            );
            return None;
        }
        Some(Citation {
            title: title.clone(),
            at: at.clone(),
            note: note.clone(),
        })
    }
}
