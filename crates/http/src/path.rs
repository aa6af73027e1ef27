//! What stands in a path for the names that its operation has in braces.

use crate::problem::{Problem, ProblemType};

/// The values of a path, by name, with `%XX` read: visible ASCII, 1 to 64 characters each.
///
/// # Errors
/// [`ProblemType::NotFound`]: nothing has such a name.
pub(crate) fn values(
    template: &'static str,
    path: &str,
) -> Result<Vec<(&'static str, String)>, Problem> {
    let mut found = Vec::new();
    if let Some((before, rest)) = template.split_once("{*") {
        // What takes the rest takes it as it stands: its operation knows its one form.
        let value = path.strip_prefix(before).unwrap_or_default();
        found.push((rest.trim_end_matches('}'), value.to_owned()));
        return Ok(found);
    }
    for (name, value) in template.split('/').zip(path.split('/')) {
        let name = name
            .strip_prefix('{')
            .and_then(|name| name.strip_suffix('}'));
        if let Some(name) = name {
            let value = decoded(value).ok_or_else(|| Problem::new(ProblemType::NotFound))?;
            found.push((name, value));
        }
    }
    Ok(found)
}

fn decoded(text: &str) -> Option<String> {
    let mut value = String::new();
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let byte = if byte == b'%' {
            let mut digit = || char::from(bytes.next()?).to_digit(16);
            u8::try_from(digit()? * 16 + digit()?).ok()?
        } else {
            byte
        };
        if !byte.is_ascii_graphic() {
            return None;
        }
        value.push(char::from(byte));
    }
    (1..=64).contains(&value.len()).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_for_a_name_is_read_and_nothing_else_is() {
        let template = "/v1/batches/{source}/{reference}/release";
        let read = |path: &str| values(template, path);
        let named = |a: &str, b: &str| vec![("source", a.to_owned()), ("reference", b.to_owned())];
        assert_eq!(
            read("/v1/batches/lab-3/B-1/release"),
            Ok(named("lab-3", "B-1"))
        );
        assert_eq!(read("/v1/batches/a%2fb/%25/release"), Ok(named("a/b", "%")));
        for wrong in [
            "%",
            "%2",
            "%zz",
            "%00",
            "%20",
            "%e4",
            "",
            "\u{e4}",
            &"a".repeat(65),
        ] {
            let refused = read(&format!("/v1/batches/{wrong}/B-1/release"));
            assert_eq!(
                refused.unwrap_err().kind(),
                ProblemType::NotFound,
                "{wrong}"
            );
        }
        assert_eq!(values("/v1/code", "/v1/code"), Ok(Vec::new()));
        let rest = values("/v1/tile/{*place}", "/v1/tile/0/x001/000.p/1");
        assert_eq!(rest, Ok(vec![("place", "0/x001/000.p/1".to_owned())]));
    }
}
