//! A region for the suite: rules of 2022, keys that everybody knows, people who never lived.

use hc_code::{DivisionCode, Timestamp};
use hc_core::act::Enrolment;
use hc_core::evidence::KeptRow;
use hc_core::evidence::intake::{self, Desk, Row};
use hc_core::rulebook::Rulebook;
use hc_core::rules::RulePack;
use hc_core::store::{DocumentHash, DocumentHasher};
use hc_people::Crowd;
use hc_tlog::entry::{Actor, Detail, Entry, Kind, SubjectRef};
use zeroize::Zeroizing;

/// The rules of Zhejiang of June 2022, in force at [`noon`].
pub fn rulebook() -> Rulebook {
    let pack = include_str!("../../../../policies/zhejiang-2022-06.toml");
    Rulebook::new(RulePack::parse(pack).unwrap())
}

/// 2 July 2022, 12:00 in China.
pub fn noon() -> Timestamp {
    "2022-07-02T12:00:00+08:00".parse().unwrap()
}

/// What names documents.
pub fn hasher() -> DocumentHasher {
    DocumentHasher::new(&Zeroizing::new([0x5e; 32]))
}

fn crowd() -> Crowd {
    Crowd::of(DivisionCode::new(330_106).unwrap())
}

/// The person at a place, ready to be enrolled, with a declaration in which nothing is wrong.
pub fn enrolment(index: u32, now: Timestamp) -> Enrolment {
    crowd().enrolment(index, now).unwrap()
}

/// The identity number of the person at a place.
pub fn identity_number(index: u32) -> String {
    crowd().person(index).number
}

/// What the document of the person at a place is called.
pub fn document(index: u32) -> DocumentHash {
    hasher().hash(&enrolment(index, noon()).document.key())
}

/// A document in a bucket, told from others by a number.
pub fn document_in(bucket: u16, number: u8) -> DocumentHash {
    let [high, low] = (bucket << 4).to_be_bytes();
    let mut bytes = [number; 16];
    for (to, from) in bytes.iter_mut().zip([high, low]) {
        *to = from;
    }
    DocumentHash::from_bytes(bytes)
}

/// A row of evidence whose content nobody reads.
pub fn row(id: u8, known: Timestamp) -> KeptRow {
    KeptRow {
        id: [id; 16],
        known,
        expires: Timestamp::MAX,
        plain: false,
        content: vec![id; 40],
    }
}

/// Rows of evidence from lines of NDJSON; every line must be good.
pub fn rows(lines: &[String], received: Timestamp, rulebook: &mut Rulebook) -> Vec<Row> {
    let mut desk = Desk::new(received, rulebook.places());
    let batch = intake::ndjson(lines.join("\n").as_bytes(), &mut desk);
    assert_eq!(batch.rows().len(), lines.len(), "{:?}", batch.quarantined());
    batch.rows().to_vec()
}

/// A line that says that somebody is a close contact.
pub fn close_contact(reference: &str, number: &str, at: &str) -> String {
    format!(
        r#"{{"ref":"{reference}","source":"health-authority","by":"CDC","document_type":"111","document":"{number}","kind":"contact","at":"{at}","degree":"close"}}"#
    )
}

/// An entry that says that somebody looked; of nobody where the number is none.
pub fn look(number: Option<u32>, at: Timestamp) -> Entry {
    entry_of(
        number.map(|number| SubjectRef::from_number(number.into())),
        at,
    )
}

/// An entry about a reference that no store of ours gives.
pub fn look_at_a_stranger(at: Timestamp) -> Entry {
    entry_of(Some(SubjectRef::from_bytes([0xff; 16])), at)
}

fn entry_of(subject: Option<SubjectRef>, at: Timestamp) -> Entry {
    let details = [
        Detail::Venue("V-1".parse().unwrap()),
        Detail::Purpose("entry".parse().unwrap()),
        Detail::Verdict("refused".parse().unwrap()),
    ];
    let actor = Actor::new(hc_tlog::entry::Role::Device, "gate-1".parse().unwrap());
    let at = u64::try_from(at.unix()).unwrap();
    Entry::new(Kind::Lookup, at, subject, actor, details).unwrap()
}
