//! Any payload behind a good signature, opened as a parcel; and any bytes as they come.
#![no_main]

use std::sync::LazyLock;

use hc_code::Timestamp;
use hc_code::cose::{self, Header};
use hc_code::parcel::{SealingSecret, Sender, open};
use hc_code::signing::{Algorithm, Signer, SigningKey};

static KEY: LazyLock<SigningKey> =
    LazyLock::new(|| SigningKey::from_secret(Algorithm::Ed25519, &[7; 32]).unwrap());
static SECRET: LazyLock<SealingSecret> =
    LazyLock::new(|| SealingSecret::generate(&mut hc_testkit::regions::random(7)));
const NOON: Timestamp = Timestamp::from_unix(1_656_388_800);

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let region = "510000".parse().unwrap();
    let sender = |_, _| {
        Some(Sender {
            key: KEY.public_key().clone(),
            from: Timestamp::from_unix(0),
            until: Timestamp::MAX,
        })
    };
    assert!(open(bytes, region, &[&*SECRET], sender, NOON).is_err());
    let header = Header::of(KEY.public_key()).with_type("application/hc-parcel");
    let signed = cose::sign(&*KEY, &header, &[], bytes).unwrap();
    // Nothing was ever sealed to the key, so nothing opens.
    assert!(open(&signed, region, &[&*SECRET], sender, NOON).is_err());
});
