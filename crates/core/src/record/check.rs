//! The one validator: an object against the elements of its group.

use std::collections::BTreeMap;

use hc_code::{Span, Timestamp};
use serde_json::Value;

use super::element_value::ElementValue;
use super::{
    DataElement, DataElements, FieldError, FieldProblem, Group, Item, Object, Obligation,
    Provenance, Shape, ValueDomain,
};

/// What a record is read with.
#[derive(Clone, Copy, Debug)]
pub struct Reading<'a> {
    /// The element table.
    pub elements: &'a DataElements,
    /// The time of reading: nothing can be observed later, apart from [`Reading::CLOCK_TOLERANCE`].
    pub now: Timestamp,
    /// Source and times of bare values.
    pub bare: Provenance,
}

impl Reading<'_> {
    /// How far another system's clock may run ahead of ours.
    pub const CLOCK_TOLERANCE: Span = Span::seconds(600);
}

/// An object whose elements have passed format, domain and obligation, and the faults of the others.
#[derive(Debug)]
pub struct Checked<'a> {
    reading: Reading<'a>,
    group: Group,
    /// The value inside the item, by the element's name.
    values: BTreeMap<&'a str, (&'a DataElement, &'a Value, Provenance)>,
    errors: Vec<FieldError>,
}

impl DataElements {
    /// Checks an object of a group: every member is an element, every mandatory element is there,
    /// every value has the format and lies in the domain.
    pub fn check<'a>(
        &'a self,
        group: Group,
        object: &'a Object,
        reading: &Reading<'a>,
    ) -> Checked<'a> {
        let mut checked = Checked {
            reading: *reading,
            group,
            values: BTreeMap::new(),
            errors: Vec::new(),
        };
        for element in self.group(group) {
            if let Some(value) = object.get(element.name()).filter(|value| !value.is_null()) {
                match item(value, reading) {
                    Ok((value, provenance)) => {
                        checked.check_value(element, value);
                        checked
                            .values
                            .insert(element.name(), (element, value, provenance));
                    }
                    Err(problem) => checked.refuse(element.name(), problem),
                }
            }
        }
        let present = |name: &str| object.get(name).is_some_and(|value| !value.is_null());
        for element in self.group(group) {
            let problem = match (element.obligation(), present(element.name())) {
                (Obligation::Mandatory, false) => FieldProblem::Missing,
                (Obligation::With(other), there) if present(other) != there => {
                    if there {
                        FieldProblem::WithoutCompanion(other.clone())
                    } else {
                        FieldProblem::Missing
                    }
                }
                _ => continue,
            };
            checked.refuse(element.name(), problem);
        }
        for name in object.keys() {
            if self.get(group, name).is_none() {
                checked.refuse(&readable(name), FieldProblem::Unknown);
            }
        }
        checked
    }
}

impl<'a> Checked<'a> {
    /// The faults of format, domain and obligation; empty where the object is good so far.
    pub fn errors(&self) -> &[FieldError] {
        &self.errors
    }

    /// The typed value of an element that passed; `None` where it is absent or refused.
    pub(super) fn optional<T: ElementValue>(&mut self, name: &'static str) -> Option<Item<T>> {
        let refused = |error: &FieldError| is_about(error.path(), name);
        if self.errors.iter().any(refused) {
            return None;
        }
        let (element, value, provenance) = *self.values.get(name)?;
        match T::read(value, element, &self.reading) {
            Ok(value) => Some(Item::new(value, provenance)),
            Err(errors) => {
                self.errors.extend(errors);
                None
            }
        }
    }

    /// As [`Checked::optional`], but absence is a fault even where the table lets the element be
    /// left out: a table may be stricter than the types, never laxer.
    pub(super) fn required<T: ElementValue>(&mut self, name: &'static str) -> Option<Item<T>> {
        let found = self.optional(name);
        if found.is_none() && !self.errors.iter().any(|error| is_about(error.path(), name)) {
            self.refuse(name, FieldProblem::Missing);
        }
        found
    }

    pub(super) fn refuse(&mut self, path: &str, problem: FieldProblem) {
        self.errors.push(FieldError::at(path, problem));
    }

    pub(super) fn now(&self) -> Timestamp {
        self.reading.now
    }

    /// The typed record, or every fault: in the order of the element table, then unknown members.
    pub(super) fn finish<T>(mut self, found: Option<T>) -> Result<T, Vec<FieldError>> {
        let group = self.group.word();
        let elements = self.reading.elements;
        let place = |error: &FieldError| {
            let mut names = elements.group(self.group);
            let place = names.position(|element| is_about(error.path(), element.name()));
            place.unwrap_or(usize::MAX)
        };
        self.errors.sort_by_cached_key(place);
        match found {
            Some(found) if self.errors.is_empty() => Ok(found),
            _ if self.errors.is_empty() => Err(vec![FieldError::at(group, FieldProblem::Missing)]),
            _ => Err(self.errors),
        }
    }

