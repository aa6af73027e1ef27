//! Numbered parts of an address: 14号楼, 4门, 710弄, 二期, A区, 1-5栋.

/// Units and their canonical form, longer spellings first. 号楼, 栋, 幢 and 座 all count buildings.
const UNITS: [(&str, &str); 34] = [
    ("号楼", "栋"),
    ("楼栋", "栋"),
    ("栋", "栋"),
    ("幢", "栋"),
    ("座", "栋"),
    ("号大院", "院"),
    ("号院", "院"),
    ("号门", "门"),
    ("号店", "店"),
    ("号线", "线"),
    ("号", "号"),
    ("#", "号"),
    ("单元", "单元"),
    ("门", "门"),
    ("弄", "弄"),
    ("支弄", "支弄"),
    ("组", "组"),
    ("队", "队"),
    ("社", "社"),
    ("期", "期"),
    ("街坊", "街坊"),
    ("区", "区"),
    ("巷", "巷"),
    ("排", "排"),
    ("层", "层"),
    ("楼", "层"),
    ("室", "室"),
    ("户", "户"),
    ("条", "条"),
    ("段", "段"),
    ("委", "委"),
    ("连", "连"),
    ("团", "团"),
    ("师", "师"),
];
/// Units that Chinese numerals count; the others make names of them (三门路, 六里屯, 四号线).
const COUNTED_IN_CHINESE: [&str; 14] = [
    "栋", "单元", "组", "队", "社", "期", "街坊", "区", "巷", "排", "层", "连", "委", "段",
];
/// No house or group has a higher number.
const MOST_DIGITS: usize = 7;

/// Which of its unit a numbered part is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Label {
    /// One: `14`, `A2`, `128-10`.
    One(Box<str>),
    /// All from one number to another.
    Range(u32, u32),
}

/// How the label of a stay lies to that of an area.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Within {
    Yes,
    Maybe,
    No,
}

/// A label with its unit; the unit is empty where the text goes on with a list (`4` in `4、5门`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Numbered {
    pub(super) unit: &'static str,
    pub(super) label: Label,
}

impl Numbered {
    /// Reads a numbered part at the beginning of a normalised text; with it, what follows.
    pub(super) fn read(text: &str) -> Option<(Self, &str)> {
        let text = text.strip_prefix('第').unwrap_or(text);
        let (label, rest, chinese) = match read_ascii(text) {
            Some((label, rest)) => (label, rest, false),
            None => read_chinese(text).map(|(label, rest)| (label, rest, true))?,
        };
        for (spelling, unit) in UNITS {
            let Some(rest) = rest.strip_prefix(spelling) else {
                continue;
            };
            // 一社区 is a community, 三区域 an area, 二楼盘 an estate: their first letter is no unit.
            let goes_on = spelling == "社" && rest.starts_with('区')
                || spelling == "区" && rest.starts_with('域')
                || spelling == "楼" && rest.starts_with(['盘', '市'])
                || spelling == "团" && rest.starts_with('结')
                || spelling == "号" && rest.starts_with('码');
            if goes_on || chinese && !COUNTED_IN_CHINESE.contains(&unit) {
                return None;
            }
            return Some((Self { unit, label }, rest));
        }
        let bare = !chinese && rest.is_empty() && matches!(label, Label::Range(..))
            || !chinese
                && rest.is_empty()
                && matches!(&label, Label::One(one) if one.starts_with(|c: char| c.is_ascii_digit()));
        bare.then_some((Self { unit: "", label }, rest))
    }

    /// Whether it counts something that every estate has: a house, an entrance, a floor, a room.
    pub(super) fn is_in_an_estate(&self) -> bool {
        matches!(self.unit, "栋" | "单元" | "门" | "层" | "室" | "户")
    }

