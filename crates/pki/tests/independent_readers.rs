//! Other people's programs read what we write, and we what they write.
//!
//! * OpenSSL 3 (the command `openssl`, Debian package of that name): certificates and requests;
//! * asn1crypto and gmssl (both `PyPI`): signed data.
//!
//! The Python packages go into a virtual environment under `target`, made on the first run: that takes
//! `python3` with `venv` and a package index. Where something of this is missing, the test says so and
//! ends; with `CI=true` it fails.

#![expect(
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a test that cannot go on fails"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use hc_code::Timestamp;
use hc_code::signing::{Algorithm, Signer as _, SigningKey};
use hc_pki::{
    Anchors, Certificate, NewCertificate, PemKind, Purpose, Request, Serial, SignedData, pem,
    read_pem,
};

/// The signer's name that every SM2 signature here has.
const ID: &str = "distid:1234567812345678";
const CONTENT: &[u8] = "证件号码,检测结果\n".as_bytes();

fn or_skip<T>(available: Result<T, String>) -> Option<T> {
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

fn run(program: &str, arguments: &[&str]) -> Result<String, String> {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .map_err(|error| format!("{program}: {error}"))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        Err(format!("{program} {arguments:?}: {said}"))
    }
}

fn openssl(arguments: &[&str]) -> Result<String, String> {
    run("openssl", arguments)
}

fn has_openssl() -> bool {
    let version = openssl(&["version"]).and_then(|version| {
        let new = version.starts_with("OpenSSL 3") || version.starts_with("OpenSSL 4");
        new.then_some(())
            .ok_or_else(|| format!("{version}: install OpenSSL 3"))
    });
    or_skip(version).is_some()
}

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn at(&self, name: &str) -> String {
        self.0.join(name).to_string_lossy().into_owned()
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        fs::write(self.at(name), content).unwrap();
        self.at(name)
    }
}

fn key(fill: u8) -> SigningKey {
    SigningKey::from_secret(Algorithm::Sm2, &[fill; 32]).unwrap()
}

fn new(name: &str, key: &SigningKey, purpose: Purpose) -> NewCertificate {
    NewCertificate {
        subject: name.parse().unwrap(),
        key: key.public_key().clone(),
        purpose,
        from: Timestamp::from_unix(1_656_000_000),
        until: Timestamp::from_unix(2_900_000_000),
        serial: Serial::from_bytes(&[0x9c, 1, 2, 3, name.len().try_into().unwrap()]).unwrap(),
    }
}

fn noon() -> Timestamp {
    Timestamp::from_unix(1_700_000_000)
}

/// A root, an authority and an application, ours.
fn tree() -> [Certificate; 3] {
    let top = Purpose::Authority { below: Some(1) };
    let root = new("CN=卫生健康信任根,O=浙江省,C=CN", &key(1), top);
    let root = root.self_signed(&key(1)).unwrap();
    let below = Purpose::Authority { below: Some(0) };
    let middle = new("CN=Applications,C=CN", &key(2), below);
    let middle = middle.issued(&root, &key(1)).unwrap();
    let leaf = new("CN=检验科,O=杭州,C=CN", &key(3), Purpose::Signing);
    let leaf = leaf.issued(&middle, &key(2)).unwrap();
    [root, middle, leaf]
}

fn text(certificate: &Certificate) -> String {
    pem(PemKind::Certificate, certificate.as_der()).unwrap()
}

#[test]
fn openssl_believes_our_chain_and_not_a_changed_one() {
    if !has_openssl() {
        return;
    }
    let folder = Folder::new("openssl-chain");
    let [root, middle, leaf] = tree();
    let root_file = folder.write("root.pem", text(&root));
    let middle_file = folder.write("middle.pem", text(&middle));
    let leaf_file = folder.write("leaf.pem", text(&leaf));
    // One step at a time: the command tells the signer's name for the certificate that it is asked
    // about only, not for those on the way.
    let verify = |by: &str, certificate: &str| {
        openssl(&[
            "verify",
            "-x509_strict",
            "-partial_chain",
            "-attime",
            "1700000000",
            "-vfyopt",
            ID,
            "-CAfile",
            by,
            certificate,
        ])
    };
    for (by, certificate) in [(&root_file, &middle_file), (&middle_file, &leaf_file)] {
        let said = verify(by, certificate).unwrap();
        assert!(said.contains("pem: OK"), "{said}");
    }
    assert!(verify(&root_file, &leaf_file).is_err());
    let mut changed = leaf.as_der().to_vec();
    let last = changed.len() - 1;
    changed[last] ^= 1;
    let changed = pem(PemKind::Certificate, &changed).unwrap();
    assert!(verify(&middle_file, &folder.write("changed.pem", changed)).is_err());
    let shown = openssl(&[
        "x509",
        "-in",
        &leaf_file,
        "-noout",
        "-text",
        "-nameopt",
        "utf8,sep_comma_plus",
    ]);
    let shown = shown.unwrap();
    for word in [
        "SM2-with-SM3",
        "CN=检验科",
        "Digital Signature, Non Repudiation",
        "CA:FALSE",
    ] {
        assert!(shown.contains(word), "{word}: {shown}");
    }
    let request = Request::new("CN=application".parse().unwrap(), &key(3)).unwrap();
    let request = pem(PemKind::Request, request.as_der()).unwrap();
    let request = folder.write("request.pem", request);
    openssl(&["req", "-in", &request, "-verify", "-noout", "-vfyopt", ID]).unwrap();
}

