//! `vectors/day-key`.

use hc_code::day_index::{DayIndex, Domain, SubjectNumber};
use hc_code::day_key::custody::{self, Custodian, CustodianKey, SealedShare, Threshold};
use hc_code::day_key::{DayKey, DayKeyName, Minute};
use hc_code::{Day, DivisionCode, Span, Timestamp};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use serde::{Deserialize, Serialize};

use super::{REGION, at, made, region};
use crate::hexadecimal::{read, write};

/// What comes from one day key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DayKeyVector {
    /// The name of its file.
    #[serde(skip)]
    pub name: String,
    /// The same in a sentence.
    pub about: String,
    /// Whose key.
    pub region: DivisionCode,
    /// Of which local day, counted from 1970-01-01.
    pub day: u16,
    /// Which of the day's keys.
    pub epoch: u8,
    /// The 32 bytes, hexadecimal.
    pub secret: String,
    /// The check value, hexadecimal.
    pub check_value: String,
    /// Exponent of the domain of the positions.
    pub domain: u8,
    /// The minute of the handles.
    pub minute: Timestamp,
    /// What subjects are called.
    pub subjects: Vec<SubjectForm>,
}

/// What one subject is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubjectForm {
    /// The number.
    pub number: u32,
    /// The position in the status list; `null` outside the domain.
    pub index: Option<u32>,
    /// The handle in a live code of that minute, hexadecimal.
    pub handle: String,
    /// The pseudonym of a visit.
    pub visit: u32,
}

impl DayKeyVector {
    /// The same with everything computed here. `None` where the vector itself cannot be read.
    pub fn run(&self) -> Option<Self> {
        let name = DayKeyName {
            region: self.region,
            day: Day::from_number(self.day),
            epoch: self.epoch,
        };
        let secret: [u8; DayKey::LENGTH] = read(&self.secret)?.try_into().ok()?;
        let key = DayKey::from_random(name, secret.into());
        let list = key.list(Domain::new(self.domain).ok()?);
        let (live, visits) = (key.live(), key.visits());
        let minute = Minute::of(self.minute);
        let subjects = self.subjects.iter().map(|form| {
            let subject = SubjectNumber::new(form.number);
            SubjectForm {
                number: form.number,
                index: list.index_of(subject).ok().map(DayIndex::position),
                handle: write(live.handle(subject, minute).as_bytes()),
                visit: visits.pseudonym(subject).number(),
            }
        });
        Some(Self {
            check_value: write(&key.check_value()),
            subjects: subjects.collect(),
            ..self.clone()
        })
    }
}

fn vector(name: &str, about: &str, epoch: u8, domain: u8, numbers: &[u32]) -> DayKeyVector {
    let subject = |number: &u32| SubjectForm {
        number: *number,
        index: None,
        handle: String::new(),
        visit: 0,
    };
    let vector = DayKeyVector {
        name: name.to_owned(),
        about: about.to_owned(),
        region: region(REGION),
        day: 19_171,
        epoch,
        secret: write(&core::array::from_fn::<u8, 32, _>(|place| {
            made(u8::try_from(place * 7))
        })),
        check_value: String::new(),
        domain,
        minute: at("2022-06-28T12:00:30+08:00"),
        subjects: numbers.iter().map(subject).collect(),
    };
    made(vector.run().ok_or("a day key"))
}

/// Every vector of numbers, made anew.
pub fn all() -> Vec<DayKeyVector> {
    let million = [0, 1, 2, 77_777, (1 << 20) - 1, 1 << 20];
    let province = [0, 1, 2, 99_999_999, (1 << 27) - 1, 1 << 27];
    vec![
        vector(
            "smallest-domain",
            "Positions in 2^20; the last number lies outside.",
            0,
            20,
            &million,
        ),
        vector(
            "odd-domain",
            "Positions in 2^27, whose halves have 13 and 14 bits.",
            0,
            27,
            &province,
        ),
        vector(
            "largest-domain",
            "Positions in 2^32.",
            0,
            32,
            &[0, 1, 1 << 31, u32::MAX],
        ),
        vector(
            "second-epoch",
            "The day's second key has another name, so nothing is as before.",
            1,
            20,
            &million,
        ),
    ]
}

/// A sealed day key: what custodians hold, and what they give back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustodyVector {
    /// The same in a sentence.
    pub about: String,
    /// The shares that are given back, opened with their custodians' keys, in order; hexadecimal.
    pub sealed: Vec<String>,
    /// The check value of the key that comes back, hexadecimal; `null` where none does.
    pub check_value: Option<String>,
}

/// Seals with a fixed seed, opens and recovers. The seal's own secrets follow from the seed in a
/// way that is this library's own, so this shows the form; other implementations check that the
/// clear parts read as `spec/day-keys.md` says.
pub fn custody() -> Vec<(String, CustodyVector)> {
    let mut random = ChaCha8Rng::seed_from_u64(2022);
    let now = at("2022-06-29T01:00:00+08:00");
    let name = DayKeyName {
        region: region(REGION),
        day: Day::from_number(19_171),
        epoch: 0,
    };
    let key = DayKey::from_random(name, [0x5a; DayKey::LENGTH].into());
    let keys: Vec<_> = (0..3)
        .map(|_| CustodianKey::generate(&mut random))
        .collect();
    let custodian = |key: &CustodianKey| {
        made(Custodian::new(
            key.public().clone(),
            now,
            now.plus(Span::days(7)),
        ))
    };
    let custodians: Vec<_> = keys.iter().map(custodian).collect();
    let threshold = made(Threshold::new(2, 3));
    let sealed = made(custody::share(
        &key,
        threshold,
        &custodians,
        now,
        &mut random,
    ));
    let give_back = |about: &str, chosen: &[usize]| {
        let chosen: Vec<_> = chosen
            .iter()
            .filter_map(|place| Some((sealed.get(*place)?, keys.get(*place)?)))
            .collect();
        let opened: Vec<_> = chosen
            .iter()
            .map(|(sealed, key)| {
                let again = made(SealedShare::from_bytes(&sealed.to_bytes()));
                made(again.open(key))
            })
            .collect();
        let back = custody::recover(name, &opened).ok();
        CustodyVector {
            about: about.to_owned(),
            sealed: chosen
                .iter()
                .map(|(sealed, _)| write(&sealed.to_bytes()))
                .collect(),
            check_value: back.map(|key| write(&key.check_value())),
        }
    };
    vec![
        (
            "two-of-three".to_owned(),
            give_back("Two of three give the key back.", &[0, 2]),
        ),
        (
            "one-of-three".to_owned(),
            give_back("One of three gives nothing back.", &[1]),
        ),
    ]
}
