//! The hash function SM3 (GB/T 32905-2016), in loops and not in unrolled rounds.

const START: [u32; 8] = [
    0x7380_166f,
    0x4914_b2b9,
    0x1724_42d7,
    0xda8a_0600,
    0xa96f_30bc,
    0x1631_38aa,
    0xe38d_ee4d,
    0xb0fb_0e4e,
];

/// The 32 bytes of the digest.
pub(super) fn digest(message: &[u8]) -> [u8; 32] {
    // §5.2: a one, zeros, and the length in bits.
    let mut padded = message.to_vec();
    padded.push(0x80);
    while padded.len() % 64 != 56 {
        padded.push(0);
    }
    let bits = (message.len() as u64).wrapping_mul(8);
    padded.extend_from_slice(&bits.to_be_bytes());
    let mut state = START;
    for block in padded.as_chunks::<64>().0 {
        compress(&mut state, block);
    }
    let mut digest = [0; 32];
    for (to, word) in digest.as_chunks_mut::<4>().0.iter_mut().zip(state) {
        *to = word.to_be_bytes();
    }
    digest
}

/// §5.3.3, with the words of §5.3.2 made on the way: the sixteen at hand and one more each round.
#[expect(clippy::many_single_char_names, reason = "the standard's names")]
fn compress(state: &mut [u32; 8], block: &[u8; 64]) {
    let mut words = [0; 16];
    for (to, word) in words.iter_mut().zip(block.as_chunks::<4>().0) {
        *to = u32::from_be_bytes(*word);
    }
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *state;
    for round in 0..64 {
        let constant: u32 = if round < 16 { 0x79cc_4519 } else { 0x7a87_9d8a };
        let turned = a.rotate_left(12);
        let ss1 = turned
            .wrapping_add(e)
            .wrapping_add(constant.rotate_left(round))
            .rotate_left(7);
        let (ff, gg) = if round < 16 {
            (a ^ b ^ c, e ^ f ^ g)
        } else {
            (a & b | a & c | b & c, e & f | !e & g)
        };
        let word = words[0];
        let tt1 = ff
            .wrapping_add(d)
            .wrapping_add(ss1 ^ turned)
            .wrapping_add(word ^ words[4]);
        let tt2 = gg.wrapping_add(h).wrapping_add(ss1).wrapping_add(word);
        (d, c, b, a) = (c, b.rotate_left(9), a, tt1);
        (h, g, f, e) = (
            g,
            f.rotate_left(19),
            e,
            tt2 ^ tt2.rotate_left(9) ^ tt2.rotate_left(17),
        );
        // W of sixteen rounds on takes the place of this one.
        let mixed = word ^ words[7] ^ words[13].rotate_left(15);
        let mixed = mixed ^ mixed.rotate_left(15) ^ mixed.rotate_left(23);
        words[0] = mixed ^ words[3].rotate_left(7) ^ words[10];
        words.rotate_left(1);
    }
    for (to, word) in state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
        *to ^= word;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hexadecimal(message: &[u8]) -> String {
        digest(message).map(|byte| format!("{byte:02x}")).concat()
    }

    /// GB/T 32905-2016, annex A.
    #[test]
    fn digests_are_those_of_the_standard() {
        assert_eq!(
            hexadecimal(b"abc"),
            "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
        );
        assert_eq!(
            hexadecimal(&b"abcd".repeat(16)),
            "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"
        );
    }
}
