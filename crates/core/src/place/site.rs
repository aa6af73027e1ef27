//! What a text names below the township, as a path from community to building.

use super::numbered::Numbered;

/// A text with more alternatives or parts is kept as a text only.
const MOST_PATHS: usize = 64;
const MOST_PARTS: usize = 16;

/// A site below the township: its text, and what can be read from it.
///
/// Two sites are equal when their normalised texts are.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Site {
    text: Box<str>,
    /// The alternatives that the text lists, or, when it is not decided, at most the communities in
    /// front of what cannot be read.
    paths: Box<[Path]>,
    decided: bool,
}

pub(super) type Path = Vec<Part>;

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Part {
    /// A village or community, which contains estates and houses.
    Community(Box<str>),
    /// Any other name.
    Name(Box<str>),
    /// 14号楼, 4门.
    Numbered(Numbered),
}

/// Words of a description that only a map could decide.
const UNDECIDED: [&str; 72] = [
    "以东",
    "以西",
    "以南",
    "以北",
    "合围",
    "围合",
    "围成",
    "包围",
    "围绕",
    "周边",
    "周围",
    "附近",
    "为中心",
    "除",
    "不含",
    "不包括",
    "以外",
    "之外",
    "外的",
    "其余",
    "其他",
    "部分",
    "交叉口",
    "交汇",
    "交界",
    "一带",
    "所在",
    "沿街",
    "沿线",
    "沿路",
    "东侧",
    "西侧",
    "南侧",
    "北侧",
    "东至",
    "西至",
    "南至",
    "北至",
    "对面",
    "旁",
    "轨迹",
    "相邻",
    "起至",
    "中间",
    "之间",
    "方圆",
    "连线",
    "范围",
    "区域",
    "双号",
    "单号",
    "外围",
    "或",
    "至",
    "到",
    "隔壁",
    "背后",
    "后面",
    "前面",
    "门口",
    "门外",
    "外面",
    "外侧",
    "东边",
    "西边",
    "南边",
    "北边",
    "东面",
    "西面",
    "南面",
    "北面",
    "不在",
];
/// Remarks in brackets that take nothing away from the site.
const REMARKS: [&str; 6] = ["含", "包括", "包含", "内含", "调整", "原"];
/// What ends the name of a community; the longest first.
const COMMUNITY_ENDS: [(&str, &str); 12] = [
    ("社区居民委员会", "社区"),
    ("社区居委会", "社区"),
    ("社区村", "社区村"),
    ("社区", "社区"),
    ("居委会", "社区"),
    ("村村民委员会", "村"),
    ("村村委会", "村"),
    ("村民委员会", "村"),
    ("行政村", "村"),
    ("自然村", "村"),
    ("村委会", "村"),
    ("村委", "村"),
];
/// After 「村」 these make a road, a school or an estate of the village's name.
const NOT_AFTER_VILLAGE: [&str; 12] = [
    "路", "街", "大道", "大街", "道", "镇", "小区", "小学", "中学", "卫生", "医院", "桥",
];

impl Site {
    /// `None` where the text is empty. `text` is normalised.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if text.is_empty() {
            return None;
        }
        let flat = open_brackets(text);
        let readable = flat.as_deref().filter(|flat| !is_description(flat));
        let paths = readable.and_then(read_list);
        let decided = paths.is_some();
        let paths = paths.unwrap_or_else(|| leading_communities(text).into_iter().collect());
        Some(Self {
            text: text.into(),
            paths: paths.into(),
            decided,
        })
    }

    /// The normalised text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the text could be read into community, estate, building; otherwise only the same text
    /// is known to be the same site.
    pub const fn is_decided(&self) -> bool {
        self.decided
    }

    /// Whether the text says so little that the same text may mean another place: 部分区域, 附近, 3号楼.
    pub(super) fn is_generic(&self) -> bool {
        let mut rest = self.text.to_string();
        for word in UNDECIDED.iter().chain(&["区域", "地区", "范围", "地段"]) {
            rest = rest.replace(word, "");
        }
        let house = Numbered::read(&self.text);
        let house_only =
            house.is_some_and(|(house, after)| after.is_empty() && house.is_in_an_estate());
        house_only || rest.is_empty()
    }

    pub(super) fn paths(&self) -> &[Path] {
        &self.paths
    }
}

impl std::fmt::Debug for Site {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Site(…)")
    }
}

/// Whether a text describes where something is instead of naming it.
fn is_description(text: &str) -> bool {
    let metres = text
        .split_once('米')
        .is_some_and(|(before, _)| before.ends_with(|last: char| last.is_ascii_digit()));
    metres || text.ends_with('外') || UNDECIDED.iter().any(|word| text.contains(word))
}

