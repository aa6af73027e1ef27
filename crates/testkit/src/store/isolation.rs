//! Acts are whole, one after the other, and durable when they are answered.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, mpsc};

use hc_code::Span;
use hc_core::act::ActError;
use hc_core::store::{Reading, Store, StoreError, SubjectState, Writing};

use super::region::{document, document_in, look, noon, row};
use super::{read, write};

/// Something of every kind that an act can do.
fn much(store: &mut dyn Writing) -> Result<(), StoreError> {
    let number = store.add_subject(document(1), noon(), b"somebody")?;
    store.add_document(number, document(1), b"a document")?;
    store.add_evidence(&[(document(1), row(1, noon()))])?;
    store.log(&look(Some(number.expose_number()), noon()))?;
    store.log(&look(None, noon()))?;
    Ok(())
}

fn is_empty(store: &mut dyn Reading) -> Result<bool, StoreError> {
    Ok(store.numbers(&[document(1)])? == [None]
        && store.active()? == 0
        && store.evidence(&[document(1)])?.concat().is_empty()
        && store.log_from(0, 1)?.is_empty()
        && store.log_frontier()?.size() == 0)
}

pub fn an_act_that_fails_leaves_nothing<S: Store>(store: &S) {
    let failed = write(store, |store| {
        much(store)?;
        Err::<(), _>(ActError::NotEnrolled)
    });
    assert_eq!(failed, Err(ActError::NotEnrolled), "its own error is given");
    assert_eq!(read(store, |store| Ok(is_empty(store)?)), Ok(true));
    // And nothing of it is in the way of the next.
    write(store, |store| Ok(much(store)?)).unwrap();
    let log = read(store, |store| Ok(store.log_from(0, 9)?)).unwrap();
    assert_eq!(
        log.iter().map(|row| row.sequence).collect::<Vec<_>>(),
        [0, 1]
    );
}

pub fn an_act_that_panics_leaves_nothing_and_others_go_on<S: Store>(store: &S) {
    let broken = write(store, |store| {
        much(store)?;
        // An index that nothing has: a defect as real ones are.
        let nothing: Vec<u32> = Vec::new();
        Ok(nothing[store
            .documents(hc_code::day_index::SubjectNumber::new(0))?
            .len()])
    });
    assert!(matches!(broken, Err(ActError::Store(_))), "{broken:?}");
    let broken = read(store, |store| {
        let nothing: Vec<u64> = Vec::new();
        Ok(nothing[usize::try_from(store.active()?).unwrap()])
    });
    assert!(matches!(broken, Err(ActError::Store(_))), "{broken:?}");
    assert_eq!(read(store, |store| Ok(is_empty(store)?)), Ok(true));
    write(store, |store| Ok(much(store)?)).unwrap();
}

/// Many threads give numbers of one bucket and count in a content, each from what it reads.
pub fn acts_do_not_overlap<S: Store>(store: &S) {
    const THREADS: u8 = 8;
    const ACTS: u8 = 25;
    let counter = write(store, |store| {
        Ok(store.add_subject(document_in(1, 0), noon(), &0_u32.to_be_bytes())?)
    })
    .unwrap();
    let numbers = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let numbers = &numbers;
            scope.spawn(move || {
                for act in 0..ACTS {
                    let fails = act % 5 == 4;
                    let given = write(store, move |store| {
                        let content = store.subject(counter)?.unwrap().content;
                        let count = u32::from_be_bytes(content.try_into().unwrap());
                        store.set_subject(counter, &(count + 1).to_be_bytes())?;
                        store.log(&look(None, noon()))?;
                        let name = document_in(2, thread * ACTS + act);
                        let number = store.add_subject(name, noon(), b"")?;
                        if fails {
                            return Err(ActError::NotEnrolled);
                        }
                        Ok(number.expose_number())
                    });
                    assert_eq!(given.is_err(), fails);
                    numbers.lock().unwrap().extend(given.ok());
                }
            });
        }
    });
    let done = u32::from(THREADS) * u32::from(ACTS - ACTS / 5);
    let mut numbers = numbers.into_inner().unwrap();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(
        numbers.len(),
        usize::try_from(done).unwrap(),
        "each is given once"
    );
    let (count, log) = read(store, move |store| {
        let content = store.subject(counter)?.unwrap().content;
        let count = u32::from_be_bytes(content.try_into().unwrap());
        Ok((count, store.log_frontier()?.size()))
    })
    .unwrap();
    assert_eq!((count, log), (done, done.into()), "no act was lost");
}

pub fn a_reading_sees_one_state<S: Store>(store: &S) {
    let number = write(store, |store| {
        Ok(store.add_subject(document(1), noon(), b"before")?)
    })
    .unwrap();
    let (begun, has_begun) = mpsc::channel();
    let (go_on, may_go_on) = mpsc::channel();
    std::thread::scope(|scope| {
        let reading = scope.spawn(move || {
            read(store, move |store| {
                let first = store.subject(number)?.unwrap().content;
                begun.send(()).unwrap();
                may_go_on.recv().unwrap();
                let second = store.subject(number)?.unwrap().content;
                Ok((first, second, store.log_frontier()?.size()))
            })
        });
        has_begun.recv().unwrap();
        write(store, move |store| {
            store.log(&look(None, noon()))?;
            Ok(store.set_subject(number, b"after")?)
        })
        .unwrap();
        go_on.send(()).unwrap();
        let (first, second, log) = reading.join().unwrap().unwrap();
        assert_eq!(
            (&*first, &*second, log),
            (&b"before"[..], &b"before"[..], 0)
        );
    });
    let now = read(store, move |store| {
        Ok(store.subject(number)?.unwrap().content)
    });
    assert_eq!(now.unwrap(), b"after");
}

pub fn what_was_acknowledged_is_seen<S: Store>(store: &S) {
    for index in 0..50 {
        let number = write(store, move |store| {
            Ok(store.add_subject(document(index), noon().plus(Span::hours(1)), b"")?)
        })
        .unwrap();
        let seen = read(store, move |store| {
            Ok(store.subject(number)?.unwrap().state)
        });
        assert_eq!(seen.unwrap(), SubjectState::Active);
    }
}

pub fn what_waits_for_durability_is_done_once_and_before_the_answer<S: Store>(store: &S) {
    let done = Arc::new(AtomicU32::new(0));
    for (index, fails) in (0..20).zip([false, false, true].into_iter().cycle()) {
        let before = done.load(Ordering::SeqCst);
        let count = Arc::clone(&done);
        let outcome = write(store, move |store| {
            store.log(&look(None, noon()))?;
            let count = Arc::clone(&count);
            store.when_durable(Box::new(move || {
                count.fetch_add(1, Ordering::SeqCst);
            }));
            if fails {
                Err(ActError::NotEnrolled)
            } else {
                Ok(index)
            }
        });
        assert_eq!(outcome.is_err(), fails);
        let expected = before + u32::from(!fails);
        assert_eq!(done.load(Ordering::SeqCst), expected);
    }
}
