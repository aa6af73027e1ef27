//! Other people's programs read what we sign, and we what they sign.
//!
//! * pycose (`PyPI`) checks our COSE, with our external data;
//! * OpenSSL 3 (the command `openssl`, Debian package of that name) and gmssl (`PyPI`) check our SM2
//!   and sign for us.
//!
//! The Python packages go into a virtual environment under `target/independent-readers`, made on the
//! first run: that takes `python3` with `venv` and a package index. Where something of this is
//! missing, the test says so and ends; with `CI=true` it fails.

#![expect(
    clippy::format_push_string,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a test that cannot go on fails"
)]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use hc_code::Level;
use hc_code::signing::{Algorithm, PublicKey, Signature, Signer, SigningKey};
use hc_code::text::CodeText;
use hc_testkit::hexadecimal;
use hc_testkit::regions::{NOON, key, secret};
use hc_testkit::vectors::World;

/// A reader, or the reason for which there is none here.
type Available<T> = Result<T, String>;

fn or_skip<T>(available: Available<T>) -> Option<T> {
    match available {
        Ok(reader) => Some(reader),
        Err(reason) => {
            assert!(
                std::env::var("CI").as_deref() != Ok("true"),
                "an independent reader is missing: {reason}"
            );
            eprintln!("SKIPPED: {reason}");
            None
        }
    }
}

fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).to_owned()
}

/// The Python of a virtual environment with both packages.
fn python() -> Available<PathBuf> {
    static PYTHON: OnceLock<Available<PathBuf>> = OnceLock::new();
    PYTHON
        .get_or_init(|| {
            let folder = target().join("independent-readers");
            let python = folder.join("bin/python");
            let ready = folder.join("ready-2");
            if ready.exists() {
                return Ok(python);
            }
            let run = |program: &Path, arguments: &[&str]| {
                let output = Command::new(program)
                    .args(arguments)
                    .output()
                    .map_err(|error| format!("{}: {error}", program.display()))?;
                if output.status.success() {
                    Ok(())
                } else {
                    let said = String::from_utf8_lossy(&output.stderr).into_owned();
                    Err(format!("{} {arguments:?}: {said}", program.display()))
                }
            };
            let place = folder.to_string_lossy();
            // pycose 1.1 cannot read what cbor2 6 gives it.
            run(Path::new("python3"), &["-m", "venv", &place])?;
            run(
                &python,
                &[
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "pycose==1.1.0",
                    "cbor2==5.6.5",
                    "gmssl==3.2.2",
                ],
            )?;
            std::fs::write(&ready, "").map_err(|error| error.to_string())?;
            Ok(python)
        })
        .clone()
}

fn run_python(python: &Path, script: &str, arguments: &[&str], input: &str) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/readers")
        .join(script);
    let mut child = Command::new(python)
        .arg(script)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    String::from_utf8(output.stdout).unwrap()
}

/// x and y of a key, hexadecimal; for Ed25519 its bytes and nothing.
fn coordinates(key: &PublicKey) -> (String, String) {
    use p256::elliptic_curve::sec1::ToSec1Point as _;
    let point = match key.algorithm() {
        Algorithm::Ed25519 => return (hexadecimal::write(key.as_bytes()), "-".to_owned()),
        Algorithm::Es256 => p256::PublicKey::from_sec1_bytes(key.as_bytes())
            .unwrap()
            .to_sec1_point(false)
            .as_bytes()
            .to_vec(),
        Algorithm::Sm2 => sm2::PublicKey::from_sec1_bytes(key.as_bytes())
            .unwrap()
            .to_sec1_point(false)
            .as_bytes()
            .to_vec(),
    };
    (
        hexadecimal::write(&point[1..33]),
        hexadecimal::write(&point[33..]),
    )
}

#[test]
fn pycose_verifies_our_codes() {
    let Some(python) = or_skip(python()) else {
        return;
    };
    let mut input = String::new();
    let mut lines = 0;
    for algorithm in [Algorithm::Ed25519, Algorithm::Es256] {
        let world = World::new(algorithm);
        for level in Level::ALL {
            let text = world.live(level, NOON);
            let parsed = CodeText::parse(&text).unwrap();
            let external = parsed.authenticated();
            let mut other = external.clone();
            other[14] ^= 1;
            let key = world.codes_key().public_key().clone();
            let (x, y) = coordinates(&key);
            for (external, expected) in [(external, "good"), (other, "bad")] {
                input += &format!(
                    "{algorithm} {x} {y} {} {} {expected}\n",
                    hexadecimal::write(&external),
                    hexadecimal::write(parsed.security()),
                );
                lines += 1;
            }
        }
    }
    let checked = run_python(&python, "check_cose.py", &[], &input);
    assert_eq!(checked.trim(), lines.to_string());
}

const MESSAGES: [&[u8]; 4] = [b"m", b"message digest", &[0; 64], &[0xff; 300]];

