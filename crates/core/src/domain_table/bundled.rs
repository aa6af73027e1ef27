//! The tables that come with the program.

use std::sync::LazyLock;

use super::DomainTable;

/// A domain with a bundled table.
pub trait Domain: 'static {
    /// The table's name: its file without the ending.
    const NAME: &'static str;

    /// The bundled table.
    fn table() -> &'static DomainTable;
}

macro_rules! domains {
    ($($(#[$doc:meta])* $domain:ident = $name:literal;)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug)]
            pub struct $domain(());

            impl Domain for $domain {
                const NAME: &'static str = $name;

                fn table() -> &'static DomainTable {
                    static TABLE: LazyLock<DomainTable> = LazyLock::new(|| {
                        read($name, include_str!(concat!("../../../../spec/gbt38962/", $name, ".tsv")))
                    });
                    &TABLE
                }
            }
        )*

        /// The bundled table of a name, for the element table, which names domains as text.
        pub fn bundled(name: &str) -> Option<&'static DomainTable> {
            match name {
                $($name => Some($domain::table()),)*
                _ => None,
            }
        }

        #[cfg(test)]
        const ALL: &[(&str, &str)] = &[
            $(($name, include_str!(concat!("../../../../spec/gbt38962/", $name, ".tsv")))),*
        ];
    };
}

domains! {
    /// Sex, GB/T 2261.1-2003.
    Sex = "sex";
    /// Countries and areas, GB/T 2659 (ISO 3166-1), and the nationality codes of travel documents.
    Country = "countries";
    /// Types of identity documents, GA/T 517-2004.
    DocumentTypes = "document-types";
    /// Current symptoms, as deployed forms ask for them.
    Symptom = "symptoms";
    /// Underlying diseases, WS 364.4 CV02.10.005.
    Disease = "diseases";
    /// Yes or no, as deployed forms answer it.
    YesNo = "yes-no";
    /// Yes, no or unsure, as deployed forms answer it.
    YesNoUnsure = "yes-no-unsure";
    /// Isolation or observation.
    Isolation = "isolation";
    /// Risk of a division.
    DivisionRisk = "division-risk";
    /// Means of transport.
    Transport = "transport";
    /// What was tested.
    TestKind = "test-kinds";
    /// Result of a test.
    TestResult = "test-results";
    /// Overall textual result of a health certificate.
    HealthMark = "health-marks";
    /// Where an item of a record comes from.
    ItemSource = "item-sources";
}

#[expect(
    clippy::panic,
    reason = "the text is compiled in and a test parses every bundled table, so this cannot happen in a built program"
)]
fn read(name: &str, text: &str) -> DomainTable {
    match DomainTable::parse(name, text) {
        Ok(table) => table,
        Err(error) => panic!("a bundled table is broken: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bundled_table_is_well_formed() {
        for (name, text) in ALL {
            let table = DomainTable::parse(name, text).unwrap();
            assert_eq!(bundled(name).unwrap().rows(), table.rows());
        }
        assert_eq!(ALL.len(), 14);
        assert!(bundled("colours").is_none());
    }

    #[test]
    fn every_country_has_its_three_codes_once() {
        let table = Country::table();
        let iso: Vec<_> = table
            .rows()
            .iter()
            .filter(|row| table.cell(row, "alpha2").is_some())
            .collect();
        assert_eq!(iso.len(), 249);
        for row in iso {
            let alpha2 = table.cell(row, "alpha2").unwrap();
            let numeric = table.cell(row, "numeric").unwrap();
            assert_eq!((row.code().len(), alpha2.len(), numeric.len()), (3, 2, 3));
            assert_eq!(table.by_cell("alpha2", alpha2), Some(row));
            assert_eq!(table.by_cell("numeric", numeric), Some(row));
        }
        assert_eq!(table.by_code("CHN").unwrap().zh(), "中国");
    }
}
