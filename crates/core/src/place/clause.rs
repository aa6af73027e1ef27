//! Clauses that say "the rest": 「（除中、高风险区外）」, 「除高风险区以外的其他区域」, 「全域」, 「其余地区」.
//!
//! What such a clause leaves out is published with its own, higher level, so the place is the whole that
//! is named in front of it. A clause that leaves out something by *name* (「除双福街道以外」) is not touched:
//! the site it stands in cannot be decided by text.

/// What closes such a clause, the longest first.
const OUTSIDE: [&str; 4] = ["以外", "之外", "除外", "外"];
/// What may stand in one between 「除」 and the level.
const BEFORE_LEVEL: [&str; 10] = [
    "已划分为",
    "已划定为",
    "已划定",
    "已列为",
    "上述",
    "现有",
    "区域内",
    "去",
    "了",
    "已",
];
/// The levels that one names and what joins them, the longest first.
const LEVEL: [&str; 14] = [
    "更高风险",
    "高风险",
    "中风险",
    "低风险",
    "高",
    "中",
    "低",
    "、",
    "和",
    "及",
    "与",
    "或",
    "封控区",
    "管控区",
];
/// What may follow the level.
const AFTER_LEVEL: [&str; 6] = ["区区域", "区域", "地区", "点位", "区", "点"];
/// Words for the rest of a place, at the end of its text; the longest first.
const REST: [&str; 5] = ["其他", "其余", "所有", "全部", "整个"];
const REST_OF: [&str; 12] = [
    "区域", "地区", "片区", "楼栋", "楼宇", "楼门", "地方", "范围", "楼", "区", "村组", "点位",
];
/// Words for all of a place, at the end of its text.
const ALL: [&str; 16] = [
    "为低风险区",
    "划为低风险区",
    "行政区域内",
    "辖区内",
    "区域内",
    "范围内",
    "全部区域",
    "整个区域",
    "的区域",
    "域内",
    "境内",
    "全域",
    "全境",
    "全镇",
    "全区",
    "全县",
];

/// Takes such clauses out of a normalised text; the flag says whether there was one.
pub(super) fn strip(plain: &str) -> (String, bool) {
    let mut text = plain.replace("(地区)", "");
    let mut excepted = false;
    while let Some((start, end)) = find_clause(&text) {
        text.replace_range(start..end, "");
        excepted = true;
    }
    loop {
        let before = text.len();
        excepted |= cut_rest(&mut text);
        for all in ALL {
            if text.ends_with(all) {
                text.truncate(text.len() - all.len());
            }
        }
        // What was a list of places with a clause at the end of each.
        let trimmed = text.trim_matches(['、', ':', '的']).len();
        if text.ends_with(['、', ':', '的']) {
            text.truncate(text.trim_end_matches(['、', ':', '的']).len());
        }
        if text.len() == before || trimmed == 0 {
            break;
        }
    }
    (text, excepted)
}

/// Removes 「其余地区」 and the like from the end.
fn cut_rest(text: &mut String) -> bool {
    for rest in REST {
        for of in REST_OF {
            if let Some(front) = text
                .strip_suffix(of)
                .and_then(|front| front.strip_suffix("的").unwrap_or(front).strip_suffix(rest))
            {
                // 「除B栋外的其余楼栋」 leaves out a building by name: that must stay visible.
                let excludes = front.contains('除') || front.contains("外");
                if !excludes {
                    text.truncate(front.len());
                    return true;
                }
            }
        }
    }
    false
}

/// The bytes of the first clause that leaves out levels only.
fn find_clause(text: &str) -> Option<(usize, usize)> {
    let starts = ["除", "(", "上述", "高", "中", "低", "封控区", "管控区"];
    text.char_indices()
        .filter(|(at, _)| {
            text.get(*at..)
                .is_some_and(|rest| starts.iter().any(|start| rest.starts_with(start)))
        })
        .find_map(|(at, _)| clause_at(text, at).map(|end| (at, end)))
}

