//! SVG.

use core::fmt::Write;

use crate::look::{Look, Shape};
use crate::matrix::{QUIET_ZONE, QrCode};
use crate::picture::Picture;

/// The code with its quiet zone, below it shape and words of the level in both languages, as an SVG
/// one unit to a module. It names the level for screen readers and takes no font of its own.
pub fn svg(code: &QrCode, look: Look) -> String {
    let picture = Picture { code, look };
    let (width, height) = (picture.width(), picture.height());
    let (colour, words) = (look.colour().hex(), look.words());
    let (left, top, unit) = picture.word_box();
    let size = unit * 7.0;
    let baseline = top + 6;
    let modules = path(code);
    let shape = shape(&picture);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{words}\">\
         <title>{words}</title>\
         <rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>\
         <path d=\"{modules}\" fill=\"{colour}\" shape-rendering=\"crispEdges\"/>\
         <path d=\"{shape}\" fill=\"{colour}\"/>\
         <text x=\"{left}\" y=\"{baseline}\" font-family=\"sans-serif\" font-size=\"{size:.2}\" fill=\"#000\">{words}</text>\
         </svg>\n"
    )
}

/// One rectangle for each run of dark modules in a row.
fn path(code: &QrCode) -> String {
    let mut path = String::new();
    for row in 0..code.size() {
        let mut column = 0;
        while column < code.size() {
            let run = (column..code.size())
                .take_while(|column| code.is_dark(*column, row))
                .count();
            if run == 0 {
                column += 1;
                continue;
            }
            let (x, y) = (column + QUIET_ZONE, row + QUIET_ZONE);
            // Writing into a String cannot fail.
            write!(path, "M{x} {y}h{run}v1h-{run}z").unwrap_or_default();
            column += run;
        }
    }
    path
}

fn shape(picture: &Picture<'_>) -> String {
    let (x, y, side) = picture.shape_box();
    match picture.look.shape() {
        Shape::Circle => {
            let radius = "3.5";
            format!(
                "M{x} {y}m0 3.5a{radius} {radius} 0 1 0 {side} 0a{radius} {radius} 0 1 0 -{side} 0z"
            )
        }
        Shape::Triangle => format!("M{x} {y}m3.5 0l3.5 {side}h-{side}z"),
        Shape::Square => format!("M{x} {y}h{side}v{side}h-{side}z"),
        Shape::Sheet => format!("M{x} {y}m1.4 0h4.2v{side}h-4.2z"),
        Shape::Diamond => format!("M{x} {y}m3.5 0l3.5 3.5l-3.5 3.5l-3.5 -3.5z"),
    }
}

#[cfg(test)]
mod tests {
    use hc_code::Level;

    use super::*;

    /// Fills a grid from the path's own rectangles.
    fn drawn(svg: &str, side: usize) -> Vec<Vec<bool>> {
        let path = svg.split("<path d=\"").nth(1).unwrap();
        let path = path.split('"').next().unwrap();
        let mut grid = vec![vec![false; side]; side];
        for piece in path.split('z').filter(|piece| !piece.is_empty()) {
            let (start, rest) = piece[1..].split_once('h').unwrap();
            let (x, y) = start.split_once(' ').unwrap();
            let (x, y): (usize, usize) = (x.parse().unwrap(), y.parse().unwrap());
            let run: usize = rest.split('v').next().unwrap().parse().unwrap();
            assert!(rest.ends_with(&format!("v1h-{run}")));
            for module in &mut grid[y][x..x + run] {
                assert!(!*module, "drawn twice");
                *module = true;
            }
        }
        grid
    }

    #[test]
    fn the_picture_shows_exactly_the_modules_and_says_the_level() {
        let code = QrCode::of("HC:SVG").unwrap();
        for look in Level::ALL.into_iter().map(Look::of).chain([Look::paper()]) {
            let svg = svg(&code, look);
            let side = code.size() + 8;
            let grid = drawn(&svg, side);
            for (y, row) in grid.iter().enumerate() {
                for (x, dark) in row.iter().enumerate() {
                    let inside = x >= 4 && y >= 4;
                    assert_eq!(*dark, inside && code.is_dark(x - 4, y - 4));
                }
            }
            assert_eq!(svg.matches(&look.words()).count(), 3);
            assert_eq!(svg.matches(&look.colour().hex()).count(), 2);
        }
    }
}
