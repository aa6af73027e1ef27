//! A power failure: what no sync had made durable is put back to what stood there before.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use hc_testkit::Seeded;

/// Builds the shim that is preloaded into the process that will lose its power.
pub(crate) fn shim(folder: &Path) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/unsynced/shim.c");
    let built = folder.join("unsynced.so");
    let compiler = std::env::var_os("CC").unwrap_or_else(|| "cc".into());
    let done = Command::new(compiler)
        .args(["-shared", "-fPIC", "-O1", "-Wall", "-o"])
        .arg(&built)
        .arg(&source)
        .arg("-ldl")
        .status();
    let done = done.expect("a C compiler is needed, as for SQLite itself: apt-get install gcc");
    assert!(done.success(), "the shim does not compile");
    built
}

/// One change that no sync had made durable.
struct Undo {
    offset: u64,
    size: u64,
    before: Vec<u8>,
}

/// Takes back the latest changes of database and journal that were not synced: all of them, or as many
/// of each as chance has it. Gives how many.
pub(crate) fn fail(database: &Path, choice: &mut Seeded) -> usize {
    let mut lost = 0;
    let whole = choice.below(2) == 0;
    for end in ["", "-wal"] {
        let mut name = database.as_os_str().to_owned();
        name.push(end);
        let path = PathBuf::from(&name);
        name.push(".undo");
        let undo = PathBuf::from(name);
        let Ok(bytes) = fs::read(&undo) else {
            continue;
        };
        let changes = read(&bytes);
        let most = u32::try_from(changes.len()).unwrap();
        let some = if whole { most } else { choice.below(most + 1) };
        let file = File::options().write(true).open(&path).unwrap();
        for change in changes.iter().rev().take(some as usize) {
            file.write_all_at(&change.before, change.offset).unwrap();
            file.set_len(change.size).unwrap();
            lost += 1;
        }
        file.sync_all().unwrap();
        fs::remove_file(&undo).unwrap();
    }
    lost
}

/// Reads an undo file; a record that was cut off had not been followed by its change.
fn read(mut bytes: &[u8]) -> Vec<Undo> {
    let mut changes = Vec::new();
    while let Some((head, rest)) = bytes.split_at_checked(20) {
        let number = |from: usize| u64::from_ne_bytes(head[from..from + 8].try_into().unwrap());
        let length = u32::from_ne_bytes(head[16..20].try_into().unwrap());
        let Some((before, rest)) = rest.split_at_checked(length as usize) else {
            break;
        };
        changes.push(Undo {
            offset: number(0),
            size: number(8),
            before: before.to_vec(),
        });
        bytes = rest;
    }
    changes
}
