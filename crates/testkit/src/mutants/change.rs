//! The ways in which a text is changed.

use hc_code::text::{CodeText, StandardDomain, compose};
use hc_code::{Extension, base45};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng;

use crate::hexadecimal;
use crate::vectors::{ED25519_ORDER, P256_ORDER, combine};

/// One way to change a text. Where a change does not fit a text (there is no showing), the text
/// is changed in its signed statement instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    /// Another character of the alphabet.
    Character,
    /// A character of any kind.
    Foreign,
    /// Characters left out.
    Shorter,
    /// Characters put in.
    Longer,
    /// Two neighbours exchanged.
    Exchanged,
    /// Cut off.
    CutOff,
    /// A letter in lower case.
    Case,
    /// The start of one text, the end of another.
    Spliced,
    /// One clear character replaced by a plausible one.
    Clear,
    /// The clear part of another text.
    OtherClear,
    /// The extension of another text, or a changed one.
    Extension,
    /// Bits of the statement.
    Bits,
    /// A byte of the statement set to a telling value.
    Byte,
    /// Bytes of the statement left out or put in.
    Length,
    /// The start of one statement, the end of another.
    StatementSpliced,
    /// The signature of another statement.
    OtherSignature,
    /// A signature with a special r or s.
    SpecialSignature,
    /// The equivalent s, or the unreduced S.
    EquivalentS,
    /// The header of another statement.
    OtherHeader,
    /// The level changed in the statement and in clear alike.
    LevelEverywhere,
    /// A number written longer.
    LongerNumber,
    /// Bits of the showing.
    ShowingBits,
    /// The showing of another text, or none.
    OtherShowing,
}

impl Change {
    /// All changes.
    pub const ALL: [Self; 23] = [
        Self::Character,
        Self::Foreign,
        Self::Shorter,
        Self::Longer,
        Self::Exchanged,
        Self::CutOff,
        Self::Case,
        Self::Spliced,
        Self::Clear,
        Self::OtherClear,
        Self::Extension,
        Self::Bits,
        Self::Byte,
        Self::Length,
        Self::StatementSpliced,
        Self::OtherSignature,
        Self::SpecialSignature,
        Self::EquivalentS,
        Self::OtherHeader,
        Self::LevelEverywhere,
        Self::LongerNumber,
        Self::ShowingBits,
        Self::OtherShowing,
    ];

    /// Any of them.
    pub fn random(random: &mut ChaCha8Rng) -> Self {
        let at = random.next_u32() as usize % Self::ALL.len();
        Self::ALL.get(at).copied().unwrap_or(Self::Bits)
    }

    /// The changed text.
    pub fn apply(self, text: &str, other: &str, random: &mut ChaCha8Rng) -> String {
        match self {
            Self::Character
            | Self::Foreign
            | Self::Shorter
            | Self::Longer
            | Self::Exchanged
            | Self::CutOff
            | Self::Case
            | Self::Spliced
            | Self::Clear
            | Self::OtherClear => self.on_characters(text, other, random),
            _ => match (CodeText::parse(text), CodeText::parse(other)) {
                (Ok(text), Ok(other)) => self.on_domains(&text, &other, random),
                _ => Self::Character.on_characters(text, other, random),
            },
        }
    }

