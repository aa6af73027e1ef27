//! Charts as SVG: what they show stands in a table beside them, so they are pictures with a name.

use maud::{Markup, html};

use super::language::Language;
use super::show::count;

/// One bar: its label and its parts, each of a level and so many people.
pub(super) struct Bar {
    pub(super) label: String,
    pub(super) parts: Vec<(&'static str, u64)>,
}

const WIDTH: u64 = 640;
const ROW: u64 = 44;
const LABEL: u64 = 18;

/// Horizontal bars, each level with a pattern of its own: meaning survives without colour.
pub(super) fn bars(name: &str, bars: &[Bar], l: Language) -> Markup {
    let most = bars.iter().map(Bar::sum).max().unwrap_or(0).max(1);
    let height = ROW * bars.len() as u64;
    html! {
        figure {
            svg .chart viewBox=(format!("0 0 {WIDTH} {height}")) role="img" aria-label=(name) {
                (patterns())
                @for (row, bar) in (0u64..).zip(bars) {
                    @let top = row * ROW;
                    text x="0" y=(top + 14) { (bar.label) " · " (count(bar.sum())) }
                    @for (class, x, width) in bar.places(most) {
                        rect class=(format!("bar {class}")) x=(x) y=(top + LABEL) width=(width) height="18" {}
                    }
                }
            }
            (key(l))
        }
    }
}

impl Bar {
    fn sum(&self) -> u64 {
        self.parts.iter().map(|(_, people)| people).sum()
    }

    /// Where the parts stand, by class; a part that is there is never narrower than it can be seen.
    fn places(&self, most: u64) -> Vec<(&'static str, u64, u64)> {
        let mut x = 0;
        let mut places = Vec::new();
        for (class, people) in self.parts.iter().filter(|(_, people)| *people > 0) {
            let wide = u128::from(*people) * u128::from(WIDTH) / u128::from(most);
            let wide = u64::try_from(wide).unwrap_or(WIDTH).clamp(2, WIDTH);
            let wide = wide.min(WIDTH.saturating_sub(x)).max(1);
            places.push((*class, x, wide));
            x += wide;
        }
        places
    }
}

/// A line over time: one value for each instant, from zero to the highest.
pub(super) fn line(name: &str, class: &'static str, values: &[u64]) -> Markup {
    let most = values.iter().copied().max().unwrap_or(0).max(1);
    let steps = (values.len() as u64).saturating_sub(1).max(1);
    let points: Vec<String> = (0u64..)
        .zip(values)
        .map(|(place, value)| {
            let down = u128::from(*value) * 56 / u128::from(most);
            let y = 60 - u64::try_from(down).unwrap_or(56);
            format!("{},{y}", place * WIDTH / steps)
        })
        .collect();
    html! {
        svg .chart viewBox=(format!("0 0 {WIDTH} 64")) role="img" aria-label=(name)
            preserveAspectRatio="none" {
            line .axis x1="0" y1="60" x2=(WIDTH) y2="60" {}
            polyline class=(format!("line {class}")) points=(points.join(" ")) {}
        }
    }
}

fn patterns() -> Markup {
    html! {
        defs {
            pattern #desk-medium width="6" height="6" patternUnits="userSpaceOnUse" {
                rect .fill.medium width="6" height="6" {}
                path .stroke d="M0 6L6 0" {}
            }
            pattern #desk-high width="6" height="6" patternUnits="userSpaceOnUse" {
                rect .fill.high width="6" height="6" {}
                path .stroke.light d="M0 3H6M3 0V6" {}
            }
            pattern #desk-unknown width="6" height="6" patternUnits="userSpaceOnUse" {
                rect .fill.unknown width="6" height="6" {}
                circle .dot cx="3" cy="3" r="1.2" {}
            }
        }
    }
}

fn key(l: Language) -> Markup {
    let all = [
        ("low", "低风险", "low"),
        ("medium", "中风险", "medium"),
        ("high", "高风险", "high"),
        ("unknown", "未知", "unknown"),
    ];
    html! {
        figcaption .key {
            @for (class, zh, en) in all {
                span {
                    svg viewBox="0 0 18 12" aria-hidden="true" {
                        rect class=(format!("bar {class}")) width="18" height="12" {}
                    }
                    " " (l.say(zh, en))
                }
            }
        }
    }
}

/// The class of a level's code.
pub(super) fn class(code: &str) -> &'static str {
    match code {
        "00" => "low",
        "01" => "medium",
        "10" => "high",
        _ => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_stay_inside_the_picture_and_what_is_there_is_seen() {
        let bar = Bar {
            label: "x".to_owned(),
            parts: vec![("low", u64::MAX / 2), ("high", 1), ("medium", 0)],
        };
        let places = bar.places(bar.sum());
        assert_eq!(places.len(), 2);
        for (_, x, width) in places {
            assert!(width >= 1 && x < WIDTH + 2);
        }
        let drawn = line("n", "low", &[0, 5, 10]).0;
        assert!(drawn.contains("0,60 320,32 640,4"), "{drawn}");
        assert!(line("n", "low", &[]).0.contains("points=\"\""));
    }
}
