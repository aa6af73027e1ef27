//! Evidence under documents.

use hc_code::{Span, Timestamp};
use hc_core::evidence::{KeptRecord, KeptRow, SourceKind, Statement};
use hc_core::place::PlaceTable;
use hc_core::store::{DocumentHash, Store, dossier};

use super::region::{document, noon, row};
use super::{read, write};

pub fn evidence_is_kept_under_documents_of_nobody<S: Store>(store: &S) {
    let rows = [
        (document(2), row(9, noon())),
        (document(1), row(3, noon())),
        (document(2), row(1, noon())),
    ];
    let sent = rows.clone();
    let new = write(store, move |store| Ok(store.add_evidence(&sent)?));
    assert_eq!(new.unwrap(), [true; 3]);
    let found = read(store, |store| {
        Ok(store.evidence(&[document(1), document(3), document(2)])?)
    });
    let found = found.unwrap();
    assert_eq!(found[0], [rows[1].1.clone()]);
    assert!(found[1].is_empty());
    let mut both = found[2].clone();
    both.sort_by_key(|row| row.id);
    assert_eq!(both, [rows[2].1.clone(), rows[0].1.clone()]);
}

pub fn evidence_is_known_by_document_and_id<S: Store>(store: &S) {
    let earlier = noon().minus(Span::hours(1));
    let later = noon().plus(Span::hours(1));
    let add = |document: DocumentHash, row: KeptRow| {
        let rows = vec![(document, row)];
        write(store, move |store| Ok(store.add_evidence(&rows)?)).unwrap()
    };
    assert_eq!(add(document(1), row(1, noon())), [true]);
    assert_eq!(add(document(1), row(1, noon())), [false]);
    assert_eq!(add(document(1), row(1, later)), [false]);
    assert_eq!(add(document(2), row(1, later)), [true]);
    assert_eq!(
        add(document(1), row(1, earlier)),
        [true],
        "the earliest counts"
    );
    // Twice in one batch is once.
    let twice = [row(5, noon()), row(5, noon()), row(5, earlier)].map(|row| (document(3), row));
    let new = write(store, move |store| Ok(store.add_evidence(&twice)?)).unwrap();
    assert_eq!(new, [true, false, true]);
    let kept = read(store, |store| {
        Ok(store.evidence(&[document(1), document(3)])?)
    })
    .unwrap();
    assert_eq!(kept, [[row(1, earlier)], [row(5, earlier)]]);
}

/// A link from one document to another, as both sides keep it.
fn link(one: DocumentHash, other: DocumentHash, reference: &str) -> [(DocumentHash, KeptRow); 2] {
    [(one, other), (other, one)].map(|(own, other)| {
        let statement = Statement::new(SourceKind::HealthAuthority, "CDC", reference).unwrap();
        let record = KeptRecord::Link {
            statement,
            other,
            known: noon(),
        };
        (own, KeptRow::of(&record, &PlaceTable::new()))
    })
}

pub fn a_dossier_unites_documents_that_are_linked<S: Store>(store: &S) {
    let number = write(store, |store| {
        let number = store.add_subject(document(1), noon(), b"")?;
        store.add_document(number, document(1), b"")?;
        store.add_document(number, document(2), b"")?;
        // One enrolled, with two documents; the second is linked to a third, that to a fourth.
        let links = [
            link(document(2), document(3), "L-1"),
            link(document(3), document(4), "L-2"),
        ];
        store.add_evidence(links.as_flattened())?;
        Ok(number)
    })
    .unwrap();
    let found = |from: u32, now: Timestamp| {
        read(store, move |store| {
            let found = dossier(store, document(from), now, &mut PlaceTable::new())?;
            let documents: Vec<_> = found.documents().collect();
            Ok((
                documents,
                found
                    .subjects()
                    .map(|(number, _)| number)
                    .collect::<Vec<_>>(),
            ))
        })
        .unwrap()
    };
    let mut all: Vec<_> = (1..=4).map(document).collect();
    all.sort_unstable();
    for from in 1..=4 {
        assert_eq!(found(from, noon()), (all.clone(), vec![number]), "{from}");
    }
    let before = noon().minus(Span::seconds(1));
    assert_eq!(found(4, before), (vec![document(4)], vec![]));
}
