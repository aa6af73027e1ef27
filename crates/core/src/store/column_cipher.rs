//! How personal columns are sealed at rest.

use core::fmt;

use aes_gcm_siv::aead::{Aead, KeyInit, Payload};
use aes_gcm_siv::{Aes256GcmSiv, Nonce};
use zeroize::Zeroizing;

/// AES-256-GCM-SIV (RFC 8452).
const AES_256_GCM_SIV: u8 = 1;

/// Seals values, each bound to the place where it stands, with AES-256-GCM-SIV (RFC 8452).
///
/// The nonce is fixed and the place is the associated data. Under SIV this reveals one thing only:
/// whether the same value was written again at the same place. In return no randomness is needed,
/// an engine's retry writes the same bytes, and a value that is moved to another row or column does
/// not open.
#[derive(Clone)]
pub struct ColumnCipher {
    cipher: Aes256GcmSiv,
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
    /// Another key, another place, or changed bytes.
    #[error("the value does not open: it was changed or moved, or the key is another one")]
    Broken,
}

impl ColumnCipher {
    /// Takes the key: 32 random bytes that never lie in the store.
    pub fn new(key: &Zeroizing<[u8; 32]>) -> Self {
        Self {
            cipher: Aes256GcmSiv::new((&**key).into()),
        }
    }

    /// Seals a value: one byte of algorithm, the sealed bytes, 16 bytes of tag.
    ///
    /// # Errors
    /// [`SealError`] beyond the 64 GiB of RFC 8452.
    pub fn seal(&self, value: &[u8], place: SealedAt<'_>) -> Result<Vec<u8>, SealError> {
        let aad = place.associated();
        let payload = Payload {
            msg: value,
            aad: &aad,
        };
        let sealed = self.cipher.encrypt(&Nonce::default(), payload);
        let sealed = sealed.map_err(|_| SealError)?;
        let mut bytes = Vec::with_capacity(sealed.len() + 1);
        bytes.push(AES_256_GCM_SIV);
        bytes.extend_from_slice(&sealed);
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
        let Some((&AES_256_GCM_SIV, msg)) = sealed.split_first() else {
            return Err(UnsealError::Algorithm);
        };
        let aad = place.associated();
        let payload = Payload { msg, aad: &aad };
        let value = self.cipher.decrypt(&Nonce::default(), payload);
        value.map(Zeroizing::new).map_err(|_| UnsealError::Broken)
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
        f.write_str("ColumnCipher(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(row: &[u8]) -> SealedAt<'_> {
        SealedAt {
            table: "subject",
            column: "content",
            row,
        }
    }

    #[test]
    fn a_value_opens_where_it_stands_and_nowhere_else() {
        let cipher = ColumnCipher::new(&Zeroizing::new([7; 32]));
        let sealed = cipher.seal("张伟".as_bytes(), place(b"1")).unwrap();
        assert_eq!(
            *cipher.unseal(&sealed, place(b"1")).unwrap(),
            "张伟".as_bytes()
        );
        assert_eq!(
            cipher.unseal(&sealed, place(b"2")),
            Err(UnsealError::Broken)
        );
        let other = SealedAt {
            column: "phone",
            ..place(b"1")
        };
        assert_eq!(cipher.unseal(&sealed, other), Err(UnsealError::Broken));
        let thief = ColumnCipher::new(&Zeroizing::new([8; 32]));
        assert_eq!(thief.unseal(&sealed, place(b"1")), Err(UnsealError::Broken));
    }

    #[test]
    fn every_changed_bit_is_noticed() {
        let cipher = ColumnCipher::new(&Zeroizing::new([7; 32]));
        let sealed = cipher.seal(b"13800000000", place(b"1")).unwrap();
        for bit in 0..sealed.len() * 8 {
            let mut changed = sealed.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(cipher.unseal(&changed, place(b"1")).is_err(), "bit {bit}");
        }
        assert_eq!(cipher.unseal(&[], place(b"1")), Err(UnsealError::Algorithm));
    }

    #[test]
    fn equal_values_in_two_rows_look_different() {
        let cipher = ColumnCipher::new(&Zeroizing::new([7; 32]));
        let one = cipher.seal(b"same", place(b"1")).unwrap();
        assert_ne!(one, cipher.seal(b"same", place(b"2")).unwrap());
        assert_eq!(one, cipher.seal(b"same", place(b"1")).unwrap());
    }
}
