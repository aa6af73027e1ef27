//! Films of codes as a camera at a gate sees them: held at an angle, out of focus, in glare, in poor
//! light, with the noise of a cheap sensor. The same seed makes the same film.
//!
//! [`View::shoot`] makes one [`Frame`]; [`Y4m`] writes frames as a file that a browser takes for a camera.

mod y4m;

pub use y4m::Y4m;

use hc_qr::QrCode;

use crate::Seeded;

/// White modules around the dark ones.
const QUIET_ZONE: f32 = 4.0;
/// What is behind the code: a dark sleeve, a hand, a wet street.
const BACKGROUND: f32 = 96.0;
/// How far the lens is from the picture, in pixels: about the view of a phone's camera.
const FOCAL: f32 = 700.0;
/// Samples on a side of each pixel.
const SAMPLES: usize = 2;

/// How a code is held before the camera.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    /// Length of an edge of the code with its quiet zone, in pixels, when it is held straight.
    pub edge: f32,
    /// Where its middle is, from the middle of the picture, in pixels.
    pub offset: (f32, f32),
    /// Degrees: turned in the picture, to the side, backwards.
    pub turned: (f32, f32, f32),
    /// Out of focus by so many pixels (standard deviation).
    pub blur: f32,
    /// A reflection.
    pub glare: Option<Glare>,
    /// Luma of dark and of white.
    pub tones: (f32, f32),
    /// The most by which a pixel is wrong.
    pub noise: u8,
}

/// A round reflection on the glass, white in its middle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Glare {
    /// Where, from the middle of the picture, in pixels.
    pub at: (f32, f32),
    /// Its radius in pixels.
    pub radius: f32,
    /// What it adds to the luma in its middle.
    pub strength: f32,
}

/// One picture: luma only, row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    width: usize,
    height: usize,
    luma: Vec<u8>,
}

impl Frame {
    /// A picture of one luma: nothing is held before the camera.
    pub fn empty((width, height): (usize, usize)) -> Self {
        let luma = vec![byte(BACKGROUND); width * height];
        Self {
            width,
            height,
            luma,
        }
    }

    /// Width and height in pixels.
    pub const fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    /// The luma, row by row.
    pub fn luma(&self) -> &[u8] {
        &self.luma
    }

    /// The picture with a number down its left side, a square for each bit, the highest first, white for one: it tells
    /// whoever measures which frame this is. Codes are held in the middle, so nothing of them is covered.
    #[must_use]
    pub fn numbered(mut self, edge: usize, bits: u32, number: u32) -> Self {
        let squares = self.luma.chunks_mut((self.width * edge).max(1));
        for (square, bit) in squares.zip((0..bits).rev()) {
            let luma = if (number >> bit) & 1 == 1 { 255 } else { 0 };
            for row in square.chunks_mut(self.width.max(1)) {
                row.iter_mut().take(edge).for_each(|pixel| *pixel = luma);
            }
        }
        self
    }
}

impl View {
    /// Held straight, in focus, in good light.
    pub const fn plain(edge: f32) -> Self {
        Self {
            edge,
            offset: (0.0, 0.0),
            turned: (0.0, 0.0, 0.0),
            blur: 0.0,
            glare: None,
            tones: (32.0, 232.0),
            noise: 0,
        }
    }

    /// Held as people hold it at a door: a little turned and tilted, not quite in focus, with noise.
    pub fn by_hand(edge: f32, random: &mut Seeded) -> Self {
        let mut some = |most: f32| {
            let drawn = f32::from(u16::try_from(random.below(2001)).unwrap_or(1000));
            (drawn / 1000.0 - 1.0) * most
        };
        Self {
            edge: edge + some(edge / 12.0),
            offset: (some(24.0), some(18.0)),
            turned: (some(15.0), some(18.0), some(18.0)),
            blur: 0.6 + some(0.4),
            glare: None,
            tones: (56.0 + some(20.0), 208.0 + some(20.0)),
            noise: 6,
        }
    }

