//! A JSON text as a tree (RFC 8259).

use super::Json;

/// Lists and objects within one another; settings have seven.
const DEEPEST: u8 = 16;
/// Names in one object; the largest form here has ten. Each is compared with all before it.
const MOST_NAMES: usize = 64;

/// Why bytes are no JSON text that is taken here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// Not UTF-8 from that byte on.
    #[error("not UTF-8 at byte {0}")]
    Utf8(usize),
    /// Something else was due at that byte.
    #[error("no JSON at byte {0}")]
    Syntax(usize),
    /// A number with a fraction or exponent, or of more than 64 bits.
    #[error("not a whole number of 64 bits at byte {0}")]
    Number(usize),
    /// More lists and objects within one another than anything here has.
    #[error("nested too deep at byte {0}")]
    Depth(usize),
    /// One name twice in an object: two readers would disagree.
    #[error("a name for the second time at byte {0}")]
    Twice(usize),
    /// More names in an object than anything here has.
    #[error("too many names in one object at byte {0}")]
    Names(usize),
}

impl JsonError {
    /// The word of the fault.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Utf8(_) => "not-utf8",
            Self::Syntax(_) => "not-json",
            Self::Number(_) => "not-whole",
            Self::Depth(_) => "too-deep",
            Self::Twice(_) => "name-twice",
            Self::Names(_) => "too-many-names",
        }
    }

    /// The byte at which it was found.
    pub const fn at(self) -> usize {
        match self {
            Self::Utf8(at)
            | Self::Syntax(at)
            | Self::Number(at)
            | Self::Depth(at)
            | Self::Twice(at)
            | Self::Names(at) => at,
        }
    }
}

/// Reads a text that is one value.
///
/// # Errors
/// [`JsonError`] at the first byte that does not fit.
pub(crate) fn read(bytes: &[u8]) -> Result<Json, JsonError> {
    let text = core::str::from_utf8(bytes).map_err(|fault| JsonError::Utf8(fault.valid_up_to()))?;
    let mut reader = Reader { text, at: 0 };
    let value = reader.value(0)?;
    reader.space();
    match reader.peek() {
        None => Ok(value),
        Some(_) => Err(JsonError::Syntax(reader.at)),
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn due(&mut self, byte: u8) -> Result<(), JsonError> {
        if self.take(byte) {
            Ok(())
        } else {
            Err(JsonError::Syntax(self.at))
        }
    }

    fn value(&mut self, depth: u8) -> Result<Json, JsonError> {
        self.space();
        let within = depth + 1;
        match self.peek() {
            Some(b'[' | b'{') if within > DEEPEST => Err(JsonError::Depth(self.at)),
            Some(b'[') => {
                let mut items = Vec::new();
                self.each(b']', |reader| {
                    items.push(reader.value(within)?);
                    Ok(())
                })?;
                Ok(Json::List(items))
            }
            Some(b'{') => {
                let mut fields: Vec<(String, Json)> = Vec::new();
                self.each(b'}', |reader| {
                    let begun = reader.at;
                    if fields.len() == MOST_NAMES {
                        return Err(JsonError::Names(begun));
                    }
                    let name = reader.string()?;
                    if fields.iter().any(|(other, _)| *other == name) {
                        return Err(JsonError::Twice(begun));
                    }
                    reader.space();
                    reader.due(b':')?;
                    fields.push((name, reader.value(within)?));
                    Ok(())
                })?;
                Ok(Json::Object(fields))
            }
            Some(b'"') => Ok(Json::Text(self.string()?)),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => {
                for (word, value) in [
                    ("null", Json::Null),
                    ("true", Json::Bool(true)),
                    ("false", Json::Bool(false)),
                ] {
                    if self
                        .text
                        .as_bytes()
                        .get(self.at..)
                        .is_some_and(|rest| rest.starts_with(word.as_bytes()))
                    {
                        self.at += word.len();
                        return Ok(value);
                    }
                }
                Err(JsonError::Syntax(self.at))
            }
        }
    }

    /// Everything between the bracket that is here and the one that closes it.
    fn each(
        &mut self,
        close: u8,
        mut item: impl FnMut(&mut Self) -> Result<(), JsonError>,
    ) -> Result<(), JsonError> {
        self.at += 1;
        self.space();
        if self.take(close) {
            return Ok(());
        }
        loop {
            self.space();
            item(self)?;
            self.space();
            if self.take(close) {
                return Ok(());
            }
            self.due(b',')?;
        }
    }

    fn number(&mut self) -> Result<Json, JsonError> {
        let begun = self.at;
        let fault = JsonError::Number(begun);
        let negative = self.take(b'-');
        let leading = self.at;
        let mut value: i64 = 0;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            let digit = i64::from(digit - b'0');
            let digit = if negative { -digit } else { digit };
            value = value
                .checked_mul(10)
                .and_then(|tens| tens.checked_add(digit))
                .ok_or(fault)?;
            self.at += 1;
        }
        let digits = self.at - leading;
        let padded = digits > 1 && self.text.as_bytes().get(leading) == Some(&b'0');
        if digits == 0 || padded {
            return Err(JsonError::Syntax(leading));
        }
        // -0 is a number of its own in JavaScript.
        let sign_lost = negative && value == 0;
        if sign_lost || matches!(self.peek(), Some(b'.' | b'e' | b'E')) {
            return Err(fault);
        }
        Ok(Json::Whole(value))
    }

    fn string(&mut self) -> Result<String, JsonError> {
        self.due(b'"')?;
        let mut text = String::new();
        loop {
            let begun = self.at;
            while !matches!(self.peek(), None | Some(b'"' | b'\\' | 0..=0x1f)) {
                self.at += 1;
            }
            text.push_str(self.text.get(begun..self.at).unwrap_or_default());
            if self.take(b'"') {
                return Ok(text);
            }
            self.due(b'\\')?;
            text.push(self.escaped()?);
        }
    }

    fn escaped(&mut self) -> Result<char, JsonError> {
        let fault = JsonError::Syntax(self.at);
        let letter = self.peek().ok_or(fault)?;
        self.at += 1;
        Ok(match letter {
            b'"' | b'\\' | b'/' => char::from(letter),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let mut unit = self.unit()?;
                if (0xd800..0xdc00).contains(&unit) && self.take(b'\\') && self.take(b'u') {
                    let low = self.unit()?;
                    if !(0xdc00..0xe000).contains(&low) {
                        return Err(fault);
                    }
                    unit = 0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
                }
                char::from_u32(unit).ok_or(fault)?
            }
            _ => return Err(fault),
        })
    }

    /// Four hexadecimal digits.
    fn unit(&mut self) -> Result<u32, JsonError> {
        let mut unit = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|digit| char::from(digit).to_digit(16));
            unit = unit * 16 + digit.ok_or(JsonError::Syntax(self.at))?;
            self.at += 1;
        }
        Ok(unit)
    }
}

#[cfg(test)]
mod tests;
