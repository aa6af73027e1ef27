use proptest::prelude::*;

use super::*;

fn place(text: &str) -> Place {
    Place::parse(text).unwrap()
}

fn overlap(stay: &str, area: &str) -> Overlap {
    place(stay).overlap(&place(area))
}

#[test]
fn a_finer_stay_inside_the_area_meets_it() {
    for (stay, area) in [
        ("榴城镇新河社区", "榴城镇"),
        ("榴城镇新河社区3号楼", "榴城镇新河社区"),
        ("榴城镇", "全域（除高风险区外）"),
        (
            "王顶堤街道堤北里小区14号楼4门",
            "王顶堤街道堤北里小区14号楼4、5门",
        ),
        (
            "王顶堤街道堤北里小区14号楼5门",
            "王顶堤街道堤北里小区14号楼4、5门",
        ),
        ("锦城街道恒大首府8栋", "锦城街道恒大首府1-8栋"),
        ("中街街道二巷38号", "中街街道二巷36号、38号、三巷47号"),
        ("中街街道三巷47号", "中街街道二巷36号、38号、三巷47号"),
        ("东深街道大院3栋", "东深街道大院（除高风险区外）"),
        ("天回街道明月村", "天回街道明月村村委会"),
        ("福保街道甲楼（含底商）", "福保街道甲楼"),
    ] {
        assert_eq!(overlap(stay, area), Overlap::Meets, "{stay} in {area}");
    }
}

#[test]
fn a_coarser_stay_is_at_most_possible() {
    for (stay, area) in [
        ("榴城镇", "榴城镇新河社区"),
        ("榴城镇新河社区", "榴城镇新河社区3号楼"),
        ("新河社区", "榴城镇新河社区"),
        (
            "王顶堤街道堤北里小区14号楼",
            "王顶堤街道堤北里小区14号楼4、5门",
        ),
        ("王顶堤街道堤北里小区", "王顶堤街道堤北里小区14号楼4、5门"),
    ] {
        assert_eq!(overlap(stay, area), Overlap::Possible, "{stay} in {area}");
    }
    assert_eq!(Place::whole().overlap(&place("榴城镇")), Overlap::Possible);
}

#[test]
fn different_townships_and_different_sites_are_apart() {
    for (stay, area) in [
        ("榴城镇", "常坟镇"),
        ("榴城镇新河社区", "常坟镇新河社区"),
        ("榴城镇新河社区", "榴城镇城北社区"),
        ("粤海街道龙城花园", "粤海街道帝景园"),
        (
            "王顶堤街道堤北里小区14号楼6门",
            "王顶堤街道堤北里小区14号楼4、5门",
        ),
        ("锦城街道恒大首府9栋", "锦城街道恒大首府1-8栋"),
        ("中街街道三巷38号", "中街街道二巷36号、38号、三巷47号"),
        ("天回街道星河村五组", "天回街道明月村五组除3号以外的区域"),
    ] {
        assert_eq!(overlap(stay, area), Overlap::Apart, "{stay} in {area}");
        assert_eq!(overlap(area, stay), Overlap::Apart, "{area} in {stay}");
    }
}

#[test]
fn what_the_text_cannot_decide_is_possible() {
    for (stay, area) in [
        // An estate that may lie in the community.
        ("北苑街道同科花园", "北苑街道北苑社区"),
        // An exclusion by name.
        ("甲街道科学院宿舍小区3栋", "甲街道科学院宿舍小区（除3栋外）"),
        ("甲街道科学院宿舍小区4栋", "甲街道科学院宿舍小区（除3栋外）"),
        // Streets around.
        ("甲街道恒大城", "甲街道京沪铁路以东、汴河路以北合围区域"),
        // One name written in the other.
        ("甲街道恒大城", "甲街道恒大城小区"),
        ("甲街道八角东街", "甲街道八角西街和八角东街"),
        // House numbers of a range may be of one side only, and 北苑路 is not 北苑.
        ("甲街道学府路5号", "甲街道学府路1-9号"),
        ("甲街道北苑路5号", "甲街道北苑"),
        // The notice leaves the township out.
        ("甲街道联发广场", "联发广场"),
    ] {
        assert_eq!(overlap(stay, area), Overlap::Possible, "{stay} in {area}");
    }
}

#[test]
fn a_functional_zone_is_a_place_of_its_own() {
    let in_zone = place("桂溪街道复地金融岛").in_zone("高新区");
    let zone = Place::whole().in_zone("高新区");
    assert_eq!(in_zone.overlap(&zone), Overlap::Meets);
    assert_eq!(zone.overlap(&in_zone), Overlap::Possible);
    assert_eq!(
        in_zone.overlap(&Place::whole().in_zone("天府新区")),
        Overlap::Apart
    );
    assert_eq!(
        place("桂溪街道复地金融岛").overlap(&zone),
        Overlap::Possible
    );
    assert_eq!(in_zone.overlap(&Place::whole()), Overlap::Meets);
}

#[test]
fn a_list_of_townships_is_several_places() {
    let list = |text: &str| -> Vec<String> {
        let places = Place::parse_list(text).unwrap();
        places.iter().map(Place::to_string).collect()
    };
    assert_eq!(
        list("高境镇、芷江西路街、友谊路街道除中高风险区域以外的其他区域"),
        ["高境镇", "芷江西路街道", "友谊路街道"].map(|name| format!("{name}(除更高风险区外)"))
    );
    assert_eq!(list("甲镇东村、西村"), ["甲镇东村、西村"]);
    // Two townships in one description: the place is in neither for sure.
    let mixed = place("甲镇东村、乙镇西村");
    assert_eq!(mixed.township(), None);
    for township in ["甲镇", "乙镇", "丙镇"] {
        assert_eq!(place(township).overlap(&mixed), Overlap::Possible);
    }
}

