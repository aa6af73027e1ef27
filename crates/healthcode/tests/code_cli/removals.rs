//! Removals by the online key, and the trust lists that follow them.

use serde_json::Value;

use crate::desk::{Desk, NOON, key_id, says, words};

/// A region whose trust list names a removal key, as `trusted.cwt`.
fn with_remover() -> Desk {
    let desk = Desk::with_region();
    desk.ok(&words("key new --out remover"));
    desk.ok(&words(
        "key trust --hub hub --root 330000=root.pub --remover remover.pub \
         --at 2022-07-08T00:00:00+08:00 --out trusted.cwt",
    ));
    desk
}

fn verdict(desk: &Desk, due: i32, code: &str, trust: &str, lists: &str) -> Value {
    let line = format!(
        "--trust {trust} --hub hub.pub --list keys.cwt {lists} --at 2022-07-08T12:00:30+08:00"
    );
    let words = [&["code", "verify", code][..], &words(&line)].concat();
    desk.objects(due, &words).remove(0)
}

fn remove(desk: &Desk, what: &str, at: &str, out: &str) -> Value {
    let line = format!("key remove --remover remover {what} --at {at} --out {out}");
    desk.objects(0, &words(&line)).remove(0)
}

#[test]
fn removals_count_at_once_and_add_up() {
    let desk = with_remover();
    let code = desk.live("low", "none");
    assert_eq!(
        verdict(&desk, 0, &code, "trusted.cwt", "")["action"],
        "pass"
    );
    let (node, root) = (key_id(&desk, "node"), key_id(&desk, "root"));
    let at = "2022-07-08T11:00:00+08:00";
    remove(&desk, &format!("--key 330000={node}"), at, "node.cwt");
    let said = verdict(&desk, 1, &code, "trusted.cwt", "--list node.cwt");
    assert_eq!(says(&said), ("invalid", "key-removed"));
    remove(&desk, "--key 330000", at, "issuer.cwt");
    let said = verdict(&desk, 1, &code, "trusted.cwt", "--list issuer.cwt");
    assert_eq!(says(&said), ("invalid", "issuer-removed"));
    remove(&desk, &format!("--key 330000={root}"), at, "root.cwt");
    let said = verdict(&desk, 1, &code, "trusted.cwt", "--list root.cwt");
    assert_eq!(says(&said), ("invalid", "root-removed"));
    // A status list under that root is not believed either.
    desk.build("", "1", "2022-07-08T11:30:00+08:00", "list.cwt");
    let line = format!(
        "--trust trusted.cwt --hub hub.pub --list keys.cwt --list root.cwt --list list.cwt --at {NOON}"
    );
    let (_, error) = desk.run(3, &[&["code", "verify", &code][..], &words(&line)].concat());
    assert!(
        error.contains("list.cwt") && error.contains("was removed"),
        "{error}"
    );

    // The next list goes on from the one before; what was removed keeps its time.
    let what = format!("--before node.cwt --key 330000={root} --key 330000={node}");
    let both = remove(&desk, &what, "2022-07-08T11:30:00+08:00", "both.cwt");
    let removals = both["removals"].as_array().unwrap();
    let mut times: Vec<_> = removals
        .iter()
        .map(|removal| (removal["key_id"].as_str().unwrap(), &removal["removed_at"]))
        .collect();
    times.sort_by_key(|(id, _)| *id != node);
    assert_eq!(times.len(), 2);
    assert_eq!(
        times[0],
        (node.as_str(), &"2022-07-08T11:00:00+08:00".into())
    );
    assert_eq!(
        times[1],
        (root.as_str(), &"2022-07-08T11:30:00+08:00".into())
    );
    let inspected = desk.objects(0, &words("list inspect both.cwt --signed-by remover.pub"));
    assert_eq!(inspected[0]["removals"], both["removals"]);
    // By whoever may not remove it is nothing, and time does not go back.
    let line = format!("key remove --remover hub --key 330000 --at {NOON} --out by-hub.cwt");
    desk.ok(&words(&line));
    let line =
        format!("--trust trusted.cwt --hub hub.pub --list keys.cwt --list by-hub.cwt --at {NOON}");
    desk.run(3, &[&["code", "verify", &code][..], &words(&line)].concat());
    desk.run(
        3,
        &words("key remove --remover remover --before node.cwt --key 330000 --at 2022-07-08T10:00:00+08:00 --out x.cwt"),
    );
    desk.run(
        2,
        &words("key remove --remover remover --key 330000=node --out x.cwt"),
    );
    assert!(!desk.path("x.cwt").exists());
}

