//! What is kept about the region's work.

use hc_code::day_index::SubjectNumber;
use hc_code::{Span, Timestamp};
use hc_core::store::{
    BatchRow, BatchState, LevelsRow, NoticeRow, PackRow, PaperRow, PartyKind, PartyRow, PasskeyRow,
    ProposalRow, ProposalState, PublicationRow, Store,
};

use super::region::{document, noon};
use super::{read, write};

fn after(hours: u16) -> Timestamp {
    noon().plus(Span::hours(hours))
}

fn batch(source: &str, reference: &str, hours: u16) -> BatchRow {
    BatchRow {
        source: source.to_owned(),
        reference: reference.to_owned(),
        digest: [7; 16],
        at: after(hours),
        state: BatchState::Waiting,
        rows: 1000,
        quarantined: 3,
        content: b"report".to_vec(),
    }
}

fn party(kind: PartyKind, id: &str) -> PartyRow {
    PartyRow {
        kind,
        id: id.to_owned(),
        at: noon(),
        until: after(100),
        content: b"keys".to_vec(),
    }
}

pub fn batches_and_parties_are_replaced<S: Store>(store: &S) {
    write(store, |store| {
        for row in [
            batch("lab", "B-1", 1),
            batch("lab", "B-2", 3),
            batch("cdc", "B-1", 2),
        ] {
            store.set_batch(&row)?;
        }
        let mut done = batch("lab", "B-1", 1);
        done.state = BatchState::Accepted;
        done.content = b"done".to_vec();
        store.set_batch(&done)?;
        for row in [
            party(PartyKind::Source, "b"),
            party(PartyKind::Source, "a"),
            party(PartyKind::Gate, "a"),
        ] {
            store.set_party(&row)?;
        }
        let mut other = party(PartyKind::Source, "a");
        other.content = b"other keys".to_vec();
        store.set_party(&other)?;
        Ok(())
    })
    .unwrap();
    read(store, |store| {
        let found = store.batch("lab", "B-1")?.unwrap();
        assert_eq!(
            (found.state, &*found.content),
            (BatchState::Accepted, &b"done"[..])
        );
        assert_eq!((found.rows, found.quarantined), (1000, 3));
        assert_eq!(store.batch("lab", "B-3")?, None);
        assert_eq!(store.batch("cdc", "B-1")?, Some(batch("cdc", "B-1", 2)));
        let told = |row: &BatchRow| (row.source.clone(), row.reference.clone());
        let waiting = store.batches(BatchState::Waiting, 2)?;
        let of = |source: &str, reference: &str| (source.to_owned(), reference.to_owned());
        let latest: Vec<_> = waiting.iter().map(told).collect();
        assert_eq!(latest, [of("lab", "B-2"), of("cdc", "B-1")]);
        assert!(waiting.iter().all(|row| row.content.is_empty()));
        assert_eq!(store.batches(BatchState::Waiting, 1)?.len(), 1);
        let accepted = store.batches(BatchState::Accepted, 9)?;
        assert_eq!(
            accepted.iter().map(told).collect::<Vec<_>>(),
            [of("lab", "B-1")]
        );

        let sources = store.parties(PartyKind::Source)?;
        assert_eq!(sources.len(), 2);
        assert_eq!(
            (&*sources[0].id, &*sources[0].content),
            ("a", &b"other keys"[..])
        );
        let gate = store.party(PartyKind::Gate, "a")?;
        assert_eq!(gate, Some(party(PartyKind::Gate, "a")));
        assert_eq!(store.party(PartyKind::Officer, "a")?, None);
        Ok(())
    })
    .unwrap();
}

pub fn packs_and_proposals_are_replaced<S: Store>(store: &S) {
    let pack = |version, activated| PackRow {
        version,
        at: noon(),
        activated,
        text: format!("version = {version}"),
    };
    let proposal = |id, hours, state| ProposalRow {
        id: [id; 16],
        at: after(hours),
        until: after(100),
        state,
        by: "officer-1".to_owned(),
        content: vec![id],
    };
    write(store, move |store| {
        for row in [
            pack(2, None),
            pack(1, Some(noon())),
            pack(2, Some(after(1))),
        ] {
            store.set_pack(&row)?;
        }
        for row in [
            proposal(1, 2, ProposalState::Waiting),
            proposal(2, 1, ProposalState::Waiting),
            proposal(3, 0, ProposalState::Waiting),
            proposal(3, 0, ProposalState::Done),
        ] {
            store.set_proposal(&row)?;
        }
        Ok(())
    })
    .unwrap();
    read(store, move |store| {
        let packs = [pack(1, Some(noon())), pack(2, Some(after(1)))];
        assert_eq!(store.packs()?, packs);
        let waiting = [
            proposal(2, 1, ProposalState::Waiting),
            proposal(1, 2, ProposalState::Waiting),
        ];
        assert_eq!(store.proposals(ProposalState::Waiting)?, waiting);
        let done = proposal(3, 0, ProposalState::Done);
        assert_eq!(store.proposal(&[3; 16])?, Some(done));
        assert_eq!(store.proposal(&[4; 16])?, None);
        Ok(())
    })
    .unwrap();
}

