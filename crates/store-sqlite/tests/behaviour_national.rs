//! The behaviour that every engine has, shown by this one with the national suite.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use hc_core::store::{ColumnCipher, ColumnSuite};
use hc_store_sqlite::{Options, SqliteStore};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use tempfile::TempDir;
use zeroize::Zeroizing;

/// Sealed with SM4-GCM; `behaviour.rs` is the same with the other suite.
fn new_store() -> (SqliteStore, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let cipher = ColumnCipher::of(ColumnSuite::Sm4Gcm, &Zeroizing::new([0xc0; 32]));
    let random = ChaCha20Rng::seed_from_u64(1);
    let path = folder.path().join("region.db");
    let store = SqliteStore::open(&path, cipher, random, &Options::default()).unwrap();
    (store, folder)
}

hc_testkit::store_behaviour!(new_store);
