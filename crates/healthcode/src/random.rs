//! The one place that draws randomness.

use anyhow::{Result, anyhow};
use zeroize::Zeroizing;

/// So many bytes from the operating system, wiped when dropped.
pub(crate) fn bytes<const LENGTH: usize>() -> Result<Zeroizing<[u8; LENGTH]>> {
    let mut bytes = Zeroizing::new([0; LENGTH]);
    getrandom::fill(bytes.as_mut_slice())
        .map_err(|error| anyhow!("the system gives no random bytes: {error}"))?;
    Ok(bytes)
}
