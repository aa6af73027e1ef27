//! The machine that a proof ran on.

use std::fs;

/// Cores, kind of processor and memory; what cannot be found out is said to be unknown.
pub(crate) fn describe() -> String {
    let cores = std::thread::available_parallelism().map_or_else(
        |_| "an unknown number of".to_owned(),
        |cores| cores.to_string(),
    );
    let processor = field("/proc/cpuinfo", "model name");
    let processor = processor.unwrap_or_else(|| "unknown processor".to_owned());
    let memory = field("/proc/meminfo", "MemTotal").and_then(|text| gibibytes(&text));
    let memory = memory.unwrap_or_else(|| "unknown memory".to_owned());
    format!("{cores} cores, {processor}, {memory}")
}

/// The first value of a `name : value` line.
fn field(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let value = text.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        (key.trim() == name).then(|| value.trim().to_owned())
    });
    value.filter(|value| !value.is_empty())
}

/// `24683396 kB` in GiB.
fn gibibytes(text: &str) -> Option<String> {
    let kilobytes: u64 = text.strip_suffix(" kB")?.trim().parse().ok()?;
    Some(format!("{} GiB", (kilobytes + (1 << 19)) >> 20))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_rounded_to_gibibytes() {
        assert_eq!(gibibytes("24683396 kB").as_deref(), Some("24 GiB"));
        assert_eq!(gibibytes("24683396"), None);
    }

    #[test]
    fn a_missing_file_has_no_field() {
        assert_eq!(field("/nowhere/at/all", "model name"), None);
    }
}