    /// The picture of a code in this view.
    pub fn shoot(&self, code: &QrCode, size: (usize, usize), random: &mut Seeded) -> Frame {
        let (width, height) = size;
        let plane = Plane::of(self, size);
        let modules = whole(code.size()) + 2.0 * QUIET_ZONE;
        let (dark, light) = self.tones;
        let tone = |x: f32, y: f32| {
            let Some((u, v)) = plane.at(x, y) else {
                return BACKGROUND;
            };
            let place = |along: f32| (along + 0.5) * modules;
            let (column, row) = (place(u), place(v));
            let within = 0.0..modules;
            if !within.contains(&column) || !within.contains(&row) {
                return BACKGROUND;
            }
            let module = |along: f32| (along >= QUIET_ZONE).then(|| floor(along - QUIET_ZONE));
            match (module(column), module(row)) {
                (Some(column), Some(row)) if code.is_dark(column, row) => dark,
                _ => light,
            }
        };
        let mut picture = Vec::with_capacity(width * height);
        for row in 0..height {
            for column in 0..width {
                let mut sum = 0.0;
                for sample in 0..SAMPLES * SAMPLES {
                    let part = |number: usize| (whole(number) + 0.5) / whole(SAMPLES);
                    let x = whole(column) + part(sample % SAMPLES);
                    let y = whole(row) + part(sample / SAMPLES);
                    sum += tone(x, y);
                }
                picture.push(sum / whole(SAMPLES * SAMPLES));
            }
        }
        let mut picture = blurred(picture, width, self.blur);
        for (place, pixel) in picture.iter_mut().enumerate() {
            if let Some(glare) = &self.glare {
                let x = whole(place % width) - whole(width) / 2.0 - glare.at.0;
                let y = whole(place / width) - whole(height) / 2.0 - glare.at.1;
                let far = (x * x + y * y) / (glare.radius * glare.radius);
                *pixel += glare.strength * (-far).exp();
            }
            if self.noise > 0 {
                let wrong = random.below(2 * u32::from(self.noise) + 1);
                *pixel += f32::from(u16::try_from(wrong).unwrap_or(0)) - f32::from(self.noise);
            }
        }
        Frame {
            width,
            height,
            luma: picture.into_iter().map(byte).collect(),
        }
    }
}

/// From a place in the picture to the place on the sheet that is seen there.
struct Plane([[f32; 3]; 3]);

impl Plane {
    fn of(view: &View, (width, height): (usize, usize)) -> Self {
        let (turned, aside, back) = view.turned;
        let (sin_t, cos_t) = turned.to_radians().sin_cos();
        let (sin_a, cos_a) = aside.to_radians().sin_cos();
        let (sin_b, cos_b) = back.to_radians().sin_cos();
        let edge = view.edge;
        // The two edges of the sheet in space: turned in its plane, then about the vertical and the horizontal axis.
        let edge_in_space = |x: f32, y: f32| {
            let (x, y) = (x * cos_t - y * sin_t, x * sin_t + y * cos_t);
            let (x, z) = (x * cos_a, x * sin_a);
            let (y, z) = (y * cos_b - z * sin_b, y * sin_b + z * cos_b);
            [x * edge, y * edge, z * edge]
        };
        let (across, down) = (edge_in_space(1.0, 0.0), edge_in_space(0.0, 1.0));
        let middle = (
            whole(width) / 2.0 + view.offset.0,
            whole(height) / 2.0 + view.offset.1,
        );
        // Projected: x and y are seen at FOCAL away from the lens.
        let column = |[x, y, z]: [f32; 3]| {
            let near = z / FOCAL;
            [x + near * middle.0, y + near * middle.1, near]
        };
        Self(inverse([
            column(across),
            column(down),
            [middle.0, middle.1, 1.0],
        ]))
    }

    #[expect(
        clippy::many_single_char_names,
        reason = "nine numbers of a matrix have no better names"
    )]
    fn at(&self, x: f32, y: f32) -> Option<(f32, f32)> {
        let [[a, b, c], [d, e, f], [g, h, i]] = self.0;
        let near = g * x + h * y + i;
        (near > f32::EPSILON).then(|| {
            let (u, v) = (a * x + b * y + c, d * x + e * y + f);
            (u / near, v / near)
        })
    }
}

/// The inverse of a matrix, given by its columns, up to a positive factor.
#[expect(
    clippy::many_single_char_names,
    reason = "nine numbers of a matrix have no better names"
)]
fn inverse([[a, d, g], [b, e, h], [c, f, i]]: [[f32; 3]; 3]) -> [[f32; 3]; 3] {
    let inverse = [
        [e * i - f * h, c * h - b * i, b * f - c * e],
        [f * g - d * i, a * i - c * g, c * d - a * f],
        [d * h - e * g, b * g - a * h, a * e - b * d],
    ];
    let determinant = a * (e * i - f * h) + b * (f * g - d * i) + c * (d * h - e * g);
    inverse.map(|row| row.map(|value| value * determinant.signum()))
}

