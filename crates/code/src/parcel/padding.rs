//! Padding: a parcel's length says one of nine sizes and no more.

use zeroize::Zeroizing;

/// The shortest padded content: 1 KiB. Each size is twice the one before.
const SHORTEST: usize = 1 << 10;
/// The longest padded content: 256 KiB.
const LONGEST: usize = 1 << 18;
/// Bytes of the length before the content.
const HEAD: usize = 4;

/// The most bytes that the content of a parcel may have: 262,140.
pub const LONGEST_CONTENT: usize = LONGEST - HEAD;

/// Why content is not padded as it must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PaddingError {
    /// More bytes than a parcel may have.
    #[error("{0} bytes are more than the {LONGEST_CONTENT} that a parcel may hold")]
    TooLong(usize),
    /// A length that no padded content has, or not the shortest one that it fits.
    #[error("{0} bytes are no padded content")]
    Size(usize),
    /// Bytes other than zero behind the content.
    #[error("something stands in the padding")]
    NotZero,
}

/// The content with its length before it, and zeros behind it up to the next size.
pub(super) fn pad(content: &[u8]) -> Result<Zeroizing<Vec<u8>>, PaddingError> {
    let size = size_of(content.len()).ok_or(PaddingError::TooLong(content.len()))?;
    let length = u32::try_from(content.len()).map_err(|_| PaddingError::TooLong(content.len()))?;
    let mut padded = Zeroizing::new(Vec::with_capacity(size));
    padded.extend(length.to_be_bytes());
    padded.extend_from_slice(content);
    padded.resize(size, 0);
    Ok(padded)
}

/// The content of padded bytes.
pub(super) fn unpad(padded: &[u8]) -> Result<Zeroizing<Vec<u8>>, PaddingError> {
    let size = PaddingError::Size(padded.len());
    let (length, rest) = padded.split_first_chunk::<HEAD>().ok_or(size)?;
    let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| size)?;
    if size_of(length) != Some(padded.len()) {
        return Err(size);
    }
    let (content, zeros) = rest.split_at_checked(length).ok_or(size)?;
    if zeros.iter().any(|byte| *byte != 0) {
        return Err(PaddingError::NotZero);
    }
    Ok(Zeroizing::new(content.to_vec()))
}

/// How long the padded form of so many bytes is.
fn size_of(content: usize) -> Option<usize> {
    let whole = content.checked_add(HEAD)?;
    let size = whole.max(SHORTEST).checked_next_power_of_two()?;
    (size <= LONGEST).then_some(size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_is_padded_to_the_next_of_nine_sizes_and_comes_back() {
        let mut sizes = std::collections::BTreeSet::new();
        for length in [0, 1, 1019, 1020, 1021, 4092, 4093, 100_000, LONGEST_CONTENT] {
            let content = vec![0xff; length];
            let padded = pad(&content).unwrap();
            assert!(padded.len() >= length + HEAD && padded.len() < (length + HEAD).max(513) * 2);
            sizes.insert(padded.len());
            assert_eq!(*unpad(&padded).unwrap(), content);
        }
        assert_eq!(
            sizes.into_iter().collect::<Vec<_>>(),
            [1024, 2048, 4096, 8192, 131_072, 262_144]
        );
        let long = LONGEST_CONTENT + 1;
        assert_eq!(pad(&vec![0; long]), Err(PaddingError::TooLong(long)));
    }

    #[test]
    fn one_content_has_one_padding() {
        let mut padded = pad(b"content").unwrap().to_vec();
        padded.resize(2048, 0);
        assert_eq!(unpad(&padded), Err(PaddingError::Size(2048)));
        padded.resize(1024, 0);
        padded[1023] = 1;
        assert_eq!(unpad(&padded), Err(PaddingError::NotZero));
        padded[0] = 0xff;
        assert_eq!(unpad(&padded), Err(PaddingError::Size(1024)));
        assert_eq!(unpad(&[]), Err(PaddingError::Size(0)));
    }
}
