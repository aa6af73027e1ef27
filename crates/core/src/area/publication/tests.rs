use proptest::prelude::*;

use super::*;

const GOOD: &str = r#"{"data":{"end_update_time":"2022-04-15 11时","hcount":1,"mcount":2,
"highlist":[{"type":"2","province":"北京市","city":"朝阳区","county":"酒仙桥街道","area_name":"x","communitys":["二街坊"]}],
"middlelist":[{"type":"2","province":"浙江省","city":"杭州市","county":"西湖区","area_name":"x","communitys":["甲镇","乙镇 "]}]},
"code":0,"msg":"ok"}"#;

fn parse(text: &str) -> Result<Parsed, FeedError> {
    Publication::parse(text.as_bytes(), "")
}

fn problems(text: &str) -> Vec<String> {
    let parsed = parse(text).unwrap();
    parsed.problems.iter().map(ToString::to_string).collect()
}

#[test]
fn a_publication_is_read_with_and_without_wrapper() {
    let wrapped = parse(GOOD).unwrap();
    assert_eq!(wrapped.problems, []);
    assert!(wrapped.is_complete());
    let publication = &wrapped.publication;
    assert_eq!(publication.at().to_string(), "2022-04-15T11:00:00+08:00");
    let high = publication.rows(AreaLevel::High).unwrap();
    assert_eq!((high.len(), high[0].number()), (1, 1));
    assert_eq!(
        (high[0].province(), high[0].city(), high[0].county()),
        ("北京市", "朝阳区", "酒仙桥街道")
    );
    let medium = publication.rows(AreaLevel::Medium).unwrap();
    assert_eq!(*medium[0].places(), ["甲镇".into(), "乙镇".into()]);
    assert_eq!(publication.rows(AreaLevel::Low), None);
    let bare = GOOD
        .replace("{\"data\":", "")
        .replace("},\n\"code\":0,\"msg\":\"ok\"}", "}");
    assert_eq!(parse(&bare).unwrap(), wrapped);
}

#[test]
fn a_new_list_is_reported_and_the_others_are_read() {
    let text = GOOD.replace("\"hcount\":1", "\"watchlist\":[{},{}],\"note\":\"x\"");
    assert_eq!(
        problems(&text),
        [
            "unknown list watchlist with 2 entries",
            "unknown field note"
        ]
    );
}

#[test]
fn a_list_that_is_not_published_is_absent_and_not_empty() {
    let text = GOOD.replace("middlelist", "xlist");
    let parsed = parse(&text).unwrap();
    assert_eq!(parsed.publication.rows(AreaLevel::Medium), None);
    let text = GOOD.replace("\"highlist\":[", "\"highlist\":null,\"y\":[");
    let parsed = parse(&text).unwrap();
    assert_eq!(parsed.publication.rows(AreaLevel::High), None);
    assert!(!parsed.is_complete());
    assert_eq!(
        parsed.problems[0].to_string(),
        "highlist is null instead of a list"
    );
}

#[test]
fn a_bad_row_is_named_and_the_good_ones_go_on() {
    for (from, to, message) in [
        (
            "\"province\":\"浙江省\"",
            "\"province\":\"\"",
            "middlelist row 1: field province is missing or empty",
        ),
        (
            "\"city\":\"杭州市\"",
            "\"city\":7",
            "middlelist row 1: field city is a number",
        ),
        (
            "\"county\":\"西湖区\"",
            "\"land\":\"\"",
            "middlelist row 1: field county is missing or empty",
        ),
        (
            "[\"甲镇\",\"乙镇 \"]",
            "[]",
            "middlelist row 1: field communitys is empty",
        ),
        (
            "[\"甲镇\",\"乙镇 \"]",
            "\"甲镇\"",
            "middlelist row 1: field communitys is a text",
        ),
    ] {
        let parsed = parse(&GOOD.replace(from, to)).unwrap();
        assert_eq!(parsed.problems[0].to_string(), message);
        assert!(!parsed.is_complete());
        assert_eq!(parsed.publication.rows(AreaLevel::Medium).unwrap().len(), 0);
        assert_eq!(parsed.publication.rows(AreaLevel::High).unwrap().len(), 1);
    }
    let parsed = parse(&GOOD.replace("\"乙镇 \"", "\" \"")).unwrap();
    assert_eq!(
        parsed.publication.rows(AreaLevel::Medium).unwrap()[0]
            .places()
            .len(),
        1
    );
    assert!(!parsed.is_complete());
    let long = "村".repeat(LONGEST_PLACE + 1);
    let parsed = parse(&GOOD.replace("乙镇 ", &long)).unwrap();
    assert!(
        parsed.problems[0]
            .to_string()
            .starts_with("middlelist row 1: field communitys, place 2")
    );
}

