//! Reading.

use minicbor::Decoder;
use minicbor::data::Type;

/// Reads deterministic CBOR item by item, and says at which byte it stopped being that.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    decoder: Decoder<'a>,
}

/// What is wrong, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{fault} (byte {position})")]
pub struct CborError {
    /// Offset of the offending item from the start of the input.
    pub position: usize,
    /// What is wrong with it.
    pub fault: CborFault,
}

/// What can be wrong with an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CborFault {
    /// The input ends within the item, or the item is not CBOR.
    #[error("not a CBOR item of the kind that is due, or cut off: {0} expected")]
    Expected(&'static str),
    /// A number, length or tag is written longer than it need be.
    #[error("a number or length is not in its shortest form")]
    NotShortest,
    /// A string, array or map of indefinite length.
    #[error("indefinite lengths are not deterministic")]
    Indefinite,
    /// Another length than the one that is due.
    #[error("{expected} items expected, {found} found")]
    Count {
        /// Items that are due.
        expected: u64,
        /// Items that the head announces.
        found: u64,
    },
    /// Another integer than the one that is due, such as a map key out of order or unknown.
    #[error("the number {0} expected")]
    Key(i64),
    /// Bytes after the last item.
    #[error("bytes after the end")]
    Trailing,
}

impl<'a> Reader<'a> {
    /// Reads from the start of the input.
    pub fn new(input: &'a [u8]) -> Self {
        Self {
            decoder: Decoder::new(input),
        }
    }

    /// Offset of the next item.
    pub fn position(&self) -> usize {
        self.decoder.position()
    }

    /// An unsigned integer.
    ///
    /// # Errors
    /// [`CborError`] for anything else.
    pub fn uint(&mut self) -> Result<u64, CborError> {
        let start = self.position();
        let value = self
            .decoder
            .u64()
            .map_err(|_| expected(start, "an unsigned integer"))?;
        self.shortest(start, self.position() - start, value)?;
        Ok(value)
    }

    /// An integer of either sign, in the range of `i64`.
    ///
    /// # Errors
    /// [`CborError`] for anything else.
    pub fn int(&mut self) -> Result<i64, CborError> {
        let start = self.position();
        let value = self
            .decoder
            .i64()
            .map_err(|_| expected(start, "an integer"))?;
        let argument = if value < 0 { !value } else { value };
        self.shortest(start, self.position() - start, argument.unsigned_abs())?;
        Ok(value)
    }

    /// Exactly this integer, such as the next key of a map.
    ///
    /// # Errors
    /// [`CborFault::Key`] for another integer, [`CborError`] for anything else.
    pub fn key(&mut self, key: i64) -> Result<(), CborError> {
        let position = self.position();
        if self.int()? == key {
            Ok(())
        } else {
            Err(CborError {
                position,
                fault: CborFault::Key(key),
            })
        }
    }

    /// Takes this integer if it is next, such as the key of an optional pair.
    pub fn take_key(&mut self, key: i64) -> bool {
        let mut ahead = self.clone();
        let found = ahead.key(key).is_ok();
        if found {
            *self = ahead;
        }
        found
    }

