//! The country: which regions there are, and who lives where.

use anyhow::{Context, Result};
use hc_code::DivisionCode;

use super::chance::Chance;
use super::plan::Plan;
use super::region::Region;

/// Regions that are played whole: rules of their own, gates, sources. The others only issue.
pub(super) const FULL: usize = 4;
const FULL_REGIONS: [(u32, u64, &str); FULL] = [
    // Division, inhabitants in thousands (census of 2020), rules.
    (
        440_000,
        126_012,
        include_str!("../../../../policies/guangdong-2020.toml"),
    ),
    (
        500_000,
        32_054,
        include_str!("../../../../policies/chongqing-2020.toml"),
    ),
    (
        510_000,
        83_675,
        include_str!("../../../../policies/sichuan-2020.toml"),
    ),
    (
        420_000,
        57_753,
        include_str!("../../../../policies/hubei-2020-03.toml"),
    ),
];
/// Provinces and, as in that spring, cities with codes of their own: each the same share of all others.
const LIGHT: [u32; 50] = [
    110_000, 120_000, 130_000, 140_000, 150_000, 210_000, 220_000, 230_000, 310_000, 320_000,
    330_000, 340_000, 350_000, 360_000, 370_000, 410_000, 430_000, 450_000, 460_000, 520_000,
    530_000, 540_000, 610_000, 620_000, 630_000, 640_000, 650_000, 320_100, 320_200, 320_500,
    330_100, 330_200, 330_300, 330_400, 330_700, 340_100, 350_100, 350_200, 360_100, 370_100,
    370_200, 410_100, 430_100, 450_100, 460_100, 520_100, 530_100, 610_100, 620_100, 650_100,
];
/// Rules of those that only issue.
const LIGHT_RULES: &str = include_str!("../../../../policies/sichuan-2020.toml");
const COUNTRY_THOUSANDS: u64 = 1_411_780;

/// Somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Person {
    /// The region that decides for them.
    pub(super) region: usize,
    pub(super) number: u32,
}

/// All regions.
#[derive(Debug)]
pub(super) struct Country {
    pub(super) regions: Vec<Region>,
    /// How many people all regions up to here have.
    ends: Vec<u64>,
}

impl Country {
    pub(super) fn new(plan: &Plan, chance: &mut Chance) -> Result<Self> {
        let mut regions = Vec::new();
        let full: u64 = FULL_REGIONS.iter().map(|(_, thousands, _)| thousands).sum();
        let light = (COUNTRY_THOUSANDS - full) / LIGHT.len() as u64;
        let listed = FULL_REGIONS
            .map(|(division, thousands, rules)| (division, thousands, rules.to_owned()));
        let others = LIGHT.map(|division| {
            let own = format!("region = \"{division}\"");
            (
                division,
                light,
                LIGHT_RULES.replace("region = \"510000\"", &own),
            )
        });
        for (division, thousands, rules) in listed.into_iter().chain(others) {
            let people = (plan.people * thousands / COUNTRY_THOUSANDS).max(1);
            let people = u32::try_from(people).context("too many people")?;
            let own = Chance::new(chance.below(u64::MAX));
            let region = Region::new(plan, DivisionCode::new(division)?, people, &rules, own);
            regions.push(region.with_context(|| format!("region {division}"))?);
        }
        let mut end = 0;
        let ends = regions.iter().map(|region| {
            end += u64::from(region.people);
            end
        });
        Ok(Self {
            ends: ends.collect(),
            regions,
        })
    }

    pub(super) fn people(&self) -> u64 {
        self.ends.last().copied().unwrap_or(0)
    }

    /// Somebody, each as likely as anybody else.
    pub(super) fn anybody(&self, chance: &mut Chance) -> Person {
        let place = chance.below(self.people());
        let region = self.ends.partition_point(|end| *end <= place);
        let before = region
            .checked_sub(1)
            .and_then(|before| self.ends.get(before));
        let number = place - before.copied().unwrap_or(0);
        Person {
            region,
            number: u32::try_from(number).unwrap_or(0),
        }
    }

    /// Their place among everybody.
    pub(super) fn place(&self, person: Person) -> u64 {
        let before = person.region.checked_sub(1);
        let before = before.and_then(|before| self.ends.get(before));
        before.copied().unwrap_or(0) + u64::from(person.number)
    }

    pub(super) fn region(&self, number: usize) -> Result<&Region> {
        self.regions.get(number).context("no such region")
    }

    pub(super) fn region_mut(&mut self, number: usize) -> Result<&mut Region> {
        self.regions.get_mut(number).context("no such region")
    }
}
