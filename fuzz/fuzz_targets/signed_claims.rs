//! Any claims behind a good signature, as a whole text at a gate: issuers make mistakes too. The
//! first byte says whose key and whether the holder shows, the next two when.
#![no_main]

use std::sync::LazyLock;

use hc_code::carried::show;
use hc_code::claims::{Body, Claims};
use hc_code::keys::KeyUse;
use hc_code::signing::{Algorithm, Signer, SigningKey};
use hc_code::text::{CodeText, StandardDomain, authenticated, compose};
use hc_code::verify::{Action, CLOCK_TOLERANCE, ShowingMemory};
use hc_code::{Class, Extension, Level, Timestamp, cose};
use hc_testkit::held::Held;
use hc_testkit::regions::{NOON, holder};
use hc_testkit::vectors::World;

struct Issuer {
    /// What a text says in clear whose claims are none.
    clear: StandardDomain,
    world: World,
    held: Held,
    codes: SigningKey,
    paper: SigningKey,
}

static ISSUERS: LazyLock<[Issuer; 3]> = LazyLock::new(|| {
    Algorithm::ALL.map(|algorithm| {
        let world = World::new(algorithm);
        let live = world.live(Level::Low, NOON);
        Issuer {
            clear: CodeText::parse(&live).unwrap().standard(),
            held: world.gate.held().unwrap(),
            codes: world.region.node_key(KeyUse::Codes, 0),
            paper: world.region.node_key(KeyUse::Paper, 0),
            world,
        }
    })
});

static HOLDER: LazyLock<SigningKey> = LazyLock::new(|| holder(1));

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let [first, high, low, payload @ ..] = bytes else {
        return;
    };
    let issuer = &ISSUERS[usize::from(first % 3)];
    let key = if first & 4 == 0 {
        &issuer.codes
    } else {
        &issuer.paper
    };
    let now = Timestamp::from_unix(NOON.unix() + i64::from(i16::from_be_bytes([*high, *low])));
    let claims = Claims::decode(payload);
    let division = issuer.world.region.division();
    let standard = match &claims {
        Ok(claims) => claims.standard(),
        Err(_) => issuer.clear,
    };
    let header = cose::Header::of(key.public_key());
    let external = authenticated(standard, &[]);
    let statement = cose::sign(key, &header, &external, payload).unwrap();
    let mut text = compose(standard, &Extension::empty(), &statement);
    let shown = first & 8 != 0;
    if shown {
        text = show(&*HOLDER, &text, now).unwrap();
    }
    let gate = issuer.held.gate();
    let mut memory = ShowingMemory::new(8);
    let verdict = gate.verify(&text, now, &mut memory);
    assert_eq!(verdict, gate.verify(&text, now, &mut ShowingMemory::new(8)));
    if matches!(verdict.action(), Action::Invalid | Action::Unknown) {
        return;
    }
    // Whatever else was wrong, a gate that acts on a code does so within its issuer, time and class.
    let claims = claims.unwrap();
    assert_eq!(claims.issuer(), division);
    assert!(claims.issued_at() <= verdict.now().plus(CLOCK_TOLERANCE));
    assert!(claims.expires_at().plus(CLOCK_TOLERANCE) > verdict.now());
    assert_eq!(first & 4 == 0, claims.body().class() != Class::Paper);
    assert_eq!(shown, claims.body().class() == Class::Carried);
    if let Body::Carried(carried) = claims.body() {
        assert_eq!(carried.holder(), HOLDER.public_key());
    }
    let level = verdict.genuine().unwrap().level();
    assert_ne!(level, Some(Level::Unknown));
    assert_eq!(verdict.action() == Action::Pass, level == Some(Level::Low));
    assert_eq!(
        verdict.action() == Action::Refuse,
        level == Some(Level::High)
    );
});