/// A picture out of focus: a Gaussian, along rows and then along columns.
fn blurred(picture: Vec<f32>, width: usize, deviation: f32) -> Vec<f32> {
    if deviation < 0.05 {
        return picture;
    }
    let reach = floor(deviation * 3.0) + 1;
    let weight = |away: usize| (-whole(away * away) / (2.0 * deviation * deviation)).exp();
    let height = picture.len() / width.max(1);
    let pass = |from: &[f32], along: usize, step: usize| {
        let mut to = Vec::with_capacity(from.len());
        for place in 0..from.len() {
            let at = place / step % along;
            let (first, last) = (at.saturating_sub(reach), (at + reach).min(along - 1));
            let (mut sum, mut weights) = (0.0, 0.0);
            for other in first..=last {
                let near = weight(other.abs_diff(at));
                sum += near
                    * from
                        .get(place + other * step - at * step)
                        .copied()
                        .unwrap_or(0.0);
                weights += near;
            }
            to.push(sum / weights);
        }
        to
    };
    let rows = pass(&picture, width, 1);
    pass(&rows, height, width)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "numbers of pixels and modules are small"
)]
const fn whole(number: usize) -> f32 {
    number as f32
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "what is negative or too large is cut to the range"
)]
const fn floor(number: f32) -> usize {
    number as usize
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a luma is cut to the range of a byte"
)]
fn byte(luma: f32) -> u8 {
    luma.clamp(0.0, 255.0) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: (usize, usize) = (160, 120);

    fn shot(view: View) -> Frame {
        let code = QrCode::of("HC1P:330000").unwrap();
        view.shoot(&code, SIZE, &mut Seeded::new(1))
    }

    #[test]
    fn a_code_held_straight_is_seen_module_by_module() {
        // 21 modules and the quiet zone: 29, four pixels each.
        let frame = shot(View::plain(116.0));
        let code = QrCode::of("HC1P:330000").unwrap();
        let (left, top) = (80 - 58, 60 - 58);
        for row in 0..29 {
            for column in 0..29 {
                let pixel = frame.luma()[(top + row * 4 + 2) * 160 + left + column * 4 + 2];
                let inside = (4..25).contains(&row) && (4..25).contains(&column);
                let dark = inside && code.is_dark(column - 4, row - 4);
                assert_eq!(pixel, if dark { 32 } else { 232 }, "{column} {row}");
            }
        }
        assert_eq!(frame.luma()[0], 96);
    }

    #[test]
    fn what_is_tilted_is_smaller_where_it_is_farther() {
        let mut view = View::plain(100.0);
        view.turned = (0.0, 40.0, 0.0);
        let frame = shot(view);
        let white = |column: usize| {
            let rows = (0..120).filter(|row| frame.luma()[row * 160 + column] != 96);
            rows.count()
        };
        let lit: Vec<usize> = (0..160).filter(|column| white(*column) > 0).collect();
        assert!(lit.len() < 95, "{}", lit.len());
        let (first, last) = (white(lit[2]), white(lit[lit.len() - 3]));
        assert!(first > last + 4, "{first} {last}");
    }

    #[test]
    fn blur_noise_and_glare_change_the_picture_and_a_seed_repeats_it() {
        let plain = shot(View::plain(100.0));
        let mut view = View::plain(100.0);
        view.blur = 2.0;
        let contrast = |frame: &Frame| {
            let steps = frame
                .luma()
                .windows(2)
                .map(|pair| pair[0].abs_diff(pair[1]));
            steps.map(u64::from).sum::<u64>()
        };
        assert!(contrast(&shot(view)) * 4 < contrast(&plain) * 3);
        view.noise = 8;
        assert_eq!(shot(view), shot(view));
        view.glare = Some(Glare {
            at: (0.0, 0.0),
            radius: 12.0,
            strength: 300.0,
        });
        assert_eq!(shot(view).luma()[60 * 160 + 80], 255);
        let numbered = plain.numbered(8, 3, 0b101);
        let square = |at: usize| numbered.luma()[(at * 8 + 7) * 160 + 7];
        assert_eq!(
            [square(0), square(1), square(2), square(3)],
            [255, 0, 255, 96]
        );
        assert_eq!(numbered.luma()[8], 96);
    }
}
