//! Entry bundles: the leaves of one tile of level 0, as they are published (C2SP tlog-tiles, "Log
//! entries").

use crate::Commitment;
use crate::tile::FULL;

/// Bytes of one leaf in a bundle: its length in two bytes, big-endian, and the commitment.
const RECORD: usize = 2 + Commitment::LEN;
/// The length, which is the same for all.
const LENGTH: [u8; 2] = [0, 32];

/// Why leaves or bytes make no bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// None, or more than a tile has hashes.
    #[error("a bundle has 1 to 256 leaves, not {0}")]
    Leaves(usize),
    /// Bytes that end within a leaf.
    #[error("each leaf takes 34 bytes; {0} bytes are no whole number of leaves")]
    CutOff(usize),
    /// A leaf of another length than a commitment has.
    #[error("leaf {place} of the bundle has {got} bytes, not 32")]
    Length {
        /// Which leaf, from 0.
        place: usize,
        /// Its length.
        got: u16,
    },
}

/// Writes the bundle of 1 to 256 leaves that lie in one tile of level 0.
///
/// # Errors
/// [`BundleError::Leaves`] for another number.
pub fn encode(leaves: &[Commitment]) -> Result<Vec<u8>, BundleError> {
    check(leaves.len())?;
    let records = leaves
        .iter()
        .flat_map(|leaf| [&LENGTH[..], leaf.as_bytes()]);
    Ok(records.flatten().copied().collect())
}

/// Reads a bundle.
///
/// # Errors
/// [`BundleError`] for everything that [`encode`] would not write.
pub fn decode(bytes: &[u8]) -> Result<Vec<Commitment>, BundleError> {
    let records = bytes.chunks_exact(RECORD);
    if !records.remainder().is_empty() {
        return Err(BundleError::CutOff(bytes.len()));
    }
    check(records.len())?;
    let mut leaves = Vec::with_capacity(records.len());
    for (place, record) in records.enumerate() {
        let (Some((length, leaf)), cut) =
            (record.split_first_chunk(), BundleError::CutOff(bytes.len()))
        else {
            return Err(BundleError::CutOff(bytes.len()));
        };
        if *length != LENGTH {
            let got = u16::from_be_bytes(*length);
            return Err(BundleError::Length { place, got });
        }
        let leaf = leaf.try_into().map_err(|_| cut)?;
        leaves.push(Commitment::from_bytes(leaf));
    }
    Ok(leaves)
}

fn check(leaves: usize) -> Result<(), BundleError> {
    if leaves == 0 || leaves as u64 > FULL {
        Err(BundleError::Leaves(leaves))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_has_one_form() {
        let leaves: Vec<_> = (0..3).map(|n| Commitment::from_bytes([n; 32])).collect();
        let bytes = encode(&leaves).unwrap();
        assert_eq!(bytes.len(), 3 * 34);
        assert_eq!(bytes[..3], [0, 32, 0]);
        assert_eq!(decode(&bytes), Ok(leaves));
        assert_eq!(decode(&bytes[..101]), Err(BundleError::CutOff(101)));
        let mut other = bytes;
        other[35] = 31;
        assert_eq!(
            decode(&other),
            Err(BundleError::Length { place: 1, got: 31 })
        );
    }

    #[test]
    fn a_bundle_has_as_many_leaves_as_a_tile_has_hashes() {
        assert_eq!(decode(&[]), Err(BundleError::Leaves(0)));
        let leaves = vec![Commitment::from_bytes([0; 32]); 257];
        assert!(encode(&leaves[..256]).is_ok());
        assert_eq!(encode(&leaves), Err(BundleError::Leaves(257)));
        assert_eq!(encode(&[]), Err(BundleError::Leaves(0)));
    }
}
