//! What is past its retention goes by itself.

use hc_code::day_index::SubjectNumber;
use hc_code::{Span, Timestamp};
use hc_core::store::{
    AppealRow, AppealState, BatchRow, BatchState, ConsentRow, DeclarationRow, GrantRow, LevelsRow,
    NoticeRow, PackRow, PaperRow, PartyKind, PartyRow, PasskeyRow, ProposalRow, ProposalState,
    PublicationRow, Retention, Store, Writing,
};

use super::region::{document, look, noon, row};
use super::{read, write};
use hc_core::act::ActError;
use hc_tlog::entry::{Detail, Kind};

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
    store.set_passkey(&PasskeyRow {
        credential: vec![1; 16],
        officer: "officer".to_owned(),
        at,
        until: at,
        content: Vec::new(),
    })?;
    store.set_levels(&LevelsRow {
        at,
        low: 1,
        medium: 0,
        high: 0,
        unknown: 0,
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
        let about = log.iter().filter(|row| {
            let opened = row.opened.as_ref();
            opened.is_some_and(|(_, entry)| entry.kind() != Kind::Erasure)
        });
        let opened = about.count();
        assert!(log[0].sequence == 0 && !log.is_empty(), "commitments stay");
        let records = store.consents(number)?.len()
            + store.grants(number)?.len()
            + store.papers(number)?.len()
            + store.batches(BatchState::Accepted, 9)?.len()
            + store.batches(BatchState::Waiting, 9)?.len()
            + store.batches(BatchState::Refused, 9)?.len()
            + usize::from(store.proposal(&[1; 16])?.is_some())
            + store.passkeys("officer")?.len()
            + store.levels_from(Timestamp::MIN)?.len();
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
    assert_eq!(left(store, number), (3, 1, 7));
    assert_eq!(purge(store, after(28)), 3);
    assert_eq!(left(store, number), (0, 1, 7));
    assert_eq!(purge(store, after(60)), 1);
    assert_eq!(left(store, number), (0, 0, 7));
    assert_eq!(purge(store, after(90)), 7);
    assert_eq!(left(store, number), (0, 0, 0));
    let row = read(store, move |store| Ok(store.subject(number)?)).unwrap();
    assert!(row.is_some(), "a subject ends by erasure alone");
}

/// What is kept of the region's own work goes when it has ended; what later decisions need stays.
pub fn what_ended_long_ago_goes<S: Store>(store: &S) {
    let party = |id: &str, until| PartyRow {
        kind: PartyKind::Source,
        id: id.to_owned(),
        at: noon(),
        until,
        content: Vec::new(),
    };
    let pack = |version, activated| PackRow {
        version,
        at: noon(),
        activated,
        text: String::new(),
    };
    let days = |days| noon().plus(Span::days(days));
    let number = write(store, move |store| {
        let number = store.add_subject(document(1), noon(), b"")?;
        store.set_party(&party("ended", noon()))?;
        store.set_party(&party("lasting", days(300)))?;
        store.set_pack(&pack(1, Some(noon())))?;
        store.set_pack(&pack(2, None))?;
        for day in [0, 1, 50] {
            store.add_publication(&PublicationRow {
                at: days(day),
                text: day.to_string(),
            })?;
        }
        store.set_notice(&NoticeRow {
            kind: "degraded".to_owned(),
            at: noon(),
            until: noon(),
            text: String::new(),
        })?;
        for (id, closed) in [(7, Some(noon())), (8, None)] {
            store.set_appeal(&AppealRow {
                id,
                number,
                at: noon(),
                due: noon(),
                state: AppealState::Open,
                closed,
                content: Vec::new(),
            })?;
        }
        Ok(number)
    })
    .unwrap();
    let second = Span::seconds(1);
    assert_eq!(purge(store, days(28)), 0);
    // The second of the first two publications is the newest of before the span.
    assert_eq!(purge(store, days(29).plus(second)), 1);
    assert_eq!(purge(store, days(90)), 1);
    assert_eq!(purge(store, days(90).plus(second)), 4);
    read(store, move |store| {
        let left: Vec<_> = store.parties(PartyKind::Source)?;
        assert_eq!(left.len(), 1);
        assert_eq!(left[0].id, "lasting");
        assert_eq!(store.packs()?.len(), 1);
        let publications: Vec<_> = store.publications()?.iter().map(|row| row.at).collect();
        assert_eq!(publications, [days(50)]);
        assert_eq!(store.notices(Timestamp::MIN)?, []);
        let appeals: Vec<_> = store.appeals(number)?.iter().map(|row| row.id).collect();
        assert_eq!(appeals, [8], "one that waits stays");
        Ok(())
    })
    .unwrap();
}

/// An erasure of log contents by time is in the log itself, and entries about nobody stay legible.
pub fn erased_log_contents_are_named_by_the_log<S: Store>(store: &S) {
    write(store, |store| {
        let number = store.add_subject(document(1), noon(), b"")?.expose_number();
        for about in [Some(number), Some(number), None, Some(number)] {
            store.log(&look(about, noon()))?;
        }
        Ok(())
    })
    .unwrap();
    assert_eq!(purge(store, noon().plus(Span::days(61))), 3);
    let rows = read(store, |store| Ok(store.log_from(0, 99)?)).unwrap();
    assert_eq!(rows.len(), 5);
    assert!(rows[2].opened.is_some(), "an entry about nobody");
    let (_, erasure) = rows[4].opened.clone().unwrap();
    assert_eq!(erasure.kind(), Kind::Erasure);
    let named: Vec<_> = erasure
        .details()
        .filter_map(|detail| match detail {
            Detail::Erased(range) => Some((range.first(), range.end())),
            _ => None,
        })
        .collect();
    assert_eq!(named, [(0, 2), (3, 4)]);
}

pub fn nothing_goes_before_its_time<S: Store>(store: &S) {
    let (number, _) = write(store, |store| fill(store, noon())).unwrap();
    for days in [0, 1, 28] {
        assert_eq!(purge(store, noon().plus(Span::days(days))), 0, "day {days}");
    }
    assert_eq!(left(store, number), (3, 1, 7));
}
