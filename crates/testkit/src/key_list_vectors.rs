//! The language-neutral vectors of `vectors/key-list`: lists that are offered to a gate in order.

use hc_code::keys::{
    Adopted, KeyBook, KeyBookError, KeyList, KeyListError, KeyUse, NodeKey, SignedKeyList,
};
use hc_code::signing::{Algorithm, PublicKey, Signer};
use hc_code::{DivisionCode, Span, Timestamp};
use serde::{Deserialize, Serialize};

use crate::hexadecimal::{read, write};
use crate::regions::{NOON, Region, key};
use crate::vectors::KeyForm;

/// One property or defect of key lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyListVector {
    /// The name of its file.
    #[serde(skip)]
    pub name: String,
    /// The same in a sentence.
    pub about: String,
    /// Whose lists are expected.
    pub issuer: DivisionCode,
    /// Its root key.
    pub root: KeyForm,
    /// What is offered, in order.
    pub offers: Vec<Offer>,
}

/// One list, offered at a time by the device's clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Offer {
    /// The signed list, hexadecimal.
    pub list: String,
    /// The device's clock.
    pub now: Timestamp,
    /// `newer`, `same`, or the word of a refusal.
    pub expect: String,
}

impl KeyListVector {
    /// What comes out here, in order; `None` where the vector itself cannot be read.
    pub fn run(&self) -> Option<Vec<&'static str>> {
        let algorithm = Algorithm::from_name(&self.root.algorithm)?;
        let roots = [PublicKey::parse(algorithm, &read(&self.root.key)?).ok()?];
        let mut book = KeyBook::new();
        self.offers
            .iter()
            .map(|offer| {
                let list = SignedKeyList::from_bytes(read(&offer.list)?);
                Some(word(&book.adopt(&list, self.issuer, &roots, offer.now)))
            })
            .collect()
    }
}

/// The word of an outcome; other implementations compare it.
const fn word(outcome: &Result<Adopted, KeyBookError>) -> &'static str {
    match outcome {
        Ok(Adopted::Newer) => "newer",
        Ok(Adopted::Same) => "same",
        Err(KeyBookError::RolledBack { .. }) => "rolled-back",
        Err(KeyBookError::TwoOfOneVersion(_)) => "two-of-one-version",
        Err(KeyBookError::FromTheFuture(_)) => "from-the-future",
        Err(KeyBookError::Expired(_)) => "expired",
        Err(KeyBookError::List(KeyListError::NotByRoot)) => "not-by-root",
        Err(KeyBookError::List(KeyListError::Cose(_))) => "signature",
        Err(KeyBookError::List(KeyListError::OtherIssuer { .. })) => "other-issuer",
        Err(KeyBookError::List(KeyListError::NodeKey(_))) => "key-dates",
        Err(KeyBookError::List(_)) => "content",
    }
}

/// Every vector, made anew.
pub fn all() -> Vec<KeyListVector> {
    let region = Region::new(330_100, Algorithm::Ed25519, 1);
    let far = Timestamp::from_unix(4_070_880_000);
    let first = signed(&region, 1, NOON, &[]);
    let second = signed(&region, 2, NOON.plus(Span::hours(1)), &[]);
    let later = NOON.plus(Span::hours(1));
    let flipped = {
        let mut bytes = first.as_bytes().to_vec();
        if let Some(last) = bytes.last_mut() {
            *last ^= 0x08;
        }
        SignedKeyList::from_bytes(bytes)
    };
    let by_other = {
        let other = Region::new(330_100, Algorithm::Ed25519, 7);
        signed(&other, 3, NOON, &[])
    };
    let of_other = signed(&Region::new(330_200, Algorithm::Ed25519, 1), 1, NOON, &[]);
    let vector = |name: &str, about: &str, offers: &[(&SignedKeyList, Timestamp, &str)]| {
        let offers = offers.iter().map(|(list, now, expect)| Offer {
            list: write(list.as_bytes()),
            now: *now,
            expect: (*expect).to_owned(),
        });
        KeyListVector {
            name: name.to_owned(),
            about: about.to_owned(),
            issuer: region.division(),
            root: KeyForm::of(region.root().public_key()),
            offers: offers.collect(),
        }
    };
    vec![
        vector(
            "newer-list",
            "A second version replaces the first; the first again is the same list.",
            &[
                (&first, NOON, "newer"),
                (&first, NOON, "same"),
                (&second, later, "newer"),
            ],
        ),
        vector(
            "rolled-back-list",
            "An older version is offered after a newer one.",
            &[(&second, later, "newer"), (&first, later, "rolled-back")],
        ),
        vector(
            "list-from-2099",
            "A list from 2099 is refused and changes nothing: the good one after it is adopted.",
            &[
                (&first, NOON, "newer"),
                (&signed(&region, 9, far, &[]), NOON, "from-the-future"),
                (&second, later, "newer"),
            ],
        ),
        vector(
            "ten-minutes-ahead",
            "A list from ten minutes ahead of the device's clock is adopted, one second more not.",
            &[
                (
                    &signed(&region, 2, NOON.plus(Span::seconds(601)), &[]),
                    NOON,
                    "from-the-future",
                ),
                (
                    &signed(&region, 2, NOON.plus(Span::seconds(600)), &[]),
                    NOON,
                    "newer",
                ),
            ],
        ),
        vector(
            "two-lists-of-one-version",
            "The root signed two different lists of version 1.",
            &[
                (&first, NOON, "newer"),
                (&signed(&region, 1, NOON, &[5]), NOON, "two-of-one-version"),
            ],
        ),
        vector(
            "expired-list",
            "A list whose time is over.",
            &[(&first, NOON.plus(Span::hours(48)), "expired")],
        ),
        vector(
            "wrong-signature",
            "One bit of the signature is flipped.",
            &[(&flipped, NOON, "signature")],
        ),
        vector(
            "wrong-root",
            "Signed by a key that is not the region's root.",
            &[(&by_other, NOON, "not-by-root")],
        ),
        vector(
            "list-of-another-region",
            "A list of another region, signed with the same root key.",
            &[(&of_other, NOON, "other-issuer")],
        ),
    ]
}

/// A list with one key, and others by number.
#[expect(clippy::expect_used, reason = "constants that go together")]
fn signed(region: &Region, version: u64, at: Timestamp, others: &[u8]) -> SignedKeyList {
    let node = |number: u8| {
        let key = key(region.algorithm(), region.seed(), number);
        let until = at.plus(Span::hours(48));
        NodeKey::new(key.public_key().clone(), KeyUse::Codes, at, until).expect("dates")
    };
    let keys = [1].iter().chain(others).map(|number| node(*number));
    KeyList::new(
        region.division(),
        version,
        at,
        at.plus(Span::hours(48)),
        keys,
    )
    .expect("a list")
    .sign(region.root())
    .expect("a signature")
}
