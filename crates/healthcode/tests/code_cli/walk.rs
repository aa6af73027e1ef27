//! The lines of `docs/codes.md`, run as they stand.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::desk::text;

#[test]
fn the_walk_from_keys_to_a_verdict_goes_as_it_is_written() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(here.join("../../docs/codes.md")).unwrap();
    let blocks = page.split("```sh\n").skip(1);
    let lines: Vec<&str> = blocks
        .map(|block| block.split("```").next().unwrap())
        .collect();
    assert!(lines.len() >= 5, "{} blocks", lines.len());
    let folder = tempfile::tempdir().unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_healthcode"));
    let path = std::env::var("PATH").unwrap();
    let path = format!("{}:{path}", program.parent().unwrap().display());
    let done = Command::new("sh")
        .args(["-euc", &lines.concat()])
        .current_dir(folder.path())
        .env("PATH", path)
        .output()
        .unwrap();
    let (out, error) = (text(&done.stdout), text(&done.stderr));
    assert!(done.status.success(), "{out}\n{error}");
    assert!(out.contains("pass · ● low (00) · a genuine code"), "{out}");
    // The next trust list has the next version, and another root.
    assert!(out.contains("trust list v2"), "{out}");
}
