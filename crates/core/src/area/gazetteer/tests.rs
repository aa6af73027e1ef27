use super::*;
use crate::word::Word;

fn find(province: &str, city: &str, county: &str) -> Location {
    Gazetteer::bundled()
        .find(province, city, county, 2022)
        .unwrap()
}

fn located(province: &str, city: &str, county: &str, text: &str) -> (Area, Mapping) {
    let json = format!(
        r#"{{"end_update_time":"2022-07-01 9时","highlist":[{{"province":"{province}","city":"{city}","county":"{county}","communitys":["{text}"]}}]}}"#
    );
    let parsed = Publication::parse(json.as_bytes(), "").unwrap();
    let located = Gazetteer::bundled().locate(&parsed.publication);
    let mapping = Mapping::ALL
        .iter()
        .copied()
        .find(|mapping| located.report.rows(*mapping) == 1)
        .unwrap();
    let (_, area) = located.snapshot.areas().next().unwrap();
    (area.clone(), mapping)
}

fn shown(names: [&str; 3], text: &str) -> (String, String, Mapping) {
    let (area, mapping) = located(names[0], names[1], names[2], text);
    (
        area.division().to_string(),
        area.place().to_string(),
        mapping,
    )
}

#[test]
fn names_are_mapped_to_the_county_and_say_how() {
    for (names, code, mapping) in [
        (["河北省", "廊坊市", "安次区"], "131002", Mapping::Exact),
        (["上海市", "上海市", "普陀区"], "310107", Mapping::Exact),
        (["重庆市", "重庆市", "江津区"], "500116", Mapping::Exact),
        (
            ["海南省", "省直辖县级行政单位", "定安县"],
            "469021",
            Mapping::Exact,
        ),
        (
            ["北京市", "朝阳区", "酒仙桥街道"],
            "110105",
            Mapping::ShiftedMunicipality,
        ),
        (
            ["广东省", "东莞市", "塘厦镇"],
            "441900",
            Mapping::NoCounties,
        ),
        (["四川省", "成都市", "天府新区"], "510116", Mapping::Zone),
        (
            ["福建省", "平潭综合实验区", "平潭综合实验区"],
            "350128",
            Mapping::Zone,
        ),
        (
            ["四川省", "成都市", "高新区"],
            "510100",
            Mapping::ZoneAcrossCounties,
        ),
        // 江干区 was divided in 2021; 公主岭市 moved from 四平 to 长春 in 2020.
        (
            ["浙江省", "杭州市", "江干区"],
            "330104",
            Mapping::FormerName,
        ),
        (
            ["吉林省", "四平市", "公主岭市"],
            "220184",
            Mapping::FormerName,
        ),
        (
            ["湖北省", "襄樊市", "樊城区"],
            "420606",
            Mapping::FormerName,
        ),
        (
            ["浙江省", "杭州市", "无名新区"],
            "330100",
            Mapping::ParentOnly,
        ),
        (
            ["浙江省", "无名市", "无名县"],
            "330000",
            Mapping::ParentOnly,
        ),
    ] {
        let location = find(names[0], names[1], names[2]);
        assert_eq!(
            (location.division().to_string().as_str(), location.mapping()),
            (code, mapping),
            "{names:?}"
        );
    }
    let unknown = Gazetteer::bundled().find("无名省", "甲市", "乙县", 2022);
    assert_eq!(unknown.unwrap_err().province, "无名省");
}

#[test]
fn a_part_is_never_taken_for_the_whole() {
    for names in [
        ["浙江省", "杭州市", "无名新区"],
        ["浙江省", "无名市", "无名县"],
        ["四川省", "成都市", "高新区"],
        ["北京市", "朝阳区", "酒仙桥街道"],
        ["广东省", "东莞市", "塘厦镇"],
    ] {
        for text in ["全域", names[2], "全域（除高风险区外）"] {
            let (area, _) = located(names[0], names[1], names[2], text);
            assert!(!area.place().is_whole(), "{names:?} {text}");
        }
    }
}

