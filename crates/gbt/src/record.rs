//! One person in the four groups of GB/T 38962.

pub use hc_core::record::Group;
use hc_core::record::{
    Basic, Certificate, DataElements, FieldError, FieldProblem, Health, Object, Reading, Shape,
    Trip,
};
use serde_json::Value;

/// Who a person is, and what was declared or is said about them. Debug shows masks only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonRecord {
    basic: Basic,
    health: Option<Health>,
    itinerary: Vec<Trip>,
    certificate: Option<Certificate>,
}

/// The members of a record, in order.
const MEMBERS: [&str; 4] = ["basic", "health", "itinerary", "certificate"];

impl PersonRecord {
    /// Puts a record together.
    pub const fn new(
        basic: Basic,
        health: Option<Health>,
        itinerary: Vec<Trip>,
        certificate: Option<Certificate>,
    ) -> Self {
        Self {
            basic,
            health,
            itinerary,
            certificate,
        }
    }

    /// Reads an object with `basic` and, where there are any, `health`, `itinerary` (a list of trips) and
    /// `certificate`.
    ///
    /// # Errors
    /// Every fault of every group, by path: `itinerary[1].departTime`. No fault repeats a value.
    pub fn parse(object: &Object, reading: &Reading<'_>) -> Result<Self, Vec<FieldError>> {
        let mut errors = Vec::new();
        let basic = group(object, "basic", &mut errors, |found| {
            Basic::parse(found, reading)
        });
        let health = group(object, "health", &mut errors, |found| {
            Health::parse(found, reading)
        });
        let certificate = group(object, "certificate", &mut errors, |found| {
            Certificate::parse(found, reading)
        });
        let itinerary = match present(object, "itinerary") {
            None => Vec::new(),
            Some(Value::Array(trips)) => match Trip::parse_all(trips, reading) {
                Ok(trips) => trips,
                Err(faults) => {
                    let inside = |fault: FieldError| {
                        let path = format!("itinerary{}", fault.path());
                        FieldError::at(path, fault.problem().clone())
                    };
                    errors.extend(faults.into_iter().map(inside));
                    Vec::new()
                }
            },
            Some(_) => {
                errors.push(FieldError::at(
                    "itinerary",
                    FieldProblem::Shape(Shape::List),
                ));
                Vec::new()
            }
        };
        if basic.is_none() && present(object, "basic").is_none() {
            errors.insert(0, FieldError::at("basic", FieldProblem::Missing));
        }
        if object.keys().any(|name| !MEMBERS.contains(&name.as_str())) {
            errors.push(FieldError::at("?", FieldProblem::Unknown));
        }
        match basic {
            Some(basic) if errors.is_empty() => Ok(Self {
                basic,
                health,
                itinerary,
                certificate,
            }),
            _ => Err(errors),
        }
    }

    /// Who the person is.
    pub const fn basic(&self) -> &Basic {
        &self.basic
    }

    /// How the person is, where that was declared.
    pub const fn health(&self) -> Option<&Health> {
        self.health.as_ref()
    }

    /// Where the person went.
    pub fn itinerary(&self) -> &[Trip] {
        &self.itinerary
    }

    /// What services say about the person.
    pub const fn certificate(&self) -> Option<&Certificate> {
        self.certificate.as_ref()
    }

    /// The object that [`Self::parse`] reads to the same record, personal data in clear.
    pub fn expose_object(&self) -> Object {
        self.written(|_, object| object)
    }

    /// The object as somebody else than the person may see it: names, numbers, telephone numbers and
    /// addresses by the masks of the element table.
    pub fn masked_object(&self, elements: &DataElements) -> Object {
        self.written(|group, object| masked(group, object, elements))
    }

    fn written(&self, form: impl Fn(Group, Object) -> Object) -> Object {
        let mut object = Object::new();
        let mut put = |name: &str, value: Value| drop(object.insert(name.to_owned(), value));
        let basic = form(Group::Basic, self.basic.expose_object());
        put("basic", Value::Object(basic));
        if let Some(health) = &self.health {
            let health = form(Group::Health, health.expose_object());
            put("health", Value::Object(health));
        }
        if !self.itinerary.is_empty() {
            let trips = self.itinerary.iter().map(Trip::expose_object);
            let trips = trips.map(|trip| Value::Object(form(Group::Itinerary, trip)));
            put("itinerary", trips.collect());
        }
        if let Some(certificate) = &self.certificate {
            let certificate = form(Group::Certificate, certificate.expose_object());
            put("certificate", Value::Object(certificate));
        }
        object
    }
}

fn present<'a>(object: &'a Object, name: &str) -> Option<&'a Value> {
    object.get(name).filter(|value| !value.is_null())
}

fn group<T>(
    object: &Object,
    name: &str,
    errors: &mut Vec<FieldError>,
    parse: impl FnOnce(&Object) -> Result<T, Vec<FieldError>>,
) -> Option<T> {
    match present(object, name)? {
        Value::Object(found) => match parse(found) {
            Ok(read) => return Some(read),
            Err(faults) => errors.extend(faults.into_iter().map(|fault| fault.inside(name))),
        },
        _ => errors.push(FieldError::at(name, FieldProblem::Shape(Shape::Object))),
    }
    None
}

/// The items of an object, each value by the mask of its element.
fn masked(group: Group, mut object: Object, elements: &DataElements) -> Object {
    for (name, item) in &mut object {
        let Some(element) = elements.get(group, name) else {
            continue;
        };
        let Some(value) = item.get_mut("value") else {
            continue;
        };
        match value {
            Value::String(text) => *text = element.mask().of(text),
            Value::Array(values) => {
                for value in values {
                    if let Value::String(text) = value {
                        *text = element.mask().of(text);
                    }
                }
            }
            _ => {}
        }
    }
    object
}
