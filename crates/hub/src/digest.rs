//! What tells one file from another: SHA-256, and a short form of it that is read aloud.

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// SHA-256 of a file's bytes; written as 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest([u8; 32]);

/// The beginning of a digest, 80 bits: five groups of four digits that two people compare by another
/// way than the one that the file came by. Enough against a second file for one fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprint([u8; Self::LEN]);

/// A text that is no digest or fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it must be {0} hexadecimal digits")]
pub struct DigestError(usize);

impl Digest {
    /// That of some bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// That of some bytes that have a meaning of their own, apart from all others.
    pub fn in_domain(domain: &str, bytes: &[u8]) -> Self {
        let hash = Sha256::new_with_prefix(domain)
            .chain_update([0])
            .chain_update(bytes);
        Self(hash.finalize().into())
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The short form.
    pub fn fingerprint(&self) -> Fingerprint {
        let (first, _) = self
            .0
            .split_first_chunk()
            .unwrap_or((&[0; Fingerprint::LEN], &[]));
        Fingerprint(*first)
    }
}

impl Fingerprint {
    const LEN: usize = 10;
}

fn parse<const LENGTH: usize>(digits: &str) -> Result<[u8; LENGTH], DigestError> {
    let mut bytes = [0; LENGTH];
    hex::decode_to_slice(digits, &mut bytes).map_err(|_| DigestError(2 * LENGTH))?;
    Ok(bytes)
}

impl FromStr for Digest {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, DigestError> {
        let bytes = parse(text)?;
        // One way to write it: it is the name of a file.
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(DigestError(64));
        }
        Ok(Self(bytes))
    }
}

impl TryFrom<String> for Digest {
    type Error = DigestError;

    fn try_from(text: String) -> Result<Self, DigestError> {
        text.parse()
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.to_string()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl FromStr for Fingerprint {
    type Err = DigestError;

    /// Spaces, colons, hyphens and capitals are as people write them down.
    fn from_str(text: &str) -> Result<Self, DigestError> {
        let digits: String = text
            .chars()
            .filter(|letter| !" :-".contains(*letter))
            .collect();
        parse(&digits).map(Self)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let groups: Vec<String> = self.0.chunks(2).map(hex::encode).collect();
        f.write_str(&groups.join("-"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_reads_however_people_write_it() {
        let print = Digest::of(b"abc").fingerprint();
        assert_eq!(print.to_string(), "ba78-16bf-8f01-cfea-4141");
        for text in [
            "ba7816bf8f01cfea4141",
            "BA78 16BF 8F01 CFEA 4141",
            "ba:78:16:bf:8f:01:cf:ea:41:41",
        ] {
            assert_eq!(text.parse(), Ok(print));
        }
        assert!("ba7816bf8f01cfea41".parse::<Fingerprint>().is_err());
    }

    #[test]
    fn a_digest_has_one_text() {
        let digest = Digest::of(b"abc");
        assert_eq!(digest.to_string().parse(), Ok(digest));
        assert!(digest.to_string().to_uppercase().parse::<Digest>().is_err());
    }
}
