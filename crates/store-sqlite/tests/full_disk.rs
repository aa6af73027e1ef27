//! A disk without room: told to whoever writes, hidden from whoever reads, over when there is room.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use std::path::Path;
use std::pin::pin;
use std::task::{Context, Waker};

use hc_code::day_index::SubjectNumber;
use hc_core::act::ActError;
use hc_core::store::{Store, StoreError};
use hc_store_sqlite::{Options, SqliteStore};
use hc_testkit::store::region::{document, look, noon};
use hc_testkit::store::{read, write};

/// A disk of so many pages; 0 for one without a limit.
fn with_pages(path: &Path, pages: u32) -> SqliteStore {
    if pages == 0 {
        return common::open(path);
    }
    let options = Options {
        most_pages: pages.try_into().ok(),
        ..Options::default()
    };
    common::open_with(path, common::KEY, &options).unwrap()
}

fn add(store: &SqliteStore, index: u32, bytes: usize) -> Result<SubjectNumber, ActError> {
    write(store, move |store| {
        let number = store.add_subject(document(index), noon(), &vec![7; bytes])?;
        store.add_document(number, document(index), b"")?;
        store.log(&look(Some(number.expose_number()), noon()))?;
        Ok(number)
    })
}

/// Writes until the disk is full; gives who was acknowledged.
fn fill(store: &SqliteStore) -> Vec<SubjectNumber> {
    let mut added = Vec::new();
    loop {
        let index = u32::try_from(added.len()).unwrap();
        match add(store, index, 3000) {
            Ok(number) => added.push(number),
            Err(error) => {
                let full = matches!(error, ActError::Store(StoreError::ReadOnly(_)));
                assert!(full, "{error:?}");
                return added;
            }
        }
        assert!(added.len() < 10_000, "the disk is never full");
    }
}

fn all_there(store: &SqliteStore, added: &[SubjectNumber]) {
    let expected = added.to_vec();
    let (found, log) = read(store, move |store| {
        for number in &expected {
            assert_eq!(store.subject(*number)?.unwrap().content, vec![7; 3000]);
        }
        Ok((store.active()?, store.log_frontier()?.size()))
    })
    .unwrap();
    assert_eq!((found, log), (added.len() as u64, added.len() as u64));
}

#[test]
fn a_full_disk_is_told_and_reading_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("region.db");
    let store = with_pages(&path, 400);
    let added = fill(&store);
    assert!(added.len() > 50, "{}", added.len());
    for _ in 0..5 {
        let again = add(&store, 20_000, 3000);
        assert!(
            matches!(again, Err(ActError::Store(StoreError::ReadOnly(_)))),
            "{again:?}"
        );
        all_there(&store, &added);
    }
    pollster::block_on(store.check()).unwrap();
}

#[test]
fn writing_goes_on_when_there_is_room_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("region.db");
    let store = with_pages(&path, 400);
    let added = fill(&store);
    // Erasing needs no room and makes some.
    let (gone, kept) = added.split_at(20);
    for number in gone.iter().copied() {
        write(
            &store,
            move |store| Ok(store.erase_subject(number, noon())?),
        )
        .unwrap();
    }
    let after = add(&store, 30_000, 3000).unwrap();
    drop(store);
    let store = with_pages(&path, 0);
    let more = add(&store, 30_001, 3000).unwrap();
    let kept = kept.to_vec();
    let active = read(&store, move |store| {
        for number in kept.iter().chain([&after, &more]) {
            assert_eq!(store.subject(*number)?.unwrap().content.len(), 3000);
        }
        Ok(store.active()?)
    });
    assert_eq!(active.unwrap(), added.len() as u64 - 20 + 2);
    pollster::block_on(store.check()).unwrap();
}

/// Acts that wait together are made durable together; the one that needs too much fails alone.
#[test]
fn an_act_that_needs_too_much_does_not_take_its_neighbours_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = with_pages(&folder.path().join("region.db"), 400);
    let (hold, held) = std::sync::mpsc::channel::<()>();
    let mut context = Context::from_waker(Waker::noop());
    // The first keeps the writer busy until all others wait.
    let mut first = pin!(store.write(move |store| {
        // Over as soon as the other end is gone, and so is every repetition.
        held.recv().unwrap_or_default();
        store.log(&look(None, noon()))?;
        Ok::<_, ActError>(())
    }));
    assert!(first.as_mut().poll(&mut context).is_pending());
    let mut acts: Vec<_> = (0..9)
        .map(|index| {
            let bytes = if index == 4 { 4 << 20 } else { 10 };
            Box::pin(store.write(move |store| {
                store.log(&look(None, noon()))?;
                store.add_subject(document(index), noon(), &vec![1; bytes])?;
                Ok::<_, ActError>(())
            }))
        })
        .collect();
    for act in &mut acts {
        assert!(act.as_mut().poll(&mut context).is_pending());
    }
    drop(hold);
    pollster::block_on(first).unwrap();
    for (index, act) in acts.into_iter().enumerate() {
        let outcome = pollster::block_on(act);
        if index == 4 {
            let full = matches!(outcome, Err(ActError::Store(StoreError::ReadOnly(_))));
            assert!(full, "{outcome:?}");
        } else {
            assert_eq!(outcome, Ok(()), "act {index}");
        }
    }
    let (active, log) = read(&store, |store| {
        Ok((store.active()?, store.log_frontier()?.size()))
    })
    .unwrap();
    assert_eq!((active, log), (8, 9));
    pollster::block_on(store.check()).unwrap();
}
