//! A rule as it is published: what decides, what people are told, where to contest it.

use super::measure::Measure;
use crate::HttpsUri;
use crate::verify::RecognitionRule;

/// What people are told, in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Says {
    zh: String,
    en: String,
}

/// Why nobody can be told that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SaysError {
    /// Nothing, or more than a gate's screen has room for.
    #[error("a text has 1 to {} characters in each language", Says::LONGEST)]
    Length,
    /// What commands a terminal or turns the direction of reading.
    #[error("a text has no control characters")]
    Control,
    /// Another language than it should be.
    #[error("`zh` has Chinese in it, and `en` Latin letters")]
    Language,
}

impl Says {
    /// The most characters in each language.
    pub const LONGEST: usize = 300;

    /// What is said, in Chinese and in English.
    ///
    /// # Errors
    /// [`SaysError`].
    pub fn new(zh: &str, en: &str) -> Result<Self, SaysError> {
        for text in [zh, en] {
            // Bytes first: a text without end is not counted.
            let short = text.len() <= 4 * Self::LONGEST && text.chars().count() <= Self::LONGEST;
            if text.trim().is_empty() || !short {
                return Err(SaysError::Length);
            }
            if text.chars().any(is_invisible) {
                return Err(SaysError::Control);
            }
        }
        let chinese = zh
            .chars()
            .any(|one| ('\u{4e00}'..='\u{9fff}').contains(&one));
        if !chinese || !en.bytes().any(|byte| byte.is_ascii_alphabetic()) {
            return Err(SaysError::Language);
        }
        Ok(Self {
            zh: zh.to_owned(),
            en: en.to_owned(),
        })
    }

    /// In Chinese.
    pub fn zh(&self) -> &str {
        &self.zh
    }

    /// In English.
    pub fn en(&self) -> &str {
        &self.en
    }
}

/// C0, C1, and what turns the direction of reading.
fn is_invisible(letter: char) -> bool {
    matches!(letter, '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Where a verdict is contested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contest {
    at: HttpsUri,
    phone: String,
}

/// Why nobody can contest anything there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContestError {
    /// The address.
    #[error(transparent)]
    Address(#[from] crate::HttpsUriError),
    /// The telephone.
    #[error(
        "{0:?} is no telephone number: 3 to 20 digits, +, - and spaces, with 3 digits at least"
    )]
    Phone(String),
}

impl Contest {
    /// By an address and by telephone, since not everybody has both.
    ///
    /// # Errors
    /// [`ContestError`].
    pub fn new(at: &str, phone: &str) -> Result<Self, ContestError> {
        let at = HttpsUri::parse(at)?;
        let digits = phone.bytes().filter(u8::is_ascii_digit).count();
        let plain = phone
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b"+- ".contains(&byte));
        if (3..=20).contains(&phone.len()) && digits >= 3 && plain {
            Ok(Self {
                at,
                phone: phone.to_owned(),
            })
        } else {
            Err(ContestError::Phone(phone.to_owned()))
        }
    }

    /// The address.
    pub fn at(&self) -> &str {
        self.at.as_str()
    }

    /// The telephone number.
    pub fn phone(&self) -> &str {
        &self.phone
    }
}

/// A rule with everything that is said beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedRule {
    rule: RecognitionRule,
    says: Says,
    contest: Option<Contest>,
    measures: Vec<Measure>,
}

/// Why a rule cannot be published so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("rule {0} has more than {max} measures, or one of them twice", max = Measure::MOST)]
pub struct TooManyMeasures(pub String);

impl PublishedRule {
    /// Puts a rule and its words together; sorts what is a set.
    ///
    /// # Errors
    /// [`TooManyMeasures`].
    pub fn new(
        mut rule: RecognitionRule,
        says: Says,
        contest: Option<Contest>,
        mut measures: Vec<Measure>,
    ) -> Result<Self, TooManyMeasures> {
        fn set<T: Ord>(items: &mut Vec<T>) {
            items.sort_unstable();
            items.dedup();
        }
        set(&mut rule.issuers);
        set(&mut rule.classes);
        set(&mut rule.reasons);
        set(&mut rule.test_kinds);
        // Levels have no order of their own; that of their numbers.
        let levels = crate::Level::ALL.into_iter();
        rule.levels = levels.filter(|level| rule.levels.contains(level)).collect();
        let given = measures.len();
        set(&mut measures);
        if given > Measure::MOST || measures.len() != given {
            return Err(TooManyMeasures(rule.id));
        }
        Ok(Self {
            rule,
            says,
            contest,
            measures,
        })
    }

    /// What decides.
    pub const fn rule(&self) -> &RecognitionRule {
        &self.rule
    }

    /// Its name on receipts.
    pub fn id(&self) -> &str {
        &self.rule.id
    }

    /// What people are told.
    pub const fn says(&self) -> &Says {
        &self.says
    }

    /// Where it is contested, where that is elsewhere than for the whole policy.
    pub const fn contest(&self) -> Option<&Contest> {
        self.contest.as_ref()
    }

    /// What holds here for a while.
    pub fn measures(&self) -> &[Measure] {
        &self.measures
    }
}
