//! One issuer on the trust list.

use crate::signing::{KeyId, PublicKey};
use crate::{DivisionCode, HttpsUri, Offset, Span, Timestamp};

/// From when until when something holds: `from` is in it, `until` is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    from: Timestamp,
    until: Timestamp,
}

impl Validity {
    /// `from..until`.
    ///
    /// # Errors
    /// [`IssuerError::Validity`] where that is empty.
    pub fn new(from: Timestamp, until: Timestamp) -> Result<Self, IssuerError> {
        if from < until {
            Ok(Self { from, until })
        } else {
            Err(IssuerError::Validity { from, until })
        }
    }

    /// From when on it holds.
    pub const fn from(self) -> Timestamp {
        self.from
    }

    /// From when on it holds no more.
    pub const fn until(self) -> Timestamp {
        self.until
    }

    /// Whether it holds at that time.
    pub fn contains(self, at: Timestamp) -> bool {
        self.from <= at && at < self.until
    }
}

/// What the keys under a root may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Role {
    /// Live, carried and paper codes.
    Codes = 0,
    /// Status and paper lists.
    Lists = 1,
    /// Rule packs and recognition policies.
    Rules = 2,
    /// Checkpoints of the decision log, and witnessing those of others.
    Log = 3,
    /// Evidence and transfers sent to other regions.
    Evidence = 4,
}

impl Role {
    /// All roles, by number.
    pub const ALL: [Self; 5] = [
        Self::Codes,
        Self::Lists,
        Self::Rules,
        Self::Log,
        Self::Evidence,
    ];
}

/// A set of roles; at least one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Roles(u8);

impl Roles {
    /// Those roles.
    ///
    /// # Errors
    /// [`IssuerError::Roles`] for none.
    pub fn new(roles: impl IntoIterator<Item = Role>) -> Result<Self, IssuerError> {
        let bits = roles
            .into_iter()
            .fold(0_u8, |bits, role| bits | 1 << role as u8);
        Self::from_bits(u64::from(bits))
    }

    /// The set with a bit for each role's number.
    ///
    /// # Errors
    /// [`IssuerError::Roles`] for none, and for bits that no role has.
    pub fn from_bits(bits: u64) -> Result<Self, IssuerError> {
        match u8::try_from(bits) {
            Ok(known @ 1..=0b1_1111) => Ok(Self(known)),
            _ => Err(IssuerError::Roles(bits)),
        }
    }

    /// A bit for each role's number.
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Whether the role is in the set.
    pub const fn contains(self, role: Role) -> bool {
        self.0 >> role as u8 & 1 == 1
    }
}

/// A root key of a region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RootKey {
    key: PublicKey,
    roles: Roles,
    validity: Validity,
}

impl RootKey {
    /// A root for those roles and times.
    pub const fn new(key: PublicKey, roles: Roles, validity: Validity) -> Self {
        Self {
            key,
            roles,
            validity,
        }
    }

    /// The key.
    pub const fn key(&self) -> &PublicKey {
        &self.key
    }

    /// What the keys under it may be used for.
    pub const fn roles(&self) -> Roles {
        self.roles
    }

    /// When it holds.
    pub const fn validity(&self) -> Validity {
        self.validity
    }
}

/// What is found at an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum EndpointKind {
    /// The region's key list.
    Keys = 0,
    /// Its status lists and deltas.
    Status = 1,
    /// Its paper list.
    Paper = 2,
    /// Its recognition policy and rule packs.
    Rules = 3,
    /// Its door for evidence, transfers and online checks by other regions.
    Peer = 4,
}

impl EndpointKind {
    /// All kinds, by number.
    pub const ALL: [Self; 5] = [
        Self::Keys,
        Self::Status,
        Self::Paper,
        Self::Rules,
        Self::Peer,
    ];

    /// The kind of a number.
    pub fn from_number(number: u64) -> Option<Self> {
        let place = usize::try_from(number).ok()?;
        Self::ALL.get(place).copied()
    }
}

/// Where to find something of a region.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Endpoint {
    /// What is found there.
    pub kind: EndpointKind,
    /// The address.
    pub address: HttpsUri,
}

/// Everything that the trust list says of one issuer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuerEntry {
    region: DivisionCode,
    offset: Offset,
    staleness_limit: Span,
    validity: Validity,
    roots: Vec<RootKey>,
    endpoints: Vec<Endpoint>,
}

