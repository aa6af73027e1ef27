//! A hub and two regions, each a process of its own, over TLS on this machine: from the first request to the
//! end of a region.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn healthcode(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_healthcode"));
    command.args(words).current_dir(root());
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// What a command said, whatever came of it.
fn said(output: &Output) -> String {
    format!("{}{}", text(&output.stdout), text(&output.stderr))
}

/// A command that ends with one of these codes; what it said.
fn done(words: &[&str], codes: &[i32]) -> String {
    let output = healthcode(words).output().unwrap();
    let said = said(&output);
    let code = output.status.code().unwrap();
    assert!(codes.contains(&code), "{words:?} ended with {code}: {said}");
    said
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

/// A process that serves; it is stopped when the test ends, however it ends.
struct Serving(Child);

impl Serving {
    fn start(config: &Path) -> Self {
        let mut child = healthcode(&["serve", "--config", config.to_str().unwrap()])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        assert!(line.contains("127.0.0.1:"), "{line:?}");
        Self(child)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// One region with its ports.
struct Region {
    code: &'static str,
    config: PathBuf,
    folder: PathBuf,
    port: u16,
    serving: Option<Serving>,
}

impl Region {
    fn new(world: &Path, code: &'static str, rules: &str) -> Self {
        let (port, operators, door) = (free_port(), free_port(), free_port());
        let folder = world.join(code);
        let (listen, lists_at) = (
            format!("127.0.0.1:{port}"),
            format!("https://127.0.0.1:{port}/status"),
        );
        let words = [
            "init",
            folder.to_str().unwrap(),
            "--region",
            code,
            "--rules",
            rules,
            "--lists-at",
            &lists_at,
            "--listen",
            &listen,
        ];
        done(&words, &[0]);
        let config = folder.join("healthcode.toml");
        let written = fs::read_to_string(&config).unwrap();
        let written = written
            .replace(
                "#operators = \"127.0.0.1:8081\"",
                &format!("operators = \"127.0.0.1:{operators}\""),
            )
            .replace(
                "[federation]\n",
                &format!(
                    "[federation]\nevery = \"1s\"\nauthorities = \"{}\"\n",
                    ca().display()
                ),
            );
        let more = format!(
            "\n[tls]\ncertificate = \"{}\"\nkey = \"{}\"\n[door]\nlisten = \"127.0.0.1:{door}\"\naddress = \"https://127.0.0.1:{door}\"\n",
            certificate("first.pem").display(),
            world.join("first.key").display()
        );
        fs::write(&config, written + &more).unwrap();
        Self {
            code,
            config,
            folder,
            port,
            serving: None,
        }
    }

    fn config(&self) -> &str {
        self.config.to_str().unwrap()
    }

    fn serve(&mut self) {
        self.serving = None;
        self.serving = Some(Serving::start(&self.config));
    }

    /// What the running node says of its neighbours.
    fn check(&self) -> (i32, String) {
        let words = ["federation", "check", "--json", "--config", self.config()];
        let output = healthcode(&words).output().unwrap();
        (output.status.code().unwrap(), said(&output))
    }

    /// Looks until the node says what it should, or too long.
    fn until(&self, what: &str, holds: impl Fn(i32, &str) -> bool) -> String {
        let begun = now();
        loop {
            let (code, said) = self.check();
            if holds(code, &said) {
                return said;
            }
            assert!(
                begun.elapsed() < Duration::from_mins(1),
                "{} never came to it: {what}: {said}",
                self.code
            );
            pause();
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "other processes go on by the clock"
)]
fn now() -> Instant {
    Instant::now()
}

#[expect(clippy::disallowed_methods, reason = "other processes need a moment")]
fn pause() {
    std::thread::sleep(Duration::from_millis(200));
}

fn certificate(name: &str) -> PathBuf {
    root()
        .join("crates/http/tests/tls")
        .join(name)
        .canonicalize()
        .unwrap()
}

fn ca() -> PathBuf {
    certificate("ca.pem")
}

struct World {
    folder: TempDir,
    hub: PathBuf,
    hub_port: u16,
    hub_serving: Option<Serving>,
    regions: [Region; 2],
}

/// The word after a word.
fn after(said: &str, word: &str) -> String {
    let found = said
        .split_whitespace()
        .skip_while(|found| *found != word)
        .nth(1);
    found
        .unwrap_or_else(|| panic!("no {word} in {said}"))
        .to_owned()
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let world = folder.path().to_owned();
        let key = world.join("first.key");
        fs::copy(certificate("first.key"), &key).unwrap();
        fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
        let path = |name: &str| world.join(name).to_str().unwrap().to_owned();
        done(&["key", "new", "--out", &path("offline.json")], &[0]);
        let port = free_port();
        let listen = format!("127.0.0.1:{port}");
        let words = [
            "hub",
            "init",
            &path("hub"),
            "--name",
            "hub.example",
            "--key",
            &path("offline.json.pub"),
            "--listen",
            &listen,
        ];
        done(&words, &[0]);
        let hub = world.join("hub/hub.toml");
        let written = fs::read_to_string(&hub).unwrap();
        let more = format!(
            "every = \"1s\"\nauthorities = \"{}\"\n[tls]\ncertificate = \"{}\"\nkey = \"{}\"\n[log]",
            ca().display(),
            certificate("first.pem").display(),
            key.display()
        );
        fs::write(&hub, written.replace("[log]", &more)).unwrap();
        let regions = [
            Region::new(&world, "330000", "policies/zhejiang-2022-06.toml"),
            Region::new(&world, "440000", "policies/guangdong-2020.toml"),
        ];
        Self {
            folder,
            hub,
            hub_port: port,
            hub_serving: None,
            regions,
        }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn hub(&self) -> &str {
        self.hub.to_str().unwrap()
    }

    fn hub_url(&self) -> String {
        format!("https://127.0.0.1:{}", self.hub_port)
    }

    fn serve_hub(&mut self) {
        self.hub_serving = None;
        self.hub_serving = Some(Serving::start(&self.hub));
    }

    /// The region's people write the request and tell the fingerprint.
    fn request(&self, region: &Region) -> (String, String) {
        let file = self.path(&format!("{}.request", region.code));
        let words = [
            "federation",
            "request",
            "--contact",
            "duty officer, 12345",
            "--out",
            &file,
            "--config",
            region.config(),
        ];
        let said = done(&words, &[0]);
        (file, after(&said, "fingerprint"))
    }

    fn admit(&self, file: &str, fingerprint: &str, codes: &[i32]) -> String {
        let words = [
            "hub",
            "admit",
            file,
            "--fingerprint",
            fingerprint,
            "--by",
            "the test, over the telephone",
            "--config",
            self.hub(),
        ];
        done(&words, codes)
    }

    /// The whole way of a trust list: to the offline key and back.
    fn ceremony(&self, number: u32) -> String {
        let (proposal, list) = (
            self.path(&format!("{number}.proposal")),
            self.path(&format!("{number}.list")),
        );
        let proposed = done(
            &["hub", "propose", "--out", &proposal, "--config", self.hub()],
            &[0],
        );
        let fingerprint = after(&proposed, "fingerprint");
        let offline = self.path("offline.json");
        let sign = [
            "hub",
            "sign-list",
            "--key",
            &offline,
            "--proposal",
            &proposal,
            "--out",
            &list,
        ];
        let shown = done(&sign, &[1]);
        let wrong = [&sign[..], &["--fingerprint", "0000-0000-0000-0000-0000"]].concat();
        assert!(done(&wrong, &[3]).contains("another file"));
        assert!(!Path::new(&list).exists());
        done(
            &[&sign[..], &["--fingerprint", &fingerprint]].concat(),
            &[0],
        );
        done(&["hub", "adopt", &list, "--config", self.hub()], &[0]);
        shown
    }

    fn join(&self, region: &Region, codes: &[i32]) -> String {
        let (url, key) = (self.hub_url(), self.path("offline.json.pub"));
        let words = [
            "federation",
            "join",
            "--hub",
            &url,
            "--key",
            &key,
            "--config",
            region.config(),
        ];
        done(&words, codes)
    }
}

impl World {
    /// Joins until it is said how the region stands.
    fn joined(&self, region: &Region, due: &str) {
        let begun = now();
        loop {
            let said = self.join(region, &[0, 1]);
            if said.contains(due) {
                return;
            }
            assert!(
                begun.elapsed() < Duration::from_mins(1),
                "no {due:?}: {said}"
            );
            pause();
        }
    }
}

/// The file that a gate of a region begins with.
fn held_list(region: &Region) -> Vec<u8> {
    fs::read(region.folder.join("federation/trust-list.cose")).unwrap()
}

#[test]
fn regions_are_let_in_meet_and_are_removed_and_the_hub_may_be_gone_meanwhile() {
    let mut world = World::new();
    for region in &mut world.regions {
        region.serve();
    }
    world.serve_hub();

    // A region asks; another fingerprint, another region's root and a second file are refused loudly.
    let [(first, first_print), (second, second_print)] =
        [0, 1].map(|place| world.request(&world.regions[place]));
    let refused = world.admit(&first, &second_print, &[3]);
    assert!(
        refused.contains("WRONG the file has the fingerprint"),
        "{refused}"
    );
    let joined = world.join(&world.regions[0], &[1]);
    assert!(joined.contains("no trust list yet"), "{joined}");
    world.admit(&first, &first_print, &[0]);
    let mut forged = fs::read(&first).unwrap();
    let middle = forged.len() / 2;
    forged[middle] ^= 1;
    let changed = world.path("changed.request");
    fs::write(&changed, forged).unwrap();
    world.admit(&changed, &first_print, &[3]);

    // The ceremony says what changes; the second region comes with the second list.
    let shown = world.ceremony(1);
    assert!(
        shown.contains("+ 330000") && !shown.contains("440000"),
        "{shown}"
    );
    // The hub shows what the commands wrote a moment later.
    world.joined(&world.regions[1], "440000 is not on the list");
    world.admit(&second, &second_print, &[0]);
    let shown = world.ceremony(2);
    assert!(
        shown.contains("+ 440000") && !shown.contains("330000"),
        "{shown}"
    );

    world.joined(&world.regions[1], "as it is configured");
    world.join(&world.regions[0], &[0]);
    for region in &mut world.regions {
        region.serve();
    }
    for region in &world.regions {
        let said = region.until("its neighbour's door opens", |code, said| {
            code == 0 && said.contains("\"open\":true")
        });
        assert!(said.contains("\"theirTrustVersion\":2"), "{said}");
        let doctor = done(&["doctor", "--config", region.config()], &[0, 1]);
        assert!(
            doctor.contains("good  federation: trust list 2 holds until"),
            "{doctor}"
        );
    }

    // The hub is gone: a region that starts again knows its neighbours, and they it, with its new keys.
    world.hub_serving = None;
    let before = held_list(&world.regions[0]);
    world.regions[0].serve();
    for region in &world.regions {
        region.until("the door opens without the hub", |_, said| {
            said.contains("\"open\":true")
        });
    }
    assert_eq!(held_list(&world.regions[0]), before);

    // A region is removed: its neighbour's door and its own are closed, and it says so itself.
    world.serve_hub();
    let words = [
        "hub",
        "remove",
        "440000",
        "--why",
        "root stolen",
        "--config",
        world.hub(),
    ];
    done(&words, &[0]);
    let said = world.regions[0].until("it hears of the removal", |_, said| {
        said.contains("\"removed\":true")
    });
    assert!(said.contains("\"open\":false"), "{said}");
    // Its neighbour's door is closed to it, whether it has heard of that itself or not; soon it has.
    world.regions[1].until(
        "the door is closed to it, and it knows why",
        |code, said| {
            code == 1 && said.contains("\"open\":false") && said.contains("\"listed\":false")
        },
    );

    // A hub that was put back to an older state cannot turn anybody back.
    let shown = world.ceremony(3);
    assert!(shown.contains("- 440000"), "{shown}");
    world.regions[0].until("the third list", |_, said| {
        said.contains("\"trustVersion\":3")
    });
    world.hub_serving = None;
    let newest = held_list(&world.regions[0]);
    let history = world.folder.path().join("hub/hub/history");
    let put_back = world.folder.path().join("older.toml");
    rewind(&world, &history, &put_back);
    let older = Serving::start(&put_back);
    world.regions[0].serve();
    for _ in 0..10 {
        let (_, said) = world.regions[0].check();
        assert!(said.contains("\"trustVersion\":3"), "{said}");
        assert!(!said.contains("\"open\":true"), "{said}");
        pause();
    }
    assert_eq!(held_list(&world.regions[0]), newest);
    drop(older);

    // What happened stands in the history, and a changed history is noticed.
    let shown = done(&["hub", "show", "--config", world.hub()], &[0]);
    assert!(
        shown.contains("330000") && !shown.contains("440000"),
        "{shown}"
    );
    let entry = history.join("entries/00000001.json");
    let written = fs::read_to_string(&entry).unwrap();
    fs::write(
        &entry,
        written.replace("over the telephone", "over the fence"),
    )
    .unwrap();
    let shown = done(&["hub", "show", "--config", world.hub()], &[3]);
    assert!(shown.contains("somebody changed the history"), "{shown}");
    assert!(world.regions[0].port > 0);
}

/// A copy of the hub as somebody with its online secrets might put it back: the first list in force, signed
/// head and all.
fn rewind(world: &World, history: &Path, put_back: &Path) {
    let folder = world.folder.path().join("older");
    fs::create_dir(&folder).unwrap();
    fs::create_dir(folder.join("history")).unwrap();
    fs::create_dir(folder.join("files")).unwrap();
    for entry in fs::read_dir(world.folder.path().join("hub/hub/files")).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, folder.join("files").join(path.file_name().unwrap())).unwrap();
    }
    let secret = fs::read_to_string(world.folder.path().join("hub/secrets/history.key")).unwrap();
    let signer = hc_tlog::note::Signer::from_secret_text(secret.trim_end()).unwrap();
    let mut older = hc_hub::history::History::open(&folder.join("history"), signer).unwrap();
    for index in 0.. {
        let bytes = fs::read(history.join(format!("entries/{index:08}.json"))).unwrap();
        let entry = hc_hub::act::Entry::parse(&bytes).unwrap();
        let listed = matches!(entry.act, hc_hub::act::Act::Listed { .. });
        older.append(entry).unwrap();
        if listed {
            break;
        }
    }
    let config = fs::read_to_string(&world.hub).unwrap();
    let config = config
        .replace(
            "#folder = \"hub\"",
            &format!("folder = \"{}\"", folder.display()),
        )
        .replace(
            "#secrets = \"secrets\"",
            &format!(
                "secrets = \"{}\"",
                world.folder.path().join("hub/secrets").display()
            ),
        );
    fs::write(put_back, config).unwrap();
}
