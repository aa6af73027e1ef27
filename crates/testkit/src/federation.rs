//! A hub and regions as processes of the program, over TLS on this machine: for tests and proofs that want
//! the whole federation and nothing put in its place.
//!
//! Every region has a laboratory that signs its batches, a door, the directory's key, and people who prove who
//! they are with the code of an app that takes everybody at their word (`app`).

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a test whose processes do not come up fails"
)]

mod app;
mod carried;
mod hosts;
mod hub;
mod laboratory;
mod moving;
mod place;
mod planned;
mod process;
mod region;

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use tempfile::TempDir;

pub use carried::Carried;
pub use hosts::{Capture, Host, Hosts};
use hub::Hub;
pub use moving::Moving;
pub use place::{Ground, Place};
pub use planned::Planned;
pub use process::{Process, free_port, of_now};
pub use region::Region;

/// How long something may take to come about.
const LONGEST: Duration = Duration::from_mins(1);

/// A hub and its regions, in a folder that is gone afterwards.
#[derive(Debug)]
pub struct World {
    program: Program,
    folder: TempDir,
    hub: Hub,
    regions: Vec<Region>,
}

/// The program that is run, and the checkout that its files lie in.
#[derive(Clone, Debug)]
pub struct Program {
    binary: PathBuf,
    checkout: PathBuf,
}

#[expect(
    clippy::disallowed_methods,
    reason = "other processes go on by the clock"
)]
fn now() -> Instant {
    Instant::now()
}

#[expect(clippy::disallowed_methods, reason = "other processes need a moment")]
fn pause(millis: u64) {
    std::thread::sleep(Duration::from_millis(millis));
}

/// Looks until something is there; `what` says what was waited for in vain.
pub fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < LONGEST, "in vain: {what}");
        pause(25);
    }
}

/// The number of an identity card of somebody who never lived.
pub fn somebody(person: u32) -> String {
    let county = "510104".parse().unwrap();
    hc_people::Crowd::of(county).person(person).number
}

/// The word after a word.
fn after(said: &str, word: &str) -> String {
    let mut words = said.split_whitespace().skip_while(|found| *found != word);
    words
        .nth(1)
        .unwrap_or_else(|| panic!("no {word} in {said}"))
        .to_owned()
}

impl Program {
    /// A binary, and the checkout that it was made from.
    pub fn new(binary: &Path, checkout: &Path) -> Self {
        Self {
            binary: binary.to_owned(),
            checkout: checkout.canonicalize().unwrap(),
        }
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command.args(words).current_dir(&self.checkout);
        command
    }

    /// Runs a command that must end with one of these codes; gives what it said.
    pub fn done(&self, words: &[&str], codes: &[i32]) -> String {
        let output = self.command(words).output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        let code = output.status.code().unwrap_or(-1);
        assert!(codes.contains(&code), "{words:?} ended with {code}: {said}");
        said
    }

    fn certificate(&self, name: &str) -> String {
        let path = self.checkout.join("crates/http/tests/tls").join(name);
        path.display().to_string()
    }
}

impl World {
    /// Makes and starts a hub and regions by code and rule pack, and waits until all know each other.
    pub fn open(program: &Program, regions: &[(&str, &str)]) -> Self {
        let planned = regions.iter().map(|(code, pack)| Planned::new(code, pack));
        let planned: Vec<Planned<'_>> = planned.collect();
        Self::open_on(program, &mut Ground::Here, &planned)
    }

