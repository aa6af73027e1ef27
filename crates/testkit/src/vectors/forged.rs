//! Texts that somebody made up, changed or encoded otherwise.

use hc_code::cbor::Writer;
use hc_code::cose::{self, Header, Sign1};
use hc_code::keys::KeyUse;
use hc_code::signing::{Algorithm, Signer};
use hc_code::text::{CodeText, authenticated, compose};
use hc_code::{Extension, Level};

use super::world::World;
use super::{Case, Vector};
use crate::regions::{Impostor, NOON, Region, key};

pub(super) fn vectors() -> Vec<Vector> {
    let mut vectors = signatures();
    vectors.extend(keys());
    vectors.extend(encodings());
    vectors.extend(texts());
    vectors
}

/// The same text with its signed statement changed.
#[expect(clippy::expect_used, reason = "the text was made by the issuer")]
fn resealed(text: &str, change: impl FnOnce(&mut Vec<u8>)) -> String {
    let parsed = CodeText::parse(text).expect("a code");
    let mut security = parsed.security().to_vec();
    change(&mut security);
    let extension = Extension::new(parsed.extension()).expect("an extension");
    compose(parsed.standard(), &extension, &security)
}

/// A text over the same standard domain whose changed claims are properly signed.
#[expect(clippy::expect_used, reason = "the text was made by the issuer")]
fn resigned(world: &World, text: &str, change: impl FnOnce(&mut Vec<u8>)) -> String {
    let parsed = CodeText::parse(text).expect("a code");
    let mut claims = Sign1::parse(parsed.security())
        .expect("a signed statement")
        .payload()
        .to_vec();
    change(&mut claims);
    let node = world.codes_key();
    let security = cose::sign(
        &node,
        &Header::of(node.public_key()),
        &authenticated(parsed.standard(), parsed.extension()),
        &claims,
    )
    .expect("a signature");
    compose(parsed.standard(), &Extension::empty(), &security)
}

/// Overwrites the last bytes.
fn overwrite_end(bytes: &mut Vec<u8>, end: &[u8]) {
    bytes.truncate(bytes.len() - end.len());
    bytes.extend_from_slice(end);
}

/// Sum or difference of 32-byte numbers, big-endian, modulo 2^256.
pub(crate) fn combine(a: &[u8], b: &[u8], negative: bool) -> Vec<u8> {
    let mut carry = i16::from(negative);
    let mut digits: Vec<u8> = a
        .iter()
        .zip(b)
        .rev()
        .map(|(a, b)| {
            let b = if negative { !*b } else { *b };
            let sum = i16::from(*a) + i16::from(b) + carry;
            carry = sum >> 8;
            u8::try_from(sum & 0xff).unwrap_or_default()
        })
        .collect();
    digits.reverse();
    digits
}

pub(crate) const P256_ORDER: &str =
    "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
pub(crate) const ED25519_ORDER: &str =
    "1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed";

fn signatures() -> Vec<Vector> {
    let ed = World::new(Algorithm::Ed25519);
    let es = World::new(Algorithm::Es256);
    let sm = World::new(Algorithm::Sm2);
    let mut vectors = Vec::new();
    for world in [&ed, &es, &sm] {
        let algorithm = world.region.algorithm();
        let text = resealed(&world.live(Level::Low, NOON), |bytes| {
            // The lowest bit of the first half: the form stays good for every algorithm.
            let at = bytes.len() - 33;
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1;
            }
        });
        vectors.push(
            Case::new(
                &format!("wrong-signature-{}", algorithm.name().to_lowercase()),
                &format!("One bit of the {algorithm} signature is flipped."),
                world,
                text,
            )
            .invalid("forged"),
        );
    }
    let order = crate::hexadecimal::read(P256_ORDER).unwrap_or_default();
    vectors.push(
        Case::new(
            "high-s",
            "ES256: s is replaced by n - s, which bare ECDSA also accepts.",
            &es,
            resealed(&es.live(Level::Low, NOON), |bytes| {
                let s = bytes.get(bytes.len() - 32..).unwrap_or_default().to_vec();
                overwrite_end(bytes, &combine(&order, &s, true));
            }),
        )
        .invalid("signature-form"),
    );
    let order = crate::hexadecimal::read(ED25519_ORDER).unwrap_or_default();
    vectors.push(
        Case::new(
            "non-canonical-s",
            "Ed25519: S is replaced by S + L, which some verifiers reduce and accept.",
            &ed,
            resealed(&ed.live(Level::Low, NOON), |bytes| {
                let mut s = bytes.get(bytes.len() - 32..).unwrap_or_default().to_vec();
                s.reverse();
                let mut sum = combine(&s, &order, false);
                sum.reverse();
                overwrite_end(bytes, &sum);
            }),
        )
        .invalid("signature-form"),
    );
    vectors.push(
        Case::new(
            "small-order-r",
            "Ed25519: R is the neutral element and S is zero.",
            &ed,
            resealed(&ed.live(Level::Low, NOON), |bytes| {
                let mut signature = [0; 64];
                if let Some(first) = signature.first_mut() {
                    *first = 1;
                }
                overwrite_end(bytes, &signature);
            }),
        )
        .invalid("signature-form"),
    );
    for (world, name) in [(&es, "zero-signature-es256"), (&sm, "zero-signature-sm2")] {
        vectors.push(
            Case::new(
                name,
                "r and s are zero, which verifiers without range checks have accepted.",
                world,
                resealed(&world.live(Level::Low, NOON), |bytes| {
                    overwrite_end(bytes, &[0; 64]);
                }),
            )
            .invalid("signature-form"),
        );
    }
    vectors
}

