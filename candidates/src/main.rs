//! Signs and verifies with every SM2 library that can be had from the registry, with our own code, and
//! with Ed25519 and ES256 as the service has them: all in one run, in turns, by the time that the
//! thread was on a processor; the best turn of each counts, since a shared machine only ever makes
//! things slower. Then whether our multiplication by
//! a nonce takes another time for another nonce.
//!
//! Prints tab-separated lines; `cargo xtask prove national` writes them to `docs/results/national.md`.

use std::hint::black_box;
use std::time::Duration;

use cpu_time::ThreadTime;
use hc_code::signing::{Algorithm, Signature, Signer as _, SigningKey};

#[path = "../../crates/code/src/signing/sm2_native/field.rs"]
#[expect(dead_code, reason = "this program needs less of it")]
mod field;
#[path = "../../crates/code/src/signing/sm2_native/multiples.rs"]
#[expect(dead_code, reason = "this program needs less of it")]
mod multiples;
#[path = "../../crates/code/src/signing/sm2_native/point.rs"]
#[expect(dead_code, reason = "this program needs less of it")]
mod point;
mod timing;

const TURNS: u32 = 40;
const TURN: Duration = Duration::from_millis(15);
/// As long as what is signed for a live code.
const MESSAGE: [u8; 160] = [0x5a; 160];
const SECRET: [u8; 32] = [7; 32];
const ID: &str = "1234567812345678";

struct Candidate {
    name: &'static str,
    sign: Box<dyn FnMut()>,
    verify: Box<dyn FnMut()>,
}

fn main() {
    let mut candidates = vec![
        own("Ed25519 (this house: AWS-LC)", Algorithm::Ed25519),
        own("ES256 (this house: AWS-LC)", Algorithm::Es256),
        own("SM2 (this house)", Algorithm::Sm2),
        rust_crypto(),
        efficient(),
        libsm(),
        gm(),
        libsmx(),
        smcrypto(),
    ];
    let mut best = vec![[f64::INFINITY; 2]; candidates.len()];
    for _ in 0..TURNS {
        for (candidate, best) in candidates.iter_mut().zip(&mut best) {
            best[0] = best[0].min(seconds_each(&mut candidate.sign));
            best[1] = best[1].min(seconds_each(&mut candidate.verify));
        }
    }
    for (candidate, best) in candidates.iter().zip(best) {
        println!(
            "rate\t{}\t{:.0}\t{:.0}",
            candidate.name,
            1.0 / best[0],
            1.0 / best[1]
        );
    }
    timing::report();
}

fn seconds_each(run: &mut dyn FnMut()) -> f64 {
    let start = ThreadTime::now();
    let mut times = 0_u32;
    while start.elapsed() < TURN {
        for _ in 0..16 {
            run();
        }
        times += 16;
    }
    start.elapsed().as_secs_f64() / f64::from(times)
}

fn own(name: &'static str, algorithm: Algorithm) -> Candidate {
    let key = SigningKey::from_secret(algorithm, &SECRET).expect("a key");
    let public = key.public_key().clone();
    let signature = key.sign(&MESSAGE).expect("a signature");
    Candidate {
        name,
        sign: Box::new(move || drop(black_box(key.sign(black_box(&MESSAGE))))),
        verify: Box::new(move || assert!(public.verifies(black_box(&MESSAGE), &signature))),
    }
}

/// 04, x, y.
fn public() -> [u8; 65] {
    use sm2::elliptic_curve::sec1::ToSec1Point as _;
    let key = sm2::SecretKey::from_slice(&SECRET).expect("a key");
    let point = key.public_key().to_sec1_point(false);
    point.as_bytes().try_into().expect("65 bytes")
}

/// What a candidate signs must verify here; otherwise it is no SM2 that can be compared.
fn checked(name: &str, signature: &[u8]) {
    let key = SigningKey::from_secret(Algorithm::Sm2, &SECRET).expect("a key");
    let signature = Signature::parse(Algorithm::Sm2, signature).expect("64 bytes in range");
    assert!(
        key.public_key().verifies(&MESSAGE, &signature),
        "{name} signs something else"
    );
}

