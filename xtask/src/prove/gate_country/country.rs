//! The country as gates carry it: 31 regions, their people, their lists, and codes of some of them.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use hc_code::day_index::{DayPermutation, Domain, SubjectNumber};
use hc_code::day_key::{DayKey, DayKeyName};
use hc_code::issue::{CarriedPlace, Decided};
use hc_code::keys::KeyUse;
use hc_code::signing::{Algorithm, Signer, SigningKey};
use hc_code::statement::Statement;
use hc_code::status_list::{EditionTimes, ListBook, ListName};
use hc_code::trust_list::{IssuerEntry, Role, Roles, RootKey, TrustDraft, TrustList, Validity};
use hc_code::verify::Listed;
use hc_code::{Day, DivisionCode, Extension, Level, Offset, ReasonClass, Span, Timestamp, carried};
use hc_testkit::hexadecimal;
use hc_testkit::regions::{self, NOON, Region, STALENESS};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde_json::json;

use super::{CHANGES, Shown};

/// People by the census of 2020 (National Bureau of Statistics, communiqué no. 3 of 2021-05-11).
const PEOPLE: [(u32, u32); 31] = [
    (110_000, 21_893_095),
    (120_000, 13_866_009),
    (130_000, 74_610_235),
    (140_000, 34_915_616),
    (150_000, 24_049_155),
    (210_000, 42_591_407),
    (220_000, 24_073_453),
    (230_000, 31_850_088),
    (310_000, 24_870_895),
    (320_000, 84_748_016),
    (330_000, 64_567_588),
    (340_000, 61_027_171),
    (350_000, 41_540_086),
    (360_000, 45_188_635),
    (370_000, 101_527_453),
    (410_000, 99_365_519),
    (420_000, 57_752_557),
    (430_000, 66_444_864),
    (440_000, 126_012_510),
    (450_000, 50_126_804),
    (460_000, 10_081_232),
    (500_000, 32_054_159),
    (510_000, 83_674_866),
    (520_000, 38_562_148),
    (530_000, 47_209_277),
    (540_000, 3_648_100),
    (610_000, 39_528_999),
    (620_000, 25_019_831),
    (630_000, 5_923_957),
    (640_000, 7_202_654),
    (650_000, 25_852_345),
];

/// One region as a gate gets it.
pub(super) struct Carried {
    region: Region,
    people: u32,
    not_low: usize,
    keys: Vec<u8>,
    whole: Vec<u8>,
    delta: Vec<u8>,
}

/// Everything that a gate carries.
pub(super) struct Country {
    pub(super) settings: String,
    pub(super) trust: Vec<u8>,
    pub(super) regions: Vec<Carried>,
    pub(super) codes: Vec<Shown>,
}

/// Which kind of list is taken.
#[derive(Clone, Copy, Debug)]
pub(super) enum StepKind {
    Trust,
    Keys,
    Status,
}

impl StepKind {
    /// The loader's method.
    pub(super) const fn method(self) -> &'static str {
        match self {
            Self::Trust => "takeTrustList",
            Self::Keys => "takeKeyList",
            Self::Status => "takeStatusDelta",
        }
    }
}

/// One list that is taken.
pub(super) struct Step<'a> {
    pub(super) kind: StepKind,
    pub(super) bytes: &'a [u8],
    pub(super) region: DivisionCode,
    pub(super) at: Timestamp,
}

fn hub() -> SigningKey {
    regions::key(Algorithm::Ed25519, 200, 0)
}

/// The gate's clock: after the changes.
const GATE: Timestamp = NOON.plus(Span::seconds(600));

fn times(issued_at: Timestamp) -> EditionTimes {
    EditionTimes {
        as_of: issued_at,
        issued_at,
        expires_at: NOON.plus(Span::hours(10)),
    }
}

