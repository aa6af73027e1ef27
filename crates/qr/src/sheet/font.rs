//! The font of the sheets: TrueType, embedded whole, addressed by glyph (ISO 32000-1 §9.7).

use std::collections::BTreeMap;

use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Filter, Name, Pdf, Rect, Ref, Str};
use ttf_parser::Face;

use super::SheetError;

/// The letters of the sheets out of Noto Sans CJK SC; `font/README.md` says how it was made.
const BYTES: &[u8] = include_bytes!("../../font/paper.ttf");
/// The tag says that the font has some letters only (ISO 32000-1 §9.6.4).
const NAME: Name<'static> = Name(b"HCPAPR+NotoSansCJKsc-Regular");
/// Glyphs are named by their numbers.
const ORDER: SystemInfo<'static> = SystemInfo {
    registry: Str(b"Adobe"),
    ordering: Str(b"Identity"),
    supplement: 0,
};

/// The font, and which of its glyphs were used for which letters.
pub(super) struct Font {
    face: Face<'static>,
    used: BTreeMap<u16, char>,
}

impl Font {
    pub(super) fn bundled() -> Result<Self, SheetError> {
        let face = Face::parse(BYTES, 0).map_err(|_| SheetError::Font)?;
        Ok(Self {
            face,
            used: BTreeMap::new(),
        })
    }

    /// The glyphs of a text, two bytes each; a letter that the font lacks is its empty box.
    pub(super) fn glyphs(&mut self, text: &str) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(text.len());
        for letter in text.chars() {
            let glyph = self.face.glyph_index(letter).map_or(0, |glyph| glyph.0);
            self.used.entry(glyph).or_insert(letter);
            bytes.extend_from_slice(&glyph.to_be_bytes());
        }
        bytes
    }

    /// How wide a text is at a size.
    pub(super) fn width(&self, text: &str, size: f32) -> f32 {
        let advance = |letter| {
            let glyph = self.face.glyph_index(letter)?;
            self.face.glyph_hor_advance(glyph)
        };
        let units: f32 = text.chars().filter_map(advance).map(f32::from).sum();
        units * size / f32::from(self.face.units_per_em())
    }

    /// Whether there is a glyph for every letter of a text.
    #[cfg(test)]
    pub(super) fn has(&self, text: &str) -> bool {
        text.chars()
            .all(|letter| self.face.glyph_index(letter).is_some())
    }

    /// Writes the font as five objects, the first under `first`.
    pub(super) fn write(&self, pdf: &mut Pdf, first: i32) {
        let [font, descendant, descriptor, unicode, file] =
            [0, 1, 2, 3, 4].map(|place| Ref::new(first + place));
        pdf.type0_font(font)
            .base_font(NAME)
            .encoding_predefined(Name(b"Identity-H"))
            .descendant_font(descendant)
            .to_unicode(unicode);
        let scale = 1000.0 / f32::from(self.face.units_per_em());
        {
            let mut cid = pdf.cid_font(descendant);
            cid.subtype(CidFontType::Type2)
                .base_font(NAME)
                .system_info(ORDER)
                .font_descriptor(descriptor)
                .default_width(1000.0)
                .cid_to_gid_map_predefined(Name(b"Identity"));
            let widths = (0..self.face.number_of_glyphs()).map(|glyph| {
                let advance = self.face.glyph_hor_advance(ttf_parser::GlyphId(glyph));
                f32::from(advance.unwrap_or_default()) * scale
            });
            cid.widths().consecutive(0, widths);
        }
        let bounds = self.face.global_bounding_box();
        let side = |value: i16| f32::from(value) * scale;
        let capital = self
            .face
            .capital_height()
            .unwrap_or_else(|| self.face.ascender());
        pdf.font_descriptor(descriptor)
            .name(NAME)
            .flags(FontFlags::SYMBOLIC)
            .bbox(Rect::new(
                side(bounds.x_min),
                side(bounds.y_min),
                side(bounds.x_max),
                side(bounds.y_max),
            ))
            .italic_angle(0.0)
            .ascent(side(self.face.ascender()))
            .descent(side(self.face.descender()))
            .cap_height(side(capital))
            .stem_v(80.0)
            .font_file2(file);
        let mut map = UnicodeCmap::new(Name(b"Letters"), ORDER);
        for (glyph, letter) in &self.used {
            map.pair(*glyph, *letter);
        }
        let map = map.finish();
        pdf.cmap(unicode, &map);
        // A font file says its own length again (§9.9).
        let length = i32::try_from(BYTES.len()).unwrap_or(i32::MAX);
        let content = super::compressed(BYTES);
        let mut stream = pdf.stream(file, &content);
        stream.filter(Filter::FlateDecode);
        stream.pair(Name(b"Length1"), length);
    }
}
