//! The receipt: what somebody who did not pass takes away from the gate.
//!
//! Signed by the gate's own key, also without network. It names the gate, the verdict, the policy and
//! its rule, and what holds here for a while; of the person's code it has the issuing division and a
//! salted commitment, so that the holder alone can show that it is theirs. `spec/receipts.md` is the
//! normative description.

mod number;

pub use self::number::{NumberSays, ReceiptNumber, ReceiptNumberError};

use sha2::{Digest, Sha256};

use crate::base45::{self, Base45Error};
use crate::cbor::{CborError, Reader, Writer};
use crate::cose::{self, CoseError, Header, Sign1};
use crate::recognition::{
    Measure, Obligation, ObligationError, Ruling, read_obligation, write_obligation,
};
use crate::signing::{KeyId, PublicKey, Signer, SigningError};
use crate::verify::{Action, RecognitionPolicy};
use crate::{DivisionCode, Span, Timestamp};

/// Type of the signed statement (RFC 9596).
const TYPE: &str = "application/hc-receipt+cwt";
/// What the text begins with.
const PREFIX: &str = "HC1R:";
const ISSUER: i64 = 1;
const EXPIRES_AT: i64 = 4;
const ISSUED_AT: i64 = 6;
/// Our private claim (RFC 8392 §9.1).
const RECEIPT: i64 = -70_106;
/// What the commitment is about, so that the same hash is never one of something else.
const COMMITTED: &[u8] = b"healthcode receipt of code\0";

/// What a gate says about one scan by one authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    region: DivisionCode,
    gate: String,
    at: Timestamp,
    action: Action,
    cause: String,
    policy: Option<PolicyNamed>,
    measures: Vec<Obligation>,
    issuer: Option<DivisionCode>,
    commitment: Commitment,
}

/// The policy of a verdict, and its rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyNamed {
    /// Whose policy.
    pub region: DivisionCode,
    /// Its number.
    pub version: u32,
    /// The rule's place from 0 and its id; none where no rule fitted.
    pub rule: Option<(u16, String)>,
}

impl PolicyNamed {
    /// As a ruling has it.
    pub fn of(ruling: &Ruling<'_>) -> Self {
        let rule = ruling.rule.and_then(|(place, rule)| {
            let place = u16::try_from(place).ok()?;
            Some((place, rule.id().to_owned()))
        });
        Self {
            region: ruling.policy.region(),
            version: ruling.policy.version(),
            rule,
        }
    }
}

/// A salted commitment to the text of a code: whoever has the text can show that a receipt is for it,
/// nobody else can tell two receipts for one code from two for two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Commitment {
    salt: [u8; 16],
    digest: [u8; 16],
}

impl Commitment {
    /// To a text as it was issued, under a salt that is drawn for this receipt alone. Of a carried
    /// code the showing, which is another one each time, is left out.
    pub fn to(text: &str, salt: [u8; 16]) -> Self {
        let issued = crate::text::CodeText::parse(text);
        let issued = issued.as_ref().map_or(text, |text| text.issued());
        let whole = Sha256::new()
            .chain_update(COMMITTED)
            .chain_update(salt)
            .chain_update(issued.as_bytes())
            .finalize();
        let mut digest = [0; 16];
        for (to, from) in digest.iter_mut().zip(whole) {
            *to = from;
        }
        Self { salt, digest }
    }

    /// Whether it is one to this text.
    pub fn is_to(&self, text: &str) -> bool {
        *self == Self::to(text, self.salt)
    }
}

/// What a receipt says, before it is checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptDraft {
    /// The region with which the gate is registered.
    pub region: DivisionCode,
    /// The gate's id there.
    pub gate: String,
    /// When.
    pub at: Timestamp,
    /// The verdict.
    pub action: Action,
    /// Why, in a word of `spec/verdict.md`.
    pub cause: String,
    /// By which policy and rule, where it came to one.
    pub policy: Option<PolicyNamed>,
    /// What holds here for a while.
    pub measures: Vec<Obligation>,
    /// The division that issued the code, where it is genuine.
    pub issuer: Option<DivisionCode>,
    /// Of which code.
    pub commitment: Commitment,
}

