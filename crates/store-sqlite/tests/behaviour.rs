//! The behaviour that every engine has, shown by this one.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use hc_core::store::{ColumnCipher, ColumnSuite};
use hc_store_sqlite::{Options, SqliteStore};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use tempfile::TempDir;
use zeroize::Zeroizing;

/// With either suite; the other one's run is `behaviour_national.rs`.
fn new_store() -> (SqliteStore, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let cipher = ColumnCipher::of(ColumnSuite::Aes256GcmSiv, &Zeroizing::new([0xc0; 32]));
    let random = ChaCha20Rng::seed_from_u64(1);
    let path = folder.path().join("region.db");
    let store = SqliteStore::open(&path, cipher, random, &Options::default()).unwrap();
    (store, folder)
}

hc_testkit::store_behaviour!(new_store);
