//! `vectors/status-list`.

mod defects;

use hc_code::day_index::{DayIndex, Domain};
use hc_code::signing::{Signer, SigningKey};
use hc_code::status_list::{
    Accepted, Delta, DeltaError, EditionFault, EditionTimes, HeldLists, ListBook, ListIssuer,
    ListName, NotAccepted, ShardError, SignedShard,
};
use hc_code::verify::{Listed, StatusLookup};
use hc_code::{DivisionCode, HttpsUri, Offset, Timestamp};
use serde::{Deserialize, Serialize};

use super::{REGION, at, cose_word, key, made, public_key, region, spoilt};
use crate::hexadecimal::{read, write};
use crate::vectors::KeyForm;

/// One property or defect of status lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusVector {
    /// The name of its file.
    #[serde(skip)]
    pub name: String,
    /// The same in a sentence.
    pub about: String,
    /// Whose lists are expected.
    pub issuer: DivisionCode,
    /// The key that signs its lists.
    pub key: KeyForm,
    /// Where its days begin.
    pub offset: Offset,
    /// What is offered, in order.
    pub offers: Vec<Offer>,
    /// What the gate answers then.
    pub look_ups: Vec<LookUp>,
}

/// What an offer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OfferKind {
    /// A full shard.
    Shard,
    /// A delta.
    Delta,
}

/// Signed bytes, offered at a time by the device's clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Offer {
    /// What it is.
    pub kind: OfferKind,
    /// The bytes, hexadecimal.
    pub bytes: String,
    /// The device's clock.
    pub now: Timestamp,
    /// `new`, `held`, or the word of a refusal.
    pub expect: String,
}

/// One question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LookUp {
    /// The local day, counted from 1970-01-01.
    pub day: u32,
    /// The position.
    pub index: u32,
    /// 0 to 3; `null` where nothing is held.
    pub value: Option<u8>,
    /// Of when the answer is.
    pub as_of: Option<Timestamp>,
}

impl StatusVector {
    /// What comes out here: a word for each offer, an answer for each look-up. `None` where the
    /// vector itself cannot be read.
    pub fn run(&self) -> Option<(Vec<&'static str>, Vec<LookUp>)> {
        let key = public_key(&self.key)?;
        let issuer = ListIssuer {
            region: self.issuer,
            key: &key,
            offset: self.offset,
        };
        let mut held = HeldLists::new();
        let words = self.offers.iter().map(|offer| {
            let bytes = read(&offer.bytes)?;
            Some(match offer.kind {
                OfferKind::Shard => match SignedShard::open(&bytes, &issuer) {
                    Ok(shard) => word(held.accept_shard(shard, offer.now)),
                    Err(error) => shard_word(&error),
                },
                OfferKind::Delta => match Delta::open(&bytes, &issuer) {
                    Ok(delta) => word(held.accept_delta(&delta, offer.now)),
                    Err(error) => delta_word(&error),
                },
            })
        });
        let words = words.collect::<Option<Vec<_>>>()?;
        let answers = self.look_ups.iter().map(|question| {
            let answer = held.status(self.issuer, question.day, question.index);
            LookUp {
                value: answer.map(|answer| answer.listed.bits()),
                as_of: answer.map(|answer| answer.as_of),
                ..question.clone()
            }
        });
        Some((words, answers.collect()))
    }
}

const fn word(outcome: Result<Accepted, NotAccepted>) -> &'static str {
    match outcome {
        Ok(Accepted::New) => "new",
        Ok(Accepted::Held) => "held",
        Err(NotAccepted::FromTheFuture { .. }) => "from-the-future",
        Err(NotAccepted::Expired(_)) => "expired",
        Err(NotAccepted::RolledBack { .. }) => "rolled-back",
        Err(NotAccepted::Contradiction(_)) => "contradiction",
        Err(NotAccepted::Gap { .. }) => "gap",
        Err(NotAccepted::Misfit(_)) => "misfit",
    }
}

