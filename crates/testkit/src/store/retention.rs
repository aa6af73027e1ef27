//! What is past its retention goes by itself.

use hc_code::day_index::SubjectNumber;
use hc_code::{Span, Timestamp};
use hc_core::store::{
    BatchRow, BatchState, ConsentRow, DeclarationRow, GrantRow, PaperRow, ProposalRow,
    ProposalState, Retention, Store, Writing,
};

use super::region::{document, look, noon, row};
use super::{read, write};
use hc_core::act::ActError;

const RETENTION: Retention = Retention {
    evidence: Span::days(28),
    log: Span::days(60),
    records: Span::days(90),
};

/// One thing of every kind, all of this instant, which ends here too.
fn fill(
    store: &mut dyn Writing,
    at: Timestamp,
) -> Result<(SubjectNumber, SubjectNumber), ActError> {
    let number = store.add_subject(document(1), at, b"")?;
    let ward = store.add_subject(document(2), at, b"")?;
    store.add_document(number, document(1), b"")?;
    store.add_declaration(
        number,
        &DeclarationRow {
            at,
            content: b"well".to_vec(),
        },
    )?;
    store.add_evidence(&[(document(1), row(1, at)), (document(3), row(1, at))])?;
    store.set_consent(
        number,
        &ConsentRow {
            purpose: "code".to_owned(),
            version: 1,
            at,
            until: at,
        },
    )?;
    store.set_grant(&GrantRow {
        guardian: number,
        ward,
        at,
        until: at,
    })?;
    store.set_paper(&PaperRow {
        pointer: [1; 16],
        number,
        at,
        until: at,
        withdrawn: None,
    })?;
    store.set_batch(&BatchRow {
        source: "lab".to_owned(),
        reference: "B-1".to_owned(),
        digest: [0; 16],
        at,
        state: BatchState::Accepted,
        rows: 1,
        quarantined: 0,
        content: Vec::new(),
    })?;
    store.set_proposal(&ProposalRow {
        id: [1; 16],
        at,
        until: at,
        state: ProposalState::Done,
        by: "officer".to_owned(),
        content: Vec::new(),
    })?;
    store.log(&look(Some(number.expose_number()), at))?;
    Ok((number, ward))
}

/// How much is left: evidence and declarations, opened log entries, records.
fn left<S: Store>(store: &S, number: SubjectNumber) -> (usize, usize, usize) {
    read(store, move |store| {
        let evidence = store.evidence(&[document(1), document(3)])?.concat().len()
            + store.declarations(number, 9)?.len();
        let log = store.log_from(0, 9)?;
        let opened = log.iter().filter(|row| row.opened.is_some()).count();
        assert_eq!(log.len(), 1, "commitments stay");
        let records = store.consents(number)?.len()
            + store.grants(number)?.len()
            + store.papers(number)?.len()
            + store.batches(BatchState::Accepted, 9)?.len()
            + store.batches(BatchState::Waiting, 9)?.len()
            + store.batches(BatchState::Refused, 9)?.len()
            + usize::from(store.proposal(&[1; 16])?.is_some());
        Ok((evidence, opened, records))
    })
    .unwrap()
}

fn purge<S: Store>(store: &S, now: Timestamp) -> u64 {
    let mut gone = 0;
    loop {
        let more = write(store, move |store| Ok(store.purge(now, &RETENTION)?)).unwrap();
        if more == 0 {
            return gone;
        }
        gone += more;
    }
}

pub fn what_is_past_its_retention_goes<S: Store>(store: &S) {
    let (number, _) = write(store, |store| fill(store, noon())).unwrap();
    let after = |days| noon().plus(Span::days(days)).plus(Span::seconds(1));
    assert_eq!(left(store, number), (3, 1, 5));
    assert_eq!(purge(store, after(28)), 3);
    assert_eq!(left(store, number), (0, 1, 5));
    assert_eq!(purge(store, after(60)), 1);
    assert_eq!(left(store, number), (0, 0, 5));
    assert_eq!(purge(store, after(90)), 5);
    assert_eq!(left(store, number), (0, 0, 0));
    let row = read(store, move |store| Ok(store.subject(number)?)).unwrap();
    assert!(row.is_some(), "a subject ends by erasure alone");
}

pub fn nothing_goes_before_its_time<S: Store>(store: &S) {
    let (number, _) = write(store, |store| fill(store, noon())).unwrap();
    for days in [0, 1, 28] {
        assert_eq!(purge(store, noon().plus(Span::days(days))), 0, "day {days}");
    }
    assert_eq!(left(store, number), (3, 1, 5));
}
