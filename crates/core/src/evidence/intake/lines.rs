//! From pieces of a file to its lines, in bounded memory.

use super::LONGEST_LINE;

/// Cuts bytes that come in pieces of any size into lines; holds at most one line.
#[derive(Clone, Default)]
pub(super) struct Lines {
    /// The begin of a line whose end has not come yet.
    begun: Vec<u8>,
    /// Whether that line is too long already, so that only its end is waited for.
    overlong: bool,
    /// Whether `begun` was handed out as a line and is to be forgotten.
    spent: bool,
    number: u64,
}

/// One line without its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line<'a> {
    /// From 1.
    pub number: u64,
    /// The bytes; `None` where there are more than [`LONGEST_LINE`].
    pub bytes: Option<&'a [u8]>,
}

impl Lines {
    /// The next whole line; `None` once `input` is used up, the begun line being kept.
    pub(super) fn next<'s, 'i: 's>(&'s mut self, input: &mut &'i [u8]) -> Option<Line<'s>> {
        self.forget();
        let Some(end) = input.iter().position(|byte| *byte == b'\n') else {
            self.keep(input);
            *input = &[];
            return None;
        };
        let (line, rest) = input.split_at_checked(end).unwrap_or((input, &[]));
        *input = rest.split_first().map_or(&[], |(_, rest)| rest);
        if self.begun.is_empty() && !self.overlong {
            self.number += 1;
            return Some(Self::line(self.number, line, false));
        }
        self.keep(line);
        Some(self.end())
    }

    /// The last line, where the file does not end with a line end.
    pub(super) fn last(&mut self) -> Option<Line<'_>> {
        self.forget();
        (!self.begun.is_empty() || self.overlong).then(|| self.end())
    }

    fn end(&mut self) -> Line<'_> {
        self.number += 1;
        self.spent = true;
        Self::line(self.number, &self.begun, self.overlong)
    }

    fn forget(&mut self) {
        if self.spent {
            self.begun.clear();
            self.overlong = false;
            self.spent = false;
        }
    }

    fn keep(&mut self, piece: &[u8]) {
        // One byte more than a line may have: it can be the CR of its end.
        if self.overlong || piece.len() > (LONGEST_LINE + 1).saturating_sub(self.begun.len()) {
            self.overlong = true;
            self.begun.clear();
        } else {
            self.begun.extend_from_slice(piece);
        }
    }

    fn line(number: u64, bytes: &[u8], overlong: bool) -> Line<'_> {
        let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
        let bytes = match number {
            1 => bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes),
            _ => bytes,
        };
        Line {
            number,
            bytes: (!overlong && bytes.len() <= LONGEST_LINE).then_some(bytes),
        }
    }
}

/// What a begun line holds is personal: only its length is shown.
impl core::fmt::Debug for Lines {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Lines")
            .field("number", &self.number)
            .field("begun", &self.begun.len())
            .field("overlong", &self.overlong)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(pieces: &[&[u8]]) -> Vec<(u64, Option<Vec<u8>>)> {
        let mut reader = Lines::default();
        let mut found = Vec::new();
        for piece in pieces {
            let mut input = *piece;
            while let Some(line) = reader.next(&mut input) {
                found.push((line.number, line.bytes.map(<[u8]>::to_vec)));
            }
        }
        if let Some(line) = reader.last() {
            found.push((line.number, line.bytes.map(<[u8]>::to_vec)));
        }
        found
    }

    #[test]
    fn lines_are_the_same_however_the_file_is_cut() {
        let mut file = b"\xef\xbb\xbfone\r\n\ntwo\n".to_vec();
        file.extend(std::iter::repeat_n(b'x', LONGEST_LINE + 1));
        file.extend(b"\nfour");
        let whole = lines(&[&file]);
        let expected = [
            (1, Some("one")),
            (2, Some("")),
            (3, Some("two")),
            (4, None),
            (5, Some("four")),
        ]
        .map(|(number, text)| (number, text.map(|text| text.as_bytes().to_vec())));
        assert_eq!(whole, expected);
        for size in [1, 2, 3, 7, 1000, LONGEST_LINE] {
            let pieces: Vec<&[u8]> = file.chunks(size).collect();
            assert_eq!(lines(&pieces), whole, "pieces of {size}");
        }
    }

    #[test]
    fn a_line_may_have_exactly_the_limit() {
        for end in ["", "\n", "\r\n"] {
            let mut file = vec![b'x'; LONGEST_LINE];
            file.extend(end.as_bytes());
            for size in [1000, file.len()] {
                let pieces: Vec<&[u8]> = file.chunks(size).collect();
                assert_eq!(lines(&pieces), [(1, Some(vec![b'x'; LONGEST_LINE]))]);
            }
        }
    }
}
