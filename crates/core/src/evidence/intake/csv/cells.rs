//! The cells of one line.

use std::borrow::Cow;

use crate::evidence::intake::Reason;

/// Cuts a line into its cells, and takes the quotation marks off. Ends at the first refusal.
pub(super) fn split(line: &str) -> impl Iterator<Item = Result<Cow<'_, str>, Reason>> {
    Split {
        rest: Some(line),
        cell: 0,
    }
}

struct Split<'a> {
    /// What is left; nothing after the last cell.
    rest: Option<&'a str>,
    cell: usize,
}

impl<'a> Iterator for Split<'a> {
    type Item = Result<Cow<'a, str>, Reason>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.rest.take()?;
        self.cell += 1;
        let cell = match rest.strip_prefix('"') {
            Some(quoted) => quoted_cell(quoted),
            None => plain_cell(rest),
        };
        let Some((cell, rest)) = cell else {
            return Some(Err(Reason::Quotation { cell: self.cell }));
        };
        self.rest = rest;
        Some(Ok(cell))
    }
}

/// A cell up to the next comma, without quotation marks, and what follows the comma.
fn plain_cell(text: &str) -> Option<(Cow<'_, str>, Option<&str>)> {
    let (cell, rest) = match text.split_once(',') {
        Some((cell, rest)) => (cell, Some(rest)),
        None => (text, None),
    };
    (!cell.contains('"')).then_some((Cow::Borrowed(cell), rest))
}

/// A cell up to its closing quotation mark, and what follows the comma after it.
fn quoted_cell(text: &str) -> Option<(Cow<'_, str>, Option<&str>)> {
    let mut cell = Cow::Borrowed("");
    let mut text = text;
    loop {
        let (part, after) = text.split_once('"')?;
        // Up to the first doubled mark nothing is copied.
        if cell.is_empty() {
            cell = Cow::Borrowed(part);
        } else {
            cell.to_mut().push_str(part);
        }
        if let Some(more) = after.strip_prefix('"') {
            cell.to_mut().push('"');
            text = more;
        } else if after.is_empty() {
            return Some((cell, None));
        } else {
            return Some((cell, Some(after.strip_prefix(',')?)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(line: &str) -> Result<Vec<String>, Reason> {
        split(line).map(|cell| cell.map(Cow::into_owned)).collect()
    }

    #[test]
    fn cells_are_cut_at_commas_outside_quotation_marks() {
        for (line, expected) in [
            ("", vec![""]),
            ("a,b", vec!["a", "b"]),
            ("a,", vec!["a", ""]),
            (",,", vec!["", "", ""]),
            (r#""a,b",c"#, vec!["a,b", "c"]),
            (r#""say ""so""",c"#, vec![r#"say "so""#, "c"]),
            (r#""""x""","#, vec![r#""x""#, ""]),
            (r#""""#, vec![""]),
            (r#""""""#, vec![r#"""#]),
            (" a , b ", vec![" a ", " b "]),
        ] {
            assert_eq!(cells(line).unwrap(), expected, "{line}");
        }
    }

    #[test]
    fn quotation_marks_in_wrong_places_are_refused_with_their_cell() {
        for (line, cell) in [
            (r#"a,"b"#, 2),
            (r#"a,b"c,"#, 2),
            (r#""a"b,c"#, 1),
            (r#"a,b,"c"","#, 3),
            (r#"""#, 1),
        ] {
            assert_eq!(cells(line), Err(Reason::Quotation { cell }), "{line}");
        }
    }
}
