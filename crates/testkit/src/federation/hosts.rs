//! Hosts of their own on this machine: network namespaces on one switch, made for a world and gone with it.

use std::ffi::OsStr;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::{env, fs};

/// Each host's address is this with its number.
const NET: [u8; 3] = [10, 97, 13];
/// Says to a process that it runs on the first host, and which ones are its.
const HERE: &str = "HEALTHCODE_HOSTS";
/// Where `ip` keeps namespaces.
const NAMESPACES: &str = "/run/netns";

/// Namespaces with a wire each to a switch, which stands in a namespace of its own, so that nothing of the
/// machine's own network is touched.
#[derive(Debug)]
pub struct Hosts {
    prefix: String,
    count: u8,
}

/// One of them.
#[derive(Clone, Debug)]
pub struct Host {
    namespace: String,
    wire: String,
    switch: String,
    /// The address by which the others reach it.
    pub address: Ipv4Addr,
}

fn ip(words: &[&str]) -> Result<(), String> {
    let output = Command::new("ip").args(words).output();
    let output = output.map_err(|error| format!("ip, of the package iproute2: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("ip {}: {}", words.join(" "), said.trim()))
}

impl Hosts {
    /// On the first host: the hosts, to which others are added. Anywhere else: makes the switch and the first
    /// host, runs this program there with the same arguments, and gives how it ended.
    ///
    /// # Errors
    /// What `ip` says: without the right to make namespaces, or without the program.
    pub fn enter() -> Result<Result<Self, bool>, String> {
        if let Ok(prefix) = env::var(HERE) {
            return Ok(Ok(Self { prefix, count: 1 }));
        }
        let mut hosts = Self {
            prefix: format!("hc{}", std::process::id()),
            count: 0,
        };
        let ended = hosts.begin();
        for name in hosts.namespaces() {
            drop(ip(&["netns", "del", &name]));
        }
        ended.map(Err)
    }

    fn begin(&mut self) -> Result<bool, String> {
        let switch = self.switch();
        ip(&["netns", "add", &switch])?;
        ip(&["-n", &switch, "link", "add", "bridge", "type", "bridge"])?;
        ip(&["-n", &switch, "link", "set", "bridge", "up"])?;
        let people = self.host("people")?;
        let own = env::current_exe().map_err(|error| error.to_string())?;
        let mut command = people.program(&own);
        command.args(env::args_os().skip(1)).env(HERE, &self.prefix);
        let ended = command.status().map_err(|error| error.to_string())?;
        Ok(ended.success())
    }

    fn switch(&self) -> String {
        format!("{}-switch", self.prefix)
    }

    fn namespaces(&self) -> Vec<String> {
        let begins = format!("{}-", self.prefix);
        let names = fs::read_dir(NAMESPACES).into_iter().flatten().flatten();
        let names = names.filter_map(|entry| entry.file_name().into_string().ok());
        names.filter(|name| name.starts_with(&begins)).collect()
    }

    /// The address of the host that this program runs on.
    pub fn own_address(&self) -> Ipv4Addr {
        let [a, b, c] = NET;
        Ipv4Addr::new(a, b, c, 1)
    }

    /// Adds a host.
    ///
    /// # Errors
    /// What `ip` says.
    pub fn host(&mut self, name: &str) -> Result<Host, String> {
        self.count += 1;
        let (namespace, wire) = (
            format!("{}-{name}", self.prefix),
            format!("wire{}", self.count),
        );
        let switch = self.switch();
        let [a, b, c] = NET;
        let address = Ipv4Addr::new(a, b, c, self.count);
        ip(&["netns", "add", &namespace])?;
        let veth = ["-n", &switch, "link", "add", &wire, "type", "veth"];
        let peer = ["peer", "name", "eth0", "netns", &namespace];
        ip(&[&veth[..], &peer].concat())?;
        ip(&["-n", &switch, "link", "set", &wire, "master", "bridge"])?;
        ip(&["-n", &switch, "link", "set", &wire, "up"])?;
        let with_net = format!("{address}/24");
        ip(&["-n", &namespace, "addr", "add", &with_net, "dev", "eth0"])?;
        ip(&["-n", &namespace, "link", "set", "eth0", "up"])?;
        ip(&["-n", &namespace, "link", "set", "lo", "up"])?;
        Ok(Host {
            namespace,
            wire,
            switch,
            address,
        })
    }

    /// Writes down every packet that passes the switch, until it is ended.
    ///
    /// # Errors
    /// Where `tcpdump` cannot be run.
    pub fn capture(&self, to: &Path) -> Result<Capture, String> {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.switch(), "tcpdump", "-i", "bridge"]);
        command.args(["--immediate-mode", "-U", "-s", "0", "-Z", "root", "-w"]);
        let child = command
            .arg(to)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        Ok(Capture {
            child: child.map_err(|error| format!("tcpdump, of the package tcpdump: {error}"))?,
            file: to.to_owned(),
        })
    }
}

impl Host {
    /// A program that will run there.
    pub fn program(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.namespace]);
        command.arg(program);
        command
    }

    /// Cuts its wire, or mends it.
    ///
    /// # Errors
    /// What `ip` says.
    pub fn wire(&self, whole: bool) -> Result<(), String> {
        let state = if whole { "up" } else { "down" };
        ip(&["-n", &self.switch, "link", "set", &self.wire, state])
    }
}

/// A capture that runs.
#[derive(Debug)]
pub struct Capture {
    child: Child,
    file: PathBuf,
}

impl Capture {
    /// Ends it; every packet that passed, as tcpdump writes them.
    ///
    /// # Errors
    /// Where it wrote nothing.
    pub fn ended(mut self) -> Result<Vec<u8>, String> {
        // It writes packet by packet, so nothing is lost with it.
        drop(self.child.kill());
        drop(self.child.wait());
        fs::read(&self.file).map_err(|error| format!("tcpdump wrote nothing: {error}"))
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