fn keys() -> Vec<Vector> {
    let world = World::new(Algorithm::Ed25519);
    let named = world.codes_key().public_key().clone();
    let by = |signer: Impostor| live_by(&world.region, signer);
    let wrong_key = by(Impostor {
        named: named.clone(),
        signing: key(Algorithm::Ed25519, 99, 1),
    });
    let other = Region::new(330_200, Algorithm::Ed25519, 4);
    let other_key = other.node_key(KeyUse::Codes, 0);
    let mut both = World::new(Algorithm::Ed25519);
    both.gate.trust.issuers.push(World::listed(&other));
    let of_other_region = live_by(&world.region, other_key);
    let swapped = live_by(&world.region, key(Algorithm::Es256, 99, 1));
    let swapped = resealed(&swapped, |bytes| {
        // d2 84 4d a2 01 26 04 48: the key id is at 8.
        for (to, from) in bytes.iter_mut().skip(8).zip(named.id().as_bytes()) {
            *to = *from;
        }
    });
    let mut removed = World::new(Algorithm::Ed25519);
    let keys = removed.region.listed_keys();
    let keys = keys.into_iter().map(|key| {
        if key.key_use() == KeyUse::Codes {
            key.removed()
        } else {
            key
        }
    });
    let list = removed.region.key_list(2, keys.collect());
    removed.issuer_mut().key_list = Some(crate::hexadecimal::write(list.as_bytes()));
    let mut removed_by_hub = World::new(Algorithm::Ed25519);
    removed_by_hub.issuer_mut().removed_keys = vec![named.id().to_string()];
    let mut root_removed = World::new(Algorithm::Ed25519);
    let root = root_removed.region.root().public_key().id();
    root_removed.issuer_mut().removed_keys = vec![root.to_string()];
    let text = world.live(Level::Low, NOON);
    vec![
        Case::new(
            "root-removed-by-the-hub",
            "The hub's removal key has removed the root that signed the key list.",
            &root_removed,
            text.clone(),
        )
        .invalid("root-removed"),
        Case::new(
            "wrong-key",
            "Signed by another key under the id of a listed one.",
            &world,
            wrong_key,
        )
        .invalid("forged"),
        Case::new(
            "key-of-another-region",
            "Signed by a good key of a neighbouring region, in this region's name.",
            &both,
            of_other_region,
        )
        .invalid("key-not-listed"),
        Case::new(
            "algorithm-swap",
            "The header says ES256 under the id of an Ed25519 key.",
            &world,
            swapped,
        )
        .invalid("algorithm-differs"),
        Case::new(
            "removed-key",
            "The region's key list has the key as removed.",
            &removed,
            text.clone(),
        )
        .invalid("key-removed"),
        Case::new(
            "key-removed-by-the-hub",
            "The hub's removal key has removed the key.",
            &removed_by_hub,
            text,
        )
        .invalid("key-removed"),
        Case::new(
            "paper-key-signs-a-live-code",
            "A key that is listed for paper signs a live code.",
            &world,
            live_by(&world.region, world.region.node_key(KeyUse::Paper, 0)),
        )
        .invalid("key-use"),
        Case::new(
            "list-key-signs-a-live-code",
            "A key that is listed for lists signs a live code.",
            &world,
            live_by(&world.region, world.region.node_key(KeyUse::Lists, 0)),
        )
        .invalid("key-use"),
    ]
}

#[expect(clippy::expect_used, reason = "constants that go together")]
fn live_by<S: Signer>(region: &Region, signer: S) -> String {
    region
        .issuer_with(signer)
        .live(
            &World::decided(Level::Low, NOON),
            hc_code::live::Handle::from_bytes([0x11; 16]),
            &Extension::empty(),
            NOON,
        )
        .expect("a live code")
}