#[test]
fn gmssl_verifies_our_sm2_and_we_verify_its() {
    let Some(python) = or_skip(python()) else {
        return;
    };
    let ours = key(Algorithm::Sm2, 42, 1);
    let (x, y) = coordinates(ours.public_key());
    let mut input = String::new();
    for message in MESSAGES {
        let good = ours.sign(message).unwrap();
        let mut bad = *good.as_bytes();
        bad[31] ^= 1;
        let message = hexadecimal::write(message);
        for (signature, expected) in [(good.as_bytes(), "good"), (&bad, "bad")] {
            let signature = hexadecimal::write(signature);
            input += &format!("{x}{y} {message} {signature} {expected}\n");
        }
    }
    let theirs = key(Algorithm::Sm2, 43, 1);
    let (x, y) = coordinates(theirs.public_key());
    let private = hexadecimal::write(&secret(43, 1));
    let signatures = run_python(&python, "check_sm2.py", &[&private, &(x + &y)], &input);
    let messages = MESSAGES.iter().flat_map(|message| [message; 2]);
    let mut checked = 0;
    for (message, signature) in messages.zip(signatures.lines()) {
        let bytes = hexadecimal::read(signature).unwrap();
        let signature = Signature::parse(Algorithm::Sm2, &bytes).unwrap();
        assert!(theirs.public_key().verifies(message, &signature));
        checked += 1;
    }
    assert_eq!(checked, 2 * MESSAGES.len());
}

/// DER of an integer below 2^256, and of a pair of them (GB/T 35276: what OpenSSL takes).
fn der(signature: &Signature) -> Vec<u8> {
    let integer = |bytes: &[u8]| {
        let start = bytes.iter().position(|byte| *byte != 0).unwrap();
        let mut digits = bytes[start..].to_vec();
        if digits[0] >= 0x80 {
            digits.insert(0, 0);
        }
        let mut out = vec![2, u8::try_from(digits.len()).unwrap()];
        out.extend(digits);
        out
    };
    let (r, s) = signature.as_bytes().split_at(32);
    let body = [integer(r), integer(s)].concat();
    [vec![0x30, u8::try_from(body.len()).unwrap()], body].concat()
}

fn from_der(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = &bytes[2..];
    for _ in 0..2 {
        let length = usize::from(rest[1]);
        let digits = &rest[2..2 + length];
        let digits = digits.strip_prefix(&[0]).unwrap_or(digits);
        out.extend(vec![0; 32 - digits.len()]);
        out.extend(digits);
        rest = &rest[2 + length..];
    }
    out
}

/// An SM2 secret key as OpenSSL reads it: SEC 1 `ECPrivateKey` with the curve's name.
fn sec1_der(key: &SigningKey, secret: &[u8; 32]) -> Vec<u8> {
    let (x, y) = coordinates(key.public_key());
    let point = hexadecimal::read(&format!("04{x}{y}")).unwrap();
    let curve = hexadecimal::read("06082a811ccf5501822d").unwrap();
    let mut body = vec![2, 1, 1, 4, 32];
    body.extend(secret);
    body.extend([0xa0, u8::try_from(curve.len()).unwrap()]);
    body.extend(curve);
    body.extend([0xa1, u8::try_from(point.len() + 3).unwrap(), 3]);
    body.extend([u8::try_from(point.len() + 1).unwrap(), 0]);
    body.extend(point);
    [vec![0x30, u8::try_from(body.len()).unwrap()], body].concat()
}

fn openssl(arguments: &[&str]) -> Available<Vec<u8>> {
    let output = Command::new("openssl")
        .args(arguments)
        .output()
        .map_err(|error| format!("openssl: {error}; install OpenSSL 3"))?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        Err(format!("openssl {arguments:?}: {said}"))
    }
}

#[test]
fn openssl_verifies_our_sm2_and_we_verify_its() {
    let Some(version) = or_skip(openssl(&["version"])) else {
        return;
    };
    let version = String::from_utf8_lossy(&version).into_owned();
    if or_skip(
        if version.starts_with("OpenSSL 3") || version.starts_with("OpenSSL 4") {
            Ok(())
        } else {
            Err(format!("{version} has no SM2 with SM3; install OpenSSL 3"))
        },
    )
    .is_none()
    {
        return;
    }
    let folder = target().join("openssl-sm2");
    std::fs::create_dir_all(&folder).unwrap();
    let file = |name: &str| folder.join(name).to_string_lossy().into_owned();
    let signer = key(Algorithm::Sm2, 44, 1);
    std::fs::write(file("key.der"), sec1_der(&signer, &secret(44, 1))).unwrap();
    openssl(&[
        "pkey",
        "-inform",
        "DER",
        "-in",
        &file("key.der"),
        "-out",
        &file("key.pem"),
    ])
    .unwrap();
    openssl(&[
        "pkey",
        "-in",
        &file("key.pem"),
        "-pubout",
        "-out",
        &file("pub.pem"),
    ])
    .unwrap();
    let id = "distid:1234567812345678";
    for message in MESSAGES {
        std::fs::write(file("message"), message).unwrap();
        let good = signer.sign(message).unwrap();
        let mut bad = *good.as_bytes();
        bad[31] ^= 1;
        let bad = Signature::parse(Algorithm::Sm2, &bad).unwrap();
        for (signature, expected) in [(good, true), (bad, false)] {
            std::fs::write(file("signature"), der(&signature)).unwrap();
            let result = openssl(&[
                "pkeyutl",
                "-verify",
                "-pubin",
                "-inkey",
                &file("pub.pem"),
                "-rawin",
                "-digest",
                "sm3",
                "-pkeyopt",
                id,
                "-in",
                &file("message"),
                "-sigfile",
                &file("signature"),
            ]);
            assert_eq!(result.is_ok(), expected, "{result:?}");
        }
        let made = openssl(&[
            "pkeyutl",
            "-sign",
            "-inkey",
            &file("key.pem"),
            "-rawin",
            "-digest",
            "sm3",
            "-pkeyopt",
            id,
            "-in",
            &file("message"),
        ])
        .unwrap();
        let signature = Signature::parse(Algorithm::Sm2, &from_der(&made)).unwrap();
        assert!(signer.public_key().verifies(message, &signature));
        assert!(!signer.public_key().verifies(b"another", &signature));
    }
}
