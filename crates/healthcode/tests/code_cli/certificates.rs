//! Certificates and signed data on the command line.

use std::fs;

use crate::desk::{Desk, words};

const NOW: &str = "2022-06-28T12:00:00+08:00";
const LATER: &str = "2023-06-29T12:00:00+08:00";

/// A root, and a laboratory that it vouches for until the summer after.
fn vouched() -> Desk {
    let desk = Desk::new();
    for line in [
        "key new --algorithm SM2 --out root",
        "key new --algorithm SM2 --out laboratory",
        &format!("certificate root --key root --subject CN=卫生健康 --at {NOW} --out root.pem"),
        "certificate request --key laboratory --subject CN=检验科,C=CN --out laboratory.csr",
        &format!(
            "certificate issue --request laboratory.csr --authority root.pem --key root --at {NOW} \
             --out laboratory.pem"
        ),
    ] {
        desk.ok(&words(line));
    }
    desk
}

#[test]
fn a_certificate_is_asked_for_issued_and_believed_until_it_ends() {
    let desk = vouched();
    let verify = |at| {
        let line = format!("--json certificate verify laboratory.pem --anchor root.pem --at {at}");
        line
    };
    let way = desk.objects(0, &words(&verify(NOW)));
    assert_eq!(way.len(), 2);
    assert_eq!(way[0]["subject"], "CN=检验科,C=CN");
    assert_eq!(way[0]["purpose"], "signing");
    assert_eq!(way[1]["purpose"], "authority");
    let refused = desk.objects(1, &words(&verify(LATER)));
    let refused = refused[0]["refused"].as_str().unwrap();
    assert!(refused.contains("ended at"), "{refused}");
    // Nobody is believed because of oneself.
    let line = format!("certificate verify laboratory.pem --anchor laboratory.pem --at {NOW}");
    let (_, error) = desk.run(3, &words(&line));
    assert!(
        error.contains("is no authority that signed itself"),
        "{error}"
    );
    let shown = desk.ok(&words("certificate show laboratory.csr"));
    assert!(shown.contains("CN=检验科"), "{shown}");
}

#[test]
fn only_an_authority_issues_and_only_for_sm2() {
    let desk = vouched();
    desk.ok(&words("key new --out other"));
    let (_, error) = desk.run(
        3,
        &words("certificate request --key other --subject CN=x --out x"),
    );
    assert!(
        error.contains("a key of Ed25519 has no SM2 certificate"),
        "{error}"
    );
    let line = format!(
        "certificate issue --request laboratory.csr --authority laboratory.pem --key laboratory \
         --at {NOW} --life 1d --out x"
    );
    let (_, error) = desk.run(3, &words(&line));
    assert!(error.contains("not that of an authority"), "{error}");
    assert!(!desk.path("x").exists());
}

#[test]
fn a_signed_file_is_opened_whole_or_not_at_all() {
    let desk = vouched();
    fs::write(desk.path("batch.csv"), "document,result\n").unwrap();
    desk.ok(&words(
        "signed-data sign batch.csv --key laboratory --certificate laboratory.pem --out batch.csv.p7",
    ));
    let open = format!("signed-data open batch.csv.p7 --anchor root.pem --at {NOW} --out out.csv");
    let signer = desk.ok(&words(&open));
    assert!(signer.contains("CN=检验科"), "{signer}");
    assert_eq!(
        fs::read(desk.path("out.csv")).unwrap(),
        b"document,result\n"
    );

    let mut bytes = fs::read(desk.path("batch.csv.p7")).unwrap();
    let at = bytes.windows(8).position(|part| part == b"document");
    bytes[at.unwrap()] ^= 1;
    fs::write(desk.path("changed.p7"), bytes).unwrap();
    let open = format!("signed-data open changed.p7 --anchor root.pem --at {NOW} --out changed");
    let (_, error) = desk.run(3, &words(&open));
    assert!(error.contains("does not hold"), "{error}");
    assert!(!desk.path("changed").exists());

    desk.ok(&words(
        "signed-data sign batch.csv --key laboratory --certificate laboratory.pem --detached --out d.p7",
    ));
    let open = format!("signed-data open d.p7 --anchor root.pem --at {NOW}");
    let (_, error) = desk.run(3, &words(&open));
    assert!(error.contains("was not given"), "{error}");
    desk.ok(&words(&format!("{open} --content batch.csv")));
    let late = format!("signed-data open d.p7 --anchor root.pem --at {LATER} --content batch.csv");
    let (_, error) = desk.run(3, &words(&late));
    assert!(error.contains("ended at"), "{error}");
}
