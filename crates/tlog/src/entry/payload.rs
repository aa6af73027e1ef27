//! The values that details can have, each with its one encoding.

use core::fmt;
use core::str::FromStr;

/// Why the bytes of a detail are no value of its field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PayloadError {
    /// Another number of bytes.
    #[error("it has {need} bytes, not {got}")]
    Length {
        /// Bytes that the value has.
        need: usize,
        /// Bytes that there are.
        got: usize,
    },
    /// No level has this byte.
    #[error("{0:#04x} is no level")]
    Level(u8),
    /// Not UTF-8.
    #[error("it is not UTF-8")]
    Utf8,
    /// Not a label.
    #[error(transparent)]
    Label(#[from] LabelError),
    /// Not a range.
    #[error(transparent)]
    Range(#[from] IndexRangeError),
    /// Not a part.
    #[error(transparent)]
    Part(#[from] PartError),
}

/// How a value is written in a content.
pub(super) trait Payload: Sized {
    fn write(&self, bytes: &mut Vec<u8>);
    fn read(bytes: &[u8]) -> Result<Self, PayloadError>;
}

fn exactly<const N: usize>(bytes: &[u8]) -> Result<[u8; N], PayloadError> {
    let got = bytes.len();
    bytes
        .try_into()
        .map_err(|_| PayloadError::Length { need: N, got })
}

/// A number, or a time in Unix seconds: eight bytes, big-endian.
impl Payload for u64 {
    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.to_be_bytes());
    }

    fn read(bytes: &[u8]) -> Result<Self, PayloadError> {
        exactly(bytes).map(Self::from_be_bytes)
    }
}

/// A SHA-256.
impl Payload for [u8; 32] {
    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self);
    }

    fn read(bytes: &[u8]) -> Result<Self, PayloadError> {
        exactly(bytes)
    }
}

/// A level as the log writes it: its two digits (GB/T 38961) in one byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum LogLevel {
    /// `00`
    Low = 0x00,
    /// `01`
    Medium = 0x01,
    /// `10`
    High = 0x10,
    /// `20`
    Unknown = 0x20,
}

impl LogLevel {
    /// All levels, by code.
    pub const ALL: [Self; 4] = [Self::Low, Self::Medium, Self::High, Self::Unknown];

    /// The two digits as one byte.
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The level of a byte.
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.code() == code)
    }
}

impl Payload for LogLevel {
    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.push(self.code());
    }

    fn read(bytes: &[u8]) -> Result<Self, PayloadError> {
        let [code] = exactly(bytes)?;
        Self::from_code(code).ok_or(PayloadError::Level(code))
    }
}

/// The id of one piece of evidence: 16 bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EvidenceRef([u8; 16]);

impl EvidenceRef {
    /// Takes the 16 bytes of an id.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The 16 bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Debug for EvidenceRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EvidenceRef({:032x})", u128::from_be_bytes(self.0))
    }
}

impl Payload for EvidenceRef {
    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.0);
    }

    fn read(bytes: &[u8]) -> Result<Self, PayloadError> {
        exactly(bytes).map(Self)
    }
}

/// Indexes of entries from a first one up to, not including, an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IndexRange {
    first: u64,
    end: u64,
}

/// Why two numbers are no range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a range of entries has an end after its beginning; {first} to {end} has none")]
pub struct IndexRangeError {
    first: u64,
    end: u64,
}

impl IndexRange {
    /// The indexes from `first` up to, not including, `end`.
    ///
    /// # Errors
    /// [`IndexRangeError`] where there is none.
    pub const fn new(first: u64, end: u64) -> Result<Self, IndexRangeError> {
        if first < end {
            Ok(Self { first, end })
        } else {
            Err(IndexRangeError { first, end })
        }
    }

    /// The first index.
    pub const fn first(self) -> u64 {
        self.first
    }

    /// The index after the last.
    pub const fn end(self) -> u64 {
        self.end
    }
}

impl Payload for IndexRange {
    fn write(&self, bytes: &mut Vec<u8>) {
        self.first.write(bytes);
        self.end.write(bytes);
    }

    fn read(bytes: &[u8]) -> Result<Self, PayloadError> {
        let both: [u8; 16] = exactly(bytes)?;
        let (first, end) = both.split_at(8);
        Ok(Self::new(u64::read(first)?, u64::read(end)?)?)
    }
}

/// An id or a word from the region's registers: 1 to 255 bytes without control characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label(Box<str>);

/// Why a text is no label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LabelError {
    /// Empty or too long.
    #[error("a label has 1 to {max} bytes, not {0}", max = Label::MAX_LEN)]
    Length(usize),
    /// It has control characters.
    #[error("a label has no control characters")]
    Control,
}

