//! Where things stand on the sheets. Lengths are points (1/72 inch), from the lower left corner.

use pdf_writer::Str;

use super::font::Font;
use super::{FONT, Operations, PaperSheet};
use crate::matrix::QrCode;

/// Points in a millimetre.
const MM: f32 = 72.0 / 25.4;
const CARD: (f32, f32) = (85.6 * MM, 53.98 * MM);
const A4: (f32, f32) = (210.0 * MM, 297.0 * MM);
/// How grey the lines to cut along are.
const GREY: f32 = 0.55;

/// A page while it is drawn.
pub(super) struct Drawing<'a> {
    font: &'a mut Font,
    operations: Operations,
}

impl<'a> Drawing<'a> {
    pub(super) fn new(font: &'a mut Font) -> Self {
        Self {
            font,
            operations: Operations::new(),
        }
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.operations.finish().to_vec()
    }

    /// The card alone; gives the size of the page.
    pub(super) fn card(&mut self, sheet: &PaperSheet<'_>, code: &QrCode) -> (f32, f32) {
        self.face(sheet, code, (0.0, 0.0));
        CARD
    }

    /// The page with the large code; gives its size.
    pub(super) fn a4(&mut self, sheet: &PaperSheet<'_>, code: &QrCode) -> (f32, f32) {
        let (width, height) = A4;
        let left = 20.0 * MM;
        self.text("纸质健康码", left, height - 28.0 * MM, 26.0);
        self.text("Paper health code", left, height - 37.0 * MM, 15.0);
        let side = 105.0 * MM;
        self.modules(
            code,
            ((width - side) / 2.0, height - 48.0 * MM - side),
            side,
        );
        let mut line = height - 168.0 * MM;
        let facts = [
            format!("签发地区 Region  {}", sheet.region),
            format!("有效至 Good until  {}", sheet.until),
            format!("编号 Number  …{}", sheet.number),
        ];
        for fact in &facts {
            self.text(fact, left, line, 12.0);
            line -= 6.5 * MM;
        }
        let advice = [
            (
                "请向闸机或工作人员出示此码。上面没有任何健康信息，闸机凭它查验当天的状态。",
                "Show this code to the gate. It holds no facts about you; the gate looks up the state of the day.",
            ),
            (
                "不需要手机。任何人都可以代为打印。复印件与原件相同，请像对待证件一样保管。",
                "No phone is needed. Anybody may print it for you. A copy is as good as this sheet: keep it as a document.",
            ),
            (
                "遗失请立即在“纸质码”里注销，或到服务点办理。",
                "If it is lost, withdraw it under “Paper” on the page, or at a counter.",
            ),
        ];
        line -= 2.0 * MM;
        for (chinese, english) in advice {
            self.text(chinese, left, line, 10.5);
            self.text(english, left, line - 4.8 * MM, 8.5);
            line -= 11.5 * MM;
        }
        let corner = ((width - CARD.0) / 2.0, 14.0 * MM);
        self.dashes(corner, CARD);
        self.text(
            "沿虚线剪下  Cut along the line",
            corner.0,
            corner.1 + CARD.1 + 2.0 * MM,
            8.0,
        );
        self.face(sheet, code, corner);
        A4
    }

    /// The face of the card.
    fn face(&mut self, sheet: &PaperSheet<'_>, code: &QrCode, (x, y): (f32, f32)) {
        let side = 46.0 * MM;
        self.modules(code, (x + 2.0 * MM, y + (CARD.1 - side) / 2.0), side);
        let left = x + 50.0 * MM;
        let room = CARD.0 - 52.5 * MM;
        let top = y + CARD.1;
        let lines = [
            ("纸质健康码", 9.5, 13.0),
            ("Paper health code", 14.0, 8.5),
            ("签发地区 Region", 21.0, 6.5),
            (sheet.region, 24.8, 9.0),
            ("有效至 Good until", 30.0, 6.5),
            (sheet.until, 33.8, 9.0),
            ("持有人 Holder", 39.0, 6.5),
        ];
        for (text, down, size) in lines {
            self.fitting(text, (left, top - down * MM), size, room);
        }
        self.line((left, top - 45.5 * MM), room);
        let number = format!("…{}", sheet.number);
        self.fitting(&number, (left, top - 50.5 * MM), 6.5, room);
    }

    /// A text that is made smaller where it would leave its room.
    fn fitting(&mut self, text: &str, (x, y): (f32, f32), size: f32, room: f32) {
        let wide = self.font.width(text, size);
        let size = if wide > room {
            size * room / wide
        } else {
            size
        };
        self.text(text, x, y, size);
    }

    fn text(&mut self, text: &str, x: f32, y: f32, size: f32) {
        let glyphs = self.font.glyphs(text);
        self.operations
            .begin_text()
            .set_font(FONT, size)
            .next_line(x, y)
            .show(Str(&glyphs))
            .end_text();
    }

    /// The code within a square, its quiet zone inside.
    fn modules(&mut self, code: &QrCode, (x, y): (f32, f32), side: f32) {
        let count = code.size() + 2 * crate::matrix::QUIET_ZONE;
        #[expect(clippy::cast_precision_loss, reason = "at most 185 modules")]
        let at = |number: usize| number as f32 * side / count as f32;
        for row in 0..code.size() {
            let mut column = 0;
            while column < code.size() {
                let run = (column..code.size())
                    .take_while(|column| code.is_dark(*column, row))
                    .count();
                if run > 0 {
                    let left = x + at(column + crate::matrix::QUIET_ZONE);
                    let low = y + side - at(row + crate::matrix::QUIET_ZONE + 1);
                    self.operations.rect(left, low, at(run), at(1));
                }
                column += run.max(1);
            }
        }
        self.operations.fill_nonzero();
    }

    fn line(&mut self, (x, y): (f32, f32), length: f32) {
        self.operations
            .set_line_width(0.4)
            .move_to(x, y)
            .line_to(x + length, y)
            .stroke();
    }

    fn dashes(&mut self, (x, y): (f32, f32), (width, height): (f32, f32)) {
        self.operations
            .save_state()
            .set_stroke_gray(GREY)
            .set_line_width(0.6)
            .set_dash_pattern([3.0, 3.0], 0.0)
            .rect(x, y, width, height)
            .stroke()
            .restore_state();
    }
}