    /// A byte string.
    ///
    /// # Errors
    /// [`CborError`] for anything else.
    pub fn bytes(&mut self) -> Result<&'a [u8], CborError> {
        let start = self.position();
        let value = self
            .decoder
            .bytes()
            .map_err(|_| self.string_fault(start, Type::BytesIndef, "a byte string"))?;
        self.shortest(
            start,
            self.position() - start - value.len(),
            value.len() as u64,
        )?;
        Ok(value)
    }

    /// A text string.
    ///
    /// # Errors
    /// [`CborError`] for anything else, also for bytes that are not UTF-8.
    pub fn text(&mut self) -> Result<&'a str, CborError> {
        let start = self.position();
        let value = self
            .decoder
            .str()
            .map_err(|_| self.string_fault(start, Type::StringIndef, "a text string"))?;
        self.shortest(
            start,
            self.position() - start - value.len(),
            value.len() as u64,
        )?;
        Ok(value)
    }

    /// The head of an array; the number of items that follow.
    ///
    /// # Errors
    /// [`CborError`] for anything else.
    pub fn array(&mut self) -> Result<u64, CborError> {
        let start = self.position();
        let count = self
            .decoder
            .array()
            .map_err(|_| expected(start, "an array"))?;
        self.definite(start, count)
    }

    /// The head of an array of exactly that many items.
    ///
    /// # Errors
    /// [`CborFault::Count`] for another length, [`CborError`] for anything else.
    pub fn array_of(&mut self, items: u64) -> Result<(), CborError> {
        let start = self.position();
        let found = self.array()?;
        count(start, items, found)
    }

    /// The head of a map; the number of pairs that follow.
    ///
    /// # Errors
    /// [`CborError`] for anything else.
    pub fn map(&mut self) -> Result<u64, CborError> {
        let start = self.position();
        let count = self.decoder.map().map_err(|_| expected(start, "a map"))?;
        self.definite(start, count)
    }

    /// The head of a map of exactly that many pairs.
    ///
    /// # Errors
    /// [`CborFault::Count`] for another length, [`CborError`] for anything else.
    pub fn map_of(&mut self, pairs: u64) -> Result<(), CborError> {
        let start = self.position();
        let found = self.map()?;
        count(start, pairs, found)
    }

    /// Exactly this tag.
    ///
    /// # Errors
    /// [`CborFault::Key`] for another tag, [`CborError`] for anything else.
    pub fn tag(&mut self, number: u32) -> Result<(), CborError> {
        let start = self.position();
        let tag = self.decoder.tag().map_err(|_| expected(start, "a tag"))?;
        let found = tag.as_u64();
        self.shortest(start, self.position() - start, found)?;
        if found == u64::from(number) {
            Ok(())
        } else {
            Err(CborError {
                position: start,
                fault: CborFault::Key(i64::from(number)),
            })
        }
    }

    /// `true` or `false`.
    ///
    /// # Errors
    /// [`CborError`] for anything else.
    pub fn bool(&mut self) -> Result<bool, CborError> {
        let start = self.position();
        self.decoder
            .bool()
            .map_err(|_| expected(start, "true or false"))
    }

    /// Takes a `null` if it is next.
    pub fn take_null(&mut self) -> bool {
        matches!(self.decoder.datatype(), Ok(Type::Null)) && self.decoder.null().is_ok()
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// [`CborFault::Trailing`] where bytes are left.
    pub fn end(self) -> Result<(), CborError> {
        let position = self.position();
        if position == self.decoder.input().len() {
            Ok(())
        } else {
            Err(CborError {
                position,
                fault: CborFault::Trailing,
            })
        }
    }

    fn string_fault(&self, start: usize, indefinite: Type, kind: &'static str) -> CborError {
        let mut again = self.decoder.clone();
        again.set_position(start);
        if again.datatype().is_ok_and(|found| found == indefinite) {
            CborError {
                position: start,
                fault: CborFault::Indefinite,
            }
        } else {
            expected(start, kind)
        }
    }

    fn definite(&self, start: usize, count: Option<u64>) -> Result<u64, CborError> {
        let count = count.ok_or(CborError {
            position: start,
            fault: CborFault::Indefinite,
        })?;
        self.shortest(start, self.position() - start, count)?;
        Ok(count)
    }

    /// RFC 8949 §4.2.1: the argument of a head is as short as possible.
    #[expect(clippy::unused_self, reason = "reads as a property of the reader")]
    fn shortest(&self, position: usize, head: usize, argument: u64) -> Result<(), CborError> {
        let due = match argument {
            0..=23 => 1,
            24..=0xff => 2,
            0x100..=0xffff => 3,
            0x1_0000..=0xffff_ffff => 5,
            _ => 9,
        };
        if head == due {
            Ok(())
        } else {
            Err(CborError {
                position,
                fault: CborFault::NotShortest,
            })
        }
    }
}

fn expected(position: usize, what: &'static str) -> CborError {
    CborError {
        position,
        fault: CborFault::Expected(what),
    }
}

fn count(position: usize, expected: u64, found: u64) -> Result<(), CborError> {
    if expected == found {
        Ok(())
    } else {
        Err(CborError {
            position,
            fault: CborFault::Count { expected, found },
        })
    }
}
