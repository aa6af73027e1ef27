//! How a level is shown: colour, word and shape, always together.

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
}

/// How one level looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    level: Level,
}

impl Look {
    /// The look of a level.
    pub const fn of(level: Level) -> Self {
        Self { level }
    }

    /// The level.
    pub const fn level(self) -> Level {
        self.level
    }

    /// The colour of the modules, as deployed codes had them.
    pub const fn colour(self) -> Colour {
        match self.level {
            Level::Low => Colour::new(0x39, 0xb7, 0x78),
            Level::Medium => Colour::new(0xf5, 0xd0, 0x00),
            Level::High => Colour::new(0xd8, 0x24, 0x2b),
            Level::Unknown => Colour::new(0, 0, 0),
        }
    }

    /// The shape beside the word.
    pub const fn shape(self) -> Shape {
        match self.level {
            Level::Low => Shape::Circle,
            Level::Medium => Shape::Triangle,
            Level::High => Shape::Square,
            Level::Unknown => Shape::Diamond,
        }
    }

    /// The word in both languages.
    pub fn words(self) -> String {
        format!("{} {}", self.level.word_zh(), self.level.word())
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
        }
    }

    /// The character that stands for the shape in a terminal.
    pub const fn character(self) -> char {
        match self {
            Self::Circle => '●',
            Self::Triangle => '▲',
            Self::Square => '■',
            Self::Diamond => '◆',
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_levels_share_colour_word_or_shape() {
        let looks = Level::ALL.map(Look::of);
        let of = |part: &dyn Fn(Look) -> String| {
            looks
                .iter()
                .map(|look| part(*look))
                .collect::<BTreeSet<_>>()
        };
        assert_eq!(of(&|look| look.colour().hex()).len(), 4);
        assert_eq!(of(&|look| look.words()).len(), 4);
        assert_eq!(of(&|look| look.shape().character().to_string()).len(), 4);
    }

    #[test]
    fn unknown_is_neither_green_nor_red() {
        assert_eq!(Look::of(Level::Unknown).colour().hex(), "#000000");
        assert_eq!(Look::of(Level::Low).colour().hex(), "#39b778");
    }
}
