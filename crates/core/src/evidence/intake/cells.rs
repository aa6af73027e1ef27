//! The texts of one line by field, before any of them means something.

use std::borrow::Cow;

use super::field::FIELDS;
use super::{Fault, Field, Reason};

/// The texts of one line, with what was already wrong with them.
pub(super) struct Cells<'a> {
    texts: [Option<Cow<'a, str>>; FIELDS],
    /// The list of answers, which may be there and empty.
    answers: Option<Vec<Cow<'a, str>>>,
    /// Fields that are there, however bad their value was.
    seen: u32,
    faults: Vec<Fault>,
}

impl<'a> Cells<'a> {
    pub(super) const fn new() -> Self {
        Self {
            texts: [const { None }; FIELDS],
            answers: None,
            seen: 0,
            faults: Vec::new(),
        }
    }

    /// Notes that a field is there; `false` where it was already.
    pub(super) fn see(&mut self, field: Field) -> bool {
        let bit = 1 << field as u32;
        let first = self.seen & bit == 0;
        self.seen |= bit;
        if !first {
            self.refuse(field, Reason::FieldTwice);
        }
        first
    }

    /// Whether a field is there, with a good value or a bad one.
    pub(super) const fn sees(&self, field: Field) -> bool {
        self.seen & 1 << field as u32 != 0
    }

    /// Puts in the text of a field that was just seen.
    pub(super) fn put(&mut self, field: Field, text: Cow<'a, str>) {
        if let Some(reason) = unfit(field, &text) {
            self.refuse(field, reason);
        } else if let Some(place) = self.texts.get_mut(field as usize) {
            *place = Some(text);
        }
    }

    /// Puts in the list of answers.
    pub(super) fn put_answers(&mut self, answers: Vec<Cow<'a, str>>) {
        match answers
            .iter()
            .find_map(|answer| unfit(Field::Answers, answer))
        {
            Some(reason) => self.refuse(Field::Answers, reason),
            None => self.answers = Some(answers),
        }
    }

    /// Notes a fault of a field.
    pub(super) fn refuse(&mut self, field: Field, reason: Reason) {
        self.faults.push(Fault::of_field(field, reason));
    }

    /// Notes a fault of the line.
    pub(super) fn refuse_line(&mut self, reason: Reason) {
        self.faults.push(Fault::of_line(reason));
    }

    /// The text of a field, if it is there and fit to be read.
    pub(super) fn text(&self, field: Field) -> Option<&str> {
        self.texts.get(field as usize)?.as_deref()
    }

    /// The text of a field that has to be there; notes if it is not.
    pub(super) fn required(&mut self, field: Field) -> Option<&str> {
        if !self.sees(field) {
            self.refuse(field, Reason::Missing);
        }
        self.text(field)
    }

    /// The answers, which have to be there; notes if they are not.
    pub(super) fn required_answers(&mut self) -> Option<&[Cow<'a, str>]> {
        if !self.sees(Field::Answers) {
            self.refuse(Field::Answers, Reason::Missing);
        }
        self.answers.as_deref()
    }

    /// What was wrong up to here.
    pub(super) fn into_faults(self) -> Vec<Fault> {
        self.faults
    }

    /// Whether nothing was wrong up to here.
    pub(super) const fn are_faultless(&self) -> bool {
        self.faults.is_empty()
    }
}

/// Why a text cannot be a value of a field, whatever it says.
fn unfit(field: Field, text: &str) -> Option<Reason> {
    let limit = field.limit();
    if text.is_empty() {
        Some(Reason::Empty)
    } else if text.len() > limit && text.chars().count() > limit {
        Some(Reason::TextTooLong { limit })
    } else if has_control(text) {
        Some(Reason::Control)
    } else {
        None
    }
}

/// The control characters of Unicode: C0, DEL and C1.
fn has_control(text: &str) -> bool {
    if text.is_ascii() {
        text.bytes().any(|byte| byte.is_ascii_control())
    } else {
        text.chars().any(char::is_control)
    }
}