#[test]
fn texts_that_are_no_place_are_refused() {
    assert_eq!(Place::parse("  ，"), Err(PlaceError::Empty));
    assert_eq!(Place::parse("a\u{7}"), Err(PlaceError::Control(7)));
    let long = "村".repeat(LONGEST_PLACE + 1);
    assert_eq!(
        Place::parse(&long),
        Err(PlaceError::TooLong(LONGEST_PLACE + 1))
    );
}

#[test]
fn debug_output_says_nothing_about_where() {
    assert_eq!(format!("{:?}", place("榴城镇新河社区")), "Place(Place)");
}

/// Texts as notices write them, put together from parts, and noise.
fn texts() -> impl Strategy<Value = String> {
    let township = prop::sample::select(vec!["", "甲镇", "乙街道", "丙乡", "甲办事处"]);
    let community =
        prop::sample::select(vec!["", "东村", "西社区", "西社区居委会", "新村", "东村路"]);
    let estate = prop::sample::select(vec!["", "恒大城", "恒大城小区", "同科花园", "A区", "二期"]);
    let house = prop::sample::select(vec![
        "",
        "3号楼",
        "1-4栋",
        "3、5号",
        "4号楼2、3门",
        "（北区）",
        "（除3栋外）",
        "（除高风险区外）",
        "以东",
        "、二巷7号",
        "(",
        "）",
        "全域",
        "7-9号",
        "及3栋",
    ]);
    let noise = "\\PC{0,12}";
    prop_oneof![
        8 => (township, community, estate, house).prop_map(|(a, b, c, d)| format!("{a}{b}{c}{d}")),
        1 => noise,
    ]
}

fn places() -> impl Strategy<Value = Place> {
    (
        texts(),
        prop::sample::select(vec!["", "", "", "高新区", "新区"]),
    )
        .prop_map(|(text, zone)| {
            Place::parse(&text)
                .unwrap_or_else(|_| Place::whole())
                .in_zone(zone)
        })
}

/// How a place lies to the same text: the same place, unless the text says too little.
fn itself(place: &Place) -> Overlap {
    if place.site().is_some_and(Site::is_generic) {
        Overlap::Possible
    } else {
        Overlap::Meets
    }
}

#[test]
fn outside_near_and_or_are_never_inside() {
    let area = |text: &str| Place::parse(text).unwrap();
    for suffix in [
        "附近",
        "周边",
        "以外",
        "除外",
        "对面",
        "以东",
        "外",
        "门外",
        "外面",
        "西边",
        "隔壁",
        "背后",
        "东200米",
        "不在内",
        "或西山社区",
        "至西山社区",
    ] {
        for text in [
            "稠城街道晨光社区",
            "稠城街道恒泰小区",
            "稠城街道恒泰小区3号楼",
            "稠城街道",
        ] {
            let stay = area(&format!("{text}{suffix}"));
            assert_ne!(stay.overlap(&area(text)), Overlap::Meets, "{text}{suffix}");
        }
    }
    for generic in ["3号楼", "部分区域", "附近"] {
        assert_eq!(
            area(generic).overlap(&area(generic)),
            Overlap::Possible,
            "{generic}"
        );
    }
    assert_eq!(
        area("恒泰小区03号楼").overlap(&area("恒泰小区3号楼")),
        Overlap::Meets
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,80}|[0-9一二十号楼栋门、，（）()除外风险高中村社区街道镇-]{0,40}") {
        if let Ok(place) = Place::parse(&text) {
            prop_assert_eq!(place.overlap(&place), itself(&place));
        }
    }

    #[test]
    fn every_place_meets_itself_and_the_whole(place in places()) {
        prop_assert_eq!(place.overlap(&place), itself(&place));
        let decided = place.site().is_none_or(Site::is_decided);
        let in_the_whole = if decided { Overlap::Meets } else { Overlap::Possible };
        prop_assert_eq!(place.overlap(&Place::whole()), in_the_whole);
        if !place.is_whole() {
            prop_assert_eq!(Place::whole().overlap(&place), Overlap::Possible);
        }
    }

    #[test]
    fn apart_is_mutual(one in places(), other in places()) {
        prop_assert_eq!(
            one.overlap(&other) == Overlap::Apart,
            other.overlap(&one) == Overlap::Apart
        );
    }

    #[test]
    fn a_stay_meets_only_at_the_grain_of_the_area(stay in places(), area in places()) {
        if stay.overlap(&area) == Overlap::Meets {
            prop_assert!(stay.grain() <= area.grain());
        }
    }

    #[test]
    fn meeting_is_passed_on(a in places(), b in places(), c in places()) {
        if a.overlap(&b) == Overlap::Meets && b.overlap(&c) == Overlap::Meets {
            prop_assert_eq!(a.overlap(&c), Overlap::Meets);
        }
    }

    #[test]
    fn what_is_in_the_area_is_not_apart_from_what_contains_it(
        a in places(), b in places(), c in places()
    ) {
        if a.overlap(&b) == Overlap::Meets && a.overlap(&c) == Overlap::Meets {
            prop_assert_ne!(b.overlap(&c), Overlap::Apart);
        }
    }

    #[test]
    fn spelling_does_not_matter(text in texts()) {
        let wide: String = text
            .chars()
            .map(|c| match c {
                '!'..='~' => char::from_u32(u32::from(c) + 0xFEE0).unwrap_or(c),
                other => other,
            })
            .collect();
        prop_assert_eq!(Place::parse(&text).ok(), Place::parse(&wide).ok());
    }
}