const fn shard_word(error: &ShardError) -> &'static str {
    match error {
        ShardError::Cose(error) => cose_word(error),
        ShardError::Encoding(_) => "claims",
        ShardError::Edition(fault) => edition_word(fault),
        ShardError::List(_) | ShardError::Bits(_) => "list",
        ShardError::Address(_) => "address",
        ShardError::Outside(_) => "outside",
    }
}

const fn delta_word(error: &DeltaError) -> &'static str {
    match error {
        DeltaError::Cose(error) => cose_word(error),
        DeltaError::Encoding(_) => "claims",
        DeltaError::Edition(fault) => edition_word(fault),
        DeltaError::Changes(_) => "changes",
        DeltaError::Backward { .. } => "backward",
        DeltaError::OtherDomain | DeltaError::NoChange(_) => "no-change",
    }
}

const fn edition_word(fault: &EditionFault) -> &'static str {
    match fault {
        EditionFault::OtherRegion(_) => "other-region",
        EditionFault::Edition(_) => "times",
        _ => "claims",
    }
}

/// 2022-06-28.
const DAY: u32 = 19_171;
const EVE: &str = "2022-06-27T22:00:00+08:00";
const MORNING: &str = "2022-06-28T08:00:00+08:00";
const NOON: &str = "2022-06-28T12:00:00+08:00";
const END: &str = "2022-06-29T00:00:00+08:00";

/// A region that publishes.
struct Writer {
    name: ListName,
    key: SigningKey,
    book: ListBook,
}

impl Writer {
    fn new(change: impl FnOnce(&mut ListName), exceptions: &[(u32, Listed)]) -> Self {
        let mut name = ListName {
            region: region(REGION),
            day: made("2022-06-28".parse()),
            epoch: 0,
            domain: Domain::SMALLEST,
        };
        change(&mut name);
        let exceptions = exceptions
            .iter()
            .map(|(at, value)| (DayIndex::new(*at), *value));
        Self {
            name,
            key: key(1),
            book: made(ListBook::begin(name, Offset::CHINA, exceptions)),
        }
    }

    fn publish(&mut self, issued_at: &str, changes: &[(u32, Listed)]) -> Vec<u8> {
        for (position, value) in changes {
            made(self.book.note(DayIndex::new(*position), *value));
        }
        let times = EditionTimes {
            as_of: at(issued_at),
            issued_at: at(issued_at),
            expires_at: self.name.day.end(Offset::CHINA),
        };
        made(self.book.publish(times, &self.key))
    }

    fn shard(&self) -> Vec<u8> {
        let address = address();
        let mut shards = made(self.book.sign_shards(&address, &self.key));
        made(shards.next().unwrap_or(Ok(Vec::new())))
    }
}

fn address() -> HttpsUri {
    made(HttpsUri::parse("https://330000.example/status"))
}

fn shard(bytes: &[u8], now: &str, expect: &str) -> Offer {
    Offer {
        kind: OfferKind::Shard,
        bytes: write(bytes),
        now: at(now),
        expect: expect.to_owned(),
    }
}

fn delta(bytes: &[u8], now: &str, expect: &str) -> Offer {
    Offer {
        kind: OfferKind::Delta,
        ..shard(bytes, now, expect)
    }
}

fn says(index: u32, value: Listed, as_of: &str) -> LookUp {
    LookUp {
        day: DAY,
        index,
        value: Some(value.bits()),
        as_of: Some(at(as_of)),
    }
}

fn silent(index: u32) -> LookUp {
    LookUp {
        day: DAY,
        index,
        value: None,
        as_of: None,
    }
}

fn vector(name: &str, about: &str, offers: Vec<Offer>, look_ups: Vec<LookUp>) -> StatusVector {
    StatusVector {
        name: name.to_owned(),
        about: about.to_owned(),
        issuer: region(REGION),
        key: KeyForm::of(key(1).public_key()),
        offset: Offset::CHINA,
        offers,
        look_ups,
    }
}

