//! 2^20 positions in memory.

use super::compression::{self, InflateError};
use crate::verify::Listed;

/// The values of 2^20 positions, two bits each, the first in the lowest bits of the first byte.
#[derive(Clone, PartialEq, Eq)]
pub struct Shard {
    bytes: Box<[u8]>,
}

impl Shard {
    /// Positions of a shard as a power of two: the smallest domain has one shard.
    pub const BITS: u32 = 20;
    /// Positions of a shard.
    pub const POSITIONS: u32 = 1 << Self::BITS;
    /// Bytes of a shard: 256 KiB.
    pub const BYTES: usize = (Self::POSITIONS / 4) as usize;

    /// A shard in which every position is low.
    pub fn low() -> Self {
        Self {
            bytes: vec![0; Self::BYTES].into_boxed_slice(),
        }
    }

    /// The value at a position within the shard; the upper bits of the number are ignored, so a
    /// position of the whole list may be passed.
    pub fn value(&self, position: u32) -> Listed {
        let place = position % Self::POSITIONS;
        let byte = self.bytes.get((place / 4) as usize).copied();
        // The shard has a byte for every place below POSITIONS.
        byte.map_or(Listed::Recheck, |byte| {
            Listed::from_low_bits(byte >> (place % 4 * 2))
        })
    }

    /// Sets the value at a position within the shard; the upper bits of the number are ignored.
    pub fn set(&mut self, position: u32, value: Listed) {
        let place = position % Self::POSITIONS;
        let shift = place % 4 * 2;
        if let Some(byte) = self.bytes.get_mut((place / 4) as usize) {
            *byte = *byte & !(0b11 << shift) | value.bits() << shift;
        }
    }

    /// The positions that are not low, ascending.
    pub fn exceptions(&self) -> impl Iterator<Item = (u32, Listed)> {
        (0_u32..)
            .zip(self.bytes.iter())
            .filter(|(_, byte)| **byte != 0)
            .flat_map(|(place, byte)| {
                (0..4)
                    .map(move |slot| (place * 4 + slot, Listed::from_low_bits(byte >> (slot * 2))))
            })
            .filter(|(_, value)| *value != Listed::Low)
    }

    /// The zlib stream of the packed values.
    pub fn compress(&self) -> Vec<u8> {
        compression::deflate(&self.bytes)
    }

    /// Expands a zlib stream, never beyond the length of a shard.
    ///
    /// # Errors
    /// [`InflateError`] unless the stream gives exactly one shard.
    pub fn expand(stream: &[u8]) -> Result<Self, InflateError> {
        let mut shard = Self::low();
        compression::inflate_exactly(stream, &mut shard.bytes)?;
        Ok(shard)
    }
}

impl core::fmt::Debug for Shard {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Shard({} not low)", self.exceptions().count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stand_where_they_were_set_and_nowhere_else() {
        let mut shard = Shard::low();
        let due = [
            (0, Listed::High),
            (1, Listed::Recheck),
            (4, Listed::Medium),
            (777_777, Listed::High),
            (Shard::POSITIONS - 1, Listed::Medium),
        ];
        for (position, value) in due {
            shard.set(position, value);
        }
        shard.set(1, Listed::Medium);
        shard.set(1, Listed::Recheck);
        assert_eq!(shard.exceptions().collect::<Vec<_>>(), due);
        assert_eq!(shard.value(777_777), Listed::High);
        assert_eq!(shard.value(777_778), Listed::Low);
        assert_eq!(shard.value(Shard::POSITIONS + 4), Listed::Medium);
        assert_eq!(Shard::expand(&shard.compress()), Ok(shard));
    }

    #[test]
    fn a_stream_of_another_length_is_no_shard() {
        let short = compression::deflate(&vec![0; Shard::BYTES - 1]);
        let long = compression::deflate(&vec![0; Shard::BYTES + 1]);
        assert!(matches!(
            Shard::expand(&short),
            Err(InflateError::TooShort { .. })
        ));
        assert!(matches!(
            Shard::expand(&long),
            Err(InflateError::TooLong(_))
        ));
    }
}
