//! A recognition policy of a JSON text: the form that [`RecognitionPolicy`] has everywhere.

use hc_code::statement::TestKind;
use hc_code::verify::{Action, PolicyError, RecognitionPolicy, RecognitionRule};
use hc_code::{Class, Span};

use crate::json::{Fields, FormError, Json, Read};

/// Why something is no recognition policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyFault {
    /// Not of the form of one.
    #[error(transparent)]
    Form(#[from] FormError),
    /// Rules that no region may have.
    #[error(transparent)]
    Policy(#[from] PolicyError),
}

impl PolicyFault {
    /// The word of the fault.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Form(fault) => fault.word(),
            Self::Policy(fault) => match fault {
                PolicyError::NoVersion => "policy-version",
                PolicyError::Id(_) => "policy-rule-id",
                PolicyError::Twice(_) => "policy-rule-twice",
                PolicyError::TooMany(_) => "policy-too-many",
                PolicyError::NoLevel(_) => "policy-no-level",
                PolicyError::Passes { .. } => "policy-passes",
                PolicyError::RefusesUnknown(_) => "policy-refuses-unknown",
                PolicyError::Invalid(_) => "policy-invalid",
                PolicyError::Otherwise(_) => "policy-otherwise",
                PolicyError::Kinds(_) => "policy-kinds",
            },
        }
    }

    /// The rule or field that it is about.
    pub fn about(&self) -> String {
        match self {
            Self::Form(fault) => fault.about(),
            Self::Policy(fault) => match fault {
                PolicyError::NoVersion | PolicyError::TooMany(_) => String::new(),
                PolicyError::Id(rule)
                | PolicyError::Twice(rule)
                | PolicyError::NoLevel(rule)
                | PolicyError::Passes { rule, .. }
                | PolicyError::RefusesUnknown(rule)
                | PolicyError::Invalid(rule)
                | PolicyError::Otherwise(rule)
                | PolicyError::Kinds(rule) => rule.clone(),
            },
        }
    }
}

/// Reads `{"version", "rules"}`.
///
/// # Errors
/// [`PolicyFault`] by what is wrong first.
pub(crate) fn policy(json: Json) -> Result<RecognitionPolicy, PolicyFault> {
    let mut fields = Fields::of(json, "policy")?;
    let version: String = fields.one("version")?;
    let Some(rules) = fields.perhaps::<Vec<Json>>("rules")? else {
        return Err(FormError::Missing("rules").into());
    };
    fields.end()?;
    let rules: Result<Vec<_>, FormError> = rules.into_iter().map(rule).collect();
    Ok(RecognitionPolicy::new(version, rules?)?)
}

fn rule(json: Json) -> Result<RecognitionRule, FormError> {
    let mut fields = Fields::of(json, "rules")?;
    let rule = RecognitionRule {
        id: fields.one("id")?,
        issuers: words(&mut fields, "issuers", |text| text.parse().ok())?,
        classes: words(&mut fields, "classes", |text| {
            word(text, &Class::ALL, Class::word)
        })?,
        levels: match fields.json("levels") {
            None => return Err(FormError::Missing("levels")),
            Some(json) => each(json, "levels", |text| text.parse().ok())?,
        },
        reasons: words(&mut fields, "reasons", |text| text.parse().ok())?,
        facts_within: span(&mut fields, "facts_within")?,
        test_within: span(&mut fields, "test_within")?,
        test_kinds: words(&mut fields, "test_kinds", |text| {
            word(text, &TestKind::ALL, TestKind::word)
        })?,
        then: action(&mut fields, "then")?.ok_or(FormError::Missing("then"))?,
        otherwise: action(&mut fields, "otherwise")?,
    };
    fields.end()?;
    Ok(rule)
}

/// A list of words that may be left out.
fn words<T>(
    fields: &mut Fields,
    name: &'static str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Vec<T>, FormError> {
    match fields.json(name) {
        None => Ok(Vec::new()),
        Some(json) => each(json, name, read),
    }
}

fn each<T>(
    json: Json,
    name: &'static str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Vec<T>, FormError> {
    let Json::List(items) = json else {
        return Err(FormError::Value(name));
    };
    let items = items
        .into_iter()
        .map(|item| String::read(item).and_then(|text| read(&text)));
    items.collect::<Option<_>>().ok_or(FormError::Value(name))
}

fn word<T: Copy>(text: &str, all: &[T], word: fn(T) -> &'static str) -> Option<T> {
    all.iter().copied().find(|value| word(*value) == text)
}

fn action(fields: &mut Fields, name: &'static str) -> Result<Option<Action>, FormError> {
    let Some(text) = fields.perhaps::<String>(name)? else {
        return Ok(None);
    };
    let action = word(&text, &Action::ALL, Action::word);
    action.map(Some).ok_or(FormError::Value(name))
}

