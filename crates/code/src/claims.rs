//! The signed content of a code: CWT claims (RFC 8392) in one form.
//!
//! ```text
//! {1: issuer, 4: expiry, 6: issued-at, -65537: [class, …]}
//! live     [0, level, reason, as-of, handle, last test / null, binder / null]
//! carried  [1, level, reason, as-of, day, day index, holder key, last test / null, binder / null]
//! paper    [2, pointer, binder / null]
//! ```

use crate::carried::{Carried, CarriedError};
use crate::cbor::{CborError, Reader, Writer};
use crate::live::{Handle, Live};
use crate::paper::{Paper, Pointer};
use crate::signing::{Algorithm, PublicKey, PublicKeyError};
use crate::statement::{
    Binder, BinderError, LastTest, Statement, StatementError, TestKind, level_from_number,
    level_number,
};
use crate::text::StandardDomain;
use crate::{Class, DivisionCode, Level, ReasonClass, Span, Timestamp};

/// CWT claim keys (RFC 8392 §3.1), and ours of the private range.
const ISSUER: i64 = 1;
const EXPIRES_AT: i64 = 4;
const ISSUED_AT: i64 = 6;
const BODY: i64 = -65_537;

/// Everything that a code's signature covers in the security domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    issuer: DivisionCode,
    issued_at: Timestamp,
    expires_at: Timestamp,
    body: Body,
}

/// What a code says, by class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// For about a minute.
    Live(Live),
    /// For the rest of a day.
    Carried(Carried),
    /// For months.
    Paper(Paper),
}

