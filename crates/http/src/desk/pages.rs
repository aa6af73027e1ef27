//! The pages, one file for each subject.

pub(super) mod appeals;
pub(super) mod areas;
pub(super) mod batches;
pub(super) mod counter;
pub(super) mod degraded;
pub(super) mod log;
pub(super) mod overview;
pub(super) mod own;
pub(super) mod proposals;
pub(super) mod records;
pub(super) mod registers;
pub(super) mod rules;

use std::sync::Arc;

use super::visit::Visit;

/// What a page is called with.
type Visited<S, R> = Arc<Visit<S, R>>;

/// A part of a path: everything that is not plainly a letter or digit as `%XX`.
fn segment(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_') {
            escaped.push(char::from(byte));
        } else {
            escaped.push('%');
            escaped.push_str(&hex::encode_upper([byte]));
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_name_in_a_path_cannot_lead_elsewhere() {
        assert_eq!(super::segment("lab-1_B"), "lab-1_B");
        assert_eq!(super::segment("../a b?x#<"), "%2E%2E%2Fa%20b%3Fx%23%3C");
    }
}
