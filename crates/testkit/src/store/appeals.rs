//! Appeals, and what is looked through as a whole: grants that last, batches that wait.

use hc_code::day_index::SubjectNumber;
use hc_code::{Span, Timestamp};
use hc_core::store::{AppealRow, AppealState, BatchRow, BatchState, GrantRow, Store, StoreError};

use super::region::{document, noon};
use super::{read, write};
use hc_core::act::ActError;

fn after(hours: u16) -> Timestamp {
    noon().plus(Span::hours(hours))
}

fn appeal(id: u64, number: SubjectNumber, due: u16) -> AppealRow {
    AppealRow {
        id,
        number,
        at: noon(),
        due: after(due),
        state: AppealState::Open,
        closed: None,
        content: format!("appeal {id}").into_bytes(),
    }
}

pub fn appeals_are_found_by_number_by_subject_and_by_their_clock<S: Store>(store: &S) {
    let (one, other) = write(store, |store| {
        let one = store.add_subject(document(1), noon(), b"")?;
        let other = store.add_subject(document(2), noon(), b"")?;
        for row in [appeal(3, one, 9), appeal(5, one, 2), appeal(4, other, 5)] {
            store.set_appeal(&row)?;
        }
        Ok((one, other))
    })
    .unwrap();
    let ids = |rows: Vec<AppealRow>| rows.into_iter().map(|row| row.id).collect::<Vec<_>>();
    read(store, move |store| {
        assert_eq!(store.appeal(3)?, Some(appeal(3, one, 9)));
        assert_eq!(store.appeal(6)?, None);
        assert_eq!(ids(store.appeals(one)?), [5, 3], "the latest first");
        assert_eq!(ids(store.open_appeals(after(5), 9)?), [5, 4]);
        assert_eq!(ids(store.open_appeals(Timestamp::MAX, 2)?), [5, 4]);
        assert!(store.open_appeals(after(1), 9)?.is_empty());
        Ok(())
    })
    .unwrap();
    write(store, move |store| {
        let mut closed = appeal(4, other, 5);
        closed.state = AppealState::Accepted;
        closed.closed = Some(after(1));
        closed.content = b"answered".to_vec();
        Ok(store.set_appeal(&closed)?)
    })
    .unwrap();
    read(store, move |store| {
        assert_eq!(ids(store.open_appeals(Timestamp::MAX, 9)?), [5, 3]);
        let found = store.appeal(4)?.unwrap();
        assert_eq!(
            (found.state, found.closed, &*found.content),
            (AppealState::Accepted, Some(after(1)), &b"answered"[..])
        );
        Ok(())
    })
    .unwrap();
    let nobody = SubjectNumber::new(u32::MAX);
    let refused = write(store, move |store| {
        Ok(store.set_appeal(&appeal(9, nobody, 1))?)
    });
    assert!(matches!(
        refused,
        Err(ActError::Store(StoreError::Refused(_)))
    ));
}

pub fn appeals_go_over_and_go_with_their_subject<S: Store>(store: &S) {
    let old = write(store, |store| {
        let old = store.add_subject(document(1), noon(), b"")?;
        store.set_appeal(&appeal(1, old, 9))?;
        Ok(old)
    })
    .unwrap();
    let new = write(
        store,
        move |store| Ok(store.replace_subject(old, after(1))?),
    )
    .unwrap();
    read(store, move |store| {
        assert_eq!(store.appeals(old)?, []);
        assert_eq!(store.appeals(new)?, [appeal(1, new, 9)]);
        Ok(())
    })
    .unwrap();
    write(store, move |store| Ok(store.erase_subject(new, after(2))?)).unwrap();
    read(store, |store| {
        assert_eq!(store.appeal(1)?, None);
        Ok(())
    })
    .unwrap();
}

pub fn grants_that_last_are_handed_on<S: Store>(store: &S) {
    let rows = write(store, |store| {
        let mut numbers = Vec::new();
        for index in 1..4 {
            numbers.push(store.add_subject(document(index), noon(), b"")?);
        }
        let grant = |guardian: usize, ward: usize, hours| GrantRow {
            guardian: numbers[guardian],
            ward: numbers[ward],
            at: noon(),
            until: after(hours),
        };
        let rows = [grant(0, 1, 5), grant(0, 2, 1), grant(2, 1, 9)];
        for row in &rows {
            store.set_grant(row)?;
        }
        Ok(rows)
    })
    .unwrap();
    read(store, move |store| {
        let mut lasting = Vec::new();
        store.each_grant(after(1), &mut |row| lasting.push(row))?;
        lasting.sort_by_key(|row| row.until);
        assert_eq!(lasting, [rows[0].clone(), rows[2].clone()]);
        Ok(())
    })
    .unwrap();
}

pub fn batches_are_found_by_their_state<S: Store>(store: &S) {
    let batch = |reference: &str, hours, state| BatchRow {
        source: "lab".to_owned(),
        reference: reference.to_owned(),
        digest: [1; 16],
        at: after(hours),
        state,
        rows: 1,
        quarantined: 0,
        content: reference.as_bytes().to_vec(),
    };
    write(store, move |store| {
        for row in [
            batch("B-2", 2, BatchState::Waiting),
            batch("B-1", 1, BatchState::Waiting),
            batch("B-3", 1, BatchState::Accepted),
        ] {
            store.set_batch(&row)?;
        }
        Ok(())
    })
    .unwrap();
    read(store, move |store| {
        let waiting = [
            batch("B-1", 1, BatchState::Waiting),
            batch("B-2", 2, BatchState::Waiting),
        ];
        assert_eq!(store.batches_in(BatchState::Waiting)?, waiting);
        assert_eq!(store.batches_in(BatchState::Refused)?, []);
        Ok(())
    })
    .unwrap();
}
