//! Writing.

/// Appends deterministic CBOR to a buffer of its own.
#[derive(Clone, Debug, Default)]
pub struct Writer(Vec<u8>);

impl Writer {
    /// An empty buffer.
    pub fn new() -> Self {
        Self(Vec::new())
    }

    /// An empty buffer with room for that many bytes.
    pub fn with_capacity(bytes: usize) -> Self {
        Self(Vec::with_capacity(bytes))
    }

    /// An unsigned integer.
    pub fn uint(&mut self, value: u64) -> &mut Self {
        self.head(0, value)
    }

    /// An integer of either sign.
    pub fn int(&mut self, value: i64) -> &mut Self {
        // -1 - n of RFC 8949 §3.1 is the bitwise complement.
        if value < 0 {
            self.head(1, (!value).unsigned_abs())
        } else {
            self.head(0, value.unsigned_abs())
        }
    }

    /// A byte string.
    pub fn bytes(&mut self, value: &[u8]) -> &mut Self {
        self.head(2, value.len() as u64);
        self.0.extend_from_slice(value);
        self
    }

    /// A text string.
    pub fn text(&mut self, value: &str) -> &mut Self {
        self.head(3, value.len() as u64);
        self.0.extend_from_slice(value.as_bytes());
        self
    }

    /// The head of an array of that many items, which follow.
    pub fn array(&mut self, items: u64) -> &mut Self {
        self.head(4, items)
    }

    /// The head of a map of that many pairs, which follow with ascending keys.
    pub fn map(&mut self, pairs: u64) -> &mut Self {
        self.head(5, pairs)
    }

    /// A tag on the item that follows.
    pub fn tag(&mut self, number: u64) -> &mut Self {
        self.head(6, number)
    }

    /// `true` or `false`.
    pub fn bool(&mut self, value: bool) -> &mut Self {
        self.0.push(if value { 0xf5 } else { 0xf4 });
        self
    }

    /// `null`.
    pub fn null(&mut self) -> &mut Self {
        self.0.push(0xf6);
        self
    }

    /// Bytes that are deterministic CBOR already.
    pub fn raw(&mut self, encoded: &[u8]) -> &mut Self {
        self.0.extend_from_slice(encoded);
        self
    }

    /// What was written so far.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// What was written.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "each arm has checked that the value fits the width"
    )]
    fn head(&mut self, major: u8, value: u64) -> &mut Self {
        let major = major << 5;
        match value {
            0..=23 => self.0.push(major | value as u8),
            24..=0xff => self.0.extend_from_slice(&[major | 0x18, value as u8]),
            0x100..=0xffff => {
                self.0.push(major | 0x19);
                self.0.extend_from_slice(&(value as u16).to_be_bytes());
            }
            0x1_0000..=0xffff_ffff => {
                self.0.push(major | 0x1a);
                self.0.extend_from_slice(&(value as u32).to_be_bytes());
            }
            _ => {
                self.0.push(major | 0x1b);
                self.0.extend_from_slice(&value.to_be_bytes());
            }
        }
        self
    }
}
