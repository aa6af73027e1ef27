//! Bits in bytes, most significant first, and Rice codes in bits.

/// Appends bits.
#[derive(Default)]
pub(crate) struct BitWriter {
    bytes: Vec<u8>,
    /// Bits not yet in `bytes`, in the lowest `held` bits.
    pending: u64,
    held: u32,
}

impl BitWriter {
    /// Appends the lowest `count` bits, at most 56.
    pub(crate) fn bits(&mut self, bits: u64, count: u32) {
        self.pending = self.pending << count | bits & ((1 << count) - 1);
        self.held += count;
        while self.held >= 8 {
            self.held -= 8;
            let [.., byte] = (self.pending >> self.held).to_be_bytes();
            self.bytes.push(byte);
        }
    }

    /// Appends a Rice code: the number without its lowest `parameter` bits as that many ones and a
    /// zero, then those bits. `parameter` is at most 56.
    pub(crate) fn rice(&mut self, number: u64, parameter: u32) {
        let mut ones = number >> parameter;
        while ones >= 32 {
            self.bits(u64::from(u32::MAX), 32);
            ones -= 32;
        }
        // Fewer than 32 ones and the zero that ends them.
        let ones = u32::try_from(ones).unwrap_or_default();
        self.bits((1 << (ones + 1)) - 2, ones + 1);
        self.bits(number, parameter);
    }

    /// The bytes, the last one filled with zeros.
    pub(crate) fn into_bytes(mut self) -> Vec<u8> {
        if self.held > 0 {
            let fill = 8 - self.held;
            self.bits(0, fill);
        }
        self.bytes
    }
}

/// Takes bits.
pub(crate) struct BitReader<'a> {
    bytes: &'a [u8],
    /// Bits read so far.
    position: u64,
}

impl<'a> BitReader<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, position: 0 }
    }

    /// The next `count` bits, at most 56; `None` where fewer are left.
    pub(crate) fn bits(&mut self, count: u32) -> Option<u64> {
        let window = self.window();
        self.skip(count)?;
        Some(window.checked_shr(64 - count).unwrap_or_default())
    }

    /// The next Rice code with a parameter of at most 56; `None` where the bits end within it.
    pub(crate) fn rice(&mut self, parameter: u32) -> Option<u64> {
        let mut ones = 0_u64;
        loop {
            let run = self.window().leading_ones().min(56);
            self.skip(run)?;
            ones += u64::from(run);
            if run < 56 {
                break;
            }
        }
        self.skip(1)?;
        let low = self.bits(parameter)?;
        ones.checked_mul(1 << parameter)?.checked_add(low)
    }

    /// Whether only zeros are left, and fewer than a byte of them.
    pub(crate) fn is_at_end(&self) -> bool {
        let left = self.bytes.len() as u64 * 8 - self.position;
        left < 8 && self.window() == 0
    }

    /// At least the next 57 bits at the top, zeros after the end.
    fn window(&self) -> u64 {
        let first = usize::try_from(self.position / 8).unwrap_or(usize::MAX);
        let rest = self.bytes.get(first..).unwrap_or_default();
        let eight = rest.first_chunk().copied().unwrap_or_else(|| {
            let mut eight = [0; 8];
            for (to, from) in eight.iter_mut().zip(rest) {
                *to = *from;
            }
            eight
        });
        u64::from_be_bytes(eight) << (self.position % 8)
    }

    fn skip(&mut self, count: u32) -> Option<()> {
        let position = self.position + u64::from(count);
        (position <= self.bytes.len() as u64 * 8).then(|| self.position = position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rice_codes_are_ones_a_zero_and_the_low_bits() {
        let mut writer = BitWriter::default();
        writer.rice(9, 2); // 110 01
        writer.rice(0, 0); // 0
        writer.bits(0b11, 2);
        assert_eq!(writer.into_bytes(), [0b1100_1011]);
    }

    #[test]
    fn long_runs_of_ones_come_back() {
        for number in [0, 1, 31, 32, 33, 55, 56, 57, 63, 64, 111, 112, 113, 4000] {
            let mut writer = BitWriter::default();
            writer.bits(0b101, 3);
            writer.rice(number, 0);
            writer.rice(number, 5);
            writer.rice(number << 20, 32);
            let bytes = writer.into_bytes();
            let mut reader = BitReader::new(&bytes);
            assert_eq!(reader.bits(3), Some(0b101));
            assert_eq!(reader.rice(0), Some(number));
            assert_eq!(reader.rice(5), Some(number));
            assert_eq!(reader.rice(32), Some(number << 20));
            assert!(reader.is_at_end());
        }
    }

    #[test]
    fn ones_without_end_are_cut_off_and_not_a_number() {
        assert_eq!(BitReader::new(&[0xff; 40]).rice(3), None);
        assert_eq!(BitReader::new(&[]).rice(0), None);
        assert_eq!(BitReader::new(&[0x80]).bits(9), None);
        assert_eq!(BitReader::new(&[]).bits(0), Some(0));
    }
}
