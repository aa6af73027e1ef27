//! Positions and their values as Golomb–Rice coded gaps.
//!
//! For `n` positions spread evenly over a domain the gaps between them are nearly geometric, for
//! which a Rice code comes within a few per cent of what information theory allows. Parameter,
//! order, padding and length follow from count and domain, so a set of changes has one encoding.

pub(crate) mod bits;

use self::bits::{BitReader, BitWriter};
use crate::day_index::{DayIndex, Domain};
use crate::verify::Listed;

/// A set of positions in a domain, each with one value; ascending, no position twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changes {
    domain: Domain,
    entries: Vec<(DayIndex, Listed)>,
}

/// Why bytes are no set of changes, or entries none that can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChangesError {
    /// More positions are announced than the domain has, or than the bytes can hold.
    #[error("{0} changes cannot be in these bytes")]
    Count(u64),
    /// The bytes end within an entry.
    #[error("the changes are cut off at entry {0}")]
    CutOff(u64),
    /// A position outside the domain.
    #[error("entry {0} lies outside the domain")]
    Outside(u64),
    /// Bytes after the last entry, or padding that is not zero.
    #[error("bits after the last change")]
    Trailing,
    /// One position is given two values.
    #[error("position {} is given twice", .0.position())]
    Twice(DayIndex),
}

impl Changes {
    /// Sorts entries into a set.
    ///
    /// # Errors
    /// [`ChangesError::Outside`] and [`ChangesError::Twice`].
    pub fn new(domain: Domain, mut entries: Vec<(DayIndex, Listed)>) -> Result<Self, ChangesError> {
        entries.sort_unstable_by_key(|(index, _)| *index);
        for (place, pair) in (0_u64..).zip(entries.windows(2)) {
            if let [(first, _), (second, _)] = pair {
                if first == second {
                    return Err(ChangesError::Twice(*first));
                }
                if !domain.contains(*second) {
                    return Err(ChangesError::Outside(place + 1));
                }
            }
        }
        match entries.first() {
            Some((index, _)) if !domain.contains(*index) => Err(ChangesError::Outside(0)),
            _ => Ok(Self { domain, entries }),
        }
    }

    /// The domain that the positions lie in.
    pub const fn domain(&self) -> Domain {
        self.domain
    }

    /// Positions and values, ascending.
    pub fn entries(&self) -> &[(DayIndex, Listed)] {
        &self.entries
    }

    /// How many positions there are.
    pub const fn count(&self) -> u64 {
        self.entries.len() as u64
    }

    /// The coded form: for each entry the gap to the one before (from −1, less one) as a Rice code,
    /// then the value in two bits; most significant bit first, the last byte filled with zeros.
    pub fn encode(&self) -> Vec<u8> {
        let parameter = rice_parameter(self.count(), self.domain.size());
        let mut writer = BitWriter::default();
        let mut next = 0_u64;
        for (index, value) in &self.entries {
            let position = u64::from(index.position());
            writer.rice(position - next, parameter);
            writer.bits(u64::from(value.bits()), 2);
            next = position + 1;
        }
        writer.into_bytes()
    }

    /// Reads the coded form of `count` entries.
    ///
    /// # Errors
    /// [`ChangesError`], by what is wrong first.
    pub fn decode(domain: Domain, count: u64, bytes: &[u8]) -> Result<Self, ChangesError> {
        let parameter = rice_parameter(count, domain.size());
        // An entry has at least its end bit, the remainder and the value: a bound on what is
        // reserved before anything is read.
        let bits = (bytes.len() as u64).saturating_mul(8);
        let least = count.saturating_mul(u64::from(parameter) + 3);
        if count > domain.size() || least > bits {
            return Err(ChangesError::Count(count));
        }
        let room = usize::try_from(count).map_err(|_| ChangesError::Count(count))?;
        let mut entries = Vec::with_capacity(room);
        let mut reader = BitReader::new(bytes);
        let mut next = 0_u64;
        for place in 0..count {
            let cut_off = ChangesError::CutOff(place);
            let gap = reader.rice(parameter).ok_or(cut_off)?;
            let value = reader.bits(2).ok_or(cut_off)?;
            let position = gap
                .checked_add(next)
                .filter(|position| *position < domain.size())
                .and_then(|position| u32::try_from(position).ok())
                .ok_or(ChangesError::Outside(place))?;
            next = u64::from(position) + 1;
            let value = Listed::from_low_bits(value.to_le_bytes()[0]);
            entries.push((DayIndex::new(position), value));
        }
        if reader.is_at_end() {
            Ok(Self { domain, entries })
        } else {
            Err(ChangesError::Trailing)
        }
    }
}

/// The number of low bits that are written plainly: the largest k with 2^k ≤ 11/16 · size/count,
/// 11/16 standing for ln 2; at least 0.
pub(crate) fn rice_parameter(count: u64, size: u64) -> u32 {
    let count = count.max(1);
    let scaled = u128::from(size) * 11 / (u128::from(count) * 16);
    scaled.max(1).ilog2()
}

#[cfg(test)]
mod tests;
