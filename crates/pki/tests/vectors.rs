//! The vectors of `vectors/signed-data` and `vectors/certificate`: made from fixed seeds here, and
//! compared with the files. `HEALTHCODE_WRITE=1` writes them anew.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use hc_code::Timestamp;
use hc_code::signing::{Algorithm, Signer as _, SigningKey};
use hc_pki::{Anchors, Certificate, NewCertificate, Purpose, Serial, SignedData};
use serde_json::{Value, json};

const CONTENT: &[u8] = b"one row of evidence\n";
const FROM: i64 = 1_656_000_000;
const UNTIL: i64 = 1_756_000_000;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../vectors")
        .join(name)
}

fn key(fill: u8) -> SigningKey {
    SigningKey::deterministic(Algorithm::Sm2, &[fill; 32]).unwrap()
}

fn new(name: &str, fill: u8, purpose: Purpose) -> NewCertificate {
    NewCertificate {
        subject: name.parse().unwrap(),
        key: key(fill).public_key().clone(),
        purpose,
        from: Timestamp::from_unix(FROM),
        until: Timestamp::from_unix(UNTIL),
        serial: Serial::from_bytes(&[0x51, fill]).unwrap(),
    }
}

fn hexadecimal(bytes: &[u8]) -> Value {
    use std::fmt::Write as _;
    let mut text = String::new();
    for byte in bytes {
        write!(text, "{byte:02x}").unwrap();
    }
    text.into()
}

fn bytes(value: &Value) -> Vec<u8> {
    let text = value.as_str().unwrap();
    let digit = |at: usize| u8::from_str_radix(text.get(at..at + 2).unwrap(), 16).unwrap();
    (0..text.len()).step_by(2).map(digit).collect()
}

fn flipped(der: &[u8], part: &[u8]) -> Vec<u8> {
    let at = der.windows(part.len()).position(|window| window == part);
    let mut der = der.to_vec();
    *der.get_mut(at.unwrap()).unwrap() ^= 1;
    der
}

/// A case: what it is about, the certificates that are believed, those that came along, the bytes, the
/// content beside them, the time.
struct Case<'a> {
    about: &'static str,
    anchor: &'a Certificate,
    along: Vec<&'a Certificate>,
    der: Vec<u8>,
    beside: Option<&'a [u8]>,
    at: i64,
}

impl Case<'_> {
    fn json(&self, expect: &str) -> Value {
        let along: Vec<_> = self
            .along
            .iter()
            .map(|along| hexadecimal(along.as_der()))
            .collect();
        json!({
            "about": self.about,
            "anchor": hexadecimal(self.anchor.as_der()),
            "along": along,
            "der": hexadecimal(&self.der),
            "content": self.beside.map(hexadecimal),
            "at": Timestamp::from_unix(self.at).to_string(),
            "expect": expect,
        })
    }
}

/// What we say of a vector: `good`, or why not.
fn certificate_verdict(case: &Value) -> String {
    let certificate = |value| Certificate::from_der(&bytes(value));
    let along = case["along"].as_array().unwrap().iter();
    let along: Vec<_> = along.map(|along| certificate(along).unwrap()).collect();
    let anchors = Anchors::new(vec![certificate(&case["anchor"]).unwrap()]).unwrap();
    let at = case["at"].as_str().unwrap().parse().unwrap();
    match certificate(&case["der"]) {
        Err(error) => error.to_string(),
        Ok(leaf) => match anchors.verify(&leaf, &along, at) {
            Ok(_) => "good".to_owned(),
            Err(error) => error.to_string(),
        },
    }
}

fn signed_verdict(case: &Value) -> String {
    let anchor = Certificate::from_der(&bytes(&case["anchor"])).unwrap();
    let anchors = Anchors::new(vec![anchor]).unwrap();
    let beside = Some(&case["content"]).filter(|beside| !beside.is_null());
    let beside = beside.map(bytes);
    let at = case["at"].as_str().unwrap().parse().unwrap();
    let read = SignedData::from_der(&bytes(&case["der"]));
    match read.and_then(|read| read.open(beside.as_deref(), &anchors, at)) {
        Ok(opened) => {
            assert_eq!(opened.content, CONTENT);
            "good".to_owned()
        }
        Err(error) => error.to_string(),
    }
}

