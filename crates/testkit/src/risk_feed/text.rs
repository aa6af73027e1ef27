//! Invented texts of places.

use crate::Seeded;

/// Syllables that names of townships and estates are made of.
const FIRST: [&str; 16] = [
    "青", "云", "石", "柳", "金", "宝", "龙", "清", "新", "永", "太", "福", "望", "南", "北", "东",
];
const SECOND: [&str; 16] = [
    "河", "山", "桥", "泉", "湖", "岭", "溪", "港", "阳", "安", "和", "兴", "林", "坪", "塘", "湾",
];
const TOWNSHIP: [&str; 5] = ["街道", "镇", "乡", "街道", "镇"];
const ESTATE: [&str; 5] = ["小区", "花园", "家园", "公寓", "苑"];

/// The name of a township.
pub(super) fn township(seeded: &mut Seeded) -> String {
    let kind = pick(seeded, &TOWNSHIP);
    format!("{}{kind}", name(seeded))
}

/// A text as the feed writes it, and the township in it; `known` is that of a shifted municipality.
pub(super) fn invent(
    seeded: &mut Seeded,
    names: &[String; 3],
    known: Option<&str>,
) -> (Option<String>, String) {
    let township = known.map_or_else(|| township(seeded), str::to_owned);
    // A shifted municipality does not repeat the township in every text.
    let front = if known.is_some() && seeded.chance(700) {
        ""
    } else {
        township.as_str()
    };
    let (community, estate) = (name(seeded), name(seeded));
    let kind = pick(seeded, &ESTATE);
    let [first, second] = [1 + seeded.below(20), 21 + seeded.below(20)];
    let text = match seeded.below(10) {
        0 => format!("{township}全域（除高风险区外）"),
        1 => format!("{}{township}除高、中风险区以外的其他区域", repeated(names)),
        2 => format!("{front}{community}社区"),
        3 => format!("{front}{community}村{first}组"),
        4 => format!("{front}{community}社区{estate}{kind}{first}号楼"),
        5 => format!("{front}{estate}{kind}{first}、{second}号楼"),
        6 => format!("{front}{estate}{kind}{first}号楼1、2单元"),
        7 => format!("{front}{estate}{kind}（除{first}号楼外）"),
        8 => format!("{front}{estate}{kind}（除高风险区外）"),
        _ => format!("{front}{estate}路{first}号"),
    };
    (Some(township), text)
}

/// The names of a row as a text repeats them in front: each once, without headings and townships.
fn repeated([province, city, county]: &[String; 3]) -> String {
    let mut text = province.clone();
    let is_township = ["街道", "镇", "乡"].iter().any(|end| county.ends_with(end));
    for name in [city, county] {
        let heading = name.contains("直辖") || (name == county && is_township);
        if !heading && !text.ends_with(name.as_str()) {
            text.push_str(name);
        }
    }
    text
}

fn name(seeded: &mut Seeded) -> String {
    let first = pick(seeded, &FIRST);
    let second = pick(seeded, &SECOND);
    format!("{first}{second}")
}

fn pick<'a>(seeded: &mut Seeded, of: &[&'a str]) -> &'a str {
    seeded.pick(of).copied().unwrap_or("")
}
