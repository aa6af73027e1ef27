//! Reading bodies: bounded in size and time.

use std::time::Duration;

use axum::body::Body;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Body as _;

use crate::problem::{Problem, ProblemType};

/// Reads a whole body.
///
/// # Errors
/// [`ProblemType::BodyTooLarge`], before a byte is read where its length is stated;
/// [`ProblemType::BodyTooSlow`]; [`ProblemType::BodyCut`].
pub(crate) async fn read(body: Body, most: usize, within: Duration) -> Result<Bytes, Problem> {
    let too_large = || {
        let detail = format!("the body may have {most} bytes");
        Problem::new(ProblemType::BodyTooLarge).with_detail(detail)
    };
    let stated = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if stated > most {
        return Err(too_large());
    }
    match tokio::time::timeout(within, Limited::new(body, most).collect()).await {
        Err(_) => Err(Problem::new(ProblemType::BodyTooSlow)),
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
        Ok(Err(_)) => Err(Problem::new(ProblemType::BodyCut)),
    }
}

/// The media type that a request states, in lower case and without parameters; other character sets
/// than UTF-8 are another type.
pub(crate) fn media_type(headers: &HeaderMap) -> Option<String> {
    let stated = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let mut parts = stated.split(';').map(str::trim);
    let media = parts.next()?.to_ascii_lowercase();
    parts
        .all(|parameter| {
            let parameter = parameter.to_ascii_lowercase();
            matches!(
                parameter.as_str(),
                "charset=utf-8" | "charset=\"utf-8\"" | "header=present"
            )
        })
        .then_some(media)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn a_media_type_is_read_without_its_parameters_and_only_in_utf_8() {
        for (stated, read) in [
            ("application/json", Some("application/json")),
            ("Application/JSON; charset=UTF-8", Some("application/json")),
            ("text/csv;header=present", Some("text/csv")),
            ("text/csv; charset=gbk", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(stated));
            assert_eq!(media_type(&headers).as_deref(), read, "{stated}");
        }
        assert_eq!(media_type(&HeaderMap::new()), None);
    }

    #[tokio::test]
    async fn a_body_is_read_up_to_its_limit_and_not_beyond() {
        let second = Duration::from_secs(1);
        let whole = read(Body::from("1234"), 4, second).await;
        assert_eq!(whole.unwrap(), "1234");
        let refused = read(Body::from("12345"), 4, second).await.unwrap_err();
        assert_eq!(refused.kind(), ProblemType::BodyTooLarge);
    }
}
