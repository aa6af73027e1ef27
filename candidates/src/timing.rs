//! Whether time depends on the nonce: the test of Reparaz, Balasch and Verbauwhede ("dude, is my code
//! constant time?", 2017). Two kinds of nonces in random turns, one fixed and one random; Welch's t of
//! their times, of the faster nine tenths. |t| above 4.5 says that the kinds can be told apart. The
//! same for the multiplication that verifying takes, which is not constant: a test that could not see
//! that would be worth nothing.

use std::hint::black_box;
use std::time::Instant;

use crate::multiples::CURVE;
use crate::point::Jacobian;

const TIMES: usize = 200_000;

/// Numbers that look random enough to choose inputs by (Marsaglia's xorshift).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn factor(&mut self) -> [u8; 32] {
        let mut factor = [0; 32];
        for chunk in factor.as_chunks_mut::<8>().0 {
            *chunk = self.next().to_be_bytes();
        }
        factor
    }
}

pub(crate) fn report() {
    let mut sparse = [0; 32];
    sparse[31] = 1;
    for (kind, fixed) in [
        ("one", sparse),
        ("all bits", [0xfe; 32]),
        ("half", {
            let mut half = [0; 32];
            half[..16].fill(0xa5);
            half
        }),
    ] {
        let signing = t(fixed, |factor| {
            black_box(CURVE.secret_multiple(factor).coordinate());
        });
        let verifying = t(fixed, |factor| {
            black_box(CURVE.add_multiple(factor, Jacobian::INFINITY));
        });
        println!("time\t{kind}\t{signing:.2}\t{verifying:.2}");
    }
}

fn t(fixed: [u8; 32], run: impl Fn(&[u8; 32])) -> f64 {
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..TIMES {
        let random = numbers.factor();
        let kind = usize::from(numbers.next() >> 40 & 1 == 1);
        // Both are there, and one is copied, whichever kind it is.
        let factor = black_box([fixed, random][kind]);
        let start = Instant::now();
        run(&factor);
        times[kind].push(start.elapsed().as_secs_f64() * 1e9);
    }
    let mut all: Vec<f64> = times.iter().flatten().copied().collect();
    all.sort_by(f64::total_cmp);
    let limit = all[all.len() * 9 / 10];
    let [one, other] = times.map(|times| {
        let kept: Vec<f64> = times.into_iter().filter(|time| *time < limit).collect();
        let count = kept.len() as f64;
        let mean = kept.iter().sum::<f64>() / count;
        let spread = kept.iter().map(|time| (time - mean).powi(2)).sum::<f64>() / (count - 1.0);
        (mean, spread / count)
    });
    (one.0 - other.0) / (one.1 + other.1).sqrt()
}