    fn on_characters(self, text: &str, other: &str, random: &mut ChaCha8Rng) -> String {
        const ALPHABET: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
        let mut letters: Vec<char> = text.chars().collect();
        let others: Vec<char> = other.chars().collect();
        let at = below(random, letters.len());
        let letter = char::from(pick(random, ALPHABET).unwrap_or(b'0'));
        match self {
            Self::Foreign => {
                let letter = char::from_u32(random.next_u32() % 0x3000).unwrap_or('\u{fffd}');
                set(&mut letters, at, letter);
            }
            Self::Shorter => {
                let end = (at + 1 + below(random, 3)).min(letters.len());
                letters.drain(at.min(end)..end);
            }
            Self::Longer => {
                for _ in 0..=below(random, 3) {
                    letters.insert(at.min(letters.len()), letter);
                }
            }
            Self::Exchanged => {
                if at + 1 < letters.len() {
                    letters.swap(at, at + 1);
                }
            }
            Self::CutOff => letters.truncate(at),
            Self::Case => {
                if let Some(place) = letters.get_mut(at) {
                    *place = place.to_ascii_lowercase();
                }
            }
            Self::Spliced => {
                let from = if coin(random) {
                    at
                } else {
                    below(random, others.len())
                };
                letters.truncate(at);
                letters.extend(others.iter().skip(from));
            }
            Self::Clear => {
                let letter = char::from(pick(random, b"0123456789LCP-:HOI").unwrap_or(b'0'));
                let at = below(random, StandardDomain::LEN + 3);
                set(&mut letters, at, letter);
            }
            Self::OtherClear => {
                letters.splice(
                    ..StandardDomain::LEN.min(letters.len()),
                    others.iter().take(StandardDomain::LEN).copied(),
                );
            }
            _ => set(&mut letters, at, letter),
        }
        letters.into_iter().collect()
    }

    fn on_domains(
        self,
        text: &CodeText<'_>,
        other: &CodeText<'_>,
        random: &mut ChaCha8Rng,
    ) -> String {
        let mut standard = text.standard();
        let mut extension = text.extension().to_vec();
        let mut statement = text.security().to_vec();
        let mut showing = text.showing().map(<[u8]>::to_vec);
        match self {
            Self::Extension => {
                if coin(random) {
                    extension = other.extension().to_vec();
                } else {
                    flip(&mut extension, random);
                    if coin(random) {
                        extension.push(0);
                    }
                }
            }
            Self::ShowingBits => match &mut showing {
                Some(showing) => flip(showing, random),
                None => flip(&mut statement, random),
            },
            Self::OtherShowing => showing = other.showing().map(<[u8]>::to_vec),
            Self::LevelEverywhere => {
                // Of the four levels' numbers one is at this place of every statement.
                let to = [(0, "00"), (1, "01"), (10, "10"), (20, "20")];
                let (number, digits) = to.get(below(random, 4)).copied().unwrap_or((0, "00"));
                if let Some(at) = level_place(&statement) {
                    set(&mut statement, at, number);
                    let clear = text.issued().get(..StandardDomain::LEN).unwrap_or_default();
                    let clear = format!(
                        "{}{digits}:{}",
                        clear.get(..13).unwrap_or_default(),
                        "000000"
                    );
                    if let Ok(changed) = CodeText::parse(&clear) {
                        standard = changed.standard();
                    }
                }
            }
            _ => self.on_statement(&mut statement, other.security(), random),
        }
        let extension = Extension::new(extension).unwrap_or_default();
        let mut changed = compose(standard, &extension, &statement);
        if let Some(showing) = showing {
            let length = showing.len();
            changed.extend([length / 100, length / 10 % 10, length % 10].map(digit));
            changed.push_str(&base45::encode(&showing));
        }
        changed
    }

