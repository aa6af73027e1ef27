//! Paper lists: signed, looked into, and obeyed by a gate.

use std::fs;

use serde_json::Value;

use crate::desk::{Desk, NOON, says, words};

/// A region with a key for paper, and a sheet issued at noon; its text and its pointer.
fn sheet(desk: &Desk) -> (String, String) {
    desk.ok(&words("key new --out paper"));
    // The other keys end before the list does, which it says.
    let rotate = "key rotate --list keys.cwt --region 330000 --root root --key paper=paper.pub \
                  --at 2022-07-08T01:00:00+08:00 --key-life 48h --out paper-keys.cwt";
    desk.run(1, &words(rotate));
    let issued = desk.objects(
        0,
        &words(&format!(
            "code issue --key paper --region 330000 --class paper --life 24h --at {NOON}"
        )),
    );
    let text = issued[0]["text"].as_str().unwrap().to_owned();
    (text, issued[0]["pointer"].as_str().unwrap().to_owned())
}

fn sign(desk: &Desk, entries: &str, sequence: u32, out: &str) -> Value {
    fs::write(desk.path("sheets"), entries).unwrap();
    desk.objects(
        0,
        &words(&format!(
            "list paper --key lists --region 330000 --entries sheets --sequence {sequence} \
             --at 2022-07-08T12:0{sequence}:00+08:00 --out {out}"
        )),
    )
    .remove(0)
}

fn verdict(desk: &Desk, due: i32, text: &str, lists: &str) -> Value {
    let line = format!(
        "--trust trust.cwt --hub hub.pub --list paper-keys.cwt {lists} --at 2022-07-08T12:30:00+08:00"
    );
    let words = [&["code", "verify", text][..], &words(&line)].concat();
    desk.objects(due, &words).remove(0)
}

#[test]
fn a_sheet_is_low_until_the_paper_list_says_otherwise() {
    let desk = Desk::with_region();
    let (text, pointer) = sheet(&desk);
    assert_eq!(says(&verdict(&desk, 1, &text, "")), ("unknown", "no-list"));
    let other = "00112233445566778899aabbccddeeff";
    let built = sign(
        &desk,
        &format!("{{\"pointer\": \"{other}\", \"level\": \"high\"}}\n"),
        1,
        "1.cwt",
    );
    assert_eq!(
        (&built["entries"], &built["hash_bits"]),
        (&1.into(), &20.into())
    );
    let low = verdict(&desk, 0, &text, "--list 1.cwt");
    assert_eq!(says(&low), ("pass", "list"));

    let entries = format!(
        "{{\"pointer\": \"{pointer}\", \"level\": \"10\"}}\n\n{{\"pointer\": \"{other}\", \"level\": \"00\"}}\n"
    );
    assert_eq!(sign(&desk, &entries, 2, "2.cwt")["entries"], 1);
    let high = verdict(&desk, 1, &text, "--list 2.cwt --list 1.cwt");
    assert_eq!(says(&high), ("refuse", "list"));
    // A sheet that was withdrawn is to be checked, and is never high.
    sign(
        &desk,
        &format!("{{\"pointer\": \"{pointer}\", \"level\": \"unknown\"}}"),
        3,
        "3.cwt",
    );
    let withdrawn = verdict(&desk, 1, &text, "--list 3.cwt");
    assert_eq!(withdrawn["level"], "20");
    assert_ne!(withdrawn["action"], "pass");
}

#[test]
fn a_paper_list_answers_for_known_sheets_only() {
    let desk = Desk::with_region();
    let pointer = "5a".repeat(16);
    let entries = format!("{{\"pointer\": \"{pointer}\", \"level\": \"01\"}}");
    sign(&desk, &entries, 1, "list.cwt");
    // Two lists of the same sheets have nothing in common: each has its own salt.
    sign(&desk, &entries, 2, "again.cwt");
    let [one, two] = ["list.cwt", "again.cwt"].map(|name| fs::read(desk.path(name)).unwrap());
    assert!(!one.windows(8).any(|part| part == [0x5a; 8]));
    assert_ne!(one[one.len() - 80..], two[two.len() - 80..]);
    let line = format!(
        "list inspect list.cwt --signed-by lists.pub --region 330000 --pointer {pointer} --pointer {}",
        "00".repeat(16)
    );
    let said = desk.objects(0, &words(&line));
    assert_eq!(said[0]["kind"], "paper-list");
    assert_eq!(said[1]["level"], "01");
    assert_eq!(said[2]["level"], "00");
    let (_, error) = desk.run(
        3,
        &words(&format!(
            "list inspect keys.cwt --signed-by root.pub --region 330000 --pointer {pointer}"
        )),
    );
    assert!(error.contains("is no paper list"), "{error}");
}

#[test]
fn paper_lists_refuse_what_cannot_be_meant() {
    let desk = Desk::with_region();
    let pointer = "5a".repeat(16);
    let line = |level: &str| format!("{{\"pointer\": \"{pointer}\", \"level\": \"{level}\"}}\n");
    for (entries, due) in [
        (line("10") + &line("01"), "sheets:2"),
        (
            "{\"pointer\": \"5a\", \"level\": \"10\"}".to_owned(),
            "32 hexadecimal digits",
        ),
        (line("red"), "not a level"),
        (format!("{{\"pointer\": \"{pointer}\"}}"), "sheets:1"),
    ] {
        fs::write(desk.path("sheets"), entries).unwrap();
        let (_, error) = desk.run(
            3,
            &words(&format!(
                "list paper --key lists --region 330000 --entries sheets --sequence 1 --at {NOON} --out list.cwt"
            )),
        );
        assert!(error.contains(due), "{error}");
        // The pointer is what makes a sheet worth having: errors do not repeat it.
        assert!(!error.contains(&pointer), "{error}");
    }
    // Good for more than two days, or of facts from after the signature.
    fs::write(desk.path("sheets"), line("10")).unwrap();
    for times in [
        "--until 2022-07-10T12:00:01+08:00",
        "--as-of 2022-07-08T12:00:01+08:00",
    ] {
        desk.run(
            3,
            &words(&format!(
                "list paper --key lists --region 330000 --entries sheets --sequence 1 --at {NOON} --out list.cwt {times}"
            )),
        );
    }
    assert!(!desk.path("list.cwt").exists());
}
