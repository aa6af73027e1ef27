//! Which divisions an identity number may begin with.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use hc_code::DivisionCode;

use crate::division::DivisionTable;

const BESIDE: &str = include_str!("../../tables/identity-number-divisions.tsv");

/// Whether identity numbers were ever given under this code: a division of any time since 1980, or
/// one of the few codes that the yearly lists of GB/T 2260 do not show.
pub(super) fn gave_numbers(code: DivisionCode) -> bool {
    static CODES: LazyLock<BTreeSet<DivisionCode>> = LazyLock::new(|| codes().collect());
    code != DivisionCode::COUNTRY
        && (DivisionTable::bundled().existed_ever(code) || CODES.contains(&code))
}

/// The codes of the table; a line that is not one would be left out, which a test rules out.
fn codes() -> impl Iterator<Item = DivisionCode> {
    BESIDE
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split('\t').next()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_code_that_the_other_table_lacks() {
        let lines = BESIDE.lines().filter(|line| !line.starts_with('#'));
        assert_eq!(lines.clone().count(), codes().count());
        assert!(lines.clone().all(|line| line.split('\t').count() == 3));
        let repeated: Vec<_> = codes()
            .filter(|code| DivisionTable::bundled().existed_ever(*code))
            .collect();
        assert_eq!(repeated, []);
    }

    #[test]
    fn former_and_present_codes_gave_numbers_and_others_did_not() {
        let gave = |number| gave_numbers(DivisionCode::new(number).unwrap());
        for number in [110_105, 110_103, 230_720, 540_201, 653_228, 330_000] {
            assert!(gave(number), "{number}");
        }
        for number in [0, 190_101, 119_999, 990_101, 830_000] {
            assert!(!gave(number), "{number}");
        }
    }
}