    fn on_statement(self, statement: &mut Vec<u8>, other: &[u8], random: &mut ChaCha8Rng) {
        let at = below(random, statement.len());
        let signature = statement.len().saturating_sub(64);
        let theirs = other.len().saturating_sub(64);
        match self {
            Self::Byte => {
                let value = pick(
                    random,
                    &[
                        0, 1, 0x17, 0x18, 0x1a, 0x1b, 0x40, 0x58, 0x7f, 0x80, 0xa0, 0xf6, 0xff,
                    ],
                );
                set(statement, at, value.unwrap_or(0));
            }
            Self::Length => {
                if coin(random) {
                    statement.remove(at);
                } else {
                    statement.insert(at, u8::try_from(random.next_u32() & 0xff).unwrap_or(0));
                }
            }
            Self::StatementSpliced => {
                statement.truncate(at);
                statement.extend(other.iter().skip(at));
            }
            Self::OtherSignature => {
                statement.truncate(signature);
                statement.extend(other.iter().skip(theirs));
            }
            Self::SpecialSignature => {
                let special = special_number(random);
                let half = signature + 32 * below(random, 2);
                for (place, byte) in statement.iter_mut().skip(half).zip(special) {
                    *place = byte;
                }
            }
            Self::EquivalentS => equivalent_s(statement, random),
            Self::OtherHeader => {
                let header = 3..header_end(statement).max(3);
                let others = other.get(3..header_end(other)).unwrap_or_default();
                statement.splice(header, others.iter().copied());
            }
            Self::LongerNumber => {
                // 1a …: four bytes of time become eight.
                let places: Vec<_> = statement
                    .iter()
                    .enumerate()
                    .filter(|(at, byte)| **byte == 0x1a && *at < signature)
                    .map(|(at, _)| at)
                    .collect();
                if let Some(at) = places.get(below(random, places.len())) {
                    statement.splice(at..=at, [0x1b, 0, 0, 0, 0]);
                }
            }
            _ => flip(statement, random),
        }
    }
}

/// Where the level's number is: after `3a 00 01 00 00`, the array's head and the class.
fn level_place(statement: &[u8]) -> Option<usize> {
    let label = [0x3a, 0x00, 0x01, 0x00, 0x00];
    let at = statement
        .windows(label.len())
        .position(|window| window == label)?;
    Some(at + label.len() + 2)
}

/// The protected header ends at three plus its length.
fn header_end(statement: &[u8]) -> usize {
    let length = statement.get(2).map_or(0, |head| head & 0x1f);
    (3 + usize::from(length)).min(statement.len())
}

fn special_number(random: &mut ChaCha8Rng) -> Vec<u8> {
    let p256 = hexadecimal::read(P256_ORDER).unwrap_or_default();
    let mut ed25519 = hexadecimal::read(ED25519_ORDER).unwrap_or_default();
    ed25519.reverse();
    let one = || {
        let mut one = vec![0; 32];
        if let Some(last) = one.last_mut() {
            *last = 1;
        }
        one
    };
    match below(random, 7) {
        0 => vec![0; 32],
        1 => one(),
        2 => one().into_iter().rev().collect(),
        3 => vec![0xff; 32],
        4 => p256,
        5 => combine(&p256, &one(), true),
        _ => ed25519,
    }
}

fn equivalent_s(statement: &mut Vec<u8>, random: &mut ChaCha8Rng) {
    let at = statement.len().saturating_sub(32);
    let mut s = statement.split_off(at);
    let (order, negative) = if coin(random) {
        (P256_ORDER, true)
    } else {
        (ED25519_ORDER, false)
    };
    let order = hexadecimal::read(order).unwrap_or_default();
    if negative {
        s = combine(&order, &s, true);
    } else {
        s.reverse();
        s = combine(&s, &order, false);
        s.reverse();
    }
    statement.extend(s);
}

fn flip(bytes: &mut [u8], random: &mut ChaCha8Rng) {
    for _ in 0..=below(random, 3) {
        let at = below(random, bytes.len());
        if let Some(byte) = bytes.get_mut(at) {
            *byte ^= 1 << below(random, 8);
        }
    }
}

fn set<T>(items: &mut [T], at: usize, to: T) {
    if let Some(place) = items.get_mut(at) {
        *place = to;
    }
}

fn pick(random: &mut ChaCha8Rng, from: &[u8]) -> Option<u8> {
    from.get(below(random, from.len())).copied()
}

fn coin(random: &mut ChaCha8Rng) -> bool {
    random.next_u32() & 1 == 0
}

fn digit(value: usize) -> char {
    u32::try_from(value)
        .ok()
        .and_then(|value| char::from_digit(value, 10))
        .unwrap_or('0')
}

/// A number below a bound; zero where that is zero.
fn below(random: &mut ChaCha8Rng, bound: usize) -> usize {
    random.next_u32() as usize % bound.max(1)
}
