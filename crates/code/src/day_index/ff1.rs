//! FF1 of NIST SP 800-38G: format-preserving encryption on two halves of a numeral string.
//!
//! The published method works on strings of digits. Here a string is its two halves as numbers,
//! which is what every step of the method computes with; radix and length fix the sizes. That
//! keeps the inner loop free of memory and lets many values go through AES side by side.

use aes::cipher::{Block, BlockCipherEncrypt, BlockSizeUser, array::typenum::U16};

/// How many values go through the cipher side by side: as many blocks as the widest AES unit
/// (AVX-512 VAES) takes in one call.
pub(crate) const LANES: usize = 64;

/// Rounds of the Feistel network (SP 800-38G, algorithm 7).
const ROUNDS: u8 = 10;

/// One half of a numeral string as a number.
pub(crate) type Half = u64;

/// FF1 for one key, radix, length and tweak.
#[derive(Clone)]
pub(crate) struct Ff1<C> {
    cipher: C,
    /// Last block of `P ‖ Q` with round number and half zero, already joined with the CBC-MAC of
    /// everything before it, none of which depends on round or value.
    last_block: u128,
    /// Where the round number stands in the last block: left of the `b` bytes of the half.
    round_shift: u32,
    /// How far the first `d` bytes of the cipher's answer are from its end.
    answer_shift: u32,
    even: Modulus,
    odd: Modulus,
}

/// `radix ^ m`, kept so that a power of two costs a mask and not a division.
#[derive(Clone, Copy)]
enum Modulus {
    PowerOfTwo { mask: u64 },
    Other(u64),
}

/// Why a combination of radix, length and tweak is outside what this implementation computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Ff1Error {
    /// SP 800-38G asks for a radix of 2 to 65536.
    #[error("radix {0} is outside 2..=65536")]
    Radix(u32),
    /// SP 800-38G Rev. 1 asks for at least a million strings; halves here are at most 64 bits.
    #[error("a string of {0} digits is too short or too long")]
    Length(u32),
    /// Longer than the length field of the method.
    #[error("the tweak is too long")]
    Tweak,
}

impl Modulus {
    fn new(radix: u32, digits: u32) -> Option<Self> {
        let value = u64::from(radix).checked_pow(digits)?;
        Some(if value.is_power_of_two() {
            Self::PowerOfTwo { mask: value - 1 }
        } else {
            Self::Other(value)
        })
    }

    const fn value(self) -> u64 {
        match self {
            Self::PowerOfTwo { mask } => mask + 1,
            Self::Other(value) => value,
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "the low 64 bits decide modulo a power of two; a remainder is below its u64 modulus"
    )]
    const fn add(self, half: Half, answer: u128) -> Half {
        match self {
            Self::PowerOfTwo { mask } => half.wrapping_add(answer as u64) & mask,
            Self::Other(value) => ((half as u128 + answer) % value as u128) as u64,
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "the low 64 bits decide modulo a power of two; a remainder is below its u64 modulus"
    )]
    const fn subtract(self, half: Half, answer: u128) -> Half {
        match self {
            Self::PowerOfTwo { mask } => half.wrapping_sub(answer as u64) & mask,
            Self::Other(value) => {
                let value = value as u128;
                ((half as u128 + value - answer % value) % value) as u64
            }
        }
    }
}