/// Why something is no receipt.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// A text of something else.
    #[error("a receipt's text begins with {PREFIX}")]
    Prefix,
    /// The text.
    #[error(transparent)]
    Text(#[from] Base45Error),
    /// The signed form.
    #[error(transparent)]
    Cose(#[from] CoseError),
    /// The content.
    #[error("not a receipt in deterministic form: {0}")]
    Encoding(#[from] CborError),
    /// A measure.
    #[error(transparent)]
    Obligation(#[from] ObligationError),
    /// Not a time.
    #[error("a time is out of range, or the receipt does not live for fourteen days")]
    Time,
    /// A region that is none.
    #[error("a region is no division code")]
    Region,
    /// The gate's id.
    #[error("a gate's id has 1 to 64 letters, digits, '.', '-' or '_'")]
    Gate,
    /// The cause.
    #[error("a cause is a word of 1 to 32 lower-case letters, digits and hyphens")]
    Cause,
    /// The rule.
    #[error("a policy has a version from 1 on, and a rule of its own form")]
    Rule,
    /// A number that means nothing.
    #[error("{0} means nothing here")]
    Number(u64),
    /// It names no key.
    #[error("the receipt names no key")]
    NoKey,
    /// The time of the receipt is over, or has not come.
    #[error("the receipt is good from {from} until {until}")]
    NotNow {
        /// When it was made.
        from: Timestamp,
        /// When it ends.
        until: Timestamp,
    },
}

impl Receipt {
    /// How long a receipt is good.
    pub const LIFE: Span = Span::days(14);
    /// How far ahead a gate's clock may be.
    pub const AHEAD: Span = Span::seconds(600);

    /// Checks what a receipt is to say.
    ///
    /// # Errors
    /// [`ReceiptError`], by what is wrong first.
    pub fn new(draft: ReceiptDraft) -> Result<Self, ReceiptError> {
        let ReceiptDraft {
            region,
            gate,
            at,
            action,
            cause,
            policy,
            measures,
            issuer,
            commitment,
        } = draft;
        if region == DivisionCode::COUNTRY || issuer == Some(DivisionCode::COUNTRY) {
            return Err(ReceiptError::Region);
        }
        if !is_word(&gate, 64, |byte| {
            byte.is_ascii_alphanumeric() || b".-_".contains(&byte)
        }) {
            return Err(ReceiptError::Gate);
        }
        if !is_word(&cause, 32, |byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'
        }) {
            return Err(ReceiptError::Cause);
        }
        if at.unix() < 0 || at.plus(Self::LIFE).since(at) != Self::LIFE {
            return Err(ReceiptError::Time);
        }
        if let Some(policy) = &policy {
            let rule = policy.rule.as_ref().is_none_or(|(place, id)| {
                usize::from(*place) < RecognitionPolicy::MAX_RULES
                    && is_word(id, 64, |byte| {
                        byte.is_ascii_alphanumeric() || b".-_".contains(&byte)
                    })
            });
            if !rule || policy.version == 0 || policy.region == DivisionCode::COUNTRY {
                return Err(ReceiptError::Rule);
            }
        }
        if measures.len() > Measure::MOST {
            return Err(ReceiptError::Number(measures.len() as u64));
        }
        Ok(Self {
            region,
            gate,
            at,
            action,
            cause,
            policy,
            measures,
            issuer,
            commitment,
        })
    }

    /// Signs the receipt with the gate's key.
    ///
    /// # Errors
    /// [`SigningError`] where the signer gives no signature.
    pub fn sign<S: Signer + ?Sized>(&self, gate: &S) -> Result<SignedReceipt, SigningError> {
        let header = Header::of(gate.public_key()).with_type(TYPE);
        cose::sign(gate, &header, &[], &self.encode()).map(SignedReceipt)
    }

    /// The payload: what is signed, and what the number is made of.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Writer::with_capacity(256);
        out.map(4).int(ISSUER).text(&self.region.to_string());
        out.int(EXPIRES_AT).int(self.expires_at().unix());
        out.int(ISSUED_AT).int(self.at.unix());
        out.int(RECEIPT).array(8).text(&self.gate);
        out.uint(self.action.number()).text(&self.cause);
        match &self.policy {
            None => {
                out.null();
            }
            Some(policy) => {
                out.array(if policy.rule.is_some() { 4 } else { 2 })
                    .uint(u64::from(policy.region.number()))
                    .uint(u64::from(policy.version));
                if let Some((place, id)) = &policy.rule {
                    out.uint(u64::from(*place)).text(id);
                }
            }
        }
        out.array(self.measures.len() as u64);
        for measure in &self.measures {
            write_obligation(&mut out, measure);
        }
        match self.issuer {
            None => out.null(),
            Some(issuer) => out.uint(u64::from(issuer.number())),
        };
        out.bytes(&self.commitment.salt);
        out.bytes(&self.commitment.digest);
        out.into_bytes()
    }

    fn decode(bytes: &[u8]) -> Result<Self, ReceiptError> {
        let mut reader = Reader::new(bytes);
        reader.map_of(4)?;
        reader.key(ISSUER)?;
        let region = reader.text()?.parse().map_err(|_| ReceiptError::Region)?;
        reader.key(EXPIRES_AT)?;
        let expires_at = time(&mut reader)?;
        reader.key(ISSUED_AT)?;
        let at = time(&mut reader)?;
        reader.key(RECEIPT)?;
        reader.array_of(8)?;
        let gate = reader.text()?.to_owned();
        let number = reader.uint()?;
        let action = Action::from_number(number).ok_or(ReceiptError::Number(number))?;
        let cause = reader.text()?.to_owned();
        let policy = if reader.take_null() {
            None
        } else {
            Some(read_policy(&mut reader)?)
        };
        let count = reader.array()?;
        if count > Measure::MOST as u64 {
            return Err(ReceiptError::Number(count));
        }
        let mut measures = Vec::new();
        for _ in 0..count {
            measures.push(read_obligation(&mut reader)?);
        }
        let issuer = if reader.take_null() {
            None
        } else {
            Some(division(&mut reader)?)
        };
        let commitment = Commitment {
            salt: sixteen(&mut reader)?,
            digest: sixteen(&mut reader)?,
        };
        reader.end()?;
        let receipt = Self::new(ReceiptDraft {
            region,
            gate,
            at,
            action,
            cause,
            policy,
            measures,
            issuer,
            commitment,
        })?;
        if receipt.expires_at() == expires_at {
            Ok(receipt)
        } else {
            Err(ReceiptError::Time)
        }
    }

    /// The region with which the gate is registered.
    pub const fn region(&self) -> DivisionCode {
        self.region
    }

    /// The gate's id there.
    pub fn gate(&self) -> &str {
        &self.gate
    }

    /// When the code was scanned, by the gate.
    pub const fn at(&self) -> Timestamp {
        self.at
    }

    /// From when on the receipt is not good any more.
    pub const fn expires_at(&self) -> Timestamp {
        self.at.plus(Self::LIFE)
    }

    /// The verdict.
    pub const fn action(&self) -> Action {
        self.action
    }

    /// Why.
    pub fn cause(&self) -> &str {
        &self.cause
    }

    /// By which policy and rule.
    pub const fn policy(&self) -> Option<&PolicyNamed> {
        self.policy.as_ref()
    }

    /// What holds here for a while.
    pub fn measures(&self) -> &[Obligation] {
        &self.measures
    }

    /// The division that issued the code.
    pub const fn issuer(&self) -> Option<DivisionCode> {
        self.issuer
    }

    /// To which code it commits.
    pub const fn commitment(&self) -> &Commitment {
        &self.commitment
    }

    /// The short number.
    pub fn number(&self) -> ReceiptNumber {
        ReceiptNumber::of(self)
    }

    /// That the receipt is good at a time.
    ///
    /// # Errors
    /// [`ReceiptError::NotNow`].
    pub fn holds_at(&self, now: Timestamp) -> Result<(), ReceiptError> {
        if self.at <= now.plus(Self::AHEAD) && now < self.expires_at() {
            Ok(())
        } else {
            Err(ReceiptError::NotNow {
                from: self.at,
                until: self.expires_at(),
            })
        }
    }
}

/// A receipt as it travels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedReceipt(Vec<u8>);

impl SignedReceipt {
    /// The longest: ids, causes and measures of the most that there may be.
    pub const LONGEST: usize = 512;

    /// A receipt as it came.
    pub const fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// A receipt from the text of its QR code.
    ///
    /// # Errors
    /// [`ReceiptError::Prefix`], [`ReceiptError::Text`].
    pub fn from_text(text: &str) -> Result<Self, ReceiptError> {
        let text = text.strip_prefix(PREFIX).ok_or(ReceiptError::Prefix)?;
        if text.len() > base45::encoded_len(Self::LONGEST) {
            return Err(ReceiptError::Prefix);
        }
        Ok(Self(base45::decode(text)?))
    }

    /// The text of its QR code, in the alphanumeric mode of GB/T 18284.
    pub fn text(&self) -> String {
        let mut text = PREFIX.to_owned();
        base45::encode_into(&self.0, &mut text);
        text
    }

    /// As it travels.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Which gate says that it signed, and with which key: what is looked up before anything is
    /// believed.
    ///
    /// # Errors
    /// [`ReceiptError`] where the bytes are no receipt.
    pub fn claims_to_be_by(&self) -> Result<(DivisionCode, String, KeyId), ReceiptError> {
        let signed = Sign1::parse(&self.0)?;
        let id = signed.key_id().ok_or(ReceiptError::NoKey)?;
        let receipt = Receipt::decode(signed.payload())?;
        Ok((receipt.region, receipt.gate, id))
    }

    /// The receipt, if that gate's key signed it.
    ///
    /// # Errors
    /// [`ReceiptError`], by what is wrong first.
    pub fn verify(&self, gate: &PublicKey) -> Result<Receipt, ReceiptError> {
        let signed = Sign1::parse(&self.0)?;
        let header = Header::of(gate).with_type(TYPE);
        let payload = signed.verify(gate, &header, &[])?;
        Receipt::decode(payload)
    }
}

fn is_word(text: &str, most: usize, letter: impl Fn(u8) -> bool) -> bool {
    (1..=most).contains(&text.len()) && text.bytes().all(letter)
}

fn time(reader: &mut Reader<'_>) -> Result<Timestamp, ReceiptError> {
    i64::try_from(reader.uint()?)
        .ok()
        .filter(|seconds| *seconds <= Timestamp::MAX.unix())
        .map(Timestamp::from_unix)
        .ok_or(ReceiptError::Time)
}

fn division(reader: &mut Reader<'_>) -> Result<DivisionCode, ReceiptError> {
    let number = u32::try_from(reader.uint()?).map_err(|_| ReceiptError::Region)?;
    DivisionCode::new(number).map_err(|_| ReceiptError::Region)
}

fn sixteen(reader: &mut Reader<'_>) -> Result<[u8; 16], ReceiptError> {
    let bytes = reader.bytes()?;
    let length = bytes.len() as u64;
    bytes.try_into().map_err(|_| ReceiptError::Number(length))
}

fn read_policy(reader: &mut Reader<'_>) -> Result<PolicyNamed, ReceiptError> {
    let count = reader.array()?;
    let region = division(reader)?;
    let version = reader.uint()?;
    let version = u32::try_from(version).map_err(|_| ReceiptError::Number(version))?;
    let rule = match count {
        2 => None,
        4 => {
            let place = reader.uint()?;
            let place = u16::try_from(place).map_err(|_| ReceiptError::Number(place))?;
            Some((place, reader.text()?.to_owned()))
        }
        other => return Err(ReceiptError::Number(other)),
    };
    Ok(PolicyNamed {
        region,
        version,
        rule,
    })
}

#[cfg(test)]
mod tests;
