//! The modules of a QR code (GB/T 18284, ISO/IEC 18004).

use qrcodegen::{QrCodeEcc, QrSegment, Version};

/// White modules on each side, as the standard asks.
pub(crate) const QUIET_ZONE: usize = 4;

/// The square of dark and light modules for one text.
#[derive(Clone)]
pub struct QrCode(qrcodegen::QrCode);

/// The text does not fit into any QR code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a text of {0} bytes fits into no QR code at error correction M")]
pub struct TextTooLong(pub usize);

impl QrCode {
    /// Error correction M, the smallest version that holds the text; digits, capitals and
    /// ` $%*+-./:` alone take the alphanumeric mode, in which codes are written.
    ///
    /// # Errors
    /// [`TextTooLong`] beyond version 40.
    pub fn of(text: &str) -> Result<Self, TextTooLong> {
        let segments = QrSegment::make_segments(text);
        let (first, last) = (Version::MIN, Version::MAX);
        qrcodegen::QrCode::encode_segments_advanced(
            &segments,
            QrCodeEcc::Medium,
            first,
            last,
            None,
            false,
        )
        .map(Self)
        .map_err(|_| TextTooLong(text.len()))
    }

    /// The version, 1 to 40.
    pub fn version(&self) -> u8 {
        self.0.version().value()
    }

    /// Modules on a side, without the quiet zone.
    pub fn size(&self) -> usize {
        usize::from(self.version()) * 4 + 17
    }

    /// Whether a module is dark; those outside the square are light.
    pub fn is_dark(&self, column: usize, row: usize) -> bool {
        let place = |number: usize| i32::try_from(number).unwrap_or(i32::MAX);
        self.0.get_module(place(column), place(row))
    }
}

impl core::fmt::Debug for QrCode {
    // The text is a code: it is not for logs.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "QrCode(version {})", self.version())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ISO/IEC 18004 table 7: alphanumeric characters at level M.
    #[test]
    fn the_version_is_the_smallest_that_holds_the_text() {
        for (characters, version) in [(20, 1), (21, 2), (311, 10), (312, 11), (483, 13), (600, 15)]
        {
            let code = QrCode::of(&"A".repeat(characters)).unwrap();
            assert_eq!(code.version(), version, "{characters}");
        }
        assert_eq!(QrCode::of(&"A".repeat(3391)).unwrap().version(), 40);
        assert_eq!(QrCode::of(&"A".repeat(3392)).err(), Some(TextTooLong(3392)));
    }

    #[test]
    fn the_finder_stands_in_three_corners() {
        let code = QrCode::of("HC1").unwrap();
        let last = code.size() - 1;
        for (column, row) in [(0, 0), (last, 0), (0, last)] {
            assert!(code.is_dark(column, row));
        }
        assert!(!code.is_dark(code.size(), 0));
        assert!(!code.is_dark(usize::MAX, usize::MAX));
    }
}
