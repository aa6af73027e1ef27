//! Where everything stands, in modules: the code in its quiet zone, below it shape and word.

use crate::letters;
use crate::look::Look;
use crate::matrix::{QUIET_ZONE, QrCode};

/// Modules of the caption's height.
const CAPTION: usize = 7;
/// Modules under the caption.
const FOOT: usize = 3;

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

    /// Left and top of the word, and the modules that a dot of its letters takes.
    pub(crate) fn word_box(&self) -> (usize, usize, f64) {
        let left = QUIET_ZONE + CAPTION + 2;
        let room = self.width() - left - QUIET_ZONE;
        let dots = letters::ADVANCE * self.look.word().len();
        #[expect(clippy::cast_precision_loss, reason = "at most 177 modules")]
        let dot = (room as f64 / dots as f64).min(CAPTION as f64 / letters::HEIGHT as f64);
        (left, self.width(), dot)
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
        let (left, top, dot) = self.word_box();
        let (column, row) = ((x - left as f64) / dot, (y - top as f64) / dot);
        let word = self.look.word();
        if column >= 0.0 && row >= 0.0 && letters::is_set(word, column as usize, row as usize) {
            Ink::Black
        } else {
            Ink::White
        }
    }
}
