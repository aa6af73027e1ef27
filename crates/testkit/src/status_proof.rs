//! The proof of the status list's size and speed: a province of 100 million in its real domain.
//!
//! Every figure is measured on signed lists that a gate then holds, and every subject's answer is
//! compared with what the region meant.

mod day;
mod table;

use hc_code::day_index::{DayIndex, DayPermutation, Domain, OutsideDomain, SubjectNumber};
use hc_code::day_key::{DayKey, DayKeyName};
use hc_code::signing::{Algorithm, SecretKeyError, Signer, SigningError, SigningKey};
use hc_code::status_list::{
    BookError, Delta, DeltaError, EditionTimes, HeldLists, ListBook, ListIssuer, ListName,
    NotAccepted, ShardError, SignedShard,
};
use hc_code::verify::{Listed, StatusLookup};
use hc_code::{
    DayError, DivisionCode, DivisionCodeError, HttpsUri, HttpsUriError, Offset, Span, Timestamp,
};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

pub use self::day::DayTraffic;
pub use self::table::{head, rows, shortfalls};

/// What a list refused; nothing of it should be.
#[derive(Debug, thiserror::Error)]
pub enum ProofError {
    /// A constant of the proof is no division.
    #[error(transparent)]
    Division(#[from] DivisionCodeError),
    /// A constant of the proof is no day.
    #[error(transparent)]
    Day(#[from] DayError),
    /// A constant of the proof is no address.
    #[error(transparent)]
    Address(#[from] HttpsUriError),
    /// A constant of the proof is no key.
    #[error(transparent)]
    Key(#[from] SecretKeyError),
    /// A subject has no position.
    #[error(transparent)]
    Outside(#[from] OutsideDomain),
    /// An edition was not published.
    #[error(transparent)]
    Book(#[from] BookError),
    /// A shard was not signed.
    #[error(transparent)]
    Signing(#[from] SigningError),
    /// A shard was not read.
    #[error(transparent)]
    Shard(#[from] ShardError),
    /// A delta was not read.
    #[error(transparent)]
    Delta(#[from] DeltaError),
    /// The gate did not take something.
    #[error(transparent)]
    NotAccepted(#[from] NotAccepted),
    /// A domain of 2^32 is not measured position by position.
    #[error("the domain is too large to be compared position by position")]
    TooLarge(#[from] core::num::TryFromIntError),
}

/// What share of a population is not low, and how many of those are high.
#[derive(Clone, Copy, Debug)]
pub struct Outbreak {
    /// Of a million people, how many are not low.
    pub not_low_per_million: u32,
    /// Of a hundred who are not low, how many are high; the others are medium, one in twenty of
    /// them to be checked.
    pub high_per_hundred: u32,
}

impl Outbreak {
    /// The three states that the system is built for: quiet; Zhejiang in February 2020; a worst
    /// day.
    pub const ALL: [Self; 3] = [
        Self {
            not_low_per_million: 1_000,
            high_per_hundred: 20,
        },
        Self {
            not_low_per_million: 53_000,
            high_per_hundred: 30,
        },
        Self {
            not_low_per_million: 300_000,
            high_per_hundred: 30,
        },
    ];
}

/// What was measured for one outbreak. Times are wall-clock seconds on one core.
#[derive(Clone, Debug)]
pub struct Measured {
    /// The state that was measured.
    pub outbreak: Outbreak,
    /// People in the province.
    pub population: u32,
    /// Exponent of the domain.
    pub domain_bits: u8,
    /// People who are not low.
    pub not_low: usize,
    /// Bytes of all signed shards.
    pub shard_bytes: usize,
    /// Bytes of the same list as one signed Golomb–Rice whole.
    pub whole_bytes: usize,
    /// From subject numbers to positions.
    pub index_seconds: f64,
    /// From positions to the published edition (which signs the whole).
    pub publish_seconds: f64,
    /// Compressing and signing all shards.
    pub sign_seconds: f64,
    /// Checking, expanding and taking all shards at a gate.
    pub accept_seconds: f64,
    /// Random look-ups a second at a gate.
    pub look_ups_per_second: f64,
    /// Changes in one signed delta, and its bytes.
    pub delta: (usize, usize),
    /// Making and signing that delta; taking it at a gate.
    pub delta_seconds: (f64, f64),
    /// What a gate loads in a day.
    pub traffic: DayTraffic,
    /// Subjects whose answer at the gate differed from what was meant. Must be 0.
    pub wrong: u64,
}

impl Measured {
    /// From subject numbers to a whole signed list, in seconds.
    pub fn build_seconds(&self) -> f64 {
        self.index_seconds + self.publish_seconds + self.sign_seconds
    }
}

/// A province, its key of the day, and what it means of everybody.
struct Province {
    population: u32,
    name: ListName,
    permutation: DayPermutation,
    signer: SigningKey,
    rng: ChaCha8Rng,
    /// Subjects that are not low, ascending.
    exceptions: Vec<(SubjectNumber, Listed)>,
}

const MIDNIGHT: &str = "2022-06-29T00:00:00+08:00";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap_or(Timestamp::MAX)
}

fn times(issued_at: Timestamp) -> EditionTimes {
    EditionTimes {
        as_of: issued_at,
        issued_at,
        expires_at: at(MIDNIGHT),
    }
}

/// Seconds that something takes.
#[expect(clippy::disallowed_methods, reason = "a proof of speed measures")]
fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let start = std::time::Instant::now();
    let result = work();
    (result, start.elapsed().as_secs_f64())
}

impl Province {
    fn new(population: u32, outbreak: Outbreak, seed: u64) -> Result<Self, ProofError> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut secret = [0; DayKey::LENGTH];
        rng.fill_bytes(&mut secret);
        let region: DivisionCode = "330000".parse()?;
        let day = "2022-06-28".parse()?;
        let key = DayKeyName {
            region,
            day,
            epoch: 0,
        };
        let domain = Domain::SMALLEST.for_tomorrow(u64::from(population));
        let mut exceptions = Vec::new();
        for number in 0..population {
            if rng.next_u32() % 1_000_000 < outbreak.not_low_per_million {
                let value = match rng.next_u32() % 2000 {
                    draw if draw < outbreak.high_per_hundred * 20 => Listed::High,
                    draw if draw % 20 == 19 => Listed::Recheck,
                    _ => Listed::Medium,
                };
                exceptions.push((SubjectNumber::new(number), value));
            }
        }
        Ok(Self {
            population,
            name: ListName {
                region,
                day,
                epoch: 0,
                domain,
            },
            permutation: DayKey::from_random(key, secret.into()).list(domain),
            signer: SigningKey::from_secret(Algorithm::Ed25519, &[9; 32])?,
            rng,
            exceptions,
        })
    }

    fn issuer(&self) -> ListIssuer<'_> {
        ListIssuer {
            region: self.name.region,
            key: self.signer.public_key(),
            offset: Offset::CHINA,
        }
    }

    /// Random changes: subjects without repetition, each to another value than `book` has.
    fn changes(
        &mut self,
        book: &ListBook,
        count: usize,
    ) -> Result<Vec<(DayIndex, Listed)>, ProofError> {
        let mut subjects = std::collections::BTreeSet::new();
        while subjects.len() < count {
            subjects.insert(self.rng.next_u32() % self.population);
        }
        let indexes = self
            .permutation
            .indexes_of(subjects.into_iter().map(SubjectNumber::new))?;
        Ok(indexes
            .into_iter()
            .map(|index| {
                let value = match book.value(index) {
                    Listed::Low if self.rng.next_u32().is_multiple_of(4) => Listed::High,
                    Listed::Low => Listed::Medium,
                    _ => Listed::Low,
                };
                (index, value)
            })
            .collect())
    }
}

/// Measures one outbreak in a province of that many people.
///
/// # Errors
/// Whatever the list refuses; nothing should.
pub fn measure(population: u32, outbreak: Outbreak, seed: u64) -> Result<Measured, ProofError> {
    let mut province = Province::new(population, outbreak, seed)?;
    let evening = at("2022-06-27T22:00:00+08:00");
    let address = HttpsUri::parse("https://330000.example/status")?;

    let (indexes, index_seconds) = timed(|| {
        let subjects = province.exceptions.iter().map(|(subject, _)| *subject);
        province.permutation.indexes_of(subjects)
    });
    let indexes = indexes?;
    let (published, publish_seconds) = timed(|| {
        let values = province.exceptions.iter().map(|(_, value)| *value);
        let exceptions = indexes.iter().copied().zip(values);
        let mut book = ListBook::begin(province.name, Offset::CHINA, exceptions)?;
        let whole = book.publish(times(evening), &province.signer)?;
        Ok::<_, ProofError>((book, whole))
    });
    let (mut book, whole) = published?;
    let (shards, sign_seconds) = timed(|| {
        let shards = book.sign_shards(&address, &province.signer)?;
        Ok::<_, ProofError>(shards.collect::<Result<Vec<_>, _>>()?)
    });
    let shards = shards?;

    let issuer = province.issuer();
    let (held, accept_seconds) = timed(|| {
        let mut held = HeldLists::new();
        for bytes in &shards {
            held.accept_shard(SignedShard::open(bytes, &issuer)?, evening)?;
        }
        Ok::<_, ProofError>(held)
    });
    let mut held = held?;
    let look_ups_per_second = look_up(&mut province, &held);
    let mut wrong = count_wrong(&province, &held)?;

    let morning = at("2022-06-28T08:00:00+08:00");
    let count = 10_000.min(population as usize / 10);
    for (index, value) in province.changes(&book, count)? {
        book.note(index, value)?;
    }
    let (delta, make_seconds) = timed(|| book.publish(times(morning), &province.signer));
    let delta = delta?;
    let (taken, take_seconds) = timed(|| {
        held.accept_delta(&Delta::open(&delta, &province.issuer())?, morning)?;
        Ok::<_, ProofError>(())
    });
    taken?;
    wrong += differences(&province, &book, &held)?;

    let traffic = day::day_of_a_gate(&mut province, &mut book, &mut held, morning)?;
    wrong += differences(&province, &book, &held)?;
    Ok(Measured {
        outbreak,
        population,
        domain_bits: province.name.domain.bits(),
        not_low: province.exceptions.len(),
        shard_bytes: shards.iter().map(Vec::len).sum(),
        whole_bytes: whole.len(),
        index_seconds,
        publish_seconds,
        sign_seconds,
        accept_seconds,
        look_ups_per_second,
        delta: (count, delta.len()),
        delta_seconds: (make_seconds, take_seconds),
        traffic,
        wrong,
    })
}

/// Random look-ups a second: the best of ten runs.
fn look_up(province: &mut Province, held: &HeldLists) -> f64 {
    let day = u32::from(province.name.day.number());
    let mask = u32::try_from(province.name.domain.size() - 1).unwrap_or(u32::MAX);
    let positions: Vec<u32> = (0..2_000_000)
        .map(|_| province.rng.next_u32() & mask)
        .collect();
    let mut best = f64::MAX;
    for _ in 0..10 {
        let (found, seconds) = timed(|| {
            let answers = positions
                .iter()
                .map(|position| held.status(province.name.region, day, *position));
            answers
                .flatten()
                .filter(|answer| answer.listed != Listed::Low)
                .count()
        });
        std::hint::black_box(found);
        best = best.min(seconds);
    }
    2_000_000.0 / best
}

/// Looks up every subject of the province and compares with what was meant.
fn count_wrong(province: &Province, held: &HeldLists) -> Result<u64, ProofError> {
    let day = u32::from(province.name.day.number());
    let mut wrong = 0;
    let mut exceptions = province.exceptions.iter().peekable();
    let mut first = 0;
    while first < province.population {
        let last = province.population.min(first.saturating_add(1 << 20));
        let subjects = (first..last).map(SubjectNumber::new);
        let indexes = province.permutation.indexes_of(subjects.clone())?;
        for (subject, index) in subjects.zip(indexes) {
            let meant = match exceptions.next_if(|(exception, _)| *exception == subject) {
                Some((_, value)) => *value,
                None => Listed::Low,
            };
            let answer = held.status(province.name.region, day, index.position());
            wrong += u64::from(answer.is_none_or(|answer| answer.listed != meant));
        }
        first = last;
    }
    Ok(wrong)
}

/// Positions of the whole domain at which gate and region differ.
fn differences(province: &Province, book: &ListBook, held: &HeldLists) -> Result<u64, ProofError> {
    let day = u32::from(province.name.day.number());
    let last = u32::try_from(province.name.domain.size() - 1)?;
    let differs = |position: &u32| {
        let answer = held.status(province.name.region, day, *position);
        answer.is_none_or(|answer| answer.listed != book.value(DayIndex::new(*position)))
    };
    Ok((0..=last).filter(differs).count() as u64)
}

/// Five minutes, the step in which a gate asks for what is new.
const STEP: Span = Span::seconds(300);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_province_is_exact_in_every_outbreak() {
        for outbreak in Outbreak::ALL {
            let measured = measure(200_000, outbreak, 1).unwrap();
            assert_eq!(measured.wrong, 0);
            assert_eq!(measured.domain_bits, 20);
            assert!(measured.shard_bytes > 200 && measured.delta.1 < 30_000);
        }
    }
}