    fn check_value(&mut self, element: &'a DataElement, value: &'a Value) {
        let name = element.name();
        let Some(most) = element.most_values() else {
            if let Err(problem) = check_single(element, value) {
                self.refuse(name, problem);
            }
            return;
        };
        let values = match list(value) {
            Ok(values) => values,
            Err(problem) => return self.refuse(name, problem),
        };
        if values.len() > most {
            return self.refuse(name, FieldProblem::TooMany(most));
        }
        for (index, value) in values.iter().enumerate() {
            if let ValueDomain::Group(group) = element.domain() {
                // The members of the object are checked when its own type reads it.
                if !value.is_object() {
                    self.refuse(
                        &format!("{name}[{index}]"),
                        FieldProblem::Shape(Shape::Object),
                    );
                }
                debug_assert_ne!(group, self.group);
            } else if let Err(problem) = check_single(element, value) {
                self.refuse(&format!("{name}[{index}]"), problem);
            }
        }
    }
}

/// The values of a list: an array, or the text of deployed forms, which join codes by `^`.
pub(super) fn list(value: &Value) -> Result<Vec<Value>, FieldProblem> {
    match value {
        Value::Array(values) if !values.is_empty() => Ok(values.clone()),
        Value::String(joined) if !joined.is_empty() => Ok(joined
            .split('^')
            .map(|one| Value::String(one.to_owned()))
            .collect()),
        _ => Err(FieldProblem::Shape(Shape::List)),
    }
}

/// The text of a single value: a string, or a number where the format is numeric.
pub(super) fn text(element: &DataElement, value: &Value) -> Result<String, FieldProblem> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) if element.format().is_numeric() => Ok(number.to_string()),
        _ if element.format().is_numeric() => Err(FieldProblem::Shape(Shape::TextOrNumber)),
        _ => Err(FieldProblem::Shape(Shape::Text)),
    }
}

fn check_single(element: &DataElement, value: &Value) -> Result<(), FieldProblem> {
    element.check_text(&text(element, value)?)
}

/// Whether a path is that of an element or of a value in it.
fn is_about(path: &str, name: &str) -> bool {
    path.strip_prefix(name)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['[', '.']))
}

/// A member's name, if it can be one: what somebody typed in the wrong place is not repeated.
fn readable(name: &str) -> String {
    let plain = name.len() <= 32 && name.bytes().all(|byte| byte.is_ascii_alphabetic());
    if plain && !name.is_empty() {
        name.to_owned()
    } else {
        "?".to_owned()
    }
}

/// Value and provenance of an item, or of a bare value.
fn item<'a>(
    value: &'a Value,
    reading: &Reading<'_>,
) -> Result<(&'a Value, Provenance), FieldProblem> {
    let Value::Object(members) = value else {
        return Ok((value, reading.bare));
    };
    let value = members.get("value").ok_or(FieldProblem::Missing)?;
    let known = ["value", "source", "observedAt", "expiresAt"];
    if members.keys().any(|name| !known.contains(&name.as_str())) {
        return Err(FieldProblem::ItemMember);
    }
    let member = |name: &str| members.get(name).filter(|member| !member.is_null());
    let time = |member: &Value| {
        member
            .as_str()
            .and_then(|text| text.parse::<Timestamp>().ok())
    };
    let source = match member("source") {
        None => reading.bare.source(),
        Some(source) => source
            .as_str()
            .and_then(|source| source.parse().ok())
            .ok_or(FieldProblem::Source)?,
    };
    let (observed_at, expires_at) = match (member("observedAt"), member("expiresAt")) {
        (None, None) => (reading.bare.observed_at(), reading.bare.expires_at()),
        (observed, expires) => (
            match observed {
                None => reading.bare.observed_at(),
                Some(observed) => time(observed).ok_or(FieldProblem::ObservedAt)?,
            },
            expires
                .map(|expires| time(expires).ok_or(FieldProblem::ExpiresAt))
                .transpose()?,
        ),
    };
    if observed_at > reading.now.plus(Reading::CLOCK_TOLERANCE) {
        return Err(FieldProblem::ObservedInFuture);
    }
    let provenance = Provenance::new(source, observed_at, expires_at);
    Ok((value, provenance.ok_or(FieldProblem::ExpiresAt)?))
}
