//! The feed that proofs run on: the real one where it lies next to the checkout, else a generated one.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use hc_code::{Span, Timestamp};
use hc_core::area::{Gazetteer, Located, Publication};
use hc_core::evidence::SourceKind;
use hc_core::place::{Place, PlaceTable};
use hc_core::rules::{RulePack, check::check};
use hc_testkit::people::Haunt;
use hc_testkit::risk_feed::{FeedPlan, RiskFeed};
use ruzstd::decoding::StreamingDecoder;

use crate::checkout::Checkout;

/// Where the archives of the real feed lie, seen from the checkout.
const ARCHIVES: &str = "../shared/data/risk-areas";

/// A feed, read and with its divisions found, in the order of time.
pub(super) struct Feed {
    /// Where it comes from.
    pub(super) source: String,
    pub(super) located: Vec<Located>,
    /// Everything that was wrong with publications.
    pub(super) problems: Vec<String>,
}

impl Feed {
    /// The real feed, or a generated one of as many publications.
    pub(super) fn open(checkout: &Checkout) -> Result<Self> {
        let archives = archives(&checkout.path(ARCHIVES))?;
        let (source, texts) = if archives.is_empty() {
            let feed = RiskFeed::new(2022, FeedPlan::default());
            let texts = feed
                .take(359)
                .map(|publication| (publication.name, publication.json));
            ("a generated feed (seed 2022)".to_owned(), texts.collect())
        } else {
            (
                format!("the real feed ({} archives)", archives.len()),
                unpack(&archives)?,
            )
        };
        let gazetteer = Gazetteer::bundled();
        let mut feed = Self {
            source,
            located: Vec::new(),
            problems: Vec::new(),
        };
        for (name, text) in texts {
            let parsed = Publication::parse(&text, &name).with_context(|| name.clone())?;
            feed.problems.extend(
                parsed
                    .problems
                    .iter()
                    .map(|problem| format!("{name}: {problem}")),
            );
            feed.located.push(gazetteer.locate(&parsed.publication));
        }
        feed.located.sort_by_key(|located| located.snapshot.at());
        ensure!(!feed.located.is_empty(), "the feed is empty");
        Ok(feed)
    }

    /// First and last instant.
    pub(super) fn span(&self) -> (Timestamp, Timestamp) {
        let at = |located: Option<&Located>| {
            located.map_or(Timestamp::MIN, |located| located.snapshot.at())
        };
        (at(self.located.first()), at(self.located.last()))
    }

    /// Places to stay at: for each area that was ever listed the place itself, its township and its
    /// county, and a place beside it that was never listed.
    pub(super) fn haunts(&self, places: &mut PlaceTable) -> Result<Vec<Haunt>> {
        let mut haunts = Vec::new();
        let areas = self
            .located
            .iter()
            .flat_map(|located| located.snapshot.areas());
        let mut seen = std::collections::BTreeSet::new();
        for (_, area) in areas {
            if !seen.insert(area) {
                continue;
            }
            let township = area
                .place()
                .township()
                .map(|name| Place::whole().in_township(name));
            let beside =
                Place::parse("清风社区")?.in_township(area.place().township().unwrap_or("城关镇"));
            let candidates = [
                (Some(area.place().clone()), SourceKind::HealthAuthority),
                (township, SourceKind::Transport),
                (Some(Place::whole()), SourceKind::Telecom),
                (Some(beside), SourceKind::HealthAuthority),
            ];
            for (place, source) in candidates {
                let Some(place) = place else { continue };
                let place = places.intern(area.division(), place)?;
                haunts.push(Haunt {
                    division: area.division(),
                    place,
                    source,
                });
            }
        }
        Ok(haunts)
    }
}

/// The pack of a province under the ninth protocol, proved, with its validity widened to the feed's
/// time: the lists begin before the protocol does.
pub(super) fn ninth_protocol(
    checkout: &Checkout,
    (begin, end): (Timestamp, Timestamp),
) -> Result<RulePack> {
    let mut pack = RulePack::parse(&checkout.read("policies/zhejiang-2022-06.toml")?)?;
    check(&pack)?;
    pack.valid_from = pack.valid_from.min(begin);
    pack.valid_until = pack.valid_until.max(end.plus(Span::days(60)));
    Ok(pack)
}

fn archives(folder: &Path) -> Result<Vec<PathBuf>> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.to_string_lossy().ends_with(".tar.zst") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// The files of archives: tar, compressed with zstd.
fn unpack(archives: &[PathBuf]) -> Result<Vec<(String, Vec<u8>)>> {
    let mut texts = Vec::new();
    for path in archives {
        let reading = || format!("cannot read {}", path.display());
        let plain = StreamingDecoder::new(File::open(path).with_context(reading)?)?;
        for entry in tar::Archive::new(plain).entries().with_context(reading)? {
            let mut entry = entry.with_context(reading)?;
            let file = entry.path()?.into_owned();
            if file.extension().is_some_and(|ending| ending == "json") {
                let name = file
                    .file_stem()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .into_owned();
                let mut text = Vec::new();
                entry.read_to_end(&mut text).with_context(reading)?;
                texts.push((name, text));
            }
        }
    }
    Ok(texts)
}
