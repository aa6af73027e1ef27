//! The bundled table of divisions against the published one of 2023, where the shared data lies next to
//! the checkout, and against codes of every decade without it.
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on has failed, and one that is left out says so"
)]

use std::path::{Path, PathBuf};

use hc_code::DivisionCode;
use hc_core::division::DivisionTable;

fn shared(path: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data")
        .join(path);
    if path.exists() {
        return Some(path);
    }
    eprintln!(
        "SKIPPED: the shared data is not next to the checkout: {}",
        path.display()
    );
    None
}

fn code(text: &str) -> DivisionCode {
    text.parse().unwrap()
}

#[test]
fn codes_of_every_decade_are_known() {
    let table = DivisionTable::bundled();
    for (number, year, name) in [
        ("110000", 1980, "北京市"),
        ("110103", 1985, "崇文区"),
        ("310112", 1982, "闵行区"),
        ("310112", 1995, "闵行区"),
        ("320106", 2010, "鼓楼区"),
        ("330184", 1995, "余杭市"),
        ("330110", 2005, "余杭区"),
        ("330113", 2022, "临平区"),
        ("341400", 2008, "巢湖市"),
        ("371200", 2015, "莱芜市"),
        ("370116", 2022, "莱芜区"),
        ("460027", 1995, "澄迈县"),
        ("469023", 2022, "澄迈县"),
        ("512201", 1985, "万县市"),
        ("500101", 2022, "万州区"),
        ("659010", 2022, "胡杨河市"),
    ] {
        let division = table
            .get(code(number))
            .unwrap_or_else(|| panic!("{number}"));
        assert_eq!(division.name_in(year), Some(name), "{number} in {year}");
    }
}

#[test]
fn the_table_of_2023_is_in_it() {
    let Some(areas) = shared("gb2260/areas.csv") else {
        return;
    };
    let cities = shared("gb2260/cities.csv").unwrap();
    let provinces = shared("gb2260/provinces.csv").unwrap();
    let table = DivisionTable::bundled();
    let (mut same, mut zones) = (0, 0);
    for (path, zeros) in [(provinces, "0000"), (cities, "00"), (areas, "")] {
        let mut reader = csv::Reader::from_path(path).unwrap();
        for record in reader.records() {
            let record = record.unwrap();
            let number = format!("{}{zeros}", &record[0]);
            let name = &record[1];
            // Codes of development zones belong to the statistics bureau, not to GB/T 2260.
            if ("71"..="80").contains(&&number[4..]) && zeros.is_empty() {
                assert!(!table.existed_ever(code(&number)), "{number} {name}");
                zones += 1;
                continue;
            }
            // Pseudo-counties of prefectures without counties (441900 东莞市 as 4419xx) are not there.
            let division = table.get(code(&number));
            let known = division.and_then(|division| division.name_in(2023));
            assert_eq!(known, Some(name), "{number}");
            same += 1;
        }
    }
    println!("{same} divisions as published for 2023, {zones} zones left out");
    assert!(same > 3_200);
}
