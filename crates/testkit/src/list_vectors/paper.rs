//! `vectors/paper-list`.

use hc_code::cbor::Writer;
use hc_code::paper::Pointer;
use hc_code::paper_list::{HeldPaperLists, PaperList, PaperListError, PaperNotAccepted, Salt};
use hc_code::signing::Signer;
use hc_code::status_list::{EditionTimes, ListIssuer};
use hc_code::verify::{Listed, PaperLookup};
use hc_code::{DivisionCode, Offset, Span, Timestamp};
use serde::{Deserialize, Serialize};

use super::{REGION, at, cose_word, key, made, public_key, region, signed, spoilt};
use crate::hexadecimal::{read, write};
use crate::vectors::KeyForm;

/// One property or defect of paper lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaperVector {
    /// The name of its file.
    #[serde(skip)]
    pub name: String,
    /// The same in a sentence.
    pub about: String,
    /// Whose lists are expected.
    pub issuer: DivisionCode,
    /// The key that signs its lists.
    pub key: KeyForm,
    /// What is offered, in order.
    pub offers: Vec<PaperOffer>,
    /// What the gate answers then.
    pub look_ups: Vec<PaperLookUp>,
}

/// A signed list, offered at a time by the device's clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaperOffer {
    /// The bytes, hexadecimal.
    pub bytes: String,
    /// The device's clock.
    pub now: Timestamp,
    /// `accepted`, or the word of a refusal.
    pub expect: String,
}

/// One question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaperLookUp {
    /// The pointer of a sheet, hexadecimal.
    pub pointer: String,
    /// 0 to 3; `null` where nothing is held.
    pub value: Option<u8>,
}

impl PaperVector {
    /// What comes out here. `None` where the vector itself cannot be read.
    pub fn run(&self) -> Option<(Vec<&'static str>, Vec<PaperLookUp>)> {
        let key = public_key(&self.key)?;
        let issuer = ListIssuer {
            region: self.issuer,
            key: &key,
            offset: Offset::CHINA,
        };
        let mut held = HeldPaperLists::new();
        let words = self.offers.iter().map(|offer| {
            let list = PaperList::open(&read(&offer.bytes)?, &issuer);
            Some(match list {
                Ok(list) => word(held.accept(list, offer.now)),
                Err(error) => list_word(&error),
            })
        });
        let words = words.collect::<Option<Vec<_>>>()?;
        let answers = self.look_ups.iter().map(|question| {
            let pointer = read(&question.pointer)?.try_into().ok()?;
            let answer = held.paper(self.issuer, &pointer);
            Some(PaperLookUp {
                value: answer.map(|answer| answer.listed.bits()),
                ..question.clone()
            })
        });
        Some((words, answers.collect::<Option<_>>()?))
    }
}

const fn word(outcome: Result<(), PaperNotAccepted>) -> &'static str {
    match outcome {
        Ok(()) => "accepted",
        Err(PaperNotAccepted::FromTheFuture { .. }) => "from-the-future",
        Err(PaperNotAccepted::Expired(_)) => "expired",
        Err(PaperNotAccepted::RolledBack { .. }) => "rolled-back",
        Err(PaperNotAccepted::Contradiction(_)) => "contradiction",
    }
}

const fn list_word(error: &PaperListError) -> &'static str {
    match error {
        PaperListError::Cose(error) => cose_word(error),
        PaperListError::Encoding(_) | PaperListError::Salt(_) | PaperListError::Claims(_) => {
            "claims"
        }
        PaperListError::Times { .. } => "times",
        PaperListError::Entries(_) => "entries",
    }
}

const FIRST: &str = "2022-06-27T22:00:00+08:00";
const SECOND: &str = "2022-06-28T22:00:00+08:00";

fn pointer(number: u8) -> Pointer {
    Pointer::from_bytes([number; 16])
}

fn list(sequence: u32, issued_at: &str, salt: u8, sheets: &[(u8, Listed)]) -> Vec<u8> {
    let issued_at = at(issued_at);
    let times = EditionTimes {
        as_of: issued_at,
        issued_at,
        expires_at: issued_at.plus(Span::days(1)),
    };
    let sheets = sheets
        .iter()
        .map(|(number, value)| (pointer(*number), *value));
    let salt = Salt::from_random([salt; 16]);
    let list = made(PaperList::new(
        region(REGION),
        sequence,
        times,
        salt,
        sheets,
    ));
    made(list.sign(&key(1)))
}

