//! PNG, in a palette of three.

use crate::look::Look;
use crate::matrix::QrCode;
use crate::picture::{Ink, Picture};

/// Pixels on a side of a module: 1 to 64.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale(u8);

/// A number of pixels that no module has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} pixels for a module: it must be 1 to 64")]
pub struct ScaleError(pub u8);

impl Scale {
    /// That many pixels.
    ///
    /// # Errors
    /// [`ScaleError`] outside 1 to 64.
    pub const fn new(pixels: u8) -> Result<Self, ScaleError> {
        if pixels == 0 || pixels > 64 {
            Err(ScaleError(pixels))
        } else {
            Ok(Self(pixels))
        }
    }
}

/// The picture could not be written.
#[derive(Debug, thiserror::Error)]
#[error("the picture could not be written: {0}")]
pub struct PngError(#[from] png::EncodingError);

/// The code with its quiet zone, below it shape and words of the level in both languages, as a PNG.
/// The few characters that this takes are drawn from dots of our own.
///
/// # Errors
/// [`PngError`]; memory is all that it takes.
pub fn png(code: &QrCode, look: Look, scale: Scale) -> Result<Vec<u8>, PngError> {
    let picture = Picture { code, look };
    let pixels = usize::from(scale.0);
    let (width, height) = (picture.width() * pixels, picture.height() * pixels);
    let colour = look.colour();
    let mut out = Vec::new();
    let side = |pixels: usize| u32::try_from(pixels).unwrap_or(u32::MAX);
    let mut encoder = png::Encoder::new(&mut out, side(width), side(height));
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Two);
    encoder.set_palette(vec![
        255,
        255,
        255,
        colour.red,
        colour.green,
        colour.blue,
        0,
        0,
        0,
    ]);
    let mut writer = encoder.write_header()?;
    let mut data = Vec::with_capacity(width.div_ceil(4) * height);
    for row in 0..height {
        let mut line = vec![0_u8; width.div_ceil(4)];
        for column in 0..width {
            let ink = picture.ink(middle(column, pixels), middle(row, pixels));
            let index = match ink {
                Ink::White => 0,
                Ink::Level => 1,
                Ink::Black => 2,
            };
            if let Some(byte) = line.get_mut(column / 4) {
                *byte |= index << (6 - column % 4 * 2);
            }
        }
        data.extend(line);
    }
    writer.write_image_data(&data)?;
    writer.finish()?;
    Ok(out)
}

/// The middle of a pixel, in modules.
#[expect(clippy::cast_precision_loss, reason = "at most 64 × 200 pixels")]
fn middle(pixel: usize, scale: usize) -> f64 {
    (pixel as f64 + 0.5) / scale as f64
}

#[cfg(test)]
mod tests {
    use hc_code::Level;

    use super::*;

    #[test]
    fn every_module_and_the_quiet_zone_stand_where_they_must() {
        let code = QrCode::of("HC:TEST").unwrap();
        for look in Level::ALL.into_iter().map(Look::of).chain([Look::paper()]) {
            let bytes = png(&code, look, Scale::new(3).unwrap()).unwrap();
            let mut decoder = png::Decoder::new(std::io::Cursor::new(bytes));
            decoder.set_transformations(png::Transformations::EXPAND);
            let mut reader = decoder.read_info().unwrap();
            let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
            let info = reader.next_frame(&mut pixels).unwrap();
            let colour = look.colour();
            let dark = [colour.red, colour.green, colour.blue];
            let side = code.size() + 8;
            assert_eq!(info.width as usize, side * 3);
            for row in 0..side {
                for column in 0..side {
                    let at = (row * 3 + 1) * info.line_size + (column * 3 + 1) * 3;
                    let inside = column >= 4 && row >= 4;
                    let due = inside && code.is_dark(column - 4, row - 4);
                    let found = &pixels[at..at + 3];
                    assert_eq!(found, if due { dark } else { [255; 3] }, "{column} {row}");
                }
            }
            let caption = &pixels[side * 3 * info.line_size..];
            for (word, part) in [("Chinese", 0..2), ("English", 2..3)] {
                // The words share the room beside the shape; the last third is English alone.
                let left = 13 * 3;
                let third = (info.width as usize - left - 12) / 3;
                let columns = left + part.start * third..left + part.end * third;
                let drawn = caption
                    .chunks(info.line_size)
                    .any(|line| columns.clone().any(|at| line[at * 3..at * 3 + 3] == [0; 3]));
                assert!(drawn, "no {word} word");
            }
            assert!(caption.chunks(3).any(|pixel| pixel == dark), "no shape");
        }
    }

    #[test]
    fn scales_are_1_to_64() {
        assert_eq!(Scale::new(0), Err(ScaleError(0)));
        assert_eq!(Scale::new(65), Err(ScaleError(65)));
        assert!(Scale::new(64).is_ok());
    }
}