/// Why no issuer can be listed so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IssuerError {
    /// The whole country issues nothing; the hub has a code of its own.
    #[error("000000 is the whole country and no issuer")]
    Country,
    /// Facts must stay good for a minute at least and for a day at most.
    #[error("a staleness limit of {0}: it must be 1m to 24h")]
    StalenessLimit(Span),
    /// Ends before it begins.
    #[error("valid from {from} until {until} is never")]
    Validity {
        /// The beginning.
        from: Timestamp,
        /// The end.
        until: Timestamp,
    },
    /// No role, or one that is not known.
    #[error("{0:#b} is no set of roles")]
    Roles(u64),
    /// An issuer has one to eight root keys.
    #[error("{0} root keys: it must be 1 to 8")]
    RootCount(usize),
    /// Root keys are listed once each, ascending by id.
    #[error("root key {0} is listed twice or out of order")]
    RootOrder(KeyId),
    /// An endpoint is listed once, in ascending order of kind and address, 32 at most.
    #[error("endpoints are listed twice, out of order, or more than 32")]
    Endpoints,
    /// No day begins there.
    #[error("an offset of {0} s from UTC: it must be whole minutes within 15 hours")]
    Offset(i64),
}

impl IssuerEntry {
    /// Checks an entry and puts keys and endpoints in order.
    ///
    /// # Errors
    /// [`IssuerError`], by what is wrong first.
    pub fn new(
        region: DivisionCode,
        offset: Offset,
        staleness_limit: Span,
        validity: Validity,
        mut roots: Vec<RootKey>,
        mut endpoints: Vec<Endpoint>,
    ) -> Result<Self, IssuerError> {
        roots.sort_by_key(|root| root.key.id());
        endpoints.sort();
        let entry = Self {
            region,
            offset,
            staleness_limit,
            validity,
            roots,
            endpoints,
        };
        entry.checked()
    }

    /// Checks an entry that must be in order already.
    pub(super) fn read(
        region: DivisionCode,
        offset: Offset,
        staleness_limit: Span,
        validity: Validity,
        roots: Vec<RootKey>,
        endpoints: Vec<Endpoint>,
    ) -> Result<Self, IssuerError> {
        let entry = Self {
            region,
            offset,
            staleness_limit,
            validity,
            roots,
            endpoints,
        };
        entry.checked()
    }

    fn checked(self) -> Result<Self, IssuerError> {
        if self.region == DivisionCode::COUNTRY {
            return Err(IssuerError::Country);
        }
        let seconds = i64::from(self.offset.as_seconds());
        if seconds % 60 != 0 || seconds.abs() >= 15 * 3600 {
            return Err(IssuerError::Offset(seconds));
        }
        if !(60..=86_400).contains(&self.staleness_limit.as_seconds()) {
            return Err(IssuerError::StalenessLimit(self.staleness_limit));
        }
        if !(1..=8).contains(&self.roots.len()) {
            return Err(IssuerError::RootCount(self.roots.len()));
        }
        for (first, second) in self.roots.iter().zip(self.roots.iter().skip(1)) {
            if first.key.id() >= second.key.id() {
                return Err(IssuerError::RootOrder(second.key.id()));
            }
        }
        let endpoints = self.endpoints.iter().zip(self.endpoints.iter().skip(1));
        let ascending = endpoints.into_iter().all(|(first, second)| first < second);
        if !ascending || self.endpoints.len() > 32 {
            return Err(IssuerError::Endpoints);
        }
        Ok(self)
    }

    /// Whose entry it is.
    pub const fn region(&self) -> DivisionCode {
        self.region
    }

    /// Where its days begin.
    pub const fn offset(&self) -> Offset {
        self.offset
    }

    /// How long its facts stay good without news.
    pub const fn staleness_limit(&self) -> Span {
        self.staleness_limit
    }

    /// When it may issue.
    pub const fn validity(&self) -> Validity {
        self.validity
    }

    /// Its root keys, ascending by id.
    pub fn roots(&self) -> &[RootKey] {
        &self.roots
    }

    /// Where its things are found, ascending by kind and address.
    pub fn endpoints(&self) -> &[Endpoint] {
        &self.endpoints
    }
}
