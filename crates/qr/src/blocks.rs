//! Block characters for a terminal.

use core::fmt::Write;

use crate::look::Look;
use crate::matrix::{QUIET_ZONE, QrCode};

/// What a terminal can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    /// Modules in the level's colour on white, by 24-bit colour sequences.
    Colour,
    /// No sequences: light modules are drawn and dark ones left out, for light letters on dark.
    LightOnDark,
    /// No sequences: dark modules are drawn, for dark letters on light.
    DarkOnLight,
}

/// The code with its quiet zone, two rows of modules to a line, and a last line with shape, words
/// and, where it says one, the level's two digits.
pub fn terminal(code: &QrCode, look: Look, paint: Paint) -> String {
    let side = code.size() + 2 * QUIET_ZONE;
    let dark = |column: usize, row: usize| {
        let inside = column >= QUIET_ZONE && row >= QUIET_ZONE;
        inside && code.is_dark(column - QUIET_ZONE, row - QUIET_ZONE)
    };
    let mut text = String::new();
    let colour = look.colour();
    let (start, end) = match paint {
        Paint::Colour => (
            format!(
                "\x1b[38;2;{};{};{};48;2;255;255;255m",
                colour.red, colour.green, colour.blue
            ),
            "\x1b[0m",
        ),
        Paint::LightOnDark | Paint::DarkOnLight => (String::new(), ""),
    };
    let drawn = |column: usize, row: usize| match paint {
        // An odd last row has nothing below it: the background, whichever that is.
        Paint::LightOnDark => row < side && !dark(column, row),
        Paint::Colour | Paint::DarkOnLight => row < side && dark(column, row),
    };
    for row in (0..side).step_by(2) {
        text.push_str(&start);
        for column in 0..side {
            text.push(match (drawn(column, row), drawn(column, row + 1)) {
                (false, false) => ' ',
                (true, false) => '▀',
                (false, true) => '▄',
                (true, true) => '█',
            });
        }
        text.push_str(end);
        text.push('\n');
    }
    let mark = look.shape().character();
    // Writing into a String cannot fail.
    let code = look.level().map(|level| format!(" ({})", level.code()));
    let code = code.unwrap_or_default();
    writeln!(text, "    {mark} {}{code}", look.words()).unwrap_or_default();
    text
}

#[cfg(test)]
mod tests {
    use hc_code::Level;

    use super::*;

    /// The modules that a terminal would show as drawn.
    fn drawn(text: &str) -> Vec<Vec<bool>> {
        let mut rows = Vec::new();
        for line in text.lines().take(text.lines().count() - 1) {
            let line: String = match line.split_once('m') {
                Some((_, rest)) => rest.trim_end_matches("\x1b[0m").to_owned(),
                None => line.to_owned(),
            };
            rows.push(line.chars().map(|it| "▀█".contains(it)).collect());
            rows.push(line.chars().map(|it| "▄█".contains(it)).collect());
        }
        rows
    }

    #[test]
    fn blocks_show_exactly_the_modules() {
        let code = QrCode::of("HC:TERMINAL").unwrap();
        let side = code.size() + 8;
        for paint in [Paint::Colour, Paint::LightOnDark, Paint::DarkOnLight] {
            let rows = drawn(&terminal(&code, Look::of(Level::High), paint));
            for (y, row) in rows.iter().enumerate().take(side) {
                assert_eq!(row.len(), side);
                for (x, drawn) in row.iter().enumerate() {
                    let dark = x >= 4 && y >= 4 && code.is_dark(x - 4, y - 4);
                    assert_eq!(*drawn, dark != (paint == Paint::LightOnDark));
                }
            }
        }
    }

    #[test]
    fn the_last_line_says_shape_word_and_level() {
        let code = QrCode::of("HC").unwrap();
        for (level, last) in [
            (Level::Low, "    ● 低风险 low (00)"),
            (Level::Medium, "    ▲ 中风险 medium (01)"),
            (Level::High, "    ■ 高风险 high (10)"),
            (Level::Unknown, "    ◆ 未知 unknown (20)"),
        ] {
            let text = terminal(&code, Look::of(level), Paint::DarkOnLight);
            assert_eq!(text.lines().last(), Some(last));
        }
        let text = terminal(&code, Look::paper(), Paint::DarkOnLight);
        assert_eq!(text.lines().last(), Some("    ▮ 纸质码 paper"));
    }
}
