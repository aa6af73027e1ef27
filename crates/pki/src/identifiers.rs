//! The numbers by which national interfaces name algorithms (GB/T 33560, GM/T 0006): data, in
//! `tables/identifiers.tsv`, with our algorithm beside each that we have.

use hc_code::signing::Algorithm;

/// Which of the two editions in use a number is of: the same number means other things in the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edition {
    /// Devices and signature servers (GM/T 0006-2012 as their headers have it).
    Device,
    /// Smart keys, whose headers count SM2 from another number.
    Key,
}

/// One row of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identifier {
    edition: Edition,
    name: &'static str,
    number: u32,
    algorithm: Option<Algorithm>,
}

/// Why a table is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the table of algorithm identifiers: {what}")]
pub struct IdentifierError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub what: &'static str,
}

const TABLE: &str = include_str!("../tables/identifiers.tsv");
const HEADER: &str = "edition\tname\tnumber\tkind\tours";
const KINDS: [&str; 6] = [
    "cipher",
    "encryption",
    "exchange",
    "hash",
    "key",
    "signature",
];

/// The bundled table.
///
/// # Errors
/// [`IdentifierError`]; a test holds the bundled one to none.
pub fn identifiers() -> Result<Vec<Identifier>, IdentifierError> {
    read(TABLE)
}

fn read(table: &'static str) -> Result<Vec<Identifier>, IdentifierError> {
    let mut all: Vec<Identifier> = Vec::new();
    let lines = table.lines().enumerate();
    let mut lines = lines.filter(|(_, line)| !line.starts_with('#'));
    let fault = |line, what| IdentifierError { line, what };
    if lines.next().map(|(_, line)| line) != Some(HEADER) {
        return Err(fault(1, "the header is not the one of the table"));
    }
    for (at, line) in lines {
        let fault = |what| fault(at + 1, what);
        let cells: Vec<_> = line.split('\t').collect();
        let [edition, name, number, kind, ours] = *cells else {
            return Err(fault("there are not five cells"));
        };
        let edition = match edition {
            "device" => Edition::Device,
            "key" => Edition::Key,
            _ => return Err(fault("the edition is neither device nor key")),
        };
        if !KINDS.contains(&kind) {
            return Err(fault("the kind is unknown"));
        }
        let number = u32::from_str_radix(number, 16)
            .ok()
            .filter(|_| number.len() == 8)
            .ok_or_else(|| fault("the number is not eight hexadecimal digits"))?;
        let algorithm = match ours {
            "-" => None,
            name => Some(Algorithm::from_name(name).ok_or_else(|| fault("no such algorithm"))?),
        };
        let row = Identifier {
            edition,
            name,
            number,
            algorithm,
        };
        let same = |other: &Identifier| {
            other.edition == edition && (other.name == name || other.number == number)
        };
        if all.iter().any(same) {
            return Err(fault("the name or the number stands twice in its edition"));
        }
        all.push(row);
    }
    Ok(all)
}

impl Identifier {
    /// The edition.
    pub const fn edition(&self) -> Edition {
        self.edition
    }

    /// The name, `SGD_…`.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The number.
    pub const fn number(&self) -> u32 {
        self.number
    }

    /// Our algorithm, where we have it.
    pub const fn algorithm(&self) -> Option<Algorithm> {
        self.algorithm
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn algorithm(edition: Edition, number: u32) -> Option<Algorithm> {
        let all = identifiers().unwrap();
        let row = |row: &&Identifier| row.edition() == edition && row.number() == number;
        all.iter().find(row).and_then(Identifier::algorithm)
    }

    #[test]
    fn sm2_with_sm3_has_a_number_in_each_edition_and_the_other_edition_s_means_something_else() {
        assert_eq!(
            algorithm(Edition::Device, 0x0002_0201),
            Some(Algorithm::Sm2)
        );
        assert_eq!(algorithm(Edition::Key, 0x0002_0101), Some(Algorithm::Sm2));
        assert_eq!(
            algorithm(Edition::Device, 0x0002_0200),
            Some(Algorithm::Sm2)
        );
        assert_eq!(algorithm(Edition::Key, 0x0002_0200), None);
        assert_eq!(algorithm(Edition::Key, 0x0002_0201), None);
    }

    #[test]
    fn every_name_is_one_of_the_standard_s_and_signatures_join_hash_and_key() {
        let all = identifiers().unwrap();
        assert_eq!(all.len(), 50);
        for row in &all {
            assert!(row.name().starts_with("SGD_"), "{row:?}");
        }
        for edition in [Edition::Device, Edition::Key] {
            let number = |name| {
                let row = |row: &&Identifier| row.edition() == edition && row.name() == name;
                all.iter().find(row).unwrap().number()
            };
            assert_eq!(
                number("SGD_SM3_SM2"),
                number("SGD_SM3") | number("SGD_SM2_1")
            );
        }
    }

    #[test]
    fn a_table_with_a_fault_names_its_line() {
        let fault = |table| read(table).unwrap_err();
        assert_eq!(fault("").line, 1);
        let rows = [
            "edition\tname\tnumber\tkind\tours\ndevice\tA\t00000001\thash\n",
            "edition\tname\tnumber\tkind\tours\nother\tA\t00000001\thash\t-\n",
            "edition\tname\tnumber\tkind\tours\ndevice\tA\t1\thash\t-\n",
            "edition\tname\tnumber\tkind\tours\ndevice\tA\t00000001\tsong\t-\n",
            "edition\tname\tnumber\tkind\tours\ndevice\tA\t00000001\thash\tSM5\n",
        ];
        for table in rows {
            assert_eq!(fault(table).line, 2, "{table}");
        }
        let twice = "edition\tname\tnumber\tkind\tours\n# a note\ndevice\tA\t00000001\thash\t-\ndevice\tB\t00000001\thash\t-\n";
        assert_eq!(fault(twice).line, 4);
    }
}
