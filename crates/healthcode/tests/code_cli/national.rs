//! A region all of whose keys are of SM2: hub, root, codes, lists, paper, removals.

use std::fs;

use crate::desk::{Desk, key_id, says, words};

const AT: &str = "2022-07-08T12:00:30+08:00";

fn region() -> Desk {
    Desk::with_region_of("SM2", "SM2")
}

#[test]
fn live_and_carried_codes_of_sm2_are_believed_with_their_lists() {
    let desk = region();
    for name in ["hub", "root", "node", "lists"] {
        let file = fs::read_to_string(desk.path(&format!("{name}.pub"))).unwrap();
        assert!(file.contains("\"SM2\""), "{file}");
    }
    let code = desk.live("high", "case");
    assert_eq!(desk.verdict(1, &code, AT, &[])["action"], "refuse");
    let code = desk.live("low", "none");
    assert_eq!(desk.verdict(0, &code, AT, &[])["action"], "pass");
    let shown = desk.shown("7", "2022-07-08T12:01:00+08:00");
    let at = "2022-07-08T12:01:10+08:00";
    for (sequence, entries, due, action) in [
        ("1", "", 0, "pass"),
        ("2", "{\"index\": 7, \"level\": \"high\"}\n", 1, "refuse"),
    ] {
        let list = format!("{sequence}.cwt");
        desk.build(entries, sequence, "2022-07-08T12:00:00+08:00", &list);
        let verdict = desk.verdict(due, &shown, at, &["--list", &list]);
        assert_eq!(verdict["action"], action, "{verdict}");
    }
}

#[test]
fn paper_codes_of_sm2_are_believed_with_their_list() {
    let desk = region();
    desk.ok(&words("key new --algorithm SM2 --out paper"));
    let rotate = "key rotate --list keys.cwt --region 330000 --root root --key paper=paper.pub \
                  --at 2022-07-08T01:00:00+08:00 --key-life 48h --out paper-keys.cwt";
    desk.run(1, &words(rotate));
    let issue = "code issue --key paper --region 330000 --class paper --life 24h \
                 --at 2022-07-08T12:00:00+08:00";
    let issued = desk.objects(0, &words(issue));
    let text = issued[0]["text"].as_str().unwrap();
    fs::write(desk.path("sheets"), "").unwrap();
    desk.ok(&words(
        "list paper --key lists --region 330000 --entries sheets --sequence 1 \
         --at 2022-07-08T12:01:00+08:00 --out paper.cwt",
    ));
    let line = "--trust trust.cwt --hub hub.pub --list paper-keys.cwt --list paper.cwt \
                --at 2022-07-08T12:30:00+08:00";
    let words = [&["code", "verify", text][..], &words(line)].concat();
    let verdict = desk.objects(0, &words).remove(0);
    assert_eq!(says(&verdict), ("pass", "list"));
}

#[test]
fn a_key_of_sm2_removes_another() {
    let desk = region();
    desk.ok(&words("key new --algorithm SM2 --out remover"));
    desk.ok(&words(
        "key trust --hub hub --root 330000=root.pub --remover remover.pub \
         --at 2022-07-08T00:00:00+08:00 --out trusted.cwt",
    ));
    let code = desk.live("low", "none");
    let node = key_id(&desk, "node");
    let remove = format!(
        "key remove --remover remover --key 330000={node} --at 2022-07-08T11:00:00+08:00 --out r.cwt"
    );
    desk.ok(&words(&remove));
    let line = format!("--trust trusted.cwt --hub hub.pub --list keys.cwt --list r.cwt --at {AT}");
    let words = [&["code", "verify", &code][..], &words(&line)].concat();
    let verdict = desk.objects(1, &words).remove(0);
    assert_eq!(says(&verdict), ("invalid", "key-removed"));
}
