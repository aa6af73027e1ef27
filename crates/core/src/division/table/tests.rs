use proptest::prelude::*;

use super::*;

fn code(text: &str) -> DivisionCode {
    text.parse().unwrap()
}

fn problem(text: &str) -> (usize, DivisionTableProblem) {
    let error = DivisionTable::parse(text).unwrap_err();
    (error.line(), error.problem().clone())
}

#[test]
fn the_bundled_table_is_whole() {
    let table = DivisionTable::bundled();
    assert_eq!(table.iter().len(), 7167);
    let provinces: Vec<_> = table.children(DivisionCode::COUNTRY).collect();
    assert_eq!(provinces.len(), 34);
    let current = |rank| {
        table
            .iter()
            .filter(|division| {
                division.is_current() && !division.is_grouping() && division.code().rank() == rank
            })
            .count()
    };
    // The ministry counts 333 prefectures at the end of 2023.
    assert_eq!(current(DivisionRank::Prefecture), 333);
}

#[test]
fn abolished_codes_are_known_for_life() {
    let table = DivisionTable::bundled();
    // 宣武区 joined 西城区 in 2010; 临高县 got a new code in 2001.
    for (abolished, last) in [("110104", 2009), ("460028", 2000)] {
        let abolished = code(abolished);
        assert!(table.existed_ever(abolished));
        assert!(table.existed_in(abolished, last));
        assert!(!table.existed_in(abolished, last + 1));
        assert!(!table.get(abolished).unwrap().is_current());
    }
    assert!(
        table.existed_ever(code("440301")),
        "old numbers of Shenzhen"
    );
    for never in ["110199", "660100", "990000"] {
        assert!(!table.existed_ever(code(never)), "{never}");
    }
}

#[test]
fn codes_of_practice_are_known_without_years() {
    let table = DivisionTable::bundled();
    // 江阴 had this prefix in the eighties; no list tells from when to when.
    let jiangyin = table.get(code("320219")).unwrap();
    assert!(!jiangyin.is_current());
    assert_eq!((jiangyin.last_year(), jiangyin.name_in(1985)), (None, None));
    assert_eq!(
        table.full_name(code("320219")).as_deref(),
        Some("江苏省无锡市江阴县")
    );
}

#[test]
fn full_names_skip_headings() {
    let table = DivisionTable::bundled();
    for (number, name) in [
        ("330000", "浙江省"),
        ("330106", "浙江省杭州市西湖区"),
        ("110105", "北京市朝阳区"),
        ("500230", "重庆市丰都县"),
        ("441900", "广东省东莞市"),
        ("469005", "海南省文昌市"),
        ("460028", "海南省临高县"),
        ("419001", "河南省济源市"),
        // 襄樊市 is called 襄阳市 since 2010.
        ("420606", "湖北省襄阳市樊城区"),
        ("420621", "湖北省襄樊市襄阳县"),
    ] {
        assert_eq!(table.full_name(code(number)).as_deref(), Some(name));
    }
    assert_eq!(table.full_name(code("110199")), None);
}

#[test]
fn children_are_current_and_directly_below() {
    let table = DivisionTable::bundled();
    let names =
        |number: &str| -> Vec<&str> { table.children(code(number)).map(Division::name).collect() };
    assert_eq!(names("110000").len(), 16);
    assert_eq!(names("500000").len(), 38);
    assert!(names("330100").contains(&"临平区"));
    assert!(!names("330100").contains(&"江干区"));
    assert!(names("410000").contains(&"济源市"));
    assert!(!names("410000").contains(&"省直辖县级行政区划"));
    assert!(names("441900").is_empty());
}

#[test]
fn names_find_divisions_that_bear_or_bore_them() {
    let table = DivisionTable::bundled();
    let found: Vec<_> = table
        .named("西湖区")
        .map(|division| division.code().to_string())
        .collect();
    for number in ["330106", "360103"] {
        assert!(found.contains(&number.to_owned()), "{found:?}");
    }
    assert!(
        table
            .named("襄樊市")
            .any(|division| division.code() == code("420600"))
    );
    assert_eq!(table.named("无此县").count(), 0);
    assert_eq!(
        table.get(code("420600")).unwrap().name_in(2000),
        Some("襄樊市")
    );
}

#[test]
fn a_wrong_line_is_named_with_its_reason() {
    let good = "110000\t北京市\t1980\t\n";
    let at_two = |line: &str| problem(&format!("{good}{line}"));
    assert_eq!(
        at_two("110101\t东城区\t1980").1,
        DivisionTableProblem::FieldCount(3)
    );
    assert_eq!(at_two("11010\t东城区\t1980\t").0, 2);
    assert!(matches!(
        at_two("11010\t东城区\t1980\t").1,
        DivisionTableProblem::Code(_)
    ));
    assert!(matches!(
        at_two("110101\t\t1980\t").1,
        DivisionTableProblem::Name(_)
    ));
    assert!(matches!(
        at_two("110101\t东 区\t1980\t").1,
        DivisionTableProblem::Name(_)
    ));
    assert!(matches!(
        at_two("110101\t东城区\t80\t").1,
        DivisionTableProblem::Year(_)
    ));
    assert!(matches!(
        at_two("110101\t东城区\t１９８０\t").1,
        DivisionTableProblem::Year(_)
    ));
    assert_eq!(
        at_two("110101\t东城区\t1980\t1979").1,
        DivisionTableProblem::YearOrder {
            first: 1980,
            last: 1979
        }
    );
    assert_eq!(
        at_two("110000\t京市\t1985\t"),
        (
            2,
            DivisionTableProblem::Overlap {
                code: code("110000"),
                year: 1985
            }
        )
    );
    assert_eq!(
        at_two("120101\t和平区\t1980\t"),
        (2, DivisionTableProblem::NoProvince(code("120101")))
    );
    assert_eq!(problem("# nothing\n\n"), (0, DivisionTableProblem::Empty));
    assert_eq!(
        problem("000000\t中国\t1980\t").1,
        DivisionTableProblem::Country
    );
    let long = "#".repeat(LONGEST_TABLE + 1);
    assert_eq!(
        problem(&long).1,
        DivisionTableProblem::TooLong(LONGEST_TABLE + 1)
    );
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "([0-9]{4,7}\t|\\PC{0,4}\t|\n|#|1980|110000\t京\t1980\t\n){0,40}") {
        if let Ok(table) = DivisionTable::parse(&text) {
            for division in table.iter() {
                prop_assert!(table.full_name(division.code()).is_some());
                prop_assert!(table.named(division.name()).any(|found| found == division));
            }
        }
    }

    #[test]
    fn any_number_is_looked_up(number in 0_u32..1_000_000) {
        if let Ok(code) = DivisionCode::new(number) {
            let table = DivisionTable::bundled();
            prop_assert_eq!(table.existed_ever(code), table.get(code).is_some());
            prop_assert_eq!(table.full_name(code).is_some(), table.existed_ever(code));
            let years_known = |division: &Division| {
                division.periods().any(|period| period.first().is_some())
            };
            prop_assert_eq!(
                (1980..2030).any(|year| table.existed_in(code, year)),
                table.get(code).is_some_and(years_known)
            );
        }
    }
}