#[test]
fn a_wrong_count_is_reported() {
    assert_eq!(
        problems(&GOOD.replace("\"mcount\":2", "\"mcount\":3")),
        ["middlelist has 2 places but states 3"]
    );
    assert_eq!(
        problems(&GOOD.replace("\"mcount\":2", "\"mcount\":\"2\"")),
        ["mcount is a text instead of a count"]
    );
}

#[test]
fn the_time_is_read_in_china() {
    for (text, time) in [
        ("2022-04-15 9时", "2022-04-15T09:00:00+08:00"),
        ("2022-04-15 0时", "2022-04-15T00:00:00+08:00"),
        ("2022-04-15 24时", "2022-04-16T00:00:00+08:00"),
        ("2022-04-15 11:00", "2022-04-15T11:00:00+08:00"),
    ] {
        let parsed = parse(&GOOD.replace("2022-04-15 11时", text)).unwrap();
        assert_eq!(parsed.publication.at().to_string(), time);
    }
    for text in [
        "2022-02-30 11时",
        "2022-04-15",
        "22-04-15 11时",
        "2022-04-15 25时",
        "2022-04-15 1e时",
    ] {
        let error = parse(&GOOD.replace("2022-04-15 11时", text)).unwrap_err();
        assert_eq!(error, FeedError::Time(text.to_owned()));
    }
}

#[test]
fn the_name_of_the_file_helps_with_the_time() {
    let named = |text: &str, name: &str| Publication::parse(text.as_bytes(), name);
    let broken = GOOD.replace("2022-04-15 11时", "?");
    let parsed = named(&broken, "2022041511-b38a.json").unwrap();
    assert_eq!(
        parsed.publication.at().to_string(),
        "2022-04-15T11:00:00+08:00"
    );
    assert_eq!(parsed.problems.len(), 1);
    let parsed = named(GOOD, "2022041512.json").unwrap();
    assert!(matches!(
        parsed.problems[0],
        FeedProblem::NameDiffers { .. }
    ));
    assert_eq!(named(GOOD, "2022041511").unwrap().problems, []);
    assert_eq!(named(GOOD, "公告公告公告").unwrap().problems, []);
}

#[test]
fn what_is_no_publication_is_refused() {
    for (text, error) in [
        ("", "not JSON"),
        ("[]", "a list instead of an object"),
        ("{\"data\":[]}", "a list instead of an object"),
        ("{}", "none of the lists"),
        ("{\"highlist\":[]}", "no field end_update_time"),
        ("{\"highlist\":[],\"highlist\":[]}", "stands twice"),
    ] {
        let found = parse(text).unwrap_err().to_string();
        assert!(found.contains(error), "{found} says {error}");
    }
    let deep = "[".repeat(100_000);
    assert!(matches!(parse(&deep), Err(FeedError::Json(_))));
    let long = vec![b' '; LARGEST_PUBLICATION + 1];
    assert_eq!(
        Publication::parse(&long, ""),
        Err(FeedError::TooLong(LARGEST_PUBLICATION + 1))
    );
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200), name in "\\PC{0,20}") {
        if let Ok(parsed) = Publication::parse(&bytes, &name) {
            prop_assert!(parsed.publication.lists().next().is_some());
        }
    }

    /// A publication with a piece cut out and another put in.
    #[test]
    fn a_damaged_publication_is_read_or_refused(
        at in any::<prop::sample::Index>(),
        length in 0_usize..20,
        noise in "[\\[\\]{}\",:0-9a-z时 -]{0,8}",
    ) {
        let letters: Vec<char> = GOOD.chars().collect();
        let at = at.index(letters.len());
        let end = (at + length).min(letters.len());
        let damaged: String = letters[..at].iter().copied().chain(noise.chars()).chain(letters[end..].iter().copied()).collect();
        if let Ok(parsed) = parse(&damaged) {
            let read: usize = parsed.publication.lists().map(|(_, rows)| rows.len()).sum();
            prop_assert!(read <= 2 || !noise.is_empty());
        }
    }
}
