//! The secret half of a sealing key.

use core::fmt;

use hpke::kem::X25519HkdfSha256;
use hpke::{Kem, Serializable};

use crate::keys::SealingPublicKey;

/// A region's secret key for opening parcels; wiped from memory when dropped. It is made in memory,
/// lives as long as its entry in the key list, and is never written down: what was sealed to it cannot be
/// opened afterwards, by nobody.
pub struct SealingSecret {
    pub(super) secret: <X25519HkdfSha256 as Kem>::PrivateKey,
    public: SealingPublicKey,
}

impl SealingSecret {
    /// Makes a key from a cryptographic random source.
    pub fn generate<R: rand_core::CryptoRng>(random: &mut R) -> Self {
        let (secret, public) = X25519HkdfSha256::gen_keypair_with_rng(random);
        let public = SealingPublicKey::from_bytes(public.to_bytes().into());
        Self { secret, public }
    }

    /// The public half.
    pub const fn public(&self) -> &SealingPublicKey {
        &self.public
    }
}

impl fmt::Debug for SealingSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealingSecret({:?}, secret)", self.public)
    }
}
