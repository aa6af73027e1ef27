//! Who did what an entry says.

use core::fmt;

use super::Label;

/// In which role somebody acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Role {
    /// The service itself, by its rules.
    Service = 1,
    /// The subject.
    Subject = 2,
    /// An officer or operator, by credential.
    Officer = 3,
    /// A registered device at a venue.
    Device = 4,
    /// A registered source of evidence.
    Source = 5,
    /// A custodian of key shares.
    Custodian = 6,
    /// Another region or the hub.
    Region = 7,
    /// A registered application of the national interface.
    Application = 8,
}

impl Role {
    /// All roles, by code.
    pub const ALL: [Self; 8] = [
        Self::Service,
        Self::Subject,
        Self::Officer,
        Self::Device,
        Self::Source,
        Self::Custodian,
        Self::Region,
        Self::Application,
    ];

    /// The byte of the role in a content.
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The role of a byte.
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Service => "service",
            Self::Subject => "subject",
            Self::Officer => "officer",
            Self::Device => "device",
            Self::Source => "source",
            Self::Custodian => "custodian",
            Self::Region => "region",
            Self::Application => "application",
        })
    }
}

/// Who did it: a role, and the id of its bearer in the region's registers; never a person's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    role: Role,
    id: Label,
}

impl Actor {
    /// Somebody in a role.
    pub const fn new(role: Role, id: Label) -> Self {
        Self { role, id }
    }

    /// The role.
    pub const fn role(&self) -> Role {
        self.role
    }

    /// The id of who bears it.
    pub const fn id(&self) -> &Label {
        &self.id
    }
}
