//! Vectors: one file for each clause, a list of cases, each a few steps.

use serde::Deserialize;
use serde_json::{Map, Value};

/// The messages of one clause.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    /// The standard and clause: `38963 6.6`.
    #[serde(rename = "clause")]
    pub number: String,
    /// What it is about, in Chinese.
    pub zh: String,
    /// The same in English.
    pub en: String,
    pub(super) cases: Vec<VectorCase>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct VectorCase {
    pub(super) name: String,
    pub(super) zh: String,
    pub(super) en: String,
    /// Names that not every run has: without them the case is not looked at.
    #[serde(default)]
    pub(super) needs: Vec<String>,
    pub(super) steps: Vec<Step>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Step {
    pub(super) function: String,
    #[serde(default)]
    pub(super) own: Map<String, Value>,
    /// Members that every message has, changed; null leaves one out.
    #[serde(default)]
    pub(super) header: Map<String, Value>,
    #[serde(default)]
    pub(super) envelope: Form,
    /// Seconds that pass before it.
    #[serde(default)]
    pub(super) wait: u16,
    pub(super) expect: Expected,
    /// Names for parts of the answer, for the steps after.
    #[serde(default)]
    pub(super) take: Map<String, Value>,
}

/// How the message is enclosed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Form {
    /// Signed by the application.
    #[default]
    Signed,
    /// Under the random number of the call, as `random` was taken.
    Coded,
    /// The message of the step before, once more.
    Again,
    /// Signed by the other application, whose id is in the header.
    OtherApplication,
    /// Signed by a key that nobody registered.
    OtherKey,
    /// Changed after it was signed.
    Altered,
    /// Without `sign`.
    NoSign,
    /// With a `sign` that is none.
    #[serde(rename = "sign-form")]
    NoneInSign,
    /// With a third member.
    Third,
    /// A member twice.
    Twice,
    /// No JSON.
    NotJson,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Expected {
    /// The result code, by its number.
    pub(super) code: String,
    /// Other numbers that are as good.
    #[serde(default)]
    pub(super) also: Vec<String>,
    /// Where the first fault is.
    #[serde(default)]
    pub(super) path: Option<String>,
    /// Members of the answer that are there and not null.
    #[serde(default)]
    pub(super) has: Vec<String>,
    /// Members with their values.
    #[serde(default)]
    pub(super) equal: Map<String, Value>,
    /// Members that have another value than this.
    #[serde(default)]
    pub(super) differ: Map<String, Value>,
    /// Members that are one of these.
    #[serde(default)]
    pub(super) among: Map<String, Value>,
    /// Texts that stand nowhere in the answer.
    #[serde(default)]
    pub(super) never: Vec<String>,
    /// `imgStream` and `width` draw `codeContent`.
    #[serde(default)]
    pub(super) image: bool,
}

/// A file that holds no vectors.
#[derive(Debug, thiserror::Error)]
#[error("the vectors of {file} cannot be read: {why}")]
pub struct VectorError {
    /// The file.
    pub file: String,
    /// Why.
    pub why: serde_json::Error,
}

macro_rules! files {
    ($($name:literal,)+) => {
        const FILES: &[(&str, &str)] = &[
            $(($name, include_str!(concat!("../../../../vectors/gbt/", $name, ".json"))),)+
        ];
    };
}

files! {
    "38961-levels",
    "38962-group-d",
    "38963-5-interface-mode",
    "38963-6.1-general",
    "38963-6.2-declare-health",
    "38963-6.3-declare-trip",
    "38963-6.4-query-health",
    "38963-6.5-apply-call",
    "38963-6.6-make-code",
    "38963-6.7-verify-code",
    "38963-6.8-correct-health",
    "38963-7-application",
    "38963-annex-a-biz-ext-data",
    "38963-annex-b-return-codes",
    "38963-annex-c-image",
}

impl Clause {
    /// All clauses of the vectors that come with the program.
    ///
    /// # Errors
    /// [`VectorError`].
    pub fn bundled() -> Result<Vec<Self>, VectorError> {
        let read = FILES.iter().map(|(file, text)| Self::read(file, text));
        read.collect()
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`VectorError`].
    pub fn read(file: &str, text: &str) -> Result<Self, VectorError> {
        serde_json::from_str(text).map_err(|why| VectorError {
            file: file.to_owned(),
            why,
        })
    }

    /// How many cases it has.
    pub fn cases(&self) -> usize {
        self.cases.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ResultCode;

    #[test]
    fn every_vector_is_read_and_names_codes_of_the_table() {
        let clauses = Clause::bundled().unwrap();
        assert_eq!(clauses.len(), FILES.len());
        let mut names = Vec::new();
        for clause in &clauses {
            assert!(!clause.cases.is_empty());
            for case in &clause.cases {
                names.push(&case.name);
                for step in &case.steps {
                    for code in [&step.expect.code].into_iter().chain(&step.expect.also) {
                        let known = ResultCode::from_code(code);
                        assert!(known.is_some(), "{}: {code}", case.name);
                    }
                }
            }
        }
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
        let here = concat!(env!("CARGO_MANIFEST_DIR"), "/../../vectors/gbt");
        let files = std::fs::read_dir(here).unwrap();
        let json = files.filter(|one| {
            one.as_ref()
                .unwrap()
                .path()
                .extension()
                .is_some_and(|end| end == "json")
        });
        // Beside the clauses there are the messages that others signed.
        assert_eq!(json.count(), FILES.len() + 1);
    }
}
