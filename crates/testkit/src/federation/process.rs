//! Processes of the program, and how they are asked.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStdout, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use hc_code::{Span, Timestamp};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use super::{Place, Program};

/// The first port that is looked at, and how many there are.
const PORTS: (u32, u32) = (12_000, 20_000);

/// A process that serves; it is stopped when this is dropped.
#[derive(Debug)]
pub struct Process {
    child: Child,
    /// What it says later goes nowhere, but may be said.
    _out: BufReader<ChildStdout>,
}

impl Process {
    /// Starts `serve` and waits until it says where. The journal goes beside the configuration.
    pub(super) fn start(program: &Program, place: &Place, config: &Path) -> Self {
        let journal = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(config.with_extension("journal"))
            .unwrap();
        let mut command = place.program(&program.binary);
        command.args(["serve", "--config"]).arg(config);
        command.current_dir(&program.checkout);
        command.stdout(Stdio::piped()).stderr(journal);
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        let process = Self { child, _out: out };
        let journal = || fs::read_to_string(config.with_extension("journal")).unwrap();
        let at = format!("{}:", place.address);
        assert!(line.contains(&at), "{line:?} {}", journal());
        process
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A port that nobody listens at, and that no system gives to whoever asks for any: below those ranges. So
/// nobody has taken it before the process is there that it is for.
pub fn free_port() -> u16 {
    // Two worlds in one process go on from each other, those of two processes begin elsewhere.
    static NEXT: AtomicU32 = AtomicU32::new(0);
    loop {
        let turn = NEXT.fetch_add(1, Ordering::Relaxed);
        let place = std::process::id().wrapping_mul(97).wrapping_add(turn);
        let port = u16::try_from(PORTS.0 + place % PORTS.1).unwrap();
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

#[cfg(unix)]
pub(super) fn only_for_its_user(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

#[cfg(not(unix))]
pub(super) fn only_for_its_user(_: &Path) {}

/// Now, in whole seconds.
#[expect(clippy::disallowed_methods, reason = "other processes go by the clock")]
pub(super) fn instant() -> Timestamp {
    let since_1970 = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let seconds = i64::try_from(since_1970.unwrap().as_secs()).unwrap();
    Timestamp::from_unix(seconds)
}

/// A published rule pack as if it had come out some weeks ago: services go by the machine's clock.
pub fn of_now(pack: &Path) -> String {
    let text = fs::read_to_string(pack).unwrap();
    let now = instant();
    let lines = text.lines().map(|line| {
        let at = match line.split(" = ").next() {
            Some("published") => now.minus(Span::days(21)),
            Some("valid-from") => now.minus(Span::days(14)),
            Some("valid-until") => now.plus(Span::days(180)),
            _ => return format!("{line}\n"),
        };
        let name = line.split(" = ").next().unwrap();
        format!("{name} = \"{}\"\n", at.at_offset(hc_code::Offset::CHINA))
    });
    lines.collect()
}

/// A connection to a service of this machine, with its certificate checked.
pub(super) fn over_tls(place: &Place, to: SocketAddr) -> StreamOwned<ClientConnection, TcpStream> {
    let mut roots = RootCertStore::empty();
    let authority = CertificateDer::from_pem_file(&place.authorities).unwrap();
    roots.add(authority).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let client = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::from(to.ip());
    let connection = ClientConnection::new(Arc::new(client), name).unwrap();
    StreamOwned::new(connection, TcpStream::connect(to).unwrap())
}