/// The end of a clause that begins at `at`.
fn clause_at(text: &str, at: usize) -> Option<usize> {
    let mut rest = Rest(text.get(at..)?);
    let bracket = rest.take("(");
    rest.take("区域内");
    let except = rest.take("除");
    rest.take_all(&BEFORE_LEVEL);
    let levels = rest.0;
    loop {
        let before = rest.0.len();
        rest.take_all(&LEVEL);
        // 「高风险区、中风险区除外」
        if rest.0.len() != before && levels_named(levels, rest.0) {
            rest.take_any(&AFTER_LEVEL);
        }
        if rest.0.len() == before {
            break;
        }
    }
    if !levels_named(levels, rest.0) {
        return None;
    }
    let outside = rest.take_any(&OUTSIDE);
    // 「（除高风险地区）」 has no 「外」, a bare 「高风险区外」 no 「除」; one of the two must be there.
    let closes = except && bracket && rest.0.starts_with(')');
    if !(outside || closes) {
        return None;
    }
    rest.take("的");
    if bracket {
        for part in REST.iter().chain(&REST_OF) {
            rest.take(part);
        }
        if !rest.take(")") {
            return None;
        }
    } else {
        let after_clause = rest.0;
        if rest.take_any(&REST) {
            rest.take("的");
            if !rest.take_any(&REST_OF) {
                rest = Rest(after_clause);
            }
        } else {
            rest.take_any(&REST_OF);
        }
    }
    Some(text.len() - rest.0.len())
}

/// Whether the piece of `from` in front of `rest` names a level or a closed area.
fn levels_named(from: &str, rest: &str) -> bool {
    from.strip_suffix(rest).is_some_and(|read| {
        ["风险", "封控区", "管控区"]
            .iter()
            .any(|word| read.contains(word))
    })
}

/// What is still to be read.
struct Rest<'a>(&'a str);

impl Rest<'_> {
    fn take(&mut self, word: &str) -> bool {
        let rest = self.0.strip_prefix(word);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    fn take_any(&mut self, words: &[&str]) -> bool {
        words.iter().any(|word| self.take(word))
    }

    fn take_all(&mut self, words: &[&str]) {
        while self.take_any(words) {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_of_a_place_is_the_place() {
        for (text, place) in [
            ("(除中、高风险区外)", ""),
            ("榆树市除上述高、中风险以外区域为低风险区", "榆树市"),
            ("滑县中风险区域以外的其他区域", "滑县"),
            ("临夏县其余地区", "临夏县"),
            ("双福街道全域(除高风险区外)", "双福街道"),
            ("丁湖镇除封控区外的其他区域", "丁湖镇"),
            ("下雷镇(除高风险地区)", "下雷镇"),
            ("新安街道全域(高风险区、中风险区除外)", "新安街道"),
            ("英德市除高、中风险区外的九龙镇其他区域", "英德市九龙镇"),
            ("六里屯街道除中高风险以外的其他区域", "六里屯街道"),
            ("鹏兴花园五期(除现有高风险区外)", "鹏兴花园五期"),
            ("陈塘庄街世芳园除高风险区之外的其他楼门", "陈塘庄街世芳园"),
            ("江津区除高风险和中风险区以外的其他区域", "江津区"),
            ("崇州市除高、中风险区区域以外的其他区域", "崇州市"),
            ("兰山区(除中高风险以外区域)", "兰山区"),
            ("天回镇明月村五组除高风险区以外的区域", "天回镇明月村五组"),
            ("定城镇文体路(除高风险外)", "定城镇文体路"),
            ("域内除高中风险区域以外的其他区域", ""),
            ("中风险区之外的所有区域", ""),
        ] {
            assert_eq!(strip(text), (place.to_owned(), true), "{text}");
        }
    }

    #[test]
    fn what_is_left_out_by_name_stays_in_the_text() {
        for text in [
            "江津区除双福街道以外的其他区域",
            "上坊路342号科学院宿舍小区(除3栋外)",
            "笋岗街道(除高风险区及宝龙嘉园、金丽花园外)",
            "中寨镇大海村",
            "高新区中心广场",
            "滨海小区除17号楼以外的其他楼宇",
        ] {
            let (rest, excepted) = strip(text);
            assert_eq!((rest.as_str(), excepted), (text, false));
        }
    }

    #[test]
    fn all_of_a_place_is_the_place() {
        assert_eq!(strip("谢桥镇全域"), ("谢桥镇".to_owned(), false));
        assert_eq!(strip("全域"), (String::new(), false));
    }
}
