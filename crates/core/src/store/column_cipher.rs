//! How personal columns are sealed at rest.

mod international;
mod national;
#[cfg(test)]
mod tests;

use core::fmt;
use core::str::FromStr;

use zeroize::Zeroizing;

use international::International;
use national::National;

/// The cipher that a store's personal columns are sealed with: chosen when the store is made, and not
/// changed after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnSuite {
    /// AES-256-GCM-SIV (RFC 8452).
    Aes256GcmSiv,
    /// SM4-GCM (GB/T 32907, RFC 8998) under keys and nonces from HMAC-SM3 (GB/T 32905): the national
    /// suite.
    Sm4Gcm,
}

/// A name that no cipher has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("personal columns are sealed with AES-256-GCM-SIV or SM4-GCM")]
pub struct ColumnSuiteError;

impl ColumnSuite {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Aes256GcmSiv, Self::Sm4Gcm];

    /// The name, as the command line has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Aes256GcmSiv => "AES-256-GCM-SIV",
            Self::Sm4Gcm => "SM4-GCM",
        }
    }

    /// The first byte of everything that it seals.
    const fn byte(self) -> u8 {
        match self {
            Self::Aes256GcmSiv => 1,
            Self::Sm4Gcm => 2,
        }
    }
}

impl fmt::Display for ColumnSuite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for ColumnSuite {
    type Err = ColumnSuiteError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let mut all = Self::ALL.into_iter();
        all.find(|suite| suite.name() == name)
            .ok_or(ColumnSuiteError)
    }
}

/// Seals values, each bound to the place where it stands.
///
/// Both suites need no randomness: the same value at the same place is sealed into the same bytes. This
/// reveals one thing only, whether the same value was written again at the same place. In return an
/// engine's retry writes the same bytes, and a value that is moved to another row or column does not
/// open.
#[derive(Clone)]
pub struct ColumnCipher {
    sealer: Sealer,
}

#[derive(Clone)]
enum Sealer {
    International(International),
    National(National),
}

/// Where a value stands.
#[derive(Clone, Copy, Debug)]
pub struct SealedAt<'a> {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The row, by the bytes of its key.
    pub row: &'a [u8],
}

/// A value that is too long to be sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the value is too long to be sealed")]
pub struct SealError;

/// Why a value does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnsealError {
    /// Sealed by an algorithm that this version does not know, or not sealed.
    #[error("the value is sealed in an unknown way")]
    Algorithm,
    /// Sealed with the other suite.
    #[error("the value is sealed with {0}, which the key is not for")]
    Suite(ColumnSuite),
    /// Another key, another place, or changed bytes.
    #[error("the value does not open: it was changed or moved, or the key is another one")]
    Broken,
}

impl ColumnCipher {
    /// Takes the key for AES-256-GCM-SIV: 32 random bytes that never lie in the store.
    pub fn new(key: &Zeroizing<[u8; 32]>) -> Self {
        Self::of(ColumnSuite::Aes256GcmSiv, key)
    }

    /// Takes the key for a suite: 32 random bytes that never lie in the store.
    pub fn of(suite: ColumnSuite, key: &Zeroizing<[u8; 32]>) -> Self {
        let sealer = match suite {
            ColumnSuite::Aes256GcmSiv => Sealer::International(International::new(key)),
            ColumnSuite::Sm4Gcm => Sealer::National(National::new(key)),
        };
        Self { sealer }
    }

    /// The suite that it seals with.
    pub const fn suite(&self) -> ColumnSuite {
        match self.sealer {
            Sealer::International(_) => ColumnSuite::Aes256GcmSiv,
            Sealer::National(_) => ColumnSuite::Sm4Gcm,
        }
    }

    /// Seals a value: one byte that names the suite, then what the suite gives: the sealed bytes and 16
    /// bytes of tag; for SM4-GCM with 12 bytes of nonce before them.
    ///
    /// # Errors
    /// [`SealError`] beyond the 64 GiB of RFC 8452 and of GCM.
    pub fn seal(&self, value: &[u8], place: SealedAt<'_>) -> Result<Vec<u8>, SealError> {
        let place = place.associated();
        let mut bytes = vec![self.suite().byte()];
        match &self.sealer {
            Sealer::International(sealer) => sealer.seal(value, &place, &mut bytes),
            Sealer::National(sealer) => sealer.seal(value, &place, &mut bytes),
        }?;
        Ok(bytes)
    }

    /// Opens what [`Self::seal`] gave for the same place.
    ///
    /// # Errors
    /// [`UnsealError`].
    pub fn unseal(
        &self,
        sealed: &[u8],
        place: SealedAt<'_>,
    ) -> Result<Zeroizing<Vec<u8>>, UnsealError> {
        let (first, sealed) = sealed.split_first().ok_or(UnsealError::Algorithm)?;
        let mut suites = ColumnSuite::ALL.into_iter();
        let suite = suites.find(|suite| suite.byte() == *first);
        let suite = suite.ok_or(UnsealError::Algorithm)?;
        let place = place.associated();
        let value = match &self.sealer {
            Sealer::International(sealer) if suite == ColumnSuite::Aes256GcmSiv => {
                sealer.unseal(sealed, &place)
            }
            Sealer::National(sealer) if suite == ColumnSuite::Sm4Gcm => {
                sealer.unseal(sealed, &place)
            }
            _ => return Err(UnsealError::Suite(suite)),
        };
        value.ok_or(UnsealError::Broken)
    }
}

impl SealedAt<'_> {
    /// Table and column with a zero byte after each, then the row: no two places have the same.
    fn associated(&self) -> Vec<u8> {
        [
            self.table.as_bytes(),
            &[0],
            self.column.as_bytes(),
            &[0],
            self.row,
        ]
        .concat()
    }
}

impl fmt::Debug for ColumnCipher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ColumnCipher({}, …)", self.suite())
    }
}
