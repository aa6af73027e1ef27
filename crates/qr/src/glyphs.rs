//! Characters of 13 × 13 dots for the Chinese words of the levels, drawn for this crate, so that a
//! picture needs no font.

/// Dots on a side of a character.
pub(crate) const SIDE: usize = 13;
/// Dots from one character to the next.
pub(crate) const ADVANCE: usize = 14;

/// Rows of a character from top to bottom; `#` is a dot.
#[rustfmt::skip]
const fn rows(character: char) -> Option<[&'static str; SIDE]> {
    Some(match character {
        '低' => [
            "...#.....###.",
            "...#..###....",
            "..#..#..#....",
            "..#..#..#....",
            ".##..#..#....",
            "#.#..########",
            "..#..#..#....",
            "..#..#..#....",
            "..#..#...#...",
            "..#..#.#.#..#",
            "..#..##...#.#",
            "..#..#..#..##",
            "..#......#..#",
        ],
        '中' => [
            "......#......",
            "......#......",
            ".###########.",
            ".#....#....#.",
            ".#....#....#.",
            ".#....#....#.",
            ".#....#....#.",
            ".###########.",
            ".#....#....#.",
            "......#......",
            "......#......",
            "......#......",
            "......#......",
        ],
        '高' => [
            "......#......",
            "#############",
            ".............",
            "...#######...",
            "...#.....#...",
            "...#######...",
            ".............",
            ".###########.",
            ".#.........#.",
            ".#..#####..#.",
            ".#..#...#..#.",
            ".#..#####..#.",
            ".#........##.",
        ],
        '风' => [
            "..#########..",
            "..#.......#..",
            "..#.#...#.#..",
            "..#.#...#.#..",
            "..#..#.#..#..",
            "..#..#.#..#..",
            "..#...#...#..",
            "..#..#.#..#..",
            "..#.#...#.#..",
            "..##.....##.#",
            ".#........#.#",
            ".#.........##",
            "#...........#",
        ],
        '险' => [
            "####....#....",
            "#..#...#.#...",
            "#..#..#...#..",
            "#.#..#.....#.",
            "#.#.#..###..#",
            "#..#.........",
            "#..#..#..#..#",
            "#..#..#..#..#",
            "#..#...#.#.#.",
            "###....#...#.",
            "#.........#..",
            "#...#########",
            "#............",
        ],
        '未' => [
            "......#......",
            "......#......",
            "..#########..",
            "......#......",
            "......#......",
            "#############",
            ".....###.....",
            "....#.#.#....",
            "...#..#..#...",
            "..#...#...#..",
            ".#....#....#.",
            "#.....#.....#",
            "......#......",
        ],
        '知' => [
            "..#..........",
            "..#..........",
            ".######.#####",
            ".#.#....#...#",
            "#..#....#...#",
            "...#....#...#",
            "#######.#...#",
            "...#....#...#",
            "...#....#...#",
            "..#.#...#...#",
            "..#..#..#####",
            ".#....#.#...#",
            "#............",
        ],
        '纸' => [
            "...#......##.",
            "..#....###...",
            ".#..#..#.#...",
            "####...#.#...",
            "..#....#.#...",
            ".#.....######",
            "#####..#.#...",
            ".......#.#...",
            ".......#..#..",
            "...##..#..#..",
            "###....#.#.#.",
            ".......##..##",
            ".......#....#",
        ],
        '质' => [
            ".........###.",
            "..#######....",
            "..#....#.....",
            "..##########.",
            "..#....#.....",
            "..#.########.",
            "..#.#......#.",
            "..#.#..#...#.",
            "..#.#..#...#.",
            ".#..#..#...#.",
            ".#....#.#....",
            "#...##...##..",
            "#.##.......#.",
        ],
        '码' => [
            "......#####..",
            "#####.....#..",
            "..#...#...#..",
            "..#...#...#..",
            ".#....#...#..",
            ".####.#######",
            "##..#.......#",
            ".#..#.......#",
            ".#..#.#####.#",
            ".#..#.......#",
            ".####.......#",
            ".#..#......#.",
            ".........##..",
        ],
        _ => return None,
    })
}

/// Whether a dot of a word is set; columns count from the word's left edge.
pub(crate) fn is_set(word: &str, column: usize, row: usize) -> bool {
    let character = word.chars().nth(column / ADVANCE);
    let Some(rows) = character.and_then(rows) else {
        return false;
    };
    let dots = rows.get(row).map(|row| row.as_bytes());
    dots.and_then(|dots| dots.get(column % ADVANCE)) == Some(&b'#')
}

#[cfg(test)]
mod tests {
    use hc_code::Level;

    use super::*;
    use crate::look::Look;

    #[test]
    fn every_character_of_the_words_is_drawn_and_differs_from_the_others() {
        let looks = Level::ALL.into_iter().map(Look::of);
        let words = looks.chain([Look::paper()]).map(Look::word_zh);
        let mut characters: Vec<char> = words.flat_map(str::chars).collect();
        characters.sort_unstable();
        characters.dedup();
        let mut forms: Vec<_> = characters
            .iter()
            .map(|character| rows(*character).unwrap_or_else(|| panic!("no {character}")))
            .collect();
        for form in &forms {
            assert!(form.iter().all(|row| row.len() == SIDE));
            assert!(
                form.iter()
                    .all(|row| row.bytes().all(|dot| b".#".contains(&dot)))
            );
        }
        forms.sort_unstable();
        forms.dedup();
        assert_eq!(forms.len(), characters.len());
    }

    #[test]
    fn dots_of_a_word_are_counted_from_its_left_edge() {
        assert!(is_set("中高", 6, 0));
        assert!(!is_set("中高", 0, 0));
        assert!(is_set("中高", ADVANCE, 1));
        // Between two characters, beyond the last, and below.
        assert!(!is_set("高高", SIDE, 1));
        assert!(!is_set("高", ADVANCE, 1));
        assert!(!is_set("中", 6, SIDE));
        assert!(!is_set("low", 0, 0));
    }
}