/// Every vector, made anew.
pub fn all() -> Vec<StatusVector> {
    let mut vectors = sequence();
    vectors.extend(midnight());
    vectors.extend(defects::all());
    vectors
}

/// Editions after one another.
fn sequence() -> Vec<StatusVector> {
    let exceptions = [(5, Listed::High), (9, Listed::Recheck)];
    let mut writer = Writer::new(|_| (), &exceptions);
    let whole = writer.publish(EVE, &[]);
    let eve = writer.shard();
    let first = writer.publish(MORNING, &[(5, Listed::Low), (6, Listed::Medium)]);
    let morning = writer.shard();
    let second = writer.publish(NOON, &[(7, Listed::High)]);
    let after = [
        says(5, Listed::Low, NOON),
        says(6, Listed::Medium, NOON),
        says(7, Listed::High, NOON),
    ];
    let mut other = Writer::new(|_| (), &[]);
    let other_whole = other.publish(EVE, &[]);
    let misfit = {
        // Made from a list in which 5 was low, so it sets 5 to what it is here.
        let changes = [(4, Listed::High), (5, Listed::High)];
        other.publish(MORNING, &changes)
    };
    let renewed = Writer::new(|name| name.epoch = 1, &[]).publish(NOON, &[(8, Listed::Medium)]);
    let wide = Writer::new(|name| name.domain = made(Domain::new(21)), &[]).publish(EVE, &[]);
    let far = Writer::new(|name| name.day = made("2099-01-02".parse()), &[])
        .publish("2099-01-01T22:00:00+08:00", &[]);
    let elsewhere = Writer::new(|name| name.region = region(440_000), &[]).publish(EVE, &[]);
    vec![
        vector(
            "full-list-then-deltas",
            "A full list and its two deltas; each again says nothing new.",
            vec![
                shard(&eve, EVE, "new"),
                delta(&first, MORNING, "new"),
                delta(&second, NOON, "new"),
                delta(&first, NOON, "held"),
                shard(&morning, NOON, "held"),
            ],
            after.to_vec(),
        ),
        vector(
            "whole-list-as-delta",
            "The whole list as a delta from all low, then a delta: as with the full list.",
            vec![
                delta(&whole, EVE, "new"),
                shard(&eve, EVE, "held"),
                delta(&first, MORNING, "new"),
                delta(&second, NOON, "new"),
            ],
            after.to_vec(),
        ),
        vector(
            "withdrawn-position",
            "A withdrawn subject's position says re-check.",
            vec![shard(&eve, EVE, "new")],
            vec![says(9, Listed::Recheck, EVE)],
        ),
        vector(
            "unassigned-index",
            "A position beyond the domain is to be re-checked; a day without a list says nothing.",
            vec![shard(&eve, EVE, "new")],
            vec![
                says(1 << 20, Listed::Recheck, EVE),
                says(u32::MAX, Listed::Recheck, EVE),
                LookUp {
                    day: DAY + 1,
                    ..silent(5)
                },
            ],
        ),
        vector(
            "rolled-back-list",
            "An older full list after a newer one is refused.",
            vec![
                shard(&morning, NOON, "new"),
                shard(&eve, NOON, "rolled-back"),
            ],
            vec![says(5, Listed::Low, MORNING)],
        ),
        vector(
            "delta-with-a-gap",
            "A delta that starts from an edition that is not held is refused; in order both apply.",
            vec![
                delta(&first, MORNING, "gap"),
                shard(&eve, MORNING, "new"),
                delta(&second, NOON, "gap"),
                delta(&first, NOON, "new"),
                delta(&second, NOON, "new"),
            ],
            after.to_vec(),
        ),
        vector(
            "delta-of-another-list",
            "A delta that sets a position to what it is was made from another list: nothing of it applies.",
            vec![shard(&eve, EVE, "new"), delta(&misfit, MORNING, "misfit")],
            vec![says(4, Listed::Low, EVE), says(5, Listed::High, EVE)],
        ),
        vector(
            "two-lists-of-one-edition",
            "Another list, or another domain, under the same number is refused.",
            vec![
                shard(&eve, EVE, "new"),
                delta(&other_whole, EVE, "contradiction"),
                delta(&wide, EVE, "contradiction"),
            ],
            vec![says(5, Listed::High, EVE)],
        ),
        vector(
            "new-epoch",
            "A new day key replaces the day's list, and the old list does not come back.",
            vec![
                shard(&morning, NOON, "new"),
                delta(&renewed, NOON, "new"),
                shard(&morning, NOON, "rolled-back"),
            ],
            vec![says(6, Listed::Low, NOON), says(8, Listed::Medium, NOON)],
        ),
        vector(
            "list-from-2099",
            "A list from beyond the device's time and ten minutes is refused; the good one after it is not.",
            vec![delta(&far, EVE, "from-the-future"), shard(&eve, EVE, "new")],
            vec![says(5, Listed::High, EVE)],
        ),
        vector(
            "ten-minutes-ahead",
            "Ten minutes ahead of the device's clock are borne, a second more is not.",
            vec![
                shard(&eve, "2022-06-27T21:49:59+08:00", "from-the-future"),
                shard(&eve, "2022-06-27T21:50:00+08:00", "new"),
            ],
            vec![says(5, Listed::High, EVE)],
        ),
        vector(
            "expired-list",
            "A list says nothing from its expiry on.",
            vec![
                shard(&eve, END, "expired"),
                shard(&eve, "2022-06-28T23:59:59+08:00", "new"),
            ],
            vec![says(5, Listed::High, EVE)],
        ),
        vector(
            "wrong-signature",
            "A changed byte in the signature.",
            vec![
                shard(&spoilt(&eve), EVE, "signature"),
                delta(&spoilt(&whole), EVE, "signature"),
            ],
            vec![silent(5)],
        ),
        vector(
            "list-of-another-region",
            "Signed by this region's key for another region.",
            vec![delta(&elsewhere, EVE, "other-region")],
            vec![silent(5)],
        ),
        vector(
            "delta-as-shard",
            "A delta offered as a shard, and the other way round.",
            vec![
                shard(&whole, EVE, "other-type"),
                delta(&eve, EVE, "other-type"),
            ],
            vec![silent(5)],
        ),
    ]
}

