//! Values of 1, 2, 4 or 8 bits in bytes, as the Token Status List packs and carries them.

use super::compression::{self, InflateError};
use crate::cbor::{CborError, Reader, Writer};

/// How many bits a value has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum StatusBits {
    /// Valid or not.
    One = 1,
    /// Ours.
    Two = 2,
    /// Sixteen values.
    Four = 4,
    /// A byte each.
    Eight = 8,
}

/// Why bytes are no packed list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PackedError {
    /// Not the map of `bits` and `lst` in deterministic CBOR.
    #[error("not a status list in deterministic CBOR: {0}")]
    Encoding(#[from] CborError),
    /// A map key other than `bits`, then `lst`.
    #[error("the keys of a status list are bits and lst, in this order")]
    Keys,
    /// A size that the draft does not know.
    #[error("values of {0} bits: it must be 1, 2, 4 or 8")]
    Bits(u64),
    /// The list does not expand to the length that is due.
    #[error(transparent)]
    Inflate(#[from] InflateError),
}

impl StatusBits {
    fn from_number(number: u64) -> Result<Self, PackedError> {
        match number {
            1 => Ok(Self::One),
            2 => Ok(Self::Two),
            4 => Ok(Self::Four),
            8 => Ok(Self::Eight),
            _ => Err(PackedError::Bits(number)),
        }
    }

    const fn number(self) -> usize {
        self as usize
    }

    const fn per_byte(self) -> usize {
        8 / self.number()
    }

    const fn mask(self) -> u8 {
        0xff >> (8 - self.number())
    }
}

/// A Token Status List (draft-ietf-oauth-status-list §4.1) of any value size: values side by side
/// in bytes, the first in the lowest bits.
///
/// Our own lists are [`Shard`](super::Shard)s; this is for those of others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackedList {
    bits: StatusBits,
    bytes: Vec<u8>,
}

impl PackedList {
    /// The list in these bytes; it has as many values as fit in them.
    pub const fn from_bytes(bits: StatusBits, bytes: Vec<u8>) -> Self {
        Self { bits, bytes }
    }

    /// Packs values; those that have more bits than the list lose them. The last byte is filled
    /// with zeros.
    pub fn pack(bits: StatusBits, values: &[u8]) -> Self {
        let bytes = values
            .chunks(bits.per_byte())
            .map(|chunk| {
                chunk.iter().rev().fold(0, |byte: u8, value| {
                    byte.unbounded_shl(bits as u32) | (value & bits.mask())
                })
            })
            .collect();
        Self { bits, bytes }
    }

    /// Reads the CBOR form (§4.3), which must expand to exactly `length` bytes.
    ///
    /// # Errors
    /// [`PackedError`], by what is wrong first.
    pub fn parse(cbor: &[u8], length: usize) -> Result<Self, PackedError> {
        let mut reader = Reader::new(cbor);
        let (bits, stream) = read_map(&mut reader)?;
        reader.end()?;
        let mut bytes = vec![0; length];
        compression::inflate_exactly(stream, &mut bytes)?;
        Ok(Self { bits, bytes })
    }

    /// The CBOR form (§4.3).
    pub fn to_cbor(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        write_map(&mut writer, self.bits, &compression::deflate(&self.bytes));
        writer.into_bytes()
    }

    /// The packed bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How many values there are.
    pub const fn len(&self) -> usize {
        self.bytes.len() * self.bits.per_byte()
    }

    /// Whether there is no value at all.
    pub const fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The value at a position; `None` after the end.
    pub fn value(&self, position: usize) -> Option<u8> {
        let byte = self.bytes.get(position / self.bits.per_byte())?;
        let shift = position % self.bits.per_byte() * self.bits.number();
        Some(byte >> shift & self.bits.mask())
    }
}

/// Reads the map of `bits` and `lst` up to the compressed bytes.
pub(super) fn read_map<'a>(reader: &mut Reader<'a>) -> Result<(StatusBits, &'a [u8]), PackedError> {
    reader.map_of(2)?;
    if reader.text()? != "bits" {
        return Err(PackedError::Keys);
    }
    let bits = StatusBits::from_number(reader.uint()?)?;
    if reader.text()? != "lst" {
        return Err(PackedError::Keys);
    }
    Ok((bits, reader.bytes()?))
}

/// Writes the map of `bits` and `lst`. The draft's own examples put `bits` first, though `lst`,
/// being shorter, would come first in the order of RFC 8949 §4.2.1; ours follows the draft.
pub(super) fn write_map(writer: &mut Writer, bits: StatusBits, stream: &[u8]) {
    writer
        .map(2)
        .text("bits")
        .uint(bits as u64)
        .text("lst")
        .bytes(stream);
}

#[cfg(test)]
mod tests;
