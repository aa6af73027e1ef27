//! The most that the service answers, beside what its parts make in the same run.
//!
//! A showing is HTTP and a signature, one after the other; a verdict is HTTP and a verification. What
//! both parts alone make on this machine gives the limit of the whole: 1 / (1/a + 1/b). The parts are
//! taken in turn several times, and the median of each counts, because machines are noisy.

use std::time::Duration;

use anyhow::{Result, ensure};
use hc_code::signing::{Algorithm, Signer, SigningKey};
use serde::Serialize;
use tokio::time::Instant;

use crate::args::{Limit, Scenario, Target};
use crate::people::People;
use crate::report;
use crate::run::{requests, run};

/// How often each part is measured.
const ROUNDS: usize = 3;
/// As long as what is signed for a live code.
const MESSAGE: [u8; 150] = [0x5a; 150];

/// What was measured, per second; medians.
#[derive(Debug, Serialize)]
pub(crate) struct Limits {
    pub(crate) bare_http: f64,
    pub(crate) bare_signing: f64,
    pub(crate) bare_verifying: f64,
    pub(crate) show: f64,
    pub(crate) show_limit: f64,
    pub(crate) show_of_limit: f64,
    pub(crate) verify: f64,
    pub(crate) verify_limit: f64,
    pub(crate) verify_of_limit: f64,
    /// With TLS and a connection for each: bare handshakes, and showings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fresh: Option<Fresh>,
}

/// One connection for each showing.
#[derive(Debug, Serialize)]
pub(crate) struct Fresh {
    pub(crate) handshakes: f64,
    pub(crate) show: f64,
    pub(crate) show_of_handshakes: f64,
}

pub(crate) async fn measure(limit: &Limit, json: bool) -> Result<()> {
    let mut people = People::enrol(&limit.target).await?;
    let length = Duration::from_secs(limit.seconds.into());
    let fresh = if limit.target.tls {
        Some(fresh(limit, &mut people, length).await?)
    } else {
        None
    };
    let mut found: [Vec<f64>; 5] = Default::default();
    let [bare, signing, verifying, show, verify] = &mut found;
    for _ in 0..ROUNDS {
        for (scenario, to) in [
            (Scenario::Bare, &mut *bare),
            (Scenario::Show, &mut *show),
            (Scenario::Verify, &mut *verify),
        ] {
            let requests = requests(&mut people, scenario, &limit.target, 1_000).await?;
            let (tally, took) = run(&limit.target, requests, None, length).await?;
            to.push(rate(tally.good, took));
        }
        let (signed, verified) = bare_signatures(Algorithm::Ed25519, length)?;
        signing.push(signed);
        verifying.push(verified);
    }
    let [bare_http, bare_signing, bare_verifying, show, verify] = found.map(median);
    let (show_limit, verify_limit) = (
        series(bare_http, bare_signing),
        series(bare_http, bare_verifying),
    );
    report::limits(
        &Limits {
            bare_http,
            bare_signing,
            bare_verifying,
            show,
            show_limit,
            show_of_limit: show / show_limit,
            verify,
            verify_limit,
            verify_of_limit: verify / verify_limit,
            fresh,
        },
        json,
    )
}

/// Handshakes alone, and showings with a handshake each, in turn.
async fn fresh(limit: &Limit, people: &mut People, length: Duration) -> Result<Fresh> {
    let target = Target {
        fresh: true,
        ..limit.target.clone()
    };
    let mut found: [Vec<f64>; 2] = Default::default();
    for _ in 0..ROUNDS {
        for (scenario, to) in [Scenario::Handshake, Scenario::Show].iter().zip(&mut found) {
            let requests = requests(people, *scenario, &target, 1_000).await?;
            let (tally, took) = run(&target, requests, None, length).await?;
            to.push(rate(tally.good, took));
        }
    }
    let [handshakes, show] = found.map(median);
    Ok(Fresh {
        handshakes,
        show,
        show_of_handshakes: show / handshakes,
    })
}

/// Bare signatures and verifications of an algorithm a second, on this thread.
pub(crate) fn bare_signatures(algorithm: Algorithm, length: Duration) -> Result<(f64, f64)> {
    let key = SigningKey::from_secret(algorithm, &[7; 32])?;
    let signature = key.sign(&MESSAGE)?;
    let mut count = 0;
    let begun = Instant::now();
    while begun.elapsed() < length / 2 {
        for _ in 0..64 {
            std::hint::black_box(key.sign(std::hint::black_box(&MESSAGE))?);
        }
        count += 64;
    }
    let signed = rate(count, begun.elapsed());
    let mut count = 0;
    let begun = Instant::now();
    while begun.elapsed() < length / 2 {
        for _ in 0..64 {
            let message = std::hint::black_box(&MESSAGE);
            ensure!(
                key.public_key().verifies(message, &signature),
                "a good signature is refused"
            );
        }
        count += 64;
    }
    Ok((signed, rate(count, begun.elapsed())))
}

fn series(one: f64, other: f64) -> f64 {
    1.0 / (1.0 / one + 1.0 / other)
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
fn rate(count: u64, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64()
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates.get(rates.len() / 2).copied().unwrap_or(0.0)
}