/// Why bytes are no claims of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClaimsError {
    /// Not the one encoding.
    #[error("claims are not in deterministic form: {0}")]
    Encoding(#[from] CborError),
    /// The issuer is not a division, or the whole country.
    #[error("the issuer is not a division code")]
    Issuer,
    /// A time before 1970 or beyond the year 9999.
    #[error("a time is out of range")]
    Time,
    /// No such class.
    #[error("{0} is not a class")]
    Class(u64),
    /// No such level.
    #[error("{0} is not a level")]
    Level(u64),
    /// No such reason class.
    #[error("{0} is not a reason class")]
    ReasonClass(u64),
    /// A handle or pointer of another length.
    #[error("a handle or pointer has 16 bytes, not {0}")]
    NameLength(usize),
    /// A day or a day index beyond 32 bits.
    #[error("{0} is too large for a day or day index")]
    TooLarge(u64),
    /// No such kind of test, or an hour out of range.
    #[error("the last test is not one")]
    LastTest,
    /// The holder's key.
    #[error("the holder's key: {0}")]
    HolderKey(#[from] PublicKeyError),
    /// The parts of a carried code.
    #[error(transparent)]
    Carried(#[from] CarriedError),
    /// The binder.
    #[error(transparent)]
    Binder(#[from] BinderError),
    /// Level and reason, or test and facts.
    #[error(transparent)]
    Statement(#[from] StatementError),
    /// Facts later than the code.
    #[error("as-of is later than issued-at")]
    FactsFromTheFuture,
    /// It ends before it begins.
    #[error("the code expires before it is issued")]
    EndsBeforeItBegins,
    /// It lives longer than its class may.
    #[error("a {0} code does not live so long")]
    LivesTooLong(Class),
}

impl Claims {
    /// Puts a code's claims together.
    ///
    /// # Errors
    /// [`ClaimsError`] where the times do not fit each other or the class.
    pub fn new(
        issuer: DivisionCode,
        issued_at: Timestamp,
        expires_at: Timestamp,
        body: Body,
    ) -> Result<Self, ClaimsError> {
        if issuer == DivisionCode::COUNTRY {
            return Err(ClaimsError::Issuer);
        }
        if issued_at.unix() < 0 {
            return Err(ClaimsError::Time);
        }
        if expires_at <= issued_at {
            return Err(ClaimsError::EndsBeforeItBegins);
        }
        if body
            .statement()
            .is_some_and(|statement| statement.as_of() > issued_at)
        {
            return Err(ClaimsError::FactsFromTheFuture);
        }
        let lifetime = body.longest_life();
        if expires_at.since(issued_at) > lifetime {
            return Err(ClaimsError::LivesTooLong(body.class()));
        }
        Ok(Self {
            issuer,
            issued_at,
            expires_at,
            body,
        })
    }

    /// Who issued the code.
    pub const fn issuer(&self) -> DivisionCode {
        self.issuer
    }

    /// From when on it is good.
    pub const fn issued_at(&self) -> Timestamp {
        self.issued_at
    }

    /// From when on it is not good any more.
    pub const fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// What it says.
    pub const fn body(&self) -> &Body {
        &self.body
    }

    /// What the text must say in clear.
    pub fn standard(&self) -> StandardDomain {
        let level = self.body.statement().map(Statement::level);
        StandardDomain::new(self.issuer, self.body.class(), level)
    }

    /// The one encoding.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Writer::with_capacity(128);
        out.map(4);
        let mut digits = [b'0'; 6];
        let mut number = self.issuer.number();
        for place in digits.iter_mut().rev() {
            *place = b'0' + u8::try_from(number % 10).unwrap_or_default();
            number /= 10;
        }
        out.int(ISSUER)
            .text(core::str::from_utf8(&digits).unwrap_or_default());
        out.int(EXPIRES_AT).uint(seconds(self.expires_at));
        out.int(ISSUED_AT).uint(seconds(self.issued_at));
        out.int(BODY);
        match &self.body {
            Body::Live(live) => {
                out.array(7).uint(Class::Live.number());
                write_statement(&mut out, &live.statement);
                out.bytes(live.handle.as_bytes());
                write_rest(&mut out, &live.statement);
            }
            Body::Carried(carried) => {
                out.array(9).uint(Class::Carried.number());
                write_statement(&mut out, &carried.statement);
                out.uint(u64::from(carried.day))
                    .uint(u64::from(carried.index))
                    .bytes(carried.holder.as_bytes());
                write_rest(&mut out, &carried.statement);
            }
            Body::Paper(paper) => {
                out.array(3)
                    .uint(Class::Paper.number())
                    .bytes(paper.pointer.as_bytes());
                write_binder(&mut out, paper.binder.as_ref());
            }
        }
        out.into_bytes()
    }

    /// Reads the one encoding.
    ///
    /// # Errors
    /// [`ClaimsError`] for everything else.
    pub fn decode(bytes: &[u8]) -> Result<Self, ClaimsError> {
        let mut reader = Reader::new(bytes);
        reader.map_of(4)?;
        reader.key(ISSUER)?;
        let issuer: DivisionCode = reader.text()?.parse().map_err(|_| ClaimsError::Issuer)?;
        reader.key(EXPIRES_AT)?;
        let expires_at = read_time(&mut reader)?;
        reader.key(ISSUED_AT)?;
        let issued_at = read_time(&mut reader)?;
        reader.key(BODY)?;
        let parts = reader.array()?;
        let number = reader.uint()?;
        let class = Class::from_number(number).ok_or(ClaimsError::Class(number))?;
        let due = match class {
            Class::Live => 7,
            Class::Carried => 9,
            Class::Paper => 3,
        };
        if parts != due {
            return Err(CborError {
                position: reader.position(),
                fault: crate::cbor::CborFault::Count {
                    expected: due,
                    found: parts,
                },
            }
            .into());
        }
        let body = match class {
            Class::Live => {
                let statement = read_statement(&mut reader)?;
                let handle = Handle::from_bytes(read_name(&mut reader)?);
                let statement = read_rest(&mut reader, statement)?;
                Body::Live(Live { statement, handle })
            }
            Class::Carried => {
                let statement = read_statement(&mut reader)?;
                let day = read_u32(&mut reader)?;
                let index = read_u32(&mut reader)?;
                let holder = PublicKey::parse(Algorithm::Es256, reader.bytes()?)?;
                let statement = read_rest(&mut reader, statement)?;
                Body::Carried(Carried::new(statement, day, index, holder)?)
            }
            Class::Paper => {
                let pointer = Pointer::from_bytes(read_name(&mut reader)?);
                let binder = read_binder(&mut reader)?;
                Body::Paper(Paper { pointer, binder })
            }
        };
        reader.end()?;
        Self::new(issuer, issued_at, expires_at, body)
    }
}

impl Body {
    /// The class.
    pub const fn class(&self) -> Class {
        match self {
            Self::Live(_) => Class::Live,
            Self::Carried(_) => Class::Carried,
            Self::Paper(_) => Class::Paper,
        }
    }

    /// The statement; paper has none.
    pub const fn statement(&self) -> Option<&Statement> {
        match self {
            Self::Live(live) => Some(&live.statement),
            Self::Carried(carried) => Some(&carried.statement),
            Self::Paper(_) => None,
        }
    }

    /// Masked name and digits.
    pub const fn binder(&self) -> Option<&Binder> {
        match self {
            Self::Live(live) => live.statement.binder(),
            Self::Carried(carried) => carried.statement.binder(),
            Self::Paper(paper) => paper.binder.as_ref(),
        }
    }

    /// A carried code may be fetched on the evening before its day.
    const fn longest_life(&self) -> Span {
        match self {
            Self::Live(_) => Live::LIFETIME,
            Self::Carried(_) => Span::hours(27),
            Self::Paper(_) => Paper::LIFETIME,
        }
    }
}

fn seconds(at: Timestamp) -> u64 {
    u64::try_from(at.unix()).unwrap_or_default()
}

fn write_statement(out: &mut Writer, statement: &Statement) {
    out.uint(level_number(statement.level()))
        .uint(u64::from(statement.reason().number()))
        .uint(seconds(statement.as_of()));
}

fn write_rest(out: &mut Writer, statement: &Statement) {
    match statement.last_test() {
        Some(test) => out
            .array(2)
            .uint(u64::from(test.hour()))
            .uint(test.kind().number()),
        None => out.null(),
    };
    write_binder(out, statement.binder());
}

fn write_binder(out: &mut Writer, binder: Option<&Binder>) {
    match binder {
        Some(binder) => out.text(binder.expose_text()),
        None => out.null(),
    };
}

fn read_statement(reader: &mut Reader<'_>) -> Result<Statement, ClaimsError> {
    let number = reader.uint()?;
    let level: Level = level_from_number(number).ok_or(ClaimsError::Level(number))?;
    let number = reader.uint()?;
    let reason = u8::try_from(number)
        .ok()
        .and_then(ReasonClass::from_number)
        .ok_or(ClaimsError::ReasonClass(number))?;
    let as_of = read_time(reader)?;
    Ok(Statement::new(level, reason, as_of)?)
}

fn read_rest(reader: &mut Reader<'_>, statement: Statement) -> Result<Statement, ClaimsError> {
    let mut statement = statement;
    if !reader.take_null() {
        reader.array_of(2)?;
        let hour = u32::try_from(reader.uint()?).map_err(|_| ClaimsError::LastTest)?;
        let kind = TestKind::from_number(reader.uint()?).ok_or(ClaimsError::LastTest)?;
        let test = LastTest::in_hour(hour, kind).ok_or(ClaimsError::LastTest)?;
        statement = statement.with_last_test(test)?;
    }
    Ok(match read_binder(reader)? {
        Some(binder) => statement.with_binder(binder),
        None => statement,
    })
}

fn read_binder(reader: &mut Reader<'_>) -> Result<Option<Binder>, ClaimsError> {
    if reader.take_null() {
        Ok(None)
    } else {
        Ok(Some(Binder::new(reader.text()?)?))
    }
}

fn read_time(reader: &mut Reader<'_>) -> Result<Timestamp, ClaimsError> {
    i64::try_from(reader.uint()?)
        .ok()
        .filter(|seconds| *seconds <= Timestamp::MAX.unix())
        .map(Timestamp::from_unix)
        .ok_or(ClaimsError::Time)
}

fn read_u32(reader: &mut Reader<'_>) -> Result<u32, ClaimsError> {
    let value = reader.uint()?;
    u32::try_from(value).map_err(|_| ClaimsError::TooLarge(value))
}

fn read_name(reader: &mut Reader<'_>) -> Result<[u8; 16], ClaimsError> {
    let bytes = reader.bytes()?;
    bytes
        .try_into()
        .map_err(|_| ClaimsError::NameLength(bytes.len()))
}

#[cfg(test)]
mod tests;
