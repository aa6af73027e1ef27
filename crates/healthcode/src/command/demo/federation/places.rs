//! Which regions are played, with which rules and policies.

/// A region as it is played.
pub(super) struct Played {
    pub(super) code: &'static str,
    pub(super) zh: &'static str,
    pub(super) en: &'static str,
    /// The published rules of 2020.
    pub(super) pack: &'static str,
    /// What its gates make of other regions' codes; the plainest policy where none was published.
    pub(super) policy: Option<&'static str>,
    /// Whether the hub runs it for people whose region has no code.
    pub(super) by_the_hub: bool,
    /// The counties that its people are from.
    pub(super) county: &'static str,
}

/// So many people live in each region at most: what is shown is the way between regions, not their size.
pub(super) const MOST_PEOPLE: u32 = 2000;

/// When the trip begins: all packs and policies hold.
pub(super) const BEGINNING: &str = "2020-05-01T08:00:00+08:00";

pub(super) const SICHUAN: &str = "510000";
pub(super) const CHONGQING: &str = "500000";
pub(super) const GUANGDONG: &str = "440000";
pub(super) const GUIZHOU: &str = "520000";

const SICHUAN_PACK: &str = include_str!("../../../../../../policies/sichuan-2020.toml");

/// In the order of the trip.
pub(super) const ALL: [Played; 4] = [
    Played {
        code: SICHUAN,
        zh: "四川",
        en: "Sichuan",
        pack: SICHUAN_PACK,
        policy: Some(include_str!(
            "../../../../../../policies/recognition/sichuan-2020-03.toml"
        )),
        by_the_hub: false,
        county: "510104",
    },
    Played {
        code: CHONGQING,
        zh: "重庆",
        en: "Chongqing",
        pack: include_str!("../../../../../../policies/chongqing-2020.toml"),
        policy: Some(include_str!(
            "../../../../../../policies/recognition/chongqing-2020-03.toml"
        )),
        by_the_hub: false,
        county: "500103",
    },
    Played {
        code: GUANGDONG,
        zh: "广东",
        en: "Guangdong",
        pack: include_str!("../../../../../../policies/guangdong-2020.toml"),
        policy: Some(include_str!(
            "../../../../../../policies/recognition/guangdong-2020-03.toml"
        )),
        by_the_hub: false,
        county: "440103",
    },
    Played {
        code: GUIZHOU,
        zh: "贵州（由国家平台发码）",
        en: "Guizhou (served by the hub)",
        pack: SICHUAN_PACK,
        policy: None,
        by_the_hub: true,
        county: "520103",
    },
];

impl Played {
    /// The rules under its own number: the hub goes by its neighbour's where a region has none.
    pub(super) fn rules(&self) -> String {
        let own = format!("region = \"{}\"", self.code);
        self.pack.replacen("region = \"510000\"", &own, 1)
    }
}
