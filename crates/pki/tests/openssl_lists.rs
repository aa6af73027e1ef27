//! Lists of revoked certificates, names and usages, between this house and OpenSSL.
//!
//! OpenSSL's command signs lists with the signer's name that SM2 has here, and has no way to check one so: of our list it
//! is asked to read it, and to verify its signature over the bytes that were signed.

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
    Anchors, Certificate, ChainError, NewCertificate, NewRevocations, PemKind, Purpose,
    Revocations, Serial, pem, read_pem,
};

/// The signer's name that every SM2 signature here has.
const ID: &str = "distid:1234567812345678";

fn openssl(folder: &Path, line: &str) -> Result<String, String> {
    let output = Command::new("openssl")
        .args(line.split(' '))
        .current_dir(folder)
        .output()
        .map_err(|error| format!("openssl: {error}"))?;
    let said = [&output.stdout[..], &output.stderr[..]].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    if output.status.success() {
        Ok(said)
    } else {
        Err(format!("openssl {line}: {said}"))
    }
}

/// A folder, where there is an OpenSSL that knows SM2.
fn folder(name: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    drop(fs::remove_dir_all(&folder));
    fs::create_dir_all(&folder).unwrap();
    let version = openssl(&folder, "version").unwrap_or_default();
    if version.starts_with("OpenSSL 3") || version.starts_with("OpenSSL 4") {
        return Some(folder);
    }
    assert!(
        std::env::var("CI").as_deref() != Ok("true"),
        "OpenSSL 3 is missing: {version}"
    );
    eprintln!("SKIPPED: no OpenSSL 3 ({version})");
    None
}

const CONFIG: &str = "[ca]
default_ca = here
[here]
database = index.txt
new_certs_dir = .
serial = serial
crlnumber = crlnumber
default_md = sm3
default_days = 30
default_crl_days = 7
policy = any
crl_extensions = list
[any]
commonName = supplied
organizationName = optional
countryName = optional
[list]
authorityKeyIdentifier = keyid
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
nameConstraints = critical,permitted;dirName:permitted
[permitted]
C = CN
[leaf]
keyUsage = critical,digitalSignature
extendedKeyUsage = clientAuth
authorityKeyIdentifier = keyid
[server]
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,serverAuth
";

#[test]
fn we_heed_what_an_authority_of_openssl_permits_and_takes_back() {
    let Some(folder) = folder("openssl-lists") else {
        return;
    };
    let ok = |line: &str| openssl(&folder, line).unwrap();
    let read = |name: &str, kind| read_pem(kind, &fs::read(folder.join(name)).unwrap()).unwrap();
    fs::write(folder.join("ca.cnf"), CONFIG).unwrap();
    fs::write(folder.join("index.txt"), "").unwrap();
    for counter in ["serial", "crlnumber"] {
        fs::write(folder.join(counter), "1001\n").unwrap();
    }
    for name in ["root", "leaf", "abroad", "server"] {
        ok(&format!("genpkey -algorithm SM2 -out {name}.key"));
    }
    ok(&format!(
        "req -x509 -new -key root.key -sm3 -sigopt {ID} -subj /C=CN/CN=root -days 60 -config ca.cnf \
         -extensions root -out root.pem"
    ));
    for (name, subject, section) in [
        ("leaf", "/C=CN/O=Hospital/CN=leaf", "leaf"),
        ("abroad", "/C=SG/O=Hospital/CN=abroad", "leaf"),
        ("server", "/C=CN/O=Hospital/CN=server", "server"),
    ] {
        ok(&format!(
            "req -new -key {name}.key -sm3 -sigopt {ID} -subj {subject} -config ca.cnf -out {name}.csr"
        ));
        ok(&format!(
            "ca -batch -config ca.cnf -preserveDN -cert root.pem -keyfile root.key -in {name}.csr \
             -extensions {section} -vfyopt {ID} -sigopt {ID} -notext -out {name}.pem"
        ));
    }
    let list = |name: &str| {
        ok(&format!(
            "ca -config ca.cnf -gencrl -cert root.pem -keyfile root.key -sigopt {ID} -out {name}"
        ));
        Revocations::from_der(&read(name, PemKind::Revocations)).unwrap()
    };
    let certificate =
        |name: &str| Certificate::from_der(&read(name, PemKind::Certificate)).unwrap();
    let (root, leaf) = (certificate("root.pem"), certificate("leaf.pem"));
    let empty = list("empty.crl");
    ok("ca -config ca.cnf -cert root.pem -keyfile root.key -revoke leaf.pem");
    let revoked = list("revoked.crl");
    assert!(empty.is_signed_by(&root) && revoked.is_signed_by(&root));
    let at = revoked.from();
    let anchors = Anchors::new(vec![root]).unwrap();
    let with = |lists: &[&Revocations]| {
        let lists = lists.iter().map(|one| (*one).clone()).collect();
        anchors.clone().with_revocations(lists)
    };
    assert!(with(&[&empty]).verify(&leaf, &[], at).is_ok());
    let refused = with(&[&revoked]).verify(&leaf, &[], at).map(drop);
    assert!(
        matches!(refused, Err(ChainError::Revoked { .. })),
        "{refused:?}"
    );
    let (abroad, server) = (certificate("abroad.pem"), certificate("server.pem"));
    let refused = anchors.verify(&abroad, &[], at);
    assert!(
        matches!(refused, Err(ChainError::NameSpace { .. })),
        "{refused:?}"
    );
    let refused = anchors.verify(&server, &[], at);
    assert!(matches!(refused, Err(ChainError::Usage(_))), "{refused:?}");
}

