//! What stands on a parcel in clear: who to whom, of what kind, which one, from when until when.

use core::fmt;

use crate::cbor::{CborError, Reader, Writer};
use crate::keys::SealingKeyId;
use crate::{DivisionCode, Span, Timestamp};

/// The one version of the form.
const VERSION: u64 = 1;

/// What a parcel is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Evidence about one person, to a region whose code they have.
    Evidence,
    /// That evidence was received.
    EvidenceReceipt,
    /// What a person takes along who moves.
    Transfer,
    /// What became of a transfer.
    TransferReceipt,
    /// What does the code of this person say, which they showed here.
    ReportRequest,
    /// Level, reason class and time.
    Report,
}

/// A number that names no kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is no kind of parcel")]
pub struct UnknownKind(pub u64);

impl Kind {
    /// All kinds, by number.
    pub const ALL: [Self; 6] = [
        Self::Evidence,
        Self::EvidenceReceipt,
        Self::Transfer,
        Self::TransferReceipt,
        Self::ReportRequest,
        Self::Report,
    ];

    /// The number on a parcel.
    pub const fn number(self) -> u64 {
        match self {
            Self::Evidence => 1,
            Self::EvidenceReceipt => 2,
            Self::Transfer => 3,
            Self::TransferReceipt => 4,
            Self::ReportRequest => 5,
            Self::Report => 6,
        }
    }

    /// The kind of a number.
    ///
    /// # Errors
    /// [`UnknownKind`].
    pub fn from_number(number: u64) -> Result<Self, UnknownKind> {
        let mut all = Self::ALL.into_iter();
        all.find(|kind| kind.number() == number)
            .ok_or(UnknownKind(number))
    }

    /// The word in logs and metrics.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Evidence => "evidence",
            Self::EvidenceReceipt => "evidence-receipt",
            Self::Transfer => "transfer",
            Self::TransferReceipt => "transfer-receipt",
            Self::ReportRequest => "report-request",
            Self::Report => "report",
        }
    }

    /// The kind that this one answers; none for one that begins.
    pub const fn answers(self) -> Option<Self> {
        match self {
            Self::EvidenceReceipt => Some(Self::Evidence),
            Self::TransferReceipt => Some(Self::Transfer),
            Self::Report => Some(Self::ReportRequest),
            Self::Evidence | Self::Transfer | Self::ReportRequest => None,
        }
    }

    /// How long such a parcel lives at most. A transfer may be carried by its holder; the others are
    /// sealed anew for each attempt.
    pub const fn longest_life(self) -> Span {
        match self {
            Self::Evidence => Span::hours(1),
            Self::Transfer => Span::hours(24),
            Self::ReportRequest | Self::EvidenceReceipt | Self::TransferReceipt | Self::Report => {
                Span::seconds(600)
            }
        }
    }
}

/// The name of a parcel, drawn at random by who begins: sent again it keeps the name, and counts once.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ParcelId([u8; 16]);

impl ParcelId {
    /// Sixteen random bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for ParcelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ParcelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ParcelId({self})")
    }
}

/// What stands on a parcel in clear. Nothing of it is about the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    from: DivisionCode,
    to: DivisionCode,
    kind: Kind,
    id: ParcelId,
    answers: Option<ParcelId>,
    made_at: Timestamp,
    expires_at: Timestamp,
}

