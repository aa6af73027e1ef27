//! The pages for people and gates.

use anyhow::{Context, Result, ensure};
use hc_code::DivisionCode;
use hc_http::pages::PageSettings;
use serde::{Deserialize, Serialize};

/// Whether pages are served on the public listener, and who may show them inside of their own.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(crate) struct PagesConfig {
    /// Whether they are served: `/` for people, `/gate/` for gates.
    pub(crate) serve: bool,
    /// Origins whose pages may show them in a frame: web views of super apps. `https://`, a host and, where needed, a
    /// port.
    #[cfg_attr(
        test,
        schemars(
            inner(regex(pattern = "^https://[a-z0-9][a-z0-9.:-]*$")),
            length(max = 16)
        )
    )]
    pub(crate) embedded_in: Vec<String>,
    /// The region's name in English, for its pages. None: a province has its usual one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(length(min = 1, max = 64)))]
    pub(crate) name_en: Option<String>,
}

impl Default for PagesConfig {
    fn default() -> Self {
        Self {
            serve: true,
            embedded_in: Vec::new(),
            name_en: None,
        }
    }
}

impl PagesConfig {
    /// The same as the pages take it, for a region and its Chinese name.
    pub(crate) fn settings(
        &self,
        region: DivisionCode,
        name: Option<&str>,
    ) -> Result<PageSettings> {
        let settings = PageSettings::embedded_in(&self.embedded_in).context("pages.embedded-in")?;
        let in_english = self.name_en.as_deref().or_else(|| province(region));
        if let Some(name) = &self.name_en {
            let fits = (1..=64).contains(&name.chars().count());
            ensure!(fits, "pages.name-en: it must have 1 to 64 characters");
        }
        Ok(settings.of_region(name.unwrap_or_default(), in_english.unwrap_or_default()))
    }
}

/// The usual English names of provinces, autonomous regions and municipalities (ISO 3166-2:CN), by GB/T 2260.
const PROVINCES: &[(&str, &str)] = &[
    ("110000", "Beijing"),
    ("120000", "Tianjin"),
    ("130000", "Hebei"),
    ("140000", "Shanxi"),
    ("150000", "Inner Mongolia"),
    ("210000", "Liaoning"),
    ("220000", "Jilin"),
    ("230000", "Heilongjiang"),
    ("310000", "Shanghai"),
    ("320000", "Jiangsu"),
    ("330000", "Zhejiang"),
    ("340000", "Anhui"),
    ("350000", "Fujian"),
    ("360000", "Jiangxi"),
    ("370000", "Shandong"),
    ("410000", "Henan"),
    ("420000", "Hubei"),
    ("430000", "Hunan"),
    ("440000", "Guangdong"),
    ("450000", "Guangxi"),
    ("460000", "Hainan"),
    ("500000", "Chongqing"),
    ("510000", "Sichuan"),
    ("520000", "Guizhou"),
    ("530000", "Yunnan"),
    ("540000", "Tibet"),
    ("610000", "Shaanxi"),
    ("620000", "Gansu"),
    ("630000", "Qinghai"),
    ("640000", "Ningxia"),
    ("650000", "Xinjiang"),
    ("710000", "Taiwan"),
    ("810000", "Hong Kong"),
    ("820000", "Macao"),
];

fn province(region: DivisionCode) -> Option<&'static str> {
    let code = region.to_string();
    let mut all = PROVINCES.iter();
    all.find(|(known, _)| *known == code).map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_province_of_the_table_is_a_division_and_has_one_name() {
        let table = hc_core::division::DivisionTable::bundled();
        for (code, name) in PROVINCES {
            let region: DivisionCode = code.parse().unwrap();
            assert!(table.name(region).is_some(), "{code}");
            assert_eq!(province(region), Some(*name));
        }
        assert_eq!(province("330100".parse().unwrap()), None);
    }

    #[test]
    fn an_english_name_is_neither_empty_nor_endless() {
        let region = "330100".parse().unwrap();
        for wrong in [String::new(), "x".repeat(65)] {
            let config = PagesConfig {
                name_en: Some(wrong),
                ..PagesConfig::default()
            };
            assert!(config.settings(region, None).is_err());
        }
    }
}
