//! How the value of an element is shown to others than its owner.

use crate::document;
use crate::personal::Phone;

/// A way to hide most of a value, as the column `mask` of the element table names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mask {
    /// Shown as it is.
    Open,
    /// The first character and a star: `张*`.
    Name,
    /// First and last characters: `110***********002X`.
    Number,
    /// First three and last four digits: `138****8000`.
    Phone,
    /// One star, whatever it is.
    All,
}

impl Mask {
    /// The mask of its word in the table.
    pub fn of_word(word: &str) -> Option<Self> {
        Some(match word {
            "-" => Self::Open,
            "name" => Self::Name,
            "number" => Self::Number,
            "phone" => Self::Phone,
            "all" => Self::All,
            _ => return None,
        })
    }

    /// The word in the table.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "-",
            Self::Name => "name",
            Self::Number => "number",
            Self::Phone => "phone",
            Self::All => "all",
        }
    }

    /// The text as others may see it.
    pub fn of(self, text: &str) -> String {
        match self {
            Self::Open => text.to_owned(),
            Self::Name => text.chars().take(1).chain(['*']).collect(),
            // The number of a child has the guardian's in it.
            Self::Number if text.contains('/') => "*".to_owned(),
            Self::Number => document::masked(text),
            Self::Phone => Phone::parse(text).map_or_else(|_| "*".to_owned(), |one| one.masked()),
            Self::All => "*".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_text_shows_no_more_than_its_mask_says() {
        for (mask, text, shown) in [
            ("name", "张三丰", "张*"),
            ("name", "", "*"),
            ("number", "11010519491231002X", "110***********002X"),
            ("number", "E1234567", "E******7"),
            ("number", "111/11010519491231002X/20210305/1", "*"),
            ("phone", "+86 13800138000", "138****8000"),
            ("phone", "x", "*"),
            ("all", "天目山路 1 号", "*"),
            ("-", "36.5", "36.5"),
        ] {
            let mask = Mask::of_word(mask).unwrap();
            assert_eq!(mask.of(text), shown);
            assert_eq!(Mask::of_word(mask.word()), Some(mask));
        }
        assert_eq!(Mask::of_word("none"), None);
    }
}
