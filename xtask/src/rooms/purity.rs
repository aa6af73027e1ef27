//! What a pure room may not have: input, output, threads, a clock, a runtime.

/// Rooms that must run in a browser and give one answer for one input.
pub(super) const PURE: [&str; 6] = [
    "hc-code", "hc-tlog", "hc-core", "hc-gbt", "hc-pki", "hc-wasm",
];

/// Libraries that talk to the outside; no pure room may have one, also not through others.
const OUTSIDE: [&str; 14] = [
    "axum",
    "hyper",
    "libsqlite3-sys",
    "mio",
    "openssl-sys",
    "postgres",
    "rayon",
    "reqwest",
    "rusqlite",
    "socket2",
    "tokio",
    "tokio-postgres",
    "ureq",
    "sqlx",
];
/// The same in the standard library. WebAssembly has them all, as functions that always fail.
const OUTSIDE_OF_STD: [&str; 9] = [
    "std::env::",
    "std::fs",
    "std::io::std",
    "std::net",
    "std::os",
    "std::process",
    "std::thread",
    "std::time::Instant",
    "std::time::SystemTime",
];

/// Libraries in the lines of `cargo tree --prefix none` that a pure room may not have.
pub(super) fn library_faults(room: &str, tree: &str) -> Vec<String> {
    let names = tree
        .lines()
        .filter_map(|line| line.split_whitespace().next());
    let mut outside: Vec<&str> = names.filter(|name| OUTSIDE.contains(name)).collect();
    outside.sort_unstable();
    outside.dedup();
    outside
        .into_iter()
        .map(|name| format!("{room} is pure and may not have {name} below it"))
        .collect()
}

/// Lines of a source file, before its tests, that reach outside.
pub(super) fn source_faults(file: &str, text: &str) -> Vec<String> {
    let code = (1..)
        .zip(text.lines())
        .take_while(|(_, line)| line.trim() != "#[cfg(test)]");
    let code = code.filter(|(_, line)| !line.trim_start().starts_with("//"));
    let reaching = code.filter_map(|(number, line)| {
        let what = OUTSIDE_OF_STD.iter().find(|path| line.contains(**path))?;
        Some(format!("{file}:{number}: a pure room may not use {what}"))
    });
    reaching.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_runtime_below_a_pure_room_is_named_once() {
        let tree = "hc-core v0.1.0 (/x)\nserde v1.0.0\ntokio v1.0.0\ntokio v1.0.0 (*)\ntokio-util v1.0.0\n";
        assert_eq!(
            library_faults("hc-core", tree),
            ["hc-core is pure and may not have tokio below it"]
        );
    }

    #[test]
    fn a_pure_source_reaches_nowhere() {
        let text =
            "//! std::fs\nuse std::fmt;\n    std::fs::read(x);\n#[cfg(test)]\nuse std::fs;\n";
        assert_eq!(
            source_faults("a.rs", text),
            ["a.rs:3: a pure room may not use std::fs"]
        );
        assert_eq!(source_faults("a.rs", "use std::time::Instant;\n").len(), 1);
    }
}
