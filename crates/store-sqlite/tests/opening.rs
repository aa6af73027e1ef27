//! What opens as a store, and what is told where it does not.

mod common;

use std::fs;

use hc_core::act::ActError;
use hc_core::store::{ColumnCipher, ColumnSuite, Store};
use hc_store_sqlite::{OpenError, Options, SqliteStore};
use hc_testkit::store::region::{document, noon};
use hc_testkit::store::{read, write};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use rusqlite::Connection;
use zeroize::Zeroizing;

use common::{open, open_with};

#[test]
fn what_was_written_is_there_when_it_is_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("region.db");
    let store = open(&path);
    let number = write(&store, |store| {
        Ok(store.add_subject(document(1), noon(), "张三".as_bytes())?)
    });
    let number = number.unwrap();
    drop(store);
    let store = open(&path);
    let row = read(&store, move |store| Ok(store.subject(number)?)).unwrap();
    assert_eq!(row.unwrap().content, "张三".as_bytes());
}

#[test]
fn a_store_is_open_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("region.db");
    let store = open(&path);
    let second = open_with(&path, 0xc0, &Options::default());
    assert!(matches!(second, Err(OpenError::InUse { .. })), "{second:?}");
    drop(store);
    drop(open(&path));
}

#[test]
fn another_key_is_noticed_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("region.db");
    drop(open(&path));
    let other = open_with(&path, 0xc1, &Options::default());
    assert!(matches!(other, Err(OpenError::OtherKey(_))), "{other:?}");
    drop(open(&path));
}

#[test]
fn a_key_of_the_other_suite_is_noticed_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let [one, other] = ColumnSuite::ALL;
    for (number, (made, asked)) in [(one, other), (other, one)].into_iter().enumerate() {
        let path = folder.path().join(format!("region-{number}.db"));
        let open = |suite| {
            let cipher = ColumnCipher::of(suite, &Zeroizing::new([0xc0; 32]));
            let random = ChaCha20Rng::seed_from_u64(1);
            SqliteStore::open(&path, cipher, random, &Options::default())
        };
        drop(open(made).unwrap());
        let error = open(asked).unwrap_err();
        let told = format!("is sealed with {made}, and the key is for {asked}");
        assert!(error.to_string().contains(&told), "{error}");
        drop(open(made).unwrap());
    }
}

#[test]
fn a_file_of_something_else_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("notes.txt");
    let written = "not a database, but long enough to look at. ".repeat(50);
    fs::write(&text, &written).unwrap();
    let other = folder.path().join("other.db");
    let connection = Connection::open(&other).unwrap();
    connection.execute_batch("CREATE TABLE thing (id)").unwrap();
    drop(connection);
    let before = fs::read(&other).unwrap();
    for path in [&text, &other] {
        let opened = open_with(path, 0xc0, &Options::default());
        assert!(matches!(opened, Err(OpenError::Foreign(_))), "{opened:?}");
    }
    assert_eq!(fs::read_to_string(&text).unwrap(), written);
    assert_eq!(fs::read(&other).unwrap(), before);
}

#[test]
fn a_schema_from_the_future_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("region.db");
    drop(open(&path));
    let connection = Connection::open(&path).unwrap();
    let newer = "INSERT INTO migration (version, name) VALUES (99, '0099_future')";
    connection.execute_batch(newer).unwrap();
    drop(connection);
    let opened = open_with(&path, 0xc0, &Options::default());
    let error = opened.unwrap_err();
    assert!(matches!(error, OpenError::Newer { .. }), "{error:?}");
    assert!(error.to_string().contains("newer program"), "{error}");
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nowhere/region.db");
    let error = open_with(&path, 0xc0, &Options::default()).unwrap_err();
    assert!(matches!(error, OpenError::File { .. }), "{error:?}");
    assert!(error.to_string().contains("nowhere"), "{error}");
}

#[test]
fn an_act_that_nobody_waits_for_any_more_is_not_begun() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("region.db"));
    let act = store.write(|store| {
        store.add_subject(document(1), noon(), b"")?;
        Ok::<_, ActError>(())
    });
    drop(act);
    let active = write(&store, |store| Ok(store.active()?));
    assert_eq!(active, Ok(0));
}
