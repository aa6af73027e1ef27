//! Letters of 5 × 7 dots for the words of the levels, so that a picture needs no font.

/// Dots of a letter's height.
pub(crate) const HEIGHT: usize = 7;
/// Dots from one letter to the next.
pub(crate) const ADVANCE: usize = 6;

/// Rows of a letter from top to bottom, the left dot in the highest of five bits.
fn rows(letter: char) -> [u8; HEIGHT] {
    match letter {
        'A' => [0x0e, 0x11, 0x11, 0x1f, 0x11, 0x11, 0x11],
        'D' => [0x1e, 0x11, 0x11, 0x11, 0x11, 0x11, 0x1e],
        'E' => [0x1f, 0x10, 0x10, 0x1e, 0x10, 0x10, 0x1f],
        'G' => [0x0e, 0x11, 0x10, 0x17, 0x11, 0x11, 0x0f],
        'H' => [0x11, 0x11, 0x11, 0x1f, 0x11, 0x11, 0x11],
        'I' => [0x0e, 0x04, 0x04, 0x04, 0x04, 0x04, 0x0e],
        'K' => [0x11, 0x12, 0x14, 0x18, 0x14, 0x12, 0x11],
        'L' => [0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x1f],
        'M' => [0x11, 0x1b, 0x15, 0x15, 0x11, 0x11, 0x11],
        'N' => [0x11, 0x19, 0x15, 0x13, 0x11, 0x11, 0x11],
        'O' => [0x0e, 0x11, 0x11, 0x11, 0x11, 0x11, 0x0e],
        'P' => [0x1e, 0x11, 0x11, 0x1e, 0x10, 0x10, 0x10],
        'R' => [0x1e, 0x11, 0x11, 0x1e, 0x14, 0x12, 0x11],
        'U' => [0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x0e],
        'W' => [0x11, 0x11, 0x11, 0x15, 0x15, 0x1b, 0x11],
        _ => [0x1f; HEIGHT],
    }
}

/// Whether a dot of a word is set; columns count from the word's left edge.
pub(crate) fn is_set(word: &str, column: usize, row: usize) -> bool {
    let letter = word.chars().nth(column / ADVANCE);
    let dots = letter.and_then(|letter| rows(letter.to_ascii_uppercase()).get(row).copied());
    let place = column % ADVANCE;
    place < 5 && dots.is_some_and(|dots| dots >> (4 - place) & 1 == 1)
}

#[cfg(test)]
mod tests {
    use hc_code::Level;

    use super::*;
    use crate::look::Look;

    #[test]
    fn every_letter_of_the_words_is_drawn_and_differs_from_the_others() {
        let looks = Level::ALL.into_iter().map(Look::of);
        let words = looks.chain([Look::paper()]).map(Look::word);
        let mut letters: Vec<char> = words.flat_map(str::chars).collect();
        for letter in &mut letters {
            *letter = letter.to_ascii_uppercase();
        }
        letters.sort_unstable();
        letters.dedup();
        let mut forms: Vec<_> = letters.iter().map(|letter| rows(*letter)).collect();
        assert!(!forms.contains(&[0x1f; HEIGHT]), "a letter without a form");
        forms.sort_unstable();
        forms.dedup();
        assert_eq!(forms.len(), letters.len());
    }
}
