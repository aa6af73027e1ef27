//! Values on the command line that are words of ours.

use std::path::PathBuf;
use std::str::FromStr;

use hc_code::keys::KeyUse;
use hc_code::signing::{Algorithm, KeyId};
use hc_code::statement::TestKind;
use hc_code::verify::Listed;
use hc_code::{Class, DivisionCode, Level};

/// The algorithm of a name, in any case.
pub(super) fn algorithm(text: &str) -> Result<Algorithm, String> {
    Algorithm::ALL
        .into_iter()
        .find(|algorithm| algorithm.name().eq_ignore_ascii_case(text))
        .ok_or_else(|| "one of Ed25519, ES256, SM2".to_owned())
}

/// The class of a word.
pub(super) fn class(text: &str) -> Result<Class, String> {
    Class::ALL
        .into_iter()
        .find(|class| class.word() == text)
        .ok_or_else(|| "one of live, carried, paper".to_owned())
}

/// The kind of a test.
pub(super) fn test_kind(text: &str) -> Result<TestKind, String> {
    match text {
        "nucleic-acid" => Ok(TestKind::NucleicAcid),
        "antigen" => Ok(TestKind::Antigen),
        _ => Err("one of nucleic-acid, antigen".to_owned()),
    }
}

/// The word of a use of keys.
pub(crate) const fn key_use_word(key_use: KeyUse) -> &'static str {
    match key_use {
        KeyUse::Codes => "codes",
        KeyUse::Lists => "lists",
        KeyUse::Paper => "paper",
        KeyUse::Door => "door",
        KeyUse::Parcels => "parcels",
    }
}

/// A key for a use: `codes=node.pub`.
#[derive(Clone, Debug)]
pub(crate) struct KeyForUse {
    pub(crate) key_use: KeyUse,
    pub(crate) file: PathBuf,
}

impl FromStr for KeyForUse {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let form = || "written like codes=FILE, lists=FILE, paper=FILE or door=FILE".to_owned();
        let (word, file) = text.split_once('=').ok_or_else(form)?;
        let key_use = KeyUse::ALL
            .into_iter()
            .find(|key_use| key_use_word(*key_use) == word);
        match key_use {
            Some(key_use) if !file.is_empty() => Ok(Self {
                key_use,
                file: file.into(),
            }),
            _ => Err(form()),
        }
    }
}

/// A root key of a region: `330000=root.pub`.
#[derive(Clone, Debug)]
pub(crate) struct RootOf {
    pub(crate) region: DivisionCode,
    pub(crate) file: PathBuf,
}

impl FromStr for RootOf {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (region, file) = text
            .split_once('=')
            .filter(|(_, file)| !file.is_empty())
            .ok_or("written like 330000=FILE")?;
        let region = region
            .parse()
            .map_err(|error: hc_code::DivisionCodeError| error.to_string())?;
        Ok(Self {
            region,
            file: file.into(),
        })
    }
}

/// An issuer, or one key of an issuer: `330000` or `330000=0123456789abcdef`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Named {
    pub(crate) region: DivisionCode,
    pub(crate) key: Option<KeyId>,
}

impl FromStr for Named {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (region, key) = match text.split_once('=') {
            Some((region, key)) => (region, Some(key)),
            None => (text, None),
        };
        let region: DivisionCode = region
            .parse()
            .map_err(|error: hc_code::DivisionCodeError| error.to_string())?;
        let key = key.map(str::parse).transpose();
        Ok(Self {
            region,
            key: key.map_err(|error: hc_code::signing::KeyIdError| error.to_string())?,
        })
    }
}

/// How many positions have a level: `high=1000`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CountOf {
    pub(crate) value: Listed,
    pub(crate) count: u32,
}

impl FromStr for CountOf {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (level, count) = text
            .split_once('=')
            .ok_or("written like high=1000, medium=500 or unknown=20")?;
        let level: Level = level
            .parse()
            .map_err(|error: hc_code::UnknownLevel| error.to_string())?;
        if level == Level::Low {
            return Err("whoever is not counted is low; count the others".to_owned());
        }
        let count = count.parse().map_err(|_| "the count is not a number")?;
        Ok(Self {
            value: Listed::from(level),
            count,
        })
    }
}

/// A gate by the region that registered it and its id there: `510000/gate-west-1`.
pub(super) fn gate_name(text: &str) -> Result<(DivisionCode, String), String> {
    let (region, id) = text
        .split_once('/')
        .ok_or_else(|| format!("{text:?} is not REGION/ID"))?;
    let region = region.parse().map_err(|error| format!("{error}"))?;
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    if (1..=64).contains(&id.len()) && id.bytes().all(letter) {
        Ok((region, id.to_owned()))
    } else {
        Err(format!("{id:?} is no id of a gate"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_read_in_one_form_only() {
        assert_eq!(
            "lists=a=b".parse::<KeyForUse>().map(|it| it.file),
            Ok(PathBuf::from("a=b"))
        );
        for text in ["lists", "lists=", "=a", "code=a", ""] {
            assert!(text.parse::<KeyForUse>().is_err(), "{text:?}");
        }
        assert!("330000=a".parse::<RootOf>().is_ok());
        for text in ["330000", "330000=", "33=a", "=a"] {
            assert!(text.parse::<RootOf>().is_err(), "{text:?}");
        }
        assert!("330000=0123456789abcdef".parse::<Named>().is_ok());
        assert!("330000".parse::<Named>().is_ok());
        for text in ["330000=", "330000=0123", "33=0123456789abcdef", "="] {
            assert!(text.parse::<Named>().is_err(), "{text:?}");
        }
        assert!("high=3".parse::<CountOf>().is_ok());
        for text in ["low=3", "high", "high=-1", "red=3", "high=99999999999"] {
            assert!(text.parse::<CountOf>().is_err(), "{text:?}");
        }
    }
}
