//! A store in a temporary folder, with keys that everybody knows.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::Path;

use hc_core::store::ColumnCipher;
use hc_store_sqlite::{OpenError, Options, SqliteStore};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use zeroize::Zeroizing;

/// The key of every store that is opened with the right one.
pub(crate) const KEY: u8 = 0xc0;

pub(crate) fn open_with(path: &Path, key: u8, options: &Options) -> Result<SqliteStore, OpenError> {
    let cipher = ColumnCipher::new(&Zeroizing::new([key; 32]));
    // Salts repeat between openings of one file; only their form matters here.
    let random = ChaCha20Rng::seed_from_u64(1);
    SqliteStore::open(path, cipher, random, options)
}

pub(crate) fn open(path: &Path) -> SqliteStore {
    open_with(path, KEY, &Options::default()).unwrap()
}