/// A gate that was cut off over midnight.
fn midnight() -> Vec<StatusVector> {
    let mut today = Writer::new(|_| (), &[(5, Listed::High)]);
    let evening = today.publish("2022-06-28T23:20:00+08:00", &[]);
    let mut tomorrow = Writer::new(
        |name| name.day = made("2022-06-29".parse()),
        &[(6, Listed::Medium)],
    );
    let eve = tomorrow.publish("2022-06-28T22:00:00+08:00", &[]);
    let first = tomorrow.publish("2022-06-29T00:30:00+08:00", &[(6, Listed::Low)]);
    let next_day = |mut look_up: LookUp| {
        look_up.day = DAY + 1;
        look_up
    };
    vec![vector(
        "cut-off-over-midnight",
        "A gate holds today's list and tomorrow's first edition; after midnight it goes on with tomorrow's.",
        vec![
            delta(&evening, "2022-06-28T23:20:00+08:00", "new"),
            delta(&eve, "2022-06-28T23:25:00+08:00", "new"),
            delta(&first, "2022-06-29T00:30:00+08:00", "new"),
        ],
        vec![
            says(5, Listed::High, "2022-06-28T23:20:00+08:00"),
            next_day(says(6, Listed::Low, "2022-06-29T00:30:00+08:00")),
        ],
    )]
}