impl<C> Ff1<C>
where
    C: BlockCipherEncrypt + BlockSizeUser<BlockSize = U16>,
{
    /// Prepares the method for strings of `length` digits in `radix` under `tweak`.
    pub(crate) fn new(cipher: C, radix: u32, length: u32, tweak: &[u8]) -> Result<Self, Ff1Error> {
        if !(2..=65536).contains(&radix) {
            return Err(Ff1Error::Radix(radix));
        }
        let too_few = u64::from(radix)
            .checked_pow(length)
            .is_some_and(|strings| strings < 1_000_000);
        let left_digits = length / 2;
        let right_digits = length - left_digits;
        let (Some(even), Some(odd), false) = (
            Modulus::new(radix, left_digits),
            Modulus::new(radix, right_digits),
            too_few,
        ) else {
            return Err(Ff1Error::Length(length));
        };
        let tweak_length = u32::try_from(tweak.len()).map_err(|_| Ff1Error::Tweak)?;

        // b: bytes that hold the right half; d: bytes of the answer that are used.
        let half_bits = 64 - (odd.value() - 1).leading_zeros();
        let half_bytes = half_bits.div_ceil(8);
        let answer_bytes = 4 * half_bytes.div_ceil(4) + 4;

        let [_, radix_2, radix_1, radix_0] = radix.to_be_bytes();
        let left_byte = left_digits.to_be_bytes()[3];
        let mut fixed = vec![1, 2, 1, radix_2, radix_1, radix_0, ROUNDS, left_byte];
        fixed.extend(length.to_be_bytes());
        fixed.extend(tweak_length.to_be_bytes());
        fixed.extend(tweak);
        let tail = half_bytes as usize + 1;
        while !(fixed.len() + tail).is_multiple_of(16) {
            fixed.push(0);
        }
        fixed.resize(fixed.len() + tail, 0);

        let mut last_block = 0;
        let mut blocks = fixed.as_chunks::<16>().0.iter().peekable();
        while let Some(bytes) = blocks.next() {
            last_block ^= u128::from_be_bytes(*bytes);
            if blocks.peek().is_some() {
                let mut block = Block::<C>::from(last_block.to_be_bytes());
                cipher.encrypt_block(&mut block);
                last_block = u128::from_be_bytes(block.into());
            }
        }
        Ok(Self {
            cipher,
            last_block,
            round_shift: 8 * half_bytes,
            answer_shift: 8 * (16 - answer_bytes),
            even,
            odd,
        })
    }

    /// Prepares the method for strings of bits, 20 to 64 of them.
    pub(crate) fn binary(cipher: C, bits: u8, tweak: &[u8]) -> Self {
        Self::new(cipher, 2, u32::from(bits.clamp(20, 64)), tweak)
            .unwrap_or_else(|_| unreachable!("radix 2 takes 20 to 64 bits and any short tweak"))
    }

    /// Encrypts strings in place, each given as (left half, right half).
    pub(crate) fn encrypt(&self, strings: &mut [(Half, Half)]) {
        for lanes in strings.chunks_mut(LANES) {
            let mut blocks = [Block::<C>::default(); LANES];
            for round in 0..ROUNDS {
                let modulus = self.modulus(round);
                for (block, (_, right)) in blocks.iter_mut().zip(lanes.iter()) {
                    *block = self.question(round, *right);
                }
                self.answer(&mut blocks, lanes.len());
                for (block, (left, right)) in blocks.iter().zip(lanes.iter_mut()) {
                    let next = modulus.add(*left, self.number(block));
                    *left = *right;
                    *right = next;
                }
            }
        }
    }

    /// Undoes [`Self::encrypt`].
    pub(crate) fn decrypt(&self, strings: &mut [(Half, Half)]) {
        for lanes in strings.chunks_mut(LANES) {
            let mut blocks = [Block::<C>::default(); LANES];
            for round in (0..ROUNDS).rev() {
                let modulus = self.modulus(round);
                for (block, (left, _)) in blocks.iter_mut().zip(lanes.iter()) {
                    *block = self.question(round, *left);
                }
                self.answer(&mut blocks, lanes.len());
                for (block, (left, right)) in blocks.iter().zip(lanes.iter_mut()) {
                    let previous = modulus.subtract(*right, self.number(block));
                    *right = *left;
                    *left = previous;
                }
            }
        }
    }

    const fn modulus(&self, round: u8) -> Modulus {
        if round.is_multiple_of(2) {
            self.even
        } else {
            self.odd
        }
    }

    fn question(&self, round: u8, half: Half) -> Block<C> {
        let block = self.last_block ^ (u128::from(round) << self.round_shift) ^ u128::from(half);
        Block::<C>::from(block.to_be_bytes())
    }

    fn answer(&self, blocks: &mut [Block<C>; LANES], count: usize) {
        if let Some(blocks) = blocks.get_mut(..count) {
            self.cipher.encrypt_blocks(blocks);
        }
    }

    fn number(&self, block: &Block<C>) -> u128 {
        u128::from_be_bytes((*block).into()) >> self.answer_shift
    }
}

#[cfg(test)]
mod tests;