/// Coded entries under claims that may not fit them.
fn raw(bits: u64, count: u64, entries: &[u8]) -> Vec<u8> {
    let issued_at = at(FIRST).unix();
    let mut claims = Writer::new();
    claims
        .map(3)
        .int(4)
        .int(issued_at + 3600)
        .int(6)
        .int(issued_at);
    claims
        .int(-70_102)
        .array(7)
        .uint(u64::from(REGION))
        .uint(1)
        .int(issued_at);
    claims.bytes(&[7; 16]).uint(bits).uint(count).bytes(entries);
    signed(
        &key(1),
        "application/healthcode-paper+cwt",
        claims.as_bytes(),
    )
}

fn offer(bytes: &[u8], now: &str, expect: &str) -> PaperOffer {
    PaperOffer {
        bytes: write(bytes),
        now: at(now),
        expect: expect.to_owned(),
    }
}

fn says(number: u8, value: Option<Listed>) -> PaperLookUp {
    PaperLookUp {
        pointer: write(pointer(number).as_bytes()),
        value: value.map(Listed::bits),
    }
}

/// Every vector, made anew.
pub fn all() -> Vec<PaperVector> {
    let sheets = [
        (1, Listed::High),
        (2, Listed::Medium),
        (3, Listed::Recheck),
        (4, Listed::Low),
    ];
    let first = list(1, FIRST, 7, &sheets);
    let second = list(2, SECOND, 8, &[(1, Listed::Low), (2, Listed::High)]);
    let salted = list(1, FIRST, 9, &sheets);
    let vector = |name: &str, about: &str, offers: Vec<PaperOffer>, look_ups: Vec<PaperLookUp>| {
        PaperVector {
            name: name.to_owned(),
            about: about.to_owned(),
            issuer: region(REGION),
            key: KeyForm::of(key(1).public_key()),
            offers,
            look_ups,
        }
    };
    let refused = |name: &str, about: &str, bytes: &[u8], word: &str| {
        vector(
            name,
            about,
            vec![offer(bytes, FIRST, word)],
            vec![says(1, None)],
        )
    };
    vec![
        vector(
            "listed-sheets",
            "Sheets that are high, medium, withdrawn, low, and never seen.",
            vec![offer(&first, FIRST, "accepted")],
            vec![
                says(1, Some(Listed::High)),
                says(2, Some(Listed::Medium)),
                says(3, Some(Listed::Recheck)),
                says(4, Some(Listed::Low)),
                says(5, Some(Listed::Low)),
            ],
        ),
        vector(
            "newer-list",
            "The next day's list under another salt replaces the first.",
            vec![
                offer(&first, FIRST, "accepted"),
                offer(&second, "2022-06-28T21:50:00+08:00", "accepted"),
            ],
            vec![
                says(1, Some(Listed::Low)),
                says(2, Some(Listed::High)),
                says(3, Some(Listed::Low)),
            ],
        ),
        vector(
            "rolled-back-list",
            "An older list after a newer one is refused.",
            vec![
                offer(&second, "2022-06-28T21:50:00+08:00", "accepted"),
                offer(&first, "2022-06-28T21:50:00+08:00", "rolled-back"),
            ],
            vec![says(2, Some(Listed::High))],
        ),
        vector(
            "two-lists-of-one-number",
            "Another list under the same number is refused.",
            vec![
                offer(&first, FIRST, "accepted"),
                offer(&salted, FIRST, "contradiction"),
            ],
            vec![says(1, Some(Listed::High))],
        ),
        vector(
            "list-from-tomorrow",
            "A list from beyond the device's time and ten minutes is refused.",
            vec![
                offer(&second, FIRST, "from-the-future"),
                offer(&first, FIRST, "accepted"),
            ],
            vec![says(1, Some(Listed::High))],
        ),
        vector(
            "expired-list",
            "A list says nothing from its expiry on.",
            vec![offer(&first, SECOND, "expired")],
            vec![says(1, None)],
        ),
        refused(
            "wrong-signature",
            "A changed byte in the signature.",
            &spoilt(&first),
            "signature",
        ),
        refused(
            "hashes-too-short",
            "Two sheets under hashes of 20 bits: low sheets would be found by chance too often.",
            &raw(20, 2, &[0; 8]),
            "entries",
        ),
        refused(
            "low-sheet-listed",
            "A sheet is listed as low.",
            &raw(20, 1, &[0; 3]),
            "entries",
        ),
        refused(
            "entries-cut-off",
            "The coded entries end within the first.",
            &raw(20, 1, &[0; 2]),
            "entries",
        ),
        refused(
            "trailing-byte",
            "A byte stands after the last entry.",
            &raw(20, 1, &[0, 0, 4, 0]),
            "entries",
        ),
    ]
}
