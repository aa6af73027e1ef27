//! The published rule packs.

use hc_core::rules::RulePack;
use hc_core::rules::check::check;

#[test]
fn every_pack_passes_check() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../policies");
    let mut bad = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ext| ext == "toml") {
            let text = std::fs::read_to_string(&path).unwrap();
            match RulePack::parse(&text).and_then(|pack| check(&pack)) {
                Ok(()) => {}
                Err(findings) => bad.push(format!("{}:\n{findings}", path.display())),
            }
        }
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}
