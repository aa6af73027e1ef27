//! What a form sends: `application/x-www-form-urlencoded`, read strictly.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::problem::{Problem, ProblemType};

/// The fields of a form, in no order; a field can stand more than once.
#[derive(Default)]
pub(super) struct Fields(BTreeMap<String, Vec<String>>);

/// The most fields.
const MOST: usize = 64;

impl Fields {
    /// Reads a body.
    ///
    /// # Errors
    /// [`ProblemType::BadFields`].
    pub(super) fn read(body: &[u8]) -> Result<Self, Problem> {
        let refused = |detail: &str| Problem::new(ProblemType::BadFields).with_detail(detail);
        let mut fields = Self::default();
        for (count, (name, value)) in form_urlencoded::parse(body).enumerate() {
            if count >= MOST {
                return Err(refused("the form has more than 64 fields"));
            }
            if value.contains(['\0', '\u{fffd}']) {
                return Err(refused("the form has a character that is none"));
            }
            let all = fields.0.entry(name.into_owned()).or_default();
            all.push(value.into_owned());
        }
        Ok(fields)
    }

    /// A field that stands once; empty where it does not stand at all.
    ///
    /// # Errors
    /// [`ProblemType::BadFields`] where it stands twice.
    pub(super) fn one(&self, name: &str) -> Result<&str, Problem> {
        match self.0.get(name).map(Vec::as_slice) {
            None => Ok(""),
            Some([value]) => Ok(value),
            Some(_) => Err(Problem::new(ProblemType::BadFields)
                .with_detail("a field of the form stands twice")),
        }
    }

    /// A field without blanks around it.
    ///
    /// # Errors
    /// [`ProblemType::BadFields`] where it stands twice.
    pub(super) fn trimmed(&self, name: &str) -> Result<&str, Problem> {
        Ok(self.one(name)?.trim())
    }

    /// Every value of a field.
    pub(super) fn all(&self, name: &str) -> Vec<&str> {
        let all = self.0.get(name);
        all.into_iter().flatten().map(String::as_str).collect()
    }

    /// An object of text fields; a field that is empty is left out.
    ///
    /// # Errors
    /// [`ProblemType::BadFields`] where one stands twice.
    pub(super) fn object(&self, names: &[(&str, &str)]) -> Result<Map<String, Value>, Problem> {
        let mut object = Map::new();
        for (member, field) in names {
            let value = self.trimmed(field)?;
            if !value.is_empty() {
                object.insert((*member).to_owned(), value.into());
            }
        }
        Ok(object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_field_by_field_and_nothing_is_dropped() {
        let fields = Fields::read("a=1&b=%E6%9D%8E+x&c=&d=1&d=2".as_bytes()).unwrap();
        assert_eq!(fields.one("a"), Ok("1"));
        assert_eq!(fields.one("b"), Ok("李 x"));
        assert_eq!(fields.one("none"), Ok(""));
        assert!(fields.one("d").is_err());
        assert_eq!(fields.all("d"), ["1", "2"]);
        let object = fields.object(&[("x", "a"), ("y", "c")]).unwrap();
        assert_eq!(Value::Object(object), serde_json::json!({"x": "1"}));
        assert!(Fields::read(b"a=%00").is_err());
        assert!(Fields::read(b"a=%FF").is_err());
        assert!(Fields::read("a=1&".repeat(65).as_bytes()).is_err());
    }
}