impl Label {
    /// Most bytes of a label.
    pub const MAX_LEN: usize = 255;

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Label {
    type Err = LabelError;

    fn from_str(text: &str) -> Result<Self, LabelError> {
        if text.is_empty() || text.len() > Self::MAX_LEN {
            Err(LabelError::Length(text.len()))
        } else if text.chars().any(char::is_control) {
            Err(LabelError::Control)
        } else {
            Ok(Self(text.into()))
        }
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

impl Payload for Label {
    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.0.bytes());
    }

    fn read(bytes: &[u8]) -> Result<Self, PayloadError> {
        let text = core::str::from_utf8(bytes).map_err(|_| PayloadError::Utf8)?;
        Ok(text.parse()?)
    }
}

/// A part of a value that is longer than a detail: its place among the parts, and 1 to 254 bytes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Part {
    place: u8,
    bytes: Box<[u8]>,
}

/// Why bytes are no parts of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PartError {
    /// A part alone.
    #[error("a part has a place and 1 to {max} bytes, not {0} bytes", max = Part::MAX_LEN)]
    Length(usize),
    /// The whole.
    #[error("a value in parts has 1 to {max} bytes, not {0}", max = Part::MAX_WHOLE)]
    Whole(usize),
    /// One is missing, or there are two of one.
    #[error("part {0} of the value is missing or stands twice")]
    Missing(usize),
}

impl Part {
    /// Most bytes of a part.
    pub const MAX_LEN: usize = 254;
    /// Most parts of a value: an entry has room for other details.
    pub const MOST: usize = 64;
    /// Most bytes of a value.
    pub const MAX_WHOLE: usize = Self::MAX_LEN * Self::MOST;

    /// A value in parts; all but the last are full.
    ///
    /// # Errors
    /// [`PartError::Whole`].
    pub fn split(value: &[u8]) -> Result<Vec<Self>, PartError> {
        if !(1..=Self::MAX_WHOLE).contains(&value.len()) {
            return Err(PartError::Whole(value.len()));
        }
        let parts = (0..).zip(value.chunks(Self::MAX_LEN));
        let part = |(place, bytes): (u8, &[u8])| Self {
            place,
            bytes: bytes.into(),
        };
        Ok(parts.map(part).collect())
    }

    /// The value of parts in whatever order.
    ///
    /// # Errors
    /// [`PartError`].
    pub fn join<'a>(parts: impl IntoIterator<Item = &'a Self>) -> Result<Vec<u8>, PartError> {
        let mut parts: Vec<&Self> = parts.into_iter().collect();
        parts.sort_unstable();
        let count = parts.len();
        let mut value = Vec::new();
        for (place, part) in parts.iter().enumerate() {
            let is_full = part.bytes.len() == Self::MAX_LEN || place + 1 == count;
            if usize::from(part.place) != place || !is_full {
                return Err(PartError::Missing(place));
            }
            value.extend_from_slice(&part.bytes);
        }
        if !(1..=Self::MAX_WHOLE).contains(&value.len()) {
            return Err(PartError::Whole(value.len()));
        }
        Ok(value)
    }

    /// Reads what [`Self::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`PartError::Length`].
    pub fn read_from(bytes: &[u8]) -> Result<Self, PartError> {
        let wrong = PartError::Length(bytes.len());
        let (place, bytes) = bytes.split_first().ok_or(wrong)?;
        if !(1..=Self::MAX_LEN).contains(&bytes.len()) {
            return Err(wrong);
        }
        Ok(Self {
            place: *place,
            bytes: bytes.into(),
        })
    }

    /// Place and bytes as they stand in an entry.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(1 + self.bytes.len());
        self.write(&mut bytes);
        bytes
    }
}

impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Part({}, {} bytes)", self.place, self.bytes.len())
    }
}

impl Payload for Part {
    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.push(self.place);
        bytes.extend(&self.bytes);
    }

    fn read(bytes: &[u8]) -> Result<Self, PayloadError> {
        Ok(Self::read_from(bytes)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_value_is_its_parts_in_any_order_and_no_fewer() {
        for length in [1, 253, 254, 255, 508, 509, Part::MAX_WHOLE] {
            let value: Vec<u8> = (0..length)
                .map(|at| u8::try_from(at % 251).unwrap())
                .collect();
            let mut parts = Part::split(&value).unwrap();
            assert_eq!(parts.len(), length.div_ceil(254));
            parts.reverse();
            assert_eq!(Part::join(&parts), Ok(value));
            for part in &parts {
                assert_eq!(Part::read(&part.to_bytes()).as_ref(), Ok(part));
            }
            if parts.len() > 1 {
                let last = parts.pop().unwrap();
                assert_eq!(Part::join(&parts), Err(PartError::Missing(0)));
                parts.push(last.clone());
                parts.push(last);
                assert!(matches!(Part::join(&parts), Err(PartError::Missing(_))));
            }
        }
        assert_eq!(Part::split(&[]), Err(PartError::Whole(0)));
        let long = vec![0; Part::MAX_WHOLE + 1];
        assert_eq!(Part::split(&long), Err(PartError::Whole(long.len())));
        assert_eq!(Part::join([]), Err(PartError::Whole(0)));
        for wrong in [&[][..], &[0], &[0; 256]] {
            assert!(Part::read(wrong).is_err());
        }
    }
}
