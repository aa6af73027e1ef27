//! `imgStream` and `width`: the code as a bit matrix for whoever draws it.
//!
//! One bit a module, 1 is dark, the rows from top to bottom, each padded to whole bytes, the most significant
//! bit first; no quiet zone, which the drawer adds (four modules by GB/T 18284; clients of practice draw five).

use base64ct::{Base64, Encoding};
use hc_qr::{QrCode, TextTooLong};

/// The modules of a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BitImage {
    width: usize,
    bytes: Vec<u8>,
}

impl BitImage {
    /// The image of a code's text: the same modules as in every picture that this region shows.
    ///
    /// # Errors
    /// [`TextTooLong`].
    pub fn of(text: &str) -> Result<Self, TextTooLong> {
        let code = QrCode::of(text)?;
        let width = code.size();
        let mut bytes = Vec::with_capacity(width * width.div_ceil(8));
        for row in 0..width {
            for first in (0..width).step_by(8) {
                let byte = (first..first + 8).fold(0, |byte, column| {
                    byte << 1 | u8::from(code.is_dark(column, row))
                });
                bytes.push(byte);
            }
        }
        Ok(Self { width, bytes })
    }

    /// Modules on a side.
    pub const fn width(&self) -> usize {
        self.width
    }

    /// The rows.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// `imgStream`: base64 of the rows.
    pub fn stream(&self) -> String {
        Base64::encode_string(&self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Draws a matrix as a client does, four pixels a module within a quiet zone of five, and reads it.
    fn read(stream: &str, width: usize) -> String {
        let bytes = Base64::decode_vec(stream).unwrap();
        let a_row = width.div_ceil(8);
        assert_eq!(bytes.len(), a_row * width);
        let side = (width + 10) * 4;
        let dark = |x: usize, y: usize| {
            let (column, row) = ((x / 4).wrapping_sub(5), (y / 4).wrapping_sub(5));
            column < width
                && row < width
                && bytes[row * a_row + column / 8] & (0x80 >> (column % 8)) != 0
        };
        let mut drawn = rqrr::PreparedImage::prepare_from_greyscale(side, side, |x, y| {
            if dark(x, y) { 0 } else { 255 }
        });
        let found = drawn.detect_grids();
        assert_eq!(found.len(), 1);
        found[0].decode().unwrap().1
    }

    #[test]
    fn the_image_decodes_to_the_text_of_the_code() {
        let long: String = (0..420)
            .map(|place| char::from(b'A' + (place % 26) as u8))
            .collect();
        for text in ["HC1P:330100:L00:X", "HC1", long.as_str()] {
            let image = BitImage::of(text).unwrap();
            assert_eq!(read(&image.stream(), image.width()), text);
        }
    }

    #[test]
    fn rows_are_padded_to_bytes_with_light_modules() {
        let image = BitImage::of("HC1").unwrap();
        assert_eq!((image.width(), image.bytes().len()), (21, 63));
        // The finder in the corner: seven dark, one light; three bits of padding at the end of a row.
        assert_eq!(image.bytes()[0], 0b1111_1110);
        assert!(
            image
                .bytes()
                .chunks(3)
                .all(|row| row[2].trailing_zeros() >= 3)
        );
        assert!(BitImage::of(&"A".repeat(4000)).is_err());
    }
}