#[test]
fn openssl_reads_our_list_and_its_signature_holds_there() {
    let Some(folder) = folder("openssl-our-list") else {
        return;
    };
    let ok = |line: &str| openssl(&folder, line).unwrap();
    let key = SigningKey::from_secret(Algorithm::Sm2, &[7; 32]).unwrap();
    let now = Timestamp::from_unix(1_700_000_000);
    let root = NewCertificate {
        subject: "CN=root,C=CN".parse().unwrap(),
        key: key.public_key().clone(),
        purpose: Purpose::Authority { below: None },
        from: now,
        until: Timestamp::from_unix(2_900_000_000),
        serial: Serial::from_bytes(&[1]).unwrap(),
    };
    let root = root.self_signed(&key).unwrap();
    let list = NewRevocations {
        revoked: vec![(Serial::from_bytes(&[0x9c, 0x0e]).unwrap(), now)],
        from: now,
        until: Timestamp::from_unix(1_800_000_000),
        number: 12,
    };
    let list = list.issued(&root, &key).unwrap();
    let text = pem(PemKind::Revocations, list.as_der()).unwrap();
    fs::write(folder.join("list.crl"), text).unwrap();
    fs::write(folder.join("list.der"), list.as_der()).unwrap();
    let text = pem(PemKind::Certificate, root.as_der()).unwrap();
    fs::write(folder.join("root.pem"), text).unwrap();
    let shown = ok("crl -in list.crl -noout -text");
    for word in ["SM2-with-SM3", "Serial Number: 9C0E", "Version 2"] {
        assert!(shown.contains(word), "{word}: {shown}");
    }
    // What was signed stands first inside, the signature last.
    let parsed = ok("asn1parse -inform DER -in list.der");
    let place = |line: &str| line.split(':').next().unwrap().trim().to_owned();
    let mut lines = parsed.lines();
    let inner = place(lines.nth(1).unwrap());
    let last = place(parsed.lines().last().unwrap());
    ok(&format!(
        "asn1parse -inform DER -in list.der -strparse {inner} -noout -out signed.der"
    ));
    ok(&format!(
        "asn1parse -inform DER -in list.der -strparse {last} -noout -out signature.der"
    ));
    ok("x509 -in root.pem -noout -pubkey -out root.pub");
    let verify = |file: &str| {
        openssl(
            &folder,
            &format!(
                "pkeyutl -verify -pubin -inkey root.pub -rawin -digest sm3 -pkeyopt {ID} \
                 -in {file} -sigfile signature.der"
            ),
        )
    };
    assert!(
        verify("signed.der")
            .unwrap()
            .contains("Signature Verified Successfully")
    );
    let mut changed = fs::read(folder.join("signed.der")).unwrap();
    *changed.last_mut().unwrap() ^= 1;
    fs::write(folder.join("changed.der"), changed).unwrap();
    assert!(verify("changed.der").is_err());
}