/// Why nothing can be sent under a label, or bytes are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LabelError {
    /// Not the one encoding.
    #[error("the label is not in deterministic form: {0}")]
    Encoding(#[from] CborError),
    /// Another version.
    #[error("version {0} of the form is not known here")]
    Version(u64),
    /// Sender or receiver is no division, or the whole country.
    #[error("sender and receiver are divisions, each another one")]
    Divisions,
    /// No such kind.
    #[error(transparent)]
    Kind(#[from] UnknownKind),
    /// A name of another length.
    #[error("an id has {expected} bytes, not {found}")]
    IdLength {
        /// Bytes that it has.
        expected: usize,
        /// Bytes that were found.
        found: usize,
    },
    /// An answer that answers nothing, or a beginning that answers something.
    #[error("a parcel of kind {} {}", .0.word(), if .0.answers().is_some() { "names the parcel that it answers" } else { "answers none" })]
    Answers(Kind),
    /// A time is out of range.
    #[error("a time is out of range")]
    Time,
    /// It ends before it begins, or lives longer than its kind may.
    #[error("a parcel of kind {} lives for at most {}", .0.word(), .0.longest_life())]
    Lifetime(Kind),
}

impl Label {
    /// The label of a parcel that begins: from one region to another.
    ///
    /// # Errors
    /// [`LabelError`] where the parts do not fit.
    pub fn new(
        (from, to): (DivisionCode, DivisionCode),
        kind: Kind,
        id: ParcelId,
        made_at: Timestamp,
        expires_at: Timestamp,
    ) -> Result<Self, LabelError> {
        let answers = None;
        Self {
            from,
            to,
            kind,
            id,
            answers,
            made_at,
            expires_at,
        }
        .checked()
    }

    /// The label of the answer to a parcel, back to where it came from, for ten minutes at most.
    ///
    /// # Errors
    /// [`LabelError::Answers`] where the kind is none that answers the other's.
    pub fn answering(
        asked: &Self,
        kind: Kind,
        id: ParcelId,
        made_at: Timestamp,
    ) -> Result<Self, LabelError> {
        if kind.answers() != Some(asked.kind) {
            return Err(LabelError::Answers(kind));
        }
        Self {
            from: asked.to,
            to: asked.from,
            kind,
            id,
            answers: Some(asked.id),
            made_at,
            expires_at: made_at.plus(kind.longest_life()),
        }
        .checked()
    }

    fn checked(self) -> Result<Self, LabelError> {
        let country = DivisionCode::COUNTRY;
        if self.from == self.to || self.from == country || self.to == country {
            Err(LabelError::Divisions)
        } else if self.kind.answers().is_some() != self.answers.is_some() {
            Err(LabelError::Answers(self.kind))
        } else if self.made_at.unix() < 0 {
            Err(LabelError::Time)
        } else if self.expires_at <= self.made_at
            || self.expires_at.since(self.made_at) > self.kind.longest_life()
        {
            Err(LabelError::Lifetime(self.kind))
        } else {
            Ok(self)
        }
    }

    /// Who sends.
    pub const fn from(&self) -> DivisionCode {
        self.from
    }

    /// Who receives.
    pub const fn to(&self) -> DivisionCode {
        self.to
    }

    /// What it is.
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// Which one.
    pub const fn id(&self) -> ParcelId {
        self.id
    }

    /// Which one it answers.
    pub const fn answers(&self) -> Option<ParcelId> {
        self.answers
    }

    /// When it was sealed.
    pub const fn made_at(&self) -> Timestamp {
        self.made_at
    }

    /// From when on it is not to be opened.
    pub const fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// The bytes that are signed, and that the seal is bound to: with the name of the key that it is
    /// sealed to.
    pub(super) fn encode(&self, sealed_to: SealingKeyId) -> Vec<u8> {
        let mut out = Writer::with_capacity(96);
        out.array(9)
            .uint(VERSION)
            .text(&self.from.to_string())
            .text(&self.to.to_string())
            .uint(self.kind.number())
            .bytes(self.id.as_bytes());
        match &self.answers {
            Some(id) => out.bytes(id.as_bytes()),
            None => out.null(),
        };
        out.int(self.made_at.unix())
            .int(self.expires_at.unix())
            .bytes(sealed_to.as_bytes());
        out.into_bytes()
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<(Self, SealingKeyId), LabelError> {
        let mut reader = Reader::new(bytes);
        reader.array_of(9)?;
        let version = reader.uint()?;
        if version != VERSION {
            return Err(LabelError::Version(version));
        }
        let from = read_division(&mut reader)?;
        let to = read_division(&mut reader)?;
        let kind = Kind::from_number(reader.uint()?)?;
        let id = ParcelId(read_id(&mut reader)?);
        let answers = if reader.take_null() {
            None
        } else {
            Some(ParcelId(read_id(&mut reader)?))
        };
        let made_at = read_time(&mut reader)?;
        let expires_at = read_time(&mut reader)?;
        let sealed_to = SealingKeyId::from_bytes(read_id(&mut reader)?);
        reader.end()?;
        let label = Self {
            from,
            to,
            kind,
            id,
            answers,
            made_at,
            expires_at,
        };
        Ok((label.checked()?, sealed_to))
    }
}

fn read_division(reader: &mut Reader<'_>) -> Result<DivisionCode, LabelError> {
    reader.text()?.parse().map_err(|_| LabelError::Divisions)
}

fn read_id<const N: usize>(reader: &mut Reader<'_>) -> Result<[u8; N], LabelError> {
    let bytes = reader.bytes()?;
    bytes.try_into().map_err(|_| LabelError::IdLength {
        expected: N,
        found: bytes.len(),
    })
}

fn read_time(reader: &mut Reader<'_>) -> Result<Timestamp, LabelError> {
    i64::try_from(reader.uint()?)
        .ok()
        .filter(|seconds| *seconds <= Timestamp::MAX.unix())
        .map(Timestamp::from_unix)
        .ok_or(LabelError::Time)
}
