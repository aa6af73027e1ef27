//! The sheets hold what they promise: the letters, the size, and a code that reads.

use super::font::Font;
use super::*;

fn sheet(text: &str) -> PaperSheet<'_> {
    PaperSheet {
        text,
        region: "330000",
        until: "2023-01-04",
        number: "5a5a5a",
    }
}

fn text() -> String {
    format!("HC1P:330000:P--:000{}", "0A+".repeat(75))
}

#[test]
fn every_letter_of_the_sheets_is_in_the_font() {
    let font = Font::bundled().unwrap();
    // What stands in the source of the page is what stands on it.
    let source = include_str!("page.rs");
    let mut looked = 0;
    for literal in source.split('"').skip(1).step_by(2) {
        looked += literal.chars().filter(|letter| !letter.is_ascii()).count();
        assert!(font.has(&literal.replace('\\', "")), "{literal}");
    }
    assert!(looked > 100, "only {looked} letters were looked at");
    assert!(font.has("0123456789abcdef-…"));
    assert!(!font.has("龍"));
}

#[test]
fn a_sheet_is_a_file_of_its_size_with_its_font() {
    let text = text();
    for (layout, width) in [(SheetLayout::Card, "242.6"), (SheetLayout::A4, "595.2")] {
        let bytes = paper_pdf(&sheet(&text), layout).unwrap();
        let shown = String::from_utf8_lossy(&bytes);
        assert!(shown.starts_with("%PDF-1.7"));
        assert!(shown.trim_end().ends_with("%%EOF"));
        assert!(
            shown.contains(&format!("/MediaBox [0 0 {width}")),
            "{layout:?}"
        );
        assert!(shown.contains("/FontFile2"));
        assert!(bytes.len() < 45_000, "{}", bytes.len());
    }
}

#[test]
fn a_text_that_fits_no_code_is_refused() {
    let long = "A".repeat(3392);
    let refused = paper_pdf(&sheet(&long), SheetLayout::Card);
    assert_eq!(refused, Err(SheetError::Text(TextTooLong(3392))));
}

#[test]
fn a_sheet_is_not_shown_in_logs() {
    let text = text();
    assert!(!format!("{:?}", sheet(&text)).contains("0A+"));
}
