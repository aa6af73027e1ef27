//! The form of a pack's TOML. What serde refuses here is unknown or missing fields and wrong types.

use serde::Deserialize;
use toml::Spanned;

/// A word or number in its text form, with its place.
pub(crate) type Spot = Spanned<String>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Pack {
    #[serde(rename = "pack")]
    pub(super) header: Spanned<Header>,
    pub(super) base: Base,
    #[serde(default)]
    pub(super) rule: Vec<Spanned<Rule>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Header {
    pub(super) region: Spot,
    pub(super) version: Spanned<u32>,
    pub(super) name: Spanned<Text>,
    pub(super) published: Spot,
    pub(super) lead_time: Spot,
    pub(super) emergency: Option<Spanned<Text>>,
    pub(super) valid_from: Spot,
    pub(super) valid_until: Spot,
    pub(super) offset: Spot,
    #[serde(default)]
    pub(super) source: Vec<Spanned<Citation>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Text {
    pub(crate) zh: String,
    pub(crate) en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Citation {
    pub(crate) title: String,
    pub(crate) at: String,
    pub(crate) note: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Base {
    pub(super) need: Spot,
    pub(super) valid: Spot,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Rule {
    pub(super) id: Spot,
    pub(super) code: Spot,
    pub(super) class: Spot,
    pub(super) reason: Spanned<Text>,
    #[serde(default)]
    pub(super) sources: Vec<Spot>,
    pub(super) trigger: Spanned<Trigger>,
    pub(super) source: Spanned<Citation>,
    #[serde(default)]
    pub(super) stage: Vec<Spanned<Stage>>,
}

/// Every field that any trigger has; which ones belong together is decided where it is read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Trigger {
    pub(super) fact: Spot,
    pub(super) answers: Option<Vec<Spot>>,
    pub(super) class: Option<Vec<Spot>>,
    pub(super) degree: Option<Vec<Spot>>,
    pub(super) result: Option<Vec<Spot>>,
    pub(super) method: Option<Vec<Spot>>,
    pub(super) pooling: Option<Vec<Spot>>,
    pub(super) area: Option<Vec<Spot>>,
    pub(super) division: Option<Vec<Spot>>,
    #[serde(rename = "match")]
    pub(super) overlap: Option<Spot>,
    pub(super) lookback: Option<Spot>,
    pub(super) from: Option<Vec<Spot>>,
    pub(super) setting: Option<Vec<Spot>>,
    pub(super) at_least: Option<Spot>,
    pub(super) grade: Option<Vec<Spot>>,
    pub(super) of: Option<Spot>,
    pub(super) after: Option<Spot>,
    pub(super) since: Option<Spot>,
    pub(super) within: Option<Spot>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Stage {
    pub(super) name: Option<Spot>,
    pub(super) level: Spot,
    pub(super) lasts: Spot,
    #[serde(default)]
    pub(super) to_midnight: bool,
    pub(super) then: Option<Spot>,
    pub(super) may: Spanned<Text>,
    pub(super) next: Spanned<Text>,
    #[serde(default)]
    pub(super) exit: Vec<Spanned<Exit>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Exit {
    pub(super) tests: Option<Spanned<Tests>>,
    pub(super) reports: Option<Spanned<Reports>>,
    pub(super) release: Option<Vec<Spot>>,
    pub(super) not_before: Option<Spot>,
    pub(super) to: Spot,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tests {
    pub(super) negative: Spanned<u8>,
    pub(super) apart: Option<Spot>,
    pub(super) after: Option<Spot>,
    pub(super) within: Option<Spot>,
    pub(super) method: Option<Vec<Spot>>,
    pub(super) pooling: Option<Vec<Spot>>,
    pub(super) sources: Option<Vec<Spot>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reports {
    pub(super) days: Spanned<u8>,
    pub(super) after: Option<Spot>,
    #[serde(default)]
    pub(super) temperature: bool,
}
