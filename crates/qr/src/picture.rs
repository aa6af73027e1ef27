//! Where everything stands, in modules: the code in its quiet zone, below it shape and words.

use crate::look::Look;
use crate::matrix::{QUIET_ZONE, QrCode};
use crate::{glyphs, letters};

/// Modules of the caption's height.
const CAPTION: usize = 7;
/// Modules under the caption.
const FOOT: usize = 3;
/// Units between the Chinese and the English word.
const GAP: usize = 3;

/// A code and its caption.
pub(crate) struct Picture<'a> {
    pub(crate) code: &'a QrCode,
    pub(crate) look: Look,
}

/// What a point of the picture shows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ink {
    White,
    Level,
    Black,
}

impl Picture<'_> {
    pub(crate) fn width(&self) -> usize {
        self.code.size() + 2 * QUIET_ZONE
    }

    pub(crate) fn height(&self) -> usize {
        self.width() + CAPTION + FOOT
    }

    /// Left, top and side of the square around the shape.
    pub(crate) fn shape_box(&self) -> (usize, usize, usize) {
        (QUIET_ZONE, self.width(), CAPTION)
    }

    /// Left and top of the words, and the modules that a unit takes: the caption's height has seven
    /// units, where there is room for both words in one line.
    pub(crate) fn word_box(&self) -> (usize, usize, f64) {
        let left = QUIET_ZONE + CAPTION + 2;
        let room = self.width() - left - QUIET_ZONE;
        let units = self.english_at() + letters::ADVANCE * self.look.word().len();
        #[expect(clippy::cast_precision_loss, reason = "at most 177 modules")]
        let unit = (room as f64 / units as f64).min(1.0);
        (left, self.width(), unit)
    }

    /// Units before the English word: the Chinese one, a character as wide as high, and a gap.
    fn english_at(&self) -> usize {
        CAPTION * self.look.word_zh().chars().count() + GAP
    }

    /// The ink at a point, in modules from the upper left corner.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "points lie within at most 200 modules and are not negative"
    )]
    pub(crate) fn ink(&self, x: f64, y: f64) -> Ink {
        let zone = QUIET_ZONE as f64;
        if y < self.width() as f64 - zone {
            let inside = x >= zone && y >= zone;
            return if inside && self.code.is_dark((x - zone) as usize, (y - zone) as usize) {
                Ink::Level
            } else {
                Ink::White
            };
        }
        let (left, top, side) = self.shape_box();
        let radius = side as f64 / 2.0;
        let centred = |point: f64, start: usize| (point - start as f64 - radius) / radius;
        if self
            .look
            .shape()
            .contains(centred(x, left), centred(y, top))
        {
            return Ink::Level;
        }
        let (left, top, unit) = self.word_box();
        let (across, down) = ((x - left as f64) / unit, (y - top as f64) / unit);
        if across < 0.0 || down < 0.0 {
            return Ink::White;
        }
        let english_at = self.english_at() as f64;
        let set = if across < english_at {
            let dots = |units: f64, per: usize| (units * per as f64 / CAPTION as f64) as usize;
            let (column, row) = (dots(across, glyphs::ADVANCE), dots(down, glyphs::SIDE));
            glyphs::is_set(self.look.word_zh(), column, row)
        } else {
            let column = (across - english_at) as usize;
            letters::is_set(self.look.word(), column, down as usize)
        };
        if set { Ink::Black } else { Ink::White }
    }
}
