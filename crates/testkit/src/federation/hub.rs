//! The hub of a world, and its ceremony.

use std::fs;
use std::path::{Path, PathBuf};

use super::process::{Process, free_port};
use super::{Place, Program, after};

/// Where it is kept, beside the hub's own folder.
const KEPT: &str = "hub-kept";

#[derive(Debug)]
pub(super) struct Hub {
    pub(super) place: Place,
    pub(super) config: PathBuf,
    port: u16,
    serving: Option<Process>,
    /// How many trust lists were signed.
    lists: u32,
}

impl Hub {
    /// Makes one that will serve these regions in its own process.
    pub(super) fn new(program: &Program, world: &Path, place: Place, serves: &[&str]) -> Self {
        let path = |name: &str| world.join(name).display().to_string();
        program.done(&["key", "new", "--out", &path("offline.json")], &[0]);
        let (port, door) = (free_port(), free_port());
        let at = place.address;
        let (folder, listen) = (path("hub"), format!("{at}:{port}"));
        let public = path("offline.json.pub");
        let words = ["hub", "init", &folder, "--name", "hub.example"];
        let words = [&words[..], &["--key", &public, "--listen", &listen]].concat();
        program.done(&words, &[0]);
        let config = world.join("hub/hub.toml");
        let written = fs::read_to_string(&config).unwrap();
        let serves = serves.iter();
        let serves = serves.map(|code| format!("../{code}/healthcode.toml"));
        let serves: Vec<String> = serves.collect();
        let more = format!(
            "every = \"1s\"\nregions = {serves:?}\nauthorities = \"{}\"\n[tls]\ncertificate = \"{}\"\nkey = \"{}\"\n[door]\nlisten = \
             \"{at}:{door}\"\naddress = \"https://{at}:{door}\"\n[log]",
            place.authorities.display(),
            place.certificate.display(),
            place.key.display()
        );
        fs::write(&config, written.replace("[log]", &more)).unwrap();
        Self {
            place,
            config,
            port,
            serving: None,
            lists: 0,
        }
    }

    /// Where regions and gates ask.
    pub(super) fn url(&self) -> String {
        format!("https://{}:{}", self.place.address, self.port)
    }

    /// Starts it, or starts it again.
    pub(super) fn serve(&mut self, program: &Program) {
        self.begin(program, &self.config.clone());
    }

    fn begin(&mut self, program: &Program, config: &Path) {
        self.serving = None;
        self.serving = Some(Process::start(program, &self.place, config));
    }

    /// Stops it at once.
    pub(super) fn stop(&mut self) {
        self.serving = None;
    }

    /// The next trust list: proposed, signed where the offline key is, good for so long, and taken into force.
    pub(super) fn sign_next_list(&mut self, program: &Program, world: &Path, life: &str) {
        self.lists += 1;
        let path = |name: &str| world.join(format!("{name}-{}", self.lists));
        let path = |name: &str| path(name).display().to_string();
        let (proposal, list) = (path("proposal"), path("list"));
        let config = self.config.display().to_string();
        let words = ["hub", "propose", "--out", &proposal, "--config", &config];
        let print = after(&program.done(&words, &[0]), "fingerprint");
        let key = world.join("offline.json").display().to_string();
        let words = ["hub", "sign-list", "--key", &key, "--proposal", &proposal];
        let more = ["--out", &list, "--fingerprint", &print, "--life", life];
        program.done(&[&words[..], &more].concat(), &[0]);
        program.done(&["hub", "adopt", &list, "--config", &config], &[0]);
    }

    /// Keeps everything that it has, as a backup would.
    pub(super) fn keep(&self) {
        let folder = self.config.parent().unwrap();
        copy(folder, &folder.with_file_name(KEPT));
    }

    /// Serves what was kept in its place, at the same addresses.
    pub(super) fn serve_kept(&mut self, program: &Program) {
        let folder = self.config.parent().unwrap();
        let config = folder.with_file_name(KEPT).join("hub.toml");
        self.begin(program, &config);
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (path, name) = entry
            .map(|entry| (entry.path(), entry.file_name()))
            .unwrap();
        if path.is_dir() {
            copy(&path, &to.join(name));
        } else {
            fs::copy(&path, to.join(name)).unwrap();
        }
    }
}
