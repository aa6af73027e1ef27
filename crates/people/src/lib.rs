//! Seeded people who never lived: for the demonstration, the load generator and tests.
//!
//! The same place in the same crowd is always the same person. Their identity numbers are well formed
//! and say that they were born in the 1900s, so that no number is anybody's who could be met; their
//! names begin with 演示, "demonstration".

use hc_code::{DivisionCode, Span, Timestamp};
use hc_core::act::{Consent, Enrolment, HealthDeclaration, Profile};
use hc_core::document::{Document, DocumentType};
use hc_core::personal::{PersonName, Phone};
use hc_core::record::{DataElements, Health, Provenance, Reading};
use serde_json::json;

/// A crowd of people of one county, or of a city's.
#[derive(Clone, Copy, Debug)]
pub struct Crowd {
    counties: Counties,
}

#[derive(Clone, Copy, Debug)]
enum Counties {
    One(DivisionCode),
    Hangzhou,
}

const DISTRICTS: u32 = 10;
/// The districts of Hangzhou (GB/T 2260, as of 2021).
const HANGZHOU: [u32; DISTRICTS as usize] = [
    330_106, 330_102, 330_105, 330_108, 330_109, 330_110, 330_111, 330_112, 330_113, 330_114,
];

/// One of them, in the texts that a form has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The name.
    pub name: String,
    /// The number of the identity card.
    pub number: String,
    /// The telephone number, which two of three give.
    pub phone: Option<String>,
}

/// What of a person the domain refuses: a fault of this crate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("seeded person {index}: {what}")]
pub struct Unfit {
    index: u32,
    what: String,
}

/// Days from 1900-01-01 to 1909-12-31.
const BIRTHDAYS: u32 = 3652;
/// Sequences of one day and division, from 001 to 999.
const SEQUENCES: u32 = 999;
const OF_A_COUNTY: u32 = BIRTHDAYS * SEQUENCES;

const GIVEN: [&str; 32] = [
    "安", "博", "晨", "德", "恩", "芳", "国", "海", "佳", "康", "兰", "明", "宁", "平", "青", "荣",
    "山", "涛", "文", "霞", "雪", "阳", "一", "怡", "英", "勇", "玉", "月", "云", "泽", "志", "子",
];

impl Crowd {
    /// The crowd of a county.
    pub const fn of(division: DivisionCode) -> Self {
        Self {
            counties: Counties::One(division),
        }
    }

    /// The crowd of Hangzhou's ten districts, 36 million; those of 西湖 come first.
    pub const fn hangzhou() -> Self {
        Self {
            counties: Counties::Hangzhou,
        }
    }

    /// How many different people there are.
    pub const fn size(self) -> u32 {
        match self.counties {
            Counties::One(_) => OF_A_COUNTY,
            Counties::Hangzhou => OF_A_COUNTY * DISTRICTS,
        }
    }

    /// The county of the person at a place, by its number.
    fn county(self, index: u32) -> u32 {
        match self.counties {
            Counties::One(division) => division.number(),
            Counties::Hangzhou => {
                let place = index / OF_A_COUNTY % DISTRICTS;
                HANGZHOU.get(place as usize).copied().unwrap_or(330_106)
            }
        }
    }

    /// The person at a place; beyond [`Self::size`] they come again.
    pub fn person(self, index: u32) -> Person {
        // A fixed walk over all numbers, so that neighbours do not look like neighbours.
        let place = u64::from(index % OF_A_COUNTY) * 1_500_013 % u64::from(OF_A_COUNTY);
        let place = u32::try_from(place).unwrap_or(0);
        let (day, sequence) = (place / SEQUENCES, place % SEQUENCES + 1);
        let born = Timestamp::from_unix(FIRST_BIRTHDAY + i64::from(day) * 86_400);
        let date = born.to_string();
        let date: String = date.chars().take(10).filter(char::is_ascii_digit).collect();
        let body = format!("{:06}{date}{sequence:03}", self.county(index));
        let name = |bits: u32| GIVEN.get((bits % 32) as usize).copied().unwrap_or("安");
        Person {
            name: format!("演示{}{}", name(place), name(place >> 5)),
            number: format!("{body}{}", check_character(&body)),
            phone: (!index.is_multiple_of(3)).then(|| format!("199{place:08}")),
        }
    }

