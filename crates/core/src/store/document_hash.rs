//! What a document is called in the store.

use core::fmt;

use hc_code::day_index::SubjectNumber;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::document::DocumentKey;

/// The first 16 bytes of HMAC-SHA-256 (RFC 2104) of a document's key under a secret of the region.
///
/// Without the secret it cannot be computed, so a copy of the store cannot be searched for numbers.
/// A collision among a thousand million people has a chance of 2⁻⁷⁰.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocumentHash([u8; 16]);

impl DocumentHash {
    /// From bytes that [`Self::as_bytes`] gave.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// The top 12 bits, 0 to 4095: by them a person's rows are found among many machines.
    pub const fn bucket(&self) -> u16 {
        let [first, second, ..] = self.0;
        (first as u16) << 4 | (second as u16) >> 4
    }
}

impl fmt::Debug for DocumentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DocumentHash(…)")
    }
}

/// Makes [`DocumentHash`]es: the region's secret, which never changes and never lies in the store.
#[derive(Clone)]
pub struct DocumentHasher {
    prepared: Hmac<Sha256>,
    batches: Hmac<Sha256>,
    grants: Hmac<Sha256>,
}

impl DocumentHasher {
    /// Takes the region's secret: 32 random bytes.
    pub fn new(secret: &Zeroizing<[u8; 32]>) -> Self {
        let mut prepared = Hmac::<Sha256>::new_from_slice(secret.as_slice())
            .unwrap_or_else(|_| unreachable!("HMAC takes keys of every length"));
        let mut batches = prepared.clone();
        let mut grants = prepared.clone();
        grants.update(b"healthcode grant 1\0");
        prepared.update(b"healthcode document 1\0");
        batches.update(b"healthcode batch 1\0");
        Self {
            prepared,
            batches,
            grants,
        }
    }

    /// A source's batch under its reference: HMAC-SHA-256 over source, reference and content, each
    /// with its length before it.
    pub fn batch(&self, source: &str, reference: &str, content: &[u8]) -> [u8; 32] {
        let mut mac = self.batches.clone();
        for part in [source.as_bytes(), reference.as_bytes(), content] {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    /// By what one of two people calls the other where a grant is between them: the first four bytes of
    /// HMAC-SHA-256 over both numbers. It tells neither number, and is another one for everybody else.
    pub fn grant(&self, caller: SubjectNumber, other: SubjectNumber) -> u32 {
        let mut mac = self.grants.clone();
        for number in [caller, other] {
            mac.update(&number.expose_number().to_be_bytes());
        }
        let mut bytes = [0; 4];
        for (to, from) in bytes.iter_mut().zip(mac.finalize().into_bytes()) {
            *to = from;
        }
        u32::from_be_bytes(bytes)
    }

    /// What a document is called.
    pub fn hash(&self, key: &DocumentKey) -> DocumentHash {
        let mut mac = self.prepared.clone();
        mac.update(key.expose_for_keyed_hash());
        let mut hash = [0; 16];
        for (to, from) in hash.iter_mut().zip(mac.finalize().into_bytes()) {
            *to = from;
        }
        DocumentHash(hash)
    }
}

impl fmt::Debug for DocumentHasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DocumentHasher(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;

    fn key(kind: &str, number: &str) -> DocumentKey {
        let now = "2022-06-28T09:00:00+08:00".parse().unwrap();
        Document::parse(kind.parse().unwrap(), number, None, now)
            .unwrap()
            .key()
    }

    #[test]
    fn one_number_has_one_hash_and_it_depends_on_the_secret() {
        let hasher = DocumentHasher::new(&Zeroizing::new([1; 32]));
        let other = DocumentHasher::new(&Zeroizing::new([2; 32]));
        let card = key("111", "11010519491231002X");
        assert_eq!(
            hasher.hash(&card),
            hasher.hash(&key("112", "１１０１０５１９４９１２３１００２x"))
        );
        assert_ne!(hasher.hash(&card), other.hash(&card));
        assert_ne!(
            hasher.hash(&card),
            hasher.hash(&key("113", "440524188001010014"))
        );
    }

    #[test]
    fn buckets_are_the_top_twelve_bits() {
        let mut bytes = [0; 16];
        bytes[..3].copy_from_slice(&[0xab, 0xcd, 0xff]);
        assert_eq!(DocumentHash::from_bytes(bytes).bucket(), 0xabc);
    }
}
