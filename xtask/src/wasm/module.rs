//! Building the modules: with the toolchain's own target, or with Debian's packages.

use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::checkout::{Checkout, output};

const TARGET: &str = "wasm32-unknown-unknown";
const FILE: &str = "hc_wasm.wasm";
/// What the compiler uses and `wasm-opt` 108 does not take for granted.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];
const HOW: &str = "The verifier for browsers cannot be built here. Either of these helps:\n  \
    rustup target add wasm32-unknown-unknown\n  \
    apt-get update && apt-get install rustc-web cargo-web rust-web-src lld\n\
    and for its size: apt-get install binaryen brotli";

/// Which module: both are built from `hc-wasm`, and pages load one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Codes and lists: every gate, and everybody else who verifies.
    Verifier,
    /// With published recognition policies: a gate that has to satisfy somebody who published one.
    Door,
}

impl Kind {
    pub(crate) const ALL: [Self; 2] = [Self::Verifier, Self::Door];

    /// The module that pages and the package have: it is checked in, so that nothing is built for them.
    pub(crate) const fn kept(self) -> &'static str {
        match self {
            Self::Verifier => "web/verifier/verifier.wasm",
            Self::Door => "web/verifier/door.wasm",
        }
    }

    /// The most bytes that it may take with gzip -9.
    pub(crate) const fn limit(self) -> u64 {
        match self {
            Self::Verifier => 91_400,
            Self::Door => 112_000,
        }
    }

    /// The features of the package that it is built with.
    const fn features(self) -> &'static str {
        match self {
            Self::Verifier => "",
            Self::Door => "recognition",
        }
    }

    const fn file(self) -> &'static str {
        match self {
            Self::Verifier => FILE,
            Self::Door => "hc_wasm_door.wasm",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Verifier => "verifier",
            Self::Door => "door",
        })
    }
}

/// Which compiler made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Toolchain {
    /// The pinned one, with the target from rustup.
    Own,
    /// Debian's `rustc-web`, which builds the standard library from its sources.
    Debian,
}

/// A built module, with its sizes in bytes.
#[derive(Clone, Debug)]
pub(crate) struct Module {
    pub(crate) kind: Kind,
    file: PathBuf,
    toolchain: Toolchain,
    pub(crate) compiled: u64,
    pub(crate) raw: u64,
    pub(crate) gzip: u64,
    pub(crate) brotli: Option<u64>,
    optimised: bool,
}

impl Module {
    /// Builds both into `target/wasm/`.
    ///
    /// # Errors
    /// As [`Self::build`].
    pub(crate) fn both(checkout: &Checkout) -> Result<[Self; 2]> {
        let [verifier, door] = Kind::ALL;
        Ok([
            Self::build(checkout, verifier)?,
            Self::build(checkout, door)?,
        ])
    }

    /// Builds one into `target/wasm/`.
    ///
    /// # Errors
    /// Where no toolchain for it is there, with what to install.
    pub(crate) fn build(checkout: &Checkout, kind: Kind) -> Result<Self> {
        let folder = target_folder(checkout).join("wasm");
        fs::create_dir_all(&folder)?;
        let toolchain = Toolchain::find(checkout)?;
        output(&mut toolchain.command(checkout, kind, &folder.join("build")))?;
        let built = folder.join("build").join(TARGET).join("wasm").join(FILE);
        let file = folder.join(kind.file());
        let optimised = optimise(checkout, &built, &file)?;
        let gzip = packed(checkout.command("gzip").args(["-9", "-n", "-c"]).arg(&file))
            .context("gzip is needed to measure the module")?;
        let brotli = packed(
            checkout
                .command("brotli")
                .args(["-q", "11", "-c"])
                .arg(&file),
        )
        .ok();
        Ok(Self {
            kind,
            compiled: fs::metadata(&built)?.len(),
            raw: fs::metadata(&file)?.len(),
            file,
            toolchain,
            gzip,
            brotli,
            optimised,
        })
    }

    /// The module's file.
    pub(crate) fn file(&self) -> &Path {
        &self.file
    }

    /// The folder that it lies in.
    pub(crate) fn folder(&self) -> &Path {
        self.file.parent().unwrap_or_else(|| Path::new("."))
    }

    /// Who made it.
    pub(crate) const fn toolchain(&self) -> &'static str {
        match self.toolchain {
            Toolchain::Own => "the pinned toolchain's own target",
            Toolchain::Debian => "Debian's rustc-web, standard library from source",
        }
    }

    /// Whether the module is as small as it is claimed to be.
    pub(crate) const fn is_small(&self) -> bool {
        self.gzip <= self.kind.limit()
    }

    /// # Errors
    /// Where it is not. A module that `wasm-opt` has not seen is not judged.
    pub(crate) fn within_bound(&self) -> Result<()> {
        ensure!(
            !self.optimised || self.is_small(),
            "the {} has {} bytes compressed, more than {}",
            self.kind,
            self.gzip,
            self.kind.limit()
        );
        Ok(())
    }
}

