//! A region in a folder: made by `init`, served where a test wants it, its store opened where a test has
//! to put something in.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use hc_core::store::{ColumnCipher, Store, StoreError, Writing};
use hc_store_sqlite::{Options, SqliteStore};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use serde_json::Value;
use tempfile::TempDir;
use zeroize::Zeroizing;

/// A region in a folder.
pub(crate) struct Region {
    _folder: TempDir,
    path: PathBuf,
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

pub(crate) fn run(words: &[&str]) -> Output {
    command(words).output().unwrap()
}

pub(crate) fn command(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_healthcode"));
    command.args(words).current_dir(root());
    command
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Every line of output as JSON.
pub(crate) fn objects(output: &Output) -> Vec<Value> {
    text(&output.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

impl Region {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("region");
        let made = run(&[
            "init",
            path.to_str().unwrap(),
            "--region",
            "330000",
            "--rules",
            "policies/zhejiang-2022-06.toml",
            "--lists-at",
            "https://330000.example/status",
            "--listen",
            "127.0.0.1:0",
        ]);
        assert!(made.status.success(), "{}", text(&made.stderr));
        let file = path.join("healthcode.toml");
        let config = fs::read_to_string(&file).unwrap();
        // Many regions at once: each takes whatever ports are free.
        let others = config
            .lines()
            .filter(|line| !line.starts_with("operators"))
            .collect::<Vec<_>>()
            .join("\n");
        let config = format!("operators = \"127.0.0.1:0\"\n{others}\n");
        fs::write(&file, config).unwrap();
        Self {
            _folder: folder,
            path,
        }
    }

    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    pub(crate) fn config(&self) -> String {
        self.at("healthcode.toml").to_str().unwrap().to_owned()
    }

    /// Runs a command with `--config` of this region behind it.
    pub(crate) fn run(&self, words: &[&str]) -> Output {
        let config = self.config();
        let mut all = words.to_vec();
        all.extend(["--config", &config]);
        run(&all)
    }

    /// The bytes of a secret that is kept in hexadecimal.
    pub(crate) fn secret(&self, name: &str) -> Zeroizing<[u8; 32]> {
        let text = fs::read_to_string(self.at("secrets").join(name)).unwrap();
        let mut bytes = [0; 32];
        hex::decode_to_slice(text.trim(), &mut bytes).unwrap();
        Zeroizing::new(bytes)
    }

    pub(crate) fn store(&self) -> SqliteStore {
        SqliteStore::open(
            &self.at("region.db"),
            ColumnCipher::new(&self.secret("columns.key")),
            ChaCha20Rng::seed_from_u64(1),
            &Options::default(),
        )
        .unwrap()
    }

    /// An act on the store, which is closed again.
    pub(crate) fn act<T: Send + 'static>(
        &self,
        act: impl FnMut(&mut dyn Writing) -> Result<T, StoreError> + Send + 'static,
    ) -> T {
        let store = self.store();
        tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap()
            .block_on(store.write(act))
            .unwrap()
    }

    /// SQL on the closed database, as somebody who should not would run it.
    pub(crate) fn tamper(&self, sql: &str) {
        let connection = rusqlite::Connection::open(self.at("region.db")).unwrap();
        connection.execute_batch(sql).unwrap();
    }
}

/// A region that serves; it is stopped when the test ends, however it ends.
pub(crate) struct Serving {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Serving {
    pub(crate) fn start(region: &Region) -> Self {
        let mut child = command(&["serve", "--config", &region.config()])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        let address = line.split_whitespace().last().unwrap_or_default();
        let address = address
            .parse()
            .unwrap_or_else(|_| panic!("no address in {line:?}"));
        Self { child, address }
    }

    pub(crate) fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(self.address).unwrap();
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Asks it to stop, as an operator's service manager does.
    pub(crate) fn stop(mut self) {
        let id = self.child.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &id]).status().unwrap();
        assert!(asked.success() && self.child.wait().unwrap().success());
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