/// Resolves brackets: remarks go, numbers and names become parts; `None` where they exclude or do not pair.
fn open_brackets(text: &str) -> Option<String> {
    let mut flat = String::new();
    let mut rest = text;
    while let Some((before, inner)) = rest.split_once('(') {
        let (content, after) = inner.split_once(')')?;
        if before.contains(')') || content.contains('(') {
            return None;
        }
        flat.push_str(before);
        let alias = ["路", "街", "大道", "巷"]
            .iter()
            .any(|road| content.contains(road))
            && content.ends_with('号');
        let remark = REMARKS.iter().any(|word| content.starts_with(word));
        if !(alias || remark) {
            let list = content.contains('、');
            let numbers = Numbered::read(content.split('、').next()?).is_some();
            if list && !numbers || is_description(content) {
                return None;
            }
            flat.push_str(content);
        }
        rest = after;
    }
    if rest.contains(')') {
        return None;
    }
    flat.push_str(rest);
    Some(flat)
}

/// Reads 「14号楼4、5门」 into its alternatives.
fn read_list(flat: &str) -> Option<Vec<Path>> {
    let mut paths: Vec<Path> = Vec::new();
    for piece in flat.split('、') {
        let piece = piece.trim_matches(['-', ':', '·']);
        if piece.is_empty() {
            continue;
        }
        let parts = read_path(piece)?;
        let Some(Part::Numbered(first)) = parts.first() else {
            paths.push(parts);
            continue;
        };
        give_unit(&mut paths, first.unit);
        let path = match paths.last() {
            None => parts,
            Some(previous) => {
                let mut path = front_of(previous, first.unit)?;
                path.extend(parts);
                path
            }
        };
        paths.push(path);
        if paths.len() > MOST_PATHS {
            return None;
        }
    }
    // A house without its estate is not a site: every estate has a 3号楼.
    let named = !matches!(
        paths.first().and_then(|path| path.first()),
        Some(Part::Numbered(first)) if first.is_in_an_estate()
    );
    let well_formed = !paths.is_empty()
        && named
        && paths.iter().all(|path| {
            !path.is_empty()
                && path.len() <= MOST_PARTS
                && !matches!(path.last(), Some(Part::Numbered(bare)) if bare.unit.is_empty())
        });
    well_formed.then_some(paths)
}

/// In 「4、5门」 the unit of 4 comes with 5.
fn give_unit(paths: &mut [Path], unit: &'static str) {
    for path in paths.iter_mut().rev() {
        match path.last_mut() {
            Some(Part::Numbered(bare)) if bare.unit.is_empty() => bare.unit = unit,
            _ => break,
        }
    }
}

/// What stands in front of the part that a further number of this unit replaces.
fn front_of(previous: &[Part], unit: &str) -> Option<Path> {
    let replaced = previous
        .iter()
        .rposition(|part| matches!(part, Part::Numbered(numbered) if numbered.unit == unit));
    previous.get(..replaced?).map(<[Part]>::to_vec)
}

/// Reads one alternative; `None` where a name has a dash in it, which may join streets or numbers.
fn read_path(piece: &str) -> Option<Path> {
    let mut path = Path::new();
    let mut rest = piece;
    let mut name = String::new();
    while let Some(letter) = rest.chars().next() {
        if let Some((numbered, after)) = Numbered::read(rest) {
            push_name(&mut path, &mut name);
            path.push(Part::Numbered(numbered));
            rest = after;
            continue;
        }
        if letter == '-' {
            return None;
        }
        if let Some((end, after)) = community_end(&name, rest) {
            name.push_str(end);
            path.push(Part::Community(std::mem::take(&mut name).into()));
            rest = after;
            continue;
        }
        // A run of digits or letters that counts nothing belongs to the name as a whole.
        let run = if letter.is_ascii_alphanumeric() {
            rest.find(|c: char| !c.is_ascii_alphanumeric())
                .unwrap_or(rest.len())
        } else {
            letter.len_utf8()
        };
        let (taken, after) = rest.split_at_checked(run)?;
        name.push_str(taken);
        rest = after;
        if name.ends_with("小区") {
            push_name(&mut path, &mut name);
        }
    }
    push_name(&mut path, &mut name);
    Some(path)
}

fn push_name(path: &mut Path, name: &mut String) {
    if !name.is_empty() {
        path.push(Part::Name(std::mem::take(name).into()));
    }
}

/// Whether the name ends here as that of a community; its canonical end and what follows.
fn community_end<'a>(name: &str, rest: &'a str) -> Option<(&'static str, &'a str)> {
    if name.is_empty() {
        return None;
    }
    for (spelling, canonical) in COMMUNITY_ENDS {
        if let Some(after) = rest.strip_prefix(spelling) {
            return Some((canonical, after));
        }
    }
    let after = rest.strip_prefix('村')?;
    // 曹杨新村 is an estate; 李村路 is a road.
    let village =
        !name.ends_with('新') && !NOT_AFTER_VILLAGE.iter().any(|word| after.starts_with(word));
    village.then_some(("村", after))
}

/// The communities that a text names before it becomes a description; `None` where it is a list.
fn leading_communities(text: &str) -> Option<Path> {
    if text.contains('、') {
        return None;
    }
    let end = UNDECIDED
        .iter()
        .filter_map(|word| text.find(word))
        .chain(text.find(['(', ')', '-']))
        .min()
        .unwrap_or(text.len());
    let path: Path = read_path(text.get(..end)?)?
        .into_iter()
        .take_while(|part| matches!(part, Part::Community(_)))
        .collect();
    (!path.is_empty()).then_some(path)
}
