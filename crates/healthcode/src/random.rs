//! The one place that draws randomness.

use anyhow::{Result, anyhow};
use rand_chacha::ChaCha20Rng;
use rand_core::{CryptoRng, SeedableRng};
use zeroize::Zeroizing;

/// So many bytes from the operating system, wiped when dropped.
pub(crate) fn bytes<const LENGTH: usize>() -> Result<Zeroizing<[u8; LENGTH]>> {
    let mut bytes = Zeroizing::new([0; LENGTH]);
    getrandom::fill(bytes.as_mut_slice())
        .map_err(|error| anyhow!("the system gives no random bytes: {error}"))?;
    Ok(bytes)
}

/// A random source of one's own, seeded by the operating system.
pub(crate) fn source() -> Result<Box<dyn CryptoRng + Send>> {
    let seed = bytes::<32>()?;
    Ok(Box::new(ChaCha20Rng::from_seed(*seed)))
}
