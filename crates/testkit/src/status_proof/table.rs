//! The measurements as the rows of a table, and the limits that they must keep.

use super::Measured;

/// Largest size of the signed shards at one in a thousand not low.
const MOST_SHARD_BYTES: usize = 270 * 1024;
/// Longest time from subject numbers to a whole signed list, on one core.
const MOST_BUILD_SECONDS: f64 = 5.0;
/// Fewest look-ups a second.
const LEAST_LOOK_UPS: f64 = 10e6;
/// Largest size of ten thousand changes.
const MOST_DELTA_BYTES: usize = 24_000;

/// The head of the table: one column for each outbreak.
pub fn head(measured: &[Measured]) -> Vec<String> {
    let share = |m: &Measured| {
        let share = f64::from(m.outbreak.not_low_per_million) / 10_000.0;
        format!("{share} % not low")
    };
    std::iter::once(String::new())
        .chain(measured.iter().map(share))
        .collect()
}

/// The rows of the table, each beginning with what was measured.
pub fn rows(measured: &[Measured]) -> Vec<Vec<String>> {
    type Cell = fn(&Measured) -> String;
    let cells: [(&str, Cell); 17] = [
        ("people", |m| m.population.to_string()),
        ("positions", |m| format!("2^{}", m.domain_bits)),
        ("not low", |m| m.not_low.to_string()),
        ("signed shards", |m| kib(m.shard_bytes)),
        ("the same as one signed Golomb–Rice whole", |m| {
            kib(m.whole_bytes)
        }),
        ("bits for each who is not low, shards and whole", |m| {
            format!(
                "{}, {}",
                bits(m.shard_bytes, m.not_low),
                bits(m.whole_bytes, m.not_low)
            )
        }),
        ("building: positions", |m| seconds(m.index_seconds)),
        ("building: edition and signed whole", |m| {
            seconds(m.publish_seconds)
        }),
        ("building: compressing and signing shards", |m| {
            seconds(m.sign_seconds)
        }),
        ("building in all, one core", |m| seconds(m.build_seconds())),
        ("gate: checking and taking all shards", |m| {
            seconds(m.accept_seconds)
        }),
        ("gate: look-ups a second", |m| {
            format!("{:.1} million", m.look_ups_per_second / 1e6)
        }),
        ("signed delta", |m| {
            format!("{} changes: {} bytes", m.delta.0, m.delta.1)
        }),
        ("making it, taking it", |m| {
            let (make, take) = m.delta_seconds;
            format!("{:.1} ms, {:.1} ms", make * 1e3, take * 1e3)
        }),
        ("a gate's day: the list, the smaller way", |m| {
            kib(m.shard_bytes.min(m.whole_bytes))
        }),
        ("a gate's day: deltas every 5 minutes from 8 to 24 h", |m| {
            let day = m.traffic;
            format!(
                "{} for {} changes in {} deltas",
                kib(day.bytes),
                day.changes,
                day.deltas
            )
        }),
        ("subjects and positions answered wrongly", |m| {
            m.wrong.to_string()
        }),
    ];
    let row = |(name, cell): (&str, Cell)| {
        std::iter::once(name.to_owned())
            .chain(measured.iter().map(cell))
            .collect()
    };
    cells.into_iter().map(row).collect()
}

/// Every limit that was not kept.
pub fn shortfalls(measured: &[Measured]) -> Vec<String> {
    let mut shortfalls = Vec::new();
    for m in measured {
        let per_million = m.outbreak.not_low_per_million;
        let mut limit = |kept: bool, what: String| {
            if !kept {
                shortfalls.push(format!("{per_million} of a million not low: {what}"));
            }
        };
        limit(m.wrong == 0, format!("{} wrong answers", m.wrong));
        let small = per_million > 1000 || m.shard_bytes <= MOST_SHARD_BYTES;
        limit(small, format!("shards of {}", kib(m.shard_bytes)));
        let build = m.build_seconds();
        limit(
            build <= MOST_BUILD_SECONDS,
            format!("built in {}", seconds(build)),
        );
        let rate = m.look_ups_per_second;
        limit(
            rate >= LEAST_LOOK_UPS,
            format!("{rate:.0} look-ups a second"),
        );
        let (changes, bytes) = m.delta;
        limit(
            bytes <= MOST_DELTA_BYTES && changes >= 10_000,
            format!("{changes} changes in {bytes} bytes"),
        );
    }
    shortfalls
}

fn seconds(seconds: f64) -> String {
    format!("{seconds:.2} s")
}

#[expect(clippy::cast_precision_loss, reason = "a size for people to read")]
fn kib(bytes: usize) -> String {
    format!("{:.1} KiB", bytes as f64 / 1024.0)
}

#[expect(clippy::cast_precision_loss, reason = "a size for people to read")]
fn bits(bytes: usize, count: usize) -> String {
    format!("{:.1}", bytes as f64 * 8.0 / count.max(1) as f64)
}
