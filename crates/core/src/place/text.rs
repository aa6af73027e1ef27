//! One spelling for one text: full and half width, brackets, dashes, separators, spaces.

/// Brings a text to the spelling in which places are compared.
///
/// Full-width ASCII becomes half-width (as NFKC would do), letters upper case, the many brackets, dashes,
/// quotation marks and dots one each, and spaces go: Chinese names have none. `、，；;/` all become `、`.
pub(super) fn normalise(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars() {
        let letter = match letter {
            // The full-width forms U+FF01..=U+FF5E mirror ASCII at a fixed distance.
            '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(letter) - 0xFEE0).unwrap_or(letter),
            other => other,
        };
        match letter {
            _ if letter.is_whitespace() || letter.is_control() => {}
            '\u{200B}'..='\u{200F}'
            | '\u{FEFF}'
            | '“'
            | '”'
            | '"'
            | '\''
            | '‘'
            | '’'
            | '。'
            | '《'
            | '》'
            | '「'
            | '」' => {}
            '[' | '【' | '〔' | '{' | '<' | '﹤' | '〈' => plain.push('('),
            ']' | '】' | '〕' | '}' | '>' | '﹥' | '〉' => plain.push(')'),
            ',' | ';' | '/' | '、' | '､' => plain.push('、'),
            '–' | '—' | '―' | '~' | '\u{2212}' | '－' | '～' => {
                if !plain.ends_with('-') {
                    plain.push('-');
                }
            }
            '-' if plain.ends_with('-') => {}
            '▪' | '•' | '・' | '‧' => plain.push('·'),
            '它' if plain.ends_with('其') => plain.push('他'),

            letter => plain.extend(letter.to_uppercase()),
        }
    }
    plain.trim_matches(['、', '-', '.', ':', '·']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_place_has_one_spelling() {
        for (text, plain) in [
            ("恒泰 小区１２号楼", "恒泰小区12号楼"),
            ("【北区】a座", "(北区)A座"),
            ("1—3号，5号；7号/9号", "1-3号、5号、7号、9号"),
            ("1——3号", "1-3号"),
            ("其它区域。", "其他区域"),
            ("　、，", ""),
        ] {
            assert_eq!(normalise(text), plain, "{text}");
        }
    }
}
