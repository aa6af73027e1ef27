//! Making and verifying codes beside the bare signature primitive, in the same run; and positions
//! of the status list.
//!
//! `cargo bench -p hc-code --bench codes`. Each pair is measured in turns, chunk by chunk; the best
//! chunk of each counts, since a shared host only ever makes things slower. `cargo xtask prove codes`
//! reads the lines and writes them to `docs/results/codes.md`.
//!
//! *Bare* is one call of the library on the same message with a key that was parsed before. The
//! holder's key of a carried code is in the code itself, 33 bytes that nobody can have parsed before,
//! so there are two bare sides: reading it as fast as we know and verifying with it, and verifying
//! alone.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a bench that cannot go on fails, and prints what it measures"
)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature as aws;
use hc_code::carried::show;
use hc_code::cose::{Sign1, to_be_signed};
use hc_code::day_index::{Domain, SubjectNumber};
use hc_code::day_key::{DayKey, DayKeyName};
use hc_code::issue::CarriedPlace;
use hc_code::keys::KeyUse;
use hc_code::live::Handle;
use hc_code::signing::{Algorithm, PublicKey, Signer, SigningKey};
use hc_code::text::CodeText;
use hc_code::verify::{Action, ShowingMemory};
use hc_code::{Extension, Level};
use hc_testkit::regions::{NOON, holder};
use hc_testkit::vectors::World;
use sm2::dsa::signature::{Signer as _, Verifier as _};

const CHUNK: Duration = Duration::from_millis(3);
const ROUNDS: usize = 500;

fn main() {
    println!(
        "{:<42} {:>10} {:>10} {:>7}",
        "", "bare/s", "code/s", "ratio"
    );
    for algorithm in Algorithm::ALL {
        let bench = Bench::new(algorithm);
        bench.issue();
        bench.verify_live();
        bench.verify_carried(Holder::ReadEachTime);
        bench.verify_carried(Holder::ReadBefore);
    }
    day_index();
}

/// When the bare side reads the holder's key.
#[derive(Clone, Copy)]
enum Holder {
    ReadEachTime,
    ReadBefore,
}

struct Bench {
    algorithm: Algorithm,
    world: World,
    signer: SigningKey,
    secret: [u8; 32],
    message: Vec<u8>,
    live: String,
}

impl Bench {
    fn new(algorithm: Algorithm) -> Self {
        let world = World::new(algorithm);
        let secret = hc_testkit::regions::secret(world.region.seed(), 1);
        let signer = SigningKey::from_secret(algorithm, &secret).expect("a secret");
        assert_eq!(
            signer.public_key(),
            world.region.node_key(KeyUse::Codes, 0).public_key()
        );
        let live = world.live(Level::Low, NOON);
        let message = message(&live);
        Self {
            algorithm,
            world,
            signer,
            secret,
            message,
            live,
        }
    }

    fn issue(&self) {
        let signer = SigningKey::from_secret(self.algorithm, &self.secret).expect("a secret");
        let node = self.world.region.issuer_with(signer);
        let decided = World::decided(Level::Low, NOON);
        let extension = Extension::empty();
        let handle = Handle::from_bytes([0x11; 16]);
        let issue = || {
            black_box(node.live(black_box(&decided), handle, &extension, NOON)).expect("a code");
        };
        let message = self.message.as_slice();
        match self.algorithm {
            Algorithm::Ed25519 => {
                let key = aws::Ed25519KeyPair::from_seed_unchecked(&self.secret).expect("a seed");
                let bare = || {
                    black_box(key.sign(black_box(message)));
                };
                self.report("issue live", bare, issue);
            }
            Algorithm::Es256 => {
                let public = uncompressed(self.signer.public_key());
                let key = aws::EcdsaKeyPair::from_private_key_and_public_key(
                    &aws::ECDSA_P256_SHA256_FIXED_SIGNING,
                    &self.secret,
                    &public,
                )
                .expect("a key");
                let random = SystemRandom::new();
                let bare = || {
                    black_box(key.sign(&random, black_box(message))).expect("a signature");
                };
                self.report("issue live", bare, issue);
            }
            Algorithm::Sm2 => {
                let key = sm2::dsa::SigningKey::from_slice("1234567812345678", &self.secret)
                    .expect("a key");
                let bare = || {
                    let signature: sm2::dsa::Signature = key.sign(black_box(message));
                    black_box(signature);
                };
                self.report("issue live", bare, issue);
            }
        }
    }

    fn verify_live(&self) {
        let held = self.world.gate.held().expect("a gate");
        let gate = held.gate();
        let mut memory = ShowingMemory::default();
        let verify = || {
            let verdict = gate.verify(black_box(&self.live), NOON, &mut memory);
            assert_eq!(verdict.action(), Action::Pass);
        };
        self.report("verify live", self.bare_verify(&self.message), verify);
    }

