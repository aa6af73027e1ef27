//! Which form of a content an asker takes (RFC 9110 §12.5.3).

use std::io::Write as _;

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_ENCODING;
use bytes::Bytes;

/// A form of a content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// As it is.
    Identity,
    /// RFC 1952.
    Gzip,
    /// RFC 7932.
    Brotli,
}

impl Encoding {
    /// The smallest form that the asker takes; as it is for whoever says nothing.
    pub(super) fn asked(headers: &HeaderMap) -> Self {
        let takes = |wanted: &str| {
            let mut listed = headers
                .get_all(ACCEPT_ENCODING)
                .iter()
                .filter_map(|value| value.to_str().ok())
                .flat_map(|value| value.split(','));
            let found = listed.find_map(|one| {
                let mut parts = one.split(';').map(str::trim);
                let name = parts.next()?;
                let refused = parts.any(|part| {
                    let quality = part.strip_prefix("q=").or_else(|| part.strip_prefix("Q="));
                    quality.is_some_and(|quality| {
                        quality
                            .parse::<f32>()
                            .map_or(true, |quality| quality <= 0.0)
                    })
                });
                name.eq_ignore_ascii_case(wanted).then_some(!refused)
            });
            found == Some(true)
        };
        if takes("br") {
            Self::Brotli
        } else if takes("gzip") {
            Self::Gzip
        } else {
            Self::Identity
        }
    }

    /// Its name; none for a content as it is.
    pub(super) const fn name(self) -> Option<&'static str> {
        match self {
            Self::Identity => None,
            Self::Gzip => Some("gzip"),
            Self::Brotli => Some("br"),
        }
    }

    /// The content in this form, where it can be written so.
    pub(super) fn of(self, content: &Bytes) -> Option<Bytes> {
        match self {
            Self::Identity => Some(content.clone()),
            Self::Gzip => {
                let mut writer =
                    flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
                writer.write_all(content).ok()?;
                writer.finish().ok().map(Bytes::from)
            }
            Self::Brotli => {
                let mut made = Vec::new();
                // Quality 11 of 11; a window of 2^18 bytes holds every page whole.
                let mut writer = brotli::CompressorWriter::new(&mut made, 4096, 11, 18);
                writer.write_all(content).ok()?;
                writer.flush().ok()?;
                drop(writer);
                Some(made.into())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;
    use std::io::Read as _;

    fn asked(value: &'static str) -> Encoding {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(value));
        Encoding::asked(&headers)
    }

    #[test]
    fn the_smallest_form_that_is_taken_is_given() {
        assert_eq!(Encoding::asked(&HeaderMap::new()), Encoding::Identity);
        assert_eq!(asked("gzip, deflate, br, zstd"), Encoding::Brotli);
        assert_eq!(asked("GZIP;q=0.5"), Encoding::Gzip);
        assert_eq!(asked("br;q=0, gzip;q=0.1"), Encoding::Gzip);
        assert_eq!(asked("br; q=0.000"), Encoding::Identity);
        assert_eq!(asked("br;q=often"), Encoding::Identity);
        assert_eq!(asked("*"), Encoding::Identity);
    }

    #[test]
    fn what_was_compressed_reads_back() {
        let content = Bytes::from("健康码 ".repeat(500));
        let gzip = Encoding::Gzip.of(&content).unwrap();
        let mut back = Vec::new();
        flate2::read::GzDecoder::new(&*gzip)
            .read_to_end(&mut back)
            .unwrap();
        assert_eq!(back, content);
        let brotli = Encoding::Brotli.of(&content).unwrap();
        let mut back = Vec::new();
        brotli::Decompressor::new(&*brotli, 4096)
            .read_to_end(&mut back)
            .unwrap();
        assert_eq!(back, content);
        assert!(brotli.len() < content.len() && gzip.len() < content.len());
    }
}
