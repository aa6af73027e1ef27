//! Which algorithm a key is for.

use core::fmt;

/// A signature algorithm. Fixed per key and never taken from a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// Ed25519 (RFC 8032); COSE `EdDSA`, -8.
    Ed25519,
    /// ECDSA on P-256 with SHA-256 (FIPS 186-5); COSE `ES256`, -7.
    Es256,
    /// SM2 with SM3 (GB/T 32918.2, GB/T 32905), signer id `1234567812345678`, raw r‖s; COSE has
    /// no number for it, so a private one is used: -65538.
    Sm2,
}

impl Algorithm {
    /// All algorithms.
    pub const ALL: [Self; 3] = [Self::Ed25519, Self::Es256, Self::Sm2];

    /// The number in a COSE header (RFC 9053 §2; below -65536 is private use).
    pub const fn cose_number(self) -> i64 {
        match self {
            Self::Ed25519 => -8,
            Self::Es256 => -7,
            Self::Sm2 => -65_538,
        }
    }

    /// The algorithm of a COSE number.
    pub fn from_cose_number(number: i64) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.cose_number() == number)
    }

    /// The name that key lists, vectors and the command line use.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ed25519 => "Ed25519",
            Self::Es256 => "ES256",
            Self::Sm2 => "SM2",
        }
    }

    /// The algorithm of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.name() == name)
    }

    /// Bytes of a public key: 32 (RFC 8032 §5.1.5) or 33 (compressed point, SEC 1 §2.3.3).
    pub const fn public_key_len(self) -> usize {
        match self {
            Self::Ed25519 => 32,
            Self::Es256 | Self::Sm2 => 33,
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
