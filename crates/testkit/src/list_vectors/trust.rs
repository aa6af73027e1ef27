//! `vectors/trust-list`.

use hc_code::signing::{KeyId, PublicKey, Signer};
use hc_code::trust_list::{
    Endpoint, EndpointKind, HeldTrust, IssuerEntry, Removal, RemovalList, RemovalListError, Role,
    Roles, RootKey, TrustDraft, TrustEncodingError, TrustList, TrustListError, TrustNotAccepted,
    Validity,
};
use hc_code::verify::{IssuerAnswer, TrustLookup};
use hc_code::{DivisionCode, HttpsUri, Offset, Span, Timestamp};
use serde::{Deserialize, Serialize};

use super::{REGION, at, cose_word, key, made, public_key, region, spoilt};
use crate::hexadecimal::{read, write};
use crate::vectors::KeyForm;

/// One property or defect of trust lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrustVector {
    /// The name of its file.
    #[serde(skip)]
    pub name: String,
    /// The same in a sentence.
    pub about: String,
    /// The hub's first key, which came with the verifier.
    pub hub_key: KeyForm,
    /// What is offered, in order. The first that is accepted begins.
    pub offers: Vec<TrustOffer>,
    /// What the gate answers then.
    pub questions: Vec<Question>,
}

/// What an offer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrustOfferKind {
    /// A trust list.
    Trust,
    /// A removal list.
    Removals,
}

/// A signed list, offered at a time by the device's clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrustOffer {
    /// What it is.
    pub kind: TrustOfferKind,
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
pub struct Question {
    /// Of which issuer.
    pub issuer: DivisionCode,
    /// When.
    pub now: Timestamp,
    /// `known`, `removed` or `unknown`.
    pub expect: String,
    /// Ids of its roots for codes, hexadecimal.
    pub roots: Vec<String>,
}

impl TrustVector {
    /// What comes out here. `None` where the vector itself cannot be read.
    pub fn run(&self) -> Option<(Vec<&'static str>, Vec<Question>)> {
        let first = public_key(&self.hub_key)?;
        let mut held: Option<HeldTrust> = None;
        let mut words = Vec::new();
        for offer in &self.offers {
            let bytes = read(&offer.bytes)?;
            words.push(match offer.kind {
                TrustOfferKind::Trust => offer_trust(&mut held, &first, &bytes, offer.now),
                TrustOfferKind::Removals => offer_removals(held.as_mut(), &bytes, offer.now),
            });
        }
        let answers = self.questions.iter().map(|question| {
            let Some(held) = &held else {
                return Question {
                    expect: "unknown".to_owned(),
                    roots: Vec::new(),
                    ..question.clone()
                };
            };
            let trust = held.at(question.now);
            let roots = trust.roots(question.issuer, Role::Codes);
            Question {
                expect: match trust.issuer(question.issuer) {
                    IssuerAnswer::Known(_) => "known",
                    IssuerAnswer::Removed => "removed",
                    IssuerAnswer::Unknown => "unknown",
                }
                .to_owned(),
                roots: roots
                    .iter()
                    .map(|root| write(root.id().as_bytes()))
                    .collect(),
                ..question.clone()
            }
        });
        Some((words, answers.collect()))
    }
}

fn offer_trust(
    held: &mut Option<HeldTrust>,
    first: &PublicKey,
    bytes: &[u8],
    now: Timestamp,
) -> &'static str {
    let keys = match held {
        Some(held) => held.list().hub_keys(),
        None => core::slice::from_ref(first),
    };
    let list = match TrustList::open(bytes, keys) {
        Ok(list) => list,
        Err(TrustListError::Encoding(error)) => return encoding_word(&error),
        Err(TrustListError::Times { .. }) => return "times",
        Err(_) => return "content",
    };
    match held {
        Some(held) => word(held.accept(list, now)),
        None => match HeldTrust::begin(list, None, now) {
            Ok(begun) => {
                *held = Some(begun);
                "accepted"
            }
            Err(error) => word(Err(error)),
        },
    }
}

fn offer_removals(held: Option<&mut HeldTrust>, bytes: &[u8], now: Timestamp) -> &'static str {
    let Some(held) = held else {
        return "not-signer";
    };
    match RemovalList::open(bytes, held.list().removal_keys()) {
        Ok(removals) => word(held.remove(&removals, now)),
        Err(RemovalListError::Encoding(error)) => encoding_word(&error),
        Err(_) => "content",
    }
}

const fn encoding_word(error: &TrustEncodingError) -> &'static str {
    match error {
        TrustEncodingError::Signer => "not-signer",
        TrustEncodingError::Cose(error) => cose_word(error),
        _ => "claims",
    }
}

