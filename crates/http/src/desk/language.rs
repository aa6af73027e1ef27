//! In which language a page is: the one that was chosen, else the first that the browser asks for.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;

/// A language of the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    Zh,
    En,
}

/// The cookie of a choice.
pub(super) const COOKIE: &str = "healthcode-language";

impl Language {
    /// What stands in `lang`.
    pub(super) const fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }

    /// The word in cookies and forms.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Zh => "zh",
            Self::En => "en",
        }
    }

    pub(super) fn from_word(word: &str) -> Option<Self> {
        [Self::Zh, Self::En]
            .into_iter()
            .find(|one| one.word() == word)
    }

    /// The text of this language.
    pub(super) const fn say<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }

    /// The choice, else what the browser prefers, else Chinese.
    pub(super) fn of(headers: &HeaderMap, chosen: Option<&str>) -> Self {
        if let Some(chosen) = chosen.and_then(Self::from_word) {
            return chosen;
        }
        let asked = headers.get(ACCEPT_LANGUAGE);
        let asked = asked.and_then(|value| value.to_str().ok()).unwrap_or("");
        let mut best = (Self::Zh, 0.0);
        for range in asked.split(',').take(20) {
            let (tag, weight) = range.split_once(';').unwrap_or((range, ""));
            let weight = weight.trim().strip_prefix("q=").unwrap_or("1");
            let weight: f32 = weight.parse().unwrap_or(0.0);
            let first = tag.trim().split('-').next().unwrap_or_default();
            if let Some(language) = Self::from_word(&first.to_ascii_lowercase())
                && weight > best.1
            {
                best = (language, weight);
            }
        }
        best.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_choice_goes_before_the_browser_and_chinese_before_nothing() {
        let of = |asked: &'static str, chosen| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_LANGUAGE, asked.parse().unwrap());
            Language::of(&headers, chosen)
        };
        assert_eq!(of("", None), Language::Zh);
        assert_eq!(of("fr, en-GB;q=0.8, zh;q=0.5", None), Language::En);
        assert_eq!(of("en;q=0.3,zh-CN", None), Language::Zh);
        assert_eq!(of("en;q=x", None), Language::Zh);
        assert_eq!(of("zh", Some("en")), Language::En);
        assert_eq!(of("en", Some("tlh")), Language::En);
    }
}