fn encodings() -> Vec<Vector> {
    let world = World::new(Algorithm::Ed25519);
    let text = world.live(Level::Low, NOON);
    let claims = |name: &str, about: &str, change: &dyn Fn(&mut Vec<u8>)| {
        Case::new(
            name,
            about,
            &world,
            resigned(&world, &text, |bytes| change(bytes)),
        )
        .invalid("claims")
    };
    let form = |name: &str, about: &str, change: &dyn Fn(&mut Vec<u8>)| {
        Case::new(name, about, &world, resealed(&text, |bytes| change(bytes))).invalid("form")
    };
    vec![
        claims(
            "duplicate-key",
            "The claims name the issuer twice; properly signed.",
            &|bytes| {
                let issuer = bytes.get(1..9).unwrap_or_default().to_vec();
                bytes.splice(0..1, [0xa5].into_iter().chain(issuer));
            },
        ),
        claims(
            "non-canonical-integer",
            "The expiry is written in nine bytes instead of five; properly signed.",
            &|bytes| {
                bytes.splice(10..11, [0x1b, 0, 0, 0, 0]);
            },
        ),
        claims(
            "indefinite-length",
            "The claims are a map of indefinite length; properly signed.",
            &|bytes| {
                bytes.splice(0..1, [0xbf]);
                bytes.push(0xff);
            },
        ),
        claims(
            "keys-out-of-order",
            "The issuer comes after the expiry; properly signed.",
            &|bytes| {
                let issuer = bytes.get(1..9).unwrap_or_default().to_vec();
                bytes.splice(1..15, bytes.get(9..15).unwrap_or_default().to_vec());
                bytes.splice(7..7, issuer);
            },
        ),
        claims(
            "unknown-claim",
            "A claim more than a code has; properly signed.",
            &|bytes| {
                let mut claim = Writer::new();
                claim.int(7).bytes(&[1]);
                bytes.splice(0..1, [0xa5]);
                // After issued-at (6), before ours.
                bytes.splice(21..21, claim.into_bytes());
            },
        ),
        claims(
            "trailing-bytes-in-claims",
            "A byte after the claims; properly signed.",
            &|bytes| bytes.push(0),
        ),
        form(
            "trailing-bytes-in-statement",
            "A byte after the signed statement.",
            &|bytes| bytes.push(0),
        ),
        form(
            "untagged-statement",
            "The statement without its CBOR tag.",
            &|bytes| {
                bytes.remove(0);
            },
        ),
        form(
            "unprotected-header",
            "An unprotected header, which the signature does not cover.",
            &|bytes| {
                // After tag, array and the protected header of 14 bytes.
                if bytes.get(16) == Some(&0xa0) {
                    bytes.splice(16..17, [0xa1, 0x04, 0x41, 0x00]);
                }
            },
        ),
        form(
            "long-length-of-header",
            "The length of the protected header is written in two bytes instead of one.",
            &|bytes| {
                bytes.splice(2..3, [0x58, 0x0d]);
            },
        ),
        Case::new(
            "unknown-algorithm",
            "The header names ES384.",
            &world,
            resealed(&text, |bytes| {
                bytes.splice(5..6, [0x38, 0x22]);
                bytes.splice(2..3, [0x4e]);
            }),
        )
        .invalid("unknown-algorithm"),
    ]
}

fn texts() -> Vec<Vector> {
    let world = World::new(Algorithm::Ed25519);
    let text = world.live(Level::High, NOON);
    let with = |from: &str, to: &str| text.replacen(from, to, 1);
    let extended = world.live_with_extension(b"A");
    let case = |name: &str, about: &str, text: String| Case::new(name, about, &world, text);
    vec![
        case(
            "clear-level-differs",
            "The clear part says low where high was signed.",
            with(":L10:", ":L00:"),
        )
        .invalid("clear-part-differs"),
        case(
            "clear-issuer-differs",
            "The clear part names another issuer than was signed.",
            with(":330100:", ":330200:"),
        )
        .invalid("clear-part-differs"),
        case(
            "clear-class-differs",
            "The clear part calls a live code carried.",
            with(":L10:", ":C10:"),
        )
        .invalid("clear-part-differs"),
        case(
            "extension-differs",
            "One letter of the signed extension is changed.",
            extended.replacen(
                &hc_code::base45::encode(b"A"),
                &hc_code::base45::encode(b"B"),
                1,
            ),
        )
        .invalid("forged"),
        case(
            "extension-added",
            "An extension is put into a code that was signed without one.",
            text.replacen(":000", ":001KB", 1)
                .replacen("KB", &hc_code::base45::encode(b"A"), 1),
        )
        .invalid("forged"),
        case(
            "trailing-characters",
            "Three characters after the end.",
            format!("{text}000"),
        )
        .invalid("text"),
        case("cut-off", "The last character is missing.", {
            let mut text = text.clone();
            text.pop();
            text
        })
        .invalid("text"),
        case(
            "lower-case",
            "The text in lower case, which is another text.",
            text.to_lowercase(),
        )
        .invalid("text"),
        case(
            "other-version",
            "A version that is not read here.",
            with("HC1P", "HC2P"),
        )
        .invalid("text"),
        case("empty", "Nothing.", String::new()).invalid("text"),
    ]
}
