//! zlib (RFC 1950), with a bound on what comes out.

use miniz_oxide::deflate::core::{
    CompressionStrategy, CompressorOxide, TDEFLFlush, TDEFLStatus, compress_to_output,
    create_comp_flags_from_zip_params,
};
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::{
    TINFL_FLAG_COMPUTE_ADLER32, TINFL_FLAG_PARSE_ZLIB_HEADER,
    TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF,
};
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};
use zlib_rs::{DeflateConfig, ReturnCode};

/// Why compressed bytes are not a list of the length that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InflateError {
    /// Not zlib, cut off, or its checksum does not fit.
    #[error("the compressed bytes are no whole zlib stream")]
    Malformed,
    /// More comes out than fits; nothing past the limit was expanded.
    #[error("the list expands beyond {0} bytes")]
    TooLong(usize),
    /// Less comes out than is due.
    #[error("the list expands to {found} bytes, not {expected}")]
    TooShort {
        /// Bytes that are due.
        expected: usize,
        /// Bytes that came out.
        found: usize,
    },
    /// Bytes stand after the end of the stream.
    #[error("bytes after the end of the zlib stream")]
    Trailing,
}

/// Compresses; the same input gives the same output on every machine.
///
/// What is not low lies at random, so the usual search for repetitions finds little and, where much
/// is not low, takes long. Three ways, by how many bytes are not zero; sizes and times are in
/// `spec/status-list.md`:
/// up to one in a hundred, zlib's most thorough search, a quarter smaller than the next;
/// up to one in four, runs of zeros only; above, no search at all, only short codes.
pub(super) fn deflate(bytes: &[u8]) -> Vec<u8> {
    let busy = bytes.iter().filter(|byte| **byte != 0).count();
    if busy <= bytes.len() / 100 {
        search(bytes)
    } else if busy <= bytes.len() / 4 {
        code(bytes, CompressionStrategy::RLE)
    } else {
        code(bytes, CompressionStrategy::HuffmanOnly)
    }
}

fn search(bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![0; zlib_rs::compress_bound(bytes.len())];
    let config = DeflateConfig::new(9);
    let (stream, outcome) = zlib_rs::compress_slice(&mut out, bytes, config);
    if outcome == ReturnCode::Ok {
        let length = stream.len();
        out.truncate(length);
        out
    } else {
        // The bound above leaves room for every input; were it wrong, the other way still works.
        code(bytes, CompressionStrategy::RLE)
    }
}

fn code(bytes: &[u8], strategy: CompressionStrategy) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() / 64 + 64);
    let flags = create_comp_flags_from_zip_params(LEVEL, WINDOW_BITS, strategy as i32);
    let mut compressor = CompressorOxide::new(flags);
    let (status, _) = compress_to_output(&mut compressor, bytes, TDEFLFlush::Finish, |chunk| {
        out.extend_from_slice(chunk);
        true
    });
    debug_assert_eq!(status, TDEFLStatus::Done);
    out
}

/// Positive asks for a zlib header.
const WINDOW_BITS: i32 = 15;
const LEVEL: i32 = 6;

/// Fills `to` with what the stream expands to: exactly that many bytes, from exactly these.
pub(super) fn inflate_exactly(stream: &[u8], to: &mut [u8]) -> Result<(), InflateError> {
    let flags = TINFL_FLAG_PARSE_ZLIB_HEADER
        | TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF
        | TINFL_FLAG_COMPUTE_ADLER32;
    let expected = to.len();
    let mut state = DecompressorOxide::new();
    match decompress(&mut state, stream, to, 0, flags) {
        (TINFLStatus::Done, consumed, found) => {
            if found != expected {
                Err(InflateError::TooShort { expected, found })
            } else if consumed != stream.len() {
                Err(InflateError::Trailing)
            } else {
                Ok(())
            }
        }
        (TINFLStatus::HasMoreOutput, ..) => Err(InflateError::TooLong(expected)),
        _ => Err(InflateError::Malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inflate(stream: &[u8], length: usize) -> Result<Vec<u8>, InflateError> {
        let mut out = vec![0xee; length];
        inflate_exactly(stream, &mut out).map(|()| out)
    }

    #[test]
    fn what_was_compressed_comes_back() {
        for every in [1, 3, 4, 5, 99, 101, 5000, 60_000] {
            let busy = |n: u32| n % every == every - 1;
            let byte = |n: u32| match n.wrapping_mul(n).to_be_bytes() {
                [_, _, byte, _] if busy(n) => byte | 1,
                _ => 0,
            };
            let bytes: Vec<u8> = (0..50_000).map(byte).collect();
            let stream = deflate(&bytes);
            assert_eq!(stream, deflate(&bytes));
            assert_eq!(inflate(&stream, bytes.len()), Ok(bytes));
        }
    }

    #[test]
    fn a_bomb_is_stopped_at_the_limit() {
        let bomb = deflate(&vec![0; 50_000_000]);
        assert!(bomb.len() < 200_000);
        assert_eq!(inflate(&bomb, 1000), Err(InflateError::TooLong(1000)));
    }

    #[test]
    fn short_cut_and_spoilt_streams_are_told_apart() {
        let stream = deflate(&[7; 300]);
        let short = InflateError::TooShort {
            expected: 301,
            found: 300,
        };
        assert_eq!(inflate(&stream, 301), Err(short));
        assert_eq!(inflate(&stream, 299), Err(InflateError::TooLong(299)));
        let mut longer = stream.clone();
        longer.push(0);
        assert_eq!(inflate(&longer, 300), Err(InflateError::Trailing));
        for cut in 0..stream.len() {
            assert_eq!(inflate(&stream[..cut], 300), Err(InflateError::Malformed));
        }
        let mut spoilt = stream.clone();
        *spoilt.last_mut().unwrap() ^= 1;
        assert_eq!(inflate(&spoilt, 300), Err(InflateError::Malformed));
        assert_eq!(inflate(&[], 300), Err(InflateError::Malformed));
    }
}
