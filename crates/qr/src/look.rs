//! How a code is shown: colour, word and shape, always together.

use hc_code::Level;

/// A colour on a screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour {
    /// Red, 0 to 255.
    pub red: u8,
    /// Green, 0 to 255.
    pub green: u8,
    /// Blue, 0 to 255.
    pub blue: u8,
}

impl Colour {
    const fn new(red: u8, green: u8, blue: u8) -> Self {
        Self { red, green, blue }
    }

    /// The form `#39b778`.
    pub fn hex(self) -> String {
        format!("#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

/// A shape that nobody takes for another, at any size and without colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Low.
    Circle,
    /// Medium.
    Triangle,
    /// High.
    Square,
    /// Unknown.
    Diamond,
    /// Paper: an upright sheet.
    Sheet,
}

/// How a code looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look(Kind);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Level(Level),
    Paper,
}

impl Look {
    /// The look of a code that says a level.
    pub const fn of(level: Level) -> Self {
        Self(Kind::Level(level))
    }

    /// The look of a paper code, which says no level: black, and called paper.
    pub const fn paper() -> Self {
        Self(Kind::Paper)
    }

    /// The level; `None` on paper.
    pub const fn level(self) -> Option<Level> {
        match self.0 {
            Kind::Level(level) => Some(level),
            Kind::Paper => None,
        }
    }

    /// The colour of the modules, as deployed codes had them.
    pub const fn colour(self) -> Colour {
        match self.0 {
            Kind::Level(Level::Low) => Colour::new(0x39, 0xb7, 0x78),
            Kind::Level(Level::Medium) => Colour::new(0xf5, 0xd0, 0x00),
            Kind::Level(Level::High) => Colour::new(0xd8, 0x24, 0x2b),
            Kind::Level(Level::Unknown) | Kind::Paper => Colour::new(0, 0, 0),
        }
    }

    /// The shape beside the word.
    pub const fn shape(self) -> Shape {
        match self.0 {
            Kind::Level(Level::Low) => Shape::Circle,
            Kind::Level(Level::Medium) => Shape::Triangle,
            Kind::Level(Level::High) => Shape::Square,
            Kind::Level(Level::Unknown) => Shape::Diamond,
            Kind::Paper => Shape::Sheet,
        }
    }

    /// The word in English.
    pub const fn word(self) -> &'static str {
        match self.0 {
            Kind::Level(level) => level.word(),
            Kind::Paper => "paper",
        }
    }

    /// The word in Chinese.
    pub const fn word_zh(self) -> &'static str {
        match self.0 {
            Kind::Level(level) => level.word_zh(),
            Kind::Paper => "纸质码",
        }
    }

    /// The word in both languages.
    pub fn words(self) -> String {
        format!("{} {}", self.word_zh(), self.word())
    }
}

impl Shape {
    /// Whether a point belongs to the shape; both coordinates run from −1 to 1, downwards.
    pub(crate) fn contains(self, x: f64, y: f64) -> bool {
        match self {
            Self::Circle => x * x + y * y <= 1.0,
            Self::Triangle => y <= 0.9 && x.abs() <= (y + 1.0) / 1.9,
            Self::Square => x.abs() <= 0.85 && y.abs() <= 0.85,
            Self::Diamond => x.abs() + y.abs() <= 1.0,
            Self::Sheet => x.abs() <= 0.6 && y.abs() <= 1.0,
        }
    }

    /// The character that stands for the shape in a terminal.
    pub const fn character(self) -> char {
        match self {
            Self::Circle => '●',
            Self::Triangle => '▲',
            Self::Square => '■',
            Self::Diamond => '◆',
            Self::Sheet => '▮',
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_looks_share_word_or_shape_and_no_two_levels_a_colour() {
        let looks: Vec<_> = Level::ALL.into_iter().map(Look::of).collect();
        let colours: BTreeSet<_> = looks.iter().map(|look| look.colour().hex()).collect();
        assert_eq!(colours.len(), 4);
        let all = || looks.iter().copied().chain([Look::paper()]);
        assert_eq!(all().map(Look::words).collect::<BTreeSet<_>>().len(), 5);
        let shapes: BTreeSet<_> = all().map(|look| look.shape().character()).collect();
        assert_eq!(shapes.len(), 5);
    }

    #[test]
    fn paper_says_no_level() {
        assert_eq!(Look::paper().level(), None);
        assert_eq!(Look::paper().colour().hex(), "#000000");
        assert_eq!(Look::paper().words(), "纸质码 paper");
    }

    #[test]
    fn unknown_is_neither_green_nor_red() {
        assert_eq!(Look::of(Level::Unknown).colour().hex(), "#000000");
        assert_eq!(Look::of(Level::Low).colour().hex(), "#39b778");
    }
}
