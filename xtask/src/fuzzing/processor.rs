//! Processor time.

use std::fs;

/// The parts of a second in which Linux counts, on every machine that Rust runs on.
const TICKS: u64 = 100;

/// Seconds of processor time that all ended children of this process have used together; nothing
/// where the system does not tell.
pub(super) fn seconds_of_children() -> Option<u64> {
    of_children(&fs::read_to_string("/proc/self/stat").ok()?)
}

/// From a line as in `proc_pid_stat(5)`: the 16th and 17th field. The second may contain spaces, and
/// ends with the last closing bracket.
fn of_children(stat: &str) -> Option<u64> {
    let (_, rest) = stat.rsplit_once(')')?;
    let mut ticks = rest.split_whitespace().skip(13).map(str::parse::<u64>);
    let (user, system) = (ticks.next()?.ok()?, ticks.next()?.ok()?);
    Some((user + system) / TICKS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_and_system_time_of_children_add_up() {
        let stat =
            "8416 (a (b) c) S 8414 8412 15563 0 -1 4194304 1 2 3 4 15 16 30654 1136 30 10 1 0";
        assert_eq!(of_children(stat), Some(317));
        assert_eq!(of_children("8416 (x) S 1 2"), None);
    }
}