    /// Whether this part lies in `area`, both being of one unit.
    pub(super) fn within(&self, area: &Self) -> Within {
        use Label::{One, Range};
        if self.label == area.label {
            return Within::Yes;
        }
        let whole = |one: &str| one.parse::<u32>().ok();
        let inside = match (&self.label, &area.label) {
            (One(one), Range(from, to)) => match whole(one) {
                Some(one) => (*from..=*to).contains(&one),
                None => return Within::Maybe,
            },
            (Range(from, to), Range(area_from, area_to)) => {
                if to < area_from || area_to < from {
                    return Within::No;
                }
                if from < area_from || area_to < to {
                    return Within::Maybe;
                }
                true
            }
            (Range(from, to), One(one)) => match whole(one) {
                Some(one) if !(*from..=*to).contains(&one) => return Within::No,
                _ => return Within::Maybe,
            },
            // 3 and 3A, 128 and 128-10 may be the same house.
            // 03号楼 is 3号楼.
            (One(one), One(other)) if whole(one).is_some() && whole(one) == whole(other) => true,
            (One(one), One(other)) => {
                let related = one.starts_with(&**other) || other.starts_with(&**one);
                let sub_number =
                    one.len() != other.len() && !(whole(one).is_some() && whole(other).is_some());
                return if related && sub_number {
                    Within::Maybe
                } else {
                    Within::No
                };
            }
        };
        match inside {
            false => Within::No,
            // House numbers of one side of a street are all even or all odd, and 3-4号 can be one house.
            true if area.unit == "号" || area.unit.is_empty() => Within::Maybe,
            true => Within::Yes,
        }
    }
}

/// `14`, `A2`, `AB`, `31-18`, `1-5`, `7号-115` (followed by its unit).
fn read_ascii(text: &str) -> Option<(Label, &str)> {
    let (first, rest) = split_label(text)?;
    // 「7号-115号」 names the unit twice.
    let joined = [
        "号-",
        "号至",
        "栋-",
        "栋至",
        "幢至",
        "号楼-",
        "号楼至",
        "-",
        "至第",
        "至",
        "到",
    ]
    .iter()
    .find_map(|joint| rest.strip_prefix(joint));
    let Some((second, after)) = joined.and_then(split_label) else {
        return Some((Label::One(first.into()), rest));
    };
    match (first.parse(), second.parse()) {
        (Ok(from), Ok(to)) if from < to => Some((Label::Range(from, to), after)),
        // 128-10 is one house; 31-2至31-18 is read no further than this.
        _ if rest.starts_with('-') => Some((Label::One(format!("{first}-{second}").into()), after)),
        _ => Some((Label::One(first.into()), rest)),
    }
}

fn split_label(text: &str) -> Option<(&str, &str)> {
    let end = text
        .find(|c: char| !c.is_ascii_alphanumeric())
        .unwrap_or(text.len());
    let (label, rest) = text.split_at_checked(end)?;
    (!label.is_empty() && label.len() <= MOST_DIGITS).then_some((label, rest))
}

/// 一 to 九十九.
fn read_chinese(text: &str) -> Option<(Label, &str)> {
    let (mut number, mut tens, mut read) = (0_u32, false, 0);
    for letter in text.chars().take(4) {
        let digit = "一二三四五六七八九"
            .chars()
            .zip(1..)
            .find_map(|(known, digit)| (known == letter).then_some(digit));
        match (letter, digit) {
            ('十', _) if !tens && number < 10 => {
                number = number.max(1) * 10;
                tens = true;
            }
            (_, Some(digit)) if number == 0 || tens && number.is_multiple_of(10) => number += digit,
            (_, None) => break,
            _ => return None,
        }
        read += letter.len_utf8();
    }
    let rest = text.get(read..)?;
    (number > 0).then(|| (Label::One(number.to_string().into()), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(&'static str, String, &str)> {
        Numbered::read(text).map(|(numbered, rest)| {
            let label = match numbered.label {
                Label::One(one) => one.into_string(),
                Label::Range(from, to) => format!("{from}..{to}"),
            };
            (numbered.unit, label, rest)
        })
    }

    #[test]
    fn units_have_one_form() {
        for (text, unit, label, rest) in [
            ("14号楼4", "栋", "14", "4"),
            ("3栋", "栋", "3", ""),
            ("A座", "栋", "A", ""),
            ("第1至14栋", "栋", "1..14", ""),
            ("7号-115号", "号", "7..115", ""),
            ("128-10号中通", "号", "128-10", "中通"),
            ("二期", "期", "2", ""),
            ("十二组", "组", "12", ""),
            ("二十一街坊", "街坊", "21", ""),
            ("4", "", "4", ""),
        ] {
            assert_eq!(read(text), Some((unit, label.to_owned(), rest)), "{text}");
        }
    }

    #[test]
    fn names_with_numerals_stay_names() {
        for text in [
            "三门路",
            "一社区",
            "325国道",
            "六里屯",
            "KTV广场",
            "八里",
            "",
            "第",
            "五一苑",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