const fn word(outcome: Result<(), TrustNotAccepted>) -> &'static str {
    match outcome {
        Ok(()) => "accepted",
        Err(TrustNotAccepted::FromTheFuture { .. }) => "from-the-future",
        Err(TrustNotAccepted::Expired(_)) => "expired",
        Err(TrustNotAccepted::RolledBack { .. }) => "rolled-back",
        Err(TrustNotAccepted::Contradiction(_)) => "contradiction",
        Err(TrustNotAccepted::MayNotRemove(_) | TrustNotAccepted::Unsigned) => "not-signer",
    }
}

const HUB: u8 = 21;
const REMOVER: u8 = 22;
const NEXT_HUB: u8 = 23;
const ROOT: u8 = 24;
const OTHER_ROOT: u8 = 25;
const OTHER_REGION: u32 = 440_000;
const JUNE: &str = "2022-06-01T00:00:00+08:00";
const NOW: &str = "2022-06-28T12:00:00+08:00";

fn public(byte: u8) -> PublicKey {
    key(byte).public_key().clone()
}

fn entry(number: u32, root: u8) -> IssuerEntry {
    let year = made(Validity::new(
        at("2022-01-01T00:00:00+08:00"),
        at("2023-01-01T00:00:00+08:00"),
    ));
    let roles = made(Roles::new(Role::ALL));
    let address = made(HttpsUri::parse(&format!("https://{number}.example")));
    let endpoints = EndpointKind::ALL.map(|kind| Endpoint {
        kind,
        address: address.clone(),
    });
    made(IssuerEntry::new(
        region(number),
        Offset::CHINA,
        Span::hours(4),
        year,
        vec![RootKey::new(public(root), roles, year)],
        endpoints.to_vec(),
    ))
}

/// A list of that version, signed by a key, with changes.
fn list(version: u32, signer: u8, change: impl FnOnce(&mut TrustDraft)) -> Vec<u8> {
    let issued_at = at(JUNE).plus(Span::seconds(version * 3600));
    let mut draft = TrustDraft {
        version,
        issued_at,
        expires_at: issued_at.plus(Span::days(90)),
        removals_settled_until: issued_at,
        hub_keys: vec![public(HUB)],
        removal_keys: vec![public(REMOVER)],
        issuers: vec![entry(REGION, ROOT), entry(OTHER_REGION, OTHER_ROOT)],
    };
    change(&mut draft);
    made(made(TrustList::new(draft)).sign(&key(signer)))
}

fn removals(signer: u8, removals: &[(u32, Option<KeyId>)]) -> Vec<u8> {
    let removals = removals.iter().map(|(number, key)| Removal {
        region: region(*number),
        key: *key,
        removed_at: at(NOW),
    });
    made(made(RemovalList::new(at(NOW), removals.collect())).sign(&key(signer)))
}

fn trust(bytes: &[u8], now: &str, expect: &str) -> TrustOffer {
    TrustOffer {
        kind: TrustOfferKind::Trust,
        bytes: write(bytes),
        now: at(now),
        expect: expect.to_owned(),
    }
}

fn removal(bytes: &[u8], expect: &str) -> TrustOffer {
    TrustOffer {
        kind: TrustOfferKind::Removals,
        ..trust(bytes, NOW, expect)
    }
}

fn asks(issuer: u32, now: &str, expect: &str, roots: &[u8]) -> Question {
    Question {
        issuer: region(issuer),
        now: at(now),
        expect: expect.to_owned(),
        roots: roots
            .iter()
            .map(|root| write(public(*root).id().as_bytes()))
            .collect(),
    }
}

