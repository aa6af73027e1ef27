//! Device tokens in headers.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;

use crate::problem::{Problem, ProblemType};

/// The token of `Authorization: Bearer` (RFC 6750 §2.1).
///
/// # Errors
/// [`ProblemType::CredentialMissing`] where there is none;
/// [`ProblemType::CredentialRefused`] where the header is another one.
pub(crate) fn bearer(headers: &HeaderMap) -> Result<&str, Problem> {
    let mut all = headers.get_all(AUTHORIZATION).iter();
    let (Some(header), None) = (all.next(), all.next()) else {
        let kind = if headers.contains_key(AUTHORIZATION) {
            ProblemType::CredentialRefused
        } else {
            ProblemType::CredentialMissing
        };
        return Err(Problem::new(kind));
    };
    let refused = || Problem::new(ProblemType::CredentialRefused);
    let text = header.to_str().map_err(|_| refused())?;
    let (scheme, token) = text.split_once(' ').ok_or_else(refused)?;
    let token = token.trim();
    if scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() {
        Ok(token)
    } else {
        Err(refused())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_from_one_bearer_header_and_from_nothing_else() {
        let headers = |values: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(AUTHORIZATION, value.parse().unwrap());
            }
            headers
        };
        assert_eq!(bearer(&headers(&["Bearer abc"])), Ok("abc"));
        assert_eq!(bearer(&headers(&["bearer  abc "])), Ok("abc"));
        let missing = bearer(&headers(&[])).unwrap_err();
        assert_eq!(missing.kind(), ProblemType::CredentialMissing);
        let wrong: [&[&'static str]; 5] = [
            &["Basic abc"],
            &["Bearer"],
            &["Bearer "],
            &["Bearer a", "Bearer b"],
            &["\u{e4}"],
        ];
        for values in wrong {
            let refused = bearer(&headers(values)).unwrap_err();
            assert_eq!(refused.kind(), ProblemType::CredentialRefused, "{values:?}");
        }
    }
}
