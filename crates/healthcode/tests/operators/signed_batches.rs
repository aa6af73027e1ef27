//! `import evidence --signed-data`: batches in the form of GB/T 35275, under an SM2 certificate.

use std::fs;
use std::process::Output;

use hc_testkit::store::region::identity_number;

use crate::region::{Region, objects, run, text};

/// A region with a laboratory, its certificate, and a batch of one line.
fn region() -> Region {
    let region = Region::new();
    let file = |name: &str| region.at(name).to_str().unwrap().to_owned();
    let ok = |words: &[&str]| {
        let done = run(words);
        assert!(done.status.success(), "{words:?}: {}", text(&done.stderr));
    };
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

fn import(region: &Region, name: &str) -> Output {
    let (file, anchor) = (region.at(name), region.at("anchor.pem"));
    region.run(&[
        "--json",
        "import",
        "evidence",
        file.to_str().unwrap(),
        "--source",
        "laboratory",
        "--signed-data",
        anchor.to_str().unwrap(),
    ])
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