fn rust_crypto() -> Candidate {
    use sm2::dsa::signature::{Signer as _, Verifier as _};
    let key = sm2::dsa::SigningKey::from_slice(ID, &SECRET).expect("a key");
    let public = key.verifying_key().clone();
    let signature: sm2::dsa::Signature = key.sign(&MESSAGE);
    checked("sm2", &signature.to_bytes());
    Candidate {
        name: "SM2 sm2 0.14 (RustCrypto)",
        sign: Box::new(move || {
            let signature: sm2::dsa::Signature = key.sign(black_box(&MESSAGE));
            black_box(signature);
        }),
        verify: Box::new(move || {
            public
                .verify(black_box(&MESSAGE), &signature)
                .expect("good")
        }),
    }
}

fn efficient() -> Candidate {
    let key = efficient_sm2::KeyPair::new(&SECRET).expect("a key");
    let public = key.public_key();
    let signature = key.sign(&MESSAGE).expect("a signature");
    checked("efficient-sm2", &[signature.r(), signature.s()].concat());
    Candidate {
        name: "SM2 efficient-sm2 0.2",
        sign: Box::new(move || drop(black_box(key.sign(black_box(&MESSAGE))))),
        verify: Box::new(move || {
            signature
                .verify(&public, black_box(&MESSAGE))
                .expect("good")
        }),
    }
}

fn libsm() -> Candidate {
    use libsm::sm2::signature::SigCtx;
    let context = SigCtx::new();
    let secret = context.load_seckey(&SECRET).expect("a key");
    let public = context.pk_from_sk(&secret).expect("a key");
    let signature = context
        .sign(&MESSAGE, &secret, &public)
        .expect("a signature");
    let bytes = |number: &num_bigint::BigUint| {
        let bytes = number.to_bytes_be();
        [vec![0; 32 - bytes.len()], bytes].concat()
    };
    checked(
        "libsm",
        &[bytes(signature.get_r()), bytes(signature.get_s())].concat(),
    );
    let other = SigCtx::new();
    Candidate {
        name: "SM2 libsm 0.6",
        sign: Box::new(move || {
            drop(black_box(context.sign(
                black_box(&MESSAGE),
                &secret,
                &public,
            )));
        }),
        verify: Box::new(move || {
            let good = other.verify(black_box(&MESSAGE), &public, &signature);
            assert!(good.expect("an answer"));
        }),
    }
}

fn gm() -> Candidate {
    let key = gm_sm2::key::Sm2PrivateKey::new(&SECRET).expect("a key");
    let public = gm_sm2::key::Sm2PublicKey::new(&public()).expect("a key");
    let signature = key.sign(None, &MESSAGE).expect("a signature");
    checked("gm-sm2", &signature);
    Candidate {
        name: "SM2 gm-sm2 0.13",
        sign: Box::new(move || drop(black_box(key.sign(None, black_box(&MESSAGE))))),
        verify: Box::new(move || {
            public
                .verify(None, black_box(&MESSAGE), &signature)
                .expect("good");
        }),
    }
}

fn libsmx() -> Candidate {
    use libsmx::sm2::{PrivateKey, get_e, get_z, sign_with_k, verify};
    // Its nonce is given, so that no random source is measured.
    let key = PrivateKey::from_bytes(&SECRET).expect("a key");
    let nonce = crypto_bigint::U256::from_be_slice(&[0x3c; 32]);
    let z = get_z(ID.as_bytes(), &public());
    let signature = sign_with_k(&get_e(&z, &MESSAGE), &key, &nonce).expect("a signature");
    checked("libsmx", &signature);
    Candidate {
        name: "SM2 libsmx 0.3 (nonce given)",
        sign: Box::new(move || {
            let digest = get_e(&z, black_box(&MESSAGE));
            drop(black_box(sign_with_k(&digest, &key, &nonce)));
        }),
        verify: Box::new(move || {
            let digest = get_e(&z, black_box(&MESSAGE));
            verify(&digest, &public(), &signature).expect("good");
        }),
    }
}

fn smcrypto() -> Candidate {
    let hex = |bytes: &[u8]| {
        bytes
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    let secret: &'static str = hex(&SECRET).leak();
    let public: &'static str = hex(&public()[1..]).leak();
    let signer = smcrypto::sm2::Sign::new(secret);
    let verifier = smcrypto::sm2::Verify::new(public);
    let signature = signer.sign(&MESSAGE);
    assert!(verifier.verify(&MESSAGE, &signature));
    Candidate {
        name: "SM2 smcrypto 0.3",
        sign: Box::new(move || drop(black_box(signer.sign(black_box(&MESSAGE))))),
        verify: Box::new(move || assert!(verifier.verify(black_box(&MESSAGE), &signature))),
    }
}
