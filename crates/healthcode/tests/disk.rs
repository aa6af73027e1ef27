//! A region on a disk that is full, and on one that cannot be written: a file system of its own in a
//! namespace of its own, so that the errors are those of the system.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use hc_people::Crowd;
use hc_testkit::told::{Told, ask};
use serde_json::json;
use tempfile::TempDir;

/// A demonstration region below a small file system. A script fills it, frees it, and ends with the test.
struct OnSmallDisk {
    child: Child,
    orders: ChildStdin,
    heard: std::io::Lines<BufReader<std::process::ChildStdout>>,
    address: SocketAddr,
    _folder: TempDir,
}

/// Sixty megabytes: the region of a few people and its journal, and room to fill.
const SCRIPT: &str = r#"
set -e
mount -t tmpfs -o size=60m none "$FOLDER"
"$HEALTHCODE" demo --folder "$FOLDER/region" --people 50 --listen 127.0.0.1:0 &
while read order; do
    case "$order" in
        fill) dd if=/dev/zero of="$FOLDER/ballast" bs=4096 2>/dev/null || true ;;
        free) rm "$FOLDER/ballast" ;;
    esac
    echo "done $order"
done
"#;

impl OnSmallDisk {
    /// None where this machine gives no namespaces, which under CI is a failure.
    fn start() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let works = unshare().arg("true").status();
        if !works.is_ok_and(|status| status.success()) {
            let why = "unshare of util-linux gives no user and mount namespace here";
            assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "{why}");
            eprintln!("SKIPPED, no full disk was tried: {why}");
            return None;
        }
        let mut child = unshare()
            .args(["sh", "-c", SCRIPT])
            .env("FOLDER", folder.path())
            .env("HEALTHCODE", env!("CARGO_BIN_EXE_healthcode"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let orders = child.stdin.take().unwrap();
        let mut heard = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = heard
            .find_map(|line| {
                let line = line.unwrap();
                let (_, rest) = line.split_once("http://")?;
                rest.split('/').next()?.parse().ok()
            })
            .unwrap();
        Some(Self {
            child,
            orders,
            heard,
            address,
            _folder: folder,
        })
    }

    fn order(&mut self, order: &str) {
        writeln!(self.orders, "{order}").unwrap();
        let done = format!("done {order}");
        assert!(self.heard.any(|line| line.unwrap() == done));
    }

    fn enrol(&self, person: u32) -> Told {
        let person = Crowd::hangzhou().person(person);
        let body = json!({
            "identity": {"method": "demo"},
            "document": {"type": "111", "number": person.number},
            "profile": {"name": person.name, "phone": "13800000000", "address": "西湖区一号".repeat(40)},
            "consents": [{"purpose": "code", "version": 1, "days": 365}],
        });
        ask(self.address, "POST /v1/enrolments", "", Some(&body))
    }
}

impl Drop for OnSmallDisk {
    fn drop(&mut self) {
        // Its process namespace ends with it, and so does the region.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn unshare() -> Command {
    let mut command = Command::new("unshare");
    command.args([
        "--map-root-user",
        "--mount",
        "--pid",
        "--fork",
        "--kill-child=SIGKILL",
    ]);
    command
}

fn token(told: &Told) -> String {
    told.json()["shown"]["token"].as_str().unwrap().to_owned()
}

fn problem(told: &Told) -> (u16, String) {
    let kind = told.json()["type"].as_str().unwrap_or_default().to_owned();
    (
        told.status,
        kind.rsplit(['/', ':', '#']).next().unwrap().to_owned(),
    )
}

#[test]
fn on_a_full_disk_acts_are_refused_nothing_acknowledged_is_lost_and_codes_are_shown() {
    let Some(mut disk) = OnSmallDisk::start() else {
        return;
    };
    let mut tokens = vec![token(&disk.enrol(1000))];
    disk.order("fill");
    let mut next = 1001;
    let refused = loop {
        // The journal may have room of its own for some.
        let told = disk.enrol(next);
        next += 1;
        if told.status != 201 {
            break told;
        }
        tokens.push(token(&told));
        assert!(next < 60_000, "the disk is not full");
    };
    assert_eq!(problem(&refused), (503, "store-unavailable".to_owned()));
    assert!(
        refused.head.to_lowercase().contains("retry-after:"),
        "{}",
        refused.head
    );
    for token in tokens.iter().rev().take(50) {
        let shown = ask(disk.address, "GET /v1/code", token, None);
        assert_eq!(shown.status, 200, "{}", shown.body);
        let text = shown.json()["codes"][0]["text"].clone();
        let seen = ask(
            disk.address,
            "POST /v1/verdicts",
            "",
            Some(&json!({"text": text})),
        );
        assert_eq!(seen.status, 200, "{}", seen.body);
        // What was acknowledged can be read as well.
        assert_eq!(ask(disk.address, "GET /v1/why", token, None).status, 200);
    }
    // It goes on by itself when there is room again.
    disk.order("free");
    let begun = now();
    let again = loop {
        let told = disk.enrol(next);
        if told.status == 201 {
            break told;
        }
        assert!(begun.elapsed() < Duration::from_mins(1), "{}", told.body);
    };
    tokens.push(token(&again));
    for token in &tokens {
        assert_eq!(ask(disk.address, "GET /v1/why", token, None).status, 200);
    }
    // Who was refused was not half enrolled: the number is free, or theirs as it is everybody's.
    let refused = disk.enrol(next - 1);
    assert_eq!(refused.status, 201, "{}", refused.body);
}

#[test]
fn a_region_on_a_disk_that_cannot_be_written_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("region");
    let healthcode = env!("CARGO_BIN_EXE_healthcode");
    let made = Command::new(healthcode)
        .args(["demo", "--once", "--people", "20", "--folder"])
        .arg(&path)
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    let works = unshare().arg("true").status();
    if !works.is_ok_and(|status| status.success()) {
        let why = "unshare of util-linux gives no user and mount namespace here";
        assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "{why}");
        eprintln!("SKIPPED, no read-only disk was tried: {why}");
        return;
    }
    let script = r#"mount --bind "$FOLDER" "$FOLDER" && mount -o remount,ro,bind "$FOLDER" && exec "$HEALTHCODE" "$@""#;
    let inside = |words: &[&str]| {
        unshare()
            .args(["sh", "-c", script, "sh"])
            .args(words)
            .env("FOLDER", &path)
            .env("HEALTHCODE", healthcode)
            .output()
            .unwrap()
    };
    let config = path.join("healthcode.toml");
    let config = config.to_str().unwrap();
    let served = inside(&["serve", "--config", config]);
    let said = String::from_utf8_lossy(&served.stderr).into_owned();
    assert_eq!(served.status.code(), Some(3), "{said}");
    assert!(
        said.contains("region.db-lock") && said.contains("Read-only file system"),
        "{said}"
    );
    // Nothing was lost by it.
    let again = Command::new(healthcode)
        .args(["audit", "verify", "--config", config])
        .output()
        .unwrap();
    assert!(
        again.status.success(),
        "{}",
        String::from_utf8_lossy(&again.stderr)
    );
}

fn now() -> Instant {
    #[expect(
        clippy::disallowed_methods,
        reason = "a test waits for another process, but not for ever"
    )]
    Instant::now()
}
