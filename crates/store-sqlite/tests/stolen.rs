//! What a thief of the files learns, and what is left of somebody who was erased.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use std::fs;
use std::path::Path;

use hc_code::Span;
use hc_core::act::{self, Actor};
use hc_core::personal::Address;
use hc_core::store::{
    BatchRow, BatchState, DocumentHash, PartyKind, PartyRow, ProposalRow, ProposalState,
    PublicationRow,
};
use hc_store_sqlite::SqliteStore;
use hc_testkit::store::region::{
    close_contact, document, enrolment, hasher, identity_number, noon, rows, rulebook,
};
use hc_testkit::store::write;

const PEOPLE: u32 = 40;

fn address(index: u32) -> String {
    format!("北山街道{}号{index}室", 1000 + index)
}

/// Enrols people and has a batch, a proposal and a party kept; gives their numbers.
fn fill(store: &SqliteStore) -> Vec<hc_code::day_index::SubjectNumber> {
    let numbers = (0..PEOPLE).map(|index| {
        let mut asked = enrolment(index, noon());
        asked.profile.address = Some(Address::parse(&address(index)).unwrap());
        let mut book = rulebook();
        let enrolled = write(store, move |store| {
            act::enrol(
                store,
                &mut book,
                &hasher(),
                &asked,
                &Actor::subject(),
                noon(),
            )
        });
        enrolled.unwrap().number
    });
    let numbers = numbers.collect();
    let mut book = rulebook();
    let lines: Vec<_> = (0..PEOPLE)
        .map(|index| {
            let reference = format!("K-{index}");
            close_contact(
                &reference,
                &identity_number(index),
                "2022-07-02T09:00:00+08:00",
            )
        })
        .collect();
    let rows = rows(&lines, noon(), &mut book);
    write(store, move |store| {
        act::take_in(store, &mut book, &hasher(), (&rows, &act::nobodys), noon())?;
        let content = lines.join("\n").into_bytes();
        store.set_batch(&BatchRow {
            source: "CDC".to_owned(),
            reference: "B-1".to_owned(),
            digest: [1; 16],
            at: noon(),
            state: BatchState::Waiting,
            rows: PEOPLE,
            quarantined: 0,
            content: content.clone(),
        })?;
        store.set_proposal(&ProposalRow {
            id: [1; 16],
            at: noon(),
            until: noon(),
            state: ProposalState::Waiting,
            by: "officer-1".to_owned(),
            content: content.clone(),
        })?;
        store.set_party(&PartyRow {
            kind: PartyKind::Source,
            id: "CDC".to_owned(),
            at: noon(),
            until: noon(),
            content,
        })?;
        store.add_publication(&PublicationRow {
            at: noon(),
            text: "a public text that anybody may find".to_owned(),
        })?;
        Ok(())
    })
    .unwrap();
    numbers
}

/// The bytes of the file and of its journal as they lie on the disk.
fn raw(path: &Path) -> Vec<u8> {
    let mut bytes = fs::read(path).unwrap();
    let mut journal = path.as_os_str().to_owned();
    journal.push("-wal");
    bytes.extend(fs::read(journal).unwrap());
    bytes
}

fn holds(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|window| window == what)
}

/// Everything of a person that a form has; distinctive enough not to occur by chance.
fn personal(index: u32) -> Vec<String> {
    let profile = enrolment(index, noon()).profile;
    let mut texts = vec![
        profile.name.expose_name().to_owned(),
        identity_number(index),
        address(index),
    ];
    texts.extend(profile.phone.map(|phone| phone.expose_number().to_owned()));
    texts
}

#[test]
fn stolen_files_name_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("region.db");
    let store = open_and_fill(&path);
    let open = raw(&path);
    drop(store);
    let closed = fs::read(&path).unwrap();
    for bytes in [&open, &closed] {
        assert!(holds(bytes, b"a public text that anybody may find"));
        let hash = document(0);
        assert!(
            holds(bytes, hash.as_bytes()),
            "the search finds what is there"
        );
        assert!(!holds(bytes, b"\"contact\"") && !holds(bytes, b"health-authority"));
        for index in 0..PEOPLE {
            for (place, text) in personal(index).iter().enumerate() {
                assert!(
                    !holds(bytes, text.as_bytes()),
                    "person {index}, text {place}"
                );
            }
        }
    }
}

fn open_and_fill(path: &Path) -> SqliteStore {
    let store = common::open(path);
    fill(&store);
    store
}

#[test]
fn nothing_of_an_erased_person_is_left_in_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("region.db");
    let store = common::open(&path);
    let numbers = fill(&store);
    let erased: Vec<DocumentHash> = (0..10).map(document).collect();
    let before = raw(&path);
    assert!(erased.iter().all(|hash| holds(&before, hash.as_bytes())));
    let sealed = sealed_of(&path, &erased);
    assert!(sealed.len() >= 30 && sealed.iter().all(|bytes| holds(&before, bytes)));
    let later = noon().plus(Span::days(30));
    for number in numbers.into_iter().take(erased.len()) {
        write(&store, move |store| {
            act::erase(store, number, &Actor::subject(), "own-wish", later)
        })
        .unwrap();
    }
    let after = raw(&path);
    for (place, hash) in erased.iter().enumerate() {
        assert!(!holds(&after, hash.as_bytes()), "person {place}");
    }
    for (place, bytes) in sealed.iter().enumerate() {
        assert!(!holds(&after, bytes), "sealed value {place}");
    }
    assert!(holds(&after, document(20).as_bytes()), "others stay");
    pollster::block_on(store.check()).unwrap();
}

/// The sealed values that stand under these documents and their subjects.
fn sealed_of(path: &Path, documents: &[DocumentHash]) -> Vec<Vec<u8>> {
    let connection = rusqlite::Connection::open(path).unwrap();
    let mut found = Vec::new();
    for hash in documents {
        for sql in [
            "SELECT content FROM document WHERE hash = ?1",
            "SELECT content FROM evidence WHERE document = ?1",
            "SELECT profile.content FROM profile JOIN document USING (number) WHERE hash = ?1",
            "SELECT declaration.content FROM declaration JOIN document USING (number) WHERE hash = ?1",
        ] {
            let mut statement = connection.prepare(sql).unwrap();
            let rows = statement.query_map([hash.as_bytes()], |row| row.get::<_, Vec<u8>>(0));
            found.extend(rows.unwrap().map(Result::unwrap));
        }
    }
    // The beginning is enough, and lies on one page.
    for bytes in &mut found {
        bytes.truncate(24);
    }
    found
}