    /// The same on other ground, with regions that are more than that.
    pub fn open_on(program: &Program, ground: &mut Ground, regions: &[Planned<'_>]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let world = folder.path();
        ground.certify(program, world);
        let at = ground.place(program, world, "hub");
        let served = regions.iter().filter(|planned| planned.by_the_hub);
        let served: Vec<&str> = served.map(|planned| planned.code).collect();
        let hub = Hub::new(program, world, at.clone(), &served);
        let mut made = Vec::new();
        for planned in regions {
            let place = if planned.by_the_hub {
                at.clone()
            } else {
                ground.place(program, world, planned.code)
            };
            let mut region = Region::new(program, world, planned, place);
            // One region draws the key of the directory, and the others take it over.
            region.take_directory_key(made.first());
            region.serve();
            made.push(region);
        }
        let mut world = Self {
            program: program.clone(),
            folder,
            hub,
            regions: made,
        };
        world.serve_hub();
        world.let_in();
        for place in 0..world.regions.len() {
            world.join(place);
            world.regions[place].serve();
        }
        if !served.is_empty() {
            world.serve_hub();
        }
        world.until_met();
        world
    }

    /// Waits until the doors of all regions are open to each other, and everybody is entered in the directory.
    pub fn until_met(&self) {
        for region in &self.regions {
            region.until_neighbours_open(self.regions.len() - 1);
            region.until_entered();
        }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// Where everything of this world lies.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Runs a command of the hub: `remove` and what goes with it.
    pub fn hub_does(&self, words: &[&str]) -> String {
        let config = self.hub.config.display().to_string();
        let words = [&["hub"], words, &["--config", &config]].concat();
        self.program.done(&words, &[0])
    }

    /// What whoever looks at the wires must leave out and know: the operators' ports, which this world
    /// itself asks in plain text, and the addresses of the regions.
    pub fn own_ports(&self) -> (Vec<u16>, Vec<IpAddr>) {
        let operators = self.regions.iter().map(|region| region.operators.port());
        let regions = self.regions.iter().map(|region| region.place.address);
        (operators.collect(), regions.collect())
    }

    /// A region by its code.
    pub fn region(&self, code: &str) -> &Region {
        let found = self.regions.iter().find(|region| region.code == code);
        found.unwrap_or_else(|| panic!("no region {code}"))
    }

    /// The same, to be stopped and started.
    pub fn region_mut(&mut self, code: &str) -> &mut Region {
        let mut regions = self.regions.iter_mut();
        let found = regions.find(|region| region.code == code);
        found.unwrap_or_else(|| panic!("no region {code}"))
    }

    /// Starts the hub, or starts it again, with the regions that it serves.
    pub fn serve_hub(&mut self) {
        self.hub.serve(&self.program);
    }

    /// Stops the hub at once.
    pub fn stop_hub(&mut self) {
        self.hub.stop();
    }

    /// Keeps what the hub has now.
    pub fn keep_hub(&self) {
        self.hub.keep();
    }

    /// Has what was kept served in the hub's place, at its addresses and with its certificate and keys.
    pub fn serve_kept_hub(&mut self) {
        self.hub.serve_kept(&self.program);
    }

    /// Has the offline key sign the next trust list, good for so long (as in `30d`), and the hub take it into
    /// force.
    pub fn sign_next_list(&mut self, life: &str) {
        let folder = self.folder.path();
        self.hub.sign_next_list(&self.program, folder, life);
    }

    /// Every region asks, is admitted, and stands on the first list.
    fn let_in(&mut self) {
        let hub = self.hub.config.display().to_string();
        for region in &self.regions {
            let (file, config) = (
                self.path(&format!("{}.request", region.code)),
                region.config(),
            );
            let words = ["federation", "request", "--contact", "12345", "--out"];
            let words = [&words[..], &[&file, "--config", &config]].concat();
            let print = after(&self.program.done(&words, &[0]), "fingerprint");
            let words = ["hub", "admit", &file, "--fingerprint", &print];
            let words = [&words[..], &["--by", "telephone", "--config", &hub]].concat();
            self.program.done(&words, &[0, 1]);
        }
        self.sign_next_list("30d");
    }

    fn join(&self, place: usize) {
        let region = &self.regions[place];
        let (url, key) = (self.hub.url(), self.path("offline.json.pub"));
        let config = region.config();
        let words = ["federation", "join", "--hub", &url, "--key", &key];
        let words = [&words[..], &["--config", &config]].concat();
        // The hub shows what the commands wrote a moment later.
        until("the region stands on the list", || {
            let said = self.program.done(&words, &[0, 1]);
            said.contains("as it is configured").then_some(())
        });
    }
}
