//! Independent readers read our pictures: zbar (Debian package `zbar-tools`) and zxing-cpp (Python
//! package, installed into a folder under `target`).
//!
//! Where a reader cannot be had the test says what it needs; where `CI` is `true` it fails.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "all of this file is tests and what they share"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

use hc_code::Level;
use hc_qr::{Look, QrCode, Scale, png};

/// Texts of the lengths that codes have, in the letters of Base45.
fn texts() -> Vec<String> {
    let letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
    let mut state = 7_u32;
    [40, 180, 300, 460, 600]
        .into_iter()
        .map(|length| {
            let letter = |_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                letters.as_bytes()[(state >> 16) as usize % letters.len()] as char
            };
            let middle: String = (0..length - 4).map(letter).collect();
            // Readers may trim spaces at the ends.
            format!("HC{middle}./")
        })
        .collect()
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// All pictures of one reader's test: path and text.
fn pictures(reader: &str) -> Vec<(PathBuf, String)> {
    let folder = folder(reader);
    let mut pictures = Vec::new();
    for (place, text) in texts().into_iter().enumerate() {
        let code = QrCode::of(&text).unwrap();
        let levels = Level::ALL.into_iter().map(Look::of);
        for look in levels.chain([Look::paper()]) {
            for pixels in [3, 6] {
                let bytes = png(&code, look, Scale::new(pixels).unwrap()).unwrap();
                let path = folder.join(format!("{place}-{}-{pixels}.png", look.word()));
                std::fs::write(&path, bytes).unwrap();
                pictures.push((path, text.clone()));
            }
        }
    }
    pictures
}

fn missing(what: &str) {
    assert!(
        std::env::var_os("CI").is_none_or(|ci| ci != "true"),
        "needs {what}"
    );
    eprintln!("SKIPPED: needs {what}");
}

#[test]
fn zbar_reads_every_level_and_size() {
    if Command::new("zbarimg").arg("--version").output().is_err() {
        missing("zbarimg: apt-get install zbar-tools");
        return;
    }
    for (path, text) in pictures("zbar") {
        let output = Command::new("zbarimg")
            .args([
                "--quiet",
                "--raw",
                "--set",
                "*.enable=0",
                "--set",
                "qrcode.enable=1",
            ])
            .arg(&path)
            .output()
            .unwrap();
        let found = String::from_utf8(output.stdout).unwrap();
        assert_eq!(found.trim_end_matches('\n'), text, "{}", path.display());
    }
}

const SCRIPT: &str = "
import sys, zxingcpp
from PIL import Image
for path in sys.stdin.read().split('\\n'):
    if path:
        found = zxingcpp.read_barcodes(Image.open(path).convert('RGB'))
        print(found[0].text if len(found) == 1 else f'{len(found)} codes')
";

#[test]
fn zxing_cpp_reads_every_level_and_size() {
    let home = folder("zxing-cpp-home");
    let python = home.join("bin/python");
    let works = |python: &Path| {
        let output = Command::new(python)
            .args(["-c", "import zxingcpp, PIL"])
            .output();
        output.is_ok_and(|output| output.status.success())
    };
    if !works(&python) {
        let made = Command::new("python3")
            .args(["-m", "venv"])
            .arg(&home)
            .output();
        let installed = made.is_ok_and(|made| made.status.success())
            && Command::new(&python)
                .args(["-m", "pip", "install", "--quiet", "zxing-cpp", "pillow"])
                .output()
                .is_ok_and(|output| output.status.success());
        if !installed || !works(&python) {
            missing("zxing-cpp: python3 with venv, and pip install zxing-cpp pillow");
            return;
        }
    }
    let pictures = pictures("zxing");
    let list: Vec<_> = pictures
        .iter()
        .map(|(path, _)| path.display().to_string())
        .collect();
    let list_path = folder("zxing").join("list.txt");
    std::fs::write(&list_path, list.join("\n")).unwrap();
    let output = Command::new(&python)
        .args(["-c", SCRIPT])
        .stdin(std::fs::File::open(&list_path).unwrap())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let found = String::from_utf8(output.stdout).unwrap();
    let found: Vec<_> = found.lines().collect();
    assert_eq!(found.len(), pictures.len());
    for ((path, text), found) in pictures.iter().zip(found) {
        assert_eq!(found, text, "{}", path.display());
    }
}