#[test]
fn we_believe_the_chain_of_openssl_and_issue_for_its_request() {
    if !has_openssl() {
        return;
    }
    let folder = Folder::new("openssl-issued");
    let [root, leaf] = ["root", "leaf"].map(|name| {
        let file = folder.at(&format!("{name}.key"));
        openssl(&["genpkey", "-algorithm", "SM2", "-out", &file]).unwrap();
        file
    });
    let (root_file, request_file) = (folder.at("root.pem"), folder.at("leaf.csr"));
    openssl(&[
        "req",
        "-x509",
        "-new",
        "-key",
        &root,
        "-sm3",
        "-sigopt",
        ID,
        "-utf8",
        "-subj",
        "/C=CN/O=浙江省/CN=root",
        "-days",
        "36500",
        "-addext",
        "keyUsage=critical,keyCertSign,cRLSign",
        "-out",
        &root_file,
    ])
    .unwrap();
    openssl(&[
        "req",
        "-new",
        "-key",
        &leaf,
        "-sm3",
        "-sigopt",
        ID,
        "-utf8",
        "-subj",
        "/C=CN/CN=检验科",
        "-out",
        &request_file,
    ])
    .unwrap();
    let extensions = folder.write(
        "extensions",
        "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n\
         subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\nextendedKeyUsage=clientAuth\n",
    );
    let leaf_file = folder.at("leaf.pem");
    openssl(&[
        "x509",
        "-req",
        "-in",
        &request_file,
        "-CA",
        &root_file,
        "-CAkey",
        &root,
        "-CAcreateserial",
        "-days",
        "36500",
        "-sm3",
        "-sigopt",
        ID,
        "-vfyopt",
        ID,
        "-extfile",
        &extensions,
        "-out",
        &leaf_file,
    ])
    .unwrap();
    let read = |file: &str, kind| read_pem(kind, &fs::read(file).unwrap()).unwrap();
    let root = Certificate::from_der(&read(&root_file, PemKind::Certificate)).unwrap();
    let leaf = Certificate::from_der(&read(&leaf_file, PemKind::Certificate)).unwrap();
    let anchors = Anchors::new(vec![root.clone()]).unwrap();
    let way = anchors.verify(&leaf, &[], leaf.from()).unwrap();
    assert_eq!(way, [&leaf, &root]);
    assert_eq!(leaf.subject().to_string(), "CN=检验科,C=CN");
    let request = Request::from_der(&read(&request_file, PemKind::Request)).unwrap();
    assert_eq!(request.key(), leaf.key());
    let issued = NewCertificate {
        subject: request.subject().clone(),
        key: request.key().clone(),
        ..new("CN=x", &key(3), Purpose::Signing)
    };
    let [ours, ..] = tree();
    let issued = issued.issued(&ours, &key(1)).unwrap();
    let anchors = Anchors::new(vec![ours]).unwrap();
    assert!(anchors.verify(&issued, &[], noon()).is_ok());
}

/// The Python of a virtual environment with both packages.
fn python() -> Result<String, String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("independent-readers-pki");
    let python = folder.join("bin/python").to_string_lossy().into_owned();
    let ready = folder.join("ready-1");
    if !ready.exists() {
        run("python3", &["-m", "venv", &folder.to_string_lossy()])?;
        let packages = ["asn1crypto==1.5.1", "gmssl==3.2.2"];
        run(
            &python,
            &["-m", "pip", "install", "--quiet", packages[0], packages[1]],
        )?;
        fs::write(&ready, "").map_err(|error| error.to_string())?;
    }
    Ok(python)
}

fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    for byte in bytes {
        write!(text, "{byte:02x}").unwrap();
    }
    text
}

#[test]
fn signed_data_is_read_and_written_by_asn1crypto_and_gmssl() {
    let Some(python) = or_skip(python()) else {
        return;
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/readers/signed_data.py");
    let script = script.to_string_lossy().into_owned();
    let python = |arguments: &[&str]| run(&python, &[&[script.as_str()], arguments].concat());
    let folder = Folder::new("signed-data");
    let top = Purpose::Authority { below: Some(0) };
    let root = new("CN=root", &key(1), top).self_signed(&key(1)).unwrap();
    let leaf = new("CN=检验科", &key(3), Purpose::Signing);
    let leaf = leaf.issued(&root, &key(1)).unwrap();
    let (x, y) = key(3).public_key().coordinates().unwrap();
    let public = hexadecimal(&[x, y].concat());
    let content = folder.write("content", CONTENT);
    for enclosed in [true, false] {
        let signed = SignedData::sign(CONTENT, enclosed, &key(3), &leaf, &[]).unwrap();
        let file = folder.write("ours.p7", &signed);
        let read = python(&["read", &file, &public, &content]).unwrap();
        assert_eq!(read.trim(), hexadecimal(CONTENT));
    }
    // The content is changed, and nothing else.
    let mut signed = SignedData::sign(CONTENT, true, &key(3), &leaf, &[]).unwrap();
    let at = signed
        .windows(CONTENT.len())
        .position(|part| part == CONTENT);
    signed[at.unwrap()] ^= 1;
    let file = folder.write("changed.p7", &signed);
    let read = python(&["read", &file, &public, &content]).unwrap();
    assert_eq!(read.trim(), "bad");

    let certificate = folder.write("leaf.der", leaf.as_der());
    let secret = hexadecimal(&[3; 32]);
    let anchors = Anchors::new(vec![root]).unwrap();
    for attributes in ["without", "with"] {
        let file = folder.at("theirs.p7");
        let write = [
            "write",
            &file,
            &certificate,
            &secret,
            &public,
            &content,
            attributes,
        ];
        python(&write).unwrap();
        let theirs = fs::read(&file).unwrap();
        let read = SignedData::from_der(&theirs).unwrap();
        let opened = read.open(None, &anchors, noon()).unwrap();
        assert_eq!(opened.content, CONTENT, "{attributes} attributes");
        assert_eq!(opened.signers, std::slice::from_ref(&leaf));
    }
}
