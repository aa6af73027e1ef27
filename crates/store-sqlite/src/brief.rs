//! Declarations in few bytes: nearly all of what somebody declares is the words of the form, which all have in common.
//!
//! What is kept is a block of LZ4 beside a dictionary of those words. Each row says which dictionary that was, so that
//! rows of before, which are as they were declared, and rows of a later dictionary can be told apart.

use std::borrow::Cow;

/// The dictionary of new rows.
const WORDS: u8 = 1;

const FIRST: &[u8] = include_bytes!("brief/words-1.json");

/// More than any declaration takes, so that a damaged length asks for no memory.
const MOST: usize = 1 << 20;

/// Why a row cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BriefError {
    #[error("it is written with the words {0}, which this program does not have")]
    Unknown(u8),
    #[error("it says that it takes {0} bytes")]
    Length(usize),
    #[error("it is no block of LZ4")]
    Block,
}

/// A declaration as it is kept, and with which dictionary: none where it is longer than any that is read back.
pub(crate) fn brief(content: &[u8]) -> (u8, Cow<'_, [u8]>) {
    if content.len() > MOST {
        return (0, Cow::Borrowed(content));
    }
    let kept = lz4_flex::block::compress_prepend_size_with_dict(content, FIRST);
    (WORDS, Cow::Owned(kept))
}

/// A declaration as it was made.
pub(crate) fn whole(words: u8, kept: Vec<u8>) -> Result<Vec<u8>, BriefError> {
    match words {
        0 => Ok(kept),
        WORDS => {
            let (length, block) =
                lz4_flex::block::uncompressed_size(&kept).map_err(|_| BriefError::Block)?;
            if length > MOST {
                return Err(BriefError::Length(length));
            }
            lz4_flex::block::decompress_with_dict(block, length, FIRST)
                .map_err(|_| BriefError::Block)
        }
        other => Err(BriefError::Unknown(other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declared() -> Vec<u8> {
        let now = "2022-06-28T08:12:45+08:00".parse().unwrap();
        hc_people::healthy(now).unwrap().expose_bytes()
    }

    #[test]
    fn a_declaration_of_somebody_healthy_takes_a_fifth() {
        let declared = declared();
        let (words, kept) = brief(&declared);
        assert!(
            kept.len() * 5 <= declared.len(),
            "{} of {}: {}",
            kept.len(),
            declared.len(),
            String::from_utf8(declared).unwrap()
        );
        assert_eq!(whole(words, kept.into_owned()).unwrap(), declared);
    }

    #[test]
    fn anything_comes_back_as_it_was() {
        let long = vec![b'x'; MOST + 1];
        let contents = [&b""[..], b"{}", b"first", &[0xFF; 5000], FIRST, &long];
        for content in contents {
            let (words, kept) = brief(content);
            assert_eq!(whole(words, kept.into_owned()).unwrap(), content);
        }
        assert_eq!(whole(0, b"as it was".to_vec()).unwrap(), b"as it was");
    }

    #[test]
    fn what_was_changed_is_refused() {
        let declared = declared();
        let kept = brief(&declared).1.into_owned();
        assert!(matches!(
            whole(2, kept.clone()),
            Err(BriefError::Unknown(2))
        ));
        assert!(matches!(whole(WORDS, vec![0; 3]), Err(BriefError::Block)));
        let short = kept.get(..kept.len() - 1).unwrap().to_vec();
        assert!(matches!(whole(WORDS, short), Err(BriefError::Block)));
        let mut long = kept;
        long[..4].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(matches!(whole(WORDS, long), Err(BriefError::Length(_))));
    }
}