    /// A carried code takes two signatures: the issuer's and the holder's.
    fn verify_carried(&self, when: Holder) {
        let day = World::today();
        let place = CarriedPlace {
            day,
            index: 123_456,
            holder: holder(1).public_key().clone(),
        };
        let carried = self
            .world
            .region
            .issuer()
            .carried(
                &World::decided(Level::Low, NOON),
                &place,
                &Extension::empty(),
                NOON,
            )
            .expect("a code");
        let shown = show(&holder(1), &carried, NOON).expect("a showing");
        let held = self.world.gate.held().expect("a gate");
        let gate = held.gate();
        let verify = || {
            let mut memory = ShowingMemory::default();
            let verdict = gate.verify(black_box(&shown), NOON, &mut memory);
            assert_eq!(verdict.action(), Action::Pass);
        };
        let text = CodeText::parse(&shown).expect("a code");
        let showing = text.showing().expect("a showing");
        let showing = Sign1::parse(showing).expect("signed");
        let code = message(&shown);
        let showing = to_be_signed(&[0; 3], text.issued().as_bytes(), showing.payload());
        let by_issuer = self.bare_verify(&code);
        let signature = holder(1).sign(&showing).expect("a signature");
        let compressed = holder(1).public_key().clone();
        let parsed = || {
            let point = uncompressed(black_box(&compressed));
            aws::ParsedPublicKey::new(&aws::ECDSA_P256_SHA256_FIXED, point).expect("a key")
        };
        let before = parsed();
        let check = |key: &aws::ParsedPublicKey| {
            by_issuer();
            black_box(key.verify_sig(black_box(&showing), signature.as_bytes())).expect("good");
        };
        match when {
            Holder::ReadEachTime => self.report("verify carried", || check(&parsed()), verify),
            Holder::ReadBefore => {
                self.report(
                    "verify carried, holder's key known",
                    || check(&before),
                    verify,
                );
            }
        }
    }

    fn bare_verify<'a>(&self, message: &'a [u8]) -> Box<dyn Fn() + 'a> {
        let signature = self.signer.sign(message).expect("a signature");
        let public = self.signer.public_key();
        match self.algorithm {
            Algorithm::Ed25519 => {
                let key =
                    aws::ParsedPublicKey::new(&aws::ED25519, public.as_bytes()).expect("a key");
                Box::new(move || {
                    black_box(key.verify_sig(black_box(message), signature.as_bytes()))
                        .expect("good");
                })
            }
            Algorithm::Es256 => {
                let key =
                    aws::ParsedPublicKey::new(&aws::ECDSA_P256_SHA256_FIXED, uncompressed(public))
                        .expect("a key");
                Box::new(move || {
                    black_box(key.verify_sig(black_box(message), signature.as_bytes()))
                        .expect("good");
                })
            }
            Algorithm::Sm2 => {
                let key =
                    sm2::dsa::VerifyingKey::from_sec1_bytes("1234567812345678", public.as_bytes())
                        .expect("a key");
                let signature =
                    sm2::dsa::Signature::from_slice(signature.as_bytes()).expect("a signature");
                Box::new(move || {
                    black_box(key.verify(black_box(message), &signature)).expect("good");
                })
            }
        }
    }

    fn report(&self, what: &str, mut bare: impl FnMut(), mut code: impl FnMut()) {
        let mut best = [f64::INFINITY; 2];
        for _ in 0..ROUNDS {
            best = [
                best[0].min(seconds_each(&mut bare)),
                best[1].min(seconds_each(&mut code)),
            ];
        }
        println!(
            "{:<42} {:>10.0} {:>10.0} {:>7.3}",
            format!("{} {what}", self.algorithm),
            1.0 / best[0],
            1.0 / best[1],
            best[0] / best[1]
        );
    }
}

/// Positions of subjects in a list of 2^27, one by one on one core.
fn day_index() {
    let name = DayKeyName {
        region: "330000".parse().expect("a division"),
        day: "2022-06-28".parse().expect("a day"),
        epoch: 0,
    };
    let key = DayKey::from_random(name, [7; DayKey::LENGTH].into());
    let list = key.list(Domain::new(27).expect("a domain"));
    let mut number = 0;
    let mut index = || {
        number = (number + 1) % 100_000_000;
        black_box(list.index_of(black_box(SubjectNumber::new(number)))).expect("a position");
    };
    let best = (0..ROUNDS).map(|_| seconds_each(&mut index));
    let best = best.fold(f64::INFINITY, f64::min);
    println!(
        "{:<42} {:>10} {:>10.0} {:>7}",
        "day index",
        "",
        1.0 / best,
        ""
    );
}

/// What the issuer signed, as far as its length counts: the header's bytes are not those.
fn message(text: &str) -> Vec<u8> {
    let text = CodeText::parse(text).expect("a code");
    let statement = Sign1::parse(text.security()).expect("signed");
    to_be_signed(&[0; 13], &text.authenticated(), statement.payload())
}

fn uncompressed(key: &PublicKey) -> Vec<u8> {
    use p256::elliptic_curve::sec1::ToSec1Point as _;
    p256::PublicKey::from_sec1_bytes(key.as_bytes())
        .expect("a point")
        .to_sec1_point(false)
        .as_bytes()
        .to_vec()
}

#[expect(clippy::disallowed_methods, reason = "a bench measures")]
fn seconds_each(run: &mut impl FnMut()) -> f64 {
    let start = Instant::now();
    let mut times = 0_u32;
    while start.elapsed() < CHUNK {
        for _ in 0..16 {
            run();
        }
        times += 16;
    }
    start.elapsed().as_secs_f64() / f64::from(times)
}
