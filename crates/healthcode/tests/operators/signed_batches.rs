//! `import evidence --signed-data`: batches in the form of GB/T 35275, under an SM2 certificate.

use std::fs;
use std::process::Output;

use hc_testkit::store::region::identity_number;

use crate::region::{Region, objects, run, text};

/// A region with a laboratory, its certificate, and a batch of one line.
fn region() -> Region {
    let region = Region::new();
    let file = |name: &str| region.at(name).to_str().unwrap().to_owned();
    for name in ["anchor", "laboratory"] {
        ok(&["key", "new", "--algorithm", "SM2", "--out", &file(name)]);
    }
    let (anchor, pem) = (file("anchor"), file("anchor.pem"));
    ok(&[
        "certificate",
        "root",
        "--key",
        &anchor,
        "--subject",
        "CN=anchor",
        "--out",
        &pem,
    ]);
    let (key, request) = (file("laboratory"), file("laboratory.csr"));
    ok(&[
        "certificate",
        "request",
        "--key",
        &key,
        "--subject",
        "CN=检验科",
        "--out",
        &request,
    ]);
    let certificate = file("laboratory.pem");
    ok(&[
        "certificate",
        "issue",
        "--request",
        &request,
        "--authority",
        &pem,
        "--key",
        &anchor,
        "--out",
        &certificate,
    ]);
    let added = region.run(&[
        "source",
        "add",
        "--id",
        "laboratory",
        "--kind",
        "laboratory",
        "--line",
        "test",
        "--division",
        "330000",
        "--key",
        &file("laboratory.pub"),
    ]);
    assert!(added.status.success(), "{}", text(&added.stderr));
    let line = format!(
        "ref,source,by,document_type,document,kind,at,method,result\n\
         T-1,laboratory,laboratory,111,{},test,2022-07-08T08:00:00+08:00,nucleic-acid,negative\n",
        identity_number(1)
    );
    fs::write(file("batch.csv"), line).unwrap();
    let (batch, signed) = (file("batch.csv"), file("batch.csv.p7"));
    ok(&[
        "signed-data",
        "sign",
        &batch,
        "--key",
        &key,
        "--certificate",
        &certificate,
        "--out",
        &signed,
    ]);
    region
}

fn ok(words: &[&str]) {
    let done = run(words);
    assert!(done.status.success(), "{words:?}: {}", text(&done.stderr));
}

/// A key and its certificate below the same anchor, of somebody who is not registered.
fn another(region: &Region) -> (String, String) {
    let file = |name: &str| region.at(name).to_str().unwrap().to_owned();
    let (key, request, certificate) = (file("other"), file("other.csr"), file("other.pem"));
    ok(&["key", "new", "--algorithm", "SM2", "--out", &key]);
    let named = ["--subject", "CN=另一检验科", "--out", &request];
    ok(&[&["certificate", "request", "--key", &key][..], &named].concat());
    let (anchor, pem) = (file("anchor"), file("anchor.pem"));
    let by = ["--authority", &pem, "--key", &anchor, "--out", &certificate];
    ok(&[&["certificate", "issue", "--request", &request][..], &by].concat());
    (key, certificate)
}

fn import(region: &Region, name: &str) -> Output {
    import_with(region, name, &[])
}

fn import_with(region: &Region, name: &str, more: &[&str]) -> Output {
    let (file, anchor) = (region.at(name), region.at("anchor.pem"));
    let words = [
        "--json",
        "import",
        "evidence",
        file.to_str().unwrap(),
        "--source",
        "laboratory",
        "--signed-data",
        anchor.to_str().unwrap(),
    ];
    region.run(&[&words[..], more].concat())
}

/// A list of what the anchor took back: certificates in files.
fn revocations(region: &Region, name: &str, certificates: &[&str]) -> String {
    let file = |name: &str| region.at(name).to_str().unwrap().to_owned();
    let (anchor, pem, list) = (file("anchor"), file("anchor.pem"), file(name));
    let mut words: Vec<String> = ["certificate", "revocations", "--authority", &pem]
        .map(str::to_owned)
        .to_vec();
    words.extend(["--key", &anchor, "--out", &list].map(str::to_owned));
    for certificate in certificates {
        words.extend(["--certificate".to_owned(), file(certificate)]);
    }
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = run(&words);
    assert!(done.status.success(), "{}", text(&done.stderr));
    list
}

