//! A file that is built in, and the version of all of them.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::Write as _;

use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::joined::{JoinError, Joined};
use super::settings::PageSettings;

/// A file of `web/`.
#[derive(Clone, Copy, Debug)]
pub(super) struct File {
    path: &'static str,
    bytes: &'static [u8],
}

/// How long an answer may be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Caching {
    /// For a year: another content has another address.
    Forever,
    /// It is asked for again each time.
    Revalidated,
}

/// In files with this ending, `{{assets}}`, `{{files …}}` and `{{languages …}}` are filled in.
const FILLED: [&str; 3] = [".html", ".webmanifest", "sw.js"];

impl File {
    pub(super) const fn new(path: &'static str, bytes: &'static [u8]) -> Self {
        Self { path, bytes }
    }

    /// Its path below `web/`.
    pub(super) const fn path(&self) -> &'static str {
        self.path
    }

    /// Its content.
    pub(super) const fn bytes(&self) -> &'static [u8] {
        self.bytes
    }

    /// Whether it is served below `/assets/`; pages, manifests and service workers have addresses of their own.
    pub(super) fn is_asset(&self) -> bool {
        !self.is_filled()
    }

    fn is_filled(&self) -> bool {
        FILLED.iter().any(|end| self.path.ends_with(end))
    }

    /// Its media type.
    pub(super) fn media(&self) -> &'static str {
        media(self.path)
    }
}

/// The media type of a path.
pub(super) fn media(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("json") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("wasm") => "application/wasm",
        _ => "application/octet-stream",
    }
}

/// Files that were joined.
#[derive(Debug)]
pub(super) struct Made {
    /// Its path, as a file's.
    pub(super) path: &'static str,
    /// Its content.
    pub(super) content: Bytes,
    parts: BTreeSet<&'static str>,
}

impl Made {
    fn of(joined: &Joined, files: &'static [File]) -> Result<Self, JoinError> {
        let (text, parts) = joined.content(files)?;
        Ok(Self {
            path: joined.path,
            content: text.into(),
            parts,
        })
    }

    fn is_below(&self, folders: &[String]) -> bool {
        folders.iter().any(|folder| self.path.starts_with(folder))
    }
}

/// All files under one version.
#[derive(Debug)]
pub(super) struct Library {
    files: &'static [File],
    made: Vec<Made>,
    version: String,
    region: String,
    region_in_english: String,
}

impl Library {
    pub(super) fn new(files: &'static [File], joined: &[Joined], settings: &PageSettings) -> Self {
        // A test holds every one of them to be joined.
        let made: Vec<Made> = joined
            .iter()
            .filter_map(|joined| Made::of(joined, files).ok())
            .collect();
        let mut hash = Sha256::new();
        let plain = files.iter().map(|file| (file.path, file.bytes));
        for (path, bytes) in plain.chain(made.iter().map(|made| (made.path, &*made.content))) {
            // Lengths, so that nothing can move from one file into the next.
            hash.update((path.len() as u64).to_be_bytes());
            hash.update(path);
            hash.update((bytes.len() as u64).to_be_bytes());
            hash.update(bytes);
        }
        let digest = hash.finalize();
        let mut version = String::with_capacity(16);
        for byte in digest.iter().take(8) {
            // A string takes everything.
            let written = write!(version, "{byte:02x}");
            debug_assert!(written.is_ok(), "a string takes everything");
        }
        Self {
            files,
            made,
            version,
            region: settings.region().to_owned(),
            region_in_english: settings.region_in_english().to_owned(),
        }
    }

    /// The path below which the assets are.
    pub(super) fn root(&self) -> String {
        format!("/assets/{}", self.version)
    }

    /// What was joined.
    pub(super) fn made(&self) -> &[Made] {
        &self.made
    }

    /// A file's content, with what only the program knows filled in:
    ///
    /// * `{{assets}}`: the path below which the assets are;
    /// * `{{region}}`, `{{region-en}}`: the name of the region, and the same in English where it has one;
    /// * `{{text a/b}}`: another file as it is;
    /// * `{{files a b}}`: the addresses of all assets below the folders, as JSON; what was joined stands for its parts;
    /// * `{{languages a}}`: the languages that a folder has words in, with spaces between them.
    pub(super) fn filled(&self, file: &File) -> Bytes {
        let Ok(text) = std::str::from_utf8(file.bytes) else {
            return Bytes::from_static(file.bytes);
        };
        if !file.is_filled() {
            return Bytes::from_static(file.bytes);
        }
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            filled.push_str(before);
            let Some((name, after)) = after.split_once("}}") else {
                rest = after;
                break;
            };
            filled.push_str(&self.value(name));
            rest = after;
        }
        filled.push_str(rest);
        filled.into()
    }

    fn value(&self, name: &str) -> Cow<'static, str> {
        let mut words = name.split_whitespace();
        match words.next() {
            Some("assets") => self.root().into(),
            Some("region") => self.region.clone().into(),
            Some("region-en") => self.region_in_english.clone().into(),
            Some("text") => {
                let path = words.next().unwrap_or_default();
                let found = self.files.iter().find(|file| file.path == path);
                let text = found.and_then(|file| std::str::from_utf8(file.bytes).ok());
                text.unwrap_or_default().into()
            }
            Some("files") => {
                let folders: Vec<String> = words.map(|folder| format!("{folder}/")).collect();
                let made = || self.made.iter().filter(|made| made.is_below(&folders));
                let assets = self.files.iter().filter(|file| {
                    let is_wanted = folders.iter().any(|folder| file.path.starts_with(folder));
                    let is_part = made().any(|made| made.parts.contains(file.path));
                    file.is_asset() && is_wanted && !is_part
                });
                let paths = assets.map(File::path).chain(made().map(|made| made.path));
                let all: Vec<String> = paths
                    .map(|path| format!("\"{}/{path}\"", self.root()))
                    .collect();
                format!("[{}]", all.join(",")).into()
            }
            Some("languages") => {
                let folder = words.next().unwrap_or_default();
                let start = format!("{folder}/words/");
                let all: Vec<&str> = self
                    .files
                    .iter()
                    .filter_map(|file| file.path.strip_prefix(&start)?.strip_suffix(".json"))
                    .collect();
                all.join(" ").into()
            }
            _ => "".into(),
        }
    }
}