pub fn passkeys_and_levels_are_replaced<S: Store>(store: &S) {
    let passkey = |id: u8, officer: &str, hours, content: &[u8]| PasskeyRow {
        credential: vec![id; usize::from(id) + 15],
        officer: officer.to_owned(),
        at: after(hours),
        until: after(100),
        content: content.to_vec(),
    };
    let levels = |hours, low| LevelsRow {
        at: after(hours),
        low,
        medium: 2,
        high: 1,
        unknown: 3,
    };
    write(store, move |store| {
        for row in [
            passkey(1, "li", 2, b"one"),
            passkey(2, "li", 1, b"two"),
            passkey(3, "wang", 0, b"three"),
            passkey(1, "li", 2, b"one, used"),
        ] {
            store.set_passkey(&row)?;
        }
        for row in [levels(2, 9), levels(0, 7), levels(1, 8), levels(2, 10)] {
            store.set_levels(&row)?;
        }
        Ok(())
    })
    .unwrap();
    read(store, move |store| {
        let (one, two) = (
            passkey(1, "li", 2, b"one, used"),
            passkey(2, "li", 1, b"two"),
        );
        assert_eq!(store.passkey(&[1; 16])?, Some(one.clone()));
        assert_eq!(store.passkey(&[1; 17])?, None);
        assert_eq!(store.passkeys("li")?, [two, one]);
        assert_eq!(store.passkeys("zhao")?, []);
        assert_eq!(store.levels_from(after(1))?, [levels(1, 8), levels(2, 10)]);
        Ok(())
    })
    .unwrap();
}

pub fn marks_of_secrets_are_replaced<S: Store>(store: &S) {
    write(store, |store| {
        assert_eq!(store.secret_marks()?, []);
        for (name, mark) in [("tokens", 1), ("log", 2), ("tokens", 3)] {
            store.set_secret_mark(name, [mark; 16])?;
        }
        let kept = [("log".to_owned(), [2; 16]), ("tokens".to_owned(), [3; 16])];
        assert_eq!(store.secret_marks()?, kept);
        Ok(())
    })
    .unwrap();
}

pub fn papers_are_found_by_pointer_and_by_subject<S: Store>(store: &S) {
    let paper = |pointer, number, hours, withdrawn| PaperRow {
        pointer: [pointer; 16],
        number,
        at: after(hours),
        until: after(hours + 10),
        withdrawn,
    };
    let (one, other) = write(store, move |store| {
        let one = store.add_subject(document(1), noon(), b"")?;
        let other = store.add_subject(document(2), noon(), b"")?;
        for row in [
            paper(1, one, 0, None),
            paper(2, one, 5, None),
            paper(3, other, 2, None),
            paper(1, one, 0, Some(after(1))),
        ] {
            store.set_paper(&row)?;
        }
        Ok((one, other))
    })
    .unwrap();
    let nobody = SubjectNumber::new(u32::MAX);
    assert!(
        write(store, move |store| Ok(
            store.set_paper(&paper(4, nobody, 0, None))?
        ))
        .is_err()
    );
    read(store, move |store| {
        let withdrawn = paper(1, one, 0, Some(after(1)));
        assert_eq!(store.paper(&[1; 16])?, Some(withdrawn.clone()));
        assert_eq!(store.papers(one)?, [paper(2, one, 5, None), withdrawn]);
        let mut lasting = Vec::new();
        store.each_paper(after(10), &mut |row| lasting.push(row))?;
        lasting.sort_by_key(|row| row.pointer);
        assert_eq!(lasting, [paper(2, one, 5, None), paper(3, other, 2, None)]);
        Ok(())
    })
    .unwrap();
}

pub fn publications_and_notices_are_kept_by_their_time<S: Store>(store: &S) {
    let publication = |hours, text: &str| PublicationRow {
        at: after(hours),
        text: text.to_owned(),
    };
    let notice = |hours, until, text: &str| NoticeRow {
        kind: "degraded".to_owned(),
        at: after(hours),
        until: after(until),
        text: text.to_owned(),
    };
    write(store, move |store| {
        for row in [
            publication(2, "second"),
            publication(1, "first"),
            publication(2, "another"),
        ] {
            store.add_publication(&row)?;
        }
        for row in [
            notice(1, 9, "one"),
            notice(2, 5, "two"),
            notice(3, 9, "three"),
            notice(1, 8, "one, changed"),
        ] {
            store.set_notice(&row)?;
        }
        Ok(())
    })
    .unwrap();
    read(store, move |store| {
        let found = store.publications()?;
        assert_eq!(found, [publication(1, "first"), publication(2, "second")]);
        let found = store.notices(after(5))?;
        assert_eq!(found, [notice(3, 9, "three"), notice(1, 8, "one, changed")]);
        Ok(())
    })
    .unwrap();
}
