//! Keys in files, and lists of keys.

use std::fs;

use serde_json::Value;

use crate::desk::{Desk, NOON, says};

#[cfg(unix)]
#[test]
fn secret_files_are_for_their_user_alone() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::new();
    desk.ok(&["key", "new", "--out", "node"]);
    let mode = |name| fs::metadata(desk.path(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("node"), 0o600);
    let public = fs::read_to_string(desk.path("node.pub")).unwrap();
    assert!(!public.contains("secret"), "{public}");

    let open = fs::Permissions::from_mode(0o644);
    fs::set_permissions(desk.path("node"), open).unwrap();
    let words = [
        "code", "issue", "--key", "node", "--region", "330000", "--level", "low", "--at", NOON,
    ];
    let (_, error) = desk.run(3, &words);
    assert!(error.contains("0644"), "{error}");
}

#[test]
fn nothing_is_written_over() {
    let desk = Desk::with_region();
    let before = fs::read(desk.path("node")).unwrap();
    for words in [
        &["key", "new", "--out", "node"][..],
        &[
            "key",
            "trust",
            "--hub",
            "hub",
            "--root",
            "330000=root.pub",
            "--out",
            "trust.cwt",
        ],
    ] {
        let (_, error) = desk.run(3, words);
        assert!(error.contains("is there already"), "{error}");
    }
    assert_eq!(fs::read(desk.path("node")).unwrap(), before);
    // A public file in the way leaves no secret file behind.
    fs::write(desk.path("other.pub"), "mine").unwrap();
    desk.run(3, &["key", "new", "--out", "other"]);
    assert!(!desk.path("other").exists());
}

#[test]
fn secret_and_public_files_are_not_mixed_up() {
    let desk = Desk::with_region();
    let (_, error) = desk.run(3, &["list", "inspect", "keys.cwt", "--signed-by", "root"]);
    assert!(error.contains("secret key file"), "{error}");
    let words = [
        "code", "issue", "--key", "node.pub", "--region", "330000", "--level", "low",
    ];
    desk.run(3, &words);
    // A public half of another key is noticed.
    let mut file: Value = serde_json::from_slice(&fs::read(desk.path("node")).unwrap()).unwrap();
    let other: Value = serde_json::from_slice(&fs::read(desk.path("phone")).unwrap()).unwrap();
    file["secret"] = other["secret"].clone();
    fs::write(desk.path("node"), file.to_string()).unwrap();
    let words = [
        "code", "issue", "--key", "node", "--region", "330000", "--level", "low",
    ];
    let (_, error) = desk.run(3, &words);
    assert!(error.contains("does not belong"), "{error}");
}

#[test]
fn rotation_keeps_old_keys_until_their_end_and_removes_at_once() {
    let desk = Desk::with_region();
    let code = desk.live("low", "none");
    desk.ok(&["key", "new", "--out", "next"]);
    let rotate = |more: &[&str], at: &str, out: &str| {
        let words = [
            "key", "rotate", "--list", "keys.cwt", "--region", "330000", "--root", "root", "--at",
            at, "--out", out,
        ];
        desk.run(1, &[&words[..], more].concat()).0
    };
    let noon = |list: &str, due: i32| {
        let words = [
            "code",
            "verify",
            &code,
            "--trust",
            "trust.cwt",
            "--hub",
            "hub.pub",
            "--list",
            list,
            "--at",
            "2022-07-08T12:00:20+08:00",
        ];
        desk.objects(due, &words).remove(0)
    };
    // The next key for lists is still missing for the last hours of the new list: it says so.
    let said = rotate(
        &["--key", "codes=next.pub"],
        "2022-07-08T11:59:00+08:00",
        "2.cwt",
    );
    assert!(said.contains("lists"), "{said}");
    assert_eq!(noon("2.cwt", 0)["action"], "pass");

    let listed: Value = serde_json::from_slice(&fs::read(desk.path("node.pub")).unwrap()).unwrap();
    let id = listed["key_id"].as_str().unwrap();
    rotate(
        &["--key", "codes=next.pub", "--remove", id],
        "2022-07-08T11:59:00+08:00",
        "3.cwt",
    );
    assert_eq!(says(&noon("3.cwt", 1)), ("invalid", "key-removed"));
    let words = [
        "list",
        "inspect",
        "3.cwt",
        "--signed-by",
        "root.pub",
        "--region",
        "330000",
    ];
    let list = &desk.objects(0, &words)[0];
    assert_eq!(list["version"], 2);
    assert_eq!(list["keys"].as_array().unwrap().len(), 3);
    desk.run(
        3,
        &[
            "key",
            "rotate",
            "--list",
            "keys.cwt",
            "--region",
            "330000",
            "--root",
            "root",
            "--remove",
            "0123456789abcdef",
            "--at",
            NOON,
            "--out",
            "4.cwt",
        ],
    );
}
