//! Where the processes of a world run: on this machine's own network, or each on a host of its own.

use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::hosts::{Host, Hosts};
use super::{Program, process};

/// The network that a world stands on.
#[derive(Debug)]
pub enum Ground {
    /// This machine.
    Here,
    /// A host for each process.
    Apart(Hosts),
}

/// Where one process runs, and the certificate that it shows there.
#[derive(Clone, Debug)]
pub struct Place {
    pub(super) address: IpAddr,
    pub(super) certificate: PathBuf,
    pub(super) key: PathBuf,
    /// Who vouches for all certificates of the world.
    pub(super) authorities: PathBuf,
    host: Option<Host>,
}

impl Ground {
    /// Where whoever asks is.
    pub(super) fn own_address(&self) -> IpAddr {
        match self {
            Self::Here => Ipv4Addr::LOCALHOST.into(),
            Self::Apart(hosts) => hosts.own_address().into(),
        }
    }

    /// Prepares the certificates of a world.
    pub(super) fn certify(&self, program: &Program, folder: &Path) {
        match self {
            Self::Here => {
                let key = folder.join("tls.key");
                fs::copy(program.certificate("first.key"), &key).unwrap();
                process::only_for_its_user(&key);
            }
            Self::Apart(_) => authority(folder),
        }
    }

    /// A place for a process.
    pub(super) fn place(&mut self, program: &Program, folder: &Path, name: &str) -> Place {
        match self {
            Self::Here => Place {
                address: Ipv4Addr::LOCALHOST.into(),
                certificate: program.certificate("first.pem").into(),
                key: folder.join("tls.key"),
                authorities: program.certificate("ca.pem").into(),
                host: None,
            },
            Self::Apart(hosts) => {
                let host = hosts.host(name).unwrap();
                let address = host.address.to_string();
                let (certificate, key) = certificate(folder, &address);
                Place {
                    address: host.address.into(),
                    certificate,
                    key,
                    authorities: folder.join("ca.pem"),
                    host: Some(host),
                }
            }
        }
    }
}

impl Place {
    /// A program that will run here.
    pub(super) fn program(&self, program: &Path) -> Command {
        match &self.host {
            None => Command::new(program),
            Some(host) => host.program(program),
        }
    }

    /// Cuts the place off from all others, or joins it to them again.
    pub fn wire(&self, whole: bool) {
        let host = self.host.as_ref().expect("a place on a host of its own");
        host.wire(whole).unwrap();
    }
}

fn openssl(folder: &Path, words: &[&str]) {
    let mut command = Command::new("openssl");
    let output = command.args(words).current_dir(folder).output();
    let output = output.expect("openssl, of the package openssl");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "openssl {words:?}: {said}");
}

const NEW_KEY: [&str; 6] = [
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:P-256",
    "-nodes",
    "-keyout",
];

/// An authority of the world's own.
fn authority(folder: &Path) {
    let own = [
        "ca.key",
        "-out",
        "ca.pem",
        "-days",
        "2",
        "-subj",
        "/CN=authority",
    ];
    let may = ["-addext", "basicConstraints=critical,CA:TRUE"];
    openssl(
        folder,
        &[&["req", "-x509"], &NEW_KEY[..], &own, &may].concat(),
    );
}

/// A certificate for an address, and its key.
fn certificate(folder: &Path, address: &str) -> (PathBuf, PathBuf) {
    let [request, certificate, key] =
        ["csr", "pem", "key"].map(|ending| format!("{address}.{ending}"));
    let name = format!("subjectAltName=IP:{address}");
    let asked = [key.as_str(), "-out", &request, "-subj", "/CN=host"];
    let named = ["-addext", name.as_str()];
    openssl(
        folder,
        &[&["req", "-new"], &NEW_KEY[..], &asked, &named].concat(),
    );
    let by = [
        "x509", "-req", "-in", &request, "-CA", "ca.pem", "-CAkey", "ca.key",
    ];
    let for_it = [
        "-days",
        "2",
        "-copy_extensions",
        "copyall",
        "-out",
        &certificate,
    ];
    openssl(folder, &[&by[..], &for_it].concat());
    let key = folder.join(key);
    process::only_for_its_user(&key);
    (folder.join(certificate), key)
}
