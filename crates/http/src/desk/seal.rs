//! Values that only the desk can make, bound to a browser before anybody is signed in.

use base64ct::{Base64UrlUnpadded, Encoding};
use hc_code::Timestamp;
use hc_node::passkeys::Challenge;
use sha2::{Digest, Sha256};

use super::Desk;
use super::session::CHALLENGE;

/// Whether two texts are the same, in a time that does not tell where they differ.
pub(super) fn same(one: &str, other: &str) -> bool {
    let digest = |text: &str| Sha256::digest(text);
    // The digests are compared, so what a comparison tells is about them.
    digest(one) == digest(other)
}

/// Draws a text that nobody can guess from random bytes.
pub(super) fn text(drawn: &[u8; 32]) -> String {
    Base64UrlUnpadded::encode_string(drawn)
}

/// The digest of the secret that a browser holds.
pub(super) fn digest(secret: &str) -> [u8; 32] {
    Sha256::digest(secret).into()
}

/// The digest of an act in words: what somebody signs for.
pub(super) fn act(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(b"healthcode desk act 1\n");
    for part in parts {
        hasher.update(part.len().to_be_bytes());
        hasher.update(part);
    }
    hasher.finalize().into()
}

/// What the counters of strangers are seeded with.
pub(super) fn seed(key: &[u8; 32]) -> [u8; 16] {
    let digest = Sha256::new_with_prefix(key)
        .chain_update("strangers")
        .finalize();
    let mut seed = [0; 16];
    seed.iter_mut()
        .zip(digest)
        .for_each(|(to, from)| *to = from);
    seed
}

impl Desk {
    fn keyed(&self, use_of: &str, parts: &[&str]) -> [u8; 32] {
        let mut hasher = Sha256::new();
        hasher.update(self.key);
        for part in std::iter::once(&use_of).chain(parts) {
            hasher.update(part.len().to_be_bytes());
            hasher.update(part);
        }
        hasher.finalize().into()
    }

    /// What a form carries for a browser that nobody is signed in on.
    pub(super) fn visit_seal(&self, visit: &str) -> String {
        text(&self.keyed("seal", &[visit]))
    }

    /// The challenge of a ceremony before anybody is signed in, for a browser and an instant.
    pub(super) fn stamped(&self, ceremony: &str, visit: &str, stamp: &str) -> Challenge {
        let fresh = self.keyed(ceremony, &[visit, stamp]);
        Challenge::of(&fresh, &act(&[ceremony.as_bytes()]))
    }

    /// Whether a stamp is of now and may still be used.
    pub(super) fn is_fresh(stamp: &str, now: Timestamp) -> bool {
        let made: Option<i64> = stamp.parse().ok();
        made.is_some_and(|made| {
            let age = now.unix().saturating_sub(made);
            (0..CHALLENGE.as_seconds()).contains(&age)
        })
    }
}