impl fmt::Display for Module {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let brotli = self
            .brotli
            .map_or_else(|| "not measured".to_owned(), |size| size.to_string());
        let optimised = if self.optimised { "after" } else { "WITHOUT" };
        write!(
            f,
            "{}: {} bytes compiled, {} {optimised} wasm-opt -Oz; gzip -9 {}, brotli {brotli} (by {})",
            self.file.display(),
            self.compiled,
            self.raw,
            self.gzip,
            self.toolchain(),
        )
    }
}

impl Toolchain {
    fn find(checkout: &Checkout) -> Result<Self> {
        let mut libraries = checkout.command("rustc");
        let libraries = output(libraries.args(["--print", "target-libdir", "--target", TARGET]));
        if libraries.is_ok_and(|folder| Path::new(folder.trim()).is_dir()) {
            return Ok(Self::Own);
        }
        let has = |file: &str| Path::new(file).exists();
        let linker = checkout
            .command("wasm-ld")
            .arg("--version")
            .output()
            .is_ok();
        if has("/usr/bin/rustc") && has("/usr/bin/cargo") && has("/usr/src") && linker {
            let sources = output(Command::new("/usr/bin/rustc").args(["--print", "sysroot"]))?;
            let sources = Path::new(sources.trim()).join("lib/rustlib/src/rust/library");
            if sources.is_dir() {
                return Ok(Self::Debian);
            }
        }
        bail!(HOW)
    }

    fn command(self, checkout: &Checkout, kind: Kind, folder: &Path) -> Command {
        let mut command = match self {
            Self::Own => checkout.command("cargo"),
            Self::Debian => {
                let mut command = checkout.command("/usr/bin/cargo");
                command
                    .env("RUSTC", "/usr/bin/rustc")
                    .env("RUSTC_BOOTSTRAP", "1")
                    .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", "wasm-ld");
                command
            }
        };
        command
            .args(["rustc", "--locked", "--profile=wasm", "--package=hc-wasm"])
            .args(["--lib", "--crate-type=cdylib", "--target", TARGET])
            .args(["--no-default-features", "--features", kind.features()])
            .env("CARGO_TARGET_DIR", folder)
            .env("CARGO_ENCODED_RUSTFLAGS", flags())
            // Set by the outer cargo; the inner one is to find its own.
            .env_remove("RUSTUP_TOOLCHAIN")
            .env_remove("CARGO");
        if self == Self::Debian {
            command.arg("-Zbuild-std=std,panic_abort");
        } else {
            command.env_remove("RUSTC");
        }
        command
    }
}

/// Loops and not unrolled rounds: 12 KB less. No folder of this machine in the module.
fn flags() -> OsString {
    let mut flags = OsString::from("--cfg\x1fsha2_backend_soft=\"compact\"");
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    if let Some(home) = home {
        flags.push("\x1f--remap-path-prefix=");
        flags.push(home.join("registry").join("src"));
        flags.push("=");
    }
    flags
}

/// Where cargo builds.
fn target_folder(checkout: &Checkout) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| checkout.path("target"), PathBuf::from)
}

/// Makes it smaller where `wasm-opt` is there, and says whether it was.
fn optimise(checkout: &Checkout, from: &Path, to: &Path) -> Result<bool> {
    if checkout
        .command("wasm-opt")
        .arg("--version")
        .output()
        .is_err()
    {
        ensure!(
            std::env::var_os("CI").is_none_or(|ci| ci != "true"),
            "wasm-opt is needed: apt-get install binaryen"
        );
        fs::copy(from, to)?;
        return Ok(false);
    }
    let mut command = checkout.command("wasm-opt");
    // The second round finds what the first has made alike; functions that are called much get short numbers.
    command.args(["-Oz", "-Oz", "--reorder-functions"]);
    command.args(["--strip-debug", "--strip-producers"]);
    output(command.args(FEATURES).arg(from).arg("-o").arg(to))?;
    Ok(true)
}

/// How many bytes a packer writes.
fn packed(command: &mut Command) -> Result<u64> {
    let done = command
        .output()
        .with_context(|| format!("cannot start {command:?}"))?;
    ensure!(done.status.success(), "{command:?} failed");
    Ok(done.stdout.len().try_into()?)
}
