//! What an operator sets about the pages.

use axum::http::Uri;

/// How pages are served.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageSettings {
    embedders: Vec<String>,
    region: String,
    region_in_english: String,
}

/// An origin that cannot be one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmbedderError {
    /// It is no origin.
    #[error("{0:?} is no origin: https, a host and, where needed, a port, as https://app.example")]
    Form(String),
}

impl PageSettings {
    /// Pages that the web views of these origins may show in a frame; nobody's where there are none.
    ///
    /// # Errors
    /// [`EmbedderError`] for an origin that is none.
    pub fn embedded_in<T: AsRef<str>>(origins: &[T]) -> Result<Self, EmbedderError> {
        let embedders = origins.iter().map(|origin| parsed(origin.as_ref()));
        let embedders = embedders.collect::<Result<_, _>>()?;
        Ok(Self {
            embedders,
            ..Self::default()
        })
    }

    /// The same with the name of the region, which stands at the top of a person's page, in Chinese and in English;
    /// empty where there is none.
    #[must_use]
    pub fn of_region(self, name: &str, in_english: &str) -> Self {
        Self {
            region: plain(name),
            region_in_english: plain(in_english),
            ..self
        }
    }

    pub(super) fn region(&self) -> &str {
        &self.region
    }

    pub(super) fn region_in_english(&self) -> &str {
        &self.region_in_english
    }

    pub(super) fn embedders(&self) -> &[String] {
        &self.embedders
    }
}

/// A name is a text: what could be markup or an end of an attribute has no place in it.
fn plain(name: &str) -> String {
    let is_plain = |sign: &char| !sign.is_control() && !"<>&\"'{}".contains(*sign);
    name.chars().filter(is_plain).collect()
}

/// An origin in its one form. A name with another sign could end the policy's directive and begin another.
fn parsed(text: &str) -> Result<String, EmbedderError> {
    let wrong = || EmbedderError::Form(text.to_owned());
    let rest = text.strip_prefix("https://").ok_or_else(wrong)?;
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let fits = rest.bytes().next().is_some_and(plain)
        && rest.len() <= 255
        && rest
            .bytes()
            .all(|byte| plain(byte) || b".-:".contains(&byte));
    let uri: Uri = text.parse().map_err(|_| wrong())?;
    let whole = uri.authority().is_some_and(|known| known.as_str() == rest);
    (fits && whole).then(|| text.to_owned()).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_region_is_no_markup() {
        let settings = PageSettings::default().of_region("\"><b>浙江省&\n", "Zhe'jiang{{x}}");
        assert_eq!(settings.region(), "b浙江省");
        assert_eq!(settings.region_in_english(), "Zhejiangx");
    }

    #[test]
    fn only_an_https_origin_may_embed() {
        let good = ["https://app.example", "https://open.weixin.qq.com:8443"];
        assert!(PageSettings::embedded_in(&good).is_ok());
        for wrong in [
            "",
            "*",
            "https:",
            "https://",
            "http://app.example",
            "https://app.example/",
            "https://app.example/path",
            "https://*.example",
            "https://app.example; script-src *",
            "https://app.example 'unsafe-inline'",
            "https://user@app.example",
            "https://APP.example",
            "https://app.example\r\nx: y",
        ] {
            let refused = PageSettings::embedded_in(&[wrong]);
            assert_eq!(refused, Err(EmbedderError::Form(wrong.to_owned())));
        }
    }
}