#[test]
fn names_of_divisions_in_front_of_a_text_go() {
    let exact = Mapping::Exact;
    for (names, text, place) in [
        (
            ["河南省", "信阳市", "息县"],
            "河南省信阳市息县域内除中风险区域以外的其他区域",
            "全域(除更高风险区外)",
        ),
        (
            ["河南省", "郑州市", "二七区"],
            "河南省郑州市二七区域内除中风险区域以外的其他区域",
            "全域(除更高风险区外)",
        ),
        (
            ["广东省", "惠州市", "博罗县"],
            "惠州市博罗县石湾镇全域（高、中风险区除外）",
            "石湾镇(除更高风险区外)",
        ),
        (
            ["甘肃省", "临夏回族自治州", "临夏县"],
            "临夏州临夏县其余地区",
            "全域(除更高风险区外)",
        ),
        (["四川省", "眉山市", "洪雅县"], "洪雅县", "全域"),
        (
            ["天津市", "天津市", "河西区"],
            "天津市河西区东海街除中高风险区外的区域",
            "东海街道(除更高风险区外)",
        ),
        (
            ["天津市", "天津市", "河西区"],
            "东海街桂江里2门",
            "东海街道桂江里2门",
        ),
        (["天津市", "天津市", "河西区"], "解放街12号", "解放街12号"),
        (
            ["云南省", "临沧市", "镇康县"],
            "云南省临沧市镇康县太阳街道",
            "太阳街道",
        ),
        (["河北省", "石家庄市", "赵县"], "赵县镇东村", "赵县镇东村"),
    ] {
        let (_, shown_place, mapping) = shown(names, text);
        assert_eq!((shown_place.as_str(), mapping), (place, exact), "{text}");
    }
}

#[test]
fn a_township_of_a_zone_has_its_county() {
    let high_tech = ["四川省", "成都市", "高新区"];
    assert_eq!(
        shown(high_tech, "桂溪街道复地金融岛5栋"),
        (
            "510107".to_owned(),
            "桂溪街道复地金融岛5栋".to_owned(),
            Mapping::Zone
        )
    );
    assert_eq!(
        shown(high_tech, "高新区除高、中风险区以外的其他区域"),
        (
            "510100".to_owned(),
            "高新区(除更高风险区外)".to_owned(),
            Mapping::ZoneAcrossCounties
        )
    );
    let (area, _) = located("四川省", "成都市", "高新区", "无名大厦");
    assert_eq!(area.counties().len(), 3);
}

#[test]
fn townships_of_a_municipality_are_known() {
    let beijing = ["北京市", "朝阳区", "十八里店（地区）乡"];
    let (code, place, _) = shown(beijing, "西直河村");
    assert_eq!(
        (code.as_str(), place.as_str()),
        ("110105", "十八里店乡西直河村")
    );
    let (_, place, _) = shown(
        ["北京市", "顺义区", "李桥镇"],
        "顺义区李桥镇除中风险区外的其他区域",
    );
    assert_eq!(place, "李桥镇(除更高风险区外)");
}

#[test]
fn an_unknown_province_is_reported_with_its_names() {
    let json = r#"{"end_update_time":"2022-07-01 9时","highlist":[
        {"province":"无名省","city":"甲市","county":"乙县","communitys":["丙镇"]},
        {"province":"浙江省","city":"杭州市","county":"西湖区","communitys":["丁镇"]}]}"#;
    let parsed = Publication::parse(json.as_bytes(), "").unwrap();
    let located = Gazetteer::bundled().locate(&parsed.publication);
    assert_eq!(located.report.mapped_rows(), (1, 2));
    let (lost, count) = located.report.lost().next().unwrap();
    assert_eq!(
        (&*lost.names[0], lost.list, count),
        ("无名省", "highlist", 1)
    );
    assert!(
        located
            .report
            .to_string()
            .contains("not mapped: highlist 无名省 甲市 乙县")
    );
}

#[test]
fn a_stay_is_read_like_an_area() {
    let gazetteer = Gazetteer::bundled();
    let code = "131002".parse().unwrap();
    let place = gazetteer
        .place_in(code, "河北省廊坊市安次区葛渔城镇东村")
        .unwrap();
    assert_eq!(place, Place::parse("葛渔城镇东村").unwrap());
    assert!(gazetteer.place_in(code, "安次区").unwrap().is_whole());
    assert_eq!(gazetteer.place_in(code, " "), Err(PlaceError::Empty));
}