impl Country {
    /// Builds it: so many of a million not low, from a seed; at most so many regions, and so many codes of each.
    pub(super) fn build(
        (not_low_per_million, seed): (u32, u64),
        (most, codes): (usize, u32),
    ) -> Result<Self> {
        let all: u64 = PEOPLE.iter().map(|(_, people)| u64::from(*people)).sum();
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let (mut regions, mut shown, mut entries) = (Vec::new(), Vec::new(), Vec::new());
        let always = Validity::new(Timestamp::from_unix(0), Timestamp::MAX)?;
        let roles = Roles::new(Role::ALL)?;
        for (number, (code, people)) in (1_u8..).zip(PEOPLE).take(most) {
            // The algorithms of the country by turns.
            let algorithm = [Algorithm::Sm2, Algorithm::Ed25519, Algorithm::Es256];
            let algorithm = algorithm
                .get(usize::from(number) % 3)
                .copied()
                .unwrap_or(Algorithm::Sm2);
            let region = Region::new(code, algorithm, number);
            let root = RootKey::new(region.root().public_key().clone(), roles, always);
            entries.push(IssuerEntry::new(
                region.division(),
                Offset::CHINA,
                STALENESS,
                always,
                vec![root],
                Vec::new(),
            )?);
            let share = u64::from(people) * CHANGES as u64 / all;
            let changes = usize::try_from(share)? + 1;
            let not_low = u64::from(people) * u64::from(not_low_per_million) / 1_000_000;
            let made = make(
                &region,
                people,
                (usize::try_from(not_low)?, changes),
                &mut random,
            )?;
            shown.extend(codes_of(&region, &made, codes, &mut random)?);
            regions.push(Carried {
                people,
                not_low: made.not_low.len(),
                keys: region.key_list(1, region.listed_keys()).as_bytes().to_vec(),
                whole: made.whole,
                delta: made.delta,
                region,
            });
        }
        let trust = TrustList::new(TrustDraft {
            version: 1,
            issued_at: NOON.minus(Span::hours(2)),
            expires_at: NOON.plus(Span::days(30)),
            removals_settled_until: NOON.minus(Span::hours(3)),
            hub_keys: vec![hub().public_key().clone()],
            removal_keys: Vec::new(),
            issuers: entries,
        })?;
        let key = hexadecimal::write(hub().public_key().as_bytes());
        let settings = json!({"hubKeys": [{"algorithm": "Ed25519", "key": key}]});
        Ok(Self {
            settings: settings.to_string(),
            trust: trust.sign(&hub())?,
            regions,
            codes: shown,
        })
    }

    /// Every list in the order in which it is taken.
    pub(super) fn steps(&self) -> Vec<Step<'_>> {
        let step = |kind, bytes, region, at| Step {
            kind,
            bytes,
            region,
            at,
        };
        let mut steps = Vec::new();
        let first = self.regions.first().map(|one| one.region.division());
        steps.extend(first.map(|region| step(StepKind::Trust, &*self.trust, region, NOON)));
        for one in &self.regions {
            let region = one.region.division();
            steps.push(step(StepKind::Keys, &one.keys, region, NOON));
            steps.push(step(StepKind::Status, &one.whole, region, NOON));
            steps.push(step(StepKind::Status, &one.delta, region, GATE));
        }
        steps
    }

    pub(super) fn people(&self) -> u64 {
        self.regions.iter().map(|one| u64::from(one.people)).sum()
    }

    pub(super) fn not_low(&self) -> usize {
        self.regions.iter().map(|one| one.not_low).sum()
    }

    pub(super) fn wholes(&self) -> usize {
        self.regions.iter().map(|one| one.whole.len()).sum()
    }

    pub(super) fn keys(&self) -> usize {
        self.regions.iter().map(|one| one.keys.len()).sum()
    }

    pub(super) fn deltas(&self) -> usize {
        self.regions.iter().map(|one| one.delta.len()).sum()
    }

    /// How many verdicts are not what the region means.
    pub(super) fn wrong(&self, actions: &[String]) -> usize {
        let pairs = self.codes.iter().zip(actions);
        pairs.filter(|(code, action)| code.due != *action).count()
    }
}

