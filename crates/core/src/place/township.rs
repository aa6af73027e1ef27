//! The township in front of a text: 街道, 镇, 乡, 苏木.

/// Longer names of townships exist, but not in front of a site (in characters, with the suffix).
const LONGEST_TOWNSHIP: usize = 16;
/// What ends the name of a township, the longest first.
const SUFFIXES: [&str; 8] = [
    "街道办事处",
    "地区办事处",
    "街道办",
    "办事处",
    "街道",
    "苏木",
    "镇",
    "乡",
];
/// A text in front of a suffix that names something else than a township.
const NOT_IN_A_NAME: [&str; 10] = [
    "社区", "小区", "公司", "市场", "国道", "高速", "村委", "酒店", "以东", "除",
];
/// After 「镇」 or 「乡」 these make a road, a village or a name of it: 李镇村, 古镇大道.
const NOT_AFTER: [&str; 6] = ["大道", "巷", "村", "社区", "情", "街口"];

/// Splits a normalised text into the township that it begins with, in canonical spelling, and the rest.
pub(super) fn split(plain: &str) -> (Option<Box<str>>, &str) {
    for (count, (at, _)) in plain.char_indices().enumerate().skip(1) {
        let Some((name, rest)) = plain.split_at_checked(at) else {
            break;
        };
        if count > LONGEST_TOWNSHIP || !name.chars().all(is_name_letter) {
            break;
        }
        let Some(suffix) = SUFFIXES.iter().find(|suffix| rest.starts_with(**suffix)) else {
            continue;
        };
        let after = rest.get(suffix.len()..).unwrap_or("");
        let short = matches!(*suffix, "镇" | "乡");
        if NOT_IN_A_NAME.iter().any(|word| name.contains(word)) {
            break;
        }
        let elsewhere = short
            && (NOT_AFTER.iter().any(|word| after.starts_with(word)) || is_road(after))
            // 祥云小镇 is an estate.
            || *suffix == "镇" && name.ends_with('小');
        let both = *suffix == "乡" && (name.ends_with('城') || after.starts_with('镇'));
        // A street office may have 「镇」 within its name: 新镇江路街道.
        let of_a_longer = short && after.starts_with(['海', '江']) && after.contains("街道");
        if elsewhere || both || of_a_longer {
            continue;
        }
        // 「九亭镇街道」 says the same thing twice.
        let after = match after.strip_prefix("街道") {
            Some(after) if *suffix == "镇" => after,
            _ => after,
        };
        let township = canonical(&format!("{name}{suffix}"));
        let after = after.trim_start_matches([':', '、', '-', '的']);
        return (Some(township.into()), after);
    }
    (None, plain)
}

/// The official form of a township's name: 「枫杨办事处」 is 枫杨街道, 「十八里店(地区)乡」 is 十八里店乡.
pub(super) fn canonical(name: &str) -> String {
    let name = name.replace("(地区)", "");
    for suffix in ["街道办事处", "地区办事处", "街道办", "办事处"] {
        if let Some(front) = name.strip_suffix(suffix).filter(|front| !front.is_empty()) {
            return format!("{front}街道");
        }
    }
    name
}

/// Whether a text is the name of a township and nothing else.
pub(super) fn is_township(plain: &str) -> bool {
    matches!(split(plain), (Some(_), ""))
}

/// Whether what follows makes the name of a road or lane: 古镇路12号, 武乡里1号楼, but 古城镇路岗村.
fn is_road(after: &str) -> bool {
    after
        .strip_prefix(['路', '里'])
        .is_some_and(|rest| !rest.starts_with(is_name_letter))
}

fn is_name_letter(letter: char) -> bool {
    letter.is_alphabetic() && !letter.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_township_stands_in_front() {
        for (text, township, rest) in [
            ("榴城镇新河社区", "榴城镇", "新河社区"),
            ("曹杨新村街道曹杨路710弄", "曹杨新村街道", "曹杨路710弄"),
            ("枫杨办事处金菊街36号", "枫杨街道", "金菊街36号"),
            ("鳌头镇:文运村", "鳌头镇", "文运村"),
            ("青岗集镇张大庙村", "青岗集镇", "张大庙村"),
            ("福保街道的圆梦园", "福保街道", "圆梦园"),
            ("于家务回族乡", "于家务回族乡", ""),
            ("九亭镇街道", "九亭镇", ""),
            ("古城镇路岗村", "古城镇", "路岗村"),
            ("草沟镇桥东村", "草沟镇", "桥东村"),
            ("银定图苏木一队", "银定图苏木", "一队"),
        ] {
            assert_eq!(split(text), (Some(township.into()), rest), "{text}");
        }
    }

    #[test]
    fn other_texts_have_none() {
        for text in [
            "古镇路12号",
            "祥云小镇3号楼",
            "李镇村",
            "羊头镇社区",
            "武乡里1、2号楼",
            "联发广场",
            "3号楼街道口",
            "天华苑小区其余12栋及城北街道天华社区",
            "城乡路3号",
            "镇",
            "街道",
            "",
        ] {
            assert_eq!(split(text), (None, text));
        }
    }
}