#[test]
fn the_next_trust_list_follows_removals_of_roots_and_leaves_the_others_open() {
    let desk = with_remover();
    desk.ok(&words("key new --out second"));
    let code = desk.live("low", "none");
    let (node, root) = (key_id(&desk, "node"), key_id(&desk, "root"));
    remove(
        &desk,
        &format!("--key 330000={node}"),
        "2022-07-08T10:00:00+08:00",
        "node.cwt",
    );
    remove(
        &desk,
        &format!("--before node.cwt --key 330000={root}"),
        "2022-07-08T11:00:00+08:00",
        "both.cwt",
    );
    let next = |what: &str, due: i32, out: &str| {
        let line = format!(
            "key trust --hub hub --before trusted.cwt {what} --at 2022-07-08T11:30:00+08:00 --out {out}"
        );
        desk.run(due, &words(&line))
    };
    // Without the removals the next list settles none of them.
    next("", 0, "renewed.cwt");
    let renewed = desk.objects(0, &words("list inspect renewed.cwt --signed-by hub.pub"));
    assert_eq!(renewed[0]["version"], 2);
    assert_eq!(renewed[0]["issuers"][0]["roots"][0], root.as_str());
    assert_eq!(
        renewed[0]["issuers"][0]["until"],
        "2022-08-07T11:30:00+08:00"
    );
    let said = verdict(&desk, 1, &code, "renewed.cwt", "--list node.cwt");
    assert_eq!(says(&said), ("invalid", "key-removed"));
    // With them the root is left out; its region is only there with another root.
    let (_, error) = next("--removals both.cwt", 3, "empty.cwt");
    assert!(error.contains("no issuer is left"), "{error}");
    next(
        "--removals both.cwt --root 330000=second.pub",
        0,
        "follows.cwt",
    );
    let follows = desk.objects(0, &words("list inspect follows.cwt --signed-by hub.pub"));
    assert_eq!(
        follows[0]["issuers"][0]["roots"],
        serde_json::json!([key_id(&desk, "second")])
    );
    // The key under the root stays removed, also under the next root.
    desk.ok(&words(
        "key list --region 330000 --root second --key codes=node.pub --list-version 2 \
         --at 2022-07-08T00:00:00+08:00 --out second-keys.cwt",
    ));
    let line = "--trust follows.cwt --hub hub.pub --list second-keys.cwt --list both.cwt --at 2022-07-08T12:00:30+08:00";
    let words_of = [&["code", "verify", &code][..], &words(line)].concat();
    let said = desk.objects(1, &words_of).remove(0);
    assert_eq!(says(&said), ("invalid", "key-removed"));
    // A root that gates go on to refuse is not listed again by mistake.
    let (_, error) = next(
        "--removals both.cwt --root 330000=root.pub",
        3,
        "mistake.cwt",
    );
    assert!(error.contains("--settled-until"), "{error}");
    next(
        "--removals both.cwt --root 330000=root.pub --settled-until 2022-07-08T11:10:00+08:00",
        0,
        "meant.cwt",
    );
    let said = verdict(&desk, 0, &code, "meant.cwt", "--list both.cwt");
    assert_eq!(said["action"], "pass");
}

#[test]
fn issuers_and_roots_are_left_out_by_name() {
    let desk = with_remover();
    desk.ok(&words("key new --out other"));
    let at = "--at 2022-07-08T11:30:00+08:00";
    let line = format!(
        "key trust --hub hub --before trusted.cwt --root 310000=other.pub {at} --out two.cwt"
    );
    desk.ok(&words(&line));
    let line = format!("key trust --hub hub --before two.cwt --remove 330000 {at} --out one.cwt");
    let list = &desk.objects(0, &words(&line))[0];
    assert_eq!(list["version"], 3);
    assert_eq!(list["issuers"].as_array().unwrap().len(), 1);
    assert_eq!(list["issuers"][0]["region"], "310000");
    assert_eq!(list["removal_keys"].as_array().unwrap().len(), 1);
    let code = desk.live("low", "none");
    // Its keys are believed by nobody's word now.
    let line = format!("--trust one.cwt --hub hub.pub --at {NOON}");
    let words_of = [&["code", "verify", &code][..], &words(&line)].concat();
    let said = desk.objects(1, &words_of).remove(0);
    assert_eq!(says(&said), ("invalid", "issuer-unknown"));
    for (what, due) in [
        ("--remove 440000", "440000 is not on the list"),
        (
            "--remove 330000=0123456789abcdef",
            "0123456789abcdef is not on the list",
        ),
    ] {
        let line = format!("key trust --hub hub --before two.cwt {what} {at} --out x.cwt");
        let (_, error) = desk.run(3, &words(&line));
        assert!(error.contains(due), "{error}");
    }
    // By a key that is not the hub's, or before the list before.
    for line in [
        format!("key trust --hub root --before two.cwt {at} --out x.cwt"),
        "key trust --hub hub --before two.cwt --at 2022-07-08T01:00:00+08:00 --out x.cwt"
            .to_owned(),
        format!("key trust --hub hub --before keys.cwt {at} --out x.cwt"),
    ] {
        desk.run(3, &words(&line));
    }
    desk.run(
        2,
        &words("key trust --hub hub --remove 330000 --root 310000=other.pub --out x.cwt"),
    );
    assert!(!desk.path("x.cwt").exists());
}

#[test]
fn a_removed_root_does_not_bar_its_successor() {
    let desk = with_remover();
    desk.ok(&words("key new --out second"));
    desk.ok(&words(
        "key trust --hub hub --before trusted.cwt --root 330000=second.pub \
         --at 2022-07-08T01:00:00+08:00 --out both.cwt",
    ));
    // Whoever stole the first root signs a list with a high number.
    desk.ok(&words(
        "key list --region 330000 --root root --key codes=phone.pub --list-version 900 \
         --at 2022-07-08T11:00:00+08:00 --out stolen.cwt",
    ));
    desk.ok(&words(
        "key list --region 330000 --root second --key codes=node.pub --list-version 2 \
         --at 2022-07-08T10:00:00+08:00 --out second-keys.cwt",
    ));
    let root = key_id(&desk, "root");
    remove(&desk, &format!("--key 330000={root}"), NOON, "removals.cwt");
    let code = desk.live("low", "none");
    let line = "--trust both.cwt --hub hub.pub --list stolen.cwt --list second-keys.cwt --list removals.cwt \
                --seen seen.json --at 2022-07-08T12:00:30+08:00";
    let words_of = [&["code", "verify", &code][..], &words(line)].concat();
    for _ in 0..2 {
        assert_eq!(desk.objects(0, &words_of)[0]["action"], "pass");
    }
}