/// Every vector, made anew.
pub fn all() -> Vec<TrustVector> {
    let first = list(1, HUB, |_| ());
    let second = list(2, HUB, |draft| draft.issuers.truncate(1));
    let other = list(2, HUB, |_| ());
    let root = Some(public(ROOT).id());
    let handing_over = list(2, HUB, |draft| draft.hub_keys.push(public(NEXT_HUB)));
    let by_next = list(3, NEXT_HUB, |draft| draft.hub_keys = vec![public(NEXT_HUB)]);
    let settled = list(3, HUB, |draft| {
        draft.issued_at = at(NOW);
        draft.expires_at = at(NOW).plus(Span::days(90));
        draft.removals_settled_until = at(NOW);
    });
    let vector =
        |name: &str, about: &str, offers: Vec<TrustOffer>, questions: Vec<Question>| TrustVector {
            name: name.to_owned(),
            about: about.to_owned(),
            hub_key: KeyForm::of(&public(HUB)),
            offers,
            questions,
        };
    let known = || asks(REGION, NOW, "known", &[ROOT]);
    let nobody = || asks(REGION, NOW, "unknown", &[]);
    vec![
        vector(
            "newer-list",
            "The second version no longer has the second issuer.",
            vec![
                trust(&first, NOW, "accepted"),
                trust(&second, NOW, "accepted"),
                trust(&second, NOW, "accepted"),
            ],
            vec![known(), asks(OTHER_REGION, NOW, "unknown", &[])],
        ),
        vector(
            "rolled-back-list",
            "An older version after a newer one is refused.",
            vec![
                trust(&second, NOW, "accepted"),
                trust(&first, NOW, "rolled-back"),
            ],
            vec![known(), asks(OTHER_REGION, NOW, "unknown", &[])],
        ),
        vector(
            "two-lists-of-one-version",
            "Another list of the same version is refused.",
            vec![
                trust(&second, NOW, "accepted"),
                trust(&other, NOW, "contradiction"),
            ],
            vec![asks(OTHER_REGION, NOW, "unknown", &[])],
        ),
        vector(
            "list-from-beyond-now",
            "A list from beyond the device's time and ten minutes is refused.",
            vec![
                trust(&first, "2022-06-01T00:49:59+08:00", "from-the-future"),
                trust(&first, "2022-06-01T00:50:00+08:00", "accepted"),
            ],
            vec![known()],
        ),
        vector(
            "expired-list",
            "A list is over from its expiry on.",
            vec![trust(&first, "2022-08-30T01:00:00+08:00", "expired")],
            vec![nobody()],
        ),
        vector(
            "wrong-signature",
            "A changed byte in the signature.",
            vec![trust(&spoilt(&first), NOW, "signature")],
            vec![nobody()],
        ),
        vector(
            "signed-by-the-removal-key",
            "The online key, which may only remove, signs a trust list.",
            vec![trust(&list(1, REMOVER, |_| ()), NOW, "not-signer")],
            vec![nobody()],
        ),
        vector(
            "removed-root",
            "A removed root counts no more; the issuer stays known.",
            vec![
                trust(&first, NOW, "accepted"),
                removal(&removals(REMOVER, &[(REGION, root)]), "accepted"),
            ],
            vec![
                asks(REGION, NOW, "known", &[]),
                asks(OTHER_REGION, NOW, "known", &[OTHER_ROOT]),
            ],
        ),
        vector(
            "removed-issuer",
            "A removed issuer is removed with all its keys.",
            vec![
                trust(&first, NOW, "accepted"),
                removal(&removals(REMOVER, &[(REGION, None)]), "accepted"),
            ],
            vec![asks(REGION, NOW, "removed", &[])],
        ),
        vector(
            "removals-add-up",
            "A later removal list without the first removal gives nothing back, nor does a trust list that has not considered it.",
            vec![
                trust(&first, NOW, "accepted"),
                removal(&removals(REMOVER, &[(REGION, root)]), "accepted"),
                removal(&removals(REMOVER, &[]), "accepted"),
                trust(&other, NOW, "accepted"),
            ],
            vec![asks(REGION, NOW, "known", &[])],
        ),
        vector(
            "settled-removal",
            "A trust list that has considered a removal and still has the root gives it back.",
            vec![
                trust(&first, NOW, "accepted"),
                removal(&removals(REMOVER, &[(REGION, root)]), "accepted"),
                trust(&settled, NOW, "accepted"),
            ],
            vec![known()],
        ),
        vector(
            "removal-by-a-root",
            "A region's root tries to remove another region.",
            vec![
                trust(&first, NOW, "accepted"),
                removal(&removals(ROOT, &[(OTHER_REGION, None)]), "not-signer"),
            ],
            vec![asks(OTHER_REGION, NOW, "known", &[OTHER_ROOT])],
        ),
        vector(
            "hub-changes-its-key",
            "Version 2 names the next key, version 3 is signed by it; the old key signs no more.",
            vec![
                trust(&first, NOW, "accepted"),
                trust(&by_next, NOW, "not-signer"),
                trust(&handing_over, NOW, "accepted"),
                trust(&by_next, NOW, "accepted"),
                trust(&list(4, HUB, |_| ()), NOW, "not-signer"),
            ],
            vec![known()],
        ),
        vector(
            "issuer-out-of-its-time",
            "An issuer whose validity is over is as if removed.",
            vec![trust(&first, NOW, "accepted")],
            vec![
                known(),
                asks(REGION, "2023-01-01T00:00:00+08:00", "removed", &[]),
                asks(350_000, NOW, "unknown", &[]),
            ],
        ),
    ]
}
