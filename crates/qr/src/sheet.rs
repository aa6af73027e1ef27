//! A paper code as a sheet for a printer: PDF 1.7 (ISO 32000-1), as a card or as a page of A4.
//!
//! Everything is drawn in one ink. The font is part of the file, so that it looks the same on every printer; it has the
//! letters of these sheets and no others (`font/`). Nothing about the person stands on it: there is a line for their
//! name, which they may fill in.

mod font;
mod page;

use pdf_writer::{Content, Filter, Name, Pdf, Rect, Ref};

use crate::matrix::{QrCode, TextTooLong};
use font::Font;

/// What stands on a sheet.
#[derive(Clone, Copy)]
pub struct PaperSheet<'a> {
    /// The text of the paper code.
    pub text: &'a str,
    /// The division that issued it: six digits.
    pub region: &'a str,
    /// The last day on which it is good, as 2023-01-04.
    pub until: &'a str,
    /// The end of its number, by which its holder tells it from others.
    pub number: &'a str,
}

impl core::fmt::Debug for PaperSheet<'_> {
    // The text is a code: it is not for logs.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "PaperSheet({}, until {})", self.region, self.until)
    }
}

/// How a sheet is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SheetLayout {
    /// A card of ISO/IEC 7810 ID-1, 85.6 by 54 mm.
    Card,
    /// A page of A4, 210 by 297 mm, with a large code, what to do with it, and a card to cut out.
    A4,
}

/// Why there is no sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SheetError {
    /// The text.
    #[error(transparent)]
    Text(#[from] TextTooLong),
    /// The font that is part of the program.
    #[error("the font cannot be read")]
    Font,
}

/// The sheet as a file.
///
/// # Errors
/// [`SheetError`].
pub fn paper_pdf(sheet: &PaperSheet<'_>, layout: SheetLayout) -> Result<Vec<u8>, SheetError> {
    let code = QrCode::of(sheet.text)?;
    let mut font = Font::bundled()?;
    let mut drawing = page::Drawing::new(&mut font);
    let (width, height) = match layout {
        SheetLayout::Card => drawing.card(sheet, &code),
        SheetLayout::A4 => drawing.a4(sheet, &code),
    };
    let content = drawing.finish();
    let mut pdf = Pdf::new();
    let [catalog, pages, page, drawn] = [1, 2, 3, 4].map(Ref::new);
    let first_of_font = 5;
    pdf.catalog(catalog).pages(pages);
    pdf.pages(pages).kids([page]).count(1);
    {
        let mut written = pdf.page(page);
        written
            .parent(pages)
            .media_box(Rect::new(0.0, 0.0, width, height))
            .contents(drawn);
        let mut resources = written.resources();
        resources.fonts().pair(FONT, Ref::new(first_of_font));
    }
    let content = compressed(&content);
    pdf.stream(drawn, &content).filter(Filter::FlateDecode);
    font.write(&mut pdf, first_of_font);
    Ok(pdf.finish())
}

/// A stream as its reader expands it.
fn compressed(content: &[u8]) -> Vec<u8> {
    const BEST_IN_REASON: u8 = 8;
    miniz_oxide::deflate::compress_to_vec_zlib(content, BEST_IN_REASON)
}

/// The font's name on a page.
const FONT: Name<'static> = Name(b"F");

/// Drawing operations as they are written.
type Operations = Content;

#[cfg(test)]
mod tests;
