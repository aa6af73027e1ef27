//! The form of a policy's TOML. What serde refuses here is unknown or missing fields and wrong types.

use serde::Deserialize;
use toml::Spanned;

use crate::rules::parse::raw::{Citation, Spot, Text};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Policy {
    #[serde(rename = "policy")]
    pub(super) header: Spanned<Header>,
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
    pub(super) in_force_from: Spot,
    pub(super) valid_until: Spot,
    #[serde(default)]
    pub(super) eases: bool,
    pub(super) contest: Spanned<Contest>,
    #[serde(default)]
    pub(super) source: Vec<Spanned<Citation>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Contest {
    pub(super) at: String,
    pub(super) phone: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Rule {
    pub(super) id: Spot,
    #[serde(default)]
    pub(super) issuers: Vec<Spot>,
    #[serde(default)]
    pub(super) classes: Vec<Spot>,
    pub(super) levels: Vec<Spot>,
    #[serde(default)]
    pub(super) reasons: Vec<Spot>,
    pub(super) facts_within: Option<Spot>,
    pub(super) test_within: Option<Spot>,
    #[serde(default)]
    pub(super) test_kinds: Vec<Spot>,
    pub(super) then: Spot,
    pub(super) otherwise: Option<Spot>,
    pub(super) says: Spanned<Text>,
    pub(super) contest: Option<Spanned<Contest>>,
    #[serde(default)]
    pub(super) measure: Vec<Spanned<Measure>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Measure {
    pub(super) when: Option<Spot>,
    pub(super) test_within: Option<Spot>,
    #[serde(default)]
    pub(super) kinds: Vec<Spot>,
    pub(super) local_level: Option<Spot>,
    pub(super) lasts: Option<Spot>,
    pub(super) negative_tests: Option<Spanned<u8>>,
    pub(super) apart: Option<Spot>,
}