/// What a region made for its gates.
struct Made {
    permutation: DayPermutation,
    people: u32,
    not_low: BTreeSet<u32>,
    book: ListBook,
    whole: Vec<u8>,
    delta: Vec<u8>,
    day: u32,
}

fn make(
    region: &Region,
    people: u32,
    (not_low, changes): (usize, usize),
    random: &mut ChaCha8Rng,
) -> Result<Made> {
    let day = Day::of(NOON, Offset::CHINA)?;
    let mut secret = [0; DayKey::LENGTH];
    random.fill_bytes(&mut secret);
    let name = DayKeyName {
        region: region.division(),
        day,
        epoch: 0,
    };
    let domain = Domain::SMALLEST.for_tomorrow(u64::from(people));
    let permutation = DayKey::from_random(name, secret.into()).list(domain);
    let mut subjects = BTreeSet::new();
    while subjects.len() < not_low {
        subjects.insert(random.next_u32() % people);
    }
    let numbers = subjects.iter().copied().map(SubjectNumber::new);
    let indexes = permutation.indexes_of(numbers)?;
    let values = indexes.into_iter().map(|index| {
        let high = random.next_u32().is_multiple_of(5);
        (index, if high { Listed::High } else { Listed::Medium })
    });
    let list = ListName {
        region: region.division(),
        day,
        epoch: 0,
        domain,
    };
    let values: Vec<_> = values.collect();
    let signer = region.node_key(KeyUse::Lists, 0);
    let mut book = ListBook::begin(list, Offset::CHINA, values)?;
    let whole = book.publish(times(NOON.minus(Span::seconds(60))), &signer)?;
    let mut changed = BTreeSet::new();
    while changed.len() < changes {
        changed.insert(random.next_u32() % people);
    }
    let numbers = changed.iter().copied().map(SubjectNumber::new);
    for index in permutation.indexes_of(numbers)? {
        let value = match book.value(index) {
            Listed::Low => Listed::Medium,
            _ => Listed::Low,
        };
        book.note(index, value)?;
    }
    let delta = book.publish(times(NOON.plus(Span::seconds(300))), &signer)?;
    Ok(Made {
        permutation,
        people,
        not_low: subjects,
        book,
        whole,
        delta,
        day: u32::from(day.number()),
    })
}

/// Carried codes that say low, of people of whom every second one is not low by now.
fn codes_of(
    region: &Region,
    made: &Made,
    count: u32,
    random: &mut ChaCha8Rng,
) -> Result<Vec<Shown>> {
    let (issuer, holder) = (region.issuer(), regions::holder(region.seed()));
    let morning = NOON.minus(Span::hours(2));
    let decided = Decided {
        statement: Statement::new(Level::Low, ReasonClass::None, morning)?,
        valid_until: Timestamp::MAX,
    };
    let sick: Vec<u32> = made.not_low.iter().copied().collect();
    let mut shown = Vec::new();
    for number in 0..count {
        let draw = random.next_u32();
        let subject = if number % 2 == 0 && !sick.is_empty() {
            let place = usize::try_from(draw)? % sick.len();
            sick.get(place).copied().context("a place within")?
        } else {
            draw % made.people
        };
        let index = made.permutation.index_of(SubjectNumber::new(subject))?;
        let place = CarriedPlace {
            day: made.day,
            index: index.position(),
            holder: holder.public_key().clone(),
        };
        let text = issuer.carried(&decided, &place, &Extension::empty(), morning)?;
        let at = GATE.plus(Span::seconds(number));
        shown.push(Shown {
            text: carried::show(&holder, &text, at)?,
            at,
            due: match made.book.value(index) {
                Listed::Low => "pass",
                Listed::High => "refuse",
                Listed::Medium => "check",
                Listed::Recheck => "unknown",
            },
        });
    }
    Ok(shown)
}
