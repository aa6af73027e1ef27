//! The measurements as a table for `docs/results`.

use std::fmt::Write;

use super::Measured;

/// A Markdown table, one column for each outbreak, and a line for each limit with how it was met.
///
/// # Errors
/// Never; writing into a text cannot fail.
pub fn table(measured: &[Measured]) -> Result<String, std::fmt::Error> {
    type Cell = fn(&Measured) -> String;
    let rows: [(&str, Cell); 14] = [
        ("people", |m| m.population.to_string()),
        ("domain", |m| format!("2^{}", m.domain_bits)),
        ("not low", |m| m.not_low.to_string()),
        ("signed shards, KiB", |m| kib(m.shard_bytes)),
        ("signed Golomb–Rice whole, KiB", |m| kib(m.whole_bytes)),
        ("bits per exception, shards", |m| bits(m.shard_bytes, m.not_low)),
        ("build: positions, s", |m| format!("{:.2}", m.index_seconds)),
        ("build: edition, s", |m| format!("{:.2}", m.publish_seconds)),
        ("build: compress and sign shards, s", |m| format!("{:.2}", m.sign_seconds)),
        ("build in all, s", |m| format!("{:.2}", m.build_seconds())),
        ("gate: check and take all shards, s", |m| format!("{:.2}", m.accept_seconds)),
        ("gate: look-ups a second, million", |m| {
            format!("{:.1}", m.look_ups_per_second / 1e6)
        }),
        ("delta of 10,000 changes, bytes (make, take ms)", |m| {
            let (make, take) = m.delta_seconds;
            format!("{} ({:.1}, {:.1})", m.delta.1, make * 1e3, take * 1e3)
        }),
        ("subjects or positions answered wrongly", |m| m.wrong.to_string()),
    ];
    let mut text = String::from("| |");
    for m in measured {
        let share = f64::from(m.outbreak.not_low_per_million) / 10_000.0;
        write!(text, " {share} % not low |")?;
    }
    text.push_str("\n|---|");
    text.push_str(&"---:|".repeat(measured.len()));
    text.push('\n');
    for (name, cell) in rows {
        write!(text, "| {name} |")?;
        for m in measured {
            write!(text, " {} |", cell(m))?;
        }
        text.push('\n');
    }
    text.push_str("| a gate's day: list, and deltas every 5 min from 8 to 24, KiB |");
    for m in measured {
        let list = m.shard_bytes.min(m.whole_bytes);
        let traffic = m.traffic;
        write!(
            text,
            " {} + {} ({} changes in {} deltas) |",
            kib(list),
            kib(traffic.bytes),
            traffic.changes,
            traffic.deltas
        )?;
    }
    text.push('\n');
    Ok(text)
}

#[expect(clippy::cast_precision_loss, reason = "a size for people to read")]
fn kib(bytes: usize) -> String {
    format!("{:.1}", bytes as f64 / 1024.0)
}

#[expect(clippy::cast_precision_loss, reason = "a size for people to read")]
fn bits(bytes: usize, count: usize) -> String {
    format!("{:.2}", bytes as f64 * 8.0 / count.max(1) as f64)
}