fn span(fields: &mut Fields, name: &'static str) -> Result<Option<Span>, FormError> {
    let Some(text) = fields.perhaps::<String>(name)? else {
        return Ok(None);
    };
    text.parse().map(Some).map_err(|_| FormError::Value(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::read;

    const WHOLE: &str = r#"{"version":"7","rules":[
        {"id":"here","issuers":["330000","460028"],"classes":["live","carried","paper"],"levels":["00","medium"],
         "reasons":["none","test-due"],"facts_within":"4h","test_within":"2d12h","test_kinds":["nucleic-acid","antigen"],
         "then":"pass","otherwise":"check"},
        {"id":"rest","levels":["10","01","00"],"facts_within":null,"otherwise":null,"then":"refuse"},
        {"id":"unknown","levels":["20"],"then":"unknown"}]}"#;

    fn ours(text: &str) -> Result<RecognitionPolicy, PolicyFault> {
        policy(read(text.as_bytes()).map_err(FormError::from)?)
    }

    #[test]
    fn a_policy_here_is_the_same_policy_everywhere() {
        let theirs: RecognitionPolicy = serde_json::from_str(WHOLE).unwrap();
        assert_eq!(ours(WHOLE), Ok(theirs));
        let plain = serde_json::to_string(&RecognitionPolicy::plain()).unwrap();
        assert_eq!(ours(&plain), Ok(RecognitionPolicy::plain()));
    }

    /// Every word of the policy once left out and once replaced: the native reader decides.
    #[test]
    fn what_is_no_policy_elsewhere_is_none_here() {
        let quotes: Vec<_> = WHOLE.match_indices('"').map(|(place, _)| place).collect();
        let (mut taken, mut refused) = (0, 0);
        for pair in quotes.chunks(2) {
            for word in [
                "",
                "x",
                "here",
                "pass",
                "20",
                "invalid",
                "otherwise",
                "-1h",
                "000000",
            ] {
                let changed = [&WHOLE[..=pair[0]], word, &WHOLE[pair[1]..]].concat();
                let theirs: Option<RecognitionPolicy> = serde_json::from_str(&changed).ok();
                taken += usize::from(theirs.is_some());
                refused += usize::from(theirs.is_none());
                assert_eq!(ours(&changed).ok(), theirs, "{changed}");
            }
            for value in ["null", "7", "[]", "{}", "true"] {
                let changed = [&WHOLE[..pair[0]], value, &WHOLE[pair[1] + 1..]].concat();
                let theirs: Option<RecognitionPolicy> = serde_json::from_str(&changed).ok();
                assert_eq!(ours(&changed).ok(), theirs, "{changed}");
            }
        }
        assert!(taken > 20 && refused > 200, "{taken} {refused}");
    }

    #[test]
    fn a_fault_names_its_rule_or_field() {
        let rule = |rest: &str| format!(r#"{{"version":"1","rules":[{{"id":"a",{rest}}}]}}"#);
        for (text, word, about) in [
            (r#"{"rules":[]}"#.to_owned(), "missing-field", "version"),
            (
                r#"{"version":"","rules":[]}"#.to_owned(),
                "policy-version",
                "",
            ),
            (
                r#"{"version":"1","rules":[],"x":1}"#.to_owned(),
                "unknown-field",
                "x",
            ),
            (rule(r#""levels":["00"]"#), "missing-field", "then"),
            (rule(r#""then":"pass""#), "missing-field", "levels"),
            (
                rule(r#""then":"pass","levels":["02"]"#),
                "wrong-value",
                "levels",
            ),
            (rule(r#""then":"pass","levels":[]"#), "policy-no-level", "a"),
            (
                rule(r#""then":"pass","levels":["10"]"#),
                "policy-passes",
                "a",
            ),
            (
                rule(r#""then":"refuse","levels":["20"]"#),
                "policy-refuses-unknown",
                "a",
            ),
            (
                rule(r#""then":"invalid","levels":["00"]"#),
                "policy-invalid",
                "a",
            ),
            (
                rule(r#""then":"pass","levels":["00"],"otherwise":"check""#),
                "policy-otherwise",
                "a",
            ),
            (
                rule(r#""then":"pass","levels":["00"],"test_kinds":["antigen"]"#),
                "policy-kinds",
                "a",
            ),
            (
                rule(r#""then":"pass","levels":["00"],"facts_within":"1""#),
                "wrong-value",
                "facts_within",
            ),
        ] {
            let fault = ours(&text).unwrap_err();
            assert_eq!(
                (fault.word(), fault.about().as_str()),
                (word, about),
                "{text}"
            );
        }
    }
}
