//! A scenario: a person's evidence, the areas around them, and what must be decided when.

use std::path::{Path, PathBuf};

use hc_code::{DivisionCode, Level, Timestamp};
use hc_core::area::{Area, AreaIndex, AreaLedger, AreaLevel, AreaStatement};
use hc_core::place::{Place, PlaceTable};
use hc_core::rules::RulePack;
use serde::Deserialize;

/// One file of `policies/scenarios/<pack>/`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scenario {
    pub(crate) title: Title,
    pub(crate) cite: String,
    #[serde(default)]
    areas: Vec<RiskArea>,
    #[serde(default)]
    pub(crate) evidence: Vec<toml::Table>,
    pub(crate) expect: Vec<Expect>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Title {
    pub(crate) zh: String,
    pub(crate) en: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RiskArea {
    division: DivisionCode,
    place: String,
    level: String,
    from: Timestamp,
    until: Option<Timestamp>,
}

/// What must be decided at one instant.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expect {
    pub(crate) at: Timestamp,
    pub(crate) level: Level,
    /// Ids of the rules in force, in the order of the pack.
    pub(crate) rules: Vec<String>,
    /// The next instant at which the decision may change.
    pub(crate) until: Option<Timestamp>,
}

impl Scenario {
    /// The areas, compared with the places of the evidence.
    pub(crate) fn areas(&self, places: &PlaceTable) -> AreaIndex {
        let mut ledger = AreaLedger::new();
        for risk in &self.areas {
            let level: AreaLevel = risk.level.parse().unwrap();
            let area = Area::new(risk.division, Place::parse(&risk.place).unwrap());
            let period = (risk.from, risk.until);
            ledger.state(&AreaStatement::new(area, level, period, "scenario").unwrap());
        }
        AreaIndex::build(places, &ledger.history())
    }
}

/// The folder of the packs.
pub(crate) fn policies() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies")
}

/// The files with this ending in a folder, by name.
pub(crate) fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|is| is == ending))
        .collect();
    files.sort();
    files
}

/// A file's name without its ending.
pub(crate) fn stem(path: &Path) -> String {
    path.file_stem().unwrap().to_string_lossy().into_owned()
}

/// A pack with its name and its scenarios, each with the name of its file.
pub(crate) type Played = (String, RulePack, Vec<(String, Scenario)>);

/// Every pack with its scenarios.
pub(crate) fn all() -> Vec<Played> {
    let packs = files(&policies(), "toml");
    assert!(!packs.is_empty());
    packs.iter().map(|path| with_scenarios(path)).collect()
}

fn with_scenarios(path: &Path) -> (String, RulePack, Vec<(String, Scenario)>) {
    let name = stem(path);
    let pack = RulePack::parse(&std::fs::read_to_string(path).unwrap())
        .unwrap_or_else(|findings| panic!("{name}: {findings}"));
    let scenarios = files(&policies().join("scenarios").join(&name), "toml")
        .iter()
        .map(|path| {
            let text = std::fs::read_to_string(path).unwrap();
            let scenario =
                toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            (stem(path), scenario)
        })
        .collect();
    (name, pack, scenarios)
}