    /// The person at a place, ready to be enrolled, with a first declaration of good health.
    ///
    /// # Errors
    /// [`Unfit`] where the crowd's division is none that identity numbers have.
    pub fn enrolment(self, index: u32, now: Timestamp) -> Result<Enrolment, Unfit> {
        let person = self.person(index);
        let unfit = |what: String| Unfit { index, what };
        let kind = DocumentType::from_word("resident-id").map_err(|e| unfit(e.to_string()))?;
        let document = Document::parse(kind, &person.number, None, now);
        let phone = person.phone.as_deref().map(Phone::parse).transpose();
        Ok(Enrolment {
            profile: Profile {
                name: PersonName::parse(&person.name).map_err(|e| unfit(e.to_string()))?,
                phone: phone.map_err(|e| unfit(e.to_string()))?,
                address: None,
            },
            document: document.map_err(|e| unfit(e.to_string()))?,
            consents: vec![Consent {
                purpose: Consent::CODE,
                version: 1,
                lasts: Span::days(365),
            }],
            declaration: Some(healthy(now).map_err(unfit)?),
        })
    }
}

/// A declaration in which nothing is wrong.
///
/// # Errors
/// What the form refuses, in words.
pub fn healthy(now: Timestamp) -> Result<HealthDeclaration, String> {
    let source = "self".parse().map_err(|error| format!("{error:?}"))?;
    let bare = Provenance::new(source, now, None).ok_or("no provenance")?;
    let reading = Reading {
        elements: DataElements::bundled(),
        now,
        bare,
    };
    let form = json!({
        "symptoms": ["1"],
        "stayedHighRisk": "2",
        "contactWithCase": "2",
        "reportedAt": now.to_string(),
        "temperature": "36.5",
    });
    let serde_json::Value::Object(form) = form else {
        return Err("no form".to_owned());
    };
    let health = Health::parse(&form, &reading).map_err(|errors| {
        let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
        errors.join("; ")
    })?;
    Ok(HealthDeclaration {
        health,
        trips: Vec::new(),
    })
}

/// 1900-01-01 as Unix seconds.
const FIRST_BIRTHDAY: i64 = -2_208_988_800;

/// The check character of GB 11643-1999 (ISO 7064, MOD 11-2).
fn check_character(body: &str) -> char {
    let sum = body.bytes().fold(0u32, |sum, digit| {
        (sum + u32::from(digit.saturating_sub(b'0'))) * 2 % 11
    });
    match (12 - sum % 11) % 11 {
        10 => 'X',
        digit => char::from_digit(digit, 10).unwrap_or('0'),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn people_are_different_and_can_be_enrolled() {
        let now = "2022-07-01T09:00:00+08:00".parse().unwrap();
        let crowd = Crowd::of("330106".parse().unwrap());
        let mut numbers = BTreeSet::new();
        for index in 0..5_000 {
            let person = crowd.person(index);
            assert!(
                person.number.starts_with("3301061900") || person.number.starts_with("33010619")
            );
            assert!(numbers.insert(person.number));
            crowd.enrolment(index, now).unwrap();
        }
        assert_eq!(crowd.person(7), crowd.person(7 + crowd.size()));
    }

    #[test]
    fn a_city_has_the_people_of_its_districts_and_each_once() {
        let (city, county) = (Crowd::hangzhou(), Crowd::of("330106".parse().unwrap()));
        assert_eq!(city.size(), 10 * county.size());
        assert_eq!(city.person(7), county.person(7));
        let next = city.person(county.size() + 7);
        assert!(next.number.starts_with("330102"));
        assert_eq!(next.number[6..17], county.person(7).number[6..17]);
        assert_eq!(city.person(city.size() + 7), city.person(7));
        let now = "2022-07-01T09:00:00+08:00".parse().unwrap();
        for place in 0..10 {
            city.enrolment(place * county.size(), now).unwrap();
        }
    }

    #[test]
    fn the_example_of_the_standard_has_its_check_character() {
        assert_eq!(check_character("11010519491231002"), 'X');
        assert_eq!(check_character("44052418800101001"), '4');
    }
}
