//! Any payload behind a good signature, opened as every kind of list: the first byte says of which.
#![no_main]

use std::sync::LazyLock;

use hc_code::signing::{Algorithm, Signer, SigningKey};
use hc_code::status_list::{Delta, ListIssuer, SignedShard};
use hc_code::trust_list::{RemovalList, TrustList};
use hc_code::{Offset, cose, keys::SignedKeyList, paper_list::PaperList};

static KEY: LazyLock<SigningKey> =
    LazyLock::new(|| SigningKey::from_secret(Algorithm::Ed25519, &[7; 32]).unwrap());

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((&first, payload)) = bytes.split_first() else {
        return;
    };
    let kind = match first & 7 {
        0 => "application/statuslist+cwt",
        1 => "application/healthcode-delta+cwt",
        2 => "application/healthcode-paper+cwt",
        3 => "application/healthcode-trust+cwt",
        4 => "application/healthcode-removals+cwt",
        _ => "application/hc-keys+cwt",
    };
    let region = if first & 8 == 0 { "330000" } else { "330100" }
        .parse()
        .unwrap();
    let (key, keys) = (KEY.public_key(), [KEY.public_key().clone()]);
    let header = cose::Header::of(key).with_type(kind);
    let signed = cose::sign(&*KEY, &header, &[], payload).unwrap();
    let issuer = ListIssuer {
        region,
        key,
        offset: Offset::CHINA,
    };
    match first & 7 {
        0 => drop(SignedShard::open(&signed, &issuer)),
        1 => drop(Delta::open(&signed, &issuer)),
        2 => drop(PaperList::open(&signed, &issuer)),
        3 => drop(TrustList::open(&signed, &keys)),
        4 => drop(RemovalList::open(&signed, &keys)),
        _ => drop(SignedKeyList::from_bytes(signed).verify(region, &keys)),
    }
});
