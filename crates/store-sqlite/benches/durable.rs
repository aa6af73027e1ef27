//! How many people are enrolled and how much evidence is taken in, decided and durable, per second.
//!
//! Everything is in one file on the disk of the temporary folder (`TMPDIR`); acts wait together as
//! they do behind a busy service. Parsing is not part of it.

#![expect(clippy::unwrap_used, reason = "a bench that cannot go on stops")]

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Waker};

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use hc_code::{Span, Timestamp};
use hc_core::act::{self, ActError, Actor};
use hc_core::evidence::intake::Row;
use hc_core::rulebook::Rulebook;
use hc_core::store::{ColumnCipher, Store};
use hc_store_sqlite::{Options, SqliteStore};
use hc_testkit::Seeded;
use hc_testkit::store::region::{enrolment, hasher, identity_number, noon, rows, rulebook};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use tempfile::TempDir;
use zeroize::Zeroizing;

fn main() {
    divan::main();
}

fn new_store() -> (SqliteStore, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let cipher = ColumnCipher::new(&Zeroizing::new([1; 32]));
    let random = ChaCha20Rng::seed_from_u64(1);
    let path = folder.path().join("region.db");
    let store = SqliteStore::open(&path, cipher, random, &Options::default()).unwrap();
    (store, folder)
}

type Answer<'a> = Pin<Box<dyn Future<Output = Result<(), ActError>> + Send + 'a>>;

/// Has acts wait together, and waits until each is durable.
fn all(mut acts: Vec<Answer<'_>>) {
    let mut context = Context::from_waker(Waker::noop());
    for act in &mut acts {
        drop(black_box(act.as_mut().poll(&mut context)));
    }
    for act in acts {
        pollster::block_on(act).unwrap();
    }
}

type Book = Arc<Mutex<Rulebook>>;

const PEOPLE: u32 = 10_000;

/// People who enrol and declare, 500 at a time.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn enrol_and_declare(bencher: Bencher<'_, '_>) {
    let people: Vec<_> = (0..PEOPLE).map(|index| enrolment(index, noon())).collect();
    let book: Book = Arc::new(Mutex::new(rulebook()));
    bencher
        .counter(ItemsCount::new(PEOPLE))
        .with_inputs(|| (new_store(), people.clone()))
        .bench_values(|((store, folder), people)| {
            enrol_all(&store, &book, &people);
            (store, folder)
        });
}

fn enrol_all(store: &SqliteStore, book: &Book, people: &[act::Enrolment]) {
    let hasher = hasher();
    for some in people.chunks(500) {
        let acts = some.iter().cloned().map(|asked| -> Answer<'_> {
            let (book, hasher) = (Arc::clone(book), hasher.clone());
            Box::pin(store.write(move |store| {
                let mut book = book.lock().unwrap();
                act::enrol(store, &mut book, &hasher, &asked, &Actor::subject(), noon())?;
                Ok(())
            }))
        });
        all(acts.collect());
    }
}

const SUBJECTS: u32 = 100_000;
const BATCH: usize = 1_000;
const BATCHES: u32 = 20;

/// Twenty batches of a thousand test results about people of a city of 100,000, four at a time: where everybody
/// is known to have been decided by the rules in force, and where they are decided anew.
#[divan::bench(sample_count = 5, sample_size = 1, args = [true, false])]
fn take_in_tests(bencher: Bencher<'_, '_>, followed: bool) {
    let mut rules = rulebook();
    if followed {
        let edition = rules.edition();
        rules.follow(edition);
    }
    let book: Book = Arc::new(Mutex::new(rules));
    let (store, _folder) = new_store();
    let people: Vec<_> = (0..SUBJECTS)
        .map(|index| enrolment(index, noon()))
        .collect();
    enrol_all(&store, &book, &people);
    let mut choice = Seeded::new(3);
    let mut sample = 0;
    bencher
        .counter(ItemsCount::new(BATCH * BATCHES as usize))
        .with_inputs(|| {
            sample += 1;
            let mut book = book.lock().unwrap();
            let batch = |batch: u32| tests(&mut choice, &mut book, sample * BATCHES + batch);
            (0..BATCHES).map(batch).collect::<Vec<_>>()
        })
        .bench_local_values(|batches| {
            for some in batches.chunks(4) {
                let acts = some.iter().cloned().map(|rows| -> Answer<'_> {
                    let (book, hasher) = (Arc::clone(&book), hasher());
                    Box::pin(store.write(move |store| {
                        let mut book = book.lock().unwrap();
                        let taken = act::take_in(
                            store,
                            &mut book,
                            &hasher,
                            (&rows, &act::nobodys),
                            later(),
                        )?;
                        assert_eq!(taken.new, BATCH);
                        Ok(())
                    }))
                });
                all(acts.collect());
            }
        });
}

/// A batch of negative tests of today.
fn tests(choice: &mut Seeded, book: &mut Rulebook, batch: u32) -> Vec<Row> {
    let lines: Vec<String> = (0..BATCH)
        .map(|row| {
            let number = identity_number(choice.below(SUBJECTS));
            format!(
                r#"{{"ref":"T-{batch}-{row}","source":"laboratory","by":"lab","document_type":"111","document":"{number}","kind":"test","at":"2022-07-02T08:00:00+08:00","method":"nucleic-acid","pooling":"pooled","result":"negative"}}"#
            )
        })
        .collect();
    rows(&lines, later(), book)
}

/// After people enrolled.
fn later() -> Timestamp {
    noon().plus(Span::hours(1))
}