fn compare(name: &str, cases: &BTreeMap<&str, Case<'_>>, verdict: fn(&Value) -> String) {
    let folder = folder(name);
    for (name, case) in cases {
        let expect = verdict(&case.json(""));
        let text = serde_json::to_string_pretty(&case.json(&expect)).unwrap() + "\n";
        let path = folder.join(format!("{name}.json"));
        if std::env::var_os("HEALTHCODE_WRITE").is_some() {
            fs::create_dir_all(&folder).unwrap();
            fs::write(&path, &text).unwrap();
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), text, "{name}");
        assert_eq!(
            expect == "good",
            name.starts_with("good"),
            "{name}: {expect}"
        );
    }
    let files = fs::read_dir(&folder).unwrap().count();
    assert_eq!(files, cases.len(), "{} holds other files", folder.display());
}

fn tree() -> [Certificate; 3] {
    let root = new("CN=root,C=CN", 1, Purpose::Authority { below: Some(1) });
    let root = root.self_signed(&key(1)).unwrap();
    let middle = new("CN=laboratories", 2, Purpose::Authority { below: Some(0) });
    let middle = middle.issued(&root, &key(1)).unwrap();
    let leaf = new("CN=检验科,O=杭州", 3, Purpose::Signing);
    let leaf = leaf.issued(&middle, &key(2)).unwrap();
    [root, middle, leaf]
}

#[test]
fn certificates_are_judged_as_the_vectors_say() {
    let [root, middle, leaf] = tree();
    let noon = i64::midpoint(FROM, UNTIL);
    let case = |about, der: &[u8], along: Vec<_>, at| Case {
        about,
        anchor: &root,
        along,
        der: der.to_vec(),
        beside: None,
        at,
    };
    let der = leaf.as_der();
    let mut trailing = der.to_vec();
    trailing.push(0);
    let with = || vec![&middle];
    let cases = [
        (
            "good",
            case("A signer, an authority, an anchor.", der, with(), noon),
        ),
        (
            "good-first-second",
            case("The first second of validity.", der, with(), FROM),
        ),
        (
            "good-last-second",
            case("The last second of validity.", der, with(), UNTIL),
        ),
        ("too-early", case("A second before.", der, with(), FROM - 1)),
        ("too-late", case("A second after.", der, with(), UNTIL + 1)),
        (
            "no-way",
            case("The authority did not come along.", der, vec![], noon),
        ),
        (
            "authority",
            case(
                "An authority signs certificates, nothing else.",
                middle.as_der(),
                vec![],
                noon,
            ),
        ),
        (
            "trailing-byte",
            case("A byte behind the DER.", &trailing, with(), noon),
        ),
        (
            "other-name",
            case(
                "A changed name.",
                &flipped(der, "杭州".as_bytes().get(2..).unwrap()),
                with(),
                noon,
            ),
        ),
        (
            "other-serial",
            case(
                "A changed serial number.",
                &flipped(der, &[0x51, 3]),
                with(),
                noon,
            ),
        ),
    ];
    compare("certificate", &BTreeMap::from(cases), certificate_verdict);
}

#[test]
fn signed_data_is_judged_as_the_vectors_say() {
    let [root, middle, leaf] = tree();
    let noon = i64::midpoint(FROM, UNTIL);
    let sign = |enclosed| {
        let along = [middle.clone()];
        SignedData::sign(CONTENT, enclosed, &key(3), &leaf, &along).unwrap()
    };
    let alone = SignedData::sign(CONTENT, true, &key(3), &leaf, &[]).unwrap();
    let case = |about, der: &[u8], beside, at| Case {
        about,
        anchor: &root,
        along: vec![],
        der: der.to_vec(),
        beside,
        at,
    };
    let der = sign(true);
    let detached = sign(false);
    let mut trailing = der.clone();
    trailing.push(0);
    let cases = [
        (
            "good",
            case("The content in the message.", &der, None, noon),
        ),
        (
            "good-detached",
            case("The content beside it.", &detached, Some(CONTENT), noon),
        ),
        (
            "no-content",
            case("The content nowhere.", &detached, None, noon),
        ),
        (
            "other-content",
            case(
                "Another content beside it.",
                &detached,
                Some(b"other"),
                noon,
            ),
        ),
        (
            "changed-content",
            case("A changed content.", &flipped(&der, CONTENT), None, noon),
        ),
        (
            "two-contents",
            case(
                "One content in it, another beside it.",
                &der,
                Some(b"other"),
                noon,
            ),
        ),
        (
            "no-way",
            case("Without the authority's certificate.", &alone, None, noon),
        ),
        (
            "too-late",
            case("After the certificates ended.", &der, None, UNTIL + 1),
        ),
        (
            "trailing-byte",
            case("A byte behind the DER.", &trailing, None, noon),
        ),
        (
            "other-type",
            case(
                "Another type of message.",
                &flipped(&der, &[4, 2, 2, 0xa0]),
                None,
                noon,
            ),
        ),
    ];
    compare("signed-data", &BTreeMap::from(cases), signed_verdict);
}
