//! What waits to be sent.

use hc_code::Span;
use hc_core::store::{OutgoingKind, OutgoingRow, Store, WaitingToGo};

use super::region::{document, noon};
use super::{read, write};

fn row(id: u8, minutes: u16) -> OutgoingRow {
    let at = noon();
    OutgoingRow {
        id: [id; 16],
        kind: OutgoingKind::Evidence,
        to: "500000".parse().ok(),
        about: None,
        at,
        until: at.plus(Span::hours(24)),
        next: at.plus(Span::seconds(u32::from(minutes) * 60)),
        tries: 0,
        content: b"lines".to_vec(),
    }
}

pub fn what_waits_goes_in_the_order_of_its_next_try<S: Store>(store: &S) {
    write(store, |store| {
        assert_eq!(store.waiting_to_go()?, WaitingToGo::default());
        for (id, minutes) in [(1, 9), (2, 3), (3, 60), (4, 3)] {
            store.set_outgoing(&row(id, minutes))?;
        }
        let mut unplaced = row(5, 1);
        unplaced.to = None;
        unplaced.kind = OutgoingKind::Locate;
        unplaced.about = Some(document(7));
        store.set_outgoing(&unplaced)?;
        assert_eq!(store.outgoing(&[5; 16])?, Some(unplaced));
        let mut elsewhere = row(6, 9);
        elsewhere.to = "510000".parse().ok();
        store.set_outgoing(&elsewhere)?;
        Ok(())
    })
    .unwrap();
    let soon = noon().plus(Span::seconds(540));
    let due = read(store, move |store| Ok(store.due_to_go(soon, 2)?)).unwrap();
    let ids: Vec<u8> = due.iter().map(|row| row.id[0]).collect();
    assert_eq!(ids, [5, 2, 4, 6], "two to each region");
    assert_eq!(due[1], row(2, 3));
    write(store, |store| {
        let mut again = row(2, 500);
        again.tries = 1;
        store.set_outgoing(&again)?;
        store.remove_outgoing(&[4; 16])?;
        store.remove_outgoing(&[4; 16])?;
        Ok(())
    })
    .unwrap();
    let due = read(store, move |store| Ok(store.due_to_go(soon, 9)?)).unwrap();
    let ids: Vec<u8> = due.iter().map(|row| row.id[0]).collect();
    assert_eq!(ids, [5, 1, 6]);
    let waiting = read(store, |store| Ok(store.waiting_to_go()?)).unwrap();
    assert_eq!((waiting.count, waiting.oldest), (5, Some(noon())));
}

pub fn erasing_a_subject_takes_what_is_about_them_along<S: Store>(store: &S) {
    write(store, |store| {
        let number = store.add_subject(document(1), noon(), b"who")?;
        store.add_document(number, document(1), b"which")?;
        for (id, about) in [(1, Some(document(1))), (2, Some(document(2))), (3, None)] {
            let mut row = row(id, 0);
            row.about = about;
            store.set_outgoing(&row)?;
        }
        store.erase_subject(number, noon())?;
        assert_eq!(store.outgoing(&[1; 16])?, None);
        assert!(store.outgoing(&[2; 16])?.is_some() && store.outgoing(&[3; 16])?.is_some());
        Ok(())
    })
    .unwrap();
}