#[test]
fn a_batch_of_another_laboratory_below_the_same_anchor_is_refused() {
    let region = region();
    let file = |name: &str| region.at(name).to_str().unwrap().to_owned();
    let (key, certificate) = another(&region);
    let (batch, signed) = (file("batch.csv"), file("other.csv.p7"));
    let by = [
        "--key",
        &key,
        "--certificate",
        &certificate,
        "--out",
        &signed,
    ];
    ok(&[&["signed-data", "sign", &batch][..], &by].concat());
    let refused = import(&region, "other.csv.p7");
    assert_eq!(refused.status.code(), Some(3));
    let said = text(&refused.stderr);
    let told = "none of the signers has the key that laboratory is registered with";
    assert!(said.contains(told), "{said}");
    let taken = objects(&import(&region, "batch.csv.p7"));
    assert_eq!(taken[0]["known"], false, "nothing of it was taken");
}

#[test]
fn a_batch_whose_signer_was_taken_back_is_refused() {
    let region = region();
    let good = revocations(&region, "good.crl", &[]);
    let revoked = revocations(&region, "revoked.crl", &["laboratory.pem"]);
    let with = |list: &str| import_with(&region, "batch.csv.p7", &["--revocations", list]);
    let refused = with(&revoked);
    assert_eq!(refused.status.code(), Some(3));
    let said = text(&refused.stderr);
    assert!(
        said.contains("the certificate of CN=检验科 is revoked since"),
        "{said}"
    );
    assert_eq!(objects(&with(&good))[0]["known"], false);
}

#[test]
fn a_party_is_registered_with_the_certificate_of_its_key_and_ends_with_it() {
    let region = region();
    let file = |name: &str| region.at(name).to_str().unwrap().to_owned();
    let (_, certificate) = another(&region);
    let anchor = file("anchor.pem");
    let add = |id: &str, more: &[&str]| {
        let words = [
            "--json",
            "application",
            "add",
            "--id",
            id,
            "--name",
            "掌上通",
            "--division",
            "330000",
            "--function",
            "makeCode",
            "--life",
            "3650d",
            "--certificate",
            &certificate,
        ];
        region.run(&[&words[..], more].concat())
    };
    let shown = run(&["--json", "certificate", "show", &certificate]);
    let shown = objects(&shown).remove(0);
    let added = add("super-app", &["--anchor", &anchor]);
    assert!(added.status.success(), "{}", text(&added.stderr));
    let added = objects(&added).remove(0);
    let time = |value: &serde_json::Value| {
        let text = value.as_str().unwrap();
        text.parse::<hc_code::Timestamp>().unwrap()
    };
    assert_eq!(time(&added["until"]), time(&shown["until"]));
    // An anchor that did not sign it, one whose certificate was taken back, and no anchor at all.
    let revoked = revocations(&region, "revoked.crl", &["other.pem"]);
    for (more, code, told) in [
        (
            vec!["--anchor", &certificate],
            3,
            "is no authority that signed itself",
        ),
        (
            vec!["--anchor", &anchor, "--revocations", &revoked],
            3,
            "is revoked since",
        ),
        (vec![], 2, "--anchor"),
    ] {
        let refused = add("other-app", &more);
        assert_eq!(refused.status.code(), Some(code), "{more:?}");
        let said = text(&refused.stderr);
        assert!(said.contains(told), "{told:?}: {said}");
    }
    let listed = objects(&region.run(&["--json", "application", "list"]));
    assert_eq!(listed.len(), 1, "{listed:?}");
}

#[test]
fn a_signed_batch_is_the_batch_that_it_holds() {
    let region = region();
    let taken = objects(&import(&region, "batch.csv.p7"));
    let rows = |report: &serde_json::Value| {
        ["rows", "quarantined"].map(|cell| report[cell].as_u64().unwrap())
    };
    assert_eq!(rows(&taken[0]).into_iter().sum::<u64>(), 1, "{taken:?}");
    assert_eq!(taken[0]["known"], false);
    // The same lines without the envelope are the same batch.
    let plain = region.at("batch.csv");
    let again = region.run(&[
        "--json",
        "import",
        "evidence",
        plain.to_str().unwrap(),
        "--source",
        "laboratory",
    ]);
    let again = objects(&again);
    assert_eq!(again[0]["known"], true, "{again:?}");
}

#[test]
fn a_batch_that_is_not_signed_so_is_refused_whole() {
    let region = region();
    let mut bytes = fs::read(region.at("batch.csv.p7")).unwrap();
    let at = bytes
        .windows(8)
        .position(|part| part == b"negative")
        .unwrap();
    bytes[at..at + 8].copy_from_slice(b"positive");
    fs::write(region.at("changed.csv.p7"), bytes).unwrap();
    for (name, told) in [
        ("changed.csv.p7", "the signature of CN=检验科 does not hold"),
        ("batch.csv", "not the DER of signed data"),
    ] {
        let refused = import(&region, name);
        assert_eq!(refused.status.code(), Some(3));
        let said = text(&refused.stderr);
        assert!(said.contains(told), "no {told:?} in {said}");
    }
    // Nothing of them was taken.
    let taken = objects(&import(&region, "batch.csv.p7"));
    assert_eq!(taken[0]["known"], false);
}
